//! Where the identity of the caller is used for more than asking whether there is one.

use super::Source;
use super::source::{reads_identity, source};
use crate::code::{Kind, NodeRef, Role};

/// Whether `node`, a name, is the identity of the caller and serves for something here. What is only tested, written
/// to a log or counted decides nothing about a record.
pub(super) fn is_used(node: NodeRef<'_>) -> bool {
    if node.role() == Role::Target || node.role() == Role::Parameter {
        return false;
    }
    let mut top = node;
    while let Some(parent) = top.parent().filter(|parent| parent.is(Kind::Member) || parent.is(Kind::Index)) {
        if top.role() != Role::Object {
            break;
        }
        top = parent;
    }
    // The outermost name that still is one: `req.user.id` is asked once, at `req`.
    let method = top.is(Kind::Member) && top.role() == Role::Callee;
    let value = if method { top.child(Role::Object) } else { Some(top) };
    value.is_some_and(|value| source(value) == Source::Session) && serves(top)
}

/// Whether a call tells who calls and its answer goes straight on: `find(await getUserId())`.
pub(super) fn is_used_call(call: NodeRef<'_>) -> bool {
    call.callee_name().is_some_and(reads_identity) && serves(call)
}

fn serves(top: NodeRef<'_>) -> bool {
    let mut at = top;
    for _ in 0..24 {
        let Some(parent) = at.parent() else { return false };
        match (parent.kind(), at.role()) {
            (Kind::If | Kind::Conditional, Role::Condition) | (Kind::Block | Kind::Module, _) => return false,
            (
                Kind::Unary
                | Kind::Logical
                | Kind::Await
                | Kind::Other
                | Kind::Spread
                | Kind::Property
                | Kind::Object
                | Kind::Template
                | Kind::Array,
                _,
            ) => {}
            (Kind::Binary, role) => {
                let other = parent.child(if role == Role::Left { Role::Right } else { Role::Left });
                let nothing = other.is_some_and(|other| {
                    other.is(Kind::Null)
                        || other.name() == "undefined"
                        || (other.is(Kind::String) && other.name().is_empty())
                });
                if !nothing && parent.name() != "instanceof" {
                    return true;
                }
            }
            // Another name for the same; its own uses are looked at.
            (Kind::Assignment, Role::Value) => {
                return parent
                    .child(Role::Target)
                    .is_some_and(|target| matches!(target.kind(), Kind::Member | Kind::Index));
            }
            (Kind::Call, Role::Argument | Role::Callee) => return !is_aside(parent),
            _ => return true,
        }
        at = parent;
    }
    true
}

/// Calls that write down, count or limit.
fn is_aside(call: NodeRef<'_>) -> bool {
    let path = call.callee_path().unwrap_or_default().to_ascii_lowercase();
    [
        "log",
        "console",
        "ratelimit",
        "rate_limit",
        "limiter",
        "audit",
        "track",
        "capture",
        "sentry",
        "metric",
        "setuser",
        "print",
    ]
    .iter()
    .any(|word| path.contains(word))
}
