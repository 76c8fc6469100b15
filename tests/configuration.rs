//! `readiness config` and `readiness init`: what holds and why, the schema for editors, a first file.

#[expect(dead_code, reason = "settings need no planted secrets")]
mod common;

use std::{fs, path::Path};

use assert_cmd::Command;
use common::{track, write};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Exit code, standard output, standard error.
fn run_with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
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

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    run_with(folder, &[], arguments)
}

/// A repository with two components.
fn shop() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    write(root, "package.json", "{ \"name\": \"shops\", \"private\": true, \"workspaces\": [\"services/*\"] }\n");
    write(root, "services/api/package.json", "{ \"name\": \"api\", \"dependencies\": { \"express\": \"^4.21.0\" } }\n");
    write(root, "services/api/server.js", "require(\"express\")().listen(3000);\nconsole.log(\"up\");\n");
    write(root, "README.md", "# Shops\n\nSells tea.\n\n```sh\nnpm start\n```\n");
    track(root, &["package.json", "services/api/package.json", "services/api/server.js", "README.md"]);
    folder
}

fn settings(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Vec<Value> {
    let (code, stdout, stderr) = run_with(folder, variables, &[&["config", "--format", "json"], arguments].concat());
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"))
}

fn setting<'s>(all: &'s [Value], key: &str) -> &'s Value {
    all.iter().find(|one| one["key"] == key).unwrap_or_else(|| panic!("{key} is shown"))
}

#[test]
fn every_setting_is_shown_with_its_source() {
    let shop = shop();
    write(
        shop.path(),
        "readiness.toml",
        "extends = \"config/base.toml\"\n\n[scan]\nmin-score = 7\nfail-on = \"high\"\n[score.weights]\nux = 2\n\
         [rules.large-source-file.options]\nfile-lines = 500\n[rules.console-usage]\nseverity = \"low\"\n\
         [[suppress]]\nrule = \"schema-push\"\nreason = \"x\"\n\
         [[overrides]]\npaths = [\"services\"]\nrules.console-usage.severity = \"info\"\n",
    );
    write(shop.path(), "config/base.toml", "[scan]\nlang = \"ru\"\nmin-score = 9\n");
    let all = settings(shop.path(), &[("READINESS_SKIP", "ux")], &["--fail-on", "never"]);
    let file = |path: &str, line: u32| json!({ "kind": "file", "path": path, "line": line });
    for (key, value, source) in [
        ("scan.fail-on", json!("never"), json!({ "kind": "flag", "name": "--fail-on" })),
        ("scan.skip", json!(["ux"]), json!({ "kind": "variable", "name": "READINESS_SKIP" })),
        ("scan.min-score", json!(7.0), file("readiness.toml", 4)),
        ("scan.lang", json!("ru"), file("config/base.toml", 2)),
        ("scan.max-file-size", json!(1_048_576), json!({ "kind": "default" })),
        ("score.weights.ux", json!(2.0), file("readiness.toml", 7)),
        ("score.weights.security", json!(1.0), json!({ "kind": "default" })),
        ("score.tier", Value::Null, json!({ "kind": "default" })),
        ("rules.large-source-file.options.file-lines", json!(500), file("readiness.toml", 9)),
        ("rules.large-source-file.options.function-lines", json!(150), json!({ "kind": "default" })),
        ("rules.console-usage.severity", json!("low"), file("readiness.toml", 11)),
    ] {
        let one = setting(&all, key);
        assert_eq!((&one["value"], &one["source"]), (&value, &source), "{key}");
    }
    assert_eq!(setting(&all, "suppress")["source"], file("readiness.toml", 12));
    assert_eq!(setting(&all, "overrides")["value"]["paths"], json!(["services"]));
    let (_, table, _) = run(shop.path(), &["config"]);
    let row = table.lines().find(|line| line.trim_start().starts_with("scan.min-score")).expect("a row for it");
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["scan.min-score", "7.0", "readiness.toml:4"]);
}

