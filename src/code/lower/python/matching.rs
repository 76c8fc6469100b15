//! `match` and its patterns.

use tree_sitter::Node;

use super::{
    super::walk::{Part, Walk, first_code, has_token},
    expressions,
};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

pub(super) fn match_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Switch, node, role);
    for part in walk.parts(node) {
        match part.field {
            "subject" => walk.visit(part.node, Role::Condition),
            "body" => walk.visit_all(part.node, Role::Item),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// `case _:` is the default and has no condition.
pub(super) fn case<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Case, node, role);
    let parts = walk.parts(node);
    let patterns = parts.iter().filter(|part| part.kind() == "case_pattern").count();
    for part in parts {
        match (part.field, part.kind()) {
            ("guard", _) => walk.visit(part.node, Role::Guard),
            ("consequence", _) => walk.visit_all(part.node, Role::Item),
            (_, "case_pattern") if patterns == 1 && walk.text(part.node) == "_" => {}
            (_, "case_pattern") => walk.visit(part.node, Role::Condition),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// The pattern inside stands for it; a negative number keeps its sign.
pub(super) fn pattern<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let parts = walk.parts(node);
    if first_code(node).is_none() && walk.text(node) == "_" {
        walk.named_leaf(Kind::Identifier, node, role);
        return;
    }
    if has_token(&parts, "-") {
        let id = walk.wrap(Kind::Unary, node, role, Role::Value);
        walk.name(id, "-");
        return;
    }
    for part in parts {
        walk.visit(part.node, role);
    }
}

/// `a | b`: its alternatives as items; a sign before a number stays with it.
pub(super) fn union<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Other, node, role);
    walk.name(id, node.kind());
    let mut sign = None;
    for part in walk.parts(node) {
        match (part.kind(), sign.take()) {
            ("-", _) => sign = Some(part.node.start_byte()),
            (_, Some(start)) => {
                let unary = walk.open_at(Kind::Unary, Span::new(start, part.node.end_byte()), Role::Item);
                walk.name(unary, "-");
                walk.visit(part.node, Role::Value);
                walk.close();
            }
            (_, None) => walk.rest(part),
        }
    }
    walk.close();
}

/// `pattern as name`: an assignment of what the pattern matched.
pub(super) fn as_pattern<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Assignment, node, role);
    walk.name(id, "as");
    let mut inner = Role::Value;
    for part in walk.parts(node) {
        if part.is_code() {
            walk.visit(part.node, inner);
            inner = Role::Target;
        } else {
            walk.rest(part);
        }
    }
    walk.close();
}

pub(super) fn dict_pattern<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Object, node, role);
    walk.flag(id, Flags::PATTERN);
    let parts = walk.parts(node);
    // Keys and values lie side by side in the grammar.
    let entries: Vec<&[Part<'t>]> = parts.chunk_by(|_, next| !is_key(next)).collect();
    for entry in entries {
        let value = entry.iter().find(|part| part.field == "value");
        let (Some(key), Some(value)) = (entry.first().filter(|part| is_key(part)), value) else {
            for part in entry {
                walk.rest(*part);
            }
            continue;
        };
        let span = Span::new(key.node.start_byte(), value.node.end_byte());
        let property = walk.open_at(Kind::Property, span, Role::Item);
        expressions::key(walk, property, key.node);
        walk.visit(value.node, Role::Value);
        walk.close();
        for part in entry.iter().filter(|part| part.field.is_empty()) {
            walk.rest(*part);
        }
    }
    walk.close();
}

fn is_key(part: &Part<'_>) -> bool {
    part.field == "key" && part.node.is_named()
}

/// `name=pattern` in a class pattern.
pub(super) fn keyword_pattern<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    walk.flag(id, Flags::KEYWORD);
    let mut named = false;
    for part in walk.parts(node) {
        if part.is_code() && !named {
            let name = walk.text(part.node);
            walk.name(id, name);
            named = true;
        } else {
            walk.visit(part.node, Role::Value);
        }
    }
    walk.close();
}
