//! INI and its relatives: `setup.cfg`, `alembic.ini`, `.npmrc`, `.editorconfig`, `.gitmodules`.
//!
//! A section is a map under its name as written; keys before the first section lie beside the sections. A line
//! indented deeper than its key goes on with the key's value, as Python reads it.

use rustc_hash::FxHashMap;

use super::{
    Doc, Entry, Format, Node, Value,
    align::{Escapes, Pieces},
    budget::Budget,
    lines::{Line, lines},
};
use crate::model::Span;

pub(super) fn parse(text: &str, start: usize) -> Doc {
    let mut reader = Reader {
        text,
        doc: Doc::new(Format::Ini),
        root: Vec::new(),
        section: None,
        sections: FxHashMap::default(),
        indent: 0,
        budget: Budget::new(),
    };
    for line in lines(text, start) {
        if !reader.line(line) {
            break;
        }
    }
    let Reader { root, mut doc, .. } = reader;
    if let (Some(first), Some(last)) = (root.first(), root.iter().map(|entry| entry.span().end).max()) {
        let span = Span { start: first.key_span.start, end: last };
        doc.documents.push(Node::new(span, Value::Map(root)));
    }
    doc
}

struct Reader<'t> {
    text: &'t str,
    doc: Doc,
    root: Vec<Entry>,
    /// Index in `root` of the section that is being read.
    section: Option<usize>,
    /// Index in `root` of every section.
    sections: FxHashMap<String, usize>,
    /// How deep the last key was indented.
    indent: usize,
    budget: Budget,
}

impl Reader<'_> {
    /// False when the budget is used up.
    fn line(&mut self, line: Line<'_>) -> bool {
        let content = line.trimmed();
        if content.text.is_empty() {
            return true;
        }
        if content.text.starts_with(['#', ';']) {
            self.doc.comments.push(content.span());
            return true;
        }
        if !self.budget.take() {
            self.doc.cut(content.span());
            return false;
        }
        if line.indent() > self.indent && self.continue_value(content) {
            return true;
        }
        self.indent = line.indent();
        if content.text.starts_with('[') {
            self.open_section(content);
        } else {
            self.key(content);
        }
        true
    }

    fn open_section(&mut self, line: Line<'_>) {
        let Some(close) = line.text.rfind(']') else {
            self.doc.syntax(line.span(), "this section header is never closed");
            return;
        };
        let name = line.part(1, close).trimmed();
        self.behind(line.part(close + 1, line.text.len()));
        // A section that is opened again goes on.
        if let Some(known) = self.sections.get(name.text) {
            self.section = Some(*known);
            return;
        }
        self.sections.insert(name.text.to_owned(), self.root.len());
        let value = Node::new(line.part(0, close + 1).span(), Value::Map(Vec::new()));
        self.section = Some(self.root.len());
        self.root.push(Entry { key: name.text.to_owned(), key_span: name.span(), value, via: None });
    }

    fn key(&mut self, line: Line<'_>) {
        let separator = line.text.find(['=', ':']).filter(|_| !line.text.starts_with("//"));
        // `//registry.example/:_authToken=…` has its separator behind the colon.
        let separator = separator.or_else(|| line.text.find('='));
        let Some(separator) = separator else {
            let key = line.part(0, comment_start(line.text).unwrap_or(line.text.len())).trimmed();
            let end = key.span().end;
            self.push(key, Node::new(Span { start: end, end }, Value::Null));
            return;
        };
        let key = line.part(0, separator).trimmed();
        if key.text.is_empty() {
            self.doc.syntax(line.span(), "expected a key");
            return;
        }
        let written = line.part(separator + 1, line.text.len());
        let comment = comment_start(written.text);
        if let Some(at) = comment {
            self.behind(written.part(at, written.text.len()));
        }
        let value = written.part(0, comment.unwrap_or(written.text.len())).trimmed();
        let value = if value.text.is_empty() { written.part(0, 0) } else { value };
        self.push(key, scalar(value));
    }

    /// Notes the comment behind a header or a value.
    fn behind(&mut self, rest: Line<'_>) {
        let rest = rest.trimmed();
        if rest.text.starts_with(['#', ';']) {
            self.doc.comments.push(rest.span());
        }
    }

    fn push(&mut self, key: Line<'_>, value: Node) {
        let entry = Entry { key: key.text.to_owned(), key_span: key.span(), value, via: None };
        match self.section.and_then(|section| self.root.get_mut(section)) {
            Some(section) => {
                section.value.span.end = section.value.span.end.max(entry.span().end);
                if let Value::Map(entries) = &mut section.value.value {
                    entries.push(entry);
                }
            }
            None => self.root.push(entry),
        }
    }

    /// Adds the line to the last key's value; false when there is none.
    fn continue_value(&mut self, line: Line<'_>) -> bool {
        let section = self.section.and_then(|section| self.root.get_mut(section)).map(|section| &mut section.value);
        let (last, around) = match section {
            Some(Node { value: Value::Map(entries), span, .. }) => (entries.last_mut(), Some(span)),
            _ => (self.root.last_mut(), None),
        };
        let Some(last) = last else { return false };
        let Value::String(value) = &mut last.value.value else { return false };
        value.push('\n');
        value.push_str(line.text);
        let end = line.span().end;
        last.value.span.end = end;
        if let Some(span) = around {
            span.end = end;
        }
        let start = last.value.span.range().start;
        // Recomputed per line, so long values are paired only while they are short.
        if value.len() < 4096 {
            last.value.pieces = Pieces::of_scalar(&self.text[last.value.span.range()], start, value, Escapes::None);
        }
        true
    }
}

