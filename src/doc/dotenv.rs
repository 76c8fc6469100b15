//! `.env` files, as most readers of them agree: `export`, three kinds of quotes that may span lines, and comments
//! that begin behind a blank.

use super::{
    Doc, Entry, Format, Node, Value,
    align::{Escapes, Pieces},
    budget::Budget,
};
use crate::model::Span;

/// The longest quoted value; a quote that is not closed within is an ordinary character.
const MAX_QUOTED: usize = 64 << 10;

pub(super) fn parse(text: &str, start: usize) -> Doc {
    let mut reader =
        Reader { text, at: start, entries: Vec::new(), budget: Budget::new(), doc: Doc::new(Format::Dotenv) };
    while reader.at < text.len() && reader.line() {}
    let Reader { entries, mut doc, .. } = reader;
    if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
        let span = Span { start: first.key_span.start, end: last.span().end };
        doc.documents.push(Node::new(span, Value::Map(entries)));
    }
    doc
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    entries: Vec<Entry>,
    budget: Budget,
    doc: Doc,
}

impl Reader<'_> {
    /// Reads one line, or the several of a quoted value; false when the budget is used up.
    fn line(&mut self) -> bool {
        self.skip_blanks();
        let line_end = self.line_end(self.at);
        let line = self.text[self.at..line_end].trim_end();
        let start = self.at;
        self.at = (line_end + 1).min(self.text.len());
        if line.is_empty() {
            return true;
        }
        if line.starts_with('#') {
            self.doc.comments.push(Span::new(start, start + line.len()));
            return true;
        }
        if !self.budget.take() {
            self.doc.cut(Span::new(start, start));
            return false;
        }
        let name_start = start + export_prefix(line);
        let rest = &self.text[name_start..start + line.len()];
        let name = &rest[..rest.find(|c: char| !is_name(c)).unwrap_or(rest.len())];
        let after = &rest[name.len()..];
        let key_span = Span::new(name_start, name_start + name.len());
        let separator = after.trim_start();
        if name.is_empty() || !(separator.is_empty() || separator.starts_with(['=', ':', '#'])) {
            self.doc.syntax(Span::new(start, start + line.len()), "expected NAME=value");
            return true;
        }
        let value = if separator.starts_with(['=', ':']) {
            self.value(name_start + name.len() + (after.len() - separator.len()) + 1)
        } else {
            // A name alone: compose passes the variable through.
            if separator.starts_with('#') {
                let comment = start + line.len() - separator.len();
                self.doc.comments.push(Span::new(comment, start + line.len()));
            }
            Node::new(Span { start: key_span.end, end: key_span.end }, Value::Null)
        };
        self.entries.push(Entry { key: name.to_owned(), key_span, value, via: None });
        true
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[from..]).map_or(self.text.len(), |offset| from + offset)
    }

    /// The value whose separator ends at `from`; leaves `at` behind its line.
    fn value(&mut self, from: usize) -> Node {
        let line_end = self.line_end(from);
        let line = &self.text[from..line_end];
        let start = from + line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(end) = self.quoted_end(start) {
            return self.quoted(start, end);
        }
        let raw = &self.text[start..line_end];
        let comment = comment_start(raw, start > from);
        if let Some(comment) = comment {
            let comment = start + comment;
            let length = self.text[comment..line_end].trim_end().len();
            self.doc.comments.push(Span::new(comment, comment + length));
        }
        let value = raw[..comment.unwrap_or(raw.len())].trim_end();
        Node::new(Span::new(start, start + value.len()), Value::String(value.to_owned()))
    }

    /// The end of the quoted value that starts at `start`, if one does, and nothing but a comment follows it.
    fn quoted_end(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let quote = *bytes.get(start).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
        let mut at = start + 1;
        while at < bytes.len().min(start + MAX_QUOTED) {
            match bytes[at] {
                b'\\' if quote == b'"' => at += 1,
                byte if byte == quote => {
                    let rest = self.text[at + 1..self.line_end(at + 1)].trim_start();
                    return (rest.is_empty() || rest.starts_with('#')).then_some(at + 1);
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    fn quoted(&mut self, start: usize, end: usize) -> Node {
        let line_end = self.line_end(end);
        let behind = &self.text[end..line_end];
        let comment = behind.trim();
        if !comment.is_empty() {
            let at = end + behind.len() - behind.trim_start().len();
            self.doc.comments.push(Span::new(at, at + comment.len()));
        }
        self.at = (line_end + 1).min(self.text.len());
        let inner = &self.text[start + 1..end - 1];
        let double = self.text.as_bytes()[start] == b'"';
        let (value, escapes) =
            if double { (unescape(inner), Escapes::Backslash) } else { (inner.to_owned(), Escapes::None) };
        let pieces = Pieces::of_scalar(inner, start + 1, &value, escapes);
        Node::with_pieces(Span::new(start, end), Value::String(value), pieces)
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// The length of `export ` at the start of a line.
fn export_prefix(line: &str) -> usize {
    match line.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => line.len() - rest.trim_start().len(),
        _ => 0,
    }
}

/// Where a comment begins in an unquoted value. Only behind a blank: `#` is common in URLs and passwords, and
/// cutting there would show half of them.
fn comment_start(value: &str, blank_before: bool) -> Option<usize> {
    if blank_before && value.starts_with('#') {
        return Some(0);
    }
    value.bytes().zip(value.bytes().skip(1)).position(|pair| matches!(pair, (b' ' | b'\t', b'#'))).map(|at| at + 1)
}

fn unescape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => value.push('\n'),
            ('\\', Some('r')) => value.push('\r'),
            ('\\', Some('t')) => value.push('\t'),
            ('\\', Some(escaped @ ('"' | '\\' | '$' | '\'' | '`'))) => value.push(escaped),
            // An unknown escape is kept, as every reader does.
            ('\\', Some(other)) => value.extend(['\\', other]),
            (other, _) => value.push(other),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::super::{Doc, Format, Value, parse};

    fn pairs(doc: &Doc) -> Vec<(&str, &str)> {
        let entries = doc.root().map_or(&[][..], |root| root.entries());
        entries.iter().map(|entry| (entry.key.as_str(), entry.value.text().unwrap_or("<none>"))).collect()
    }

    #[test]
    fn reads_what_dotenv_readers_agree_on() {
        let text = "\u{feff}# head\r\nexport A=1\r\nB = two words  # note\r\nC=\r\nD=http://x/#frag\r\nE=\"q # not\" # yes\r\n\
                    F='it is'\r\nPASS\r\n  G: colon\r\nH=a=b==\r\nI=# none\r\nJ= # none\r\n";
        let doc = parse(Format::Dotenv, text);
        assert!(doc.is_complete(), "{:?}", doc.errors);
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", ""),
            ("D", "http://x/#frag"),
            ("E", "q # not"),
            ("F", "it is"),
            ("PASS", "<none>"),
            ("G", "colon"),
            ("H", "a=b=="),
            ("I", "# none"),
            ("J", ""),
        ];
        assert_eq!(pairs(&doc), expected);
        let comments: Vec<_> = doc.comments.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(comments, ["# head", "# note", "# yes", "# none"]);
        let root = doc.root().unwrap();
        assert_eq!(&text[root.entry("B").unwrap().span().range()], "B = two words");
        assert_eq!(&text[root.get("E").unwrap().span.range()], "\"q # not\"");
        assert!(root.get("PASS").unwrap().is_null());
    }

    #[test]
    fn reads_values_over_several_lines() {
        let text = "KEY=\"one\ntwo\\nthree \\\"x\\\"\"\nNEXT=1\nOPEN='abc\nLAST='x'\n";
        let doc = parse(Format::Dotenv, text);
        assert_eq!(pairs(&doc), [("KEY", "one\ntwo\nthree \"x\""), ("NEXT", "1"), ("OPEN", "'abc"), ("LAST", "x")]);
    }

    #[test]
    fn reports_what_is_no_assignment() {
        let doc = parse(Format::Dotenv, "A=1\n<<<<<<< HEAD\nB=2\n");
        assert_eq!(pairs(&doc), [("A", "1"), ("B", "2")]);
        assert_eq!(doc.errors.len(), 1);
        assert!(parse(Format::Dotenv, "\n# only\n").documents.is_empty());
        assert!(matches!(parse(Format::Dotenv, "A=\"").root().unwrap().get("A").unwrap().value, Value::String(_)));
    }
}
