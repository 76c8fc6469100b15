//! Reads whose variable may be missing: code asks for the value and goes on without it, or sets it itself.

use super::stops;
use crate::{
    code::{Flags, Kind, NodeRef, Role as NodeRole},
    model::Span,
};

/// References of one name that are looked at.
const REFERENCES: usize = 40;

/// What a branch says that gives up: what it guards against is no way to go on.
const REFUSES: [&str; 12] = [
    "throw",
    "raise",
    "error",
    "fail",
    "500",
    "501",
    "503",
    "reject",
    "missing",
    "required",
    "must ",
    "not configured",
];

/// Beginnings of names that hold a yes or a no.
const SWITCHES: [&str; 5] = ["has", "is", "use", "enable", "should"];

/// Whether code asks for the value and goes on without it: a condition, a comparison, `?.`, or any of these for the
/// name that the value is given.
pub(super) fn is_optional(node: NodeRef<'_>) -> bool {
    is_tested(node) || is_switch(node) || is_guarded(node)
}

/// Whether the file that reads a variable also sets it: then nobody else has to.
pub(super) fn is_set_here(node: NodeRef<'_>, name: &str) -> bool {
    let source = node.tree().source();
    let set = |start: String| {
        source.match_indices(&start).any(|(at, _)| {
            let rest = source[at + start.len()..].trim_start_matches(['?', '|', ' ']);
            rest.starts_with('=') && !rest.starts_with("==")
        })
    };
    set(format!("process.env.{name} "))
        || set(format!("os.environ[\"{name}\"]"))
        || set(format!("os.environ['{name}']"))
        || source.contains(&format!("os.environ.setdefault(\"{name}\""))
}

fn is_tested(node: NodeRef<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        Kind::If | Kind::Conditional | Kind::Loop => node.role() == NodeRole::Condition,
        // An older name behind the one that is asked first: `process.env.NEW ?? process.env.OLD`.
        Kind::Logical => {
            let behind = || parent.child(NodeRole::Left).is_some_and(|left| left.env_read().is_some());
            parent.name() == "&&" || node.role() == NodeRole::Left || behind()
        }
        Kind::Unary => parent.name() == "!",
        Kind::Binary => matches!(parent.name(), "==" | "===" | "!=" | "!==" | "is" | "is not" | "in" | "not in"),
        Kind::Member | Kind::Index => parent.has(Flags::OPTIONAL),
        Kind::Spread => true,
        Kind::Call => matches!(parent.callee_name(), Some("Boolean" | "bool")),
        _ => false,
    }
}

/// The name that the value is given, also as one of several: `const path = process.env.A || process.env.B`.
pub(super) fn target(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    if node.is(Kind::Property) {
        return node.child(NodeRole::Value).filter(|target| target.is(Kind::Identifier));
    }
    let mut value = node;
    while let Some(parent) = value.parent().filter(|parent| parent.is(Kind::Logical) && parent.name() != "&&") {
        value = parent;
    }
    let assignment = value.parent().filter(|it| it.is(Kind::Assignment) && value.role() == NodeRole::Value)?;
    assignment.child(NodeRole::Target).filter(|target| target.is(Kind::Identifier))
}

/// `const hasSearch = process.env.SEARCH_KEY`: the name says that only its presence counts.
fn is_switch(node: NodeRef<'_>) -> bool {
    let Some(name) = target(node).map(NodeRef::name) else { return false };
    SWITCHES.iter().any(|word| {
        name.strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_uppercase() || letter == '_'))
    })
}

/// Whether every use of the name that the value is given asks for it first: `if (key) …`, `key ? a : b`, or behind
/// `if (!key) return …`.
fn is_guarded(node: NodeRef<'_>) -> bool {
    let Some(target) = target(node) else { return false };
    let (Some(binding), Some(id)) = (target.binding(), target.binding_id()) else { return false };
    // Other modules use it without asking, unless this one chooses: `DATA if DATA else "/data"`.
    let python = node.tree().source().contains("os.environ") || node.tree().source().contains("getenv");
    let chooses = |name: NodeRef<'_>| name.role() == NodeRole::Condition && is_chosen_else(name);
    let chosen = || node.tree().references(id).take(REFERENCES).any(chooses);
    if binding.top_level && (python && !chosen() || is_exported(target)) {
        return false;
    }
    let uses: Vec<NodeRef<'_>> =
        node.tree().references(id).filter(|use_| use_.span() != target.span()).take(REFERENCES).collect();
    let safe: Vec<Span> = uses.iter().filter_map(|use_| guarded_by(*use_)).collect();
    !safe.is_empty()
        && uses.iter().all(|use_| {
            let span = use_.span();
            safe.iter().any(|safe| safe.start <= span.start && span.end <= safe.end)
        })
}

/// Whether a condition takes the name's own value where there is one, and another where there is none.
fn is_chosen_else(condition: NodeRef<'_>) -> bool {
    condition
        .parent()
        .filter(|choice| choice.is(Kind::Conditional))
        .is_some_and(|choice| choice.child(NodeRole::Consequent).is_some_and(|value| value.name() == condition.name()))
}

fn is_exported(target: NodeRef<'_>) -> bool {
    target.ancestors().take(3).any(|above| above.is(Kind::Export))
}

/// The code in which a name has a value because this use of it asked, or in which its absence is handled.
fn guarded_by(reference: NodeRef<'_>) -> Option<Span> {
    let (mut below, mut negated) = (reference, false);
    for above in reference.ancestors().take(6) {
        match above.kind() {
            Kind::Unary if above.name() == "!" => negated = true,
            Kind::Logical if above.name() == "&&" && below.role() == NodeRole::Left => {
                // A condition goes on above; a value ends here.
                if !is_condition(above) {
                    return Some(above.span());
                }
            }
            // `a || b` says of neither that it is there, `!a && b` leaves nothing behind it.
            Kind::Logical if is_condition(above) && negated == (above.name() == "||") => {}
            Kind::Conditional if below.role() == NodeRole::Condition => return Some(above.span()),
            Kind::If if below.role() == NodeRole::Condition => return branch(above, negated),
            _ => return None,
        }
        below = above;
    }
    None
}

/// Whether an operator is a part of what a branch asks.
fn is_condition(node: NodeRef<'_>) -> bool {
    let mut below = node;
    for above in node.ancestors().take(4) {
        match above.kind() {
            Kind::Logical | Kind::Unary => below = above,
            Kind::If | Kind::Conditional => return below.role() == NodeRole::Condition,
            _ => return false,
        }
    }
    false
}

/// What `if (key) …` guards is the branch; `if (!key) return` guards all that follows, unless it gives up.
fn branch(condition: NodeRef<'_>, negated: bool) -> Option<Span> {
    if condition.child(NodeRole::Alternate).is_some_and(stops) {
        return None;
    }
    if !negated {
        return Some(condition.span());
    }
    let consequent = condition.child(NodeRole::Consequent)?;
    let said = consequent.text().to_lowercase();
    if stops(consequent) || REFUSES.iter().any(|word| said.contains(word)) {
        return None;
    }
    let leaves = std::iter::once(consequent).chain(consequent.descendants().take(60)).any(|node| node.is(Kind::Return));
    let function = condition.enclosing_function()?;
    leaves.then(|| Span::new(condition.span().start as usize, function.span().end as usize))
}
