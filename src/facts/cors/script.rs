//! CORS libraries of JavaScript and TypeScript: Express, Fastify, Nest, Hono, Koa, Elysia, Socket.IO.

use super::{
    CorsSite, Reach,
    condition::{Atoms, Test, results},
    library::Library,
    options::{Options, credentials, reads_only, ways_through},
    path::path_to,
    reader::{Reader, bare, constant, text_of},
};
use crate::code::{BindingKind, Kind, NodeRef, Role};

/// The site that a call is, if it is one.
pub(super) fn site(reader: &Reader<'_>, call: NodeRef<'_>) -> Option<CorsSite> {
    middleware(reader, call)
        .or_else(|| register(reader, call))
        .or_else(|| nest(reader, call))
        .or_else(|| sockets(reader, call))
}

/// Options for a CORS library that are defined by name, for other files to use.
pub(super) fn definition(reader: &Reader<'_>, assignment: NodeRef<'_>) -> Option<(String, CorsSite)> {
    let name = assignment.child(Role::Target).filter(|target| target.is(Kind::Identifier))?.name();
    let value = bare(assignment.child(Role::Value)?);
    let object = value.is(Kind::Object) && value.property("origin").is_some();
    let named = name.to_ascii_lowercase().contains("cors");
    if !named || assignment.enclosing_function().is_some() || !(object || value.is(Kind::Function)) {
        return None;
    }
    let options = if object { Options::Object(value) } else { Options::Delegate(value) };
    Some((name.to_owned(), build(reader, value, Library::Express, options, Reach::Whole)))
}

/// `cors(…)` of Express, Hono, Koa, Elysia, and `nextjs-cors`.
fn middleware(reader: &Reader<'_>, call: NodeRef<'_>) -> Option<CorsSite> {
    let callee = call.child(Role::Callee)?;
    let library = library_of(callee)
        .filter(|library| matches!(library, Library::Express | Library::Hono | Library::Koa | Library::Elysia))?;
    // `NextCors(req, res, options)`.
    let index = if call.argument(2).is_some() && library == Library::Express { 2 } else { 0 };
    let options = Options::of(call.argument(index));
    let reach = reach_of(call)?;
    Some(build(reader, call, library, options, reach))
}

/// `app.register(cors, …)` of Fastify.
fn register(reader: &Reader<'_>, call: NodeRef<'_>) -> Option<CorsSite> {
    if call.callee_name() != Some("register") {
        return None;
    }
    let library = match module_of(call.argument(0)?)?.as_str() {
        "@fastify/cors" => Library::Fastify,
        "fastify-cors" => Library::FastifyOld,
        _ => return None,
    };
    let options = match Options::of(call.argument(1)) {
        // `() => (request, answer) => …`: the outer function only has the instance.
        Options::Delegate(outer) => match results(outer).first().map(|inner| constant(*inner)) {
            Some(inner) if inner.is(Kind::Function) => Options::Delegate(inner),
            _ => Options::Delegate(outer),
        },
        options => match options.get("delegator") {
            Some(delegator) => Options::of(Some(delegator)),
            None => options,
        },
    };
    Some(build(reader, call, library, options, Reach::Whole))
}

/// `app.enableCors(…)`, `NestFactory.create(Module, { cors: … })`.
fn nest(reader: &Reader<'_>, call: NodeRef<'_>) -> Option<CorsSite> {
    if call.callee_name() == Some("enableCors") {
        return Some(build(reader, call, Library::Nest, Options::of(call.argument(0)), Reach::Whole));
    }
    if call.callee_path().is_some_and(|path| path.ends_with("NestFactory.create")) {
        return embedded(reader, call, Library::Nest);
    }
    // `routing-controllers` hands its `cors` option to the package `cors`.
    let controllers = call.child(Role::Callee).and_then(module_of).as_deref() == Some("routing-controllers");
    if controllers { embedded(reader, call, Library::Express) } else { None }
}

/// `new Server(http, { cors: … })` of Socket.IO, `@WebSocketGateway({ cors: … })` of Nest.
fn sockets(reader: &Reader<'_>, call: NodeRef<'_>) -> Option<CorsSite> {
    let callee = call.child(Role::Callee)?;
    let gateway = callee.path().is_some_and(|path| path == "@nestjs/websockets.WebSocketGateway");
    if !gateway && module_of(callee).as_deref() != Some("socket.io") {
        return None;
    }
    embedded(reader, call, Library::SocketIo)
}

/// A call whose options have a `cors` option of their own.
fn embedded(reader: &Reader<'_>, call: NodeRef<'_>, library: Library) -> Option<CorsSite> {
    let value = call
        .positional()
        .map(constant)
        .filter(|argument| argument.is(Kind::Object))
        .find_map(|object| object.property("cors"))?;
    let known = constant(value);
    if known.is(Kind::Boolean) && known.name() == "false" {
        return None;
    }
    Some(build(reader, value, library, Options::of(Some(value)), Reach::Whole))
}

