//! JSX elements, attributes and text.

use tree_sitter::Node;

use super::{
    super::{
        escapes,
        walk::{Part, Walk, span},
    },
    literals,
};
use crate::{
    code::tree::{Kind, NodeId, Role},
    model::Span,
};

pub(super) fn element<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::JsxElement, node, role);
    let parts = walk.parts(node);
    if node.kind() == "jsx_self_closing_element" {
        lower_tag(walk, id, parts);
        walk.close();
        return;
    }
    let mut text: Option<Span> = None;
    let mut before = node.start_byte();
    for part in parts {
        if is_text(part.node, walk.text(part.node)) {
            // The grammar leaves out the blanks around a character reference.
            let whole = Span::new(before, part.node.end_byte());
            text = Some(Span { start: text.map_or(whole.start, |text| text.start), end: whole.end });
            before = part.node.end_byte();
            continue;
        }
        text = text.map(|text| Span { start: text.start, end: span(part.node).start });
        flush_text(walk, &mut text);
        before = part.node.end_byte();
        if part.field == "open_tag" {
            let parts = walk.parts(part.node);
            lower_tag(walk, id, parts);
        } else {
            walk.rest(part);
        }
    }
    flush_text(walk, &mut text);
    walk.close();
}

/// Whether a child of an element is text. A bare `&` is an error to the grammar and text to everybody else, with what
/// follows it up to the next tag or brace.
pub(in crate::code::lower) fn is_text(node: Node<'_>, text: &str) -> bool {
    match node.kind() {
        "jsx_text" | "html_character_reference" => true,
        "ERROR" => text.starts_with('&') && !text.contains(['{', '}', '<', '>']),
        _ => false,
    }
}

/// An opening tag without its element, which only a broken file has.
pub(super) fn tag<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::JsxElement, node, role);
    let parts = walk.parts(node);
    lower_tag(walk, id, parts);
    walk.close();
}

fn lower_tag<'t>(walk: &mut Walk<'_, 't>, id: NodeId, parts: Vec<Part<'t>>) {
    for part in parts {
        match part.field {
            "name" => {
                let name: String = walk.text(part.node).split_whitespace().collect();
                walk.name(id, &name);
            }
            "attribute" => walk.visit(part.node, Role::Attribute),
            "type_arguments" => walk.skip(part.node),
            _ => walk.rest(part),
        }
    }
}

pub(super) fn attribute<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    let id = walk.open(Kind::JsxAttribute, node, Role::Attribute);
    let mut named = false;
    for part in walk.parts(node) {
        if !part.is_code() {
            walk.rest(part);
        } else if !named {
            let name: String = walk.text(part.node).split_whitespace().collect();
            walk.name(id, &name);
            named = true;
        } else if part.kind() == "string" {
            // Backslashes mean nothing here, character references do.
            let value = escapes::html(literals::unquoted(walk.text(part.node)));
            walk.leaf_at(Kind::String, span(part.node), Role::Value, &value);
        } else {
            walk.visit(part.node, Role::Value);
        }
    }
    walk.close();
}

pub(super) fn text<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    flush_text(walk, &mut Some(span(node)));
}

/// Adds the text seen so far.
fn flush_text(walk: &mut Walk<'_, '_>, text: &mut Option<Span>) {
    let Some(span) = text.take() else { return };
    if let Some(shown) = shown_text(walk.slice(span.start as usize, span.end as usize)) {
        walk.leaf_at(Kind::String, span, Role::Item, &shown);
    }
}

/// Text as React would show it: lines trimmed and joined by a blank, empty ones dropped; `None` when nothing is left.
pub(in crate::code::lower) fn shown_text(raw: &str) -> Option<String> {
    if raw.trim().is_empty() {
        return None;
    }
    let lines: Vec<&str> = raw.lines().collect();
    let last = lines.len() - 1;
    let shown: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let line = if index == 0 { line } else { line.trim_start() };
            if index == last { line } else { line.trim_end() }
        })
        .filter(|line| !line.is_empty())
        .collect();
    Some(escapes::html(&shown.join(" ")))
}
