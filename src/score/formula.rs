//! The formula of one pool of criteria: a category, a row of the nine, or a component.

use super::{Answer, Rubric, ScoredCriterion, snapped};
use crate::model::{Health, Severity, SeverityCounts, StatusCounts};

/// What a pool of criteria comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// `None` when no automatic criterion with a weight was answered, and no CRITICAL is open.
    pub score: Option<f64>,
    pub health: Health,
    /// `Critical` when the cap holds the score down.
    pub capped_by: Option<Severity>,
    /// A CRITICAL is open.
    pub blocked: bool,
    /// Share of the answered among the criteria that apply, by weight.
    pub coverage: Option<f64>,
    pub criteria: StatusCounts,
    /// Failing criteria by severity.
    pub counts: SeverityCounts,
}

impl Grade {
    /// Of a pool without criteria.
    pub fn empty() -> Self {
        Self {
            score: None,
            health: Health::None,
            capped_by: None,
            blocked: false,
            coverage: None,
            criteria: StatusCounts::default(),
            counts: SeverityCounts::default(),
        }
    }
}

/// A weighted mean of the means of each rule.
#[derive(Debug, Clone, Copy, Default)]
struct Fraction {
    earned: f64,
    weight: f64,
}

impl Fraction {
    fn add(&mut self, weight: f64, values: impl Iterator<Item = f64>) {
        let (mut sum, mut count) = (0.0, 0.0);
        for value in values {
            sum += value;
            count += 1.0;
        }
        if count > 0.0 {
            self.earned += weight * sum / count;
            self.weight += weight;
        }
    }

    fn value(self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.earned / self.weight)
    }
}

/// Grades `criteria`, which are sorted by rule and component so that sums do not depend on the caller's order.
///
/// A rule that ran in several components enters with the mean of their credits. Where nothing is asked of a person,
/// the last point is earned by the same share of R as was attested in the whole report (`attested_overall`): without
/// attestations nobody passes 9, and a category is not held below 10 because it has no question.
pub(super) fn grade(criteria: &[&ScoredCriterion], attested_overall: f64, rubric: &Rubric) -> Grade {
    let (mut proven, mut attested, mut covered) = (Fraction::default(), Fraction::default(), Fraction::default());
    for rule in criteria.chunk_by(|a, b| a.rule == b.rule) {
        let weight = rule.iter().map(|c| rubric.weight(c.default_severity)).fold(0.0, f64::max);
        proven.add(weight, rule.iter().filter_map(|c| c.credit()));
        attested.add(weight, rule.iter().filter_map(|c| c.attested()));
        let answers = rule.iter().filter_map(|c| c.answered());
        covered.add(weight, answers.map(|answered| if answered { 1.0 } else { 0.0 }));
    }

    let open = |severity| criteria.iter().any(|c| c.open_severity() == Some(severity));
    let blocked = open(Severity::Critical);
    // What weighs nothing by default may be CRITICAL here: then the pool has a score, and it is the lowest.
    let share = proven.value().or(blocked.then_some(0.0));
    let uncapped = share.map(|share| {
        let attested = attested.value().unwrap_or(share * attested_overall);
        let numbers = &rubric.category;
        snapped(numbers.floor + numbers.proven * share + numbers.attested * attested)
    });
    let cap = rubric.category.critical_cap;
    let score = uncapped.map(|score| if blocked { score.min(cap) } else { score });
    Grade {
        score,
        health: health(score, blocked, open(Severity::High), rubric),
        capped_by: (score < uncapped).then_some(Severity::Critical),
        blocked,
        coverage: covered.value(),
        criteria: status_counts(criteria),
        counts: severity_counts(criteria),
    }
}

/// The share of all questions that a person has answered with yes; 0 when there are none.
pub(super) fn attested_share(criteria: &[&ScoredCriterion], rubric: &Rubric) -> f64 {
    let mut attested = Fraction::default();
    for rule in criteria.chunk_by(|a, b| a.rule == b.rule) {
        let weight = rule.iter().map(|c| rubric.weight(c.default_severity)).fold(0.0, f64::max);
        attested.add(weight, rule.iter().filter_map(|c| c.attested()));
    }
    attested.value().unwrap_or(0.0)
}

fn health(score: Option<f64>, critical: bool, high: bool, rubric: &Rubric) -> Health {
    let Some(score) = score else { return Health::None };
    let numbers = &rubric.status;
    if score < numbers.fail || (critical && score < numbers.fail_with_critical) {
        Health::Fail
    } else if !critical && (score >= numbers.ok_without_critical || (!high && score >= numbers.ok_without_high)) {
        Health::Ok
    } else {
        Health::Warning
    }
}

pub(super) fn severity_counts(criteria: &[&ScoredCriterion]) -> SeverityCounts {
    let mut counts = SeverityCounts::default();
    for criterion in criteria.iter().filter(|c| c.fails()) {
        counts.add(criterion.severity, 1);
    }
    counts
}

pub(super) fn status_counts(criteria: &[&ScoredCriterion]) -> StatusCounts {
    let mut counts = StatusCounts::default();
    for criterion in criteria {
        let slot = match criterion.answer {
            Answer::Pass => &mut counts.pass,
            Answer::Fail if criterion.suppressed => &mut counts.suppressed,
            // A guess is not a verdict.
            Answer::Fail if criterion.guess => &mut counts.unknown,
            Answer::Fail => &mut counts.fail,
            Answer::NotApplicable { .. } => &mut counts.not_applicable,
            Answer::Unknown { .. } => &mut counts.unknown,
            Answer::Manual { .. } => &mut counts.manual,
        };
        *slot += 1;
    }
    counts
}
