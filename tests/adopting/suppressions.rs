//! Suppressions: read from comments alone, with an end, within what the team allows, and all of them listed.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use super::{commit, read, report, run, shop, write};

/// Path and content: `REAL` is a comment that suppresses, `FAKE` is the same text where it is none.
const LANGUAGES: &[(&str, &str)] = &[
    ("src/a.ts", "const a = `\n// FAKE\n`;\nconst b = '// FAKE'; // REAL\n/* REAL */\n"),
    ("src/a.tsx", "export const A = () => <p title=\"// FAKE\">{/* REAL */} // FAKE</p>;\n"),
    ("src/a.js", "const r = /\\/\\/ FAKE/; // REAL\n"),
    ("src/a.py", "\"\"\"\n# FAKE\n\"\"\"\na = '# FAKE'  # REAL\n"),
    ("a.yaml", "run: |\n  # FAKE\n  echo\nname: \"# FAKE\" # REAL\n"),
    ("no-comment.yaml", "run: |\n  # FAKE\n  echo\n"),
    ("docker-compose.yml", "services:\n  web:\n    image: nginx:1.27 # REAL\n    command: '# FAKE'\n"),
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      # REAL\n      - run: |\n          # FAKE\n          true\n",
    ),
    ("Dockerfile", "# REAL\nFROM alpine:3.20\nRUN <<EOF\n# FAKE\ntrue\nEOF\nRUN echo ' # FAKE'\n"),
    ("db/a.sql", "-- REAL\nINSERT INTO t VALUES ('it''s -- FAKE', '\n-- FAKE\n'); /* REAL */\n"),
    ("run.sh", "#!/bin/sh\ncat <<EOF\n# FAKE\nEOF\necho ' # FAKE' \" # FAKE\" # REAL\n"),
    ("a.toml", "# REAL\na = \"\"\"\n# FAKE\n\"\"\"\nb = '# FAKE'\n"),
    (
        "a.html",
        "<!-- REAL -->\n<p title=\"<!-- FAKE -->\">// FAKE</p>\n<script>\nlet a = \"// FAKE\"; // REAL\n</script>\n",
    ),
    ("src/A.vue", "<template><!-- REAL --></template>\n<script>\nexport default { a: '// FAKE' } // REAL\n</script>\n"),
    ("schema.prisma", "// REAL\nmodel A {\n  id String @default(\"// FAKE\")\n}\n"),
    ("main.tf", "# REAL\nlocals {\n  a = \"# FAKE\"\n  b = <<-EOT\n    # FAKE\n  EOT\n}\n"),
    ("src/A.java", "// REAL\nclass A { String a = \"// FAKE\"; String b = \"\"\"\n  // FAKE\n  \"\"\"; }\n"),
    ("main.go", "package main\n\nvar a = `\n// FAKE\n` // REAL\n"),
    ("src/a.rs", "fn f<'a>(x: &'a str) {} // REAL\nconst A: &str = \"\n// FAKE\n\";\n"),
    ("a.php", "<?php\n$a = '# FAKE'; # REAL\n"),
    ("a.rb", "a = \"# FAKE\" # REAL\n"),
    ("a.css", "/* REAL */\na { content: \"/* FAKE */\"; }\n"),
    ("README.md", "<!-- REAL -->\n\n```html\n<!-- FAKE -->\n```\n\n`// FAKE`\n"),
    ("tsconfig.json", "{\n  // REAL\n  \"a\": \"// FAKE\"\n}\n"),
    (".env.example", "# REAL\nA=\"\n# FAKE\n\"\n"),
];

#[test]
fn they_are_read_from_comments_and_never_from_strings() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    let mut expected = BTreeMap::new();
    for (path, content) in LANGUAGES {
        let text = |word: &str| format!("readiness: ignore[console-usage] {word}");
        write(root, path, &content.replace("REAL", &text("real")).replace("FAKE", &text("fake")));
        if content.contains("REAL") {
            expected.insert((*path).to_owned(), vec!["real"; content.matches("REAL").count()]);
        }
    }
    let listed = listed(root, &[]);
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in &listed {
        let reason = one["reason"].as_str().expect("a reason");
        found
            .entry(one["path"].as_str().expect("a path").to_owned())
            .or_default()
            .push(reason.split(' ').next().unwrap_or(""));
    }
    assert_eq!(found, expected);
}

fn listed(root: &Path, arguments: &[&str]) -> Vec<Value> {
    let (code, stdout, stderr) = run(root, &[&["suppressions", "--format", "json"], arguments].concat());
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).expect("a list")
}

/// Puts a comment above the finding of a module.
fn ignore(root: &Path, module: &str, comment: &str) {
    let path = format!("src/orders/{module}.js");
    write(root, &path, &read(root, &path).replace("  console", &format!("  // readiness: {comment}\n  console")));
}

