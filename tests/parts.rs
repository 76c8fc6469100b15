//! What a team says of a part of its repository, of single rules, of the score and of its reports.

#[expect(dead_code, reason = "settings need no planted secrets")]
mod common;

use std::path::Path;

use assert_cmd::Command;
use common::{track, write};
use serde_json::Value;
use tempfile::TempDir;

/// Exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("READINESS_") || name.contains("COLOR")) {
            command.env_remove(name);
        }
    }
    let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let (_, stdout, stderr) = run(folder, &[&["scan", "--format", "json", "--jobs", "1"], arguments].concat());
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"))
}

fn list<'r>(report: &'r Value, key: &str) -> &'r [Value] {
    report[key].as_array().unwrap_or_else(|| panic!("{key} is a list"))
}

/// The criterion of a rule in a component.
fn criterion<'r>(report: &'r Value, rule: &str, component: &str) -> &'r Value {
    let mut all = list(report, "criteria").iter();
    all.find(|one| one["rule"] == rule && one["component"] == component)
        .unwrap_or_else(|| panic!("{rule} is asked of {component}"))
}

fn finding<'r>(report: &'r Value, rule: &str, path: &str) -> &'r Value {
    let mut all = list(report, "findings").iter();
    all.find(|one| one["rule"] == rule && one["path"] == path).unwrap_or_else(|| panic!("{rule} finds {path}"))
}

fn diagnostic<'r>(report: &'r Value, kind: &str) -> &'r str {
    let mut all = list(report, "diagnostics").iter();
    let found = all.find(|one| one["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {}", report["diagnostics"]));
    found["message"].as_str().expect("a diagnostic has a message")
}

const SECRET: &str = "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n\
                      express().listen(3000, () => secret);\n";

/// Two services, each with a secret that has a default; one with an old part.
fn shops() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    write(root, "package.json", "{ \"name\": \"shops\", \"private\": true, \"workspaces\": [\"services/*\"] }\n");
    for name in ["api", "web"] {
        let manifest = format!("{{ \"name\": \"@shops/{name}\", \"dependencies\": {{ \"express\": \"^4.21.0\" }} }}\n");
        write(root, &format!("services/{name}/package.json"), &manifest);
        write(root, &format!("services/{name}/src/auth.js"), SECRET);
        write(root, &format!("services/{name}/src/any.ts"), &"export const one: any = 1;\n".repeat(3));
    }
    write(root, "services/web/legacy/auth.js", SECRET);
    track(root, &["package.json"]);
    folder
}

const ONLY: [&str; 4] = ["--only", "fallback-secret,explicit-any,graceful-shutdown-missing", "--fail-on", "never"];

#[test]
fn a_path_has_a_severity_of_its_own() {
    let shops = shops();
    write(
        shops.path(),
        "readiness.toml",
        "[[overrides]]\npaths = [\"services/web/**\"]\nrules.fallback-secret.severity = \"low\"\n",
    );
    let report = report(shops.path(), &ONLY);
    assert_eq!(finding(&report, "fallback-secret", "services/web/legacy/auth.js")["severity"], "low");
    assert_eq!(finding(&report, "fallback-secret", "services/api/src/auth.js")["severity"], "critical");
    assert_eq!(criterion(&report, "fallback-secret", ".")["severity"], "critical", "the worst of what is open");
}

#[test]
fn a_rule_is_disabled_in_a_path_with_a_reason_that_the_report_shows() {
    let shops = shops();
    write(
        shops.path(),
        "readiness.toml",
        "[[overrides]]\npaths = [\"legacy/\"]\n\
         rules.fallback-secret = { enabled = false, reason = \"it is switched off in May\" }\n",
    );
    let report = report(shops.path(), &ONLY);
    let set_aside = &finding(&report, "fallback-secret", "services/web/legacy/auth.js")["suppressed"];
    assert_eq!((&set_aside["by"], &set_aside["reason"]), (&"config".into(), &"it is switched off in May".into()));
    assert!(finding(&report, "fallback-secret", "services/api/src/auth.js")["suppressed"].is_null());
    let entry = &list(&report, "suppressions")[0];
    assert_eq!((&entry["path"], &entry["line"], &entry["matched"]), (&"readiness.toml".into(), &3.into(), &1.into()));
}

