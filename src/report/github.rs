//! The report for GitHub Actions: annotations in the log, and a job summary as Markdown.

use std::io;

use super::headline::headline;
use super::lines::Lines;
use super::markdown::escape::{code, inline};
use super::place::{anchor, label, message, one_line, unanswered};
use super::text::{cut, one_decimal, visible};
use super::{Finding, Report, Status};
use crate::i18n::{MachineStrings, machine_strings};
use crate::model::Severity;

/// Annotations of one kind that a step shows; GitHub drops the others.
const MOST_OF_A_KIND: usize = 10;

/// Rows of a table in the summary, which GitHub drops as a whole when it is larger than a megabyte.
const MOST_ROWS: usize = 50;

/// Columns of a text in the summary, for the same reason.
const LONGEST_TEXT: usize = 400;

/// Writes workflow commands, worst first, then the rest as plain lines of the log.
pub fn annotations(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let words = machine_strings(report.language);
    let mut text = Lines::default();
    let mut rest = Vec::new();
    let mut shown = [0_usize; 3];
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let kind = Kind::of(finding.severity);
        if shown[kind as usize] == MOST_OF_A_KIND {
            rest.push(row(finding, words));
            continue;
        }
        shown[kind as usize] += 1;
        text.line(&annotation(report, finding, kind, words));
    }
    text.line(&format!("readiness: {}", headline(report)));
    group(words.beyond_annotations, &rest, &mut text);
    group(words.suppressed, &set_aside(report, Finding::is_accepted, words), &mut text);
    group(words.known, &set_aside(report, Finding::is_known, words), &mut text);
    group(words.not_assessed, &not_assessed(report, words), &mut text);
    text.write(out)
}

/// What GitHub calls an annotation of this weight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

