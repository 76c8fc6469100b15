//! One spanned tree for every configuration format, so that a rule never cares which one it reads.
//!
//! [`parse`] never fails: what could not be read is an error beside the tree of what could. Spans are byte offsets
//! into the file as given, a byte order mark included.

mod align;
mod budget;
mod comments;
mod dotenv;
mod format;
mod ini;
mod json;
mod lines;
mod node;
mod properties;
mod query;
mod toml;
mod xml;
mod yaml;

use crate::model::Span;

pub use format::{Format, format_of};
pub use node::{Entry, Node, Value};
pub use query::{Path, Step, Walk};

/// The deepest nesting that is read in any format; what lies deeper is cut.
pub const MAX_DEPTH: usize = 128;
/// The most nodes that one file yields, copies made by aliases included.
pub const MAX_NODES: usize = 200_000;
/// The most errors that are kept of one file.
const MAX_ERRORS: usize = 100;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A parsed configuration file.
#[derive(Debug, Clone, PartialEq)]
pub struct Doc {
    pub format: Format,
    /// The documents of a YAML stream; at most one in every other format, none in an empty file.
    pub documents: Vec<Node>,
    pub errors: Vec<DocError>,
    /// The comments with their markers, in order; trailing line ends are not part of them.
    pub comments: Vec<Span>,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocError {
    pub span: Span,
    pub kind: ErrorKind,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The author's fault: the text breaks the format's grammar. The tree holds what was read around it.
    Syntax,
    /// Our bound on depth or size was hit; the tree ends there.
    Cut,
    /// The text is a template that becomes the format only when it is rendered (Helm, Jinja). The tree holds what
    /// precedes the first directive that breaks the grammar.
    Template,
}

impl Doc {
    fn new(format: Format) -> Self {
        Self { format, documents: Vec::new(), errors: Vec::new(), comments: Vec::new() }
    }

    /// The first document.
    pub fn root(&self) -> Option<&Node> {
        self.documents.first()
    }

    /// Whether the whole file was read.
    pub fn is_complete(&self) -> bool {
        self.errors.is_empty()
    }

    fn error(&mut self, span: Span, kind: ErrorKind, message: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(DocError { span, kind, message: message.into() });
        }
    }

    fn syntax(&mut self, span: Span, message: impl Into<String>) {
        self.error(span, ErrorKind::Syntax, message);
    }

    fn cut(&mut self, span: Span) {
        if self.errors.iter().all(|error| error.kind != ErrorKind::Cut) {
            self.errors.push(DocError {
                span,
                kind: ErrorKind::Cut,
                message: format!("nested deeper than {MAX_DEPTH} levels or larger than {MAX_NODES} values; cut here"),
            });
        }
    }
}

/// Reads `text` as `format`. Never fails and never panics: see [`Doc::errors`].
pub fn parse(format: Format, text: &str) -> Doc {
    // Readers skip the mark but count it, so that offsets stay those of the file.
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    match format {
        Format::Yaml => yaml::parse(text, start),
        Format::Json | Format::Jsonc => json::parse(format, text, start),
        Format::Toml => toml::parse(text, start),
        Format::Dotenv => dotenv::parse(text, start),
        Format::Ini => ini::parse(text, start),
        Format::Properties => properties::parse(text, start),
        Format::Xml => xml::parse(text, start),
    }
}
