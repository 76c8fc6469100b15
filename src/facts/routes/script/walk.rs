//! Walks routers from the servers outwards, in the order in which requests meet what is registered.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    fastify,
    graph::{Dialect, Event, Graph, RouterId},
    nest,
};
use crate::{
    facts::{
        modules::{FunctionId, Modules, Shape},
        routes::{Guard, GuardDoes, Route},
    },
    model::{FileId, Place, Span},
    repo::Repo,
};

/// Routers inside routers.
const DEPTH: usize = 12;
/// Routes of one repository; more is a table of data or a cycle that was not seen.
pub(super) const ROUTES: usize = 20_000;

/// What names stand for inside a loop over registrations.
pub(super) type Names = Vec<(String, (FileId, Shape))>;

/// Guards in front of a part of the paths.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) guards: Vec<Guard>,
    pub(super) before: Before,
}

/// Which paths something stands in front of.
#[derive(Debug, Clone)]
pub(super) enum Before {
    Everything,
    Below(String),
    /// Paths with this parameter.
    Parameter(String),
}

/// Where a walk is.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    pub(super) prefix: String,
    /// The prefix is known in full.
    pub(super) whole: bool,
    pub(super) mounted: bool,
    pub(super) standing: Vec<Standing>,
}

pub(super) struct Walk<'a> {
    pub(super) repo: &'a Repo,
    pub(super) graph: &'a Graph<'a>,
    pub(super) routes: Vec<Route>,
    visited: BTreeSet<RouterId>,
    stack: Vec<RouterId>,
    pub(super) guards: RefCell<BTreeMap<(FileId, Span), Vec<Guard>>>,
    pub(super) inside: RefCell<BTreeMap<FunctionId, Vec<Guard>>>,
}

pub(super) fn routes<'a>(repo: &'a Repo, graph: &'a Graph<'a>) -> Vec<Route> {
    let mut walk = Walk {
        repo,
        graph,
        routes: Vec::new(),
        visited: BTreeSet::new(),
        stack: Vec::new(),
        guards: RefCell::default(),
        inside: RefCell::default(),
    };
    let routers: Vec<RouterId> = graph.routers().into_iter().cloned().collect();
    let parts = parts(graph);
    // Servers first; then whatever nothing mounts.
    for server in [true, false] {
        for id in &routers {
            let made = graph.maker(id);
            if walk.visited.contains(id)
                || graph.is_factory_made(id)
                || made.is_some_and(|maker| maker.server) != server
            {
                continue;
            }
            let Some(dialect) = made.map(|maker| maker.dialect).or_else(|| fastify::dialect_of(graph, id)) else {
                continue;
            };
            if parts.contains(id) {
                continue;
            }
            let mounted = server || (dialect == Dialect::Hono && made.is_some());
            walk.start(id, dialect, mounted);
        }
    }
    // What is left is mounted in circles or by something that was not understood.
    for id in &routers {
        let dialect = graph.maker(id).map(|maker| maker.dialect).or_else(|| fastify::dialect_of(graph, id));
        if let (false, Some(dialect)) = (walk.visited.contains(id), dialect) {
            walk.start(id, dialect, false);
        }
    }
    let nest = nest::routes(&walk);
    walk.routes.extend(nest);
    walk.routes
}

/// The routers that others mount.
fn parts(graph: &Graph<'_>) -> BTreeSet<RouterId> {
    let mut found = BTreeSet::new();
    for id in graph.routers() {
        for event in graph.events(id) {
            match event {
                Event::Handed { to, .. } => {
                    found.insert(to.clone());
                }
                Event::Call { file, call } if matches!(call.verb.as_str(), "use" | "route" | "register") => {
                    let mounted = call.arguments.iter().filter_map(|argument| graph.router(*file, argument));
                    found.extend(mounted.filter(|child| child != id));
                }
                Event::Call { .. } => {}
            }
        }
    }
    found
}

impl<'a> Walk<'a> {
    fn start(&mut self, id: &RouterId, dialect: Dialect, mounted: bool) {
        let mut scope = Scope { prefix: String::new(), whole: true, mounted, standing: Vec::new() };
        self.router(id, dialect, &mut scope);
    }

