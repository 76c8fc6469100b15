//! Where blocks end. A block holds the comments behind its last statement: the one on the same line, and those on the
//! lines that follow as long as they are indented as the block is.

use ruff_python_ast::{ExceptHandler, MatchCase, Stmt};
use ruff_text_size::Ranged;

use super::{Python, at};
use crate::{
    code::tree::{Kind, Role},
    model::Span,
};

impl Python<'_> {
    /// A block over the statements of a suite.
    pub(super) fn suite(&mut self, body: &[Stmt], role: Role) {
        let (Some(first), end) = (body.first(), self.suite_end(body)) else { return };
        self.out.open(Kind::Block, Span { start: at(first.range()).start, end }, role);
        self.statements(body);
        self.out.close();
    }

    /// Where a suite ends.
    pub(super) fn suite_end(&self, body: &[Stmt]) -> u32 {
        let (Some(first), Some(last)) = (body.first(), body.last()) else { return 0 };
        let mut end = self.statement_end(last);
        if !is_compound(last) {
            end = self.line_end(end);
        }
        let start = at(first.range()).start;
        if self.begins_line(start) { self.indented_comments(end, self.column(start)) } else { end }
    }

    /// Where a statement ends, the blocks in it included.
    pub(super) fn statement_end(&self, statement: &Stmt) -> u32 {
        match statement {
            Stmt::FunctionDef(it) => self.suite_end(&it.body),
            Stmt::ClassDef(it) => self.suite_end(&it.body),
            Stmt::With(it) => self.suite_end(&it.body),
            Stmt::For(it) => self.suite_end(if it.orelse.is_empty() { &it.body } else { &it.orelse }),
            Stmt::While(it) => self.suite_end(if it.orelse.is_empty() { &it.body } else { &it.orelse }),
            Stmt::If(it) => self.suite_end(it.elif_else_clauses.last().map_or(&it.body, |last| &last.body)),
            Stmt::Try(it) => {
                if !it.finalbody.is_empty() {
                    self.suite_end(&it.finalbody)
                } else if !it.orelse.is_empty() {
                    self.suite_end(&it.orelse)
                } else if let Some(ExceptHandler::ExceptHandler(last)) = it.handlers.last() {
                    self.suite_end(&last.body)
                } else {
                    self.suite_end(&it.body)
                }
            }
            Stmt::Match(it) => self.cases_end(&it.cases),
            _ => at(statement.range()).end,
        }
    }

    fn cases_end(&self, cases: &[MatchCase]) -> u32 {
        let (Some(first), Some(last)) = (cases.first(), cases.last()) else { return 0 };
        self.indented_comments(self.suite_end(&last.body), self.column(at(first.range()).start))
    }

    /// The end of a simple statement with the semicolon and the comment behind it.
    fn line_end(&self, end: u32) -> u32 {
        let bytes = self.out.source().as_bytes();
        let semicolon = self.blank_until(end);
        let end = if bytes.get(semicolon as usize) == Some(&b';') { semicolon + 1 } else { end };
        self.trailing_comment(end)
    }

    /// The end of the comment behind `end` on the same line, or `end`.
    pub(super) fn trailing_comment(&self, end: u32) -> u32 {
        self.out.comment_at(self.blank_until(end)).map_or(end, |comment| comment.end)
    }

    /// The first position from `from` on that is no blank.
    fn blank_until(&self, from: u32) -> u32 {
        let bytes = self.out.source().as_bytes();
        let mut at = from;
        while bytes.get(at as usize).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')) {
            at += 1;
        }
        at
    }

    /// The end of the last of the comment lines behind `end` that are indented as far as `column`, or `end`.
    fn indented_comments(&self, end: u32, column: u32) -> u32 {
        let bytes = self.out.source().as_bytes();
        let mut end = end;
        let mut at = end;
        loop {
            at = self.blank_until(at);
            match bytes.get(at as usize) {
                Some(b'\n' | b'\r') => at += 1,
                Some(b'#') if self.column(at) >= column => match self.out.comment_at(at) {
                    Some(comment) => (end, at) = (comment.end, comment.end),
                    None => return end,
                },
                _ => return end,
            }
        }
    }

    fn line_start(&self, position: u32) -> usize {
        let before = &self.out.source().as_bytes()[..position as usize];
        before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |newline| newline + 1)
    }

    /// Whether nothing stands before `position` on its line.
    fn begins_line(&self, position: u32) -> bool {
        let line = &self.out.source().as_bytes()[self.line_start(position)..position as usize];
        line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\x0c'))
    }

    /// How far a line is indented before `position`; a tab counts eight.
    fn column(&self, position: u32) -> u32 {
        let line = &self.out.source().as_bytes()[self.line_start(position)..position as usize];
        line.iter().fold(0, |column, byte| match byte {
            b'\t' => column + 8,
            b'\x0c' => 0,
            _ => column + 1,
        })
    }
}

fn is_compound(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::With(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::Try(_)
            | Stmt::Match(_)
    )
}
