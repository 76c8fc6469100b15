//! Where a request goes, as far as its file tells.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    model::Span,
};

/// Names followed from the address to what it is made of.
const HOPS: usize = 6;

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// To the page's own origin, or to data that comes with the program.
    Local,
    /// A host that the code names.
    Host(String),
    /// A host that the configuration names; the variable, when it is one.
    Configured(String),
    /// The host is data.
    Data {
        span: Span,
        /// The expression, as written.
        text: String,
        origin: Origin,
    },
    /// Nothing tells.
    Open,
}

/// Where data that names a host comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The request that is being answered.
    Request,
    /// A field that holds an address, of something that is not the program's configuration.
    Field,
    /// A parameter of the function.
    Parameter,
}

pub(super) fn address(node: NodeRef<'_>) -> Address {
    whole(node, HOPS)
}

fn whole(node: NodeRef<'_>, hops: usize) -> Address {
    let Some(hops) = hops.checked_sub(1) else { return Address::Open };
    if let Some(text) = node.constant_str() {
        return literal(&text);
    }
    if let Some(read) = node.env_read() {
        return Address::Configured(read.name);
    }
    match node.kind() {
        Kind::Template => template(node, hops),
        Kind::Binary if node.name() == "+" => {
            let mut left = node;
            for _ in 0..64 {
                match left.child(Role::Left).filter(|_| left.is(Kind::Binary)) {
                    Some(next) => left = next,
                    None => break,
                }
            }
            joined(left, node, hops)
        }
        Kind::Logical => match node.child(Role::Left).map(|left| whole(left, hops)) {
            Some(Address::Open) | None => node.child(Role::Right).map_or(Address::Open, |right| whole(right, hops)),
            Some(left) => left,
        },
        Kind::Conditional => node.child(Role::Consequent).map_or(Address::Open, |value| whole(value, hops)),
        Kind::Call => call(node, hops),
        Kind::Member if matches!(node.name(), "href" | "origin") && of_location(node) => Address::Local,
        Kind::Member if node.name() == "href" => {
            node.child(Role::Object).map_or(Address::Open, |object| whole(object, hops))
        }
        Kind::Member | Kind::Index => data(node),
        Kind::Identifier => match node.definition() {
            Some(made) => whole(made, hops),
            None => data(node),
        },
        Kind::Await | Kind::Spread => node.child(Role::Value).map_or(Address::Open, |value| whole(value, hops)),
        _ => Address::Open,
    }
}

/// A template: what its first pieces say about the host.
fn template(node: NodeRef<'_>, hops: usize) -> Address {
    let mut items = node.children_in(Role::Item);
    let Some(first) = items.next() else { return Address::Open };
    if !first.is(Kind::String) {
        return joined(first, node, hops);
    }
    let text = first.name();
    match text.split_once("://") {
        Some((scheme, rest)) if rest.is_empty() && scheme.starts_with("http") => {
            // `https://${host}/…`, and `https://${shop}.example.com/…`, whose domain is fixed.
            let (Some(host), after) = (items.next(), items.next()) else { return Address::Open };
            match after.filter(|piece| piece.is(Kind::String) && piece.name().starts_with('.')) {
                Some(domain) => {
                    let domain = domain.name().split(['/', '?', ':']).next().unwrap_or_default();
                    Address::Host(domain.trim_start_matches('.').to_owned())
                }
                None => match whole(host, hops) {
                    Address::Local | Address::Data { origin: Origin::Field, .. } => Address::Open,
                    address => address,
                },
            }
        }
        _ => literal(text),
    }
}

/// `first` with more behind it.
fn joined(first: NodeRef<'_>, node: NodeRef<'_>, hops: usize) -> Address {
    if first.constant_str().is_some_and(|text| text.is_empty()) {
        let rest = node.children_in(Role::Item).nth(1);
        return rest.map_or(Address::Local, |rest| whole(rest, hops));
    }
    match whole(first, hops) {
        // What stands in front of a path is a base, and a base is settings far more often than data.
        Address::Data { origin: Origin::Parameter | Origin::Field, .. } => Address::Open,
        address => address,
    }
}

fn literal(text: &str) -> Address {
    match text.split_once("://") {
        Some((scheme, rest)) if scheme.starts_with("http") => {
            let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
            if host.is_empty() { Address::Open } else { Address::Host(host.to_ascii_lowercase()) }
        }
        _ => Address::Local,
    }
}

fn call(node: NodeRef<'_>, hops: usize) -> Address {
    match node.callee_name() {
        Some("URL") => match (node.argument(0).map(|first| whole(first, hops)), node.argument(1)) {
            (Some(Address::Local), Some(base)) if base.text().contains("import.meta") => Address::Local,
            (Some(_), Some(base)) => whole(base, hops),
            (Some(address), _) => address,
            (None, _) => Address::Open,
        },
        Some("toString" | "trim" | "strip" | "replace" | "rstrip" | "format") => {
            node.receiver().map_or(Address::Open, |receiver| whole(receiver, hops))
        }
        Some("String" | "str" | "encodeURI") => node.argument(0).map_or(Address::Open, |first| whole(first, hops)),
        _ if from_request(node) => data(node),
        _ => Address::Open,
    }
}

fn of_location(node: NodeRef<'_>) -> bool {
    node.path().is_some_and(|path| path.contains("location."))
}

