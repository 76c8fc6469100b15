//! What one script registers on routers and servers: every call that could be one, with what it is called on.

use super::{Given, Looped, Mark, Object, RouterCall};
use crate::{
    code::{BindingKind, Flags, Kind, Language, NodeRef, Role},
    facts::{Extractor, Fact, FileFacts, Visit, Watch, modules::Shape},
    model::Span,
    repo::Role as FileRole,
};

pub(in crate::facts) struct RouterExtractor;

/// Methods that register something.
const VERBS: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "del",
    "head",
    "options",
    "all",
    "use",
    "route",
    "register",
    "param",
    "mount",
    "basePath",
    "on",
    "addHook",
    "openapi",
    "prefix",
    "ws",
    "search",
    "query",
    // Nest
    "setGlobalPrefix",
    "useGlobalGuards",
    "useGlobalPipes",
    "enableVersioning",
    "forRoutes",
    "apply",
    "exclude",
    // Hono's and Express's way of naming many at once
    "add",
    "get_",
];
/// Calls that make a router or a server, by the last name.
const MAKERS: &[&str] = &[
    "express",
    "Router",
    "fastify",
    "Fastify",
    "Hono",
    "OpenAPIHono",
    "Koa",
    "KoaRouter",
    "PromiseRouter",
    "createRouter",
    "polka",
    "createApp",
    "Elysia",
    "createServer",
];
/// The longest chain of calls that is walked down: `app.get(…).get(…).get(…)`.
const CHAIN: usize = 400;

impl Extractor for RouterExtractor {
    fn fact(&self) -> Fact {
        Fact::Routes
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Return, Kind::Assignment]).roles(&[FileRole::Source, FileRole::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        if !file.file.language.is_some_and(Language::is_script) {
            return;
        }
        let routers = &mut facts.routers;
        match node.kind() {
            Kind::Return => routers.returned.extend(returned(node)),
            Kind::Assignment => routers.kept.extend(kept(node)),
            _ => {
                routers.calls.extend(router_call(node));
                routers.given.extend(given(node));
                routers.made.extend(options(node));
                routers.lists.extend(lists(node));
                routers.marks.extend(mark(node));
            }
        }
    }
}

fn router_call(call: NodeRef<'_>) -> Option<RouterCall> {
    let callee = call.child(Role::Callee).filter(|callee| callee.is(Kind::Member))?;
    let verb = callee.name();
    if !VERBS.contains(&verb) || !worth(call, verb) {
        return None;
    }
    let (object, path) = base(callee.child(Role::Object)?);
    let path_node = call.positional().next();
    Some(RouterCall {
        span: call.span(),
        place: Span {
            start: callee.span().end.saturating_sub(u32::try_from(verb.len()).unwrap_or(0)),
            end: call.span().end,
        },
        verb: verb.to_owned(),
        object: object_of(object),
        chain: path.map(pieces),
        path: path_node.map(pieces).unwrap_or_default(),
        arguments: call.positional().map(Shape::of).collect(),
        looped: looped(call),
    })
}

/// Whether a call can be a registration: `map.get(key)` and `axios.get(url)` are none.
fn worth(call: NodeRef<'_>, verb: &str) -> bool {
    let arguments: Vec<NodeRef<'_>> = call.positional().collect();
    let Some(first) = arguments.first() else { return verb == "enableVersioning" };
    match verb {
        "get" | "post" | "put" | "patch" | "delete" | "del" | "head" | "options" | "all" | "search" | "query"
        | "ws" => {
            let handles = arguments.iter().any(|argument| {
                matches!(
                    argument.kind(),
                    Kind::Function | Kind::Identifier | Kind::Member | Kind::Call | Kind::Array | Kind::Spread
                )
            });
            let chained = call.receiver().is_some_and(|receiver| base(receiver).1.is_some());
            handles && (arguments.len() > 1 || chained || first.is(Kind::Array))
        }
        "on" => arguments.len() > 2 || (arguments.len() == 2 && matches!(first.name(), "connection" | "connect")),
        "add" => arguments.len() > 2,
        _ => true,
    }
}

/// What a chain of registrations begins with, and the path of a `route(…)` in it.
fn base(receiver: NodeRef<'_>) -> (NodeRef<'_>, Option<NodeRef<'_>>) {
    let mut at = receiver;
    let mut path = None;
    for _ in 0..CHAIN {
        if !at.is(Kind::Call) || at.has(Flags::NEW) {
            break;
        }
        let Some(callee) = at.child(Role::Callee).filter(|callee| callee.is(Kind::Member)) else { break };
        if !VERBS.contains(&callee.name()) {
            break;
        }
        if callee.name() == "route" && path.is_none() && at.positional().count() == 1 {
            path = at.positional().next();
        }
        let Some(object) = callee.child(Role::Object) else { break };
        // `express.Router()` and `require('x').get` are makers, not links of the chain.
        at = object;
    }
    (at, path)
}

