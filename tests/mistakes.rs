//! Mistype everything: each mistake in `readiness.toml` is refused with the file, the line and what to do.

#[expect(dead_code, reason = "mistakes need no planted secrets")]
mod common;

use std::path::Path;

use assert_cmd::Command;
use common::write;

/// A mistake: the text of the file, the line that is shown, what is said, and what to do about it.
type Mistake = (&'static str, usize, &'static str, &'static str);

const SCAN: &[Mistake] = &[
    ("[scna]\n", 1, "unknown key `scna`", "did you mean `scan`?"),
    ("fail-on = \"high\"\n", 1, "unknown key `fail-on`", "belongs in the section `[scan]`"),
    ("[scan]\nfail_on = \"high\"\n", 2, "unknown key `fail_on` in `scan`", "did you mean `fail-on`?"),
    ("[scan]\nfail-on = \"hihg\"\n", 2, "`hihg` is no value of `fail-on`", "did you mean `high`?"),
    ("[scan]\nfail-on = 3\n", 2, "`fail-on` must be a text", "this is a number"),
    ("[scan]\nmin-score = 11\n", 2, "`min-score` must be a number from 0 to 10", "min-score = 11"),
    ("[scan]\nmin-score = \"7\"\n", 2, "`min-score` must be a number from 0 to 10", "this is a text"),
    ("[scan]\nlang = \"english\"\n", 2, "`english` is no value of `lang`", "expected one of `en`, `ru`"),
    (
        "[scan]\nonly = [\"securty\"]\n",
        2,
        "no rule, category or severity is named `securty`",
        "did you mean `security`?",
    ),
    ("[scan]\nskip = [\"qqqq\"]\n", 2, "no rule, category or severity is named `qqqq`", "`readiness rules` lists"),
    ("[scan]\nskip = 4\n", 2, "`skip` must be a list of texts", "this is a number"),
    ("[scan]\nexclude = [\"a[\"]\n", 2, "`a[` is not a path pattern", "exclude"),
    ("[scan]\nexclude = [\"../up\"]\n", 2, "it leads out of the repository", "exclude"),
    ("[scan]\nexclude = [\"a\\\\b\"]\n", 2, "folders are separated by `/`", "exclude"),
    ("[scan]\nmax-file-size = \"2 bananas\"\n", 2, "must be a size like 500000 or \"2 MB\"", "max-file-size"),
    ("[scan]\nlang = \"en\"\nlang = \"ru\"\n", 3, "duplicate key", "lang"),
    ("[scan]\nfail-on = high\n", 2, "this is not TOML", "fail-on = high"),
    ("[scan\nlang = \"en\"\n", 1, "this is not TOML", "[scan"),
    ("[deploy]\nmethod = \"vercle\"\n", 2, "`vercle` is no value of `method`", "did you mean `vercel`?"),
    ("[deploy]\nmetod = \"vercel\"\n", 2, "unknown key `metod` in `deploy`", "did you mean `method`?"),
    (
        "extends = [\"nowhere.toml\"]\n",
        1,
        "`extends` cannot use `nowhere.toml`: no such file",
        "name an existing TOML file",
    ),
    ("extends = \"\"\n", 1, "`extends` names nothing", "leave the key out"),
    ("extends = \"readiness.toml\"\n", 1, "readiness.toml -> readiness.toml", "take one of these `extends` out"),
];

const RULES: &[Mistake] = &[
    (
        "[rules.console-usge]\nseverity = \"low\"\n",
        1,
        "there is no rule `console-usge`",
        "did you mean `console-usage`?",
    ),
    ("[rules.console-usage]\nseverity = \"lwo\"\n", 2, "`lwo` is no value of `severity`", "expected one of `critical`"),
    ("[rules.console-usage]\nenabled = \"no\"\n", 2, "`enabled` must be `true` or `false`", "this is a text"),
    ("[rules.console-usage]\nenabled = false\n", 2, "is disabled without a reason", "add `reason = \"...\"`"),
    ("[rules.console-usage]\nreason = \" \"\n", 2, "`reason` must say something", "reason"),
    (
        "[rules.console-usage]\nlevel = 1\n",
        2,
        "unknown key `level`",
        "known keys: `severity`, `enabled`, `reason`, `options`",
    ),
    ("[rules]\nconsole-usage = false\n", 2, "`rules.console-usage` must be a section", "this is `true` or `false`"),
    (
        "[rules.large-source-file.options]\nfile-line = 300\n",
        2,
        "`large-source-file` has no option `file-line`",
        "did you mean `file-lines`?",
    ),
    (
        "[rules.large-source-file.options]\nsize = 300\n",
        2,
        "`large-source-file` has no option `size`",
        "its options: `file-lines`, `function-lines`",
    ),
    (
        "[rules.large-source-file]\noptions = { file-lines = \"many\" }\n",
        2,
        "`file-lines` of `large-source-file` must be a whole number from 100 to 100000",
        "the default is 1000",
    ),
    (
        "[rules.large-source-file]\noptions = { file-lines = 3 }\n",
        2,
        "must be a whole number from 100 to 100000",
        "the default is 1000",
    ),
    (
        "[rules.large-source-file]\noptions = { file-lines = 300.5 }\n",
        2,
        "must be a whole number from 100 to 100000",
        "the default is 1000",
    ),
    (
        "[rules.jwt-no-expiry.options]\nlongest-days = nan\n",
        2,
        "must be a number from 0.01 to 3650",
        "the default is 30",
    ),
    (
        "[rules.license-missing.options]\nkind = 1\n",
        2,
        "`license-missing` has no option `kind`",
        "this rule has no options",
    ),
    (
        "[rules.large-source-file]\noptions = 3\n",
        2,
        "`rules.large-source-file.options` must be a section",
        "this is a number",
    ),
];

const PARTS: &[Mistake] = &[
    (
        "[overrides]\npaths = [\"a\"]\n",
        1,
        "must be a list of sections, each headed `[[overrides]]`",
        "this is a section",
    ),
    (
        "[[overrides]]\nrules.console-usage.severity = \"low\"\n",
        1,
        "says nothing about where it holds",
        "add `paths = [...]`",
    ),
    ("[[overrides]]\npaths = [\"a\"]\n", 1, "changes nothing", "add `rules.RULE.severity = \"low\"`"),
    (
        "[[overrides]]\npath = [\"a\"]\nskip = [\"low\"]\nreason = \"x\"\n",
        2,
        "unknown key `path` in `overrides`",
        "did you mean `paths`?",
    ),
    ("[[overrides]]\npaths = [\"a\"]\nskip = [\"low\"]\n", 1, "skips rules without a reason", "add `reason = \"...\"`"),
    ("[[overrides]]\npaths = [\"a[\"]\nskip = [\"low\"]\nreason = \"x\"\n", 2, "is not a path pattern", "paths"),
    (
        "[[overrides]]\npaths = [\"a\"]\nrules.console-usge.severity = \"low\"\n",
        3,
        "there is no rule `console-usge`",
        "did you mean `console-usage`?",
    ),
    (
        "[[overrides]]\npaths = [\"a\"]\nrules.console-usage.enabled = false\n",
        3,
        "`console-usage` is disabled without a reason",
        "add `reason = \"...\"`",
    ),
    (
        "[[overrides]]\npaths = [\"a\"]\n[overrides.rules.large-source-file]\noptions = { file-lines = 300 }\n",
        4,
        "`options` hold for the whole repository",
        "move them to `[rules.large-source-file.options]`",
    ),
    (
        "[[overrides]]\ncomponents = [\"nowhere\"]\nskip = [\"low\"]\nreason = \"x\"\n",
        2,
        "there is no component `nowhere`",
        "the components are `.`",
    ),
    (
        "[[suppress]]\nrule = \"console-usge\"\nreason = \"x\"\n",
        2,
        "there is no rule `console-usge`",
        "did you mean `console-usage`?",
    ),
    ("[[suppress]]\nrule = \"console-usage\"\n", 1, "`reason` is missing in this `[[suppress]]`", "says why"),
    ("[[suppress]]\nreason = \"x\"\n", 1, "`rule` is missing in this `[[suppress]]`", "names the rule to suppress"),
    (
        "[[suppress]]\nrule = \"console-usage\"\nreason = \"x\"\nuntil = \"31.12.2026\"\n",
        4,
        "`until` must be a date like 2026-12-31",
        "until",
    ),
    ("[[suppress]]\nrule = \"console-usage\"\nreason = \"x\"\nuntil = 2026-02-30\n", 4, "until = 2026-02-30", "error"),
    (
        "[[suppress]]\nrule = \"console-usage\"\nreason = \"x\"\npath = \"a\"\n",
        4,
        "unknown key `path` in `suppress`",
        "did you mean `paths`?",
    ),
    (
        "[suppress]\nrule = \"console-usage\"\n",
        1,
        "must be a list of sections, each headed `[[suppress]]`",
        "this is a section",
    ),
    (
        "[[attest]]\nrule = \"restore-untested\"\non = 2026-01-01\n",
        1,
        "`by` is missing in this `[[attest]]`",
        "says who answers",
    ),
    (
        "[[attest]]\nrule = \"restore-untested\"\nby = \"Ann\"\non = \"soon\"\n",
        4,
        "`on` must be a date like 2026-12-31",
        "on = ",
    ),
    (
        "[[attest]]\nrule = \"restore-untested\"\nby = \"Ann\"\non = 2026-01-01\nhold = true\n",
        5,
        "unknown key `hold` in `attest`",
        "did you mean `holds`?",
    ),
];

const SCORE: &[Mistake] = &[
    ("[score]\ntier = \"publik\"\n", 2, "`publik` is no value of `tier`", "did you mean `public`?"),
    ("[score]\ntier = 2\n", 2, "`tier` must be a text", "this is a number"),
    ("[score]\nteir = \"public\"\n", 2, "unknown key `teir` in `score`", "did you mean `tier`?"),
    ("[score.weights]\nsecurty = 2\n", 2, "there is no category `securty`", "did you mean `security`?"),
    ("[score.weights]\nmagic = 2\n", 2, "there is no category `magic`", "the categories: `architecture-deploy`"),
    ("[score.weights]\nsecurity = 11\n", 2, "`security` must be a number from 0 to 10", "security = 11"),
    ("[score.weights]\nsecurity = -1\n", 2, "`security` must be a number from 0 to 10", "security = -1"),
    ("[score.weights]\nsecurity = \"much\"\n", 2, "`security` must be a number from 0 to 10", "this is a text"),
    ("[score]\nweights = 3\n", 2, "`score.weights` must be a section", "this is a number"),
    ("[report]\nnote = \"x\"\n", 2, "unknown key `note` in `report`", "did you mean `notes`?"),
    ("[report]\nnotes = 3\n", 2, "`notes` must be a text", "this is a number"),
    ("[report]\nnotes = \"\"\n", 2, "`notes` must say something", "notes"),
    (
        "[report]\nnotes-file = \"none.md\"\n",
        2,
        "`notes-file` cannot use `none.md`: no such file",
        "name a short text file",
    ),
    ("[report]\nnotes-file = \"../none.md\"\n", 2, "it leads out of the repository", "name a file in the repository"),
    (
        "[report]\nnotes = \"x\"\nnotes-file = \"none.md\"\n",
        3,
        "the notes stand in the file and beside it",
        "keep either",
    ),
    (
        "[score.weights]\napi-contracts = 0\narchitecture-deploy = 0\nci-cd = 0\ndata-security = 0\ndocumentation = 0\n\
         environments = 0\nobservability = 0\noperations-docs = 0\nperformance = 0\nreliability = 0\nsecurity = 0\n\
         tests-quality = 0\nux = 0\n",
        1,
        "every category weighs nothing",
        "give at least one category a weight above 0",
    ),
];

fn refused(folder: &Path, mistake: &Mistake) {
    let (text, line, what, remedy) = mistake;
    write(folder, "readiness.toml", text);
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    let output = command
        .current_dir(folder)
        .args(["scan", "--report", "json=report.json"])
        .env_remove("READINESS_NO_CONFIG")
        .env_remove("READINESS_CONFIG")
        .output()
        .expect("the program starts");
    let shown = String::from_utf8(output.stderr).expect("output is UTF-8");
    assert_eq!(output.status.code(), Some(2), "{text}{shown}");
    assert!(output.stdout.is_empty(), "{text}");
    assert!(!folder.join("report.json").exists(), "nothing is written: {text}");
    assert!(shown.contains(&format!("--> readiness.toml:{line}:")), "line {line} of {text}{shown}");
    for part in [what, remedy] {
        assert!(shown.contains(part), "`{part}` is not said of {text}{shown}");
    }
}

fn all_refused(mistakes: &[Mistake]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write(folder.path(), "package.json", "{ \"name\": \"shop\" }\n");
    for mistake in mistakes {
        refused(folder.path(), mistake);
    }
}

#[test]
fn mistakes_about_the_scan() {
    all_refused(SCAN);
}

#[test]
fn mistakes_about_rules_and_their_options() {
    all_refused(RULES);
}

#[test]
fn mistakes_about_parts_of_the_repository() {
    all_refused(PARTS);
}

#[test]
fn mistakes_about_the_score_and_the_report() {
    all_refused(SCORE);
}
