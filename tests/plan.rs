//! Plans as a user gets them: an order that works, numbers that come from the report, projections that come true,
//! progress since an older report.

#[expect(dead_code, reason = "no case is laid out here")]
mod common;
#[path = "common/documents.rs"]
mod documents;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use common::write;
use documents::{FEW, expect_harmless, golden, hostile, json, printed, run, shop};
use readiness::plan::Guide;
use serde_json::Value;
use tempfile::TempDir;

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("it is a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is a text")
}

/// All tasks with the number of their phase.
fn tasks(plan: &Value) -> Vec<(u64, &Value)> {
    let phases = list(&plan["phases"]).iter();
    phases
        .flat_map(|phase| {
            let number = phase["number"].as_u64().expect("phases have numbers");
            list(&phase["tasks"]).iter().map(move |task| (number, task))
        })
        .collect()
}

/// A copy of a fixture with everything in git's index.
fn fixture(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let mut paths = Vec::new();
    for entry in walkdir::WalkDir::new(&source).sort_by_file_name() {
        let entry = entry.expect("fixtures can be read");
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&source).expect("it lies inside").to_string_lossy().into_owned();
            let content = fs::read_to_string(entry.path()).expect("fixtures are text");
            write(folder.path(), &path, &common::planted::plant(&content));
            paths.push(path);
        }
    }
    common::track(folder.path(), &paths.iter().map(String::as_str).collect::<Vec<_>>());
    folder
}

fn score(folder: &Path, only: Option<&str>) -> f64 {
    let mut arguments = vec!["scan", "--format", "json", "--fail-on", "never"];
    arguments.extend(only.into_iter().flat_map(|only| ["--only", only]));
    json(folder, &arguments)["summary"]["score"].as_f64().expect("it has a score")
}

