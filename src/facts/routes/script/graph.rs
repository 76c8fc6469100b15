//! Which router each registration is on, and through which parameters routers are handed on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Object, RouterCall, RouterSigns};
use crate::{
    facts::{
        Facts,
        access::origin,
        modules::{Class, Definition, ExportSource, FunctionId, Modules, Name, Root, Shape, Target},
    },
    model::{FileId, Span},
};

/// Names, fields and calls looked through to find a router.
const HOPS: usize = 10;

/// A router, a server, or a parameter that stands for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RouterId {
    /// By the call that makes it.
    Made(FileId, Span),
    /// By the function whose parameter it is.
    Parameter(FileId, Span, usize, Option<String>),
}

/// What kind of thing a router is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Express,
    Fastify,
    Hono,
    Koa,
    /// Web sockets, by themselves.
    Socket,
}

/// How a router comes to be.
#[derive(Debug, Clone)]
pub(super) struct Maker {
    pub(super) dialect: Dialect,
    /// A server, not a part of one.
    pub(super) server: bool,
    /// The router that the factory which is called makes.
    pub(super) base: Option<RouterId>,
}

/// Something that happens to a router, in order.
#[derive(Debug, Clone)]
pub(super) enum Event<'a> {
    Call {
        file: FileId,
        call: &'a RouterCall,
    },
    /// Handed on to a function, which registers on it in turn.
    Handed {
        file: FileId,
        span: Span,
        to: RouterId,
    },
}

impl Event<'_> {
    fn order(&self) -> (FileId, u32, u32) {
        match self {
            Self::Call { file, call } => (*file, call.place.start, 0),
            Self::Handed { file, span, .. } => (*file, span.start, 1),
        }
    }
}

pub(super) struct Graph<'a> {
    pub(super) facts: &'a Facts,
    pub(super) modules: Modules<'a>,
    events: BTreeMap<RouterId, Vec<Event<'a>>>,
    makers: BTreeMap<RouterId, Maker>,
    /// By the place of the name that is called, for objects that are named by their constructor.
    callees: BTreeMap<(FileId, Span), RouterId>,
    /// Routers made by factories that are called.
    bases: BTreeSet<RouterId>,
}

impl<'a> Graph<'a> {
    pub(super) fn read(facts: &'a Facts, modules: Modules<'a>) -> Self {
        let mut graph = Self {
            facts,
            modules,
            events: BTreeMap::new(),
            makers: BTreeMap::new(),
            callees: BTreeMap::new(),
            bases: BTreeSet::new(),
        };
        for (file, module) in modules.files() {
            for call in &module.calls {
                if let Some((dialect, server)) = graph.made_by(file, &call.callee) {
                    let maker = Maker { dialect, server, base: None };
                    let id = RouterId::Made(file, call.span);
                    graph.callees.insert((file, call.callee.span), id.clone());
                    graph.makers.insert(id, maker);
                }
            }
        }
        graph.find_factories();
        for (file, facts) in facts.files() {
            for call in &facts.routers.calls {
                if let Some(router) = graph.object(file, &call.object, HOPS) {
                    graph.events.entry(router).or_default().push(Event::Call { file, call });
                }
            }
            for given in &facts.routers.given {
                let Some(router) = graph.object(file, &given.object, HOPS) else { continue };
                let Some(callee) = graph.function(file, &given.callee) else { continue };
                let function = modules.function(callee);
                if given.index >= function.parameters.len() {
                    continue;
                }
                let to = RouterId::Parameter(callee.file, function.span, given.index, given.key.clone());
                if to != router {
                    graph.events.entry(router).or_default().push(Event::Handed { file, span: given.span, to });
                }
            }
        }
        for (id, events) in &mut graph.events {
            let home = id.file();
            events.sort_by_key(|event| {
                let order = event.order();
                (order.0 != home, order)
            });
        }
        graph
    }

