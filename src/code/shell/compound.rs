//! Compound commands: what their keywords open, hold and close.

use super::{Context, read::Reader, word::Draft};
use crate::model::Span;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// `if`, `while`, `until`, `for`: first the condition, then the body.
    Block,
    Case,
    Group,
    Subshell,
    /// Waits for its body, and ends with it.
    Function,
}

pub(super) struct Frame {
    pub(super) kind: Kind,
    /// What the frame restores when it ends.
    pub(super) context: Context,
    pub(super) unmarked: usize,
}

impl Reader<'_> {
    pub(super) fn push(&mut self, kind: Kind) {
        let frame = Frame { kind, context: self.context, unmarked: self.unmarked };
        self.frames.push(frame);
        self.context.depth = self.context.depth.saturating_add(1);
        match kind {
            Kind::Block | Kind::Group => {}
            Kind::Case => self.context.branch = true,
            Kind::Subshell => self.context.subshell = true,
            Kind::Function => self.context.function = true,
        }
        self.unmarked = self.out.len();
    }

    /// Ends the innermost compound command, and the function whose body it was.
    pub(super) fn pop(&mut self) {
        loop {
            let Some(frame) = self.frames.pop() else { return };
            self.context = frame.context;
            self.unmarked = frame.unmarked;
            if self.frames.last().is_none_or(|outer| outer.kind != Kind::Function) {
                return;
            }
        }
    }

    /// Ends the frame if it is of `kind`; a keyword without its beginning is ignored.
    fn pop_kind(&mut self, kind: Kind) {
        if self.frames.last().is_some_and(|frame| frame.kind == kind) {
            self.pop();
        }
    }

    /// Takes a reserved word at the start of a command.
    pub(super) fn keyword(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.find([' ', '\t', '\r', '\n', ';', '&', '|', '(', ')', '<', '>']).unwrap_or(rest.len());
        let word = &rest[..length];
        match word {
            "if" | "while" | "until" => {
                self.push(Kind::Block);
                self.context.condition = true;
            }
            "elif" | "then" | "do" | "else" => {
                if let Some(Frame { kind: Kind::Block, context, .. }) = self.frames.last() {
                    self.context.condition = word == "elif" || context.condition;
                    self.context.branch = true;
                }
            }
            "fi" | "done" => self.pop_kind(Kind::Block),
            "esac" => self.pop_kind(Kind::Case),
            "{" => self.push(Kind::Group),
            "}" => self.pop_kind(Kind::Group),
            "!" => self.draft.negated = true,
            "for" | "select" => {
                self.at += length;
                self.loop_words();
                self.push(Kind::Block);
                return true;
            }
            "case" => {
                self.at += length;
                self.skip_blanks();
                self.word();
                self.skip_to_words();
                if self.rest().starts_with("in") {
                    self.at += 2;
                }
                self.push(Kind::Case);
                self.case_pattern();
                return true;
            }
            "function" => {
                self.at += length;
                self.skip_blanks();
                self.word();
                self.skip_blanks();
                if self.peek(0) == Some(b'(') {
                    self.at = (self.find(b')', self.at) + 1).min(self.text.len());
                }
                self.push(Kind::Function);
                return true;
            }
            "[[" => {
                self.test();
                return true;
            }
            _ => return false,
        }
        self.at += length;
        true
    }

    /// The words of `for x in a b`, up to the end of the line.
    fn loop_words(&mut self) {
        self.skip_blanks();
        if self.rest().starts_with("((") && self.skip_arithmetic(self.at) {
            return;
        }
        loop {
            self.skip_blanks();
            if matches!(self.peek(0), None | Some(b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')) {
                return;
            }
            if self.word().span.is_empty() {
                return;
            }
        }
    }

    /// Skips blanks, line ends and comments.
    pub(super) fn skip_to_words(&mut self) {
        loop {
            self.skip_blanks();
            match self.peek(0) {
                Some(b'\n') => self.at += 1,
                Some(b'#') => self.skip_comment(),
                _ => return,
            }
        }
    }

    /// A pattern of `case` up to its closing bracket, or the end of the `case`.
    pub(super) fn case_pattern(&mut self) {
        self.skip_to_words();
        if self.rest().starts_with("esac") {
            return;
        }
        if self.peek(0) == Some(b'(') {
            self.at += 1;
        }
        loop {
            self.skip_blanks();
            match self.peek(0) {
                None | Some(b'\n' | b';') => return,
                Some(b')') => {
                    self.at += 1;
                    return;
                }
                Some(b'|') => self.at += 1,
                _ => {
                    if self.word().span.is_empty() {
                        return;
                    }
                }
            }
        }
    }

    /// `[[ … ]]`: its operators are words of one command.
    fn test(&mut self) {
        loop {
            self.skip_blanks();
            let start = self.at;
            match self.peek(0) {
                None | Some(b'\n' | b';' | b'`') => return,
                Some(b'&' | b'|' | b'(' | b')' | b'<' | b'>') if !self.rest().starts_with("<(") => {
                    while self.at < start + 2 && matches!(self.peek(0), Some(b'&' | b'|' | b'(' | b')' | b'<' | b'>')) {
                        self.at += 1;
                    }
                    let span = Span::new(start, self.at);
                    let text = self.text[span.range()].to_owned();
                    let places = (span.start..span.end).collect();
                    self.draft.words.push(Draft { text, places, span, dynamic: false });
                }
                _ => {
                    let word = self.word();
                    if word.span.is_empty() {
                        return;
                    }
                    let closes = word.text == "]]";
                    self.draft.extend(word.span);
                    self.draft.words.push(word);
                    if closes {
                        return;
                    }
                }
            }
        }
    }
}
