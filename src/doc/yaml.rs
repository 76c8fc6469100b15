//! YAML, over the events of `saphyr_parser`: aliases are copied, merge keys resolved, and the parser's character
//! indices become exact byte spans.

use rustc_hash::{FxHashMap, FxHashSet};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::{
    Doc, Entry, ErrorKind, Format, MAX_DEPTH, Node, Value,
    align::{Escapes, Pieces},
    budget::Budget,
    comments,
};
use crate::model::Span;

mod block;
mod positions;

use positions::Positions;

const MERGE_KEY: &str = "<<";

pub(super) fn parse(text: &str, start: usize) -> Doc {
    let mut builder = Builder {
        text,
        positions: Positions::new(text, start),
        stack: Vec::new(),
        anchors: FxHashMap::default(),
        budget: Budget::new(),
        cursor: start,
        opaque: Vec::new(),
        doc: Doc::new(Format::Yaml),
    };
    builder.run(Parser::new_from_str(&text[start..]));
    builder.doc.comments = comments::outside(text, start, &mut builder.opaque, comments::Lead::Blank);
    builder.doc
}

struct Builder<'t> {
    text: &'t str,
    positions: Positions<'t>,
    stack: Vec<Frame>,
    /// Finished anchored nodes of this document.
    anchors: FxHashMap<usize, Node>,
    budget: Budget,
    /// The end of the last scalar or alias.
    cursor: usize,
    /// Scalars, in which `#` starts no comment.
    opaque: Vec<Span>,
    doc: Doc,
}

/// A list or map that is still open.
struct Frame {
    start: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        key: Option<Key>,
        /// Values of `<<`, in order.
        merged: Vec<(Node, Span)>,
    },
}

struct Key {
    text: String,
    span: Span,
    merges: bool,
}

/// Whether reading goes on.
#[derive(PartialEq)]
enum Flow {
    On,
    Stop,
}

impl<'t> Builder<'t> {
    fn run(&mut self, mut parser: Parser<'t, saphyr_parser::StrInput<'t>>) {
        while let Some(event) = parser.next_event() {
            let flow = match event {
                Ok((event, span)) => self.event(event, span),
                Err(error) => {
                    let at = self.positions.byte(error.marker().index());
                    self.fail(at, error.info());
                    Flow::Stop
                }
            };
            if flow == Flow::Stop {
                break;
            }
        }
        // After an error: what was open ends with what it has.
        while !self.stack.is_empty() {
            self.close(self.text.len());
        }
    }

    fn fail(&mut self, at: usize, info: &str) {
        let span = Span::new(at, at);
        if ["{{", "{%"].iter().any(|directive| self.text.contains(directive)) {
            let message = format!("a template, which is YAML only when rendered; read up to here ({info})");
            self.doc.error(span, ErrorKind::Template, message);
        } else {
            self.doc.syntax(span, info);
        }
    }

