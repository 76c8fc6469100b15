//! `readiness docs`: the pages of the rules, as Markdown for a book.

use std::fs;

use camino::Utf8Path;
use readiness::{
    handbook::{self, GENERATED, PART},
    rule::Entry,
};

use super::{
    Outcome,
    args::DocsArgs,
    exit::{Exit, Failure},
    output::{self, reason},
    team,
};

pub(super) fn run(args: &DocsArgs) -> Outcome {
    let lang = args.lang.unwrap_or_default();
    let team = team::load(&team::folders(&args.rules, None)?)?;
    let rules: Vec<&Entry> = readiness::catalogue().entries().iter().chain(team.entries()).collect();
    let pages = handbook::pages(&rules, lang);
    let summary = args.dir.join("SUMMARY.md");
    let contents = summary_text(&summary, &handbook::summary(&rules, lang))?;
    for page in &pages {
        refuse_foreign(&args.dir.join(&page.path))?;
    }
    for page in &pages {
        write(&args.dir.join(&page.path), &page.text)?;
    }
    write(&summary, &contents)?;
    output::print(format!("wrote {} pages and the list of them in {summary}\n", pages.len()).as_bytes())?;
    Ok(Exit::Holds)
}

/// The summary: what stands before the rules stays, the rest is written anew.
fn summary_text(file: &Utf8Path, rules: &str) -> Result<String, Failure> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(format!("# Summary\n\n{rules}")),
        Err(error) => return Err(Failure::unusable(format!("cannot read `{file}`: {}", reason(&error)))),
    };
    let lines = text.split_inclusive('\n').take_while(|line| line.trim_end() != PART);
    let before: String = lines.collect();
    if before.len() == text.len() {
        return Err(Failure::usage(format!("`{file}` has no line `{PART}`"))
            .help("add that line: what follows it is written, and what stands before it stays"));
    }
    Ok(format!("{before}{rules}"))
}

/// A page that somebody wrote is not overwritten.
fn refuse_foreign(file: &Utf8Path) -> Result<(), Failure> {
    match fs::read_to_string(file) {
        Ok(text) if !text.starts_with(GENERATED) => {
            Err(Failure::usage(format!("`{file}` was not written by this command, and is not overwritten"))
                .help("move it away, or name another folder"))
        }
        _ => Ok(()),
    }
}

fn write(file: &Utf8Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::unusable(format!("cannot make the folder `{folder}`: {}", reason(&error))))?;
    }
    output::write_file(file, text.as_bytes())
}
