//! Statements and variable declarations.

use tree_sitter::Node;

use super::super::walk::{Part, Walk, has_token};
use crate::code::tree::{Flags, Kind, Role};

pub(super) fn if_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.compose(
        Kind::If,
        node,
        role,
        &[("condition", Role::Condition), ("consequence", Role::Consequent), ("alternative", Role::Alternate)],
    );
}

pub(super) fn for_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(
        Kind::Loop,
        node,
        role,
        &[
            ("initializer", Role::Init),
            ("condition", Role::Condition),
            ("increment", Role::Update),
            ("body", Role::Body),
        ],
    );
    walk.name(id, "for");
}

pub(super) fn for_in<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Loop, node, role);
    let parts = walk.parts(node);
    walk.name(id, if has_token(&parts, "of") { "for-of" } else { "for-in" });
    walk.flag(id, declared_as(&parts));
    walk.flag_if(has_token(&parts, "await"), id, Flags::AWAIT);
    for part in parts {
        match part.field {
            "left" => walk.visit(part.node, Role::Target),
            "value" => walk.visit(part.node, Role::Init),
            "right" => walk.visit(part.node, Role::Iterated),
            "body" => walk.visit(part.node, Role::Body),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

pub(super) fn while_loop<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(Kind::Loop, node, role, &[("condition", Role::Condition), ("body", Role::Body)]);
    walk.name(id, "while");
}

pub(super) fn do_loop<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(Kind::Loop, node, role, &[("condition", Role::Condition), ("body", Role::Body)]);
    walk.name(id, "do");
}

pub(super) fn switch<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.compose(Kind::Switch, node, role, &[("value", Role::Condition), ("body", Role::Item)]);
}

pub(super) fn case<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.compose(Kind::Case, node, role, &[("value", Role::Condition), ("body", Role::Item)]);
}

pub(super) fn try_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.compose(Kind::Try, node, role, &[("body", Role::Body), ("handler", Role::Item), ("finalizer", Role::Finally)]);
}

pub(super) fn catch<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Catch, node, role);
    for part in walk.parts(node) {
        match part.field {
            "parameter" => {
                if part.kind() == "identifier" {
                    let name = walk.text(part.node);
                    walk.name(id, name);
                }
                walk.visit(part.node, Role::Parameter);
            }
            "type" => walk.visit(part.node, Role::Annotation),
            "body" => walk.visit(part.node, Role::Body),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

pub(super) fn return_statement<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.wrap(Kind::Return, node, role, Role::Value);
}

pub(super) fn throw<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.wrap(Kind::Throw, node, role, Role::Value);
}

/// `const a = 1, b = 2`: one assignment for each name, without a node around them.
pub(super) fn declaration<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let parts = walk.parts(node);
    let mut flags = declared_as(&parts);
    if node.kind() == "using_declaration" && has_token(&parts, "await") {
        flags |= Flags::AWAIT;
    }
    for part in parts {
        if part.kind() == "variable_declarator" {
            declarator(walk, part.node, role, flags);
        } else {
            walk.rest(part);
        }
    }
}

/// A declarator whose keyword a broken file has lost.
pub(super) fn stray_declarator<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    declarator(walk, node, role, Flags::NONE);
}

fn declarator<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role, flags: Flags) {
    let id = walk.open(Kind::Assignment, node, role);
    walk.flag(id, flags);
    for part in walk.parts(node) {
        match part.field {
            "name" => walk.visit(part.node, Role::Target),
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

/// The flag for the keyword that declares; `using` binds as `const` does.
pub(super) fn declared_as(parts: &[Part<'_>]) -> Flags {
    if has_token(parts, "const") || has_token(parts, "using") {
        Flags::CONST
    } else if has_token(parts, "let") {
        Flags::LET
    } else if has_token(parts, "var") {
        Flags::VAR
    } else {
        Flags::NONE
    }
}
