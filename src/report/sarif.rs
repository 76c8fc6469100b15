//! The report as SARIF 2.1.0, in the subset that code scanning services read.
//!
//! Only failures are results: services take every result for a problem, whatever its `kind` says. What was not
//! assessed is in the properties of the run, and what could not be examined is a notification.

use std::io;

use serde_json::{Map, Value, json};

use super::markdown::escape::{code, inline};
use super::place::{Anchor, anchor, message, one_line, unanswered, uri};
use super::text::visible;
use super::{Diagnostic, Finding, Position, Related, Report, Rule, Status, SuppressedBy};
use crate::i18n::{MachineStrings, machine_strings};
use crate::model::{Lang, Severity};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What paths are relative to: the scanned folder, which no report names.
const BASE: &str = "%SRCROOT%";

/// The key of our own fingerprint; its number grows when fingerprints are made in another way.
const FINGERPRINT: &str = "readinessFingerprint/v1";

/// Categories whose rules count as security rules, besides rules that name a weakness.
const SECURITY: [&str; 2] = ["security", "data-security"];

/// Writes one run.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run(report)] });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn run(report: &Report) -> Value {
    let words = machine_strings(report.language);
    let results: Vec<Value> = report.findings.iter().map(|finding| result(report, finding, words)).collect();
    json!({
        "tool": { "driver": driver(report, words) },
        "language": match report.language { Lang::En => "en", Lang::Ru => "ru" },
        "columnKind": "unicodeCodePoints",
        "defaultEncoding": "utf-8",
        "originalUriBaseIds": { BASE: { "description": { "text": "The scanned folder." } } },
        "invocations": [invocation(report)],
        "results": results,
        "properties": properties(report),
    })
}

fn driver(report: &Report, words: &MachineStrings) -> Value {
    json!({
        "name": report.tool.name,
        "version": report.tool.version,
        "semanticVersion": report.tool.version,
        "rules": report.rules.iter().map(|rule| descriptor(rule, words)).collect::<Vec<_>>(),
        "properties": { "rubric": report.tool.rubric },
    })
}

fn descriptor(rule: &Rule, words: &MachineStrings) -> Value {
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": { "text": one_line(&rule.title) },
        "help": { "text": help_text(rule, words), "markdown": help_markdown(rule, words) },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": rule_properties(rule),
    });
    if !rule.why.is_empty() {
        descriptor["fullDescription"] = json!({ "text": one_line(&rule.why) });
    }
    descriptor
}

fn help_text(rule: &Rule, words: &MachineStrings) -> String {
    let mut paragraphs = vec![one_line(&rule.title)];
    if !rule.why.is_empty() {
        paragraphs.push(one_line(&rule.why));
    }
    paragraphs.push(format!("{}: {}", words.fix, one_line(&rule.fix)));
    if !rule.references.is_empty() {
        let list: Vec<String> = rule.references.iter().map(|r| format!("{} <{}>", r.title, r.url)).collect();
        paragraphs.push(format!("{}: {}", words.references, list.join(", ")));
    }
    paragraphs.join("\n\n")
}

fn help_markdown(rule: &Rule, words: &MachineStrings) -> String {
    let mut blocks = vec![format!("**{}**", inline(&rule.title))];
    if !rule.why.is_empty() {
        blocks.push(format!("**{}:** {}", words.why, inline(&rule.why)));
    }
    blocks.push(format!("**{}:** {}", words.fix, inline(&rule.fix)));
    if !rule.references.is_empty() {
        let list = rule.references.iter().map(|r| format!("- [{}](<{}>)", inline(&r.title), r.url));
        blocks.push(format!("**{}:**", words.references));
        blocks.push(list.collect::<Vec<_>>().join("\n"));
    }
    blocks.push(code(&format!("readiness explain {}", rule.id)));
    blocks.join("\n\n")
}

