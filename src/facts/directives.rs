//! Comments that speak to this tool (`readiness: ignore[…] reason`), from real comments and never from strings.

use super::{Directive, Extractor, Fact, FileFacts, Visit, Watch};
use crate::{
    code::{Kind, NodeRef},
    model::Span,
    repo::{FileKind, Role},
};

/// What every such comment holds.
pub const MARKER: &str = "readiness:";

pub(super) struct Directives;

impl Extractor for Directives {
    fn fact(&self) -> Fact {
        Fact::Directives
    }

    fn watch(&self) -> Watch {
        Watch { text: true, ..Watch::nodes(&[Kind::Comment]).keywords(&[MARKER]).roles(Role::ALL) }
    }

    fn text(&self, file: &Visit<'_>, facts: &mut FileFacts) {
        if file.tree.is_some() {
            return;
        }
        let spans = match file.repo.doc(file.file.id) {
            Some(doc) if !doc.comments.is_empty() => doc.comments.clone(),
            _ => comment_lines(file.text, openers(file.file.kind)),
        };
        for span in spans {
            push(facts, span, file.text);
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        push(facts, node.span(), file.text);
    }
}

fn push(facts: &mut FileFacts, span: Span, file: &str) {
    let text = file.get(span.range()).unwrap_or_default();
    if text.contains(MARKER) {
        let before = file[..span.start as usize].rsplit('\n').next().unwrap_or_default();
        facts.directives.push(Directive { span, alone: before.trim().is_empty(), text: text.to_owned() });
    }
}

/// How comments begin in formats without a parser of ours.
fn openers(kind: FileKind) -> &'static [&'static str] {
    match kind {
        // What a document shows in its code blocks is no comment of its own.
        FileKind::Markdown | FileKind::Html => &["<!--"],
        FileKind::Css => &["/*"],
        FileKind::Sql => &["--", "/*"],
        FileKind::Shell | FileKind::Dockerfile | FileKind::TaskRunner | FileKind::Env | FileKind::Gitignore => &["#"],
        _ => &["#", "//", "--", "<!--", "/*", ";"],
    }
}

/// What follows an opener that begins a line or follows a space, outside double quotes.
fn comment_lines(text: &str, openers: &[&str]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = openers
            .iter()
            .filter_map(|opener| {
                line.match_indices(opener).map(|(at, _)| at).find(|&at| {
                    let before = &line[..at];
                    let quoted = before.matches('"').count() % 2 == 1;
                    !quoted && before.chars().next_back().is_none_or(char::is_whitespace)
                })
            })
            .min();
        if let Some(start) = start {
            spans.push(Span::new(offset + start, offset + line.trim_end().len()));
        }
        offset += line.len();
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comment_lines_begin_at_an_opener_of_their_own() {
        let text = "a=1 # one\nurl=http://x\n  -- two\n";
        let quoted = "let x = \" // readiness: none\"; // real\n";
        let spans = comment_lines(quoted, &["//"]);
        assert_eq!(spans.iter().map(|span| &quoted[span.range()]).collect::<Vec<_>>(), ["// real"]);
        let found: Vec<&str> =
            comment_lines(text, openers(FileKind::Text)).into_iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, ["# one", "-- two"]);
    }
}
