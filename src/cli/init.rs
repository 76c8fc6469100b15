//! `readiness init`: looks at the repository and writes a commented `readiness.toml`, which says nothing yet.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{self, Write as _},
};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use readiness::{
    config::{Config, DeployMethod, FILE_NAME, find, name_in_reports},
    facts::{Fact, Facts},
    model::{Categories, Tier, Tiers},
    repo::{Component, Repo},
    suppress::MARKER,
};

use super::{
    Outcome,
    exit::{Exit, Failure},
    library,
    output::{print, reason},
    scan,
};

/// More components than this are counted and not listed.
const LISTED: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder to write the file for
    #[arg(default_value = ".")]
    path: Utf8PathBuf,

    /// Print the file instead of writing it
    #[arg(long)]
    print: bool,
}

/// Runs the command.
pub(super) fn run(args: &InitArgs) -> Outcome {
    let root = scan::root(&args.path, false)?;
    if !args.print {
        refuse_second(&root, &args.path)?;
    }
    let (repo, facts) = library::facts_with(&root, &Config::default(), &[Fact::Directives])?;
    let text = written(&repo, &facts);
    if args.print {
        print(text.as_bytes())?;
        return Ok(Exit::Holds);
    }
    let shown = args.path.join(FILE_NAME);
    create(&root.join(FILE_NAME), text.as_bytes()).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(&shown),
        _ => Failure::unusable(format!("cannot write `{shown}`: {}", reason(&error))),
    })?;
    let next = "It changes nothing yet: take the `#` away where you want something else.\n\
                `readiness config` shows what holds, `readiness scan` what it leads to.\n";
    print(format!("Wrote {shown}.\n{next}").as_bytes())?;
    Ok(Exit::Holds)
}

/// A file that is there is never overwritten, and one that speaks for this folder is not put in the shade.
fn refuse_second(root: &Utf8Path, shown: &Utf8Path) -> Result<(), Failure> {
    let Some(found) = find(root) else { return Ok(()) };
    if found.path.parent() == Some(root) {
        return Err(exists(&shown.join(FILE_NAME)));
    }
    let above = name_in_reports(&found.path, root);
    Err(Failure::usage(format!("`{above}` speaks for this folder already, and a new file would take its place"))
        .help(format!("edit that file, or begin one of your own here with `extends = \"{above}\"`")))
}

fn exists(shown: &Utf8Path) -> Failure {
    Failure::usage(format!("there is a configuration already: `{shown}`"))
        .help("edit it; `readiness init --print` shows what a new one would say")
}

/// Writes a new file, and takes it away again when it cannot be written whole.
fn create(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // What went wrong is reported; a rest that cannot be removed either changes nothing about it.
        let _ = std::fs::remove_file(path);
    }
    written
}

/// The text of the file. Prose begins with `# `; what can be switched on begins with `#` and no space.
fn written(repo: &Repo, facts: &Facts) -> String {
    let mut text = String::from(
        "# What this team says of its repository to `readiness`.\n\
         # Everything is switched off: take the `#` away where you want something else.\n\
         # `readiness config` shows every setting with its value and where it comes from.\n",
    );
    let _ = write!(text, "\n{}", seen(repo, facts));
    text.push_str(
        "\n# What a scan looks at, and when its gate fails.\n#[scan]\n\
         # critical (the default), high, medium, low, never\n#fail-on = \"high\"\n\
         # The least overall score, 0 to 10.\n#min-score = 7.0\n\
         # en (the default), ru\n#lang = \"en\"\n\
         # Paths that nobody looks at; vendored and generated files are known already.\n#exclude = [\"third-party/\"]\n",
    );
    let _ = write!(text, "\n{}\n{}", deploy(repo), score(repo));
    text.push_str(
        "\n# A rule of another severity, one that is not asked, one that is tuned: `readiness explain RULE`.\n\
         #[rules.console-usage]\n#severity = \"low\"\n#[rules.changelog-missing]\n#enabled = false\n\
         #reason = \"releases are described elsewhere\"\n#[rules.large-source-file.options]\n#file-lines = 1500\n",
    );
    let _ = write!(text, "\n{}", overrides(repo));
    text.push_str(
        "\n# A finding that the team lives with, for a time.\n#[[suppress]]\n#rule = \"console-usage\"\n\
         #paths = [\"tools/**\"]\n#reason = \"prints to the terminal on purpose\"\n#until = 2099-12-31\n\
         \n# The answer to a question that only a person can answer.\n#[[attest]]\n#rule = \"restore-untested\"\n\
         #by = \"Ann, operations\"\n#on = 2026-01-15\n#until = 2099-12-31\n\
         \n# What the documents say besides the audit.\n#[report]\n#notes = \"The payment service is replaced in spring.\"\n",
    );
    text
}

