//! Whether a script goes on, and ends well, when one of its commands fails.

use super::How;
use crate::{
    code::shell::{Command, Operator},
    model::Span,
};

/// What swallows a failure of `commands[index]` within its script. `errexit` says whether the shell stops at the
/// first failure by itself.
pub(super) fn within(commands: &[&Command], index: usize, errexit: bool) -> Option<(How, Span)> {
    let command = commands[index];
    if let Some(span) = by_option(command) {
        return Some((How::Option, span));
    }
    if command.caught || command.after == Some(Operator::Or) {
        // `curl … && break || echo waiting` tries again.
        let leaves = |next: &&Command| {
            next.before == Some(Operator::And)
                && next
                    .program()
                    .is_some_and(|program| matches!(program.name, "break" | "exit" | "return" | "continue"))
        };
        if commands[index + 1..].iter().take(3).any(leaves) {
            return None;
        }
        return handled(commands, index).map(|span| (How::Or, span));
    }
    by_set(commands, index)
        .map(|span| (How::NoErrExit, span))
        .or_else(|| (!errexit).then(|| ends_well(commands, index))?.map(|span| (How::ExitZero, span)))
}

/// Options with which a tool reports success whatever it finds.
fn by_option(command: &Command) -> Option<Span> {
    let program = command.program()?;
    let zero = || program.option("--exit-zero").map(|word| word.span);
    match program.name {
        "trivy" => {
            let explicit = program.option_value("--exit-code");
            let sarif = program.arguments.iter().any(|word| word.text.contains("sarif") || word.text == "sbom");
            let verb = program.arguments.iter().find(|word| !word.text.starts_with('-'))?;
            let scans = matches!(verb.text.as_str(), "image" | "fs" | "filesystem" | "repo" | "config" | "rootfs");
            (scans && !sarif && explicit.is_none_or(|code| code == "0")).then_some(command.span)
        }
        "flake8" | "pylint" | "bandit" | "ruff" => zero(),
        _ => None,
    }
}

/// The handler behind `||` when it only speaks or succeeds.
fn handled(commands: &[&Command], index: usize) -> Option<Span> {
    let depth = commands[index].context.depth;
    let mut from = index;
    for _ in 0..8 {
        let start = (from + 1..commands.len()).find(|&at| {
            let next = commands[at];
            next.before == Some(Operator::Or) && (next.context.depth <= depth || at == from + 1)
        })?;
        let base = commands[index].context.depth.min(commands[start].context.depth);
        let mut end = start + 1;
        while end < commands.len()
            && (commands[end].context.depth > base && commands[start].context.depth > base
                || matches!(commands[end].before, Some(Operator::And | Operator::Pipe)))
        {
            end += 1;
        }
        let handler = &commands[start..end];
        if handler.iter().any(|command| fails(command)) {
            return None;
        }
        if handler.iter().all(|command| is_harmless(command)) {
            // `a || echo bad; exit 1` speaks first and fails then.
            let then = commands.get(end).filter(|next| next.before == Some(Operator::Then) && fails(next));
            return then.is_none().then(|| commands[start].span);
        }
        from = start;
    }
    None
}

/// It ends the script badly, or keeps the status for later.
fn fails(command: &Command) -> bool {
    let keeps = command.assignments.iter().any(|assignment| {
        let name = assignment.name.to_ascii_lowercase();
        assignment.value.text.contains("$?")
            || ["fail", "error", "status", "exit", "code", "result", "ret"].iter().any(|part| name.contains(part))
    });
    let Some(program) = command.program() else { return keeps };
    let argument = program.arguments.first().map(|word| word.text.as_str());
    keeps
        || match program.name {
            "exit" | "return" => argument.is_some_and(|code| code != "0"),
            "false" | "die" | "fail" | "abort" | "kill" => true,
            _ => program.arguments.iter().any(|word| word.text.contains("$?") || word.text.contains("GITHUB_OUTPUT")),
        }
}

fn is_harmless(command: &Command) -> bool {
    let Some(program) = command.program() else { return true };
    match program.name {
        "true" | ":" | "echo" | "printf" | "cat" | "head" | "tail" | "ls" | "warn" => {
            !command.redirects.iter().any(|redirect| redirect.target.text.contains("GITHUB_"))
        }
        "exit" | "return" => program.arguments.first().is_none_or(|word| word.text == "0"),
        _ => false,
    }
}

/// `set +e` before the command, and nobody looks at the status afterwards.
fn by_set(commands: &[&Command], index: usize) -> Option<Span> {
    let is_set = |command: &Command, sign: char| {
        command.program().is_some_and(|program| {
            program.name == "set"
                && program.arguments.first().is_some_and(|word| word.text.starts_with(sign) && word.text.contains('e'))
        })
    };
    let off = (0..index).rev().find(|&at| is_set(commands[at], '+') || is_set(commands[at], '-'))?;
    let looks = |command: &&&Command| {
        let words = command.words.iter().chain(command.assignments.iter().map(|assignment| &assignment.value));
        words.into_iter().any(|word| word.text.contains("$?") || word.text.contains("PIPESTATUS"))
    };
    let rest = commands.get(index + 1..).unwrap_or_default();
    let ignored = is_set(commands[off], '+') && !rest.is_empty() && rest.iter().find(looks).is_none();
    ignored.then(|| commands[off].span)
}

/// The last command of a script succeeds whatever came before it.
fn ends_well(commands: &[&Command], index: usize) -> Option<Span> {
    let last = commands.last().filter(|_| commands.len() > index + 1)?;
    let program = last.program()?;
    let succeeds = matches!(program.name, "true" | ":")
        || program.name == "exit" && program.arguments.first().is_some_and(|word| word.text == "0");
    (succeeds && last.before == Some(Operator::Then) && commands[index].context.depth == last.context.depth)
        .then_some(last.span)
}
