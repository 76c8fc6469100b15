//! Python from the tree of an exact parser.
//!
//! That tree has no parentheses and no comments, and its blocks end where their last statement does; the lowered tree
//! follows the other lowering in all three, and a test compares them.

mod blocks;
mod collections;
mod expressions;
mod functions;
mod matching;
mod statements;
mod strings;

use ruff_python_ast::{ModModule, token::TokenKind};
use ruff_python_parser::{Parsed, parse_module};
use ruff_text_size::{Ranged, TextRange};

use super::emit::Emit;
use crate::{
    code::tree::{Kind, Role, TreeBuilder},
    model::Span,
};

/// The lowered tree of a file without syntax errors.
pub(super) fn lower(source: &str) -> Option<TreeBuilder<'_>> {
    let parsed = parse_module(source).ok()?;
    let mut python = Python { out: Emit::new(source, comments(&parsed)), supported: true, plain_targets: false };
    python.out.open(Kind::Module, Span::new(0, source.len()), Role::Item);
    python.statements(&parsed.syntax().body);
    python.out.close();
    if python.supported { python.out.finish() } else { None }
}

fn comments(parsed: &Parsed<ModModule>) -> Vec<Span> {
    parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment).map(|token| at(token.range())).collect()
}

/// The lowering of one file.
struct Python<'s> {
    out: Emit<'s>,
    /// Whether everything so far has a lowered form.
    supported: bool,
    /// What is bound is no pattern here: the targets of a `with`.
    plain_targets: bool,
}

impl<'s> Python<'s> {
    /// Gives up: the tolerant parser reads the file instead.
    fn unsupported(&mut self) {
        self.supported = false;
    }

    fn text(&self, node: &impl Ranged) -> &'s str {
        self.out.text(at(node.range()))
    }

    /// `span` with the parentheses around it.
    fn with_parentheses(&self, span: Span) -> Span {
        let bytes = self.out.source().as_bytes();
        let mut span = span;
        loop {
            let start = self.out.token_until(span.start);
            let end = self.out.token_from(span.end);
            let opened = start > 0 && bytes.get(start as usize - 1) == Some(&b'(');
            if !opened || bytes.get(end as usize) != Some(&b')') {
                return span;
            }
            span = Span { start: start - 1, end: end + 1 };
        }
    }

    /// Where an operand ends with the parentheses that close behind it.
    fn closed(&self, end: u32) -> u32 {
        let bytes = self.out.source().as_bytes();
        let mut end = end;
        loop {
            let next = self.out.token_from(end);
            if bytes.get(next as usize) != Some(&b')') {
                return end;
            }
            end = next + 1;
        }
    }
}

fn at(range: TextRange) -> Span {
    Span { start: range.start().to_u32(), end: range.end().to_u32() }
}
