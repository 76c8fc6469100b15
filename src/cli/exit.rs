//! The four exit codes, and what stops a command.

use std::process::ExitCode;

use readiness::{config::ConfigError, rule::TeamError};

/// How a command ends, in every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The gate holds, or there was none.
    Holds = 0,
    /// The gate fails.
    Fails = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// Nothing could be scanned, or a report could not be written.
    Unusable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What stops a command: the exit code and what is said about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) complaint: Complaint,
}

/// What is said on standard error.
#[derive(Debug)]
pub(crate) enum Complaint {
    Message { what: String, help: Option<String> },
    Config(ConfigError),
    Rules(TeamError),
}

impl Failure {
    /// The command line is wrong.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, complaint: Complaint::Message { what: what.into(), help: None } }
    }

    /// Nothing could be scanned or written.
    pub(crate) fn unusable(what: impl Into<String>) -> Self {
        Self { exit: Exit::Unusable, ..Self::usage(what) }
    }

    /// Adds what to do.
    pub(crate) fn help(mut self, advice: impl Into<String>) -> Self {
        if let Complaint::Message { help, .. } = &mut self.complaint {
            *help = Some(advice.into());
        }
        self
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self { exit: Exit::Usage, complaint: Complaint::Config(error) }
    }
}

impl From<TeamError> for Failure {
    fn from(error: TeamError) -> Self {
        Self { exit: Exit::Usage, complaint: Complaint::Rules(error) }
    }
}
