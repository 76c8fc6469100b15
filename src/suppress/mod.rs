//! Takes findings out of the count without taking them out of the report.
//!
//! A comment or a configuration entry suppresses a finding only with a rule and a reason. What was suppressed, what
//! could not be, and what suppressed nothing comes back to the caller, so that a report can show all of it.

pub mod baseline;
mod fingerprint;
mod inline;
mod trouble;

use std::collections::BTreeMap;

pub use fingerprint::{Identity, content_fingerprint, fingerprints};
pub use inline::{MARKER, TOP_LINES};
pub use trouble::Trouble;

use crate::model::{Date, Severity, SuppressionPolicy, Waiver};

/// A comment of the audited repository that may speak to this tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Relative to the scanned root.
    pub path: String,
    /// First and last line, from 1.
    pub lines: (u32, u32),
    /// Nothing but space precedes it on its first line. A comment behind code speaks of its own line only.
    pub alone: bool,
    /// With its comment signs.
    pub text: String,
}

/// A finding, as far as suppressions are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub rule: String,
    pub path: String,
    pub severity: Severity,
    /// First and last line, from 1; `None` for a file as a whole and for what is missing.
    pub lines: Option<(u32, u32)>,
}

/// What suppressions are decided from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub subjects: &'a [Subject],
    /// Empty when comments must not suppress anything.
    pub comments: &'a [Comment],
    pub waivers: &'a [Waiver],
    pub policy: &'a SuppressionPolicy,
    /// Every rule id that exists.
    pub known: &'a [&'a str],
    /// The rules that ran: a suppression of another one is not called unused.
    pub ran: &'a [&'a str],
    /// Without it nothing expires.
    pub today: Option<Date>,
}

/// Who suppresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    Comment,
    Config,
}

/// What became of a suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Used,
    /// It matches no finding.
    Unused,
    /// Its last day has passed.
    Expired,
    /// It cannot be read, has no reason, names no rule that exists, or is not allowed; [`Suppression::trouble`] says which.
    Refused,
    /// Its rule was left out of this scan.
    Idle,
}

/// One suppression of one rule. A comment that names several rules gives several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub origin: Origin,
    /// The rule; empty when none could be read.
    pub rule: String,
    /// Where it is written.
    pub path: String,
    pub line: u32,
    pub reason: Option<String>,
    pub until: Option<Date>,
    /// Findings that it takes out.
    pub matched: usize,
    pub state: State,
    /// Why it is refused, or why its date could not be judged.
    pub trouble: Option<Trouble>,
}

/// What became of findings and suppressions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// For each subject, in the same order, the index of the suppression that takes it out.
    pub by: Vec<Option<usize>>,
    /// By path, line and rule.
    pub suppressions: Vec<Suppression>,
}

/// Decides which findings are suppressed, and by what. A comment goes before the configuration, the nearer comment
/// before the farther.
pub fn suppress(input: &Input<'_>) -> Outcome {
    let mut rules = inline::read(input.comments, input.known);
    for rule in &mut rules {
        rule.expire(input);
    }
    rules.extend(input.waivers.iter().map(|waiver| waived(waiver, input)));
    rules.sort_by(|a, b| a.order().cmp(&b.order()));
    let by = assign(input, &mut rules);
    let suppressions = rules.into_iter().map(|rule| rule.settled(input.ran)).collect();
    Outcome { by, suppressions }
}

/// A suppression and what it covers.
struct Reading<'a> {
    suppression: Suppression,
    reach: Reach<'a>,
}

enum Reach<'a> {
    /// It is refused or expired.
    Nothing,
    /// Findings that touch these lines of its file.
    Lines(u32, u32),
    /// All of its file.
    File,
    Waiver(&'a Waiver),
}

