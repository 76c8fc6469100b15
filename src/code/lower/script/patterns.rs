//! Destructuring patterns.

use tree_sitter::Node;

use super::{super::walk::Walk, literals};
use crate::code::tree::{Flags, Kind, NodeId, Role};

pub(super) fn object<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.wrap(Kind::Object, node, role, Role::Item);
    walk.flag(id, Flags::PATTERN);
}

pub(super) fn array<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Array, node, role);
    walk.flag(id, Flags::PATTERN);
    literals::elements(walk, node);
    walk.close();
}

/// `key: pattern` or `key: pattern = default`.
pub(super) fn pair<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    for part in walk.parts(node) {
        match part.field {
            "key" => literals::key(walk, id, part.node),
            "value" if part.kind() == "assignment_pattern" => value_and_default(walk, part.node),
            "value" => walk.visit(part.node, Role::Value),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// `pattern = default` as an element of an array pattern: a property without a name.
pub(super) fn with_default<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Property, node, role);
    value_and_default(walk, node);
    walk.close();
}

fn value_and_default<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>) {
    for part in walk.parts(node) {
        match part.field {
            "left" => walk.visit(part.node, Role::Value),
            "right" => walk.visit(part.node, Role::Default),
            _ => walk.rest(part),
        }
    }
}

/// `{ name = default }`.
pub(super) fn shorthand_with_default<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    for part in walk.parts(node) {
        match part.field {
            "left" => shorthand_name(walk, id, part.node),
            "right" => walk.visit(part.node, Role::Default),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

fn shorthand_name<'t>(walk: &mut Walk<'_, 't>, id: NodeId, node: Node<'t>) {
    if node.kind() == "shorthand_property_identifier_pattern" {
        walk.flag(id, Flags::SHORTHAND);
        let name = walk.text(node);
        walk.name(id, name);
        walk.named_leaf(Kind::Identifier, node, Role::Value);
    } else {
        walk.visit(node, Role::Value);
    }
}
