//! Walks routers from the servers outwards, in the order in which requests meet what is registered.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    RouterCall, fastify,
    graph::{Dialect, Event, Found, Graph, RouterId},
    nest,
};
use crate::{
    facts::{
        access::{self, could_guard},
        modules::{CallShape, Definition, FunctionId, Modules, Name, Root, Shape},
        routes::{Guard, GuardDoes, Public, Route, RouteKind, Unresolved},
    },
    model::{FileId, Place, Span},
    repo::Repo,
};

/// Routers inside routers.
const DEPTH: usize = 12;
/// Routes of one repository; more is a table of data or a cycle that was not seen.
const ROUTES: usize = 20_000;

/// What names stand for inside a loop over registrations.
pub(super) type Names = Vec<(String, (FileId, Shape))>;

/// The paths of a registration, each with whether it is known in full, and its other arguments.
type Laid = (Vec<(String, bool)>, Vec<(FileId, Shape)>);

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
    guards: RefCell<BTreeMap<(FileId, Span), Vec<Guard>>>,
    inside: RefCell<BTreeMap<FunctionId, Vec<Guard>>>,
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

    /// What the names of a loop around a registration stand for, turn by turn.
    pub(super) fn turns(&self, file: FileId, call: &RouterCall) -> Vec<Names> {
        let Some(looped) = &call.looped else { return vec![Names::new()] };
        let mut items = Vec::new();
        self.items(file, &looped.over, &mut items, 4);
        if items.is_empty() {
            return vec![Names::new()];
        }
        items
            .into_iter()
            .map(|(file, item)| {
                looped
                    .keys
                    .iter()
                    .filter_map(|(key, local)| {
                        if key.is_empty() {
                            return Some((local.clone(), (file, item.clone())));
                        }
                        Some((local.clone(), self.part(file, &item, key)?))
                    })
                    .collect()
            })
            .collect()
    }

    fn items(&self, file: FileId, over: &super::Object, items: &mut Vec<(FileId, Shape)>, depth: usize) {
        match over {
            super::Object::Shape(shape) => {
                let (file, shape) = self.expression(file, shape);
                if let Shape::Array(list) = shape {
                    items.extend(list.into_iter().map(|item| (file, item)));
                }
            }
            // Lists that are handed to a constructor: `new App([new UserRoute()])`.
            super::Object::Parameter { function, index, key: None } => {
                if depth == 0 {
                    return;
                }
                for (from, signs) in self.graph.facts.files() {
                    for given in signs.routers.given.iter().filter(|given| given.index == *index) {
                        let Some(id) = self.graph.function(from, &given.callee) else { continue };
                        let handed = matches!(given.object, super::Object::Parameter { .. });
                        if handed && id.file == file && self.modules().function(id).span == *function {
                            self.items(from, &given.object, items, depth - 1);
                        }
                    }
                }
                for (from, signs) in self.graph.facts.files() {
                    for (callee, at, list) in &signs.routers.lists {
                        let Some(id) = self.graph.function(from, callee).filter(|_| at == index) else { continue };
                        if id.file == file && self.modules().function(id).span == *function {
                            items.extend(list.iter().map(|item| (from, item.clone())));
                        }
                    }
                }
            }
            super::Object::Parameter { .. } => {}
        }
    }

    /// The expression that a name stands for, or the shape itself.
    pub(super) fn expression(&self, file: FileId, shape: &Shape) -> (FileId, Shape) {
        let Shape::Name(name) = shape else { return (file, shape.clone()) };
        match self.graph.expression(file, name) {
            Some((file, Found::Shape(shape))) => (file, shape.clone()),
            _ => (file, shape.clone()),
        }
    }

    /// What is under a key of an object, or in a field of an instance.
    fn part(&self, file: FileId, of: &Shape, key: &str) -> Option<(FileId, Shape)> {
        let (file, of) = self.expression(file, of);
        match &of {
            Shape::Object(_) => of.get(key).map(|part| (file, part.clone())),
            Shape::Call(CallShape { callee, .. }) => match self.modules().definition(file, callee.named()?) {
                Definition::Class { file, class } => match self.graph.field(file, class, key)? {
                    (file, Found::Shape(shape)) => Some((file, shape.clone())),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// An argument with the names of the loop around it filled in.
    pub(super) fn filled(&self, file: FileId, shape: &Shape, names: &Names) -> (FileId, Shape) {
        let Shape::Name(name) = shape else { return (file, shape.clone()) };
        let Root::Inner(local) = &name.root else { return (file, shape.clone()) };
        let Some((_, (from, value))) = names.iter().find(|(known, _)| known == local) else {
            return (file, shape.clone());
        };
        let mut at = (*from, value.clone());
        for member in &name.members {
            match self.part(at.0, &at.1, member) {
                Some(part) => at = part,
                None => return (file, shape.clone()),
            }
        }
        at
    }

    /// The text that an expression stands for.
    pub(super) fn text(&self, file: FileId, shape: &Shape, names: &Names) -> Option<String> {
        let (file, shape) = self.filled(file, shape, names);
        match self.expression(file, &shape).1 {
            Shape::Text(text) => Some(text),
            Shape::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A path from its pieces, and whether all of them are known.
    pub(super) fn path(&self, file: FileId, pieces: &[Shape], names: &Names) -> (String, bool) {
        let mut whole = true;
        let mut path = String::new();
        for piece in pieces {
            if let Some(text) = self.text(file, piece, names) {
                path.push_str(&text);
            } else {
                whole = false;
                path.push_str("${…}");
            }
        }
        (path, whole)
    }

    fn call(&mut self, file: FileId, call: &RouterCall, dialect: Dialect, scope: &mut Scope, names: &Names) {
        match call.verb.as_str() {
            "use" => self.used(file, call, dialect, scope, names),
            "route" if dialect == Dialect::Hono && call.arguments.len() == 2 => {
                self.used(file, call, dialect, scope, names);
            }
            "param" if call.arguments.len() == 2 => {
                if let Some(name) = self.text(file, &call.arguments[0], names) {
                    let guards = self.guards(file, &call.arguments[1], call.place);
                    scope.standing.push(Standing { guards, before: Before::Parameter(name) });
                }
            }
            "on" if dialect == Dialect::Socket => self.connected(file, call, scope, names),
            "on" if dialect == Dialect::Hono => self.on(file, call, scope, names),
            "openapi" => self.described(file, call, scope, names),
            "get" | "post" | "put" | "patch" | "delete" | "del" | "head" | "options" | "all" | "search" | "query" => {
                self.verb(file, call, dialect, scope, names);
            }
            _ => {}
        }
    }

    /// `use([path], …middleware and routers)`, and `route(path, router)` of Hono.
    fn used(&mut self, file: FileId, call: &RouterCall, dialect: Dialect, scope: &mut Scope, names: &Names) {
        let (paths, rest) = self.paths(file, call, names, dialect);
        for (path, whole) in paths {
            let mut inner = scope.clone();
            inner.prefix = joined(&scope.prefix, path.trim_end_matches('*'));
            inner.whole &= whole;
            let below = if path.trim_end_matches('*').trim_matches('/').is_empty() && scope.prefix.is_empty() {
                Before::Everything
            } else {
                Before::Below(inner.prefix.clone())
            };
            let count = rest.len();
            let has_path = count < call.arguments.len();
            for (index, (from, argument)) in rest.iter().enumerate() {
                if let Some((child, child_dialect)) = self.child(*from, argument, dialect) {
                    let mut child_scope = inner.clone();
                    self.router(&child, child_dialect, &mut child_scope);
                    continue;
                }
                if self.is_error_handler(*from, argument) {
                    continue;
                }
                let mut guards = self.guards(*from, argument, call.place);
                // The last of `use('/path', x)` is more often a router that was not understood than a guard.
                let last = has_path && index + 1 == count;
                guards.retain(|guard| guard.does != GuardDoes::Unknown || !last || could_guard(&guard.name));
                if guards.is_empty() {
                    continue;
                }
                let standing = Standing { guards, before: below.clone() };
                inner.standing.push(standing.clone());
                scope.standing.push(standing);
            }
        }
    }

    /// A router that is mounted, with its dialect.
    fn child(&self, file: FileId, shape: &Shape, dialect: Dialect) -> Option<(RouterId, Dialect)> {
        let id = self.graph.router(file, shape)?;
        let dialect = self.graph.maker(&id).map_or(dialect, |maker| maker.dialect);
        Some((id, dialect))
    }

    fn is_error_handler(&self, file: FileId, shape: &Shape) -> bool {
        self.graph.function(file, shape).is_some_and(|id| self.modules().function(id).parameters.len() == 4)
    }

    /// The paths of a registration, and its other arguments with lists laid out.
    fn paths(&self, file: FileId, call: &RouterCall, names: &Names, dialect: Dialect) -> Laid {
        let chained = call.chain.as_ref().map(|pieces| self.path(file, pieces, names));
        let mut arguments: Vec<&Shape> = call.arguments.iter().collect();
        let mut paths = Vec::new();
        if let Some(path) = chained {
            paths.push(path);
        } else if let Some(first) = call.arguments.first() {
            let (from, filled) = self.filled(file, first, names);
            let (_, seen) = self.expression(from, &filled);
            let many = call.arguments.len() > 1;
            match (&seen, call.path.len()) {
                (Shape::Array(items), _)
                    if items.iter().all(|item| self.text(from, item, names).is_some()) && !items.is_empty() =>
                {
                    paths.extend(items.iter().filter_map(|item| Some((self.text(from, item, names)?, true))));
                }
                (Shape::Text(text), _) => paths.push((text.clone(), true)),
                (_, pieces) if pieces > 1 => paths.push(self.path(file, &call.path, names)),
                // A regular expression or something computed.
                (Shape::Other, _) if many => paths.push(self.path(file, &call.path, names)),
                (Shape::Name(name), _) if many && call.verb != "use" && !self.is_callable(from, name) => {
                    paths.push(("${…}".to_owned(), false));
                }
                _ => {}
            }
            if paths.is_empty() {
                paths.push((String::new(), true));
            } else {
                arguments.remove(0);
                // Koa names its routes: `router.get('user', '/users/:id', …)`.
                let second = arguments.first().filter(|_| dialect == Dialect::Koa && arguments.len() > 1);
                if let Some(text) = second.and_then(|second| second.as_text()) {
                    paths = vec![(text.to_owned(), true)];
                    arguments.remove(0);
                }
            }
        }
        if paths.is_empty() {
            paths.push((String::new(), true));
        }
        let mut rest = Vec::new();
        for argument in arguments {
            let (from, filled) = self.filled(file, argument, names);
            self.flatten(from, filled, &mut rest, 4);
        }
        (paths, rest)
    }

    fn is_callable(&self, file: FileId, name: &Name) -> bool {
        !matches!(self.modules().definition(file, name), Definition::Unknown | Definition::Value { .. })
    }

    /// Lists of middleware, also behind names, one by one.
    fn flatten(&self, file: FileId, shape: Shape, into: &mut Vec<(FileId, Shape)>, hops: usize) {
        let (from, seen) = self.expression(file, &shape);
        match seen {
            Shape::Array(items) if hops > 0 => {
                for item in items {
                    self.flatten(from, item, into, hops - 1);
                }
            }
            _ => into.push((file, shape)),
        }
    }

    fn verb(&mut self, file: FileId, call: &RouterCall, dialect: Dialect, scope: &mut Scope, names: &Names) {
        let (paths, mut rest) = self.paths(file, call, names, dialect);
        let handler = rest.pop();
        let Some(handler) = handler else { return };
        let guards: Vec<Guard> =
            rest.iter().flat_map(|(from, argument)| self.guards(*from, argument, call.place)).collect();
        if call.verb == "all" {
            // `all('/admin/*', requireAdmin)` goes on to what is registered behind it.
            let own = self.guards(handler.0, &handler.1, call.place);
            let stops = own.iter().any(|guard| guard.does != GuardDoes::Validates && guard.does != GuardDoes::Unknown);
            let continues = self.graph.function(handler.0, &handler.1).is_some_and(|id| {
                self.modules().calls(id).any(|inner| inner.callee.last() == "next" && inner.callee.members.is_empty())
            });
            if stops && (continues || call.chain.is_some()) {
                for (path, _) in &paths {
                    let below = joined(&scope.prefix, path.trim_end_matches('*'));
                    let guards = guards.iter().chain(&own).cloned().collect();
                    scope.standing.push(Standing { guards, before: Before::Below(below) });
                }
                return;
            }
        }
        let method = match call.verb.as_str() {
            "del" => "DELETE".to_owned(),
            verb => verb.to_ascii_uppercase(),
        };
        for path in paths {
            self.emit(
                &Registered {
                    file,
                    place: call.place,
                    method: method.clone(),
                    path,
                    guards: guards.clone(),
                    handler: Some(handler.clone()),
                    framework: dialect.name(),
                },
                scope,
            );
        }
    }

    /// `on(['GET'], ['/a', '/b'], handler)` of Hono.
    fn on(&mut self, file: FileId, call: &RouterCall, scope: &Scope, names: &Names) {
        let list = |shape: &Shape| -> Vec<String> {
            match self.expression(file, shape).1 {
                Shape::Text(text) => vec![text],
                Shape::Array(items) => items.iter().filter_map(|item| self.text(file, item, names)).collect(),
                _ => Vec::new(),
            }
        };
        let [methods, paths, rest @ .., handler] = call.arguments.as_slice() else { return };
        let (methods, paths) = (list(methods), list(paths));
        let guards: Vec<Guard> = rest.iter().flat_map(|argument| self.guards(file, argument, call.place)).collect();
        for path in &paths {
            for method in &methods {
                self.emit(
                    &Registered {
                        file,
                        place: call.place,
                        method: method.to_ascii_uppercase(),
                        path: (path.clone(), true),
                        guards: guards.clone(),
                        handler: Some((file, handler.clone())),
                        framework: Dialect::Hono.name(),
                    },
                    scope,
                );
            }
        }
    }

    /// `openapi(createRoute({ method, path, middleware }), handler)` of Hono.
    fn described(&mut self, file: FileId, call: &RouterCall, scope: &Scope, names: &Names) {
        let Some(first) = call.arguments.first() else { return };
        let (filled_file, filled) = self.filled(file, first, names);
        let (from, Shape::Call(made)) = self.expression(filled_file, &filled) else { return };
        let Some(options) = made.arguments.first() else { return };
        let method = options.get("method").and_then(|method| self.text(from, method, names)).unwrap_or_default();
        let path = options.get("path").and_then(|path| self.text(from, path, names));
        let mut guards = Vec::new();
        if let Some(middleware) = options.get("middleware") {
            let mut all = Vec::new();
            self.flatten(from, middleware.clone(), &mut all, 4);
            guards.extend(all.iter().flat_map(|(file, shape)| self.guards(*file, shape, call.place)));
        }
        if options.get("request").is_some() {
            guards.push(Guard {
                does: GuardDoes::Validates,
                name: "createRoute".to_owned(),
                place: Place::At(from, made.span),
                decides: None,
                weak: Vec::new(),
            });
        }
        let path = path.map_or(("${…}".to_owned(), false), |path| (path, true));
        let handler = call.arguments.get(1).map(|handler| (file, handler.clone()));
        let (place, method) = (call.place, method.to_ascii_uppercase());
        self.emit(&Registered { file, place, method, path, guards, handler, framework: Dialect::Hono.name() }, scope);
    }

    /// `on('connection', (socket) => …)` of a server of web sockets.
    fn connected(&mut self, file: FileId, call: &RouterCall, scope: &Scope, names: &Names) {
        let [event, handler] = call.arguments.as_slice() else { return };
        if !matches!(self.text(file, event, names).as_deref(), Some("connection" | "connect")) {
            return;
        }
        let before = self.handler(file, handler).map(|id| access::guards_of_function(self.modules(), id));
        self.emit(
            &Registered {
                file,
                place: call.place,
                method: String::new(),
                path: ("/".to_owned(), true),
                guards: before.unwrap_or_default(),
                handler: Some((file, handler.clone())),
                framework: Dialect::Socket.name(),
            },
            scope,
        );
    }

    /// What an argument does as a guard, attached where it is registered.
    pub(super) fn guards(&self, file: FileId, shape: &Shape, place: Span) -> Vec<Guard> {
        let key = access::span_of(shape).map(|span| (file, span));
        let known = key.and_then(|key| self.guards.borrow().get(&key).cloned());
        let guards = known.unwrap_or_else(|| {
            let found = access::guards_of(self.modules(), file, shape);
            if let Some(key) = key {
                self.guards.borrow_mut().insert(key, found.clone());
            }
            found
        });
        let at = Place::At(file, access::span_of(shape).unwrap_or(place));
        guards.into_iter().map(|guard| Guard { place: at.clone(), ..guard }).collect()
    }

    fn inside(&self, id: FunctionId) -> Vec<Guard> {
        if let Some(found) = self.inside.borrow().get(&id) {
            return found.clone();
        }
        let found = access::inside(self.modules(), id);
        self.inside.borrow_mut().insert(id, found.clone());
        found
    }

    /// The function that handles a request: itself, bound, or inside a wrapper.
    pub(super) fn handler(&self, file: FileId, shape: &Shape) -> Option<FunctionId> {
        match shape {
            Shape::Call(call) => {
                let callee = call.callee.named();
                if let Some(name) = callee.filter(|name| name.last() == "bind" && !name.members.is_empty()) {
                    let members = name.members[..name.members.len() - 1].to_vec();
                    return self.graph.function_named(file, &Name { members, ..name.clone() });
                }
                call.arguments
                    .iter()
                    .rev()
                    .find_map(|argument| self.handler(file, argument))
                    .or_else(|| callee.and_then(|name| self.graph.function_named(file, name)))
            }
            Shape::Name(name) => {
                self.graph.function_named(file, name).or_else(|| match self.graph.expression(file, name)? {
                    (file, Found::Shape(shape)) if !matches!(shape, Shape::Name(_)) => self.handler(file, shape),
                    _ => None,
                })
            }
            Shape::Function(span) => self.modules().function_at(file, *span),
            _ => None,
        }
    }

    pub(super) fn emit(&mut self, made: &Registered, scope: &Scope) {
        if self.routes.len() >= ROUTES {
            return;
        }
        let path = joined(&scope.prefix, &made.path.0);
        let handler = made.handler.as_ref().and_then(|(file, shape)| self.handler(*file, shape));
        let mut guards: Vec<Guard> = scope
            .standing
            .iter()
            .filter(|standing| standing.before.covers(&path))
            .flat_map(|standing| standing.guards.iter().cloned())
            .collect();
        guards.extend(made.guards.iter().cloned());
        guards.extend(handler.map(|id| self.inside(id)).unwrap_or_default());
        let packaged = made
            .handler
            .as_ref()
            .filter(|_| handler.is_none())
            .and_then(|(file, shape)| Some((access::origin(self.modules(), *file, shape.named()?)?, *file, shape)));
        // `app.options('*', cors())` answers browsers, not callers.
        if made.method == "OPTIONS" && packaged.is_some() {
            return;
        }
        if let Some((_, file, shape)) = &packaged {
            guards.extend(self.guards(*file, shape, made.place));
        }
        // Whatever comes is handed to something that decides by itself.
        let dispatches = (made.method == "ALL" && path.ends_with('*'))
            || path.rsplit('/').next().is_some_and(|last| matches!(last, "graphql" | "trpc" | "rpc"));
        let log_in = packaged.as_ref().is_some_and(|(path, _, _)| {
            ["passport", "better-auth", "@auth/", "next-auth", "express-openid-connect", "grant"]
                .iter()
                .any(|start| path.contains(start))
        });
        let unresolved = if !scope.mounted {
            Some(Unresolved::Mount)
        } else if !scope.whole || !made.path.1 {
            Some(Unresolved::Path)
        } else if guards.iter().any(|guard| guard.does == GuardDoes::Unknown) {
            Some(Unresolved::Middleware)
        } else if dispatches || (handler.is_none() && packaged.is_none()) {
            Some(Unresolved::Handler)
        } else {
            None
        };
        self.routes.push(Route {
            kind: if made.framework == Dialect::Socket.name() { RouteKind::WebSocket } else { RouteKind::Http },
            method: made.method.clone(),
            path,
            framework: made.framework,
            component: self.repo.component_of(made.file).id,
            place: Place::At(made.file, made.place),
            file: made.file,
            handler: handler.map(|id| self.modules().place(id)),
            guards,
            resolved: unresolved.is_none(),
            unresolved,
            public: log_in.then_some(Public::Authentication),
        });
    }
}

impl Scope {
    fn descend(&mut self, text: Option<String>) {
        match text {
            Some(text) => self.prefix = joined(&self.prefix, &text),
            None => self.whole = false,
        }
    }
}

/// A route as it is registered.
pub(super) struct Registered {
    pub(super) file: FileId,
    pub(super) place: Span,
    pub(super) method: String,
    /// The path, and whether it is known in full.
    pub(super) path: (String, bool),
    pub(super) guards: Vec<Guard>,
    pub(super) handler: Option<(FileId, Shape)>,
    pub(super) framework: &'static str,
}

impl Before {
    fn covers(&self, path: &str) -> bool {
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

impl Dialect {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::Fastify => "fastify",
            Self::Hono => "hono",
            Self::Koa => "koa",
            Self::Socket => "web-socket",
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
