//! Expressions: names, calls, operators, collections.

use tree_sitter::Node;

use super::super::walk::{Part, Walk, first_code, has_token, span};
use crate::{
    code::tree::{Flags, Kind, NodeId, Role},
    model::Span,
};

/// A name, or the dotted name of a pattern or decorator as members.
pub(super) fn name<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    if node.kind() == "identifier" {
        walk.named_leaf(Kind::Identifier, node, role);
        return;
    }
    let names: Vec<Node<'t>> =
        walk.parts(node).into_iter().filter(|part| part.is_code()).map(|part| part.node).collect();
    members(walk, &names, role);
}

/// `a.b.c` from its names: the outermost member opens first.
fn members(walk: &mut Walk<'_, '_>, names: &[Node<'_>], role: Role) {
    let Some(first) = names.first() else { return };
    let mut role = role;
    let mut opened = 0;
    for last in names.iter().skip(1).rev() {
        if !walk.can_nest() {
            break;
        }
        let id = walk.open_at(Kind::Member, Span::new(first.start_byte(), last.end_byte()), role);
        let text = walk.text(*last);
        walk.name(id, text);
        role = Role::Object;
        opened += 1;
    }
    let text = walk.text(*first);
    walk.leaf_at(Kind::Identifier, span(*first), role, text);
    for _ in 0..opened {
        walk.close();
    }
}

pub(super) fn attribute<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Member, node, role);
    for part in walk.parts(node) {
        match part.field {
            "object" => walk.visit(part.node, Role::Object),
            "attribute" => {
                let name = walk.text(part.node);
                walk.name(id, name);
                if part.node.is_missing() {
                    walk.rest(part);
                }
            }
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// `a[i]`; several indices are a tuple.
pub(super) fn subscript<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Index, node, role);
    let (indices, others): (Vec<Part<'t>>, Vec<Part<'t>>) =
        walk.parts(node).into_iter().partition(|part| part.field == "subscript" && part.node.is_named());
    for part in others {
        match part.field {
            "value" => walk.visit(part.node, Role::Object),
            _ => walk.rest(part),
        }
    }
    index_or_tuple(walk, &indices);
    walk.close();
}

fn index_or_tuple<'t>(walk: &mut Walk<'_, 't>, indices: &[Part<'t>]) {
    let [first, .., last] = indices else {
        for part in indices {
            walk.visit(part.node, Role::Index);
        }
        return;
    };
    let id = walk.open_at(Kind::Array, Span::new(first.node.start_byte(), last.node.end_byte()), Role::Index);
    walk.flag(id, Flags::TUPLE);
    for part in indices {
        walk.visit(part.node, Role::Item);
    }
    walk.close();
}

/// `List[int]` in an annotation: as the expression that it is.
pub(super) fn generic_type<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Index, node, role);
    for part in walk.parts(node) {
        if part.kind() == "type_parameter" {
            walk.visit(part.node, Role::Index);
        } else {
            walk.visit(part.node, Role::Object);
        }
    }
    walk.close();
}

pub(super) fn type_parameter<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    let (types, others): (Vec<Part<'t>>, Vec<Part<'t>>) = walk.parts(node).into_iter().partition(|part| part.is_code());
    for part in others {
        walk.rest(part);
    }
    index_or_tuple(walk, &types);
}

pub(super) fn member_type<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Member, node, role);
    for part in walk.parts(node) {
        if part.kind() == "identifier" {
            let name = walk.text(part.node);
            walk.name(id, name);
        } else {
            walk.visit(part.node, Role::Object);
        }
    }
    walk.close();
}

pub(super) fn union_type<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Binary, node, role);
    walk.name(id, "|");
    let mut side = Role::Left;
    for part in walk.parts(node) {
        if part.is_code() {
            walk.visit(part.node, side);
            side = Role::Right;
        } else {
            walk.rest(part);
        }
    }
    walk.close();
}

pub(super) fn call<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.compose(Kind::Call, node, role, &[("function", Role::Callee), ("arguments", Role::Argument)]);
}

pub(super) fn keyword_argument<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    walk.flag(id, Flags::KEYWORD);
    for part in walk.parts(node) {
        match part.field {
            "name" => {
                let name = walk.text(part.node);
                walk.name(id, name);
            }
            "value" => walk.visit(part.node, Role::Value),
            _ => walk.rest(part),
        }
    }
    walk.close();
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
    while node.kind() == "parenthesized_expression" {
        let Some(inner) = first_code(node) else { return false };
        node = inner;
    }
    node.kind() == "call"
}

pub(super) fn yield_expression<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.wrap(Kind::Yield, node, role, Role::Value);
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "from"), id, Flags::DELEGATE);
}

pub(super) fn walrus<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(Kind::Assignment, node, role, &[("name", Role::Target), ("value", Role::Value)]);
    walk.name(id, ":=");
}

