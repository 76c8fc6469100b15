//! Judges a report by the gate, and says why it fails.

use readiness::{
    assemble::{gate_input, go_input},
    config::Config,
    i18n::{Plural, gate as phrases},
    model::{Lang, SuppressionProblem},
    report::Report,
    score::{About, GateFailure, GateItem, GatePolicy, GoPoint, Rubric, Target, gate, go, is_go},
};

use super::{args::GateTarget, words::Words};

/// Rules that are named when criteria fail; the report names them all.
const NAMED: usize = 5;

/// Why the gate fails, one line each; empty when it holds.
pub(super) fn failures(report: &Report, config: &Config) -> Vec<String> {
    let policy = GatePolicy { fail_on: config.fail_on, min_score: config.min_score, at_least: None };
    let words = Words::of(config.lang);
    let judged = gate(&policy, &gate_input(report));
    let mut said: Vec<String> = judged.reasons.iter().map(|reason| sentence(reason, words, config.lang)).collect();
    said.extend(suppressions(report, config));
    said
}

/// The suppressions that the configuration does not want to live with.
fn suppressions(report: &Report, config: &Config) -> Vec<String> {
    let failing = |problem: &SuppressionProblem| {
        let here = report.findings.iter().filter(|one| one.rule == problem.rule() && one.suppressed.is_none());
        let mut places: Vec<String> = here
            .map(|one| format!("{}{}", one.path, one.start.map(|at| format!(":{}", at.line)).unwrap_or_default()))
            .collect();
        let count = places.len();
        let more = if count > NAMED { ", ..." } else { "" };
        places.truncate(NAMED);
        let text =
            phrases::SUPPRESSIONS.with(config.lang, &[("count", &count.to_string()), ("state", problem.as_str())]);
        (count > 0).then(|| format!("{text}: {}{more}", places.join(", ")))
    };
    config.suppressions.fail_on.iter().filter_map(failing).collect()
}

/// A decision with its points, one line each.
pub(super) struct Decision {
    pub(super) go: bool,
    pub(super) heading: String,
    pub(super) points: Vec<String>,
}

/// Decides whether the repository may go where the user wants it.
pub(super) fn decide(report: &Report, target: GateTarget, lang: Lang) -> Decision {
    let target = match target {
        GateTarget::Staging => Target::Staging,
        GateTarget::Production => Target::Production,
    };
    let points = go(target, &go_input(report, target), Rubric::embedded());
    let go = is_go(&points);
    let word = if go { phrases::GO } else { phrases::NO_GO };
    let heading = phrases::HEADING.with(lang, &[("target", target.as_str())]);
    Decision {
        go,
        heading: format!("{heading}: {}", word.of(lang)),
        points: points.iter().map(|point| point_line(point, report, lang)).collect(),
    }
}

fn point_line(point: &GoPoint, report: &Report, lang: Lang) -> String {
    let sign = match point.holds {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "?",
    };
    let title = |rule: &str| {
        let title = report.rule(rule).map_or(rule, |rule| rule.title.as_str());
        format!("{title} [{rule}]")
    };
    let text = match &point.about {
        About::Everything => phrases::EVERYTHING_ASKED.of(lang).to_owned(),
        About::NoneFails(severity, open) => {
            named(&phrases::NONE_FAILS.with(lang, &[("severity", &severity.as_str().to_uppercase())]), open)
        }
        About::AllExamined(severity, open) => {
            named(&phrases::ALL_EXAMINED.with(lang, &[("severity", &severity.as_str().to_uppercase())]), open)
        }
        About::Score { least, score } => {
            let text = phrases::SCORE.with(lang, &[("least", &format!("{least:.1}"))]);
            match score {
                Some(score) if score < least => format!("{text}: {}", shown_below(*score, *least)),
                Some(score) => format!("{text}: {score:.1}"),
                None => format!("{text}: {}", phrases::NO_SCORE.of(lang)),
            }
        }
        About::Question(rule) => {
            let state = if point.holds == Some(true) { phrases::CONFIRMED } else { phrases::NOT_CONFIRMED };
            format!("{}: {}", title(rule), state.of(lang))
        }
        About::Watched(rule) => {
            let unknown =
                if point.holds.is_none() { format!("{}; ", phrases::UNKNOWN.of(lang)) } else { String::new() };
            format!("{} ({unknown}{})", title(rule), phrases::NOT_DECISIVE.of(lang))
        }
    };
    format!("{sign} {text}")
}

/// A text and the rules that speak against it.
fn named(text: &str, open: &[GateItem]) -> String {
    if open.is_empty() {
        return text.to_owned();
    }
    let mut rules: Vec<&str> = Vec::new();
    for item in open {
        if !rules.contains(&item.rule.as_str()) {
            rules.push(&item.rule);
        }
    }
    let more = if rules.len() > NAMED { ", ..." } else { "" };
    rules.truncate(NAMED);
    format!("{text}: {} ({}{more})", open.len(), rules.join(", "))
}

fn sentence(reason: &GateFailure, words: &Words, lang: Lang) -> String {
    match reason {
        GateFailure::Severity { threshold, open } => {
            let mut rules: Vec<&str> = Vec::new();
            for item in open {
                if !rules.contains(&item.rule.as_str()) {
                    rules.push(&item.rule);
                }
            }
            let more = if rules.len() > NAMED { ", ..." } else { "" };
            rules.truncate(NAMED);
            let count = open.len();
            let noun = Plural::of(words.open_criteria, lang, count);
            format!("{count} {noun} {} {}: {}{more}", words.at_or_above, threshold.as_str(), rules.join(", "))
        }
        GateFailure::Score { score: Some(score), least } => {
            format!("{} {} {} {least}", words.the_score, shown_below(*score, *least), words.is_below)
        }
        GateFailure::Score { score: None, least } => format!("{} {least}", words.no_score),
        GateFailure::Verdict { verdict, least } => {
            format!("{} {} {} {}", words.the_verdict, verdict.as_str(), words.is_below, least.as_str())
        }
    }
}

/// A score with as many decimals as it takes to look lower than `least`.
fn shown_below(score: f64, least: f64) -> String {
    let shown = |decimals: usize| format!("{score:.decimals$}");
    (1..6)
        .map(shown)
        .find(|text| text.parse::<f64>().is_ok_and(|rounded| rounded < least))
        .unwrap_or_else(|| score.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_score_still_looks_lower() {
        assert_eq!(shown_below(5.44, 7.0), "5.4");
        assert_eq!(shown_below(6.97, 7.0), "6.97");
        assert_eq!(shown_below(6.9999, 7.0), "6.9999");
    }
}
