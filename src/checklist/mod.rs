//! What to check around a deployment: ticked where the audit proves it or a person has confirmed it, open where it
//! fails, asked where only people can tell.

mod build;
mod guide;
mod write;

pub use build::checklist;
pub use guide::{GroupMeta, Guide, SectionMeta};
pub use write::{Options, write};

use crate::model::{Lang, Readiness, Severity};

/// What a checklist knows besides the report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Datastores by name: `PostgreSQL`, `Redis`.
    pub datastores: Vec<String>,
    /// Routes that tell about a component's health: the component's path, method and path.
    pub health: Vec<(String, String)>,
    pub variables: Vec<Variable>,
}

/// An environment variable, never with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub secret: bool,
    pub public: bool,
    pub need: Need,
    /// Where its absence is noticed.
    pub checked: Option<String>,
    pub read: Vec<String>,
    pub declared: Vec<String>,
}

impl Variable {
    /// A value has to be set: a secret may not live on a default.
    pub fn is_critical(&self) -> bool {
        matches!(self.need, Need::Required | Need::Unchecked) || (self.secret && self.need == Need::Optional)
    }
}

/// What happens without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Code asks for it and stops without it.
    Required,
    /// Code asks for it, and nothing says what happens without it.
    Unchecked,
    /// There is a default.
    Optional,
    /// No code asks for it.
    Unread,
}

/// A checklist for one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Checklist {
    pub language: Lang,
    pub project: String,
    pub version: Option<String>,
    pub commit: Option<String>,
    pub reviewer: Option<String>,
    pub next_review: Option<String>,
    pub tool_version: String,
    pub rubric: u32,
    pub score: Option<f64>,
    pub verdict: Readiness,
    pub sections: Vec<Section>,
    /// Those that the service needs first, each group by name.
    pub variables: Vec<Variable>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// `pre-deploy`, ...
    pub id: String,
    pub title: String,
    pub groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub title: String,
    pub items: Vec<Item>,
}

/// A box with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    /// The rule whose verdict decides; none for what only people tick.
    pub rule: Option<String>,
    pub state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The criterion holds; the place that shows it, if one does.
    Proved {
        place: Option<String>,
        detail: String,
    },
    /// A person has said so.
    Confirmed {
        said: String,
    },
    /// A person has said that it does not hold.
    Denied {
        said: String,
    },
    Failed {
        severity: Severity,
        message: String,
        place: Option<String>,
        more: usize,
    },
    /// What fails is suppressed with a reason.
    Accepted,
    /// Asked once another criterion holds.
    Waits {
        rule: String,
    },
    /// The repository does not tell; the reason or the question, which may be empty.
    Asked {
        why: String,
        unknown: bool,
    },
}

impl State {
    pub fn is_ticked(&self) -> bool {
        matches!(self, Self::Proved { .. } | Self::Confirmed { .. })
    }

    pub fn fails(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Denied { .. })
    }
}
