//! Lines with their offsets, for the formats that are read line by line.

use crate::model::Span;

/// A line without its line end.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

impl Line<'_> {
    /// The line without blanks around it.
    pub(super) fn trimmed(self) -> Self {
        let text = self.text.trim_start();
        Self { start: self.start + self.text.len() - text.len(), text: text.trim_end() }
    }

    pub(super) fn indent(self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// The part from byte `from` of this line to byte `to`.
    pub(super) fn part(self, from: usize, to: usize) -> Self {
        Self { start: self.start + from, text: &self.text[from..to] }
    }

    pub(super) fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }
}

/// The lines of `text` from byte `start` on.
pub(super) fn lines(text: &str, start: usize) -> impl Iterator<Item = Line<'_>> {
    let mut at = start;
    text[start..].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        Line { start, text: line.trim_end_matches(['\n', '\r']) }
    })
}
