//! Functions, lambdas, parameters and classes.

use tree_sitter::Node;

use super::super::walk::{Walk, first_code, has_token};
use crate::code::tree::{Flags, Kind, NodeId, Role};

/// Decorators become children of what they decorate.
pub(super) fn decorated<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    for part in walk.parts(node) {
        if part.field == "definition" {
            walk.visit(part.node, role);
        } else if part.kind() == "decorator" || part.node.is_extra() {
            walk.defer(part.node);
        } else {
            walk.rest(part);
        }
    }
    walk.flush();
}

pub(super) fn function<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open_declaration(Kind::Function, node, role);
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "async"), id, Flags::ASYNC);
    walk.flag_if(node.kind() == "lambda", id, Flags::ARROW);
    for part in parts {
        match part.field {
            "name" => {
                let name = walk.text(part.node);
                walk.name(id, name);
            }
            "return_type" => walk.visit(part.node, Role::Annotation),
            "body" => walk.visit(part.node, Role::Body),
            "type_parameters" => walk.skip(part.node),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// Parameters behind `*` or `*args` can only be given by name and say so with a flag.
pub(super) fn parameters<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    let mut by_name = false;
    for part in walk.parts(node) {
        if matches!(part.kind(), "keyword_separator") {
            by_name = true;
        } else if !part.is_code() || part.kind() == "positional_separator" {
            walk.rest(part);
        } else {
            let id = parameter(walk, part.node);
            walk.flag_if(by_name, id, Flags::KEYWORD);
            by_name |= is_rest(part.node);
        }
    }
}

fn is_rest(node: Node<'_>) -> bool {
    node.kind() == "list_splat_pattern"
        || (node.kind() == "typed_parameter"
            && first_code(node).is_some_and(|inner| inner.kind() == "list_splat_pattern"))
}

fn parameter<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>) -> NodeId {
    let id = walk.open(Kind::Parameter, node, Role::Parameter);
    if matches!(node.kind(), "default_parameter" | "typed_parameter" | "typed_default_parameter") {
        for part in walk.parts(node) {
            match part.field {
                "name" => target(walk, id, part.node),
                "type" => walk.visit(part.node, Role::Annotation),
                "value" => walk.visit(part.node, Role::Default),
                _ if part.is_code() => target(walk, id, part.node),
                _ => walk.rest(part),
            }
        }
    } else {
        target(walk, id, node);
    }
    walk.close();
    id
}

fn target<'t>(walk: &mut Walk<'_, 't>, id: NodeId, node: Node<'t>) {
    let plain = if node.kind() == "identifier" { Some(node) } else { first_code(node) };
    if let Some(plain) = plain.filter(|plain| plain.kind() == "identifier" && node.kind() != "tuple_pattern") {
        let name = walk.text(plain);
        walk.name(id, name);
    }
    walk.visit(node, Role::Target);
}

pub(super) fn class<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open_declaration(Kind::Class, node, role);
    for part in walk.parts(node) {
        match part.field {
            "name" => {
                let name = walk.text(part.node);
                walk.name(id, name);
            }
            "superclasses" => walk.visit_all(part.node, Role::Base),
            "type_parameters" => walk.skip(part.node),
            "body" => members(walk, part.node),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// Assignments in a class body are fields, functions are methods.
fn members<'t>(walk: &mut Walk<'_, 't>, body: Node<'t>) {
    for part in walk.parts(body) {
        let id = walk.next_id();
        walk.visit(part.node, Role::Item);
        match walk.kind_of(id) {
            Some(Kind::Assignment) => walk.flag(id, Flags::FIELD),
            Some(Kind::Function) => walk.flag(id, Flags::METHOD),
            _ => {}
        }
    }
}