/// What was found, as comments.
fn seen(repo: &Repo, facts: &Facts) -> String {
    let profile = repo.profile();
    let mut text = String::from("# Seen here:\n");
    let mut languages: Vec<_> = profile.languages.iter().collect();
    languages.sort_by(|a, b| (b.1.files, a.0).cmp(&(a.1.files, b.0)));
    let languages: Vec<String> = languages.iter().take(5).map(|(name, _)| plain(name)).collect();
    let frameworks: Vec<String> = profile.frameworks.iter().take(8).map(|one| plain(one.name)).collect();
    for (what, names) in [("languages", languages), ("frameworks", frameworks)] {
        if !names.is_empty() {
            let _ = writeln!(text, "#   {what}: {}", names.join(", "));
        }
    }
    for component in repo.components().iter().take(LISTED) {
        let (path, name) = (plain(component.path.as_str()), plain(&component.name));
        let _ = writeln!(text, "#   component {path}: {name} ({})", component.kind.name());
    }
    let more = repo.components().len().saturating_sub(LISTED);
    if more > 0 {
        let _ = writeln!(text, "#   and {more} more components");
    }
    let comments: usize =
        facts.files().map(|(_, facts)| facts.directives.iter().filter(|one| one.text.contains(MARKER)).count()).sum();
    let _ = writeln!(text, "#   comments that suppress findings: {comments}");
    text
}

fn deploy(repo: &Repo) -> String {
    let targets: Vec<&str> = repo.profile().deploy_targets.iter().map(|target| target.name).collect();
    let known = targets.iter().find_map(|target| DeployMethod::named(&target.to_lowercase().replace(' ', "-")));
    let found = match targets.as_slice() {
        [] => "nothing here tells".to_owned(),
        targets => targets.iter().map(|target| plain(target)).collect::<Vec<_>>().join(", "),
    };
    let methods = DeployMethod::ALL.map(DeployMethod::as_str).join(", ");
    format!(
        "# How it is deployed, where the repository cannot tell by itself; seen: {found}.\n# {methods}\n\
         #[deploy]\n#method = \"{}\"\n",
        known.unwrap_or(DeployMethod::Other).as_str()
    )
}

fn score(repo: &Repo) -> String {
    let (tier, why) = hint(repo);
    let mut text =
        String::from("# What the repository is meant for says which criteria apply. Without it everything is asked.\n");
    for meta in &Tiers::embedded().all {
        let _ = writeln!(text, "#   {}: {}", meta.id.as_str(), meta.en);
    }
    let _ = write!(text, "# {why}\n#[score]\n#tier = \"{}\"\n", tier.as_str());
    text.push_str("# Weights of the categories in the overall score, 0 to 10; 1 is the standard.\n#[score.weights]\n");
    for category in &Categories::embedded().all {
        let _ = writeln!(text, "#{} = 1", category.id);
    }
    text
}

/// A tier to begin with, and why.
fn hint(repo: &Repo) -> (Tier, &'static str) {
    let deployable = repo.components().iter().any(|component| component.kind.is_deployable());
    match (deployable, repo.profile().deploy_targets.is_empty()) {
        (true, false) => {
            (Tier::Public, "Services with a way to deploy them: `public`, unless only your own people come.")
        }
        (true, true) => {
            (Tier::Internal, "Services without a way to deploy them that can be seen: `internal` to begin with.")
        }
        (false, _) => {
            (Tier::Public, "Nothing here is deployed by itself: whoever uses it decides; `public` to begin with.")
        }
    }
}

fn overrides(repo: &Repo) -> String {
    let named = repo.components().iter().find(|component: &&Component| !component.is_root());
    let place = match named.map(|component| component.path.as_str()).filter(|path| is_plain(path)) {
        Some(path) => format!("#components = [\"{path}\"]\n"),
        None => "#paths = [\"legacy/**\"]\n".to_owned(),
    };
    format!(
        "# What holds in a part of the repository alone: paths, components, or both.\n#[[overrides]]\n{place}\
         #rules.todo-comments = {{ enabled = false, reason = \"it is being replaced\" }}\n\
         #rules.large-source-file.severity = \"info\"\n"
    )
}

/// A name from the repository on one line of a comment, and no instruction to this tool.
fn plain(name: &str) -> String {
    name.chars().map(|char| if char.is_control() { ' ' } else { char }).take(80).collect::<String>().replace(MARKER, "")
}

fn is_plain(path: &str) -> bool {
    path.chars().all(|char| char.is_alphanumeric() || "-_./@ ".contains(char))
}
