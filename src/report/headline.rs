//! The whole report in one line: score, verdict, and how much is open, accepted and unanswered.

use super::Report;
use super::basis::basis;
use super::place::unanswered;
use super::text::one_decimal;
use crate::i18n::{machine_strings, strings};

/// Score and verdict, then what is open, suppressed, not assessed, and what kept something from being examined.
pub(super) fn headline(report: &Report) -> String {
    let words = machine_strings(report.language);
    let summary = &report.summary;
    let mut parts = vec![
        summary
            .score
            .map_or_else(|| words.no_score.to_owned(), |score| format!("{} {}", one_decimal(score), words.of_ten)),
        strings(report.language).verdict(summary.verdict).to_owned(),
        words.count(summary.findings, if report.known.is_some() { words.new_findings } else { words.open_findings }),
    ];
    if let Some(known) = &report.known {
        parts.push(format!("{} {}", known.findings, words.known_findings));
    }
    if report.accepted_findings() > 0 {
        parts.push(words.count(report.accepted_findings(), words.suppressed_findings));
    }
    parts.push(words.count(unanswered(report).count(), words.unanswered_criteria));
    if !report.diagnostics.is_empty() {
        parts.push(words.count(report.diagnostics.len(), words.diagnostics));
    }
    if report.partial {
        parts.push(words.partial.to_owned());
    }
    parts.extend(basis(report));
    parts.join(" · ")
}
