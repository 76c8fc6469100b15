//! `link-from-host-header`: links that carry a secret are built from a configured address, not from the request's.

use crate::{
    code::{Kind, NodeRef, Role},
    model::{Confidence, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: LinkFromHostHeader = LinkFromHostHeader;

pub(in crate::rules) struct LinkFromHostHeader;

impl Rule for LinkFromHostHeader {
    fn id(&self) -> &'static str {
        "link-from-host-header"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Template]).keywords(&[
            "reset",
            "verify",
            "verification",
            "invite",
            "invitation",
            "confirm",
            "activate",
            "magic",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !carries_secret(node) {
            return;
        }
        let Some(first) = base(node) else { return };
        let made = first.resolved();
        if from_request(made) {
            let place = if made.id() == first.id() { node } else { made };
            out.bad(file.place(place), "host").confidence = Confidence::Likely;
        } else if made.env_read().is_some() || is_setting(made) {
            out.good(file.place(node), "configured");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("none"))
    }
}

/// The hole that names the host: the first piece, or the one behind `https://`.
fn base(template: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let pieces: Vec<NodeRef<'_>> = template.children_in(Role::Item).take(4).collect();
    let first = pieces.iter().position(|piece| !piece.is(Kind::String))?;
    let before: String = pieces[..first].iter().map(|piece| piece.name()).collect();
    let host = pieces.get(first + 1).is_some_and(|next| next.is(Kind::String) && next.name() == "://");
    if host {
        return pieces.get(first + 2).copied();
    }
    matches!(before.as_str(), "" | "http://" | "https://").then_some(pieces[first])
}

/// Whether the link leads to where a secret in it counts.
fn carries_secret(template: NodeRef<'_>) -> bool {
    let path: String = template
        .children_in(Role::Item)
        .filter(|piece| piece.is(Kind::String))
        .map(|piece| piece.name().to_ascii_lowercase())
        .collect::<Vec<_>>()
        .join(" ");
    let leads = ["reset", "verify", "verification", "invite", "invitation", "confirm", "activate", "magic"]
        .iter()
        .any(|word| path.contains(word));
    let secret = template.children_in(Role::Item).filter(|piece| !piece.is(Kind::String)).any(|piece| {
        let name = piece.text().to_ascii_lowercase();
        ["token", "code", "key", "hash", "secret", "uuid"].iter().any(|word| name.contains(word))
    });
    leads && secret && path.contains('/')
}

/// `req.headers.host`, `req.get('host')`, `request.headers.get('x-forwarded-host')`, `request.nextUrl.origin`,
/// `new URL(request.url).origin`, `request.get_host()`, `request.base_url`.
fn from_request(value: NodeRef<'_>) -> bool {
    match value.kind() {
        Kind::Logical => {
            // What is configured wins; the request only stands in.
            value.child(Role::Left).is_some_and(|left| from_request(left.resolved()))
        }
        Kind::Template => base(value).is_some_and(|piece| from_request(piece.resolved())),
        Kind::Member => {
            let object = value.child(Role::Object);
            match value.name() {
                "host" if object.is_some_and(|object| object.name() == "headers") => true,
                "origin" | "host" => {
                    object.is_some_and(|object| object.name() == "nextUrl" || object.text().starts_with("new URL(req"))
                }
                "base_url" | "host_url" | "url_root" => object.is_some_and(|object| object.name() == "request"),
                _ => false,
            }
        }
        Kind::Call => match value.callee_name() {
            Some("get" | "header") => {
                value.argument(0).is_some_and(|header| {
                    header.is(Kind::String)
                        && matches!(header.name().to_ascii_lowercase().as_str(), "host" | "x-forwarded-host" | "origin")
                }) && value.receiver().is_some_and(|receiver| {
                    matches!(receiver.name(), "headers" | "req" | "request")
                        || receiver.callee_name() == Some("headers")
                })
            }
            Some("get_host") => true,
            _ => false,
        },
        _ => false,
    }
}

fn is_setting(value: NodeRef<'_>) -> bool {
    let root = value.text().to_ascii_lowercase();
    value.is(Kind::Member) && ["config", "env", "settings"].iter().any(|word| root.starts_with(word))
}
