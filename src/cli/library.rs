//! The calls into the library: what the commands need of it, in one place.

use std::panic;

use camino::Utf8Path;
use readiness::{
    Ledger, ScanError,
    config::Config,
    engine::is_guarded,
    facts::{Fact, Facts},
    model::RuleMeta,
    repo::Repo,
    report::Report,
};

use super::exit::Failure;

/// A rule of the catalogue.
pub(super) struct Card {
    pub(super) meta: &'static RuleMeta,
    /// The text of its case file.
    pub(super) cases: &'static str,
}

/// Every rule, in catalogue order.
pub(super) fn cards() -> Vec<Card> {
    readiness::catalogue().entries().iter().map(|entry| Card { meta: &entry.meta, cases: entry.cases }).collect()
}

/// Audits the folder `root`.
pub(super) fn scan(root: &Utf8Path, config: &Config) -> Result<Report, ScanError> {
    readiness::scan(root, config)
}

/// Audits the folder `root`, and says what a baseline would be written from.
pub(super) fn scan_with_ledger(root: &Utf8Path, config: &Config) -> Result<(Report, Ledger), ScanError> {
    readiness::scan_with_ledger(root, config)
}

/// The facts of the folder at `path`, without any rule.
pub(super) fn facts(path: &Utf8Path, needed: &[Fact]) -> Result<(Repo, Facts), Failure> {
    facts_with(&super::scan::root(path, false)?, &Config::default(), needed)
}

/// The facts of the folder `root` with the settings of a scan.
pub(super) fn facts_with(root: &Utf8Path, config: &Config, needed: &[Fact]) -> Result<(Repo, Facts), Failure> {
    readiness::facts_of(root, config, needed)
        .map_err(|error| Failure::unusable(format!("cannot read `{root}`: {error}")))
}

/// A panic of a rule becomes a diagnostic of the report; it must not print as well.
pub(super) fn silence_guarded_panics() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !is_guarded() {
            print(info);
        }
    }));
}
