//! What a plan adds to the catalogue, read from `rules/plan.toml`: the phases, and which repairs build on which.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::model::{Lang, Readiness};

static EMBEDDED: LazyLock<Guide> =
    LazyLock::new(|| Guide::parse(include_str!("../../rules/plan.toml")).expect("the embedded plan.toml is valid"));

/// The phases in order, and the edges between repairs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    #[serde(rename = "phase")]
    pub phases: Vec<PhaseMeta>,
    #[serde(rename = "order")]
    order: Vec<Order>,
}

/// What a phase is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PhaseMeta {
    /// What should be reached at its end.
    pub verdict: Readiness,
    en: String,
    ru: String,
    goal_en: String,
    goal_ru: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    rule: String,
    after: Vec<String>,
}

impl Guide {
    /// The one that the binary carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads the text of a `plan.toml`; there are four phases, as rule files number them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let guide: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if guide.phases.len() == 4 { Ok(guide) } else { Err("a plan has four phases".to_owned()) }
    }

    /// The rules that are repaired before each rule.
    pub fn edges(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for order in &self.order {
            edges.entry(&order.rule).or_default().extend(order.after.iter().map(String::as_str));
        }
        edges
    }
}

impl PhaseMeta {
    pub fn title(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ru => &self.ru,
        }
    }

    pub fn goal(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.goal_en,
            Lang::Ru => &self.goal_ru,
        }
    }
}
