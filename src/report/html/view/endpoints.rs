//! The table of endpoints as the page shows it.

use std::collections::BTreeMap;

use super::{
    super::code::prose,
    Maker, class, name,
    shapes::{EndpointRow, Endpoints},
};
use crate::{
    i18n::review as words,
    report::{
        Endpoint, Finding,
        endpoint::{access, checks, guard, index, problems, title},
        text::visible,
    },
};

/// Endpoints that the page lists.
const SHOWN: usize = 300;

impl Maker<'_> {
    pub(super) fn endpoints(&self) -> Option<Endpoints> {
        let (lang, all) = (self.report.language, &self.report.endpoints);
        if all.is_empty() {
            return None;
        }
        let index = index(self.report);
        Some(Endpoints {
            title: words::ENDPOINTS.of(lang),
            count: all.len(),
            columns: [words::ENDPOINT, words::ACCESS, words::CHECKS, words::PROBLEMS].map(|phrase| phrase.of(lang)),
            rows: all.iter().take(SHOWN).map(|endpoint| self.endpoint(endpoint, &index)).collect(),
            more: all.len().checked_sub(SHOWN).filter(|n| *n > 0).map(|n| self.and_more(n)),
            note: prose(words::ENDPOINTS_NOTE.of(lang)),
        })
    }

    fn endpoint(&self, endpoint: &Endpoint, index: &BTreeMap<&str, &Finding>) -> EndpointRow {
        let lang = self.report.language;
        let (sign, who) = access(endpoint, lang);
        let problems = problems(endpoint, index);
        let shown = problems.iter().flat_map(|it| &it.shown).map(|problem| {
            let times = if problem.count > 1 { format!(" ({})", problem.count) } else { String::new() };
            (problem.fingerprint.to_owned(), format!("{}{times}", visible(problem.rule)))
        });
        EndpointRow {
            title: visible(&title(endpoint)),
            access: format!("{sign} {who}"),
            guard: guard(endpoint).map(visible),
            checks: checks(endpoint, lang),
            worst: problems.as_ref().map(|it| name(it.worst)),
            class: problems.as_ref().map_or("none", |it| class(it.worst)),
            problems: shown.collect(),
            more: problems.as_ref().map(|it| it.more).filter(|n| *n > 0).map(|n| self.and_more(n)),
        }
    }

    pub(super) fn and_more(&self, n: usize) -> String {
        self.strings.and_more.replace("{n}", &n.to_string())
    }
}
