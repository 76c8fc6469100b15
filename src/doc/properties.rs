//! Java `.properties`: keys keep their dots, lines go on behind a backslash.

use super::{
    Doc, Entry, Format, Node, Value,
    align::{Escapes, Pieces},
    budget::Budget,
    lines::lines,
};
use crate::model::Span;

pub(super) fn parse(text: &str, start: usize) -> Doc {
    let mut doc = Doc::new(Format::Properties);
    let mut budget = Budget::new();
    let mut entries = Vec::new();
    let mut lines = lines(text, start);
    while let Some(line) = lines.next() {
        let content = line.trimmed();
        if content.text.is_empty() {
            continue;
        }
        if content.text.starts_with(['#', '!']) {
            doc.comments.push(content.span());
            continue;
        }
        if !budget.take() {
            doc.cut(content.span());
            break;
        }
        let mut last = line;
        while goes_on(last.text) {
            match lines.next() {
                Some(next) => last = next,
                None => break,
            }
        }
        entries.push(entry(text, content.start, last.start + last.text.len()));
    }
    if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
        let span = Span { start: first.key_span.start, end: last.span().end };
        doc.documents.push(Node::new(span, Value::Map(entries)));
    }
    doc
}

/// Whether a line ends with an odd number of backslashes.
fn goes_on(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

/// The entry written from `start` to `end`.
fn entry(text: &str, start: usize, end: usize) -> Entry {
    let written = &text[start..end];
    let key_length = key_length(written);
    let key = &written[..key_length];
    let rest = written[key_length..].trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    let raw = rest.trim_start_matches([' ', '\t']);
    let value_start = end - raw.len();
    let value = unescape(raw);
    let pieces = Pieces::of_scalar(raw, value_start, &value, Escapes::Backslash);
    let value_span = Span::new(value_start, value_start + raw.trim_end().len());
    Entry {
        key: unescape(key),
        key_span: Span::new(start, start + key_length),
        value: Node::with_pieces(value_span, Value::String(value.trim_end().to_owned()), pieces),
        via: None,
    }
}

/// The key ends at the first blank, `=` or `:` that is not escaped.
fn key_length(written: &str) -> usize {
    let mut escaped = false;
    for (at, c) in written.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '=' | ':' | ' ' | '\t' => return at,
            _ => {}
        }
    }
    written.len()
}

fn unescape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escaped) = rest.chars().next() else { return value };
        rest = &rest[escaped.len_utf8()..];
        match escaped {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'f' => value.push('\u{c}'),
            '\n' | '\r' => rest = rest.trim_start_matches([' ', '\t', '\r', '\n']),
            'u' => {
                let code = rest.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                match code.and_then(char::from_u32) {
                    Some(decoded) => {
                        value.push(decoded);
                        rest = &rest[4..];
                    }
                    None => value.push('u'),
                }
            }
            other => value.push(other),
        }
    }
    value.push_str(rest);
    value
}

#[cfg(test)]
mod tests {
    use super::super::{Format, parse};

    #[test]
    fn reads_separators_and_continuations() {
        let text = "# c\r\n! d\r\nspring.datasource.url=jdbc:postgresql://h/db#x\r\na : b \r\nc d\r\ne = one,\\\r\n    two\r\n\
                    f\\:g=\\u0041\\n\r\nempty=\r\nalone\r\n";
        let doc = parse(Format::Properties, text);
        let pairs: Vec<_> =
            doc.root().unwrap().entries().iter().map(|e| (e.key.as_str(), e.value.as_str().unwrap())).collect();
        let expected = [
            ("spring.datasource.url", "jdbc:postgresql://h/db#x"),
            ("a", "b"),
            ("c", "d"),
            ("e", "one,two"),
            ("f:g", "A"),
            ("empty", ""),
            ("alone", ""),
        ];
        assert_eq!(pairs, expected);
        let url = doc.root().unwrap().entry("spring.datasource.url").unwrap();
        assert_eq!(&text[url.value.span.range()], "jdbc:postgresql://h/db#x");
        assert_eq!(doc.comments.len(), 2);
    }
}
