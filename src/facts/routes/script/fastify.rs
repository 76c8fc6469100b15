//! Fastify: plugins with prefixes and encapsulated hooks, route objects, folders that load themselves.

use camino::Utf8Path;

use super::{
    RouterCall,
    emit::Registered,
    graph::{Dialect, Event, Found, Graph, RouterId},
    walk::{Before, Names, Scope, Standing, Walk, joined},
};
use crate::{
    facts::{
        access::{Known, known, origin},
        modules::{CallShape, Definition, FunctionId, Root, Shape},
        routes::{Guard, GuardDoes},
    },
    model::{FileId, Place, Span},
};

/// Hooks that run before the handler.
const HOOKS: &[&str] = &["onRequest", "preParsing", "preValidation", "preHandler"];

/// What a parameter is, by its type or its name.
pub(super) fn dialect_of(graph: &Graph<'_>, id: &RouterId) -> Option<Dialect> {
    let RouterId::Parameter(file, function, index, key) = id else { return None };
    let function = graph.modules.function(graph.modules.function_at(*file, *function)?);
    let parameter = function.parameters.get(*index)?;
    let kind = parameter.annotation.as_ref().and_then(Shape::named).map(|name| name.last().to_owned());
    let named = key.clone().unwrap_or_else(|| parameter.name.clone());
    let imports = |package: &str| {
        graph.modules.file(*file).is_some_and(|module| module.imports.iter().any(|import| import.module == package))
    };
    match kind.as_deref() {
        Some("FastifyInstance" | "FastifyPluginAsync") => return Some(Dialect::Fastify),
        Some("Express" | "Application" | "Router" | "IRouter") => return Some(Dialect::Express),
        Some("Hono" | "OpenAPIHono") => return Some(Dialect::Hono),
        Some("Koa") => return Some(Dialect::Koa),
        _ => {}
    }
    let plain = matches!(named.as_str(), "app" | "router" | "server" | "fastify" | "api" | "instance" | "f");
    if !plain || index > &0 && key.is_none() {
        return None;
    }
    if named == "fastify" || imports("fastify") || imports("fastify-plugin") {
        Some(Dialect::Fastify)
    } else if imports("express") || named == "app" {
        Some(Dialect::Express)
    } else {
        None
    }
}

/// A plugin as it is registered.
struct Plugin {
    id: FunctionId,
    /// `fastify-plugin`: what it registers is for whoever registers it.
    shared: bool,
}

pub(super) fn router(walk: &mut Walk<'_>, id: &RouterId, scope: &mut Scope) {
    let mut standing = Vec::new();
    hooks(walk, id, &scope.prefix, &mut standing, 6);
    scope.standing.extend(standing);
    let graph = walk.graph;
    for event in graph.events(id) {
        match event {
            Event::Handed { to, .. } => walk.router(to, Dialect::Fastify, scope),
            Event::Call { file, call } => {
                for names in walk.turns(*file, call) {
                    registered(walk, *file, call, scope, &names);
                }
            }
        }
    }
}

/// The hooks of a context, those of plugins that are shared with it included. They hold for all of its routes.
fn hooks(walk: &Walk<'_>, id: &RouterId, prefix: &str, into: &mut Vec<Standing>, depth: usize) {
    if depth == 0 {
        return;
    }
    let before = if prefix.is_empty() { Before::Everything } else { Before::Below(prefix.to_owned()) };
    for event in walk.graph.events(id) {
        let Event::Call { file, call } = event else { continue };
        match call.verb.as_str() {
            "addHook" => {
                let hook = call.arguments.first().and_then(Shape::as_text);
                if let (true, Some(function)) = (hook.is_some_and(|hook| HOOKS.contains(&hook)), call.arguments.get(1))
                {
                    let guards = walk.guards(*file, function, call.place);
                    into.push(Standing { guards, before: before.clone() });
                }
            }
            "register" => {
                let Some(first) = call.arguments.first() else { continue };
                if let Some(plugin) = plugin(walk, *file, first, 6) {
                    if plugin.shared {
                        hooks(walk, &entry(walk, &plugin), prefix, into, depth - 1);
                    }
                } else if let Some(guards) = packaged(walk, *file, first, call) {
                    into.push(Standing { guards, before: before.clone() });
                }
            }
            _ => {}
        }
    }
}

