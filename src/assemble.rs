//! Joins verdicts, findings and numbers into the report: the one place that sees both `score` and `report`.
//!
//! Callers hand over what they know in any order; ordering, counting and scoring happen here, so that no renderer
//! and no caller has to.

use crate::model::Lang;
use crate::report::{Coverage, Criterion, Diagnostic, Finding, Report, Repository, Rule, Suppression, Timing};

/// Everything that a report is made of, in any order, with all texts in the report's language.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The version of `readiness`.
    pub version: String,
    pub language: Lang,
    /// Rules were left out.
    pub partial: bool,
    /// Keep guesses (`--all`); otherwise a criterion that rests on guesses alone becomes an undecided unknown.
    pub guesses: bool,
    /// `profile.main_languages` is filled in here.
    pub repository: Repository,
    pub coverage: Coverage,
    /// The repository itself is added when it is not among them.
    pub components: Vec<Part>,
    /// `severity`, `confidence`, `suppressed` and `findings` of failing criteria are derived from their findings.
    pub criteria: Vec<Criterion>,
    pub findings: Vec<Finding>,
    pub suppressions: Vec<Suppression>,
    pub diagnostics: Vec<Diagnostic>,
    /// At least every rule of `criteria`; the others are left out of the report.
    pub rules: Vec<Rule>,
    pub timing: Option<Timing>,
}

/// A component before it is scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub path: String,
    pub name: String,
    pub kind: String,
}

/// Scores, counts and orders; `exists` tells whether a path is in the repository already.
pub fn assemble(draft: Draft, exists: &dyn Fn(&str) -> bool) -> Report {
    let _ = (draft, exists);
    unimplemented!("scores come next")
}
