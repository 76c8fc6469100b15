//! The policy that turns a report into "may go on" or "may not".

use crate::model::{Readiness, Severity};

/// What a team insists on; every part that is set must hold.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GatePolicy {
    /// Fails on an open criterion of this severity or worse.
    pub fail_on: Option<Severity>,
    /// Fails below this overall score, 0 to 10, unrounded.
    pub min_score: Option<f64>,
    /// Fails below this verdict.
    pub at_least: Option<Readiness>,
}

/// What a gate judges.
#[derive(Debug, Clone, PartialEq)]
pub struct GateInput {
    pub score: Option<f64>,
    pub verdict: Readiness,
    /// Failing criteria that neither a suppression nor the baseline covers, worst first.
    pub open: Vec<GateItem>,
}

/// A failing criterion with the worst severity among the findings that the gate may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateItem {
    pub rule: String,
    pub component: String,
    pub severity: Severity,
}

#[derive(Debug, Clone, PartialEq)]
pub struct GateResult {
    pub holds: bool,
    /// Why it does not hold, in the order of the policy's parts.
    pub reasons: Vec<GateFailure>,
}

/// One unmet part of a policy.
#[derive(Debug, Clone, PartialEq)]
pub enum GateFailure {
    /// Open criteria at or above the severity.
    Severity {
        threshold: Severity,
        open: Vec<GateItem>,
    },
    /// The overall score is lower; `None` when nothing could be scored.
    Score {
        score: Option<f64>,
        least: f64,
    },
    Verdict {
        verdict: Readiness,
        least: Readiness,
    },
}

/// Judges `input` by `policy`.
pub fn gate(policy: &GatePolicy, input: &GateInput) -> GateResult {
    let mut reasons = Vec::new();
    if let Some(threshold) = policy.fail_on {
        let open: Vec<GateItem> = input.open.iter().filter(|item| item.severity <= threshold).cloned().collect();
        if !open.is_empty() {
            reasons.push(GateFailure::Severity { threshold, open });
        }
    }
    if let Some(least) = policy.min_score
        && input.score.is_none_or(|score| score < least)
    {
        reasons.push(GateFailure::Score { score: input.score, least });
    }
    if let Some(least) = policy.at_least
        && input.verdict < least
    {
        reasons.push(GateFailure::Verdict { verdict: input.verdict, least });
    }
    GateResult { holds: reasons.is_empty(), reasons }
}
