//! Visits every file once: gate, parse, one walk over the lowered tree.

use std::{collections::BTreeMap, time::Duration};

use super::{
    guard::guarded,
    plan::{Plan, Visiting, Visitor},
    timing::Stopwatch,
};
use crate::{
    code::{Lowered, lower},
    facts::{Fact, FileFacts, Visit, Watch},
    model::{FileId, Observation, Span},
    repo::{File, ReadError, Repo},
    rule::Out,
    text::DecodeError,
};

/// What one file gave.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) observations: BTreeMap<usize, Vec<Observation>>,
    pub(super) facts: FileFacts,
    /// Rules that wanted this file and could not examine it where it matters to them.
    pub(super) unexamined_rules: Vec<usize>,
    pub(super) unexamined_facts: Vec<Fact>,
    pub(super) troubles: Vec<Trouble>,
    pub(super) parsed: bool,
    pub(super) with_errors: bool,
    /// Time and calls by visitor, when asked for.
    pub(super) spent: BTreeMap<usize, (Duration, u64)>,
    pub(super) steps: Steps,
}

/// Time of each step of the visit, when asked for.
#[derive(Default, Clone, Copy)]
pub(super) struct Steps {
    pub(super) read: Duration,
    pub(super) gate: Duration,
    pub(super) parse: Duration,
    pub(super) visit: Duration,
}

/// Something that kept a file or a part of it from being examined.
pub(super) enum Trouble {
    Unreadable(String),
    SyntaxErrors { first: Span, count: usize },
    Cut,
    Panic { rule: String, message: String },
}

/// Visits one file with everybody whom its role and its text concern.
pub(super) fn observe(plan: &Plan<'_>, repo: &Repo, file: &File, timed: bool) -> Seen {
    let mut seen = Seen::default();
    if !plan.wants_role(file.role) || !file.is_text() {
        return seen;
    }
    let step = Stopwatch::start(timed);
    let text = match repo.read(file.id) {
        Ok(text) => text,
        Err(error) => {
            note_unread(plan, repo, file, &error, &mut seen);
            return seen;
        }
    };
    seen.steps.read = step.stop().unwrap_or_default();
    let step = Stopwatch::start(timed);
    let interested = plan.interested(file, &text);
    seen.steps.gate = step.stop().unwrap_or_default();
    if interested.is_empty() {
        return seen;
    }
    let wants_tree = interested.iter().any(|&index| !plan.visiting[index].watch.kinds.is_empty());
    let step = Stopwatch::start(timed);
    let lowered = file.language.filter(|_| wants_tree).map(|language| lower(language, &text));
    seen.steps.parse = step.stop().unwrap_or_default();
    if let Some(lowered) = &lowered {
        note_syntax(plan, &interested, lowered, &text, &mut seen);
    }
    let visit = Visit { repo, file, text: &text, tree: lowered.as_ref().map(|lowered| &lowered.tree) };
    let step = Stopwatch::start(timed);
    walk(plan, &interested, &visit, timed, &mut seen);
    seen.facts.shrink();
    seen.steps.visit = step.stop().unwrap_or_default();
    seen
}

/// A file that could not be read leaves every rule that wanted it without an answer, when it takes part in the product:
/// test data, documents and others' files may be in any encoding.
fn note_unread(plan: &Plan<'_>, repo: &Repo, file: &File, error: &ReadError, seen: &mut Seen) {
    if file.role.is_operational() && !matches!(error, ReadError::Decode(DecodeError::Binary)) {
        let everybody: Vec<usize> =
            (0..plan.visiting.len()).filter(|&index| concerns(&plan.visiting[index].watch, file)).collect();
        mark_unexamined(plan, &everybody, seen);
    }
    let known = repo.skipped().binary_search_by(|skipped| skipped.path.cmp(&file.path)).is_ok();
    if !known {
        seen.troubles.push(Trouble::Unreadable(error.to_string()));
    }
}

/// Whether a visitor would have learned something from a file. Data has no tree for those that look at code alone.
fn concerns(watch: &Watch, file: &File) -> bool {
    watch.wants_role(file.role) && (watch.text || file.language.is_some())
}

fn walk(plan: &Plan<'_>, interested: &[usize], visit: &Visit<'_>, timed: bool, seen: &mut Seen) {
    let mut broken = vec![false; plan.visiting.len()];
    for &index in interested {
        if plan.visiting[index].watch.text {
            call(plan, index, visit, None, timed, &mut broken, seen);
        }
    }
    let Some(tree) = visit.tree else { return };
    let table = plan.dispatch(interested);
    for node in tree.nodes() {
        for &index in &table[node.kind() as usize] {
            call(plan, index, visit, Some(node), timed, &mut broken, seen);
        }
    }
}

