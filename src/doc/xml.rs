//! XML as maps: children by tag name, attributes under `@name`, text under `#text`; an element with text only is a
//! string. Entities other than the five of the standard stay as written, so nothing external is ever read.

use quick_xml::{
    Reader as Events,
    events::{BytesStart, Event},
};

use super::{Doc, Entry, Format, MAX_DEPTH, Node, Value, budget::Budget};
use crate::model::Span;

const TEXT: &str = "#text";

pub(super) fn parse(text: &str, start: usize) -> Doc {
    let mut events = Events::from_str(&text[start..]);
    events.config_mut().allow_dangling_amp = true;
    let mut reader =
        Reader { text, stack: vec![Element::root(start)], budget: Budget::new(), doc: Doc::new(Format::Xml) };
    loop {
        let from = start + offset(events.buffer_position());
        let event = match events.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => event,
            Err(error) => {
                let at = start + offset(events.error_position());
                reader.doc.syntax(Span::new(at, at), error.to_string());
                break;
            }
        };
        let span = Span::new(from, start + offset(events.buffer_position()));
        if !reader.event(event, span) {
            break;
        }
    }
    reader.finish()
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

struct Reader<'t> {
    text: &'t str,
    stack: Vec<Element>,
    budget: Budget,
    doc: Doc,
}

/// An element that is still open.
struct Element {
    name: String,
    name_span: Span,
    start: usize,
    entries: Vec<Entry>,
    text: String,
    text_span: Option<Span>,
}

impl Element {
    /// Stands for the document, so that the root element is an entry like any other.
    fn root(start: usize) -> Self {
        let here = Span::new(start, start);
        Self { name: String::new(), name_span: here, start, entries: Vec::new(), text: String::new(), text_span: None }
    }
}

impl Reader<'_> {
    /// False when a bound was hit.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        match event {
            Event::Start(tag) => return self.open(&tag, span),
            Event::Empty(tag) => {
                let open = self.open(&tag, span);
                if open {
                    self.close(span.range().end);
                }
                return open;
            }
            Event::End(_) => self.close(span.range().end),
            Event::Text(text) => self.add_text(&text, span),
            Event::CData(data) => self.add_text(&data, Span { start: span.start + 9, end: span.end - 3 }),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    _ => predefined(&reference).map_or_else(|| self.text[span.range()].to_owned(), str::to_owned),
                };
                self.add_text(&resolved, span);
            }
            Event::Comment(_) => self.doc.comments.push(span),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
        true
    }

    fn open(&mut self, tag: &BytesStart<'_>, span: Span) -> bool {
        if self.stack.len() > MAX_DEPTH || !self.budget.take() {
            self.doc.cut(span);
            return false;
        }
        let name = tag.name();
        let name: &str = name.as_ref();
        let start = span.range().start;
        let name_span = Span::new(start + 1, start + 1 + name.len());
        let mut element = Element { name: name.to_owned(), name_span, ..Element::root(start) };
        let behind = name_span.range().end;
        self.attributes(tag.attributes_raw(), behind, &mut element.entries);
        self.stack.push(element);
        true
    }

    /// Reads `name="value"` pairs from the text behind a tag's name, which starts at `at`.
    fn attributes(&mut self, raw: &str, at: usize, entries: &mut Vec<Entry>) {
        let mut rest = raw;
        loop {
            rest = rest.trim_start();
            let Some(equals) = rest.find('=') else { return };
            let name = rest[..equals].trim_end();
            let start = at + raw.len() - rest.len();
            let key_span = Span::new(start, start + name.len());
            let value = rest[equals + 1..].trim_start();
            let value_start = at + raw.len() - value.len();
            let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return };
            let Some(end) = value[1..].find(quote) else { return };
            if !self.budget.take() {
                self.doc.cut(key_span);
                return;
            }
            let written = &value[1..=end];
            let resolved = quick_xml::escape::unescape(written).map_or_else(|_| written.to_owned(), Into::into);
            let span = Span::new(value_start, value_start + end + 2);
            let pieces = super::align::Pieces::starting_at(span.start + 1);
            let value_node = Node::with_pieces(span, Value::String(resolved), pieces);
            entries.push(Entry { key: format!("@{name}"), key_span, value: value_node, via: None });
            rest = &value[end + 2..];
        }
    }

    fn add_text(&mut self, text: &str, span: Span) {
        let Some(element) = self.stack.last_mut() else { return };
        element.text.push_str(text);
        let written = &self.text[span.range()];
        if written.trim().is_empty() {
            return;
        }
        let start = span.range().start + written.len() - written.trim_start().len();
        let end = span.range().start + written.trim_end().len();
        let here = Span::new(start, end);
        element.text_span = Some(element.text_span.map_or(here, |seen| Span { start: seen.start, end: here.end }));
    }

    fn close(&mut self, end: usize) {
        // The last frame stands for the document and stays.
        if self.stack.len() < 2 {
            return;
        }
        let Some(element) = self.stack.pop() else { return };
        let Some(parent) = self.stack.last_mut() else { return };
        let Element { name, name_span, start, mut entries, text, text_span } = element;
        let text = text_span.map(|span| Node::new(span, Value::String(text.trim().to_owned())));
        let span = Span::new(start, end);
        let value = match text {
            Some(text) if entries.is_empty() => text,
            Some(text) => {
                entries.push(Entry { key: TEXT.to_owned(), key_span: text.span, value: text, via: None });
                Node::new(span, Value::Map(entries))
            }
            None if entries.is_empty() => Node::new(span, Value::Null),
            None => Node::new(span, Value::Map(entries)),
        };
        parent.entries.push(Entry { key: name, key_span: name_span, value, via: None });
    }

    fn finish(mut self) -> Doc {
        let end = self.text.len();
        while self.stack.len() > 1 {
            if self.doc.errors.is_empty() {
                let open = self.stack.last().map(|element| element.name_span).unwrap_or_default();
                self.doc.syntax(open, "this element is never closed");
            }
            self.close(end);
        }
        let entries = self.stack.pop().map(|root| root.entries).unwrap_or_default();
        if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
            // The root's bracket stands before its name.
            let start = first.key_span.start - 1;
            let span = Span { start, end: last.span().end };
            self.doc.documents.push(Node::new(span, Value::Map(entries)));
        }
        self.doc
    }
}

