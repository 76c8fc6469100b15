//! Asks every rule for its verdict, once per repository or component, parents before children. Rules of one generation
//! are asked in parallel; what they answer does not depend on who comes first.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{guard::guarded, observe::Joined, plan::Plan, timing::Stopwatch};
use crate::{
    config::Config,
    facts::Facts,
    model::{ComponentId, Evidence, FileId, Message, Observation, Outcome, Scope, Verdict},
    repo::{Component, Repo},
    rule::{Context, Entry, by_component},
};

/// A rule's answer for one component.
pub(super) struct Concluded {
    /// Index of the rule among those that ran.
    pub rule: usize,
    pub component: ComponentId,
    pub verdict: Verdict,
    /// The failing parent that makes it not applicable.
    pub parent: Option<String>,
    /// The message of the panic that kept it from answering.
    pub panic: Option<String>,
    /// Time that the answer took, when asked for.
    pub spent: Duration,
}

/// Key of the message that every rule can say when the engine could not look; see [`super::resolve`].
pub(super) const NOT_EXAMINED: &str = "engine.not-examined";
pub(super) const PANICKED: &str = "engine.panicked";
pub(super) const PARENT_FAILED: &str = "engine.parent-failed";

/// Where a parent failed.
struct Failed {
    scope: Scope,
    components: BTreeSet<ComponentId>,
}

impl Failed {
    fn new(scope: Scope) -> Self {
        Self { scope, components: BTreeSet::new() }
    }

    /// Whether a child asked of `component` has nothing left to ask.
    fn covers(&self, component: ComponentId) -> bool {
        self.scope == Scope::Repository || self.components.contains(&component)
    }
}

/// Everything that conclusions read.
pub(super) struct Seen<'a> {
    pub(super) repo: &'a Repo,
    pub(super) facts: &'a Facts,
    pub(super) config: &'a Config,
    pub(super) joined: &'a Joined,
}

/// All verdicts, in the order of rules and components.
pub(super) fn conclude(plan: &Plan<'_>, seen: &Seen<'_>) -> Vec<Concluded> {
    let mut concluded: Vec<Concluded> = Vec::new();
    let mut failed: BTreeMap<String, Failed> = BTreeMap::new();
    for generation in generations(&plan.rules) {
        let answers: Vec<Concluded> =
            generation.par_iter().flat_map(|&index| ask(plan, index, seen, &failed)).collect();
        for answer in answers {
            let index = answer.rule;
            if matches!(answer.verdict.outcome(), Outcome::Fail(..)) {
                let meta = &plan.rules[index].meta;
                let failed = failed.entry(meta.id.clone()).or_insert_with(|| Failed::new(meta.scope));
                failed.components.insert(answer.component);
            }
            concluded.push(answer);
        }
    }
    concluded.sort_by_key(|answer| (answer.rule, answer.component));
    concluded
}

/// Rule indices so that a rule's parents are in an earlier generation than the rule.
fn generations(rules: &[&Entry]) -> Vec<Vec<usize>> {
    let numbers: FxHashMap<&str, usize> =
        rules.iter().enumerate().map(|(index, entry)| (entry.meta.id.as_str(), index)).collect();
    let mut depths: Vec<Option<usize>> = vec![None; rules.len()];
    let mut generations: Vec<Vec<usize>> = Vec::new();
    for index in parents_first(rules, &numbers) {
        let parents = rules[index].meta.parents.iter().filter_map(|parent| numbers.get(parent.as_str()));
        let depth = parents.filter_map(|&parent| depths[parent]).max().map_or(0, |depth| depth + 1);
        depths[index] = Some(depth);
        generations.resize_with(generations.len().max(depth + 1), Vec::new);
        generations[depth].push(index);
    }
    generations
}

