//! Comments that suppress: `readiness: ignore[rule-id] reason` and `readiness: ignore-file[rule-id] reason`, with
//! `until=2026-12-31` before the reason or behind it when they hold for a while.
//!
//! "Readiness" is also an everyday word in comments about probes, so only what looks like an instruction is read as
//! one; everything else is prose and stays unnoticed.

use std::collections::BTreeMap;

use super::{Comment, Origin, Reach, Reading, State, Suppression, Trouble};
use crate::model::{Date, nearest};

/// What every instruction begins with.
pub const MARKER: &str = "readiness:";

/// What people write who remember the form of other tools. Prose does not begin like this.
const OTHER_MARKERS: [&str; 4] = ["readiness-ignore", "readiness-disable", "readiness ignore[", "readiness disable["];

/// Where a comment about the whole file must begin: room for a licence header.
pub const TOP_LINES: u32 = 25;

/// A comment block of more lines is data, not an instruction.
const MAX_LINES: usize = 200;

/// Everything that the comments say, in any order.
pub(super) fn read<'a>(comments: &[Comment], known: &[&str]) -> Vec<Reading<'a>> {
    let directives: Vec<Directive<'_>> = comments.iter().flat_map(directives).collect();
    let alone: Alone<'_> = directives
        .iter()
        .filter(|directive| directive.comment.alone)
        .map(|directive| ((directive.comment.path.as_str(), directive.comment.lines.0), directive.comment.lines.1))
        .collect();
    directives.iter().flat_map(|directive| directive.readings(&alone, known)).collect()
}

/// The last line of each comment that stands alone, by its path and first line.
type Alone<'c> = BTreeMap<(&'c str, u32), u32>;

/// One instruction in a comment.
struct Directive<'c> {
    comment: &'c Comment,
    line: u32,
    order: Result<Order<'c>, Trouble>,
}

struct Order<'c> {
    whole_file: bool,
    rules: Vec<&'c str>,
    reason: String,
    until: Option<Date>,
}

fn directives(comment: &Comment) -> Vec<Directive<'_>> {
    let lines = comment.text.lines().take(MAX_LINES).zip(comment.lines.0..);
    lines.filter_map(|(text, line)| order(text).map(|order| Directive { comment, line, order })).collect()
}

/// Reads one line of a comment; `None` when it holds no instruction.
fn order(line: &str) -> Option<Result<Order<'_>, Trouble>> {
    let begins = line.trim_start_matches(|char: char| !char.is_alphanumeric());
    if let Some(found) = OTHER_MARKERS.iter().find(|marker| begins.starts_with(**marker)) {
        return Some(Err(Trouble::OtherMarker { found: found.trim_end_matches('[') }));
    }
    line.match_indices(MARKER).find_map(|(at, _)| {
        let (before, after) = (&line[..at], line[at + MARKER.len()..].trim_start());
        let begins = before.chars().all(|char| !char.is_alphanumeric());
        // Behind other words the marker must stand free, as in `# noqa  # readiness: ignore[...]`.
        let free = begins || before.ends_with(char::is_whitespace);
        if free { instruction(after, begins) } else { None }
    })
}

/// Reads what follows the marker. `begins`: nothing precedes the marker in its line.
fn instruction(text: &str, begins: bool) -> Option<Result<Order<'_>, Trouble>> {
    let verb_end =
        text.find(|char: char| !char.is_ascii_alphabetic() && char != '-' && char != '_').unwrap_or(text.len());
    let (verb, rest) = text.split_at(verb_end);
    let whole_file = match verb {
        "ignore" => false,
        "ignore-file" => true,
        // A bracket right behind a single word is no prose.
        _ if begins && !verb.is_empty() && rest.starts_with('[') => {
            return Some(Err(Trouble::UnknownVerb { found: verb.chars().take(40).collect() }));
        }
        _ => return None,
    };
    Some(arguments(rest, whole_file))
}

