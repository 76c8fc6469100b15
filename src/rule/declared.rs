//! The rule file `rules/<category>/<id>.toml` as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::matcher::{Condition, Match, decisive};
use crate::model::{Confidence, Lang, Reference, RuleMeta, RuleOption, Scope, Severity, Texts};

/// Every key of a rule file. Unknown keys are refused, so that a misspelt one is noticed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleFile {
    pub id: String,
    /// For a team's own rules; the folder says it of those that are built in.
    #[serde(default)]
    pub category: Option<String>,
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
    #[serde(default = "half_an_hour")]
    pub effort: u32,
    /// 1 to 4.
    #[serde(default = "last_but_one")]
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

/// Texts in both languages, or in one that then speaks for both.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "WrittenTexts")]
pub struct LanguageTexts {
    pub en: Texts,
    pub ru: Texts,
    /// The languages that the file has.
    pub(super) written: Vec<Lang>,
}

/// Texts as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTexts {
    en: Option<Texts>,
    ru: Option<Texts>,
}

impl TryFrom<WrittenTexts> for LanguageTexts {
    type Error = &'static str;

    fn try_from(texts: WrittenTexts) -> Result<Self, Self::Error> {
        let (en, ru, written) = match (texts.en, texts.ru) {
            (Some(en), Some(ru)) => (en, ru, vec![Lang::En, Lang::Ru]),
            (Some(en), None) => (en.clone(), en, vec![Lang::En]),
            (None, Some(ru)) => (ru.clone(), ru, vec![Lang::Ru]),
            (None, None) => return Err("a rule needs texts: add [text.en], [text.ru] or both"),
        };
        Ok(Self { en, ru, written })
    }
}

impl LanguageTexts {
    pub(super) fn of(&self, lang: Lang) -> &Texts {
        match lang {
            Lang::En => &self.en,
            Lang::Ru => &self.ru,
        }
    }
}

fn half_an_hour() -> u32 {
    30
}

fn last_but_one() -> u8 {
    3
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
