//! What is wrong with a configuration file, shown with its lines.

use std::{fmt, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use camino::{Utf8Path, Utf8PathBuf};

use super::extend::straight;

/// One mistake in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// The bytes that are wrong.
    pub span: Range<usize>,
    /// What stands under the marked bytes.
    pub label: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, label: None, help: None }
    }

    #[must_use]
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean" when somebody has an idea.
    #[must_use]
    pub(super) fn suggest(self, nearest: Option<&str>) -> Self {
        match nearest {
            Some(nearest) => self.help(format!("did you mean `{nearest}`?")),
            None => self,
        }
    }
}

/// Why a configuration file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigError {
    /// The file cannot be read as a text. Usually the fault of whoever named or placed it.
    Unreadable {
        /// The file, as the user may call it.
        path: String,
        reason: String,
        help: Option<String>,
    },
    /// The file says things that it must not say. The fault of whoever wrote it.
    Invalid { path: String, text: String, problems: Vec<Problem> },
    /// A file that the named one extends cannot be used.
    Extended {
        /// Relative to the folder of the file that the user knows.
        beside: Utf8PathBuf,
        error: Box<ConfigError>,
    },
}

impl ConfigError {
    /// The same error about a file that its reader knows by another name.
    #[must_use]
    pub fn about(mut self, shown: &str) -> Self {
        match &mut self {
            Self::Unreadable { path, .. } | Self::Invalid { path, .. } => shown.clone_into(path),
            Self::Extended { beside, error } => {
                let folder = Utf8Path::new(shown).parent().unwrap_or(Utf8Path::new(""));
                let known = (**error).clone().about(straight(&folder.join(beside)).as_str());
                return known;
            }
        }
        self
    }

    /// The whole report, with excerpts; styled for a terminal, or plain.
    pub fn report(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        match self {
            Self::Unreadable { path, reason, help } => {
                let title = format!("cannot read the configuration `{path}`: {reason}");
                let mut shown = renderer.render(&[Group::with_title(Level::ERROR.primary_title(title))]);
                if let Some(help) = help {
                    shown.push('\n');
                    shown.push_str(&renderer.render(&[Group::with_title(Level::HELP.secondary_title(help.as_str()))]));
                }
                shown
            }
            Self::Extended { error, .. } => error.report(styled),
            Self::Invalid { path, text, problems } => {
                let shown: Vec<String> =
                    problems.iter().map(|problem| renderer.render(&[excerpt(problem, path, text)])).collect();
                shown.join("\n\n")
            }
        }
    }
}

fn excerpt<'a>(problem: &'a Problem, path: &'a str, text: &'a str) -> Group<'a> {
    let mark = AnnotationKind::Primary.span(visible(&problem.span, text)).label(problem.label.as_deref());
    let snippet = Snippet::source(text).path(path).annotation(mark);
    let group = Level::ERROR.primary_title(problem.message.as_str()).element(snippet);
    with_help(group, problem.help.as_deref())
}

fn with_help<'a>(group: Group<'a>, help: Option<&'a str>) -> Group<'a> {
    match help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    }
}

/// The part of a span on its first line, so that a mark never runs over half a file, and at least one character.
fn visible(span: &Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = text.ceil_char_boundary(span.end).min(line_end);
    if end > start {
        return start..end;
    }
    let next = text[start..].chars().next().filter(|&next| next != '\n').map_or(0, char::len_utf8);
    start..start + next
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.report(false))
    }
}

impl std::error::Error for ConfigError {}
