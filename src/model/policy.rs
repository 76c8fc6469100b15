//! What a team allows of suppressions.

use super::{Date, PathGlobs, Severity};

/// The rules about suppressions; the default allows every one that has a rule and a reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SuppressionPolicy {
    /// What must not be suppressed.
    pub forbid: Vec<Forbidden>,
    /// Every suppression needs a last day.
    pub require_until: bool,
    /// The last day is at most so many days away.
    pub max_days: Option<u32>,
    /// The gate fails on these.
    pub fail_on: Vec<SuppressionProblem>,
}

/// Findings that must not be suppressed: those that fit both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// This severity or worse; `None` is every one.
    pub severity: Option<Severity>,
    /// Empty: everywhere.
    pub paths: PathGlobs,
}

/// What can be wrong with a suppression. Each is a finding of its own that weighs nothing in the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuppressionProblem {
    /// It matches no finding.
    Unused,
    /// Its last day has passed.
    Expired,
    /// It cannot be read, names no rule that exists, has no reason, or is not allowed.
    Refused,
}

impl SuppressionPolicy {
    pub fn forbids(&self, severity: Severity, path: &str) -> bool {
        self.forbid.iter().any(|one| {
            one.severity.is_none_or(|least| severity <= least) && (one.paths.is_empty() || one.paths.matches(path))
        })
    }

    /// Whether the last day is further away than allowed.
    pub fn is_too_far(&self, until: Date, today: Option<Date>) -> bool {
        let days = today.map(|today| until.days_after_1970() - today.days_after_1970());
        self.max_days.zip(days).is_some_and(|(most, days)| days > i64::from(most))
    }
}

impl SuppressionProblem {
    pub const ALL: [Self; 3] = [Self::Unused, Self::Expired, Self::Refused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.as_str() == name)
    }

    /// The rule that its finding names.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Unused => "suppression-unused",
            Self::Expired => "suppression-expired",
            Self::Refused => "suppression-refused",
        }
    }

    pub fn severity(self) -> Severity {
        match self {
            Self::Unused => Severity::Info,
            Self::Expired | Self::Refused => Severity::Low,
        }
    }
}
