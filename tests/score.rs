//! The score: the numbers of the scoring study, every decision as a small table, and the properties that make a number
//! worth trusting.

use std::collections::BTreeMap;

use proptest::prelude::*;
use readiness::model::{Categories, Health, Obstacle, Readiness, Severity, SiteCount};
use readiness::score::{
    Answer, GateFailure, GateInput, GateItem, GatePolicy, Rubric, Score, ScoredCriterion, gate, repaired, score,
};

use Severity::{Critical, High, Info, Low, Medium};

fn criterion(rule: &str, category: &str, severity: Severity, answer: Answer) -> ScoredCriterion {
    ScoredCriterion {
        rule: rule.into(),
        category: category.into(),
        component: ".".into(),
        default_severity: severity,
        severity,
        answer,
        sites: None,
        guess: false,
        suppressed: false,
        mandatory: false,
        effort: 10,
    }
}

fn in_component(component: &str, criterion: ScoredCriterion) -> ScoredCriterion {
    ScoredCriterion { component: component.into(), ..criterion }
}

fn scored(criteria: &[ScoredCriterion]) -> Score {
    score(criteria, false, Rubric::embedded(), Categories::embedded())
}

fn category(score: &Score, id: &str) -> Option<f64> {
    score.categories.iter().find(|line| line.category == id).expect("every category has a line").grade.score
}

fn security(criteria: &[ScoredCriterion]) -> Option<f64> {
    category(&scored(criteria), "security")
}

fn tenth(score: Option<f64>) -> f64 {
    (score.expect("there is a score") * 10.0).round() / 10.0
}

const PASS: Answer = Answer::Pass;
const FAIL: Answer = Answer::Fail;

/// The rows of the nine-category review from which the formula was fitted: failing severities, then passing ones.
fn review() -> Vec<ScoredCriterion> {
    let rows: [(&str, &[Severity], &[Severity]); 9] = [
        ("architecture-deploy", &[Critical, Critical, Critical, Critical, High, High, Medium, Medium], &[]),
        (
            "security",
            &[Critical, Medium, Medium, Medium],
            &[Critical, High, High, High, High, High, Medium, Critical, High, Critical],
        ),
        ("api-contracts", &[Medium], &[Medium; 6]),
        ("performance", &[High, High, Medium, Medium, Medium], &[High]),
        ("reliability", &[Critical, High, High], &[High, Medium]),
        ("ux", &[Medium], &[Medium, Medium]),
        ("data-security", &[Medium], &[Critical; 5]),
        ("environments", &[High, Medium], &[High]),
        ("operations-docs", &[High, Medium, Medium], &[]),
    ];
    let mut criteria = Vec::new();
    for (category, failing, passing) in rows {
        for (index, severity) in failing.iter().enumerate() {
            criteria.push(criterion(&format!("{category}-bad-{index}"), category, *severity, FAIL));
        }
        for (index, severity) in passing.iter().enumerate() {
            criteria.push(criterion(&format!("{category}-good-{index}"), category, *severity, PASS));
        }
    }
    criteria
}

#[test]
fn the_review_gets_the_scores_of_the_study() {
    let score = scored(&review());
    let expected = [
        ("architecture-deploy", 2.0),
        ("security", 7.0),
        ("api-contracts", 8.0),
        ("performance", 3.4),
        ("reliability", 4.3),
        ("ux", 6.7),
        ("data-security", 8.4),
        ("environments", 4.6),
        ("operations-docs", 2.0),
    ];
    for (id, seed) in expected {
        assert!((tenth(category(&score, id)) - seed).abs() < 1e-9, "{id}: {:?}", category(&score, id));
    }
    assert!((score.overall.score.unwrap() - 4.92).abs() < 0.005, "{:?}", score.overall);
    assert_eq!((score.overall.scored, score.overall.blocked), (9, 3));
    assert_eq!((score.counts.critical, score.counts.high, score.counts.medium), (6, 8, 14));
    assert_eq!(score.criteria.pass, 27);
    assert_eq!(score.verdict, Readiness::NotReady);
    assert_eq!(score.obstacles, [Obstacle::CriticalOpen, Obstacle::ScoreBelowStaging]);
}

