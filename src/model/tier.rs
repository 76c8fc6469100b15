//! How much a repository has to hold: what a prototype need not answer, and a regulated system must.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Lang, RuleMeta, Severity};

static EMBEDDED: LazyLock<Tiers> =
    LazyLock::new(|| Tiers::parse(include_str!("../../rules/tiers.toml")).expect("the embedded tiers.toml is valid"));

/// What a repository is meant for, from the least demanding up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Shown to a few people, with made-up data.
    Prototype,
    /// Used by the people of one organisation.
    Internal,
    /// Open to anybody.
    Public,
    /// Answerable to a regulator: health, money, identity.
    Regulated,
}

impl Tier {
    pub const ALL: [Self; 4] = [Self::Prototype, Self::Internal, Self::Public, Self::Regulated];
    pub const NAMES: [&'static str; 4] = ["prototype", "internal", "public", "regulated"];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prototype => "prototype",
            Self::Internal => "internal",
            Self::Public => "public",
            Self::Regulated => "regulated",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.as_str() == name)
    }
}

/// What each tier leaves out, read from `rules/tiers.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// From the least demanding up.
    #[serde(rename = "tier")]
    pub all: Vec<TierMeta>,
}

/// A tier leaves out what it names, and what every more demanding one leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TierMeta {
    pub id: Tier,
    pub en: String,
    pub ru: String,
    /// Rules milder than this are left out.
    #[serde(default)]
    pub milder_than: Option<Severity>,
    #[serde(default)]
    pub categories: Vec<String>,
    #[serde(default)]
    pub rules: Vec<String>,
}

impl Tiers {
    /// Those that the binary carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads the text of a `tiers.toml`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tiers: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let ids: Vec<Tier> = tiers.all.iter().map(|tier| tier.id).collect();
        if ids == Tier::ALL { Ok(tiers) } else { Err("every tier stands once, the least demanding first".to_owned()) }
    }

    pub fn get(&self, tier: Tier) -> Option<&TierMeta> {
        self.all.iter().find(|meta| meta.id == tier)
    }

    /// Whether a repository of this tier need not answer the rule.
    pub fn leaves_out(&self, tier: Tier, rule: &RuleMeta) -> bool {
        self.all.iter().filter(|meta| meta.id >= tier).any(|meta| meta.leaves_out(rule))
    }
}

impl TierMeta {
    /// What it is for, in one sentence without a full stop.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ru => &self.ru,
        }
    }

    fn leaves_out(&self, rule: &RuleMeta) -> bool {
        self.milder_than.is_some_and(|least| rule.severity > least)
            || self.categories.contains(&rule.category)
            || self.rules.contains(&rule.id)
    }
}
