//! What `--only`, `--skip` and their like in the file may name: a rule, a category, a severity.

use std::collections::BTreeMap;

use crate::model::{RuleMeta, RuleOption, Severity, nearest};

/// The names that exist, passed in by whoever knows the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Rule ids.
    pub rules: &'a [&'a str],
    /// Category ids.
    pub categories: &'a [&'a str],
    /// The options of the rules that have some, by rule id.
    pub options: &'a [(&'a str, &'a BTreeMap<String, RuleOption>)],
}

/// A group of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    Rule(String),
    Category(String),
    /// Rules of this severity.
    Severity(Severity),
}

/// A name that is no rule, no category and no severity. Always the fault of whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no rule, category or severity is named `{name}`")]
pub struct SelectorError {
    pub name: String,
    /// What was probably meant.
    pub nearest: Option<String>,
}

impl Selector {
    pub fn parse(name: &str, names: Names<'_>) -> Result<Self, SelectorError> {
        if let Some(severity) = Severity::ALL.into_iter().find(|severity| severity.as_str() == name) {
            return Ok(Self::Severity(severity));
        }
        if names.rules.contains(&name) {
            return Ok(Self::Rule(name.to_owned()));
        }
        if names.categories.contains(&name) {
            return Ok(Self::Category(name.to_owned()));
        }
        let mut known: Vec<&str> = severities().collect();
        known.extend(names.rules);
        known.extend(names.categories);
        Err(SelectorError { name: name.to_owned(), nearest: nearest(name, known).map(str::to_owned) })
    }

    /// Whether it names the rule, whose severity is `severity` by configuration.
    pub fn names(&self, meta: &RuleMeta, severity: Severity) -> bool {
        match self {
            Self::Rule(id) => *id == meta.id,
            Self::Category(id) => *id == meta.category,
            Self::Severity(named) => *named == severity,
        }
    }
}

/// The names of the severities, worst first.
pub fn severities() -> impl Iterator<Item = &'static str> + Clone {
    Severity::ALL.into_iter().map(Severity::as_str)
}
