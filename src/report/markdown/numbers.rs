//! What was counted: places that are fine among all, and findings by file.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    Page,
    escape::{code, inline},
    label,
};
use crate::{
    i18n::audit as words,
    model::{Confidence, Severity, SeverityCounts},
    report::{Criterion, Finding, Report, Status},
};

/// Files that are named.
const SHOWN_FILES: usize = 10;
/// Rules that a file's row names.
const SHOWN_RULES: usize = 4;

/// `2 CRITICAL, 1 HIGH`.
pub(super) fn totals(counts: SeverityCounts) -> String {
    let parts = Severity::ALL.iter().map(|severity| (counts.get(*severity), label(*severity)));
    parts.filter(|(n, _)| *n > 0).map(|(n, label)| format!("{n} {label}")).collect::<Vec<_>>().join(", ")
}

/// A file with what is wrong in it.
struct HotSpot<'r> {
    path: &'r str,
    findings: usize,
    worst: Severity,
    /// By falling number.
    rules: Vec<(&'r str, usize)>,
}

/// The files with the most findings; those with one finding only are no hot spots.
fn hot_spots(report: &Report) -> Vec<HotSpot<'_>> {
    let mut by_file: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let open = |finding: &&Finding| {
        finding.suppressed.is_none() && finding.confidence != Confidence::Guess && !finding.missing
    };
    for finding in report.findings.iter().filter(open) {
        by_file.entry(&finding.path).or_default().push(finding);
    }
    let mut spots: Vec<HotSpot<'_>> = by_file
        .into_iter()
        .filter(|(_, findings)| findings.len() > 1)
        .map(|(path, findings)| {
            let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
            for finding in &findings {
                *rules.entry(&finding.rule).or_default() += 1;
            }
            let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
            rules.sort_by_key(|(_, n)| Reverse(*n));
            let worst = findings.iter().map(|finding| finding.severity).min().unwrap_or(Severity::Info);
            HotSpot { path, findings: findings.len(), worst, rules }
        })
        .collect();
    spots.sort_by_key(|spot| (spot.worst, Reverse(spot.findings)));
    spots
}

impl Page<'_> {
    /// Criteria whose places were counted.
    pub(super) fn numbers(&mut self) {
        let lang = self.report.language;
        let counted = |criterion: &&Criterion| {
            matches!(criterion.status, Status::Pass | Status::Fail)
                && criterion.confidence != Confidence::Guess
                && criterion.sites.is_some_and(|sites| sites.total > 1)
        };
        let report = self.report;
        let criteria: Vec<&Criterion> = report.criteria.iter().filter(counted).collect();
        if criteria.is_empty() {
            return;
        }
        self.heading("---");
        self.heading(&format!("## 🔢 {}", words::NUMBERS.of(lang)));
        let columns = [words::COUNTED, words::FINE, words::LEFT, words::SHARE].map(|phrase| phrase.of(lang));
        self.table_head(&columns);
        for criterion in criteria {
            let Some(sites) = criterion.sites else { continue };
            let title = report.rule(&criterion.rule).map_or(criterion.rule.as_str(), |rule| rule.title.as_str());
            let place = super::component_suffix(&criterion.component);
            self.line(&format!(
                "| {} ({}){place} | {} | {} | {} % |",
                inline(title),
                code(&criterion.rule),
                sites.ok,
                sites.total.saturating_sub(sites.ok),
                sites.ok * 100 / sites.total.max(1)
            ));
        }
    }

    /// The files in which most is wrong.
    pub(super) fn hot_spots(&mut self) {
        let lang = self.report.language;
        let spots = hot_spots(self.report);
        if spots.is_empty() {
            return;
        }
        self.heading("---");
        self.heading(&format!("## 🔥 {}", words::HOT_SPOTS.of(lang)));
        let columns = [words::FILE.of(lang), self.words.findings, words::WORST.of(lang), words::RULES.of(lang)];
        self.table_head(&columns);
        for spot in spots.iter().take(SHOWN_FILES) {
            let named = spot.rules.iter().take(SHOWN_RULES).map(|(rule, n)| match n {
                1 => code(rule),
                n => format!("{} ({n})", code(rule)),
            });
            let mut rules = named.collect::<Vec<_>>().join(", ");
            if spot.rules.len() > SHOWN_RULES {
                let more = self.words.and_more.replace("{n}", &(spot.rules.len() - SHOWN_RULES).to_string());
                rules = format!("{rules} {more}");
            }
            self.line(&format!("| {} | {} | {} | {rules} |", code(spot.path), spot.findings, label(spot.worst)));
        }
        if spots.len() > SHOWN_FILES {
            let more = self.words.and_more.replace("{n}", &(spots.len() - SHOWN_FILES).to_string());
            self.blank();
            self.line(&more);
        }
    }
}
