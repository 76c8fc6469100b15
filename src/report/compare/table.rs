//! The comparison for a terminal or a log.

use std::io;

use super::{Change, Comparison, State};
use crate::i18n::{MachineStrings, machine_strings, strings};
use crate::report::lines::Lines;
use crate::report::place::one_line;
use crate::report::text::{one_decimal, pad, visible, width};

/// Findings of a state that are listed unless all are asked for.
const SHOWN: usize = 20;

/// Writes the table of scores and the findings by state; `all` lists every one of them.
pub fn write(comparison: &Comparison, all: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let words = machine_strings(comparison.language);
    let mut text = Lines::default();
    text.line(words.comparison);
    let name = |verdict| strings(comparison.language).verdict(verdict);
    let (old, new) = (name(comparison.old.verdict), name(comparison.new.verdict));
    text.line(&if old == new { old.to_owned() } else { format!("{old} → {new}") });
    if !comparison.cautions.is_empty() {
        text.line(&format!("\n{}:", words.caution));
        for caution in &comparison.cautions {
            text.line(&format!("  ! {}", one_line(&caution.text)));
        }
    }
    text.line("");
    scores(comparison, words, &mut text);
    for state in State::ALL {
        let listed: Vec<&Change> = comparison.of(state).collect();
        if listed.is_empty() {
            continue;
        }
        text.line(&format!("\n{} ({})", title(state, words), listed.len()));
        let most = if all { listed.len() } else { SHOWN };
        for change in listed.iter().take(most) {
            text.line(&format!("  {}", row(change, words)));
        }
        if listed.len() > most {
            let more = words.more.replace("{n}", &(listed.len() - most).to_string());
            text.line(&format!("  {more}; {}", strings(comparison.language).all_shows));
        }
    }
    if comparison.is_still() {
        text.line(&format!("\n{}", words.nothing_changed));
    }
    text.write(out)
}

/// The heading of a state.
pub(super) fn title(state: State, words: &MachineStrings) -> &'static str {
    match state {
        State::New => words.new,
        State::Reopened => words.reopened,
        State::Resolved => words.resolved,
        State::SuppressedSince => words.accepted,
        State::NoLongerAssessed => words.no_longer_assessed,
        State::Unchanged => words.unchanged,
        State::Suppressed => words.suppressed,
    }
}

/// `path:line:column`, or the path alone.
pub(super) fn label(change: &Change) -> String {
    let path = visible(&change.finding.path);
    match (change.finding.line, change.finding.column) {
        (Some(line), Some(column)) => format!("{path}:{line}:{column}"),
        _ => path,
    }
}

/// What is said of a finding besides its message.
pub(super) fn remarks(change: &Change, words: &MachineStrings) -> Vec<String> {
    let was = change.severity_before.map(|severity| words.severity_was.replace("{severity}", severity.as_str()));
    let new_rule = (change.state == State::New && change.rule_is_new).then(|| words.rule_is_new.to_owned());
    let reason = change.reason.as_deref().map(one_line);
    [was, new_rule, reason].into_iter().flatten().collect()
}

/// A score, or a dash.
pub(super) fn score(score: Option<f64>) -> String {
    score.map_or_else(|| "–".to_owned(), one_decimal)
}

/// What a score gained, with its sign.
pub(super) fn gain(change: Option<f64>) -> String {
    let Some(change) = change else { return "–".to_owned() };
    let text = one_decimal(change);
    match text.as_str() {
        "0.0" if change > 0.0 => "+0.0".to_owned(),
        "0.0" if change < 0.0 => "-0.0".to_owned(),
        "0.0" => "=".to_owned(),
        _ if change > 0.0 => format!("+{text}"),
        _ => text,
    }
}

fn scores(comparison: &Comparison, words: &MachineStrings, text: &mut Lines) {
    let (old, new) = (score(comparison.old.score), score(comparison.new.score));
    let mut rows = vec![
        [words.category, words.before, words.after, words.change].map(str::to_owned),
        [words.overall.to_owned(), old, new, gain(comparison.change)],
    ];
    rows.extend(
        comparison
            .categories
            .iter()
            .map(|line| [one_line(&line.name), score(line.old), score(line.new), gain(line.change)]),
    );
    let widths = [0, 1, 2, 3].map(|column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0));
    for [name, old, new, gain] in &rows {
        let right = |text: &str, columns: usize| format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))));
        let numbers = [right(old, widths[1]), right(new, widths[2]), right(gain, widths[3])];
        text.line(&format!("{}  {}", pad(name, widths[0]), numbers.join("  ")));
    }
}

fn row(change: &Change, words: &MachineStrings) -> String {
    let remarks = remarks(change, words);
    let remarks = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join("; ")) };
    let (severity, rule) = (change.severity.as_str(), one_line(&change.finding.rule));
    format!("{severity} {rule} {}: {}{remarks}", one_line(&label(change)), one_line(&change.finding.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_have_a_sign() {
        assert_eq!([0.84, -1.25, 0.0, 0.04, -0.04].map(|n| gain(Some(n))), ["+0.8", "-1.3", "=", "+0.0", "-0.0"]);
        assert_eq!(gain(None), "–");
    }
}
