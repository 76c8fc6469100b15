//! A piece of a file with its finding underlined, in the manner of rustc: exact with wide characters, tabs and lines
//! that are too long to show.

use anstyle::Style;

use super::palette::{Palette, paint};
use crate::report::text::{self, Glyph, glyphs, pad};
use crate::report::{Finding, Position, Related};

/// Lines of a long finding that are shown before and after the dots.
const HEAD: usize = 4;
const TAIL: usize = 2;

/// Longer lines are cut around the finding before they are measured.
const LONGEST_LINE: usize = 2000;

/// A marked range within one line, in display columns.
struct Mark<'a> {
    from: usize,
    to: usize,
    sign: &'static str,
    style: Style,
    label: &'a str,
}

/// A line of the excerpt, ready to be shown.
struct Shown {
    glyphs: Vec<Glyph>,
    /// Scalar values that were left out on the left.
    skipped: usize,
    cut_left: bool,
    cut_right: bool,
}

/// The lines below `-->`, without the final empty gutter. `label` is written at the finding when it is not empty.
pub(super) fn excerpt(finding: &Finding, label: &str, width: usize, gutter: usize, palette: &Palette) -> Vec<String> {
    let (Some(snippet), Some(first), Some(start), Some(end)) =
        (&finding.snippet, finding.snippet_start_line, finding.start, finding.end)
    else {
        return Vec::new();
    };
    let source: Vec<(u32, &str)> = (first..).zip(snippet.lines()).collect();
    // The number, ` | ` and for findings of several lines the bar on their left.
    let room = width.saturating_sub(gutter + 6).max(20);
    let frame = Frame { gutter, room, palette };
    let mut out = vec![frame.line(None, "")];
    let several = end.line > start.line && !(end.line == start.line + 1 && end.column == 1);
    if several {
        frame.several_lines(&source, finding, label, &mut out);
    } else {
        for (number, line) in &source {
            let is_marked = *number == start.line;
            let marked = is_marked.then_some((start.column, if end.line > start.line { u32::MAX } else { end.column }));
            frame.one_line(*number, line, finding, marked, label, &mut out);
        }
    }
    out
}

/// The digits of the largest line number that a finding shows.
pub(super) fn gutter_width(finding: &Finding) -> usize {
    let lines = finding.snippet.as_deref().map_or(0, |snippet| snippet.lines().count());
    let last = finding.snippet_start_line.unwrap_or(0) as usize + lines.saturating_sub(1);
    last.max(1).to_string().len()
}

/// Related places that an excerpt cannot show, because they are elsewhere.
pub(super) fn is_within(related: &Related, finding: &Finding) -> bool {
    let (Some(first), Some(snippet), Some(start), Some(end)) =
        (finding.snippet_start_line, &finding.snippet, related.start, related.end)
    else {
        return false;
    };
    let last = first as usize + snippet.lines().count().saturating_sub(1);
    related.path == finding.path && start.line >= first && end.line as usize <= last && start.line == end.line
}

struct Frame<'a> {
    gutter: usize,
    room: usize,
    palette: &'a Palette,
}

impl Frame<'_> {
    /// The gutter with a number or empty, then `rest`.
    fn line(&self, number: Option<u32>, rest: &str) -> String {
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        let gutter = paint(self.palette.frame, &format!("{number:>width$} |", width = self.gutter));
        if rest.is_empty() { gutter } else { format!("{gutter} {rest}") }
    }

    fn one_line(
        &self,
        number: u32,
        source: &str,
        finding: &Finding,
        marked: Option<(u32, u32)>,
        label: &str,
        out: &mut Vec<String>,
    ) {
        let offset = finding.snippet_start_column.saturating_sub(1) as usize;
        let related: Vec<&Related> = finding
            .related
            .iter()
            .filter(|r| is_within(r, finding) && r.start.is_some_and(|start| start.line == number))
            .collect();
        let columns = marked.or_else(|| related.first().and_then(|r| Some((r.start?.column, r.end?.column))));
        let focus = columns.map_or((0, 0), |(from, to)| (char_index(from, offset), char_index(to, offset)));
        let shown = show(source, focus, self.room);
        out.push(self.line(Some(number), shown.text().trim_end()));
        let mut marks: Vec<Mark> = Vec::new();
        if let Some((from, to)) = marked {
            let (from, to) = shown.columns(char_index(from, offset), char_index(to, offset));
            marks.push(Mark { from, to, sign: "^", style: self.palette.severity(finding.severity), label });
        }
        for place in related {
            if let (Some(start), Some(end)) = (place.start, place.end) {
                let (from, to) = shown.columns(char_index(start.column, offset), char_index(end.column, offset));
                marks.push(Mark { from, to, sign: "-", style: self.palette.related, label: &place.label });
            }
        }
        for mark in marks {
            self.underline(&mark, out);
        }
    }

    fn underline(&self, mark: &Mark, out: &mut Vec<String>) {
        let signs = mark.sign.repeat(mark.to.saturating_sub(mark.from).max(1));
        let under = format!("{}{}", " ".repeat(mark.from), paint(mark.style, &signs));
        let after = mark.from + signs.len() + 1;
        let beside = self.room.saturating_sub(after);
        if mark.label.is_empty() {
            out.push(self.line(None, &under));
        } else if text::width(&text::visible(mark.label)) <= beside {
            out.push(self.line(None, &format!("{under} {}", paint(mark.style, &text::visible(mark.label)))));
        } else {
            out.push(self.line(None, &under));
            // A label that does not fit beside its mark goes below, moved left until it has room.
            let indent = mark.from.min(self.room.saturating_sub(48));
            for line in text::wrap(mark.label, self.room - indent) {
                out.push(self.line(None, &format!("{}{}", " ".repeat(indent), paint(mark.style, &line))));
            }
        }
    }

    /// A finding of several lines: a bar on the left from its first line to its last.
    fn several_lines(&self, source: &[(u32, &str)], finding: &Finding, label: &str, out: &mut Vec<String>) {
        let (Some(start), Some(end)) = (finding.start, finding.end) else { return };
        let style = self.palette.severity(finding.severity);
        let last = last_line(start, end);
        let inside = |number: u32| start.line <= number && number <= last;
        let length = (last - start.line + 1) as usize;
        let available = source.last().map_or(0, |(number, _)| *number);
        for (number, line) in source {
            let index = number.saturating_sub(start.line) as usize;
            if inside(*number) && length > HEAD + TAIL + 1 && index >= HEAD && index < length - TAIL {
                if index == HEAD {
                    out.push(format!(
                        "{} {}",
                        paint(self.palette.frame, &pad("...", self.gutter + 2)),
                        paint(style, "|")
                    ));
                }
                continue;
            }
            let bar = match *number {
                number if number == start.line => "/",
                number if inside(number) => "|",
                _ => " ",
            };
            let shown = show(line, (0, 0), self.room);
            let text = format!("{} {}", paint(style, bar), shown.text().trim_end());
            out.push(self.line(Some(*number), text.trim_end()));
            if *number == last.min(available) {
                let column = if end.line == last { end.column.saturating_sub(2) as usize } else { usize::MAX };
                let (at, _) = shown.columns(column.min(line.chars().count().saturating_sub(1)), usize::MAX);
                let tail = format!("|{}^", "_".repeat(at + 1));
                out.push(self.line(None, &paint(style, &tail)));
                if let Some(line) = out.last_mut()
                    && !label.is_empty()
                    && at + 4 + text::width(&text::visible(label)) <= self.room
                {
                    *line = format!("{line} {}", paint(style, &text::visible(label)));
                } else if !label.is_empty() {
                    let lines = text::wrap(label, self.room.saturating_sub(4));
                    out.extend(lines.iter().map(|line| self.line(None, &format!("    {}", paint(style, line)))));
                }
            }
        }
    }
}

