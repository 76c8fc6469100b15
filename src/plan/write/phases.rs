//! The plan as phases of cards.

use super::{Options, Page, card::state_sign};
use crate::{
    i18n::plan as words,
    model::{Obstacle, Readiness, Severity},
    plan::{Phase, Projection, Task},
    report::markdown::{
        escape::{code, inline},
        label, score_of_ten,
    },
};

impl Page<'_> {
    pub(super) fn phases(&mut self, options: &Options) {
        let plan = self.plan;
        self.header(words::TITLE.of(self.lang), options);
        self.progress_facts();
        if plan.partial {
            self.sheet.blank();
            self.sheet.line(&format!("> {}", words::PARTIAL.of(self.lang)));
        }
        self.sheet.rule();
        self.overview();
        self.success();
        for phase in &plan.phases {
            self.sheet.rule();
            self.phase(phase);
        }
        self.sheet.rule();
        self.calendar();
        self.tracking();
        self.metrics();
        self.history();
    }

    /// How far the work is, and how much is left.
    pub(super) fn progress_facts(&mut self) {
        let lang = self.lang;
        let all = self.plan.tasks().count();
        let done = self.plan.tasks().filter(|task| !task.is_open()).count();
        let progress = words::DONE_OF.with(lang, &[("done", &done.to_string()), ("all", &all.to_string())]);
        self.sheet.fact(words::PROGRESS.of(lang), &progress);
        let left = self.words.duration(self.plan.effort_minutes);
        self.sheet.fact(words::EFFORT.of(lang), &format!("~{left} ({})", words::EFFORT_NOTE.of(lang)));
    }

    fn overview(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        self.sheet.heading(&format!("## 📊 {}", words::SUMMARY.of(lang)));
        let now = self.projected(&plan.now);
        let then = self.projected(plan.projected());
        self.sheet.fact(words::NOW.of(lang), &now);
        self.sheet.fact(words::AFTER_ALL.of(lang), &then);
        let dated = plan.start.is_some();
        let mut columns = vec![
            words::PHASE.of(lang),
            words::TASKS.of(lang),
            words::EFFORT.of(lang),
            words::SCORE_AFTER.of(lang),
            words::VERDICT_AFTER.of(lang),
        ];
        if dated {
            columns.push(words::UNTIL.of(lang));
        }
        self.sheet.table_head(&columns);
        for phase in &plan.phases {
            let mut cells = vec![
                format!("{}. {}", phase.number, inline(&phase.title)),
                phase.tasks.len().to_string(),
                self.duration(phase.effort_minutes),
                score_of_ten(phase.projection.score),
                self.words.verdict(phase.projection.verdict).to_owned(),
            ];
            if dated {
                cells.push(phase.end.map_or_else(|| "–".to_owned(), |date| date.to_string()));
            }
            self.sheet.row(&cells);
        }
        self.sheet.blank();
        self.sheet.line(&format!("<sub>{}</sub>", words::PROJECTION_NOTE.of(lang)));
    }

    pub(super) fn duration(&self, minutes: usize) -> String {
        if minutes == 0 { "–".to_owned() } else { format!("~{}", self.words.duration(minutes)) }
    }

    fn success(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        self.sheet.heading(&format!("### {}", words::SUCCESS.of(lang)));
        for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
            let n = plan.now.counts.get(severity);
            let text = words::NONE_OPEN.with(lang, &[("severity", label(severity))]);
            let now = words::OPEN_NOW.with(lang, &[("n", &n.to_string())]);
            self.sheet.tick(0, n == 0, &format!("{text} ({now})"));
        }
        let questions = plan.phases.iter().flat_map(|phase| &phase.questions);
        let all = questions.clone().count();
        let answered = questions.filter(|question| question.answered).count();
        if all > 0 {
            let text = words::ALL_ANSWERED.with(lang, &[("n", &answered.to_string()), ("all", &all.to_string())]);
            self.sheet.tick(0, all == answered, &text);
        }
        let ready = plan.now.verdict >= Readiness::Production;
        let command = code("readiness scan . --gate production");
        self.sheet.tick(0, ready, &format!("{command} {}", words::COMMAND_HOLDS.of(lang)));
    }

    fn phase(&mut self, phase: &Phase) {
        let lang = self.lang;
        self.sheet.heading(&format!("## {} {}: {}", words::PHASE.of(lang), phase.number, inline(&phase.title)));
        self.sheet.fact(words::GOAL.of(lang), &inline(&phase.goal));
        let count = words::TASK_COUNT.count(lang, phase.tasks.len());
        let effort = format!("{count}, {}", self.duration(phase.effort_minutes));
        self.sheet.fact(words::EFFORT.of(lang), &effort);
        let after = self.projected(&phase.projection);
        self.sheet.fact(words::AFTER.of(lang), &after);
        let gate = self.gate(phase.target, &phase.projection);
        self.sheet.fact(words::GATE.of(lang), &gate);
        if phase.tasks.is_empty() {
            self.sheet.blank();
            self.sheet.line(words::NOTHING.of(lang));
        }
        for task in &phase.tasks {
            self.card(task);
        }
        self.questions(phase);
    }

    /// The command that decides whether the phase has reached its end, and whether it is expected to.
    fn gate(&self, target: Readiness, projection: &Projection) -> String {
        let lang = self.lang;
        let command = match target {
            Readiness::Staging => Some(code("readiness scan . --gate staging")),
            Readiness::Production => Some(code("readiness scan . --gate production")),
            Readiness::Hardened | Readiness::NotReady | Readiness::NotAssessed => None,
        };
        let obstacles: Vec<&str> = projection.obstacles.iter().map(|it: &Obstacle| self.words.obstacle(*it)).collect();
        let state = if projection.verdict >= target {
            format!("✅ {}", words::GATE_HOLDS.of(lang))
        } else {
            format!("⏳ {}: {}", words::GATE_FAILS.of(lang), obstacles.join("; "))
        };
        match command {
            Some(command) => format!("{command} — {state}"),
            None if obstacles.is_empty() => words::NO_GATE.of(lang).to_owned(),
            None => format!("{} — {state}", self.words.verdict(target)),
        }
    }

    fn card(&mut self, task: &Task) {
        self.sheet.heading(&format!("### {} {}. {}", state_sign(task.state), task.number, inline(&task.title)));
        self.card_facts(task);
        if let Some(progress) = self.progress(task) {
            self.sheet.fact(words::PROGRESS.of(self.lang), &progress);
        }
        self.part(words::WHY);
        self.sheet.line(&inline(&task.why));
        self.part(words::STEPS);
        self.steps(task);
        if let Some(files) = self.files(task) {
            self.sheet.blank();
            self.sheet.line(&format!("**{}:** {files}", words::FILES.of(self.lang)));
        }
        self.part(words::ACCEPTANCE);
        self.acceptance(task);
        self.part(words::CHECK);
        self.verification(task);
    }

    fn questions(&mut self, phase: &Phase) {
        if phase.questions.is_empty() {
            return;
        }
        let lang = self.lang;
        self.sheet.heading(&format!("### {} ({})", words::QUESTIONS.of(lang), words::ANSWER_NOTE.of(lang)));
        for question in &phase.questions {
            let effort = self.duration(question.effort_minutes as usize);
            let text = format!(
                "**{}** ({}, {effort}): {}",
                inline(&question.title),
                code(&question.rule),
                inline(&question.question)
            );
            self.sheet.tick(0, question.answered, &text);
        }
    }
}
