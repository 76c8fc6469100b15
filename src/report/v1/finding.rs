//! The failing places, and what takes them out.

use serde::{Deserialize, Serialize};

use super::Position;
use crate::model::{Confidence, Severity, SuppressionProblem};

/// One failing place of a failing criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub category: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub component: String,
    /// Relative to the root, with `/`.
    pub path: String,
    /// The path names something that should exist and does not.
    #[serde(default)]
    pub missing: bool,
    /// None for a file as a whole and for what is missing.
    pub start: Option<Position>,
    /// Exclusive.
    pub end: Option<Position>,
    pub message: String,
    /// Whole lines of the file, secrets masked, without a final line break.
    pub snippet: Option<String>,
    /// The number of the first line of `snippet`.
    pub snippet_start_line: Option<u32>,
    /// The column of the first character of `snippet` when its only line was too long to be kept whole; else 1.
    #[serde(default = "first_column")]
    pub snippet_start_column: u32,
    pub related: Vec<Related>,
    /// From rule, path and content, never from a line number.
    pub fingerprint: String,
    pub suppressed: Option<Suppressed>,
}

/// A further place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    pub path: String,
    pub start: Option<Position>,
    pub end: Option<Position>,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    pub by: SuppressedBy,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressedBy {
    Inline,
    Config,
    /// Known already: leaves the gate, not the score.
    Baseline,
    /// Not on what changed: leaves the gate, not the score.
    Since,
}

impl SuppressedBy {
    /// Whether nobody accepted the finding: it was only there before.
    pub fn is_known(self) -> bool {
        matches!(self, Self::Baseline | Self::Since)
    }
}

impl Finding {
    /// Whether a comment or the configuration accepts it.
    pub fn is_accepted(&self) -> bool {
        self.suppressed.as_ref().is_some_and(|suppressed| !suppressed.by.is_known())
    }

    /// Whether it speaks of a comment or a configuration entry that does not work as its author believes. It belongs
    /// to no criterion and weighs nothing.
    pub fn is_about_suppressions(&self) -> bool {
        SuppressionProblem::ALL.iter().any(|problem| problem.rule() == self.rule)
    }

    /// Whether it was there before, and nobody accepted it.
    pub fn is_known(&self) -> bool {
        self.suppressed.as_ref().is_some_and(|suppressed| suppressed.by.is_known())
    }
}

/// A comment, a configuration entry or the baseline that takes findings out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    pub by: SuppressedBy,
    /// The rules it names.
    pub rules: Vec<String>,
    /// Where it is written.
    pub path: String,
    pub line: Option<u32>,
    pub reason: Option<String>,
    pub expires: Option<String>,
    /// Findings it took out.
    pub matched: usize,
    pub state: SuppressionState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionState {
    Used,
    /// Matches nothing.
    Unused,
    Expired,
    /// Has no reason, or names no rule that exists.
    Refused,
}

fn first_column() -> u32 {
    1
}
