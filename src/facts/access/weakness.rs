//! Where a guard lets through what it should stop.

use super::{
    About, Sign, SignKind, WeaknessKind,
    words::{about, about_name},
};
use crate::code::{Flags, Kind, NodeRef, Role};

/// The weakness that begins at `node`: a `catch`, an `if` or a function.
pub(super) fn weakness(node: NodeRef<'_>) -> Option<Sign> {
    let (kind, at) = match node.kind() {
        Kind::Catch => (WeaknessKind::AllowsOnException, node.child(Role::Body).and_then(allowing)?),
        Kind::If => condition(node)?,
        Kind::Function => (WeaknessKind::AlwaysAllows, always(node)?),
        _ => return None,
    };
    let about = match kind {
        WeaknessKind::AllowsOnException => node.parent().and_then(|whole| whole.child(Role::Body)).and_then(names),
        _ => node.child(Role::Condition).and_then(names),
    };
    Some(Sign { span: at.span(), kind: SignKind::Weak(kind), about })
}

fn names(node: NodeRef<'_>) -> Option<About> {
    about(
        std::iter::once(node)
            .chain(node.descendants().take(80))
            .filter(|inner| matches!(inner.kind(), Kind::Identifier | Kind::Member))
            .map(NodeRef::name)
            .collect::<Vec<_>>(),
    )
}

/// The statement of a block that lets the request through: `next()`, `return next()`, `return true`.
fn allowing(body: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let statements: Vec<NodeRef<'_>> =
        if body.is(Kind::Block) { body.children_in(Role::Item).collect() } else { vec![body] };
    statements.into_iter().find(|statement| allows(*statement))
}

fn allows(statement: NodeRef<'_>) -> bool {
    match statement.kind() {
        Kind::Return => statement.child(Role::Value).is_some_and(|value| {
            is_continuation(value) || (value.is(Kind::Boolean) && value.name() == "true" && decides(statement))
        }),
        Kind::Call | Kind::Await => is_continuation(statement),
        _ => false,
    }
}

/// `next()` and `await next()`, without an error.
fn is_continuation(node: NodeRef<'_>) -> bool {
    node.is(Kind::Call)
        && matches!(node.callee_name(), Some("next" | "done" | "call_next" | "get_response"))
        && node.receiver().is_none()
        && (node.positional().count() == 0 || matches!(node.callee_name(), Some("call_next" | "get_response")))
}

/// Whether what the function around `node` returns decides who comes in.
fn decides(node: NodeRef<'_>) -> bool {
    node.enclosing_function().and_then(NodeRef::function_name).is_some_and(|name| {
        matches!(name, "canActivate" | "has_permission" | "has_object_permission" | "authorize" | "authorized")
            || matches!(about_name(name), Some(About::Identity | About::Role | About::Signature))
    })
}

fn condition(node: NodeRef<'_>) -> Option<(WeaknessKind, NodeRef<'_>)> {
    let test = node.child(Role::Condition)?;
    let body = node.child(Role::Consequent)?;
    if let Some(at) = allowing(body) {
        if is_empty_list(test) {
            return Some((WeaknessKind::EmptyListAllows, at));
        }
        return is_unset(test).then_some((WeaknessKind::SkippedWhenUnset, at));
    }
    // Only a log line about a caller who is not known.
    let negative = test.is(Kind::Unary) && test.name() == "!";
    let statements: Vec<NodeRef<'_>> =
        if body.is(Kind::Block) { body.children_in(Role::Item).collect() } else { vec![body] };
    let logs = !statements.is_empty()
        && statements.iter().all(|statement| {
            statement.is(Kind::Call)
                && matches!(statement.callee_name(), Some("warn" | "error" | "log" | "warning" | "info"))
        });
    let stopped = matches!(names(test), Some(About::Identity | About::Role | About::Signature));
    (negative && logs && stopped && node.child(Role::Alternate).is_none()).then_some((WeaknessKind::OnlyWarns, node))
}