pub(super) fn build(
    reader: &Reader<'_>,
    node: NodeRef<'_>,
    library: Library,
    options: Options<'_>,
    reach: Reach,
) -> CorsSite {
    let conditions = guards(reader, node);
    CorsSite {
        span: node.span(),
        library,
        grants: ways_through(reader, node, library, options, &conditions),
        credentials: credentials(library, options),
        reach,
        reads_only: reads_only(library, options),
        options: options.name(),
        class: None,
    }
}

/// The conditions around a site that say when it is set up at all: the stage, and what is configured.
pub(super) fn guards(reader: &Reader<'_>, node: NodeRef<'_>) -> Vec<Atoms> {
    let stop = node.enclosing_function().unwrap_or(node.tree().root());
    let telling = |test: &Test| {
        matches!(test, Test::Production | Test::Development | Test::Filled(Some(_)) | Test::Star(Some(_)))
    };
    let mut ways = path_to(reader, node, stop, 0);
    for atoms in &mut ways {
        atoms.retain(|atom| telling(&atom.test));
    }
    ways.dedup();
    if ways.is_empty() { vec![Vec::new()] } else { ways }
}

/// The library whose middleware `callee` is.
pub(super) fn library_of(callee: NodeRef<'_>) -> Option<Library> {
    match callee.kind() {
        Kind::Identifier => match callee.binding().map(|binding| &binding.kind)? {
            BindingKind::Import { module, imported } => Library::of_export(module, imported),
            _ => None,
        },
        Kind::Member => {
            let object = callee.child(Role::Object)?;
            Library::of_export(&module_of(object)?, callee.name())
        }
        // `require('cors')()`.
        Kind::Call => Library::of_export(&module_of(callee)?, "default"),
        _ => None,
    }
}

/// The module that an expression is, or from which it comes.
fn module_of(node: NodeRef<'_>) -> Option<String> {
    let node = bare(node);
    match node.kind() {
        Kind::Identifier => match node.binding().map(|binding| &binding.kind)? {
            BindingKind::Import { module, .. } => Some(module.clone()),
            _ => None,
        },
        Kind::Member => module_of(node.child(Role::Object)?),
        Kind::Call if node.text().starts_with("require") || node.text().starts_with("import") => {
            text_of(node.argument(0)?).map(ToOwned::to_owned)
        }
        _ => None,
    }
}

const VERBS: &[&str] = &["get", "head", "post", "put", "patch", "delete", "all", "route"];

/// Where a middleware is mounted. `None` when it only answers preflight requests, which opens nothing by itself.
fn reach_of(call: NodeRef<'_>) -> Option<Reach> {
    let uses = uses(call);
    if !uses.is_empty() && uses.iter().all(|used| is_called_by_hand(*used)) {
        return Some(Reach::Route);
    }
    let mounts: Vec<NodeRef<'_>> = uses
        .into_iter()
        .filter_map(|used| used.ancestors().take(3).find(|outer| outer.is(Kind::Call) && used.id() != outer.id()))
        .collect();
    if mounts.is_empty() {
        return Some(Reach::Whole);
    }
    let mut preflights = 0;
    let mut narrow = None;
    for mount in &mounts {
        let first = mount.argument(0);
        let path = first.and_then(text_of);
        let receiver = mount.child(Role::Callee).and_then(|callee| callee.child(Role::Object)).map(NodeRef::name);
        if let Some(router) = receiver.filter(|name| name.to_ascii_lowercase().contains("public")) {
            narrow = Some(Reach::Path(router.to_owned()));
            continue;
        }
        if let Some(variable) = first.filter(|first| first.is(Kind::Member) && is_path_name(first.name())) {
            narrow = Some(Reach::Path(variable.text().to_owned()));
            continue;
        }
        match (mount.callee_name().unwrap_or_default(), path) {
            ("options", _) => preflights += 1,
            ("use", Some(path)) if !matches!(path, "*" | "/" | "/*" | "(.*)") => {
                narrow = Some(super::headers::reach_of_path(path));
            }
            (verb, Some(path)) if VERBS.contains(&verb) && path.starts_with('/') => {
                narrow = Some(super::headers::reach_of_path(path));
            }
            _ => return Some(Reach::Whole),
        }
    }
    if preflights == mounts.len() { None } else { narrow.or(Some(Reach::Whole)) }
}

/// `cors(req, res, done)` and `run(req, res, cors)`: one handler asks for it, and no application.
fn is_called_by_hand(used: NodeRef<'_>) -> bool {
    let request = |call: NodeRef<'_>| {
        call.argument(0).is_some_and(|first| matches!(first.name(), "req" | "request"))
            && call.argument(1).is_some_and(|second| matches!(second.name(), "res" | "response"))
    };
    used.parent().is_some_and(|call| call.is(Kind::Call) && request(call))
}

fn is_path_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["path", "prefix", "route", "mount"].iter().any(|word| lower.contains(word))
}

/// The call itself, or the uses of the constant that holds its result.
fn uses(call: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let held = call.parent().filter(|parent| parent.is(Kind::Assignment) && call.role() == Role::Value);
    let target = held.and_then(|assignment| assignment.child(Role::Target));
    match target.and_then(NodeRef::binding_id) {
        Some(id) => {
            let references = call.tree().references(id);
            references.filter(|reference| Some(*reference) != target).collect()
        }
        None => vec![call],
    }
}
