//! What only the repository as a whole tells of a request: on which side it is sent, and what its callers give.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use super::{Client, Limit, Request};
use crate::{
    facts::{
        Facts,
        modules::{Definition, FunctionId, ImportWay, Modules, Target},
        side::{Side, Sign, side_of},
    },
    model::{ComponentId, FileId, Span},
    repo::{ComponentKind, Repo, Role},
};

/// Files looked at from one file to those that import it.
const IMPORTERS: usize = 300;

/// On which side files run that say nothing themselves: on that of the files that import them.
#[derive(Debug)]
pub struct Runs<'a> {
    repo: &'a Repo,
    facts: &'a Facts,
    importers: Arc<Importers>,
}

/// By file of the product: which others import it to run it.
#[derive(Debug)]
struct Importers(BTreeMap<FileId, Vec<FileId>>);

impl Importers {
    fn of(repo: &Repo, facts: &Facts) -> Self {
        let modules = facts.modules(repo);
        let mut importers: BTreeMap<FileId, Vec<FileId>> = BTreeMap::new();
        for (file, module) in modules.files() {
            if repo.file(file).role != Role::Source {
                continue;
            }
            let names: BTreeSet<&str> = module
                .imports
                .iter()
                .filter(|import| import.way != ImportWay::Types)
                .map(|import| import.module.as_str())
                .collect();
            for name in names {
                if let Target::File(target) = modules.target(file, name) {
                    importers.entry(target).or_default().push(file);
                }
            }
        }
        Self(importers)
    }
}

impl<'a> Runs<'a> {
    /// Needs [`crate::facts::Fact::Modules`] and [`crate::facts::Fact::Side`].
    pub fn new(repo: &'a Repo, facts: &'a Facts) -> Self {
        Self { repo, facts, importers: facts.once(|| Importers::of(repo, facts)) }
    }

    /// Whether `file` runs on the server; nothing when neither it nor what imports it tells.
    pub fn on_server(&self, file: FileId) -> Option<bool> {
        let own = self.repo.file(file);
        let sided = side_of(self.repo, self.facts, own);
        // What is shared within the repository runs where those run that use it.
        let shared = sided.sign == Sign::Component && self.repo.component(own.component).kind == ComponentKind::Package;
        match sided.side {
            Side::Server if !shared => return Some(true),
            Side::Client => return Some(false),
            Side::Server | Side::Shared => {}
        }
        let (mut server, mut client) = (false, false);
        let mut seen = BTreeSet::from([file]);
        let mut queue = VecDeque::from([file]);
        while let Some(at) = queue.pop_front() {
            for &importer in self.importers.0.get(&at).into_iter().flatten() {
                if seen.len() >= IMPORTERS || !seen.insert(importer) {
                    continue;
                }
                match side_of(self.repo, self.facts, self.repo.file(importer)).side {
                    Side::Server => server = true,
                    Side::Client => client = true,
                    Side::Shared => queue.push_back(importer),
                }
            }
        }
        match (server, client) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            // What both sides import is sent by the server as well, and nobody imports what is dead.
            (true, true) | (false, false) => None,
        }
    }
}

/// Limits that hold for a request without standing in its call.
#[derive(Debug)]
pub struct Waits<'a> {
    repo: &'a Repo,
    modules: Modules<'a>,
    /// Functions that are called with a limit.
    limited: BTreeSet<FunctionId>,
    defaults: BTreeMap<(ComponentId, Client), (FileId, Span)>,
}

impl<'a> Waits<'a> {
    /// Needs [`crate::facts::Fact::Modules`] and [`crate::facts::Fact::Outbound`].
    pub fn new(repo: &'a Repo, facts: &'a Facts) -> Self {
        let modules = facts.modules(repo);
        let (mut limited, mut defaults) = (BTreeSet::new(), BTreeMap::new());
        for (file, found) in facts.files() {
            for name in &found.outbound.limited_calls {
                if let Definition::Function(function) = modules.definition(file, name) {
                    limited.insert(function);
                }
            }
            for (client, span) in &found.outbound.defaults {
                defaults.entry((repo.file(file).component, *client)).or_insert((file, *span));
            }
        }
        Self { repo, modules, limited, defaults }
    }

    /// The limit of `request` in `file`, with what the program and the callers give.
    pub fn limit(&self, file: FileId, request: &Request) -> Limit {
        let component = self.repo.file(file).component;
        if matches!(request.limit, Limit::None | Limit::Caller)
            && self.defaults.contains_key(&(component, request.client))
        {
            return Limit::Library;
        }
        if request.limit != Limit::Caller {
            return request.limit;
        }
        match self.modules.function_around(file, request.span) {
            Some(function) if self.limited.contains(&function) => Limit::Given(request.span),
            // Without a name the callers cannot be known.
            Some(function) if self.modules.function(function).name.is_empty() => Limit::Open,
            Some(_) => Limit::None,
            None => Limit::Open,
        }
    }
}
