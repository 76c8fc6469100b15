//! Judges a report by the gate, and says why it fails.

use readiness::{
    assemble::gate_input,
    config::Config,
    i18n::Plural,
    model::Lang,
    report::Report,
    score::{GateFailure, GatePolicy, gate},
};

use super::words::Words;

/// Rules that are named when criteria fail; the report names them all.
const NAMED: usize = 5;

/// Why the gate fails, one line each; empty when it holds.
pub(super) fn failures(report: &Report, config: &Config) -> Vec<String> {
    let policy = GatePolicy { fail_on: config.fail_on, min_score: config.min_score, at_least: None };
    let words = Words::of(config.lang);
    gate(&policy, &gate_input(report)).reasons.iter().map(|reason| sentence(reason, words, config.lang)).collect()
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