/// Lets one visitor see the file's text or one node. After a panic it is not called again for this file.
fn call(
    plan: &Plan<'_>,
    index: usize,
    visit: &Visit<'_>,
    node: Option<crate::code::NodeRef<'_>>,
    timed: bool,
    broken: &mut [bool],
    seen: &mut Seen,
) {
    if broken[index] {
        return;
    }
    let watch = Stopwatch::start(timed);
    let visiting = &plan.visiting[index];
    let result = match visiting.visitor {
        Visitor::Rule(rule, code) => {
            let mut observations = Vec::new();
            let result = guarded(|| {
                let mut out = Out::new(&mut observations);
                match node {
                    Some(node) => code.node(visit, node, &mut out),
                    None => code.text(visit, &mut out),
                }
            });
            if !observations.is_empty() {
                seen.observations.entry(rule).or_default().append(&mut observations);
            }
            result
        }
        Visitor::Extractor(extractor) => guarded(|| match node {
            Some(node) => extractor.node(visit, node, &mut seen.facts),
            None => extractor.text(visit, &mut seen.facts),
        }),
    };
    if let Some(spent) = watch.stop() {
        let slot = seen.spent.entry(index).or_default();
        *slot = (slot.0 + spent, slot.1 + 1);
    }
    if let Err(message) = result {
        broken[index] = true;
        mark_unexamined(plan, &[index], seen);
        seen.troubles.push(Trouble::Panic { rule: name(visiting), message });
    }
}

fn name(visiting: &Visiting<'_>) -> String {
    match visiting.visitor {
        Visitor::Rule(_, rule) => rule.id().to_owned(),
        Visitor::Extractor(extractor) => format!("{:?}", extractor.fact()).to_lowercase(),
    }
}

/// A visitor has not examined a file when it was cut, or when one of its literals lies inside a syntax error.
fn note_syntax(plan: &Plan<'_>, interested: &[usize], lowered: &Lowered<'_>, text: &str, seen: &mut Seen) {
    seen.parsed = true;
    if let Some(first) = lowered.errors.first() {
        seen.with_errors = true;
        seen.troubles.push(Trouble::SyntaxErrors { first: *first, count: lowered.errors.len() });
        let hidden: Vec<usize> = interested
            .iter()
            .copied()
            .filter(|&index| {
                let watch = &plan.visiting[index].watch;
                !watch.kinds.is_empty() && lowered.errors.iter().any(|error| hides(*error, &watch.keywords, text))
            })
            .collect();
        mark_unexamined(plan, &hidden, seen);
    }
    if lowered.cut {
        seen.with_errors = true;
        seen.troubles.push(Trouble::Cut);
        mark_unexamined(plan, interested, seen);
    }
}

fn hides(error: Span, keywords: &[String], text: &str) -> bool {
    let hidden = text.get(error.range()).unwrap_or_default();
    keywords.iter().any(|keyword| hidden.contains(keyword.as_str()))
}

fn mark_unexamined(plan: &Plan<'_>, visitors: &[usize], seen: &mut Seen) {
    for &index in visitors {
        match plan.visiting[index].visitor {
            Visitor::Rule(rule, _) => seen.unexamined_rules.push(rule),
            Visitor::Extractor(extractor) => seen.unexamined_facts.push(extractor.fact()),
        }
    }
}

/// Everything that the files gave, joined in order of path.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) observations: BTreeMap<usize, Vec<Observation>>,
    pub(super) facts: BTreeMap<FileId, FileFacts>,
    pub(super) unexamined_rules: BTreeMap<usize, Vec<FileId>>,
    pub(super) unexamined_facts: BTreeMap<Fact, Vec<FileId>>,
    pub(super) troubles: Vec<(FileId, Trouble)>,
    pub(super) parsed: usize,
    pub(super) with_errors: usize,
    /// Time and calls by visitor, when asked for.
    pub(super) spent: BTreeMap<usize, (Duration, u64)>,
    pub(super) steps: Steps,
}

impl Joined {
    /// Adds the next file; files come in order.
    pub(super) fn add(&mut self, file: FileId, seen: Seen) {
        for (rule, mut observations) in seen.observations {
            self.observations.entry(rule).or_default().append(&mut observations);
        }
        if !seen.facts.is_empty() {
            self.facts.insert(file, seen.facts);
        }
        for rule in seen.unexamined_rules {
            push_once(self.unexamined_rules.entry(rule).or_default(), file);
        }
        for fact in seen.unexamined_facts {
            push_once(self.unexamined_facts.entry(fact).or_default(), file);
        }
        self.troubles.extend(seen.troubles.into_iter().map(|trouble| (file, trouble)));
        self.parsed += usize::from(seen.parsed);
        self.with_errors += usize::from(seen.with_errors);
        for (visitor, (time, visits)) in seen.spent {
            let slot = self.spent.entry(visitor).or_default();
            *slot = (slot.0 + time, slot.1 + visits);
        }
        self.steps.read += seen.steps.read;
        self.steps.gate += seen.steps.gate;
        self.steps.parse += seen.steps.parse;
        self.steps.visit += seen.steps.visit;
    }
}

fn push_once(files: &mut Vec<FileId>, file: FileId) {
    if files.last() != Some(&file) {
        files.push(file);
    }
}
