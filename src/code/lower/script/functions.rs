//! Functions, methods and their parameters.

use tree_sitter::Node;

use super::{
    super::walk::{Part, Walk, first_code, has_token},
    literals,
};
use crate::code::tree::{Flags, Kind, NodeId, Role};

/// A function that is declared, an expression, or an arrow.
pub(super) fn function<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open_declaration(Kind::Function, node, role);
    let parts = walk.parts(node);
    walk.flag_if(node.kind() == "arrow_function", id, Flags::ARROW);
    lower_parts(walk, id, parts);
    walk.close();
}

/// A method of a class.
pub(super) fn method<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open_declaration(Kind::Function, node, role);
    walk.flag(id, Flags::METHOD);
    let parts = walk.parts(node);
    lower_parts(walk, id, parts);
    walk.close();
}

/// A method of an object literal: a property with a function as its value.
pub(super) fn object_method<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let property = walk.open(Kind::Property, node, role);
    let mut parts = walk.parts(node);
    let computed = parts.iter().position(|part| part.kind() == "computed_property_name");
    if let Some(index) = computed {
        let key = parts.remove(index);
        literals::key(walk, property, key.node);
    } else if let Some(part) = parts.iter().find(|part| part.field == "name") {
        literals::key(walk, property, part.node);
    }
    let id = walk.open(Kind::Function, node, Role::Value);
    walk.flag(id, Flags::METHOD);
    lower_parts(walk, id, parts);
    walk.close();
    walk.close();
}

fn lower_parts<'t>(walk: &mut Walk<'_, 't>, id: NodeId, parts: Vec<Part<'t>>) {
    walk.flag(id, modifiers(walk, &parts));
    for part in parts {
        match part.field {
            "name" => literals::key(walk, id, part.node),
            "parameter" => plain_parameter(walk, part.node),
            "return_type" => walk.visit(part.node, Role::Annotation),
            "body" => walk.visit(part.node, Role::Body),
            "decorator" => walk.visit(part.node, Role::Decorator),
            _ => walk.rest(part),
        }
    }
}

/// The flags for the keywords before a function, method, field or parameter.
pub(super) fn modifiers(walk: &Walk<'_, '_>, parts: &[Part<'_>]) -> Flags {
    let mut flags = Flags::NONE;
    for part in parts {
        flags |= match part.kind() {
            "async" => Flags::ASYNC,
            "*" => Flags::GENERATOR,
            "static" => Flags::STATIC,
            "get" => Flags::GETTER,
            "set" => Flags::SETTER,
            "accessibility_modifier" if walk.text(part.node) == "private" => Flags::PRIVATE,
            _ => Flags::NONE,
        };
    }
    flags
}

pub(super) fn parameters<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    for part in walk.parts(node) {
        if matches!(part.kind(), "required_parameter" | "optional_parameter") || !part.is_code() {
            walk.visit(part.node, Role::Parameter);
        } else {
            plain_parameter(walk, part.node);
        }
    }
}

/// A parameter of the JavaScript grammar: a pattern, or a pattern with a default.
fn plain_parameter<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>) {
    let id = walk.open(Kind::Parameter, node, Role::Parameter);
    if node.kind() == "assignment_pattern" {
        for part in walk.parts(node) {
            match part.field {
                "left" => target(walk, id, part.node),
                "right" => walk.visit(part.node, Role::Default),
                _ => walk.rest(part),
            }
        }
    } else {
        target(walk, id, node);
    }
    walk.close();
}

/// A parameter of the TypeScript grammars.
pub(super) fn typed_parameter<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    let id = walk.open(Kind::Parameter, node, Role::Parameter);
    walk.flag_if(node.kind() == "optional_parameter", id, Flags::OPTIONAL);
    let parts = walk.parts(node);
    walk.flag(id, modifiers(walk, &parts));
    // A modifier on a constructor's parameter declares a field.
    let is_field = has_token(&parts, "readonly") || parts.iter().any(|part| part.kind().ends_with("_modifier"));
    walk.flag_if(is_field, id, Flags::FIELD);
    for part in parts {
        match part.field {
            "pattern" | "name" => target(walk, id, part.node),
            "type" => walk.visit(part.node, Role::Annotation),
            "value" => walk.visit(part.node, Role::Default),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

fn target<'t>(walk: &mut Walk<'_, 't>, id: NodeId, node: Node<'t>) {
    let plain = if node.kind() == "rest_pattern" { first_code(node) } else { Some(node) };
    if let Some(plain) = plain.filter(|plain| matches!(plain.kind(), "identifier" | "this" | "undefined")) {
        let name = walk.text(plain);
        walk.name(id, name);
        walk.flag_if(name == "this", id, Flags::TYPE_ONLY);
    }
    walk.visit(node, Role::Target);
}
