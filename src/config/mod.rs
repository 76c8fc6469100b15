//! What a scan is told: plain data, merged from layers, that every stage may read.
//!
//! Flags win over the environment, the environment over `readiness.toml`, the file over those that it extends, these
//! over the defaults. Nothing here
//! reads the clock or the environment: who calls the library passes what it found there.

mod deploy;
mod error;
mod extend;
mod file;
mod folders;
mod layer;
mod overrides;
mod policy;
mod progress;
mod read;
mod schema;
mod selector;
mod source;
mod value;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
pub use deploy::DeployMethod;
pub use error::{ConfigError, Problem};
pub use file::{FILE_NAME, Found, find, load, name_in_reports, parse};
pub use folders::{RuleFolder, rule_folders};
pub use layer::{FailOn, Layer, RuleSettings};
pub use overrides::{Disabled, Effect, Override, Part, effect, unknown_component};
pub use progress::{Observer, Progress};
pub use schema::schema;
pub use selector::{Names, Selector, SelectorError, severities};
pub use source::Source;

use crate::model::{
    Attested, Baseline, Date, Lang, OptionValue, PathGlobs, RuleMeta, Severity, SuppressionPolicy, Tier, Tiers, Waiver,
};

/// The settings of one scan.
#[derive(Debug, Clone)]
pub struct Config {
    /// The language of every text in the report.
    pub lang: Lang,
    /// When not empty, only rules that one of these names run.
    pub only: Vec<Selector>,
    /// Rules that one of these names do not run.
    pub skip: Vec<Selector>,
    /// Guesses are shown as well.
    pub all: bool,
    /// The report says where the time went.
    pub timing: bool,
    /// Worker threads; `None` means one per processor.
    pub jobs: Option<usize>,
    /// Comments in the audited files may suppress findings.
    pub inline_ignores: bool,
    /// Today, as the caller says. Without it nothing expires.
    pub today: Option<Date>,
    /// Paths that are not looked at.
    pub exclude: PathGlobs,
    /// Larger files are not read; `None` leaves it to the walk.
    pub max_file_size: Option<u64>,
    /// The baseline file that the configuration names, absolute. Who calls the library reads it.
    pub baseline_file: Option<Utf8PathBuf>,
    /// Findings that were there before: they count in the score and do not fail the gate.
    pub baseline: Option<Baseline>,
    /// Only findings on what changed since this commit can fail the gate.
    pub since: Option<Since>,
    /// How the repository is deployed, where it cannot tell by itself.
    pub deploy_method: Option<DeployMethod>,
    /// What the file says of single rules, by rule id.
    pub rules: BTreeMap<String, RuleSettings>,
    /// What the file says of findings that the team lives with.
    pub waivers: Vec<Waiver>,
    /// What the team allows of suppressions.
    pub suppressions: SuppressionPolicy,
    /// What people say about criteria that only a person can answer.
    pub attested: Vec<Attested>,
    /// The gate fails on an open criterion of this severity or worse; `None` is never.
    pub fail_on: Option<Severity>,
    /// The gate fails below this overall score, 0 to 10.
    pub min_score: Option<f64>,
    /// Folders of rules that the team wrote.
    pub rule_folders: Vec<RuleFolder>,
    /// What holds in a part of the repository, the strongest first.
    pub overrides: Vec<Override>,
    /// Weights of categories that are not the standard ones, by category id.
    pub weights: BTreeMap<String, f64>,
    /// What the repository is meant for; without it everything is asked.
    pub tier: Option<Tier>,
    /// What the team adds to its reports, in Markdown.
    pub notes: Option<String>,
    /// Who answers for the review, as every document says.
    pub reviewer: Option<String>,
    /// When the team looks again, as every document says.
    pub next_review: Option<Date>,
    /// Where settings come from, by the key that a file gives them.
    pub said: BTreeMap<String, Source>,
    /// Hears how far the scan is.
    pub progress: Observer,
}

/// A commit with which the working tree is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// As the user wrote it.
    pub revision: String,
    /// The commit, in hexadecimal.
    pub commit: String,
}

impl Default for Config {
    fn default() -> Self {
        Self::from_layers([])
    }
}

