//! Comprehensions and generator expressions: an array or object with a loop in it.

use tree_sitter::Node;

use super::super::walk::{Part, Walk, has_token};
use crate::code::tree::{Flags, Kind, NodeId, Role};

/// `[f(x) for x in xs if x]` is an array with one loop, whose body is `f(x)`. A second `for` is a loop in the body
/// of the first. The body stands first, as in the source.
pub(super) fn comprehension<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let kind = if node.kind() == "dictionary_comprehension" { Kind::Object } else { Kind::Array };
    let id = walk.open(kind, node, role);
    let mut flags = Flags::COMPREHENSION;
    match node.kind() {
        "set_comprehension" => flags |= Flags::SET,
        "generator_expression" => flags |= Flags::GENERATOR,
        _ => {}
    }
    walk.flag(id, flags);
    let parts = walk.parts(node);
    let clauses: Vec<Part<'t>> = parts.iter().filter(|part| is_clause(part)).copied().collect();
    let groups: Vec<&[Part<'t>]> = clauses.chunk_by(|_, next| next.kind() != "for_in_clause").collect();
    let mut loops: Vec<(NodeId, &[Part<'t>])> = Vec::new();
    for group in &groups {
        if walk.can_nest() {
            let role = if loops.is_empty() { Role::Item } else { Role::Body };
            loops.push((open_loop(walk, node, role), group));
        }
    }
    for part in parts.iter().filter(|part| !is_clause(part)) {
        if part.field == "body" {
            walk.visit(part.node, Role::Body);
        } else {
            walk.rest(*part);
        }
    }
    if let (Some(first), Some(last)) = (groups.get(loops.len()), clauses.last()) {
        walk.cut_range(first[0].node, last.node, Role::Item);
    }
    // The innermost loop is open: close from the inside, giving each its clause and the conditions behind it.
    for (id, group) in loops.into_iter().rev() {
        for clause in group {
            lower_clause(walk, id, *clause);
        }
        walk.close();
    }
    walk.close();
}

fn is_clause(part: &Part<'_>) -> bool {
    matches!(part.kind(), "for_in_clause" | "if_clause")
}

fn open_loop<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) -> NodeId {
    let id = walk.open(Kind::Loop, node, role);
    walk.name(id, "for-of");
    walk.flag(id, Flags::COMPREHENSION);
    id
}

fn lower_clause<'t>(walk: &mut Walk<'_, 't>, id: NodeId, clause: Part<'t>) {
    if clause.kind() == "if_clause" {
        walk.visit(clause.node, Role::Condition);
        return;
    }
    let parts = walk.parts(clause.node);
    walk.flag_if(has_token(&parts, "async"), id, Flags::AWAIT);
    for part in parts {
        match part.field {
            "left" => walk.visit(part.node, Role::Target),
            "right" => walk.visit(part.node, Role::Iterated),
            _ => walk.rest(part),
        }
    }
}
