//! Writing rules: `new-rule` writes one that holds, `test` runs its cases and shows where they disagree.

#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "no planted secrets and no git index are needed here")]
mod common;

use std::{fs, path::Path};

use assert_cmd::Command;
use common::write;
use tempfile::TempDir;

/// Runs `arguments` in `folder`: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("readiness").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A folder with a rule that `new-rule` wrote.
fn written() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["new-rule", "old-client-used", "--dir", "team", "--category", "api-contracts"];
    let (code, stdout, stderr) = run(folder.path(), &arguments);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("wrote team/old-client-used.toml") && stdout.contains("rules = [\"team\"]"), "{stdout}");
    folder
}

fn change(folder: &Path, file: &str, old: &str, new: &str) {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    assert!(text.contains(old), "{old}");
    fs::write(folder.join(file), text.replacen(old, new, 1)).unwrap();
}

const CASES: &str = "team/old-client-used.md";
const RULE: &str = "team/old-client-used.toml";

#[test]
fn a_new_rule_holds_at_once() {
    let folder = written();
    let (code, stdout, stderr) = run(folder.path(), &["test", "team"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("1 rule, 4 cases: all as expected"), "{stdout}");
    write(folder.path(), "readiness.toml", "[scan]\nrules = \"team\"\n");
    assert_eq!(run(folder.path(), &["test"]), (0, stdout, String::new()), "the configuration names the folder");
}

#[test]
fn a_new_rule_overwrites_nothing() {
    let folder = written();
    let before = fs::read_to_string(folder.path().join(RULE)).unwrap();
    fs::remove_file(folder.path().join(CASES)).unwrap();
    let (code, _, stderr) = run(folder.path(), &["new-rule", "old-client-used", "--dir", "team"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("exists already, and nothing is overwritten"), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join(RULE)).unwrap(), before);
    assert!(!folder.path().join(CASES).exists());
}

#[test]
fn a_new_rule_needs_a_name_and_a_category() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, told) in [
        (&["new-rule", "Old_Client"][..], "is no id for a rule"),
        (&["new-rule", "../escape"], "is no id for a rule"),
        (&["new-rule", "fallback-secret"], "is a rule that is built in"),
        (&["new-rule", "old-client", "--category", "securty"], "did you mean `security`?"),
    ] {
        let (code, _, stderr) = run(folder.path(), arguments);
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(told), "{stderr}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn differences_are_shown_with_their_lines() {
    let folder = written();
    change(folder.path(), CASES, " // expect: bad", "");
    change(folder.path(), CASES, "## not-applicable: EDIT", "## pass: EDIT");
    let (code, stdout, _) = run(folder.path(), &["test", "team"]);
    assert_eq!(code, 1, "{stdout}");
    let stdout = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "FAILS fail: EDIT: the old function is called",
        "team/old-client-used.md:5",
        "src/order.ts:2 is found, and not expected: EDIT: `exampleToReplace` is called here",
        "2 | exampleToReplace(\"order\");",
        "expected pass, got not-applicable: EDIT: there is no JavaScript",
        "ok pass: EDIT: only the new function is called",
        "1 rule, 4 cases: 2 fail",
    ] {
        assert!(stdout.contains(expected), "{expected}: {stdout}");
    }
}

#[test]
fn update_writes_places_and_no_verdict() {
    let folder = written();
    let right = fs::read_to_string(folder.path().join(CASES)).unwrap();
    change(folder.path(), CASES, " // expect: bad", "");
    change(folder.path(), CASES, "replacement(\"order\");\n", "replacement(\"order\"); // expect: bad\n");
    let (code, stdout, _) = run(folder.path(), &["test", "team", "--update"]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("updated team/old-client-used.md"), "{stdout}");
    assert_eq!(fs::read_to_string(folder.path().join(CASES)).unwrap(), right);
    assert_eq!(run(folder.path(), &["test", "team"]).0, 0);
    change(folder.path(), CASES, "## not-applicable: EDIT", "## pass: EDIT");
    let wrong = fs::read_to_string(folder.path().join(CASES)).unwrap();
    let (code, stdout, _) = run(folder.path(), &["test", "team", "--update"]);
    assert_eq!(code, 1);
    assert!(stdout.contains("that is yours to decide"), "{stdout}");
    assert_eq!(fs::read_to_string(folder.path().join(CASES)).unwrap(), wrong);
}

/// A rule that wants a file.
const MISSING: &str = r#"id = "owner-missing"
category = "documentation"
severity = "low"

[match.good]
file = "OWNERS"

[match.missing]
path = "OWNERS"

[text.en]
title = "Somebody owns the repository"
why = "Nobody answers otherwise."
fix = "Write a file `OWNERS`."

[text.en.message]
good = "owned here"
missing = "there is no `{path}`"
"#;

#[test]
fn absences_are_updated_too() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "team/owner-missing.toml", MISSING);
    let cases = "## fail: nobody\n\n```md path=README.md tracked\n# Shop\n```\n\n- missing: OWNER\n\n\
                 ## pass: somebody\n\n```text path=OWNERS tracked\nsales # expect: good\n```\n";
    write(folder.path(), "team/owner-missing.md", cases);
    let (code, stdout, _) = run(folder.path(), &["test", "team"]);
    assert_eq!(code, 1);
    assert!(stdout.contains("an absence is expected at OWNER, and none is found there"), "{stdout}");
    assert!(stdout.contains("an absence is found at OWNERS, and not expected"), "{stdout}");
    run(folder.path(), &["test", "team", "--update"]);
    let (code, stdout, _) = run(folder.path(), &["test", "team"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(fs::read_to_string(folder.path().join("team/owner-missing.md")).unwrap().contains("- missing: OWNERS\n"));
}

#[test]
fn a_rule_must_be_shown_to_fail_and_to_pass() {
    let folder = written();
    let refused = |told: &[&str]| {
        let (code, stdout, stderr) = run(folder.path(), &["test", "team"]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        for expected in told {
            assert!(stderr.contains(expected), "{expected}: {stderr}");
        }
    };
    change(folder.path(), CASES, "## fail: EDIT", "## unknown: EDIT");
    refused(&["has no case that expects `fail`", "`## fail: what the case shows`"]);
    change(folder.path(), CASES, "## unknown: EDIT", "## fails: EDIT");
    refused(&["team/old-client-used.md:5:1", "a case heading begins with its verdict"]);
    fs::remove_file(folder.path().join(CASES)).unwrap();
    refused(&["has no cases: there is no `team/old-client-used.md`"]);
    change(folder.path(), RULE, "callee", "calee");
    refused(&["did you mean `callee`?"]);
    let (code, _, stderr) = run(tempfile::tempdir().unwrap().path(), &["test"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("no folder of rules is named"), "{stderr}");
}

#[test]
fn a_case_can_say_what_git_tracks() {
    let folder = tempfile::tempdir().unwrap();
    let id = "tracked-note";
    let rule = MISSING.replace("owner-missing", id).replace("OWNERS", "NOTE");
    write(folder.path(), "team/tracked-note.toml", &rule);
    let cases = "## fail: none\n\n```md path=README.md tracked\n# Shop\n```\n\n```md path=a/b.md tracked\n```\n\n\
                 - missing: NOTE\n\n## pass: one\n\n```text path=NOTE\nsales\n```\n";
    write(folder.path(), "team/tracked-note.md", cases);
    let (code, stdout, stderr) = run(folder.path(), &["test", "team"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
}
