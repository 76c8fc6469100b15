//! What the reviews say of an endpoint.

use std::collections::BTreeMap;

use super::{Access, Endpoint, Finding, Report};
use crate::{
    i18n::review as words,
    model::{Lang, Severity},
};

/// Rules that a row names.
const SHOWN_RULES: usize = 4;

/// `GET /api/users`, or the kind and the name of what has no method.
pub(super) fn title(endpoint: &Endpoint) -> String {
    let lead = if endpoint.method.is_empty() { &endpoint.kind } else { &endpoint.method };
    format!("{lead} {}", endpoint.route)
}

/// A sign for it, and who may call it.
pub(super) fn access(endpoint: &Endpoint, lang: Lang) -> (&'static str, String) {
    let (sign, phrase) = match endpoint.access {
        Access::Guarded => ("🔒", words::GUARDED),
        Access::Public => ("🌐", words::PUBLIC),
        Access::Open => ("🔓", words::OPEN),
        Access::Unresolved => ("❔", words::UNRESOLVED),
    };
    let phrase = phrase.of(lang);
    match endpoint.reason.as_deref().and_then(words::reason) {
        Some(reason) => (sign, format!("{phrase}: {}", reason.of(lang))),
        None => (sign, phrase.to_owned()),
    }
}

/// The guard that checks the caller.
pub(super) fn guard(endpoint: &Endpoint) -> Option<&str> {
    let checks = ["authenticates", "authorizes", "verifies"];
    let guards = endpoint.guards.iter().filter(|guard| checks.contains(&guard.does.as_str()));
    let mut names = guards.map(|guard| guard.name.as_str());
    // A check inside the handler has the handler's name, which for a method of a file is the method.
    names.find(|name| !name.is_empty() && *name != endpoint.method)
}

/// What is checked besides the caller.
pub(super) fn checks(endpoint: &Endpoint, lang: Lang) -> String {
    let checks = [(endpoint.validated, words::VALIDATED), (endpoint.rate_limited, words::RATE_LIMITED)];
    let found: Vec<&str> = checks.iter().filter(|(holds, _)| *holds).map(|(_, phrase)| phrase.of(lang)).collect();
    if found.is_empty() { "–".to_owned() } else { found.join(", ") }
}

/// A rule that fails on an endpoint, how often, and the first of its findings.
pub(super) struct Problem<'r> {
    pub(super) rule: &'r str,
    pub(super) count: usize,
    pub(super) fingerprint: &'r str,
}

/// What fails on an endpoint.
pub(super) struct Problems<'r> {
    pub(super) worst: Severity,
    pub(super) shown: Vec<Problem<'r>>,
    /// Rules that are not shown.
    pub(super) more: usize,
}

/// The findings of a report by fingerprint.
pub(super) fn index(report: &Report) -> BTreeMap<&str, &Finding> {
    report.findings.iter().map(|finding| (finding.fingerprint.as_str(), finding)).collect()
}

pub(super) fn problems<'r>(endpoint: &Endpoint, index: &BTreeMap<&str, &'r Finding>) -> Option<Problems<'r>> {
    let own: Vec<&Finding> = endpoint.findings.iter().filter_map(|id| index.get(id.as_str()).copied()).collect();
    let worst = own.iter().map(|finding| finding.severity).min()?;
    let mut shown: Vec<Problem<'r>> = Vec::new();
    for finding in own {
        match shown.iter_mut().find(|problem| problem.rule == finding.rule) {
            Some(problem) => problem.count += 1,
            None => shown.push(Problem { rule: &finding.rule, count: 1, fingerprint: &finding.fingerprint }),
        }
    }
    let more = shown.len().saturating_sub(SHOWN_RULES);
    shown.truncate(SHOWN_RULES);
    Some(Problems { worst, shown, more })
}
