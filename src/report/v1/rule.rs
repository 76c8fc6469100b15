//! What the catalogue says of a rule, and what is to be done where it fails.

use serde::{Deserialize, Serialize};

use super::Sites;
use crate::model::{Reference, Severity};

/// A failing rule as a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub rule: String,
    pub category: String,
    pub severity: Severity,
    /// The components in which it fails.
    pub components: Vec<String>,
    /// Findings that nobody accepted, known ones included.
    pub findings: usize,
    /// For all these findings together.
    pub effort_minutes: usize,
    /// Partial progress over all its components.
    pub sites: Option<Sites>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileToCreate {
    pub path: String,
    /// The rule that asks for it.
    pub rule: String,
    pub purpose: String,
}

/// What the catalogue says of a rule, in the report's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: String,
    pub category: String,
    /// The criterion that should hold.
    pub title: String,
    pub why: String,
    pub fix: String,
    /// Default (or configured) severity: the weight in the score.
    pub severity: Severity,
    pub effort_minutes: u32,
    pub phase: u8,
    /// A manual criterion on which a gate insists.
    #[serde(default)]
    pub mandatory: bool,
    pub creates: Vec<String>,
    pub cwe: Vec<u32>,
    pub references: Vec<Reference>,
    /// A rule that the team wrote.
    #[serde(default, skip_serializing_if = "is_false")]
    pub team: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
