//! Comments that a parser drops: found in the gaps between the scalars that it reported.

use memchr::memchr;

use crate::model::Span;

/// Where a `#` must stand to begin a comment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    Anywhere,
    /// At the start of a line or behind a blank, as in YAML.
    Blank,
}

/// The `#` comments of `text` from `start` on, outside the `opaque` spans, which get sorted.
pub(super) fn outside(text: &str, start: usize, opaque: &mut [Span], lead: Lead) -> Vec<Span> {
    opaque.sort_unstable();
    let mut found = Vec::new();
    let mut opaque = opaque.iter().peekable();
    let mut at = start;
    while let Some(hash) = memchr(b'#', &text.as_bytes()[at..]).map(|offset| at + offset) {
        while opaque.peek().is_some_and(|span| span.range().end <= hash) {
            opaque.next();
        }
        if let Some(span) = opaque.peek().filter(|span| span.range().contains(&hash)) {
            at = span.range().end;
            continue;
        }
        let before = if hash == start { None } else { text.as_bytes().get(hash.wrapping_sub(1)) };
        if lead == Lead::Blank && !matches!(before, None | Some(b' ' | b'\t' | b'\r' | b'\n')) {
            at = hash + 1;
            continue;
        }
        let end = memchr(b'\n', &text.as_bytes()[hash..]).map_or(text.len(), |offset| hash + offset);
        found.push(Span::new(hash, hash + text[hash..end].trim_end().len()));
        at = end;
    }
    found
}