    fn event(&mut self, event: Event<'t>, span: saphyr_parser::Span) -> Flow {
        let start = skip_properties(self.text, self.positions.byte(span.start.index()));
        match event {
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Alias(id) => return self.alias(id, start, self.positions.byte(span.end.index())),
            Event::Scalar(text, style, anchor, tag) => {
                if !self.budget.take() {
                    return self.cut(start);
                }
                let node = self.scalar(&text, style, tag.as_deref(), span);
                self.finish(node, anchor, style == ScalarStyle::Plain);
            }
            Event::SequenceStart(anchor, _) => return self.open(start, anchor, Content::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                let content = Content::Map { entries: Vec::new(), key: None, merged: Vec::new() };
                return self.open(start, anchor, content);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.close(start);
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Flow::On
    }

    fn cut(&mut self, at: usize) -> Flow {
        self.doc.cut(Span::new(at, at));
        Flow::Stop
    }

    fn open(&mut self, start: usize, anchor: usize, content: Content) -> Flow {
        if self.stack.len() >= MAX_DEPTH || !self.budget.take() {
            return self.cut(start);
        }
        self.stack.push(Frame { start, anchor, content });
        Flow::On
    }

    /// Ends the innermost collection; `end` is where its closing bracket stands, if it has one.
    fn close(&mut self, end: usize) {
        let Some(Frame { start, anchor, content }) = self.stack.pop() else { return };
        let (value, last) = match content {
            Content::List(items) => {
                let last = items.last().map(|item| item.via.unwrap_or(item.span).end);
                (Value::List(items), last)
            }
            Content::Map { entries, merged, .. } => {
                let own = entries.last().map(|entry| entry.span().end);
                let last = own.max(merged.last().map(|(_, site)| site.end));
                (Value::Map(with_merged(entries, merged)), last)
            }
        };
        let bytes = self.text.as_bytes();
        let bracketed = matches!(bytes.get(start), Some(b'[' | b'{')) && matches!(bytes.get(end), Some(b']' | b'}'));
        let span = if bracketed {
            Span::new(start, end + 1)
        } else {
            let start = Span::new(start, start).start;
            Span { start, end: last.unwrap_or(start).max(start) }
        };
        let written = &self.text[span.range()];
        let node = if written.starts_with("{{") && written.ends_with("}}") {
            // A template expression happens to be a map of a map.
            Node::new(span, Value::String(written.to_owned()))
        } else {
            Node::new(span, value)
        };
        self.cursor = self.cursor.max(span.range().end);
        self.finish(node, anchor, false);
    }

    fn alias(&mut self, id: usize, start: usize, end: usize) -> Flow {
        let site = Span::new(start, end);
        self.opaque.push(site);
        self.cursor = end;
        let room = MAX_DEPTH.saturating_sub(self.stack.len());
        let copy = self.anchors.get(&id).map(|original| self.budget.copy(original, room));
        match copy {
            None => self.doc.syntax(site, "this alias stands inside the value that it names"),
            Some(None) => self.doc.cut(site),
            Some(Some(_)) => {}
        }
        let mut node = copy.flatten().unwrap_or_else(|| Node::new(site, Value::Null));
        node.via = Some(site);
        self.finish(node, 0, false);
        Flow::On
    }

    /// Puts a complete node where it belongs.
    fn finish(&mut self, node: Node, anchor: usize, plain: bool) {
        if anchor != 0 {
            match self.budget.copy(&node, MAX_DEPTH) {
                Some(copy) => {
                    self.anchors.insert(anchor, copy);
                }
                None => self.doc.cut(node.span),
            }
        }
        let Some(frame) = self.stack.last_mut() else {
            // `---` twice in a row is no document.
            if !(node.is_null() && node.span.is_empty()) {
                self.doc.documents.push(node);
            }
            return;
        };
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map { key: key @ None, .. } => {
                let span = node.via.unwrap_or(node.span);
                let written = &self.text[span.range()];
                let text = node.as_str().unwrap_or(written).to_owned();
                let merges = plain && text == MERGE_KEY;
                *key = Some(Key { text, span, merges });
            }
            Content::Map { entries, key, merged } => {
                let Some(key) = key.take() else { return };
                if key.merges && is_mergeable(&node) {
                    let site = node.via.unwrap_or(Span { start: key.span.start, end: node.span.end });
                    merged.push((node, site));
                } else {
                    entries.push(Entry { key: key.text, key_span: key.span, value: node, via: None });
                }
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, at: saphyr_parser::Span) -> Node {
        let mark = self.positions.byte(at.start.index());
        let start = skip_properties(self.text, mark);
        let end = self.positions.byte(at.end.index());
        match style {
            ScalarStyle::Plain if text.is_empty() => self.missing(mark, end),
            ScalarStyle::Plain => {
                let span = self.seen(start, end);
                let pieces = Pieces::of_scalar(&self.text[span.range()], start, text, Escapes::None);
                Node::with_pieces(span, resolve(text, tag), pieces)
            }
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                let double = style == ScalarStyle::DoubleQuoted;
                let end = closing_quote(self.text, start, double).unwrap_or(end);
                let span = self.seen(start, end);
                let inner = self.text.get(start + 1..end.saturating_sub(1)).unwrap_or("");
                let escapes = if double { Escapes::Backslash } else { Escapes::DoubledQuote };
                let pieces = Pieces::of_scalar(inner, start + 1, text, escapes);
                Node::with_pieces(span, Value::String(text.to_owned()), pieces)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let folded = style == ScalarStyle::Folded;
                let block = block::locate(self.text, self.cursor, mark, end, !text.is_empty());
                let body = &self.text[block.lines..block.end];
                // The parser marks the first line's content, or the anchor or tag before the header.
                let indent = if mark >= block.lines { at.start.col() } else { block::indent(body) };
                let pieces = Pieces::of_block(body, block.lines, indent, text, folded);
                self.seen(block.lines, block.end);
                Node::with_pieces(Span::new(block.start, block.end), Value::String(text.to_owned()), pieces)
            }
        }
    }

    /// A value that is not written: right behind its colon, dash or anchor, so that an editor jumps there.
    fn missing(&self, start: usize, end: usize) -> Node {
        let place = match self.text.as_bytes().get(start) {
            Some(b'&' | b'!') => end,
            Some(b':' | b'-' | b'?') => start + 1,
            _ => start,
        };
        Node::new(Span::new(place, place), Value::Null)
    }

    /// Notes that the text from `start` to `end` is a scalar.
    fn seen(&mut self, start: usize, end: usize) -> Span {
        let span = Span::new(start, end);
        self.opaque.push(span);
        self.cursor = end;
        span
    }
}

/// The place behind anchors (`&name`), tags (`!name`) and the blanks and comments around them.
fn skip_properties(text: &str, start: usize) -> usize {
    let mut at = start;
    while text[at..].starts_with(['&', '!']) {
        let rest = &text[at..];
        at += rest.find([' ', '\t', '\r', '\n', ',', ']', '}']).unwrap_or(rest.len());
        loop {
            let rest = &text[at..];
            let blank = rest.len() - rest.trim_start().len();
            at += blank;
            if blank == 0 || !text[at..].starts_with('#') {
                break;
            }
            at += text[at..].find('\n').unwrap_or(text.len() - at);
        }
    }
    at
}

/// The end of the quoted scalar that starts at `start`, behind its closing quote: the parser's own end may lie
/// behind a trailing comment.
fn closing_quote(text: &str, start: usize, double: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if double => at += 1,
            b'"' if double => return Some(at + 1),
            b'\'' if !double && bytes.get(at + 1) == Some(&b'\'') => at += 1,
            b'\'' if !double => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Resolves a plain scalar as YAML 1.2's core schema does: `yes`, `on` and `off` stay strings. A tag that is not
/// the core schema's names an application's type (`!Ref`), so its scalar is only text.
fn resolve(text: &str, tag: Option<&Tag>) -> Value {
    if tag.is_some_and(|tag| !tag.is_yaml_core_schema() || tag.suffix == "str") {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.to_owned()),
        _ => Value::String(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(octal) = digits.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hex) = digits.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    // `str::parse` also takes `inf` and `infinity`, which are words in YAML.
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') && digits.parse::<f64>().is_ok()
}

fn is_mergeable(node: &Node) -> bool {
    node.is_map() || (node.is_list() && node.items().iter().all(Node::is_map))
}

/// Adds what `<<` brings: explicit keys win, then earlier merges.
fn with_merged(mut entries: Vec<Entry>, merged: Vec<(Node, Span)>) -> Vec<Entry> {
    if merged.is_empty() {
        return entries;
    }
    let mut known: FxHashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    for (node, site) in merged {
        let maps = match node.value {
            Value::List(maps) => maps,
            _ => vec![node],
        };
        for map in maps {
            let via = Some(map.via.unwrap_or(site));
            let Value::Map(inherited) = map.value else { continue };
            // Later duplicates win within one map, so the last of them is taken.
            let mut fresh: Vec<_> = Vec::new();
            for entry in inherited.into_iter().rev() {
                if known.insert(entry.key.clone()) {
                    fresh.push(Entry { via, ..entry });
                }
            }
            entries.extend(fresh.into_iter().rev());
        }
    }
    entries
}

#[cfg(test)]
mod tests;
