//! `readiness config`: every setting with its value and with who set it, and the schema of the file for editors.

use camino::Utf8PathBuf;
use clap::Args;
use readiness::{
    config::{Config, FailOn, Layer, Names, Override, RuleFolder, Selector, Source as Said, schema},
    model::{Categories, Date, Lang, PathGlobs, Severity, SuppressionPolicy, Tier},
    repo::WalkOptions,
    rule::TeamRules,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Outcome,
    args::{FactFormat, languages, parse_date, parse_jobs, parse_score, severities, tiers},
    exit::{Exit, Failure},
    library,
    output::{Output, print},
    rows::{self, Row},
    scan::{self, Source, selectors},
    settings, team, variables,
};

/// The flags of `scan` that are settings, and what to do with them.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are independent of each other")]
pub(crate) struct ConfigArgs {
    /// The folder whose settings are shown
    #[arg(default_value = ".")]
    path: Utf8PathBuf,

    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = FactFormat::Table)]
    format: FactFormat,

    /// Print the JSON Schema of readiness.toml, for editors
    #[arg(long)]
    schema: bool,

    /// As for `scan`
    #[arg(long, value_name = "LANG", value_parser = languages(), help_heading = "Settings")]
    lang: Option<Lang>,

    /// As for `scan`
    #[arg(long, value_name = "IDS", value_delimiter = ',', help_heading = "Settings")]
    only: Option<Vec<String>>,

    /// As for `scan`
    #[arg(long, value_name = "IDS", value_delimiter = ',', help_heading = "Settings")]
    skip: Option<Vec<String>>,

    /// As for `scan`
    #[arg(long, help_heading = "Settings")]
    all: bool,

    /// As for `scan`
    #[arg(long, help_heading = "Settings")]
    timing: bool,

    /// As for `scan`
    #[arg(long, value_name = "SEVERITY", value_parser = severities(), help_heading = "Settings")]
    fail_on: Option<FailOn>,

    /// As for `scan`
    #[arg(long, value_name = "N", value_parser = parse_score, allow_negative_numbers = true, help_heading = "Settings")]
    min_score: Option<f64>,

    /// As for `scan`
    #[arg(long, value_name = "TIER", value_parser = tiers(), help_heading = "Settings")]
    tier: Option<Tier>,

    /// As for `scan`
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Settings")]
    config: Option<Utf8PathBuf>,

    /// As for `scan`
    #[arg(long, help_heading = "Settings")]
    no_config: bool,

    /// As for `scan`
    #[arg(long, help_heading = "Settings")]
    no_inline_ignores: bool,

    /// As for `scan`
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date, help_heading = "Settings")]
    date: Option<Date>,

    /// As for `scan`
    #[arg(long, value_name = "N", value_parser = parse_jobs, allow_negative_numbers = true, help_heading = "Settings")]
    jobs: Option<usize>,
}

/// Runs the command.
pub(super) fn run(args: &ConfigArgs, output: &Output) -> Outcome {
    if args.schema {
        let mut text = serde_json::to_string_pretty(&file_schema())
            .map_err(|error| Failure::unusable(format!("cannot write the schema: {error}")))?;
        text.push('\n');
        print(text.as_bytes())?;
        return Ok(Exit::Holds);
    }
    let root = scan::root(&args.path, false)?;
    let source = Source { named: args.config.as_deref(), none: args.no_config, rules: &[] };
    let (layer, folders) = settings::merged(|names| args.layer(names), source, &root)?;
    let config = Config::from_layers([layer.clone()]);
    settings::check_components(&config, &root)?;
    let team = team::load(&folders)?;
    let settings = rows_of(&layer, &config, &folders, &team);
    let text = match args.format {
        FactFormat::Table => rows::table(&settings, output),
        FactFormat::Json => rows::json(&settings)?,
    };
    print(text.as_bytes())?;
    for (found, meant) in variables::misspelt() {
        output.remark(&format!("the variable `{found}` is no setting; did you mean `{meant}`?"));
    }
    Ok(Exit::Holds)
}

/// The JSON Schema of `readiness.toml`.
fn file_schema() -> Value {
    let none = TeamRules::default();
    let cards = library::cards_with(&none);
    let metas: Vec<_> = cards.iter().map(|card| card.meta).collect();
    schema(&metas, Categories::embedded())
}

