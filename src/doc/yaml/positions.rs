//! From the parser's character indices to byte offsets.

/// How many characters apart the remembered offsets are.
const STRIDE: usize = 64;

pub(super) struct Positions<'t> {
    text: &'t str,
    start: usize,
    /// The byte offset of every `STRIDE`th character; empty for ASCII, where the two are the same.
    marks: Vec<usize>,
}

impl<'t> Positions<'t> {
    /// Characters count from byte `start` of `text`.
    pub(super) fn new(text: &'t str, start: usize) -> Self {
        let body = &text[start..];
        let marks = if body.is_ascii() {
            Vec::new()
        } else {
            body.char_indices().step_by(STRIDE).map(|(at, _)| start + at).collect()
        };
        Self { text, start, marks }
    }

    pub(super) fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return (self.start + index).min(self.text.len());
        }
        let Some(mark) = self.marks.get(index / STRIDE) else { return self.text.len() };
        self.text[*mark..].char_indices().nth(index % STRIDE).map_or(self.text.len(), |(at, _)| mark + at)
    }
}