/// `!allowed.length`, `allowed.length === 0`, `not allowed`.
fn is_empty_list(test: NodeRef<'_>) -> bool {
    let is_length = |node: NodeRef<'_>| {
        (node.is(Kind::Member) && matches!(node.name(), "length" | "size"))
            || (node.is(Kind::Call) && node.callee_name() == Some("len"))
    };
    let of_allowed = |node: NodeRef<'_>| {
        let written = node.text().to_ascii_lowercase();
        ["allow", "whitelist", "permitted", "trusted"].iter().any(|word| written.contains(word))
    };
    match test.kind() {
        Kind::Unary if test.name() == "!" => {
            test.child(Role::Value).is_some_and(|value| is_length(value) && of_allowed(value))
        }
        Kind::Binary => {
            let zero = test.child(Role::Right).is_some_and(|right| right.is(Kind::Number) && right.name() == "0");
            zero && test.child(Role::Left).is_some_and(|left| is_length(left) && of_allowed(left))
        }
        _ => false,
    }
}

/// `!process.env.SECRET`, `!config.apiKey`: a setting that is not there, never a part of the request.
fn is_unset(test: NodeRef<'_>) -> bool {
    if !(test.is(Kind::Unary) && test.name() == "!") {
        return false;
    }
    let Some(value) = test.child(Role::Value) else { return false };
    let seen = value.resolved();
    if seen.env_read().is_some() {
        return !value.text().to_ascii_lowercase().contains("node_env");
    }
    let root = std::iter::successors(Some(seen), |node| node.child(Role::Object)).last().unwrap_or(seen);
    let holder = root.name().to_ascii_lowercase();
    let setting = ["config", "env", "settings", "options"].iter().any(|word| holder.contains(word));
    let secret = ["secret", "key", "token", "password", "user"]
        .iter()
        .any(|word| seen.name().to_ascii_lowercase().contains(word));
    setting && secret && seen.is(Kind::Member)
}

/// A guard's method that can only say yes.
fn always(function: NodeRef<'_>) -> Option<NodeRef<'_>> {
    if !matches!(function.name(), "canActivate" | "has_permission") || function.has(Flags::GETTER) {
        return None;
    }
    let body = function.child(Role::Body)?;
    let leaves: Vec<NodeRef<'_>> =
        body.descendants().filter(|inner| matches!(inner.kind(), Kind::Return | Kind::Throw)).collect();
    let yes = |leave: &NodeRef<'_>| {
        leave.is(Kind::Return)
            && leave
                .child(Role::Value)
                .is_some_and(|value| value.is(Kind::Boolean) && value.name().eq_ignore_ascii_case("true"))
    };
    // Behind a condition it is one answer of several, and a function that is called may throw.
    let unconditional = leaves.iter().any(|leave| leave.parent().is_some_and(|parent| parent.id() == body.id()));
    let throws = body.descendants().any(|inner| {
        inner.is(Kind::Call) && inner.callee_name().is_some_and(|name| name.to_ascii_lowercase().contains("throw"))
    });
    (unconditional && !throws && leaves.iter().all(yes) && !prepares(function, body)).then(|| leaves[0])
}

/// Whether a guard's method only gets something ready for the handler: it calls something for its effect or sets a
/// value, and neither its class nor its body speaks of the caller.
fn prepares(function: NodeRef<'_>, body: NodeRef<'_>) -> bool {
    let asks = |about: Option<About>| matches!(about, Some(About::Identity | About::Role | About::Signature));
    let named = |class: NodeRef<'_>| asks(about_name(class.name().trim_end_matches("Guard")));
    if function.enclosing_class().is_none_or(named) {
        return false;
    }
    let named = |inner: &NodeRef<'_>| matches!(inner.kind(), Kind::Identifier | Kind::Member);
    if body.descendants().filter(named).any(|inner| asks(about_name(inner.name()))) {
        return false;
    }
    body.descendants().any(|inner| match inner.kind() {
        Kind::Call => is_for_effect(inner) && !is_log(inner),
        Kind::Assignment => inner.child(Role::Target).is_some_and(|target| target.is(Kind::Member)),
        _ => false,
    })
}

/// Whether nothing takes what a call gives.
fn is_for_effect(call: NodeRef<'_>) -> bool {
    let whole = call.parent().filter(|parent| parent.is(Kind::Await)).unwrap_or(call);
    whole.role() == Role::Item && whole.parent().is_some_and(|parent| parent.is(Kind::Block))
}

fn is_log(call: NodeRef<'_>) -> bool {
    matches!(call.callee_name(), Some("log" | "debug" | "info" | "warn" | "warning" | "error" | "verbose" | "trace"))
}
