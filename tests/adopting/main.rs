//! Living with the tool in a repository that was there before it: the baseline, changed lines, suppressions.

mod baseline;
mod since;
mod suppressions;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// Runs the program with `arguments` in `folder`: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = assert_cmd::Command::cargo_bin("readiness").expect("the program is built with its tests");
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

/// The report as JSON.
fn report(folder: &Path, arguments: &[&str]) -> Value {
    let (_, stdout, stderr) = run(folder, &[&["--format", "json"], arguments].concat());
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"))
}

/// `path` of every open finding of the report, in its order.
fn open(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("a list");
    let open = findings.iter().filter(|finding| finding["suppressed"].is_null());
    open.map(|finding| finding["path"].as_str().expect("a path").to_owned()).collect()
}

fn write(root: &Path, path: &str, content: &str) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().expect("a file has a folder")).expect("the folder can be made");
    fs::write(full, content).expect("the file can be written");
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).expect("the file can be read")
}

/// Runs git, whatever the machine's configuration says; whether it succeeded.
fn tried(root: &Path, arguments: &[&str]) -> bool {
    let mut command = Command::new("git");
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ann"),
        ("GIT_AUTHOR_EMAIL", "ann@example.org"),
        ("GIT_COMMITTER_NAME", "Ann"),
        ("GIT_COMMITTER_EMAIL", "ann@example.org"),
        ("GIT_AUTHOR_DATE", "2026-01-10T12:00:00Z"),
        ("GIT_COMMITTER_DATE", "2026-01-10T12:00:00Z"),
    ] {
        command.env(name, value);
    }
    let status = command.args(arguments).current_dir(root).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.expect("tests need git to prepare repositories").success()
}

fn git(root: &Path, arguments: &[&str]) {
    assert!(tried(root, arguments), "git {arguments:?}");
}

/// Commits everything there is.
fn commit(root: &Path) {
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "work"]);
}

/// A module that logs with `console`.
fn noisy(name: &str) -> String {
    format!("exports.{name} = (order) => {{\n  console.log(\"{name}\", order.total);\n  return order.total;\n}};\n")
}

/// A committed service with `modules` modules that log with `console`, one finding each.
fn shop(modules: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    write(
        root,
        "package.json",
        "{ \"name\": \"shop\", \"private\": true, \"dependencies\": { \"express\": \"^4.21.0\" } }\n",
    );
    write(root, "src/server.js", "const express = require(\"express\");\nexpress().listen(3000);\n");
    write(root, "readiness.toml", "[scan]\nonly = [\"console-usage\", \"fallback-secret\"]\nfail-on = \"low\"\n");
    for module in 0..modules {
        write(root, &format!("src/orders/m{module:03}.js"), &noisy(&format!("m{module:03}")));
    }
    git(root, &["init", "--quiet", "--initial-branch=main"]);
    commit(root);
    folder
}

/// The texts of the code blocks of a language in the guide.
fn examples(language: &str) -> Vec<&'static str> {
    let guide = include_str!("../../docs/guide/adopting.md");
    let blocks = guide.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n')).collect()
}

#[test]
fn the_examples_of_the_guide_are_valid() {
    let shop = shop(1);
    let root = shop.path();
    let commands: Vec<&str> = examples("sh").iter().flat_map(|block| block.lines()).collect();
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split(' ').skip(1).chain(["--help"]).collect();
        assert_eq!(run(root, &words).0, 0, "{command}");
    }
    write(root, "ci/known.txt", "");
    let settings = examples("toml");
    assert_eq!(settings.len(), 3);
    for text in settings {
        write(root, "readiness.toml", text);
        let (code, _, stderr) = run(root, &["-q", "--only", "console-usage"]);
        assert_eq!(code, 0, "{text}{stderr}");
    }
    write(root, "readiness.toml", "");
    for comment in examples("js") {
        let logs = if comment.contains("console.log") { "" } else { "console.log(1);" };
        write(root, "src/orders/m000.js", &format!("{comment}\n{logs}\n"));
        assert!(
            !report(root, &["--only", "console-usage", "--date", "2026-12-01"])["findings"][0]["suppressed"].is_null()
        );
    }
}
