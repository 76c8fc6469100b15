//! How long a request waits: options of the call, of the client, of the program, and what stands around the call.

use super::{Client, Limit, client::Sender};
use crate::{
    code::{BindingKind, Kind, NodeRef, Role},
    model::Span,
};

/// Spreads and names followed from a call to the object that holds its options.
const HOPS: usize = 4;

pub(super) fn limit(call: NodeRef<'_>, sender: &Sender<'_>) -> Limit {
    if let Some(span) = raced(call) {
        return Limit::Given(span);
    }
    match sender.client {
        Client::Fetch | Client::NodeFetch => fetch(call, sender),
        Client::Axios => with_options(sender.options, &["timeout", "signal", "cancelToken"]),
        Client::Got => with_options(sender.options, &["timeout", "signal"]),
        Client::Ky => match with_options(sender.options, &["timeout", "signal"]) {
            Limit::None => Limit::Library,
            limit => limit,
        },
        Client::Superagent => chained(call, &["timeout"]).map_or(Limit::None, Limit::Given),
        Client::Node => node(call, sender),
        Client::Urllib if call.argument(2).is_some() => Limit::Given(call.span()),
        Client::Requests | Client::Urllib => python(call, Limit::None),
        Client::Httpx | Client::Aiohttp => python(call, Limit::Library),
    }
}

/// A limit that a program sets for every request of a client: `axios.defaults.timeout = …`.
pub(super) fn default_for_all(node: NodeRef<'_>) -> Option<(Client, Span)> {
    if node.is(Kind::Assignment) {
        let path = node.child(Role::Target).filter(|target| target.is(Kind::Member))?.api_path()?;
        return (path == "axios.defaults.timeout").then(|| (Client::Axios, node.span()));
    }
    match node.callee_api()?.as_str() {
        "undici.setGlobalDispatcher" => {
            let text = node.argument(0)?.resolved().text();
            text.contains("imeout").then(|| (Client::Fetch, node.span()))
        }
        "socket.setdefaulttimeout" => Some((Client::Urllib, node.span())),
        _ => None,
    }
}

/// Whether a call of something else passes a limit among its options.
pub(super) fn gives_limit(call: NodeRef<'_>) -> bool {
    call.children_in(Role::Argument).any(|argument| {
        let named =
            |property: NodeRef<'_>| property.is(Kind::Property) && matches!(property.name(), "signal" | "timeout");
        named(argument) || argument.is(Kind::Object) && argument.children().any(named)
    })
}

fn fetch(call: NodeRef<'_>, sender: &Sender<'_>) -> Limit {
    let names: &[&str] = if sender.client == Client::NodeFetch { &["signal", "timeout"] } else { &["signal"] };
    if let Some(first) = call.argument(0) {
        let made = first.resolved();
        if made.is(Kind::Call) && made.callee_name() == Some("Request") {
            return with_options(made.argument(1).or(sender.options), names);
        }
        // A proxy hands on the request that it was given, with the limit of whoever sent it.
        if matches!(first.name(), "request" | "req") && first.is(Kind::Identifier) || first.text() == "event.request" {
            return Limit::Open;
        }
    }
    if call.has_spread() {
        return Limit::Open;
    }
    with_options(sender.options, names)
}

/// What the options of a script's client say.
fn with_options(options: Option<NodeRef<'_>>, names: &[&str]) -> Limit {
    options.map_or(Limit::None, |options| options_say(options, names, HOPS))
}

fn options_say(options: NodeRef<'_>, names: &[&str], hops: usize) -> Limit {
    let Some(hops) = hops.checked_sub(1) else { return Limit::Open };
    match options.kind() {
        Kind::Object => object_says(options, names, hops),
        Kind::Identifier if options.name() == "undefined" => Limit::None,
        Kind::Identifier => {
            if let Some(written) = written_later(options, names) {
                return Limit::Given(written);
            }
            match options.definition() {
                Some(made) => options_say(made, names, hops),
                None if is_parameter(options) => Limit::Caller,
                None => Limit::Open,
            }
        }
        // `options ?? {}`
        Kind::Logical => match options.child(Role::Left).map(|left| options_say(left, names, hops)) {
            Some(limit) => limit,
            None => Limit::Open,
        },
        Kind::Null => Limit::None,
        _ => Limit::Open,
    }
}

fn object_says(object: NodeRef<'_>, names: &[&str], hops: usize) -> Limit {
    for name in names {
        let Some(property) = object.children().filter(|child| child.is(Kind::Property) && child.name() == *name).last()
        else {
            continue;
        };
        let off = property.child(Role::Value).is_some_and(|value| {
            matches!(value.name(), "undefined" | "false" | "0") && !value.is(Kind::String) || value.is(Kind::Null)
        });
        return if off { Limit::Off(property.span()) } else { Limit::Given(property.span()) };
    }
    let mut answer = Limit::None;
    for spread in object.children().filter(|child| child.is(Kind::Spread)) {
        let Some(value) = spread.child(Role::Value) else { continue };
        match spread_says(value, names, hops) {
            given @ Limit::Given(_) => return given,
            Limit::None | Limit::Library => {}
            other => answer = other,
        }
    }
    answer
}

