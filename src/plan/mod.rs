//! From a report to the work that it asks for: phases of tasks in an order that works, with their effort, how to see
//! that they are finished, and the score that each phase leads to.
//!
//! Every number comes from the report: effort is the rules' effort times the open places, a projection is the same
//! scoring with other answers, progress is the difference to an older report.

mod build;
mod calendar;
mod guide;
mod links;
mod order;
mod progress;
mod project;
pub mod write;

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

pub use build::plan;
pub use calendar::Calendar;
pub use guide::{Guide, PhaseMeta};
pub use links::Links;

use crate::{
    model::{Date, Lang, Obstacle, Readiness, Severity, SeverityCounts},
    report::Sites,
};

/// A plan for one repository.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    pub language: Lang,
    pub project: String,
    pub version: Option<String>,
    pub commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_review: Option<String>,
    pub tool_version: String,
    pub rubric: u32,
    /// Rules were left out, so the plan is about a part.
    pub partial: bool,
    /// Where the repository stands.
    pub now: Projection,
    /// Four of them, as rule files number them.
    pub phases: Vec<Phase>,
    /// For all open tasks.
    pub effort_minutes: usize,
    #[serde(serialize_with = "day")]
    pub start: Option<Date>,
    pub hours_per_day: u32,
    /// The older reports, the oldest first, and this one.
    pub history: Vec<Standing>,
}

/// A score with what it means, now or once some work is done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Projection {
    #[serde(serialize_with = "thousandths")]
    pub score: Option<f64>,
    pub verdict: Readiness,
    /// What still stands between this verdict and the next better one.
    pub obstacles: Vec<Obstacle>,
    pub counts: SeverityCounts,
    /// By category id.
    #[serde(skip)]
    pub categories: BTreeMap<String, f64>,
}

/// A part of the plan that ends in something reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phase {
    /// From 1.
    pub number: usize,
    pub title: String,
    pub goal: String,
    /// The verdict that it works towards.
    pub target: Readiness,
    pub tasks: Vec<Task>,
    /// What a gate insists on and only a person can answer.
    pub questions: Vec<Question>,
    /// For its open tasks.
    pub effort_minutes: usize,
    /// With this phase and all before it finished.
    pub projection: Projection,
    #[serde(serialize_with = "day")]
    pub end: Option<Date>,
}

/// One failing rule, wherever it fails.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Task {
    /// Phase and place in it: `1.2`.
    pub number: String,
    pub rule: String,
    pub title: String,
    /// The category's id.
    pub category: String,
    pub category_name: String,
    pub severity: Severity,
    pub why: String,
    pub fix: String,
    pub components: Vec<String>,
    pub state: TaskState,
    /// For the open places together.
    pub effort_minutes: usize,
    /// For one place.
    pub effort_each: u32,
    /// Open ones first, in the report's order, then those that are mended since the older report.
    pub places: Vec<Mend>,
    /// Open places by file, most first.
    pub files: Vec<FileCount>,
    /// Files that it creates.
    pub creates: Vec<String>,
    /// Where it is talked about elsewhere, when the caller knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Numbers of tasks that come first.
    pub depends_on: Vec<String>,
    /// What is not asked while it fails, and has to hold when it is finished.
    pub then_asked: Vec<Asked>,
    /// The command that exits with 0 once it is finished.
    pub verify: String,
    pub sites: Option<Sites>,
    /// As counted by the older report.
    pub sites_before: Option<Sites>,
    /// Places that were open in the oldest report and are not any more; `None` without one.
    pub mended: Option<usize>,
    /// Working days from 1.
    pub first_day: Option<usize>,
    pub last_day: Option<usize>,
    #[serde(serialize_with = "day")]
    pub start: Option<Date>,
    #[serde(serialize_with = "day")]
    pub end: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskState {
    Open,
    /// Places are mended since the older report, others are open.
    Begun,
    /// It failed in the older report and holds now.
    Done,
    /// It failed in the older report, and what is left is suppressed with a reason.
    Accepted,
    /// It failed in the older report, and nobody can tell now.
    Unclear,
}

/// A place that fails, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mend {
    pub path: String,
    pub line: Option<u32>,
    pub message: String,
    pub fingerprint: String,
    /// Failed in the older report and does not any more.
    pub done: bool,
    /// Did not fail in the older report.
    pub new: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileCount {
    pub path: String,
    pub places: usize,
}

/// A rule by its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub rule: String,
    pub title: String,
}

/// A question that only a person can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    pub rule: String,
    pub title: String,
    pub question: String,
    pub effort_minutes: u32,
    pub answered: bool,
}

/// Where the repository stood when a report was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    pub commit: Option<String>,
    pub version: Option<String>,
    pub tool_version: String,
    pub rubric: u32,
    #[serde(serialize_with = "thousandths")]
    pub score: Option<f64>,
    pub verdict: Readiness,
    pub counts: SeverityCounts,
    pub effort_minutes: usize,
    /// Findings that the report before it had and this one has not.
    pub resolved: Option<usize>,
    /// Findings that the report before it had not.
    pub appeared: Option<usize>,
}

impl Plan {
    /// All tasks in the order in which they are to be done.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.phases.iter().flat_map(|phase| &phase.tasks)
    }

    pub fn task(&self, number: &str) -> Option<&Task> {
        self.tasks().find(|task| task.number == number)
    }

    /// What all phases together lead to.
    pub fn projected(&self) -> &Projection {
        self.phases.last().map_or(&self.now, |phase| &phase.projection)
    }
}

impl Task {
    /// There is work left.
    pub fn is_open(&self) -> bool {
        matches!(self.state, TaskState::Open | TaskState::Begun | TaskState::Unclear)
    }

    pub fn is_done(&self) -> bool {
        self.state == TaskState::Done
    }
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn day<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

#[expect(clippy::ref_option, reason = "serde passes a reference")]
fn thousandths<S: Serializer>(score: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match score {
        Some(score) => serializer.serialize_some(&((score * 1000.0).round() / 1000.0)),
        None => serializer.serialize_none(),
    }
}
