//! Classes with their members, and enums.

use tree_sitter::Node;

use super::{
    super::walk::{Walk, has_token, span},
    functions::modifiers,
    literals, types,
};
use crate::code::tree::{Flags, Kind, NodeId, Role};

pub(super) fn class<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open_declaration(Kind::Class, node, role);
    for part in walk.parts(node) {
        if part.field == "name" {
            let name = walk.text(part.node);
            walk.name(id, name);
        } else {
            walk.rest(part);
        }
    }
    walk.close();
}

pub(super) fn heritage<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    walk.visit_all(node, Role::Base);
}

pub(super) fn implements<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    for part in walk.parts(node) {
        if part.is_code() {
            types::leaf(walk, part.node, Role::Base);
        } else {
            walk.rest(part);
        }
    }
}

/// Decorators stand beside the member they belong to in the grammar, and below it in the lowered tree.
pub(super) fn body<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    for part in walk.parts(node) {
        if part.kind() == "decorator" || (part.kind() == "comment" && walk.has_deferred()) {
            walk.defer(part.node);
        } else {
            walk.visit(part.node, Role::Item);
        }
    }
    walk.flush();
}

pub(super) fn field<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open_declaration(Kind::Assignment, node, role);
    let parts = walk.parts(node);
    let mut flags = modifiers(walk, &parts) | Flags::FIELD;
    if has_token(&parts, "declare") {
        flags |= Flags::TYPE_ONLY;
    }
    walk.flag(id, flags);
    for part in parts {
        match part.field {
            "name" | "property" => field_name(walk, id, part.node),
            "type" => walk.visit(part.node, Role::Annotation),
            "value" => {
                walk.name(id, "=");
                walk.visit(part.node, Role::Value);
            }
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// The name of a field is no reference, so it is a bare identifier; a computed one is an expression.
fn field_name<'t>(walk: &mut Walk<'_, 't>, id: NodeId, node: Node<'t>) {
    if let Some(name) = literals::key_name(walk, node) {
        walk.flag_if(node.kind() == "private_property_identifier", id, Flags::PRIVATE);
        walk.leaf_at(Kind::Identifier, span(node), Role::Target, &name);
    } else {
        walk.flag(id, Flags::COMPUTED);
        walk.visit(node, Role::Key);
    }
}

pub(super) fn static_block<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Block, node, role);
    walk.flag(id, Flags::STATIC);
    for part in walk.parts(node) {
        if part.field == "body" {
            walk.visit_all(part.node, Role::Item);
        } else {
            walk.rest(part);
        }
    }
    walk.close();
}

/// An enum is a constant object.
pub(super) fn enumeration<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(Kind::Assignment, node, role, &[("name", Role::Target), ("body", Role::Value)]);
    walk.flag(id, Flags::CONST);
    walk.name(id, "=");
}

pub(super) fn enum_body<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Object, node, role);
    for part in walk.parts(node) {
        if part.field == "name" {
            let property = walk.open(Kind::Property, part.node, Role::Item);
            literals::key(walk, property, part.node);
            walk.close();
        } else {
            walk.rest(part);
        }
    }
    walk.close();
}

pub(super) fn enum_member<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    for part in walk.parts(node) {
        match part.field {
            "name" => literals::key(walk, id, part.node),
            "value" => walk.visit(part.node, Role::Value),
            _ => walk.rest(part),
        }
    }
    walk.close();
}
