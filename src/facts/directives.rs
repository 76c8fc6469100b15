//! Comments that speak to this tool (`readiness: ignore[…] reason`), from real comments and never from strings.

use super::{Directive, Extractor, Fact, FileFacts, Visit, Watch};
use crate::{
    code::{Kind, NodeRef},
    model::Span,
    repo::{FileKind, Role},
    text::comments::{
        C_LIKE, CSS, HASH, PHP, PYTHON, RUST, SHELL, SQL, Syntax, TERRAFORM, WITH_BACKTICKS, comments, markup_comments,
    },
};

/// What such comments hold; all but the first in vain, which somebody should be told.
const MARKERS: [&str; 5] =
    ["readiness:", "readiness-ignore", "readiness-disable", "readiness ignore[", "readiness disable["];

pub(super) struct Directives;

impl Extractor for Directives {
    fn fact(&self) -> Fact {
        Fact::Directives
    }

    fn watch(&self) -> Watch {
        Watch { text: true, ..Watch::nodes(&[Kind::Comment]).keywords(&MARKERS).roles(Role::ALL) }
    }

    fn text(&self, file: &Visit<'_>, facts: &mut FileFacts) {
        if file.tree.is_some() {
            return;
        }
        for span in spans(file) {
            push(facts, span, file.text);
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        push(facts, node.span(), file.text);
    }
}

fn push(facts: &mut FileFacts, span: Span, file: &str) {
    let text = file.get(span.range()).unwrap_or_default();
    if MARKERS.iter().any(|marker| text.contains(marker)) {
        let before = file[..span.start as usize].rsplit('\n').next().unwrap_or_default();
        facts.directives.push(Directive { span, alone: before.trim().is_empty(), text: text.to_owned() });
    }
}

/// The comments of a file that has no tree.
fn spans(file: &Visit<'_>) -> Vec<Span> {
    if let Some(doc) = file.repo.doc(file.file.id) {
        // Where a parser stopped at an error it may have seen none of them.
        if !doc.comments.is_empty() || doc.errors.is_empty() {
            return doc.comments.clone();
        }
    }
    let extension = file.file.path.extension().unwrap_or_default();
    if matches!(file.file.kind, FileKind::Markdown | FileKind::Html)
        || matches!(extension, "html" | "htm" | "vue" | "svelte" | "astro" | "md" | "mdx" | "svg")
    {
        return markup_comments(file.text);
    }
    match syntax(file.file.kind).or_else(|| syntax_of(extension)) {
        Some(syntax) => comments(file.text, syntax),
        None => comment_lines(file.text, openers(file.file.kind)),
    }
}

fn syntax(kind: FileKind) -> Option<&'static Syntax> {
    match kind {
        FileKind::Css => Some(&CSS),
        FileKind::Sql => Some(&SQL),
        FileKind::Shell | FileKind::Dockerfile => Some(&SHELL),
        FileKind::Terraform => Some(&TERRAFORM),
        FileKind::Prisma | FileKind::Gradle | FileKind::GoMod => Some(&C_LIKE),
        _ => None,
    }
}

fn syntax_of(extension: &str) -> Option<&'static Syntax> {
    Some(match extension {
        "sql" | "psql" => &SQL,
        "sh" | "bash" | "zsh" | "ksh" => &SHELL,
        "tf" | "tfvars" | "hcl" => &TERRAFORM,
        "go" | "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => &WITH_BACKTICKS,
        "java" | "kt" | "kts" | "groovy" | "gradle" | "scala" | "swift" | "cs" | "dart" | "proto" | "prisma" | "c"
        | "h" | "cc" | "cpp" | "hpp" | "scss" | "less" => &C_LIKE,
        "rs" => &RUST,
        "php" => &PHP,
        "css" => &CSS,
        "py" | "pyi" => &PYTHON,
        "rb" | "ex" | "exs" | "pl" | "cr" | "jl" | "graphql" | "gql" => &HASH,
        _ => return None,
    })
}

/// How comments begin in formats that nothing else is known of.
fn openers(kind: FileKind) -> &'static [&'static str] {
    match kind {
        FileKind::TaskRunner | FileKind::Env | FileKind::EnvExample | FileKind::Gitignore => &["#"],
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
