//! What a configuration says about findings that a team has decided to live with.

use super::{Date, PathGlobs};

/// One `[[suppress]]` entry of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    pub rule: String,
    /// Empty: everywhere.
    pub paths: PathGlobs,
    /// Why; never empty.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The configuration file, as a report may name it.
    pub path: String,
    /// The line of the entry, from 1.
    pub line: u32,
}