fn entry(walk: &Walk<'_>, plugin: &Plugin) -> RouterId {
    RouterId::Parameter(plugin.id.file, walk.modules().function(plugin.id).span, 0, None)
}

/// A plugin of a package that guards every route: `@fastify/rate-limit`.
fn packaged(walk: &Walk<'_>, file: FileId, shape: &Shape, call: &RouterCall) -> Option<Vec<Guard>> {
    let name = shape.named()?;
    let path = origin(walk.modules(), file, name)?;
    let Known::Guards(does) = known(&path, None)? else { return None };
    let global = call.arguments.get(1).and_then(|options| options.get("global")) != Some(&Shape::Boolean(false));
    let does: Vec<GuardDoes> = does
        .iter()
        .copied()
        .filter(|does| global && matches!(does, GuardDoes::RateLimits | GuardDoes::Authenticates))
        .collect();
    let place = Place::At(file, call.place);
    Some(
        does.into_iter()
            .map(|does| Guard { does, name: path.clone(), place: place.clone(), decides: None, weak: Vec::new() })
            .collect(),
    )
}

fn registered(walk: &mut Walk<'_>, file: FileId, call: &RouterCall, scope: &mut Scope, names: &Names) {
    match call.verb.as_str() {
        "register" => register(walk, file, call, scope, names),
        "route" => {
            if let Some(options) = call.arguments.first() {
                let (from, options) = walk.filled(file, options, names);
                let (from, options) = walk.expression(from, &options);
                route_object(walk, from, &options, call, scope, names);
            }
        }
        "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "all" => {
            let path = walk.path(file, &call.path, names);
            let mut guards = Vec::new();
            let mut handler = None;
            if let [_, rest @ ..] = call.arguments.as_slice() {
                for argument in rest {
                    let (from, seen) = walk.filled(file, argument, names);
                    let (from, seen) = walk.expression(from, &seen);
                    if let Shape::Object(_) = seen {
                        guards.extend(option_guards(walk, from, &seen, call.place));
                        handler = handler.or_else(|| seen.get("handler").map(|handler| (from, handler.clone())));
                    } else {
                        handler = Some((file, argument.clone()));
                    }
                }
            }
            let method = call.verb.to_ascii_uppercase();
            let framework = Dialect::Fastify.name();
            walk.emit(&Registered { file, place: call.place, method, path, guards, handler, framework }, scope);
        }
        _ => {}
    }
}

fn route_object(walk: &mut Walk<'_>, file: FileId, options: &Shape, call: &RouterCall, scope: &Scope, names: &Names) {
    let path = options.get("url").or_else(|| options.get("path"));
    let path = match path.and_then(|path| walk.text(file, path, names)) {
        Some(path) => (path, true),
        None if path.is_some() => ("${…}".to_owned(), false),
        None => return,
    };
    let methods: Vec<String> = match options.get("method") {
        Some(Shape::Array(items)) => items.iter().filter_map(|item| walk.text(file, item, names)).collect(),
        Some(one) => walk.text(file, one, names).into_iter().collect(),
        None => Vec::new(),
    };
    let guards = option_guards(walk, file, options, call.place);
    let handler = options.get("handler").map(|handler| (file, handler.clone()));
    for method in methods {
        let made = Registered {
            file: call_file(walk, file, call),
            place: call.place,
            method: method.to_ascii_uppercase(),
            path: path.clone(),
            guards: guards.clone(),
            handler: handler.clone(),
            framework: Dialect::Fastify.name(),
        };
        walk.emit(&made, scope);
    }
}

