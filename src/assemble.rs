//! Joins verdicts, findings and numbers into the report: the one place that sees both `score` and `report`.
//!
//! Callers hand over what they know in any order; ordering, counting and scoring happen here, so that no renderer
//! and no caller has to.

mod endpoints;
mod scenarios;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Categories, Confidence, Lang, Severity, SiteCount};
use crate::report::{
    Action, Basis, Category, Cause, Component, ComponentScore, Coverage, Criterion, Derivation, Diagnostic, Endpoint,
    FileToCreate, Finding, Known, NineRow, Reason, Repair, Report, Repository, Rule, SCHEMA_VERSION, SeverityCounts,
    Sites, Status, Summary, Suppression, Timing, Tool,
};
use crate::score::{Answer, GateInput, GateItem, GoInput, Grade, Rubric, Score, ScoredCriterion, Target, score};

/// The component that stands for the repository as a whole.
const ROOT: &str = ".";

/// Generations of parents that are followed: more than a catalogue has, and an end for one that goes in circles.
const DEEPEST_FAMILY: usize = 8;

/// Everything that a report is made of, in any order, with all texts in the report's language.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The version of `readiness`.
    pub version: String,
    pub language: Lang,
    /// Rules were left out.
    pub partial: bool,
    /// Keep guesses (`--all`); otherwise a criterion that rests on guesses alone becomes an undecided unknown.
    pub guesses: bool,
    /// `profile.main_languages` is filled in here.
    pub repository: Repository,
    /// `findings` is counted here.
    pub known: Option<Known>,
    pub coverage: Coverage,
    /// The repository itself is added when it is not among them.
    pub components: Vec<Part>,
    /// `severity`, `confidence`, `suppressed` and `findings` are derived from the rule and the findings.
    pub criteria: Vec<Criterion>,
    pub findings: Vec<Finding>,
    /// `findings` is filled in here.
    pub endpoints: Vec<Endpoint>,
    pub suppressions: Vec<Suppression>,
    pub diagnostics: Vec<Diagnostic>,
    /// At least every rule of `criteria`; the others are left out of the report.
    pub rules: Vec<Rule>,
    pub timing: Option<Timing>,
    /// What the configuration changes about the numbers.
    pub basis: Option<Basis>,
    /// What the team adds.
    pub notes: Option<String>,
}

/// A component before it is scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub path: String,
    pub name: String,
    pub kind: String,
    /// The file that declares it.
    pub manifest: Option<String>,
}

/// Scores, counts and orders; `exists` tells whether a path is in the repository already.
pub fn assemble(draft: Draft, exists: &dyn Fn(&str) -> bool) -> Report {
    let rubric = &rubric_of(draft.basis.as_ref());
    let categories = Categories::embedded();
    let rules: BTreeMap<String, Rule> = draft.rules.into_iter().map(|rule| (rule.id.clone(), rule)).collect();

    let mut criteria = draft.criteria;
    settle(&mut criteria, &draft.findings, &rules, draft.guesses);
    let mut findings = draft.findings;
    findings.retain(|finding| draft.guesses || finding.confidence != Confidence::Guess);
    order_criteria(&mut criteria, categories);
    order_findings(&mut findings, categories);

    let scored = scored(&criteria, &rules);
    let score = score(&scored, draft.partial, rubric, categories);
    let actions = actions(&criteria, &rules, categories);
    let pools = Pools { criteria: &criteria, findings: &findings, rules: &rules };
    let mut repository = draft.repository;
    repository.profile.main_languages = main_languages(&repository.profile.languages);
    let mut suppressions = draft.suppressions;
    suppressions.sort_by(|a, b| (&a.path, a.line, &a.rules).cmp(&(&b.path, b.line, &b.rules)));
    let known_findings = findings.iter().filter(|finding| finding.is_known()).count();
    let known = draft.known.map(|known| Known { findings: known_findings, ..known });
    let mut diagnostics = draft.diagnostics;
    diagnostics.sort();

    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "readiness".to_owned(), version: draft.version, rubric: rubric.version },
        language: draft.language,
        partial: draft.partial,
        repository,
        known,
        summary: Summary {
            team_criteria: criteria.iter().filter(|one| rules.get(&one.rule).is_some_and(|rule| rule.team)).count(),
            ..summary(&score, &findings, &actions, draft.coverage)
        },
        categories: category_lines(&score, &pools, categories, draft.language),
        nine: nine_rows(&score, &pools, categories, draft.language),
        components: component_lines(draft.components, &score, &pools),
        files_to_create: files_to_create(&actions, &rules, exists),
        scenarios: scenarios::scenarios(&criteria, &draft.endpoints, draft.language),
        endpoints: endpoints::with_findings(draft.endpoints, &findings),
        rules: rules_in_order(&criteria, &findings, &rules),
        criteria,
        findings,
        actions,
        suppressions,
        diagnostics,
        basis: draft.basis,
        notes: draft.notes,
        // Whoever calls knows who signs.
        reviewer: None,
        next_review: None,
        timing: draft.timing,
    }
}