#[test]
fn the_guide_names_rules_that_exist_and_goes_in_no_circle() {
    let edges = Guide::embedded().edges();
    let known: BTreeSet<&str> = readiness::catalogue().ids().collect();
    let named = edges.iter().flat_map(|(rule, after)| after.iter().chain([rule]));
    let unknown: Vec<_> = named.filter(|rule| !known.contains(**rule)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    // Rules without anything before them are taken away until nothing is left.
    let mut left: BTreeMap<&str, BTreeSet<&str>> =
        edges.iter().map(|(rule, after)| (*rule, after.iter().copied().collect())).collect();
    loop {
        let blocked: BTreeSet<&str> = left.keys().copied().collect();
        let free: Vec<&str> =
            left.iter().filter(|(_, after)| after.is_disjoint(&blocked)).map(|(rule, _)| *rule).collect();
        if free.is_empty() {
            break;
        }
        for rule in free {
            left.remove(rule);
        }
    }
    assert!(left.is_empty(), "these rules wait for each other: {:?}", left.keys());
}

#[test]
fn dependencies_come_first_and_numbers_come_from_the_report() {
    for name in ["express-bad", "pnpm-monorepo", "fastapi-service"] {
        let folder = fixture(name);
        let plan = json(folder.path(), &["plan", "--format", "json"]);
        let report = json(folder.path(), &["scan", "--format", "json", "--fail-on", "never"]);
        assert_eq!(plan["now"]["score"], report["summary"]["score"], "{name}");
        assert_eq!(plan["now"]["counts"], report["summary"]["counts"], "{name}");

        let mut seen = BTreeSet::new();
        let mut found = BTreeSet::new();
        let (mut effort, mut last_day) = (0, 0);
        for (phase, task) in tasks(&plan) {
            let number = text(&task["number"]);
            assert!(number.starts_with(&format!("{phase}.")), "{number}");
            for needed in list(&task["depends_on"]) {
                assert!(seen.contains(text(needed)), "{name}: {number} comes before {needed}");
            }
            assert!(seen.insert(number), "{number} is given twice");
            let action = list(&report["actions"]).iter().find(|action| action["rule"] == task["rule"]);
            let action = action.expect("every task is a failing rule");
            assert_eq!(task["effort_minutes"], action["effort_minutes"], "{name}: {number}");
            assert_eq!(task["severity"], action["severity"]);
            effort += task["effort_minutes"].as_u64().expect("efforts are numbers");
            let day = task["first_day"].as_u64().expect("open tasks have days");
            assert!(day >= last_day.max(1), "{name}: {number} goes back in time");
            last_day = day;
            found.extend(list(&task["places"]).iter().map(|place| text(&place["fingerprint"]).to_owned()));
        }
        assert_eq!(plan["effort_minutes"].as_u64(), Some(effort));
        assert_eq!(tasks(&plan).len(), list(&report["actions"]).len(), "{name}: every action is a task");
        let open: BTreeSet<String> =
            list(&report["findings"]).iter().map(|it| text(&it["fingerprint"]).to_owned()).collect();
        assert_eq!(found, open, "{name}: every place is a finding");
    }
}

#[test]
fn a_projection_never_falls() {
    let bad = fixture("express-bad");
    let plan = json(bad.path(), &["plan", "--format", "json"]);
    let mut before = plan["now"]["score"].as_f64().expect("it has a score");
    for phase in list(&plan["phases"]) {
        let after = phase["projection"]["score"].as_f64().expect("it has a score");
        assert!(after >= before, "{phase}");
        before = after;
    }
}

#[test]
fn the_last_projection_equals_the_repaired_twin() {
    let (bad, good) = (fixture("express-bad"), fixture("express-good"));
    let statuses = |folder: &TempDir| {
        let report = json(folder.path(), &["scan", "--format", "json", "--fail-on", "never"]);
        let mut by_rule: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for criterion in list(&report["criteria"]) {
            let status = text(&criterion["status"]).to_owned();
            by_rule.entry(text(&criterion["rule"]).to_owned()).or_default().insert(status);
        }
        by_rule
    };
    // What the twin has repaired.
    let (before, after) = (statuses(&bad), statuses(&good));
    let passes = BTreeSet::from(["pass".to_owned()]);
    let repaired: Vec<&str> = before
        .iter()
        .filter(|(rule, statuses)| statuses.contains("fail") && after.get(*rule) == Some(&passes))
        .map(|(rule, _)| rule.as_str())
        .collect();
    assert!(repaired.len() > 10, "{repaired:?}");
    let repaired = repaired.join(",");
    let plan = json(bad.path(), &["plan", "--format", "json", "--only", &repaired]);
    let phases = list(&plan["phases"]);
    let projected = phases.last().expect("there are phases")["projection"]["score"].as_f64();
    assert_eq!(projected, Some(score(good.path(), Some(&repaired))));
    assert!(plan["now"]["score"].as_f64() < projected);
}

#[test]
fn every_phase_of_a_plan_comes_true() {
    let shop = shop();
    let root = shop.path();
    let plan = json(root, &["plan", "--format", "json", "--only", FEW]);
    let repairs: [&[(&str, &str)]; 4] = [
        &[
            (
                "src/auth.js",
                "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET;\nif (!secret) throw new Error(\"JWT_SECRET\");\nexpress().listen(3000, () => secret);\n",
            ),
            (".gitignore", "node_modules\n.env\n.env.*\n"),
        ],
        &[(
            "README.md",
            "# Shop\n\nThe corner shop sells what the neighbourhood needs, from bread to batteries, over a small web interface.\n\n## Start\n\nInstall the dependencies with `npm ci`, set `JWT_SECRET`, and start the server with `node src/auth.js`. It listens on port 3000.\n\n## Tests\n\nRun `npm test`; the tests need no database and take about ten seconds on a laptop.\n",
        )],
        &[
            (
                "SECURITY.md",
                "# Security\n\nReport a vulnerability to security@shop.example; we answer within two working days and tell you when it is repaired. Please do not open a public issue. The latest version receives fixes.\n",
            ),
            (".github/CODEOWNERS", "* @shop/owners\n"),
        ],
        &[(
            "CHANGELOG.md",
            "# Changelog\n\n## 2.1.0\n\n- Orders can be cancelled within an hour.\n\n## 2.0.0\n\n- The first public version.\n",
        )],
    ];
    for (phase, files) in list(&plan["phases"]).iter().zip(repairs) {
        assert!(!list(&phase["tasks"]).is_empty(), "{phase}");
        for (path, content) in files {
            write(root, path, content);
        }
        let real = score(root, Some(FEW));
        assert_eq!(phase["projection"]["score"].as_f64(), Some(real), "phase {}", phase["number"]);
    }
    let done = json(root, &["plan", "--format", "json", "--only", FEW]);
    assert!(tasks(&done).is_empty());
    assert_eq!(done["effort_minutes"], 0);
}

#[test]
fn the_check_of_a_task_fails_until_it_is_finished() {
    let shop = shop();
    let plan = json(shop.path(), &["plan", "--format", "json", "--only", FEW]);
    for (_, task) in tasks(&plan) {
        let command: Vec<&str> = text(&task["verify"]).split(' ').skip(1).collect();
        assert_eq!(run(shop.path(), &command).0, 1, "{command:?}");
    }
    write(shop.path(), "CHANGELOG.md", "# Changelog\n\n## 2.1.0\n\n- Orders can be cancelled within an hour.\n");
    assert_eq!(run(shop.path(), &["scan", ".", "--only", "changelog-missing", "--fail-on", "low"]).0, 0);
}

/// A plan after one of two places and one whole rule were repaired.
fn half_done(shop: &Path) -> String {
    let old = printed(shop, &["scan", "--format", "json", "--only", FEW, "--fail-on", "never"]);
    write(shop, "old.json", &old);
    write(
        shop,
        "src/auth.js",
        "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET;\n\
         const salt = process.env.SESSION_SECRET || \"corner-shop-salt\";\n\
         express().listen(3000, () => [secret, salt]);\n",
    );
    write(shop, "CHANGELOG.md", "# Changelog\n\n## 2.1.0\n\n- Orders can be cancelled within an hour.\n");
    "old.json".to_owned()
}

#[test]
fn an_older_report_ticks_what_is_done() {
    let shop = shop();
    let old = half_done(shop.path());
    let plan = json(shop.path(), &["plan", "--format", "json", "--only", FEW, "--baseline", &old]);
    let all = tasks(&plan);
    let of = |rule: &str| all.iter().find(|(_, task)| task["rule"] == rule).expect("it is planned").1;
    assert_eq!(of("changelog-missing")["state"], "done");
    assert_eq!(of("changelog-missing")["effort_minutes"], 0);
    assert_eq!(of("fallback-secret")["state"], "begun");
    assert_eq!(of("fallback-secret")["mended"], 1);
    assert_eq!(of("fallback-secret")["sites"]["ok"], 1);
    assert_eq!(of("readme-missing")["state"], "open");
    let history = list(&plan["history"]);
    assert_eq!(history.len(), 2);
    assert_eq!(history[0]["resolved"], Value::Null);
    assert_eq!((&history[1]["resolved"], &history[1]["appeared"]), (&2.into(), &0.into()));

    let document = printed(shop.path(), &["plan", "--only", FEW, "--baseline", &old]);
    assert!(document.contains("1 of 2 are done (0 at the first report); 1 of 2 places repaired"), "{document}");
    assert!(document.contains("  - [x] `src/auth.js:2`"), "{document}");
    assert!(document.contains("  - [ ] `src/auth.js:3`"), "{document}");
    assert!(document.contains("### ✅ 4.1."), "{document}");
    let issues = printed(shop.path(), &["plan", "--only", FEW, "--previous", &old, "--format", "issues"]);
    assert!(!issues.contains("\n# 4.1 "), "what is done is no issue any more");
    assert!(issues.contains("- [x] 4.1 "), "and ticked in the overview: {issues}");
}

#[test]
fn what_is_accepted_is_not_done() {
    let shop = shop();
    let old = printed(shop.path(), &["scan", "--format", "json", "--only", FEW, "--fail-on", "never"]);
    write(shop.path(), "old.json", &old);
    write(
        shop.path(),
        "readiness.toml",
        "[[suppress]]\nrule = \"changelog-missing\"\nreason = \"releases are announced elsewhere\"\n",
    );
    let plan = json(shop.path(), &["plan", "--format", "json", "--only", FEW, "--baseline", "old.json"]);
    let all = tasks(&plan);
    let task = all.iter().find(|(_, task)| task["rule"] == "changelog-missing").expect("it is still shown").1;
    assert_eq!(task["state"], "accepted");
    assert_eq!(task["mended"], 0);
}

#[test]
fn wrong_older_reports_are_explained() {
    let shop = shop();
    for (content, said) in [
        ("not JSON", "it is not JSON"),
        ("{}", "it is no report of readiness"),
        ("{\"schema_version\": 99}", "its form is version 99"),
        ("{\"schema_version\": 1}", "it is incomplete"),
    ] {
        write(shop.path(), "old.json", content);
        let (code, stdout, stderr) = run(shop.path(), &["plan", "--baseline", "old.json"]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(stderr.contains("`old.json`") && stderr.contains(said) && stderr.contains("help:"), "{stderr}");
    }
    let (code, _, stderr) = run(shop.path(), &["plan", "--baseline", "nowhere.json"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("`nowhere.json`"), "{stderr}");
}

#[test]
fn tasks_name_where_they_are_talked_about() {
    let shop = shop();
    let plan = json(shop.path(), &["plan", "--format", "json", "--only", FEW]);
    let all = tasks(&plan);
    let task = all.iter().find(|(_, task)| task["rule"] == "fallback-secret").expect("it is planned").1;
    assert!(task.get("references").is_none(), "nobody has said anything");
    let fingerprint = task["places"][0]["fingerprint"].as_str().expect("a place has a fingerprint");
    let links = format!(
        "[rules]\nfallback-secret = \"https://issues.shop-data.net/12\"\n\
         [findings]\n{fingerprint} = \"review-0002, <b>task</b> 1\"\n0000000000000000 = \"gone\"\n"
    );
    write(shop.path(), "links.toml", &links);
    let with = |more: &[&str]| {
        printed(shop.path(), &[&["plan", "--only", FEW, "--link-map", "links.toml"][..], more].concat())
    };
    let shown = "<https://issues.shop-data.net/12>, review-0002, \\<b\\>task\\</b\\> 1";
    for form in [&[][..], &["--template", "sprint"], &["--format", "issues"]] {
        let document = with(form);
        assert!(document.contains(shown) && !document.contains("gone"), "{document}");
    }
    let plan: Value = serde_json::from_str(&with(&["--format", "json"])).expect("it is JSON");
    let all = tasks(&plan);
    let task = all.iter().find(|(_, task)| task["rule"] == "fallback-secret").expect("it is planned").1;
    assert_eq!(list(&task["references"]).len(), 2);
}

#[test]
fn wrong_files_of_links_are_explained() {
    let shop = shop();
    for (content, said) in [
        ("[rules]\nfallback-secrt = \"#1\"\n", "there is no such rule"),
        ("[links]\na = \"b\"\n", "unknown field `links`"),
        ("[rules]\nfallback-secret = 3\n", "expected a string"),
    ] {
        write(shop.path(), "links.toml", content);
        let (code, stdout, stderr) = run(shop.path(), &["plan", "--only", FEW, "--link-map", "links.toml"]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(stderr.contains("`links.toml`") && stderr.contains(said) && stderr.contains("help:"), "{stderr}");
    }
    let (code, _, stderr) = run(shop.path(), &["plan", "--link-map", "nowhere.toml"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("`nowhere.toml`"), "{stderr}");
}

#[test]
fn hostile_names_and_contents_stay_text() {
    let folder = hostile();
    for arguments in [
        &["plan"][..],
        &["plan", "--lang", "ru", "--start", "2026-03-04"],
        &["plan", "--template", "sprint"],
        &["plan", "--format", "issues"],
    ] {
        let document = printed(folder.path(), arguments);
        expect_harmless(&document);
        assert!(document.contains("onerror") || document.contains("script"), "the names are there");
    }
}

#[test]
fn documents_look_like_this() {
    let shop = shop();
    let old = half_done(shop.path());
    let plan = |more: &[&str]| printed(shop.path(), &[&["plan", "--only", FEW, "--date", "2026-03-02"], more].concat());
    golden("plan.en.md", &plan(&["--start", "2026-03-05", "--baseline", &old]));
    golden("plan.ru.md", &plan(&["--lang", "ru", "--hours-per-day", "1"]));
    golden("plan.sprint.ru.md", &plan(&["--template", "sprint", "--lang", "ru", "--baseline", &old]));
    golden("plan.sprint.en.md", &plan(&["--template", "sprint"]));
    golden("plan.issues.en.md", &plan(&["--format", "issues", "--baseline", &old]));
}
