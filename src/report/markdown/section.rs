//! One of the nine sections: its criteria, what was found, what is wrong, and what to do.

use super::escape::{code, inline};
use super::numbers::totals;
use super::{Page, component_suffix, failure_sign, health_sign, label, score_of_ten};
use crate::model::Confidence;
use crate::report::{Category, Criterion, NineRow, Status};

/// Components that a row of the table names.
const SHOWN_COMPONENTS: usize = 3;

impl Page<'_> {
    pub(super) fn section(&mut self, row: &NineRow) {
        let report = self.report;
        self.heading("---");
        let icon = if row.icon.is_empty() { String::new() } else { format!("{} ", row.icon) };
        self.heading(&format!("## {}. {icon}{}", row.number, inline(&row.name)));
        let asked: Vec<&Category> = row
            .members
            .iter()
            .filter_map(|id| report.category(id))
            .filter(|category| report.criteria.iter().any(|c| c.category == category.id))
            .collect();
        if asked.is_empty() {
            self.line(&format!("{} {}", health_sign(row.status), self.words.no_score));
            self.endpoints_of(row, 1);
            self.scenarios_of(row, 1);
            return;
        }
        let totals = totals(row.counts);
        let totals = if totals.is_empty() { totals } else { format!(" — {totals}") };
        self.line(&format!("**{}** {}{totals}", score_of_ten(row.score), health_sign(row.status)));
        for (index, category) in asked.iter().enumerate() {
            if asked.len() > 1 {
                self.heading(&format!("### {}.{}. {}", row.number, index + 1, inline(&category.name)));
            }
            self.category(category);
        }
        // A single category has no heading of its own.
        let next = if asked.len() > 1 { asked.len() + 1 } else { 1 };
        self.endpoints_of(row, next);
        self.scenarios_of(row, next);
    }

    fn category(&mut self, category: &Category) {
        let words = self.words;
        let report = self.report;
        // The criteria of a category stand together.
        let criteria: Vec<&Criterion> = report
            .criteria
            .iter()
            .skip_while(|c| c.category != category.id)
            .take_while(|c| c.category == category.id)
            .collect();
        self.table_head(&[words.criterion, words.status, words.details]);
        for same in criteria.chunk_by(|a, b| a.rule == b.rule && a.status == b.status && a.detail == b.detail) {
            self.criterion(same);
        }
        self.positive(&criteria);
        self.negative(category);
        let tasks = report.actions.iter().filter(|action| action.category == category.id);
        if tasks.clone().next().is_some() {
            self.blank();
            self.line(&format!("**{}:**", words.recommendations));
            self.blank();
            for (index, action) in tasks.enumerate() {
                if let Some(rule) = report.rule(&action.rule) {
                    self.line(&format!("{}. {}", index + 1, inline(&rule.fix)));
                }
            }
        }
    }

    /// A row of the table: one criterion, or the same answer for several components.
    fn criterion(&mut self, same: &[&Criterion]) {
        let first = same[0];
        let title = self.report.rule(&first.rule).map_or(first.rule.as_str(), |rule| rule.title.as_str());
        let place = match same.len() {
            1 => component_suffix(&first.component),
            n => {
                let named: Vec<String> = same.iter().take(SHOWN_COMPONENTS).map(|c| code(&c.component)).collect();
                let rest = n.saturating_sub(SHOWN_COMPONENTS);
                let more = self.words.and_more.replace("{n}", &rest.to_string());
                let more = if rest == 0 { String::new() } else { format!(" {more}") };
                format!(" ({}{more})", named.join(", "))
            }
        };
        self.line(&format!("| {}{place} | {} | {} |", inline(title), self.status(first), self.details(first)));
    }

    pub(super) fn status(&self, criterion: &Criterion) -> String {
        let words = self.words;
        match criterion.status {
            Status::Pass => format!("✅ **{}**", words.ok_short),
            Status::Fail if criterion.suppressed => format!("☑️ {}", words.suppressed_short),
            Status::Fail => {
                let sign = failure_sign(criterion.severity, criterion.confidence);
                let guess = if criterion.confidence == Confidence::Guess {
                    format!(" ({})", words.guess)
                } else {
                    String::new()
                };
                format!("{sign} **{}**{guess}", label(criterion.severity))
            }
            Status::NotApplicable => "N/A".to_owned(),
            Status::Unknown => format!("❔ {}", words.unknown_short),
            Status::Manual => match &criterion.attestation {
                Some(attestation) if attestation.holds => format!("✅ {}", words.confirmed),
                Some(_) => format!("❌ {}", words.denied),
                None => format!("☐ {}", words.manual_short),
            },
        }
    }

    /// The criterion's own line, else what was said of its first place or evidence.
    pub(super) fn details(&self, criterion: &Criterion) -> String {
        if let Some(attestation) = &criterion.attestation {
            let said = [&attestation.by, &attestation.date, &attestation.note];
            return inline(&said.into_iter().flatten().cloned().collect::<Vec<_>>().join(", "));
        }
        if let Some(detail) = &criterion.detail {
            return inline(detail);
        }
        if let Some(evidence) = criterion.evidence.first().filter(|_| criterion.status == Status::Pass) {
            return self.evidence_text(evidence);
        }
        let finding =
            self.report.findings.iter().find(|f| f.rule == criterion.rule && f.component == criterion.component);
        finding.map(|finding| inline(&finding.message)).unwrap_or_default()
    }
}
