//! The command line: one file per command. Only here is anything printed, and only here are the clock, the
//! environment and the terminal looked at.

mod args;
mod exit;
mod explain;
mod gate;
mod library;
mod output;
mod page;
mod progress;
mod rules;
mod scan;
mod words;

use clap::Parser;

use args::{Cli, Command};
use exit::{Exit, Failure};
use output::Output;

/// Runs the command that the arguments name.
pub(crate) fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            // Help that is asked for comes this way too; a closed pipe is no reason to complain.
            let _ = usage.print();
            return if usage.use_stderr() { Exit::Usage } else { Exit::Holds };
        }
    };
    library::silence_guarded_panics();
    let implied = cli.command.is_none();
    let command = cli.command.unwrap_or(Command::Scan(cli.scan));
    let output = Output::new(command.color());
    let result = match &command {
        Command::Scan(args) => scan::run(args, implied, &output),
        Command::Rules(args) => rules::run(args, &output),
        Command::Explain(args) => explain::run(args, &output),
    };
    result.unwrap_or_else(|failure| {
        output.complain(&failure);
        failure.exit
    })
}

/// The result of a command.
type Outcome = Result<Exit, Failure>;
