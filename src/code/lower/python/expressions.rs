//! Expressions: names, calls, operators, collections.

use tree_sitter::Node;

use super::super::walk::{Part, Walk, first_code, has_token, span, transparent};
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
    let parts = walk.parts(node);
    let is_index = |part: &Part<'_>| part.field == "subscript" && part.node.is_named();
    let first = parts.iter().position(is_index).unwrap_or(parts.len());
    let (before, indices) = parts.split_at(first);
    for part in before {
        match part.field {
            "value" => walk.visit(part.node, Role::Object),
            _ => walk.rest(*part),
        }
    }
    index_or_tuple(walk, indices, is_index);
    walk.close();
}

/// The parts from the first index on: one is the index, several are a tuple with the comments between them.
fn index_or_tuple<'t>(walk: &mut Walk<'_, 't>, parts: &[Part<'t>], is_index: impl Fn(&Part<'_>) -> bool) {
    let Some(last) = parts.iter().rposition(&is_index) else {
        for part in parts {
            walk.rest(*part);
        }
        return;
    };
    let (inside, behind) = parts.split_at(last + 1);
    let is_tuple = inside.iter().filter(|part| is_index(part)).count() > 1;
    let role = if is_tuple { Role::Item } else { Role::Index };
    if is_tuple {
        let span = Span::new(inside[0].node.start_byte(), inside[last].node.end_byte());
        let id = walk.open_at(Kind::Array, span, Role::Index);
        walk.flag(id, Flags::TUPLE);
    }
    for part in inside {
        walk.visit(part.node, if is_index(part) { role } else { Role::Item });
    }
    if is_tuple {
        walk.close();
    }
    for part in behind {
        walk.rest(*part);
    }
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
    let parts = walk.parts(node);
    let first = parts.iter().position(|part| part.is_code()).unwrap_or(parts.len());
    let (before, types) = parts.split_at(first);
    for part in before {
        walk.rest(*part);
    }
    index_or_tuple(walk, types, |part| part.node.is_named() && !part.node.is_extra() && !part.node.is_error());
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

/// `A | B | C` in an annotation, which the grammar joins to the right, and partly as an expression: it nests to the
/// left, as everywhere.
pub(super) fn union_type<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let mut members = Vec::new();
    let mut comments = Vec::new();
    union_members(walk, node, 0, &mut members, &mut comments);
    let mut role = role;
    let mut innermost = members.len();
    while innermost > 1 && walk.can_nest() {
        innermost -= 1;
        let span = Span::new(node.start_byte(), members[innermost].end_byte());
        let id = walk.open_at(Kind::Binary, span, role);
        walk.name(id, "|");
        role = Role::Left;
    }
    match members.get(..innermost) {
        Some([only]) => walk.visit(*only, role),
        Some([first, .., last]) => walk.cut_range(*first, *last, role),
        _ => {}
    }
    close_chain(walk, members.get(innermost..).unwrap_or_default(), comments);
}

/// The members of a union, in order, and the comments between them.
fn union_members<'t>(
    walk: &mut Walk<'_, 't>,
    node: Node<'t>,
    level: usize,
    members: &mut Vec<Node<'t>>,
    comments: &mut Vec<Part<'t>>,
) {
    let is_union = match node.kind() {
        "union_type" => true,
        "binary_operator" => operator(walk, node) == "|",
        "type" => node.named_child_count() == 1,
        _ => false,
    };
    // Deeper ones stay as the grammar has them.
    if !is_union || level > 100 {
        members.push(node);
        return;
    }
    for part in walk.parts(node) {
        if part.is_code() {
            union_members(walk, part.node, level + 1, members, comments);
        } else if part.node.is_named() {
            comments.push(part);
        }
    }
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
    let others: Vec<Part<'t>> = parts.into_iter().filter(|part| !part.is_code() && part.field != "operators").collect();
    let rights: Vec<Node<'t>> = operands.iter().skip(innermost).map(|operand| operand.node).collect();
    close_chain(walk, &rights, others);
}

/// The right operands of a chain whose nodes are open, the innermost first, with the comments before each.
fn close_chain<'t>(walk: &mut Walk<'_, 't>, rights: &[Node<'t>], others: Vec<Part<'t>>) {
    let mut others = others.into_iter().peekable();
    for right in rights {
        while let Some(other) = others.next_if(|other| other.node.start_byte() < right.start_byte()) {
            walk.rest(other);
        }
        walk.visit(*right, Role::Right);
        walk.close();
    }
    for other in others {
        walk.rest(other);
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

/// A pattern of several; parentheses around a single one are no more than that.
pub(super) fn pattern<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let parts = walk.parts(node);
    if node.kind() == "tuple_pattern"
        && !has_token(&parts, ",")
        && parts.iter().filter(|part| part.is_code()).count() == 1
    {
        transparent(walk, node, role);
        return;
    }
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
