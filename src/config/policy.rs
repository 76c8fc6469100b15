//! The section `[suppressions]`: what a team allows of suppressions.

use toml::de::{DeTable, DeValue};

use super::{
    read::{Reader, Value},
    value::Expected,
};
use crate::model::{Forbidden, PathGlobs, Severity, SuppressionPolicy, SuppressionProblem};

const KEYS: [&str; 4] = ["forbid", "require-until", "max-days", "fail-on"];
const FORBID_KEYS: [&str; 2] = ["severity", "paths"];

impl Reader<'_> {
    pub(super) fn suppressions(&mut self, value: &Value<'_>) {
        let Some(table) = self.take(value, "suppressions", Expected::table) else { return };
        let mut policy = SuppressionPolicy::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match name {
                "forbid" => policy.forbid = self.forbidden(value),
                "require-until" => policy.require_until = self.take(value, name, Expected::boolean).unwrap_or(false),
                "max-days" => policy.max_days = self.take(value, name, Expected::days),
                "fail-on" => policy.fail_on = self.problem_names(value),
                _ => {
                    self.unknown_key("suppressions", name, key.span(), KEYS);
                    continue;
                }
            }
            self.said(format!("suppressions.{name}"), &key.span());
        }
        self.layer.suppressions = Some(policy);
    }

    fn forbidden(&mut self, value: &Value<'_>) -> Vec<Forbidden> {
        let heading = "[[suppressions.forbid]]";
        let Some(entries) = self.take(value, "forbid", |value| Expected::tables(value, heading)) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for entry in entries {
            if let DeValue::Table(table) = entry.get_ref() {
                all.extend(self.forbid(table));
            }
        }
        all
    }

    fn forbid(&mut self, table: &DeTable<'_>) -> Option<Forbidden> {
        let (mut severity, mut paths) = (None, Some(PathGlobs::default()));
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "severity" => {
                    let names = Severity::ALL.map(Severity::as_str);
                    let named = |name: &str| Severity::ALL.into_iter().find(|severity| severity.as_str() == name);
                    severity = self.choice(value, "severity", names, named);
                }
                "paths" => paths = self.globs(value, "paths"),
                name => self.unknown_key("suppressions.forbid", name, key.span(), FORBID_KEYS),
            }
        }
        Some(Forbidden { severity, paths: paths? })
    }

    fn problem_names(&mut self, value: &Value<'_>) -> Vec<SuppressionProblem> {
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong(
                value.span(),
                "fail-on",
                "a list like [\"expired\", \"unused\"]",
                super::value::described(value.get_ref()),
            );
            return Vec::new();
        };
        let names = SuppressionProblem::ALL.map(SuppressionProblem::as_str);
        array.iter().filter_map(|name| self.choice(name, "fail-on", names, SuppressionProblem::named)).collect()
    }
}
