//! What a team says of a part of the repository: paths, components, or both.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use super::{ConfigError, Problem, RuleSettings, Selector};
use crate::model::{PathGlobs, RuleMeta, Severity, nearest};

/// One `[[overrides]]` entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    /// Empty: everywhere.
    pub paths: PathGlobs,
    /// Paths or names, each with the bytes that hold it. Empty: all.
    pub components: Vec<(String, Range<usize>)>,
    /// Severities and switches, by rule id.
    pub rules: BTreeMap<String, RuleSettings>,
    /// Groups of rules that are not asked here.
    pub skip: Vec<Selector>,
    /// Why they are not.
    pub reason: Option<String>,
    /// Where the scanned root lies below the folder that the entry is written for; empty when it is that folder.
    pub below: String,
    /// The configuration file, as a report may name it.
    pub path: String,
    /// The line of the entry, from 1.
    pub line: u32,
    /// The text of that file, to show what is wrong with the entry once the components are known.
    pub text: Arc<str>,
}

/// A component as an entry may name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Relative to the scanned root; `.` for the repository itself.
    pub path: &'a str,
    pub name: &'a str,
}

/// Why a rule is not asked somewhere, and where that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disabled<'a> {
    pub reason: &'a str,
    pub path: &'a str,
    pub line: u32,
}

/// What entries make of a rule at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effect<'a> {
    pub severity: Option<Severity>,
    pub disabled: Option<Disabled<'a>>,
}

impl Override {
    /// Whether it has the rule asked where it may be disabled elsewhere.
    pub fn asks(&self, rule: &str) -> bool {
        self.rules.get(rule).is_some_and(|settings| settings.enabled == Some(true))
    }

    fn covers(&self, part: Part<'_>, file: Option<&str>) -> bool {
        let here = match file {
            Some(path) => self.paths.is_empty() || self.paths.matches(path),
            None => self.paths.is_empty(),
        };
        here && (self.components.is_empty() || self.components.iter().any(|(name, _)| self.names(name, part)))
    }

    fn names(&self, name: &str, part: Part<'_>) -> bool {
        name == part.name || self.path_of(name).is_some_and(|path| path == part.path)
    }

    /// The path of a component relative to the scanned root, when it lies there.
    fn path_of<'n>(&self, name: &'n str) -> Option<&'n str> {
        let plain = name.strip_prefix("./").unwrap_or(name).trim_end_matches('/');
        let rest = match self.below.as_str() {
            "" => plain,
            below if plain == below => "",
            below => plain.strip_prefix(below)?.strip_prefix('/')?,
        };
        Some(if rest.is_empty() { "." } else { rest })
    }

    fn settings<'a>(&'a self, rule: &RuleMeta, severity: Severity) -> (Option<Severity>, Option<Switch<'a>>) {
        let own = self.rules.get(&rule.id);
        let switch = own.and_then(|settings| Some(Switch { on: settings.enabled?, why: disabled(settings) }));
        let skipped = || {
            self.skip.iter().any(|selector| selector.names(rule, severity)).then(|| Switch {
                on: false,
                why: Disabled { reason: self.reason.as_deref().unwrap_or_default(), path: &self.path, line: self.line },
            })
        };
        (own.and_then(|settings| settings.severity), switch.or_else(skipped))
    }
}

struct Switch<'a> {
    on: bool,
    why: Disabled<'a>,
}

fn disabled(settings: &RuleSettings) -> Disabled<'_> {
    Disabled { reason: settings.reason.as_deref().unwrap_or_default(), path: &settings.path, line: settings.line }
}

/// What `overrides`, the strongest first, and then the rule's own settings make of a rule: in one file, or (without
/// one) in a component as a whole.
pub fn effect<'a>(
    overrides: &'a [Override],
    own: Option<&'a RuleSettings>,
    rule: &RuleMeta,
    part: Part<'_>,
    file: Option<&str>,
) -> Effect<'a> {
    let everywhere = own.and_then(|settings| settings.severity).unwrap_or(rule.severity);
    let (mut severity, mut switch) = (None, None);
    for entry in overrides.iter().filter(|entry| entry.covers(part, file)) {
        let (its_severity, its_switch) = entry.settings(rule, everywhere);
        severity = severity.or(its_severity);
        switch = switch.or(its_switch);
    }
    let own = || own.and_then(|settings| Some(Switch { on: settings.enabled?, why: disabled(settings) }));
    let switch = switch.or_else(own).filter(|switch| !switch.on);
    Effect { severity, disabled: switch.map(|switch| switch.why) }
}

/// The first entry that names a component that does not exist.
pub fn unknown_component(overrides: &[Override], parts: &[Part<'_>]) -> Option<ConfigError> {
    overrides.iter().find_map(|entry| {
        let unknown = |(name, _): &&(String, Range<usize>)| {
            // What lies beside the scanned folder cannot be seen from here.
            let visible = entry.below.is_empty() || (name.contains('/') && entry.path_of(name).is_some());
            visible && !parts.iter().any(|part| entry.names(name, *part))
        };
        let (name, span) = entry.components.iter().find(unknown)?;
        let problem = Problem::new(format!("there is no component `{name}`"), span.clone());
        let names = parts.iter().flat_map(|part| [part.path, part.name]).filter(|name| *name != ".");
        let listed: Vec<String> = parts.iter().map(|part| format!("`{}`", part.path)).collect();
        let all = format!("the components are {}", listed.join(", "));
        let help = nearest(name, names).map_or_else(|| all.clone(), |near| format!("did you mean `{near}`? {all}"));
        Some(ConfigError::Invalid {
            path: entry.path.clone(),
            text: entry.text.to_string(),
            problems: vec![problem.help(help)],
        })
    })
}
