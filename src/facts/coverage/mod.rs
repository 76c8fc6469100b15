//! Coverage thresholds: where one is set, for which tool, and what makes that tool measure anything.
//!
//! Settings in scripts are extracted ([`signs`]); those in documents and on command lines are read by [`written`].

mod script;
mod settings;

pub(super) use script::CoverageExtractor;
pub use script::Sign;
pub use settings::{Omitted, always_measured, omitted, written};

use crate::{
    code::shell::Command,
    facts::{Facts, commands::CommandUse},
    model::Place,
    repo::{File, FileKind, Repo, Role},
};

/// Who measures coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    Vitest,
    Jest,
    /// Also behind pytest-cov.
    CoveragePy,
    /// Also c8, which reads the same settings.
    Nyc,
    Jacoco,
}

impl Tool {
    pub const ALL: [Self; 5] = [Self::Vitest, Self::Jest, Self::CoveragePy, Self::Nyc, Self::Jacoco];

    pub fn name(self) -> &'static str {
        match self {
            Self::Vitest => "Vitest",
            Self::Jest => "Jest",
            Self::CoveragePy => "coverage.py",
            Self::Nyc => "nyc",
            Self::Jacoco => "JaCoCo",
        }
    }
}

/// Why a threshold stops nothing, as far as its own line tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// The tool reads another option.
    Unread { instead: &'static str },
    /// Switched off beside the threshold: the setting that does it.
    Off(&'static str),
}

/// A threshold that somebody set, or meant to.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    pub tool: Tool,
    /// As written: `coverage.thresholds`, `fail_under`.
    pub option: String,
    pub place: Place,
    /// The greatest of its values in per cent, when they are plain numbers.
    pub value: Option<f64>,
    pub flaw: Option<Flaw>,
}

/// What configuration files in code say, in order of path. Needs [`super::Fact::Coverage`].
pub fn signs<'f>(repo: &'f Repo, facts: &'f Facts) -> impl Iterator<Item = (Tool, Place, &'f Sign)> {
    facts.files().flat_map(move |(file, found)| {
        let tool = script::reader(repo.file(file));
        found.coverage.iter().filter_map(move |(span, sign)| Some((tool?, Place::At(file, *span), sign)))
    })
}

/// Options that measure coverage.
const SWITCHES: [&str; 5] =
    ["--coverage", "--collectCoverage", "--collect-coverage", "--codeCoverage", "--code-coverage"];

/// Whether a command makes `tool` measure. A run that waits for changes of files is a person's.
pub fn measures(command: &Command, tool: Tool) -> bool {
    let Some(program) = command.program() else { return false };
    let words = || command.words.iter().map(|word| word.text.as_str());
    let watching = words().any(|word| matches!(word, "--watch" | "--watchAll" | "watch" | "--ui"));
    if watching {
        return false;
    }
    let on = |word: &str, names: &[&str]| {
        names.iter().any(|name| {
            word.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.strip_prefix('=').is_some_and(|value| value != "false"))
        })
    };
    match tool {
        Tool::Jest => words().any(|word| on(word, &SWITCHES)),
        Tool::Vitest => words().any(|word| {
            on(word, &SWITCHES)
                || word.starts_with("--coverage.")
                    && !word.starts_with("--coverage.threshold")
                    && word != "--coverage.enabled=false"
        }),
        Tool::CoveragePy => {
            program.name == "coverage"
                || words().any(|word| word == "--cov" || word.starts_with("--cov=") || word == "coverage")
        }
        Tool::Nyc => matches!(program.name, "nyc" | "c8"),
        Tool::Jacoco => words().any(|word| word == "verify" || word.contains("jacoco")),
    }
}

/// The first command that makes `tool` measure.
pub fn measured_by<'f>(repo: &Repo, facts: &'f Facts, tool: Tool) -> Option<&'f CommandUse> {
    facts.commands(repo).iter().find(|used| measures(&used.command, tool))
}

/// A file in which words of other tools (task runners, build servers, sessions of tests) make `tool` measure.
pub fn measured_in(repo: &Repo, tool: Tool, but: &[&Place]) -> Option<Place> {
    let words: &[&str] = match tool {
        Tool::Jest | Tool::Vitest | Tool::Nyc => &["--coverage", "codeCoverage", "coverage-report-action", "COVERAGE"],
        Tool::CoveragePy => &["--cov", "coverage run", "coverage report", "coverage xml", "coverage html"],
        Tool::Jacoco => &["jacoco:check"],
    };
    let mut files = repo.files().iter().filter(|file| may_run(file));
    files
        .find(|file| {
            !but.iter().any(|place| place.file() == Some(file.id))
                && repo.read(file.id).is_ok_and(|text| words.iter().any(|word| text.contains(word)))
        })
        .map(|file| Place::File(file.id))
}

/// Commands of `package.json` are read as commands, and a lock file runs nothing.
fn may_run(file: &File) -> bool {
    const MAX_BYTES: u64 = 200_000;
    matches!(file.role, Role::Config | Role::Script)
        && !matches!(file.kind, FileKind::PackageJson | FileKind::Lockfile | FileKind::Gitignore)
        && file.size <= MAX_BYTES
}
