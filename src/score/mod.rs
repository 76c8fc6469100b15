//! From verdicts to numbers: a pure function that never sees a rule's code.
//!
//! A category's score is `floor + proven * R + attested * A`: R is the share of credit among its automatic criteria,
//! A the share of its questions that a person has answered with yes. An open CRITICAL caps it. The overall score is
//! the mean of the categories less a deduction for the share of blocked ones, so that a fix never lowers it.

mod compute;
mod formula;
mod gate;
mod go;
mod repair;
mod rubric;

pub use compute::{CategoryScore, ComponentScore, Overall, RowScore, Score, score};
pub use formula::Grade;
pub use gate::{GateFailure, GateInput, GateItem, GatePolicy, GateResult, gate};
pub use go::{About, GoInput, GoPoint, Target, go, is_go};
pub use repair::{RankedRepair, repaired};
pub use rubric::{Rubric, RubricError};

use crate::model::{Severity, SiteCount};

/// A criterion as far as the score is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredCriterion {
    pub rule: String,
    pub category: String,
    pub component: String,
    /// The rule's default or configured severity: gives the weight, and decides whether partial credit is given.
    pub default_severity: Severity,
    /// The severity by context: drives counts, caps and the gate.
    pub severity: Severity,
    pub answer: Answer,
    /// Countable sites, for partial credit.
    pub sites: Option<SiteCount>,
    /// A failure that rests on guesses alone: it counts nowhere.
    pub guess: bool,
    /// Every finding is suppressed by a comment or the configuration (not by a baseline).
    pub suppressed: bool,
    /// A manual criterion on which a gate insists.
    pub mandatory: bool,
    /// Minutes that the repair takes; breaks ties between repairs.
    pub effort: u32,
}

/// The status of a criterion, with what the score needs to know about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Pass,
    Fail,
    /// With `parent_failed` the criterion keeps its weight and earns nothing.
    NotApplicable {
        parent_failed: bool,
    },
    /// With `engine` the criterion keeps its weight, earns nothing, and counts as open; else it leaves the fraction.
    Unknown {
        engine: bool,
    },
    /// A person's answer, if there is one.
    Manual {
        attested: Option<bool>,
    },
}

impl ScoredCriterion {
    /// Fails, and the failure counts.
    pub fn fails(&self) -> bool {
        self.answer == Answer::Fail && !self.guess && !self.suppressed
    }

    /// How bad it is that this criterion is open; `None` when it is not. What the engine could not examine is open
    /// with its default severity, so that a failure of the engine never looks better than a pass.
    pub fn open_severity(&self) -> Option<Severity> {
        match self.answer {
            Answer::Fail if self.fails() => Some(self.severity),
            Answer::Unknown { engine: true } if !self.suppressed => Some(self.default_severity),
            _ => None,
        }
    }

    /// The credit it earns, from 0 to 1; `None` when it is not in the fraction.
    fn credit(&self) -> Option<f64> {
        if self.suppressed {
            return None;
        }
        match self.answer {
            Answer::Pass => Some(1.0),
            Answer::Fail if self.guess => None,
            Answer::Fail => Some(self.partial_credit()),
            Answer::NotApplicable { parent_failed: true } | Answer::Unknown { engine: true } => Some(0.0),
            Answer::NotApplicable { .. } | Answer::Unknown { .. } | Answer::Manual { .. } => None,
        }
    }

    fn partial_credit(&self) -> f64 {
        match (self.default_severity, self.sites) {
            (Severity::Medium | Severity::Low, Some(SiteCount { total, ok })) if total > 0 => {
                share(ok.min(total), total)
            }
            _ => 0.0,
        }
    }

    /// Whether it was answered: `None` when the question does not arise or is a person's to answer.
    fn answered(&self) -> Option<bool> {
        match self.answer {
            Answer::Pass | Answer::NotApplicable { parent_failed: true } => Some(true),
            Answer::Fail => Some(!self.guess || self.suppressed),
            Answer::Unknown { .. } => Some(false),
            Answer::NotApplicable { parent_failed: false } | Answer::Manual { .. } => None,
        }
    }

    /// 1 when a person has confirmed it, 0 when not; `None` for automatic criteria.
    fn attested(&self) -> Option<f64> {
        match self.answer {
            Answer::Manual { attested } if !self.suppressed => Some(if attested == Some(true) { 1.0 } else { 0.0 }),
            _ => None,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// Drops the bits that the order of a sum can change, so that they never decide a threshold. Monotone.
fn snapped(score: f64) -> f64 {
    (score * 1e9).round() / 1e9
}