#[test]
fn a_component_has_severities_of_its_own_and_is_not_asked_what_it_need_not_answer() {
    let shops = shops();
    write(
        shops.path(),
        "readiness.toml",
        "[[overrides]]\ncomponents = [\"services/web\"]\n\
         rules.explicit-any = { enabled = false, reason = \"it is being rewritten\" }\n\
         [[overrides]]\ncomponents = [\"@shops/api\"]\nrules.explicit-any.severity = \"high\"\n",
    );
    let report = report(shops.path(), &ONLY);
    let web = criterion(&report, "explicit-any", "services/web");
    assert_eq!(web["status"], "not-applicable");
    assert_eq!(web["detail"], "disabled for this component: it is being rewritten");
    assert!(diagnostic(&report, "rule-disabled").contains("`explicit-any` is disabled for `services/web`"));
    let api = criterion(&report, "explicit-any", "services/api");
    assert_eq!((&api["status"], &api["severity"]), (&"fail".into(), &"high".into()));
    assert_eq!(api["default_severity"], "high");
    let open = list(&report, "findings").iter().filter(|one| one["rule"] == "explicit-any");
    assert!(open.clone().all(|one| one["component"] == "services/api" && one["severity"] == "high"));
}

#[test]
fn the_last_entry_for_a_place_wins_and_may_ask_again() {
    let shops = shops();
    write(
        shops.path(),
        "readiness.toml",
        "[rules.fallback-secret]\nenabled = false\nreason = \"not here\"\n\
         [[overrides]]\npaths = [\"services/web\"]\nrules.fallback-secret.enabled = true\n\
         [[overrides]]\npaths = [\"services/web/legacy\"]\nskip = [\"security\"]\nreason = \"old\"\n",
    );
    let report = report(shops.path(), &["--fail-on", "never"]);
    let reason = |path| finding(&report, "fallback-secret", path)["suppressed"]["reason"].clone();
    assert_eq!(reason("services/api/src/auth.js"), "not here");
    assert_eq!(reason("services/web/src/auth.js"), Value::Null);
    assert_eq!(reason("services/web/legacy/auth.js"), "old");
}

#[test]
fn paths_that_match_nothing_are_said_so() {
    let shops = shops();
    let text = "\n[[overrides]]\npaths = [\"servces/**\"]\nrules.fallback-secret.severity = \"low\"\n";
    write(shops.path(), "readiness.toml", text);
    let report = report(shops.path(), &ONLY);
    assert_eq!(diagnostic(&report, "override-unused"), "line 2: no file matches the paths of this `[[overrides]]`");
}

