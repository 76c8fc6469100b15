//! Tagged templates with type arguments, ``sql<User>`…` ``, which the grammars of TypeScript misread: as two
//! comparisons, or as a non-null assertion whose `!` is missing. They are where queries are written, so they are
//! put right here.

use tree_sitter::Node;

use super::super::walk::{Walk, first_code};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

/// The parts of a tagged template that was misread.
#[derive(Clone, Copy)]
pub(in crate::code::lower) struct Tagged<'t> {
    tag: Node<'t>,
    types: Span,
    template: Node<'t>,
    /// The tag was read as the operand of an `await` that belongs to the whole.
    awaited: bool,
}

/// Takes `node` for a misread tagged template when it has the shape of one.
pub(in crate::code::lower) fn misread(node: Node<'_>) -> Option<Tagged<'_>> {
    let (tag, types, template) = match node.kind() {
        "call_expression" => as_assertion(node)?,
        "binary_expression" => as_comparisons(node)?,
        _ => return None,
    };
    let awaited = tag.kind() == "await_expression";
    let tag = if awaited { first_code(tag)? } else { tag };
    let is_tag = matches!(tag.kind(), "identifier" | "member_expression" | "call_expression" | "subscript_expression");
    is_tag.then_some(Tagged { tag, types, template, awaited })
}

/// `tag<T>` and a missing `!`.
fn as_assertion(call: Node<'_>) -> Option<(Node<'_>, Span, Node<'_>)> {
    let template = child(call, "arguments", "template_string")?;
    let function = child(call, "function", "non_null_expression")?;
    let last = function.child_count().checked_sub(1)?;
    let instantiation = first_code(function).filter(|inner| inner.kind() == "instantiation_expression")?;
    let types = instantiation.child_by_field_name("type_arguments")?;
    function.child(last)?.is_missing().then_some(())?;
    Some((first_code(instantiation)?, Span::new(types.start_byte(), types.end_byte()), template))
}

/// `tag < T > template`; with a union for `T` it is `(tag < A) | (B > template)`.
fn as_comparisons(node: Node<'_>) -> Option<(Node<'_>, Span, Node<'_>)> {
    let (closing, mut opening) = match operator(node)? {
        ">" => (node, node.child_by_field_name("left")?),
        "|" => (node.child_by_field_name("right")?, node.child_by_field_name("left")?),
        _ => return None,
    };
    let template = child(closing, "right", "template_string").filter(|_| operator(closing) == Some(">"))?;
    let types_end = closing.child_by_field_name("operator")?.end_byte();
    // A union of more than a few types is not written in such a place.
    for _ in 0..8 {
        match operator(opening)? {
            "<" => {
                let types = Span::new(opening.child_by_field_name("operator")?.start_byte(), types_end);
                return Some((opening.child_by_field_name("left")?, types, template));
            }
            "|" if operator(node) == Some("|") => opening = opening.child_by_field_name("left")?,
            _ => return None,
        }
    }
    None
}

fn child<'t>(node: Node<'t>, field: &str, kind: &str) -> Option<Node<'t>> {
    node.child_by_field_name(field).filter(|child| child.kind() == kind)
}

fn operator(node: Node<'_>) -> Option<&str> {
    let operator = node.child_by_field_name("operator").filter(|_| node.kind() == "binary_expression")?;
    Some(operator.kind())
}

impl<'t> Tagged<'t> {
    /// Lowers it as the call that it is.
    pub(super) fn lower(self, walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
        let id = walk.open_at(Kind::Call, self.span(node), role);
        walk.flag(id, Flags::TAGGED);
        walk.flag_if(self.awaited, id, Flags::AWAIT);
        walk.visit(self.tag, Role::Callee);
        walk.open_at(Kind::Type, self.types, Role::Annotation);
        walk.comments_within(node, self.types);
        walk.close();
        walk.visit(self.template, Role::Argument);
        walk.close();
    }

    /// Without the `await`, as with any call.
    pub(in crate::code::lower) fn span(self, node: Node<'_>) -> Span {
        let start = if self.awaited { self.tag.start_byte() } else { node.start_byte() };
        Span::new(start, node.end_byte())
    }

    /// The type arguments, which the parser took for expressions.
    pub(in crate::code::lower) fn types(self) -> Span {
        self.types
    }
}