#[test]
fn settings_of_suppressions_baseline_and_team_rules_are_shown() {
    let shop = shop();
    let root = shop.path();
    let nothing = settings(root, &[], &[]);
    for key in ["scan.baseline", "scan.rules", "suppressions.fail-on", "suppressions.max-days", "report.reviewer"] {
        assert_eq!(setting(&nothing, key)["source"], json!({ "kind": "default" }), "{key}");
    }
    write(
        root,
        "team/legacy-client-used.toml",
        "id = \"legacy-client-used\"\ncategory = \"ux\"\nseverity = \"high\"\n[match.bad]\ncall = { callee = \"old\" }\n\
         [text.en]\ntitle = \"The new client\"\nwhy = \"The old one ends.\"\nfix = \"Call the new one.\"\n\
         [text.en.message]\nbad = \"old\"\nsearched = \"nothing\"\nnot-applicable = \"nothing here\"\n",
    );
    write(root, "ci/known.txt", "");
    write(
        root,
        "readiness.toml",
        "extends = \"base.toml\"\n[scan]\nrules = \"team\"\nbaseline = \"ci/known.txt\"\n[suppressions]\nmax-days = 90\n\
         [rules.legacy-client-used]\nseverity = \"low\"\n[report]\nreviewer = \"Ann\"\nnext-review = 2027-01-15\n",
    );
    write(root, "base.toml", "[suppressions]\nfail-on = [\"expired\"]\n");
    let all = settings(root, &[], &[]);
    let file = |line: u32| json!({ "kind": "file", "path": "readiness.toml", "line": line });
    for (key, value, source) in [
        ("scan.rules", json!(["team"]), file(3)),
        ("scan.baseline", json!("ci/known.txt"), file(4)),
        ("suppressions.max-days", json!(90), file(6)),
        ("suppressions.fail-on", json!([]), json!({ "kind": "default" })),
        ("rules.legacy-client-used.severity", json!("low"), file(8)),
        ("report.reviewer", json!("Ann"), file(10)),
        ("report.next-review", json!("2027-01-15"), file(11)),
    ] {
        let one = setting(&all, key);
        assert_eq!((&one["value"], &one["source"]), (&value, &source), "{key}");
    }
}

#[test]
fn a_misspelt_variable_is_noticed() {
    let shop = shop();
    let variables = [("READINESS_FAILON", "never"), ("READINESS_PROBE_PATH", "/ready")];
    let (code, _, stderr) = run_with(shop.path(), &variables, &["config"]);
    assert_eq!(code, 0);
    assert_eq!(stderr, "warning: the variable `READINESS_FAILON` is no setting; did you mean `READINESS_FAIL_ON`?\n");
}

#[test]
fn config_refuses_what_scan_refuses() {
    let shop = shop();
    write(shop.path(), "readiness.toml", "[scan]\nlang = \"de\"\n");
    let (code, stdout, stderr) = run(shop.path(), &["config"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("readiness.toml:2:8"), "{stderr}");
    let (code, _, stderr) = run(shop.path(), &["config", "--no-config"]);
    assert_eq!(code, 0, "{stderr}");
}

const COMMITTED: &str = include_str!("../docs/readiness.schema.json");

#[test]
fn the_committed_schema_is_current() {
    let (code, stdout, _) = run(Path::new("."), &["config", "--schema"]);
    assert_eq!(code, 0);
    assert!(stdout == COMMITTED, "write it again: readiness config --schema > docs/readiness.schema.json");
}

/// A file as an editor sees it: dates are texts there.
fn as_json(text: &str) -> Value {
    fn plain(value: toml::Value) -> Value {
        match value {
            toml::Value::String(text) => json!(text),
            toml::Value::Integer(number) => json!(number),
            toml::Value::Float(number) => json!(number),
            toml::Value::Boolean(flag) => json!(flag),
            toml::Value::Datetime(date) => json!(date.to_string()),
            toml::Value::Array(items) => items.into_iter().map(plain).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, plain(value))).collect(),
        }
    }
    plain(toml::Value::Table(toml::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))))
}

