//! A copy of a fixture that a test changes, and its report.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

pub(crate) const FIXTURES: [&str; 5] = ["express-bad", "express-good", "fastapi-service", "library", "pnpm-monorepo"];

/// The files of a repository by their paths.
pub(crate) type Files = BTreeMap<String, String>;

/// The files of a fixture, with its secrets planted.
pub(crate) fn fixture(name: &str) -> Files {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let entries = walkdir::WalkDir::new(&source).into_iter().map(|entry| entry.expect("fixtures can be read"));
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(&source).expect("it lies in the fixture");
            let text = fs::read_to_string(entry.path()).expect("fixtures are text");
            (path.to_str().expect("names are UTF-8").to_owned(), super::planted::plant(&text))
        })
        .collect()
}

/// Verdicts by rule and component, and the score.
#[derive(Debug, Clone)]
pub(crate) struct Audit {
    pub(crate) verdicts: BTreeMap<(String, String), String>,
    pub(crate) score: Option<f64>,
}

impl Audit {
    /// The verdict of a rule about the whole repository, or in the worst component.
    pub(crate) fn of(&self, rule: &str) -> &str {
        let of_rule = self.verdicts.iter().filter(|((id, _), _)| id == rule).map(|(_, verdict)| verdict.as_str());
        let mut all: Vec<&str> = of_rule.collect();
        all.sort_by_key(|verdict| *verdict != "fail");
        all.first().copied().unwrap_or_else(|| panic!("nothing asks `{rule}`"))
    }
}

/// Audits a repository of these files, all of them tracked.
pub(crate) fn audit(files: &Files) -> Audit {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root: PathBuf = folder.path().join("shop");
    fs::create_dir(&root).expect("the folder can be made");
    for (path, text) in files {
        let full = root.join(path);
        fs::create_dir_all(full.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(full, text).expect("the file can be written");
    }
    for arguments in [&["init", "--quiet", "--initial-branch=main"][..], &["add", "--all", "--force"]] {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(&root).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(git.stdout(Stdio::null()).status().expect("tests need git").success());
    }
    let mut command = Command::new(cargo_bin("readiness"));
    let output = command.args(["scan", "--format", "json"]).current_dir(&root).output().expect("the program starts");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    let criteria = report["criteria"].as_array().expect("criteria are a list");
    let verdict = |one: &Value| ((text(&one["rule"]), text(&one["component"])), text(&one["status"]));
    Audit { verdicts: criteria.iter().map(verdict).collect(), score: report["summary"]["score"].as_f64() }
}

/// Every criterion whose verdict differs.
pub(crate) fn moved(before: &Audit, after: &Audit) -> Vec<String> {
    let keys: std::collections::BTreeSet<_> = before.verdicts.keys().chain(after.verdicts.keys()).collect();
    keys.into_iter()
        .filter(|key| before.verdicts.get(*key) != after.verdicts.get(*key))
        .map(|key| format!("{} in {}: {:?} -> {:?}", key.0, key.1, before.verdicts.get(key), after.verdicts.get(key)))
        .collect()
}
