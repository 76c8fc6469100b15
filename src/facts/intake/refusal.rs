//! What a client is answered when a schema refuses what it sent.

use super::body;
use crate::{
    code::{Kind, NodeRef, Role},
    facts::answers,
    model::Span,
};

/// Words of a `catch` that tells a refusal from a failure.
const TELLS_APART: &[&str] = &[
    "ZodError",
    "ValidationError",
    "ValiError",
    "issues",
    "instanceof",
    "isJoi",
    "isAxiosError",
    "400",
    "422",
    "BAD_REQUEST",
    "BadRequest",
    "UNPROCESSABLE",
    ".name",
    "error.code",
    "err.code",
    "error.status",
    "err.status",
    "statusCode",
    "errors",
];

/// A schema that parses a body: `schema.parse(await request.json())`, `schema.safeParse(body)`.
pub(super) fn is_schema(node: NodeRef<'_>) -> bool {
    parses(node, &["parse", "parseAsync", "safeParse", "safeParseAsync"])
}

fn parses(node: NodeRef<'_>, names: &[&str]) -> bool {
    if !node.is(Kind::Call) || !node.callee_name().is_some_and(|name| names.contains(&name)) {
        return false;
    }
    let holder = node.receiver().map(|receiver| receiver.path().unwrap_or_else(|| receiver.name().to_owned()));
    let other = holder.is_none_or(|holder| {
        let plain = holder.to_ascii_lowercase();
        ["json", "url", "qs", "path", "date", "csv", "xml", "yaml", "parser", "marked", "query"]
            .iter()
            .any(|word| plain.contains(word))
    });
    !other && node.argument(0).is_some_and(holds_body)
}

/// The body of the request, or a name that stands for it.
fn holds_body(node: NodeRef<'_>) -> bool {
    let reads = |node: NodeRef<'_>| {
        std::iter::once(node).chain(node.descendants().take(20)).any(|inner| body::body(inner, true).is_some())
    };
    reads(node) || (node.is(Kind::Identifier) && node.definition().is_some_and(reads))
}

/// The answer 500 of a `catch` that also catches what a schema throws.
pub(super) fn swallowed(node: NodeRef<'_>) -> Option<Span> {
    if !parses(node, &["parse", "parseAsync"]) {
        return None;
    }
    let catch = node.enclosing_try()?.children().find(|part| part.is(Kind::Catch))?;
    let body = catch.child(Role::Body)?;
    let text = body.text();
    // What is handed on may be told apart elsewhere.
    let caught = catch.child(Role::Parameter).and_then(NodeRef::binding_id);
    let handed = caught.is_some_and(|caught| {
        node.tree().references(caught).any(|reference| {
            reference.parent().is_some_and(|parent| {
                parent.is(Kind::Throw)
                    || parent.is(Kind::Call)
                        && reference.role() == Role::Argument
                        && !matches!(
                            parent.callee_name(),
                            Some("log" | "error" | "warn" | "info" | "debug" | "String" | "captureException")
                        )
            })
        })
    });
    if handed || TELLS_APART.iter().any(|word| text.contains(word)) {
        return None;
    }
    let responses: Vec<_> = body.descendants().take(300).filter_map(answers::response).collect();
    let failure = responses.iter().all(|response| response.status == Some(500));
    responses.first().filter(|_| failure).map(|response| response.node.span())
}
