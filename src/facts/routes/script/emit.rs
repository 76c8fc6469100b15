//! From a registration to a route: its handler, and every guard that stands in front of it.

use super::{
    graph::{Dialect, Found},
    walk::{ROUTES, Scope, Walk, joined},
};
use crate::{
    facts::{
        access,
        modules::{FunctionId, Name, Shape},
        routes::{Guard, GuardDoes, Public, Route, RouteKind, Unresolved},
    },
    model::{FileId, Place, Span},
};

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

impl Walk<'_> {
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
