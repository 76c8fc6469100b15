//! Expressions: members, calls, operators.

use tree_sitter::Node;

use super::{
    super::walk::{Walk, first_code, has_token, span},
    tagged,
};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

/// `import.meta` and `new.target`.
pub(super) fn meta_property<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Member, node, role);
    let (object, property) = walk.text(node).split_once('.').unwrap_or_default();
    walk.name(id, property.trim());
    let start = node.start_byte();
    walk.leaf_at(Kind::Identifier, Span::new(start, start + object.len()), Role::Object, object.trim());
    walk.close();
}

pub(super) fn member<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Member, node, role);
    for part in walk.parts(node) {
        match part.field {
            "object" => callee(walk, part.node, Role::Object),
            "property" => {
                let name = walk.text(part.node);
                walk.name(id, name);
                walk.flag_if(name.starts_with('#'), id, Flags::PRIVATE);
                if part.node.is_missing() {
                    walk.rest(part);
                }
            }
            "optional_chain" => walk.flag(id, Flags::OPTIONAL),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

pub(super) fn index<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Index, node, role);
    for part in walk.parts(node) {
        match part.field {
            "object" => walk.visit(part.node, Role::Object),
            "index" => walk.visit(part.node, Role::Index),
            "optional_chain" => walk.flag(id, Flags::OPTIONAL),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// `f(…)`, `new C(…)`, and a tagged template, whose template is its only argument.
pub(super) fn call<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    if let Some(tagged) = tagged::misread(node) {
        tagged.lower(walk, node, role);
        return;
    }
    let id = walk.open(Kind::Call, node, role);
    walk.flag_if(node.kind() == "new_expression", id, Flags::NEW);
    for part in walk.parts(node) {
        match part.field {
            "function" | "constructor" => callee(walk, part.node, Role::Callee),
            "arguments" => {
                walk.flag_if(part.kind() == "template_string", id, Flags::TAGGED);
                walk.visit(part.node, Role::Argument);
            }
            // The grammars name this token in one version and leave it bare in the other.
            _ if matches!(part.kind(), "optional_chain" | "?.") => walk.flag(id, Flags::OPTIONAL),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// What is called or looked into; the keyword of `import('x')` counts as a name here.
fn callee<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    if node.kind() == "import" {
        walk.leaf_at(Kind::Identifier, span(node), role, "import");
    } else {
        walk.visit(node, role);
    }
}

/// An awaited call carries the flag; anything else gets a node around it.
pub(super) fn await_expression<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let Some(operand) = first_code(node).filter(|operand| is_call(*operand)) else {
        walk.wrap(Kind::Await, node, role, Role::Value);
        return;
    };
    for part in walk.parts(node) {
        if part.node != operand {
            walk.rest(part);
        } else if let Some(id) = walk.visit_as(Kind::Call, part.node, role) {
            walk.flag(id, Flags::AWAIT);
        }
    }
}

fn is_call(node: Node<'_>) -> bool {
    let mut node = node;
    while matches!(
        node.kind(),
        "parenthesized_expression" | "as_expression" | "satisfies_expression" | "non_null_expression"
    ) {
        let Some(inner) = first_code(node) else { return false };
        node = inner;
    }
    matches!(node.kind(), "call_expression" | "new_expression")
}

pub(super) fn yield_expression<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Yield, node, role);
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "*"), id, Flags::DELEGATE);
    for part in parts {
        walk.visit(part.node, Role::Value);
    }
    walk.close();
}

pub(super) fn assignment<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Assignment, node, role);
    walk.name(id, "=");
    for part in walk.parts(node) {
        match part.field {
            "left" => walk.visit(part.node, Role::Target),
            "operator" => {
                let operator = walk.text(part.node);
                walk.name(id, operator);
            }
            "right" => walk.visit(part.node, Role::Value),
            // The TypeScript grammars read `using x = f()` as an assignment.
            _ if part.kind() == "using" => walk.flag(id, Flags::CONST),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

pub(super) fn binary<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    if let Some(tagged) = tagged::misread(node) {
        tagged.lower(walk, node, role);
        return;
    }
    let operator = node.child_by_field_name("operator").map(|operator| walk.text(operator)).unwrap_or_default();
    let kind = if matches!(operator, "&&" | "||" | "??") { Kind::Logical } else { Kind::Binary };
    let id = walk.compose(kind, node, role, &[("left", Role::Left), ("right", Role::Right)]);
    walk.name(id, operator);
}

pub(super) fn unary<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let operator = node.child_by_field_name("operator").map(|operator| walk.text(operator)).unwrap_or_default();
    let id = walk.compose(Kind::Unary, node, role, &[("argument", Role::Value)]);
    walk.name(id, operator);
}

pub(super) fn ternary<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.compose(
        Kind::Conditional,
        node,
        role,
        &[("condition", Role::Condition), ("consequence", Role::Consequent), ("alternative", Role::Alternate)],
    );
}

/// `<T>value`: the value stands for it.
pub(super) fn type_assertion<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    for part in walk.parts(node) {
        if part.kind() == "type_arguments" {
            walk.skip(part.node);
        } else {
            walk.visit(part.node, if part.is_code() { role } else { Role::Item });
        }
    }
}