/// Rule indices so that a rule comes after its parents. A cycle is cut where it closes.
fn parents_first(rules: &[&Entry], numbers: &FxHashMap<&str, usize>) -> Vec<usize> {
    fn visit(
        index: usize,
        rules: &[&Entry],
        numbers: &FxHashMap<&str, usize>,
        done: &mut Vec<bool>,
        order: &mut Vec<usize>,
    ) {
        if std::mem::replace(&mut done[index], true) {
            return;
        }
        for parent in &rules[index].meta.parents {
            if let Some(&parent) = numbers.get(parent.as_str()) {
                visit(parent, rules, numbers, done, order);
            }
        }
        order.push(index);
    }
    let mut order = Vec::new();
    let mut done = vec![false; rules.len()];
    for index in 0..rules.len() {
        visit(index, rules, numbers, &mut done, &mut order);
    }
    order
}

fn ask(plan: &Plan<'_>, index: usize, seen: &Seen<'_>, failed: &BTreeMap<String, Failed>) -> Vec<Concluded> {
    let entry = plan.rules[index];
    let observations = seen.joined.observations.get(&index).map(Vec::as_slice).unwrap_or_default();
    let unexamined = unexamined(entry, index, seen.joined);
    let root = &seen.repo.components()[0];
    let (components, mut groups): (Vec<&Component>, BTreeMap<ComponentId, Vec<Observation>>) = match entry.meta.scope {
        Scope::Repository => (vec![root], BTreeMap::from([(root.id, observations.to_vec())])),
        Scope::Component => (seen.repo.components().iter().collect(), by_component(seen.repo, observations)),
    };
    let asked: Vec<(&Component, Vec<Observation>)> =
        components.into_iter().map(|component| (component, groups.remove(&component.id).unwrap_or_default())).collect();
    asked
        .into_par_iter()
        .map(|(component, mine)| {
            let unexamined: Vec<FileId> = match entry.meta.scope {
                Scope::Repository => unexamined.clone(),
                Scope::Component => {
                    unexamined.iter().copied().filter(|file| seen.repo.file(*file).component == component.id).collect()
                }
            };
            let cx = Context {
                repo: seen.repo,
                facts: seen.facts,
                config: seen.config,
                meta: &entry.meta,
                component,
                seen: &mine,
                unexamined: &unexamined,
            };
            answer(entry, index, &cx, failed)
        })
        .collect()
}

fn answer(entry: &Entry, rule: usize, cx: &Context<'_>, failed: &BTreeMap<String, Failed>) -> Concluded {
    let component = cx.component.id;
    let parent = entry.meta.parents.iter().find(|parent| failed.get(*parent).is_some_and(|it| it.covers(component)));
    if let Some(parent) = parent {
        let verdict = Verdict::not_applicable(Message::new(PARENT_FAILED).with("parent", parent.as_str()));
        return Concluded {
            rule,
            component,
            verdict,
            parent: Some(parent.clone()),
            panic: None,
            spent: Duration::ZERO,
        };
    }
    let watch = Stopwatch::start(cx.config.timing);
    let answered = guarded(|| entry.rule().conclude(cx));
    let spent = watch.stop().unwrap_or_default();
    match answered {
        Ok(verdict) => Concluded { rule, component, verdict: covered(verdict, cx), parent: None, panic: None, spent },
        Err(message) => {
            let verdict = Verdict::not_examined(Message::new(PANICKED));
            Concluded { rule, component, verdict, parent: None, panic: Some(message), spent }
        }
    }
}

/// A pass that rests on searches alone needs every relevant file examined, else the answer is unknown.
fn covered(verdict: Verdict, cx: &Context<'_>) -> Verdict {
    let searched_only = match verdict.outcome() {
        Outcome::Pass(evidence) => evidence.iter().all(|one| matches!(one, Evidence::Searched { .. })),
        _ => false,
    };
    if searched_only && !cx.unexamined.is_empty() {
        return Verdict::not_examined(Message::new(NOT_EXAMINED).count("files", cx.unexamined.len()));
    }
    verdict
}

/// Files that the rule or a fact that it reads could not examine.
fn unexamined(entry: &Entry, index: usize, joined: &Joined) -> Vec<FileId> {
    let own = joined.unexamined_rules.get(&index).into_iter().flatten();
    let facts = entry.rule().needs().iter().filter_map(|fact| joined.unexamined_facts.get(fact)).flatten();
    own.chain(facts).copied().collect::<BTreeSet<_>>().into_iter().collect()
}
