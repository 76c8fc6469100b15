//! What the score becomes once a part of the repairs is made: the same scoring, with other answers.

use std::collections::{BTreeMap, BTreeSet};

use super::Projection;
use crate::{
    assemble::{Families, counts, rubric_of, scored},
    model::Categories,
    report::{Criterion, Report, Rule, Status},
    score::score,
};

/// Scores the report as if every failing criterion of the rules that `repaired` holds passed, and with it what was not
/// asked because of it: a repair is finished when that holds, too.
pub(super) fn projection(report: &Report, repaired: &BTreeSet<&str>) -> Projection {
    let families = Families::of(&report.criteria);
    let criteria: Vec<Criterion> = report
        .criteria
        .iter()
        .map(|criterion| {
            let fixed = counts(criterion) && repaired.contains(criterion.rule.as_str());
            let freed = families.waits_for(criterion).is_some_and(|(rule, _)| repaired.contains(rule));
            if fixed || freed { held(criterion) } else { criterion.clone() }
        })
        .collect();
    let rules: BTreeMap<String, Rule> = report.rules.iter().map(|rule| (rule.id.clone(), rule.clone())).collect();
    let rubric = rubric_of(report.basis.as_ref());
    let score = score(&scored(&criteria, &rules), report.partial, &rubric, Categories::embedded());
    Projection {
        score: score.overall.score,
        verdict: score.verdict,
        obstacles: score.obstacles,
        counts: score.counts,
        categories: score
            .categories
            .into_iter()
            .filter_map(|category| Some((category.category, category.grade.score?)))
            .collect(),
    }
}

fn held(criterion: &Criterion) -> Criterion {
    Criterion { status: Status::Pass, parent: None, cause: None, ..criterion.clone() }
}
