//! Where a setting comes from, so that `readiness config` and every complaint can name the place.

use std::fmt;

/// Who said it; the default says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// A configuration file, named as reports name it, and a line of it, from 1.
    File { path: String, line: u32 },
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => out.write_str(name),
            Self::File { path, line } => write!(out, "{path}:{line}"),
        }
    }
}
