//! The environment as a layer of settings: `READINESS_*` variables stand in for flags that nobody wrote.

use std::env::{self, VarError};

use camino::Utf8PathBuf;
use clap::ValueEnum;
use readiness::{
    config::{FailOn, Layer, Names, Source},
    model::{Date, Lang, Tier, nearest},
};

use super::{
    args::{Format, GateTarget, parse_date, parse_jobs, parse_score},
    exit::Failure,
    settings,
};

/// Every variable that is read, with the flag that it stands in for.
pub(super) const ALL: [(&str, &str); 15] = [
    ("READINESS_ALL", "--all"),
    ("READINESS_CONFIG", "--config"),
    ("READINESS_DATE", "--date"),
    ("READINESS_FAIL_ON", "--fail-on"),
    ("READINESS_FORMAT", "--format"),
    ("READINESS_GATE", "--gate"),
    ("READINESS_JOBS", "--jobs"),
    ("READINESS_LANG", "--lang"),
    ("READINESS_MIN_SCORE", "--min-score"),
    ("READINESS_NO_CONFIG", "--no-config"),
    ("READINESS_NO_INLINE_IGNORES", "--no-inline-ignores"),
    ("READINESS_ONLY", "--only"),
    ("READINESS_SKIP", "--skip"),
    ("READINESS_TIER", "--tier"),
    ("READINESS_TIMING", "--timing"),
];

/// What all variables begin with.
const PREFIX: &str = "READINESS_";

/// The settings that the environment holds.
pub(super) fn layer(names: Names<'_>) -> Result<Layer, Failure> {
    let mut layer = Layer {
        lang: lang()?,
        only: selectors("READINESS_ONLY", names)?,
        skip: selectors("READINESS_SKIP", names)?,
        all: flag("READINESS_ALL")?,
        timing: flag("READINESS_TIMING")?,
        jobs: parsed("READINESS_JOBS", parse_jobs)?,
        inline_ignores: flag("READINESS_NO_INLINE_IGNORES")?.map(|none| !none),
        today: dated(None)?,
        fail_on: chosen("READINESS_FAIL_ON", &FailOn::NAMES, FailOn::named)?,
        min_score: parsed("READINESS_MIN_SCORE", parse_score)?,
        tier: chosen("READINESS_TIER", &Tier::NAMES, Tier::named)?,
        ..Layer::default()
    };
    let keys = settings::keys_of(&layer).into_iter().filter_map(|key| {
        let (flag, _) = settings::FLAGS.iter().find(|(_, of)| *of == key)?;
        let (variable, _) = ALL.iter().find(|(_, of)| of == flag)?;
        Some((key, Source::Variable(variable)))
    });
    let keys: Vec<_> = keys.collect();
    layer = layer.saying(keys);
    Ok(layer)
}

/// The language of the texts, for commands that read no configuration.
pub(super) fn lang() -> Result<Option<Lang>, Failure> {
    chosen("READINESS_LANG", &["en", "ru"], |name| match name {
        "en" => Some(Lang::En),
        "ru" => Some(Lang::Ru),
        _ => None,
    })
}

pub(super) fn format() -> Result<Option<Format>, Failure> {
    of_enum("READINESS_FORMAT")
}

pub(super) fn gate() -> Result<Option<GateTarget>, Failure> {
    of_enum("READINESS_GATE")
}

/// The day that documents carry: the flag's, else the environment's.
pub(super) fn dated(flag: Option<Date>) -> Result<Option<Date>, Failure> {
    if flag.is_some() { Ok(flag) } else { parsed("READINESS_DATE", parse_date) }
}

/// The configuration file that the environment names, and whether it wants none at all.
pub(super) fn config() -> Result<(Option<Utf8PathBuf>, bool), Failure> {
    let (named, none) = (value("READINESS_CONFIG")?, flag("READINESS_NO_CONFIG")? == Some(true));
    if named.is_some() && none {
        return Err(Failure::usage("`READINESS_CONFIG` names a file, and `READINESS_NO_CONFIG` wants none")
            .help("unset one of the two variables"));
    }
    Ok((named.map(Utf8PathBuf::from), none))
}

/// Variables that look like one of ours and are none, with the one that was probably meant.
pub(super) fn misspelt() -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &'static str)> = env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| ALL.iter().all(|(known, _)| known != name))
        .filter_map(|name| {
            // What all begin with would make everything alike.
            let ends: Vec<String> = ALL.iter().map(|(known, _)| known[PREFIX.len()..].to_lowercase()).collect();
            let end = name.strip_prefix(PREFIX)?.to_lowercase();
            let meant = nearest(&end, ends.iter().map(String::as_str))?;
            let at = ends.iter().position(|end| end == meant)?;
            Some((name, ALL[at].0))
        })
        .collect();
    found.sort();
    found
}

/// A variable that is set to nothing is not set: pipelines pass empty ones on.
fn value(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("the variable `{name}` is not UTF-8")).help("unset it, or set it to a text"))
        }
    }
}

fn wrong(name: &str, text: &str, why: &str) -> Failure {
    Failure::usage(format!("the variable `{name}` is `{}`: {why}", text.escape_debug()))
}

fn parsed<T>(name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Failure> {
    let Some(text) = value(name)? else { return Ok(None) };
    let parsed = parse(&text).map_err(|why| wrong(name, &text, &why).help(format!("change it, or unset `{name}`")))?;
    Ok(Some(parsed))
}

fn chosen<T>(name: &str, names: &[&str], parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    let Some(text) = value(name)? else { return Ok(None) };
    if let Some(chosen) = parse(&text) {
        return Ok(Some(chosen));
    }
    let failure = wrong(name, &text, &format!("write one of {}", names.join(", ")));
    Err(match nearest(&text, names.iter().copied()) {
        Some(nearest) => failure.help(format!("did you mean `{nearest}`?")),
        None => failure.help(format!("change it, or unset `{name}`")),
    })
}

fn flag(name: &str) -> Result<Option<bool>, Failure> {
    chosen(name, &["true", "false"], |text| match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    })
}

fn of_enum<T: ValueEnum>(name: &str) -> Result<Option<T>, Failure> {
    let possible: Vec<_> = T::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    let names: Vec<&str> = possible.iter().map(clap::builder::PossibleValue::get_name).collect();
    chosen(name, &names, |text| T::from_str(text, false).ok())
}

fn selectors(name: &str, names: Names<'_>) -> Result<Option<Vec<readiness::config::Selector>>, Failure> {
    let Some(text) = value(name)? else { return Ok(None) };
    let list: Vec<String> = text.split(',').map(str::to_owned).collect();
    settings::selectors(name, &list, names).map(Some)
}
