//! What was asked of a component, with the answer and what it rests on.

use serde::{Deserialize, Serialize};

use crate::model::{Confidence, Severity};

/// A rule asked of a component, with the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    pub rule: String,
    pub category: String,
    pub component: String,
    pub status: Status,
    /// The highest severity among the open findings, else the rule's own.
    pub severity: Severity,
    /// The severity that the configuration gives the rule in this component, where it differs from the rule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_severity: Option<Severity>,
    pub confidence: Confidence,
    /// One line: the numbers that matter; for `not-applicable` and `unknown` the reason; for `manual` the question.
    pub detail: Option<String>,
    /// Countable sites; gives partial credit.
    pub sites: Option<Sites>,
    pub evidence: Vec<Evidence>,
    /// Not applicable because this rule failed.
    #[serde(default)]
    pub parent: Option<String>,
    /// Whose fault an `unknown` is.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// A person's answer to a `manual` criterion.
    #[serde(default)]
    pub attestation: Option<Attestation>,
    /// Every finding is suppressed by a comment or the configuration: the criterion has left the score.
    #[serde(default)]
    pub suppressed: bool,
    /// Findings of this criterion that nobody accepted, known ones included.
    #[serde(default)]
    pub findings: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Pass,
    Fail,
    NotApplicable,
    Unknown,
    Manual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A panic, a cut, a file that did not parse: stays in the score without credit.
    Engine,
    /// The repository does not tell: leaves the score and lowers the coverage.
    Undecided,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    pub holds: bool,
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub date: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sites {
    pub total: usize,
    pub ok: usize,
}

/// A line and a column, both from 1; columns count Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Why a verdict is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// A place that shows it; without `start` and `end` the file as a whole.
    At {
        path: String,
        start: Option<Position>,
        end: Option<Position>,
        note: String,
        /// Whole lines of the file, secrets masked.
        #[serde(default)]
        snippet: Option<String>,
        #[serde(default)]
        snippet_start_line: Option<u32>,
    },
    /// A search: what for, in how many files, and which relevant files could not be read.
    Searched { what: String, files: usize, unread: Vec<String> },
    /// Something that was looked for at `looked`, without success.
    Absent { what: String, looked: Vec<String> },
}
