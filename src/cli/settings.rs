//! Where settings come from: flags over the environment over the nearest file over what it extends.

use std::{
    env,
    io::{self, IsTerminal},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    config::{
        self, Config, ConfigError, Found, Layer, Names, Observer, Part, RuleFolder, Selector, find, load,
        name_in_reports, unknown_component,
    },
    model::{Categories, Date},
};

use super::{exit::Failure, library, progress::Bar, team, variables, words::Words};

/// Where the configuration is read from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The file that the user named.
    pub(super) named: Option<&'a Utf8Path>,
    /// Nowhere.
    pub(super) none: bool,
    /// Folders of the team's rules that flags name, besides those of the configuration.
    pub(super) rules: &'a [Utf8PathBuf],
}

/// The flags that have a place in a layer, with the key that a file gives the setting.
pub(super) const FLAGS: [(&str, &str); 11] = [
    ("--lang", "scan.lang"),
    ("--only", "scan.only"),
    ("--skip", "scan.skip"),
    ("--all", "scan.all"),
    ("--timing", "scan.timing"),
    ("--jobs", "scan.jobs"),
    ("--no-inline-ignores", "scan.inline-ignores"),
    ("--date", "scan.date"),
    ("--fail-on", "scan.fail-on"),
    ("--min-score", "scan.min-score"),
    ("--tier", "score.tier"),
];

/// The keys of [`FLAGS`] that a layer has a value for.
pub(super) fn keys_of(layer: &Layer) -> Vec<&'static str> {
    let present = [
        layer.lang.is_some(),
        layer.only.is_some(),
        layer.skip.is_some(),
        layer.all.is_some(),
        layer.timing.is_some(),
        layer.jobs.is_some(),
        layer.inline_ignores.is_some(),
        layer.today.is_some(),
        layer.fail_on.is_some(),
        layer.min_score.is_some(),
        layer.tier.is_some(),
    ];
    FLAGS.iter().zip(present).filter(|(_, present)| *present).map(|((_, key), _)| *key).collect()
}