/// The standard numbers with the weights that a team has given its categories.
pub(crate) fn rubric_of(basis: Option<&Basis>) -> Rubric {
    let weights = basis.map(|basis| basis.weights.clone()).unwrap_or_default();
    Rubric::embedded().weighing(weights)
}

/// The severity of a criterion before its context: the component's, else the rule's.
fn default_severity(criterion: &Criterion, rule: Option<&Rule>) -> Severity {
    criterion.default_severity.or(rule.map(|rule| rule.severity)).unwrap_or(criterion.severity)
}

/// What a gate judges: known findings, guesses and what is said about suppressions are left out.
pub fn gate_input(report: &Report) -> GateInput {
    let mut worst: BTreeMap<(&str, &str), Severity> = BTreeMap::new();
    for finding in &report.findings {
        let counts = finding.suppressed.is_none() && finding.confidence != Confidence::Guess;
        if counts && !finding.is_about_suppressions() {
            let severity = worst.entry((&finding.rule, &finding.component)).or_insert(finding.severity);
            *severity = (*severity).min(finding.severity);
        }
    }
    let mut open: Vec<GateItem> = worst
        .into_iter()
        .map(|((rule, component), severity)| GateItem {
            rule: rule.to_owned(),
            component: component.to_owned(),
            severity,
        })
        .collect();
    open.sort_by_key(|item| item.severity);
    GateInput { score: report.summary.score, verdict: report.summary.verdict, open }
}

/// What the go/no-go decision for `target` looks at.
pub fn go_input(report: &Report, target: Target) -> GoInput {
    let not_examined = report.criteria.iter().filter(|criterion| criterion.cause == Some(Cause::Engine));
    let default = |criterion: &Criterion| default_severity(criterion, report.rule(&criterion.rule));
    let mut questions: BTreeMap<&str, bool> = BTreeMap::new();
    for criterion in report.criteria.iter().filter(|criterion| criterion.status == Status::Manual) {
        if report.rule(&criterion.rule).is_some_and(|rule| rule.mandatory) {
            let confirmed = criterion.attestation.as_ref().is_some_and(|said| said.holds);
            *questions.entry(&criterion.rule).or_insert(true) &= confirmed;
        }
    }
    let watched = target.watched().iter().filter_map(|rule| watched(report, rule));
    GoInput {
        partial: report.partial,
        score: report.summary.score,
        open: gate_input(report).open,
        not_examined: not_examined
            .map(|criterion| GateItem {
                rule: criterion.rule.clone(),
                component: criterion.component.clone(),
                severity: default(criterion),
            })
            .collect(),
        questions: questions.into_iter().map(|(rule, confirmed)| (rule.to_owned(), confirmed)).collect(),
        watched: watched.collect(),
    }
}