/// The file of a registration: that of its options, unless they come from elsewhere.
fn call_file(walk: &Walk<'_>, file: FileId, call: &RouterCall) -> FileId {
    let here = |candidate: FileId| {
        walk.graph.signs(candidate).is_some_and(|signs| signs.calls.iter().any(|other| std::ptr::eq(other, call)))
    };
    if here(file) {
        return file;
    }
    walk.graph.facts.files().map(|(file, _)| file).find(|candidate| here(*candidate)).unwrap_or(file)
}

/// What the options of a route say stands before it.
fn option_guards(walk: &Walk<'_>, file: FileId, options: &Shape, place: Span) -> Vec<Guard> {
    let mut guards = Vec::new();
    for hook in HOOKS {
        if let Some(function) = options.get(hook) {
            let (from, seen) = walk.expression(file, function);
            match seen {
                Shape::Array(items) => {
                    guards.extend(items.iter().flat_map(|item| walk.guards(from, item, place)));
                }
                _ => guards.extend(walk.guards(file, function, place)),
            }
        }
    }
    let mut add = |does, name: &str| {
        let place = Place::At(file, place);
        guards.push(Guard { does, name: name.to_owned(), place, decides: None, weak: Vec::new() });
    };
    let schema = options.get("schema").map(|schema| walk.expression(file, schema).1);
    let checks = match &schema {
        Some(Shape::Object(entries)) => entries
            .iter()
            .any(|(key, _)| matches!(key.as_str(), "body" | "querystring" | "query" | "params" | "headers" | "")),
        Some(_) => true,
        None => false,
    };
    if checks {
        add(GuardDoes::Validates, "schema");
    }
    let config = options.get("config");
    if config.and_then(|config| config.get("rateLimit")).is_some_and(|limit| *limit != Shape::Boolean(false)) {
        add(GuardDoes::RateLimits, "rateLimit");
    }
    guards
}

fn register(walk: &mut Walk<'_>, file: FileId, call: &RouterCall, scope: &mut Scope, names: &Names) {
    let Some(first) = call.arguments.first() else { return };
    let (from, first) = walk.filled(file, first, names);
    let options = call.arguments.get(1).map(|options| {
        let (file, options) = walk.filled(file, options, names);
        walk.expression(file, &options)
    });
    let prefix = options.as_ref().and_then(|(file, options)| Some((*file, options.get("prefix")?.clone())));
    let mut inner = scope.clone();
    if let Some((file, prefix)) = &prefix {
        match walk.text(*file, prefix, names) {
            Some(text) => inner.prefix = joined(&scope.prefix, &text),
            None => inner.whole = false,
        }
    }
    if let Some(plugin) = plugin(walk, from, &first, 6) {
        let id = entry(walk, &plugin);
        if plugin.shared {
            let mut shared = Scope { prefix: inner.prefix.clone(), whole: inner.whole, ..scope.clone() };
            walk.router(&id, Dialect::Fastify, &mut shared);
        } else {
            walk.router(&id, Dialect::Fastify, &mut inner);
        }
        return;
    }
    let loads = first.named().and_then(|name| origin(walk.modules(), from, name));
    let folder = loads
        .as_deref()
        .is_some_and(|path| path.starts_with("@fastify/autoload") || path.starts_with("fastify-autoload"));
    if let Some((file, options)) = options.as_ref().filter(|_| folder) {
        let prefix = options.get("options").and_then(|options| options.get("prefix"));
        if let Some(text) = prefix.and_then(|prefix| walk.text(*file, prefix, names)) {
            inner.prefix = joined(&inner.prefix, &text);
        }
        autoload(walk, *file, options, &inner);
    }
}

