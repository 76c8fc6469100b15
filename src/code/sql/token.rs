//! Words, literals and punctuation of SQL, with their places. Comments are left out.

use crate::model::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in double quotes or backquotes.
    Quoted,
    /// A string in single quotes.
    String,
    /// A string between dollar signs; mostly the body of a function.
    Dollar,
    Number,
    Punctuation(u8),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// More tokens than any file that people write has.
const MAX_TOKENS: usize = 3_000_000;

/// All tokens of `text`, which stands at `base` in its file.
pub(super) fn tokens(text: &str, base: usize) -> Vec<Token> {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0, backslash: text.contains('`') };
    let mut found = Vec::new();
    while found.len() < MAX_TOKENS {
        lexer.skip_blank();
        let start = lexer.at;
        let Some(kind) = lexer.next_kind() else { break };
        found.push(Token { kind, span: Span::new(base + start, base + lexer.at) });
    }
    found
}

struct Lexer<'t> {
    bytes: &'t [u8],
    at: usize,
    /// A backslash escapes in strings. MySQL alone does that, and MySQL alone quotes names with backquotes.
    backslash: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn rest_starts_with(&self, text: &[u8]) -> bool {
        self.bytes[self.at..].starts_with(text)
    }

    fn skip_blank(&mut self) {
        loop {
            match self.peek(0) {
                Some(byte) if byte.is_ascii_whitespace() => self.at += 1,
                // A byte order mark.
                Some(0xEF) if self.rest_starts_with(b"\xEF\xBB\xBF") => self.at += 3,
                Some(b'-') if self.peek(1) == Some(b'-') => self.skip_line(),
                Some(b'#' | b'\\') if self.is_line_start() => self.skip_line(),
                Some(b'/') if self.peek(1) == Some(b'*') => self.skip_comment(),
                _ => return,
            }
        }
    }

    fn is_line_start(&self) -> bool {
        let before = self.bytes[..self.at].iter().rev().take(64);
        before.take_while(|byte| **byte != b'\n').all(u8::is_ascii_whitespace)
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            if self.rest_starts_with(b"/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest_starts_with(b"*/") {
                self.at += 2;
                depth -= 1;
                if depth == 0 {
                    return;
                }
            } else {
                self.at += 1;
            }
        }
    }

    fn next_kind(&mut self) -> Option<TokenKind> {
        let byte = self.peek(0)?;
        Some(match byte {
            b'\'' => {
                self.quoted(b'\'', self.backslash);
                TokenKind::String
            }
            b'e' | b'E' if self.peek(1) == Some(b'\'') => {
                self.at += 1;
                self.quoted(b'\'', true);
                TokenKind::String
            }
            b'"' | b'`' => {
                self.quoted(byte, false);
                TokenKind::Quoted
            }
            b'$' => self.dollar(),
            b'0'..=b'9' => {
                self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
                TokenKind::Number
            }
            _ if is_word_start(byte) => {
                self.run(|byte| is_word_start(byte) || byte.is_ascii_digit() || byte == b'$');
                TokenKind::Word
            }
            _ => {
                self.at += 1;
                TokenKind::Punctuation(byte)
            }
        })
    }

    fn run(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&belongs) {
            self.at += 1;
        }
    }

    fn quoted(&mut self, quote: u8, backslash: bool) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == b'\\' && backslash {
                self.at += usize::from(self.peek(0).is_some());
            } else if byte == quote {
                if self.peek(0) != Some(quote) {
                    return;
                }
                self.at += 1;
            }
        }
    }

    fn dollar(&mut self) -> TokenKind {
        let tag = self.bytes[self.at + 1..].iter().position(|byte| !is_word_start(*byte) && !byte.is_ascii_digit());
        let end = tag.map(|length| self.at + 1 + length);
        let Some(end) = end.filter(|end| self.bytes[*end] == b'$' && self.at + 1 + 64 > *end) else {
            self.at += 1;
            return TokenKind::Punctuation(b'$');
        };
        if self.bytes[self.at + 1].is_ascii_digit() {
            self.at += 1;
            return TokenKind::Punctuation(b'$');
        }
        let tag = &self.bytes[self.at..=end];
        let body = &self.bytes[end + 1..];
        self.at = match memchr::memmem::find(body, tag) {
            Some(length) => end + 1 + length + tag.len(),
            None => self.bytes.len(),
        };
        TokenKind::Dollar
    }
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}
