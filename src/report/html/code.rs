//! Code as the page shows it: lines in pieces, each with what it is and whether the finding means it.

use serde::Serialize;

use crate::report::{
    Position, syntax,
    text::{glyphs, visible},
};

/// Lines of an excerpt that are shown; a longer one says how many are left out.
const MOST_LINES: usize = 40;
/// Characters of a line that are shown.
const MOST_CHARS: usize = 600;

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Excerpt {
    pub(super) lines: Vec<Line>,
    /// Lines that are not shown.
    pub(super) left_out: usize,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    pub(super) text: String,
    /// `comment`, `string`, `number`, `word` or nothing: a class of the style sheet.
    pub(super) class: &'static str,
    pub(super) marked: bool,
}

/// What is shown of a file.
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) first_line: u32,
    /// The column of the text's first character, when its only line was cut on the left.
    pub(super) first_column: u32,
    /// The place that is meant; the end is exclusive.
    pub(super) meant: Option<(Position, Position)>,
}

pub(super) fn excerpt(source: &Source<'_>) -> Excerpt {
    let all = source.text.lines().count();
    let lines = source.text.lines().take(MOST_LINES).zip(source.first_line..).map(|(text, number)| Line {
        number,
        pieces: pieces(&colored(text, source.path), &marks(source, number, text)),
    });
    Excerpt { lines: lines.collect(), left_out: all.saturating_sub(MOST_LINES) }
}

/// For each character of a line, whether the finding means it.
fn marks(source: &Source<'_>, number: u32, text: &str) -> Vec<bool> {
    let length = text.chars().count();
    let Some((start, end)) = source.meant else { return vec![false; length] };
    let index = |column: u32| column.saturating_sub(source.first_column) as usize;
    let from = if number == start.line { index(start.column) } else { 0 };
    let to = if number == end.line { index(end.column) } else { length };
    let inside = (start.line..=end.line).contains(&number);
    // The indentation of a later line is no part of what is meant.
    let indentation = text.chars().take_while(|c| c.is_whitespace()).count();
    (0..length).map(|at| inside && (from.max(indentation)..to).contains(&at)).collect()
}

/// A run of characters of one class.
struct Run {
    text: String,
    class: &'static str,
}

/// Splits a line by what its characters are. One line tells little: a comment or a text that began on an earlier line
/// is shown as code.
fn colored(line: &str, path: &str) -> Vec<Run> {
    let comment = syntax::comment(path).0;
    let chars: Vec<char> = line.chars().take(MOST_CHARS).collect();
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let (length, class) = token(&chars, at, comment);
        let text: String = chars[at..at + length].iter().collect();
        match runs.last_mut().filter(|last| last.class == class) {
            Some(last) => last.text.push_str(&text),
            None => runs.push(Run { text, class }),
        }
        at += length;
    }
    runs
}

/// The length and the class of what begins at `at`.
fn token(chars: &[char], at: usize, comment: &str) -> (usize, &'static str) {
    let rest = &chars[at..];
    let begins = |what: &str| {
        !what.is_empty()
            && rest.iter().copied().zip(what.chars()).filter(|(a, b)| a == b).count() == what.chars().count()
    };
    let before = at.checked_sub(1).map(|before| chars[before]);
    let apart = before.is_none_or(char::is_whitespace);
    if begins(comment) && (apart || comment == "//" && before != Some(':')) {
        return (rest.len(), "comment");
    }
    let while_ = |holds: fn(&char) -> bool| rest.iter().take_while(|c| holds(c)).count();
    match rest[0] {
        quote @ ('"' | '\'' | '`') if before.is_none_or(|before| !before.is_alphanumeric()) => {
            match closing(rest, quote) {
                Some(length) => (length, "string"),
                None => (1, ""),
            }
        }
        first if first.is_ascii_digit() => (while_(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')), "number"),
        first if first.is_alphabetic() || first == '_' => {
            let length = while_(|c| c.is_alphanumeric() || *c == '_');
            let word: String = rest[..length].iter().collect();
            (length, if KEYWORDS.contains(&word.as_str()) { "word" } else { "" })
        }
        _ => (1, ""),
    }
}

/// The length of the text that begins with `quote`, both quotes included.
fn closing(rest: &[char], quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, &c) in rest.iter().enumerate().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}

/// Words that structure code in the languages that are read most.
const KEYWORDS: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "def",
    "default",
    "del",
    "elif",
    "else",
    "enum",
    "except",
    "export",
    "extends",
    "finally",
    "fn",
    "for",
    "from",
    "func",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "interface",
    "is",
    "lambda",
    "let",
    "match",
    "new",
    "not",
    "package",
    "private",
    "protected",
    "public",
    "raise",
    "return",
    "static",
    "struct",
    "switch",
    "throw",
    "try",
    "type",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "CREATE",
    "DELETE",
    "DROP",
    "ALTER",
    "FROM",
    "INSERT",
    "INTO",
    "SELECT",
    "SET",
    "TABLE",
    "UPDATE",
    "VALUES",
    "WHERE",
    "ADD",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "RUN",
    "USER",
    "WORKDIR",
    "null",
    "None",
    "true",
    "false",
    "True",
    "False",
    "undefined",
    "this",
    "self",
];