/// Every file below a folder is a plugin; folders become prefixes.
fn autoload(walk: &mut Walk<'_>, file: FileId, options: &Shape, scope: &Scope) {
    let Some(dir) = options.get("dir") else { return };
    let here = walk.repo.file(file).folder().to_owned();
    let Some(folder) = folder_of(dir, &here) else { return };
    let flat = options.get("dirNameRoutePrefix") == Some(&Shape::Boolean(false));
    let files: Vec<(FileId, String)> =
        walk.repo.files_below(Utf8Path::new(&folder)).iter().map(|file| (file.id, file.path.to_string())).collect();
    for (id, path) in files {
        let Definition::Function(function) = walk.modules().exported(id, "default", 12) else {
            let shape = exported_shape(walk, id);
            if let Some(plugin) = shape.and_then(|(from, shape)| plugin(walk, from, &shape, 6)) {
                let mut inner = below(scope, &path, &folder, flat);
                walk.router(&entry(walk, &plugin), Dialect::Fastify, &mut inner);
            }
            continue;
        };
        let mut inner = below(scope, &path, &folder, flat);
        walk.router(&entry(walk, &Plugin { id: function, shared: false }), Dialect::Fastify, &mut inner);
    }
}

fn exported_shape(walk: &Walk<'_>, file: FileId) -> Option<(FileId, Shape)> {
    match walk.modules().exported(file, "default", 12) {
        Definition::Value { file, value } => Some((file, value.shape.clone())),
        Definition::Shape { file, shape } => Some((file, shape.clone())),
        _ => None,
    }
}

fn below(scope: &Scope, path: &str, folder: &str, flat: bool) -> Scope {
    let mut inner = scope.clone();
    let rest = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
    if let (Some((folders, _)), false) = (rest.rsplit_once('/'), flat) {
        for part in folders.split('/') {
            let part = part.strip_prefix('_').map_or_else(|| part.to_owned(), |name| format!(":{name}"));
            inner.prefix = joined(&inner.prefix, &part);
        }
    }
    inner
}

/// The folder of `join(__dirname, 'routes')`, `path.join(import.meta.dirname, '../routes')` and their kin.
fn folder_of(dir: &Shape, here: &Utf8Path) -> Option<String> {
    let Shape::Call(CallShape { arguments, .. }) = dir else { return None };
    let mut parts: Vec<String> = here.as_str().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    for text in arguments.iter().filter_map(Shape::as_text) {
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part.to_owned()),
            }
        }
    }
    Some(parts.join("/"))
}

/// The function of the repository that is registered as a plugin.
fn plugin(walk: &Walk<'_>, file: FileId, shape: &Shape, hops: usize) -> Option<Plugin> {
    if hops == 0 {
        return None;
    }
    match shape {
        Shape::Call(call) => {
            let name = call.callee.named()?;
            let path = origin(walk.modules(), file, name);
            if path.as_deref().is_some_and(|path| path.starts_with("fastify-plugin")) {
                let inner = plugin(walk, file, call.arguments.first()?, hops - 1)?;
                return Some(Plugin { shared: true, ..inner });
            }
            if matches!(name.root, Root::Global(_)) {
                return None;
            }
            // A factory: what it makes is a function written in it.
            let factory = walk.graph.function_named(file, name)?;
            let span = walk.modules().function(factory).span;
            let module = walk.modules().file(factory.file)?;
            let index = module.functions.iter().position(|inner| {
                inner.span != span
                    && span.contains(inner.span)
                    && inner.parameters.len() <= 3
                    && !inner.parameters.is_empty()
            })?;
            Some(Plugin { id: FunctionId { file: factory.file, index }, shared: false })
        }
        Shape::Function(_) => Some(Plugin { id: walk.graph.function(file, shape)?, shared: false }),
        Shape::Name(name) => {
            if let Some(id) = walk.graph.function_named(file, name) {
                return Some(Plugin { id, shared: false });
            }
            match walk.graph.expression(file, name)? {
                (file, Found::Shape(shape)) => plugin(walk, file, shape, hops - 1),
                _ => None,
            }
        }
        _ => None,
    }
}
