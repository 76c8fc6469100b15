//! Case files: `rules/<category>/<id>.md` holds a rule's examples, which are its tests.
//!
//! ````text
//! ## fail: the final stage runs as root
//!
//! Prose for the reader of the documentation.
//!
//! - missing: services/api            an absence is reported there
//! - component: services/api          the verdict in the heading is this component's, not the whole repository's
//!
//! ```dockerfile path=Dockerfile tracked
//! FROM node:22                       # expect: bad medium
//! ```
//! ````
//!
//! The heading's first word is the verdict: `fail`, `pass`, `not-applicable`, `unknown` or `manual`. A marker
//! `expect: bad`, optionally with a severity and a confidence, or `expect: good`, stands in a comment at the end of
//! the line that the finding or the evidence begins on (on the first line for a file as a whole); it is stripped before the file is written, so it may also
//! stand in formats without comments. A `tracked` file is in git's index.

use std::borrow::Cow;

use crate::model::{Confidence, Severity};

/// One case: a small repository and what the rule must say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub title: String,
    pub verdict: String,
    pub prose: String,
    pub files: Vec<CaseFile>,
    pub component: Option<String>,
    /// Where absences must be reported.
    pub missing: Vec<String>,
    /// Line of the heading in the case file, from 1.
    pub line: usize,
}

/// A file of a case, its markers stripped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    pub path: String,
    pub language: String,
    pub content: String,
    pub tracked: bool,
    pub marks: Vec<Mark>,
    /// Line of the opening fence in the case file, from 1; the file's first line follows it.
    pub line: usize,
}

/// What is expected at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// From 1.
    pub line: usize,
    pub good: bool,
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
}

/// A mistake in a case file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct CaseError {
    pub line: usize,
    pub message: String,
}

const VERDICTS: [&str; 5] = ["fail", "pass", "not-applicable", "unknown", "manual"];

/// Reads all cases of a case file.
pub fn parse(text: &str) -> Result<Vec<Case>, CaseError> {
    let mut cases: Vec<Case> = Vec::new();
    let mut fence: Option<Fence> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some(open) = &mut fence {
            if line.trim_end() == open.ticks {
                let done = fence.take().map(|fence| fence.file);
                if let (Some(case), Some(Some(file))) = (cases.last_mut(), done) {
                    case.files.push(file);
                }
            } else {
                open.push(line, number)?;
            }
            continue;
        }
        if let Some(heading) = line.strip_prefix("## ") {
            cases.push(case_of(heading, number)?);
        } else if line.starts_with("```") {
            fence = Some(Fence::open(line, number)?);
        } else if let Some(case) = cases.last_mut() {
            prose(case, line);
        }
    }
    match fence {
        Some(open) => Err(CaseError { line: open.line, message: "this fence is never closed".to_owned() }),
        None => Ok(cases),
    }
}

fn case_of(heading: &str, line: usize) -> Result<Case, CaseError> {
    let (verdict, title) = heading.split_once(':').unwrap_or((heading, ""));
    if !VERDICTS.contains(&verdict.trim()) {
        let message = format!("a case heading begins with its verdict ({}), not `{verdict}`", VERDICTS.join(", "));
        return Err(CaseError { line, message });
    }
    if title.trim().is_empty() {
        return Err(CaseError { line, message: "a case needs a title behind its verdict".to_owned() });
    }
    Ok(Case {
        title: title.trim().to_owned(),
        verdict: verdict.trim().to_owned(),
        prose: String::new(),
        files: Vec::new(),
        component: None,
        missing: Vec::new(),
        line,
    })
}

fn prose(case: &mut Case, line: &str) {
    if let Some(path) = line.strip_prefix("- missing:") {
        case.missing.push(path.trim().trim_matches('`').to_owned());
    } else if let Some(path) = line.strip_prefix("- component:") {
        case.component = Some(path.trim().trim_matches('`').to_owned());
    } else {
        case.prose.push_str(line);
        case.prose.push('\n');
    }
}

struct Fence {
    ticks: String,
    line: usize,
    /// Absent for a fence without a path, which only illustrates the prose.
    file: Option<CaseFile>,
    written: usize,
}

impl Fence {
    fn open(line: &str, number: usize) -> Result<Self, CaseError> {
        let ticks = "`".repeat(line.chars().take_while(|&char| char == '`').count());
        let mut words = line[ticks.len()..].split_whitespace();
        let mut file = CaseFile {
            path: String::new(),
            language: String::new(),
            content: String::new(),
            tracked: false,
            marks: Vec::new(),
            line: number,
        };
        for word in &mut words {
            if let Some(path) = word.strip_prefix("path=") {
                path.clone_into(&mut file.path);
            } else if word == "tracked" {
                file.tracked = true;
            } else if file.language.is_empty() && file.path.is_empty() {
                word.clone_into(&mut file.language);
            } else {
                return Err(CaseError { line: number, message: format!("unknown fence attribute `{word}`") });
            }
        }
        let escapes = file.path.starts_with('/') || file.path.split('/').any(|part| part == "..");
        if escapes {
            return Err(CaseError { line: number, message: format!("`{}` leads out of the case", file.path) });
        }
        Ok(Self { ticks, line: number, file: (!file.path.is_empty()).then_some(file), written: 0 })
    }

