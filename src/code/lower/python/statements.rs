//! Statements.

use tree_sitter::Node;

use super::super::walk::{Part, Walk, first_code, has_token, span};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

/// One expression stands for its statement; several are a tuple without parentheses.
pub(super) fn expression_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let parts = walk.parts(node);
    if has_token(&parts, ",") {
        let id = walk.wrap(Kind::Array, node, role, Role::Item);
        walk.flag(id, Flags::TUPLE);
        return;
    }
    for part in parts {
        walk.visit(part.node, if part.is_code() { role } else { Role::Item });
    }
}

pub(super) fn assignment<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Assignment, node, role);
    let mut operator = "";
    for part in walk.parts(node) {
        match part.field {
            "left" => walk.visit(part.node, Role::Target),
            "type" => walk.visit(part.node, Role::Annotation),
            "operator" => operator = walk.text(part.node),
            "right" => {
                operator = if operator.is_empty() { "=" } else { operator };
                walk.visit(part.node, Role::Value);
            }
            _ => walk.rest(part),
        }
    }
    walk.name(id, operator);
    walk.close();
}

/// `elif` becomes an `if` in the alternate of the one before it, as `else if` does.
pub(super) fn if_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let end = node.end_byte();
    let mut opened = 1;
    walk.open(Kind::If, node, role);
    for part in walk.parts(node) {
        match part.kind() {
            // The grammar lists the branches side by side, so the nesting can pass its limit here alone.
            "elif_clause" if !walk.can_nest() => {
                walk.cut_range(part.node, node, Role::Alternate);
                break;
            }
            "elif_clause" => {
                walk.open_at(Kind::If, Span::new(part.node.start_byte(), end), Role::Alternate);
                opened += 1;
                for part in walk.parts(part.node) {
                    branch(walk, part);
                }
            }
            "else_clause" => walk.visit(part.node, Role::Alternate),
            _ => branch(walk, part),
        }
    }
    for _ in 0..opened {
        walk.close();
    }
}

fn branch<'t>(walk: &mut Walk<'_, 't>, part: Part<'t>) {
    match part.field {
        "condition" => walk.visit(part.node, Role::Condition),
        "consequence" => walk.visit(part.node, Role::Consequent),
        _ => walk.rest(part),
    }
}

pub(super) fn for_loop<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(
        Kind::Loop,
        node,
        role,
        &[("left", Role::Target), ("right", Role::Iterated), ("body", Role::Body), ("alternative", Role::Alternate)],
    );
    walk.name(id, "for-of");
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "async"), id, Flags::AWAIT);
}

pub(super) fn while_loop<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(
        Kind::Loop,
        node,
        role,
        &[("condition", Role::Condition), ("body", Role::Body), ("alternative", Role::Alternate)],
    );
    walk.name(id, "while");
}

pub(super) fn try_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Try, node, role);
    for part in walk.parts(node) {
        match (part.field, part.kind()) {
            ("body", _) => walk.visit(part.node, Role::Body),
            (_, "else_clause") => walk.visit(part.node, Role::Alternate),
            (_, "finally_clause") => walk.visit(part.node, Role::Finally),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// `except (A, B) as e`: the name is an identifier in role `Parameter`.
pub(super) fn except<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Catch, node, role);
    for part in walk.parts(node) {
        match (part.field, part.kind()) {
            ("value", "as_pattern") => {
                for part in walk.parts(part.node) {
                    if part.field == "alias" {
                        let name = walk.text(part.node);
                        walk.name(id, name);
                        walk.visit(part.node, Role::Parameter);
                    } else {
                        walk.visit(part.node, Role::Condition);
                    }
                }
            }
            ("value", _) => walk.visit(part.node, Role::Condition),
            ("alias", _) => {
                let name = walk.text(part.node);
                walk.name(id, name);
                walk.visit(part.node, Role::Parameter);
            }
            (_, "block") => walk.visit(part.node, Role::Body),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// A block with its managers as `Value`, each followed by the name that it is bound to as `Target`.
pub(super) fn with<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Block, node, role);
    walk.flag(id, Flags::WITH);
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "async"), id, Flags::AWAIT);
    for part in parts {
        match (part.field, part.kind()) {
            ("body", _) => walk.visit_all(part.node, Role::Item),
            (_, "with_clause") => managers(walk, part.node),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

fn managers<'t>(walk: &mut Walk<'_, 't>, clause: Node<'t>) {
    for item in walk.parts(clause) {
        if item.kind() != "with_item" {
            walk.rest(item);
            continue;
        }
        for part in walk.parts(item.node) {
            if part.kind() != "as_pattern" {
                walk.visit(part.node, Role::Value);
                continue;
            }
            for part in walk.parts(part.node) {
                walk.visit(part.node, if part.field == "alias" { Role::Target } else { Role::Value });
            }
        }
    }
}

pub(super) fn return_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.wrap(Kind::Return, node, role, Role::Value);
}

/// `raise X from Y`: the cause is an item.
pub(super) fn raise<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Throw, node, role);
    for part in walk.parts(node) {
        walk.visit(part.node, if part.field == "cause" { Role::Item } else { Role::Value });
    }
    walk.close();
}

/// `del a, b`: one unary `delete` for each.
pub(super) fn delete<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let Some(deleted) = first_code(node) else { return };
    let parts =
        if matches!(deleted.kind(), "expression_list" | "tuple") { walk.parts(deleted) } else { walk.parts(node) };
    for part in parts {
        if part.is_code() {
            let id = walk.open(Kind::Unary, part.node, role);
            walk.name(id, "delete");
            walk.visit(part.node, Role::Value);
            walk.close();
        } else {
            walk.rest(part);
        }
    }
}

/// The `print` and `exec` statements of Python 2 are calls.
pub(super) fn old_call<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Call, node, role);
    let mut named = false;
    for part in walk.parts(node) {
        if part.node.is_named() || named {
            walk.visit(part.node, Role::Argument);
        } else {
            let name = walk.text(part.node);
            walk.leaf_at(Kind::Identifier, span(part.node), Role::Callee, name);
            named = true;
        }
    }
    walk.close();
}
