//! Situations that people meet in an interface.

use serde::{Deserialize, Serialize};

use super::Lines;

/// A situation, and what is known of how the interface answers it: by a criterion, or by nobody yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    pub title: String,
    pub component: String,
    #[serde(flatten)]
    pub check: Check,
}

/// Where the answer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// In the criterion of this rule for the scenario's component.
    Rule(String),
    /// Nowhere: a person has to look.
    Ask {
        question: String,
        /// What raises the question.
        place: Lines,
    },
}
