//! What the catalogue says of a rule: everything but how it decides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Confidence, RuleOption, Severity};

/// A language of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Ru,
}

/// Whether a rule is asked once, or once of every component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    #[default]
    Repository,
    Component,
}

/// A rule's texts in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// The criterion that should hold.
    pub title: String,
    /// What happens when it does not.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// Every message that the rule can say, by key. `{name}` is filled in; `{n:one|many}` (Russian:
    /// `{n:one|few|many}`) chooses a plural form by the number `n`.
    #[serde(default)]
    pub message: BTreeMap<String, String>,
}

/// Where a claim of the rule can be read up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub title: String,
    pub url: String,
}

/// Identity, weight and texts of one rule, read from `rules/<category>/<id>.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleMeta {
    /// Kebab-case; names the defect.
    pub id: String,
    /// An id of `rules/categories.toml`; the folder that holds the rule.
    pub category: String,
    /// Default severity: gives the weight in the score.
    pub severity: Severity,
    pub scope: Scope,
    /// The best confidence that this rule's sites can have.
    pub confidence: Confidence,
    /// Rules whose failure makes this one not applicable.
    pub parents: Vec<String>,
    /// Minutes that the repair of one finding takes, for plans.
    pub effort: u32,
    /// 1 to 4: the phase of a plan in which the repair belongs.
    pub phase: u8,
    /// A manual criterion on which a gate insists.
    pub mandatory: bool,
    /// Files that the repair would create.
    pub creates: Vec<String>,
    /// CWE numbers.
    pub cwe: Vec<u32>,
    pub references: Vec<Reference>,
    /// What a team may tune, by the option's name.
    pub options: BTreeMap<String, RuleOption>,
    pub en: Texts,
    pub ru: Texts,
}

impl RuleMeta {
    pub fn texts(&self, lang: Lang) -> &Texts {
        match lang {
            Lang::En => &self.en,
            Lang::Ru => &self.ru,
        }
    }
}
