//! The plan as issues: an overview and one part for every open task, each to be pasted by itself.

use super::{Page, card::references};
use crate::{
    i18n::plan as words,
    plan::{Phase, Task},
    report::markdown::{
        escape::{code, inline},
        label,
    },
};

impl Page<'_> {
    pub(super) fn issues(&mut self) {
        let (lang, plan) = (self.lang, self.plan);
        let open = plan.tasks().filter(|task| task.is_open()).count();
        self.sheet.line(&format!("<!-- {} -->", words::ISSUES_NOTE.of(lang)));
        self.sheet.blank();
        self.sheet.line(&format!("# {}: {}", words::TITLE.of(lang), inline(&plan.project)));
        self.sheet.blank();
        let now = self.projected(&plan.now);
        let then = self.projected(plan.projected());
        self.sheet.fact(words::NOW.of(lang), &now);
        self.sheet.fact(words::AFTER_ALL.of(lang), &then);
        let effort = self.duration(plan.effort_minutes);
        self.sheet.fact(words::EFFORT.of(lang), &effort);
        for phase in &plan.phases {
            self.sheet.heading(&format!("## {} {}: {}", words::PHASE.of(lang), phase.number, inline(&phase.title)));
            for task in &phase.tasks {
                let text = format!("{} {} ({})", task.number, inline(&task.title), code(&task.rule));
                self.sheet.tick(0, !task.is_open(), &text);
            }
            if phase.tasks.is_empty() {
                self.sheet.line(words::NOTHING.of(lang));
            }
        }
        let mut number = 0;
        for phase in &plan.phases {
            for task in phase.tasks.iter().filter(|task| task.is_open()) {
                number += 1;
                self.issue(phase, task, number, open);
            }
        }
    }

    fn issue(&mut self, phase: &Phase, task: &Task, number: usize, all: usize) {
        let lang = self.lang;
        self.sheet.rule();
        let count = words::ISSUE.with(lang, &[("n", &number.to_string()), ("all", &all.to_string())]);
        self.sheet.line(&format!("<!-- {count} -->"));
        self.sheet.blank();
        self.sheet.line(&format!("# {} {}", task.number, inline(&task.title)));
        self.sheet.blank();
        let severity = label(task.severity).to_lowercase();
        let labels = ["readiness", &severity, &task.category, &format!("phase-{}", phase.number)].map(code);
        self.sheet.fact(words::LABELS.of(lang), &labels.join(", "));
        let milestone = format!("{} {}: {}", words::PHASE.of(lang), phase.number, inline(&phase.title));
        self.sheet.fact(words::MILESTONE.of(lang), &milestone);
        let effort = self.effort(task);
        self.sheet.fact(words::ESTIMATE.of(lang), &effort);
        if let Some(references) = references(task) {
            self.sheet.fact(words::REFERENCE.of(lang), &references);
        }
        for (index, first) in task.depends_on.iter().filter_map(|number| self.plan.task(number)).enumerate() {
            if index == 0 {
                self.sheet.fact(words::DEPENDS_ON.of(lang), "");
                self.sheet.blank();
            }
            self.sheet.tick(0, !first.is_open(), &format!("{} {}", first.number, inline(&first.title)));
        }
        self.part(words::WHY);
        self.sheet.line(&inline(&task.why));
        self.part(words::STEPS);
        self.steps(task);
        self.part(words::ACCEPTANCE);
        self.acceptance(task);
        self.verification(task);
    }
}
