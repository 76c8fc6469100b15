//! Conditions of a branch as a choice of circumstances: is the origin checked, is the list empty, which stage is it.

use super::{
    check::{asked, called, listed},
    grant::Laxness,
    naming::{is_star_by_default, name_of, stage_flag, stage_named},
    path::path_to,
    reader::{MAX_NODES, MAX_WAYS, Meaning, Reader, bare, constant, meaning, text_of},
};
use crate::code::{Kind, NodeId, NodeRef, Role};

/// What a condition asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// The origin is on a list, or equals something.
    Exact,
    Lax(Laxness),
    /// The request names an origin.
    Present,
    /// A list or a variable has content.
    Filled(Option<String>),
    /// A setting is `*`.
    Star(Option<String>),
    Production,
    Development,
    Other,
}

/// One condition that holds or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Atom {
    pub(super) test: Test,
    pub(super) holds: bool,
    /// What the origin is compared with.
    pub(super) list: Option<NodeId>,
}

impl Atom {
    pub(super) fn new(test: Test, holds: bool) -> Self {
        Self { test, holds, list: None }
    }
}

/// Conditions that hold together.
pub(super) type Atoms = Vec<Atom>;

/// How an expression can come out as `holds`: one entry for each way. Empty when it never does.
pub(super) fn ways(reader: &Reader<'_>, node: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    if !reader.spend(depth) {
        return one(Test::Other, holds);
    }
    let node = bare(node);
    let next = depth + 1;
    match node.kind() {
        Kind::Unary if node.name() == "!" => match node.child(Role::Value) {
            Some(value) => ways(reader, value, !holds, next),
            None => one(Test::Other, holds),
        },
        Kind::Logical => logical(reader, node, holds, next),
        Kind::Boolean => {
            if (node.name() == "true") == holds {
                vec![Vec::new()]
            } else {
                Vec::new()
            }
        }
        Kind::Null => {
            if holds {
                Vec::new()
            } else {
                vec![Vec::new()]
            }
        }
        Kind::String => {
            if node.name().is_empty() == holds {
                Vec::new()
            } else {
                vec![Vec::new()]
            }
        }
        Kind::Binary => binary(reader, node, holds, next),
        Kind::Conditional => conditional(reader, node, holds, next),
        Kind::Call => call(reader, node, holds, next),
        Kind::Identifier | Kind::Member | Kind::Index => name(reader, node, holds, next),
        _ => one(Test::Other, holds),
    }
}

pub(super) fn one(test: Test, holds: bool) -> Vec<Atoms> {
    vec![vec![Atom::new(test, holds)]]
}

/// One condition about the origin and `list`.
fn against(test: Test, holds: bool, list: Option<NodeRef<'_>>) -> Vec<Atoms> {
    vec![vec![Atom { test, holds, list: list.map(NodeRef::id) }]]
}

/// Both choices at once; what contradicts itself is dropped.
pub(super) fn both(left: &[Atoms], right: &[Atoms]) -> Vec<Atoms> {
    let mut result = Vec::new();
    for one in left {
        for other in right {
            let mut atoms = one.clone();
            for atom in other {
                if !atoms.contains(atom) {
                    atoms.push(atom.clone());
                }
            }
            if result.len() < MAX_WAYS && !contradicts(&atoms) {
                result.push(atoms);
            }
        }
    }
    result
}

fn contradicts(atoms: &[Atom]) -> bool {
    // Two checks of the origin may be of different lists, and two unknown conditions may differ.
    let comparable = |test: &Test| {
        matches!(
            test,
            Test::Present | Test::Production | Test::Development | Test::Filled(Some(_)) | Test::Star(Some(_))
        )
    };
    atoms.iter().any(|atom| {
        atom.holds && comparable(&atom.test) && atoms.iter().any(|other| !other.holds && other.test == atom.test)
    })
}

