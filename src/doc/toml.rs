//! TOML, over the recovering parser of the `toml` crate, with tables put back into the order of the file.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Doc, Entry, Format, MAX_DEPTH, Node, Value,
    align::{Escapes, Pieces},
    budget::Budget,
    comments,
};
use crate::model::Span;

pub(super) fn parse(text: &str, start: usize) -> Doc {
    let body = &text[start..];
    let (table, errors) = DeTable::parse_recoverable(body);
    let mut reader = Reader { text, start, budget: Budget::new(), doc: Doc::new(Format::Toml), opaque: Vec::new() };
    for error in errors {
        let range = error.span().unwrap_or_default();
        let message = error.message().to_owned();
        reader.doc.syntax(reader.span(range), message);
    }
    if body.trim().is_empty() {
        return reader.doc;
    }
    let entries = reader.table(table.get_ref(), 0);
    let blank = body.len() - body.trim_start().len();
    let root = Span::new(start + blank, start + body.trim_end().len());
    reader.doc.documents.push(Node::new(root, Value::Map(entries)));
    reader.doc.comments = comments::outside(text, start, &mut reader.opaque, comments::Lead::Anywhere);
    reader.doc
}

struct Reader<'t> {
    text: &'t str,
    start: usize,
    budget: Budget,
    doc: Doc,
    /// Keys and strings, in which `#` starts no comment.
    opaque: Vec<Span>,
}

impl Reader<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        let limit = |offset: usize| (self.start + offset).min(self.text.len());
        Span::new(limit(range.start), limit(range.end))
    }

    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Vec<Entry> {
        let mut entries: Vec<_> = table
            .iter()
            .filter_map(|(key, value)| {
                let key_span = self.span(key.span());
                self.opaque.push(key_span);
                let value = self.node(value, key_span, depth + 1)?;
                Some(Entry { key: key.get_ref().to_string(), key_span, value, via: None })
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span);
        entries
    }

    fn node(&mut self, value: &Spanned<DeValue<'_>>, key: Span, depth: usize) -> Option<Node> {
        let span = self.span(value.span());
        if depth > MAX_DEPTH || !self.budget.take() {
            self.doc.cut(span);
            return None;
        }
        let written = &self.text[span.range()];
        Some(match value.get_ref() {
            DeValue::String(text) => {
                self.opaque.push(span);
                self.string(span, text)
            }
            DeValue::Boolean(value) => Node::new(span, Value::Bool(*value)),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                Node::new(span, Value::Number(written.to_owned()))
            }
            DeValue::Array(items) => {
                let under_headers = items.iter().next().is_some_and(|item| {
                    item.get_ref().is_table() && self.text[self.span(item.span()).range()].starts_with('[')
                });
                let items: Vec<_> = items.iter().filter_map(|item| self.node(item, key, depth + 1)).collect();
                // `[[x]]` repeated: from the first header to the end of the last table.
                let span = match (items.first(), items.last()) {
                    (Some(first), Some(last)) if under_headers => Span { start: first.span.start, end: last.span.end },
                    _ => span,
                };
                Node::new(span, Value::List(items))
            }
            DeValue::Table(table) => {
                let entries = self.table(table, depth);
                let inline = written.starts_with('{');
                let span = if inline { span } else { block_span(self.text, span, key, &entries) };
                Node::new(span, Value::Map(entries))
            }
        })
    }

    fn string(&self, span: Span, text: &str) -> Node {
        let written = &self.text[span.range()];
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| written.starts_with(quotes)).unwrap_or("");
        let escapes = if written.starts_with('"') { Escapes::Backslash } else { Escapes::None };
        let inner = written.get(quotes.len()..written.len().saturating_sub(quotes.len())).unwrap_or("");
        // The line end behind opening triple quotes is not part of the string.
        let first = match quotes.len() {
            3 => inner
                .strip_prefix("\r\n")
                .or_else(|| inner.strip_prefix('\n'))
                .map_or(0, |rest| inner.len() - rest.len()),
            _ => 0,
        };
        let pieces = Pieces::of_scalar(&inner[first..], span.range().start + quotes.len() + first, text, escapes);
        Node::with_pieces(span, Value::String(text.to_owned()), pieces)
    }
}