impl Config {
    /// Merges `layers`, the strongest first, over the defaults.
    pub fn from_layers(layers: impl IntoIterator<Item = Layer>) -> Self {
        let set = layers.into_iter().fold(Layer::default(), Layer::or);
        Self {
            lang: set.lang.unwrap_or_default(),
            only: set.only.unwrap_or_default(),
            skip: set.skip.unwrap_or_default(),
            all: set.all.unwrap_or(false),
            timing: set.timing.unwrap_or(false),
            jobs: set.jobs,
            inline_ignores: set.inline_ignores.unwrap_or(true),
            today: set.today,
            exclude: set.exclude.unwrap_or_default(),
            max_file_size: set.max_file_size,
            baseline_file: set.baseline,
            baseline: None,
            since: None,
            deploy_method: set.deploy_method,
            rules: set.rules,
            waivers: set.waivers,
            suppressions: set.suppressions.unwrap_or_default(),
            attested: set.attested,
            fail_on: set.fail_on.unwrap_or(FailOn::At(Severity::Critical)).severity(),
            min_score: set.min_score,
            rule_folders: Vec::new(),
            overrides: set.overrides,
            weights: set.weights,
            tier: set.tier,
            notes: set.notes,
            reviewer: set.reviewer,
            next_review: set.next_review,
            said: set.said,
            progress: Observer::default(),
        }
    }

    /// Whether the rule runs. A rule that is disabled in the file still runs when `only` names it by its id.
    pub fn runs(&self, meta: &RuleMeta) -> bool {
        let severity = self.severity(meta);
        let named_by = |selector: &Selector| selector.names(meta, severity);
        let asked_by_id = self.only.iter().any(|selector| *selector == Selector::Rule(meta.id.clone()));
        (self.only.is_empty() || self.only.iter().any(named_by))
            && !self.skip.iter().any(named_by)
            && (asked_by_id || self.is_enabled_somewhere(meta) && !self.is_outside(meta))
    }

    /// Whether an entry for a part of the repository, or else the rule's own settings, let it run.
    fn is_enabled_somewhere(&self, meta: &RuleMeta) -> bool {
        let again = || self.overrides.iter().any(|entry| entry.asks(&meta.id));
        self.settings(&meta.id).is_none_or(RuleSettings::is_enabled) || again()
    }

    /// Whether the tier does not ask the rule. `enabled = true` asks it in every tier.
    pub fn is_outside(&self, meta: &RuleMeta) -> bool {
        let wanted = self.settings(&meta.id).is_some_and(|settings| settings.enabled == Some(true));
        !wanted && self.tier.is_some_and(|tier| Tiers::embedded().leaves_out(tier, meta))
    }

    /// Whether the rule would be asked if the tier did not leave it out: the report shows it as not applicable.
    pub fn leaves_out(&self, meta: &RuleMeta) -> bool {
        self.is_outside(meta)
            && !self.runs(meta)
            && Self { tier: None, progress: Observer::default(), ..self.clone() }.runs(meta)
    }

    /// What entries for parts of the repository make of a rule.
    pub fn effect<'a>(&'a self, meta: &RuleMeta, part: Part<'_>, file: Option<&str>) -> Effect<'a> {
        // A rule that somebody asks for by its id is asked everywhere.
        let asked_by_id = self.only.iter().any(|selector| *selector == Selector::Rule(meta.id.clone()));
        let own = self.settings(&meta.id).filter(|_| !asked_by_id);
        effect(&self.overrides, own, meta, part, file)
    }

    /// The value of a rule's option: the team's, else the default.
    pub fn option<'a>(&'a self, meta: &'a RuleMeta, name: &str) -> Option<&'a OptionValue> {
        let own = self.settings(&meta.id).and_then(|settings| settings.options.get(name));
        own.or_else(|| meta.options.get(name).map(|option| &option.default))
    }

    /// The severity that the team gave the rule, else its own.
    pub fn severity(&self, meta: &RuleMeta) -> Severity {
        self.settings(&meta.id).and_then(|settings| settings.severity).unwrap_or(meta.severity)
    }

    /// What the file says of a rule.
    pub fn settings(&self, rule: &str) -> Option<&RuleSettings> {
        self.rules.get(rule)
    }

    /// The rules that the file disables for good, each with its reason, so that a report can show them.
    pub fn disabled(&self) -> impl Iterator<Item = (&str, &RuleSettings)> {
        self.rules.iter().filter(|(_, settings)| !settings.is_enabled()).map(|(id, settings)| (id.as_str(), settings))
    }

    /// Rules were left out for this scan, so its report is partial. A rule that the file disables for good, with a
    /// reason, does not make it so.
    pub fn is_partial(&self) -> bool {
        !self.only.is_empty() || !self.skip.is_empty()
    }
}
