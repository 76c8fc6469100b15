//! Commands that documents tell people to run.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::{
    code::shell::{self, Command},
    model::{FileId, Span},
    repo::Repo,
};

/// One code block of a document with the commands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    pub file: FileId,
    /// In the order of the text; spans are the file's.
    pub commands: Vec<Command>,
    pub text: String,
}

/// The shell code blocks of a Markdown document, those without a language included.
pub fn recipes(repo: &Repo, file: FileId) -> Vec<Recipe> {
    let Ok(text) = repo.read(file) else { return Vec::new() };
    let mut found = Vec::new();
    let mut block: Option<(bool, Span)> = None;
    for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => block = Some((is_shell(&kind), Span::new(range.end, range.start))),
            Event::Text(_) => {
                if let Some((_, span)) = &mut block {
                    let part = Span::new(range.start, range.end);
                    span.start = span.start.min(part.start);
                    span.end = span.end.max(part.end);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((true, span)) = block.take() else { continue };
                let Some(code) = text.get(span.range()) else { continue };
                let commands = shell::commands_at(code, span.start);
                found.push(Recipe { file, commands, text: code.to_owned() });
            }
            _ => {}
        }
    }
    found
}

fn is_shell(kind: &CodeBlockKind<'_>) -> bool {
    let CodeBlockKind::Fenced(language) = kind else { return false };
    let language = language.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
    matches!(language.as_str(), "" | "sh" | "bash" | "shell" | "zsh" | "console" | "shell-session" | "terminal")
}
