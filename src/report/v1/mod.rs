//! The frozen shape of a report, version 1. It changes by addition only; `schemas/report-v1.schema.json` describes it.
//!
//! Numbers are kept exact in memory and written with three decimals, so that the same input gives the same bytes.

mod criterion;
mod decimals;
mod endpoint;
mod finding;
mod rule;
mod scenario;
mod summary;
mod timing;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use criterion::{Attestation, Cause, Criterion, Evidence, Position, Sites, Status};
pub use endpoint::{Access, Endpoint, Guard, Lines};
pub use finding::{Finding, Related, Suppressed, SuppressedBy, Suppression, SuppressionState};
pub use rule::{Action, FileToCreate, Rule};
pub use scenario::{Check, Scenario};
pub use summary::{Category, Component, ComponentScore, Coverage, Derivation, NineRow, Reason, Repair, Summary};
pub use timing::{PhaseTiming, RuleTiming, Stage, Timing};

pub use crate::model::{Health, Obstacle, Readiness, SeverityCounts, StatusCounts};

use crate::model::{Lang, Tier};

/// The version that `schema_version` carries.
pub const SCHEMA_VERSION: u32 = 1;

/// One audit of one repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub schema_version: u32,
    pub tool: Tool,
    /// The language of every text in the report.
    pub language: Lang,
    /// Some rules were left out (`--only`, `--skip`, `--since`), so the verdict is `not-assessed`.
    pub partial: bool,
    pub repository: Repository,
    /// What findings are compared with, when only new ones matter to the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    pub summary: Summary,
    /// The thirteen categories, in the order of `rules/categories.toml`.
    pub categories: Vec<Category>,
    /// The nine-row table: every row pools the criteria of its members.
    pub nine: Vec<NineRow>,
    /// The repository itself (`.`) first, then by path.
    pub components: Vec<Component>,
    /// By category, then fail, unknown, manual, pass, not applicable; within those by severity, rule and component.
    pub criteria: Vec<Criterion>,
    /// Open findings by severity, category, rule, component, path and place; suppressed ones after all open ones.
    pub findings: Vec<Finding>,
    /// Failing rules as tasks, by severity, then category and rule.
    pub actions: Vec<Action>,
    /// Files that the repairs would create and that do not exist yet, in the order of the actions.
    pub files_to_create: Vec<FileToCreate>,
    /// What the repository answers, those with the worst findings first, then by component, route and method; absent
    /// where there is nothing of the kind or no rule asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<Endpoint>,
    /// What people meet in the interface, and what is known of its answer; absent where there is no interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenarios: Vec<Scenario>,
    pub suppressions: Vec<Suppression>,
    /// What could not be read, parsed or examined, by kind and path.
    pub diagnostics: Vec<Diagnostic>,
    /// What the configuration changes about the numbers; absent when they are the standard ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// What the team adds, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Who answers for the review, as the team says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    /// The day on which the team looks again, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_review: Option<String>,
    /// Every rule that occurs in `criteria`, in the same order, then those that only findings name; texts in the
    /// report's language.
    pub rules: Vec<Rule>,
    /// Present only when asked for: the rest of the report does not depend on a clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
}

/// What a team has decided about the score of its repository.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Basis {
    /// What the repository is meant for; criteria that this does not ask are not applicable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Weights of categories in the overall score; 1 for those that are absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
    /// The version of the numbers that the score was made with.
    pub rubric: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    pub name: String,
    /// The version that the root manifest declares.
    #[serde(default)]
    pub version: Option<String>,
    pub commit: Option<String>,
    pub profile: Profile,
}

/// What tells new findings from known ones, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// The baseline file.
    pub baseline: Option<String>,
    /// The revision, as the user named it.
    pub since: Option<String>,
    /// The commit that the working tree was compared with.
    pub commit: Option<String>,
    /// Findings that the baseline names or that lie on nothing that changed; they are not among `summary.findings`.
    pub findings: usize,
    /// Entries of the baseline that match nothing any more.
    pub stale: usize,
}

/// What the repository is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Files by language.
    pub languages: BTreeMap<String, usize>,
    /// The languages by falling number of files.
    #[serde(default)]
    pub main_languages: Vec<String>,
    pub frameworks: Vec<Technology>,
    #[serde(default)]
    pub orms: Vec<Technology>,
    pub deploy_targets: Vec<Technology>,
}

/// A technology with the file that shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technology {
    pub name: String,
    #[serde(default)]
    pub version: Option<String>,
    pub path: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// `parse-error`, `too-large`, `rule-panicked`, `limit-hit`, ...: an open set.
    pub kind: String,
    pub path: Option<String>,
    #[serde(default)]
    pub rule: Option<String>,
    pub message: String,
}

impl Report {
    /// The texts of a rule; every rule of a criterion is present.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// What is said about a suppression that does not work.
    pub fn about(&self, suppression: &Suppression) -> Option<&Finding> {
        self.findings.iter().filter(|finding| finding.is_about_suppressions()).find(|finding| {
            finding.path == suppression.path && finding.start.map(|start| start.line) == suppression.line
        })
    }

    /// Findings that a comment or the configuration accepts.
    pub fn accepted_findings(&self) -> usize {
        self.summary.suppressed_findings - self.known_findings().min(self.summary.suppressed_findings)
    }

    /// Findings that were there before.
    pub fn known_findings(&self) -> usize {
        self.known.as_ref().map_or(0, |known| known.findings)
    }

    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }
}