fn rule_properties(rule: &Rule) -> Value {
    let mut tags = vec![rule.category.clone()];
    let secures = SECURITY.contains(&rule.category.as_str()) || !rule.cwe.is_empty();
    // The category of that name is the tag already.
    if secures && rule.category != "security" {
        tags.push("security".to_owned());
    }
    tags.extend(rule.cwe.iter().map(|cwe| format!("external/cwe/cwe-{cwe:03}")));
    if rule.team {
        tags.push("team".to_owned());
    }
    let mut properties = json!({
        "tags": tags,
        "severity": rule.severity,
        "problem.severity": match level(rule.severity) { "note" => "recommendation", other => other },
        "effortMinutes": rule.effort_minutes,
        "phase": rule.phase,
    });
    if let Some(number) = security_severity(rule.severity).filter(|_| secures) {
        properties["security-severity"] = json!(number);
    }
    properties
}

/// In the middle of the bands that services cut: above 9 critical, from 7 high, from 4 medium, below low.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.5"),
        Severity::Info => None,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn result(report: &Report, finding: &Finding, words: &MachineStrings) -> Value {
    let anchor = anchor(report, finding);
    let mut fingerprints = Map::new();
    fingerprints.insert(FINGERPRINT.to_owned(), json!(finding.fingerprint));
    // GitHub's upload computes this one from the line, and only where there is a line.
    if anchor.start.is_none() {
        fingerprints.insert("primaryLocationLineHash".to_owned(), json!(format!("{}:1", finding.fingerprint)));
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "kind": "fail",
        "level": level(finding.severity),
        "message": { "text": plain(&message(finding, words)) },
        "locations": [{ "physicalLocation": location(anchor, Some(finding)) }],
        "partialFingerprints": fingerprints,
        "suppressions": suppressions(finding),
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "category": finding.category,
            "component": one_line(&finding.component),
        },
    });
    if report.known.is_some() {
        result["baselineState"] = json!(if finding.is_known() { "unchanged" } else { "new" });
    }
    if finding.missing {
        result["properties"]["missing"] = json!(one_line(&finding.path));
    }
    if let Some(index) = report.rules.iter().position(|rule| rule.id == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(index, place)| related(index, place));
        result["relatedLocations"] = related.collect();
    }
    result
}

fn related(index: usize, place: &Related) -> Value {
    let anchor = Anchor { path: &place.path, start: place.start, end: place.end };
    let mut related = json!({ "id": index + 1, "physicalLocation": location(anchor, None) });
    if !place.label.is_empty() {
        related["message"] = json!({ "text": plain(&one_line(&place.label)) });
    }
    related
}

/// The file alone, or the region in it; with the lines around when the report has them.
fn location(anchor: Anchor<'_>, finding: Option<&Finding>) -> Value {
    let mut location = json!({ "artifactLocation": { "uri": uri(anchor.path), "uriBaseId": BASE } });
    if let Some(start) = anchor.start {
        location["region"] = region(start, anchor.end);
        if let Some(context) = finding.and_then(|finding| context(finding, start, anchor.end.unwrap_or(start))) {
            location["contextRegion"] = context;
        }
    }
    location
}

fn region(start: Position, end: Option<Position>) -> Value {
    let mut region = json!({ "startLine": start.line, "startColumn": start.column });
    if let Some(end) = end.filter(|end| *end >= start) {
        region["endLine"] = json!(end.line);
        region["endColumn"] = json!(end.column);
    }
    region
}

/// The whole lines of the excerpt; none when they do not hold the region.
fn context(finding: &Finding, start: Position, end: Position) -> Option<Value> {
    let snippet = finding.snippet.as_deref().filter(|_| finding.snippet_start_column == 1)?;
    let first = finding.snippet_start_line?;
    let last = first + u32::try_from(snippet.split('\n').count()).ok()? - 1;
    let text: Vec<String> = snippet.split('\n').map(shown).collect();
    (first <= start.line && end.line <= last)
        .then(|| json!({ "startLine": first, "endLine": last, "snippet": { "text": text.join("\n") } }))
}

