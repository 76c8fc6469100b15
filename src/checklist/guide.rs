//! What there is to check around a deployment, read from `rules/checklist.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::Lang;

static EMBEDDED: LazyLock<Guide> = LazyLock::new(|| {
    Guide::parse(include_str!("../../rules/checklist.toml")).expect("the embedded checklist.toml is valid")
});

/// All sections, in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    #[serde(rename = "section")]
    pub sections: Vec<SectionMeta>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionMeta {
    pub id: String,
    en: String,
    ru: String,
    #[serde(rename = "group")]
    pub groups: Vec<GroupMeta>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupMeta {
    en: String,
    ru: String,
    /// Shown where one of them is met; without any, everywhere.
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub rules: Vec<String>,
    /// What a person ticks, in English and Russian.
    #[serde(default)]
    pub ask: Vec<[String; 2]>,
    /// The steps for each component that is deployed stand here.
    #[serde(default)]
    pub parts: bool,
}

impl Guide {
    /// The one that the binary carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads the text of a `checklist.toml`.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

fn chosen<'t>(lang: Lang, en: &'t str, ru: &'t str) -> &'t str {
    match lang {
        Lang::En => en,
        Lang::Ru => ru,
    }
}

impl SectionMeta {
    pub fn title(&self, lang: Lang) -> &str {
        chosen(lang, &self.en, &self.ru)
    }
}

impl GroupMeta {
    pub fn title(&self, lang: Lang) -> &str {
        chosen(lang, &self.en, &self.ru)
    }

    /// What a person ticks.
    pub fn asked(&self, lang: Lang) -> impl Iterator<Item = &str> {
        self.ask.iter().map(move |[en, ru]| chosen(lang, en, ru))
    }
}
