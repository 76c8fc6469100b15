//! What people meet in the interface, as a table.

use super::{
    Page, component_suffix,
    escape::{code, inline},
};
use crate::{
    i18n::scenario as words,
    report::{Check, NineRow, Scenario},
};

/// Scenarios that the table names.
const SHOWN: usize = 30;

/// The category whose section the table closes.
const CATEGORY: &str = "ux";

impl Page<'_> {
    /// Closes the section of a row that speaks of the interface, as its part `number`.
    pub(super) fn scenarios_of(&mut self, row: &NineRow, number: usize) {
        let (lang, report) = (self.report.language, self.report);
        if report.scenarios.is_empty() || !row.members.iter().any(|member| member == CATEGORY) {
            return;
        }
        self.heading(&format!("### {}.{number}. {} ({})", row.number, words::TITLE.of(lang), report.scenarios.len()));
        self.table_head(&[words::SCENARIO.of(lang), self.words.status, words::CHECK.of(lang)]);
        for scenario in report.scenarios.iter().take(SHOWN) {
            self.scenario(scenario);
        }
        self.blank();
        if report.scenarios.len() > SHOWN {
            let more = self.words.and_more.replace("{n}", &(report.scenarios.len() - SHOWN).to_string());
            self.line(&more);
            self.blank();
        }
        self.line(&format!("<sub>{}</sub>", words::NOTE.of(lang)));
    }

    fn scenario(&mut self, scenario: &Scenario) {
        let title = format!("{}{}", inline(&scenario.title), component_suffix(&scenario.component));
        let (status, check) = match &scenario.check {
            Check::Rule(rule) => {
                let of = |c: &&crate::report::Criterion| c.rule == *rule && c.component == scenario.component;
                let Some(criterion) = self.report.criteria.iter().find(of) else { return };
                let details = self.details(criterion);
                let details = if details.is_empty() { details } else { format!(": {details}") };
                (self.status(criterion), format!("{}{details}", code(rule)))
            }
            Check::Ask { question, place } => {
                let line = place.first.map(|line| format!(":{line}")).unwrap_or_default();
                let place = code(&format!("{}{line}", place.path));
                (format!("☐ {}", self.words.manual_short), format!("{} ({place})", inline(question)))
            }
        };
        self.line(&format!("| {title} | {status} | {check} |"));
    }
}
