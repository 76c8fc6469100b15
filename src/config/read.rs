//! From the text of `readiness.toml` to settings: every mistake of a file is found at once.

mod rules;
mod score;

use std::ops::Range;

pub(super) use score::bounded_notes;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    DeployMethod, FailOn, Layer, Names, Problem, RuleSettings, Selector, Source,
    value::{Expected, described},
};
use crate::model::{Attested, Lang, PathGlobs, Severity, Waiver, nearest};

const SCAN_KEYS: [&str; 9] =
    ["fail-on", "min-score", "lang", "only", "skip", "exclude", "max-file-size", "baseline", "rules"];
const DEPLOY_KEYS: [&str; 1] = ["method"];
const RULE_KEYS: [&str; 4] = ["severity", "enabled", "reason", "options"];
const SUPPRESS_KEYS: [&str; 4] = ["rule", "paths", "reason", "until"];
const ATTEST_KEYS: [&str; 6] = ["rule", "by", "on", "until", "holds", "note"];
const SECTIONS: [&str; 10] =
    ["extends", "scan", "deploy", "rules", "overrides", "score", "report", "suppress", "suppressions", "attest"];

/// What one file says.
pub(super) struct Document {
    pub(super) layer: Layer,
    /// The files that it extends, each with the bytes that name it.
    pub(super) extends: Vec<(String, Range<usize>)>,
    /// The file that holds the notes, with the bytes that name it.
    pub(super) notes_file: Option<(String, Range<usize>)>,
}

/// Reads a file for a scanned root that lies `below` the folder of the file; `shown` is the file's name in reports.
pub(super) fn document(text: &str, shown: &str, below: &str, names: Names<'_>) -> Result<Document, Vec<Problem>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| syntax(error, text)).collect());
    }
    let mut reader = Reader {
        text,
        shown,
        below,
        names,
        layer: Layer::default(),
        extends: Vec::new(),
        notes_file: None,
        problems: Vec::new(),
    };
    reader.document(document.get_ref());
    reader.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    if reader.problems.is_empty() {
        Ok(Document { layer: reader.layer, extends: reader.extends, notes_file: reader.notes_file })
    } else {
        Err(reader.problems)
    }
}

fn syntax(error: &toml::de::Error, text: &str) -> Problem {
    let span = error.span().unwrap_or(text.len()..text.len());
    Problem::new(format!("this is not TOML: {}", error.message().replace('\n', ", ")), span)
}

pub(super) struct Reader<'a> {
    text: &'a str,
    shown: &'a str,
    below: &'a str,
    names: Names<'a>,
    pub(super) layer: Layer,
    extends: Vec<(String, Range<usize>)>,
    notes_file: Option<(String, Range<usize>)>,
    problems: Vec<Problem>,
}

pub(super) type Value<'v> = Spanned<DeValue<'v>>;

