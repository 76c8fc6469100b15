//! The report as JUnit XML: a suite for each category, a test case for each criterion.
//!
//! A criterion that nobody answered, that does not apply or that is suppressed is skipped, with the reason.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use super::lines::Lines;
use super::place::{label, message, one_line};
use super::text::visible;
use super::{Criterion, Finding, Report, Status};
use crate::i18n::{MachineStrings, machine_strings};
use crate::model::Confidence;

/// Writes every criterion.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let words = machine_strings(report.language);
    let mut suites = Lines::default();
    let mut total = Totals::default();
    let findings = by_criterion(&report.findings);
    for category in &report.categories {
        let cases: Vec<(Answer, String)> = report
            .criteria
            .iter()
            .filter(|criterion| criterion.category == category.id)
            .map(|criterion| case(criterion, &findings, words))
            .collect();
        if cases.is_empty() {
            continue;
        }
        let mut totals = Totals::default();
        for (answer, _) in &cases {
            totals.add(*answer);
        }
        total.join(totals);
        suites.line(&format!("  <testsuite name=\"{}\" {}>", attribute(&category.name), totals.attributes()));
        for (_, xml) in &cases {
            suites.line(xml);
        }
        suites.line("  </testsuite>");
    }
    diagnostics(report, words, &mut suites);
    let mut document = Lines::default();
    document.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    document.line(&format!("<testsuites name=\"{}\" {}>", attribute(&report.tool.name), total.attributes()));
    document.join(&suites);
    document.line("</testsuites>");
    document.write(out)
}

#[derive(Clone, Copy)]
enum Answer {
    Passed,
    Failed,
    Skipped,
}

#[derive(Clone, Copy, Default)]
struct Totals {
    tests: usize,
    failures: usize,
    skipped: usize,
}

impl Totals {
    fn add(&mut self, answer: Answer) {
        self.tests += 1;
        match answer {
            Answer::Passed => {}
            Answer::Failed => self.failures += 1,
            Answer::Skipped => self.skipped += 1,
        }
    }

    fn join(&mut self, other: Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.skipped += other.skipped;
    }

    /// No clock: the times are zero, because some readers insist on them.
    fn attributes(self) -> String {
        let Self { tests, failures, skipped } = self;
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"0\"")
    }
}

/// The findings of each rule and component, in their order.
fn by_criterion(findings: &[Finding]) -> BTreeMap<(&str, &str), Vec<&Finding>> {
    let mut map: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        map.entry((&finding.rule, &finding.component)).or_default().push(finding);
    }
    map
}

fn case(
    criterion: &Criterion,
    findings: &BTreeMap<(&str, &str), Vec<&Finding>>,
    words: &MachineStrings,
) -> (Answer, String) {
    let findings = findings.get(&(criterion.rule.as_str(), criterion.component.as_str()));
    let findings: &[&Finding] = findings.map_or(&[], Vec::as_slice);
    let (answer, body) = match criterion.status {
        Status::Pass => (Answer::Passed, String::new()),
        Status::Fail => failure(criterion, findings, words),
        Status::NotApplicable => skipped(words.not_applicable, criterion.detail.as_deref()),
        Status::Unknown => skipped(&format!("{}: {}", words.not_assessed, words.unknown), criterion.detail.as_deref()),
        Status::Manual => manual(criterion, words),
    };
    let mut name = one_line(&criterion.rule);
    if criterion.component != "." {
        // Writing into a string cannot fail.
        let _ = write!(name, " ({})", one_line(&criterion.component));
    }
    let class = attribute(&format!("readiness.{}", criterion.category));
    let file = findings.iter().find(|finding| finding.suppressed.is_none() && !finding.missing);
    let file = file.map_or_else(String::new, |finding| {
        let line = finding.start.map(|start| format!(" line=\"{}\"", start.line)).unwrap_or_default();
        format!(" file=\"{}\"{line}", attribute(&visible(&finding.path)))
    });
    let open = format!("    <testcase classname=\"{class}\" name=\"{}\"{file} time=\"0\"", attribute(&name));
    let xml = if body.is_empty() { format!("{open}/>") } else { format!("{open}>\n{body}\n    </testcase>") };
    (answer, xml)
}

