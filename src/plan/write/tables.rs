//! The calendar, the progress of the phases, what is to be reached, and what has happened.

use super::{Page, card::state_sign, plain};
use crate::{
    i18n::plan as words,
    model::{Categories, Severity},
    plan::{Phase, Task, TaskState},
    report::markdown::{
        escape::{code, inline},
        label, score_of_ten,
    },
};

/// Working days of a week.
const WEEK: usize = 5;

impl Page<'_> {
    /// Weeks with their tasks, and the end of every phase as a milestone.
    pub(super) fn calendar(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        if plan.tasks().all(|task| task.first_day.is_none()) {
            return;
        }
        self.sheet.heading(&format!("## 📅 {}", words::CALENDAR.of(lang)));
        self.sheet.line(&words::CALENDAR_NOTE.with(lang, &[("hours", &plan.hours_per_day.to_string())]));
        let mut week = 0;
        for phase in &plan.phases {
            let mut last = None;
            for task in phase.tasks.iter().filter(|task| task.first_day.is_some()) {
                let begins = self.week_of(task);
                if begins > week {
                    week = begins;
                    self.sheet.heading(&format!("### {}", words::WEEK.with(lang, &[("n", &week.to_string())])));
                    self.sheet.table_head(&[
                        words::DAYS.of(lang),
                        words::TASK.of(lang),
                        words::EFFORT.of(lang),
                        words::DEPENDS_ON.of(lang),
                    ]);
                }
                let when = self.when(task).unwrap_or_default();
                let name = format!("{} {}", task.number, inline(&task.title));
                self.sheet.row(&[when, name, self.duration(task.effort_minutes), task.depends_on.join(", ")]);
                last = Some(task);
            }
            if let Some(last) = last {
                let when = last.end.map(|date| date.to_string());
                let when = when.or_else(|| {
                    let day = last.last_day?.to_string();
                    Some(words::DAY.with(lang, &[("n", &day)]))
                });
                let milestone = format!(
                    "**{} {}: {}** → {}",
                    words::MILESTONE.of(lang),
                    phase.number,
                    inline(&phase.title),
                    self.projected(&phase.projection)
                );
                self.sheet.row(&[when.unwrap_or_default(), milestone, String::new(), String::new()]);
            }
        }
    }

    /// The calendar week of a task, from 1: with a start date the weeks begin on Mondays.
    fn week_of(&self, task: &Task) -> usize {
        let into_week = self.plan.start.map_or(0, |start| match usize::from(start.weekday()) {
            weekday if weekday < WEEK => weekday,
            _ => 0,
        });
        task.first_day.map_or(0, |day| (day - 1 + into_week) / WEEK + 1)
    }

    pub(super) fn tracking(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        self.sheet.heading(&format!("## 📋 {}", words::TRACKING.of(lang)));
        self.sheet.table_head(&[
            words::PHASE.of(lang),
            words::STATUS.of(lang),
            words::PROGRESS.of(lang),
            words::LEFT.of(lang),
            words::WAITS_FOR.of(lang),
        ]);
        let mut critical: Option<usize> = None;
        for phase in &plan.phases {
            let open = phase.tasks.iter().any(Task::is_open);
            let waits = critical.filter(|_| open);
            let waits = waits.map_or_else(|| "–".to_owned(), |n| format!("{} {n}", words::PHASE.of(lang)));
            let done = phase.tasks.iter().filter(|task| !task.is_open()).count();
            self.sheet.row(&[
                format!("{}. {}", phase.number, inline(&phase.title)),
                phase_sign(phase, critical.is_some()).to_owned(),
                format!("{done}/{}", phase.tasks.len()),
                self.duration(phase.effort_minutes),
                waits,
            ]);
            let blocks = phase.tasks.iter().any(|task| task.is_open() && task.severity == Severity::Critical);
            critical = critical.or(blocks.then_some(phase.number));
        }
        self.sheet.blank();
        self.sheet.line(&format!("<sub>{}</sub>", words::LEGEND.of(lang)));
    }

    /// The score of every category that the plan changes, now and at its end.
    pub(super) fn metrics(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        self.sheet.heading(&format!("## 🎯 {}", words::METRICS.of(lang)));
        self.sheet.table_head(&[words::METRIC.of(lang), words::NOW.of(lang), words::TARGET.of(lang)]);
        let then = plan.projected();
        let overall = format!("**{}**", words::OVERALL.of(lang));
        self.sheet.row(&[overall, score_of_ten(plan.now.score), score_of_ten(then.score)]);
        for category in &Categories::embedded().all {
            let (now, then) = (plan.now.categories.get(&category.id), then.categories.get(&category.id));
            if now.is_some() || then.is_some() {
                let name = inline(category.name(lang));
                self.sheet.row(&[name, score_of_ten(now.copied()), score_of_ten(then.copied())]);
            }
        }
        for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
            let (now, then) = (plan.now.counts.get(severity), then.counts.get(severity));
            self.sheet.row(&[label(severity).to_owned(), now.to_string(), then.to_string()]);
        }
        for task in plan.tasks() {
            if let Some(sites) = task.sites.filter(|sites| sites.total > 1) {
                let name = format!("{} ({})", inline(&task.title), code(&task.rule));
                let now = format!("{}/{}", sites.ok, sites.total);
                self.sheet.row(&[name, now, format!("{0}/{0}", sites.total)]);
            }
        }
    }

    pub(super) fn history(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        self.sheet.heading(&format!("## 🕓 {}", words::HISTORY.of(lang)));
        let columns = [
            words::REPORT.of(lang),
            self.words.commit,
            self.words.score,
            self.words.status,
            "CRITICAL",
            "HIGH",
            "MEDIUM",
            "LOW",
            words::EFFORT.of(lang),
            words::RESOLVED.of(lang),
            words::APPEARED.of(lang),
        ];
        self.sheet.table_head(&columns);
        let last = plan.history.len().saturating_sub(1);
        for (index, standing) in plan.history.iter().enumerate() {
            let name = match index {
                index if index == last => words::CURRENT.of(lang).to_owned(),
                0 => words::FIRST.of(lang).to_owned(),
                index => (index + 1).to_string(),
            };
            let count = |n: Option<usize>| n.map_or_else(|| "–".to_owned(), |n| n.to_string());
            let commit = standing.commit.as_deref().map(|it| it.chars().take(12).collect::<String>());
            self.sheet.row(&[
                name,
                commit.map_or_else(|| "–".to_owned(), |commit| code(&commit)),
                plain(standing.score),
                self.words.verdict(standing.verdict).to_owned(),
                standing.counts.critical.to_string(),
                standing.counts.high.to_string(),
                standing.counts.medium.to_string(),
                standing.counts.low.to_string(),
                self.duration(standing.effort_minutes),
                count(standing.resolved),
                count(standing.appeared),
            ]);
        }
        if plan.history.iter().any(|standing| standing.rubric != plan.rubric) {
            self.sheet.blank();
            self.sheet.line(&format!("> {}", words::OTHER_RUBRIC.of(lang)));
        }
        let finished: Vec<&Task> = plan.tasks().filter(|task| !task.is_open()).collect();
        if !finished.is_empty() {
            self.sheet.blank();
        }
        for task in finished {
            self.sheet.line(&format!("- {} {} ({})", state_sign(task.state), inline(&task.title), code(&task.rule)));
        }
    }
}

fn phase_sign(phase: &Phase, waits: bool) -> &'static str {
    let open = phase.tasks.iter().any(Task::is_open);
    let begun = phase.tasks.iter().any(|task| !matches!(task.state, TaskState::Open | TaskState::Unclear));
    match (open, begun, waits) {
        (false, _, _) => "✅",
        (true, true, _) => "🟡",
        (true, false, true) => "🔴",
        (true, false, false) => "⚪",
    }
}
