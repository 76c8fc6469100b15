//! JSON and JSONC: the tokens are `jsonc_parser`'s, the tree is ours, because a broken file should still yield what
//! precedes the break.

use std::borrow::Cow;

use jsonc_parser::{Scanner, ScannerOptions, tokens::Token};

use super::{
    Doc, Entry, ErrorKind, Format, MAX_DEPTH, Node, Value,
    align::{Escapes, Pieces},
    budget::Budget,
};
use crate::model::Span;

pub(super) fn parse(format: Format, text: &str, start: usize) -> Doc {
    let mut reader = Reader {
        text,
        start,
        scanner: Scanner::new(&text[start..], &ScannerOptions::default()),
        peeked: None,
        stopped: false,
        budget: Budget::new(),
        doc: Doc::new(format),
    };
    if let Some((token, span)) = reader.next() {
        let root = reader.value(token, span, 0);
        reader.doc.documents.extend(root);
        if let Some((_, span)) = reader.next() {
            reader.doc.syntax(span, "more text after the end of the value");
        }
    }
    reader.doc
}

struct Reader<'t> {
    text: &'t str,
    /// Where the scanner's text begins in the file.
    start: usize,
    scanner: Scanner<'t>,
    peeked: Option<(Token<'t>, Span)>,
    /// Set by the first error that leaves no way on; from then on the text counts as ended.
    stopped: bool,
    budget: Budget,
    doc: Doc,
}

impl<'t> Reader<'t> {
    fn strict(&self) -> bool {
        self.doc.format == Format::Json
    }

    fn next(&mut self) -> Option<(Token<'t>, Span)> {
        if self.stopped {
            return None;
        }
        if let Some(token) = self.peeked.take() {
            return Some(token);
        }
        loop {
            match self.scanner.scan() {
                Ok(Some(token)) => {
                    let span = self.span(self.scanner.token_start(), self.scanner.token_end());
                    if !matches!(token, Token::CommentLine(_) | Token::CommentBlock(_)) {
                        return Some((token, span));
                    }
                    self.comment(span);
                }
                Ok(None) => return None,
                Err(error) => {
                    let range = error.range();
                    let span = self.span(range.start, range.end);
                    self.doc.syntax(span, error.kind().to_string());
                    self.stopped = true;
                    return None;
                }
            }
        }
    }

    fn peek(&mut self) -> Option<&(Token<'t>, Span)> {
        if self.peeked.is_none() {
            self.peeked = self.next();
        }
        self.peeked.as_ref()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.start + start, self.start + end)
    }

    fn comment(&mut self, span: Span) {
        let length = self.text[span.range()].trim_end().len();
        let span = Span::new(span.range().start, span.range().start + length);
        self.doc.comments.push(span);
        if self.strict() {
            self.doc.syntax(span, "JSON has no comments");
        }
    }

    fn value(&mut self, token: Token<'t>, span: Span, depth: usize) -> Option<Node> {
        if !self.budget.take() {
            self.cut(span);
            return None;
        }
        let value = match token {
            Token::OpenBrace | Token::OpenBracket if depth >= MAX_DEPTH => {
                self.cut(span);
                return None;
            }
            Token::OpenBrace => return Some(self.object(span, depth)),
            Token::OpenBracket => return Some(self.array(span, depth)),
            Token::String(text) => return Some(self.string(text, span)),
            Token::Number(text) => Value::Number(text.to_owned()),
            Token::Boolean(value) => Value::Bool(value),
            Token::Null => Value::Null,
            _ => {
                self.doc.syntax(span, "expected a value");
                return None;
            }
        };
        Some(Node::new(span, value))
    }

    fn cut(&mut self, span: Span) {
        self.doc.cut(span);
        self.stopped = true;
    }

    fn string(&mut self, text: Cow<'t, str>, span: Span) -> Node {
        let range = span.range();
        let inner = &self.text[range.start + 1..range.end - 1];
        if self.strict() && self.text.as_bytes()[range.start] == b'\'' {
            self.doc.syntax(span, "JSON strings need double quotes");
        }
        let pieces = Pieces::of_scalar(inner, range.start + 1, &text, Escapes::Backslash);
        Node::with_pieces(span, Value::String(text.into_owned()), pieces)
    }

    fn object(&mut self, open: Span, depth: usize) -> Node {
        let mut entries = Vec::new();
        let mut end = open.end;
        loop {
            match self.next() {
                None => {
                    self.unclosed(open);
                    end = entries.last().map_or(end, |entry: &Entry| entry.span().end);
                    break;
                }
                Some((Token::CloseBrace, span)) => {
                    end = span.end;
                    break;
                }
                // The bracket closes something further out.
                Some((Token::CloseBracket, span)) => {
                    self.doc.syntax(span, "this object is closed by the wrong bracket");
                    self.peeked = Some((Token::CloseBracket, span));
                    break;
                }
                Some((Token::Comma, span)) => self.doc.syntax(span, "expected a key before the comma"),
                Some((token, span)) => {
                    let Some(key) = key(&token) else {
                        self.doc.syntax(span, "expected a key");
                        continue;
                    };
                    if let Some(value) = self.entry_value(span, depth) {
                        end = value.span.end;
                        entries.push(Entry { key, key_span: span, value, via: None });
                    }
                    self.separator(&Token::CloseBrace);
                }
            }
        }
        Node::new(Span { start: open.start, end }, Value::Map(entries))
    }

    fn entry_value(&mut self, key: Span, depth: usize) -> Option<Node> {
        if !matches!(self.peek(), Some((Token::Colon, _))) {
            self.doc.syntax(key, "expected a colon behind this key");
            return None;
        }
        self.peeked = None;
        if let Some((Token::CloseBrace | Token::CloseBracket | Token::Comma, span)) = self.peek() {
            let span = *span;
            self.doc.syntax(span, "expected a value");
            return None;
        }
        let (token, span) = self.next()?;
        self.value(token, span, depth + 1)
    }

    fn array(&mut self, open: Span, depth: usize) -> Node {
        let mut items: Vec<Node> = Vec::new();
        let mut end = open.end;
        loop {
            match self.next() {
                None => {
                    self.unclosed(open);
                    break;
                }
                Some((Token::CloseBracket, span)) => {
                    end = span.end;
                    break;
                }
                Some((Token::CloseBrace, span)) => {
                    self.doc.syntax(span, "this list is closed by the wrong bracket");
                    self.peeked = Some((Token::CloseBrace, span));
                    break;
                }
                Some((Token::Comma, span)) => self.doc.syntax(span, "expected a value before the comma"),
                Some((token, span)) => {
                    if let Some(item) = self.value(token, span, depth + 1) {
                        end = item.span.end;
                        items.push(item);
                    }
                    self.separator(&Token::CloseBracket);
                }
            }
        }
        Node::new(Span { start: open.start, end }, Value::List(items))
    }

    /// The comma behind an entry; what is wrong with it is an error, and reading goes on.
    fn separator(&mut self, close: &Token<'_>) {
        let strict = self.strict();
        match self.peek() {
            Some((Token::Comma, span)) => {
                let span = *span;
                self.peeked = None;
                if strict && self.peek().is_some_and(|(token, _)| token == close) {
                    self.doc.syntax(span, "JSON has no trailing commas");
                }
            }
            Some((Token::CloseBrace | Token::CloseBracket, _)) | None => {}
            Some((_, span)) => {
                let span = *span;
                self.doc.syntax(span, "expected a comma");
            }
        }
    }

    fn unclosed(&mut self, open: Span) {
        if !self.stopped {
            self.doc.error(open, ErrorKind::Syntax, "this bracket is never closed");
            self.stopped = true;
        }
    }
}

