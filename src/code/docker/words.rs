//! Words of an instruction, and variables in them.

use crate::{code::shell::Word, model::Span};

/// A piece of an instruction's text with its place in the file.
#[derive(Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    /// The character that escapes and continues lines: a backslash, or a backquote by directive.
    pub(super) escape: u8,
}

impl Piece<'_> {
    pub(super) fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    pub(super) fn part(self, from: usize, to: usize) -> Self {
        Self { text: &self.text[from..to], start: self.start + from, ..self }
    }

    /// Without blanks and continuations at both ends.
    pub(super) fn trimmed(self) -> Self {
        let mut from = 0;
        while let Some(length) = self.blank(from) {
            from += length;
        }
        let rest = &self.text[from..];
        self.part(from, from + rest.trim_end_matches(|c: char| c.is_ascii_whitespace()).len())
    }

    /// The length of the blank or the continuation at `at`.
    fn blank(self, at: usize) -> Option<usize> {
        match self.text.as_bytes().get(at)? {
            b' ' | b'\t' | b'\r' | b'\n' => Some(1),
            byte if *byte == b'\\' && self.text.as_bytes().get(at + 1) == Some(&b'\n') => Some(2),
            _ => None,
        }
    }

    /// The first word as written, and the rest.
    pub(super) fn split_word(self) -> Option<(Self, Self)> {
        let piece = self.trimmed();
        if piece.text.is_empty() {
            return None;
        }
        let bytes = piece.text.as_bytes();
        let mut at = 0;
        let mut quote = None;
        while at < bytes.len() {
            let byte = bytes[at];
            let continued = byte == b'\\' && bytes.get(at + 1) == Some(&b'\n');
            if continued {
                at += 2;
                continue;
            }
            match quote {
                None if byte.is_ascii_whitespace() => break,
                None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
                Some(open) if byte == open => quote = None,
                _ if byte == piece.escape && quote != Some(b'\'') => at += 1,
                _ => {}
            }
            at += 1;
        }
        // An escape may have stepped into a character.
        let mut at = at.min(bytes.len());
        while !piece.text.is_char_boundary(at) {
            at += 1;
        }
        let word = piece.part(0, at);
        Some((word, piece.part(at, piece.text.len())))
    }

    pub(super) fn words(self) -> Vec<Self> {
        let mut words = Vec::new();
        let mut rest = self;
        while let Some((word, behind)) = rest.split_word() {
            words.push(word);
            rest = behind;
        }
        words
    }

    /// The word with quotes and escapes resolved.
    pub(super) fn resolved(self) -> Word {
        let mut text = String::with_capacity(self.text.len());
        let mut dynamic = false;
        let mut quote = None;
        let mut chars = self.text.chars().peekable();
        while let Some(c) = chars.next() {
            match (quote, c) {
                (_, '\\') if chars.peek() == Some(&'\n') => {
                    chars.next();
                }
                (Some(open), _) if c == open => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (Some('\''), _) => text.push(c),
                _ if c == char::from(self.escape) => match chars.next() {
                    Some(escaped) if quote.is_none() || matches!(escaped, '"' | '$' | '\\' | '`') => text.push(escaped),
                    Some(other) => text.extend([c, other]),
                    None => text.push(c),
                },
                _ => {
                    dynamic |= c == '$';
                    text.push(c);
                }
            }
        }
        Word { text, span: self.span(), dynamic }
    }
}

/// Fills in `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}`; nothing when a variable has no value.
pub(super) fn substitute(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(braced) = rest.strip_prefix('{') {
            let end = braced.find('}')?;
            let inner = &braced[..end];
            rest = &braced[end + 1..];
            let name = &inner[..name_length(inner)];
            let known = value(name);
            let filled = match &inner[name.len()..] {
                "" => known?,
                operator => {
                    let strict = operator.starts_with(':');
                    let operator = operator.trim_start_matches(':');
                    let set = known.filter(|value| !(strict && value.is_empty()));
                    match operator.as_bytes().first()? {
                        b'-' => set.unwrap_or_else(|| operator[1..].to_owned()),
                        b'+' => set.map(|_| operator[1..].to_owned()).unwrap_or_default(),
                        _ => return None,
                    }
                }
            };
            if filled.contains('$') {
                return None;
            }
            result.push_str(&filled);
        } else {
            let name = &rest[..name_length(rest)];
            result.push_str(&value(name)?);
            rest = &rest[name.len()..];
        }
    }
    result.push_str(rest);
    Some(result)
}

fn name_length(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len()
}