#[test]
fn when_everything_is_repaired_the_ceiling_is_nine() {
    let score = scored(&repaired(&review(), &|_| true));
    assert_eq!(score.overall.score, Some(9.0));
    assert_eq!(score.verdict, Readiness::Production);
    assert_eq!(score.obstacles, [Obstacle::ScoreBelowHardened]);
    assert!(score.fix_first.is_empty());
}

#[test]
fn with_everything_attested_ten_can_be_reached() {
    let mut criteria = repaired(&review(), &|_| true);
    criteria.push(criterion("load-test", "performance", High, Answer::Manual { attested: Some(true) }));
    let score = scored(&criteria);
    assert_eq!((score.overall.score, score.verdict), (Some(10.0), Readiness::Hardened));
}

#[test]
fn attestations_earn_the_last_point() {
    let asked = |attested| {
        let manual = criterion("restore-tested", "security", High, Answer::Manual { attested });
        security(&[criterion("a", "security", High, PASS), manual])
    };
    assert_eq!([asked(None), asked(Some(false)), asked(Some(true))], [Some(9.0), Some(9.0), Some(10.0)]);
}

#[test]
fn weights_follow_the_default_severity_and_caps_the_severity_by_context() {
    let raised = ScoredCriterion { severity: Critical, ..criterion("a", "security", Low, FAIL) };
    let passing: Vec<_> = (0..9).map(|n| criterion(&format!("p{n}"), "security", Low, PASS)).collect();
    let all: Vec<_> = passing.iter().cloned().chain([raised]).collect();
    let score = scored(&all);
    let security = &score.categories[1].grade;
    assert_eq!((security.score, security.capped_by, security.health), (Some(7.0), Some(Critical), Health::Warning));
    assert_eq!((score.counts.critical, score.counts.low), (1, 0));

    let lowered = ScoredCriterion { severity: Low, ..criterion("a", "security", Critical, FAIL) };
    assert_eq!(self::security(&[criterion("p", "security", Critical, PASS), lowered]), Some(5.5));
}

#[test]
fn partial_credit_is_for_medium_and_low() {
    let sites = |severity, total, ok| {
        let sites = Some(SiteCount { total, ok });
        security(&[ScoredCriterion { sites, ..criterion("a", "security", severity, FAIL) }])
    };
    assert_eq!(sites(Medium, 4, 1), Some(3.75));
    assert_eq!(sites(Low, 4, 3), Some(7.25));
    assert_eq!(sites(High, 4, 3), Some(2.0));
    assert_eq!(sites(Medium, 0, 0), Some(2.0));
}

#[test]
fn answers_that_are_no_answer() {
    let with = |answer| security(&[criterion("p", "security", High, PASS), criterion("a", "security", High, answer)]);
    assert_eq!(with(Answer::NotApplicable { parent_failed: false }), Some(9.0));
    assert_eq!(with(Answer::NotApplicable { parent_failed: true }), Some(5.5));
    assert_eq!(with(Answer::Unknown { engine: false }), Some(9.0));
    assert_eq!(with(Answer::Unknown { engine: true }), Some(5.5));
    assert_eq!(with(Answer::Manual { attested: None }), Some(9.0));
    assert_eq!(security(&[criterion("a", "security", High, Answer::Unknown { engine: false })]), None);
    assert_eq!(security(&[criterion("a", "security", Info, FAIL)]), None);
    let raised = ScoredCriterion { severity: Critical, ..criterion("a", "security", Info, FAIL) };
    assert_eq!(security(&[raised]), Some(2.0));
}

#[test]
fn what_could_not_be_examined_stays_open() {
    let mut criteria: Vec<_> = (0..20).map(|n| criterion(&format!("p{n}"), "security", Critical, PASS)).collect();
    criteria.push(criterion("a", "security", Critical, Answer::Unknown { engine: true }));
    let score = scored(&criteria);
    assert_eq!((category(&score, "security"), score.counts.critical), (Some(7.0), 0));
    assert_eq!(score.obstacles, [Obstacle::CriticalNotExamined, Obstacle::ScoreBelowStaging]);
}

