//! What the repository answers, as a table.

use super::{
    Page,
    escape::{code, inline},
    failure_sign, label,
};
use crate::{
    i18n::review as words,
    model::Confidence,
    report::{
        NineRow,
        endpoint::{Problems, access, checks, guard, index, problems, title},
    },
};

/// Endpoints that the table names.
const SHOWN: usize = 40;

/// The category whose section the table closes.
const CATEGORY: &str = "api-contracts";

impl Page<'_> {
    /// Closes the section of a row that speaks of interfaces, as its part `number`.
    pub(super) fn endpoints_of(&mut self, row: &NineRow, number: usize) {
        let (lang, report) = (self.report.language, self.report);
        if report.endpoints.is_empty() || !row.members.iter().any(|member| member == CATEGORY) {
            return;
        }
        let name = words::ENDPOINTS.of(lang);
        self.heading(&format!("### {}.{number}. {name} ({})", row.number, report.endpoints.len()));
        let columns = [words::ENDPOINT, words::ACCESS, words::CHECKS, words::PROBLEMS].map(|phrase| phrase.of(lang));
        self.table_head(&columns);
        let index = index(report);
        for endpoint in report.endpoints.iter().take(SHOWN) {
            let (sign, who) = access(endpoint, lang);
            let by = guard(endpoint).map(|name| format!(" ({})", code(name))).unwrap_or_default();
            let problems = problems(endpoint, &index).map_or_else(|| "–".to_owned(), |it| self.problems(&it));
            self.line(&format!(
                "| {} | {sign} {}{by} | {} | {problems} |",
                code(&title(endpoint)),
                inline(&who),
                checks(endpoint, lang)
            ));
        }
        self.blank();
        if report.endpoints.len() > SHOWN {
            let more = self.words.and_more.replace("{n}", &(report.endpoints.len() - SHOWN).to_string());
            self.line(&more);
            self.blank();
        }
        self.line(&format!("<sub>{}</sub>", words::ENDPOINTS_NOTE.of(lang)));
    }

    fn problems(&self, problems: &Problems<'_>) -> String {
        let sign = failure_sign(problems.worst, Confidence::Certain);
        let rules = problems.shown.iter().map(|problem| match problem.count {
            1 => code(problem.rule),
            n => format!("{} ({n})", code(problem.rule)),
        });
        let rules = rules.collect::<Vec<_>>().join(", ");
        let more = match problems.more {
            0 => String::new(),
            n => format!(" {}", self.words.and_more.replace("{n}", &n.to_string())),
        };
        format!("{sign} **{}** {rules}{more}", label(problems.worst))
    }
}