impl Reader<'_> {
    fn document(&mut self, document: &DeTable<'_>) {
        for (key, value) in document {
            match key.get_ref().as_ref() {
                "extends" => self.extends = self.strings(value, "extends"),
                "scan" => self.scan(value),
                "deploy" => self.deploy(value),
                "rules" => self.rules(value),
                "overrides" => self.overrides(value),
                "score" => self.score(value),
                "report" => self.report(value),
                "suppress" => self.suppress(value),
                "suppressions" => self.suppressions(value),
                "attest" => self.attest(value),
                name => self.unknown_section(name, key.span()),
            }
        }
    }

    fn unknown_section(&mut self, name: &str, span: Range<usize>) {
        let unknown = Problem::new(format!("unknown key `{name}`"), span);
        let problem = if SCAN_KEYS.contains(&name) {
            unknown.help(format!("`{name}` belongs in the section `[scan]`"))
        } else {
            let suggestion = nearest(name, SECTIONS);
            let listed = format!("known sections: {}", listed(SECTIONS));
            if suggestion.is_some() { unknown.suggest(suggestion) } else { unknown.help(listed) }
        };
        self.problems.push(problem);
    }

    pub(super) fn unknown_key<const N: usize>(
        &mut self,
        section: &str,
        name: &str,
        span: Range<usize>,
        known: [&str; N],
    ) {
        let unknown = Problem::new(format!("unknown key `{name}` in `{section}`"), span);
        let suggestion = nearest(name, known);
        let listed = format!("known keys: {}", listed(known));
        self.problems.push(if suggestion.is_some() { unknown.suggest(suggestion) } else { unknown.help(listed) });
    }

    fn scan(&mut self, value: &Value<'_>) {
        let Some(table) = self.take(value, "scan", Expected::table) else { return };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match name {
                "fail-on" => self.layer.fail_on = self.choice(value, name, FailOn::NAMES, FailOn::named),
                "lang" => self.layer.lang = self.choice(value, name, ["en", "ru"], language),
                "min-score" => self.layer.min_score = self.take(value, name, Expected::score),
                "max-file-size" => self.layer.max_file_size = self.take(value, name, Expected::size),
                "only" => self.layer.only = Some(self.selectors(value, name)),
                "skip" => self.layer.skip = Some(self.selectors(value, name)),
                "baseline" => self.layer.baseline = self.take(value, name, Expected::string).map(Into::into),
                "exclude" => self.layer.exclude = self.globs(value, name),
                // The folders are read beforehand: the rest of the file may name their rules.
                "rules" => drop(self.strings(value, name)),
                _ => {
                    self.unknown_key("scan", name, key.span(), SCAN_KEYS);
                    continue;
                }
            }
            self.said(format!("scan.{name}"), &key.span());
        }
    }

    fn deploy(&mut self, value: &Value<'_>) {
        let Some(table) = self.take(value, "deploy", Expected::table) else { return };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "method" => {
                    let methods = DeployMethod::ALL.map(DeployMethod::as_str);
                    self.layer.deploy_method = self.choice(value, "method", methods, DeployMethod::named);
                    self.said("deploy.method".to_owned(), &key.span());
                }
                name => self.unknown_key("deploy", name, key.span(), DEPLOY_KEYS),
            }
        }
    }

    fn rules(&mut self, value: &Value<'_>) {
        let Some(table) = self.take(value, "rules", Expected::table) else { return };
        for (key, value) in table {
            let id = key.get_ref().as_ref();
            if !self.is_rule(id, &key.span()) {
                continue;
            }
            if let Some(settings) = self.rule(id, key.span(), value, None) {
                self.layer.rules.insert(id.to_owned(), settings);
            }
        }
    }

    /// What is said of one rule; `within` is the section that holds it for a part of the repository.
    fn rule(&mut self, id: &str, at: Range<usize>, value: &Value<'_>, within: Option<&str>) -> Option<RuleSettings> {
        let section = within.map_or_else(|| format!("rules.{id}"), |within| format!("{within}.rules.{id}"));
        let table = self.take(value, &section, Expected::table)?;
        let mut settings =
            RuleSettings { path: self.shown.to_owned(), line: self.line(at.start), ..RuleSettings::default() };
        let mut disabled = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "severity" => {
                    let names = Severity::ALL.map(Severity::as_str);
                    settings.severity = self.choice(value, "severity", names, severity);
                }
                "enabled" => {
                    settings.enabled = self.take(value, "enabled", Expected::boolean);
                    disabled = (settings.enabled == Some(false)).then(|| key.span().start..value.span().end);
                }
                "reason" => settings.reason = self.take(value, "reason", Expected::reason),
                "options" if within.is_none() => settings.options.extend(self.options(id, value)),
                "options" => {
                    let problem = Problem::new("`options` hold for the whole repository", key.span());
                    self.problems.push(problem.help(format!("move them to `[rules.{id}.options]`")));
                }
                name => self.unknown_key(&section, name, key.span(), RULE_KEYS),
            }
        }
        if within.is_none() {
            for (key, _) in table.iter().filter(|(key, _)| key.get_ref() != "options") {
                self.said(format!("{section}.{}", key.get_ref()), &key.span());
            }
        }
        if let Some(span) = disabled.filter(|_| !table.iter().any(|(key, _)| key.get_ref() == "reason")) {
            let problem = Problem::new(format!("`{id}` is disabled without a reason"), span);
            self.problems.push(problem.help("add `reason = \"...\"`: every report shows it"));
        }
        Some(settings)
    }

    fn suppress(&mut self, value: &Value<'_>) {
        let Some(entries) = self.take(value, "suppress", |value| Expected::tables(value, "[[suppress]]")) else {
            return;
        };
        for entry in entries {
            if let DeValue::Table(table) = entry.get_ref() {
                self.waiver(table, &entry.span());
            }
        }
    }

    fn waiver(&mut self, table: &DeTable<'_>, span: &Range<usize>) {
        let (mut rule, mut paths, mut reason, mut until) = (None, Some(PathGlobs::default()), None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "rule" => {
                    rule = self.take(value, "rule", Expected::string);
                    rule = rule.filter(|rule| self.is_rule(rule, &value.span()));
                }
                "paths" => paths = self.globs(value, "paths"),
                "reason" => reason = self.take(value, "reason", Expected::reason),
                "until" => until = self.take(value, "until", Expected::date),
                name => self.unknown_key("suppress", name, key.span(), SUPPRESS_KEYS),
            }
        }
        let required = [("rule", "names the rule to suppress"), ("reason", "says why, and every report shows it")];
        self.require(table, span, "[[suppress]]", &required);
        if let (Some(rule), Some(paths), Some(reason)) = (rule, paths, reason) {
            let (path, line) = (self.shown.to_owned(), self.line(span.start));
            self.layer.waivers.push(Waiver { rule, paths, reason, until, path, line });
        }
    }

    fn attest(&mut self, value: &Value<'_>) {
        let Some(entries) = self.take(value, "attest", |value| Expected::tables(value, "[[attest]]")) else { return };
        for entry in entries {
            if let DeValue::Table(table) = entry.get_ref() {
                self.attestation(table, &entry.span());
            }
        }
    }

    fn attestation(&mut self, table: &DeTable<'_>, span: &Range<usize>) {
        let (mut rule, mut by, mut on, mut until, mut note) = (None, None, None, None, None);
        let mut holds = Some(true);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "rule" => {
                    rule = self.take(value, "rule", Expected::string);
                    rule = rule.filter(|rule| self.is_rule(rule, &value.span()));
                }
                "by" => by = self.take(value, "by", Expected::reason),
                "on" => on = self.take(value, "on", Expected::date),
                "until" => until = self.take(value, "until", Expected::date),
                "holds" => holds = self.take(value, "holds", Expected::boolean),
                "note" => note = self.take(value, "note", Expected::reason),
                name => self.unknown_key("attest", name, key.span(), ATTEST_KEYS),
            }
        }
        let required = [
            ("rule", "names the criterion that is answered"),
            ("by", "says who answers, and every report shows it"),
            ("on", "is the day of the answer, like \"2026-12-31\""),
        ];
        self.require(table, span, "[[attest]]", &required);
        if let (Some(rule), Some(by), Some(on), Some(holds)) = (rule, by, on, holds) {
            let (path, line) = (self.shown.to_owned(), self.line(span.start));
            self.layer.attested.push(Attested { rule, holds, by, on, until, note, path, line });
        }
    }

    /// Notes each required key that an entry lacks.
    fn require(&mut self, table: &DeTable<'_>, span: &Range<usize>, entry: &str, required: &[(&str, &str)]) {
        for (key, why) in required {
            if !table.iter().any(|(present, _)| present.get_ref() == *key) {
                let problem = Problem::new(format!("`{key}` is missing in this `{entry}`"), span.clone());
                self.problems.push(problem.help(format!("`{key} = \"...\"` {why}")));
            }
        }
    }

    fn is_rule(&mut self, id: &str, span: &Range<usize>) -> bool {
        let known = self.names.rules.contains(&id);
        if !known {
            let problem = Problem::new(format!("there is no rule `{id}`"), span.clone());
            let suggestion = nearest(id, self.names.rules.iter().copied());
            self.problems.push(match suggestion {
                Some(_) => problem.suggest(suggestion),
                None => problem.help("`readiness rules` lists them all"),
            });
        }
        known
    }

    fn selectors(&mut self, value: &Value<'_>, key: &str) -> Vec<Selector> {
        let mut selectors = Vec::new();
        for (name, span) in self.strings(value, key) {
            match Selector::parse(&name, self.names) {
                Ok(selector) => selectors.push(selector),
                Err(error) => {
                    let problem = Problem::new(error.to_string(), span);
                    self.problems.push(match error.nearest.as_deref() {
                        None => problem.help("`readiness rules` lists rules and categories"),
                        found => problem.suggest(found),
                    });
                }
            }
        }
        selectors
    }

    pub(super) fn globs(&mut self, value: &Value<'_>, key: &str) -> Option<PathGlobs> {
        let before = self.problems.len();
        let strings = self.strings(value, key);
        for (pattern, span) in &strings {
            if let Err(error) = PathGlobs::new(&[pattern]) {
                self.problems.push(Problem::new(error.to_string(), span.clone()));
            }
        }
        if self.problems.len() > before {
            return None;
        }
        let patterns: Vec<String> = strings.into_iter().map(|(pattern, _)| pattern).collect();
        match PathGlobs::new(&patterns) {
            Ok(globs) => Some(globs.seen_from(self.below)),
            Err(error) => {
                self.problems.push(Problem::new(error.to_string(), value.span()));
                None
            }
        }
    }

    /// A list of texts, or one text alone.
    fn strings(&mut self, value: &Value<'_>, key: &str) -> Vec<(String, Range<usize>)> {
        match value.get_ref() {
            DeValue::String(text) => vec![(text.to_string(), value.span())],
            DeValue::Array(array) => array
                .iter()
                .filter_map(|item| self.take(item, key, Expected::string).map(|text| (text, item.span())))
                .collect(),
            other => {
                self.wrong(value.span(), key, "a list of texts", described(other));
                Vec::new()
            }
        }
    }

    /// A text that must be one of `names`.
    pub(super) fn choice<T, const N: usize>(
        &mut self,
        value: &Value<'_>,
        key: &str,
        names: [&str; N],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.take(value, key, Expected::string)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            let suggestion = nearest(&text, names);
            let problem = Problem::new(format!("`{text}` is no value of `{key}`"), value.span())
                .label(format!("expected one of {}", listed(names)));
            self.problems.push(problem.suggest(suggestion));
        }
        parsed
    }

    /// Notes where a setting is written.
    pub(super) fn said(&mut self, key: String, span: &Range<usize>) {
        let source = Source::File { path: self.shown.to_owned(), line: self.line(span.start) };
        self.layer.said.insert(key, source);
    }

    /// Reads a value, or notes what is wrong with it.
    pub(super) fn take<'v, 'i, T>(
        &mut self,
        value: &'v Value<'i>,
        key: &str,
        read: impl FnOnce(&'v DeValue<'i>) -> Result<T, Expected>,
    ) -> Option<T> {
        match read(value.get_ref()) {
            Ok(read) => Some(read),
            Err(Expected::Type(what)) => {
                self.wrong(value.span(), key, what, described(value.get_ref()));
                None
            }
            Err(Expected::Value(why)) => {
                self.problems.push(Problem::new(format!("`{key}` {why}"), value.span()));
                None
            }
        }
    }

    pub(super) fn wrong(&mut self, span: Range<usize>, key: &str, expected: &str, found: &str) {
        let problem = Problem::new(format!("`{key}` must be {expected}"), span).label(format!("this is {found}"));
        self.problems.push(problem);
    }

    fn line(&self, offset: usize) -> u32 {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
    }
}

fn language(name: &str) -> Option<Lang> {
    match name {
        "en" => Some(Lang::En),
        "ru" => Some(Lang::Ru),
        _ => None,
    }
}

fn severity(name: &str) -> Option<Severity> {
    Severity::ALL.into_iter().find(|severity| severity.as_str() == name)
}

/// The names in backquotes, with commas between them.
fn listed<const N: usize>(names: [&str; N]) -> String {
    names.map(|name| format!("`{name}`")).join(", ")
}