/// Joins both readings of a line; what could act on a reader is made visible.
fn pieces(runs: &[Run], marks: &[bool]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    for run in runs {
        for glyph in glyphs(&run.text) {
            let marked = marks.get(at).copied().unwrap_or(false);
            at += glyph.chars;
            match pieces.last_mut().filter(|last| last.class == run.class && last.marked == marked) {
                Some(last) => last.text.push_str(&glyph.text),
                None => pieces.push(Piece { text: glyph.text, class: run.class, marked }),
            }
        }
    }
    pieces
}

/// Text in which backticks mark code, in pieces of which every second one is code.
pub(super) fn prose(text: &str) -> Vec<Prose> {
    let shown: Vec<String> = text.split_whitespace().map(visible).collect();
    let shown = shown.join(" ");
    let parts: Vec<&str> = shown.split('`').collect();
    // A single backtick is a character like others.
    let pairs = if parts.len().is_multiple_of(2) { parts.len() - 2 } else { parts.len() };
    let mut prose: Vec<Prose> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let code = index % 2 == 1 && index < pairs;
        let text = if index > pairs { format!("`{part}") } else { (*part).to_owned() };
        if !text.is_empty() {
            prose.push(Prose { text, code });
        }
    }
    prose
}

/// A piece of a sentence.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Prose {
    pub(super) text: String,
    pub(super) code: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, meant: Option<(Position, Position)>) -> Vec<(String, &'static str, bool)> {
        let source = Source { path: "a.ts", text, first_line: 3, first_column: 1, meant };
        let lines = excerpt(&source).lines.into_iter().flat_map(|line| line.pieces);
        lines.map(|piece| (piece.text, piece.class, piece.marked)).collect()
    }

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn code_is_coloured_by_what_it_is() {
        let pieces = shown("const a = \"x // y\"; // 5", None);
        let classes: Vec<(&str, &str)> = pieces.iter().map(|(text, class, _)| (text.as_str(), *class)).collect();
        assert_eq!(
            classes,
            [("const", "word"), (" a = ", ""), ("\"x // y\"", "string"), ("; ", ""), ("// 5", "comment")]
        );
        assert!(shown("fetch(\"https://a\")", None).iter().all(|(_, class, _)| *class != "comment"));
    }

    #[test]
    fn what_is_meant_is_marked_without_indentation() {
        let pieces = shown("f(\n  1,\n)", Some((at(3, 1), at(5, 2))));
        let marked: Vec<&str> = pieces.iter().filter(|(.., marked)| *marked).map(|(text, ..)| text.as_str()).collect();
        assert_eq!(marked, ["f(", "1", ",", ")"]);
    }

    #[test]
    fn what_would_act_is_shown_as_text() {
        let pieces = shown("a\u{202e}b\u{1b}[31m", None);
        let text: String = pieces.into_iter().map(|(text, ..)| text).collect();
        assert_eq!(text, "a\\u{202e}b\\x1b[31m");
    }

    #[test]
    fn backticks_mark_code() {
        let parts = |text| prose(text).into_iter().map(|part| (part.text, part.code)).collect::<Vec<_>>();
        assert_eq!(
            parts("use `a` or `b`"),
            [("use ".into(), false), ("a".into(), true), (" or ".into(), false), ("b".into(), true)]
        );
        assert_eq!(parts("a ` b"), [("a ".to_owned(), false), ("` b".to_owned(), false)]);
    }
}
