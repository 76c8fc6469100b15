//! The checklist as a Markdown document.

use std::io;

use super::{Checklist, Group, Item, Need, State, Variable};
use crate::{
    i18n::{Phrase, Strings, checklist as words, strings},
    model::Lang,
    report::markdown::{
        escape::{code, inline},
        label, score_of_ten,
        sheet::Sheet,
        verdict_sign,
    },
};

/// Places of a variable that are named.
const SHOWN_PLACES: usize = 2;

/// The section of the variables, which stands last.
const ENVIRONMENT: &str = "env";

/// Decisions that belong to the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Shown in the header as it is; without it there is no date.
    pub date: Option<String>,
    /// Ids of the sections to show; empty means all.
    pub sections: Vec<String>,
}

/// Writes the checklist.
pub fn write(checklist: &Checklist, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let lang = checklist.language;
    let mut page = Page { checklist, options, lang, words: strings(lang), sheet: Sheet::default() };
    page.header();
    page.contents();
    for section in checklist.sections.iter().filter(|section| shows(options, &section.id)) {
        page.sheet.rule();
        page.sheet.heading(&format!("## {}", inline(&section.title)));
        for group in &section.groups {
            page.group(group);
        }
    }
    if shows(options, ENVIRONMENT) {
        page.sheet.rule();
        page.environment();
    }
    out.write_all(page.sheet.finish().as_bytes())
}

fn shows(options: &Options, id: &str) -> bool {
    options.sections.is_empty() || options.sections.iter().any(|section| section == id)
}

struct Page<'c> {
    checklist: &'c Checklist,
    options: &'c Options,
    lang: Lang,
    words: &'static Strings,
    sheet: Sheet,
}