/// A table under a header, or made by dotted keys: from its header to the last value that is written in it. Tables
/// with headers of their own are left out, because they may stand anywhere.
fn block_span(text: &str, header: Span, key: Span, entries: &[Entry]) -> Span {
    let own = |entry: &&Entry| match &entry.value.value {
        Value::Map(_) | Value::List(_) => {
            // A dotted key or a bracketed value is its own; a header is not.
            let before = text[..entry.key_span.range().start].rfind('\n').map_or(0, |at| at + 1);
            !text[before..].trim_start().starts_with('[')
        }
        _ => true,
    };
    let end = entries.iter().filter(own).map(|entry| entry.span().end).max();
    let header = if header.is_empty() { key } else { header };
    Span { start: header.start, end: end.unwrap_or(header.end).max(header.end) }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Node, Value, parse};
    use crate::model::Span;

    const TEXT: &str = "\u{feff}# head\r\ntitle = \"a # b\" # tail\r\nwhen = 2024-01-01\r\n[tool.x]\r\nz = 1\r\ndeps = [\r\n  \"p>=1\", # why\r\n  'q',\r\n]\r\n\
        a.b = {c = true, d = 0x1F}\r\n[tool.y]\r\ns = \"\"\"\r\none \\\"q\\\"\r\ntwo\"\"\"\r\n[[run]]\r\nn = 1\r\n[[run]]\r\nn = 2\r\nl = [[1], [2]]\r\n";

    #[test]
    fn reads_values_with_exact_spans() {
        let doc = parse(Format::Toml, TEXT);
        assert!(doc.is_complete(), "{:?}", doc.errors);
        let root = doc.root().unwrap();
        let written = |path: &[&str]| &TEXT[root.at(path).unwrap().span.range()];
        assert_eq!(written(&["title"]), "\"a # b\"");
        assert_eq!(root.get("when").unwrap().value, Value::Number("2024-01-01".to_owned()));
        assert_eq!(written(&["tool", "x", "a", "b", "d"]), "0x1F");
        assert_eq!(written(&["tool", "x", "a", "b"]), "{c = true, d = 0x1F}");
        assert!(written(&["tool", "x"]).starts_with("[tool.x]") && written(&["tool", "x"]).ends_with("0x1F}"));
        assert_eq!(written(&["run", "1", "n"]), "2");
        assert_eq!(written(&["run", "1", "l"]), "[[1], [2]]");
        assert!(written(&["run"]).starts_with("[[run]]\r\nn = 1") && written(&["run"]).ends_with("[[1], [2]]"));
        let keys: Vec<_> = root.at(&["tool", "x"]).unwrap().entries().iter().map(|e| e.key.as_str()).collect();
        assert_eq!(keys, ["z", "deps", "a"]);
        let comments: Vec<_> = doc.comments.iter().map(|span| &TEXT[span.range()]).collect();
        assert_eq!(comments, ["# head", "# tail", "# why"]);
        let s = root.at(&["tool", "y", "s"]).unwrap();
        let at = s.as_str().unwrap().find("two").unwrap();
        assert_eq!(&TEXT[s.span_of(Span::new(at, at + 3)).range()], "two");
    }

    #[test]
    fn keeps_what_is_outside_an_error() {
        let doc = parse(Format::Toml, "a = 1\nb = = 2\n[c]\nd = 3\n");
        assert!(!doc.is_complete());
        assert_eq!(doc.root().unwrap().get("a").and_then(Node::text), Some("1"));
        assert_eq!(doc.root().unwrap().at(&["c", "d"]).and_then(Node::text), Some("3"));
        assert!(parse(Format::Toml, "\n").documents.is_empty());
    }
}