    fn push(&mut self, line: &str, number: usize) -> Result<(), CaseError> {
        self.written += 1;
        let Some(file) = &mut self.file else { return Ok(()) };
        let (content, mark) = match line.rfind("expect:") {
            Some(at) => match strip_marker(line, at, self.written) {
                Some(Ok((content, mark))) => (content, Some(mark)),
                Some(Err(message)) => return Err(CaseError { line: number, message }),
                None => (line, None),
            },
            None => (line, None),
        };
        file.content.push_str(content);
        file.content.push('\n');
        file.marks.extend(mark);
        Ok(())
    }
}

/// What a case file says before its first case: how the rule decides.
pub fn introduction(text: &str) -> String {
    let lines = text.lines().skip_while(|line| line.starts_with("# ") || line.trim().is_empty());
    lines.take_while(|line| !line.starts_with("## ")).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The cases that explain a rule to a reader; the case file has them all.
pub fn chosen(cases: &[Case]) -> Vec<&Case> {
    const MOST: [(&str, usize); 5] = [("fail", 2), ("pass", 2), ("not-applicable", 1), ("unknown", 1), ("manual", 1)];
    MOST.iter()
        .flat_map(|(verdict, most)| cases.iter().filter(move |case| case.verdict == *verdict).take(*most))
        .collect()
}

/// The content of a file for a reader: a secret that tests put in is named, not shown.
pub fn shown(content: &str) -> Cow<'_, str> {
    if !content.contains("@@planted:") {
        return Cow::Borrowed(content);
    }
    let mut pieces = content.split("@@planted:");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("@@").unwrap_or((piece, ""));
        out.extend(["<a secret: ", name, ">", rest]);
    }
    Cow::Owned(out)
}

/// A line of a file in a case as the file holds it: without a marker.
pub fn without_marker(line: &str) -> &str {
    let split = line.rfind("expect:").and_then(|at| strip_marker(line, at, 0));
    split.map_or(line, |split| split.map_or(line, |(content, _)| content))
}

/// Splits a line into its content and its marker; `None` when what precedes `expect:` opens no comment.
fn strip_marker(line: &str, at: usize, number: usize) -> Option<Result<(&str, Mark), String>> {
    let before = line[..at].trim_end();
    let opener = ["{/*", "<!--", "//", "/*", "--", "#", ";"].into_iter().find(|opener| before.ends_with(opener))?;
    let content = before[..before.len() - opener.len()].trim_end();
    let words = line[at + "expect:".len()..].trim_end_matches(['}', '/', '*', '-', '>', ' ']);
    let mut mark = Mark { line: number, good: false, severity: None, confidence: None };
    for (index, word) in words.split_whitespace().enumerate() {
        match (index, word) {
            (0, "bad") => {}
            (0, "good") => mark.good = true,
            (0, _) => return Some(Err(format!("a marker expects `bad` or `good`, not `{word}`"))),
            (_, "certain") => mark.confidence = Some(Confidence::Certain),
            (_, "likely") => mark.confidence = Some(Confidence::Likely),
            (_, "guess") => mark.confidence = Some(Confidence::Guess),
            (_, word) => match Severity::ALL.into_iter().find(|severity| severity.as_str() == word) {
                Some(severity) => mark.severity = Some(severity),
                None => return Some(Err(format!("`{word}` is neither a severity nor a confidence"))),
            },
        }
    }
    Some(Ok((content, mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_files_marks_and_absences() {
        let text = "# rule\n\nIntro.\n\n## fail: two things\n\nWhy.\n\n- missing: `services/api`\n\n\
                    ```dockerfile path=Dockerfile tracked\nFROM node   # expect: bad high likely\nUSER 1  # expect: good\n```\n";
        let cases = parse(text).unwrap();
        assert_eq!(cases.len(), 1);
        let case = &cases[0];
        assert_eq!((case.verdict.as_str(), case.title.as_str(), case.line), ("fail", "two things", 5));
        assert_eq!(case.missing, ["services/api"]);
        assert_eq!(case.files[0].content, "FROM node\nUSER 1\n");
        assert!(case.files[0].tracked);
        assert_eq!(case.files[0].marks[0].severity, Some(Severity::High));
        assert!(case.files[0].marks[1].good);
    }

    #[test]
    fn markers_stand_in_any_comment_style() {
        for (line, content) in [
            ("a(); // expect: bad", "a();"),
            ("<a /> {/* expect: bad */}", "<a />"),
            ("<a/> <!-- expect: bad -->", "<a/>"),
            ("{\"a\": 1} // expect: bad", "{\"a\": 1}"),
            ("SELECT 1 -- expect: bad", "SELECT 1"),
        ] {
            let text = format!("## fail: x\n```x path=x\n{line}\n```\n");
            assert_eq!(parse(&text).unwrap()[0].files[0].content, format!("{content}\n"), "{line}");
        }
    }

    #[test]
    fn mistakes_name_their_line() {
        assert_eq!(parse("## maybe: x\n").unwrap_err().line, 1);
        assert_eq!(parse("## fail: x\n```x path=../y\n").unwrap_err().line, 2);
        assert_eq!(parse("## fail: x\n```x path=y\n").unwrap_err().line, 2);
        assert_eq!(parse("## fail: x\n```x path=y\nz # expect: ugly\n```\n").unwrap_err().line, 3);
    }
}
