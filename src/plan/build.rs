//! Makes a plan of a report.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    Asked, FileCount, Guide, Mend, Phase, Plan, Question, Task, TaskState,
    calendar::{Calendar, schedule},
    order::{Item, placed},
    progress::{fingerprints, history, is_open, state_of},
    project::projection,
};
use crate::{
    assemble::Families,
    model::{Categories, Severity},
    report::{Action, Criterion, Report, Rule, Status},
};

/// Plans the work that `report` asks for. `older` are reports of the same repository, the oldest first: what was
/// mended since the oldest is ticked.
pub fn plan(report: &Report, older: &[Report], calendar: Calendar) -> Plan {
    let guide = Guide::embedded();
    let old = older.first();
    let work = work(report, old);
    let edges = guide.edges();
    let items: Vec<Item> = work
        .iter()
        .map(|one| Item { rule: one.action.rule.clone(), phase: phase_of(one.rule, one.action.severity) })
        .collect();
    let order = placed(&items, &edges);
    let families = Families::of(&report.criteria);
    let waiting = waiting(report, &families);

    let mut phases: Vec<Phase> = Vec::new();
    let mut repaired: BTreeSet<&str> = BTreeSet::new();
    let mut numbers: BTreeMap<String, String> = BTreeMap::new();
    for (index, meta) in guide.phases.iter().enumerate() {
        let mut tasks = Vec::new();
        for item in order.iter().filter(|item| item.phase == index) {
            let Some(one) = work.iter().find(|one| one.action.rule == item.rule) else { continue };
            let number = format!("{}.{}", index + 1, tasks.len() + 1);
            let mut task = task(report, old, one, &waiting);
            let needed = edges.get(item.rule.as_str()).into_iter().flatten();
            task.depends_on = needed.filter_map(|rule| numbers.get(*rule).cloned()).collect();
            task.number.clone_from(&number);
            numbers.insert(item.rule.clone(), number);
            repaired.insert(one.action.rule.as_str());
            tasks.push(task);
        }
        phases.push(Phase {
            number: index + 1,
            title: meta.title(report.language).to_owned(),
            goal: meta.goal(report.language).to_owned(),
            target: meta.verdict,
            effort_minutes: tasks.iter().map(|task| task.effort_minutes).sum(),
            questions: questions(report, index),
            projection: projection(report, &repaired),
            tasks,
            end: None,
        });
    }
    let mut plan = Plan {
        language: report.language,
        project: report.repository.name.clone(),
        version: report.repository.version.clone(),
        commit: report.repository.commit.clone(),
        reviewer: report.reviewer.clone(),
        next_review: report.next_review.clone(),
        tool_version: report.tool.version.clone(),
        rubric: report.tool.rubric,
        partial: report.partial,
        now: projection(report, &BTreeSet::new()),
        effort_minutes: phases.iter().map(|phase| phase.effort_minutes).sum(),
        phases,
        start: None,
        hours_per_day: 8,
        history: history(older.iter().chain([report])),
    };
    schedule(&mut plan, calendar);
    plan
}

/// A failing rule, or one that failed in the older report.
struct Work<'r> {
    action: &'r Action,
    rule: &'r Rule,
    /// How it ended; `None` while it fails.
    ended: Option<TaskState>,
}

/// In the order of importance: by severity, category and rule.
fn work<'r>(report: &'r Report, old: Option<&'r Report>) -> Vec<Work<'r>> {
    let mut all: Vec<Work<'r>> = Vec::new();
    for action in &report.actions {
        if let Some(rule) = report.rule(&action.rule) {
            all.push(Work { action, rule, ended: None });
        }
    }
    for action in old.into_iter().flat_map(|old| &old.actions) {
        if let (Some(rule), Some(ended)) = (report.rule(&action.rule), state_of(report, &action.rule)) {
            all.push(Work { action, rule, ended: Some(ended) });
        }
    }
    let categories = Categories::embedded();
    all.sort_by(|a, b| {
        let key = |one: &Work| (one.action.severity, categories.position(&one.action.category));
        key(a).cmp(&key(b)).then_with(|| a.action.rule.cmp(&b.action.rule))
    });
    all
}

/// The rule's own phase, or an earlier one where the severity calls for it: a verdict of staging asks that nothing
/// CRITICAL is open, one of production that nothing HIGH is. From 0.
fn phase_of(rule: &Rule, severity: Severity) -> usize {
    let own = usize::from(rule.phase.clamp(1, 4)) - 1;
    match severity {
        Severity::Critical => 0,
        Severity::High => own.min(1),
        Severity::Medium | Severity::Low | Severity::Info => own,
    }
}

