//! Words: quotes, escapes, expansions.

use super::{Word, read::Reader};
use crate::model::Span;

/// A word with the place of each byte of its text, so that a script inside it can be read with exact spans.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) places: Vec<u32>,
    pub(super) span: Span,
    pub(super) dynamic: bool,
}

impl Draft {
    pub(super) fn word(&self) -> Word {
        Word { text: self.text.clone(), span: self.span, dynamic: self.dynamic }
    }

    fn push(&mut self, text: &str, at: usize) {
        self.text.push_str(text);
        let places = (at..at + text.len()).map(|place| Span::new(place, place).start);
        self.places.extend(places);
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Reader<'_> {
    /// Reads one word at the current place; empty when none starts here.
    pub(super) fn word(&mut self) -> Draft {
        let mut draft = Draft::default();
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' => break,
                b'<' | b'>' => {
                    if self.at > start || self.peek(1) != Some(b'(') {
                        break;
                    }
                    self.at += 2;
                    self.substitution(b')');
                    self.expanded(&mut draft, start);
                }
                b'`' if self.in_backquotes() => break,
                b'\'' => self.single_quoted(&mut draft),
                b'"' => self.double_quoted(&mut draft),
                b'\\' => self.escaped(&mut draft, |_| true),
                b'$' | b'`' => self.expansion(&mut draft, false),
                _ => self.literal(&mut draft),
            }
        }
        draft.span = Span::new(start, self.at);
        draft
    }

    /// Takes the current character as it is. A NUL, the first half of a Makefile's `$$`, is dropped.
    fn literal(&mut self, draft: &mut Draft) {
        let Some(c) = self.text[self.at..].chars().next() else { return };
        if c != '\0' {
            draft.push(&self.text[self.at..self.at + c.len_utf8()], self.at);
        }
        self.at += c.len_utf8();
    }

    /// Adds the text from `start` to here as an expansion.
    fn expanded(&self, draft: &mut Draft, start: usize) {
        draft.push(&self.text[start..self.at], start);
        draft.dynamic = true;
    }

    fn single_quoted(&mut self, draft: &mut Draft) {
        let start = self.at + 1;
        let end = self.find(b'\'', start);
        draft.push(&self.text[start..end], start);
        self.at = (end + 1).min(self.text.len());
    }

    fn double_quoted(&mut self, draft: &mut Draft) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' => self.escaped(draft, |byte| matches!(byte, b'"' | b'\\' | b'$' | b'`')),
                b'$' | b'`' => self.expansion(draft, true),
                _ => self.literal(draft),
            }
        }
    }

    /// A backslash: removes itself before a line end and before what `special` names, else stays.
    fn escaped(&mut self, draft: &mut Draft, special: impl Fn(u8) -> bool) {
        if let Some(length) = self.line_continuation() {
            self.at += length;
            return;
        }
        match self.peek(1) {
            Some(byte) if special(byte) => self.at += 1,
            Some(_) => self.literal(draft),
            None => {}
        }
        self.literal(draft);
    }

    /// A `$` or a backquote.
    fn expansion(&mut self, draft: &mut Draft, quoted: bool) {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.starts_with('`') {
            self.at += 1;
            self.substitution(b'`');
        } else if rest.starts_with("${{") {
            self.at = rest.find("}}").map_or(self.text.len(), |end| start + end + 2);
        } else if rest.starts_with("$((") && self.skip_arithmetic(start + 1) {
        } else if rest.starts_with("$(") {
            self.at += 2;
            self.substitution(b')');
        } else if rest.starts_with("${") {
            self.at += 2;
            self.parameter();
        } else if rest.starts_with("$'") && !quoted {
            self.at += 1;
            self.ansi_quoted(draft);
            return;
        } else {
            match self.peek(1) {
                Some(byte) if byte.is_ascii_digit() || b"@*#?$!-".contains(&byte) => self.at += 2,
                Some(byte) if is_name(byte) => {
                    self.at += 1;
                    while self.peek(0).is_some_and(is_name) {
                        self.at += 1;
                    }
                }
                // `$"…"` is a translated string.
                Some(b'"') if !quoted => {
                    self.at += 1;
                    return;
                }
                _ => {
                    self.literal(draft);
                    return;
                }
            }
        }
        self.expanded(draft, start);
    }

    /// `$'…'`, whose escapes matter little here: quotes and line ends are resolved.
    fn ansi_quoted(&mut self, draft: &mut Draft) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\'' => {
                    self.at += 1;
                    return;
                }
                b'\\' if self.peek(1) == Some(b'n') => {
                    draft.push("\n", self.at);
                    self.at += 2;
                }
                b'\\' => self.escaped(draft, |_| true),
                _ => self.literal(draft),
            }
        }
    }

    /// The inside of `${…}`, behind its brace; commands in its default run too.
    fn parameter(&mut self) {
        if !self.enter() {
            self.at = (self.find(b'}', self.at) + 1).min(self.text.len());
            return;
        }
        let mut ignored = Draft::default();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'}' => {
                    self.at += 1;
                    break;
                }
                b'\'' => self.single_quoted(&mut ignored),
                b'"' => self.double_quoted(&mut ignored),
                b'\\' => self.at += 1 + self.text[self.at + 1..].chars().next().map_or(0, char::len_utf8),
                b'$' | b'`' => self.expansion(&mut ignored, true),
                _ => self.literal(&mut ignored),
            }
        }
        self.leave();
    }
}
