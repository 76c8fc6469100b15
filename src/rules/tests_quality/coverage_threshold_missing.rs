//! `coverage-threshold-missing`: test coverage cannot fall unnoticed.

use crate::{
    facts::{
        Fact,
        tooling::{self, Signs},
    },
    model::{Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CoverageThresholdMissing = CoverageThresholdMissing;

pub(in crate::rules) struct CoverageThresholdMissing;

const RUNNERS: [(&str, Signs); 3] = [
    ("Vitest", Signs { files: &["vitest.config.*"], tables: &[], packages: &["vitest"], programs: &[] }),
    ("Jest", Signs { files: &["jest.config.*"], tables: &["jest"], packages: &["jest"], programs: &[] }),
    (
        "pytest",
        Signs { files: &["pytest.ini"], tables: &["tool.pytest*"], packages: &["pytest"], programs: &["pytest"] },
    ),
];

/// Words that set a threshold, or hand the coverage to a service that compares.
const SIGNS: [&str; 16] = [
    "thresholds",
    "coverageThreshold",
    "check-coverage",
    "checkCoverage",
    "--cov-fail-under",
    "cov-fail-under",
    "fail_under",
    "--fail-under",
    "--coverage.threshold",
    "--coverageThreshold",
    "codecov/codecov-action",
    "coverallsapp",
    "coveralls",
    "sonar.",
    "codacy",
    "qlty",
];

const NAMED: [&str; 14] = [
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "pytest.ini",
    "noxfile.py",
    "codecov.yml",
    ".codecov.yml",
    "codecov.yaml",
    "sonar-project.properties",
    ".coveragerc",
    ".coveralls.yml",
    "Makefile",
    "justfile",
];

impl Rule for CoverageThresholdMissing {
    fn id(&self) -> &'static str {
        "coverage-threshold-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let found = RUNNERS.iter().find_map(|(name, signs)| Some((*name, tooling::shown(cx.repo, cx.facts, signs)?)));
        let tested = cx.repo.files().iter().any(|file| file.role == Role::Test && file.kind == FileKind::Code);
        let Some((runner, place)) = found.filter(|_| tested) else { return Verdict::not_applicable("no-runner") };
        match cx.repo.files().iter().filter(|file| can_set(file)).find_map(|file| sets(cx, file)) {
            Some(place) => Verdict::pass_at(place, "there"),
            None => Verdict::fail(Site::new(place, Message::new("missing").with("runner", runner)), []),
        }
    }
}

fn can_set(file: &File) -> bool {
    let name = file.name();
    let config = ["vitest.", "vite.", "jest.", ".nycrc", ".c8rc", "karma.", "nyc.config"]
        .iter()
        .any(|start| name.starts_with(start));
    let pipeline = matches!(
        file.kind,
        FileKind::Workflow | FileKind::GitlabCi | FileKind::OtherCi | FileKind::Action | FileKind::Shell
    );
    config || pipeline || NAMED.contains(&name)
}

/// Where the file sets a threshold.
fn sets(cx: &Context<'_>, file: &File) -> Option<Place> {
    if file.name().trim_start_matches('.').starts_with("codecov.") || file.name() == "sonar-project.properties" {
        return Some(Place::File(file.id));
    }
    let text = cx.repo.read(file.id).ok()?;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start().starts_with(['#', '*']) || line.trim_start().starts_with("//");
        if let Some(at) = SIGNS.iter().filter(|_| !comment).find_map(|sign| line.find(sign)) {
            return Some(Place::At(file.id, Span::new(offset + at, offset + line.trim_end().len())));
        }
        offset += line.len();
    }
    None
}
