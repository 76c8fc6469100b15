//! Statements: from one semicolon to the next, except where a body or the data of a `COPY` stands between.

use super::token::{Token, TokenKind};

/// The token ranges of the statements of `text`.
pub(super) fn statements(text: &str, base: usize, tokens: &[Token]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut splitter = Splitter { text, base, tokens, at: 0, delimiter: None };
    while splitter.at < tokens.len() {
        let from = splitter.at;
        let to = splitter.end();
        if to > from {
            found.push(from..to);
        }
    }
    found
}

struct Splitter<'t> {
    text: &'t str,
    base: usize,
    tokens: &'t [Token],
    at: usize,
    /// What ends a statement, when MySQL's client was told so.
    delimiter: Option<&'t str>,
}

impl<'t> Splitter<'t> {
    fn raw(&self, index: usize) -> &'t str {
        let Some(token) = self.tokens.get(index) else { return "" };
        let range = token.span.range();
        self.text.get(range.start - self.base..range.end - self.base).unwrap_or_default()
    }

    fn is(&self, index: usize, word: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Word)
            && self.raw(index).eq_ignore_ascii_case(word)
    }

    /// The end of the statement that begins here; moves behind it.
    fn end(&mut self) -> usize {
        let from = self.at;
        if self.is(from, "delimiter") {
            self.set_delimiter();
            return from;
        }
        let mut depth = 0_usize;
        let with_body = self.has_body(from);
        while let Some(token) = self.tokens.get(self.at) {
            let index = self.at;
            if let Some(delimiter) = self.delimiter {
                if self.text[token.span.start as usize - self.base..].starts_with(delimiter) {
                    self.skip_past(token.span.start as usize - self.base + delimiter.len());
                    return index;
                }
            } else if with_body && token.kind == TokenKind::Word {
                self.nest(index, &mut depth);
            }
            self.at += 1;
            if self.delimiter.is_none() && depth == 0 && token.kind == TokenKind::Punctuation(b';') {
                self.skip_copied(from, index);
                return index;
            }
        }
        self.at
    }

    /// Whether the statement defines something whose body holds semicolons.
    fn has_body(&self, from: usize) -> bool {
        self.is(from, "create")
            && (from + 1..from + 12)
                .any(|index| ["trigger", "procedure", "function", "event"].iter().any(|word| self.is(index, word)))
    }

    fn nest(&self, index: usize, depth: &mut usize) {
        let after_end = index > 0 && self.is(index - 1, "end");
        if self.is(index, "begin") || self.is(index, "case") && *depth > 0 && !after_end {
            *depth += 1;
        } else if self.is(index, "end")
            && !["if", "loop", "while", "repeat"].iter().any(|word| self.is(index + 1, word))
        {
            *depth = depth.saturating_sub(1);
        }
    }

    fn set_delimiter(&mut self) {
        let start = self.tokens[self.at].span.end as usize - self.base;
        let line = self.text[start..].lines().next().unwrap_or_default();
        let delimiter = line.trim();
        self.delimiter = (!delimiter.is_empty() && delimiter != ";").then_some(delimiter);
        self.skip_past(start + line.len());
    }

    fn skip_past(&mut self, offset: usize) {
        let end = offset + self.base;
        self.at += 1;
        while self.tokens.get(self.at).is_some_and(|token| (token.span.start as usize) < end) {
            self.at += 1;
        }
    }

    /// The lines behind `COPY … FROM stdin;` are data, up to a line with `\.`.
    fn skip_copied(&mut self, from: usize, to: usize) {
        if !self.is(from, "copy") || !self.is(to.wrapping_sub(1), "stdin") {
            return;
        }
        let start = self.tokens[to].span.end as usize - self.base;
        let end = self.text[start..].find("\n\\.").map_or(self.text.len(), |length| start + length + 3);
        self.at -= 1;
        self.skip_past(end);
    }
}