fn logical(reader: &Reader<'_>, node: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    let (Some(left), Some(right)) = (node.child(Role::Left), node.child(Role::Right)) else {
        return one(Test::Other, holds);
    };
    let conjunction = (node.name() == "&&") == holds;
    let left_ways = ways(reader, left, holds, depth);
    let right_ways = ways(reader, right, holds, depth);
    if conjunction {
        return both(&left_ways, &right_ways);
    }
    // The right side is asked only when the left one did not decide.
    let undecided = ways(reader, left, !holds, depth);
    let mut result = left_ways;
    result.extend(both(&undecided, &right_ways));
    result.truncate(MAX_WAYS);
    result
}

fn conditional(reader: &Reader<'_>, node: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    let (Some(condition), Some(yes), Some(no)) =
        (node.child(Role::Condition), node.child(Role::Consequent), node.child(Role::Alternate))
    else {
        return one(Test::Other, holds);
    };
    let mut result = both(&ways(reader, condition, true, depth), &ways(reader, yes, holds, depth));
    result.extend(both(&ways(reader, condition, false, depth), &ways(reader, no, holds, depth)));
    result.truncate(MAX_WAYS);
    result
}

fn binary(reader: &Reader<'_>, node: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    let (Some(left), Some(right)) = (node.child(Role::Left), node.child(Role::Right)) else {
        return one(Test::Other, holds);
    };
    match node.name() {
        "===" | "==" | "is" => equality(reader, left, right, holds, depth),
        "!==" | "!=" | "is not" => equality(reader, left, right, !holds, depth),
        "in" => membership(reader, left, right, holds, depth),
        "not in" => membership(reader, left, right, !holds, depth),
        ">" | ">=" => size(reader, left, right, node.name() == ">=", holds, depth),
        // Only `x.length < 1`; the rest compares something else.
        "<" if is_size(left) => filled(reader, size_of(left), !holds, depth),
        _ => one(Test::Other, holds),
    }
}

fn equality(reader: &Reader<'_>, left: NodeRef<'_>, right: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    for (value, other) in [(left, right), (right, left)] {
        let literal = constant(other);
        if is_size(value) && literal.is(Kind::Number) && literal.name() == "0" {
            return filled(reader, size_of(value), !holds, depth);
        }
        if let Some(test) = position(reader, value, literal, depth) {
            return against(test, !holds, asked(bare(value)));
        }
        if let Some(text) = text_of(other) {
            if let Some(test) = stage_named(reader, value, text, depth) {
                return one(test, holds);
            }
            if text == "*" && !reader.is_origin(value, depth) {
                return star(value, holds);
            }
            if text.is_empty() {
                return filled(reader, value, !holds, depth);
            }
        }
        let nothing = literal.is(Kind::Null) || literal.name() == "undefined";
        if nothing {
            let tested = if value.is(Kind::Unary) { value.child(Role::Value).unwrap_or(value) } else { value };
            return filled(reader, tested, !holds, depth);
        }
        if literal.is(Kind::Boolean) {
            return ways(reader, value, (literal.name() == "true") == holds, depth);
        }
    }
    for (value, other) in [(left, right), (right, left)] {
        if reader.is_origin(value, depth) {
            return against(Test::Exact, holds, Some(other));
        }
    }
    one(Test::Other, holds)
}

/// `x.indexOf(y)` compared with -1: the check that "not found" negates.
fn position(reader: &Reader<'_>, value: NodeRef<'_>, literal: NodeRef<'_>, depth: u8) -> Option<Test> {
    let value = bare(value);
    let found = matches!(value.callee_name(), Some("indexOf" | "find_index" | "findIndex" | "search" | "find"));
    let minus_one = literal.text().replace(' ', "") == "-1";
    (value.is(Kind::Call) && found && minus_one).then(|| called(reader, value, depth))
}

