//! The report as compact text for a program that repairs: every finding in one line, below it the fix of its rule and
//! the command that tells whether the repair worked.

use std::io;

use super::headline::headline;
use super::lines::Lines;
use super::place::{command, label, message, one_line, unanswered};
use super::{Finding, Report, Status};
use crate::i18n::{MachineStrings, machine_strings};
use crate::model::Severity;

/// Writes what is open by rule, worst first, then what is suppressed and what was not assessed.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let words = machine_strings(report.language);
    let (name, version) = (&report.tool.name, &report.tool.version);
    let mut text = Lines::default();
    text.line(&format!("{name} {version} · {}: {}", one_line(&report.repository.name), headline(report)));
    let groups = groups(report);
    if groups.is_empty() {
        text.line(&format!("\n{}", words.nothing_open));
    } else {
        text.line(words.verify_hint);
    }
    for group in &groups {
        block(report, group, words, &mut text);
    }
    section(words.suppressed, &set_aside(report, Finding::is_accepted, words), &mut text);
    section(words.known, &set_aside(report, Finding::is_known, words), &mut text);
    section(words.not_assessed, &not_assessed(report, words), &mut text);
    text.write(out)
}

/// Open findings by rule, in the order of the worst finding of each.
fn groups(report: &Report) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        match groups.iter_mut().find(|group| group[0].rule == finding.rule) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn block(report: &Report, group: &[&Finding], words: &MachineStrings, text: &mut Lines) {
    let first = group[0];
    let rule = one_line(&first.rule);
    text.line(&format!("\n{} {rule} ({})", first.severity.as_str(), one_line(&first.category)));
    for finding in group {
        text.line(&format!("  {}{}", line(finding, words), other(finding.severity, first.severity)));
    }
    if let Some(texts) = report.rule(&first.rule) {
        text.line(&format!("  {}: {}", words.fix.to_lowercase(), one_line(&texts.fix)));
    }
    text.line(&format!("  {}: {}", words.verify.to_lowercase(), command(first)));
}

fn line(finding: &Finding, words: &MachineStrings) -> String {
    format!("{} {}", one_line(&label(finding)), message(finding, words))
}

/// The severity of a finding that differs from that of its group.
fn other(severity: Severity, of_group: Severity) -> String {
    if severity == of_group { String::new() } else { format!(" [{}]", severity.as_str()) }
}

fn set_aside(report: &Report, which: fn(&Finding) -> bool, words: &MachineStrings) -> Vec<String> {
    let all = report.findings.iter().filter(|finding| which(finding));
    let all = all.filter_map(|finding| Some((finding, finding.suppressed.as_ref()?)));
    all.map(|(finding, by)| {
        let (severity, rule) = (finding.severity.as_str(), one_line(&finding.rule));
        format!("{severity} {rule} {} | {}", line(finding, words), one_line(&by.reason))
    })
    .collect()
}

fn not_assessed(report: &Report, words: &MachineStrings) -> Vec<String> {
    let criteria = unanswered(report).map(|criterion| {
        let status = if criterion.status == Status::Manual { words.manual } else { words.unknown };
        let component =
            if criterion.component == "." { String::new() } else { format!(" ({})", one_line(&criterion.component)) };
        let reason = criterion.detail.as_deref().map(|detail| format!(": {}", one_line(detail))).unwrap_or_default();
        format!("{} {}{component}: {status}{reason}", criterion.severity.as_str(), one_line(&criterion.rule))
    });
    let diagnostics = report.diagnostics.iter().map(|one| {
        let place = one.path.as_deref().map(|path| format!(" {}", one_line(path))).unwrap_or_default();
        format!("{}{place}: {}", one_line(&one.kind), one_line(&one.message))
    });
    criteria.chain(diagnostics).collect()
}

fn section(title: &str, lines: &[String], text: &mut Lines) {
    if lines.is_empty() {
        return;
    }
    text.line(&format!("\n{}:", title.to_lowercase()));
    for line in lines {
        text.line(&format!("  {line}"));
    }
}
