//! A place in the tokens of one statement, and the small questions asked there.

use super::{
    Expression, Name,
    token::{Token, TokenKind},
};
use crate::model::Span;

/// Tokens with the text that they are cut from.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    base: usize,
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, base: usize, tokens: &'t [Token]) -> Self {
        Self { text, base, tokens, at: 0 }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    /// The token that was stepped over last.
    pub(super) fn behind(&self) -> Option<Token> {
        self.tokens.get(self.at.checked_sub(1)?).copied()
    }

    pub(super) fn ahead(&self, count: usize) -> Option<Token> {
        self.tokens.get(self.at + count).copied()
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    pub(super) fn rest(&self) -> &'t [Token] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// The text of a token as written.
    pub(super) fn raw(&self, token: Token) -> &'t str {
        let range = token.span.range();
        self.text.get(range.start.saturating_sub(self.base)..range.end.saturating_sub(self.base)).unwrap_or_default()
    }

    pub(super) fn is_word(&self, token: Token, word: &str) -> bool {
        token.kind == TokenKind::Word && self.raw(token).eq_ignore_ascii_case(word)
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| self.is_word(token, word))
    }

    pub(super) fn at_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.at_word(word))
    }

    pub(super) fn at_mark(&self, mark: u8) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Punctuation(mark))
    }

    /// Steps over `words` when they are next.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let all = words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.ahead(ahead).is_some_and(|token| self.is_word(token, word)));
        if all {
            self.at += words.len();
        }
        all
    }

    pub(super) fn eat_mark(&mut self, mark: u8) -> bool {
        let found = self.at_mark(mark);
        self.at += usize::from(found);
        found
    }

    /// One name, folded: a word that may be a keyword, or a quoted name.
    pub(super) fn identifier(&mut self) -> Option<(String, Span)> {
        let token = self.peek()?;
        let name = self.folded(token)?;
        self.advance();
        Some((name, token.span))
    }

    pub(super) fn folded(&self, token: Token) -> Option<String> {
        let raw = self.raw(token);
        Some(match token.kind {
            TokenKind::Word => raw.to_ascii_lowercase(),
            TokenKind::Quoted => {
                let quote = raw.chars().next()?;
                let inner = raw[1..].strip_suffix(quote).unwrap_or(&raw[1..]);
                if inner.contains(quote) {
                    inner.replace(&format!("{quote}{quote}"), &quote.to_string())
                } else {
                    inner.to_owned()
                }
            }
            _ => return None,
        })
    }

    /// `name`, `schema.name` or `database.schema.name`.
    pub(super) fn name(&mut self) -> Option<Name> {
        let (mut name, mut span) = self.identifier()?;
        let mut schema = None;
        while self.at_mark(b'.') {
            self.advance();
            let Some((next, place)) = self.identifier() else { break };
            schema = Some(std::mem::replace(&mut name, next));
            span = Span::new(span.start as usize, place.end as usize);
        }
        Some(Name { schema, name, span })
    }

    /// `a, b, c`.
    pub(super) fn names(&mut self) -> Vec<Name> {
        let mut found = Vec::new();
        while let Some(name) = self.name() {
            found.push(name);
            // The arguments of a function.
            if self.at_mark(b'(') {
                self.group();
            }
            if !self.eat_mark(b',') {
                break;
            }
        }
        found
    }

    /// What stands in the parentheses that are next, which are stepped over.
    pub(super) fn group(&mut self) -> Option<Self> {
        if !self.at_mark(b'(') {
            return None;
        }
        let start = self.at + 1;
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            self.at += 1;
            match token.kind {
                TokenKind::Punctuation(b'(') => depth += 1,
                TokenKind::Punctuation(b')') => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(Self { tokens: &self.tokens[start..self.at - 1], at: 0, ..*self });
                    }
                }
                _ => {}
            }
        }
        Some(Self { tokens: &self.tokens[start..], at: 0, ..*self })
    }

    /// The parts between commas that stand in no parentheses.
    pub(super) fn parts(&self) -> Vec<Self> {
        let mut parts = Vec::new();
        let (mut depth, mut start) = (0_usize, self.at);
        for (index, token) in self.tokens.iter().enumerate().skip(self.at) {
            match token.kind {
                TokenKind::Punctuation(b'(' | b'[') => depth += 1,
                TokenKind::Punctuation(b')' | b']') => depth = depth.saturating_sub(1),
                TokenKind::Punctuation(b',') if depth == 0 => {
                    parts.push(Self { tokens: &self.tokens[start..index], at: 0, ..*self });
                    start = index + 1;
                }
                _ => {}
            }
        }
        if start < self.tokens.len() {
            parts.push(Self { tokens: &self.tokens[start..], at: 0, ..*self });
        }
        parts
    }

    /// From the next token to the last.
    pub(super) fn span(&self) -> Span {
        match (self.peek(), self.tokens.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start as usize, last.span.end as usize),
            _ => Span::new(0, 0),
        }
    }

    /// The plain column names of a list, up to the first expression, and whether there is none.
    pub(super) fn columns(&self) -> (Vec<String>, bool) {
        let mut columns = Vec::new();
        for mut part in self.parts() {
            let name = part.identifier();
            let prefix = part.at_mark(b'(') && part.ahead(1).is_some_and(|token| token.kind == TokenKind::Number);
            match name {
                // `name(10)` is MySQL's index over a beginning, `lower(name)` an expression.
                Some((name, _)) if !part.at_mark(b'(') || prefix => columns.push(name),
                _ => return (columns, false),
            }
        }
        (columns, true)
    }

    /// What follows as a condition: a parenthesised one, stepped over.
    pub(super) fn condition(&mut self) -> Option<Expression> {
        let inner = self.group()?;
        Some(inner.expression())
    }

    /// All that is left, as a condition.
    pub(super) fn expression(&self) -> Expression {
        let mut words: Vec<String> = Vec::new();
        let mut strings = Vec::new();
        let mut joined = false;
        for token in self.rest() {
            match token.kind {
                TokenKind::Word | TokenKind::Quoted => {
                    let word = self.folded(*token).unwrap_or_default();
                    match words.last_mut() {
                        Some(last) if joined => {
                            last.push('.');
                            last.push_str(&word);
                        }
                        _ => words.push(word),
                    }
                    joined = false;
                }
                TokenKind::String => strings.push(self.string(*token)),
                kind => joined = kind == TokenKind::Punctuation(b'.'),
            }
        }
        Expression { span: self.span(), always: self.always(), words, strings }
    }

    fn always(&self) -> bool {
        let bare: Vec<&Token> =
            self.rest().iter().filter(|token| !matches!(token.kind, TokenKind::Punctuation(b'(' | b')'))).collect();
        match bare.as_slice() {
            [one] => self.is_word(**one, "true"),
            [left, equals, right] => {
                equals.kind == TokenKind::Punctuation(b'=')
                    && left.kind == TokenKind::Number
                    && right.kind == TokenKind::Number
                    && self.raw(**left) == self.raw(**right)
            }
            _ => false,
        }
    }

    /// The value of a string token.
    pub(super) fn string(&self, token: Token) -> String {
        let raw = self.raw(token);
        let inner = raw.trim_start_matches(['e', 'E']).trim_start_matches('\'');
        inner.strip_suffix('\'').unwrap_or(inner).replace("''", "'")
    }
}
