//! `webhook-body-reserialized`: a signature is verified over the bytes that came, not over what was made of them.

use crate::{
    code::{Kind, NodeRef, Role},
    model::Verdict,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: WebhookBodyReserialized = WebhookBodyReserialized;

pub(in crate::rules) struct WebhookBodyReserialized;

impl Rule for WebhookBodyReserialized {
    fn id(&self) -> &'static str {
        "webhook-body-reserialized"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["createHmac", "hmac", "ignature", "constructEvent", "construct_event"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(signed) = signed(node) else { return };
        if !verifies(node) || makes_its_own(node) {
            return;
        }
        if let Some(made) = serialized(signed) {
            // Where the bytes are at hand, only what has none is made anew.
            let place = if made.span().start > node.span().start { made } else { node };
            out.bad(file.place(place), "made-again");
        } else {
            out.good(file.place(node), "as-it-came");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("none"))
    }
}

/// What a signature is computed over: `createHmac(…).update(x)`, `hmac.new(key, x, …)`, `constructEvent(x, …)`.
fn signed(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let hmac_below = |call: NodeRef<'_>| {
        call.receiver().is_some_and(|receiver| {
            let made = receiver.resolved();
            std::iter::once(made)
                .chain(made.descendants().take(20))
                .any(|inner| inner.callee_name() == Some("createHmac"))
        })
    };
    match call.callee_name()? {
        "update" if hmac_below(call) => call.argument(0),
        "new" if call.callee_path().is_some_and(|path| path.ends_with("hmac.new")) => {
            call.argument(1).or_else(|| call.keyword("msg"))
        }
        "constructEvent" | "construct_event" | "constructEventAsync" => call.argument(0),
        _ => None,
    }
}

/// Whether the function around a signature compares it with one that came, rather than sending it.
fn verifies(call: NodeRef<'_>) -> bool {
    if call.callee_name().is_some_and(|name| name.starts_with("construct")) {
        return true;
    }
    let Some(function) = call.enclosing_function() else { return false };
    let about = |word: &str| {
        let word = word.to_ascii_lowercase();
        word.contains("sig") || word.contains("expected") || word.contains("hmac") || word.contains("digest")
    };
    function.descendants().take(2000).any(|inner| match inner.kind() {
        Kind::Call => matches!(inner.callee_name(), Some("timingSafeEqual" | "compare_digest")),
        Kind::Binary if matches!(inner.name(), "==" | "===" | "!=" | "!==") => {
            let sides = [Role::Left, Role::Right].map(|side| inner.child(side));
            sides.iter().all(|side| {
                side.is_some_and(|side| {
                    matches!(side.kind(), Kind::Identifier | Kind::Member | Kind::Call | Kind::Template)
                })
            }) && sides.iter().flatten().any(|side| about(side.name()))
        }
        _ => false,
    })
}

/// Whether the same file signs what this function checks: a token of the program's own, made of the same text on both
/// sides.
fn makes_its_own(call: NodeRef<'_>) -> bool {
    call.callee_name() == Some("update")
        && call.tree().nodes().filter(|other| other.is(Kind::Call) && *other != call).any(|other| {
            other.callee_name() == Some("update")
                && other.enclosing_function() != call.enclosing_function()
                && signed(other).is_some_and(is_json)
                && !verifies(other)
        })
}

fn is_json(node: NodeRef<'_>) -> bool {
    let made = node.resolved();
    made.is(Kind::Call) && matches!(made.callee_path().as_deref(), Some("JSON.stringify" | "json.dumps"))
}

/// The call that makes text of something that was parsed, on any way to `signed`.
fn serialized(signed: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let made = signed.resolved();
    let branches = match made.kind() {
        Kind::Conditional => vec![made.child(Role::Consequent)?, made.child(Role::Alternate)?],
        Kind::Logical => vec![made.child(Role::Left)?, made.child(Role::Right)?],
        // `${timestamp}.${JSON.stringify(body)}`.
        Kind::Template => made.children_in(Role::Item).map(NodeRef::resolved).collect(),
        Kind::Binary if made.name() == "+" => {
            [Role::Left, Role::Right].into_iter().filter_map(|role| made.child(role)).map(NodeRef::resolved).collect()
        }
        Kind::Call if made.callee_name() == Some("encode") => vec![made.receiver()?.resolved()],
        _ => vec![made],
    };
    branches.into_iter().find(|branch| {
        branch.is(Kind::Call)
            && matches!(branch.callee_path().as_deref(), Some("JSON.stringify" | "json.dumps"))
            && branch.argument(0).is_some_and(|argument| {
                !matches!(argument.resolved().kind(), Kind::Object | Kind::Array | Kind::String)
            })
    })
}