/// A rule and whether it holds wherever it was asked: `None` where nobody knows. Nothing where it does not apply.
fn watched(report: &Report, rule: &str) -> Option<(String, Option<bool>)> {
    let asked: Vec<&Criterion> = report.criteria.iter().filter(|criterion| criterion.rule == rule).collect();
    let families = Families::of(&report.criteria);
    let denied = |c: &Criterion| c.attestation.as_ref().is_some_and(|said| !said.holds);
    let unsure = |c: &Criterion| match c.status {
        Status::Manual => c.attestation.is_none(),
        Status::Unknown => true,
        Status::Fail => !c.suppressed,
        Status::NotApplicable => families.waits_for(c).is_some(),
        Status::Pass => false,
    };
    let holds = if asked.iter().any(|c| counts(c) || denied(c)) {
        Some(false)
    } else if asked.iter().any(|c| unsure(c)) {
        None
    } else if asked.iter().any(|c| c.status != Status::NotApplicable) {
        Some(true)
    } else {
        return None;
    };
    Some((rule.to_owned(), holds))
}

/// Derives what a criterion owes to its findings.
fn settle(criteria: &mut [Criterion], findings: &[Finding], rules: &BTreeMap<String, Rule>, guesses: bool) {
    let mut by_criterion: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_criterion.entry((&finding.rule, &finding.component)).or_default().push(finding);
    }
    for criterion in criteria {
        criterion.severity = default_severity(criterion, rules.get(&criterion.rule));
        criterion.suppressed = false;
        criterion.findings = 0;
        if criterion.status != Status::Fail {
            continue;
        }
        let all = by_criterion.get(&(criterion.rule.as_str(), criterion.component.as_str())).cloned();
        let all = all.unwrap_or_default();
        let standing: Vec<&Finding> = all.iter().copied().filter(|f| !f.is_accepted()).collect();
        let counted: Vec<&Finding> = standing.iter().copied().filter(|f| f.confidence != Confidence::Guess).collect();
        let real = all.iter().any(|f| f.confidence != Confidence::Guess);
        if let Some(worst) = counted.iter().map(|f| f.severity).min() {
            criterion.severity = worst;
        }
        criterion.confidence = all.iter().map(|f| f.confidence).min().unwrap_or(criterion.confidence);
        criterion.suppressed = counted.is_empty() && !all.is_empty() && (real || standing.is_empty());
        criterion.findings = counted.len();
        if counted.is_empty() && !criterion.suppressed && !all.is_empty() && !guesses {
            criterion.status = Status::Unknown;
            criterion.cause = Some(Cause::Undecided);
        }
    }
}

fn is_guess(criterion: &Criterion) -> bool {
    criterion.status == Status::Fail && criterion.confidence == Confidence::Guess
}

/// Fails, and the failure counts.
pub(crate) fn counts(criterion: &Criterion) -> bool {
    criterion.status == Status::Fail && !criterion.suppressed && !is_guess(criterion)
}

fn order_criteria(criteria: &mut [Criterion], categories: &Categories) {
    let rank = |criterion: &Criterion| match criterion.status {
        Status::Fail if criterion.suppressed => 5,
        Status::Fail if is_guess(criterion) => 1,
        Status::Fail => 0,
        Status::Unknown => 1,
        Status::Manual => 2,
        Status::Pass => 3,
        Status::NotApplicable => 4,
    };
    criteria.sort_by(|a, b| {
        let key = |c: &Criterion| (categories.position(&c.category), rank(c), c.severity);
        key(a).cmp(&key(b)).then_with(|| (&a.rule, &a.component).cmp(&(&b.rule, &b.component)))
    });
}