#[test]
fn coverage_is_the_answered_share_by_weight() {
    let coverage = |answer| {
        let score = scored(&[criterion("p", "security", High, PASS), criterion("a", "security", Low, answer)]);
        score.categories[1].grade.coverage
    };
    assert_eq!(coverage(Answer::Unknown { engine: false }), Some(0.75));
    assert_eq!(coverage(Answer::Unknown { engine: true }), Some(0.75));
    assert_eq!(coverage(FAIL), Some(1.0));
    assert_eq!(coverage(Answer::NotApplicable { parent_failed: false }), Some(1.0));
    assert_eq!(coverage(Answer::Manual { attested: None }), Some(1.0));
}

#[test]
fn a_rule_of_several_components_counts_once_and_the_worst_is_named() {
    let rule = |component, answer| in_component(component, criterion("a", "security", High, answer));
    let score = scored(&[rule("api", PASS), rule("web", PASS), rule("worker", FAIL), rule("cron", PASS)]);
    assert_eq!(category(&score, "security"), Some(7.25));
    assert_eq!(score.categories[1].worst_component, Some(("worker".into(), 2.0)));
    assert_eq!(score.counts.high, 1);
    let components: Vec<(&str, Option<f64>)> =
        score.components.iter().map(|line| (line.component.as_str(), line.grade.score)).collect();
    assert_eq!(components, [("api", Some(9.0)), ("cron", Some(9.0)), ("web", Some(9.0)), ("worker", Some(2.0))]);
}

#[test]
fn rows_pool_the_criteria_of_their_members() {
    let score = scored(&[
        criterion("a", "reliability", Medium, PASS),
        criterion("b", "observability", Medium, FAIL),
        criterion("c", "tests-quality", Critical, PASS),
    ]);
    let row = score.rows.iter().find(|row| row.row == "reliability").unwrap();
    assert_eq!(row.grade.score, Some(7.25));
    assert_eq!((row.grade.criteria.pass, row.grade.criteria.fail), (2, 1));
    assert_eq!(score.rows.len(), 9);
}

#[test]
fn verdicts_ask_for_more_than_a_score() {
    let good: Vec<_> = (0..30).map(|n| criterion(&format!("p{n}"), "security", Critical, PASS)).collect();
    let verdict = |more: ScoredCriterion| {
        let score = scored(&good.iter().cloned().chain([more]).collect::<Vec<_>>());
        (score.verdict, score.obstacles)
    };
    let mandatory =
        |attested| ScoredCriterion { mandatory: true, ..criterion("m", "security", High, Answer::Manual { attested }) };
    assert_eq!(verdict(criterion("a", "security", High, FAIL)), (Readiness::Staging, vec![Obstacle::HighOpen]));
    assert_eq!(
        verdict(criterion("a", "security", High, Answer::Unknown { engine: true })),
        (Readiness::Staging, vec![Obstacle::HighNotExamined])
    );
    assert_eq!(verdict(mandatory(None)), (Readiness::Staging, vec![Obstacle::MandatoryOpen]));
    assert_eq!(verdict(mandatory(Some(true))), (Readiness::Hardened, vec![]));
    assert_eq!(
        verdict(criterion("a", "security", Medium, FAIL)),
        (Readiness::Production, vec![Obstacle::ScoreBelowHardened])
    );
}

#[test]
fn a_partial_or_empty_report_is_not_assessed() {
    let criteria = [criterion("a", "security", High, PASS)];
    let partial = score(&criteria, true, Rubric::embedded(), Categories::embedded());
    assert_eq!((partial.verdict, partial.overall.score), (Readiness::NotAssessed, Some(9.0)));
    assert_eq!(partial.obstacles, [Obstacle::Partial]);
    assert_eq!(partial.categories.iter().filter(|line| line.grade.score.is_some()).count(), 1);
    let empty = scored(&[]);
    assert_eq!((empty.verdict, empty.overall.score), (Readiness::NotAssessed, None));
    assert_eq!(empty.obstacles, [Obstacle::NothingScored]);
}

#[test]
fn equal_repairs_are_ranked_by_severity_effort_and_name() {
    let fail = |rule: &str, severity, effort| ScoredCriterion {
        severity,
        effort,
        ..criterion(rule, "security", Medium, FAIL)
    };
    let score = scored(&[fail("d", Low, 5), fail("c", High, 30), fail("b", High, 10), fail("a", High, 30)]);
    let order: Vec<&str> = score.fix_first.iter().map(|repair| repair.rule.as_str()).collect();
    assert_eq!(order, ["b", "a", "c"]);
    assert!((score.fix_first[0].gain - 1.75).abs() < 1e-9);
    assert!((score.fix_first_gain - 5.25).abs() < 1e-9);
}

