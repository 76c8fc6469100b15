//! Plans as documents: phases of cards, a sprint, or issues to paste into a tracker.

mod card;
mod issues;
mod phases;
mod sprint;
mod tables;

use std::io;

use super::{Plan, Projection};
use crate::{
    i18n::{Strings, strings},
    model::{Lang, Severity},
    report::{
        markdown::{
            escape::{code, inline},
            label, score_of_ten,
            sheet::Sheet,
            verdict_sign,
        },
        text::one_decimal,
    },
};

/// A document that a plan can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Phases,
    Sprint,
    Issues,
}

/// Decisions that belong to the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Shown in the header as it is; without it there is no date.
    pub date: Option<String>,
}

/// Writes the plan.
pub fn write(plan: &Plan, form: Form, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { plan, lang: plan.language, words: strings(plan.language), sheet: Sheet::default() };
    match form {
        Form::Phases => page.phases(options),
        Form::Sprint => page.sprint(options),
        Form::Issues => page.issues(),
    }
    out.write_all(page.sheet.finish().as_bytes())
}

/// Writes the plan as indented JSON with a final line break.
pub fn json(plan: &Plan, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, plan)?;
    out.write_all(b"\n")
}

struct Page<'p> {
    plan: &'p Plan,
    lang: Lang,
    words: &'static Strings,
    sheet: Sheet,
}

impl Page<'_> {
    fn header(&mut self, title: &str, options: &Options) {
        let plan = self.plan;
        let words = self.words;
        self.sheet.line(&format!("# {title}"));
        self.sheet.blank();
        let version = plan.version.as_deref().map(|it| format!(" {}", inline(it))).unwrap_or_default();
        self.sheet.fact(words.project, &format!("{}{version}", inline(&plan.project)));
        if let Some(commit) = &plan.commit {
            self.sheet.fact(words.commit, &code(commit));
        }
        if let Some(date) = &options.date {
            self.sheet.fact(words.date, &inline(date));
        }
        for (label, text) in [(words.reviewer, &plan.reviewer), (words.next_review, &plan.next_review)] {
            if let Some(text) = text {
                self.sheet.fact(label, &inline(text));
            }
        }
        let tool = format!("readiness {}, {} {}", inline(&plan.tool_version), words.rubric, plan.rubric);
        self.sheet.fact(words.tool, &tool);
    }

    /// `3.9/10 ❌ NOT READY`.
    fn projected(&self, projection: &Projection) -> String {
        format!(
            "{} {} {}",
            score_of_ten(projection.score),
            verdict_sign(projection.verdict),
            self.words.verdict(projection.verdict)
        )
    }
}

/// The sign and the word of a severity.
fn priority(severity: Severity) -> String {
    let sign = match severity {
        Severity::Critical => "🔴",
        Severity::High => "🟠",
        Severity::Medium => "🟡",
        Severity::Low | Severity::Info => "🔵",
    };
    format!("{sign} {}", label(severity))
}

/// A score with one decimal, or a dash.
fn plain(score: Option<f64>) -> String {
    score.map_or_else(|| "–".to_owned(), one_decimal)
}
