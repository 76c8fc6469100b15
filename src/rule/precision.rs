//! How often a rule was right on real repositories, as far as somebody has measured it: `rules/precision.toml`.
//!
//! ```toml
//! [fallback-secret]
//! opened = 20                                  # findings that somebody opened and judged
//! right = 19                                   # those of them that were right
//! date = 2026-11-20
//! repositories = ["TypeScript services", "Python services"]   # what kind of repositories
//! ```

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Deserializer, de::Error};

use super::catalogue::embedded;
use crate::model::Date;

static MEASURED: LazyLock<BTreeMap<String, Precision>> = LazyLock::new(|| {
    let text = embedded("precision.toml").unwrap_or_default();
    parse(text).unwrap_or_else(|error| panic!("rules/precision.toml: {error}"))
});

/// What was measured of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precision {
    /// Findings that somebody opened and judged.
    pub opened: u32,
    /// Those of them that were right.
    pub right: u32,
    #[serde(deserialize_with = "day")]
    pub date: Date,
    /// What kind of repositories they were in.
    pub repositories: Vec<String>,
}

/// What was measured of the built-in rule `id`.
pub fn measured(id: &str) -> Option<&'static Precision> {
    MEASURED.get(id)
}

/// Everything that was measured, by rule.
pub fn all_measured() -> &'static BTreeMap<String, Precision> {
    &MEASURED
}

/// Reads the text of a `precision.toml`.
pub fn parse(text: &str) -> Result<BTreeMap<String, Precision>, String> {
    let measured: BTreeMap<String, Precision> = toml::from_str(text).map_err(|error| error.to_string())?;
    match measured.iter().find(|(_, one)| one.right > one.opened || one.opened == 0) {
        Some((id, one)) => Err(format!("`{id}`: {} right of {} opened", one.right, one.opened)),
        None => Ok(measured),
    }
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let text = match toml::Value::deserialize(from)? {
        toml::Value::String(text) => text,
        toml::Value::Datetime(day) => day.to_string(),
        _ => return Err(D::Error::custom("write a day like 2026-12-31")),
    };
    text.parse().map_err(|_| D::Error::custom("write a day like 2026-12-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_read_and_checked() {
        let text = "[a-rule]\nopened = 20\nright = 19\ndate = 2026-11-20\nrepositories = [\"services\"]\n";
        let measured = parse(text).unwrap();
        assert_eq!((measured["a-rule"].right, measured["a-rule"].date.to_string()), (19, "2026-11-20".to_owned()));
        assert!(parse(&text.replace("2026-11-20", "\"2026-11-20\"")).is_ok());
        assert!(parse(&text.replace("19", "21")).is_err());
        assert!(parse(&text.replace("2026-11-20", "3")).is_err());
        assert!(parse(&text.replace("opened", "open")).is_err());
    }
}
