//! Text for people: wrapped, indented, with headings.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use readiness::model::Severity;
use unicode_width::UnicodeWidthStr;

/// Lines are easiest to read when they are no longer.
const WIDEST: usize = 100;
const NARROWEST: usize = 40;

/// A page that grows from top to bottom.
pub(super) struct Page {
    text: String,
    width: usize,
    colored: bool,
}

impl Page {
    pub(super) fn new(width: usize, colored: bool) -> Self {
        Self { text: String::new(), width: width.clamp(NARROWEST, WIDEST), colored }
    }

    /// Text in a style, where colour is wanted.
    pub(super) fn styled(&self, style: Style, text: &str) -> String {
        let style = if self.colored { style } else { Style::new() };
        format!("{style}{text}{style:#}")
    }

    /// A heading with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) {
        let bold = self.styled(Style::new().bold(), text);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.line(&bold);
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// Text wrapped to the width, behind `indent` spaces. Empty lines separate paragraphs; single line breaks do not
    /// count, except before a list item.
    pub(super) fn paragraphs(&mut self, text: &str, indent: usize) {
        for (index, paragraph) in paragraphs(text).into_iter().enumerate() {
            if index > 0 && !paragraph.starts_with("- ") {
                self.text.push('\n');
            }
            let hang = if paragraph.starts_with("- ") { 2 } else { 0 };
            for (number, line) in wrap(&paragraph, self.width.saturating_sub(indent + hang)).into_iter().enumerate() {
                let indent = if number == 0 { indent } else { indent + hang };
                let _ = writeln!(self.text, "{:indent$}{line}", "");
            }
        }
    }

    /// Text behind a `head` that takes `columns`; further lines begin where the text did. Where that leaves hardly
    /// any room, the text begins on a line of its own.
    pub(super) fn hanging(&mut self, head: &str, columns: usize, text: &str) {
        let room = self.width.saturating_sub(columns);
        if room < 24 {
            self.line(head);
            self.paragraphs(text, 4);
            return;
        }
        for (number, line) in wrap(text, room).into_iter().enumerate() {
            if number == 0 {
                self.line(&format!("{head}{line}"));
            } else {
                self.line(&format!("{:columns$}{line}", ""));
            }
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// The colour of a severity, as in the report.
pub(super) fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Cyan.on_default(),
        Severity::Info => AnsiColor::Blue.on_default(),
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            _ if line.is_empty() => open = false,
            Some(last) if open && !line.starts_with("- ") => {
                last.push(' ');
                last.push_str(line);
            }
            _ => {
                paragraphs.push(line.to_owned());
                open = true;
            }
        }
    }
    paragraphs
}

/// Breaks text at spaces so that each line takes at most `width` columns; a longer word gets a line of its own.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_by_columns() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("проверка двух слов", 13), ["проверка двух", "слов"]);
        assert_eq!(wrap("unbreakable-word x", 5), ["unbreakable-word", "x"]);
        assert!(wrap("  ", 5).is_empty());
    }

    #[test]
    fn paragraphs_and_lists_stay_apart() {
        let mut page = Page::new(40, false);
        page.paragraphs("one\ntwo\n\nthree\n- four\n- five", 2);
        assert_eq!(page.finish(), "  one two\n\n  three\n  - four\n  - five\n");
    }
}
