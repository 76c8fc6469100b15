//! The report as a review: a verdict, nine sections with criteria, evidence and recommendations, the score and how it
//! follows, and what to do in order.

mod audit;
mod endpoints;
pub(crate) mod escape;
mod evidence;
mod numbers;
mod scenarios;
mod section;
pub(crate) mod sheet;
mod summary;

use std::io;

pub use audit::{AuditOptions, Step, write_audit};

use super::basis::basis;
use super::text::{one_decimal, visible};
use super::{Action, NineRow, Report, SuppressedBy, SuppressionState};
use crate::i18n::{Strings, strings};
use crate::model::{Confidence, Health, Readiness, Severity};
use escape::{code, inline};

/// Places that are listed below a task.
const SHOWN_PLACES: usize = 5;

/// Decisions that belong to the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Shown in the header as it is; without it there is no date.
    pub date: Option<String>,
}

/// Writes the review.
pub fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { report, words: strings(report.language), text: String::new() };
    page.header(page.words.review_title, options.date.as_deref());
    page.summary();
    for row in &report.nine {
        page.section(row);
    }
    page.numbers();
    page.hot_spots();
    page.score();
    page.actions();
    page.files_to_create();
    page.limits();
    page.next_steps();
    page.notes();
    out.write_all(page.text.trim_end().as_bytes())?;
    out.write_all(b"\n")
}

