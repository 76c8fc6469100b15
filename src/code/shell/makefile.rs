//! The recipe lines of a Makefile, as shell text.

use crate::model::Span;

/// One command line of a rule, continuations included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeLine {
    /// The targets as written before the colon.
    pub target: String,
    pub target_span: Span,
    /// The line for [`super::commands_at`] with `span.start`: as long as the source, with make's own expansions in
    /// braces (`$(CC)` becomes `${CC}`), so that none is taken for a command, and `$$` made `$` behind a NUL, which
    /// the reader skips.
    pub text: String,
    /// Without the tab and the prefixes `@`, `-` and `+`.
    pub span: Span,
    /// `-` before the line: make goes on when it fails.
    pub ignores_failure: bool,
}

/// The recipe lines of `text` in order.
pub fn recipe_lines(text: &str) -> Vec<RecipeLine> {
    let mut found = Vec::new();
    let mut target: Option<(String, Span)> = None;
    let mut at = 0;
    while at < text.len() {
        let end = logical_end(text, at);
        let line = &text[at..end];
        if line.starts_with('\t') {
            if let Some((name, span)) = &target {
                found.extend(recipe(text, at, end, name, *span));
            }
        } else if let Some((name, behind)) = rule(line) {
            let start = at + line.len() - line.trim_start().len();
            let span = Span::new(start, start + name.len());
            // `target: ; command`
            if let Some(inline) = behind.find(';') {
                let from = end - behind.len() + inline + 1;
                found.extend(recipe(text, from, end, name, span));
            }
            target = Some((name.to_owned(), span));
        } else if !is_neutral(line) {
            target = None;
        }
        at = (end + 1).min(text.len()).max(at + 1);
    }
    found
}

/// The end of the line at `at` with the lines that continue it.
fn logical_end(text: &str, at: usize) -> usize {
    let mut from = at;
    loop {
        let end = memchr::memchr(b'\n', &text.as_bytes()[from..]).map_or(text.len(), |offset| from + offset);
        let line = text[from..end].trim_end_matches('\r');
        let slashes = line.len() - line.trim_end_matches('\\').len();
        if slashes.is_multiple_of(2) || end == text.len() {
            return end;
        }
        from = end + 1;
    }
}

/// The targets of a rule, and what follows its colon.
fn rule(line: &str) -> Option<(&str, &str)> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    let colon = line.find(':')?;
    let (targets, behind) = (&line[..colon], &line[colon + 1..]);
    // `NAME := value`, `NAME ::= value`, `NAME = a:b`
    if targets.contains('=') || behind.starts_with('=') || behind.starts_with(":=") {
        return None;
    }
    let name = targets.trim();
    (!name.is_empty()).then(|| (name, behind.strip_prefix(':').unwrap_or(behind)))
}

/// Blank lines, comments and conditionals do not end a rule.
fn is_neutral(line: &str) -> bool {
    let line = line.trim();
    let words = ["ifeq", "ifneq", "ifdef", "ifndef", "else", "endif"];
    line.is_empty() || line.starts_with('#') || words.iter().any(|word| line.starts_with(word))
}

fn recipe(text: &str, from: usize, end: usize, target: &str, target_span: Span) -> Option<RecipeLine> {
    let line = &text[from..end];
    let command = line.trim_start_matches(['\t', ' ', '@', '-', '+']);
    let start = end - command.len();
    let command = command.trim_end();
    (!command.is_empty()).then(|| RecipeLine {
        target: target.to_owned(),
        target_span,
        text: shell_text(command),
        span: Span::new(start, start + command.len()),
        ignores_failure: text[from..start].contains('-'),
    })
}

/// Rewrites make's expansions without changing any offset.
fn shell_text(command: &str) -> String {
    let mut result = String::with_capacity(command.len());
    let mut chars = command.chars().peekable();
    // For every open bracket: whether it belongs to make.
    let mut brackets = Vec::new();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('$', Some('$')) => {
                chars.next();
                result.push_str("\0$");
            }
            ('$', Some('(')) => {
                chars.next();
                brackets.push(true);
                result.push_str("${");
            }
            ('(', _) => {
                brackets.push(false);
                result.push('(');
            }
            (')', _) => result.push(if brackets.pop() == Some(true) { '}' } else { ')' }),
            _ => result.push(c),
        }
    }
    result
}