/// The settings of a scan.
pub(super) fn settings(
    flags: impl FnOnce(Names<'_>) -> Result<Layer, Failure>,
    source: Source<'_>,
    root: &Utf8Path,
    quiet: bool,
) -> Result<Config, Failure> {
    let (layer, folders) = merged(flags, source, root)?;
    let mut config = Config::from_layers([layer]);
    config.rule_folders = folders;
    check_components(&config, root)?;
    config.today = config.today.or_else(today);
    if !quiet && io::stderr().is_terminal() {
        config.progress = Observer::new(Arc::new(Bar::new(Words::of(config.lang).files)));
    }
    Ok(config)
}

/// Refuses entries that name components which do not exist: they would hold nowhere, and nobody would notice.
pub(super) fn check_components(config: &Config, root: &Utf8Path) -> Result<(), Failure> {
    if config.overrides.iter().all(|entry| entry.components.is_empty()) {
        return Ok(());
    }
    let (repo, _) = library::facts_with(root, config, &[])?;
    let parts: Vec<Part<'_>> =
        repo.components().iter().map(|part| Part { path: part.path.as_str(), name: &part.name }).collect();
    match unknown_component(&config.overrides, &parts) {
        Some(error) => {
            let ConfigError::Invalid { path, .. } = &error else { return Err(error.into()) };
            let file = root.join(path);
            let shown = if file.exists() { from_here(&absolute(&file)).to_string() } else { path.clone() };
            Err(error.about(&shown).into())
        }
        None => Ok(()),
    }
}

/// All layers in one, which still knows where everything comes from, and the folders of the team's rules.
pub(super) fn merged(
    flags: impl FnOnce(Names<'_>) -> Result<Layer, Failure>,
    source: Source<'_>,
    root: &Utf8Path,
) -> Result<(Layer, Vec<RuleFolder>), Failure> {
    let file = found(source, root)?;
    let folders = team::folders(source.rules, file.as_ref().map(|file| &file.found))?;
    let team = team::load(&folders)?;
    let cards = library::cards_with(&team);
    let rules: Vec<&str> = cards.iter().map(|card| card.meta.id.as_str()).collect();
    let categories: Vec<&str> = Categories::embedded().all.iter().map(|category| category.id.as_str()).collect();
    let options: Vec<_> = cards.iter().map(|card| (card.meta.id.as_str(), &card.meta.options)).collect();
    let names = Names { rules: &rules, categories: &categories, options: &options };
    let flags = flags(names)?;
    let keys = FLAGS.iter().filter(|(_, key)| keys_of(&flags).contains(key));
    let keys: Vec<_> = keys.map(|(flag, key)| (*key, config::Source::Flag(flag))).collect();
    let (flags, environment) = (flags.saying(keys), variables::layer(names)?);
    Ok((flags.or(environment).or(read(file.as_ref(), root, names)?), folders))
}

/// Reads the names of a list of rules, categories and severities; `place` is the flag or variable that holds it.
pub(super) fn selectors(place: &str, list: &[String], names: Names<'_>) -> Result<Vec<Selector>, Failure> {
    let given: Vec<&str> = list.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    if given.is_empty() {
        return Err(Failure::usage(format!("`{place}` names nothing"))
            .help("give rule ids, categories or severities, separated by commas"));
    }
    let mut selectors = Vec::new();
    let mut unknown = Vec::new();
    for name in given {
        match Selector::parse(name, names) {
            Ok(selector) => selectors.push(selector),
            Err(error) => unknown.push(error),
        }
    }
    if unknown.is_empty() {
        return Ok(selectors);
    }
    let what: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    let meant: Vec<String> =
        unknown.iter().filter_map(|error| error.nearest.as_ref()).map(|nearest| format!("`{nearest}`")).collect();
    let failure = Failure::usage(format!("{place}: {}", what.join("; ")));
    Err(if meant.is_empty() {
        failure.help("`readiness rules` lists rules and categories")
    } else {
        failure.help(format!("did you mean {}?", meant.join(" and ")))
    })
}

/// The configuration file, and its name for complaints.
struct File {
    found: Found,
    shown: Utf8PathBuf,
    /// `READINESS_CONFIG` names it.
    by_variable: bool,
}

fn found(source: Source<'_>, root: &Utf8Path) -> Result<Option<File>, Failure> {
    // A flag makes both variables silent.
    let flagged = source.none || source.named.is_some();
    let (variable, none) = if flagged { (None, source.none) } else { variables::config()? };
    if none {
        return Ok(None);
    }
    let named = source.named.or(variable.as_deref());
    let found = match named {
        Some(path) => Some(Found::named(absolute(path))),
        None => find(root),
    };
    Ok(found.map(|found| {
        let shown = named.map_or_else(|| from_here(&found.path), Utf8Path::to_owned);
        File { found, shown, by_variable: variable.is_some() }
    }))
}

fn read(file: Option<&File>, root: &Utf8Path, names: Names<'_>) -> Result<Layer, Failure> {
    let Some(File { found, shown, by_variable }) = file else { return Ok(Layer::default()) };
    let mut layer = load(found, root, &name_in_reports(&found.path, root), names).map_err(|error| match error {
        ConfigError::Unreadable { reason, .. } if *by_variable => {
            let what = format!("the variable `READINESS_CONFIG` is `{shown}`: {reason}");
            Failure::usage(what).help("name an existing file, or unset `READINESS_CONFIG`")
        }
        error => error.about(shown.as_str()).into(),
    })?;
    let folder = found.path.parent().unwrap_or(root);
    layer.baseline = layer.baseline.map(|path| folder.join(path));
    Ok(layer)
}

fn absolute(path: &Utf8Path) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned())
}

/// A path as somebody who stands in the current folder would write it.
pub(super) fn from_here(path: &Utf8Path) -> Utf8PathBuf {
    let here = env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    let here = here.and_then(|here| here.canonicalize_utf8().ok());
    here.and_then(|here| path.strip_prefix(here).ok().map(Utf8Path::to_owned)).unwrap_or_else(|| path.to_owned())
}

/// The clock's day in UTC.
fn today() -> Option<Date> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Date::from_days_after_1970(i64::try_from(seconds / 86_400).ok()?)
}
