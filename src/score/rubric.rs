//! The constants of the score, read from `rules/rubric.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::model::Severity;

static EMBEDDED: LazyLock<Rubric> = LazyLock::new(|| {
    Rubric::parse(include_str!("../../rules/rubric.toml")).expect("the embedded rubric.toml is valid")
});

/// Why a rubric cannot be used; usually a mistake in the file.
#[derive(Debug, thiserror::Error)]
pub enum RubricError {
    /// Not TOML, or a key that is missing, unknown or of the wrong type.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A number with which the score would not be monotone or would leave 0 to 10.
    #[error("{0}")]
    Value(&'static str),
}

/// One version of the numbers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    pub version: u32,
    weight: Weights,
    pub category: CategoryNumbers,
    pub overall: OverallNumbers,
    pub status: StatusNumbers,
    pub verdict: VerdictNumbers,
    /// Weights of categories in the overall score, by category id; 1 for those that are absent.
    #[serde(skip)]
    categories: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    critical: u32,
    high: u32,
    medium: u32,
    low: u32,
    info: u32,
}

/// `floor + proven * R + attested * A`, at most `critical_cap` while a CRITICAL is open.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryNumbers {
    pub floor: f64,
    pub proven: f64,
    pub attested: f64,
    pub critical_cap: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverallNumbers {
    /// What the overall score loses when every category has an open CRITICAL.
    pub blocked: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusNumbers {
    pub ok_without_critical: f64,
    pub ok_without_high: f64,
    pub fail: f64,
    pub fail_with_critical: f64,
}

/// The least overall score of each verdict.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictNumbers {
    pub staging: f64,
    pub production: f64,
    pub hardened: f64,
}

impl Rubric {
    /// The one that the binary carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads the text of a `rubric.toml`, strictly.
    pub fn parse(text: &str) -> Result<Self, RubricError> {
        let rubric: Self = toml::from_str(text)?;
        let CategoryNumbers { floor, proven, attested, critical_cap } = rubric.category;
        if [floor, proven, attested, critical_cap, rubric.overall.blocked].iter().any(|n| !(0.0..=10.0).contains(n)) {
            return Err(RubricError::Value("the numbers of a score lie between 0 and 10"));
        }
        if (floor + proven + attested - 10.0).abs() > 1e-9 {
            return Err(RubricError::Value("`floor`, `proven` and `attested` add up to 10"));
        }
        let verdict = &rubric.verdict;
        if !(verdict.staging <= verdict.production && verdict.production <= verdict.hardened) {
            return Err(RubricError::Value("a better verdict asks for no lower score"));
        }
        Ok(rubric)
    }

    /// These numbers with other weights of categories, each from 0 up.
    #[must_use]
    pub fn weighing(&self, categories: BTreeMap<String, f64>) -> Self {
        Self { categories, ..self.clone() }
    }

    /// The weight of a category in the overall score.
    pub fn category_weight(&self, category: &str) -> f64 {
        self.categories.get(category).copied().unwrap_or(1.0)
    }

    /// The weight of a criterion with this default severity.
    pub fn weight(&self, severity: Severity) -> f64 {
        f64::from(match severity {
            Severity::Critical => self.weight.critical,
            Severity::High => self.weight.high,
            Severity::Medium => self.weight.medium,
            Severity::Low => self.weight.low,
            Severity::Info => self.weight.info,
        })
    }
}