/// A line of code with its tabs, and with everything else that would act made visible.
fn shown(line: &str) -> String {
    line.trim_end_matches('\r').split('\t').map(visible).collect::<Vec<_>>().join("\t")
}

/// In a message `[text](target)` is a link: brackets that could begin one are escaped.
fn plain(message: &str) -> String {
    if !message.contains("](") {
        return message.to_owned();
    }
    message.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Empty for what is not suppressed: either all results of a run say so or none does.
fn suppressions(finding: &Finding) -> Value {
    let Some(suppressed) = &finding.suppressed else { return json!([]) };
    let (kind, by) = match suppressed.by {
        SuppressedBy::Inline => ("inSource", "comment"),
        SuppressedBy::Config => ("external", "configuration"),
        // Nobody accepted these: their `baselineState` says that they are not new.
        SuppressedBy::Baseline | SuppressedBy::Since => return json!([]),
    };
    json!([{
        "kind": kind,
        "status": "accepted",
        "justification": one_line(&suppressed.reason),
        "properties": { "by": by },
    }])
}

fn invocation(report: &Report) -> Value {
    let (configured, executed): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        report.diagnostics.iter().partition(|diagnostic| is_configuration(&diagnostic.kind));
    let notifications = |list: &[&Diagnostic]| -> Vec<Value> { list.iter().map(|one| notification(one)).collect() };
    json!({
        "executionSuccessful": true,
        "toolExecutionNotifications": notifications(&executed),
        "toolConfigurationNotifications": notifications(&configured),
    })
}

/// Speaks of what the user wrote for this tool, not of what was read.
fn is_configuration(kind: &str) -> bool {
    ["suppression-", "attestation-", "rule-disabled", "score-", "override-"]
        .iter()
        .any(|prefix| kind.starts_with(prefix))
}

fn notification(diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.kind.as_str() {
        "rule-panicked" => "error",
        "rule-disabled" | "score-tier" | "score-weights" => "note",
        _ => "warning",
    };
    let mut notification = json!({
        "level": level,
        "message": { "text": plain(&one_line(&diagnostic.message)) },
        // Services ask of a descriptor, which could name the kind, the texts that a rule has.
        "properties": { "kind": diagnostic.kind },
    });
    if let Some(path) = &diagnostic.path {
        let anchor = Anchor { path, start: None, end: None };
        notification["locations"] = json!([{ "physicalLocation": location(anchor, None) }]);
    }
    if let Some(rule) = &diagnostic.rule {
        notification["associatedRule"] = json!({ "id": rule });
    }
    notification
}

fn properties(report: &Report) -> Value {
    let unanswered: Vec<Value> = unanswered(report)
        .map(|criterion| {
            json!({
                "rule": criterion.rule,
                "component": one_line(&criterion.component),
                "status": match criterion.status { Status::Manual => "manual", _ => "unknown" },
                "severity": criterion.severity,
                "reason": criterion.detail.as_deref().map(one_line),
            })
        })
        .collect();
    let summary = &report.summary;
    let mut properties = json!({
        "repository": one_line(&report.repository.name),
        "commit": report.repository.commit,
        "partial": report.partial,
        "score": summary.score.map(|score| (score * 1000.0).round() / 1000.0),
        "verdict": summary.verdict,
        "criteria": summary.criteria,
        "coverage": summary.coverage,
        "notAssessed": unanswered,
    });
    if let Some(known) = &report.known {
        properties["known"] = json!(known);
    }
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_holds_no_link() {
        assert_eq!(plain("a[0] is (b)"), "a[0] is (b)");
        assert_eq!(plain("see [x](1)"), "see \\[x\\](1)");
    }

    #[test]
    fn code_keeps_its_tabs() {
        assert_eq!(shown("\tx\u{1b}[1m\r"), "\tx\\x1b[1m");
    }
}
