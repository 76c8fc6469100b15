//! The commands inside shell text: scripts, `RUN` lines, package.json scripts, workflow steps, Makefile recipes.
//!
//! One tolerant reader for all of them: it knows quotes, expansions, here-documents and compound commands well
//! enough to say which words run as commands and where each one stands, and never gives up on a script. Comments
//! and here-document bodies are not commands. GitHub's `${{ … }}` is an expansion.

mod compound;
mod makefile;
mod program;
mod read;
mod word;

#[cfg(test)]
mod tests;

use crate::model::Span;

pub use makefile::{RecipeLine, recipe_lines};
pub use program::Program;

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments as written; see [`Command::program`]. Empty when there are assignments only.
    pub words: Vec<Word>,
    /// From the first assignment or word to the last word or redirection.
    pub span: Span,
    /// `NAME=value` before the program.
    pub assignments: Vec<Assignment>,
    pub redirects: Vec<Redirect>,
    /// What stands between the command before and this one; `None` for the first.
    pub before: Option<Operator>,
    /// What follows this command.
    pub after: Option<Operator>,
    /// Behind `!`.
    pub negated: bool,
    /// `||` catches a failure of this command, or of the list or group around it.
    pub caught: bool,
    pub context: Context,
}

/// A word with quotes removed and escapes resolved; expansions stand as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    /// The word as written, quotes included.
    pub span: Span,
    /// Holds an expansion, so that its value is known only when the script runs.
    pub dynamic: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub name: String,
    pub value: Word,
    /// From the name to the end of the value.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Without a file descriptor: `>`, `>>`, `<`, `<<`, `<<<`, `>&`, `&>`.
    pub operator: String,
    /// The file, descriptor, or here-document delimiter.
    pub target: Word,
    /// The descriptor before the operator.
    pub descriptor: Option<String>,
    /// The body of a here-document.
    pub body: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;` or a line end
    Then,
    /// `|`
    Pipe,
    /// `&`
    Background,
}

/// Where in the script a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent answers, not states of one thing")]
pub struct Context {
    /// How many compound commands, substitutions and `sh -c` strings are around it.
    pub depth: u16,
    /// Runs only when its function is called.
    pub function: bool,
    /// In the condition of `if`, `while` or `until`: a failure is an answer.
    pub condition: bool,
    /// In a branch of `if` or `case`, or the body of a loop: may not run at all.
    pub branch: bool,
    pub subshell: bool,
    /// In `$(…)`, backquotes or `<(…)`.
    pub substitution: bool,
    /// In the string of `sh -c '…'` or `eval '…'`.
    pub opened: bool,
}

/// The commands of `text` in the order of the text; spans are offsets into it.
pub fn commands(text: &str) -> Vec<Command> {
    read::commands(text, Context::default())
}

/// The commands of `text`, which stands at `base` in its file; spans are offsets into the file.
pub fn commands_at(text: &str, base: u32) -> Vec<Command> {
    commands_in(text, |span| span.shifted(base))
}

/// The commands of `text`; `place` says where a part of the text stands in its file (see `doc::Node::span_of`).
pub fn commands_in(text: &str, place: impl Fn(Span) -> Span) -> Vec<Command> {
    let mut commands = commands(text);
    for command in &mut commands {
        command.relocate(&place);
    }
    commands
}

/// The command that `words` are without a shell around them, as in the exec form of `CMD`, and what a
/// `sh -c` among them opens.
pub fn commands_of_words(words: Vec<Word>) -> Vec<Command> {
    read::of_words(words)
}

/// Whether a script only prints and ends: a stub that says what to run instead.
pub fn is_only_echo(commands: &[Command]) -> bool {
    let harmless = ["echo", "printf", "exit", "true", "false", ":"];
    let mut prints = false;
    for command in commands {
        let Some(program) = command.program() else { return false };
        if !harmless.contains(&program.name) {
            return false;
        }
        prints |= matches!(program.name, "echo" | "printf");
    }
    prints
}

impl Command {
    fn relocate(&mut self, place: &impl Fn(Span) -> Span) {
        self.span = place(self.span);
        for word in &mut self.words {
            word.span = place(word.span);
        }
        for assignment in &mut self.assignments {
            assignment.span = place(assignment.span);
            assignment.value.span = place(assignment.value.span);
        }
        for redirect in &mut self.redirects {
            redirect.target.span = place(redirect.target.span);
            redirect.body = redirect.body.map(place);
        }
    }
}