fn predefined(reference: &str) -> Option<&'static str> {
    match reference {
        "lt" => Some("<"),
        "gt" => Some(">"),
        "amp" => Some("&"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ErrorKind, Format, Node, parse};

    const POM: &str = "\u{feff}<?xml version=\"1.0\"?>\r\n<!DOCTYPE p [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\r\n\
        <project a='1 &amp; 2'>\r\n  <!-- note -->\r\n  <deps>\r\n    <dep><id> a&lt;b </id></dep>\r\n    <dep><id>&x;</id><opt/></dep>\r\n\
        </deps>\r\n  <mixed k=\"v\">t</mixed>\r\n</project>\r\n";

    #[test]
    fn reads_elements_attributes_and_text() {
        let doc = parse(Format::Xml, POM);
        assert!(doc.is_complete(), "{:?}", doc.errors);
        let root = doc.root().unwrap();
        let ids: Vec<_> = root.select(&["project", "deps", "dep", "id"]).into_iter().filter_map(Node::as_str).collect();
        assert_eq!(ids, ["a<b", "&x;"]);
        let attribute = root.at(&["project"]).unwrap().entry("@a").unwrap();
        assert_eq!((attribute.value.as_str(), &POM[attribute.span().range()]), (Some("1 & 2"), "a='1 &amp; 2'"));
        let id = root.select(&["project", "deps", "dep", "id"])[0];
        assert_eq!(&POM[id.span.range()], "a&lt;b");
        assert!(root.at(&["project", "deps", "dep", "opt"]).unwrap().is_null());
        assert_eq!(root.at(&["project", "mixed", "#text"]).unwrap().as_str(), Some("t"));
        assert_eq!(&POM[doc.comments[0].range()], "<!-- note -->");
        let deps = root.at(&["project"]).unwrap().entry("deps").unwrap();
        assert!(
            POM[deps.value.span.range()].starts_with("<deps>") && POM[deps.value.span.range()].ends_with("</deps>")
        );
    }

    #[test]
    fn keeps_what_precedes_an_error() {
        let doc = parse(Format::Xml, "<a><b>1</b><c></a>");
        assert_eq!(doc.root().unwrap().at(&["a", "b"]).unwrap().as_str(), Some("1"));
        assert_eq!(doc.errors[0].kind, ErrorKind::Syntax);
    }
}
