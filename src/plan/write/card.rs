//! A task as a card.

use super::{Page, priority};
use crate::{
    i18n::{Phrase, plan as words},
    plan::{Mend, Task, TaskState},
    report::markdown::escape::{code, inline},
};

/// Open places that a card names; the rest is counted.
const SHOWN_OPEN: usize = 10;
/// Mended places that it names.
const SHOWN_DONE: usize = 5;
/// Files that it names.
const SHOWN_FILES: usize = 8;

impl Page<'_> {
    /// What stands at the head of a card.
    pub(super) fn card_facts(&mut self, task: &Task) {
        let lang = self.lang;
        let reference = format!("{} · {}", code(&task.rule), inline(&task.category_name));
        self.sheet.fact(words::PRIORITY.of(lang), &priority(task.severity));
        self.sheet.fact(words::STATUS.of(lang), state(task.state).of(lang));
        self.sheet.fact(words::RULE.of(lang), &reference);
        if let Some(references) = references(task) {
            self.sheet.fact(words::REFERENCE.of(lang), &references);
        }
        self.sheet.fact(words::EFFORT.of(lang), &self.effort(task));
        self.sheet.fact(words::DEPENDS_ON.of(lang), &self.dependencies(task));
        if task.components.iter().any(|component| component != ".") {
            let components: Vec<String> = task.components.iter().map(|component| code(component)).collect();
            self.sheet.fact(words::COMPONENTS.of(lang), &components.join(", "));
        }
        if let Some(when) = self.when(task) {
            self.sheet.fact(words::DAYS.of(lang), &when);
        }
    }

    /// `~30 min (2 places, 15 min each)`.
    pub(super) fn effort(&self, task: &Task) -> String {
        if task.effort_minutes == 0 {
            return "–".to_owned();
        }
        let open = task.places.iter().filter(|place| !place.done).count();
        let total = format!("~{}", self.words.duration(task.effort_minutes));
        if open < 2 {
            return total;
        }
        let places = words::PLACE_COUNT.count(self.lang, open);
        format!("{total} ({places} × {})", self.words.duration(task.effort_each as usize))
    }

    fn dependencies(&self, task: &Task) -> String {
        if task.depends_on.is_empty() {
            return words::NO_DEPENDENCIES.of(self.lang).to_owned();
        }
        let named = task.depends_on.iter().map(|number| match self.plan.task(number) {
            Some(first) => format!("{number} ({})", code(&first.rule)),
            None => number.clone(),
        });
        named.collect::<Vec<_>>().join(", ")
    }

    /// The days of a task: dates where the plan has a start, else numbers.
    pub(super) fn when(&self, task: &Task) -> Option<String> {
        let (first, last) = (task.first_day?, task.last_day?);
        Some(match (task.start, task.end) {
            (Some(start), Some(end)) if start == end => start.to_string(),
            (Some(start), Some(end)) => format!("{start} – {end}"),
            _ if first == last => words::DAY.with(self.lang, &[("n", &first.to_string())]),
            _ => words::DAYS_FROM_TO.with(self.lang, &[("a", &first.to_string()), ("b", &last.to_string())]),
        })
    }

    /// Partial progress, where there is some.
    pub(super) fn progress(&self, task: &Task) -> Option<String> {
        let lang = self.lang;
        let mut parts = Vec::new();
        if let Some(sites) = task.sites.filter(|sites| sites.ok > 0) {
            let mut text =
                words::IN_PLACE.with(lang, &[("ok", &sites.ok.to_string()), ("total", &sites.total.to_string())]);
            if let Some(before) = task.sites_before.filter(|before| before.ok != sites.ok) {
                let before = words::BEFORE.with(lang, &[("n", &before.ok.to_string())]);
                text = format!("{text} ({before})");
            }
            parts.push(text);
        }
        if let Some(mended) = task.mended.filter(|n| *n > 0) {
            let all = task.places.len().to_string();
            parts.push(words::MENDED.with(lang, &[("n", &mended.to_string()), ("all", &all)]));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// Numbered steps with a box for every place.
    pub(super) fn steps(&mut self, task: &Task) {
        let lang = self.lang;
        let done = task.is_done();
        self.sheet.tick(0, done, &inline(&task.fix));
        for path in &task.creates {
            self.sheet.tick(0, done, &format!("{} {}", words::CREATE.of(lang), code(path)));
        }
        let (mended, open): (Vec<&Mend>, Vec<&Mend>) = task.places.iter().partition(|place| place.done);
        if open.is_empty() && mended.is_empty() {
            return;
        }
        self.sheet.tick(0, done, words::MEND_PLACES.of(lang));
        for (places, most, ticked) in [(&open, SHOWN_OPEN, done), (&mended, SHOWN_DONE, true)] {
            for place in places.iter().take(most) {
                let new = if place.new { format!(" **({})**", words::NEW.of(lang)) } else { String::new() };
                self.sheet.tick(2, ticked, &format!("{}: {}{new}", place_of(place), inline(&place.message)));
            }
            if places.len() > most {
                let more = words::MORE_PLACES.count(lang, places.len() - most);
                let more = words::AND_MORE.with(lang, &[("n", &more)]);
                self.sheet.tick(2, ticked, &more);
            }
        }
    }

    /// `a.ts (3), b.ts`.
    pub(super) fn files(&self, task: &Task) -> Option<String> {
        if task.files.is_empty() {
            return None;
        }
        let named = task.files.iter().take(SHOWN_FILES).map(|file| match file.places {
            1 => code(&file.path),
            n => format!("{} ({n})", code(&file.path)),
        });
        let mut text = named.collect::<Vec<_>>().join(", ");
        if task.files.len() > SHOWN_FILES {
            let more = self.words.and_more.replace("{n}", &(task.files.len() - SHOWN_FILES).to_string());
            text = format!("{text} {more}");
        }
        Some(text)
    }

    /// What has to hold when it is finished.
    pub(super) fn acceptance(&mut self, task: &Task) {
        let lang = self.lang;
        let done = task.is_done();
        self.sheet.tick(0, done, &format!("{} ({})", inline(&task.title), code(&task.rule)));
        for asked in &task.then_asked {
            let note = words::THEN_ASKED.of(lang);
            self.sheet.tick(0, done, &format!("{} ({}, {note})", inline(&asked.title), code(&asked.rule)));
        }
        for path in &task.creates {
            self.sheet.tick(0, done, &format!("{} {}", code(path), words::EXISTS.of(lang)));
        }
    }

    pub(super) fn verification(&mut self, task: &Task) {
        self.sheet.blank();
        self.sheet.line("```sh");
        self.sheet.line(&task.verify);
        self.sheet.line("```");
    }

    /// A bold heading within a card.
    pub(super) fn part(&mut self, name: Phrase) {
        self.sheet.blank();
        self.sheet.line(&format!("**{}:**", name.of(self.lang)));
        self.sheet.blank();
    }
}

/// Where the task is talked about elsewhere, addresses as links.
pub(super) fn references(task: &Task) -> Option<String> {
    let shown = task.references.iter().map(|link| {
        let address = link.starts_with("https://") || link.starts_with("http://");
        let plain = |char: char| char.is_ascii_graphic() && !matches!(char, '<' | '>' | '|' | '`' | '\\');
        if address && link.chars().all(plain) { format!("<{link}>") } else { inline(link) }
    });
    let shown: Vec<String> = shown.collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

pub(super) fn state(state: TaskState) -> Phrase {
    match state {
        TaskState::Open => words::STATE_OPEN,
        TaskState::Begun => words::STATE_BEGUN,
        TaskState::Done => words::STATE_DONE,
        TaskState::Accepted => words::STATE_ACCEPTED,
        TaskState::Unclear => words::STATE_UNCLEAR,
    }
}

pub(super) fn state_sign(state: TaskState) -> &'static str {
    match state {
        TaskState::Open => "⏳",
        TaskState::Begun => "🚧",
        TaskState::Done => "✅",
        TaskState::Accepted => "☑️",
        TaskState::Unclear => "❔",
    }
}

fn place_of(place: &Mend) -> String {
    match place.line {
        Some(line) => code(&format!("{}:{line}", place.path)),
        None => code(&place.path),
    }
}
