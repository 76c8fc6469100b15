//! Types, which do not run: leaves with a name, whose text stays in the source.

use tree_sitter::Node;

use super::{
    super::walk::{Walk, first_code, span},
    literals,
};
use crate::code::tree::{Flags, Kind, Role};

/// `: T`, without its colon.
pub(super) fn annotation<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    leaf(walk, first_code(node).unwrap_or(node), role);
}

/// `<A, B>` of a call.
pub(super) fn arguments<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    leaf(walk, node, Role::Annotation);
}

pub(super) fn leaf<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Type, node, role);
    let name = type_name(walk, node);
    walk.name(id, name);
    walk.skip(node);
    walk.close();
}

/// The name of a type that has one: `Promise` of `Promise<User>`.
fn type_name<'s>(walk: &Walk<'s, '_>, node: Node<'_>) -> &'s str {
    match node.kind() {
        "type_identifier" | "identifier" | "predefined_type" | "nested_type_identifier" | "member_expression" => {
            walk.text(node)
        }
        "generic_type" => node.child_by_field_name("name").map(|name| walk.text(name)).unwrap_or_default(),
        _ => "",
    }
}

/// An interface, a type alias, or a signature without a body.
pub(super) fn declaration<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Type, node, role);
    if let Some(name) = node.child_by_field_name("name") {
        let name = literals::key_name(walk, name).unwrap_or_default();
        walk.name(id, &name);
    }
    walk.skip(node);
    walk.close();
}

/// `declare …`: named after what it declares.
pub(super) fn ambient<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open_at(Kind::Type, span(node), role);
    walk.flag(id, Flags::TYPE_ONLY);
    // `declare global { … }` is a block, which declares no name of its own.
    let declared = first_code(node).filter(|inner| inner.kind() != "statement_block");
    let declared = declared
        .and_then(|inner| inner.child_by_field_name("name").or_else(|| first_code(inner)?.child_by_field_name("name")));
    if let Some(name) = declared {
        let name = literals::key_name(walk, name).unwrap_or_default();
        walk.name(id, &name);
    }
    walk.skip(node);
    walk.close();
}
