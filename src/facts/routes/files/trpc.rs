//! tRPC: procedures on routers that are put into each other, each with the middlewares of what it is built from.

use super::{
    GuardDoes, Public, RouteKind, Unresolved,
    draft::{Attached, Draft},
    mounts::Sources,
    script_signs::BuilderChain,
};
use crate::{
    facts::modules::{CallShape, Definition, FunctionId, Name, Root, Shape},
    model::{FileId, Place, Span},
};

/// Routers in routers, and procedures built from procedures.
const DEPTH: usize = 8;
const PROCEDURES: usize = 5_000;

/// A router's entries with the file that they are written in.
type Entries<'a> = (FileId, &'a [(String, Shape)]);

/// Every procedure of every router that is in no other.
pub(super) fn routes(sources: Sources<'_>) -> Vec<Draft> {
    let modules = sources.modules;
    let mut routers: Vec<(FileId, Span, &CallShape)> = Vec::new();
    for (file, module) in modules.files() {
        for value in &module.values {
            if let Some(call) = router_call(&value.shape) {
                routers.push((file, value.span, call));
            }
        }
    }
    // Routers that another one takes in are reached through it.
    let mut inner: Vec<(FileId, Span)> = Vec::new();
    for (file, _, call) in &routers {
        inside(sources, *file, call, DEPTH, &mut inner);
    }
    let mut drafts = Vec::new();
    for (file, span, call) in &routers {
        if !inner.contains(&(*file, *span)) {
            let mut walk = Walk { sources, drafts: &mut drafts };
            walk.router(*file, call, "", DEPTH);
        }
    }
    drafts
}

/// `router({…})`, `createTRPCRouter({…})`, `t.router({…})`, `mergeRouters(a, b)`.
fn router_call(shape: &Shape) -> Option<&CallShape> {
    let Shape::Call(call) = shape else { return None };
    let name = call.callee.named()?.last().to_ascii_lowercase();
    let makes = name == "router"
        || name.ends_with("trpcrouter")
        || name == "mergerouters"
        || name == "createrouter"
        || name.ends_with("router");
    let fits = match call.arguments.first() {
        Some(Shape::Object(_)) => makes,
        Some(_) => name == "mergerouters",
        None => false,
    };
    fits.then_some(call)
}

