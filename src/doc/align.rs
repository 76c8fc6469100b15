//! Where each part of a string's resolved text stands in the file.
//!
//! A script inside a block scalar, a command behind `\"` escapes: findings in such text need their place in the file.
//! The text is cut into pieces that are copied verbatim and pieces that stand for an escape.

use crate::model::Span;

/// The map from text offsets to file offsets; text offsets before the first piece do not occur.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pieces {
    /// The text stands in the file verbatim, from this offset on.
    Verbatim(u32),
    Cut(Box<[Piece]>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    /// Offset in the resolved text.
    text: u32,
    /// Offset in the file.
    file: u32,
    /// Bytes that the file needs for an escape or a fold; 0 for verbatim text.
    escape: u32,
}

/// What the format resolves inside a scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Nothing but line folding.
    None,
    /// `\n`, `\u0041`, and a backslash at the line's end.
    Backslash,
    /// `''` for one quote.
    DoubledQuote,
}

impl Pieces {
    pub(super) fn starting_at(offset: u32) -> Self {
        Self::Verbatim(offset)
    }

    pub(super) fn span_of(&self, part: Span) -> Span {
        match self {
            Self::Verbatim(start) => part.shifted(*start),
            Self::Cut(pieces) => {
                let start = place(pieces, part.start).0;
                if part.is_empty() {
                    return Span { start, end: start };
                }
                let end = place(pieces, part.end - 1).1;
                Span { start, end: end.max(start) }
            }
        }
    }

    /// Pairs the text between a scalar's delimiters with what it resolved to. Where the two cannot be paired, the
    /// rest is taken as verbatim: a place that is off by a few bytes, never a failure.
    pub(super) fn of_scalar(source: &str, start: usize, text: &str, escapes: Escapes) -> Self {
        let start_offset = Span::new(start, start).start;
        if source == text {
            return Self::Verbatim(start_offset);
        }
        let mut pieces = Builder::default();
        let (mut at, mut out) = (0, 0);
        while out < text.len() && at < source.len() {
            let rest = &source[at..];
            let (read, resolved) = (rest.chars().next(), text[out..].chars().next());
            let next = resolved.map_or(1, char::len_utf8);
            if escapes == Escapes::Backslash && rest.starts_with('\\') {
                match escape_length(rest) {
                    Escape::Nothing(length) => at += length,
                    Escape::Char(length) => {
                        pieces.escape(out, start + at, length);
                        at += length;
                        out += next;
                    }
                }
            } else if escapes == Escapes::DoubledQuote && rest.starts_with("''") {
                pieces.escape(out, start + at, 2);
                at += 2;
                out += next;
            } else if read == resolved {
                pieces.verbatim(out, start + at);
                at += next;
                out += next;
            } else if rest.starts_with([' ', '\t', '\r', '\n']) {
                let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
                let folded = match text.as_bytes()[out] {
                    b' ' => 1,
                    _ => text[out..].len() - text[out..].trim_start_matches('\n').len(),
                };
                if folded > 0 {
                    pieces.escape(out, start + at, blank);
                }
                at += blank;
                out += folded;
            } else {
                break;
            }
        }
        pieces.finish(start_offset)
    }

    /// Pairs the lines of a YAML block scalar with its text. `lines` starts behind the header's line end; `indent`
    /// is the number of spaces that every line loses.
    pub(super) fn of_block(lines: &str, start: usize, indent: usize, text: &str, folded: bool) -> Self {
        let mut pieces = Builder::default();
        let (mut at, mut out) = (0, 0);
        for line in lines.split_inclusive('\n') {
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let skipped = spaces.min(indent);
            let content = line[skipped..].trim_end_matches(['\n', '\r']);
            if folded {
                while matches!(text.as_bytes().get(out), Some(b' ' | b'\n')) && !text[out..].starts_with(content) {
                    out += 1;
                }
                if content.is_empty() {
                    at += line.len();
                    continue;
                }
            }
            if !text.get(out..).is_some_and(|rest| rest.starts_with(content)) {
                break;
            }
            pieces.line(out, start + at + skipped);
            out += content.len() + usize::from(!folded);
            at += line.len();
        }
        pieces.finish(Span::new(start, start).start)
    }
}

