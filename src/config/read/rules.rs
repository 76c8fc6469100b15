//! Options of rules, and what holds in a part of the repository alone.

use std::{ops::Range, sync::Arc};

use toml::de::{DeTable, DeValue};

use super::{Reader, Value};
use crate::{
    config::{
        Override, Problem,
        value::{Expected, described},
    },
    model::{OptionValue, PathGlobs, RuleOption, nearest},
};

const OVERRIDE_KEYS: [&str; 5] = ["paths", "components", "rules", "skip", "reason"];

impl Reader<'_> {
    /// The table `options` of a rule.
    pub(super) fn options(&mut self, id: &str, value: &Value<'_>) -> Vec<(String, OptionValue)> {
        let section = format!("rules.{id}.options");
        let Some(table) = self.take(value, &section, Expected::table) else { return Vec::new() };
        let declared = self.names.options.iter().find(|(rule, _)| *rule == id).map(|(_, options)| *options);
        let mut found = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(option) = declared.and_then(|options| options.get(name)) else {
                let names: Vec<&str> = declared.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                self.unknown_option(id, name, key.span(), &names);
                continue;
            };
            match option_value(option, value.get_ref()) {
                Some(read) => {
                    found.push((name.to_owned(), read));
                    self.said(format!("{section}.{name}"), &key.span());
                }
                None => {
                    let problem =
                        Problem::new(format!("`{name}` of `{id}` must be {}", option.expected()), value.span())
                            .label(format!("this is {}", described(value.get_ref())));
                    self.problems.push(problem.help(format!("the default is {}", option.default)));
                }
            }
        }
        found
    }

    fn unknown_option(&mut self, id: &str, name: &str, span: Range<usize>, known: &[&str]) {
        let problem = Problem::new(format!("`{id}` has no option `{name}`"), span);
        let suggestion = nearest(name, known.iter().copied());
        self.problems.push(match (suggestion, known) {
            (Some(_), _) => problem.suggest(suggestion),
            (None, []) => {
                problem.help("this rule has no options; `readiness rules --format json` shows those that have")
            }
            (None, known) => problem.help(format!("its options: `{}`", known.join("`, `"))),
        });
    }

    pub(super) fn overrides(&mut self, value: &Value<'_>) {
        let Some(entries) = self.take(value, "overrides", |value| Expected::tables(value, "[[overrides]]")) else {
            return;
        };
        let mut read: Vec<Override> = Vec::new();
        let text: Arc<str> = self.text.into();
        for entry in entries {
            if let DeValue::Table(table) = entry.get_ref() {
                read.extend(self.one_override(table, &entry.span(), &text));
            }
        }
        // Of several entries for one place the last one wins.
        read.reverse();
        self.layer.overrides = read;
    }

    fn one_override(&mut self, table: &DeTable<'_>, span: &Range<usize>, text: &Arc<str>) -> Option<Override> {
        let before = self.problems.len();
        let mut entry = Override {
            paths: PathGlobs::default(),
            components: Vec::new(),
            rules: std::collections::BTreeMap::new(),
            skip: Vec::new(),
            reason: None,
            below: self.below.to_owned(),
            path: self.shown.to_owned(),
            line: self.line(span.start),
            text: Arc::clone(text),
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "paths" => entry.paths = self.globs(value, "paths").unwrap_or_default(),
                "components" => entry.components = self.strings(value, "components"),
                "skip" => entry.skip = self.selectors(value, "skip"),
                "reason" => entry.reason = self.take(value, "reason", Expected::reason),
                "rules" => {
                    let Some(rules) = self.take(value, "overrides.rules", Expected::table) else { continue };
                    for (id, value) in rules {
                        let name = id.get_ref().as_ref();
                        if self.is_rule(name, &id.span())
                            && let Some(settings) = self.rule(name, id.span(), value, Some("overrides"))
                        {
                            entry.rules.insert(name.to_owned(), settings);
                        }
                    }
                }
                name => self.unknown_key("overrides", name, key.span(), OVERRIDE_KEYS),
            }
        }
        let has = |key: &str| table.iter().any(|(present, _)| present.get_ref() == key);
        if !has("paths") && !has("components") {
            self.incomplete(span, "says nothing about where it holds", "add `paths = [...]` or `components = [...]`");
        }
        if !has("rules") && !has("skip") {
            self.incomplete(span, "changes nothing", "add `rules.RULE.severity = \"low\"` or `skip = [...]`");
        }
        if has("skip") && !has("reason") {
            self.incomplete(span, "skips rules without a reason", "add `reason = \"...\"`: every report shows it");
        }
        (self.problems.len() == before).then_some(entry)
    }

    fn incomplete(&mut self, span: &Range<usize>, what: &str, help: &str) {
        self.problems.push(Problem::new(format!("this `[[overrides]]` {what}"), span.clone()).help(help));
    }
}

/// The value, when it has the kind of the default and lies in its range.
fn option_value(option: &RuleOption, value: &DeValue<'_>) -> Option<OptionValue> {
    match option.default {
        OptionValue::Whole(_) => {
            let DeValue::Integer(integer) = value else { return None };
            let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            // Numbers that lose digits lie beyond every range.
            option.holds(f64::from(u32::try_from(number).ok()?)).then_some(OptionValue::Whole(number))
        }
        OptionValue::Number(_) => {
            let number: f64 = match value {
                DeValue::Integer(integer) => {
                    f64::from(i32::try_from(i64::from_str_radix(integer.as_str(), integer.radix()).ok()?).ok()?)
                }
                DeValue::Float(float) => float.as_str().parse().ok()?,
                _ => return None,
            };
            option.holds(number).then_some(OptionValue::Number(number))
        }
        OptionValue::Flag(_) => value.as_bool().map(OptionValue::Flag),
        OptionValue::Texts(_) => {
            let texts = value.as_array()?.iter().map(|text| text.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<Vec<String>>>().map(OptionValue::Texts)
        }
    }
}
