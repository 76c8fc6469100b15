//! The calls into the library: what the commands need of it, in one place.

use camino::Utf8Path;
use readiness::{config::Config, engine, model::RuleMeta, report::Report};

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
pub(super) fn scan(root: &Utf8Path, config: &Config) -> Result<Report, String> {
    readiness::scan(root, config).map_err(|error| error.to_string())
}

/// A panic of a rule becomes a diagnostic of the report; it must not print as well.
pub(super) fn silence_guarded_panics() {
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !engine::is_guarded() {
            shown(info);
        }
    }));
}
