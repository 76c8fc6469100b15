//! The calls into the library: what the commands need of it, in one place.

use std::panic;

use camino::Utf8Path;
use readiness::{
    Ledger, ScanError,
    config::Config,
    engine::is_guarded,
    facts::{Fact, Facts},
    model::{RuleMeta, SuppressionProblem},
    repo::Repo,
    report::Report,
    rule::{Entry, Notice, TeamRules, notice::FOLDER, notices},
};

use super::exit::Failure;

/// A rule of the catalogue or of the team.
pub(super) struct Card<'a> {
    pub(super) meta: &'a RuleMeta,
    /// The text of its case file.
    pub(super) cases: &'a str,
    /// The file of a rule that the team wrote.
    pub(super) origin: Option<&'a str>,
    /// What it says of a suppression; `None` for a rule.
    pub(super) problem: Option<SuppressionProblem>,
}

/// Every rule that is built in, in catalogue order, then those of the team.
pub(super) fn cards_with(team: &TeamRules) -> Vec<Card<'_>> {
    readiness::catalogue().entries().iter().chain(team.entries()).map(Card::new).collect()
}

/// What is said about suppressions.
pub(super) fn notice_cards() -> Vec<Card<'static>> {
    notices().iter().map(Card::notice).collect()
}

impl<'a> Card<'a> {
    fn new(entry: &'a Entry) -> Self {
        Self { meta: &entry.meta, cases: &entry.cases, origin: entry.origin.as_deref(), problem: None }
    }

    /// The folder of its files below `rules/`.
    pub(super) fn folder(&self) -> &'a str {
        if self.problem.is_some() { FOLDER } else { &self.meta.category }
    }

    fn notice(notice: &'a Notice) -> Self {
        Self { meta: &notice.meta, cases: notice.cases, origin: None, problem: Some(notice.problem) }
    }
}

/// Audits the folder `root`.
pub(super) fn scan(root: &Utf8Path, config: &Config) -> Result<Report, ScanError> {
    readiness::scan(root, config)
}

/// Audits the folder `root`, and says what a baseline would be written from.
pub(super) fn scan_with_ledger(root: &Utf8Path, config: &Config) -> Result<(Report, Ledger), ScanError> {
    readiness::scan_with_ledger(root, config, &readiness::team_rules(config)?)
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
