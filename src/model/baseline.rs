//! What a team knew when it began to look: findings that were there before.

/// The name of a baseline file that is found by itself.
pub const BASELINE_FILE: &str = "readiness.baseline";

/// The findings that a baseline file names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// The file, as a report may name it.
    pub path: String,
    /// In the order of the file; no two have the same rule, path, content and ordinal.
    pub entries: Vec<KnownFinding>,
}

/// One line of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFinding {
    pub rule: String,
    /// Relative to the scanned root.
    pub path: String,
    /// The fingerprint of rule and content, in sixteen hexadecimal digits.
    pub content: String,
    /// Tells findings apart that are alike in all this; the first has 1.
    pub ordinal: u32,
    /// What a person recognises it by; means nothing to the program.
    pub hint: String,
    /// Where it stands in the file, from 1; 0 for one that stands in none.
    pub line: u32,
}