fn key(token: &Token<'_>) -> Option<String> {
    match token {
        Token::String(text) => Some(text.clone().into_owned()),
        Token::Word(text) | Token::Number(text) => Some((*text).to_owned()),
        Token::Boolean(_) | Token::Null => Some(token.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: Format, text: &str) -> Doc {
        super::super::parse(format, text)
    }

    #[test]
    fn reads_values_with_exact_spans() {
        let text = "\u{feff}{\r\n  \"a\": {\"b\": [1, -2.5e3, true, null, \"x\\ty\"]}\r\n}\r\n";
        let doc = read(Format::Json, text);
        assert!(doc.is_complete(), "{:?}", doc.errors);
        let root = doc.root().unwrap();
        assert_eq!(&text[root.span.range()], text.trim_start_matches('\u{feff}').trim_end());
        let list = root.at(&["a", "b"]).unwrap();
        let written: Vec<_> = list.items().iter().map(|item| &text[item.span.range()]).collect();
        assert_eq!(written, ["1", "-2.5e3", "true", "null", "\"x\\ty\""]);
        assert_eq!(list.items()[4].as_str(), Some("x\ty"));
        let entry = root.at(&["a"]).unwrap().entry("b").unwrap();
        assert_eq!(&text[entry.key_span.range()], "\"b\"");
        assert!(text[entry.span().range()].starts_with("\"b\": [1"));
    }

    #[test]
    fn reads_comments_and_trailing_commas() {
        let text = "{\n  // why\n  \"a\": [1, 2,], /* b */\n}\n";
        let doc = read(Format::Jsonc, text);
        assert!(doc.is_complete(), "{:?}", doc.errors);
        let comments: Vec<_> = doc.comments.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(comments, ["// why", "/* b */"]);
        let strict = read(Format::Json, text);
        assert_eq!(strict.errors.len(), 4);
        assert_eq!(strict.documents, doc.documents);
    }

    #[test]
    fn keeps_what_precedes_an_error() {
        for (text, errors) in [
            ("{\"a\": 1, \"b\": ", 1),
            ("{\"a\": 1 \"b\": 2}", 1),
            ("{\"a\": 1, \"b\": \"open", 1),
            ("{\"a\": 1]", 2),
            ("{\"a\": 1, <<<<<<< HEAD\n\"b\": 2}", 1),
            ("{\"a\": 1} x", 1),
        ] {
            let doc = read(Format::Json, text);
            assert_eq!(doc.root().unwrap().get("a").and_then(Node::text), Some("1"), "{text}");
            assert!(doc.errors.len() >= errors, "{text}: {:?}", doc.errors);
        }
    }

    #[test]
    fn the_last_duplicate_wins() {
        let doc = read(Format::Json, r#"{"a": 1, "a": 2}"#);
        assert_eq!(doc.root().unwrap().get("a").unwrap().text(), Some("2"));
        assert_eq!(doc.root().unwrap().all("a").count(), 2);
    }

    #[test]
    fn finds_a_script_behind_escapes() {
        let text = r#"{"scripts": {"db": "sh -c \"drizzle-kit push\""}}"#;
        let doc = read(Format::Json, text);
        let node = doc.root().unwrap().at(&["scripts", "db"]).unwrap();
        let script = node.as_str().unwrap();
        let at = script.find("drizzle-kit").unwrap();
        assert_eq!(&text[node.span_of(Span::new(at, at + 11)).range()], "drizzle-kit");
    }
}