fn order_findings(findings: &mut [Finding], categories: &Categories) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| {
            let set_aside = f.suppressed.is_some();
            (set_aside, f.confidence == Confidence::Guess, f.severity, categories.position(&f.category))
        };
        let place = |f: &Finding| (f.start, f.end);
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.rule, &a.component, &a.path).cmp(&(&b.rule, &b.component, &b.path)))
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| (&a.message, &a.fingerprint).cmp(&(&b.message, &b.fingerprint)))
    });
}

/// Which failing criterion keeps a criterion from being asked.
pub(crate) struct Families<'c> {
    failed: BTreeSet<(&'c str, &'c str)>,
    parents: BTreeMap<(&'c str, &'c str), &'c str>,
}

impl<'c> Families<'c> {
    pub(crate) fn of(criteria: &'c [Criterion]) -> Self {
        Self {
            failed: criteria.iter().filter(|c| counts(c)).map(|c| (c.rule.as_str(), c.component.as_str())).collect(),
            parents: criteria
                .iter()
                .filter(|c| c.status == Status::NotApplicable)
                .filter_map(|c| Some(((c.rule.as_str(), c.component.as_str()), c.parent.as_deref()?)))
                .collect(),
        }
    }

    /// The failing criterion that a criterion waits for, as rule and component.
    pub(crate) fn waits_for(&self, c: &'c Criterion) -> Option<(&'c str, &'c str)> {
        let mut parent = c.parent.as_deref();
        for _ in 0..DEEPEST_FAMILY {
            let rule = parent?;
            // A rule of the repository may be the parent of a component's rule.
            let places = [(rule, c.component.as_str()), (rule, ROOT)];
            if let Some(failed) = places.iter().find(|place| self.failed.contains(*place)) {
                return Some(*failed);
            }
            parent = places.iter().find_map(|place| self.parents.get(place).copied());
        }
        None
    }
}

/// The criteria of a report as far as the score is concerned.
pub(crate) fn scored(criteria: &[Criterion], rules: &BTreeMap<String, Rule>) -> Vec<ScoredCriterion> {
    let families = Families::of(criteria);
    criteria
        .iter()
        .map(|c| {
            let rule = rules.get(&c.rule);
            ScoredCriterion {
                rule: c.rule.clone(),
                category: c.category.clone(),
                component: c.component.clone(),
                default_severity: default_severity(c, rule),
                severity: c.severity,
                answer: match c.status {
                    Status::Pass => Answer::Pass,
                    Status::Fail => Answer::Fail,
                    Status::NotApplicable => Answer::NotApplicable { parent_failed: families.waits_for(c).is_some() },
                    Status::Unknown => Answer::Unknown { engine: c.cause == Some(Cause::Engine) },
                    Status::Manual => Answer::Manual { attested: c.attestation.as_ref().map(|a| a.holds) },
                },
                sites: c.sites.map(|sites| SiteCount { total: sites.total, ok: sites.ok }),
                guess: is_guess(c),
                suppressed: c.suppressed,
                mandatory: rule.is_some_and(|rule| rule.mandatory),
                effort: rule.map_or(0, |rule| rule.effort_minutes),
            }
        })
        .collect()
}

fn actions(criteria: &[Criterion], rules: &BTreeMap<String, Rule>, categories: &Categories) -> Vec<Action> {
    let mut by_rule: BTreeMap<&str, Action> = BTreeMap::new();
    for criterion in criteria.iter().filter(|c| counts(c)) {
        let action = by_rule.entry(&criterion.rule).or_insert_with(|| Action {
            rule: criterion.rule.clone(),
            category: criterion.category.clone(),
            severity: criterion.severity,
            components: Vec::new(),
            findings: 0,
            effort_minutes: 0,
            sites: None,
        });
        let minutes = rules.get(&criterion.rule).map_or(0, |rule| rule.effort_minutes as usize);
        action.severity = action.severity.min(criterion.severity);
        action.components.push(criterion.component.clone());
        action.findings += criterion.findings;
        action.effort_minutes = action.effort_minutes.saturating_add(minutes.saturating_mul(criterion.findings));
        if let Some(more) = criterion.sites {
            let so_far = action.sites.unwrap_or(Sites { total: 0, ok: 0 });
            action.sites = Some(Sites { total: so_far.total + more.total, ok: so_far.ok + more.ok });
        }
    }
    let mut actions: Vec<Action> = by_rule.into_values().collect();
    for action in &mut actions {
        action.components.sort();
    }
    actions.sort_by_key(|action| (action.severity, categories.position(&action.category)));
    actions
}

