//! The command line: one file per command. Only here is anything printed, and only here are the clock, the
//! environment and the terminal looked at.

mod args;
mod baseline;
mod checklist;
mod compare;
mod configuration;
mod docs;
mod document;
mod env;
mod exit;
mod explain;
mod gate;
mod init;
mod library;
mod new_rule;
mod output;
mod page;
mod plan;
mod progress;
mod routes;
mod rows;
mod rules;
mod scan;
mod services;
mod settings;
mod shell;
mod suppressions;
mod team;
mod test;
mod tuning;
mod variables;
mod words;

use std::ffi::OsString;

use args::Command;
pub(crate) use exit::Exit;
use exit::Failure;
use output::Output;

/// Runs the command that the arguments name; the first of them is the program's own name.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let parsed = match args::parse(arguments.into_iter().collect()) {
        Ok(parsed) => parsed,
        Err(usage) => {
            // Help that is asked for comes this way too; a closed pipe is no reason to complain.
            let _ = usage.print();
            return if usage.use_stderr() { Exit::Usage } else { Exit::Holds };
        }
    };
    library::silence_guarded_panics();
    let output = Output::new(parsed.command.color());
    let result = match &parsed.command {
        Command::Scan(args) => scan::run(args, parsed.implied, &output),
        Command::Plan(args) => plan::run(args),
        Command::Checklist(args) => checklist::run(args),
        Command::Rules(args) => rules::run(args, &output),
        Command::Explain(args) => explain::run(args, &output),
        Command::Services(args) => services::run(args, &output),
        Command::Routes(args) => routes::run(args),
        Command::Env(args) => env::run(args, &output),
        Command::Compare(args) => compare::run(args),
        Command::Baseline(args) => baseline::run(args),
        Command::Test(args) => test::run(args, &output),
        Command::NewRule(args) => new_rule::run(args),
        Command::Docs(args) => docs::run(args),
        Command::Completions(args) => shell::completions(args),
        Command::Man => shell::man(),
        Command::Config(args) => configuration::run(args, &output),
        Command::Init(args) => init::run(args),
        Command::Suppressions(args) => suppressions::run(args, &output),
    };
    result.unwrap_or_else(|failure| {
        output.complain(&failure);
        failure.exit
    })
}

/// The result of a command.
type Outcome = Result<Exit, Failure>;
