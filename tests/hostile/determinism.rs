//! The same repository gives the same bytes, whoever asks, where and how.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use assert_cmd::cargo::cargo_bin;

use super::{ground::run, output::FORMATS, planted};

/// The files of a fixture, with its secrets planted.
fn fixture(name: &str) -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let entries = walkdir::WalkDir::new(&source).sort_by_file_name().into_iter().map(|entry| entry.expect("readable"));
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(&source).expect("it lies in the fixture").to_owned();
            (path, planted::plant(&fs::read_to_string(entry.path()).expect("fixtures are text")))
        })
        .collect()
}

fn lay_out<'f>(root: &Path, files: impl Iterator<Item = &'f (PathBuf, String)>) {
    for (path, text) in files {
        let full = root.join(path);
        fs::create_dir_all(full.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(full, text).expect("the file can be written");
    }
    for arguments in [&["init", "--quiet", "--initial-branch=main"][..], &["add", "--all", "--force"]] {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(root).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(git.stdout(Stdio::null()).status().expect("tests need git").success());
    }
}

/// How one run differs from the others.
#[derive(Clone, Copy, Default)]
struct Way<'w> {
    folder: Option<&'w Path>,
    path: &'w str,
    jobs: &'w str,
    environment: &'w [(&'w str, &'w str)],
}

/// Every report and every list that the program can make of a repository.
fn everything(root: &Path, way: &Way<'_>) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let command = || {
        let mut command = Command::new(cargo_bin("readiness"));
        command.current_dir(way.folder.unwrap_or(root)).envs(way.environment.iter().copied());
        command
    };
    let mut scan = command();
    scan.args(["scan", way.path, "--all", "--jobs", way.jobs, "--format", "terminal"]);
    for format in FORMATS {
        scan.arg("--report").arg(format!("{format}={}", out.path().join(format).display()));
    }
    let mut found = BTreeMap::from([("screen".to_owned(), run(&mut scan).stdout)]);
    for format in FORMATS {
        found.insert(format.to_owned(), fs::read(out.path().join(format)).expect("it was written"));
    }
    for name in ["plan", "checklist", "env", "routes", "services"] {
        found.insert(name.to_owned(), run(command().args([name, way.path])).stdout);
    }
    found
}

#[test]
fn ten_runs_give_the_same_bytes() {
    for name in ["express-bad", "pnpm-monorepo"] {
        let files = fixture(name);
        let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (root, reversed) = (one.path().join("shop"), other.path().join("deep/er/shop"));
        lay_out(&root, files.iter());
        lay_out(&reversed, files.iter().rev());
        let whole = root.display().to_string();
        let sub = root.join("src");
        let sub = if sub.is_dir() { sub } else { root.join("apps") };
        let here = Way { path: ".", jobs: "1", ..Way::default() };
        let first = everything(&root, &here);
        let german = [("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8"), ("LANGUAGE", "de")];
        let turkish = [("LANG", "tr_TR.UTF-8"), ("LC_ALL", "C"), ("TZ", "Asia/Kathmandu")];
        let machine = [("HOSTNAME", "elsewhere"), ("USER", "somebody"), ("TZ", "America/Los_Angeles"), ("CI", "true")];
        let ways = [
            (&root, Way { jobs: "2", ..here }),
            (&root, Way { jobs: "3", environment: &german, ..here }),
            (&root, Way { jobs: "8", environment: &turkish, ..here }),
            (&root, Way { jobs: "64", environment: &machine, ..here }),
            (&root, Way { folder: Some(one.path()), path: "shop", ..here }),
            (&root, Way { folder: Some(&sub), path: "..", ..here }),
            (&root, Way { folder: Some(Path::new("/")), path: &whole, ..here }),
            (&reversed, here),
            (&reversed, Way { path: "./", jobs: "2", ..here }),
        ];
        // A workspace differs from one service in the order of its parts alone.
        let count = if name == "express-bad" { ways.len() } else { 3 };
        for (number, (root, way)) in ways.into_iter().enumerate().take(count) {
            for (what, bytes) in everything(root, &way) {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                assert!(bytes == first[&what], "{name}, way {number}, {what}: {}", text(&bytes));
            }
        }
    }
}