    /// Calls of functions of the repository that make a router and return it.
    fn find_factories(&mut self) {
        let mut factories: BTreeMap<FunctionId, RouterId> = BTreeMap::new();
        for (file, facts) in self.facts.files() {
            for (span, shape) in &facts.routers.returned {
                let Some(function) = self.modules.function_around(file, *span) else { continue };
                if let Some(router) = self.shape(file, shape, HOPS) {
                    factories.entry(function).or_insert(router);
                }
            }
            // `() => express.Router()` and chains behind an arrow.
            for id in self.makers.keys().filter(|id| id.file() == file) {
                let RouterId::Made(_, span) = id else { continue };
                if let Some(function) = self.modules.function_around(file, *span) {
                    let whole = self.modules.function(function).span;
                    let chained =
                        facts.routers.calls.iter().any(|call| call.span.contains(*span) && call.span.end == whole.end);
                    if whole.end == span.end || chained {
                        factories.entry(function).or_insert_with(|| id.clone());
                    }
                }
            }
        }
        let mut found = Vec::new();
        let modules = self.modules;
        let names: BTreeSet<&str> =
            factories.keys().map(|id| modules.function(*id).name.as_str()).chain(["default", "*"]).collect();
        for (file, module) in modules.files() {
            for call in module.calls.iter().filter(|call| names.contains(call.callee.last())) {
                let Some(function) = self.function_named(file, &call.callee) else { continue };
                let Some(base) = factories.get(&function) else { continue };
                let Some(maker) = self.makers.get(base) else { continue };
                self.bases.insert(base.clone());
                let maker = Maker { base: Some(base.clone()), ..maker.clone() };
                found.push((RouterId::Made(file, call.span), call.callee.span, maker));
            }
        }
        for (id, callee, maker) in found {
            self.callees.insert((id.file(), callee), id.clone());
            self.makers.insert(id, maker);
        }
    }

    fn made_by(&self, file: FileId, callee: &Name) -> Option<(Dialect, bool)> {
        let last = callee.last();
        let plausible = last == "default"
            || last == "*"
            || ["express", "outer", "astify", "Hono", "oa", "olka", "Server", "server", "app", "App", "Application"]
                .iter()
                .any(|part| last.contains(part));
        if !plausible {
            return None;
        }
        let path = origin(self.modules, file, callee)?;
        Some(match path.as_str() {
            "express" | "polka" | "restify.createServer" | "ultimate-express" | "hyper-express.Server" => {
                (Dialect::Express, true)
            }
            "express.Router"
            | "express-promise-router"
            | "express-async-router.AsyncRouter"
            | "router"
            | "express-router"
            | "ultimate-express.Router" => (Dialect::Express, false),
            "fastify" | "fastify.fastify" | "fastify.default" => (Dialect::Fastify, true),
            "hono.Hono" | "hono/tiny.Hono" | "hono/quick.Hono" | "@hono/zod-openapi.OpenAPIHono" => {
                (Dialect::Hono, false)
            }
            "koa" => (Dialect::Koa, true),
            "koa-router" | "@koa/router" | "@koa/router.Router" | "koa-router.Router" | "koa-joi-router" => {
                (Dialect::Koa, false)
            }
            "ws.Server" | "ws.WebSocketServer" | "socket.io" | "socket.io.Server" => (Dialect::Socket, true),
            _ => return None,
        })
    }

    pub(super) fn maker(&self, id: &RouterId) -> Option<&Maker> {
        self.makers.get(id)
    }

    pub(super) fn events(&self, id: &RouterId) -> &[Event<'a>] {
        self.events.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether `id` is what a factory makes; every call of the factory is a router of its own.
    pub(super) fn is_factory_made(&self, id: &RouterId) -> bool {
        self.bases.contains(id)
    }

    /// Every router on which something happens, and every one that is made.
    pub(super) fn routers(&self) -> BTreeSet<&RouterId> {
        self.events.keys().chain(self.makers.keys()).collect()
    }

    pub(super) fn signs(&self, file: FileId) -> Option<&'a RouterSigns> {
        self.facts.of(file).map(|facts| &facts.routers)
    }

