//! Folders of rules that a team wrote.
//!
//! They are read before the rest of the configuration, because the rest may name their rules.

use camino::{Utf8Path, Utf8PathBuf};
use toml::de::{DeTable, DeValue};

use super::{ConfigError, Found, Problem, file};

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

/// The folders that `rules` below `[scan]` names in a configuration file, relative to the folder of the file.
///
/// Anything else that is wrong with the file is left to [`super::load`].
///
/// # Errors
///
/// When a folder is not there, or leads out of the repository in which the file was found.
pub fn rule_folders(found: &Found, shown: &str) -> Result<Vec<RuleFolder>, ConfigError> {
    let Ok(text) = file::text(found) else { return Ok(Vec::new()) };
    let (document, _) = DeTable::parse_recoverable(&text);
    let listed = document.get_ref().iter().find(|(key, _)| key.get_ref() == "scan");
    let listed = listed.and_then(|(_, scan)| scan.get_ref().as_table());
    let listed = listed.and_then(|scan| scan.iter().find(|(key, _)| key.get_ref() == "rules"));
    let values = match listed.map(|(_, value)| (value, value.get_ref())) {
        Some((value, DeValue::String(_))) => vec![value],
        Some((_, DeValue::Array(array))) => array.iter().collect(),
        _ => Vec::new(),
    };
    let (mut folders, mut problems) = (Vec::new(), Vec::new());
    for value in values {
        let Some(named) = value.get_ref().as_str() else { continue };
        match folder(found, named) {
            Ok(path) => folders.push(RuleFolder { path, shown: beside(shown, named) }),
            Err((message, help)) => {
                let (span, help) = (value.span(), Some(help.to_owned()));
                problems.push(Problem { message, span, label: None, help });
            }
        }
    }
    if problems.is_empty() {
        return Ok(folders);
    }
    Err(ConfigError::Invalid { path: shown.to_owned(), text: text.clone(), problems })
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
