//! `webhook-signature-always-true`: what verifies a signature can say no, also when the secret is not set.

use crate::{
    code::{Kind, NodeRef, Role},
    model::{Severity, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: WebhookSignatureAlwaysTrue = WebhookSignatureAlwaysTrue;

pub(in crate::rules) struct WebhookSignatureAlwaysTrue;

impl Rule for WebhookSignatureAlwaysTrue {
    fn id(&self) -> &'static str {
        "webhook-signature-always-true"
    }

    fn watch(&self) -> Watch {
        let words = ["ignature", "IGNATURE", "mac", "MAC", "ebhook", "EBHOOK"];
        Watch::nodes(&[Kind::Function, Kind::If]).keywords(&words)
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if node.is(Kind::If) {
            return optional(file, node, out);
        }
        if !node.function_name().is_some_and(verifies) {
            return;
        }
        let leaves = leaves(node);
        let yes: Vec<NodeRef<'_>> = leaves.iter().copied().filter(|leaf| is_literal(*leaf, "true")).collect();
        if yes.is_empty() {
            if leaves.iter().any(|leaf| leaf.is(Kind::Return) && leaf.child(Role::Value).is_some()) {
                out.good(file.place(node), "decides");
            }
            return;
        }
        // Outside production a verifier may be lenient; which way that goes is not for a guess.
        let text = node.text();
        if ["NODE_ENV", "production", "development", "DEBUG", "isProd", "isDev"].iter().any(|word| text.contains(word))
        {
            return;
        }
        if yes.len() == leaves.len() {
            out.bad(file.place(node), "always");
            return;
        }
        let Some((leaf, key)) = yes.iter().find_map(|leaf| Some((*leaf, lets_through(*leaf)?))) else {
            out.good(file.place(node), "decides");
            return;
        };
        out.bad(file.place(leaf), key);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("none"))
    }
}

/// Whether a function is named like one that verifies a signature.
fn verifies(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let verb = ["verify", "validate", "check", "isvalid", "authenticate"].iter().any(|verb| plain.starts_with(verb));
    let about_ui = ["email", "form", "field", "url", "config", "payload", "schema", "name", "event", "type", "exist"];
    verb && ["signature", "hmac", "webhook"].iter().any(|word| plain.contains(word))
        && !about_ui.iter().any(|word| plain.contains(word))
}

/// How the function ends: its own returns and throws, and the expression of an arrow.
fn leaves(function: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let Some(body) = function.child(Role::Body) else { return Vec::new() };
    if !body.is(Kind::Block) {
        return vec![body];
    }
    body.descendants()
        .filter(|inner| matches!(inner.kind(), Kind::Return | Kind::Throw))
        .filter(|leaf| leaf.enclosing_function().is_some_and(|owner| owner.id() == function.id()))
        .collect()
}

fn is_literal(leaf: NodeRef<'_>, wanted: &str) -> bool {
    let value = if leaf.is(Kind::Return) { leaf.child(Role::Value) } else { Some(leaf) };
    value.is_some_and(|value| value.is(Kind::Boolean) && value.name().eq_ignore_ascii_case(wanted))
}

/// Why this `return true` lets through what it should stop: the secret is missing, or the check failed to run.
fn lets_through(leaf: NodeRef<'_>) -> Option<&'static str> {
    if leaf.enclosing_catch().is_some() {
        return Some("caught");
    }
    let test = leaf.enclosing_in_function(Kind::If)?;
    let condition = test.child(Role::Condition)?;
    let in_consequent = test.child(Role::Consequent).is_some_and(|branch| branch.span().contains(leaf.span()));
    (in_consequent && is_missing(condition)).then_some("unset")
}

/// `!secret`, `not settings.webhook_secret`, `!signature || !secret`.
fn is_missing(condition: NodeRef<'_>) -> bool {
    match condition.kind() {
        Kind::Unary if condition.name() == "!" => condition
            .child(Role::Value)
            .is_some_and(|value| matches!(value.kind(), Kind::Identifier | Kind::Member) && is_secret(value)),
        Kind::Logical => [Role::Left, Role::Right].into_iter().filter_map(|side| condition.child(side)).any(is_missing),
        Kind::Binary if matches!(condition.name(), "==" | "===" | "is") => {
            let nothing =
                condition.child(Role::Right).is_some_and(|right| right.is(Kind::Null) || right.name() == "undefined");
            nothing && condition.child(Role::Left).is_some_and(is_secret)
        }
        _ => false,
    }
}

fn is_secret(value: NodeRef<'_>) -> bool {
    let name = value.name().to_ascii_lowercase();
    ["secret", "key", "signature", "token"].iter().any(|word| name.contains(word))
}

/// `if (secret) { …verify… }` with nothing for the case that it is not set.
fn optional(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    let (Some(condition), Some(body)) = (node.child(Role::Condition), node.child(Role::Consequent)) else { return };
    if node.child(Role::Alternate).is_some() || !is_present(condition) || node.is_dev_only() {
        return;
    }
    let inside: Vec<NodeRef<'_>> = body.descendants().take(400).collect();
    let computes = inside.iter().any(|inner| {
        inner.is(Kind::Call)
            && (matches!(
                inner.callee_name(),
                Some("createHmac" | "timingSafeEqual" | "compare_digest" | "constructEvent" | "construct_event")
            ) || inner.callee_name().is_some_and(verifies)
                || inner.callee_path().is_some_and(|path| path.ends_with("hmac.new")))
    });
    let refuses = inside.iter().any(|inner| {
        inner.is(Kind::Throw)
            || (inner.is(Kind::Number) && matches!(inner.name(), "400" | "401" | "403"))
            || is_literal(*inner, "false") && inner.is(Kind::Return)
    });
    // A secret that was required before is set here.
    let required = node.enclosing_function().is_some_and(|function| {
        function.descendants().take_while(|inner| inner.span().start < node.span().start).any(|inner| {
            inner.is(Kind::If)
                && inner.child(Role::Condition).is_some_and(is_missing)
                && inner.child(Role::Consequent).is_some_and(NodeRef::always_leaves)
        })
    });
    if computes && refuses && !required {
        out.bad(file.place(node), "optional").severity = Some(Severity::High);
    }
}

/// `secret`, `env.WEBHOOK_SECRET`, `secret && signature`: a setting that is there.
fn is_present(condition: NodeRef<'_>) -> bool {
    match condition.kind() {
        Kind::Identifier | Kind::Member => {
            let name = condition.name().to_ascii_lowercase();
            let resolved = condition.resolved();
            let setting = resolved.env_read().is_some() || matches!(resolved.kind(), Kind::Member | Kind::Identifier);
            name.contains("secret") && setting && !name.starts_with("is")
        }
        Kind::Logical if condition.name() == "&&" => {
            [Role::Left, Role::Right].into_iter().filter_map(|side| condition.child(side)).any(is_present)
        }
        _ => false,
    }
}
