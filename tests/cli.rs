//! The command line as a user meets it: formats, files, the gate, exit codes, wrong usage.

#[expect(dead_code, reason = "the command line needs no planted secrets")]
mod common;

use std::{fs, path::Path};

use assert_cmd::Command;
use common::{track, write};
use serde_json::Value;
use tempfile::TempDir;

/// The program without anything that the machine's environment could change.
fn readiness() -> Command {
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

/// Runs `arguments` in `folder`: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = readiness().current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

/// A service with one critical defect: a signing secret with a default.
fn shop() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    write(
        root,
        "package.json",
        "{ \"name\": \"shop\", \"private\": true, \"dependencies\": { \"express\": \"^4.21.0\" } }\n",
    );
    write(
        root,
        "src/auth.js",
        "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n\
         express().listen(3000, () => secret);\n",
    );
    write(root, ".gitignore", "node_modules\n.env\n");
    track(root, &["package.json", "src/auth.js", ".gitignore"]);
    folder
}

const ONLY: [&str; 2] = ["--only", "fallback-secret"];

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(arguments);
    let (_, stdout, stderr) = run(folder, &all);
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"))
}

#[test]
fn wrong_usage_and_help() {
    trycmd::TestCases::new().env("COLUMNS", "100").case("tests/cmd/*.md");
}

#[test]
fn a_failing_gate_is_exit_code_1_and_says_why() {
    let shop = shop();
    let (code, stdout, stderr) = run(shop.path(), &[&ONLY[..], &["--color", "never"]].concat());
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("src/auth.js:2"), "{stdout}");
    assert_eq!(stderr, "The gate fails:\n  1 open criterion at or above critical: fallback-secret\n");
}

#[test]
fn the_gate_is_what_the_flags_say() {
    let shop = shop();
    let code = |arguments: &[&str]| run(shop.path(), &[&ONLY[..], arguments].concat()).0;
    assert_eq!(code(&["--fail-on", "never"]), 0);
    assert_eq!(code(&["--fail-on", "low"]), 1);
    assert_eq!(code(&["--fail-on", "never", "--min-score", "0"]), 0);
    assert_eq!(code(&["--fail-on", "never", "--min-score", "10"]), 1);
    assert_eq!(code(&["--skip", "fallback-secret", "--fail-on", "critical"]), 0);
}

#[test]
fn scan_is_the_default_command() {
    let shop = shop();
    let root = shop.path().to_str().expect("the path is UTF-8");
    let by_name = run(shop.path(), &["scan", ".", "--fail-on", "never"]);
    assert_eq!(run(shop.path(), &["--fail-on", "never"]), by_name);
    assert_eq!(run(shop.path(), &[".", "--fail-on", "never"]), by_name);
    assert_eq!(run(Path::new("/"), &[root, "--fail-on", "never"]), by_name, "the path does not show");
}

#[test]
fn threads_do_not_change_a_byte() {
    let shop = shop();
    let with = |jobs| run(shop.path(), &["--format", "json", "--jobs", jobs]);
    assert_eq!(with("1"), with("2"));
    assert_eq!(with("2"), with("7"));
}

#[test]
fn json_is_the_report_and_nothing_else() {
    let shop = shop();
    let report = report(shop.path(), &ONLY);
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["partial"], true);
    assert_eq!(report["summary"]["verdict"], "not-assessed");
    assert_eq!(report["findings"][0]["path"], "src/auth.js");
    assert_eq!(report["findings"][0]["start"]["line"], 2);
}

#[test]
fn the_language_is_chosen() {
    let shop = shop();
    let (_, stdout, stderr) = run(shop.path(), &[&ONLY[..], &["--lang", "ru"]].concat());
    assert!(stdout.contains("Безопасность"), "{stdout}");
    assert!(stderr.starts_with("Условия не выполнены:\n  1 открытый критерий с уровнем не ниже critical"), "{stderr}");
    let (_, stdout, _) = run(shop.path(), &["--format", "markdown", "--lang", "ru"]);
    assert!(stdout.starts_with("# "), "{stdout}");
}