pub(super) fn binary<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(Kind::Binary, node, role, &[("left", Role::Left), ("right", Role::Right)]);
    let operator = operator(walk, node);
    walk.name(id, operator);
}

pub(super) fn logical<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(Kind::Logical, node, role, &[("left", Role::Left), ("right", Role::Right)]);
    let name = if operator(walk, node) == "or" { "||" } else { "&&" };
    walk.name(id, name);
}

pub(super) fn unary<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.compose(Kind::Unary, node, role, &[("argument", Role::Value)]);
    let name = if node.kind() == "not_operator" { "!" } else { operator(walk, node) };
    walk.name(id, name);
}

fn operator<'s>(walk: &Walk<'s, '_>, node: Node<'_>) -> &'s str {
    node.child_by_field_name("operator").map(|operator| walk.text(operator)).unwrap_or_default()
}

/// `a < b < c` nests to the left, as a chain of `+` does.
pub(super) fn comparison<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let parts = walk.parts(node);
    let operators: Vec<Part<'t>> = parts.iter().filter(|part| part.field == "operators").copied().collect();
    let operands: Vec<Part<'t>> =
        parts.iter().filter(|part| part.is_code() && part.field != "operators").copied().collect();
    // The last operator is the outermost comparison, so it opens first.
    let mut role = role;
    let mut innermost = operands.len();
    while innermost > 1 && walk.can_nest() {
        innermost -= 1;
        let right = operands[innermost].node;
        let id = walk.open_at(Kind::Binary, Span::new(node.start_byte(), right.end_byte()), role);
        let text = operators.get(innermost - 1).map(|part| walk.text(part.node)).unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        walk.name(id, &if text == "<>" { "!=".to_owned() } else { words.join(" ") });
        role = Role::Left;
    }
    match operands.get(..innermost) {
        Some([only]) => walk.visit(only.node, role),
        Some([first, .., last]) => walk.cut_range(first.node, last.node, role),
        _ => {}
    }
    for operand in operands.iter().skip(innermost) {
        walk.visit(operand.node, Role::Right);
        walk.close();
    }
    for part in parts.into_iter().filter(|part| !part.is_code() && part.field != "operators") {
        walk.rest(part);
    }
}

/// `a if test else b`, its parts in this order.
pub(super) fn conditional<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.open(Kind::Conditional, node, role);
    let mut roles = [Role::Consequent, Role::Condition, Role::Alternate].into_iter();
    for part in walk.parts(node) {
        let role = if part.is_code() { roles.next().unwrap_or(Role::Item) } else { Role::Item };
        walk.visit(part.node, role);
    }
    walk.close();
}

pub(super) fn dictionary<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.wrap(Kind::Object, node, role, Role::Item);
}

pub(super) fn pair<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Property, node, role);
    for part in walk.parts(node) {
        match part.field {
            "key" => key(walk, id, part.node),
            "value" => walk.visit(part.node, Role::Value),
            _ => walk.rest(part),
        }
    }
    walk.close();
}

/// A key that is a plain string or a number names its property; any other is an expression.
pub(super) fn key<'t>(walk: &mut Walk<'_, 't>, id: NodeId, node: Node<'t>) {
    let name = match node.kind() {
        "string" => super::strings::plain_value(walk, node),
        "integer" | "float" => Some(walk.text(node).to_owned()),
        _ => None,
    };
    if let Some(name) = name {
        walk.name(id, &name);
    } else {
        walk.flag(id, Flags::COMPUTED);
        walk.visit(node, Role::Key);
    }
}

pub(super) fn sequence<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.wrap(Kind::Array, node, role, Role::Item);
    match node.kind() {
        "tuple" | "expression_list" => walk.flag(id, Flags::TUPLE),
        "set" => walk.flag(id, Flags::SET),
        _ => {}
    }
}

pub(super) fn pattern<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.wrap(Kind::Array, node, role, Role::Item);
    walk.flag(id, Flags::PATTERN);
    walk.flag_if(node.kind() != "list_pattern", id, Flags::TUPLE);
}

/// `*x`, and `**x` with a flag.
pub(super) fn splat<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.wrap(Kind::Spread, node, role, Role::Value);
    let parts = walk.parts(node);
    walk.flag_if(has_token(&parts, "**"), id, Flags::KEYWORD);
}

/// `start:stop:step` as `Left`, `Right` and an item.
pub(super) fn slice<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Other, node, role);
    walk.name(id, "slice");
    let mut roles = [Role::Left, Role::Right].into_iter();
    let mut inner = roles.next().unwrap_or(Role::Item);
    for part in walk.parts(node) {
        if part.kind() == ":" {
            inner = roles.next().unwrap_or(Role::Item);
        }
        walk.visit(part.node, inner);
    }
    walk.close();
}