/// An address that is a value: where the value comes from.
fn data(node: NodeRef<'_>) -> Address {
    if of_location(node) {
        return Address::Local;
    }
    let found = |origin| Address::Data { span: node.span(), text: node.text().to_owned(), origin };
    if from_request(node) {
        return found(Origin::Request);
    }
    match node.kind() {
        Kind::Member if node.child(Role::Object).is_some_and(|object| matches!(object.name(), "this" | "self")) => {
            Address::Configured(node.text().to_owned())
        }
        Kind::Member if is_address_name(node.name()) && !is_settings(node) => found(Origin::Field),
        Kind::Identifier if is_own_parameter(node) => found(Origin::Parameter),
        Kind::Identifier => destructured(node).map_or(Address::Open, |(object, name)| {
            if from_request(object) {
                found(Origin::Request)
            } else if is_address_name(name) && !is_settings(object) && object.is(Kind::Identifier) {
                found(Origin::Field)
            } else {
                Address::Open
            }
        }),
        _ => Address::Open,
    }
}

fn is_own_parameter(node: NodeRef<'_>) -> bool {
    node.binding().is_some_and(|binding| binding.kind == BindingKind::Parameter)
}

/// For a name taken out of an object: the object, and the property it was.
fn destructured(node: NodeRef<'_>) -> Option<(NodeRef<'_>, &str)> {
    let binding = node.binding().filter(|binding| binding.kind == BindingKind::Variable && binding.writes == 0)?;
    let declaration = node.tree().at(binding.declaration);
    let pattern = declaration.child(Role::Target).filter(|target| target.is(Kind::Object))?;
    let property = pattern.children().take(200).find(|property| {
        property.is(Kind::Property)
            && property.child(Role::Value).is_some_and(|value| value.binding_id() == node.binding_id())
    })?;
    Some((declaration.child(Role::Value)?, property.name()))
}

/// `req.body.url`, `(await req.json()).url`, `request.args.get("url")`, `searchParams.get('url')`.
fn from_request(node: NodeRef<'_>) -> bool {
    let mut at = node;
    for _ in 0..12 {
        match at.kind() {
            Kind::Member => {
                let object = at.child(Role::Object);
                let on_request = object.is_some_and(|object| {
                    matches!(object.name(), "req" | "request" | "ctx" | "c") && object.is(Kind::Identifier)
                });
                if on_request
                    && matches!(
                        at.name(),
                        "body"
                            | "query"
                            | "params"
                            | "args"
                            | "form"
                            | "GET"
                            | "POST"
                            | "data"
                            | "json"
                            | "query_params"
                    )
                {
                    return true;
                }
                if at.name() == "searchParams" && at.text().contains("req") {
                    return true;
                }
                match object {
                    Some(object) => at = object,
                    None => return false,
                }
            }
            Kind::Index => match at.child(Role::Object) {
                Some(object) => at = object,
                None => return false,
            },
            Kind::Await => match at.child(Role::Value) {
                Some(value) => at = value,
                None => return false,
            },
            Kind::Call => match at.receiver() {
                Some(receiver)
                    if matches!(
                        at.callee_name(),
                        Some("get" | "json" | "get_json" | "query" | "param" | "getlist")
                    ) =>
                {
                    let on_request = matches!(receiver.name(), "req" | "request") && receiver.is(Kind::Identifier);
                    if on_request && at.callee_name() != Some("get") {
                        return true;
                    }
                    at = receiver;
                }
                _ => return false,
            },
            Kind::Identifier => {
                if let Some(made) = at.definition().filter(|made| *made != at) {
                    at = made;
                } else if let Some((object, _)) = destructured(at) {
                    at = object;
                } else {
                    return false;
                }
            }
            _ => return false,
        }
    }
    false
}

/// `webhookUrl`, `callback_url`, `target_url`: a field in which somebody enters where to send something.
fn is_address_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "");
    [
        "webhookurl",
        "callbackurl",
        "targeturl",
        "webhookuri",
        "hookurl",
        "notifyurl",
        "feedurl",
        "sourceurl",
        "websiteurl",
    ]
    .iter()
    .any(|word| name.ends_with(word))
}

/// Whether the object is the program's own configuration.
fn is_settings(node: NodeRef<'_>) -> bool {
    let text = node.text().to_ascii_lowercase();
    ["config", "settings", "env.", "environ", "this.", "self.", "constants", "options", "process."]
        .iter()
        .any(|word| text.contains(word))
        || node.has(Flags::CONST)
}

/// Words with which code that checks addresses speaks of them.
const CHECKS: [&str; 22] = [
    "ssrf",
    "isprivate",
    "is_private",
    "privateip",
    "private_ip",
    "allowedhosts",
    "allowed_hosts",
    "allowlist",
    "allow_list",
    "whitelist",
    "alloweddomains",
    "allowed_domains",
    "allowedorigins",
    "blockedhosts",
    "blocked_hosts",
    "is_loopback",
    "isloopback",
    "169.254",
    "ipaddr",
    "ispublicurl",
    "issafeurl",
    "is_safe_url",
];

/// Whether a file says something about which addresses may be fetched.
pub(super) fn speaks_of_checks(text: &str) -> bool {
    SPOKEN.is_match(text)
}

/// What speaks of checks, in any case.
static SPOKEN: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let more =
        ["validateurl", "validate_url", "isallowedurl", "assertsafe", ".hostname !==", ".hostname ===", "hosts.has("];
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(CHECKS.iter().chain(more.iter()))
        .expect("words are short and few, so the automaton has room for them")
});
