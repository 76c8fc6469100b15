//! The table of scenarios as the page shows it.

use super::{
    super::code::prose,
    Maker,
    findings::other_than_root,
    shapes::{ScenarioRow, Scenarios},
};
use crate::{
    i18n::scenario as words,
    report::{Check, Scenario, text::visible},
};

/// Scenarios that the page lists.
const SHOWN: usize = 300;

impl Maker<'_> {
    pub(super) fn scenarios(&self) -> Option<Scenarios> {
        let (lang, all) = (self.report.language, &self.report.scenarios);
        if all.is_empty() {
            return None;
        }
        Some(Scenarios {
            title: words::TITLE.of(lang),
            count: all.len(),
            columns: [words::SCENARIO.of(lang), self.strings.status, words::CHECK.of(lang)],
            rows: all.iter().take(SHOWN).filter_map(|scenario| self.scenario(scenario)).collect(),
            more: all.len().checked_sub(SHOWN).filter(|n| *n > 0).map(|n| self.and_more(n)),
            note: prose(words::NOTE.of(lang)),
        })
    }

    fn scenario(&self, scenario: &Scenario) -> Option<ScenarioRow> {
        let title = prose(&scenario.title);
        let component = other_than_root(&scenario.component);
        Some(match &scenario.check {
            Check::Rule(rule) => {
                let mut all = self.report.criteria.iter();
                let criterion = all.find(|one| one.rule == *rule && one.component == scenario.component)?;
                let view = self.criterion(criterion);
                let (class, status, check) = (view.class, view.status, view.detail);
                ScenarioRow { title, component, class, status, check, source: visible(rule) }
            }
            Check::Ask { question, place } => {
                let line = place.first.map(|line| format!(":{line}")).unwrap_or_default();
                ScenarioRow {
                    title,
                    component,
                    class: "manual",
                    status: self.strings.manual_short.to_owned(),
                    check: prose(question),
                    source: visible(&format!("{}{line}", place.path)),
                }
            }
        })
    }
}
