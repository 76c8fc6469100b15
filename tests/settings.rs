//! Where settings come from: flags, `READINESS_*` variables, the nearest file, the files that it extends.

#[expect(dead_code, reason = "settings need no planted secrets")]
mod common;

use std::{fs, path::Path};

use assert_cmd::Command;
use common::{track, write};
use tempfile::TempDir;

/// Exit code, standard output, standard error.
type Ran = (i32, String, String);

/// Runs `arguments` in `folder` with these variables and no other of ours.
fn run(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("READINESS_") || name.contains("COLOR")) {
            command.env_remove(name);
        }
    }
    command.envs(variables.iter().copied());
    let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

/// A service with one critical defect.
fn shop() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    write(root, "package.json", "{ \"name\": \"shop\", \"dependencies\": { \"express\": \"^4.21.0\" } }\n");
    write(
        root,
        "src/auth.js",
        "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n\
         express().listen(3000, () => secret);\n",
    );
    track(root, &["package.json", "src/auth.js"]);
    folder
}

const ONLY: [&str; 3] = ["scan", "--only", "fallback-secret"];

fn code(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> i32 {
    run(folder, variables, &[&ONLY[..], arguments].concat()).0
}

#[test]
fn a_variable_stands_in_for_a_flag_and_a_flag_wins() {
    let shop = shop();
    let root = shop.path();
    assert_eq!(code(root, &[], &[]), 1);
    assert_eq!(code(root, &[("READINESS_FAIL_ON", "never")], &[]), 0);
    assert_eq!(code(root, &[("READINESS_FAIL_ON", "never")], &["--fail-on", "low"]), 1);
    assert_eq!(code(root, &[("READINESS_FAIL_ON", "")], &[]), 1, "an empty one is not set");
    write(root, "readiness.toml", "[scan]\nfail-on = \"never\"\n");
    assert_eq!(code(root, &[], &[]), 0);
    assert_eq!(code(root, &[("READINESS_FAIL_ON", "critical")], &[]), 1, "a variable wins over the file");
    assert_eq!(code(root, &[("READINESS_NO_CONFIG", "1")], &[]), 1);
    write(root, "team.toml", "[scan]\nfail-on = \"high\"\n");
    assert_eq!(code(root, &[("READINESS_CONFIG", "team.toml")], &[]), 1);
    assert_eq!(code(root, &[("READINESS_CONFIG", "team.toml")], &["--config", "readiness.toml"]), 0);
    assert_eq!(code(root, &[("READINESS_NO_CONFIG", "yes")], &["--config", "readiness.toml"]), 0);
}

#[test]
fn variables_choose_rules_language_and_format() {
    let shop = shop();
    let variables = [
        ("READINESS_ONLY", "fallback-secret"),
        ("READINESS_LANG", "ru"),
        ("READINESS_FORMAT", "json"),
        ("READINESS_DATE", "2026-02-28"),
        ("READINESS_JOBS", "1"),
        ("READINESS_ALL", "true"),
    ];
    let (_, stdout, stderr) = run(shop.path(), &variables, &["scan"]);
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
    assert_eq!((&report["language"], &report["partial"]), (&"ru".into(), &true.into()));
    let (_, stdout, _) = run(shop.path(), &variables[1..2], &["explain", "fallback-secret"]);
    assert!(stdout.contains("Зачем"), "{stdout}");
}

#[test]
fn the_tier_comes_from_flag_variable_or_file_and_every_scan_knows_it() {
    let shop = shop();
    let root = shop.path();
    let said = |variables: &[(&str, &str)], arguments: &[&str]| {
        let (code, stdout, stderr) = run(root, variables, &[&["config", "--format", "json"], arguments].concat());
        assert_eq!(code, 0, "{stderr}");
        let all: Vec<serde_json::Value> = serde_json::from_str(&stdout).expect("a list of settings");
        let tier = all.into_iter().find(|one| one["key"] == "score.tier").expect("the tier is a setting");
        format!("{} {}", tier["value"], tier["source"]["kind"]).replace('"', "")
    };
    let variable = [("READINESS_TIER", "internal")];
    assert_eq!(said(&[], &[]), "null default");
    write(root, "readiness.toml", "[score]\ntier = \"regulated\"\n");
    assert_eq!(said(&[], &[]), "regulated file");
    assert_eq!(said(&variable, &[]), "internal variable");
    assert_eq!(said(&variable, &["--tier", "prototype"]), "prototype flag");

    let json = |variables: &[(&str, &str)], arguments: &[&str]| -> serde_json::Value {
        let (_, stdout, stderr) = run(root, variables, &[&["scan", "--format", "json"], arguments].concat());
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
    };
    let by_flag = json(&[], &["--tier", "prototype"]);
    assert_eq!(by_flag["basis"]["tier"], "prototype");
    assert_eq!(by_flag["criteria"], json(&[("READINESS_TIER", "prototype")], &[])["criteria"]);
    let status = |report: &serde_json::Value| {
        let criteria = report["criteria"].as_array().expect("a list").clone();
        criteria.into_iter().find(|one| one["rule"] == "runbook-missing").expect("it is shown")["status"].clone()
    };
    assert_eq!((status(&by_flag), status(&json(&[], &[]))), ("not-applicable".into(), "fail".into()));
    for command in [&["plan"][..], &["checklist", "go-live"], &["baseline"], &["suppressions"]] {
        let (code, stdout, stderr) = run(root, &[], &[command, &["--tier", "publik"]].concat());
        assert_eq!((code, stdout.as_str()), (2, ""), "{command:?}");
        assert!(stderr.contains("'public'") || stderr.contains("public"), "{stderr}");
    }
    let plan = |arguments: &[&str]| run(root, &[], &[&["plan"], arguments].concat()).1;
    assert!(plan(&[]).contains("runbook-missing") && !plan(&["--tier", "prototype"]).contains("runbook-missing"));
}

#[test]
fn a_wrong_variable_is_named_with_a_remedy() {
    let shop = shop();
    for (name, value, why, help) in [
        ("READINESS_FAIL_ON", "hihg", "write one of critical, high, medium, low, never", "did you mean `high`?"),
        ("READINESS_MIN_SCORE", "eleven", "a score is a number", "change it, or unset `READINESS_MIN_SCORE`"),
        ("READINESS_LANG", "de", "write one of en, ru", "change it, or unset `READINESS_LANG`"),
        ("READINESS_JOBS", "0", "write a whole number from 1 to 256", "change it, or unset `READINESS_JOBS`"),
        ("READINESS_DATE", "2026-02-30", "write a day of the calendar", "change it, or unset `READINESS_DATE`"),
        ("READINESS_ALL", "perhaps", "write one of true, false", "change it, or unset `READINESS_ALL`"),
        ("READINESS_TIER", "publik", "write one of prototype, internal, public", "did you mean `public`?"),
        ("READINESS_TIMING", "2", "write one of true, false", "change it, or unset `READINESS_TIMING`"),
        ("READINESS_NO_INLINE_IGNORES", "x", "write one of true, false", "unset"),
        ("READINESS_NO_CONFIG", "-", "write one of true, false", "unset"),
        ("READINESS_FORMAT", "jsn", "write one of terminal, json", "did you mean `json`?"),
        ("READINESS_GATE", "live", "write one of staging, production", "change it, or unset `READINESS_GATE`"),
    ] {
        let (code, stdout, stderr) = run(shop.path(), &[(name, value)], &["scan"]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{name}: {stderr}");
        assert!(stderr.starts_with(&format!("error: the variable `{name}` is `{value}`: {why}")), "{stderr}");
        assert!(stderr.contains(help), "{stderr}");
    }
    for (name, value, message) in [
        ("READINESS_ONLY", "securty", "error: READINESS_ONLY: no rule, category or severity is named `securty`"),
        ("READINESS_SKIP", ",", "error: `READINESS_SKIP` names nothing"),
        ("READINESS_CONFIG", "missing.toml", "error: the variable `READINESS_CONFIG` is `missing.toml`: no such file"),
    ] {
        let (code, _, stderr) = run(shop.path(), &[(name, value)], &["scan"]);
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.starts_with(message), "{stderr}");
    }
    let both = [("READINESS_CONFIG", "a.toml"), ("READINESS_NO_CONFIG", "true")];
    let (code, _, stderr) = run(shop.path(), &both, &["scan"]);
    assert!(code == 2 && stderr.contains("unset one of the two variables"), "{stderr}");
}

#[test]
fn the_help_names_every_variable() {
    let (_, help, _) = run(Path::new("."), &[], &["scan", "--help"]);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for end in [
        "ALL",
        "CONFIG",
        "DATE",
        "FAIL_ON",
        "FORMAT",
        "GATE",
        "JOBS",
        "LANG",
        "MIN_SCORE",
        "NO_CONFIG",
        "NO_INLINE_IGNORES",
        "ONLY",
        "SKIP",
        "TIER",
        "TIMING",
    ] {
        assert!(help.contains(&format!("[env: READINESS_{end}]")), "{end}: {help}");
    }
}

#[test]
fn a_file_extends_others_and_wins_over_them() {
    let shop = shop();
    let root = shop.path();
    write(root, "config/strict.toml", "[scan]\nfail-on = \"never\"\nmin-score = 9.9\n");
    write(root, "config/base.toml", "[scan]\nfail-on = \"critical\"\nmin-score = 0\n");
    write(root, "readiness.toml", "extends = [\"config/base.toml\", \"config/strict.toml\"]\n");
    let (code, _, stderr) = run(root, &[], &ONLY);
    assert!(code == 1 && stderr.contains("9.9") && !stderr.contains("critical"), "the later one wins: {stderr}");
    write(root, "readiness.toml", "extends = [\"config/strict.toml\", \"config/base.toml\"]\n");
    let (_, _, stderr) = run(root, &[], &ONLY);
    assert!(stderr.contains("critical") && !stderr.contains("9.9"), "{stderr}");
    write(root, "readiness.toml", "extends = \"config/strict.toml\"\n[scan]\nmin-score = 0\n");
    assert_eq!(run(root, &[], &ONLY).0, 0, "the file itself wins");
}

#[test]
fn rules_of_several_files_add_up_key_by_key() {
    let shop = shop();
    let root = shop.path();
    write(root, "base.toml", "[rules.fallback-secret]\nenabled = false\nreason = \"a demonstration\"\n");
    write(root, "readiness.toml", "extends = \"base.toml\"\n[rules.fallback-secret]\nseverity = \"low\"\n");
    let (_, stdout, stderr) = run(root, &[], &["scan", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
    let disabled = report["diagnostics"].as_array().unwrap().iter().find(|one| one["kind"] == "rule-disabled");
    assert_eq!(disabled.expect("the rule is disabled")["path"], "base.toml");
}

#[test]
fn patterns_of_an_extended_file_are_those_of_who_extends_it() {
    let shop = shop();
    let root = shop.path();
    write(root, "config/base.toml", "[scan]\nexclude = [\"src/auth.js\"]\n");
    write(root, "readiness.toml", "extends = \"config/base.toml\"\n");
    assert_eq!(code(root, &[], &[]), 0, "the file is left out");
    // A file above speaks about its own folder.
    write(root, "base.toml", "[scan]\nexclude = [\"/auth.js\"]\n");
    write(root, "src/readiness.toml", "extends = \"../base.toml\"\n");
    write(root, "src/package.json", "{ \"name\": \"inner\", \"dependencies\": { \"express\": \"^4.21.0\" } }\n");
    assert_eq!(code(&root.join("src"), &[], &[]), 1);
}

/// Runs a scan that must not begin.
fn refused(root: &Path) -> String {
    let (code, stdout, stderr) = run(root, &[], &ONLY);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    stderr
}

#[test]
fn what_cannot_be_extended_is_shown_at_its_line() {
    let shop = shop();
    let root = shop.path();
    for (name, why) in [
        ("missing.toml", "no such file"),
        ("src", "it is a folder"),
        ("../outside.toml", "it leads out of the repository"),
        ("/etc/base.toml", "it is no path relative to this file"),
    ] {
        write(root, "readiness.toml", &format!("# ours\nextends = [\"{name}\"]\n"));
        let shown = refused(root);
        assert!(shown.starts_with(&format!("error: `extends` cannot use `{name}`: {why}")), "{shown}");
        assert!(shown.contains("readiness.toml:2:12") && shown.contains("help: name a"), "{shown}");
    }
    write(root, "readiness.toml", "extends = 3\n");
    assert!(refused(root).contains("`extends` must be a list of texts"));
}

#[test]
fn files_in_a_circle_and_too_deep_are_shown_with_their_chain() {
    let shop = shop();
    let root = shop.path();
    write(root, "readiness.toml", "extends = \"config/a.toml\"\n");
    write(root, "config/a.toml", "\nextends = \"b.toml\"\n");
    write(root, "config/b.toml", "\n\nextends = \"../readiness.toml\"\n");
    let shown = refused(root);
    let chain = "readiness.toml -> config/a.toml -> config/b.toml -> readiness.toml";
    assert!(shown.contains(chain) && shown.contains("config/b.toml:3:11"), "{shown}");
    for index in 0..9 {
        write(root, &format!("deep{index}.toml"), &format!("extends = \"deep{}.toml\"\n", index + 1));
    }
    write(root, "deep9.toml", "");
    write(root, "readiness.toml", "extends = \"deep0.toml\"\n");
    let shown = refused(root);
    assert!(shown.contains("more than 8 files extend each other") && shown.contains("deep6.toml -> "), "{shown}");
    // Twice the same file is no circle.
    write(root, "config/a.toml", "extends = \"c.toml\"\n");
    write(root, "config/b.toml", "extends = \"c.toml\"\n");
    write(root, "config/c.toml", "[scan]\nfail-on = \"never\"\n");
    write(root, "readiness.toml", "extends = [\"config/a.toml\", \"config/b.toml\"]\n");
    assert_eq!(run(root, &[], &ONLY).0, 0);
}

#[test]
fn a_mistake_in_an_extended_file_points_there() {
    let shop = shop();
    let root = shop.path();
    write(root, "config/base.toml", "# of the team\n[scan]\nfail-on = \"hihg\"\n");
    write(root, "services/readiness.toml", "extends = \"../config/base.toml\"\n");
    write(root, "services/index.js", "");
    let shown = refused(&root.join("services"));
    assert!(shown.contains("../config/base.toml:3:11") && shown.contains("did you mean `high`?"), "{shown}");
    let (_, _, shown) = run(root, &[], &["scan", "services"]);
    assert!(shown.contains("config/base.toml:3:11") && !shown.contains(".."), "{shown}");
    write(root, "services/readiness.toml", "extends = \"../config/base.toml\"\n[scan]\nlang = \"de\"\n");
    let (_, _, shown) = run(root, &[], &["scan", "services"]);
    assert!(shown.contains("services/readiness.toml:3:8"), "the nearest file comes first: {shown}");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_repository() {
    let shop = shop();
    let outside = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(outside.path().join("secret.toml"), "secret = 1\n").unwrap();
    std::os::unix::fs::symlink(outside.path(), shop.path().join("linked")).unwrap();
    write(shop.path(), "readiness.toml", "extends = \"linked/secret.toml\"\n");
    let shown = refused(shop.path());
    assert!(shown.contains("symbolic link that leads out of the repository") && !shown.contains("secret ="), "{shown}");
}