/// Where a comment begins: a marker behind a blank. URLs and passwords keep theirs.
fn comment_start(value: &str) -> Option<usize> {
    value
        .bytes()
        .zip(value.bytes().skip(1))
        .position(|pair| matches!(pair, (b' ' | b'\t', b'#' | b';')))
        .map(|at| at + 1)
}

fn scalar(value: Line<'_>) -> Node {
    let unquoted = ['"', '\''].into_iter().find_map(|quote| value.text.strip_prefix(quote)?.strip_suffix(quote));
    match unquoted {
        Some(text) => {
            let start = Pieces::starting_at(value.span().start + 1);
            Node::with_pieces(value.span(), Value::String(text.to_owned()), start)
        }
        None => Node::new(value.span(), Value::String(value.text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, parse};

    #[test]
    fn reads_sections_and_continuations() {
        let text = "top = 1\n[alembic]\n# where\nsqlalchemy.url = postgresql://u:p@h/db ; note\n[tool:x]\nargs =\n    -a\n    --b=1\n\
                    quiet\n[alembic]\nmore: \"x # y\"\n";
        let doc = parse(Format::Ini, text);
        assert!(doc.is_complete(), "{:?}", doc.errors);
        let root = doc.root().unwrap();
        assert_eq!(root.get("top").unwrap().as_str(), Some("1"));
        let url = root.at(&["alembic", "sqlalchemy.url"]).unwrap();
        assert_eq!(&text[url.span.range()], "postgresql://u:p@h/db");
        assert_eq!(root.at(&["tool:x", "args"]).unwrap().as_str(), Some("\n-a\n--b=1"));
        assert!(root.at(&["tool:x", "quiet"]).unwrap().is_null());
        assert_eq!(root.at(&["alembic", "more"]).unwrap().as_str(), Some("\"x"));
        let comments: Vec<_> = doc.comments.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(comments, ["# where", "; note", "# y\""]);
    }

    #[test]
    fn reads_npmrc_and_editorconfig() {
        let text = "//registry.example/:_authToken=\"${TOKEN}\"\r\nsave-exact=true\r\n";
        let doc = parse(Format::Ini, text);
        let token = doc.root().unwrap().get("//registry.example/:_authToken").unwrap();
        assert_eq!(token.as_str(), Some("${TOKEN}"));
        assert_eq!(&text[token.span.range()], "\"${TOKEN}\"");
        let doc = parse(Format::Ini, "root = true\n[*]\n  indent_style = space\n  indent_size = 2\n");
        assert_eq!(doc.root().unwrap().at(&["*", "indent_size"]).unwrap().text(), Some("2"));
    }
}
