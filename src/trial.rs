//! Compares what a rule says of a case with what the case expects.

use std::collections::BTreeSet;

use crate::{
    model::{Confidence, Severity},
    report::{Criterion, Evidence, Finding, Report, Status},
    rule::cases::{Case, CaseFile, Mark},
};

/// One thing in which a case and the rule disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub kind: DifferenceKind,
    /// The file of the case, or where something is missing; empty for the verdict.
    pub path: String,
    /// The line in that file, from 1; 0 when there is none.
    pub line: usize,
    /// The whole difference in a sentence.
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Another verdict.
    Verdict,
    /// A line is marked, and nothing is found there.
    NotFound,
    /// Something is found on a line that is not marked.
    NotExpected,
    /// An absence is expected and not found.
    NotAbsent,
    /// An absence is found and not expected.
    NotExpectedAbsent,
    /// A finding has another weight than its mark says.
    Weight(Severity, Confidence),
    /// A line is marked as evidence, and is not cited.
    NotCited,
}

/// Where the rule `id` and `case` disagree; `report` is what a scan of the case's files said.
pub fn differences(id: &str, case: &Case, report: &Report) -> Vec<Difference> {
    let asked = |criterion: &&Criterion| {
        criterion.rule == id && case.component.as_ref().is_none_or(|path| *path == criterion.component)
    };
    let criteria: Vec<&Criterion> = report.criteria.iter().filter(asked).collect();
    let findings: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule == id).collect();
    let mut differences: Vec<Difference> = verdict(case, &criteria).into_iter().collect();
    let mut expected: BTreeSet<(&str, usize)> = BTreeSet::new();
    for (file, mark) in marks(case).filter(|(_, mark)| !mark.good) {
        expected.insert((&file.path, mark.line));
        differences.extend(marked(file, mark, &findings));
    }
    differences.extend(absences(case, &findings));
    differences.extend(findings.iter().filter_map(|finding| unexpected(case, finding, &expected)));
    differences.extend(uncited(case, &criteria));
    differences
}

/// The verdict over all asked components: one failure fails, then one unknown, then one pass.
fn verdict(case: &Case, criteria: &[&Criterion]) -> Option<Difference> {
    let has = |status: Status| criteria.iter().any(|criterion| criterion.status == status);
    let found = [
        (Status::Fail, "fail"),
        (Status::Unknown, "unknown"),
        (Status::Manual, "manual"),
        (Status::Pass, "pass"),
        (Status::NotApplicable, "not-applicable"),
    ]
    .into_iter()
    .find(|(status, _)| has(*status));
    let (status, name) = found.map_or((None, "nothing at all"), |(status, name)| (Some(status), name));
    if name == case.verdict {
        return None;
    }
    let said = criteria.iter().find(|criterion| Some(criterion.status) == status);
    let said =
        said.and_then(|criterion| criterion.detail.as_deref()).map(|said| format!(": {said}")).unwrap_or_default();
    let what = format!("expected {}, got {name}{said}", case.verdict);
    Some(Difference { kind: DifferenceKind::Verdict, path: String::new(), line: 0, what })
}

/// A marked line without a finding, or with one of another weight.
fn marked(file: &CaseFile, mark: &Mark, findings: &[&Finding]) -> Vec<Difference> {
    let (path, line) = (file.path.clone(), mark.line);
    let here: Vec<&&Finding> = findings.iter().filter(|finding| begins_at(finding, file, mark)).collect();
    if here.is_empty() {
        let what = format!("{path}:{line} is expected, and nothing is found there");
        return vec![Difference { kind: DifferenceKind::NotFound, path, line, what }];
    }
    let other = |finding: &&&Finding| {
        mark.severity.is_some_and(|severity| severity != finding.severity)
            || mark.confidence.is_some_and(|confidence| confidence != finding.confidence)
    };
    here.into_iter()
        .filter(other)
        .map(|finding| {
            let (severity, confidence) = (finding.severity, finding.confidence);
            let what = format!("{path}:{line} is {} {}: {}", severity.as_str(), confidence.as_str(), finding.message);
            let kind = DifferenceKind::Weight(severity, confidence);
            Difference { kind, path: path.clone(), line, what }
        })
        .collect()
}

fn absences(case: &Case, findings: &[&Finding]) -> Vec<Difference> {
    let found = |path: &str| findings.iter().any(|finding| finding.missing && finding.path == path);
    case.missing
        .iter()
        .filter(|path| !found(path.trim_end_matches('/')))
        .map(|path| {
            let what = format!("an absence is expected at {path}, and none is found there");
            Difference { kind: DifferenceKind::NotAbsent, path: path.clone(), line: 0, what }
        })
        .collect()
}

fn unexpected(case: &Case, finding: &Finding, expected: &BTreeSet<(&str, usize)>) -> Option<Difference> {
    let (path, message) = (finding.path.clone(), &finding.message);
    if finding.missing {
        let wanted = case.missing.iter().any(|missing| missing.trim_end_matches('/') == path);
        let what = format!("an absence is found at {path}, and not expected: {message}");
        return (!wanted).then_some(Difference { kind: DifferenceKind::NotExpectedAbsent, path, line: 0, what });
    }
    // A finding about a file as a whole is marked on its first line.
    let line = finding.start.map_or(1, |start| start.line as usize);
    let wanted = expected.contains(&(path.as_str(), line));
    let what = format!("{path}:{line} is found, and not expected: {message}");
    (!wanted).then_some(Difference { kind: DifferenceKind::NotExpected, path, line, what })
}

fn uncited(case: &Case, criteria: &[&Criterion]) -> Vec<Difference> {
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
        .map(|(file, mark)| {
            let (path, line) = (file.path.clone(), mark.line);
            let what = format!("{path}:{line} is expected as evidence, and is not cited");
            Difference { kind: DifferenceKind::NotCited, path, line, what }
        })
        .collect()
}

fn marks(case: &Case) -> impl Iterator<Item = (&CaseFile, &Mark)> {
    case.files.iter().flat_map(|file| file.marks.iter().map(move |mark| (file, mark)))
}

fn begins_at(finding: &Finding, file: &CaseFile, mark: &Mark) -> bool {
    let line = finding.start.map_or(1, |start| start.line as usize);
    finding.path == file.path && !finding.missing && line == mark.line
}
