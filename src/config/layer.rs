//! One source of settings, in which everything may be absent.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::{DeployMethod, Override, Selector, Source};
use crate::model::{Attested, Date, Lang, OptionValue, PathGlobs, Severity, SuppressionPolicy, Tier, Waiver};

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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleSettings {
    pub severity: Option<Severity>,
    /// `Some(false)` comes with a reason.
    pub enabled: Option<bool>,
    pub reason: Option<String>,
    /// What the team tunes, by the option's name.
    pub options: BTreeMap<String, OptionValue>,
    /// The configuration file, as a report may name it.
    pub path: String,
    /// The line of its table, from 1.
    pub line: u32,
}

impl RuleSettings {
    pub fn is_enabled(&self) -> bool {
        self.enabled != Some(false)
    }

    /// These settings, and those of the `weaker` ones where these have none. A reason belongs to its `enabled`, and
    /// so does the place that a report names.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        let severity = self.severity.or(weaker.severity);
        let mut options = weaker.options.clone();
        options.extend(self.options.clone());
        let weaker_decides = self.enabled.is_none() && weaker.enabled.is_some();
        let (decides, other) = if weaker_decides { (weaker, self) } else { (self, weaker) };
        Self { severity, options, reason: decides.reason.or(other.reason), ..decides }
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
    /// What holds in a part of the repository, the strongest first.
    pub overrides: Vec<Override>,
    /// Weights of categories, by their id.
    pub weights: BTreeMap<String, f64>,
    pub tier: Option<Tier>,
    /// What the team adds to its reports, in Markdown.
    pub notes: Option<String>,
    /// Who answers for the review.
    pub reviewer: Option<String>,
    /// When the team looks again.
    pub next_review: Option<Date>,
    /// Where each setting comes from, by the key that a file gives it (`scan.fail-on`).
    pub said: BTreeMap<String, Source>,
}

impl Layer {
    /// Notes that every one of `keys` comes from `source`.
    #[must_use]
    pub fn saying(mut self, keys: impl IntoIterator<Item = (&'static str, Source)>) -> Self {
        self.said.extend(keys.into_iter().map(|(key, source)| (key.to_owned(), source)));
        self
    }

    /// This layer's settings, and those of the `weaker` one where this one has none. A list replaces a list; what
    /// is said of single rules and findings adds up.
    #[must_use]
    pub fn or(mut self, weaker: Self) -> Self {
        for (rule, settings) in weaker.rules {
            let merged = match self.rules.remove(&rule) {
                Some(stronger) => stronger.or(settings),
                None => settings,
            };
            self.rules.insert(rule, merged);
        }
        self.waivers.extend(weaker.waivers);
        self.attested.extend(weaker.attested);
        self.overrides.extend(weaker.overrides);
        for (category, weight) in weaker.weights {
            self.weights.entry(category).or_insert(weight);
        }
        for (key, source) in weaker.said {
            self.said.entry(key).or_insert(source);
        }
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
            overrides: self.overrides,
            weights: self.weights,
            tier: self.tier.or(weaker.tier),
            notes: self.notes.or(weaker.notes),
            reviewer: self.reviewer.or(weaker.reviewer),
            next_review: self.next_review.or(weaker.next_review),
            said: self.said,
        }
    }
}
