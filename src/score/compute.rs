//! All scores of a report, from a plain list of criteria.

use std::collections::BTreeMap;

use super::formula::{Grade, attested_share, grade, severity_counts, status_counts};
use super::repair::{RankedRepair, fix_first, without_critical};
use super::{Rubric, ScoredCriterion, snapped};
use crate::model::{Categories, Obstacle, Readiness, Severity, SeverityCounts, StatusCounts};

/// Every number of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    pub overall: Overall,
    pub verdict: Readiness,
    /// What stands between this verdict and the next better one.
    pub obstacles: Vec<Obstacle>,
    /// Failing criteria by severity.
    pub counts: SeverityCounts,
    pub criteria: StatusCounts,
    /// Share of the answered among the criteria that apply, by weight.
    pub coverage: Option<f64>,
    /// Every known category, in the order of the reports.
    pub categories: Vec<CategoryScore>,
    pub rows: Vec<RowScore>,
    /// Every component that has criteria, by path.
    pub components: Vec<ComponentScore>,
    /// The repairs that raise the overall score most, at most three.
    pub fix_first: Vec<RankedRepair>,
    /// What they raise it by together.
    pub fix_first_gain: f64,
    /// The overall score once no CRITICAL fails; `None` when none does.
    pub without_critical: Option<f64>,
}

/// `mean - deduction`, not below 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overall {
    pub score: Option<f64>,
    pub mean: Option<f64>,
    pub deduction: f64,
    /// Categories that have a score.
    pub scored: usize,
    /// Those of them with an open CRITICAL.
    pub blocked: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CategoryScore {
    pub category: String,
    pub grade: Grade,
    /// The component with the lowest score in this category, when several have one.
    pub worst_component: Option<(String, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RowScore {
    pub row: String,
    pub grade: Grade,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ComponentScore {
    pub component: String,
    pub grade: Grade,
    /// Its own score by category.
    pub categories: BTreeMap<String, f64>,
}

/// Scores `criteria`, in any order. A `partial` report has numbers for what was asked and no verdict.
pub fn score(criteria: &[ScoredCriterion], partial: bool, rubric: &Rubric, categories: &Categories) -> Score {
    let mut all: Vec<&ScoredCriterion> = criteria.iter().collect();
    all.sort_by(|a, b| (&a.rule, &a.component).cmp(&(&b.rule, &b.component)));
    let attested = attested_share(&all, rubric);

    let components = component_scores(&all, attested, rubric);
    let by_category: Vec<CategoryScore> = categories
        .all
        .iter()
        .map(|category| CategoryScore {
            category: category.id.clone(),
            grade: grade(&of_category(&all, &category.id), attested, rubric),
            worst_component: worst_component(&components, &category.id),
        })
        .collect();
    let rows = categories
        .rows
        .iter()
        .map(|row| {
            let members: Vec<&str> = categories.members(&row.id).map(|category| category.id.as_str()).collect();
            let pool: Vec<&ScoredCriterion> =
                all.iter().copied().filter(|c| members.contains(&c.category.as_str())).collect();
            RowScore { row: row.id.clone(), grade: grade(&pool, attested, rubric) }
        })
        .collect();

    let graded = by_category.iter().map(|category| (category.category.as_str(), &category.grade));
    let overall = overall(graded.map(|(category, grade)| (category, grade.score, grade.blocked)), rubric);
    let (verdict, obstacles) = verdict(overall.score, &all, partial, rubric);
    let (fix_first, fix_first_gain) = fix_first(&all, &by_category, overall, attested, rubric);
    Score {
        overall,
        verdict,
        obstacles,
        counts: severity_counts(&all),
        criteria: status_counts(&all),
        coverage: grade(&all, attested, rubric).coverage,
        without_critical: without_critical(&all, &by_category, attested, rubric),
        categories: by_category,
        rows,
        components,
        fix_first,
        fix_first_gain,
    }
}

/// The criteria of one category, in the order given.
pub(super) fn of_category<'a>(criteria: &[&'a ScoredCriterion], category: &str) -> Vec<&'a ScoredCriterion> {
    criteria.iter().copied().filter(|c| c.category == category).collect()
}

