//! The frozen shape of a report, version 1. It changes by addition only; `schemas/report-v1.schema.json` describes it.
//!
//! Numbers are kept exact in memory and written with three decimals, so that the same input gives the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::model::{Health, Obstacle, Readiness, SeverityCounts, StatusCounts};

use crate::model::{Confidence, Lang, Reference, Severity, SuppressionProblem, Tier};

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
    pub suppressions: Vec<Suppression>,
    /// What could not be read, parsed or examined, by kind and path.
    pub diagnostics: Vec<Diagnostic>,
    /// What the configuration changes about the numbers; absent when they are the standard ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// What the team adds, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
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

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// `parse-error`, `too-large`, `rule-panicked`, `limit-hit`, ...: an open set.
    pub kind: String,
    pub path: Option<String>,
    #[serde(default)]
    pub rule: Option<String>,
    pub message: String,
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer hands over a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Where the time went; only with `--timing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    pub total_us: u64,
    /// In the order in which they ran.
    pub phases: Vec<PhaseTiming>,
    /// By falling time.
    pub rules: Vec<RuleTiming>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseTiming {
    pub name: String,
    pub us: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTiming {
    /// A rule, or `facts: ` and what was collected or joined.
    pub rule: String,
    #[serde(default)]
    pub stage: Stage,
    pub us: u64,
    /// Nodes, documents or texts that it was handed.
    pub visits: u64,
}

/// Where a rule or a fact spends its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Looking at files and nodes, summed over threads.
    #[default]
    Observe,
    /// Joining what the files gave.
    Join,
    /// Deciding, over all components.
    Conclude,
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

fn first_column() -> u32 {
    1
}

/// Three decimals: enough for every comparison a person makes, and the same bytes on every machine.
mod decimals {
    use std::collections::BTreeMap;

    use serde::Serializer;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn plain<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(rounded(*value))
    }

    #[expect(clippy::ref_option, reason = "serde passes a reference")]
    pub(super) fn optional<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.serialize_some(&rounded(*value)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn map<S: Serializer>(values: &BTreeMap<String, f64>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(key, value)| (key, rounded(*value))))
    }

    fn rounded(value: f64) -> f64 {
        let thousandths = (value * 1000.0).round() / 1000.0;
        // Negative zero would print as `-0.0`.
        if thousandths == 0.0 { 0.0 } else { thousandths }
    }
}
