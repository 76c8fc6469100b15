//! Findings about suppressions that do not work as their authors believe. They belong to no criterion: no score counts
//! them, and whether the gate fails on them is a setting of its own.

use crate::{
    model::{Confidence, Lang, SuppressionProblem},
    report::{Finding, Position, Rule},
    rule::{notice, notices},
    suppress::{State, Suppression, content_fingerprint},
    text::mask::mask,
};

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
        category: notice::CATEGORY.to_owned(),
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
    notices().iter().map(move |notice| {
        let meta = &notice.meta;
        let texts = meta.texts(lang);
        Rule {
            id: meta.id.clone(),
            category: meta.category.clone(),
            title: texts.title.clone(),
            why: texts.why.clone(),
            fix: texts.fix.clone(),
            severity: meta.severity,
            effort_minutes: meta.effort,
            phase: meta.phase,
            mandatory: false,
            creates: Vec::new(),
            cwe: Vec::new(),
            references: Vec::new(),
            team: false,
        }
    })
}
