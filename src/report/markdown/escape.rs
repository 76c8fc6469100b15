//! Text from a repository inside Markdown: shown as it is, and never markup.

use crate::report::text::visible;

/// Prose in one line. Code between single backticks stays code; everything else that Markdown or HTML would act on
/// is escaped, so a text that comes from the repository can at most turn itself into code.
pub(crate) fn inline(text: &str) -> String {
    let text = text.split_whitespace().map(visible).collect::<Vec<_>>().join(" ");
    let parts = backticks(&text);
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Code(code) => out.push_str(&code_span(code)),
            Part::Prose(prose) => escape(prose, index == 0, &mut out),
        }
    }
    out
}

/// A path, a name or a command as code.
pub(crate) fn code(text: &str) -> String {
    code_span(&text.split_whitespace().map(visible).collect::<Vec<_>>().join(" "))
}

/// A fence that no line of `content` can close.
pub(crate) fn fence(content: &str) -> String {
    "`".repeat((longest_run(content) + 1).max(3))
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

enum Part<'a> {
    Prose(&'a str),
    Code(&'a str),
}

/// Splits at pairs of single backticks; longer runs and a last odd one are prose.
fn backticks(text: &str) -> Vec<Part<'_>> {
    let bytes = text.as_bytes();
    let single = |at: usize| {
        bytes[at] == b'`' && (at == 0 || bytes[at - 1] != b'`') && bytes.get(at + 1).is_none_or(|next| *next != b'`')
    };
    let singles: Vec<usize> = (0..bytes.len()).filter(|at| single(*at)).collect();
    let (mut parts, mut done) = (Vec::new(), 0);
    for pair in singles.chunks_exact(2) {
        // What lies between must not hold a longer run, which could close the code early.
        let between = &text[pair[0] + 1..pair[1]];
        if between.trim().is_empty() || between.contains('`') {
            continue;
        }
        parts.push(Part::Prose(&text[done..pair[0]]));
        parts.push(Part::Code(between));
        done = pair[1] + 1;
    }
    parts.push(Part::Prose(&text[done..]));
    parts
}

/// A code span; a pipe is escaped because it would end the cell of a table even there.
fn code_span(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let text = text.replace('|', "\\|");
    format!("{fence}{space}{text}{space}{fence}")
}

fn escape(prose: &str, is_start: bool, out: &mut String) {
    for (index, c) in prose.char_indices() {
        let acts = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '$')
            || (c == '&' && prose[index + 1..].starts_with(|next: char| next == '#' || next.is_ascii_alphanumeric()));
        let acts_at_start = is_start && index == 0 && matches!(c, '#' | '+' | '-' | '=' | ':');
        if acts || acts_at_start || is_list_dot(prose, index, is_start) {
            out.push('\\');
        }
        out.push(c);
    }
}

/// The `.` or `)` of `1.` at the start of a line, which would begin a list.
fn is_list_dot(prose: &str, index: usize, is_start: bool) -> bool {
    is_start
        && index > 0
        && matches!(prose.as_bytes()[index], b'.' | b')')
        && prose.as_bytes()[..index].iter().all(u8::is_ascii_digit)
        && prose.as_bytes().get(index + 1).is_none_or(|next| *next == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_and_code_stays_code() {
        assert_eq!(inline("a | b <script> `x|y` *z*"), "a \\| b \\<script\\> `x\\|y` \\*z\\*");
        assert_eq!(inline("# not a heading"), "\\# not a heading");
        assert_eq!(inline("1. not a list\n- nor this"), "1\\. not a list - nor this");
        assert_eq!(inline("2.3.0 & more"), "2.3.0 & more");
        assert_eq!(inline("&lt; [x](javascript:1)"), "\\&lt; \\[x\\](javascript:1)");
    }

    #[test]
    fn backticks_cannot_break_out() {
        assert_eq!(inline("odd ` one <b>"), "odd \\` one \\<b\\>");
        assert_eq!(inline("``` fence"), "\\`\\`\\` fence");
        assert_eq!(inline("`a``b` <i>"), "\\`a\\`\\`b\\` \\<i\\>");
        assert_eq!(code("a`b|c"), "``a`b\\|c``");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn a_fence_is_longer_than_any_inside() {
        assert_eq!(fence("plain"), "```");
        assert_eq!(fence("````\nx"), "`````");
    }
}