/// The criteria of a report with what explains them.
struct Pools<'a> {
    criteria: &'a [Criterion],
    findings: &'a [Finding],
    rules: &'a BTreeMap<String, Rule>,
}

impl Pools<'_> {
    /// The failing criterion that matters most among those that `belongs` names: the worst severity, then the
    /// heaviest rule, then the most findings. Without one, a criterion that the engine could not examine.
    fn reason(&self, belongs: impl Fn(&Criterion) -> bool) -> Option<Reason> {
        let not_examined = |c: &Criterion| c.status == Status::Unknown && c.cause == Some(Cause::Engine);
        let weight = |c: &Criterion| self.rules.get(&c.rule).map(|rule| rule.severity);
        let worst = self
            .criteria
            .iter()
            .filter(|c| (counts(c) || not_examined(c)) && belongs(c))
            .min_by_key(|c| (!counts(c), c.severity, weight(c), Reverse(c.findings), &c.rule, &c.component))?;
        Some(Reason {
            rule: worst.rule.clone(),
            component: worst.component.clone(),
            severity: worst.severity,
            text: self.text_of(worst),
        })
    }

    fn text_of(&self, criterion: &Criterion) -> String {
        let finding = || self.findings.iter().find(|f| f.rule == criterion.rule && f.component == criterion.component);
        let title = || self.rules.get(&criterion.rule).map(|rule| rule.title.clone());
        criterion
            .detail
            .clone()
            .or_else(|| finding().map(|f| f.message.clone()))
            .or_else(title)
            .unwrap_or_else(|| criterion.rule.clone())
    }
}

fn summary(score: &Score, findings: &[Finding], actions: &[Action], coverage: Coverage) -> Summary {
    let suppressed = findings.iter().filter(|f| f.suppressed.is_some()).count();
    let guesses = findings.iter().filter(|f| f.suppressed.is_none() && f.confidence == Confidence::Guess).count();
    let mut effort_minutes = SeverityCounts::default();
    for action in actions {
        effort_minutes.add(action.severity, action.effort_minutes);
    }
    Summary {
        score: score.overall.score,
        verdict: score.verdict,
        obstacles: score.obstacles.clone(),
        counts: score.counts,
        criteria: score.criteria,
        findings: findings.len() - suppressed - guesses,
        suppressed_findings: suppressed,
        team_criteria: 0,
        coverage,
        derivation: Derivation {
            mean: score.overall.mean,
            scored: score.overall.scored,
            blocked: score.overall.blocked,
            deduction: score.overall.deduction,
            coverage: score.coverage,
        },
        fix_first: score
            .fix_first
            .iter()
            .map(|repair| Repair {
                rule: repair.rule.clone(),
                component: repair.component.clone(),
                category: repair.category.clone(),
                severity: repair.severity,
                gain: repair.gain,
                held_by: repair.held_by,
            })
            .collect(),
        fix_first_gain: score.fix_first_gain,
        score_without_critical: score.without_critical,
        effort_minutes,
    }
}

fn category_lines(score: &Score, pools: &Pools, categories: &Categories, lang: Lang) -> Vec<Category> {
    score
        .categories
        .iter()
        .zip(&categories.all)
        .map(|(line, meta)| {
            let grade = line.grade.clone();
            Category {
                id: meta.id.clone(),
                name: meta.name(lang).to_owned(),
                score: grade.score,
                status: grade.health,
                capped_by: grade.capped_by,
                reason: pools.reason(|c| c.category == meta.id),
                coverage: grade.coverage,
                criteria: grade.criteria,
                counts: grade.counts,
                worst_component: line
                    .worst_component
                    .clone()
                    .map(|(component, score)| ComponentScore { component, score }),
            }
        })
        .collect()
}