fn failure(criterion: &Criterion, findings: &[&Finding], words: &MachineStrings) -> (Answer, String) {
    let counts = |f: &&Finding| f.suppressed.is_none() && f.confidence != Confidence::Guess;
    let open = findings.iter().filter(|finding| counts(finding)).count();
    let mut lines: Vec<String> = findings.iter().map(|finding| place(finding, words)).collect();
    if open == 0 && !findings.is_empty() {
        let accepted = findings.iter().find_map(|finding| finding.suppressed.as_ref());
        let (why, detail) = accepted.map_or((words.guess, criterion.detail.as_deref()), |suppressed| {
            (if suppressed.by.is_known() { words.known } else { words.suppressed }, Some(suppressed.reason.as_str()))
        });
        return skipped_with(why, detail, &lines.join("\n"));
    }
    let severity = criterion.severity.as_str();
    let what = criterion.detail.as_deref().or_else(|| findings.first().map(|first| first.message.as_str()));
    let summary = attribute(&format!("{severity}: {}", one_line(what.unwrap_or(&criterion.rule))));
    lines.insert(0, format!("readiness explain {}", one_line(&criterion.rule)));
    let text = text(&lines.join("\n"));
    (Answer::Failed, format!("      <failure type=\"{severity}\" message=\"{summary}\">{text}</failure>"))
}

fn place(finding: &Finding, words: &MachineStrings) -> String {
    // A dash, so that no line of a log begins with what a repository holds.
    let line = format!("- {}: {}: {}", label(finding), finding.severity.as_str(), message(finding, words));
    match &finding.suppressed {
        Some(suppressed) => {
            let word = if suppressed.by.is_known() { words.known } else { words.suppressed };
            format!("{line} [{word}: {}]", one_line(&suppressed.reason))
        }
        None => line,
    }
}

fn manual(criterion: &Criterion, words: &MachineStrings) -> (Answer, String) {
    match &criterion.attestation {
        None => skipped(&format!("{}: {}", words.not_assessed, words.manual), criterion.detail.as_deref()),
        Some(answer) if answer.holds => (Answer::Passed, String::new()),
        Some(answer) => {
            let note = answer.note.as_deref().or(criterion.detail.as_deref()).unwrap_or_default();
            let summary = attribute(&format!("{}: {}", words.denied, one_line(note)));
            let severity = criterion.severity.as_str();
            (Answer::Failed, format!("      <failure type=\"{severity}\" message=\"{summary}\"/>"))
        }
    }
}

fn skipped(why: &str, detail: Option<&str>) -> (Answer, String) {
    skipped_with(why, detail, "")
}

fn skipped_with(why: &str, detail: Option<&str>, places: &str) -> (Answer, String) {
    let reason = detail.map(|detail| format!(": {}", one_line(detail))).unwrap_or_default();
    let summary = attribute(&format!("{why}{reason}"));
    let element = if places.is_empty() {
        format!("      <skipped message=\"{summary}\"/>")
    } else {
        format!("      <skipped message=\"{summary}\">{}</skipped>", text(places))
    };
    (Answer::Skipped, element)
}

fn diagnostics(report: &Report, words: &MachineStrings, suites: &mut Lines) {
    let about = report.findings.iter().filter(|finding| finding.is_about_suppressions());
    let mut lines: Vec<String> = about
        .map(|finding| format!("- {} {}: {}", one_line(&finding.rule), label(finding), message(finding, words)))
        .collect();
    let diagnostics = report.diagnostics.iter().map(|one| {
        let place = one.path.as_deref().map(|path| format!(" {}", visible(path))).unwrap_or_default();
        format!("- {}{place}: {}", one_line(&one.kind), one_line(&one.message))
    });
    lines.extend(diagnostics);
    if lines.is_empty() {
        return;
    }
    suites.line(&format!("  <testsuite name=\"diagnostics\" {}>", Totals::default().attributes()));
    suites.line(&format!("    <system-err>{}</system-err>", text(&lines.join("\n"))));
    suites.line("  </testsuite>");
}

/// Text in one line between quotation marks.
fn attribute(line: &str) -> String {
    text(line).replace('"', "&quot;")
}

/// Text between tags. Control characters are visible already; two more characters are none in XML.
fn text(content: &str) -> String {
    content
        .replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_as_markup() {
        assert_eq!(attribute("a\"<b>&amp;]]>\u{ffff}"), "a&quot;&lt;b&gt;&amp;amp;]]&gt;\u{fffd}");
    }
}