fn arguments(rest: &str, whole_file: bool) -> Result<Order<'_>, Trouble> {
    let inside = rest.trim_start().strip_prefix('[').ok_or(Trouble::NoRules)?;
    let (list, reason) = inside.split_once(']').ok_or(Trouble::Unclosed)?;
    let rules: Vec<&str> = list.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if rules.is_empty() {
        return Err(Trouble::NoRules);
    }
    let (reason, until) = dated(bare(reason))?;
    if !reason.chars().any(char::is_alphanumeric) {
        return Err(Trouble::NoReason);
    }
    Ok(Order { whole_file, rules, reason: reason.to_owned(), until })
}

/// Takes `until=` and its day from either end of a reason.
fn dated(text: &str) -> Result<(&str, Option<Date>), Trouble> {
    let words = |(first, last): (usize, usize)| (&text[first..last], text[..first].trim(), text[last..].trim());
    let first = text.find(char::is_whitespace).unwrap_or(text.len());
    let last = text.len() - text.rsplit(char::is_whitespace).next().map_or(0, str::len);
    for (word, before, behind) in [words((0, first)), words((last, text.len()))] {
        if let Some(day) = word.strip_prefix("until=") {
            let until = day.parse().map_err(|_| Trouble::NoDate { found: day.chars().take(40).collect() })?;
            return Ok((if before.is_empty() { bare(behind) } else { before }, Some(until)));
        }
    }
    Ok((text, None))
}

/// A reason without the signs that close its comment and those that people like to put before it.
fn bare(reason: &str) -> &str {
    let mut reason = reason.trim();
    for closing in ["*/}", "*/", "-->", "--%>", "#}"] {
        reason = reason.strip_suffix(closing).unwrap_or(reason).trim_end();
    }
    reason.trim_start_matches([':', '-', '–', '—']).trim()
}

impl Directive<'_> {
    fn readings<'a>(&self, alone: &Alone<'_>, known: &[&str]) -> Vec<Reading<'a>> {
        let order = match &self.order {
            Ok(order) => order,
            Err(trouble) => return vec![self.refused("", None, trouble.clone())],
        };
        order.rules.iter().map(|rule| self.reading(rule, order, alone, known)).collect()
    }

    fn reading<'a>(&self, rule: &str, order: &Order<'_>, alone: &Alone<'_>, known: &[&str]) -> Reading<'a> {
        let reason = Some(order.reason.clone());
        if !known.contains(&rule) {
            let nearest = nearest(rule, known.iter().copied()).map(str::to_owned);
            let id = rule.chars().take(80).collect();
            return self.refused(rule, reason, Trouble::UnknownRule { id, nearest });
        }
        if order.whole_file && self.line > TOP_LINES {
            return self.refused(rule, reason, Trouble::NotAtTop);
        }
        let reach = if order.whole_file {
            Reach::File
        } else {
            let (first, last) = self.lines(alone);
            Reach::Lines(first, last)
        };
        Reading {
            suppression: Suppression {
                state: State::Unused,
                trouble: None,
                until: order.until,
                ..self.suppression(rule, reason)
            },
            reach,
        }
    }

    /// The lines it speaks of: its own, and the next one when it stands alone. Of several such comments below each
    /// other all speak of the line below the last.
    fn lines(&self, alone: &Alone<'_>) -> (u32, u32) {
        let (first, mut last) = self.comment.lines;
        if self.comment.alone {
            last = last.saturating_add(1);
            while let Some(&end) = alone.get(&(self.comment.path.as_str(), last)) {
                last = end.max(last).saturating_add(1);
            }
        }
        (first, last)
    }

    fn refused<'a>(&self, rule: &str, reason: Option<String>, trouble: Trouble) -> Reading<'a> {
        let suppression = Suppression { trouble: Some(trouble), ..self.suppression(rule, reason) };
        Reading { suppression, reach: Reach::Nothing }
    }

    fn suppression(&self, rule: &str, reason: Option<String>) -> Suppression {
        Suppression {
            origin: Origin::Comment,
            rule: rule.chars().take(80).collect(),
            path: self.comment.path.clone(),
            line: self.line,
            reason,
            until: None,
            matched: 0,
            state: State::Refused,
            trouble: None,
        }
    }
}
