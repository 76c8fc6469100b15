//! What has happened since older reports were made.

use std::collections::BTreeSet;

use super::{Standing, TaskState};
use crate::{
    assemble::{Families, counts},
    model::Confidence,
    report::{Finding, Report, Status},
};

/// Fails and counts: neither accepted nor a guess.
pub(super) fn is_open(finding: &Finding) -> bool {
    !finding.is_accepted() && finding.confidence != Confidence::Guess
}

/// One line for every report, the oldest first.
pub(super) fn history<'r>(reports: impl Iterator<Item = &'r Report>) -> Vec<Standing> {
    let reports: Vec<&Report> = reports.collect();
    let before = std::iter::once(None).chain(reports.iter().copied().map(Some));
    reports.iter().zip(before).map(|(report, before)| standing(report, before)).collect()
}

fn standing(report: &Report, before: Option<&Report>) -> Standing {
    let effort = &report.summary.effort_minutes;
    Standing {
        commit: report.repository.commit.clone(),
        version: report.repository.version.clone(),
        tool_version: report.tool.version.clone(),
        rubric: report.tool.rubric,
        score: report.summary.score,
        verdict: report.summary.verdict,
        counts: report.summary.counts,
        effort_minutes: effort.critical + effort.high + effort.medium + effort.low + effort.info,
        resolved: before.map(|before| missing_from(before, report)),
        appeared: before.map(|before| missing_from(report, before)),
    }
}

/// Open findings of `one` that are not in `other`, among the rules that both were asked.
fn missing_from(one: &Report, other: &Report) -> usize {
    let there = fingerprints(other);
    let asked: BTreeSet<&str> = other.rules.iter().map(|rule| rule.id.as_str()).collect();
    one.findings
        .iter()
        .filter(|finding| is_open(finding) && asked.contains(finding.rule.as_str()))
        .filter(|finding| !there.contains(finding.fingerprint.as_str()))
        .count()
}

/// The open findings.
pub(super) fn fingerprints(report: &Report) -> BTreeSet<&str> {
    report.findings.iter().filter(|finding| is_open(finding)).map(|finding| finding.fingerprint.as_str()).collect()
}

/// How a rule does that failed once; `None` when it still fails, or was not asked.
pub(super) fn state_of(report: &Report, rule: &str) -> Option<TaskState> {
    let families = Families::of(&report.criteria);
    let asked: Vec<_> = report.criteria.iter().filter(|criterion| criterion.rule == rule).collect();
    if asked.is_empty() || asked.iter().any(|criterion| counts(criterion)) {
        return None;
    }
    let accepted = |finding: &&Finding| finding.rule == rule && finding.is_accepted();
    if asked.iter().any(|criterion| criterion.suppressed) || report.findings.iter().any(|f| accepted(&f)) {
        return Some(TaskState::Accepted);
    }
    let holds = asked.iter().all(|criterion| match criterion.status {
        Status::Pass => true,
        Status::NotApplicable => families.waits_for(criterion).is_none(),
        Status::Fail | Status::Unknown | Status::Manual => false,
    });
    Some(if holds { TaskState::Done } else { TaskState::Unclear })
}