/// The text so far.
struct Page<'a> {
    report: &'a Report,
    words: &'static Strings,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A blank line, never two.
    fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, heading: &str) {
        self.blank();
        self.line(heading);
        self.blank();
    }

    fn table_head(&mut self, columns: &[&str]) {
        self.blank();
        self.line(&format!("| {} |", columns.join(" | ")));
        self.line(&format!("|{}", "---|".repeat(columns.len())));
    }

    fn health(&self, health: Health) -> &'static str {
        match health {
            Health::Ok => self.words.health_ok,
            Health::Warning => self.words.health_warning,
            Health::Fail => self.words.health_fail,
            Health::None => self.words.no_score,
        }
    }

    fn score(&mut self) {
        let words = self.words;
        let report = self.report;
        self.heading("---");
        self.heading(&format!("## 📊 {}", words.final_score));
        self.table_head(&[words.category, words.score, words.status]);
        for row in &report.nine {
            self.line(&format!(
                "| {}. {} | {} | {} |",
                row.number,
                inline(&row.name),
                score_of_ten(row.score),
                self.row_status(row)
            ));
        }
        let summary = &report.summary;
        self.blank();
        self.line(&format!(
            "**{}: {}** — {} **{}**",
            words.overall,
            score_of_ten(summary.score),
            verdict_sign(summary.verdict),
            words.verdict(summary.verdict)
        ));
        self.derivation();
    }

    fn row_status(&self, row: &NineRow) -> String {
        let sign = health_sign(row.status);
        let health = self.health(row.status);
        match &row.reason {
            Some(reason) => format!("{sign} {health}: {}{}", inline(&reason.text), component_suffix(&reason.component)),
            None => format!("{sign} {health}"),
        }
    }

    /// The thirteen categories behind the nine rows, and the sum that makes the overall score.
    fn derivation(&mut self) {
        let words = self.words;
        let derivation = &self.report.summary.derivation;
        let (Some(score), Some(mean)) = (self.report.summary.score, derivation.mean) else { return };
        self.blank();
        self.line(&format!(
            "<sub>{}: {} {} {}{} = {}. {}</sub>",
            words.derivation,
            words.mean_of,
            words.count(derivation.scored, words.categories),
            two_decimals(mean),
            if derivation.blocked == 0 {
                String::new()
            } else {
                format!(
                    " − {} ({} {} {})",
                    two_decimals(derivation.deduction),
                    derivation.blocked,
                    words.out_of.replace("{n}", &derivation.scored.to_string()),
                    words.deducted
                )
            },
            one_decimal(score),
            words.nine_note
        ));
        self.table_head(&[words.category, words.score, words.coverage_column, words.remark]);
        for category in &self.report.categories {
            let coverage =
                category.coverage.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", (share * 100.0).floor()));
            let mut remarks = Vec::new();
            if category.capped_by.is_some() {
                remarks.push(words.capped.to_owned());
            }
            let worst = category.worst_component.as_ref();
            if let Some(worst) = worst.filter(|worst| category.score.is_some_and(|score| worst.score < score)) {
                remarks.push(format!("{} {} {}", words.worst, code(&worst.component), one_decimal(worst.score)));
            }
            self.line(&format!(
                "| {} | {} | {coverage} | {} |",
                inline(&category.name),
                score_of_ten(category.score),
                remarks.join(", ")
            ));
        }
    }

    fn actions(&mut self) {
        let words = self.words;
        let report = self.report;
        self.heading("---");
        self.heading(&format!("## ✅ {}", words.action_items));
        if report.actions.is_empty() {
            self.line(words.nothing_to_do);
        }
        let mut number = 0;
        for group in report.actions.chunk_by(|a, b| a.severity == b.severity) {
            let (sign, when) = match group[0].severity {
                Severity::Critical => ("🔴", words.must_fix),
                Severity::High => ("🟠", words.should_fix),
                Severity::Medium => ("🟡", words.good_to_fix),
                Severity::Low | Severity::Info => ("🔵", words.can_fix),
            };
            self.heading(&format!("### {sign} {} — {when}", label(group[0].severity)));
            for action in group {
                number += 1;
                self.action(number, action);
            }
        }
    }

    fn action(&mut self, number: usize, action: &Action) {
        let words = self.words;
        let report = self.report;
        let rule = report.rule(&action.rule);
        let title = rule.map_or(action.rule.as_str(), |rule| rule.title.as_str());
        let mut facts = vec![code(&action.rule)];
        if action.findings > 1 {
            facts.push(words.count(action.findings, words.places));
        }
        if action.effort_minutes > 0 {
            facts.push(format!("~{}", words.duration(action.effort_minutes)));
        }
        let lead = format!("{number}. ");
        // What belongs to an item stands below its text.
        let item = format!("{}- ", " ".repeat(lead.len()));
        self.line(&format!("{lead}**{}** ({})", inline(title), facts.join(", ")));
        if let Some(sites) = action.sites.filter(|sites| sites.ok > 0) {
            let done =
                words.done_of.replace("{ok}", &sites.ok.to_string()).replace("{total}", &sites.total.to_string());
            self.line(&format!("{item}[x] {done}"));
        }
        if let Some(rule) = rule {
            self.line(&format!("{item}[ ] {}", inline(&rule.fix)));
        }
        let open = report.findings.iter().filter(|f| f.rule == action.rule && f.suppressed.is_none());
        for finding in open.clone().take(SHOWN_PLACES) {
            let line = finding.start.map(|start| format!(":{}", start.line)).unwrap_or_default();
            let place = code(&format!("{}{line}", finding.path));
            self.line(&format!("{item}[ ] {place}: {}", inline(&finding.message)));
        }
        if action.findings > SHOWN_PLACES {
            let more = words.and_more.replace("{n}", &(action.findings - SHOWN_PLACES).to_string());
            self.line(&format!("{item}[ ] {more}"));
        }
        self.blank();
    }

    fn files_to_create(&mut self) {
        if self.report.files_to_create.is_empty() {
            return;
        }
        self.heading("---");
        self.heading(&format!("## 📁 {}", self.words.files_to_create));
        for (index, file) in self.report.files_to_create.iter().enumerate() {
            self.line(&format!("{}. {} — {}", index + 1, code(&file.path), inline(&file.purpose)));
        }
    }

    /// That the numbers are not the standard ones.
    fn basis(&mut self) {
        if let Some(basis) = basis(self.report) {
            self.blank();
            self.line(&format!("*{}*", inline(&basis)));
        }
    }

    /// What the team adds, quoted so that it is never taken for what the audit says.
    fn notes(&mut self) {
        let Some(notes) = &self.report.notes else { return };
        self.heading(&format!("## 📝 {}", self.words.notes));
        for line in notes.lines() {
            let quoted = format!("> {}", visible(line).replace('<', "&lt;"));
            self.line(quoted.trim_end());
        }
    }

    /// What was not read, what nobody knows, and what was accepted.
    fn limits(&mut self) {
        let words = self.words;
        let report = self.report;
        self.heading("---");
        self.heading(&format!("## 🔎 {}", words.limits));
        let coverage = &report.summary.coverage;
        let mut parts =
            vec![words.count(coverage.files, words.files_read), format!("{} {}", coverage.parsed, words.files_parsed)];
        if coverage.with_errors > 0 {
            parts.push(format!("{} {}", coverage.with_errors, words.files_with_errors));
        }
        parts.extend(coverage.skipped.iter().map(|(why, n)| format!("{n} {} ({})", words.files_skipped, inline(why))));
        self.line(&format!("- {}", parts.join(", ")));
        for diagnostic in &report.diagnostics {
            let place = diagnostic.path.as_deref().or(diagnostic.rule.as_deref());
            let place = place.map(|place| format!(" {}", code(place))).unwrap_or_default();
            self.line(&format!("- {}{place}: {}", inline(&diagnostic.kind), inline(&diagnostic.message)));
        }
        for finding in report.findings.iter().skip_while(|finding| finding.suppressed.is_none()) {
            let Some(suppressed) = &finding.suppressed else { continue };
            let by = match suppressed.by {
                SuppressedBy::Inline => words.suppressed_inline,
                SuppressedBy::Config => words.suppressed_config,
                SuppressedBy::Baseline => words.suppressed_baseline,
                SuppressedBy::Since => words.suppressed_since,
            };
            let line = finding.start.map(|start| format!(":{}", start.line)).unwrap_or_default();
            let place = code(&format!("{}{line}", finding.path));
            let reason = inline(&suppressed.reason);
            let word = if finding.is_known() { words.known_short } else { words.suppressed_short };
            self.line(&format!("- {word} {} {place} — {by}: {reason}", code(&finding.rule)));
        }
        for suppression in report.suppressions.iter().filter(|s| s.state != SuppressionState::Used) {
            let state = match suppression.state {
                SuppressionState::Used => continue,
                SuppressionState::Unused => words.suppression_unused,
                SuppressionState::Expired => words.suppression_expired,
                SuppressionState::Refused => words.suppression_refused,
            };
            let line = suppression.line.map(|line| format!(":{line}")).unwrap_or_default();
            let place = code(&format!("{}{line}", suppression.path));
            self.line(&match report.about(suppression) {
                Some(finding) => format!("- {place} {}: {}", code(&finding.rule), inline(&finding.message)),
                None => format!("- {place} ignore {}: {state}", code(&suppression.rules.join(", "))),
            });
        }
    }

    fn next_steps(&mut self) {
        let words = self.words;
        let summary = &self.report.summary;
        self.heading("---");
        let effort = &summary.effort_minutes;
        let total = effort.critical + effort.high + effort.medium + effort.low;
        if total > 0 {
            self.line(&format!("**{}:** ~{}", words.estimated, words.duration(total)));
        }
        self.blank();
        self.line(&format!("**{}:**", words.next_steps));
        self.blank();
        let mut number = 0;
        for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
            let n = summary.counts.get(severity);
            if n > 0 {
                number += 1;
                let minutes = effort.get(severity);
                let duration = if minutes == 0 { String::new() } else { format!(", ~{}", words.duration(minutes)) };
                let step = words.step_fix.replace("{severity}", label(severity));
                self.line(&format!("{number}. {step} ({n}{duration})"));
            }
        }
        if summary.criteria.manual > 0 {
            number += 1;
            self.line(&format!("{number}. {} ({})", words.step_confirm, summary.criteria.manual));
        }
        self.line(&format!("{}. {}", number + 1, words.step_rerun));
    }
}

