//! The words in which a score speaks: how healthy a category is, how ready the whole, and what stands in the way.

use serde::{Deserialize, Serialize};

use super::Severity;

/// How a category, a row or a component is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    Ok,
    Warning,
    Fail,
    /// No score: nothing applies, or nothing was asked.
    None,
}

/// The verdict on the whole repository; later is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readiness {
    /// Only a part of the rules, or nothing, was judged.
    NotAssessed,
    NotReady,
    Staging,
    Production,
    Hardened,
}

impl Readiness {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAssessed => "not-assessed",
            Self::NotReady => "not-ready",
            Self::Staging => "staging",
            Self::Production => "production",
            Self::Hardened => "hardened",
        }
    }
}

/// What stands between a repository and the next better verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// Rules were left out.
    Partial,
    /// No category has a score.
    NothingScored,
    CriticalOpen,
    /// A CRITICAL criterion could not be examined.
    CriticalNotExamined,
    ScoreBelowStaging,
    HighOpen,
    /// A HIGH criterion could not be examined.
    HighNotExamined,
    /// A mandatory question that nobody has answered with yes.
    MandatoryOpen,
    ScoreBelowProduction,
    ScoreBelowHardened,
}

/// A number for every severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SeverityCounts {
    pub critical: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    #[serde(default)]
    pub info: usize,
}

impl SeverityCounts {
    pub fn get(self, severity: Severity) -> usize {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    /// Adds `n` to one of the numbers.
    pub fn add(&mut self, severity: Severity, n: usize) {
        let slot = match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        };
        *slot += n;
    }
}

/// Criteria by status; a criterion counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StatusCounts {
    pub pass: usize,
    pub fail: usize,
    pub not_applicable: usize,
    pub unknown: usize,
    pub manual: usize,
    /// Failing criteria whose every finding is suppressed; not counted in `fail`.
    #[serde(default)]
    pub suppressed: usize,
}
