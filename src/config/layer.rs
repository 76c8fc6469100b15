//! One source of settings, in which everything may be absent.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::{DeployMethod, Selector};
use crate::model::{Attested, Date, Lang, PathGlobs, Severity, SuppressionPolicy, Waiver};

/// On which severity the gate fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    At(Severity),
    Never,
}

impl FailOn {
    /// `info` is no threshold: it weighs nothing.
    pub const NAMES: [&'static str; 5] = ["critical", "high", "medium", "low", "never"];

    pub fn named(name: &str) -> Option<Self> {
        match name {
            "critical" => Some(Self::At(Severity::Critical)),
            "high" => Some(Self::At(Severity::High)),
            "medium" => Some(Self::At(Severity::Medium)),
            "low" => Some(Self::At(Severity::Low)),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::At(severity) => Some(severity),
            Self::Never => None,
        }
    }
}

/// What a team says of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleSettings {
    pub severity: Option<Severity>,
    /// `Some(false)` comes with a reason.
    pub enabled: Option<bool>,
    pub reason: Option<String>,
    /// The configuration file, as a report may name it.
    pub path: String,
    /// The line of its table, from 1.
    pub line: u32,
}

impl RuleSettings {
    pub fn is_enabled(&self) -> bool {
        self.enabled != Some(false)
    }
}

/// Settings from the flags, the environment or a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layer {
    pub lang: Option<Lang>,
    pub only: Option<Vec<Selector>>,
    pub skip: Option<Vec<Selector>>,
    pub all: Option<bool>,
    pub timing: Option<bool>,
    pub jobs: Option<usize>,
    pub inline_ignores: Option<bool>,
    pub today: Option<Date>,
    pub exclude: Option<PathGlobs>,
    /// The baseline file; relative to the folder of the file that says so, until its reader makes it absolute.
    pub baseline: Option<Utf8PathBuf>,
    pub max_file_size: Option<u64>,
    pub deploy_method: Option<DeployMethod>,
    pub rules: BTreeMap<String, RuleSettings>,
    pub waivers: Vec<Waiver>,
    pub suppressions: Option<SuppressionPolicy>,
    pub attested: Vec<Attested>,
    pub fail_on: Option<FailOn>,
    pub min_score: Option<f64>,
}

impl Layer {
    /// This layer's settings, and those of the `weaker` one where this one has none. A list replaces a list; what
    /// is said of single rules and findings adds up.
    #[must_use]
    pub fn or(mut self, weaker: Self) -> Self {
        for (rule, settings) in weaker.rules {
            self.rules.entry(rule).or_insert(settings);
        }
        self.waivers.extend(weaker.waivers);
        self.attested.extend(weaker.attested);
        Self {
            lang: self.lang.or(weaker.lang),
            only: self.only.or(weaker.only),
            skip: self.skip.or(weaker.skip),
            all: self.all.or(weaker.all),
            timing: self.timing.or(weaker.timing),
            jobs: self.jobs.or(weaker.jobs),
            inline_ignores: self.inline_ignores.or(weaker.inline_ignores),
            today: self.today.or(weaker.today),
            exclude: self.exclude.or(weaker.exclude),
            baseline: self.baseline.or(weaker.baseline),
            max_file_size: self.max_file_size.or(weaker.max_file_size),
            deploy_method: self.deploy_method.or(weaker.deploy_method),
            rules: self.rules,
            waivers: self.waivers,
            suppressions: self.suppressions.or(weaker.suppressions),
            attested: self.attested,
            fail_on: self.fail_on.or(weaker.fail_on),
            min_score: self.min_score.or(weaker.min_score),
        }
    }
}