pub(crate) fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low => "LOW",
        Severity::Info => "INFO",
    }
}

/// Certain and grave, or worth a look.
fn failure_sign(severity: Severity, confidence: Confidence) -> &'static str {
    let grave = matches!(severity, Severity::Critical | Severity::High);
    if grave && confidence == Confidence::Certain { "❌" } else { "⚠️" }
}

pub(crate) fn verdict_sign(verdict: Readiness) -> &'static str {
    match verdict {
        Readiness::NotReady => "❌",
        Readiness::NotAssessed => "➖",
        Readiness::Staging => "⚠️",
        Readiness::Production | Readiness::Hardened => "✅",
    }
}

pub(crate) fn health_sign(health: Health) -> &'static str {
    match health {
        Health::Ok => "✅",
        Health::Warning => "⚠️",
        Health::Fail => "❌",
        Health::None => "➖",
    }
}

pub(crate) fn score_of_ten(score: Option<f64>) -> String {
    score.map_or_else(|| "–".to_owned(), |score| format!("{}/10", one_decimal(score)))
}

fn two_decimals(value: f64) -> String {
    format!("{:.2}", (value * 100.0).round() / 100.0)
}

/// The component of a criterion, when it is not the repository itself.
fn component_suffix(component: &str) -> String {
    if component == "." { String::new() } else { format!(" ({})", code(&visible(component))) }
}
