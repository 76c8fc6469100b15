//! Arguments to command to exit code.

mod cli;

use std::{env, panic, process::ExitCode};

fn main() -> ExitCode {
    // A panic that nothing below caught has said its message already; its exit code is ours all the same.
    panic::catch_unwind(|| cli::run(env::args_os())).unwrap_or(cli::Exit::Unusable).into()
}
