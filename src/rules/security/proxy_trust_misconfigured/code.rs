//! What code says about the addresses of callers: which proxies it believes, and what it counts by.

use crate::{
    code::{Constant, Kind, Language, NodeRef, Role},
    rule::{Out, Visit},
};

pub(super) fn observe(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    if node.is_dev_only() {
        return;
    }
    let script = file.file.language.is_some_and(Language::is_script);
    let key = match node.kind() {
        Kind::String => is_first_hop(node).then_some("first"),
        Kind::Call if script => in_script(node),
        Kind::Call => in_python(node),
        Kind::Property if script && node.name() == "trustProxy" && is_of_server(node) => {
            node.child(Role::Value).and_then(believed)
        }
        // Koa takes the first address that the header names.
        Kind::Assignment => is_koa(file, node).then_some("everybody"),
        _ => None,
    };
    if let Some(key) = key {
        let noted = out.note(file.place(node), key);
        if key == "limiter" && file.text.contains("slowapi") {
            "uvicorn".clone_into(&mut noted.key);
        }
    }
}

/// What a setting of the trust in proxies says; nothing when it is switched off.
fn believed(value: NodeRef<'_>) -> Option<&'static str> {
    match value.constant() {
        Some(Constant::Boolean(true)) => Some("everybody"),
        Some(Constant::Boolean(false) | Constant::Null) => None,
        Some(Constant::Number(hops)) if hops < 1.0 => None,
        _ => Some("trusts"),
    }
}

fn in_script(call: NodeRef<'_>) -> Option<&'static str> {
    let first = call.argument(0);
    let names_trust = first.is_some_and(|name| name.is(Kind::String) && name.name() == "trust proxy");
    match call.callee_name()? {
        "set" if names_trust => return believed(call.argument(1)?),
        "enable" if names_trust => return Some("everybody"),
        _ => {}
    }
    let api = call.callee_api()?;
    let options = match api.as_str() {
        "express-rate-limit" | "express-rate-limit.rateLimit" | "express-slow-down" | "express-slow-down.slowDown" => {
            first
        }
        _ if call.callee_name() == Some("register")
            && first.and_then(NodeRef::api_path).as_deref() == Some("@fastify/rate-limit") =>
        {
            call.argument(1)
        }
        "@nestjs/throttler.ThrottlerModule.forRoot" | "@nestjs/throttler.ThrottlerModule.forRootAsync" => {
            return Some("limiter");
        }
        _ => return None,
    };
    let Some(options) = options.map(NodeRef::resolved) else { return Some("limiter") };
    if !options.is(Kind::Object) || options.has_spread() {
        return None;
    }
    match options.property("keyGenerator") {
        None if is_method(options, "keyGenerator") => None,
        None => Some("limiter"),
        Some(own) => counts_address(own).then_some("limiter"),
    }
}

/// `keyGenerator(req) { … }`, which is no property but a method.
fn is_method(object: NodeRef<'_>, name: &str) -> bool {
    object.children().any(|item| item.is(Kind::Function) && item.name() == name)
}

/// `(req) => req.ip`, and nothing else.
fn counts_address(own: NodeRef<'_>) -> bool {
    own.child(Role::Body).is_some_and(|body| body.is(Kind::Member) && body.name() == "ip")
}

/// An option of Fastify itself, and not a setting of the same name.
fn is_of_server(property: NodeRef<'_>) -> bool {
    let mut at = property.parent();
    for _ in 0..4 {
        let Some(node) = at else { return false };
        match node.kind() {
            Kind::Call => {
                let api = node.callee_api().unwrap_or_default();
                return api.starts_with("fastify") || api.ends_with("FastifyAdapter");
            }
            Kind::Assignment => {
                return node.child(Role::Annotation).is_some_and(|kind| kind.text().contains("Fastify"));
            }
            _ => at = node.parent(),
        }
    }
    false
}

fn in_python(call: NodeRef<'_>) -> Option<&'static str> {
    let api = call.callee_api()?;
    let address = |node: NodeRef<'_>| {
        node.api_path().is_some_and(|path| {
            matches!(path.as_str(), "slowapi.util.get_remote_address" | "flask_limiter.util.get_remote_address")
        })
    };
    match api.as_str() {
        "slowapi.Limiter" | "flask_limiter.Limiter" => {
            let counts = call.keyword("key_func").or_else(|| call.argument(0)).is_some_and(address);
            counts.then_some("limiter")
        }
        _ if api.ends_with(".ProxyFix") => Some("trusts"),
        _ => {
            let adds = call
                .positional()
                .find(|argument| argument.api_path().is_some_and(|path| path.ends_with(".ProxyHeadersMiddleware")));
            let own = api.ends_with(".ProxyHeadersMiddleware");
            if adds.is_none() && !own {
                return None;
            }
            let all = call.keyword("trusted_hosts").and_then(NodeRef::constant_str).as_deref() == Some("*");
            Some(if all { "everybody" } else { "trusts" })
        }
    }
}

fn is_koa(file: &Visit<'_>, node: NodeRef<'_>) -> bool {
    let Some(target) = node.child(Role::Target).filter(|target| target.is(Kind::Member)) else { return false };
    let on = node.child(Role::Value).and_then(NodeRef::constant) == Some(Constant::Boolean(true));
    let made = target.child(Role::Object).map(NodeRef::resolved);
    let koa = made.is_some_and(|made| made.is(Kind::Call) && made.callee_api().as_deref() == Some("koa"));
    target.name() == "proxy" && on && koa && file.text.contains("koa")
}

/// The name of the header, where its first address, or all of it, is taken for the caller's.
fn is_first_hop(name: NodeRef<'_>) -> bool {
    let lower = name.name().to_ascii_lowercase();
    if lower != "x-forwarded-for" && lower != "http_x_forwarded_for" {
        return false;
    }
    let reads = name.parent().is_some_and(|parent| match parent.kind() {
        Kind::Index => parent.child(Role::Object).is_some_and(|object| {
            object.text().to_ascii_lowercase().ends_with("headers") || object.text().ends_with("META")
        }),
        Kind::Call => matches!(parent.callee_name(), Some("get" | "header" | "getHeader" | "getlist")),
        _ => false,
    });
    let Some(function) = name.enclosing_function().filter(|_| reads) else { return false };
    let text = function.text();
    let lower = text.to_ascii_lowercase();
    // A list of proxies, a number of hops, or the last address: somebody has thought of it.
    let thought = [
        "trust",
        "hops",
        "hop_",
        "proxies",
        "proxy_count",
        "[-1]",
        ".pop()",
        ".at(-1)",
        "reverse",
        "rsplit",
        "length -",
    ];
    !thought.iter().any(|word| lower.contains(word))
}
