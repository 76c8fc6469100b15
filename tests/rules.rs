//! Runs every case of every `rules/<category>/<id>.md`, one named test per case.

mod common;

use std::collections::BTreeSet;

use camino::Utf8Path;
use libtest_mimic::{Arguments, Failed, Trial};
use readiness::{
    config::{Config, Selector},
    report::{Criterion, Evidence, Finding, Report, Status},
    rule::{
        Entry,
        cases::{self, Case, CaseFile, Mark},
    },
};

fn main() {
    let arguments = Arguments::from_args();
    let trials = readiness::catalogue().entries().iter().flat_map(trials_of).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials_of(entry: &'static Entry) -> Vec<Trial> {
    let file = format!("rules/{}/{}.md", entry.meta.category, entry.meta.id);
    let cases = match cases::parse(entry.cases) {
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
    let asked = |criterion: &&Criterion| {
        criterion.rule == entry.meta.id && case.component.as_ref().is_none_or(|path| *path == criterion.component)
    };
    let criteria: Vec<&Criterion> = report.criteria.iter().filter(asked).collect();
    let mut problems = verdict_problem(case, &criteria);
    problems.extend(finding_problems(case, &report.findings));
    problems.extend(evidence_problems(case, &criteria));
    if problems.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = criteria
        .iter()
        .map(|criterion| {
            let detail = criterion.detail.as_deref().unwrap_or_default();
            format!("  {} {:?} {detail}", criterion.component, criterion.status)
        })
        .collect();
    Err(format!("{}\nverdicts:\n{}", problems.join("\n"), shown.join("\n")))
}

/// The verdict over all asked components: one failure fails, then one unknown, then one pass.
fn verdict_problem(case: &Case, criteria: &[&Criterion]) -> Vec<String> {
    let has = |status: Status| criteria.iter().any(|criterion| criterion.status == status);
    let found = [
        (Status::Fail, "fail"),
        (Status::Unknown, "unknown"),
        (Status::Manual, "manual"),
        (Status::Pass, "pass"),
        (Status::NotApplicable, "not-applicable"),
    ]
    .into_iter()
    .find(|(status, _)| has(*status))
    .map_or("nothing at all", |(_, name)| name);
    if found == case.verdict { Vec::new() } else { vec![format!("expected {}, got {found}", case.verdict)] }
}

fn finding_problems(case: &Case, findings: &[Finding]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut expected: BTreeSet<(String, usize)> = BTreeSet::new();
    for (file, mark) in marks(case).filter(|(_, mark)| !mark.good) {
        expected.insert((file.path.clone(), mark.line));
        let here: Vec<&Finding> = findings.iter().filter(|finding| begins_at(finding, file, mark)).collect();
        if here.is_empty() {
            problems.push(format!("missing: {}:{} should be found", file.path, mark.line));
        }
        for finding in here {
            problems.extend(mark_problem(file, mark, finding));
        }
    }
    for path in &case.missing {
        let folder = path.trim_end_matches('/');
        if !findings.iter().any(|finding| finding.missing && finding.path == folder) {
            problems.push(format!("missing: an absence at {path} should be found"));
        }
    }
    for finding in findings {
        let wanted = match finding.start {
            Some(start) => expected.contains(&(finding.path.clone(), start.line as usize)),
            None if !finding.missing => expected.contains(&(finding.path.clone(), 1)),
            None => case.missing.iter().any(|path| path.trim_end_matches('/') == finding.path),
        };
        if !wanted {
            let line = finding.start.map_or(0, |start| start.line);
            problems.push(format!("noisy: {}:{line} {}", finding.path, finding.message));
        }
    }
    problems
}

fn mark_problem(file: &CaseFile, mark: &Mark, finding: &Finding) -> Option<String> {
    let severity = mark.severity.filter(|severity| *severity != finding.severity);
    let confidence = mark.confidence.filter(|confidence| *confidence != finding.confidence);
    if severity.is_none() && confidence.is_none() {
        return None;
    }
    let found = format!("{} {}", finding.severity.as_str(), finding.confidence.as_str());
    Some(format!("{}:{} is {found}: {}", file.path, mark.line, finding.message))
}

fn evidence_problems(case: &Case, criteria: &[&Criterion]) -> Vec<String> {
    let cited = |file: &CaseFile, mark: &Mark| {
        criteria.iter().flat_map(|criterion| &criterion.evidence).any(|evidence| match evidence {
            Evidence::At { path, start, .. } => {
                *path == file.path && start.is_none_or(|start| start.line as usize == mark.line)
            }
            _ => false,
        })
    };
    marks(case)
        .filter(|(file, mark)| mark.good && !cited(file, mark))
        .map(|(file, mark)| format!("missing: {}:{} should be cited as evidence", file.path, mark.line))
        .collect()
}

fn marks(case: &Case) -> impl Iterator<Item = (&CaseFile, &Mark)> {
    case.files.iter().flat_map(|file| file.marks.iter().map(move |mark| (file, mark)))
}

fn begins_at(finding: &Finding, file: &CaseFile, mark: &Mark) -> bool {
    // A finding about a file as a whole is marked on its first line.
    let line = finding.start.map_or(1, |start| start.line as usize);
    finding.path == file.path && !finding.missing && line == mark.line
}
