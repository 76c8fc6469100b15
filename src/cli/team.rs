//! The rules that a team wrote: which folders the command line and the configuration name, and reading them.

use std::env;

use camino::Utf8PathBuf;
use readiness::{
    config::{Found, RuleFolder, find, rule_folders},
    rule::TeamRules,
};

use super::{exit::Failure, settings};

/// The folders that flags name, then those of the configuration.
pub(super) fn folders(named: &[Utf8PathBuf], found: Option<&Found>) -> Result<Vec<RuleFolder>, Failure> {
    let mut folders: Vec<RuleFolder> = named.iter().map(RuleFolder::named).collect();
    if let Some(found) = found {
        folders.extend(rule_folders(found, settings::from_here(&found.path).as_str())?);
    }
    Ok(folders)
}

/// Reads the rules of `folders`.
pub(super) fn load(folders: &[RuleFolder]) -> Result<TeamRules, Failure> {
    if folders.is_empty() {
        return Ok(TeamRules::default());
    }
    Ok(TeamRules::load(folders, readiness::catalogue())?)
}

/// The folders for a command that audits nothing: those of flags and of the configuration that the current folder has.
pub(super) fn folders_here(named: &[Utf8PathBuf]) -> Result<Vec<RuleFolder>, Failure> {
    let here = env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    let here = here.and_then(|here| here.canonicalize_utf8().ok());
    folders(named, here.as_deref().and_then(find).as_ref())
}

/// The rules of [`folders_here`].
pub(super) fn here(named: &[Utf8PathBuf]) -> Result<TeamRules, Failure> {
    load(&folders_here(named)?)
}