/// `...(body ? { body } : {})` lists what it can add.
fn spread_says(value: NodeRef<'_>, names: &[&str], hops: usize) -> Limit {
    let either = |left: Option<NodeRef<'_>>, right: Option<NodeRef<'_>>| {
        let mut answer = Limit::None;
        for side in [left, right].into_iter().flatten() {
            match options_say(side, names, hops) {
                given @ Limit::Given(_) => return given,
                Limit::None | Limit::Library => {}
                other => answer = other,
            }
        }
        answer
    };
    match value.kind() {
        Kind::Conditional => either(value.child(Role::Consequent), value.child(Role::Alternate)),
        Kind::Logical if value.name() == "&&" => either(None, value.child(Role::Right)),
        _ => options_say(value, names, hops),
    }
}

/// `options.signal = …` after the declaration.
fn written_later(options: NodeRef<'_>, names: &[&str]) -> Option<Span> {
    let binding = options.binding_id()?;
    options.tree().references(binding).take(200).find_map(|reference| {
        let member = reference.parent().filter(|member| member.is(Kind::Member) && names.contains(&member.name()))?;
        let assignment = member.parent().filter(|above| above.is(Kind::Assignment))?;
        (member.role() == Role::Target).then(|| assignment.span())
    })
}

/// Whether a name is a parameter or a part of one, so that the caller decides.
fn is_parameter(name: NodeRef<'_>) -> bool {
    name.binding().is_some_and(|binding| binding.kind == BindingKind::Parameter)
}

/// The call is given to something that ends it: `Promise.race([…])`, `withTimeout(fetch(…), 5000)`.
fn raced(call: NodeRef<'_>) -> Option<Span> {
    let mut inside = call;
    for above in call.ancestors().take(24) {
        if above.is(Kind::Call) && inside.role() == Role::Argument {
            let ends = above.callee_name().is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                name == "race" || name.contains("timeout") && name != "settimeout" || name.contains("deadline")
            });
            if ends {
                return Some(above.span());
            }
        }
        // `async with asyncio.timeout(10):`
        if above.is(Kind::Block) {
            let manager = above.children_in(Role::Value).find(|manager| {
                manager.callee_name().is_some_and(|name| matches!(name, "timeout" | "fail_after" | "move_on_after"))
            });
            if let Some(manager) = manager {
                return Some(manager.span());
            }
        }
        inside = above;
    }
    None
}

/// A method of the chain that a call begins: `superagent.get(url).timeout(…)`.
fn chained(call: NodeRef<'_>, names: &[&str]) -> Option<Span> {
    call.ancestors()
        .take(24)
        .take_while(|above| matches!(above.kind(), Kind::Member | Kind::Call))
        .find(|above| above.is(Kind::Member) && names.contains(&above.name()))
        .map(NodeRef::span)
}

/// Node's own client: an option, or a method called on the request later on.
fn node(call: NodeRef<'_>, sender: &Sender<'_>) -> Limit {
    let around = call.enclosing_function().unwrap_or_else(|| call.tree().root());
    let text = around.text();
    if text.contains("setTimeout(") || text.contains("timeout") || text.contains("signal") {
        return Limit::Given(call.span());
    }
    match sender.options.map(NodeRef::resolved) {
        Some(options) if matches!(options.kind(), Kind::Object | Kind::String | Kind::Template) => Limit::None,
        _ if call.argument(1).is_some_and(|second| second.is(Kind::Function)) => Limit::None,
        _ => Limit::Open,
    }
}

/// Keyword arguments of Python's clients.
fn python(call: NodeRef<'_>, otherwise: Limit) -> Limit {
    if let Some(value) = call.keyword("timeout") {
        return if is_off(value.resolved()) { Limit::Off(value.span()) } else { Limit::Given(value.span()) };
    }
    let Some(spread) = call.children_in(Role::Argument).find(|argument| argument.is(Kind::Spread)) else {
        return otherwise;
    };
    let Some(value) = spread.child(Role::Value) else { return Limit::Open };
    match value.resolved() {
        made if made.is(Kind::Object) && !made.has_spread() && is_unwritten(value) => {
            made.property("timeout").map_or(otherwise, |given| Limit::Given(given.span()))
        }
        _ if is_parameter(value) && !value.tree().source().contains("[\"timeout\"]") => match otherwise {
            Limit::None if sets_default(value) => Limit::Open,
            Limit::None => Limit::Caller,
            limit => limit,
        },
        _ => Limit::Open,
    }
}

/// `kwargs.setdefault("timeout", 10)` and its kin.
fn sets_default(value: NodeRef<'_>) -> bool {
    let around = value.enclosing_function().map_or("", NodeRef::text);
    around.contains("timeout")
}

/// Nothing is put into a dictionary after it was made.
fn is_unwritten(value: NodeRef<'_>) -> bool {
    let around = value.enclosing_function().map_or_else(|| value.tree().source(), NodeRef::text);
    !value.is(Kind::Identifier) || !around.contains("timeout")
}

/// `None`, `Timeout(None)`, `ClientTimeout(total=None)`.
fn is_off(value: NodeRef<'_>) -> bool {
    if value.is(Kind::Null) {
        return true;
    }
    if !value.is(Kind::Call) || value.children_in(Role::Argument).count() != 1 {
        return false;
    }
    match value.callee_name() {
        Some("Timeout") => {
            value.argument(0).or_else(|| value.keyword("timeout")).is_some_and(|limit| limit.is(Kind::Null))
        }
        Some("ClientTimeout") => value.keyword("total").is_some_and(|limit| limit.is(Kind::Null)),
        _ => false,
    }
}
