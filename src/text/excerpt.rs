//! Lines, columns and masked excerpts of one file, for reports.

use std::{cell::Cell, ops::Range, sync::Arc};

use aho_corasick::AhoCorasick;
use camino::Utf8Path;
use line_index::{LineIndex, TextSize};

use super::{mask::mask, secrets};
use crate::model::Span;

/// An excerpt shows at most this many lines of a longer range.
const MAX_LINES: usize = 8;
/// A longer line is cut around the place that matters.
const MAX_COLUMNS: usize = 240;
/// How much of a single line behind its visible part is searched for secrets, in bytes: what is longer than that and
/// has no form of its own is not known as a secret either.
const MASKED_BEHIND: usize = 4096;

/// A file's text with its line starts and the places of its secrets.
pub struct Source {
    text: Arc<str>,
    lines: LineIndex,
    secrets: Vec<Range<usize>>,
    /// The place asked last and its column: on a long line the next one is counted from there.
    last: Cell<(usize, usize)>,
}

/// Whole lines of a file, secrets masked, without a final line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    /// From 1.
    pub first_line: u32,
    /// From 1; above 1 when the beginning of a long line was cut.
    pub first_column: u32,
}

impl Source {
    pub fn new(text: Arc<str>, path: &Utf8Path) -> Self {
        let lines = LineIndex::new(&text);
        let found = secrets::find(&text, path).into_iter().map(|found| found.span.range()).collect();
        let secrets = with_repetitions(&text, found);
        Self { text, lines, secrets, last: Cell::new((0, 0)) }
    }

    /// Line and column of a byte offset, both from 1; columns count Unicode scalar values.
    pub fn position(&self, offset: usize) -> (u32, u32) {
        let offset = floor(&self.text, offset);
        let line = self.lines.line_col(size(offset)).line;
        let start = self.line_start(line);
        let (from, counted) =
            Some(self.last.get()).filter(|(at, _)| (start..=offset).contains(at)).unwrap_or((start, 0));
        let column = counted + self.text[from..offset].chars().filter(|&char| char != '\u{feff}').count();
        self.last.set((offset, column));
        (line + 1, u32::try_from(column).unwrap_or(u32::MAX - 1) + 1)
    }

    /// The lines that `span` touches.
    pub fn excerpt(&self, span: Span) -> Excerpt {
        let start = floor(&self.text, span.start as usize);
        let end = floor(&self.text, (span.end as usize).max(start));
        let first = self.lines.line_col(size(start)).line;
        let from = self.line_start(first);
        let mut last = self.text[start..end].trim_end_matches(['\n', '\r']).len() + start;
        last += self.text[last..].find(['\n', '\r']).unwrap_or(self.text.len() - last);
        let lines = self.text[from..last].split('\n').take(MAX_LINES);
        let last = from + lines.map(|line| line.len() + 1).sum::<usize>().saturating_sub(1);
        let (from, column) = self.cut_front(from, start, last);
        let text = self.masked(from..self.cut_back(from, last.min(self.text.len())));
        let text: Vec<String> = text
            .trim_start_matches('\u{feff}')
            .split('\n')
            .map(|line| shortened(line.trim_end_matches('\r')))
            .collect();
        Excerpt { text: text.join("\n"), first_line: first + 1, first_column: column }
    }

    /// Skips the front of a line that is too long when the place lies far behind it.
    fn cut_front(&self, from: usize, start: usize, last: usize) -> (usize, u32) {
        let single = !self.text[from..last.min(self.text.len())].contains('\n');
        if !single || start - from <= MAX_COLUMNS / 2 || last - from <= MAX_COLUMNS {
            return (from, 1);
        }
        let cut = floor(&self.text, start - MAX_COLUMNS / 4);
        let (_, column) = self.position(cut);
        (cut, column)
    }

    /// Leaves out of a single long line what is far behind its visible part.
    fn cut_back(&self, from: usize, last: usize) -> usize {
        let shown = floor(&self.text, from + MAX_COLUMNS * char::MAX.len_utf8() + MASKED_BEHIND).min(last);
        if self.text[from..last].contains('\n') { last } else { shown }
    }

    fn line_start(&self, line: u32) -> usize {
        self.lines.line(line).map_or(0, |range| usize::from(range.start()))
    }

    /// The text of `range` with every secret cut to at most four characters, also one that `range` cuts through.
    fn masked(&self, range: Range<usize>) -> String {
        let mut out = String::with_capacity(range.len());
        let mut at = range.start;
        for secret in &self.secrets {
            if secret.end <= at || secret.start >= range.end {
                continue;
            }
            if secret.start >= at {
                out.push_str(&self.text[at..secret.start]);
                out.push_str(&super::mask::mask_value(&self.text[secret.clone()]));
            } else {
                out.push('…');
            }
            let newlines = self.text[secret.start.max(at)..secret.end.min(range.end)].matches('\n').count();
            out.extend(std::iter::repeat_n('\n', newlines));
            at = secret.end.min(range.end);
        }
        out.push_str(&self.text[at..range.end]);
        mask(&out).into_owned()
    }
}

/// Adds the other places of the file where a secret stands: nothing around them has to say so again.
fn with_repetitions(text: &str, found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    /// What is shorter may be a word, and so may what has no digit.
    const SHORTEST: usize = 8;
    /// A file with more different secrets is a list, in which each stands for itself.
    const MOST: usize = 200;
    let mut values: Vec<&str> = found.iter().map(|range| &text[range.clone()]).collect();
    values.retain(|value| value.len() >= SHORTEST && value.bytes().any(|byte| byte.is_ascii_digit()));
    values.sort_unstable();
    values.dedup();
    values.truncate(MOST);
    let Some(automaton) = AhoCorasick::new(&values).ok().filter(|_| !values.is_empty()) else { return found };
    let mut all = found;
    all.extend(automaton.find_overlapping_iter(text).map(|hit| hit.range()));
    all.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for range in all {
        match joined.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => joined.push(range),
        }
    }
    joined
}

fn size(offset: usize) -> TextSize {
    TextSize::new(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// The nearest character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(MAX_COLUMNS) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new(text.into(), Utf8Path::new("a.txt"))
    }

    #[test]
    fn columns_count_characters() {
        let source = source("да 🙂 x\nсвет");
        let x = "да 🙂 ".len();
        assert_eq!(source.position(x), (1, 6));
        assert_eq!(source.position("да 🙂 x\nс".len()), (2, 2));
    }

    #[test]
    fn an_excerpt_has_whole_lines() {
        let source = source("one\ntwo\r\nthree\nfour");
        let excerpt = source.excerpt(Span::new(5, 12));
        assert_eq!((excerpt.text.as_str(), excerpt.first_line, excerpt.first_column), ("two\nthree", 2, 1));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}HERE{}", "a".repeat(5000), "b".repeat(5000));
        let excerpt = source(&text).excerpt(Span::new(5000, 5004));
        assert!(excerpt.text.contains("HERE"));
        assert!(excerpt.text.chars().count() <= MAX_COLUMNS + 1);
        assert_eq!(excerpt.first_column as usize, 5000 - MAX_COLUMNS / 4 + 1);
    }

    #[test]
    fn offsets_outside_or_inside_a_character_are_tolerated() {
        let source = source("да");
        assert_eq!(source.position(1), (1, 1));
        assert_eq!(source.position(99), (1, 3));
        assert_eq!(source.excerpt(Span::new(90, 95)).text, "да");
    }
}
