//! Which repairs raise the score most: every failing criterion is scored again as if it held.

use std::cmp::Ordering;

use super::compute::{CategoryScore, Overall, of_category, overall};
use super::formula::grade;
use super::{Answer, Rubric, ScoredCriterion};
use crate::model::Severity;

const SHOWN: usize = 3;

/// A repair with what it alone raises the overall score by.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedRepair {
    pub rule: String,
    pub component: String,
    pub category: String,
    pub severity: Severity,
    pub gain: f64,
    /// Further open CRITICALs that hold its category down with it.
    pub held_by: usize,
}

/// The criteria as they would be if all failing ones that `fixed` names held: the input of a projection. Children of
/// a repaired parent stay without credit, since nobody knows yet how they will do.
pub fn repaired(criteria: &[ScoredCriterion], fixed: &dyn Fn(&ScoredCriterion) -> bool) -> Vec<ScoredCriterion> {
    criteria.iter().map(|c| if c.fails() && fixed(c) { holding(c) } else { c.clone() }).collect()
}

fn holding(criterion: &ScoredCriterion) -> ScoredCriterion {
    ScoredCriterion { answer: Answer::Pass, ..criterion.clone() }
}

/// Ranks all repairs and returns the best few with what they gain together. `all` is sorted by rule and component.
pub(super) fn fix_first(
    all: &[&ScoredCriterion],
    categories: &[CategoryScore],
    now: Overall,
    attested: f64,
    rubric: &Rubric,
) -> (Vec<RankedRepair>, f64) {
    let Some(before) = now.score else { return (Vec::new(), 0.0) };
    let mut candidates: Vec<(f64, &ScoredCriterion)> = Vec::new();
    for category in categories {
        let pool = of_category(all, &category.category);
        for (index, criterion) in pool.iter().enumerate() {
            if criterion.fails() && rubric.weight(criterion.default_severity) > 0.0 {
                let repaired = holding(criterion);
                let mut pool = pool.clone();
                pool[index] = &repaired;
                let regraded = grade(&pool, attested, rubric);
                let after = overall(
                    categories.iter().map(|other| {
                        let grade = if other.category == category.category { &regraded } else { &other.grade };
                        (other.category.as_str(), grade.score, grade.blocked)
                    }),
                    rubric,
                );
                candidates.push((after.score.unwrap_or(before) - before, criterion));
            }
        }
    }
    candidates.sort_by(rank);
    candidates.truncate(SHOWN);
    let chosen = |c: &ScoredCriterion| candidates.iter().any(|(_, other)| std::ptr::eq(*other, c));
    let gain = once_fixed(&chosen, all, categories, attested, rubric).map_or(0.0, |after| after - before);
    let repairs = candidates
        .into_iter()
        .map(|(gain, criterion)| RankedRepair {
            rule: criterion.rule.clone(),
            component: criterion.component.clone(),
            category: criterion.category.clone(),
            severity: criterion.severity,
            gain,
            held_by: held_by(criterion, all),
        })
        .collect();
    (repairs, gain)
}

/// The worst severity first, since it holds the verdict; then by falling gain, the smaller effort, rule and component.
fn rank(a: &(f64, &ScoredCriterion), b: &(f64, &ScoredCriterion)) -> Ordering {
    // Gains that differ by less than a reader can see are equal, whatever the last bits say.
    #[expect(clippy::cast_possible_truncation, reason = "a gain lies between 0 and 10")]
    let visible = |gain: f64| (gain * 1e6).round() as i64;
    a.1.severity
        .cmp(&b.1.severity)
        .then_with(|| visible(b.0).cmp(&visible(a.0)))
        .then_with(|| a.1.effort.cmp(&b.1.effort))
        .then_with(|| (&a.1.rule, &a.1.component).cmp(&(&b.1.rule, &b.1.component)))
}

/// The overall score once no failing CRITICAL is left; `None` when none fails.
pub(super) fn without_critical(
    all: &[&ScoredCriterion],
    categories: &[CategoryScore],
    attested: f64,
    rubric: &Rubric,
) -> Option<f64> {
    let critical = |c: &ScoredCriterion| c.fails() && c.severity == Severity::Critical;
    all.iter().any(|c| critical(c)).then(|| once_fixed(&critical, all, categories, attested, rubric)).flatten()
}

/// Other open CRITICALs of the same category.
fn held_by(criterion: &ScoredCriterion, all: &[&ScoredCriterion]) -> usize {
    let pool = of_category(all, &criterion.category);
    let others = pool.into_iter().filter(|other| !std::ptr::eq(*other, criterion));
    others.filter(|other| other.open_severity() == Some(Severity::Critical)).count()
}

/// The overall score once everything that `fixed` names holds.
fn once_fixed(
    fixed: &dyn Fn(&ScoredCriterion) -> bool,
    all: &[&ScoredCriterion],
    categories: &[CategoryScore],
    attested: f64,
    rubric: &Rubric,
) -> Option<f64> {
    let grades = categories.iter().map(|category| {
        let repaired: Vec<ScoredCriterion> = of_category(all, &category.category)
            .into_iter()
            .map(|c| if fixed(c) { holding(c) } else { c.clone() })
            .collect();
        let grade = grade(&repaired.iter().collect::<Vec<_>>(), attested, rubric);
        (category.category.as_str(), grade.score, grade.blocked)
    });
    overall(grades, rubric).score
}
