//! Where the time of a scan went.

use serde::{Deserialize, Serialize};

/// Where the time went; only with `--timing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    pub total_us: u64,
    /// In the order in which they ran.
    pub phases: Vec<PhaseTiming>,
    /// By falling time.
    pub rules: Vec<RuleTiming>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseTiming {
    pub name: String,
    pub us: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTiming {
    /// A rule, or `facts: ` and what was collected or joined.
    pub rule: String,
    #[serde(default)]
    pub stage: Stage,
    pub us: u64,
    /// Nodes, documents or texts that it was handed.
    pub visits: u64,
}

/// Where a rule or a fact spends its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Looking at files and nodes, summed over threads.
    #[default]
    Observe,
    /// Joining what the files gave.
    Join,
    /// Deciding, over all components.
    Conclude,
}
