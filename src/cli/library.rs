//! The calls into the library: what the commands need of it, in one place.

use camino::Utf8Path;
use readiness::{config::Config, model::RuleMeta, report::Report};

/// A rule of the catalogue.
pub(super) struct Card {
    pub(super) meta: &'static RuleMeta,
    /// The text of its case file.
    pub(super) cases: &'static str,
}

/// Every rule, in catalogue order.
pub(super) fn cards() -> Vec<Card> {
    Vec::new()
}

/// Audits the folder `root`.
pub(super) fn scan(_root: &Utf8Path, _config: &Config) -> Result<Report, String> {
    Err("the engine is not there yet".to_owned())
}

/// A panic of a rule becomes a diagnostic of the report; it must not print as well.
pub(super) fn silence_guarded_panics() {}