fn nine_rows(score: &Score, pools: &Pools, categories: &Categories, lang: Lang) -> Vec<NineRow> {
    score
        .rows
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let grade = line.grade.clone();
            let members: Vec<String> = categories.members(&line.row).map(|category| category.id.clone()).collect();
            NineRow {
                number: index + 1,
                id: line.row.clone(),
                name: categories.get(&line.row).map_or(line.row.as_str(), |category| category.name(lang)).to_owned(),
                icon: categories.rows.get(index).map(|row| row.icon.clone()).unwrap_or_default(),
                score: grade.score,
                status: grade.health,
                capped_by: grade.capped_by,
                reason: pools.reason(|c| members.contains(&c.category)),
                coverage: grade.coverage,
                criteria: grade.criteria,
                counts: grade.counts,
                members,
            }
        })
        .collect()
}

fn component_lines(parts: Vec<Part>, score: &Score, pools: &Pools) -> Vec<Component> {
    let mut known: BTreeMap<String, Part> = parts.into_iter().map(|part| (part.path.clone(), part)).collect();
    for path in score.components.iter().map(|c| c.component.as_str()).chain([ROOT]) {
        known.entry(path.to_owned()).or_insert_with(|| Part {
            path: path.to_owned(),
            name: path.to_owned(),
            kind: if path == ROOT { "repository" } else { "component" }.to_owned(),
            manifest: None,
        });
    }
    let mut parts: Vec<Part> = known.into_values().collect();
    parts.sort_by(|a, b| (a.path != ROOT, &a.path).cmp(&(b.path != ROOT, &b.path)));
    parts
        .into_iter()
        .map(|part| {
            let line = score.components.iter().find(|line| line.component == part.path);
            let grade = line.map_or_else(Grade::empty, |line| line.grade.clone());
            Component {
                reason: pools.reason(|c| c.component == part.path),
                path: part.path,
                name: part.name,
                kind: part.kind,
                manifest: part.manifest,
                score: grade.score,
                status: grade.health,
                capped_by: grade.capped_by,
                categories: line.map(|line| line.categories.clone()).unwrap_or_default(),
                criteria: grade.criteria,
                counts: grade.counts,
            }
        })
        .collect()
}

fn files_to_create(
    actions: &[Action],
    rules: &BTreeMap<String, Rule>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<FileToCreate> {
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    for action in actions {
        let Some(rule) = rules.get(&action.rule) else { continue };
        for component in &action.components {
            for name in &rule.creates {
                let path = if component == ROOT { name.clone() } else { format!("{component}/{name}") };
                if !exists(&path) && seen.insert(path.clone()) {
                    files.push(FileToCreate { path, rule: rule.id.clone(), purpose: rule.title.clone() });
                }
            }
        }
    }
    files
}

/// The rules of the criteria, then those that only findings name.
fn rules_in_order(criteria: &[Criterion], findings: &[Finding], rules: &BTreeMap<String, Rule>) -> Vec<Rule> {
    let mut seen = BTreeSet::new();
    let about = findings.iter().filter(|finding| finding.is_about_suppressions()).map(|finding| finding.rule.as_str());
    let named = criteria.iter().map(|criterion| criterion.rule.as_str()).chain(about);
    named.filter(|rule| seen.insert(*rule)).filter_map(|rule| rules.get(rule).cloned()).collect()
}

fn main_languages(languages: &BTreeMap<String, usize>) -> Vec<String> {
    let mut names: Vec<(&String, &usize)> = languages.iter().collect();
    names.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    names.into_iter().map(|(name, _)| name.clone()).collect()
}
