//! Imports, exports and namespaces.

use tree_sitter::Node;

use super::{
    super::walk::{Part, Walk, has_token, span},
    literals, types,
};
use crate::code::tree::{Flags, Kind, NodeId, Role};

pub(super) fn import<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Import, node, role);
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "type") || has_token(&parts, "typeof"), id, Flags::TYPE_ONLY);
    for part in parts {
        match (part.field, part.kind()) {
            ("source", _) => specifier(walk, id, part.node),
            (_, "import_clause") => import_clause(walk, part.node),
            (_, "import_require_clause") => import_require(walk, id, part.node),
            (_, "import_attribute") => walk.visit(part.node, Role::Value),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// Names an import or export after its module.
fn specifier(walk: &mut Walk<'_, '_>, id: NodeId, node: Node<'_>) {
    let module = literals::string_value(walk, node);
    walk.name(id, &module);
}

fn import_clause<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>) {
    for part in walk.parts(node) {
        match part.kind() {
            "identifier" => imported(walk, part.node, "default", Some(part.node)),
            "namespace_import" => imported(walk, part.node, "*", identifier_in(part.node)),
            "named_imports" => {
                for part in walk.parts(part.node) {
                    named_import(walk, part);
                }
            }
            _ => walk.rest(part),
        }
    }
}

fn named_import<'t>(walk: &mut Walk<'_, 't>, part: Part<'t>) {
    if part.kind() != "import_specifier" {
        walk.rest(part);
        return;
    }
    let id = walk.open(Kind::ImportName, part.node, Role::Item);
    let parts = walk.parts(part.node);
    walk.flag_if(has_token(&parts, "type") || has_token(&parts, "typeof"), id, Flags::TYPE_ONLY);
    let aliased = parts.iter().any(|part| part.field == "alias");
    for part in parts {
        if part.field == "name" {
            let name = literals::key_name(walk, part.node).unwrap_or_default();
            walk.name(id, &name);
        }
        match part.field {
            "alias" => walk.visit(part.node, Role::Target),
            "name" if !aliased => walk.visit(part.node, Role::Target),
            "name" => {}
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// An import name over `node` with the local name `local`.
fn imported<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, name: &str, local: Option<Node<'t>>) {
    let id = walk.open(Kind::ImportName, node, Role::Item);
    walk.name(id, name);
    if let Some(local) = local {
        walk.visit(local, Role::Target);
    }
    walk.close();
}

fn identifier_in(node: Node<'_>) -> Option<Node<'_>> {
    let index = u32::try_from(node.named_child_count()).unwrap_or(1).checked_sub(1)?;
    node.named_child(index)
}

/// `import x = require('m')`: the whole module.
fn import_require<'t>(walk: &mut Walk<'_, 't>, id: NodeId, node: Node<'t>) {
    for part in walk.parts(node) {
        match (part.field, part.kind()) {
            ("source", _) => specifier(walk, id, part.node),
            (_, "identifier") => imported(walk, part.node, "*", Some(part.node)),
            _ => walk.rest(part),
        }
    }
}

/// `import Short = Long.Name`.
pub(super) fn import_alias<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Assignment, node, role);
    walk.name(id, "=");
    walk.flag(id, Flags::CONST);
    let mut inner = Role::Target;
    for part in walk.parts(node) {
        if part.is_code() {
            walk.visit(part.node, inner);
            inner = Role::Value;
        } else {
            walk.rest(part);
        }
    }
    walk.close();
}

pub(super) fn export<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Export, node, role);
    let parts = walk.parts(node);
    if has_token(&parts, "namespace") {
        walk.flag(id, Flags::TYPE_ONLY);
        walk.close();
        return;
    }
    walk.flag_if(has_token(&parts, "default") || has_token(&parts, "="), id, Flags::DEFAULT);
    walk.flag_if(has_token(&parts, "type"), id, Flags::TYPE_ONLY);
    let from = parts.iter().any(|part| part.field == "source");
    for part in parts {
        match (part.field, part.kind()) {
            ("source", _) => specifier(walk, id, part.node),
            ("decorator", _) => walk.defer(part.node),
            (_, "comment") if walk.has_deferred() => walk.defer(part.node),
            // The grammar does not know `export type * from 'm'`.
            (_, "ERROR") if walk.text(part.node) == "type" => walk.flag(id, Flags::TYPE_ONLY),
            (_, "export_clause") => export_clause(walk, part.node, from),
            (_, "namespace_export") => imported(walk, part.node, "*", identifier_in(part.node)),
            (_, "*") if from => _ = walk.leaf_at(Kind::ImportName, span(part.node), Role::Item, "*"),
            _ => walk.rest(part),
        }
    }
    walk.flush();
    walk.close();
}

/// `{ a as b }`: a property named `b` with the value `a`; with a module behind it, an import name.
fn export_clause<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, from: bool) {
    for part in walk.parts(node) {
        if part.kind() == "export_specifier" {
            export_specifier(walk, part.node, from);
        } else {
            walk.rest(part);
        }
    }
}

fn export_specifier<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, from: bool) {
    let id = walk.open(if from { Kind::ImportName } else { Kind::Property }, node, Role::Item);
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "type"), id, Flags::TYPE_ONLY);
    let aliased = parts.iter().any(|part| part.field == "alias");
    walk.flag_if(!aliased && !from, id, Flags::SHORTHAND);
    for part in parts {
        // A re-export is named after what it takes, an export after what it gives.
        let names = if from || !aliased { "name" } else { "alias" };
        if part.field == names {
            let name = literals::key_name(walk, part.node).unwrap_or_default();
            walk.name(id, &name);
        }
        let name = literals::key_name(walk, part.node).unwrap_or_default();
        match part.field {
            "name" if !from => _ = walk.leaf_at(Kind::Identifier, span(part.node), Role::Value, &name),
            "name" if !aliased => _ = walk.leaf_at(Kind::Identifier, span(part.node), Role::Target, &name),
            "alias" if from => _ = walk.leaf_at(Kind::Identifier, span(part.node), Role::Target, &name),
            "name" | "alias" => {}
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// `namespace A.B { … }`: a block with a name. A module in quotes only declares types.
pub(super) fn namespace<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let name = node.child_by_field_name("name");
    if name.is_some_and(|name| name.kind() == "string") {
        types::declaration(walk, node, role);
        return;
    }
    let id = walk.open(Kind::Block, node, role);
    for part in walk.parts(node) {
        match part.field {
            "name" => {
                let name = walk.text(part.node);
                walk.name(id, name);
            }
            "body" => walk.visit_all(part.node, Role::Item),
            _ => walk.rest(part),
        }
    }
    walk.close();
}