#[test]
fn the_schema_accepts_what_is_right_and_refuses_what_is_wrong() {
    let schema: Value = serde_json::from_str(COMMITTED).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for right in [
        "",
        "extends = \"base.toml\"\n",
        "extends = [\"a.toml\", \"b.toml\"]\n[scan]\nfail-on = \"never\"\nmin-score = 7\nmax-file-size = \"2 MB\"\n\
         only = \"security\"\nskip = [\"low\", \"console-usage\"]\nexclude = [\"a/**\"]\nlang = \"ru\"\n",
        "[rules.large-source-file]\nseverity = \"info\"\noptions = { file-lines = 500 }\n[rules.console-usage]\n\
         enabled = false\nreason = \"x\"\n[rules.jwt-no-expiry.options]\nlongest-days = 7.5\n",
        "[[overrides]]\npaths = \"legacy\"\nrules.console-usage.severity = \"low\"\n\
         [[overrides]]\ncomponents = [\"api\"]\nskip = [\"ux\"]\nreason = \"x\"\n",
        "[score]\ntier = \"internal\"\n[score.weights]\nux = 0\n[report]\nnotes = \"x\"\n[deploy]\nmethod = \"k8s\"\n",
        "[[suppress]]\nrule = \"console-usage\"\nreason = \"x\"\nuntil = 2026-12-31\n[[attest]]\n\
         rule = \"restore-untested\"\nby = \"Ann\"\non = \"2026-01-01\"\n",
    ] {
        let errors: Vec<String> = validator.iter_errors(&as_json(right)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{right}{errors:?}");
    }
    for wrong in [
        "[scna]\n",
        "[scan]\nfail-on = \"hihg\"\n",
        "[scan]\nmin-score = 11\n",
        "[scan]\nonly = [\"securty\"]\n",
        "[rules.console-usge]\nseverity = \"low\"\n",
        "[rules.console-usage]\nenabled = false\n",
        "[rules.console-usage]\noptions = { a = 1 }\n",
        "[rules.large-source-file]\noptions = { file-lines = 3 }\n",
        "[rules.large-source-file]\noptions = { file-line = 300 }\n",
        "[[overrides]]\nrules.console-usage.severity = \"low\"\n",
        "[[overrides]]\npaths = [\"a\"]\nskip = [\"ux\"]\n",
        "[score]\ntier = \"publik\"\n",
        "[score.weights]\nmagic = 1\n",
        "[[suppress]]\nrule = \"console-usage\"\n",
        "[[suppress]]\nrule = \"console-usage\"\nreason = \"x\"\nuntil = \"soon\"\n",
    ] {
        assert!(!validator.is_valid(&as_json(wrong)), "{wrong}");
    }
}

fn report_of(folder: &Path) -> String {
    let (_, stdout, _) = run(folder, &["scan", "--format", "json", "--all", "--jobs", "1"]);
    stdout
}

/// A report without the numbers of files that were read, of which the configuration is one.
fn without_counts(report: &str) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("files");
                fields.remove("coverage");
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::String(text) => text.retain(|char| !char.is_ascii_digit()),
            _ => {}
        }
    }
    let mut report: Value = serde_json::from_str(report).unwrap_or_else(|error| panic!("{error}: {report}"));
    strip(&mut report);
    report
}

#[test]
fn init_writes_a_file_that_changes_nothing() {
    let shop = shop();
    let before = report_of(shop.path());
    let (code, stdout, stderr) = run(shop.path(), &["init"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.starts_with("Wrote ./readiness.toml.\n"), "{stdout}");
    let text = fs::read_to_string(shop.path().join("readiness.toml")).expect("it is written");
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
    assert!(text.contains("component services/api: api (http-service)"), "{text}");
    let after = report_of(shop.path());
    assert_eq!(without_counts(&before), without_counts(&after));
    write(shop.path(), "readiness.toml", "");
    assert!(report_of(shop.path()) == after, "an empty file gives the same report, byte by byte");
}

#[test]
fn what_init_suggests_can_be_switched_on() {
    let shop = shop();
    let (code, text, _) = run(shop.path(), &["init", "--print"]);
    assert_eq!(code, 0);
    assert!(!shop.path().join("readiness.toml").exists());
    let on: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting,
            _ => line,
        })
        .collect();
    write(shop.path(), "readiness.toml", &on.join("\n"));
    let (code, _, stderr) = run(shop.path(), &["config"]);
    assert_eq!(code, 0, "{stderr}");
    let schema: Value = serde_json::from_str(COMMITTED).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let errors: Vec<String> = validator.iter_errors(&as_json(&on.join("\n"))).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn init_never_overwrites() {
    let shop = shop();
    write(shop.path(), "readiness.toml", "# ours\n");
    let (code, stdout, stderr) = run(shop.path(), &["init"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        "error: there is a configuration already: `./readiness.toml`\n\
         help: edit it; `readiness init --print` shows what a new one would say\n"
    );
    assert_eq!(fs::read_to_string(shop.path().join("readiness.toml")).expect("it is there"), "# ours\n");
    // A second file would put the first in the shade.
    let (code, _, stderr) = run(shop.path(), &["init", "services/api"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("`../../readiness.toml` speaks for this folder already"), "{stderr}");
    assert!(stderr.contains("extends = \"../../readiness.toml\""), "{stderr}");
    assert!(!shop.path().join("services/api/readiness.toml").exists());
    let (code, _, stderr) = run(shop.path(), &["init", "nowhere"]);
    assert!(code == 2 && stderr.contains("there is no folder `nowhere`"), "{stderr}");
}