#[test]
fn a_comment_holds_until_its_last_day() {
    let shop = shop(1);
    let root = shop.path();
    ignore(root, "m000", "ignore[console-usage] until=2026-06-30 the logger comes in June");
    assert_eq!(run(root, &["-q", "--date", "2026-06-30"]).0, 0);
    let (code, stdout, stderr) = run(root, &["--date", "2026-07-01"]);
    assert_eq!(code, 1, "the finding is back");
    assert!(stdout.contains("low[suppression-expired]: the suppression of `console-usage` has expired on"), "{stdout}");
    assert!(stderr.contains("1 open criterion at or above low: console-usage\n"), "not the suppression: {stderr}");
    let late = report(root, &["--date", "2026-07-01"]);
    assert_eq!(
        (&late["suppressions"][0]["state"], &late["suppressions"][0]["expires"]),
        (&"expired".into(), &"2026-06-30".into())
    );
}

#[test]
fn what_does_not_work_is_a_finding_of_its_own_with_a_policy_of_its_own() {
    let shop = shop(4);
    let root = shop.path();
    let before = report(root, &[])["summary"]["score"].clone();
    ignore(root, "m000", "ignore[console-usage]");
    ignore(root, "m001", "ignore[console-usge] a banner");
    ignore(root, "m002", "ignore[console-usage] until=soon a banner");
    write(root, "src/quiet.js", "// readiness: ignore[console-usage] nothing logs here\nexports.a = 1;\n");
    let settings = read(root, "readiness.toml").replace("\"low\"", "\"critical\"");
    write(root, "readiness.toml", &settings);
    let broken = report(root, &[]);
    let about: Vec<(String, String)> = broken["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["category"] == "tests-quality")
        .map(|one| (one["rule"].as_str().unwrap_or("").to_owned(), one["message"].as_str().unwrap_or("").to_owned()))
        .collect();
    let said = |rule: &str, message: &str| (rule.to_owned(), message.to_owned());
    let nothing = "this suppresses nothing";
    assert_eq!(
        about,
        [
            said(
                "suppression-refused",
                &format!("{nothing}: the reason is missing; write `readiness: ignore[rule-id] reason`")
            ),
            said(
                "suppression-refused",
                &format!("{nothing}: there is no rule `console-usge`; did you mean `console-usage`?")
            ),
            said("suppression-refused", &format!("{nothing}: `soon` is no day; write `until=2026-12-31`")),
            said("suppression-unused", "it suppresses nothing of `console-usage`"),
        ]
    );
    assert_eq!(broken["summary"]["score"], before, "they weigh nothing");
    for format in
        ["terminal", "json", "markdown", "html", "sarif", "junit", "github", "github-summary", "gitlab", "agent"]
    {
        let (code, stdout, _) = run(root, &["--format", format]);
        assert_eq!(code, 0);
        assert!(stdout.contains("suppression-refused") && stdout.contains("suppression-unused"), "{format}: {stdout}");
    }

    write(root, "readiness.toml", &format!("{settings}\n[suppressions]\nfail-on = [\"refused\", \"unused\"]\n"));
    let (code, _, stderr) = run(root, &["-q"]);
    assert_eq!((code, stderr.as_str()), (1, ""));
    let (_, _, stderr) = run(root, &[]);
    assert!(stderr.contains("suppressions that are refused: 3: src/orders/m000.js:2, "), "{stderr}");
    assert!(stderr.contains("suppressions that are unused: 1: src/quiet.js:1"), "{stderr}");
}

#[test]
fn the_team_says_what_may_be_suppressed() {
    let shop = shop(3);
    let root = shop.path();
    ignore(root, "m000", "ignore[console-usage] a banner");
    ignore(root, "m001", "ignore[console-usage] until=2026-03-01 a banner");
    ignore(root, "m002", "ignore[console-usage] until=2027-03-01 a banner");
    let settings = read(root, "readiness.toml");
    let states = |policy: &str| -> Vec<String> {
        write(root, "readiness.toml", &format!("{settings}\n[suppressions]\n{policy}\n"));
        let all = listed(root, &["--date", "2026-02-01"]);
        all.iter().map(|one| one["state"].as_str().expect("a state").to_owned()).collect()
    };
    assert_eq!(states(""), ["used", "used", "used"]);
    assert_eq!(states("require-until = true"), ["refused", "used", "used"]);
    assert_eq!(states("max-days = 90"), ["refused", "used", "refused"]);
    assert_eq!(states("[[suppressions.forbid]]\nseverity = \"high\""), ["used", "used", "used"]);
    assert_eq!(
        states("[[suppressions.forbid]]\nseverity = \"low\"\npaths = [\"m001.js\"]"),
        ["used", "refused", "used"]
    );
    assert_eq!(states("[[suppressions.forbid]]\npaths = [\"src/\"]"), ["refused", "refused", "refused"]);
    let problem = listed(root, &["--date", "2026-02-01"])[0]["problem"].clone();
    assert_eq!(problem, "this suppresses nothing: the configuration forbids to suppress this");
    assert_eq!(run(root, &["-q"]).0, 1, "the findings are open");
}

#[test]
fn a_wrong_policy_is_shown_with_its_lines() {
    let shop = shop(0);
    let root = shop.path();
    for (policy, said) in [
        ("max-days = 0", "`max-days` must be a number of days, at least 1"),
        ("require-until = \"yes\"", "`require-until` must be `true` or `false`"),
        ("fail-on = [\"expird\"]", "did you mean `expired`?"),
        ("forbit = []", "did you mean `forbid`?"),
        ("[[suppressions.forbid]]\nseverity = \"hihg\"", "did you mean `high`?"),
        ("forbid = [\"high\"]", "each headed `[[suppressions.forbid]]`"),
    ] {
        write(root, "readiness.toml", &format!("[suppressions]\n{policy}\n"));
        let (code, stdout, stderr) = run(root, &[]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{policy}");
        assert!(stderr.contains(said) && stderr.contains("readiness.toml:"), "{stderr}");
    }
}

#[test]
fn all_are_listed_with_age_and_author() {
    let shop = shop(2);
    let root = shop.path();
    ignore(root, "m000", "ignore[console-usage] a banner");
    commit(root);
    write(root, "src/orders/m000.js", &format!("// moved\n{}", read(root, "src/orders/m000.js")));
    ignore(root, "m001", "ignore[console-usage] not committed yet");
    write(
        root,
        "readiness.toml",
        "[[suppress]]\nrule = \"console-usage\"\npaths = [\"scripts/\"]\nreason = \"scripts print\"\nuntil = 2026-01-15\n",
    );
    let all = listed(root, &["--date", "2026-01-20"]);
    let fields = |index: usize| {
        ["path", "line", "state", "until", "since", "age_days", "author"].map(|name| all[index][name].to_string())
    };
    assert_eq!(all.len(), 3);
    assert_eq!(fields(0), ["\"readiness.toml\"", "1", "\"expired\"", "\"2026-01-15\"", "null", "null", "null"]);
    assert_eq!(fields(1), ["\"src/orders/m000.js\"", "3", "\"used\"", "null", "\"2026-01-10\"", "10", "\"Ann\""]);
    assert_eq!(fields(2)[4..], ["null", "null", "null"]);
    let (code, table, _) = run(root, &["suppressions", "--date", "2026-01-20"]);
    assert_eq!(code, 0);
    let row = table.lines().find(|line| line.contains("m000.js:3")).expect("a row");
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["src/orders/m000.js:3", "console-usage", "used", "10 d", "Ann", "a banner"]);
}

/// Commits everything as `author` on `day`.
fn commit_as(root: &Path, author: &str, day: &str) {
    super::git(root, &["add", "--all"]);
    let (author, date) = (format!("--author={author} <{author}@example.org>"), format!("--date={day}T12:00:00Z"));
    super::git(root, &["commit", "--quiet", "--message", "work", &author, &date]);
}

#[test]
fn age_and_author_follow_a_renamed_file() {
    let shop = shop(1);
    let root = shop.path();
    let filled = (0..20).map(|line| format!("exports.step{line} = {line};\n")).collect::<Vec<_>>().concat();
    write(root, "src/orders/m000.js", &format!("{filled}{}", read(root, "src/orders/m000.js")));
    ignore(root, "m000", "ignore[console-usage] a banner");
    commit_as(root, "Bob", "2026-01-02");
    let rename = |from: &str, to: &str, edit: (&str, &str)| {
        let text = read(root, from).replace(edit.0, edit.1);
        std::fs::remove_file(root.join(from)).expect("it is there");
        write(root, to, &text);
    };
    rename("src/orders/m000.js", "src/orders/order.js", ("", ""));
    commit_as(root, "Cleo", "2026-01-03");
    rename("src/orders/order.js", "lib/deep/order.js", ("exports.step7 = 7;", "exports.step7 = 70;"));
    commit_as(root, "Dan", "2026-01-04");
    rename("lib/deep/order.js", "lib/deep/orders.js", ("exports.step8 = 8;", "exports.step8 = 80;"));
    let author = |root: &Path, date: &str| {
        let all = listed(root, &["--date", date]);
        (all[0]["path"].clone(), all[0]["author"].clone(), all[0]["since"].clone())
    };
    assert_eq!(author(root, "2026-02-01").1, Value::Null, "the last rename is not committed");
    commit_as(root, "Eve", "2026-01-05");
    let (path, by, since) = author(root, "2026-02-01");
    assert_eq!((path, by), ("lib/deep/orders.js".into(), "Bob".into()));
    // The day is that of the commit, which these tests hold still.
    assert_eq!(since, "2026-01-10");
    assert_eq!(author(&root.join("lib"), "2026-02-01").1, "Bob", "from a folder below");

    // A comment that came with a rename is the renamer's.
    rename("lib/deep/orders.js", "lib/orders.js", ("a banner", "a banner of the shop"));
    commit_as(root, "Fay", "2026-01-06");
    assert_eq!(author(root, "2026-02-01").1, "Fay");
    // What is like no file before is new.
    write(root, "lib/orders.js", "// readiness: ignore[console-usage] a banner of the shop\nconsole.log(1);\n");
    std::fs::rename(root.join("lib/orders.js"), root.join("lib/banner.js")).expect("it can be renamed");
    commit_as(root, "Gil", "2026-01-07");
    assert_eq!(author(root, "2026-02-01").1, "Gil");
}