#[test]
fn an_unknown_component_is_an_error_with_those_that_exist() {
    let shops = shops();
    write(
        shops.path(),
        "readiness.toml",
        "[[overrides]]\ncomponents = [\"services/wbe\"]\nrules.fallback-secret.severity = \"low\"\n",
    );
    let (code, stdout, stderr) = run(shops.path(), &["scan"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("error: there is no component `services/wbe`"), "{stderr}");
    assert!(stderr.contains("readiness.toml:2:15") && stderr.contains("did you mean `services/web`?"), "{stderr}");
    assert!(stderr.contains("`services/api`, `services/web`"), "{stderr}");
    // Beside the scanned folder nobody looks.
    write(shops.path(), ".git/HEAD", "ref: refs/heads/main\n");
    let (code, _, stderr) = run(shops.path(), &["scan", "services/api", "--fail-on", "never", "-q"]);
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn an_entry_is_written_for_the_folder_of_its_file() {
    let shops = shops();
    write(
        shops.path(),
        "readiness.toml",
        "[[overrides]]\ncomponents = [\"services/web\"]\nrules.fallback-secret.severity = \"info\"\n",
    );
    let report = report(&shops.path().join("services/web"), &ONLY);
    assert_eq!(finding(&report, "fallback-secret", "src/auth.js")["severity"], "info");
}

#[test]
fn options_move_the_thresholds_of_rules() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    write(root, "package.json", "{ \"name\": \"shop\", \"dependencies\": { \"express\": \"^4.21.0\" } }\n");
    write(root, "README.md", "# Shop\n\nSells tea.\n\nRun it with npm start.\n");
    let long = "export const tea = (price: number) => price;\n".repeat(300);
    write(root, "src/long.ts", &long);
    write(
        root,
        "src/server.js",
        "const express = require(\"express\");\nconst bcrypt = require(\"bcrypt\");\nconst jwt = require(\"jsonwebtoken\");\n\
         const app = express();\napp.use(express.json({ limit: \"5mb\" }));\n\
         app.post(\"/login\", async (req, res) => {\n  const hash = await bcrypt.hash(req.body.password, 11);\n\
         \x20 res.json({ hash, token: jwt.sign({ id: 1 }, process.env.KEY, { expiresIn: \"20d\" }) });\n});\n\
         app.listen(3000);\n",
    );
    track(root, &["package.json", "README.md", "src/long.ts", "src/server.js"]);
    let rules = "large-source-file,request-body-limit-missing,password-hashing-weak,jwt-no-expiry,env-example-missing";
    let only = ["--only", rules, "--fail-on", "never"];
    let status = |report: &Value, rule: &str| {
        let all = list(report, "criteria").iter().filter(|one| one["rule"] == rule);
        let mut states: Vec<String> = all.map(|one| one["status"].as_str().unwrap_or_default().to_owned()).collect();
        states.sort();
        states.dedup();
        states.join(" ")
    };
    let before = report(root, &only);
    for rule in ["large-source-file", "request-body-limit-missing", "password-hashing-weak", "jwt-no-expiry"] {
        assert_eq!(status(&before, rule), "pass", "{rule}");
    }
    assert_eq!(status(&before, "env-example-missing"), "not-applicable");
    write(
        root,
        "readiness.toml",
        "[rules.large-source-file]\noptions = { file-lines = 200 }\n[rules.request-body-limit-missing.options]\n\
         largest-megabytes = 1\n[rules.password-hashing-weak.options]\nbcrypt-rounds = 12\n\
         [rules.jwt-no-expiry.options]\nlongest-days = 7.5\n[rules.env-example-missing.options]\nvariables = 1\n",
    );
    let after = report(root, &only);
    for rule in [
        "large-source-file",
        "request-body-limit-missing",
        "password-hashing-weak",
        "jwt-no-expiry",
        "env-example-missing",
    ] {
        assert_eq!(status(&after, rule), "fail", "{rule}");
    }
    let detail = criterion(&after, "large-source-file", ".")["detail"].as_str().unwrap_or_default();
    assert_eq!(detail, "1 file above 200 lines, 0 functions above 150");
}

#[test]
fn explain_shows_the_options_of_a_rule() {
    let here = Path::new(".");
    let flat = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let english = flat(run(here, &["explain", "large-source-file"]).1);
    for part in ["file-lines", "a whole number from 100 to 100000", "default 1000", "[rules.large-source-file.options]"]
    {
        assert!(english.contains(part), "{part}: {english}");
    }
    let russian = flat(run(here, &["explain", "large-source-file", "--lang", "ru"]).1);
    assert!(russian.contains("Больше скольких строк файл слишком велик"), "{russian}");
}

#[test]
fn weights_move_the_score_and_the_report_says_so() {
    let shops = shops();
    let all = ["--fail-on", "never"];
    let standard = report(shops.path(), &all);
    assert!(standard.get("basis").is_none());
    write(shops.path(), "readiness.toml", "[score.weights]\nsecurity = 5\nux = 0\n");
    let weighted = report(shops.path(), &all);
    assert_ne!(standard["summary"]["score"], weighted["summary"]["score"]);
    assert_eq!(weighted["basis"]["weights"]["security"], 5.0);
    let (_, shown, _) = run(shops.path(), &["scan", "--fail-on", "never"]);
    assert!(shown.contains("the weights are the team's own: security 5, ux 0"), "{shown}");
    let said = diagnostic(&weighted, "score-weights");
    assert_eq!(said, "line 2: the categories do not weigh what is standard (1 each): security 5, ux 0");
    let reports = tempfile::tempdir().expect("a temporary folder can be made");
    write(reports.path(), "old.json", &standard.to_string());
    write(reports.path(), "new.json", &weighted.to_string());
    let (code, stdout, stderr) = run(reports.path(), &["compare", "old.json", "new.json"]);
    assert_eq!(code, 0, "{stderr}");
    let stdout = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(stdout.contains("the rubric differs"), "{stdout}");
    let (_, plan, _) = run(shops.path(), &["plan", "--format", "json"]);
    assert!(plan.contains(&format!("{}", weighted["summary"]["score"])), "the plan uses the same weights");
}

#[test]
fn a_tier_says_which_criteria_apply() {
    let shops = shops();
    let status = |report: &Value, rule: &str| criterion(report, rule, ".")["status"].clone();
    write(shops.path(), "readiness.toml", "[score]\ntier = \"prototype\"\n");
    let prototype = report(shops.path(), &["--fail-on", "never"]);
    assert_eq!(status(&prototype, "runbook-missing"), "not-applicable");
    assert_eq!(
        criterion(&prototype, "runbook-missing", ".")["detail"],
        "a repository of the tier `prototype` need not answer it"
    );
    assert_eq!(status(&prototype, "fallback-secret"), "fail");
    assert_eq!((&prototype["partial"], &prototype["basis"]["tier"]), (&false.into(), &"prototype".into()));
    assert!(diagnostic(&prototype, "score-tier").starts_with("line 2: the tier is `prototype`"));
    // Beside every verdict stands what it is worth.
    for format in ["terminal", "markdown", "html", "github-summary"] {
        let (_, shown, stderr) = run(shops.path(), &["scan", "--format", format, "--fail-on", "never"]);
        assert!(shown.contains("asked is what the tier asks: prototype"), "{format}: {shown}{stderr}");
    }
    // Whoever enables a rule is asked it in every tier.
    write(shops.path(), "readiness.toml", "[score]\ntier = \"prototype\"\n[rules.runbook-missing]\nenabled = true\n");
    assert_eq!(status(&report(shops.path(), &["--fail-on", "never"]), "runbook-missing"), "fail");
    // The most demanding tier asks what is asked without one.
    write(shops.path(), "readiness.toml", "[score]\ntier = \"regulated\"\n");
    let regulated = report(shops.path(), &["--fail-on", "never"]);
    std::fs::remove_file(shops.path().join("readiness.toml")).expect("it was written");
    let without = report(shops.path(), &["--fail-on", "never"]);
    assert_eq!(regulated["summary"]["score"], without["summary"]["score"]);
    assert_eq!(regulated["summary"]["criteria"], without["summary"]["criteria"]);
    assert_eq!(regulated["findings"], without["findings"]);
}

#[test]
fn tiers_never_leave_out_what_endangers_people() {
    use readiness::model::{Categories, Severity, Tier, Tiers};
    let tiers = Tiers::embedded();
    let entries = readiness::catalogue().entries();
    for entry in entries {
        let meta = &entry.meta;
        let grave = meta.severity == Severity::Critical && meta.category == "security"
            || meta.severity == Severity::Critical && meta.category == "data-security" && !meta.id.contains("recovery");
        assert!(!(grave && tiers.leaves_out(Tier::Prototype, meta)), "{}", meta.id);
        assert!(!tiers.leaves_out(Tier::Regulated, meta), "{}", meta.id);
    }
    for tier in &tiers.all {
        for rule in &tier.rules {
            assert!(entries.iter().any(|entry| entry.meta.id == *rule), "{rule}");
        }
        for category in &tier.categories {
            assert!(Categories::embedded().get(category).is_some(), "{category}");
        }
    }
}

#[test]
fn notes_are_quoted_in_the_documents() {
    let shops = shops();
    let text = "[report]\nnotes = \"\"\"\n## Not ours\nThe bridge to the till is <b>frozen</b> until March.\n\"\"\"\n";
    write(shops.path(), "readiness.toml", text);
    for template in ["review", "audit"] {
        let arguments = ["scan", "--format", "markdown", "--template", template, "--fail-on", "never"];
        let (_, stdout, stderr) = run(shops.path(), &arguments);
        let quoted =
            "Notes of the team\n\n> ## Not ours\n> The bridge to the till is &lt;b>frozen&lt;/b> until March.\n";
        assert!(stdout.contains(quoted), "{stdout}{stderr}");
    }
    let (_, page, _) = run(shops.path(), &["scan", "--format", "html", "--fail-on", "never"]);
    assert!(page.contains("<p>The bridge to the till is &lt;b&gt;frozen&lt;&#x2f;b&gt; until March.</p>"), "{page}");
    write(shops.path(), "docs/notes.md", "From a file.\n");
    write(shops.path(), "readiness.toml", "[report]\nnotes-file = \"docs/notes.md\"\n");
    assert_eq!(report(shops.path(), &ONLY)["notes"], "From a file.");
}

#[test]
fn every_option_is_read_documented_and_within_its_range() {
    use readiness::model::OptionValue;
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_to_string(project.join("docs/guide/configuration.md")).expect("the guide is there");
    for entry in readiness::catalogue().entries() {
        let meta = &entry.meta;
        let folder = project.join("src/rules").join(meta.category.replace('-', "_"));
        let file = folder.join(meta.id.replace('-', "_"));
        for (name, option) in &meta.options {
            let read = [file.with_extension("rs"), file.join("mod.rs")]
                .iter()
                .any(|path| std::fs::read_to_string(path).is_ok_and(|code| code.contains(&format!("(\"{name}\")"))));
            assert!(read, "{}: nobody reads `{name}`", meta.id);
            assert!(guide.contains(&format!("| `{}` | `{name}` |", meta.id)), "{}: `{name}` is in no guide", meta.id);
            let number = match option.default {
                OptionValue::Whole(number) => f64::from(u32::try_from(number).expect("a threshold is small")),
                OptionValue::Number(number) => number,
                _ => continue,
            };
            assert!(option.holds(number), "{}: the default of `{name}`", meta.id);
            assert!(!option.en.ends_with('.') && option.ru.chars().any(|c| ('а'..='я').contains(&c)), "{name}");
        }
    }
}