/// What is not asked while a rule fails, by that rule, each once.
fn waiting<'r>(report: &'r Report, families: &Families<'r>) -> BTreeMap<&'r str, Vec<Asked>> {
    let mut waiting: BTreeMap<&str, Vec<Asked>> = BTreeMap::new();
    for criterion in &report.criteria {
        let (Some((parent, _)), Some(rule)) = (families.waits_for(criterion), report.rule(&criterion.rule)) else {
            continue;
        };
        let asked = waiting.entry(parent).or_default();
        if !asked.iter().any(|asked| asked.rule == rule.id) {
            asked.push(Asked { rule: rule.id.clone(), title: rule.title.clone() });
        }
    }
    waiting
}

fn task(report: &Report, old: Option<&Report>, one: &Work, waiting: &BTreeMap<&str, Vec<Asked>>) -> Task {
    let Work { action, rule, ended } = one;
    let places = places(report, old, &rule.id);
    let mended = old.map(|_| places.iter().filter(|place| place.done).count());
    let open = ended.is_none();
    let then_asked = waiting.get(rule.id.as_str()).filter(|_| open).cloned().unwrap_or_default();
    let before = old.and_then(|old| old.actions.iter().find(|before| before.rule == rule.id));
    let creates = report.files_to_create.iter().filter(|file| open && file.rule == rule.id);
    Task {
        number: String::new(),
        rule: rule.id.clone(),
        title: rule.title.clone(),
        category: action.category.clone(),
        category_name: report.category(&action.category).map_or(&action.category, |it| &it.name).clone(),
        severity: action.severity,
        why: rule.why.clone(),
        fix: rule.fix.clone(),
        components: action.components.clone(),
        state: match ended {
            Some(ended) => *ended,
            None if mended.is_some_and(|n| n > 0) => TaskState::Begun,
            None => TaskState::Open,
        },
        effort_minutes: if open { action.effort_minutes } else { 0 },
        effort_each: rule.effort_minutes,
        files: files(&places),
        creates: creates.map(|file| file.path.clone()).collect(),
        references: Vec::new(),
        depends_on: Vec::new(),
        verify: verify(&rule.id, &then_asked),
        then_asked,
        sites: action.sites.filter(|_| open),
        sites_before: before.and_then(|before| before.sites),
        places,
        mended,
        first_day: None,
        last_day: None,
        start: None,
        end: None,
    }
}

fn places(report: &Report, old: Option<&Report>, rule: &str) -> Vec<Mend> {
    let known = old.map(fingerprints);
    let now = fingerprints(report);
    let of = |report: &'_ Report, done: bool| -> Vec<Mend> {
        let open = report.findings.iter().filter(|finding| finding.rule == rule && is_open(finding));
        open.filter(|finding| !done || !now.contains(finding.fingerprint.as_str()))
            .map(|finding| Mend {
                path: finding.path.clone(),
                line: finding.start.map(|start| start.line),
                message: finding.message.clone(),
                fingerprint: finding.fingerprint.clone(),
                done,
                new: !done && known.as_ref().is_some_and(|known| !known.contains(finding.fingerprint.as_str())),
            })
            .collect()
    };
    let mut places = of(report, false);
    // What is set aside has not been mended.
    let aside: BTreeSet<&str> = report.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let mended = old.map(|old| of(old, true)).unwrap_or_default();
    places.extend(mended.into_iter().filter(|place| !aside.contains(place.fingerprint.as_str())));
    places
}

fn files(places: &[Mend]) -> Vec<FileCount> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for place in places.iter().filter(|place| !place.done) {
        *counts.entry(&place.path).or_default() += 1;
    }
    let mut files: Vec<FileCount> =
        counts.into_iter().map(|(path, places)| FileCount { path: path.to_owned(), places }).collect();
    files.sort_by_key(|file| Reverse(file.places));
    files
}

fn verify(rule: &str, then_asked: &[Asked]) -> String {
    let rules: Vec<&str> = std::iter::once(rule).chain(then_asked.iter().map(|asked| asked.rule.as_str())).collect();
    format!("readiness scan . --only {} --fail-on low", rules.join(","))
}

/// The mandatory questions of a phase, each once.
fn questions(report: &Report, phase: usize) -> Vec<Question> {
    let mut seen = BTreeSet::new();
    let asked = report.criteria.iter().filter(|criterion| criterion.status == Status::Manual);
    asked
        .filter_map(|criterion| Some((criterion, report.rule(&criterion.rule)?)))
        .filter(|(_, rule)| rule.mandatory && usize::from(rule.phase.clamp(1, 4)) - 1 == phase)
        .filter(|(_, rule)| seen.insert(rule.id.clone()))
        .map(|(criterion, rule)| Question {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            question: criterion.detail.clone().unwrap_or_default(),
            effort_minutes: rule.effort_minutes,
            answered: is_confirmed(report, criterion),
        })
        .collect()
}

/// Confirmed for every component that is asked.
fn is_confirmed(report: &Report, criterion: &Criterion) -> bool {
    let mut same =
        report.criteria.iter().filter(|other| other.rule == criterion.rule && other.status == Status::Manual);
    same.all(|other| other.attestation.as_ref().is_some_and(|said| said.holds))
}
