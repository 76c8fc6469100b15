//! Findings about suppressions that do not work as their authors believe. They belong to no criterion: no score counts
//! them, and whether the gate fails on them is a setting of its own.

use crate::{
    model::{Confidence, Lang, SuppressionProblem},
    report::{Finding, Position, Rule},
    suppress::{State, Suppression, content_fingerprint},
    text::mask::mask,
};

/// Where such findings are listed: they concern how a team checks its own work.
const CATEGORY: &str = "tests-quality";

/// The finding about a suppression; nothing when it works, or when its rule did not run.
pub(crate) fn finding(suppression: &Suppression, lang: Lang) -> Option<Finding> {
    let problem = match suppression.state {
        State::Unused => SuppressionProblem::Unused,
        State::Expired => SuppressionProblem::Expired,
        State::Refused => SuppressionProblem::Refused,
        State::Used | State::Idle => return None,
    };
    let reason = suppression.reason.as_deref().map(mask).unwrap_or_default();
    let content = format!("{} {} {reason}", suppression.path, suppression.rule);
    Some(Finding {
        rule: problem.rule().to_owned(),
        category: CATEGORY.to_owned(),
        severity: problem.severity(),
        confidence: Confidence::Certain,
        component: ".".to_owned(),
        path: suppression.path.clone(),
        missing: false,
        start: Some(Position { line: suppression.line, column: 1 }),
        end: None,
        message: message(suppression, problem, lang),
        snippet: None,
        snippet_start_line: None,
        snippet_start_column: 1,
        related: Vec::new(),
        fingerprint: content_fingerprint(problem.rule(), &content),
        suppressed: None,
    })
}

fn message(suppression: &Suppression, problem: SuppressionProblem, lang: Lang) -> String {
    let rule = &suppression.rule;
    let until = suppression.until.map(|day| day.to_string()).unwrap_or_default();
    let trouble = suppression.trouble.as_ref().map(|trouble| trouble.text(lang)).unwrap_or_default();
    match (problem, lang) {
        (SuppressionProblem::Unused, Lang::En) => format!("it suppresses nothing of `{rule}`"),
        (SuppressionProblem::Unused, Lang::Ru) => format!("ничего из `{rule}` не подавляет"),
        (SuppressionProblem::Expired, Lang::En) => format!("the suppression of `{rule}` has expired on {until}"),
        (SuppressionProblem::Expired, Lang::Ru) => format!("срок подавления `{rule}` истёк {until}"),
        (SuppressionProblem::Refused, Lang::En) => format!("this suppresses nothing: {trouble}"),
        (SuppressionProblem::Refused, Lang::Ru) => format!("это ничего не подавляет: {trouble}"),
    }
}

/// The texts of the rules that these findings name.
pub(crate) fn rules(lang: Lang) -> impl Iterator<Item = Rule> {
    SuppressionProblem::ALL.into_iter().map(move |problem| {
        let (title, fix) = texts(problem, lang);
        Rule {
            id: problem.rule().to_owned(),
            category: CATEGORY.to_owned(),
            title: title.to_owned(),
            why: String::new(),
            fix: fix.to_owned(),
            severity: problem.severity(),
            effort_minutes: 5,
            phase: 1,
            mandatory: false,
            creates: Vec::new(),
            cwe: Vec::new(),
            references: Vec::new(),
            team: false,
        }
    })
}

fn texts(problem: SuppressionProblem, lang: Lang) -> (&'static str, &'static str) {
    match (problem, lang) {
        (SuppressionProblem::Unused, Lang::En) => {
            ("Every suppression matches a finding", "Remove the comment or the configuration entry: nothing needs it.")
        }
        (SuppressionProblem::Unused, Lang::Ru) => {
            ("Каждое подавление что-то подавляет", "Уберите комментарий или запись конфигурации: они не нужны.")
        }
        (SuppressionProblem::Expired, Lang::En) => {
            ("No suppression has expired", "Repair what it suppressed, or decide anew until when to live with it.")
        }
        (SuppressionProblem::Expired, Lang::Ru) => {
            ("Ни одно подавление не просрочено", "Исправьте то, что оно скрывало, или примите новое решение о сроке.")
        }
        (SuppressionProblem::Refused, Lang::En) => (
            "Every suppression is valid",
            "Write `readiness: ignore[rule-id] reason`, with `until=2026-12-31` before the reason where a last day is wanted.",
        ),
        (SuppressionProblem::Refused, Lang::Ru) => (
            "Каждое подавление действительно",
            "Пишите `readiness: ignore[id-правила] причина`, а где нужен срок — `until=2026-12-31` перед причиной.",
        ),
    }
}
