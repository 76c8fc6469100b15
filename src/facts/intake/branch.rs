//! Which code runs for some methods of a request only: `if (req.method === "POST") { … }`, `case "POST":`, and what
//! stands behind `if (req.method !== "POST") return`.

use super::Branch;
use crate::{
    code::{Kind, NodeRef, Role},
    model::Span,
};

/// What the `if` or the `case` that `node` is decides by the method of the request.
pub(super) fn branch(node: NodeRef<'_>) -> Option<Branch> {
    match node.kind() {
        Kind::If => behind(node),
        Kind::Case => case(node),
        _ => None,
    }
}

fn behind(node: NodeRef<'_>) -> Option<Branch> {
    let condition = node.child(Role::Condition)?;
    let consequent = node.child(Role::Consequent)?;
    let named = compared(condition, &["===", "=="], &["||", "or", "&&", "and"]);
    if !named.is_empty() {
        return Some(Branch { span: consequent.span(), methods: named });
    }
    let others = compared(condition, &["!==", "!="], &["&&", "and"]);
    if others.is_empty() || !consequent.always_leaves() || node.child(Role::Alternate).is_some() {
        return None;
    }
    let end = node.parent()?.span().end;
    Some(Branch { span: Span { start: node.span().end, end }, methods: others })
}

fn case(node: NodeRef<'_>) -> Option<Branch> {
    let switch = node.parent().filter(|parent| parent.is(Kind::Switch))?;
    switch.child(Role::Condition).filter(|condition| is_method(*condition))?;
    let mut methods = Vec::new();
    // `case "POST": case "PUT": …` shares what follows.
    for other in switch.children().filter(|other| other.is(Kind::Case)) {
        let label = other.child(Role::Condition);
        let empty = other.children().all(|part| Some(part) == label || part.is(Kind::Comment));
        if other == node || empty {
            methods.extend(label.and_then(NodeRef::constant_str));
        } else {
            methods.clear();
        }
        if other == node {
            break;
        }
    }
    (!methods.is_empty()).then(|| Branch { span: node.span(), methods })
}

/// The methods that a condition compares with by one of `signs`, its parts joined by one of `joins`.
fn compared(condition: NodeRef<'_>, signs: &[&str], joins: &[&str]) -> Vec<String> {
    match condition.kind() {
        Kind::Binary if signs.contains(&condition.name()) => {
            let (Some(left), Some(right)) = (condition.child(Role::Left), condition.child(Role::Right)) else {
                return Vec::new();
            };
            let other = if is_method(left) { right } else { left };
            let asks = is_method(left) || is_method(right);
            other.constant_str().filter(|_| asks).into_iter().collect()
        }
        Kind::Logical if joins.contains(&condition.name()) => {
            let parts = [Role::Left, Role::Right].into_iter().filter_map(|role| condition.child(role));
            let parts: Vec<Vec<String>> = parts.map(|part| compared(part, signs, joins)).collect();
            // `a || method === "POST"` runs for other methods, too.
            let open = matches!(condition.name(), "||" | "or") && parts.iter().any(Vec::is_empty);
            if open { Vec::new() } else { parts.concat() }
        }
        _ => Vec::new(),
    }
}

fn is_method(node: NodeRef<'_>) -> bool {
    matches!(node.kind(), Kind::Member | Kind::Identifier) && node.name() == "method"
}
