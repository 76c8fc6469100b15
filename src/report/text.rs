//! Text as a terminal shows it: nothing invisible, measured in columns, cut and wrapped between characters that a
//! reader sees as one.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const TAB: &str = "    ";

/// Joins two emoji into one.
const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Characters that a reader sees as one, with the columns they take and the scalar values they are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) text: String,
    pub(super) width: usize,
    pub(super) chars: usize,
}

/// Replaces what would act on the terminal or the reader instead of being shown: control characters, escape
/// sequences, and characters that are invisible or reorder their neighbours. A tab becomes spaces.
pub(crate) fn visible(text: &str) -> String {
    glyphs(text).into_iter().map(|glyph| glyph.text).collect()
}

/// The columns that text takes, which is visible already.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Splits a line into glyphs, each of them safe to show.
pub(super) fn glyphs(line: &str) -> Vec<Glyph> {
    let mut glyphs: Vec<Glyph> = Vec::new();
    let mut joined = false;
    for c in line.chars() {
        let escaped = escape(c);
        let joins = escaped.is_none() && (joined || is_mark(c));
        joined = c == ZERO_WIDTH_JOINER;
        if let (true, Some(last)) = (joins, glyphs.last_mut()) {
            last.text.push(c);
            last.chars += 1;
            last.width = last.text.width();
        } else {
            let text = escaped.unwrap_or_else(|| c.to_string());
            glyphs.push(Glyph { width: text.width(), text, chars: 1 });
        }
    }
    glyphs
}

/// Belongs to the character before it: an accent, a variation selector, a skin tone, a joiner.
fn is_mark(c: char) -> bool {
    c == ZERO_WIDTH_JOINER || matches!(c, '\u{1f3fb}'..='\u{1f3ff}') || (c.width() == Some(0) && !c.is_ascii())
}

fn escape(c: char) -> Option<String> {
    match c {
        '\t' => Some(TAB.to_owned()),
        '\n' => Some("\\n".to_owned()),
        '\r' => Some("\\r".to_owned()),
        c if c.is_control() => {
            let mut text = String::new();
            // Writing into a string cannot fail.
            let _ = write!(text, "\\x{:02x}", u32::from(c));
            Some(text)
        }
        c if is_deceptive(c) => Some(c.escape_unicode().to_string()),
        _ => None,
    }
}

/// Invisible, or changes the order in which its neighbours are shown.
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Makes a line visible and cuts it to `limit` columns, with an ellipsis where something is missing.
pub(super) fn cut(line: &str, limit: usize) -> String {
    let glyphs = glyphs(line);
    if glyphs.iter().map(|glyph| glyph.width).sum::<usize>() <= limit {
        return glyphs.into_iter().map(|glyph| glyph.text).collect();
    }
    let mut out = String::new();
    let mut used = 0;
    for glyph in glyphs {
        if used + glyph.width + 1 > limit {
            break;
        }
        used += glyph.width;
        out.push_str(&glyph.text);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// Fills up with spaces to `columns`; text that is longer stays as it is.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(text))));
    out
}

/// Makes text visible and breaks it into lines of at most `limit` columns, at spaces where there are some.
pub(super) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(8);
    let (mut lines, mut line) = (Vec::new(), String::new());
    // Line breaks are spaces: a text from the repository cannot start a line of its own.
    for word in text.split_whitespace() {
        add_word(&visible(word), limit, &mut line, &mut lines);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn add_word(word: &str, limit: usize, line: &mut String, lines: &mut Vec<String>) {
    let needed = width(word) + usize::from(!line.is_empty());
    if width(line) + needed <= limit && (!line.is_empty() || !word.starts_with("::")) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        return;
    }
    if !line.is_empty() {
        lines.push(std::mem::take(line));
    }
    // A line of a log that begins with two colons is a command to GitHub Actions.
    if word.starts_with("::") {
        line.push('\\');
    }
    // A word longer than a line, such as a path, is broken wherever the line ends.
    for glyph in glyphs(word) {
        if width(line) + glyph.width > limit {
            lines.push(std::mem::take(line));
            if glyph.text == ":" {
                line.push('\\');
            }
        }
        line.push_str(&glyph.text);
    }
}

/// The first `most` lines; the last of them ends in an ellipsis when there are more.
pub(super) fn shortened(mut lines: Vec<String>, most: usize, limit: usize) -> Vec<String> {
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
            *last = if width(last) > limit { cut(last, limit) } else { last.clone() };
        }
    }
    lines
}

/// One decimal, half away from zero.
pub(crate) fn one_decimal(score: f64) -> String {
    let tenths = (score * 10.0).round() / 10.0;
    format!("{:.1}", if tenths == 0.0 { 0.0 } else { tenths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_is_shown() {
        assert_eq!(visible("a\u{1b}[31mb\u{7}"), "a\\x1b[31mb\\x07");
        assert_eq!(visible("user\u{202e}nimda"), "user\\u{202e}nimda");
        assert_eq!(visible("x\u{200b}y\u{9b}z"), "x\\u{200b}y\\x9bz");
        assert_eq!(visible("\ta\r\n"), "    a\\r\\n");
    }

    #[test]
    fn glyphs_stay_whole() {
        let shown: Vec<(usize, usize)> =
            glyphs("я漢👩\u{200d}💻e\u{301}👍\u{1f3fd}").iter().map(|g| (g.width, g.chars)).collect();
        assert_eq!(shown, [(1, 1), (2, 1), (2, 3), (1, 2), (2, 2)]);
    }

    #[test]
    fn no_line_begins_a_command() {
        assert_eq!(wrap("one two ::error::x ::y", 10), ["one two", "\\::error::", "x ::y"]);
        assert_eq!(wrap("::warning x", 12), ["\\::warning x"]);
    }

    #[test]
    fn cutting_never_exceeds_the_limit() {
        assert_eq!(cut("漢字漢字", 8), "漢字漢字");
        assert_eq!(cut("漢字漢字", 7), "漢字漢…");
        assert_eq!(cut("漢字漢字", 6), "漢字…");
        assert_eq!(cut("one two", 5), "one…");
    }

    #[test]
    fn wrapping_breaks_words_only_when_they_are_too_long() {
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("a abcdefghijkl", 10), ["a", "abcdefghij", "kl"]);
        assert_eq!(wrap("Откат версии не описан", 12), ["Откат версии", "не описан"]);
    }

    #[test]
    fn scores_round_half_away_from_zero() {
        assert_eq!([6.949, 6.95, 0.05, 9.0, -0.04].map(one_decimal), ["6.9", "7.0", "0.1", "9.0", "0.0"]);
    }
}
