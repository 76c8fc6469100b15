//! TypeScript and JavaScript from the tree of an exact parser.
//!
//! One file for each family of constructs, as in the lowering of the tolerant parser; what each construct becomes is
//! the same in both, and a test compares them.

mod classes;
mod expressions;
mod functions;
mod jsx;
mod literals;
mod modules;
mod patterns;
mod statements;
mod types;

use std::cell::RefCell;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;

use super::emit::Emit;
use crate::{
    code::{
        lower::Language,
        tree::{Kind, Role, TreeBuilder},
    },
    model::Span,
};

/// Files beyond this size would leave a large arena behind in every worker.
const KEPT: usize = 256 << 10;

thread_local! {
    static ARENA: RefCell<Allocator> = RefCell::new(Allocator::new());
}

/// The lowered tree of a file without syntax errors.
pub(super) fn lower(language: Language, source: &str) -> Option<TreeBuilder<'_>> {
    let syntax = match language {
        Language::TypeScript => SourceType::ts(),
        Language::Tsx => SourceType::tsx(),
        _ => SourceType::unambiguous().with_jsx(true),
    };
    ARENA.with_borrow_mut(|arena| {
        let builder = lower_in(arena, syntax, source);
        if source.len() > KEPT {
            *arena = Allocator::new();
        } else {
            arena.reset();
        }
        builder
    })
}

fn lower_in<'s>(arena: &Allocator, syntax: SourceType, source: &'s str) -> Option<TreeBuilder<'s>> {
    let options =
        ParseOptions { allow_return_outside_function: true, enable_ident_hashes: false, ..ParseOptions::default() };
    let parsed = Parser::new(arena, source, syntax).with_options(options).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() || parsed.is_flow_language {
        return None;
    }
    let mut script = Script { out: Emit::new(source, comments(&parsed.program)), supported: true };
    script.program(&parsed.program);
    if script.supported { script.out.finish() } else { None }
}

fn comments(program: &Program<'_>) -> Vec<Span> {
    let first = program.hashbang.as_ref().map(|line| at(line.span));
    first.into_iter().chain(program.comments.iter().map(|comment| at(comment.span))).collect()
}

/// The lowering of one file.
struct Script<'s> {
    out: Emit<'s>,
    /// Whether everything so far has a lowered form.
    supported: bool,
}

impl Script<'_> {
    fn program(&mut self, program: &Program<'_>) {
        self.out.open(Kind::Module, Span::new(0, self.out.source().len()), Role::Item);
        self.directives(&program.directives);
        self.statements(&program.body, Role::Item);
        self.out.close();
    }

    /// Gives up: the tolerant parser reads the file instead.
    fn unsupported(&mut self) {
        self.supported = false;
    }
}

fn at(span: oxc_span::Span) -> Span {
    Span { start: span.start, end: span.end }
}
