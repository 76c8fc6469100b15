//! The rule file `rules/<category>/<id>.toml` as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::matcher::{Condition, Match, decisive};
use crate::model::{Confidence, Reference, RuleMeta, RuleOption, Scope, Severity, Texts};

/// Every key of a rule file. Unknown keys are refused, so that a misspelt one is noticed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleFile {
    pub id: String,
    pub severity: Severity,
    /// Why the default severity is what it is; for the people who maintain the catalogue.
    #[serde(default)]
    pub severity_reason: String,
    #[serde(default)]
    pub scope: Scope,
    #[serde(default = "certain")]
    pub confidence: Confidence,
    #[serde(default)]
    pub parents: Vec<String>,
    /// Minutes for one finding.
    pub effort: u32,
    /// 1 to 4.
    pub phase: u8,
    #[serde(default)]
    pub mandatory: bool,
    #[serde(default)]
    pub creates: Vec<String>,
    #[serde(default)]
    pub cwe: Vec<u32>,
    #[serde(default, rename = "reference")]
    pub references: Vec<Reference>,
    /// What a team may tune: `[option.NAME]`; only for rules with code.
    #[serde(default, rename = "option")]
    pub options: BTreeMap<String, RuleOption>,
    /// When the rule is asked at all; only for rules without code.
    #[serde(default)]
    pub applies: Option<Condition>,
    /// What decides it; only for rules without code.
    #[serde(default, rename = "match", deserialize_with = "decisive")]
    pub matcher: Option<Match>,
    pub text: LanguageTexts,
}

/// Texts in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageTexts {
    pub en: Texts,
    pub ru: Texts,
}

fn certain() -> Confidence {
    Confidence::Certain
}

impl RuleFile {
    /// Identity and texts, for a rule in the folder of `category`.
    pub fn meta(&self, category: &str) -> RuleMeta {
        RuleMeta {
            id: self.id.clone(),
            category: category.to_owned(),
            severity: self.severity,
            scope: self.scope,
            confidence: self.confidence,
            parents: self.parents.clone(),
            effort: self.effort,
            phase: self.phase,
            mandatory: self.mandatory,
            creates: self.creates.clone(),
            cwe: self.cwe.clone(),
            references: self.references.clone(),
            options: self.options.clone(),
            en: self.text.en.clone(),
            ru: self.text.ru.clone(),
        }
    }
}
