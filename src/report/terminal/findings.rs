//! Findings with their code: one block for each rule and severity, worst first.

use super::Page;
use super::excerpt::{excerpt, gutter_width, is_within};
use super::palette::paint;
use crate::model::Confidence;
use crate::report::Finding;
use crate::report::text::{cut, visible, width, wrap};

/// Places that are shown of one rule.
const SHOWN_PLACES: usize = 5;
/// Places of one rule that are shown with their code; the others by path and line.
const SHOWN_EXCERPTS: usize = 3;

impl Page<'_> {
    pub(super) fn findings(&mut self) {
        let report = self.report;
        let open: Vec<&Finding> = report.findings.iter().take_while(|finding| finding.suppressed.is_none()).collect();
        self.heading(self.words.findings, Some(report.summary.findings));
        if open.is_empty() {
            self.line(format!("{} {}", paint(self.palette.ok, "✓"), self.words.no_findings));
            return;
        }
        for group in open.chunk_by(|a, b| a.rule == b.rule && a.severity == b.severity && a.confidence == b.confidence)
        {
            self.blank();
            self.group(group);
        }
        self.blank();
        self.wrapped(self.words.explain_hint, 0, self.palette.faint);
    }

    fn group(&mut self, group: &[&Finding]) {
        let first = group[0];
        let style = self.palette.severity(first.severity);
        let mut tag = format!("{}[{}]", first.severity.as_str(), visible(&first.rule));
        if first.confidence == Confidence::Guess {
            tag = format!("{tag} ({})", self.words.guess);
        }
        let alone = group.len() == 1;
        let message = if alone { first.message.clone() } else { self.group_message(group) };
        self.lead(&tag, style, &message);
        let gutter = group.iter().take(SHOWN_EXCERPTS).map(|finding| gutter_width(finding)).max().unwrap_or(1);
        let most = if self.all { group.len() } else { SHOWN_PLACES };
        for (index, finding) in group.iter().take(most).enumerate() {
            let with_code = self.all || alone || index < SHOWN_EXCERPTS;
            // What was said of the place before need not be said again.
            let said = alone || (index > 0 && group[index - 1].message == finding.message);
            let label = if said { "" } else { finding.message.as_str() };
            self.place(finding, gutter, label, with_code);
        }
        let pipe = paint(self.palette.frame, &format!("{:gutter$} |", ""));
        let equals = format!("{:gutter$} = ", "");
        if group.len() > most {
            let more = format!("{equals}{}", self.more(group.len() - most));
            self.line(paint(self.palette.faint, &more));
        } else if first.snippet.is_some() {
            self.line(pipe);
        }
        if let Some(fix) = self.report.rule(&first.rule).map(|rule| rule.fix.clone()) {
            let lead = format!("{equals}{}: ", self.words.fix);
            let indent = width(&lead);
            let lines = wrap(&fix, self.width.saturating_sub(indent));
            for (index, line) in lines.iter().enumerate() {
                let start = if index == 0 { paint(self.palette.fix, &lead) } else { " ".repeat(indent) };
                self.line(format!("{start}{line}"));
            }
        }
    }

    /// `severity[rule]: message`, wrapped below its start.
    fn lead(&mut self, tag: &str, style: anstyle::Style, message: &str) {
        let lines = wrap(&format!("{tag}: {message}"), self.width);
        for (index, line) in lines.iter().enumerate() {
            let painted = match line.strip_prefix(tag) {
                Some(rest) if index == 0 => format!("{}{}", paint(style, tag), paint(self.palette.strong, rest)),
                _ => paint(self.palette.strong, line),
            };
            self.line(painted);
        }
    }

    /// What several places of one rule have in common: the criterion's own summary when there is one component.
    fn group_message(&self, group: &[&Finding]) -> String {
        let first = group[0];
        let same_component = group.iter().all(|finding| finding.component == first.component);
        let detail = self
            .report
            .criteria
            .iter()
            .find(|c| c.rule == first.rule && c.component == first.component)
            .and_then(|c| c.detail.clone())
            .filter(|_| same_component);
        let message = detail.unwrap_or_else(|| first.message.clone());
        format!("{message} ({})", self.words.count(group.len(), self.words.places))
    }

    fn place(&mut self, finding: &Finding, gutter: usize, label: &str, with_code: bool) {
        let arrow = paint(self.palette.frame, &format!("{:gutter$}-->", ""));
        let position = finding.start.map(|start| format!(":{}:{}", start.line, start.column)).unwrap_or_default();
        let room = self.width.saturating_sub(gutter + 4 + width(&position));
        let path = cut_left(&finding.path, room);
        let mut line = format!("{arrow} {path}{position}");
        if finding.missing {
            line = format!("{line} {}", paint(self.palette.faint, &format!("({})", self.words.missing_here)));
        }
        let code = if with_code { excerpt(finding, label, self.width, gutter, &self.palette) } else { Vec::new() };
        let said = gutter + 5 + width(&path) + width(&position);
        if code.is_empty() && !label.is_empty() && said + 16 < self.width {
            let label = cut(label, self.width - said - 1);
            line = format!("{line} {}", paint(self.palette.faint, &label));
        }
        self.line(line);
        self.lines.extend(code);
        for related in finding.related.iter().filter(|related| !with_code || !is_within(related, finding)) {
            let at = related.start.map(|start| format!(":{}:{}", start.line, start.column)).unwrap_or_default();
            let note = format!("{}: {} ({}{at})", self.words.note, related.label, related.path);
            let lead = format!("{:gutter$} = ", "");
            self.hanging(&lead, self.palette.frame, &note, self.palette.faint);
        }
    }
}

/// A path that is too long loses its beginning: its end is what tells files apart.
fn cut_left(path: &str, limit: usize) -> String {
    let path = visible(path);
    if width(&path) <= limit {
        return path;
    }
    let mut tail = String::new();
    for c in path.chars().rev() {
        if width(&tail) + 3 > limit {
            break;
        }
        tail.insert(0, c);
    }
    format!("…{tail}")
}