fn entries<'a>(sources: Sources<'a>, file: FileId, call: &'a CallShape) -> Option<Entries<'a>> {
    match call.arguments.first()? {
        Shape::Object(entries) => Some((file, entries)),
        Shape::Name(name) => match sources.modules.definition(file, name) {
            Definition::Value { file, value } => match &value.shape {
                Shape::Object(entries) => Some((file, entries)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The routers that a router takes in by name.
fn inside(sources: Sources<'_>, file: FileId, call: &CallShape, depth: usize, found: &mut Vec<(FileId, Span)>) {
    if depth == 0 {
        return;
    }
    for argument in &call.arguments {
        inside_shape(sources, file, argument, depth, found);
    }
}

fn inside_shape(sources: Sources<'_>, file: FileId, shape: &Shape, depth: usize, found: &mut Vec<(FileId, Span)>) {
    if depth == 0 {
        return;
    }
    match shape {
        Shape::Object(entries) => {
            for (_, value) in entries {
                inside_shape(sources, file, value, depth - 1, found);
            }
        }
        Shape::Name(name) => {
            if let Definition::Value { file, value } = sources.modules.definition(file, name)
                && router_call(&value.shape).is_some()
            {
                found.push((file, value.span));
            }
        }
        shape => {
            if let Some(call) = router_call(shape) {
                inside(sources, file, call, depth - 1, found);
            }
        }
    }
}

struct Walk<'a, 'd> {
    sources: Sources<'a>,
    drafts: &'d mut Vec<Draft>,
}

impl<'a> Walk<'a, '_> {
    fn router(&mut self, file: FileId, call: &'a CallShape, prefix: &str, depth: usize) {
        if depth == 0 || self.drafts.len() >= PROCEDURES {
            return;
        }
        if call.callee.named().is_some_and(|name| name.last() == "mergeRouters") {
            for argument in &call.arguments {
                self.entry(file, argument, prefix, depth);
            }
            return;
        }
        let Some((at, entries)) = entries(self.sources, file, call) else { return };
        for (key, shape) in entries {
            let path = match (prefix, key.as_str()) {
                (prefix, "") => prefix.to_owned(),
                ("", key) => key.to_owned(),
                (prefix, key) => format!("{prefix}.{key}"),
            };
            self.entry(at, shape, &path, depth - 1);
        }
    }

    fn entry(&mut self, file: FileId, shape: &'a Shape, path: &str, depth: usize) {
        if depth == 0 {
            return;
        }
        match shape {
            Shape::Name(name) => match self.sources.modules.definition(file, name) {
                Definition::Value { file, value } => self.entry(file, &value.shape, path, depth - 1),
                Definition::Shape { file, shape } => self.entry(file, shape, path, depth - 1),
                _ => {}
            },
            // A plain object groups procedures as a router does.
            Shape::Object(entries) => {
                for (key, shape) in entries {
                    let path = if key.is_empty() { path.to_owned() } else { format!("{path}.{key}") };
                    self.entry(file, shape, &path, depth - 1);
                }
            }
            Shape::Call(call) => match router_call(shape) {
                Some(router) => self.router(file, router, path, depth),
                None => self.procedure(file, call, path),
            },
            _ => {}
        }
    }

    fn procedure(&mut self, file: FileId, call: &CallShape, path: &str) {
        let Some(facts) = self.sources.facts.of(file) else { return };
        let Some(chain) = facts.routes.chains.iter().find(|chain| chain.span == call.span) else { return };
        let last = chain.steps.last().map_or("", |(name, _)| name.as_str());
        if !matches!(last, "query" | "mutation" | "subscription") {
            return;
        }
        let (handler, attached, base) = followed(self.sources, file, chain, DEPTH);
        let public = base.to_ascii_lowercase().contains("public") || base.to_ascii_lowercase().contains("unauthed");
        let unresolved = match () {
            () if base.is_empty() => Some(Unresolved::Middleware),
            () if handler.is_none() => Some(Unresolved::Handler),
            () => None,
        };
        self.drafts.push(Draft {
            kind: RouteKind::Procedure,
            method: last.to_owned(),
            path: path.to_owned(),
            framework: "trpc",
            file,
            span: call.span,
            handler,
            attached,
            unresolved,
            public: public.then_some(Public::Declared),
        });
    }
}

/// The handler of a chain, what runs before it, and the name of what it is built from; that is empty when it was not
/// found.
pub(super) fn followed(
    sources: Sources<'_>,
    file: FileId,
    chain: &BuilderChain,
    depth: usize,
) -> (Option<FunctionId>, Vec<Attached>, String) {
    let modules = sources.modules;
    let mut attached = Vec::new();
    let base = built_from(sources, file, &chain.root, depth, &mut attached);
    let mut handler = None;
    for (name, argument) in &chain.steps {
        let Some(argument) = argument else { continue };
        let place = super::fastapi::span_of(argument).map_or(Place::At(file, chain.span), |span| Place::At(file, span));
        match name.as_str() {
            "use" => attached.push(Attached::of(file, argument, place)),
            "input" | "schema" | "inputSchema" => {
                attached.push(Attached::known(GuardDoes::Validates, name.as_str(), place));
            }
            "query" | "mutation" | "subscription" | "action" | "stateAction" => {
                handler = super::draft::function_of(modules, file, argument);
            }
            _ => {}
        }
    }
    (handler, attached, base)
}

/// Adds the middlewares of the procedure or client that a chain begins with.
fn built_from(sources: Sources<'_>, file: FileId, root: &Name, depth: usize, attached: &mut Vec<Attached>) -> String {
    let name = root.last().to_owned();
    if depth == 0 {
        return String::new();
    }
    // `t.procedure`: where every procedure begins.
    if name == "procedure" || matches!(root.root, Root::Global(_)) {
        return name;
    }
    match sources.modules.definition(file, root) {
        Definition::Value { file: at, value } => match &value.shape {
            Shape::Call(call) => {
                let Some(facts) = sources.facts.of(at) else { return String::new() };
                match facts.routes.chains.iter().find(|chain| chain.span == call.span) {
                    Some(chain) => {
                        let (_, inner, _) = followed(sources, at, chain, depth - 1);
                        attached.extend(inner);
                        name
                    }
                    // `createSafeActionClient()` and what a function of the repository makes.
                    None => name,
                }
            }
            Shape::Name(other) => {
                built_from(sources, at, other, depth - 1, attached);
                name
            }
            _ => name,
        },
        // A procedure that another package of the repository or a library makes.
        Definition::Package => name,
        _ => String::new(),
    }
}
