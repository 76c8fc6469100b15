//! Where a block scalar (`|`, `>`) begins and ends; the parser reports its content only.

pub(super) struct Block {
    /// The `|` or `>`.
    pub(super) start: usize,
    /// The first line of content.
    pub(super) lines: usize,
    /// Behind the last character that is not blank.
    pub(super) end: usize,
}

/// `from` is the end of the scalar before; `mark` and `end` are the parser's marks.
pub(super) fn locate(text: &str, from: usize, mark: usize, end: usize, has_text: bool) -> Block {
    let start = header(text, from, mark).unwrap_or_else(|| super::skip_properties(text, mark));
    let line_end = text[start..].find('\n').map_or(text.len(), |offset| start + offset + 1);
    let body = text.get(line_end..end).unwrap_or("").trim_end();
    let header_end = start + text[start..line_end].split([' ', '\t', '\r', '\n']).next().map_or(0, str::len);
    if !has_text || body.is_empty() {
        return Block { start, lines: header_end, end: header_end };
    }
    Block { start, lines: line_end, end: line_end + body.len() }
}

/// The block indicator between `from` and the content: in the last line before it that is not blank.
fn header(text: &str, from: usize, content: usize) -> Option<usize> {
    let gap = text.get(from..content)?.trim_end();
    let line = gap.rfind('\n').map_or(0, |at| at + 1);
    let bytes = gap.as_bytes();
    (line..gap.len())
        .find(|&at| {
            let indicated = matches!(bytes[at], b'|' | b'>');
            let apart = at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b':' | b'-');
            indicated && apart && ends_header(&gap[at + 1..])
        })
        .map(|at| from + at)
}

/// Whether `rest` is what may follow a block indicator: indentation, chomping, a comment.
fn ends_header(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    let trimmed = rest.trim_start();
    trimmed.is_empty() || (trimmed.starts_with('#') && trimmed.len() < rest.len())
}

/// The indentation of the first line that is not blank.
pub(super) fn indent(body: &str) -> usize {
    let first = body.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    first.len() - first.trim_start_matches(' ').len()
}
