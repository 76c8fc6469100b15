//! Where a finding is shown by programs that know only files that exist, and how its path and message are written.

use super::text::visible;
use super::{Criterion, Finding, Position, Report, Status};
use crate::i18n::MachineStrings;
use crate::model::{Confidence, Severity};

/// The component that stands for the repository as a whole.
const ROOT: &str = ".";

/// A place in a file that exists, as far as the report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor<'a> {
    pub(super) path: &'a str,
    pub(super) start: Option<Position>,
    pub(super) end: Option<Position>,
}

/// Where a finding is shown: at its place, and what is missing on the nearest manifest.
pub(super) fn anchor<'a>(report: &'a Report, finding: &'a Finding) -> Anchor<'a> {
    if !finding.missing {
        return Anchor { path: &finding.path, start: finding.start, end: finding.end };
    }
    let path = manifest(report, &finding.component).unwrap_or(&finding.path);
    Anchor { path, start: None, end: None }
}

/// The manifest of a component, else of the nearest one around it that has any.
pub(super) fn manifest<'a>(report: &'a Report, component: &str) -> Option<&'a str> {
    let around = |path: &str| {
        path == ROOT || path == component || component.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    };
    let candidates = report.components.iter().filter(|candidate| around(&candidate.path));
    // The root's path is the shortest of all, however it is written.
    let depth = |path: &str| if path == ROOT { 0 } else { path.len() };
    candidates
        .filter_map(|candidate| Some((depth(&candidate.path), candidate.manifest.as_deref()?)))
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, manifest)| manifest)
}

/// The message in one line with nothing invisible in it; says where what is missing is expected and what is a guess.
pub(super) fn message(finding: &Finding, words: &MachineStrings) -> String {
    let mut text = one_line(&finding.message);
    if finding.missing && finding.path != ROOT {
        text = format!("{text} ({})", words.missing.replace("{path}", &one_line(&finding.path)));
    }
    if finding.confidence == Confidence::Guess {
        text = format!("{text} ({})", words.guess);
    }
    text
}

/// Line breaks become spaces, and what is invisible is shown.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().map(visible).collect::<Vec<_>>().join(" ")
}

/// `path:line:column`, or the path alone.
pub(super) fn label(finding: &Finding) -> String {
    let path = visible(&finding.path);
    finding.start.map_or_else(|| path.clone(), |start| format!("{path}:{}:{}", start.line, start.column))
}

/// A relative reference to a path: everything but letters, digits and a few signs that no reader takes for syntax is
/// percent-encoded.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~' | b'@' | b'(' | b')' | b'+')
        {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
        }
    }
    out
}

/// Criteria without an answer: unknown ones, and questions that nobody has answered.
pub(super) fn unanswered(report: &Report) -> impl Iterator<Item = &Criterion> {
    report.criteria.iter().filter(|criterion| match criterion.status {
        Status::Unknown => true,
        Status::Manual => criterion.attestation.is_none(),
        Status::Pass | Status::Fail | Status::NotApplicable => false,
    })
}

/// The command that tells whether the rule of a finding holds now. The gate leaves out what weighs nothing.
pub(super) fn command(finding: &Finding) -> String {
    if finding.is_about_suppressions() {
        return "readiness suppressions .".to_owned();
    }
    let guesses = if finding.confidence == Confidence::Guess { " --all" } else { "" };
    let gate = if finding.severity == Severity::Info { "" } else { " --fail-on low" };
    format!("readiness scan . --only {}{gate}{guesses}", one_line(&finding.rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_relative_reference() {
        assert_eq!(uri("src/app/[id]/page (1).tsx"), "src/app/%5Bid%5D/page%20(1).tsx");
        assert_eq!(uri("a:b%0A\n?#é"), "a%3Ab%250A%0A%3F%23%C3%A9");
    }

    #[test]
    fn a_message_is_one_visible_line() {
        assert_eq!(one_line("a\n::error::b\u{1b}[31m"), "a ::error::b\\x1b[31m");
    }
}
