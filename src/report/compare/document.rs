//! The comparison as Markdown for a comment on a pull request.

use std::io;

use super::table::{gain, label, remarks, score, title};
use super::{Change, Comparison, State};
use crate::i18n::{MachineStrings, machine_strings, strings};
use crate::report::lines::Lines;
use crate::report::markdown::escape::{code, inline};
use crate::report::text::cut;

/// Findings of a state that are listed: a comment has 65 thousand characters at most.
const SHOWN: usize = 20;

/// Columns of a message or a path, for the same reason.
const LONGEST_TEXT: usize = 160;

/// Writes scores, then the findings by state; what did not change is folded.
pub fn write(comparison: &Comparison, out: &mut dyn io::Write) -> io::Result<()> {
    let words = machine_strings(comparison.language);
    let mut text = Lines::default();
    text.line(&format!("## {}\n", words.comparison));
    head(comparison, words, &mut text);
    for caution in &comparison.cautions {
        text.line(&format!("> **{}:** {}\n", words.caution, inline(&caution.text)));
    }
    scores(comparison, words, &mut text);
    for state in State::ALL {
        let listed: Vec<&Change> = comparison.of(state).collect();
        if listed.is_empty() {
            continue;
        }
        let heading = format!("{} ({})", title(state, words), listed.len());
        if matches!(state, State::Unchanged | State::Suppressed) {
            text.line(&format!("\n<details><summary>{heading}</summary>\n"));
            findings(&listed, words, &mut text);
            text.line("\n</details>");
        } else {
            text.line(&format!("\n### {heading}\n"));
            findings(&listed, words, &mut text);
        }
    }
    if comparison.is_still() {
        text.line(&format!("\n{}", words.nothing_changed));
    }
    text.write(out)
}

fn head(comparison: &Comparison, words: &MachineStrings, text: &mut Lines) {
    let name = |verdict| strings(comparison.language).verdict(verdict);
    let (old, new) = (name(comparison.old.verdict), name(comparison.new.verdict));
    let verdict = if old == new { new.to_owned() } else { format!("{old} → {new}") };
    let (before, after) = (score(comparison.old.score), score(comparison.new.score));
    text.line(&format!(
        "**{}:** {before} → {after} ({}) · **{}:** {verdict}\n",
        words.overall,
        gain(comparison.change),
        words.verdict
    ));
}

fn scores(comparison: &Comparison, words: &MachineStrings, text: &mut Lines) {
    text.line(&format!("| {} | {} | {} | {} |", words.category, words.before, words.after, words.change));
    text.line("|---|--:|--:|--:|");
    for line in &comparison.categories {
        let (old, new) = (score(line.old), score(line.new));
        text.line(&format!("| {} | {old} | {new} | {} |", inline(&line.name), gain(line.change)));
    }
}

fn findings(listed: &[&Change], words: &MachineStrings, text: &mut Lines) {
    text.line(&format!("| {} | {} | {} | {} |", words.severity, words.rule, words.place, words.finding));
    text.line("|---|---|---|---|");
    for change in listed.iter().take(SHOWN) {
        let remarks = remarks(change, words);
        let remarks = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join("; ")) };
        text.line(&format!(
            "| {} | {} | {} | {} |",
            change.severity.as_str(),
            code(&change.finding.rule),
            code(&cut(&label(change), LONGEST_TEXT)),
            inline(&cut(&format!("{}{remarks}", change.finding.message), LONGEST_TEXT)),
        ));
    }
    if listed.len() > SHOWN {
        text.line(&format!("\n{}", words.more.replace("{n}", &(listed.len() - SHOWN).to_string())));
    }
}
