//! What a team may tune of a rule: a threshold, a number of days, a size.

use serde::{Deserialize, Serialize};

use super::Lang;

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
            Self::Texts(texts) => {
                let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
                write!(out, "[{}]", quoted.join(", "))
            }
        }
    }
}

impl RuleOption {
    /// What the option is for, what it may be, and its default, as a sentence for whoever tunes the rule.
    pub fn described(&self, lang: Lang) -> String {
        match lang {
            Lang::En => format!("{}: {}, default {}.", self.en, self.expected(), self.default),
            Lang::Ru => {
                let range = match (self.min, self.max) {
                    (Some(min), Some(max)) => format!("от {min} до {max}, "),
                    _ => String::new(),
                };
                format!("{}: {range}по умолчанию {}.", self.ru, self.default)
            }
        }
    }

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
