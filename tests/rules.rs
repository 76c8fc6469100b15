//! Runs every case of every `rules/<category>/<id>.md`, one named test per case.

mod common;

use camino::Utf8Path;
use libtest_mimic::{Arguments, Failed, Trial};
use readiness::{
    config::{Config, Selector},
    report::Report,
    rule::{
        Entry,
        cases::{self, Case},
    },
    trial::differences,
};

fn main() {
    let arguments = Arguments::from_args();
    let trials = readiness::catalogue().entries().iter().flat_map(trials_of).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials_of(entry: &'static Entry) -> Vec<Trial> {
    let file = format!("rules/{}/{}.md", entry.meta.category, entry.meta.id);
    let cases = match cases::parse(&entry.cases) {
        Ok(cases) => cases,
        Err(error) => {
            let message = format!("{file}: {error}");
            return vec![Trial::test(format!("{}: reads", entry.meta.id), move || Err(message.into()))];
        }
    };
    cases
        .into_iter()
        .map(|case| {
            let name = format!("{}: {}: {}", entry.meta.id, case.verdict, case.title);
            let file = file.clone();
            Trial::test(name, move || {
                run(entry, &case).map_err(|message| Failed::from(format!("{file}:{}: {message}", case.line)))
            })
        })
        .collect()
}

fn run(entry: &Entry, case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    common::lay_out(folder.path(), &case.files);
    let root = Utf8Path::from_path(folder.path()).ok_or("the temporary folder is not UTF-8")?;
    let report = readiness::scan(root, &only(&entry.meta.id)).map_err(|error| error.to_string())?;
    check(entry, case, &report)
}

fn only(id: &str) -> Config {
    Config { only: vec![Selector::Rule(id.to_owned())], all: true, jobs: Some(1), ..Config::default() }
}

fn check(entry: &Entry, case: &Case, report: &Report) -> Result<(), String> {
    let differences = differences(&entry.meta.id, case, report);
    if differences.is_empty() {
        return Ok(());
    }
    let problems: Vec<&str> = differences.iter().map(|difference| difference.what.as_str()).collect();
    let shown = report.criteria.iter().filter(|criterion| criterion.rule == entry.meta.id).map(|criterion| {
        let detail = criterion.detail.as_deref().unwrap_or_default();
        format!("  {} {:?} {detail}", criterion.component, criterion.status)
    });
    Err(format!("{}\nverdicts:\n{}", problems.join("\n"), shown.collect::<Vec<_>>().join("\n")))
}
