//! Why a verdict is believed.

use super::{Confidence, FileId, Message, Place, Severity};

/// One reason to believe a verdict. A pass or a fail cannot be built without at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// A place that shows it.
    At { place: Place, note: Message },
    /// A search: what was looked for, in how many files, and which relevant files could not be read or parsed.
    Searched { what: Message, files: usize, unread: Vec<FileId> },
    /// Something that should exist and was looked for at `looked`, without success.
    Absent { what: Message, looked: Vec<String> },
}

/// Whether an observation speaks for or against the criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    Good,
    Bad,
    /// Neither: context that the rule's conclusion wants to see again.
    Note,
}

/// What a rule saw in one file while it was visited: small, and without an opinion on the whole repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub tone: Tone,
    pub place: Place,
    pub message: Message,
    /// A severity other than the rule's default, when the place calls for one.
    pub severity: Option<Severity>,
    pub confidence: Confidence,
    /// Groups observations for the rule's conclusion: a variable's name, a method, a provider.
    pub key: String,
}