/// A path that may be put together from several pieces.
fn pieces(node: NodeRef<'_>) -> Vec<Shape> {
    if let Some(text) = node.constant_str() {
        return vec![Shape::Text(text)];
    }
    let seen = node.resolved();
    match seen.kind() {
        Kind::Template => seen.children_in(Role::Item).flat_map(pieces).take(20).collect(),
        Kind::Binary if seen.name() == "+" => {
            let sides = [seen.child(Role::Left), seen.child(Role::Right)];
            sides.into_iter().flatten().flat_map(pieces).take(20).collect()
        }
        Kind::Logical => match seen.env_read().and_then(|read| read.default).and_then(NodeRef::constant_str) {
            Some(text) => vec![Shape::Text(text)],
            None => vec![Shape::Other],
        },
        _ => vec![Shape::of(node)],
    }
}

fn object_of(node: NodeRef<'_>) -> Object {
    parameter(node, 3).unwrap_or_else(|| Object::Shape(Shape::of(node)))
}

/// The parameter that `node` is, directly, as a key of a pattern, or as a member of one.
fn parameter(node: NodeRef<'_>, hops: usize) -> Option<Object> {
    if node.is(Kind::Member) {
        // `options.app`, `fastify.withTypeProvider()` are seen through by the member alone.
        let object = node.child(Role::Object).filter(|object| object.is(Kind::Identifier))?;
        return match parameter(object, hops)? {
            Object::Parameter { function, index, key: None } => {
                Some(Object::Parameter { function, index, key: Some(node.name().to_owned()) })
            }
            _ => None,
        };
    }
    if node.is(Kind::Call) && node.callee_name() == Some("withTypeProvider") {
        return parameter(node.receiver()?, hops);
    }
    if !node.is(Kind::Identifier) || hops == 0 {
        return None;
    }
    let binding = node.binding()?;
    let declaration = node.tree().at(binding.declaration);
    match binding.kind {
        BindingKind::Parameter => {
            let parameter = std::iter::once(declaration)
                .chain(declaration.ancestors())
                .take(8)
                .find(|above| above.is(Kind::Parameter))?;
            let function = parameter.parent().filter(|function| function.is(Kind::Function))?;
            let index = function.children_in(Role::Parameter).position(|other| other == parameter)?;
            let pattern = parameter.child(Role::Target).filter(|target| target.is(Kind::Object));
            let key = match pattern {
                Some(pattern) => Some(key_of(pattern, node.name())?),
                None => None,
            };
            Some(Object::Parameter { function: function.span(), index, key })
        }
        BindingKind::Variable if declaration.is(Kind::Assignment) => {
            let value = declaration.child(Role::Value)?;
            let target = declaration.child(Role::Target)?;
            match target.kind() {
                Kind::Object => match parameter(value, hops - 1)? {
                    Object::Parameter { function, index, key: None } => {
                        Some(Object::Parameter { function, index, key: Some(key_of(target, node.name())?) })
                    }
                    _ => None,
                },
                Kind::Identifier if binding.writes == 0 => parameter(value, hops - 1),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The key under which a pattern takes out what it calls `local`.
fn key_of(pattern: NodeRef<'_>, local: &str) -> Option<String> {
    pattern
        .children_in(Role::Item)
        .find(|item| item.child(Role::Value).is_some_and(|value| value.name() == local))
        .map(|item| item.name().to_owned())
}

/// The loop around a registration: what it runs over, and what it calls each item.
fn looped(call: NodeRef<'_>) -> Option<Looped> {
    let iteration = call.enclosing_iteration()?;
    let (target, over) = match iteration.kind() {
        Kind::Loop => (iteration.child(Role::Target)?, iteration.child(Role::Iterated)?),
        Kind::Call => {
            let callback = iteration.positional().find(|argument| argument.is(Kind::Function))?;
            let parameter = callback.child(Role::Parameter)?;
            (parameter.child(Role::Target)?, iteration.receiver()?)
        }
        _ => return None,
    };
    let target = if target.is(Kind::Assignment) { target.child(Role::Target)? } else { target };
    let keys = match target.kind() {
        Kind::Identifier => vec![(String::new(), target.name().to_owned())],
        Kind::Object => target
            .children_in(Role::Item)
            .filter_map(|item| Some((item.name().to_owned(), item.child(Role::Value)?.name().to_owned())))
            .collect(),
        _ => return None,
    };
    Some(Looped { keys, over: object_of(over) })
}

/// A call that is given a router or a server: `registerRoutes(app)`, `init({ app })`.
fn given(call: NodeRef<'_>) -> Vec<Given> {
    let Some(callee) = call.child(Role::Callee) else { return Vec::new() };
    if callee.is(Kind::Member)
        && matches!(callee.name(), "use" | "register" | "route" | "log" | "info" | "mount" | "bind")
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (index, argument) in call.positional().enumerate().take(6) {
        let mut add = |key: Option<&str>, value: NodeRef<'_>| {
            if could_be_router(value) {
                found.push(Given {
                    span: call.span(),
                    callee: Shape::of(callee),
                    index,
                    key: key.map(str::to_owned),
                    object: object_of(value),
                });
            }
        };
        match argument.kind() {
            Kind::Identifier | Kind::Member => add(None, argument),
            Kind::Object => {
                for item in argument.children_in(Role::Item).take(12) {
                    if let Some(value) = item.child(Role::Value) {
                        add(Some(item.name()), value);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn could_be_router(node: NodeRef<'_>) -> bool {
    let named = |name: &str| {
        let plain = name.to_ascii_lowercase();
        matches!(
            plain.as_str(),
            "app" | "server" | "fastify" | "api" | "hono" | "io" | "express" | "instance" | "application"
        ) || plain.ends_with("router")
            || plain.ends_with("app")
            || plain.ends_with("server")
            || plain.ends_with("routes")
    };
    match node.kind() {
        Kind::Identifier => {
            named(node.name()) || node.resolved().callee_name().is_some_and(|name| MAKERS.contains(&name))
        }
        Kind::Member => {
            named(node.name()) && node.child(Role::Object).is_some_and(|object| object.is(Kind::Identifier))
        }
        _ => false,
    }
}

/// `return router`, also as part of an object.
fn returned(node: NodeRef<'_>) -> Option<(Span, Shape)> {
    let value = node.child(Role::Value)?;
    let seen = value.resolved();
    let made = match seen.kind() {
        Kind::Call => {
            let (bottom, _) = base(seen);
            bottom.callee_name().is_some_and(|name| MAKERS.contains(&name))
        }
        _ => false,
    };
    made.then(|| (node.span(), Shape::of(seen)))
}

/// `this.app = app` in a constructor: the field is what the parameter is.
fn kept(assignment: NodeRef<'_>) -> Option<(Span, String, Object)> {
    let target = assignment.child(Role::Target).filter(|target| target.is(Kind::Member))?;
    target.child(Role::Object).filter(|object| object.name() == "this")?;
    let value = assignment.child(Role::Value)?;
    let class = assignment.enclosing_class()?;
    match value.kind() {
        Kind::Identifier => {
            let object = object_of(value);
            matches!(object, Object::Parameter { .. }).then(|| (class.span(), target.name().to_owned(), object))
        }
        Kind::Call => Some((class.span(), target.name().to_owned(), Object::Shape(Shape::of(value)))),
        _ => None,
    }
}

/// The options of `new Router({ prefix: '/x' })`.
fn options(call: NodeRef<'_>) -> Option<(Span, Shape)> {
    // A server of sockets takes the server that it belongs to first.
    let options = call.positional().take(2).find(|options| call.has(Flags::NEW) && options.is(Kind::Object))?;
    call.callee_name().filter(|name| MAKERS.contains(name))?;
    Some((call.span(), Shape::of(options)))
}

/// `new App([new UserRoute(), new PostRoute()])`.
fn lists(call: NodeRef<'_>) -> Option<(Shape, usize, Vec<Shape>)> {
    let (index, list) = call.positional().enumerate().take(4).find(|(_, argument)| argument.is(Kind::Array))?;
    let objects = list.children_in(Role::Item).next().is_some_and(|item| item.is(Kind::Call) && item.has(Flags::NEW));
    let Shape::Array(items) = Shape::of(list) else { return None };
    objects.then(|| (call.child(Role::Callee).map_or(Shape::Other, Shape::of), index, items))
}

fn mark(call: NodeRef<'_>) -> Option<Mark> {
    let name = call.callee_name()?;
    let marks = matches!(name, "UseGuards" | "SetMetadata" | "UsePipes" | "Throttle" | "createDecorator");
    // Where it decorates something itself, the decorators of that thing tell.
    let decorates = call.parent().is_some_and(|parent| parent.is(Kind::Decorator));
    (marks && !decorates).then(|| Mark {
        span: call.span(),
        name: name.to_owned(),
        arguments: call.positional().map(Shape::of).collect(),
    })
}
