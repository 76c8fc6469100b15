//! Literals: strings, templates, regular expressions, arrays and objects.

use std::borrow::Cow;

use tree_sitter::Node;

use super::{
    super::{
        escapes,
        walk::{Walk, first_code},
    },
    functions,
};
use crate::{
    code::tree::{Flags, Kind, NodeId, Role},
    model::Span,
};

pub(super) fn string<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let value = string_value(walk, node);
    let id = walk.open(Kind::String, node, role);
    walk.name(id, &value);
    if node.has_error() {
        walk.skip(node);
    }
    walk.close();
}

/// The value of a string literal.
pub(super) fn string_value(walk: &Walk<'_, '_>, node: Node<'_>) -> String {
    escapes::script(unquoted(walk.text(node)))
}

/// The text between the quotes; a string that the file cuts off has no second one.
pub(in crate::code::lower) fn unquoted(text: &str) -> &str {
    let Some(quote) = text.chars().next().filter(|char| matches!(char, '\'' | '"' | '`')) else { return text };
    let inner = &text[1..];
    inner.strip_suffix(quote).unwrap_or(inner)
}

/// A template without substitutions is a string.
pub(super) fn template<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let parts = walk.parts(node);
    if !parts.iter().any(|part| part.kind() == "template_substitution") {
        string(walk, node, role);
        return;
    }
    walk.open(Kind::Template, node, role);
    // The literal pieces are what lies between the substitutions: the grammars differ in how they cut them up.
    let mut from = node.start_byte() + 1;
    for part in parts {
        if part.kind() == "template_substitution" {
            piece(walk, from, part.node.start_byte());
            from = part.node.end_byte();
        }
        if part.kind() != "string_fragment" {
            walk.rest(part);
        }
    }
    let end = node.end_byte();
    piece(walk, from, if walk.slice(from, end).ends_with('`') { end - 1 } else { end });
    walk.close();
}

fn piece(walk: &mut Walk<'_, '_>, start: usize, end: usize) {
    let text = walk.slice(start, end);
    if !text.is_empty() {
        walk.leaf_at(Kind::String, Span::new(start, end), Role::Item, &escapes::script(text));
    }
}

pub(super) fn regex<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.leaf(Kind::Regex, node, role);
    let pattern = node.child_by_field_name("pattern").map(|pattern| walk.text(pattern)).unwrap_or_default();
    walk.name(id, pattern);
}

pub(super) fn array<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Array, node, role);
    elements(walk, node);
    walk.close();
}

/// The elements of an array or array pattern. A hole keeps the positions of what follows it.
pub(super) fn elements<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>) {
    let mut at_element = true;
    for part in walk.parts(node) {
        if part.kind() == "," {
            if at_element {
                let start = part.node.start_byte();
                walk.leaf_at(Kind::Other, Span::new(start, start), Role::Item, "hole");
            }
            at_element = true;
        } else if part.is_code() {
            at_element = false;
        }
        walk.rest(part);
    }
}

pub(super) fn object<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Object, node, role);
    for part in walk.parts(node) {
        if part.kind() == "method_definition" {
            functions::object_method(walk, part.node, Role::Item);
        } else {
            walk.rest(part);
        }
    }
    walk.close();
}

pub(super) fn pair<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    for part in walk.parts(node) {
        match part.field {
            "key" => key(walk, id, part.node),
            "value" => walk.visit(part.node, Role::Value),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// `{ name }` in an object or a pattern.
pub(super) fn shorthand<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    walk.flag(id, Flags::SHORTHAND);
    let name = walk.text(node);
    walk.name(id, name);
    walk.named_leaf(Kind::Identifier, node, Role::Value);
    walk.close();
}

/// Names `id` after a constant key, or lowers a computed one as its `Key`.
pub(super) fn key<'t>(walk: &mut Walk<'_, 't>, id: NodeId, node: Node<'t>) {
    if let Some(name) = key_name(walk, node) {
        walk.name(id, &name);
        walk.flag_if(node.kind() == "private_property_identifier", id, Flags::PRIVATE);
    } else {
        walk.flag(id, Flags::COMPUTED);
        walk.visit(node, Role::Key);
    }
}

/// The name that a key spells out.
pub(super) fn key_name<'s>(walk: &Walk<'s, '_>, node: Node<'_>) -> Option<Cow<'s, str>> {
    match node.kind() {
        "string" => Some(string_value(walk, node).into()),
        "computed_property_name" => {
            let inner = first_code(node)?;
            matches!(inner.kind(), "string" | "number").then(|| key_name(walk, inner)).flatten()
        }
        _ => Some(walk.text(node).into()),
    }
}
