//! The thirteen categories and the nine rows that pool them, read from `rules/categories.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Lang;

static EMBEDDED: LazyLock<Categories> = LazyLock::new(|| {
    Categories::parse(include_str!("../../rules/categories.toml")).expect("the embedded categories.toml is valid")
});

/// Categories and rows, both in the order of every report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Categories {
    #[serde(rename = "category")]
    pub all: Vec<CategoryMeta>,
    #[serde(rename = "row")]
    pub rows: Vec<RowMeta>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryMeta {
    pub id: String,
    pub en: String,
    pub ru: String,
    /// The row of the nine-row table in which this category is pooled.
    pub row: String,
}

/// A row is named after the category that has its id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowMeta {
    pub id: String,
    pub icon: String,
}

impl Categories {
    /// Those that the binary carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads the text of a `categories.toml`; every row must lead a category and every category must have a row.
    pub fn parse(text: &str) -> Result<Self, String> {
        let categories: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if let Some(lost) = categories.all.iter().find(|category| !categories.rows.iter().any(|r| r.id == category.row))
        {
            return Err(format!("category `{}` is in row `{}`, which does not exist", lost.id, lost.row));
        }
        if let Some(lost) = categories.rows.iter().find(|row| categories.get(&row.id).is_none()) {
            return Err(format!("row `{}` is named after a category that does not exist", lost.id));
        }
        Ok(categories)
    }

    pub fn get(&self, id: &str) -> Option<&CategoryMeta> {
        self.all.iter().find(|category| category.id == id)
    }

    /// Where a category stands in every report; unknown ids come last.
    pub fn position(&self, id: &str) -> usize {
        self.all.iter().position(|category| category.id == id).unwrap_or(self.all.len())
    }

    /// The categories that a row pools, in order.
    pub fn members(&self, row: &str) -> impl Iterator<Item = &CategoryMeta> {
        self.all.iter().filter(move |category| category.row == row)
    }
}

impl CategoryMeta {
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ru => &self.ru,
        }
    }
}
