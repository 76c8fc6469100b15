//! The report as a GitLab Code Quality document.
//!
//! GitLab shows only a description, a place and a severity: suppressed findings and what was not assessed are entries
//! of the lowest severity that say so.

use std::io;

use serde_json::{Value, json};

use super::place::{anchor, manifest, message, one_line, unanswered};
use super::text::visible;
use super::{Finding, Report};
use crate::i18n::{MachineStrings, machine_strings};
use crate::model::Severity;

/// Rules that the entry about what was not assessed names.
const NAMED: usize = 10;

/// The identity of the one entry about what was not assessed.
const NOT_ASSESSED: &str = "readiness-not-assessed";

/// Writes one entry for each finding, and one for what was not assessed.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let words = machine_strings(report.language);
    let mut entries: Vec<Value> = report.findings.iter().map(|finding| entry(report, finding, words)).collect();
    entries.extend(not_assessed(report, words));
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    out.write_all(b"\n")
}

fn entry(report: &Report, finding: &Finding, words: &MachineStrings) -> Value {
    let anchor = anchor(report, finding);
    let mut description = message(finding, words);
    let mut severity = severity(finding.severity);
    if let Some(suppressed) = &finding.suppressed {
        let word = if finding.is_known() { words.known } else { words.suppressed };
        description = format!("[{word}: {}] {description}", one_line(&suppressed.reason));
        severity = "info";
    }
    let fix = report.rule(&finding.rule).map(|rule| one_line(&rule.fix)).unwrap_or_default();
    json!({
        "type": "issue",
        "check_name": finding.rule,
        "description": description,
        "content": { "body": fix },
        "categories": [category(&finding.category)],
        "fingerprint": finding.fingerprint,
        "severity": severity,
        "location": location(anchor.path, anchor.start.map(|start| start.line), anchor.end.map(|end| end.line)),
    })
}

/// A place needs a line: the first one stands for the file as a whole.
fn location(path: &str, begin: Option<u32>, end: Option<u32>) -> Value {
    let begin = begin.unwrap_or(1);
    json!({ "path": visible(path), "lines": { "begin": begin, "end": end.unwrap_or(begin).max(begin) } })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}

/// The nearest of the categories that the format knows.
fn category(ours: &str) -> &'static str {
    match ours {
        "security" | "data-security" => "Security",
        "performance" => "Performance",
        "tests-quality" | "ux" => "Clarity",
        "api-contracts" | "environments" => "Compatibility",
        _ => "Bug Risk",
    }
}

fn not_assessed(report: &Report, words: &MachineStrings) -> Option<Value> {
    let mut rules: Vec<&str> = Vec::new();
    let mut count = 0;
    for criterion in unanswered(report) {
        count += 1;
        if !rules.contains(&criterion.rule.as_str()) {
            rules.push(&criterion.rule);
        }
    }
    if count == 0 && report.diagnostics.is_empty() && !report.partial {
        return None;
    }
    let mut parts = vec![words.count(count, words.unanswered_criteria)];
    if !rules.is_empty() {
        let named: Vec<String> = rules.iter().take(NAMED).map(|rule| one_line(rule)).collect();
        let more = rules.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(", {}", words.more.replace("{n}", &more.to_string())) } else { String::new() };
        parts[0] = format!("{}: {}{more}", parts[0], named.join(", "));
    }
    if !report.diagnostics.is_empty() {
        parts.push(words.count(report.diagnostics.len(), words.diagnostics));
    }
    if report.partial {
        parts.push(words.partial.to_owned());
    }
    let anywhere = report.findings.first().map(|finding| anchor(report, finding).path);
    let path = manifest(report, ".").or(anywhere).unwrap_or("README.md");
    Some(json!({
        "type": "issue",
        "check_name": NOT_ASSESSED,
        "description": parts.join("; "),
        "categories": ["Bug Risk"],
        "fingerprint": NOT_ASSESSED,
        "severity": "info",
        "location": location(path, None, None),
    }))
}