/// An exclusive end at the start of a line belongs to the line before.
fn last_line(start: Position, end: Position) -> u32 {
    if end.column <= 1 && end.line > start.line { end.line - 1 } else { end.line }
}

fn char_index(column: u32, offset: usize) -> usize {
    (column.saturating_sub(1) as usize).saturating_sub(offset)
}

/// Makes a line visible and cuts it to `room` columns, so that `focus` (in scalar values) can be seen.
fn show(line: &str, focus: (usize, usize), room: usize) -> Shown {
    // A minified file is one line of megabytes: what is far from the finding is never measured.
    let from = focus.0.saturating_sub(LONGEST_LINE / 4);
    let rest = line.char_indices().nth(from).map_or("", |(at, _)| &line[at..]);
    let end = rest.char_indices().nth(LONGEST_LINE).map_or(rest.len(), |(at, _)| at);
    let mut shown =
        Shown { glyphs: glyphs(&rest[..end]), skipped: from, cut_left: from > 0, cut_right: end < rest.len() };
    let total: usize = shown.glyphs.iter().map(|glyph| glyph.width).sum();
    if total + usize::from(shown.cut_left) + usize::from(shown.cut_right) <= room {
        return shown;
    }
    let (focus_from, focus_to) = shown.columns(focus.0, focus.1);
    let focus_width = (focus_to - focus_from).min(room);
    // The finding in the middle, its start always visible.
    let before = if focus_to < room { 0 } else { focus_from.saturating_sub((room - focus_width) / 2).max(1) };
    shown.drop_left(before);
    shown.drop_right(room);
    shown
}

impl Shown {
    fn text(&self) -> String {
        let mut text = String::new();
        if self.cut_left {
            text.push('…');
        }
        text.extend(self.glyphs.iter().map(|glyph| glyph.text.as_str()));
        if self.cut_right {
            text.push('…');
        }
        text
    }

    /// Display columns of a range of scalar values of the whole line, within what is shown.
    fn columns(&self, from: usize, to: usize) -> (usize, usize) {
        let lead = usize::from(self.cut_left);
        let (mut column, mut index) = (lead, self.skipped);
        let (mut first, mut last) = (None, None);
        for glyph in &self.glyphs {
            if first.is_none() && index + glyph.chars > from {
                first = Some(column);
            }
            if last.is_none() && index >= to {
                last = Some(column);
            }
            column += glyph.width;
            index += glyph.chars;
        }
        let first = first.unwrap_or(column);
        (first, last.unwrap_or(column).max(first))
    }

    fn drop_left(&mut self, columns: usize) {
        let (mut dropped, mut count) = (0, 0);
        while dropped < columns && count < self.glyphs.len() {
            dropped += self.glyphs[count].width;
            self.skipped += self.glyphs[count].chars;
            count += 1;
        }
        self.glyphs.drain(..count);
        self.cut_left |= count > 0;
    }

    fn drop_right(&mut self, room: usize) {
        let lead = usize::from(self.cut_left);
        let mut total: usize = self.glyphs.iter().map(|glyph| glyph.width).sum();
        while total + lead + usize::from(self.cut_right) > room {
            let Some(glyph) = self.glyphs.pop() else { break };
            total -= glyph.width;
            self.cut_right = true;
        }
    }
}
