//! `readiness test`: runs the cases of a team's rules, shows where they disagree, and writes what is found into them.

mod lay_out;
mod update;

use anstyle::{AnsiColor, Style};
use camino::Utf8Path;
use readiness::{
    config::{Config, ConfigError, Problem, RuleFolder, Selector},
    rule::{
        Entry, TeamRules,
        cases::{self, Case, CaseError},
    },
    trial::{Difference, DifferenceKind, differences},
};

use super::{
    Outcome,
    args::TestArgs,
    exit::{Exit, Failure},
    output::{self, Output},
    page::Page,
    team,
};

/// A rule with its cases.
struct Tested<'t> {
    entry: &'t Entry,
    /// The case file, as messages call it.
    shown: String,
    cases: Vec<Case>,
}

/// A case that ran.
struct Ran<'c> {
    case: &'c Case,
    differences: Vec<Difference>,
}

pub(super) fn run(args: &TestArgs, output: &Output) -> Outcome {
    let folders = match args.folder.as_deref() {
        Some(folder) => vec![RuleFolder::named(folder)],
        None => team::folders_here(&[])?,
    };
    if folders.is_empty() {
        return Err(Failure::usage("no folder of rules is named")
            .help("name one: `readiness test DIR`, or list it as `rules` below `[scan]` in readiness.toml"));
    }
    let team = team::load(&folders)?;
    let tested = tested(&team, output)?;
    let mut page = Page::new(output.width, output.colored);
    let (mut count, mut failing, mut updated) = (0, 0, Vec::new());
    for rule in &tested {
        page.line(&page.styled(Style::new().bold(), &rule.entry.meta.id));
        let ran = rule.run(&team)?;
        count += ran.len();
        failing += ran.iter().filter(|ran| !ran.differences.is_empty()).count();
        for one in &ran {
            show(&mut page, rule, one);
        }
        if args.update && update::update(rule, &ran, &folders)? {
            updated.push(rule.shown.clone());
        }
    }
    summarise(&mut page, tested.len(), count, failing, &updated, args.update);
    output::print(page.finish().as_bytes())?;
    Ok(if failing == 0 { Exit::Holds } else { Exit::Fails })
}

/// Every rule with its cases; a rule whose cases cannot prove it is wrong like one that cannot be read.
fn tested<'t>(team: &'t TeamRules, output: &Output) -> Result<Vec<Tested<'t>>, Failure> {
    let mut tested = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    for entry in team.entries() {
        let shown = Utf8Path::new(entry.origin.as_deref().unwrap_or_default()).with_extension("md").to_string();
        match cases::parse(&entry.cases) {
            Err(error) => failures.push(wrong(&shown, &entry.cases, &error).into()),
            Ok(cases) => match lacking(entry, &cases) {
                Some(lacking) => failures.push(lacking_case(&shown, entry, lacking)),
                None => tested.push(Tested { entry, shown, cases }),
            },
        }
    }
    let Some(last) = failures.pop() else { return Ok(tested) };
    for failure in &failures {
        output.complain(failure);
    }
    Err(last)
}

/// The verdict for which a rule has no case.
fn lacking(entry: &Entry, cases: &[Case]) -> Option<&'static str> {
    let needed: &[&str] = if entry.meta.en.message.contains_key("question") { &["manual"] } else { &["fail", "pass"] };
    needed.iter().find(|verdict| !cases.iter().any(|case| case.verdict == **verdict)).copied()
}

fn lacking_case(shown: &str, entry: &Entry, verdict: &str) -> Failure {
    let id = &entry.meta.id;
    let what = if entry.cases.is_empty() {
        format!("the rule `{id}` has no cases: there is no `{shown}`, or it is empty")
    } else {
        format!("the rule `{id}` has no case that expects `{verdict}`")
    };
    Failure::usage(what).help(format!("write `## {verdict}: what the case shows` and its files into `{shown}`"))
}

fn wrong(shown: &str, text: &str, error: &CaseError) -> ConfigError {
    let start: usize = text.split_inclusive('\n').take(error.line.saturating_sub(1)).map(str::len).sum();
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let problem = Problem { message: error.message.clone(), span: start..start + line.len(), label: None, help: None };
    ConfigError::Invalid { path: shown.to_owned(), text: text.to_owned(), problems: vec![problem] }
}

impl Tested<'_> {
    fn run(&self, team: &TeamRules) -> Result<Vec<Ran<'_>>, Failure> {
        let id = &self.entry.meta.id;
        let config = Config {
            only: vec![Selector::Rule(id.clone())],
            all: true,
            jobs: Some(1),
            inline_ignores: false,
            ..Config::default()
        };
        let mut ran = Vec::new();
        for case in &self.cases {
            let cannot =
                |why: String| Failure::unusable(format!("cannot run the case `{}:{}`: {why}", self.shown, case.line));
            let folder = lay_out::lay_out(&case.files).map_err(|error| cannot(output::reason(&error)))?;
            let report =
                readiness::scan_with(&folder.path, &config, team).map_err(|error| cannot(error.to_string()))?;
            ran.push(Ran { case, differences: differences(id, case, &report) });
        }
        Ok(ran)
    }
}

fn show(page: &mut Page, rule: &Tested<'_>, ran: &Ran<'_>) {
    let (word, color) =
        if ran.differences.is_empty() { ("ok   ", AnsiColor::Green) } else { ("FAILS", AnsiColor::Red) };
    let word = page.styled(color.on_default().bold(), word);
    page.line(&format!("  {word}  {}: {}", ran.case.verdict, ran.case.title));
    if ran.differences.is_empty() {
        return;
    }
    page.line(&format!("         {}:{}", rule.shown, ran.case.line));
    for difference in &ran.differences {
        page.paragraphs(&difference.what, 9);
        let file = ran.case.files.iter().find(|file| file.path == difference.path);
        let text = file.and_then(|file| file.content.lines().nth(difference.line.checked_sub(1)?));
        if let Some(text) = text {
            page.line(&format!("           {} | {text}", difference.line));
        }
    }
}

fn summarise(page: &mut Page, rules: usize, cases: usize, failing: usize, updated: &[String], update: bool) {
    let counted = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    page.line("");
    let result = match failing {
        0 => "all as expected".to_owned(),
        1 => "1 fails".to_owned(),
        n => format!("{n} fail"),
    };
    page.line(&format!("{}, {}: {result}", counted(rules, "rule"), counted(cases, "case")));
    for shown in updated {
        page.line(&format!("updated {shown}: read what changed, then run the cases again"));
    }
    if failing > 0 && updated.is_empty() {
        let help = if update {
            "what is left to change is a verdict, and that is yours to decide"
        } else {
            "mend the rule, or let `--update` write the places that are found into the cases"
        };
        page.line(help);
    }
}

/// Whether a difference is about a place, which can be written into a case, and not about the verdict.
fn is_place(difference: &Difference) -> bool {
    difference.kind != DifferenceKind::Verdict
}
