//! What holds, what nobody knows, what was accepted, what was read, and what to do first.

use super::Page;
use super::palette::paint;
use crate::model::Confidence;
use crate::report::first::first;
use crate::report::text::{cut, pad, visible, width};
use crate::report::{Cause, Criterion, Evidence, Finding, Stage, Status, SuppressedBy, Suppression, SuppressionState};

/// Passing criteria that are shown of a category.
const SHOWN_PASSES: usize = 3;
/// Unanswered questions that are shown, the gravest first; the checklist of a release has them all.
const SHOWN_QUESTIONS: usize = 5;
const SHOWN_DIAGNOSTICS: usize = 5;
const SHOWN_SUPPRESSED: usize = 8;

/// Rules shown with `--timing`.
const DEAREST: usize = 10;

impl Page<'_> {
    pub(super) fn passed(&mut self) {
        let report = self.report;
        let count = report.summary.criteria.pass;
        if count == 0 {
            return;
        }
        self.heading(self.words.passed, Some(count));
        for category in &report.categories {
            if category.criteria.pass == 0 {
                continue;
            }
            let passes: Vec<&Criterion> = report
                .criteria
                .iter()
                .skip_while(|c| !(c.category == category.id && c.status == Status::Pass))
                .take_while(|c| c.category == category.id && c.status == Status::Pass)
                .collect();
            let most = if self.all { passes.len() } else { SHOWN_PASSES };
            self.line(paint(self.palette.strong, &visible(&category.name)));
            for criterion in passes.iter().take(most) {
                self.pass(criterion);
            }
            if passes.len() > most {
                let more = format!("    {}", self.more(passes.len() - most));
                self.line(paint(self.palette.faint, &more));
            }
        }
    }

    fn pass(&mut self, criterion: &Criterion) {
        let mut title = self.rule_title(&criterion.rule).to_owned();
        if criterion.component != "." {
            title = format!("{title} ({})", criterion.component);
        }
        let evidence = self.evidence_line(criterion);
        let title = cut(&title, self.width.saturating_sub(4));
        let beside = self.width.saturating_sub(width(&title) + 6);
        let sign = paint(self.palette.ok, "✓");
        if width(&evidence) <= beside {
            self.line(format!("  {sign} {title}  {}", paint(self.palette.faint, &evidence)));
        } else {
            let below = cut(&evidence, self.width.saturating_sub(4));
            self.line(format!("  {sign} {title}"));
            self.line(format!("    {}", paint(self.palette.faint, &below)));
        }
    }

    /// The summary of a pass and the first place that shows it.
    fn evidence_line(&self, criterion: &Criterion) -> String {
        let first = criterion.evidence.first().map(|evidence| match evidence {
            Evidence::At { path, start, note, .. } => {
                let place = start.map_or_else(|| path.clone(), |start| format!("{path}:{}", start.line));
                if criterion.detail.is_some() || note.is_empty() { place } else { format!("{note} · {place}") }
            }
            Evidence::Searched { what, files, .. } => {
                let files = self.words.count(*files, self.words.files);
                format!("{} {files}: {what}", self.words.searched)
            }
            Evidence::Absent { what, looked } => {
                format!("{} {what}: {}", self.words.looked_at, looked.join(", "))
            }
        });
        let parts: Vec<String> = criterion.detail.clone().into_iter().chain(first).collect();
        visible(&parts.join(" · "))
    }

    pub(super) fn not_assessed(&mut self) {
        let report = self.report;
        let counts = &report.summary.criteria;
        let of = |status: Status| report.criteria.iter().filter(move |c| c.status == status);
        if counts.unknown > 0 {
            self.heading(self.words.unknown, Some(counts.unknown));
            let is_unknown = |c: &&Criterion| c.status == Status::Unknown || is_guess(c);
            for criterion in report.criteria.iter().filter(is_unknown) {
                let why = match (&criterion.detail, criterion.cause) {
                    (Some(detail), _) => detail.clone(),
                    (None, Some(Cause::Engine)) => self.words.unknown_engine.to_owned(),
                    (None, _) => String::new(),
                };
                self.question("?", criterion, &why);
            }
        }
        if counts.manual > 0 {
            self.heading(self.words.manual, Some(counts.manual));
            let mut asked: Vec<&Criterion> = of(Status::Manual).collect();
            asked.sort_by_key(|criterion| (criterion.attestation.is_none(), criterion.severity));
            let answered = asked.iter().take_while(|criterion| criterion.attestation.is_some()).count();
            let most = if self.all { asked.len() } else { asked.len().min(answered + SHOWN_QUESTIONS) };
            let left = asked.len() - most;
            for criterion in asked.into_iter().take(most) {
                let (sign, why) = match &criterion.attestation {
                    Some(attestation) => {
                        let by = attestation.by.as_deref().unwrap_or_default();
                        let word = if attestation.holds { self.words.confirmed } else { self.words.denied };
                        let date = attestation.date.as_deref().unwrap_or_default();
                        let said: Vec<&str> = [word, by, date].into_iter().filter(|text| !text.is_empty()).collect();
                        (if attestation.holds { "✓" } else { "✗" }, said.join(" "))
                    }
                    None => ("□", criterion.detail.clone().unwrap_or_default()),
                };
                self.question(sign, criterion, &why);
            }
            if left > 0 {
                let more = format!("    {}", self.more(left));
                self.line(paint(self.palette.faint, &more));
            }
        }
        if counts.not_applicable > 0 {
            self.heading(self.words.not_applicable, Some(counts.not_applicable));
            if self.all {
                for criterion in of(Status::NotApplicable) {
                    self.question("–", criterion, criterion.detail.as_deref().unwrap_or_default());
                }
            } else {
                let not_applicable: Vec<&Criterion> = of(Status::NotApplicable).collect();
                let rules = not_applicable.chunk_by(|a, b| a.rule == b.rule).map(|same| same[0].rule.as_str());
                let rules = rules.collect::<Vec<_>>().join(", ");
                self.wrapped(&rules, 2, self.palette.faint);
            }
        }
    }

    /// A criterion without a verdict, with the reason.
    fn question(&mut self, sign: &str, criterion: &Criterion, why: &str) {
        let mut title = self.rule_title(&criterion.rule).to_owned();
        if criterion.component != "." {
            title = format!("{title} ({})", criterion.component);
        }
        let lead = format!("  {sign} ");
        self.hanging(&lead, self.palette.faint, &title, anstyle::Style::new());
        if !why.is_empty() {
            self.wrapped(why, 4, self.palette.faint);
        }
    }

    pub(super) fn suppressed(&mut self) {
        let report = self.report;
        let accepted = report.accepted_findings();
        let idle = |s: &&Suppression| s.state != SuppressionState::Used && s.by != SuppressedBy::Baseline;
        // What is among the findings need not be said again.
        let stale = report.suppressions.iter().filter(idle).filter(|s| report.about(s).is_none());
        if accepted == 0 && stale.clone().next().is_none() {
            return;
        }
        self.heading(self.words.suppressed, Some(accepted));
        let findings = report.findings.iter().filter(|finding| finding.is_accepted());
        let most = if self.all { usize::MAX } else { SHOWN_SUPPRESSED };
        for finding in findings.take(most) {
            let Some(suppressed) = &finding.suppressed else { continue };
            let line = finding.start.map(|start| format!(":{}", start.line)).unwrap_or_default();
            let by = match suppressed.by {
                SuppressedBy::Inline => self.words.suppressed_inline,
                SuppressedBy::Config => self.words.suppressed_config,
                SuppressedBy::Baseline => self.words.suppressed_baseline,
                SuppressedBy::Since => self.words.suppressed_since,
            };
            let what = format!("{} {}{line}", finding.rule, finding.path);
            self.hanging("  – ", self.palette.faint, &what, anstyle::Style::new());
            self.wrapped(&format!("{by}: {}", suppressed.reason), 4, self.palette.faint);
        }
        if accepted > most {
            let more = format!("    {}", self.more(accepted - most));
            self.line(paint(self.palette.faint, &more));
        }
        for suppression in stale {
            let line = suppression.line.map(|line| format!(":{line}")).unwrap_or_default();
            let what = match suppression.state {
                SuppressionState::Used => continue,
                SuppressionState::Unused => self.words.suppression_unused,
                SuppressionState::Expired => self.words.suppression_expired,
                SuppressionState::Refused => self.words.suppression_refused,
            };
            let text = format!("{}{line} ignore[{}]: {what}", suppression.path, suppression.rules.join(", "));
            self.hanging("  ! ", self.palette.medium, &text, anstyle::Style::new());
        }
    }

    /// What was there before: how much by rule, with `--all` every place; and what of the baseline is gone.
    pub(super) fn known(&mut self) {
        let report = self.report;
        let Some(known) = report.known.as_ref().filter(|known| known.findings + known.stale > 0) else { return };
        self.heading(self.words.known, Some(known.findings));
        let findings: Vec<&Finding> = report.findings.iter().filter(|finding| finding.is_known()).collect();
        let groups: Vec<_> = findings.chunk_by(|a, b| a.rule == b.rule && a.severity == b.severity).collect();
        let most = if self.all { groups.len() } else { SHOWN_SUPPRESSED };
        for group in groups.iter().take(most) {
            let places = self.words.count(group.len(), self.words.places);
            let what = format!("{}[{}]: {places}", group[0].severity.as_str(), group[0].rule);
            self.hanging("  – ", self.palette.faint, &what, anstyle::Style::new());
            for finding in group.iter().filter(|_| self.all) {
                let line = finding.start.map(|start| format!(":{}", start.line)).unwrap_or_default();
                let place = format!("{}{line}", visible(&finding.path));
                self.lines.push(format!("      {}", paint(self.palette.faint, &place)));
            }
        }
        if groups.len() > most {
            let more = format!("    {}", self.more(groups.len() - most));
            self.line(paint(self.palette.faint, &more));
        }
        self.stale(known.stale);
    }

    /// Entries of the baseline that match nothing any more.
    fn stale(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        let entries = self.report.suppressions.iter().filter(|entry| entry.by == SuppressedBy::Baseline);
        let most = if self.all { usize::MAX } else { SHOWN_SUPPRESSED };
        for entry in entries.take(most) {
            let line = entry.line.map(|line| format!(":{line}")).unwrap_or_default();
            let hint = entry.reason.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
            let text = format!("{}{line} {}{hint}", entry.path, entry.rules.join(", "));
            self.hanging("  ! ", self.palette.medium, &text, anstyle::Style::new());
        }
        if count > most {
            let more = format!("    {}", self.more(count - most));
            self.line(paint(self.palette.faint, &more));
        }
        let text = format!("{}: {}", self.words.count(count, self.words.stale), self.words.stale_remedy);
        self.wrapped(&text, 4, self.palette.faint);
    }

    /// What was read and what was not.
    pub(super) fn reading(&mut self) {
        let coverage = &self.report.summary.coverage;
        let words = self.words;
        let mut parts = vec![words.count(coverage.files, words.files_read)];
        parts.push(format!("{} {}", coverage.parsed, words.files_parsed));
        if coverage.with_errors > 0 {
            parts.push(format!("{} {}", coverage.with_errors, words.files_with_errors));
        }
        let skipped: Vec<String> =
            coverage.skipped.iter().map(|(why, n)| format!("{n} {} ({why})", words.files_skipped)).collect();
        parts.extend(skipped);
        self.blank();
        self.wrapped(&parts.join(", "), 0, self.palette.faint);
        let diagnostics = &self.report.diagnostics;
        let most = if self.all { diagnostics.len() } else { SHOWN_DIAGNOSTICS };
        for diagnostic in diagnostics.iter().take(most) {
            let place = diagnostic.path.as_deref().or(diagnostic.rule.as_deref());
            let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
            let text = format!("{} {place}{}", diagnostic.kind, diagnostic.message);
            self.hanging("  ! ", self.palette.medium, &text, self.palette.faint);
        }
        if diagnostics.len() > most {
            let more = format!("    {}", self.more(diagnostics.len() - most));
            self.line(paint(self.palette.faint, &more));
        }
    }

    /// Where the time went: the stages, then the dearest rules and facts.
    pub(super) fn timing(&mut self) {
        let Some(timing) = &self.report.timing else { return };
        self.heading(self.words.timing, None);
        let stages = timing.phases.iter().map(|phase| (phase.name.as_str(), phase.us, None));
        let dearest = |stage, verb| {
            let of = timing.rules.iter().filter(move |row| row.stage == stage && row.us > 0).take(DEAREST);
            of.map(move |row| (format!("{verb}{}", row.rule), row.us, Some(row.visits)))
        };
        let rows: Vec<String> = stages
            .chain([("total", timing.total_us, None)])
            .map(|(name, us, visits)| (name.to_owned(), us, visits))
            .chain(dearest(Stage::Observe, "observe "))
            .chain(dearest(Stage::Join, "join "))
            .chain(dearest(Stage::Conclude, "conclude "))
            .map(|(name, us, visits)| {
                let visits = visits.map(|visits| format!("  {visits}×")).unwrap_or_default();
                format!("  {:>9}.{:03} ms  {name}{visits}", us / 1000, us % 1000)
            })
            .collect();
        for row in rows {
            self.line(paint(self.palette.faint, &cut(&row, self.width)));
        }
    }

    pub(super) fn fix_first(&mut self) {
        let Some(first) = first(self.report) else { return };
        self.heading(&cut(&first.title, self.width), None);
        for (index, (repair, worth)) in self.report.summary.fix_first.iter().zip(&first.worth).enumerate() {
            let gain = pad(&worth.gain, 4);
            let place = if repair.component == "." { String::new() } else { format!(" {}", repair.component) };
            let tag = format!("{}[{}]{place}", repair.severity.as_str(), repair.rule);
            let tag = cut(&tag, self.width.saturating_sub(width(&gain) + 7));
            self.line(format!(
                "  {} {}  {}",
                paint(self.palette.faint, &format!("{}.", index + 1)),
                paint(self.palette.ok, &gain),
                paint(self.palette.severity(repair.severity), &tag)
            ));
            let fix = self.report.rule(&repair.rule).map(|rule| rule.fix.clone()).unwrap_or_default();
            let effort = self.report.rule(&repair.rule).map_or(0, |rule| rule.effort_minutes as usize);
            let effort = (effort > 0).then(|| format!("~{}", self.words.duration(effort)));
            let remarks: Vec<String> = effort.into_iter().chain(worth.note.clone()).collect();
            let fix = if remarks.is_empty() { fix } else { format!("{fix} ({})", remarks.join(", ")) };
            self.wrapped(&fix, 11, self.palette.faint);
        }
    }
}

/// Fails by guesses alone: shown among the findings, and counted among the unknown.
fn is_guess(criterion: &Criterion) -> bool {
    criterion.status == Status::Fail && criterion.confidence == Confidence::Guess && !criterion.suppressed
}
