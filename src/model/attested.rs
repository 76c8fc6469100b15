//! What a person says about a criterion that only a person can answer.

use super::Date;

/// One `[[attest]]` entry of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    pub rule: String,
    /// Whether the criterion holds.
    pub holds: bool,
    /// Who says so; never empty.
    pub by: String,
    /// The day on which it was said.
    pub on: Date,
    /// The last day on which it counts.
    pub until: Option<Date>,
    pub note: Option<String>,
    /// The configuration file, as a report may name it.
    pub path: String,
    /// The line of the entry, from 1.
    pub line: u32,
}

impl Attested {
    /// Whether it still counts; without a date of today everything does.
    pub fn counts(&self, today: Option<Date>) -> bool {
        match (today, self.until) {
            (Some(today), Some(until)) => today <= until,
            _ => true,
        }
    }
}