impl Reading<'_> {
    fn order(&self) -> (&str, u32, &str, Origin) {
        (&self.suppression.path, self.suppression.line, &self.suppression.rule, self.suppression.origin)
    }

    /// Lets a suppression expire, or refuses it when the policy does.
    fn expire(&mut self, input: &Input<'_>) {
        let suppression = &mut self.suppression;
        if suppression.state != State::Unused {
            return;
        }
        let Input { policy, today, .. } = *input;
        match (suppression.until, today) {
            (Some(until), Some(today)) if today > until => suppression.state = State::Expired,
            (Some(until), _) if policy.is_too_far(until, today) => {
                suppression.state = State::Refused;
                suppression.trouble = Some(Trouble::TooLong(policy.max_days.unwrap_or_default()));
            }
            (None, _) if policy.require_until || policy.max_days.is_some() => {
                suppression.state = State::Refused;
                suppression.trouble = Some(Trouble::NoUntil);
            }
            (Some(until), None) => suppression.trouble = Some(Trouble::NoToday(until)),
            _ => {}
        }
        if suppression.state != State::Unused {
            self.reach = Reach::Nothing;
        }
    }

    fn covers(&self, subject: &Subject) -> bool {
        if self.suppression.rule != subject.rule {
            return false;
        }
        match &self.reach {
            Reach::Nothing => false,
            Reach::File => self.suppression.path == subject.path,
            Reach::Lines(first, last) => {
                let touches = |(from, to): (u32, u32)| from <= *last && *first <= to;
                self.suppression.path == subject.path && subject.lines.is_some_and(touches)
            }
            Reach::Waiver(waiver) => waiver.paths.is_empty() || waiver.paths.matches(&subject.path),
        }
    }

    /// Smaller is more specific, and answers first.
    fn rank(&self) -> u8 {
        match self.reach {
            Reach::Lines(..) => 0,
            Reach::File => 1,
            Reach::Waiver(_) => 2,
            Reach::Nothing => 3,
        }
    }

    fn settled(self, ran: &[&str]) -> Suppression {
        let mut suppression = self.suppression;
        if suppression.state == State::Unused && suppression.matched > 0 {
            suppression.state = State::Used;
            suppression.trouble = suppression.trouble.filter(|trouble| *trouble != Trouble::Forbidden);
        } else if suppression.state == State::Unused && suppression.trouble == Some(Trouble::Forbidden) {
            suppression.state = State::Refused;
        } else if suppression.state == State::Unused && !ran.contains(&suppression.rule.as_str()) {
            suppression.state = State::Idle;
        }
        suppression
    }
}

fn waived<'a>(waiver: &'a Waiver, input: &Input<'_>) -> Reading<'a> {
    let suppression = Suppression {
        origin: Origin::Config,
        rule: waiver.rule.clone(),
        path: waiver.path.clone(),
        line: waiver.line,
        reason: Some(waiver.reason.clone()),
        until: waiver.until,
        matched: 0,
        state: State::Unused,
        trouble: None,
    };
    let mut reading = Reading { suppression, reach: Reach::Waiver(waiver) };
    reading.expire(input);
    reading
}

/// Gives every subject to the most specific suppression that covers it. Every suppression that covers something
/// counts it, so that of two that cover the same neither is called unused.
fn assign(input: &Input<'_>, rules: &mut [Reading<'_>]) -> Vec<Option<usize>> {
    let mut by_rule: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, rule) in rules.iter().enumerate() {
        by_rule.entry(rule.suppression.rule.clone()).or_default().push(index);
    }
    input
        .subjects
        .iter()
        .map(|subject| {
            let candidates = by_rule.get(&subject.rule).map(Vec::as_slice).unwrap_or_default();
            let covering: Vec<usize> =
                candidates.iter().copied().filter(|&index| rules[index].covers(subject)).collect();
            if input.policy.forbids(subject.severity, &subject.path) {
                for &index in &covering {
                    rules[index].suppression.trouble.get_or_insert(Trouble::Forbidden);
                }
                return None;
            }
            for &index in &covering {
                rules[index].suppression.matched += 1;
            }
            covering.into_iter().min_by_key(|&index| (rules[index].rank(), index))
        })
        .collect()
}
