//! The numbers of a report: of the whole, of the categories, of the nine rows and of the components.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Health, Obstacle, Readiness, SeverityCounts, StatusCounts, decimals};
use crate::model::Severity;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    #[serde(serialize_with = "decimals::optional")]
    pub score: Option<f64>,
    pub verdict: Readiness,
    /// Why the verdict is not a better one; empty for the best.
    #[serde(default)]
    pub obstacles: Vec<Obstacle>,
    /// Failing criteria by severity.
    pub counts: SeverityCounts,
    pub criteria: StatusCounts,
    /// Open findings: the places of the failing criteria, and suppressions that do not work.
    pub findings: usize,
    /// Findings that a comment, the configuration, the baseline or `--since` takes out.
    pub suppressed_findings: usize,
    /// Criteria that come from rules that the team wrote.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub team_criteria: usize,
    pub coverage: Coverage,
    /// How the overall score follows from the categories.
    pub derivation: Derivation,
    /// The three repairs that raise the overall score most.
    pub fix_first: Vec<Repair>,
    /// What these repairs raise the overall score by together.
    #[serde(serialize_with = "decimals::plain")]
    pub fix_first_gain: f64,
    /// The overall score once no CRITICAL fails; absent when none does.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "decimals::optional")]
    pub score_without_critical: Option<f64>,
    /// Minutes that the repair of all open findings takes, by severity.
    pub effort_minutes: SeverityCounts,
}

/// `mean - blocked_weight * blocked / scored`, not below 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derivation {
    #[serde(serialize_with = "decimals::optional")]
    pub mean: Option<f64>,
    /// Categories that have a score.
    pub scored: usize,
    /// Categories with an open CRITICAL.
    pub blocked: usize,
    /// What the blocked share takes off.
    #[serde(serialize_with = "decimals::plain")]
    pub deduction: f64,
    /// Share of the answered among the criteria that apply, by weight.
    #[serde(serialize_with = "decimals::optional")]
    pub coverage: Option<f64>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    pub files: usize,
    pub parsed: usize,
    pub with_errors: usize,
    /// Files that were not read, by reason (`too-large`, `binary`, `unreadable`, ...).
    pub skipped: BTreeMap<String, usize>,
}

/// One of the repairs to make first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Repair {
    pub rule: String,
    pub component: String,
    pub category: String,
    pub severity: Severity,
    /// What this repair alone raises the overall score by.
    #[serde(serialize_with = "decimals::plain")]
    pub gain: f64,
    /// Further open CRITICALs of its category, which hold the category's score down with it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held_by: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub id: String,
    pub name: String,
    #[serde(serialize_with = "decimals::optional")]
    pub score: Option<f64>,
    pub status: Health,
    /// `critical` when an open CRITICAL holds the score down.
    pub capped_by: Option<Severity>,
    /// The one failing criterion that matters most.
    pub reason: Option<Reason>,
    /// Share of the answered among the criteria that apply, by weight.
    #[serde(serialize_with = "decimals::optional")]
    pub coverage: Option<f64>,
    pub criteria: StatusCounts,
    /// Failing criteria by severity.
    pub counts: SeverityCounts,
    /// The component with the lowest score here, when several have one.
    #[serde(default)]
    pub worst_component: Option<ComponentScore>,
}

/// A row of the nine-row table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NineRow {
    /// 1 to 9.
    pub number: usize,
    pub id: String,
    pub name: String,
    /// An emoji that heads the section of the review.
    #[serde(default)]
    pub icon: String,
    /// The categories whose criteria are pooled here.
    pub members: Vec<String>,
    #[serde(serialize_with = "decimals::optional")]
    pub score: Option<f64>,
    pub status: Health,
    pub capped_by: Option<Severity>,
    pub reason: Option<Reason>,
    #[serde(serialize_with = "decimals::optional")]
    pub coverage: Option<f64>,
    pub criteria: StatusCounts,
    pub counts: SeverityCounts,
}

/// Why a category is not better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub rule: String,
    pub component: String,
    pub severity: Severity,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComponentScore {
    pub component: String,
    #[serde(serialize_with = "decimals::plain")]
    pub score: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Relative to the root; `.` for the repository itself.
    pub path: String,
    pub name: String,
    /// `repository`, `http-service`, `worker`, `frontend`, `library`, ...
    pub kind: String,
    /// The file that declares it, where what is missing can be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    #[serde(serialize_with = "decimals::optional")]
    pub score: Option<f64>,
    pub status: Health,
    pub capped_by: Option<Severity>,
    pub reason: Option<Reason>,
    /// This component's own score by category; categories without a score are absent.
    #[serde(serialize_with = "decimals::map")]
    pub categories: BTreeMap<String, f64>,
    pub criteria: StatusCounts,
    pub counts: SeverityCounts,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer hands over a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