    pub(super) fn object(&self, file: FileId, object: &Object, hops: usize) -> Option<RouterId> {
        match object {
            Object::Shape(shape) => self.shape(file, shape, hops),
            Object::Parameter { function, index, key } => {
                Some(RouterId::Parameter(file, *function, *index, key.clone()))
            }
        }
    }

    /// The router that an expression is.
    pub(super) fn router(&self, file: FileId, shape: &Shape) -> Option<RouterId> {
        self.shape(file, shape, HOPS)
    }

    fn shape(&self, file: FileId, shape: &Shape, hops: usize) -> Option<RouterId> {
        if hops == 0 {
            return None;
        }
        match shape {
            Shape::Call(call) => {
                let made = RouterId::Made(file, call.span);
                if self.makers.contains_key(&made) {
                    return Some(made);
                }
                // A link of a chain is the router that the chain begins with.
                let link = self.signs(file)?.calls.iter().find(|link| link.span == call.span);
                if let Some(link) = link {
                    return self.object(file, &link.object, hops - 1);
                }
                // `router.routes()` of Koa, `app.callback()`, `module.router()`.
                let callee = call.callee.named()?;
                if matches!(
                    callee.members.last().map(String::as_str),
                    Some("routes" | "middleware" | "withTypeProvider")
                ) {
                    let members = callee.members[..callee.members.len() - 1].to_vec();
                    return self.name(file, &Name { members, ..callee.clone() }, hops - 1);
                }
                None
            }
            Shape::Name(name) => self.name(file, name, hops),
            _ => None,
        }
    }

    fn name(&self, file: FileId, name: &Name, hops: usize) -> Option<RouterId> {
        if hops == 0 {
            return None;
        }
        if let (Root::Instance(class), true) = (&name.root, name.members.is_empty()) {
            return self.callees.get(&(file, class.span)).cloned();
        }
        if let (Root::Inner(local), true) = (&name.root, name.members.is_empty()) {
            return self.inner(file, local, name.span);
        }
        if let Some((other, shape)) = self.exported(file, name) {
            return self.shape(other, shape, hops - 1);
        }
        let (file, found) = self.expression(file, name)?;
        match found {
            Found::Shape(shape) => self.shape(file, shape, hops - 1),
            Found::Object(object) => self.object(file, object, hops - 1),
        }
    }

    /// What another file exports under an imported name, as it is written there.
    fn exported(&self, file: FileId, name: &Name) -> Option<(FileId, &'a Shape)> {
        let Root::Import { module, imported } = &name.root else { return None };
        let Target::File(target) = self.modules.target(file, module) else { return None };
        match (imported.as_str(), name.members.as_slice()) {
            ("*", []) => self.export(target, "default", HOPS),
            ("*", [member]) => self.export(target, member, HOPS),
            ("*", _) => None,
            (imported, []) => self.export(target, imported, HOPS),
            _ => None,
        }
    }

    fn export(&self, file: FileId, name: &str, hops: usize) -> Option<(FileId, &'a Shape)> {
        let module = self.modules.file(file).filter(|_| hops > 0)?;
        let from = |module: &str, imported: &str| match self.modules.target(file, module) {
            Target::File(target) => self.export(target, imported, hops - 1),
            _ => None,
        };
        let Some(export) = module.exports.iter().find(|export| export.name == name) else {
            return module.exports.iter().filter(|export| export.name == "*").find_map(|export| match &export.source {
                ExportSource::Other { module, .. } => from(module, name),
                ExportSource::Own(_) => None,
            });
        };
        match &export.source {
            ExportSource::Own(shape) => Some((file, shape)),
            ExportSource::Other { module, imported } if imported == "*" => from(module, "default"),
            ExportSource::Other { module, imported } => from(module, imported),
        }
    }