/// The file range of the character at `offset` of the text.
fn place(pieces: &[Piece], offset: u32) -> (u32, u32) {
    let index = pieces.partition_point(|piece| piece.text <= offset).saturating_sub(1);
    let Some(piece) = pieces.get(index) else { return (0, 0) };
    if piece.escape > 0 {
        return (piece.file, piece.file + piece.escape);
    }
    let start = piece.file + offset.saturating_sub(piece.text);
    (start, start + 1)
}

enum Escape {
    /// A backslash before a line end swallows the break and the blanks behind it.
    Nothing(usize),
    Char(usize),
}

/// How many bytes the escape at the start of `rest` takes.
fn escape_length(rest: &str) -> Escape {
    let available =
        |length: usize| if rest.is_char_boundary(length.min(rest.len())) { length.min(rest.len()) } else { 1 };
    match rest.as_bytes().get(1) {
        Some(b'x') => Escape::Char(available(4)),
        Some(b'u') => {
            let high =
                rest.get(2..4).is_some_and(|digits| ["d8", "d9", "da", "db"].contains(&&*digits.to_ascii_lowercase()));
            let paired = high && rest.get(6..8) == Some("\\u");
            Escape::Char(available(if paired { 12 } else { 6 }))
        }
        Some(b'U') => Escape::Char(available(10)),
        Some(b'\n' | b'\r') => {
            Escape::Nothing(1 + rest[1..].len() - rest[1..].trim_start_matches([' ', '\t', '\r', '\n']).len())
        }
        _ => Escape::Char(1 + rest[1..].chars().next().map_or(0, char::len_utf8)),
    }
}

#[derive(Default)]
struct Builder {
    pieces: Vec<Piece>,
    /// Text and file offset where the verbatim piece at the end would go on.
    next: Option<(usize, usize)>,
}

impl Builder {
    fn push(&mut self, text: usize, file: usize, escape: usize) {
        let place = Span::new(text, file);
        self.pieces.push(Piece { text: place.start, file: place.end, escape: Span::new(escape, escape).start });
    }

    fn verbatim(&mut self, text: usize, file: usize) {
        let continues = self.next.is_some_and(|(last_text, last_file)| {
            text >= last_text && file >= last_file && text - last_text == file - last_file
        });
        if !continues {
            self.push(text, file, 0);
        }
        self.next = Some((text, file));
    }

    fn line(&mut self, text: usize, file: usize) {
        self.push(text, file, 0);
    }

    fn escape(&mut self, text: usize, file: usize, length: usize) {
        self.push(text, file, length);
        self.next = None;
    }

    fn finish(self, start: u32) -> Pieces {
        if self.pieces.is_empty() { Pieces::Verbatim(start) } else { Pieces::Cut(self.pieces.into_boxed_slice()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, text: &str, escapes: Escapes, part: &str, expected: &str) {
        let pieces = Pieces::of_scalar(source, 0, text, escapes);
        let start = text.find(part).unwrap();
        let span = pieces.span_of(Span::new(start, start + part.len()));
        assert_eq!(&source[span.range()], expected);
    }

    #[test]
    fn finds_text_behind_escapes() {
        check(r#"a \"b\" c"#, r#"a "b" c"#, Escapes::Backslash, "\"b\"", r#"\"b\""#);
        check(r#"a \"b\" c"#, r#"a "b" c"#, Escapes::Backslash, "c", "c");
        check(r"\u00e9\n x", "\u{e9}\n x", Escapes::Backslash, "x", "x");
        check(r"\ud83d\ude00 x", "\u{1f600} x", Escapes::Backslash, "x", "x");
        check("it''s on", "it's on", Escapes::DoubledQuote, "s on", "s on");
    }

    #[test]
    fn finds_text_behind_folds() {
        check("a\n   b\n\n   c", "a b\nc", Escapes::None, "b", "b");
        check("a\r\n   b\r\n\r\n   c", "a b\nc", Escapes::None, "c", "c");
        check("a \\\n   b", "a b", Escapes::Backslash, "b", "b");
    }

    #[test]
    fn finds_lines_of_blocks() {
        let source = "    one\n\n      two\n    three\n";
        for (text, folded) in [("one\n\n  two\nthree\n", false), ("one\n\n  two\nthree\n", true)] {
            let pieces = Pieces::of_block(source, 0, 4, text, folded);
            for word in ["one", "two", "three"] {
                let start = text.find(word).unwrap();
                let span = pieces.span_of(Span::new(start, start + word.len()));
                assert_eq!(&source[span.range()], word);
            }
        }
    }
}
