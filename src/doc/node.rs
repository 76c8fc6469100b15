//! The tree that every format is read into.

use super::align::Pieces;
use crate::model::Span;

/// A value with its place.
///
/// `span` is exact: closing quotes are inside, trailing comments and line ends are not. A YAML or TOML collection
/// written without brackets runs from its first to its last own character.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub span: Span,
    pub value: Value,
    /// Where an alias (`*name`) put this value; `span` then shows the anchored original, where a repair belongs.
    pub via: Option<Span>,
    pub(super) pieces: Pieces,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    /// As written: `1_000`, `0x10`, `3.10`; TOML dates and times too.
    Number(String),
    /// With escapes resolved.
    String(String),
    List(Vec<Node>),
    /// In the order of the file. A key that occurs twice is here twice.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    /// The key as written, with its quotes.
    pub key_span: Span,
    pub value: Node,
    /// Where a YAML merge (`<<: *name`) put this entry; its other spans then show the original.
    pub via: Option<Span>,
}

impl Node {
    pub(super) fn new(span: Span, value: Value) -> Self {
        Self { span, value, via: None, pieces: Pieces::starting_at(span.start) }
    }

    pub(super) fn with_pieces(span: Span, value: Value, pieces: Pieces) -> Self {
        Self { span, value, via: None, pieces }
    }

    /// The file's bytes that stand for `part`, a range of bytes of this scalar's text: the exact place of a
    /// command inside a block scalar, or of a word behind an escape.
    pub fn span_of(&self, part: Span) -> Span {
        // The line end that closes a block may not be written at the end of a file.
        let place = self.pieces.span_of(part);
        Span { start: place.start.min(self.span.end), end: place.end.min(self.span.end) }
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The text of any scalar but null: strings resolved, numbers as written, `true` or `false`.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    pub fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// The entries of a map; nothing for any other value.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; nothing for any other value.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entry of a map by key. Of several the last, because that is the one that takes effect in every reader
    /// that accepts duplicates (JSON, YAML 1.1, dotenv, `.properties`).
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The value of a map by key; see [`Node::entry`] for duplicates.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }
}

impl Entry {
    /// From the start of the key to the end of the value.
    pub fn span(&self) -> Span {
        let end = self.value.via.unwrap_or(self.value.span).end;
        Span { start: self.key_span.start, end: end.max(self.key_span.end) }
    }
}
