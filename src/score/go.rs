//! The go/no-go decision for an environment: what has to hold, point by point.

use super::{GateItem, Rubric};
use crate::model::Severity;

/// Where a release wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Staging,
    Production,
}

/// What a decision looks at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GoInput {
    /// Rules were left out.
    pub partial: bool,
    pub score: Option<f64>,
    /// Failing criteria that neither a suppression nor the baseline covers.
    pub open: Vec<GateItem>,
    /// Criteria that the engine could not examine.
    pub not_examined: Vec<GateItem>,
    /// The mandatory questions, each with whether it is confirmed.
    pub questions: Vec<(String, bool)>,
    /// How the rules of [`Target::watched`] do: `None` where nobody knows. Those that do not apply are left out.
    pub watched: Vec<(String, Option<bool>)>,
}

/// A point of the decision.
#[derive(Debug, Clone, PartialEq)]
pub struct GoPoint {
    pub about: About,
    /// `None` where nobody knows.
    pub holds: Option<bool>,
    /// Whether the decision depends on it.
    pub decides: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// Every rule was asked.
    Everything,
    /// No criterion of this severity fails; the ones that do.
    NoneFails(Severity, Vec<GateItem>),
    /// Every criterion of this severity could be examined; the ones that could not.
    AllExamined(Severity, Vec<GateItem>),
    /// The overall score is high enough.
    Score { least: f64, score: Option<f64> },
    /// A mandatory question, by rule.
    Question(String),
    /// A rule that people look at before they decide.
    Watched(String),
}

impl Target {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// Rules that stand in the list although the decision does not depend on them alone.
    pub fn watched(self) -> &'static [&'static str] {
        match self {
            Self::Staging => &[
                "migrations-not-run-on-deploy",
                "migrations-untested-on-copy",
                "backup-plan-missing",
                "ci-passing",
                "ci-lint-typecheck-not-run",
                "source-syntax-error",
            ],
            Self::Production => &[
                "staging-environment-missing",
                "coverage-below-target",
                "rollback-docs-missing",
                "migrations-untested-on-copy",
                "alert-rules-missing",
                "stakeholder-communication",
            ],
        }
    }
}

/// Judges by the numbers of the verdicts, so that the decision and the verdict never contradict each other where no
/// baseline is used.
pub fn go(target: Target, input: &GoInput, rubric: &Rubric) -> Vec<GoPoint> {
    let (severities, least): (&[Severity], f64) = match target {
        Target::Staging => (&[Severity::Critical], rubric.verdict.staging),
        Target::Production => (&[Severity::Critical, Severity::High], rubric.verdict.production),
    };
    let decisive = |about, holds| GoPoint { about, holds: Some(holds), decides: true };
    let mut points = vec![decisive(About::Everything, !input.partial)];
    for severity in severities {
        let of = |items: &[GateItem]| -> Vec<GateItem> {
            items.iter().filter(|item| item.severity == *severity).cloned().collect()
        };
        let (open, not_examined) = (of(&input.open), of(&input.not_examined));
        let (fails, unseen) = (!open.is_empty(), !not_examined.is_empty());
        points.push(decisive(About::NoneFails(*severity, open), !fails));
        points.push(decisive(About::AllExamined(*severity, not_examined), !unseen));
    }
    let enough = input.score.is_some_and(|score| score >= least);
    points.push(decisive(About::Score { least, score: input.score }, enough));
    if target == Target::Production {
        let questions = input.questions.iter();
        points.extend(questions.map(|(rule, confirmed)| decisive(About::Question(rule.clone()), *confirmed)));
    }
    let asked_already =
        |rule: &str| points.iter().any(|point| matches!(&point.about, About::Question(other) if other == rule));
    let watched: Vec<GoPoint> = input
        .watched
        .iter()
        .filter(|(rule, _)| !asked_already(rule))
        .map(|(rule, holds)| GoPoint { about: About::Watched(rule.clone()), holds: *holds, decides: false })
        .collect();
    points.extend(watched);
    points
}

/// Whether every decisive point holds.
pub fn is_go(points: &[GoPoint]) -> bool {
    points.iter().filter(|point| point.decides).all(|point| point.holds == Some(true))
}
