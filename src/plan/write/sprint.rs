//! The plan as a sprint: blocks of tasks by subject, the order of work, and what has to be done in the end.

use super::{
    Options, Page,
    card::{references, state, state_sign},
    plain, priority,
};
use crate::{
    i18n::{Phrase, plan as words},
    model::Severity,
    plan::Task,
    report::markdown::escape::{code, inline},
};

/// Tasks of one category.
struct Block<'p> {
    name: &'p str,
    tasks: Vec<&'p Task>,
}

impl Page<'_> {
    pub(super) fn sprint(&mut self, options: &Options) {
        let (lang, plan) = (self.lang, self.plan);
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for task in plan.tasks() {
            match blocks.iter_mut().find(|block| block.name == task.category_name) {
                Some(block) => block.tasks.push(task),
                None => blocks.push(Block { name: &task.category_name, tasks: vec![task] }),
            }
        }
        self.header(words::SPRINT_TITLE.of(lang), options);
        self.progress_facts();
        self.sheet.rule();
        self.sheet.heading(&format!("## 🎯 {}", words::GOAL.of(lang)));
        let project = inline(&plan.project);
        let (now, then) = (plain(plan.now.score), plain(plan.projected().score));
        let goal = words::SPRINT_GOAL.with(lang, &[("project", &project), ("now", &now), ("then", &then)]);
        self.sheet.line(&goal);
        self.block_list(&blocks);
        for (index, block) in blocks.iter().enumerate() {
            self.sheet.rule();
            self.block(index + 1, block);
        }
        self.sheet.rule();
        self.definition();
        self.metrics();
        self.order();
        self.history();
    }

    fn block_list(&mut self, blocks: &[Block<'_>]) {
        let lang = self.lang;
        self.sheet.heading(&format!("## 📊 {}", words::PROGRESS.of(lang)));
        self.sheet.line(&format!("**{}:**", words::BLOCKS.of(lang)));
        self.sheet.blank();
        for (index, block) in blocks.iter().enumerate() {
            let done = block.tasks.iter().all(|task| !task.is_open());
            let count = words::TASK_COUNT.count(lang, block.tasks.len());
            let text = format!("{} {}: {} ({count})", words::BLOCK.of(lang), index + 1, inline(block.name));
            self.sheet.tick(0, done, &text);
        }
        self.sheet.blank();
        let all = self.plan.tasks().count();
        let left = self.plan.tasks().filter(|task| task.is_open()).count();
        self.sheet.fact(words::TOTAL_TASKS.of(lang), &all.to_string());
        self.sheet.fact(words::DONE.of(lang), &(all - left).to_string());
        self.sheet.fact(words::LEFT_TASKS.of(lang), &left.to_string());
    }

    fn block(&mut self, number: usize, block: &Block<'_>) {
        let lang = self.lang;
        self.sheet.heading(&format!("## {} {number}: {}", words::BLOCK.of(lang), inline(block.name)));
        let worst = block.tasks.iter().map(|task| task.severity).min().unwrap_or(Severity::Info);
        let minutes = block.tasks.iter().map(|task| task.effort_minutes).sum();
        self.sheet.fact(words::PRIORITY.of(lang), &priority(worst));
        let effort = self.duration(minutes);
        self.sheet.fact(words::EFFORT.of(lang), &effort);
        for task in &block.tasks {
            self.sheet.heading(&format!("### {} {}. {}", words::TASK.of(lang), task.number, inline(&task.title)));
            self.sheet.fact(words::PRIORITY.of(lang), &priority(task.severity));
            let state = format!("{} {}", state_sign(task.state), state(task.state).of(lang));
            self.sheet.fact(words::STATUS.of(lang), &state);
            let reference = references(task).map(|links| format!("{links} · ")).unwrap_or_default();
            self.sheet.fact(words::REFERENCE.of(lang), &format!("{reference}{}", code(&task.rule)));
            let effort = self.effort(task);
            self.sheet.fact(words::EFFORT.of(lang), &effort);
            if !task.depends_on.is_empty() {
                self.sheet.fact(words::DEPENDS_ON.of(lang), &task.depends_on.join(", "));
            }
            if let Some(progress) = self.progress(task) {
                self.sheet.fact(words::PROGRESS.of(lang), &progress);
            }
            self.part(words::DESCRIPTION);
            self.sheet.line(&inline(&task.why));
            self.part(words::REQUIREMENTS);
            self.steps(task);
            self.part(words::RESULT);
            self.acceptance(task);
            self.verification(task);
        }
    }

    /// What the sprint must, should and may bring.
    fn definition(&mut self) {
        let lang = self.lang;
        self.sheet.heading(&format!("## ✅ {}", words::DEFINITION.of(lang)));
        let groups: [(Phrase, &[Severity]); 3] = [
            (words::MUST, &[Severity::Critical, Severity::High]),
            (words::SHOULD, &[Severity::Medium]),
            (words::NICE, &[Severity::Low, Severity::Info]),
        ];
        let plan = self.plan;
        for (name, severities) in groups {
            self.sheet.heading(&format!("### {}", name.of(lang)));
            let mut any = false;
            for task in plan.tasks().filter(|task| severities.contains(&task.severity)) {
                any = true;
                self.sheet.tick(0, task.is_done(), &format!("**{}** {}", task.number, inline(&task.title)));
            }
            if name == words::MUST {
                for question in plan.phases.iter().flat_map(|phase| &phase.questions) {
                    any = true;
                    let text = format!("{} ({})", inline(&question.title), code(&question.rule));
                    self.sheet.tick(0, question.answered, &text);
                }
            }
            if !any {
                self.sheet.line(words::NO_TASKS.of(lang));
            }
        }
    }

    /// The tasks one after another, by week.
    fn order(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        self.sheet.heading(&format!("## 🧭 {}", words::ORDER.of(lang)));
        for (index, task) in plan.tasks().enumerate() {
            let when = self.when(task).map(|when| format!(" · {when}")).unwrap_or_default();
            let sign = state_sign(task.state);
            let text = format!("{}. {sign} {} {}{when}", index + 1, task.number, inline(&task.title));
            self.sheet.line(&text);
        }
    }
}