impl<'c> Page<'c> {
    fn shown(&self) -> impl Iterator<Item = &'c Item> {
        let (checklist, options) = (self.checklist, self.options);
        let sections = checklist.sections.iter().filter(|section| shows(options, &section.id));
        sections.flat_map(|section| &section.groups).flat_map(|group| &group.items)
    }

    fn header(&mut self) {
        let (lang, list, words) = (self.lang, self.checklist, self.words);
        self.sheet.line(&format!("# {}", words::TITLE.of(lang)));
        self.sheet.blank();
        let version = list.version.as_deref().map(|it| format!(" {}", inline(it))).unwrap_or_default();
        self.sheet.fact(words.project, &format!("{}{version}", inline(&list.project)));
        if let Some(commit) = &list.commit {
            self.sheet.fact(words.commit, &code(commit));
        }
        if let Some(date) = &self.options.date {
            self.sheet.fact(words.date, &inline(date));
        }
        for (label, text) in [(words.reviewer, &list.reviewer), (words.next_review, &list.next_review)] {
            if let Some(text) = text {
                self.sheet.fact(label, &inline(text));
            }
        }
        let tool = format!("readiness {}, {} {}", inline(&list.tool_version), words.rubric, list.rubric);
        self.sheet.fact(words.tool, &tool);
        let sign = verdict_sign(list.verdict);
        let status = format!("{sign} **{}** — {}", words.verdict(list.verdict), score_of_ten(list.score));
        self.sheet.fact(words.overall_status, &status);
        let all = self.shown().count();
        let done = self.shown().filter(|item| item.state.is_ticked()).count();
        let failed = self.shown().filter(|item| item.state.fails()).count();
        let numbers = [done, all, failed, all - done - failed].map(|n| n.to_string());
        let values = [("done", &*numbers[0]), ("all", &*numbers[1]), ("failed", &*numbers[2]), ("asked", &*numbers[3])];
        self.sheet.fact(words::STATE.of(lang), &words::STANDING.with(lang, &values));
        self.sheet.blank();
        self.sheet.line(&format!("> {}", words::LEGEND.of(lang)));
    }

    fn contents(&mut self) {
        let (lang, list) = (self.lang, self.checklist);
        let sections = list.sections.iter().filter(|section| shows(self.options, &section.id));
        let mut titles: Vec<(&str, Option<(usize, usize)>)> = Vec::new();
        for section in sections {
            let items = || section.groups.iter().flat_map(|group| &group.items);
            let done = items().filter(|item| item.state.is_ticked()).count();
            titles.push((&section.title, Some((done, items().count()))));
        }
        if shows(self.options, ENVIRONMENT) {
            titles.push((words::ENVIRONMENT.of(lang), None));
        }
        self.sheet.heading(&format!("## {}", words::CONTENTS.of(lang)));
        for (index, (title, progress)) in titles.into_iter().enumerate() {
            let progress = progress.map(|(done, all)| format!(" ({done}/{all})")).unwrap_or_default();
            self.sheet.line(&format!("{}. [{}](#{}){progress}", index + 1, inline(title), anchor(title)));
        }
    }

    fn group(&mut self, group: &Group) {
        self.sheet.heading(&format!("### {}", inline(&group.title)));
        for item in &group.items {
            let mut text = inline(&item.text);
            if let Some(rule) = &item.rule {
                text = format!("{text} ({})", code(rule));
            }
            let note = self.note(&item.state);
            if !note.is_empty() {
                text = format!("{text} — {note}");
            }
            self.sheet.tick(0, item.state.is_ticked(), &text);
        }
    }

    /// What is said about the state of a box.
    fn note(&self, state: &State) -> String {
        let lang = self.lang;
        match state {
            State::Proved { place: Some(place), .. } => format!("✅ {}", code(place)),
            State::Proved { place: None, detail } if detail.is_empty() => "✅".to_owned(),
            State::Proved { place: None, detail } => format!("✅ {}", inline(detail)),
            State::Confirmed { said } => format!("✅ {}: {}", words::CONFIRMED.of(lang), inline(said)),
            State::Denied { said } => format!("❌ {}: {}", words::DENIED.of(lang), inline(said)),
            State::Failed { severity, message, place, more } => {
                let place = place.as_deref().map(|place| format!(" ({})", code(place))).unwrap_or_default();
                let more = if *more > 0 {
                    format!(", {}", words::AND_MORE.with(lang, &[("n", &words::MORE_PLACES.count(lang, *more))]))
                } else {
                    String::new()
                };
                format!("❌ **{}**: {}{place}{more}", label(*severity), inline(message))
            }
            State::Accepted => format!("☑️ {}", words::ACCEPTED.of(lang)),
            State::Waits { rule } => format!("⏳ {}", words::WAITS.with(lang, &[("rule", &code(rule))])),
            State::Asked { why, .. } if why.is_empty() => String::new(),
            State::Asked { why, unknown: true } => format!("❔ {}: {}", words::UNKNOWN.of(lang), inline(why)),
            State::Asked { why, unknown: false } => format!("☐ {}: {}", words::ASK.of(lang), inline(why)),
        }
    }

    fn environment(&mut self) {
        let lang = self.lang;
        let all = &self.checklist.variables;
        self.sheet.heading(&format!("## {}", words::ENVIRONMENT.of(lang)));
        if all.is_empty() {
            self.sheet.line(words::NO_VARIABLES.of(lang));
            return;
        }
        self.sheet.line(&words::VARIABLE_COUNT.count(lang, all.len()));
        let (critical, others): (Vec<&Variable>, Vec<&Variable>) = all.iter().partition(|one| one.is_critical());
        let (unread, optional) = others.into_iter().partition(|one| one.need == Need::Unread);
        let groups: [(Phrase, Vec<&Variable>); 3] =
            [(words::CRITICAL, critical), (words::OPTIONAL, optional), (words::DECLARED_ONLY, unread)];
        for (title, of_group) in groups {
            if of_group.is_empty() {
                continue;
            }
            self.sheet.heading(&format!("### {} ({})", title.of(lang), of_group.len()));
            for (service, members) in by_service(&of_group) {
                let name = if service.is_empty() { words::OTHERS.of(lang).to_owned() } else { code(service) };
                self.sheet.blank();
                self.sheet.line(&format!("**{name}**"));
                self.sheet.blank();
                for variable in members {
                    self.variable(variable);
                }
            }
        }
        self.sheet.heading(&format!("### {}", words::STORAGE.of(lang)));
        for text in [words::STORE_SECRETS, words::BACKUP_SECRETS, words::DIFFERENT_SECRETS] {
            self.sheet.tick(0, false, text.of(lang));
        }
    }

    fn variable(&mut self, variable: &Variable) {
        let lang = self.lang;
        let mut facts = Vec::new();
        match (variable.secret, variable.public) {
            (true, true) => facts.push(format!("⚠️ **{}**", words::SECRET_PUBLIC.of(lang))),
            (true, false) => facts.push(format!("**{}**", words::SECRET.of(lang))),
            (false, true) => facts.push(words::PUBLIC.of(lang).to_owned()),
            (false, false) => {}
        }
        match (&variable.checked, variable.need) {
            (Some(place), _) => facts.push(format!("{} {}", words::CHECKED_AT.of(lang), code(place))),
            (None, Need::Unchecked) => facts.push(words::UNCHECKED.of(lang).to_owned()),
            (None, Need::Optional) if variable.secret => facts.push(words::HAS_DEFAULT.of(lang).to_owned()),
            _ => {}
        }
        if !variable.read.is_empty() {
            facts.push(format!("{} {}", words::READ_AT.of(lang), places(&variable.read)));
        }
        if variable.declared.is_empty() {
            facts.push(words::UNDECLARED.of(lang).to_owned());
        } else {
            facts.push(format!("{} {}", words::DECLARED_AT.of(lang), places(&variable.declared)));
        }
        self.sheet.tick(0, false, &format!("{} — {}", code(&variable.name), facts.join(", ")));
    }
}

/// The first of many places, and how many more there are.
fn places(all: &[String]) -> String {
    let named: Vec<String> = all.iter().take(SHOWN_PLACES).map(|place| code(place)).collect();
    let more = all.len().saturating_sub(SHOWN_PLACES);
    if more > 0 { format!("{} +{more}", named.join(", ")) } else { named.join(", ") }
}

/// Variables that share what stands before the first `_`; those that share it with nobody come last, together.
fn by_service<'v>(variables: &[&'v Variable]) -> Vec<(&'v str, Vec<&'v Variable>)> {
    let service = |variable: &'v Variable| variable.name.split_once('_').map_or("", |(service, _)| service);
    let mut groups: Vec<(&str, Vec<&Variable>)> = Vec::new();
    let mut alone: Vec<&Variable> = Vec::new();
    for variable in variables {
        let name = service(variable);
        let shared = !name.is_empty() && variables.iter().filter(|other| service(other) == name).count() > 1;
        match groups.iter_mut().find(|(group, _)| *group == name) {
            _ if !shared => alone.push(variable),
            Some((_, members)) => members.push(variable),
            None => groups.push((name, vec![variable])),
        }
    }
    groups.sort_by_key(|(name, _)| *name);
    if !alone.is_empty() {
        groups.push(("", alone));
    }
    groups
}

/// The anchor that renderers give a heading: letters, digits, hyphens and underscores, lower-case.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}
