//! What a call asks about the origin: whether it equals something, or only resembles it.

use super::{
    condition::{Test, results, ways},
    grant::Laxness,
    library::Anchoring,
    pattern::{Matches, is_shared_suffix, judge},
    reader::{Reader, bare, constant, setting, text_of},
};
use crate::code::{Kind, NodeRef, Role};

/// A variable that was never split is one text, and every part of it is "included".
pub(super) fn listed(list: NodeRef<'_>) -> Test {
    let list = constant(list);
    match setting(list) {
        Some((setting, _)) if setting.environment && list.is(Kind::Member) => Test::Lax(Laxness::ListAsText),
        _ => Test::Exact,
    }
}

/// The test that a call makes of the origin.
pub(super) fn called(reader: &Reader<'_>, node: NodeRef<'_>, depth: u8) -> Test {
    let name = node.callee_name().unwrap_or_default();
    let receiver =
        node.child(Role::Callee).filter(|callee| callee.is(Kind::Member)).and_then(|it| it.child(Role::Object));
    let argument = node.argument(0);
    let of_origin = receiver.is_some_and(|receiver| reader.is_origin(receiver, depth));
    match name {
        "includes" | "indexOf" | "search" | "contains" if of_origin => Test::Lax(Laxness::Substring),
        "startsWith" | "startswith" if of_origin => prefix(argument),
        "endsWith" | "endswith" if of_origin => suffix(argument),
        "match" | "test" | "exec" | "fullmatch" | "search" => {
            let anchoring = match name {
                "fullmatch" => Anchoring::Full,
                "match" if !of_origin => Anchoring::Prefix,
                _ => Anchoring::Search,
            };
            let pattern = [receiver, argument].into_iter().flatten().find_map(pattern_of);
            match pattern.map(|pattern| judge(&pattern, anchoring)) {
                Some(Matches::Too(laxness)) => Test::Lax(laxness),
                // A pattern that everything matches checks nothing.
                Some(Matches::Everything) => Test::Other,
                _ => Test::Exact,
            }
        }
        "some" | "any" | "every" | "all" | "find" | "filter" => each(reader, node, depth),
        "indexOf" => receiver.map_or(Test::Exact, listed),
        _ if mentions_origin(reader, node, depth) => Test::Exact,
        _ => Test::Other,
    }
}

fn mentions_origin(reader: &Reader<'_>, call: NodeRef<'_>, depth: u8) -> bool {
    call.positional().any(|argument| reader.is_origin(argument, depth))
}

/// `list.some((allowed) => …)` and Python's `any(… for allowed in list)`: what is asked of each element.
fn each(reader: &Reader<'_>, node: NodeRef<'_>, depth: u8) -> Test {
    let Some(argument) = node.argument(0).map(bare) else { return Test::Exact };
    let tests: Vec<NodeRef<'_>> = match argument.kind() {
        Kind::Function => results(argument),
        _ => argument
            .descendants()
            .chain([argument])
            .filter(|inner| matches!(inner.kind(), Kind::Call | Kind::Binary))
            .filter(|inner| !matches!(inner.callee_name(), Some("split" | "strip" | "get")))
            .take(8)
            .collect(),
    };
    let mut found = Test::Other;
    for test in tests {
        for atom in ways(reader, test, true, depth + 1).into_iter().flatten() {
            match atom.test {
                Test::Lax(laxness) => return Test::Lax(laxness),
                Test::Exact => found = Test::Exact,
                _ => {}
            }
        }
    }
    // Whatever is asked of each element, it is asked of a list of allowed ones.
    if found == Test::Other && mentions(reader, argument, depth) { Test::Exact } else { found }
}

fn mentions(reader: &Reader<'_>, node: NodeRef<'_>, depth: u8) -> bool {
    node.descendants().take(64).any(|inner| inner.is(Kind::Identifier) && reader.is_origin(inner, depth + 1))
}

fn prefix(argument: Option<NodeRef<'_>>) -> Test {
    match argument.and_then(text_of) {
        // Behind the colon of a port or a slash no name can go on.
        Some(text) if text.ends_with([':', '/']) && text.len() > "https://".len() => Test::Exact,
        // Schemes of browser extensions and native shells are no hosts.
        Some(text) if text.ends_with("://") && !text.starts_with("http") => Test::Exact,
        _ => Test::Lax(Laxness::Prefix),
    }
}

fn suffix(argument: Option<NodeRef<'_>>) -> Test {
    let Some(argument) = argument else { return Test::Other };
    if argument.is(Kind::Array) {
        // Python's `endswith` takes several.
        let lax = argument.children().map(|item| suffix(Some(item))).find(|test| matches!(test, Test::Lax(_)));
        return lax.unwrap_or(Test::Exact);
    }
    let template = argument.is(Kind::Template);
    let first = if template { argument.children().next() } else { None };
    match first.filter(|piece| piece.is(Kind::String)).map(NodeRef::name).or_else(|| text_of(argument)) {
        Some(text) if is_shared_suffix(text) => Test::Lax(Laxness::SharedHost),
        Some(text) if text.starts_with(['.', '/', ':']) => Test::Exact,
        _ => Test::Lax(Laxness::Suffix),
    }
}

/// The pattern of a regular expression literal, `new RegExp("…")`, `re.compile("…")` or a text given to `re.match`.
pub(super) fn pattern_of(node: NodeRef<'_>) -> Option<String> {
    let node = constant(node);
    match node.kind() {
        Kind::Regex | Kind::String => Some(node.name().to_owned()),
        Kind::Call if matches!(node.callee_name(), Some("RegExp" | "compile")) => {
            text_of(node.argument(0)?).map(ToOwned::to_owned)
        }
        _ => None,
    }
}

/// The list that a call such as `list.includes(origin)` asks.
pub(super) fn asked(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let asks = matches!(call.callee_name()?, "includes" | "has" | "indexOf" | "contains" | "some" | "find" | "any");
    let callee = call.child(Role::Callee).filter(|callee| asks && callee.is(Kind::Member))?;
    callee.child(Role::Object)
}