/// `x.length > 0`, `x.indexOf(y) > -1`, `x.indexOf(y) >= 0`.
fn size(
    reader: &Reader<'_>,
    left: NodeRef<'_>,
    right: NodeRef<'_>,
    or_equal: bool,
    holds: bool,
    depth: u8,
) -> Vec<Atoms> {
    let bound = right.text().replace(' ', "");
    let left = bare(left);
    if left.is(Kind::Call) && matches!(left.callee_name(), Some("indexOf" | "search" | "findIndex" | "find")) {
        let found = (!or_equal && bound == "-1") || (or_equal && bound == "0");
        return against(if found { called(reader, left, depth) } else { Test::Other }, holds, asked(left));
    }
    if is_size(left) && (bound == "0" || (or_equal && bound == "1")) {
        return filled(reader, size_of(left), holds, depth);
    }
    one(Test::Other, holds)
}

/// `x.length`, `x.size`, `len(x)`.
fn is_size(node: NodeRef<'_>) -> bool {
    let node = bare(node);
    (node.is(Kind::Member) && matches!(node.name(), "length" | "size"))
        || (node.is(Kind::Call) && node.callee_name() == Some("len"))
}

fn size_of(node: NodeRef<'_>) -> NodeRef<'_> {
    let node = bare(node);
    let inner = if node.is(Kind::Call) { node.argument(0) } else { node.child(Role::Object) };
    inner.unwrap_or(node)
}

/// Whether `value` has content.
fn filled(reader: &Reader<'_>, value: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    let test = if reader.is_origin(value, depth) { Test::Present } else { Test::Filled(name_of(value)) };
    one(test, holds)
}

/// Python's `x in y`, and `y.includes(x)`.
fn membership(reader: &Reader<'_>, item: NodeRef<'_>, list: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    if text_of(item) == Some("*") {
        return star(list, holds);
    }
    if reader.is_origin(list, depth) {
        return one(Test::Lax(Laxness::Substring), holds);
    }
    if reader.is_origin(item, depth) {
        return against(listed(list), holds, Some(list));
    }
    one(Test::Other, holds)
}

/// Whether a setting is `*`: because somebody configured that, or because it is its default.
fn star(value: NodeRef<'_>, holds: bool) -> Vec<Atoms> {
    let name = name_of(value);
    let configured = Atom::new(Test::Star(name.clone()), holds);
    if !is_star_by_default(value, 0) {
        return vec![vec![configured]];
    }
    let filled = Atom::new(Test::Filled(name), !holds);
    if holds { vec![vec![configured], vec![filled]] } else { vec![vec![configured, filled]] }
}

fn call(reader: &Reader<'_>, node: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    let name = node.callee_name().unwrap_or_default();
    if matches!(name, "Boolean" | "bool") {
        return node.argument(0).map_or_else(|| one(Test::Other, holds), |value| ways(reader, value, holds, depth));
    }
    let receiver =
        node.child(Role::Callee).filter(|callee| callee.is(Kind::Member)).and_then(|it| it.child(Role::Object));
    if let (Some(list), Some(item), "includes" | "has" | "contains") = (receiver, node.argument(0), name)
        && !reader.is_origin(list, depth)
    {
        return membership(reader, item, list, holds, depth);
    }
    if let Some(function) = local_function(node) {
        return result_of(reader, node, function, holds, depth);
    }
    against(called(reader, node, depth), holds, asked(node))
}

/// The function of this file that `call` calls by its name.
pub(super) fn local_function(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let callee = call.child(Role::Callee)?;
    let function = match callee.kind() {
        Kind::Identifier => constant(callee),
        _ => return None,
    };
    match function.kind() {
        Kind::Function => Some(function),
        Kind::Identifier => match meaning(function) {
            Meaning::Function(function) => Some(function),
            _ => None,
        },
        _ => None,
    }
}

/// How a call of a function of this file can come out as `holds`.
fn result_of(reader: &Reader<'_>, call: NodeRef<'_>, function: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    reader.charge();
    let reader = entering(reader, call, function, depth);
    let mut result = Vec::new();
    for value in results(function) {
        let here = path_to(&reader, value, function, depth);
        result.extend(both(&here, &ways(&reader, value, holds, depth)));
    }
    result.truncate(MAX_WAYS);
    if result.is_empty() && results(function).is_empty() { one(Test::Other, holds) } else { result }
}

/// The reader inside `function`, which `call` calls.
pub(super) fn entering<'a>(reader: &Reader<'a>, call: NodeRef<'_>, function: NodeRef<'_>, depth: u8) -> Reader<'a> {
    let mut inner = reader.clone();
    for (parameter, argument) in function.children_in(Role::Parameter).zip(call.positional()) {
        if reader.is_origin(argument, depth) {
            inner = inner.with_origin(parameter);
        }
    }
    inner
}

