//! Strings, f-strings and their implicit concatenation.

use tree_sitter::Node;

use super::super::{
    escapes,
    walk::{Part, Walk, span},
};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

/// What the letters before a string's quotes say.
#[derive(Clone, Copy)]
pub(in crate::code::lower) struct Prefix {
    raw: bool,
    pub(in crate::code::lower) bytes: bool,
    formatted: bool,
}

/// A string; with interpolations it is a template.
pub(super) fn string<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let parts = walk.parts(node);
    if has_interpolation(&parts) {
        walk.open(Kind::Template, node, role);
        pieces(walk, node, parts);
        walk.close();
        return;
    }
    let (value, bytes) = value(walk, node, &parts);
    let id = walk.open(Kind::String, node, role);
    walk.name(id, &value);
    walk.flag_if(bytes, id, Flags::BYTES);
    if node.has_error() {
        walk.skip(node);
    }
    walk.close();
}

/// Adjacent strings: one string when all are plain, else one template.
pub(super) fn concatenated<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let strings: Vec<(Part<'t>, Vec<Part<'t>>)> =
        walk.parts(node).into_iter().map(|part| (part, walk.parts(part.node))).collect();
    if strings.iter().any(|(_, parts)| has_interpolation(parts)) {
        walk.open(Kind::Template, node, role);
        for (part, parts) in strings {
            if part.kind() == "string" {
                pieces(walk, part.node, parts);
            } else {
                walk.rest(part);
            }
        }
        walk.close();
        return;
    }
    let mut whole = String::new();
    let mut any_bytes = false;
    for (part, parts) in strings.iter().filter(|(part, _)| part.kind() == "string") {
        let (value, bytes) = value(walk, part.node, parts);
        whole.push_str(&value);
        any_bytes |= bytes;
    }
    let id = walk.open(Kind::String, node, role);
    walk.name(id, &whole);
    walk.flag_if(any_bytes, id, Flags::BYTES);
    for (part, _) in strings.into_iter().filter(|(part, _)| part.kind() != "string") {
        walk.rest(part);
    }
    walk.close();
}

/// The value of a string without interpolations.
pub(super) fn plain_value(walk: &mut Walk<'_, '_>, node: Node<'_>) -> Option<String> {
    let inner = bounds(walk.text(node), span(node));
    let text = walk.slice(inner.start as usize, inner.end as usize);
    let prefix = prefix(walk.text(node));
    (!prefix.formatted).then(|| decode(text, prefix))
}

fn has_interpolation(parts: &[Part<'_>]) -> bool {
    parts.iter().any(|part| part.kind() == "interpolation")
}

fn value(walk: &Walk<'_, '_>, node: Node<'_>, _parts: &[Part<'_>]) -> (String, bool) {
    let inner = bounds(walk.text(node), span(node));
    let prefix = prefix(walk.text(node));
    (decode(walk.slice(inner.start as usize, inner.end as usize), prefix), prefix.bytes)
}

/// The literal pieces and the interpolated expressions of one string, as items.
fn pieces<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, parts: Vec<Part<'t>>) {
    let inner = bounds(walk.text(node), span(node));
    let prefix = prefix(walk.text(node));
    let mut from = inner.start as usize;
    for part in parts {
        if part.kind() == "interpolation" {
            piece(walk, from, part.node.start_byte(), prefix);
            from = part.node.end_byte();
        }
        walk.rest(part);
    }
    piece(walk, from, inner.end as usize, prefix);
}

fn piece(walk: &mut Walk<'_, '_>, start: usize, end: usize, prefix: Prefix) {
    let text = walk.slice(start, end);
    if !text.is_empty() {
        let value = decode(text, prefix);
        walk.leaf_at(Kind::String, Span::new(start, end), Role::Item, &value);
    }
}

/// The value of a string, or of a piece of one, from the text between its quotes.
pub(in crate::code::lower) fn decode(text: &str, prefix: Prefix) -> String {
    let value = if prefix.raw { text.to_owned() } else { escapes::python(text, prefix.bytes) };
    if prefix.formatted { value.replace("{{", "{").replace("}}", "}") } else { value }
}

/// The prefix of a string literal.
pub(in crate::code::lower) fn prefix(literal: &str) -> Prefix {
    let letters: Vec<char> = literal.chars().take_while(char::is_ascii_alphabetic).take(3).collect();
    let has = |lower: char| letters.iter().any(|letter| letter.eq_ignore_ascii_case(&lower));
    Prefix { raw: has('r'), bytes: has('b'), formatted: has('f') || has('t') }
}

/// The range between the quotes of the literal at `whole`; a string that the file cuts off has no closing ones.
pub(in crate::code::lower) fn bounds(literal: &str, whole: Span) -> Span {
    let body = literal.trim_start_matches(|char: char| char.is_ascii_alphabetic());
    let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| body.starts_with(quotes)).unwrap_or("");
    let (whole_start, whole_end) = (whole.start as usize, whole.end as usize);
    let start = whole_start + (literal.len() - body.len()) + quotes.len();
    let closed = body.len() >= 2 * quotes.len() && body.ends_with(quotes);
    let end = if closed { whole_end - quotes.len() } else { whole_end };
    Span::new(start, end.max(start))
}
