//! Makes a checklist of a report and what surrounds it.

use std::cmp::Reverse;

use super::{Checklist, Group, GroupMeta, Guide, Item, Need, Section, State, Surroundings, Variable};
use crate::{
    assemble::{Families, counts},
    i18n::{checklist as words, strings},
    model::Lang,
    report::{Attestation, Component, Criterion, Evidence, Finding, Report, Status},
};

/// The checklist for `report`. Sections and groups that have nothing to ask here are left out.
pub fn checklist(report: &Report, around: &Surroundings) -> Checklist {
    let families = Families::of(&report.criteria);
    let maker = Maker { report, around, families };
    let sections = Guide::embedded().sections.iter().map(|section| Section {
        id: section.id.clone(),
        title: section.title(report.language).to_owned(),
        groups: section.groups.iter().filter_map(|group| maker.group(group)).collect(),
    });
    let mut variables = around.variables.clone();
    variables.sort_by(|a, b| (rank(a), Reverse(a.secret), &a.name).cmp(&(rank(b), Reverse(b.secret), &b.name)));
    Checklist {
        language: report.language,
        project: report.repository.name.clone(),
        version: report.repository.version.clone(),
        commit: report.repository.commit.clone(),
        reviewer: report.reviewer.clone(),
        next_review: report.next_review.clone(),
        tool_version: report.tool.version.clone(),
        rubric: report.tool.rubric,
        score: report.summary.score,
        verdict: report.summary.verdict,
        sections: sections.filter(|section| !section.groups.is_empty()).collect(),
        variables,
    }
}

fn rank(variable: &Variable) -> u8 {
    match variable.need {
        Need::Required | Need::Unchecked => 0,
        Need::Optional => u8::from(!variable.is_critical()),
        Need::Unread => 2,
    }
}

struct Maker<'r> {
    report: &'r Report,
    around: &'r Surroundings,
    families: Families<'r>,
}

impl<'r> Maker<'r> {
    /// `None` when it does not concern this repository.
    fn group(&self, meta: &GroupMeta) -> Option<Group> {
        let lang = self.report.language;
        if !meta.needs.is_empty() && !meta.needs.iter().any(|need| self.meets(need)) {
            return None;
        }
        let mut items: Vec<Item> = meta.rules.iter().filter_map(|rule| self.item(rule)).collect();
        if meta.parts {
            items.extend(self.parts(lang));
        }
        items.extend(meta.asked(lang).map(|text| Item {
            text: text.to_owned(),
            rule: None,
            state: State::Asked { why: String::new(), unknown: false },
        }));
        (!items.is_empty()).then(|| Group { title: meta.title(lang).to_owned(), items })
    }

    fn meets(&self, need: &str) -> bool {
        let profile = &self.report.repository.profile;
        match need.split_once(':') {
            Some(("target", name)) => profile.deploy_targets.iter().any(|target| target.name == name),
            Some(("kind", kind)) => self.report.components.iter().any(|component| component.kind == kind),
            Some(("datastore", name)) => self.around.datastores.iter().any(|store| store == name),
            _ => need == "datastore" && !(self.around.datastores.is_empty() && profile.orms.is_empty()),
        }
    }

    /// The box of a rule; `None` when it was not asked, or does not apply anywhere.
    fn item(&self, rule: &str) -> Option<Item> {
        let criteria: Vec<&'r Criterion> =
            self.report.criteria.iter().filter(|criterion| criterion.rule == rule).collect();
        let state = self.state(rule, &criteria)?;
        let text = self.report.rule(rule)?.title.clone();
        Some(Item { text, rule: Some(rule.to_owned()), state })
    }