/// The values that a function returns.
pub(super) fn results(function: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let Some(body) = function.child(Role::Body) else { return Vec::new() };
    if !body.is(Kind::Block) {
        return vec![body];
    }
    body.descendants()
        .take(MAX_NODES)
        .filter(|node| node.is(Kind::Return) && node.enclosing_function() == Some(function))
        .filter_map(|node| node.child(Role::Value))
        .take(MAX_WAYS)
        .collect()
}

fn name(reader: &Reader<'_>, node: NodeRef<'_>, holds: bool, depth: u8) -> Vec<Atoms> {
    if reader.is_origin(node, depth) {
        return one(Test::Present, holds);
    }
    if is_size(node) {
        return filled(reader, size_of(node), holds, depth);
    }
    if let Some(test) = stage_flag(node.name()) {
        return one(test, holds);
    }
    if node.is(Kind::Identifier) {
        match meaning(node) {
            Meaning::Value(value) if is_test(value) => return ways(reader, value, holds, depth),
            Meaning::Values(values) => return any_of(reader, &values, holds, depth),
            Meaning::Parameter(_) => return one(Test::Other, holds),
            _ => {}
        }
    }
    if node.is(Kind::Identifier) && node.name() == "undefined" {
        return if holds { Vec::new() } else { vec![Vec::new()] };
    }
    one(Test::Filled(name_of(node)), holds)
}

/// A variable that is assigned in several places comes out as each of them, where that place is reached.
fn any_of(reader: &Reader<'_>, values: &[NodeRef<'_>], holds: bool, depth: u8) -> Vec<Atoms> {
    let mut result = Vec::new();
    for value in values.iter().take(8) {
        let here = value.enclosing_function().unwrap_or(value.tree().root());
        result.extend(both(&path_to(reader, *value, here, depth), &ways(reader, *value, holds, depth)));
    }
    result.truncate(MAX_WAYS);
    result
}

/// Whether a value is worth asking for its truth: a comparison rather than a list.
pub(super) fn is_test(value: NodeRef<'_>) -> bool {
    let value = bare(value);
    match value.kind() {
        Kind::Binary | Kind::Unary | Kind::Boolean => true,
        Kind::Logical => value.children().any(is_test),
        Kind::Call => {
            let name = value.callee_name().unwrap_or_default();
            let asks = [
                "includes",
                "has",
                "some",
                "every",
                "test",
                "match",
                "startsWith",
                "endsWith",
                "startswith",
                "endswith",
                "any",
                "all",
                "Boolean",
                "bool",
                "fullmatch",
            ];
            asks.contains(&name)
                || ["is", "has", "valid", "check", "allow"].iter().any(|start| name.starts_with(start))
                || local_function(value).is_some_and(|function| results(function).into_iter().any(is_answer))
        }
        _ => false,
    }
}

/// A value that is a test by its own form; functions are not followed, so that recursion ends.
fn is_answer(value: NodeRef<'_>) -> bool {
    let value = bare(value);
    match value.kind() {
        Kind::Binary | Kind::Boolean => true,
        Kind::Unary => value.name() == "!",
        Kind::Call => {
            matches!(value.callee_name(), Some("includes" | "has" | "some" | "test" | "startsWith" | "endsWith"))
        }
        _ => false,
    }
}