impl ConfigArgs {
    fn layer(&self, names: Names<'_>) -> Result<Layer, Failure> {
        let set = |flag: bool| flag.then_some(true);
        let list =
            |flag: &str, list: &Option<Vec<String>>| list.as_ref().map(|list| selectors(flag, list, names)).transpose();
        Ok(Layer {
            lang: self.lang,
            only: list("--only", &self.only)?,
            skip: list("--skip", &self.skip)?,
            all: set(self.all),
            timing: set(self.timing),
            jobs: self.jobs,
            inline_ignores: self.no_inline_ignores.then_some(false),
            today: self.date,
            fail_on: self.fail_on,
            min_score: self.min_score,
            tier: self.tier,
            ..Layer::default()
        })
    }
}

/// A setting with its value and with who set it.
#[derive(Serialize)]
struct Setting {
    key: String,
    value: Value,
    source: Value,
    #[serde(skip)]
    shown: String,
    #[serde(skip)]
    by: String,
}

impl Row for Setting {
    const HEADINGS: &'static [&'static str] = &["setting", "value", "source"];

    fn cells(&self) -> Vec<String> {
        vec![self.key.clone(), self.shown.clone(), self.by.clone()]
    }
}

impl Setting {
    fn new(key: impl Into<String>, value: Value, said: Option<&Said>) -> Self {
        let shown = match &value {
            Value::Null => "none".to_owned(),
            Value::Array(items) if items.is_empty() => "none".to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        let source = match said {
            None => json!({ "kind": "default" }),
            Some(Said::Flag(name)) => json!({ "kind": "flag", "name": name }),
            Some(Said::Variable(name)) => json!({ "kind": "variable", "name": name }),
            Some(Said::File { path, line }) => json!({ "kind": "file", "path": path, "line": line }),
        };
        let by = said.map_or_else(|| "default".to_owned(), ToString::to_string);
        Self { key: key.into(), value, source, shown, by }
    }

    /// What stands at one place of a file.
    fn at(key: String, value: Value, path: &str, line: u32) -> Self {
        Self::new(key, value, Some(&Said::File { path: path.to_owned(), line }))
    }
}

fn rows_of(layer: &Layer, config: &Config, folders: &[RuleFolder], team: &TeamRules) -> Vec<Setting> {
    let mut rows = scan_rows(layer, config);
    let one = |key: &str, value: Value| Setting::new(key, value, layer.said.get(key));
    let baseline = config.baseline_file.as_deref().map(|file| settings::from_here(file).into_string());
    rows.push(one("scan.baseline", json!(baseline)));
    rows.push(one("scan.rules", json!(folders.iter().map(|folder| &folder.shown).collect::<Vec<_>>())));
    rows.push(one("deploy.method", json!(config.deploy_method.map(readiness::config::DeployMethod::as_str))));
    rows.push(one("score.tier", json!(config.tier.map(Tier::as_str))));
    for category in &Categories::embedded().all {
        let weight = config.weights.get(&category.id).copied().unwrap_or(1.0);
        rows.push(one(&format!("score.weights.{}", category.id), json!(weight)));
    }
    rows.push(one("report.notes", json!(config.notes)));
    rows.push(one("report.reviewer", json!(config.reviewer)));
    rows.push(one("report.next-review", json!(config.next_review.map(|day| day.to_string()))));
    rows.extend(policy_rows(layer, config));
    rows.extend(rule_rows(layer, config, team));
    let entries = config.overrides.iter().rev();
    rows.extend(entries.map(|entry| Setting::at("overrides".to_owned(), overriding(entry), &entry.path, entry.line)));
    for waiver in &config.waivers {
        let value = json!({
            "rule": waiver.rule,
            "paths": waiver.paths.patterns(),
            "reason": waiver.reason,
            "until": waiver.until.map(|date| date.to_string()),
        });
        rows.push(Setting::at("suppress".to_owned(), value, &waiver.path, waiver.line));
    }
    for attested in &config.attested {
        let value = json!({
            "rule": attested.rule,
            "holds": attested.holds,
            "by": attested.by,
            "on": attested.on.to_string(),
            "until": attested.until.map(|date| date.to_string()),
        });
        rows.push(Setting::at("attest".to_owned(), value, &attested.path, attested.line));
    }
    rows
}

fn scan_rows(layer: &Layer, config: &Config) -> Vec<Setting> {
    let names = |list: &[Selector]| json!(list.iter().map(name_of).collect::<Vec<_>>());
    let lang = if config.lang == Lang::Ru { "ru" } else { "en" };
    let size = config.max_file_size.unwrap_or(WalkOptions::default().max_file_bytes);
    [
        ("scan.lang", json!(lang)),
        ("scan.fail-on", json!(config.fail_on.map_or("never", Severity::as_str))),
        ("scan.min-score", json!(config.min_score)),
        ("scan.only", names(&config.only)),
        ("scan.skip", names(&config.skip)),
        ("scan.exclude", json!(layer.exclude.as_ref().map_or(&[][..], PathGlobs::patterns))),
        ("scan.max-file-size", json!(size)),
        ("scan.all", json!(config.all)),
        ("scan.timing", json!(config.timing)),
        ("scan.jobs", json!(config.jobs)),
        ("scan.inline-ignores", json!(config.inline_ignores)),
        ("scan.date", json!(config.today.map(|date| date.to_string()))),
    ]
    .into_iter()
    .map(|(key, value)| {
        let unset = match (key, &value) {
            ("scan.jobs", Value::Null) => Some("one per processor"),
            ("scan.date", Value::Null) => Some("the clock's day in UTC"),
            _ => None,
        };
        let mut setting = Setting::new(key, value, layer.said.get(key));
        if let Some(unset) = unset {
            unset.clone_into(&mut setting.shown);
        }
        setting
    })
    .collect()
}

/// What the team allows of suppressions. A stronger file replaces the whole of a weaker one, so a key of the weaker
/// one may be back at its default.
fn policy_rows(layer: &Layer, config: &Config) -> Vec<Setting> {
    let (policy, default) = (&config.suppressions, SuppressionPolicy::default());
    let named: Vec<&str> = policy.fail_on.iter().map(|problem| problem.as_str()).collect();
    let forbidden: Vec<Value> = policy
        .forbid
        .iter()
        .map(|one| json!({ "severity": one.severity.map(Severity::as_str), "paths": one.paths.patterns() }))
        .collect();
    [
        ("suppressions.fail-on", json!(named), policy.fail_on != default.fail_on),
        ("suppressions.require-until", json!(policy.require_until), policy.require_until != default.require_until),
        ("suppressions.max-days", json!(policy.max_days), policy.max_days != default.max_days),
        ("suppressions.forbid", json!(forbidden), policy.forbid != default.forbid),
    ]
    .into_iter()
    .map(|(key, value, set)| Setting::new(key, value, layer.said.get(key).filter(|_| set)))
    .collect()
}

/// What is said of single rules, and every option with its value.
fn rule_rows(layer: &Layer, config: &Config, team: &TeamRules) -> Vec<Setting> {
    let mut rows = Vec::new();
    for card in library::cards_with(team) {
        let id = &card.meta.id;
        let own = config.rules.get(id);
        let said = |key: &str| layer.said.get(&format!("rules.{id}.{key}"));
        let values = own.map(|own| {
            [
                ("severity", own.severity.map(|severity| json!(severity.as_str()))),
                ("enabled", own.enabled.map(|enabled| json!(enabled))),
                ("reason", own.reason.as_ref().map(|reason| json!(reason))),
            ]
        });
        for (key, value) in values.into_iter().flatten() {
            if let Some(value) = value {
                rows.push(Setting::new(format!("rules.{id}.{key}"), value, said(key)));
            }
        }
        for name in card.meta.options.keys() {
            let key = format!("options.{name}");
            let value = json!(config.option(card.meta, name));
            rows.push(Setting::new(format!("rules.{id}.{key}"), value, said(&key)));
        }
    }
    rows
}

fn overriding(entry: &Override) -> Value {
    let components: Vec<&str> = entry.components.iter().map(|(name, _)| name.as_str()).collect();
    let rules: serde_json::Map<String, Value> = entry
        .rules
        .iter()
        .map(|(id, own)| {
            let severity = own.severity.map(Severity::as_str);
            (id.clone(), json!({ "severity": severity, "enabled": own.enabled, "reason": own.reason }))
        })
        .collect();
    json!({
        "paths": entry.paths.patterns(),
        "components": components,
        "rules": rules,
        "skip": entry.skip.iter().map(name_of).collect::<Vec<_>>(),
        "reason": entry.reason,
    })
}

fn name_of(selector: &Selector) -> &str {
    match selector {
        Selector::Rule(id) | Selector::Category(id) => id,
        Selector::Severity(severity) => severity.as_str(),
    }
}
