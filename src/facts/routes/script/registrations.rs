//! Reads what one call registers on a router: guards, other routers, routes.

use super::{
    RouterCall,
    emit::Registered,
    graph::{Dialect, RouterId},
    walk::{Before, Names, Scope, Standing, Walk, joined},
};
use crate::{
    facts::{
        access::{self, could_guard},
        modules::{Definition, Name, Shape},
        routes::{Guard, GuardDoes},
    },
    model::{FileId, Place},
};

/// The paths of a registration, each with whether it is known in full, and its other arguments.
type Laid = (Vec<(String, bool)>, Vec<(FileId, Shape)>);

impl Walk<'_> {
    pub(super) fn call(&mut self, file: FileId, call: &RouterCall, dialect: Dialect, scope: &mut Scope, names: &Names) {
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
}