impl Kind {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low | Severity::Info => Self::Notice,
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

fn annotation(report: &Report, finding: &Finding, kind: Kind, words: &MachineStrings) -> String {
    let anchor = anchor(report, finding);
    let mut properties = vec![format!("file={}", property(&visible(anchor.path)))];
    if let Some(start) = anchor.start {
        properties.push(format!("line={}", start.line));
        let end = anchor.end.filter(|end| *end >= start).unwrap_or(start);
        properties.push(format!("endLine={}", end.line));
        // Columns are shown within one line only.
        if end.line == start.line {
            properties.push(format!("col={},endColumn={}", start.column, end.column));
        }
    }
    let title = format!("{}: {}", finding.severity.as_str(), one_line(&finding.rule));
    properties.push(format!("title={}", property(&title)));
    let mut text = message(finding, words);
    if let Some(rule) = report.rule(&finding.rule) {
        text = format!("{text}\n{}: {}", words.fix, one_line(&rule.fix));
    }
    format!("::{} {}::{}", kind.command(), properties.join(","), data(&text))
}

/// The message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A folded part of the log. Each of its lines begins with a dash, so that none begins a command.
fn group(title: &str, lines: &[String], text: &mut Lines) {
    if lines.is_empty() {
        return;
    }
    text.line(&format!("::group::{} ({})", data(title), lines.len()));
    for line in lines {
        // The older form of a command is read anywhere in a line.
        text.line(&format!("- {}", line.replace("##[", "##\\[")));
    }
    text.line("::endgroup::");
}

fn row(finding: &Finding, words: &MachineStrings) -> String {
    let (severity, rule) = (finding.severity.as_str(), one_line(&finding.rule));
    format!("{severity} {rule} {} {}", one_line(&label(finding)), message(finding, words))
}

fn set_aside(report: &Report, which: fn(&Finding) -> bool, words: &MachineStrings) -> Vec<String> {
    let all = report.findings.iter().filter(|finding| which(finding));
    let all = all.filter_map(|finding| Some((finding, finding.suppressed.as_ref()?)));
    all.map(|(finding, by)| format!("{} | {}", row(finding, words), one_line(&by.reason))).collect()
}

fn not_assessed(report: &Report, words: &MachineStrings) -> Vec<String> {
    let criteria = unanswered(report).map(|criterion| {
        let status = if criterion.status == Status::Manual { words.manual } else { words.unknown };
        let reason = criterion.detail.as_deref().map(|detail| format!(": {}", one_line(detail))).unwrap_or_default();
        let (severity, component) = (criterion.severity.as_str(), one_line(&criterion.component));
        format!("{severity} {} ({component}): {status}{reason}", one_line(&criterion.rule))
    });
    let diagnostics = report.diagnostics.iter().map(|one| {
        let place = one.path.as_deref().map(|path| format!(" {}", one_line(path))).unwrap_or_default();
        format!("{}{place}: {}", one_line(&one.kind), one_line(&one.message))
    });
    criteria.chain(diagnostics).collect()
}

/// Writes the job summary: the verdict, the categories, what is open, and folded what is suppressed and not assessed.
pub fn summary(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let words = machine_strings(report.language);
    let mut text = Lines::default();
    text.line(&format!("## readiness: {}\n", inline(&report.repository.name)));
    text.line(&format!("{}\n", inline(&headline(report))));
    let scores = report
        .categories
        .iter()
        .map(|category| vec![inline(&category.name), category.score.map_or_else(|| "–".to_owned(), one_decimal)]);
    table(&[words.category, words.score], scores, &mut text);
    text.line("");
    let open: Vec<&Finding> = report.findings.iter().filter(|finding| finding.suppressed.is_none()).collect();
    if open.is_empty() {
        text.line(words.nothing_open);
    } else {
        let head = [words.severity, words.rule, words.place, words.finding];
        let rows = open.iter().take(MOST_ROWS).map(|finding| cells(finding, words));
        table(&head, rows, &mut text);
        beyond(open.len(), words, &mut text);
    }
    folded(words.suppressed, report, Finding::is_accepted, words, &mut text);
    folded(words.known, report, Finding::is_known, words, &mut text);
    folded_not_assessed(report, words, &mut text);
    text.write(out)
}

fn cells(finding: &Finding, words: &MachineStrings) -> Vec<String> {
    let place = code(&cut(&label(finding), LONGEST_TEXT));
    vec![
        finding.severity.as_str().to_owned(),
        code(&finding.rule),
        place,
        inline(&cut(&message(finding, words), LONGEST_TEXT)),
    ]
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, text: &mut Lines) {
    text.line(&format!("| {} |\n|{}", head.join(" | "), "---|".repeat(head.len())));
    for row in rows {
        text.line(&format!("| {} |", row.join(" | ")));
    }
}

fn beyond(all: usize, words: &MachineStrings, text: &mut Lines) {
    if all > MOST_ROWS {
        text.line(&format!("\n{}", words.more.replace("{n}", &(all - MOST_ROWS).to_string())));
    }
}

fn folded(title: &str, report: &Report, which: fn(&Finding) -> bool, words: &MachineStrings, text: &mut Lines) {
    let all = report.findings.iter().filter(|finding| which(finding));
    let all: Vec<_> = all.filter_map(|finding| Some((finding, finding.suppressed.as_ref()?))).collect();
    if all.is_empty() {
        return;
    }
    text.line(&format!("\n<details><summary>{title} ({})</summary>\n", all.len()));
    let rows = all.iter().take(MOST_ROWS).map(|(finding, by)| {
        let mut row = cells(finding, words);
        row.push(inline(&cut(&one_line(&by.reason), LONGEST_TEXT)));
        row
    });
    table(&[words.severity, words.rule, words.place, words.finding, words.reason], rows, text);
    beyond(all.len(), words, text);
    text.line("\n</details>");
}

fn folded_not_assessed(report: &Report, words: &MachineStrings, text: &mut Lines) {
    let all = not_assessed(report, words);
    if all.is_empty() {
        return;
    }
    text.line(&format!("\n<details><summary>{} ({})</summary>\n", words.not_assessed, all.len()));
    for line in all.iter().take(MOST_ROWS) {
        text.line(&format!("- {}", inline(&cut(line, LONGEST_TEXT))));
    }
    beyond(all.len(), words, text);
    text.line("\n</details>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_cannot_be_ended_or_begun() {
        assert_eq!(data("50%0A\n::error::x"), "50%250A%0A::error::x");
        assert_eq!(property("a,line=1:2\r"), "a%2Cline=1%3A2%0D");
    }
}
