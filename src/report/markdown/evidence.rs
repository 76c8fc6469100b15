//! Code as proof: what is fine and what is not, with its place as a comment in the language of the file.

use super::escape::{code, fence, inline};
use super::{Page, failure_sign};
use crate::report::{Category, Criterion, Evidence, Finding, Position, Status};
use crate::report::{
    syntax::{comment, language},
    text::visible,
};

/// Blocks of code that a category shows, for and against.
const SHOWN_GOOD: usize = 2;
const SHOWN_BAD: usize = 4;
/// Blocks of one rule.
const SHOWN_OF_RULE: usize = 2;
/// Lines of a block.
const LONGEST_BLOCK: usize = 15;
/// Characters of a line.
const LONGEST_LINE: usize = 160;

/// A piece of a file.
struct Block<'a> {
    path: &'a str,
    start: Option<Position>,
    end: Option<Position>,
    snippet: &'a str,
    first_line: u32,
}

impl Page<'_> {
    /// Code that shows why criteria hold.
    pub(super) fn positive(&mut self, criteria: &[&Criterion]) {
        let mut shown = 0;
        for criterion in criteria.iter().filter(|c| c.status == Status::Pass) {
            let Some(Evidence::At {
                path,
                start,
                end,
                note,
                snippet: Some(snippet),
                snippet_start_line: Some(first_line),
            }) = criterion.evidence.first()
            else {
                continue;
            };
            if shown == 0 {
                self.blank();
                self.line(&format!("**{}:**", self.words.found));
            }
            shown += 1;
            if shown > SHOWN_GOOD {
                break;
            }
            let block = Block { path, start: *start, end: *end, snippet, first_line: *first_line };
            let remark = if note.is_empty() { criterion.detail.as_deref().unwrap_or_default() } else { note };
            self.block(&block, "✅", remark);
            let title = self.report.rule(&criterion.rule).map_or(criterion.rule.as_str(), |rule| rule.title.as_str());
            self.line(&format!("✅ {}", inline(title)));
        }
    }

    /// Code and absences that show why criteria fail.
    pub(super) fn negative(&mut self, category: &Category) {
        let open = |f: &&Finding| f.category == category.id && f.suppressed.is_none();
        let findings: Vec<&Finding> = self.report.findings.iter().filter(open).collect();
        if findings.is_empty() {
            return;
        }
        self.blank();
        self.line(&format!("**{}:**", self.words.problems));
        self.places(&findings);
    }

    /// Places with their code where there is room, the others in a line each; those of one rule stand together.
    pub(super) fn places(&mut self, findings: &[&Finding]) {
        self.blank();
        let mut blocks = 0;
        for same in
            findings.chunk_by(|a, b| a.rule == b.rule && a.severity == b.severity && a.confidence == b.confidence)
        {
            for finding in same.iter().take(SHOWN_OF_RULE) {
                let sign = failure_sign(finding.severity, finding.confidence);
                match (&finding.snippet, finding.snippet_start_line) {
                    (Some(snippet), Some(first_line)) if blocks < SHOWN_BAD => {
                        blocks += 1;
                        let block =
                            Block { path: &finding.path, start: finding.start, end: finding.end, snippet, first_line };
                        self.block(&block, sign, &finding.message);
                    }
                    _ => {
                        let line = finding.start.map(|start| format!(":{}", start.line)).unwrap_or_default();
                        let place = code(&format!("{}{line}", finding.path));
                        let missing =
                            if finding.missing { format!(", {}", self.words.missing_here) } else { String::new() };
                        self.line(&format!("- {sign} {} ({place}{missing})", inline(&finding.message)));
                    }
                }
            }
            if same.len() > SHOWN_OF_RULE {
                let more = self.words.and_more.replace("{n}", &(same.len() - SHOWN_OF_RULE).to_string());
                self.line(&format!("- {more} ({})", code(&same[0].rule)));
            }
        }
    }

    /// A fenced block: the place as a comment, the lines, and the remark below the last line that it is about.
    fn block(&mut self, block: &Block, sign: &str, remark: &str) {
        let (open, close) = comment(block.path);
        let lines: Vec<&str> = block.snippet.lines().collect();
        let last_marked = block.end.zip(block.start).map_or(block.first_line, |(end, start)| {
            if end.column <= 1 && end.line > start.line { end.line - 1 } else { end.line }
        });
        let place = match (block.start, last_marked) {
            (Some(start), last) if last > start.line => format!("{}:{}-{last}", block.path, start.line),
            (Some(start), _) => format!("{}:{}", block.path, start.line),
            (None, _) => block.path.to_owned(),
        };
        let comment_line = |text: &str| format!("{open} {}{close}", single_line(text));
        let mut body = vec![comment_line(&place)];
        let mut remarked = remark.is_empty();
        for (number, line) in (block.first_line..).zip(&lines).take(LONGEST_BLOCK) {
            if body.len() == 1 && line.trim().is_empty() && number != last_marked {
                continue;
            }
            body.push(shortened(line));
            if number == last_marked && !remarked {
                let indent = visible(&line[..line.len() - line.trim_start().len()]);
                body.push(format!("{indent}{}", comment_line(&format!("{sign} {remark}"))));
                remarked = true;
            }
        }
        if lines.len() > LONGEST_BLOCK {
            body.push("…".to_owned());
        }
        if !remarked {
            body.push(comment_line(&format!("{sign} {remark}")));
        }
        let body = body.join("\n");
        let fence = fence(&body);
        self.blank();
        self.line(&format!("{fence}{}", language(block.path)));
        self.line(&body);
        self.line(&fence);
        self.blank();
    }

    /// Evidence in one line.
    pub(super) fn evidence_text(&self, evidence: &Evidence) -> String {
        match evidence {
            Evidence::At { path, start, note, .. } => {
                let place = code(&start.map_or_else(|| path.clone(), |start| format!("{path}:{}", start.line)));
                if note.is_empty() { place } else { format!("{} ({place})", inline(note)) }
            }
            Evidence::Searched { what, files, .. } => {
                format!("{} {}: {}", self.words.searched, self.words.count(*files, self.words.files), inline(what))
            }
            Evidence::Absent { what, looked } => {
                let looked: Vec<String> = looked.iter().map(|path| code(path)).collect();
                format!("{} {}: {}", self.words.looked_at, inline(what), looked.join(", "))
            }
        }
    }
}

fn single_line(text: &str) -> String {
    text.split_whitespace().map(visible).collect::<Vec<_>>().join(" ")
}

fn shortened(line: &str) -> String {
    let shown = visible(line.trim_end());
    match shown.char_indices().nth(LONGEST_LINE) {
        Some((at, _)) => format!("{}…", &shown[..at]),
        None => shown,
    }
}
