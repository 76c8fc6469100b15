//! What becomes of a value: the methods called on it, also after it was put into a variable, until it is awaited.

use crate::code::{Flags, Kind, NodeRef, Role};

/// Links of one builder; real ones have a dozen.
const LINKS: usize = 60;

/// The methods called on a value, and whether others may call more.
#[derive(Default)]
pub(super) struct Flow<'t> {
    pub links: Vec<Link<'t>>,
    /// Leaves the function before anybody awaited it.
    pub leaves: bool,
}

pub(super) struct Link<'t> {
    pub name: &'t str,
    pub call: NodeRef<'t>,
}

impl<'t> Flow<'t> {
    /// Follows `node`, the first call of a builder or a statement.
    pub(super) fn of(node: NodeRef<'t>) -> Self {
        let mut flow = Self::default();
        flow.follow(node, 4, false);
        flow
    }

    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.links.iter().any(|link| names.contains(&link.name))
    }

    fn follow(&mut self, from: NodeRef<'t>, hops: usize, awaited: bool) {
        let (mut at, mut awaited) = (from, awaited);
        while self.links.len() < LINKS {
            awaited |= at.has(Flags::AWAIT);
            let Some(parent) = at.parent() else { return };
            match (parent.kind(), at.role()) {
                (Kind::Member, Role::Object) => {
                    let Some(call) =
                        parent.parent().filter(|call| call.is(Kind::Call) && parent.role() == Role::Callee)
                    else {
                        return;
                    };
                    self.links.push(Link { name: parent.name(), call });
                    // What `then` is given gets rows, and what it gives back is awaited in turn.
                    if matches!(parent.name(), "then" | "catch" | "finally") {
                        return;
                    }
                    at = call;
                }
                (Kind::Index, Role::Object) => {
                    // A slice bounds, and an index takes one.
                    self.links.push(Link { name: "slice", call: parent });
                    return;
                }
                (Kind::Await, _) => {
                    awaited = true;
                    at = parent;
                }
                (Kind::Other, _) => at = parent,
                (Kind::Conditional | Kind::Logical, role) if role != Role::Condition => at = parent,
                (Kind::Assignment, Role::Value) => return self.assigned(parent, hops, awaited),
                (Kind::Call, Role::Argument) => {
                    let name = parent.callee_name().unwrap_or_default();
                    if !is_execution(name) {
                        self.leaves |= !awaited;
                        return;
                    }
                    self.links.push(Link { name, call: parent });
                    at = parent;
                }
                (Kind::Return, _) | (Kind::Function, Role::Body) => {
                    let function = parent.ancestors().find(|node| node.is(Kind::Function));
                    let function = if parent.is(Kind::Function) { Some(parent) } else { function };
                    self.leaves |= !awaited && !function.is_some_and(|function| function.has(Flags::ASYNC));
                    return;
                }
                (Kind::Property, _) => {
                    self.leaves |= !awaited;
                    return;
                }
                _ => return,
            }
        }
    }

    fn assigned(&mut self, assignment: NodeRef<'t>, hops: usize, awaited: bool) {
        let target = assignment.child(Role::Target).filter(|target| target.is(Kind::Identifier));
        let Some(binding) = target.and_then(NodeRef::binding_id).filter(|_| hops > 0) else { return };
        let references: Vec<NodeRef<'t>> = assignment
            .tree()
            .references(binding)
            .filter(|reference| reference.span().start > assignment.span().start && reference.role() != Role::Target)
            .collect();
        for reference in references {
            if self.links.len() >= LINKS {
                return;
            }
            let python_rows = awaited && !reference.parent().is_some_and(|parent| parent.is(Kind::Member));
            // An awaited value is rows; what happens to them in this program bounds nothing.
            if !python_rows {
                // `query = query.eq(…)` is followed at each of the names, so the variable itself ends the walk.
                self.follow_once(reference, hops - 1, awaited, binding);
            }
        }
    }

    fn follow_once(&mut self, reference: NodeRef<'t>, hops: usize, awaited: bool, binding: crate::code::BindingId) {
        let mut top = reference;
        while let Some(parent) = top.parent().filter(|parent| {
            matches!(parent.kind(), Kind::Member | Kind::Await)
                || (parent.is(Kind::Call) && top.role() == Role::Callee)
                || parent.is(Kind::Conditional)
        }) {
            top = parent;
        }
        let again = top.parent().is_some_and(|parent| {
            parent.is(Kind::Assignment) && parent.child(Role::Target).and_then(NodeRef::binding_id) == Some(binding)
        });
        self.follow(reference, if again { 0 } else { hops }, awaited);
    }
}

fn is_execution(name: &str) -> bool {
    matches!(
        name,
        "execute" | "exec" | "scalars" | "scalar" | "stream" | "stream_scalars" | "all" | "allSettled" | "paginate"
    )
}