#[test]
fn reports_go_to_files_besides_what_is_printed() {
    let shop = shop();
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let json = format!("json={}", out.path().join("report.json").display());
    let markdown = format!("markdown={}", out.path().join("review.md").display());
    let terminal = format!("terminal={}", out.path().join("report.txt").display());
    fs::write(out.path().join("report.json"), "an older report").expect("the file can be written");
    let arguments = ["--report", &json, "--report", &markdown, "--report", &terminal, "--color", "always"];
    let (code, stdout, _) = run(shop.path(), &arguments);
    assert_eq!(code, 1);
    assert!(stdout.contains("\u{1b}["), "standard output has colour");
    let read = |name: &str| fs::read_to_string(out.path().join(name)).expect("the report was written");
    let written: Value = serde_json::from_str(&read("report.json")).expect("it is whole");
    assert_eq!(written["schema_version"], 1);
    assert!(read("review.md").starts_with("# "));
    assert!(!read("report.txt").contains('\u{1b}'), "files have none");
    let mut names: Vec<_> = fs::read_dir(out.path())
        .expect("the folder can be read")
        .map(|entry| entry.expect("the entry can be read").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["report.json", "report.txt", "review.md"], "no temporary file stays");
}

#[test]
fn a_report_that_cannot_be_written_is_exit_code_3() {
    let shop = shop();
    let (code, stdout, stderr) = run(shop.path(), &["--report", "json=nowhere/report.json"]);
    assert_eq!((code, stdout.as_str()), (3, ""), "nothing is scanned in vain");
    assert_eq!(
        stderr,
        "error: cannot write the report `nowhere/report.json`: there is no folder `nowhere`\n\
         help: create it first: mkdir -p nowhere\n"
    );
    let (code, _, stderr) = run(shop.path(), &["--report", "json=src"]);
    assert_eq!(code, 3);
    assert!(stderr.contains("it is a folder"), "{stderr}");
    let (code, _, stderr) = run(shop.path(), &["--report", "json=package.json/report.json"]);
    assert_eq!(code, 3);
    assert!(stderr.contains("`package.json` is no folder"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_exit_code_3_and_the_other_reports_are_written() {
    let shop = shop();
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let json = format!("json={}", out.path().join("report.json").display());
    let (code, stdout, stderr) = run(shop.path(), &["--report", "markdown=/dev/full", "--report", &json]);
    assert_eq!(code, 3);
    assert!(stdout.contains("shop"), "{stdout}");
    assert!(stderr.contains("cannot write the report `/dev/full`: no space left on device"), "{stderr}");
    assert!(out.path().join("report.json").exists());

    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("the device can be opened");
    let program = assert_cmd::cargo::cargo_bin("readiness");
    let output = std::process::Command::new(program).arg(shop.path()).stdout(full).output().expect("it starts");
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::Stdio;

    let shop = shop();
    for (arguments, expected) in [(&["--fail-on", "never"][..], 0), (&[][..], 1)] {
        let program = assert_cmd::cargo::cargo_bin("readiness");
        let mut child = std::process::Command::new(program)
            .arg(shop.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(expected));
        assert!(!String::from_utf8_lossy(&output.stderr).contains("error"));
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_to_a_report_stays_a_link() {
    let shop = shop();
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let real = out.path().join("real.json");
    let link = out.path().join("link.json");
    fs::write(&real, "old").expect("the file can be written");
    std::os::unix::fs::symlink(&real, &link).expect("the link can be made");
    run(shop.path(), &["--report", &format!("json={}", link.display())]);
    assert!(fs::symlink_metadata(&link).expect("it exists").is_symlink());
    assert!(fs::read_to_string(&real).expect("it can be read").starts_with('{'));
}

#[test]
fn an_empty_folder_is_not_assessed_and_passes_unless_a_score_is_asked_for() {
    let empty = tempfile::tempdir().expect("a temporary folder can be made");
    assert_eq!(run(empty.path(), &[]).0, 0);
    assert_eq!(report(empty.path(), &[])["summary"]["score"], Value::Null);
    let (code, _, stderr) = run(empty.path(), &["--min-score", "5"]);
    assert_eq!(code, 1);
    assert_eq!(stderr, "The gate fails:\n  nothing could be scored, and the gate asks for at least 5\n");
}

#[test]
fn quiet_leaves_the_verdict_and_the_tables() {
    let shop = shop();
    let (code, stdout, stderr) = run(shop.path(), &["--quiet"]);
    assert_eq!((code, stderr.as_str()), (1, ""));
    assert!(stdout.contains("Security"), "{stdout}");
    assert!(!stdout.contains("src/auth.js:2"), "{stdout}");
}

#[test]
fn timing_shows_stages_and_the_dearest_rules() {
    let shop = shop();
    let (_, stdout, _) = run(shop.path(), &["--timing"]);
    let timing = stdout.split("Timing").nth(1).expect("there is a section");
    for name in ["observe", "conclude", "total", "facts: environment"] {
        assert!(timing.contains(name), "{name}: {timing}");
    }
    let (_, without, _) = run(shop.path(), &[]);
    assert!(!without.contains("Timing"), "{without}");
}

#[test]
fn colour_is_wanted_or_not() {
    let shop = shop();
    let colored = |variables: &[(&str, &str)], arguments: &[&str]| {
        let output = readiness()
            .current_dir(shop.path())
            .envs(variables.iter().copied())
            .args(arguments)
            .output()
            .expect("the program starts");
        (output.stdout.contains(&0x1b), output.stderr.contains(&0x1b))
    };
    assert_eq!(colored(&[], &[]), (false, false), "a pipe gets none");
    assert_eq!(colored(&[("CLICOLOR_FORCE", "1")], &[]), (true, true));
    assert_eq!(colored(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]), (false, false));
    assert_eq!(colored(&[("NO_COLOR", "1")], &["--color", "always"]), (true, true));
    assert_eq!(colored(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]), (false, false));
}

#[test]
fn the_nearest_configuration_is_read() {
    let shop = shop();
    write(shop.path(), "readiness.toml", "[scan]\nfail-on = \"never\"\nonly = [\"fallback-secret\"]\n");
    let inner = shop.path().join("src");
    assert_eq!(run(shop.path(), &[]).0, 0);
    assert_eq!(run(&inner, &[]).0, 0, "it is looked for upwards");
    assert_eq!(run(shop.path(), &["--fail-on", "critical"]).0, 1, "a flag wins");
    assert_eq!(run(shop.path(), &["--no-config"]).0, 1);
    write(shop.path(), "strict.toml", "[scan]\nonly = [\"fallback-secret\"]\n");
    assert_eq!(run(shop.path(), &["--config", "strict.toml"]).0, 1);
}

#[test]
fn a_wrong_configuration_is_shown_with_its_lines() {
    let shop = shop();
    write(shop.path(), "readiness.toml", "[scan]\nfail-om = \"high\"\n\n[rules.fallback-secrets]\nenabled = 1\n");
    let (code, stdout, stderr) = run(shop.path(), &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        "\
error: unknown key `fail-om` in `scan`
 --> readiness.toml:2:1
  |
2 | fail-om = \"high\"
  | ^^^^^^^
  |
  = help: did you mean `fail-on`?

error: there is no rule `fallback-secrets`
 --> readiness.toml:4:8
  |
4 | [rules.fallback-secrets]
  |        ^^^^^^^^^^^^^^^^
  |
  = help: did you mean `fallback-secret`?
"
    );
}

#[test]
fn a_comment_with_a_reason_suppresses() {
    let shop = shop();
    let path = shop.path().join("src/auth.js");
    let source = fs::read_to_string(&path).expect("it can be read");
    let marked = source.replace("const secret", "// readiness: ignore[fallback-secret] rotated daily\nconst secret");
    fs::write(&path, marked).expect("it can be written");
    assert_eq!(run(shop.path(), &ONLY).0, 0);
    let report = report(shop.path(), &ONLY);
    assert_eq!(report["suppressions"][0]["reason"], "rotated daily");
    assert_eq!(report["findings"][0]["suppressed"]["by"], "inline");
    assert_eq!(run(shop.path(), &[&ONLY[..], &["--no-inline-ignores"]].concat()).0, 1);
}

#[test]
fn a_configured_suppression_expires() {
    let shop = shop();
    write(
        shop.path(),
        "readiness.toml",
        "[[suppress]]\nrule = \"fallback-secret\"\npaths = [\"src/\"]\nreason = \"until the rotation\"\nuntil = 2026-06-30\n",
    );
    let code = |date| run(shop.path(), &[&ONLY[..], &["--date", date]].concat()).0;
    assert_eq!(code("2026-06-30"), 0);
    assert_eq!(code("2026-07-01"), 1);
}

#[test]
fn a_person_answers_a_question_until_the_answer_expires() {
    let shop = shop();
    fs::write(
        shop.path().join("readiness.toml"),
        "[[attest]]\nrule = \"team-readiness\"\nby = \"Ann\"\non = 2026-10-01\nuntil = 2026-12-31\n",
    )
    .expect("the folder takes files");
    let answered = |date| {
        let report = report(shop.path(), &["--only", "team-readiness", "--date", date]);
        let kinds: Vec<String> = report["diagnostics"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["kind"].as_str().map(str::to_owned))
            .collect();
        (report["criteria"][0]["status"].clone(), report["criteria"][0]["attestation"]["by"].clone(), kinds)
    };
    assert_eq!(answered("2026-11-01"), ("manual".into(), "Ann".into(), vec![]));
    assert_eq!(answered("2027-01-01"), ("manual".into(), Value::Null, vec!["attestation-expired".to_owned()]));
}

#[test]
fn a_disabled_rule_is_shown_with_its_reason() {
    let shop = shop();
    write(
        shop.path(),
        "readiness.toml",
        "[rules.fallback-secret]\nenabled = false\nreason = \"the vault injects it\"\n",
    );
    let disabled = report(shop.path(), &["--no-inline-ignores"]);
    let diagnostic =
        disabled["diagnostics"].as_array().expect("a list").iter().find(|it| it["kind"] == "rule-disabled");
    let diagnostic = diagnostic.expect("the report says so");
    assert_eq!(diagnostic["message"], "`fallback-secret` is disabled: the vault injects it");
    assert_eq!(disabled["partial"], false);
    assert_eq!(run(shop.path(), &ONLY).0, 1, "who asks for it by name gets it");
}

#[test]
fn rules_are_listed() {
    let (code, stdout, _) = run(Path::new("."), &["rules"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("  hardcoded-secret"), "{stdout}");
    let (_, stdout, _) = run(Path::new("."), &["rules", "--format", "json", "--lang", "ru"]);
    let listed: Vec<Value> = serde_json::from_str(&stdout).expect("it is JSON");
    let rule = listed.iter().find(|rule| rule["id"] == "fallback-secret").expect("the rule exists");
    assert_eq!(rule["category"], "security");
    assert_eq!(rule["title"], "У секретов нет значений по умолчанию");
}

#[test]
fn every_rule_is_explained_in_both_languages() {
    let (_, stdout, _) = run(Path::new("."), &["rules", "--format", "json"]);
    let listed: Vec<Value> = serde_json::from_str(&stdout).expect("it is JSON");
    for rule in &listed {
        let id = rule["id"].as_str().expect("an id is a text");
        for (lang, heading) in [("en", "\nHow it decides\n"), ("ru", "\nКак решает\n")] {
            let (code, stdout, stderr) = run(Path::new("."), &["explain", id, "--lang", lang]);
            assert_eq!(code, 0, "{id}: {stderr}");
            assert!(stdout.contains(heading) && stdout.contains(&format!("ignore[{id}]")), "{id}: {stdout}");
        }
    }
}