    /// A parameter that is used as it is.
    fn inner(&self, file: FileId, local: &str, at: Span) -> Option<RouterId> {
        let module = self.modules.file(file)?;
        let function = module.functions.iter().rev().find(|function| {
            function.span.contains(at) && function.parameters.iter().any(|parameter| parameter.name == local)
        })?;
        let index = function.parameters.iter().position(|parameter| parameter.name == local)?;
        Some(RouterId::Parameter(file, function.span, index, None))
    }

    /// The expression that a name stands for, where it is written.
    pub(super) fn expression(&self, file: FileId, name: &Name) -> Option<(FileId, Found<'a>)> {
        match self.modules.definition(file, name) {
            Definition::Value { file, value } => return Some((file, Found::Shape(&value.shape))),
            Definition::Shape { file, shape } => return Some((file, Found::Shape(shape))),
            Definition::File(other) => {
                return match self.modules.exported(other, "default", HOPS) {
                    Definition::Value { file, value } => Some((file, Found::Shape(&value.shape))),
                    Definition::Shape { file, shape } => Some((file, Found::Shape(shape))),
                    _ => None,
                };
            }
            _ => {}
        }
        // A field of a class.
        let (last, before) = name.members.split_last()?;
        let holder = Name { members: before.to_vec(), ..name.clone() };
        match self.modules.definition(file, &holder) {
            Definition::Class { file, class } => self.field(file, class, last),
            Definition::Value { file, value } => match &value.shape {
                Shape::Call(call) => match self.modules.definition_of(file, &call.callee) {
                    Definition::Class { file, class } => self.field(file, class, last),
                    _ => None,
                },
                _ => None,
            },
            Definition::Shape { file, shape: Shape::Call(call) } => {
                match self.modules.definition_of(file, &call.callee) {
                    Definition::Class { file, class } => self.field(file, class, last),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn field(&self, file: FileId, class: &'a Class, name: &str) -> Option<(FileId, Found<'a>)> {
        let own = class.fields.iter().filter(|(field, _)| field == name).map(|(_, shape)| shape);
        let best = own.clone().find(|shape| !matches!(shape, Shape::Name(_))).or_else(|| own.clone().next());
        if let Some(shape) = best.filter(|shape| !matches!(shape, Shape::Name(_))) {
            return Some((file, Found::Shape(shape)));
        }
        let kept = self.signs(file).and_then(|signs| {
            signs.kept.iter().find(|(span, field, _)| *span == class.span && field == name).map(|(_, _, object)| object)
        });
        if let Some(object) = kept {
            return Some((file, Found::Object(object)));
        }
        if let Some(shape) = best {
            return Some((file, Found::Shape(shape)));
        }
        // A getter or the class it extends.
        class.bases.iter().find_map(|base| match self.modules.definition_of(file, base) {
            Definition::Class { file: other, class: parent } if parent.span != class.span || other != file => {
                self.field(other, parent, name)
            }
            _ => None,
        })
    }

    /// The function of the repository that an expression is or calls.
    pub(super) fn function(&self, file: FileId, shape: &Shape) -> Option<FunctionId> {
        match shape {
            Shape::Function(span) => self.modules.function_at(file, *span),
            Shape::Name(name) => self.function_named(file, name),
            _ => None,
        }
    }

    pub(super) fn function_named(&self, file: FileId, name: &Name) -> Option<FunctionId> {
        match self.modules.definition(file, name) {
            Definition::Function(function) => Some(function),
            Definition::Class { file, class } => self.modules.method_of(file, class, "constructor"),
            Definition::File(other) => match self.modules.exported(other, "default", HOPS) {
                Definition::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    Shape(&'a Shape),
    Object(&'a Object),
}

impl RouterId {
    pub(super) fn file(&self) -> FileId {
        match self {
            Self::Made(file, _) | Self::Parameter(file, ..) => *file,
        }
    }
}