    /// The worst of the answers decides.
    fn state(&self, rule: &str, criteria: &[&'r Criterion]) -> Option<State> {
        if let Some(worst) = criteria.iter().filter(|criterion| counts(criterion)).min_by_key(|c| c.severity) {
            return Some(self.failed(rule, worst));
        }
        let said = |holds: bool| {
            criteria.iter().find_map(|criterion| criterion.attestation.as_ref().filter(|said| said.holds == holds))
        };
        if let Some(no) = said(false) {
            return Some(State::Denied { said: quoted(no) });
        }
        if let Some(waits) = criteria.iter().find_map(|criterion| self.families.waits_for(criterion)) {
            return Some(State::Waits { rule: waits.0.to_owned() });
        }
        let unsure = |criterion: &&&Criterion| match criterion.status {
            Status::Manual => criterion.attestation.is_none(),
            Status::Unknown => true,
            // A guess.
            Status::Fail => !criterion.suppressed,
            Status::Pass | Status::NotApplicable => false,
        };
        if let Some(open) = criteria.iter().find(unsure) {
            let why = open.detail.clone().unwrap_or_default();
            return Some(State::Asked { why, unknown: open.status != Status::Manual });
        }
        if criteria.iter().any(|criterion| criterion.suppressed) {
            return Some(State::Accepted);
        }
        if let Some(yes) = said(true) {
            return Some(State::Confirmed { said: quoted(yes) });
        }
        let proved = criteria.iter().find(|criterion| criterion.status == Status::Pass)?;
        let detail = proved.detail.clone().or_else(|| self.search_of(proved)).unwrap_or_default();
        Some(State::Proved { place: place_of(proved), detail })
    }

    /// What was searched, where a search shows that a criterion holds.
    fn search_of(&self, criterion: &Criterion) -> Option<String> {
        let words = strings(self.report.language);
        criterion.evidence.iter().find_map(|evidence| match evidence {
            Evidence::Searched { what, files, .. } => {
                Some(format!("{} {}: {what}", words.searched, words.count(*files, words.files)))
            }
            Evidence::At { .. } | Evidence::Absent { .. } => None,
        })
    }

    fn failed(&self, rule: &str, worst: &Criterion) -> State {
        let open: Vec<&Finding> =
            self.report.findings.iter().filter(|f| f.rule == rule && f.suppressed.is_none()).collect();
        let first = open.first();
        State::Failed {
            severity: worst.severity,
            message: first.map_or_else(|| worst.detail.clone().unwrap_or_default(), |finding| finding.message.clone()),
            place: first.map(|finding| match finding.start {
                Some(start) => format!("{}:{}", finding.path, start.line),
                None => finding.path.clone(),
            }),
            more: open.len().saturating_sub(1),
        }
    }

    /// Workers first, then services, then what users see: nothing is called that is not there yet.
    fn parts(&self, lang: Lang) -> Vec<Item> {
        let asked =
            |text: String| Item { text, rule: None, state: State::Asked { why: String::new(), unknown: false } };
        let mut items = Vec::new();
        for (kind, word) in [("worker", words::WORKER), ("http-service", words::SERVICE), ("web-app", words::WEB_APP)] {
            for component in self.report.components.iter().filter(|component| component.kind == kind) {
                let name = format!("`{}`", named(component).replace('`', "'"));
                items.push(asked(words::DEPLOY.with(lang, &[("kind", word.of(lang)), ("name", &name)])));
                let mut known = false;
                for (_, path) in self.around.health.iter().filter(|(of, _)| *of == component.path) {
                    known = true;
                    let path = format!("`{}`", path.replace('`', "'"));
                    items.push(asked(words::HEALTH.with(lang, &[("path", &path), ("name", &name)])));
                }
                if !known {
                    items.push(asked(words::NO_HEALTH.with(lang, &[("name", &name)])));
                }
            }
        }
        if items.is_empty() {
            items.push(asked(words::NOTHING_RUNS.of(lang).to_owned()));
        }
        items
    }
}

fn named(component: &Component) -> &str {
    if component.path == "." { &component.name } else { &component.path }
}

fn quoted(said: &Attestation) -> String {
    let parts = [&said.by, &said.date, &said.note];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn place_of(criterion: &Criterion) -> Option<String> {
    criterion.evidence.iter().find_map(|evidence| match evidence {
        Evidence::At { path, start, .. } => Some(match start {
            Some(start) => format!("{path}:{}", start.line),
            None => path.clone(),
        }),
        Evidence::Searched { .. } | Evidence::Absent { .. } => None,
    })
}