#[test]
fn repairs_that_a_cap_hides_say_what_holds_them() {
    let mut criteria: Vec<ScoredCriterion> =
        (0..30).map(|n| criterion(&format!("p{n}"), "security", Critical, PASS)).collect();
    criteria.extend(["a", "b", "c", "d"].map(|rule| criterion(rule, "security", Critical, FAIL)));
    let before = scored(&criteria);
    assert!(before.fix_first.iter().all(|repair| repair.gain.abs() < 1e-9 && repair.held_by == 3));
    assert!(before.fix_first_gain.abs() < 1e-9);
    let after = scored(&repaired(&criteria, &|_| true));
    assert_eq!((before.without_critical, after.without_critical), (after.overall.score, None));
}

#[test]
fn gates_name_every_unmet_part() {
    let item = |severity| GateItem { rule: "a".into(), component: ".".into(), severity };
    let input = GateInput { score: Some(6.999), verdict: Readiness::NotReady, open: vec![item(High), item(Medium)] };
    let judge = |fail_on, min_score, at_least| gate(&GatePolicy { fail_on, min_score, at_least }, &input);
    assert!(judge(Some(Critical), Some(6.9), Some(Readiness::NotReady)).holds);
    let all = judge(Some(High), Some(7.0), Some(Readiness::Staging));
    assert_eq!(
        all.reasons,
        [
            GateFailure::Severity { threshold: High, open: vec![item(High)] },
            GateFailure::Score { score: Some(6.999), least: 7.0 },
            GateFailure::Verdict { verdict: Readiness::NotReady, least: Readiness::Staging },
        ]
    );
    assert!(!all.holds);
}

#[test]
fn a_rubric_is_read_strictly() {
    let text = include_str!("../rules/rubric.toml");
    assert!(Rubric::parse(text).is_ok());
    assert!(Rubric::parse(&text.replace("proven = 7.0", "proven = 8.0")).is_err());
    assert!(Rubric::parse(&text.replace("blocked = 0.7", "blocked = -0.7")).is_err());
    assert!(Rubric::parse(&text.replace("staging = 7.0", "staging = 9.0")).is_err());
    assert!(Rubric::parse(&format!("{text}\n[extra]\nx = 1")).is_err());
    assert!(Rubric::parse("version = 1").is_err());
}

#[test]
fn thirteen_categories_fill_nine_rows() {
    let categories = Categories::embedded();
    let ids: Vec<&str> = categories.all.iter().map(|category| category.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "architecture-deploy",
            "security",
            "api-contracts",
            "performance",
            "reliability",
            "ux",
            "data-security",
            "environments",
            "operations-docs",
            "tests-quality",
            "documentation",
            "observability",
            "ci-cd"
        ]
    );
    let members = |row| categories.members(row).map(|category| category.id.as_str()).collect::<Vec<_>>();
    assert_eq!(categories.rows.len(), 9);
    assert_eq!(members("architecture-deploy"), ["architecture-deploy", "ci-cd"]);
    assert_eq!(members("reliability"), ["reliability", "tests-quality", "observability"]);
    assert_eq!(members("operations-docs"), ["operations-docs", "documentation"]);
}

fn severities() -> impl Strategy<Value = Severity> {
    prop::sample::select(Severity::ALL.to_vec())
}

fn answers(attestations: bool) -> impl Strategy<Value = Answer> {
    let manual = if attestations { vec![None, Some(false), Some(true)] } else { vec![None, Some(false)] };
    prop_oneof![
        4 => Just(PASS),
        4 => Just(FAIL),
        1 => any::<bool>().prop_map(|parent_failed| Answer::NotApplicable { parent_failed }),
        1 => any::<bool>().prop_map(|engine| Answer::Unknown { engine }),
        1 => prop::sample::select(manual).prop_map(|attested| Answer::Manual { attested }),
    ]
}

