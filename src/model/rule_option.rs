//! What a team may tune of a rule: a threshold, a number of days, a size.

use serde::{Deserialize, Serialize};

/// A value of an option. Its kind is that of the option's default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OptionValue {
    Whole(u64),
    Number(f64),
    Flag(bool),
    Texts(Vec<String>),
}

/// An option as its rule file declares it: `[option.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleOption {
    pub default: OptionValue,
    /// The least number that makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest number that makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// What it means, a sentence without a full stop.
    pub en: String,
    pub ru: String,
}

impl OptionValue {
    /// The name of its kind in JSON Schema.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Whole(_) => "integer",
            Self::Number(_) => "number",
            Self::Flag(_) => "boolean",
            Self::Texts(_) => "array",
        }
    }
}

impl std::fmt::Display for OptionValue {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(number) => write!(out, "{number}"),
            Self::Number(number) => write!(out, "{number}"),
            Self::Flag(flag) => write!(out, "{flag}"),
            Self::Texts(texts) => write!(out, "{texts:?}"),
        }
    }
}

impl RuleOption {
    /// What a value must be, as a complaint says it.
    pub fn expected(&self) -> String {
        let what = match self.default {
            OptionValue::Whole(_) => "a whole number",
            OptionValue::Number(_) => "a number",
            OptionValue::Flag(_) => return "`true` or `false`".to_owned(),
            OptionValue::Texts(_) => return "a list of texts".to_owned(),
        };
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{what} from {min} to {max}"),
            (Some(min), None) => format!("{what} from {min} up"),
            (None, Some(max)) => format!("{what} up to {max}"),
            (None, None) => what.to_owned(),
        }
    }

    /// Whether a number lies in the option's range.
    pub fn holds(&self, number: f64) -> bool {
        number.is_finite() && self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
    }
}
