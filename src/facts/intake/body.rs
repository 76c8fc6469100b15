//! Where the body of a request is read.

use crate::code::{Flags, Kind, NodeRef, Role};

/// What a request is called.
const REQUESTS: &[&str] = &["req", "request", "_req", "_request"];
/// What holds a request.
const CONTEXTS: &[&str] = &["c", "ctx", "context"];

/// Whether `node` is a request: `req`, `ctx.request`, `c.req`.
pub(super) fn is_request(node: NodeRef<'_>) -> bool {
    match node.kind() {
        Kind::Identifier => REQUESTS.contains(&node.name()),
        Kind::Member => {
            REQUESTS.contains(&node.name())
                && node.child(Role::Object).is_some_and(|object| {
                    object.is(Kind::Identifier)
                        && (CONTEXTS.contains(&object.name()) || matches!(object.name(), "this" | "self"))
                })
        }
        _ => false,
    }
}

/// The expression that holds the body, where `node` reads one.
pub(super) fn body(node: NodeRef<'_>, script: bool) -> Option<NodeRef<'_>> {
    if node.enclosing_function().is_none() && !node.is(Kind::Parameter) {
        return None;
    }
    match node.kind() {
        Kind::Member if script => script_member(node),
        Kind::Call if script => script_call(node),
        Kind::Property if script => taken(node),
        Kind::Parameter if script => decorated(node),
        Kind::Member => python_member(node),
        Kind::Call => python_call(node),
        Kind::Parameter => open_parameter(node),
        _ => None,
    }
}

/// `req.body`, `ctx.request.body`.
fn script_member(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let read = node.name() == "body" && node.role() != Role::Target && node.child(Role::Object).is_some_and(is_request);
    // Next's `request.body` is a stream that is handed on.
    let typed = node
        .parent()
        .is_some_and(|parent| parent.is(Kind::Call) && node.role() == Role::Argument && parent.has(Flags::NEW));
    (read && !typed).then_some(node)
}

/// `await request.json()`, `c.req.json()`, `readBody(event)`.
fn script_call(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let name = call.callee_name()?;
    let of_request = call.receiver().is_some_and(is_request);
    let read = match name {
        "json" | "formData" | "parseBody" => of_request && call.argument(0).is_none(),
        "readBody" => call.callee_api().is_some_and(|path| path == "readBody" || path.starts_with("h3.")),
        _ => false,
    };
    read.then_some(call)
}

/// `const { body } = req`.
fn taken(property: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let pattern = property.parent().filter(|pattern| pattern.has(Flags::PATTERN) && property.name() == "body")?;
    let holder = pattern.parent().filter(|holder| holder.is(Kind::Assignment))?;
    let request = holder.child(Role::Value).filter(|value| is_request(*value));
    request.and(Some(property))
}

/// `@Body() dto: CreateOrder`.
fn decorated(parameter: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let body = parameter
        .children_in(Role::Decorator)
        .filter_map(|decorator| decorator.child(Role::Value))
        .find(|value| value.is(Kind::Call) && value.callee_name() == Some("Body"))?;
    let nest = body.callee_api().is_some_and(|path| path.starts_with("@nestjs/common"));
    nest.then_some(parameter)
}

fn is_python_request(node: NodeRef<'_>) -> bool {
    match node.kind() {
        Kind::Identifier => matches!(node.name(), "request" | "req"),
        Kind::Member => {
            node.name() == "request" && node.child(Role::Object).is_some_and(|object| object.name() == "self")
        }
        _ => false,
    }
}

/// `request.json`, `request.form`, `request.POST`, `request.data`.
fn python_member(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let named = matches!(node.name(), "json" | "form" | "POST" | "data" | "body");
    let called = node.role() == Role::Callee;
    let read =
        named && !called && node.role() != Role::Target && node.child(Role::Object).is_some_and(is_python_request);
    // `request.method == "POST"` and a stream that is handed on are no bodies; `json.loads(request.body)` is one.
    let loaded = node.name() != "body"
        || node.ancestors().take(3).any(|above| above.is(Kind::Call) && above.callee_name() == Some("loads"));
    (read && loaded).then_some(node)
}

/// `await request.json()`, `request.get_json()`, `await request.form()`.
fn python_call(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let read =
        matches!(call.callee_name()?, "json" | "get_json" | "form") && call.receiver().is_some_and(is_python_request);
    read.then_some(call)
}

/// A parameter of a route of `FastAPI` that takes an object of any form: `payload: dict`.
fn open_parameter(parameter: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let function = parameter.parent().filter(|function| function.is(Kind::Function))?;
    let routed =
        function.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value)).any(|value| {
            value.is(Kind::Call)
                && value.receiver().is_some()
                && matches!(value.callee_name(), Some("post" | "put" | "patch" | "delete"))
        });
    let annotation = parameter.child(Role::Annotation).filter(|_| routed)?;
    let injected = parameter.child(Role::Default).is_some_and(|default| {
        default.is(Kind::Call) && matches!(default.callee_name(), Some("Depends" | "Security" | "Header" | "Cookie"))
    });
    let open = match annotation.kind() {
        Kind::Identifier => matches!(annotation.name(), "dict" | "Dict" | "Any"),
        Kind::Index => annotation.child(Role::Object).is_some_and(|object| matches!(object.name(), "dict" | "Dict")),
        _ => false,
    };
    (open && !injected).then_some(parameter)
}