    pub(super) fn modules(&self) -> Modules<'a> {
        self.graph.modules
    }

    /// Walks one router; what it registers for everything that follows is left in `scope`.
    pub(super) fn router(&mut self, id: &RouterId, dialect: Dialect, scope: &mut Scope) {
        if self.stack.contains(id) || self.stack.len() >= DEPTH || self.routes.len() >= ROUTES {
            return;
        }
        self.stack.push(id.clone());
        self.visited.insert(id.clone());
        if let Some(base) = self.graph.maker(id).and_then(|maker| maker.base.clone()) {
            self.router(&base, dialect, scope);
        }
        self.own_prefix(id, dialect, scope);
        if dialect == Dialect::Fastify {
            fastify::router(self, id, scope);
        } else {
            let graph = self.graph;
            for event in graph.events(id) {
                match event {
                    Event::Handed { to, .. } => self.router(to, dialect, scope),
                    Event::Call { file, call } => {
                        for names in self.turns(*file, call) {
                            self.call(*file, call, dialect, scope, &names);
                        }
                    }
                }
            }
        }
        self.stack.pop();
    }

    /// `new Router({ prefix: '/x' })` of Koa, `.basePath('/x')` of Hono.
    fn own_prefix(&mut self, id: &RouterId, dialect: Dialect, scope: &mut Scope) {
        let RouterId::Made(file, span) = id else { return };
        if dialect == Dialect::Socket {
            self.verified(*file, *span, scope);
        }
        if dialect == Dialect::Koa {
            let options = self.graph.signs(*file).and_then(|signs| {
                signs.made.iter().find(|(made, _)| made == span).and_then(|(_, options)| options.get("prefix"))
            });
            if let Some(prefix) = options {
                let text = self.text(*file, prefix, &Names::new());
                scope.descend(text);
            }
        }
        let graph = self.graph;
        for event in graph.events(id) {
            let Event::Call { file, call } = event else { continue };
            if matches!((dialect, call.verb.as_str()), (Dialect::Hono, "basePath") | (Dialect::Koa, "prefix")) {
                let (text, whole) = self.path(*file, &call.path, &Names::new());
                scope.descend(whole.then_some(text));
            }
        }
    }

    /// `new WebSocketServer({ verifyClient })`, `new Server({ allowRequest })`.
    fn verified(&self, file: FileId, made: Span, scope: &mut Scope) {
        let signs = self.graph.signs(file);
        let options = signs.and_then(|signs| signs.made.iter().find(|(span, _)| *span == made));
        for key in ["verifyClient", "allowRequest", "preValidation"] {
            if let Some(check) = options.and_then(|(_, options)| options.get(key)) {
                let mut guards = self.guards(file, check, made);
                if guards.is_empty() {
                    let name = key.to_owned();
                    let place = Place::At(file, made);
                    guards.push(Guard { does: GuardDoes::Unknown, name, place, decides: None, weak: Vec::new() });
                }
                scope.standing.push(Standing { guards, before: Before::Everything });
            }
        }
    }
}

impl Scope {
    pub(super) fn descend(&mut self, text: Option<String>) {
        match text {
            Some(text) => self.prefix = joined(&self.prefix, &text),
            None => self.whole = false,
        }
    }
}

impl Before {
    pub(super) fn covers(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Below(prefix) => {
                let prefix = prefix.trim_end_matches('/');
                prefix.is_empty()
                    || path == prefix
                    || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
            }
            Self::Parameter(name) => path.split('/').any(|part| part.strip_prefix(':') == Some(name.as_str())),
        }
    }
}

/// Two parts of a path with one slash between them, and none at the end.
pub(super) fn joined(prefix: &str, rest: &str) -> String {
    let (prefix, rest) = (prefix.trim_end_matches('/'), rest.trim_matches('/'));
    match (prefix.is_empty(), rest.is_empty()) {
        (true, true) => "/".to_owned(),
        (false, true) => prefix.to_owned(),
        _ => format!("{prefix}/{rest}"),
    }
}
