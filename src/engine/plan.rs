//! Which rules and extractors run, and which of them can matter in a file.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::literals::Literals;
use crate::{
    code::Kind,
    facts::{Extractor, Fact, Watch, extractors},
    repo::{File, Role},
    rule::{Entry, Rule},
};

/// Who visits a file.
#[derive(Clone, Copy)]
pub(super) enum Visitor<'c> {
    Rule(usize, &'c dyn Rule),
    Extractor(&'static dyn Extractor),
}

/// A visitor with what it wants to see.
pub(super) struct Visiting<'c> {
    pub(super) visitor: Visitor<'c>,
    pub(super) watch: Watch,
    /// The node kinds that it wants to see, each once.
    kinds: Vec<Kind>,
    /// Indices of its literals.
    literals: Vec<usize>,
}

/// Everything that runs in one scan.
pub(super) struct Plan<'c> {
    /// The rules that run, in catalogue order.
    pub(super) rules: Vec<&'c Entry>,
    pub(super) visiting: Vec<Visiting<'c>>,
    literals: Literals,
    /// Whether keywords keep visitors from files; off only in tests, where everybody sees every file of its roles.
    pub(super) gated: bool,
}

impl<'c> Plan<'c> {
    pub(super) fn new(rules: Vec<&'c Entry>) -> Self {
        let needed: BTreeSet<Fact> =
            rules.iter().flat_map(|entry| entry.rule().needs()).copied().chain([Fact::Directives]).collect();
        Self::with(rules, &needed)
    }

    /// Facts without rules.
    pub(super) fn of_facts(needed: &[Fact]) -> Self {
        Self::with(Vec::new(), &needed.iter().copied().collect())
    }

    fn with(rules: Vec<&'c Entry>, needed: &BTreeSet<Fact>) -> Self {
        let of_rules =
            rules.iter().enumerate().map(|(index, entry)| (Visitor::Rule(index, entry.rule()), entry.rule().watch()));
        let of_extractors = extractors()
            .iter()
            .filter(|extractor| needed.contains(&extractor.fact()))
            .map(|extractor| (Visitor::Extractor(*extractor), extractor.watch()));
        let mut literals: Vec<String> = Vec::new();
        let mut known = FxHashMap::default();
        let visiting: Vec<Visiting<'c>> = of_rules
            .chain(of_extractors)
            .filter(|(_, watch)| !watch.is_nothing())
            .map(|(visitor, watch)| {
                let indices = watch.keywords.iter().map(|keyword| intern(&mut literals, &mut known, keyword)).collect();
                let kinds: BTreeSet<Kind> = watch.kinds.iter().copied().collect();
                Visiting { visitor, watch, kinds: kinds.into_iter().collect(), literals: indices }
            })
            .collect();
        Self { rules, visiting, literals: Literals::new(&literals), gated: true }
    }

    /// The visitors that can matter in `file`, by its role and the literals that its text holds.
    pub(super) fn interested(&self, file: &File, text: &str) -> Vec<usize> {
        let held = self.literals.held(text);
        self.visiting
            .iter()
            .enumerate()
            .filter(|(_, visiting)| visiting.watch.wants_role(file.role))
            .filter(|(_, visiting)| {
                let open = !self.gated && !visiting.watch.keywords_decide;
                open || visiting.literals.is_empty() || visiting.literals.iter().any(|&index| held[index])
            })
            .map(|(index, _)| index)
            .collect()
    }

    /// The facts that the rules need, in their order.
    pub(super) fn needed(&self) -> BTreeSet<Fact> {
        self.rules.iter().flat_map(|entry| entry.rule().needs()).copied().collect()
    }

    /// Whether anybody could want to visit a file of `role`.
    pub(super) fn wants_role(&self, role: Role) -> bool {
        self.visiting.iter().any(|visiting| visiting.watch.wants_role(role))
    }

    /// Of the `interested` visitors, those that asked for each node kind.
    pub(super) fn dispatch(&self, interested: &[usize]) -> Vec<Vec<usize>> {
        let mut table = vec![Vec::new(); Kind::COUNT];
        for &index in interested {
            for kind in &self.visiting[index].kinds {
                table[*kind as usize].push(index);
            }
        }
        table
    }
}

fn intern(literals: &mut Vec<String>, known: &mut FxHashMap<String, usize>, keyword: &str) -> usize {
    *known.entry(keyword.to_owned()).or_insert_with(|| {
        literals.push(keyword.to_owned());
        literals.len() - 1
    })
}