/// Joins category scores, each with its category and whether it is blocked. One that weighs nothing is left out.
pub(super) fn overall<'c>(categories: impl Iterator<Item = (&'c str, Option<f64>, bool)>, rubric: &Rubric) -> Overall {
    let (mut sum, mut weight, mut blocked_weight, mut scored, mut blocked) = (0.0, 0.0, 0.0, 0, 0);
    for (category, score, is_blocked) in categories {
        let weighs = rubric.category_weight(category);
        let Some(score) = score.filter(|_| weighs > 0.0) else { continue };
        sum += weighs * score;
        weight += weighs;
        scored += 1;
        if is_blocked {
            blocked_weight += weighs;
            blocked += 1;
        }
    }
    if scored == 0 {
        return Overall { score: None, mean: None, deduction: 0.0, scored, blocked };
    }
    let mean = snapped(sum / weight);
    let deduction = rubric.overall.blocked * (blocked_weight / weight);
    Overall { score: Some(snapped((mean - deduction).max(0.0))), mean: Some(mean), deduction, scored, blocked }
}

fn component_scores(all: &[&ScoredCriterion], attested: f64, rubric: &Rubric) -> Vec<ComponentScore> {
    let mut by_component: BTreeMap<&str, Vec<&ScoredCriterion>> = BTreeMap::new();
    for criterion in all {
        by_component.entry(&criterion.component).or_default().push(criterion);
    }
    by_component
        .into_iter()
        .map(|(component, criteria)| {
            let mut by_category: BTreeMap<&str, Vec<&ScoredCriterion>> = BTreeMap::new();
            for criterion in &criteria {
                by_category.entry(&criterion.category).or_default().push(criterion);
            }
            let categories = by_category
                .into_iter()
                .filter_map(|(id, pool)| Some((id.to_owned(), grade(&pool, attested, rubric).score?)))
                .collect();
            ComponentScore { component: component.to_owned(), grade: grade(&criteria, attested, rubric), categories }
        })
        .collect()
}

/// The lowest score, and of equal ones the first by path.
fn worst_component(components: &[ComponentScore], category: &str) -> Option<(String, f64)> {
    let mut scores = components.iter().filter_map(|c| Some((c.component.clone(), *c.categories.get(category)?)));
    let first = scores.next()?;
    let mut several = false;
    let worst = scores.fold(first, |worst, next| {
        several = true;
        if next.1 < worst.1 { next } else { worst }
    });
    several.then_some(worst)
}

fn verdict(
    overall: Option<f64>,
    criteria: &[&ScoredCriterion],
    partial: bool,
    rubric: &Rubric,
) -> (Readiness, Vec<Obstacle>) {
    let Some(overall) = overall.filter(|_| !partial) else {
        let why = if partial { Obstacle::Partial } else { Obstacle::NothingScored };
        return (Readiness::NotAssessed, vec![why]);
    };
    let fails = |severity| criteria.iter().any(|c| c.fails() && c.severity == severity);
    let not_examined = |severity| criteria.iter().any(|c| !c.fails() && c.open_severity() == Some(severity));
    let mandatory_open = criteria.iter().any(|c| c.mandatory && c.attested() == Some(0.0));
    let steps: [(Readiness, &[(Obstacle, bool)]); 3] = [
        (
            Readiness::NotReady,
            &[
                (Obstacle::CriticalOpen, fails(Severity::Critical)),
                (Obstacle::CriticalNotExamined, not_examined(Severity::Critical)),
                (Obstacle::ScoreBelowStaging, overall < rubric.verdict.staging),
            ],
        ),
        (
            Readiness::Staging,
            &[
                (Obstacle::HighOpen, fails(Severity::High)),
                (Obstacle::HighNotExamined, not_examined(Severity::High)),
                (Obstacle::MandatoryOpen, mandatory_open),
                (Obstacle::ScoreBelowProduction, overall < rubric.verdict.production),
            ],
        ),
        (Readiness::Production, &[(Obstacle::ScoreBelowHardened, overall < rubric.verdict.hardened)]),
    ];
    for (stops_at, obstacles) in steps {
        let open: Vec<Obstacle> = obstacles.iter().filter(|(_, open)| *open).map(|(obstacle, _)| *obstacle).collect();
        if !open.is_empty() {
            return (stops_at, open);
        }
    }
    (Readiness::Hardened, Vec::new())
}
