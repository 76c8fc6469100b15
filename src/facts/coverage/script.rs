//! Thresholds in configuration files that are scripts.

use super::{Flaw, Tool};
use crate::{
    code::{Constant, Kind, NodeRef, Role},
    facts::{Extractor, Fact, FileFacts, Visit, Watch},
    repo::{self, File},
};

/// Reads what configuration files of test runners say about coverage.
pub(in crate::facts) struct CoverageExtractor;

impl Extractor for CoverageExtractor {
    fn fact(&self) -> Fact {
        Fact::Coverage
    }

    fn watch(&self) -> Watch {
        let roles = [repo::Role::Config, repo::Role::Source, repo::Role::Script, repo::Role::Test];
        Watch::nodes(&[Kind::Property, Kind::String]).keywords(&["overage", "hresholds"]).roles(&roles)
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let Some(tool) = reader(file.file) else { return };
        let sign = if node.is(Kind::String) { omits(tool, node) } else { sign(tool, node) };
        facts.coverage.extend(sign.map(|sign| (node.span(), sign)));
    }
}

/// What a property of a configuration file says about coverage.
#[derive(Debug, Clone, PartialEq)]
pub enum Sign {
    Threshold {
        option: &'static str,
        value: Option<f64>,
        flaw: Option<Flaw>,
    },
    /// Before Vitest 1.0 the limits stood beside the other options of coverage.
    Former(&'static str),
    /// Coverage is measured whenever the tests run, or when something outside the file says so.
    Measured,
    /// Files that are not measured, by a pattern.
    Omits(String),
}

/// The tool that reads a configuration file of this name.
pub(super) fn reader(file: &File) -> Option<Tool> {
    let name = file.name();
    if name.starts_with("vitest.") || name.starts_with("vite.config") {
        Some(Tool::Vitest)
    } else if name.starts_with("jest.") {
        Some(Tool::Jest)
    } else {
        None
    }
}

/// What `property` says, in a configuration file of `tool`.
fn sign(tool: Tool, property: NodeRef<'_>) -> Option<Sign> {
    match tool {
        Tool::Vitest => vitest(property),
        Tool::Jest => jest(property),
        _ => None,
    }
}

/// The property whose value is the object that holds `property`.
fn owner(property: NodeRef<'_>) -> Option<NodeRef<'_>> {
    property.parent()?.parent().filter(|it| it.is(Kind::Property))
}

fn vitest(property: NodeRef<'_>) -> Option<Sign> {
    let around = owner(property).map(NodeRef::name);
    let value = || property.child(Role::Value).map(NodeRef::resolved);
    let threshold = |option, flaw| Some(Sign::Threshold { option, value: value().and_then(greatest), flaw });
    let instead = "coverage.thresholds";
    match (around, property.name()) {
        (Some("coverage"), "thresholds") => threshold("coverage.thresholds", None),
        (Some("coverage"), "threshold") => threshold("coverage.threshold", Some(Flaw::Unread { instead })),
        (Some("coverage"), "coverageThreshold") => {
            threshold("coverage.coverageThreshold", Some(Flaw::Unread { instead }))
        }
        (Some("test"), "thresholds") => threshold("test.thresholds", Some(Flaw::Unread { instead })),
        (Some("test"), "coverageThreshold") => threshold("test.coverageThreshold", Some(Flaw::Unread { instead })),
        (Some("coverage"), "lines") if value()?.is(Kind::Number) => Some(Sign::Former("coverage.lines")),
        (Some("coverage"), "branches") if value()?.is(Kind::Number) => Some(Sign::Former("coverage.branches")),
        (Some("coverage"), "functions") if value()?.is(Kind::Number) => Some(Sign::Former("coverage.functions")),
        (Some("coverage"), "statements") if value()?.is(Kind::Number) => Some(Sign::Former("coverage.statements")),
        (Some("coverage"), "enabled") => {
            let known = value()?.constant();
            (known != Some(Constant::Boolean(false))).then_some(Sign::Measured)
        }
        _ => None,
    }
}

fn jest(property: NodeRef<'_>) -> Option<Sign> {
    let value = || property.child(Role::Value).map(NodeRef::resolved);
    let threshold = |option, flaw| Some(Sign::Threshold { option, value: value().and_then(greatest), flaw });
    match property.name() {
        "coverageThreshold" => threshold("coverageThreshold", None),
        "coverageThresholds" => threshold("coverageThresholds", Some(Flaw::Unread { instead: "coverageThreshold" })),
        "collectCoverage" => (value()?.constant() != Some(Constant::Boolean(false))).then_some(Sign::Measured),
        _ => None,
    }
}

/// The pattern of files that a string of a list leaves out: `coverage.exclude` of Vitest, `!…` in
/// `collectCoverageFrom` of Jest.
fn omits(tool: Tool, string: NodeRef<'_>) -> Option<Sign> {
    let list = string.parent().filter(|it| it.is(Kind::Array))?;
    let property = list.parent().filter(|it| it.is(Kind::Property))?;
    let pattern = match (tool, property.name()) {
        (Tool::Vitest, "exclude") if owner(property).is_some_and(|it| it.name() == "coverage") => string.name(),
        (Tool::Jest, "collectCoverageFrom") => string.name().strip_prefix('!')?,
        _ => return None,
    };
    Some(Sign::Omits(pattern.to_owned()))
}

/// The greatest number below `node`, when there is one.
fn greatest(node: NodeRef<'_>) -> Option<f64> {
    let numbers = std::iter::once(node).chain(node.descendants()).filter(|it| it.is(Kind::Number));
    numbers.filter_map(|it| it.constant().and_then(|value| value.as_number())).reduce(f64::max)
}