/// Up to forty criteria: twelve rules with a category and a default severity each, asked of up to four components.
fn reports(attestations: bool) -> impl Strategy<Value = Vec<ScoredCriterion>> {
    let rules = prop::collection::vec((0..4_usize, severities()), 12);
    let asked = prop::collection::btree_map(
        (0..12_usize, 0..4_usize),
        (answers(attestations), severities(), prop::option::of((0..5_usize, 0..5_usize)), 0..12_u8, any::<bool>()),
        1..40,
    );
    (rules, asked).prop_map(|(rules, asked)| {
        asked
            .into_iter()
            .map(|((rule, component), (answer, severity, sites, odd, mandatory))| ScoredCriterion {
                rule: format!("rule-{rule}"),
                category: Categories::embedded().all[rules[rule].0].id.clone(),
                component: [".", "api", "web", "worker"][component].to_owned(),
                default_severity: rules[rule].1,
                severity,
                answer,
                sites: sites.map(|(total, ok)| SiteCount { total, ok: ok.min(total) }),
                guess: odd == 0,
                suppressed: odd == 1,
                mandatory,
                effort: 10,
            })
            .collect()
    })
}

/// Every score of a report by name.
fn scores(score: &Score) -> BTreeMap<String, Option<f64>> {
    let mut all = BTreeMap::from([("overall".to_owned(), score.overall.score)]);
    all.extend(score.categories.iter().map(|line| (format!("category {}", line.category), line.grade.score)));
    all.extend(score.rows.iter().map(|line| (format!("row {}", line.row), line.grade.score)));
    all.extend(score.components.iter().map(|line| (format!("component {}", line.component), line.grade.score)));
    all
}

/// That no score of `worse` is higher than the same one of `better`; one that is missing on a side is not compared.
fn no_higher(worse: &Score, better: &Score) -> Result<(), TestCaseError> {
    let better = scores(better);
    for (name, score) in scores(worse) {
        if let (Some(low), Some(Some(high))) = (score, better.get(&name)) {
            prop_assert!(low <= high + 1e-9, "{}: {} is higher than {}", name, low, high);
        }
    }
    Ok(())
}

