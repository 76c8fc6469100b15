//! Folders of rules that a team wrote.
//!
//! They are read before the rest of the configuration, because the rest may name their rules.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    ConfigError, Found, Problem, extend,
    file::{self, repository},
};

/// A folder of rule files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFolder {
    pub path: Utf8PathBuf,
    /// The folder as messages and reports call it.
    pub shown: String,
}

impl RuleFolder {
    /// A folder that the user named.
    pub fn named(path: impl Into<Utf8PathBuf>) -> Self {
        let path = path.into();
        let shown = path.as_str().trim_end_matches('/').to_owned();
        Self { path, shown }
    }
}

/// The folders that `rules` below `[scan]` names in a configuration file and in those that it extends, relative to the
/// folder of each file. Every file speaks: folders add up.
///
/// Anything else that is wrong with a file is left to [`super::load`].
///
/// # Errors
///
/// When a folder is not there, or leads out of the repository in which the file was found.
pub fn rule_folders(found: &Found, shown: &str) -> Result<Vec<RuleFolder>, ConfigError> {
    let (mut folders, mut seen) = (Vec::new(), BTreeSet::new());
    collect(found, shown, &mut seen, &mut folders)?;
    Ok(folders)
}

fn collect(
    found: &Found,
    shown: &str,
    seen: &mut BTreeSet<Utf8PathBuf>,
    folders: &mut Vec<RuleFolder>,
) -> Result<(), ConfigError> {
    if seen.len() >= extend::MOST || !seen.insert(extend::real(&found.path)) {
        return Ok(());
    }
    let Ok(text) = file::text(found) else { return Ok(()) };
    let (document, _) = DeTable::parse_recoverable(&text);
    let top = |name: &str| document.get_ref().iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value);
    let scan = top("scan").and_then(|scan| scan.get_ref().as_table());
    let listed = scan.and_then(|scan| scan.iter().find(|(key, _)| key.get_ref() == "rules")).map(|(_, value)| value);
    let mut problems = Vec::new();
    for (value, named) in listed.map(strings).unwrap_or_default() {
        match folder(found, named) {
            Ok(path) => folders.push(RuleFolder { path, shown: beside(shown, named) }),
            Err((message, help)) => {
                let (span, help) = (value.span(), Some(help.to_owned()));
                problems.push(Problem { message, span, label: None, help });
            }
        }
    }
    if !problems.is_empty() {
        return Err(ConfigError::Invalid { path: shown.to_owned(), text: text.clone(), problems });
    }
    for (_, named) in top("extends").map(strings).unwrap_or_default() {
        if let Some(next) = extended(found, named) {
            collect(&next, &beside(shown, named), seen, folders)?;
        }
    }
    Ok(())
}

/// One text, or a list of texts, each with its place.
fn strings<'v, 'd>(value: &'v Spanned<DeValue<'d>>) -> Vec<(&'v Spanned<DeValue<'d>>, &'v str)> {
    let values = match value.get_ref() {
        DeValue::String(_) => vec![value],
        DeValue::Array(array) => array.iter().collect(),
        _ => Vec::new(),
    };
    values.into_iter().filter_map(|value| Some((value, value.get_ref().as_str()?))).collect()
}

/// The file of the repository that `extends` names.
fn extended(found: &Found, named: &str) -> Option<Found> {
    let folder = extend::real(found.path.parent()?);
    let within = found.within.as_ref().map_or_else(|| repository(&folder).to_owned(), |within| extend::real(within));
    let path = extend::real(&extend::straight(&folder.join(named)));
    path.starts_with(&within).then_some(Found { path, within: Some(within) })
}

fn folder(found: &Found, named: &str) -> Result<Utf8PathBuf, (String, &'static str)> {
    let path = found.path.parent().unwrap_or(Utf8Path::new("")).join(named);
    let Ok(real) = path.canonicalize_utf8() else {
        return Err((format!("there is no folder `{named}`"), "the path begins at the folder of this file"));
    };
    if !real.is_dir() {
        return Err((format!("`{named}` is a file"), "name the folder that holds the rule files"));
    }
    if found.within.as_ref().is_some_and(|within| !real.starts_with(within)) {
        let help = "keep the rules in the repository, or name the folder with `--rules DIR`";
        return Err((format!("`{named}` leads out of the repository"), help));
    }
    Ok(real)
}

/// A path that is relative to the file `shown`.
fn beside(shown: &str, named: &str) -> String {
    let named = named.trim_start_matches("./").trim_end_matches('/');
    match Utf8Path::new(shown).parent().filter(|folder| !folder.as_str().is_empty()) {
        Some(folder) => folder.join(named).as_str().replace('\\', "/"),
        None => named.to_owned(),
    }
}