fn changed(criteria: &[ScoredCriterion], at: usize, change: impl FnOnce(&mut ScoredCriterion)) -> Vec<ScoredCriterion> {
    let mut changed = criteria.to_vec();
    change(&mut changed[at]);
    changed
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_fix_lowers_nothing(criteria in reports(true)) {
        let before = scored(&criteria);
        for at in 0..criteria.len() {
            if criteria[at].fails() {
                let after = scored(&changed(&criteria, at, |c| c.answer = PASS));
                no_higher(&before, &after)?;
                prop_assert!(before.verdict <= after.verdict || after.verdict == Readiness::NotAssessed);
            }
        }
    }

    #[test]
    fn a_defect_raises_nothing(criteria in reports(true), severity in severities(), ok in 0..5_usize) {
        let before = scored(&criteria);
        for at in 0..criteria.len() {
            if criteria[at].answer == PASS {
                let after = scored(&changed(&criteria, at, |c| {
                    c.answer = FAIL;
                    c.severity = severity;
                    c.guess = false;
                    c.sites = Some(SiteCount { total: 5, ok });
                }));
                no_higher(&after, &before)?;
                prop_assert!(after.verdict <= before.verdict || before.verdict == Readiness::NotAssessed);
            }
        }
    }

    #[test]
    fn one_more_failing_rule_raises_nothing(criteria in reports(true), severity in severities()) {
        let before = scored(&criteria);
        for line in before.categories.iter().filter(|line| line.grade.score.is_some()) {
            let mut more = criteria.clone();
            more.push(criterion("one-more", &line.category, severity, FAIL));
            let after = scored(&more);
            prop_assert!(category(&after, &line.category) <= category(&before, &line.category));
            prop_assert!(after.overall.score <= before.overall.score);
        }
    }

    #[test]
    fn what_the_engine_could_not_examine_raises_nothing(criteria in reports(true)) {
        let before = scored(&criteria);
        for at in 0..criteria.len() {
            if criteria[at].answer == PASS {
                let after = scored(&changed(&criteria, at, |c| c.answer = Answer::Unknown { engine: true }));
                no_higher(&after, &before)?;
                prop_assert!(after.verdict <= before.verdict);
            }
        }
    }

    /// Without attestations, which alone can lift a category above the nine points of a category that vanishes.
    #[test]
    fn what_the_repository_does_not_tell_raises_nothing(criteria in reports(false)) {
        let before = scored(&criteria);
        for at in 0..criteria.len() {
            if criteria[at].answer == PASS {
                let after = scored(&changed(&criteria, at, |c| c.answer = Answer::Unknown { engine: false }));
                no_higher(&after, &before)?;
                let coverage = |score: &Score| score.coverage.unwrap_or(0.0);
                prop_assert!(coverage(&after) <= coverage(&before) + 1e-9);
            }
        }
    }

    #[test]
    fn the_order_of_criteria_does_not_matter(
        (criteria, shuffled) in reports(true).prop_flat_map(|c| (Just(c.clone()), Just(c).prop_shuffle()))
    ) {
        prop_assert_eq!(scored(&criteria), scored(&shuffled));
    }

    #[test]
    fn a_suppressed_criterion_is_not_in_the_fraction(criteria in reports(true)) {
        for at in 0..criteria.len() {
            let mut without = criteria.clone();
            without.remove(at);
            let suppressed = scored(&changed(&criteria, at, |c| c.suppressed = true));
            let without = scored(&without);
            prop_assert_eq!(suppressed.overall, without.overall);
            prop_assert_eq!(suppressed.counts, without.counts);
            for (a, b) in suppressed.categories.iter().zip(&without.categories) {
                prop_assert_eq!(a.grade.score, b.grade.score);
            }
        }
    }

    #[test]
    fn guesses_count_nowhere(criteria in reports(true)) {
        for at in 0..criteria.len() {
            if criteria[at].answer == FAIL && !criteria[at].suppressed {
                let guess = scored(&changed(&criteria, at, |c| c.guess = true));
                let undecided = scored(&changed(&criteria, at, |c| {
                    c.guess = false;
                    c.answer = Answer::Unknown { engine: false };
                }));
                prop_assert_eq!(guess, undecided);
            }
        }
    }

    #[test]
    fn an_attestation_lowers_nothing(criteria in reports(true)) {
        let before = scored(&criteria);
        for at in 0..criteria.len() {
            if matches!(criteria[at].answer, Answer::Manual { .. }) {
                let attested = changed(&criteria, at, |c| c.answer = Answer::Manual { attested: Some(true) });
                no_higher(&before, &scored(&attested))?;
            }
        }
    }

    #[test]
    fn scores_stay_within_their_bounds(criteria in reports(true)) {
        let score = scored(&criteria);
        for (name, value) in scores(&score) {
            prop_assert!(value.is_none_or(|v| (0.0..=10.0).contains(&v)), "{} is {:?}", name, value);
        }
        for line in &score.categories {
            prop_assert!(line.grade.score.is_none_or(|v| v >= 2.0 && (!line.grade.blocked || v <= 7.0)));
        }
    }

    #[test]
    fn without_attestations_nothing_is_above_nine(criteria in reports(false)) {
        for (name, value) in scores(&scored(&criteria)) {
            prop_assert!(value.is_none_or(|v| v <= 9.0), "{} is {:?}", name, value);
        }
    }

    #[test]
    fn gains_are_what_a_new_score_shows(criteria in reports(true)) {
        let before = scored(&criteria);
        let chosen = |c: &ScoredCriterion| {
            before.fix_first.iter().any(|repair| repair.rule == c.rule && repair.component == c.component)
        };
        let after = scored(&repaired(&criteria, &chosen));
        if let (Some(old), Some(new)) = (before.overall.score, after.overall.score) {
            prop_assert!((new - old - before.fix_first_gain).abs() < 1e-9);
        }
        let without = scored(&repaired(&criteria, &|c| c.severity == Critical));
        let expected = without.overall.score.filter(|_| before.counts.critical > 0);
        prop_assert_eq!(before.without_critical, expected);
        for repair in &before.fix_first {
            let alone = scored(&repaired(&criteria, &|c| c.rule == repair.rule && c.component == repair.component));
            let gain = alone.overall.score.unwrap() - before.overall.score.unwrap();
            prop_assert!((gain - repair.gain).abs() < 1e-9);
            prop_assert!(repair.gain >= 0.0);
        }
    }
}
