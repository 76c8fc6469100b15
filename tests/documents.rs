//! Checklists, go/no-go decisions and the templates of the report as a user gets them.

#[expect(dead_code, reason = "no case is laid out here")]
mod common;
#[path = "common/documents.rs"]
mod documents;

use std::{collections::BTreeSet, path::Path};

use common::write;
use documents::{FEW, expect_harmless, golden, hostile, json, printed, run, shop};
use readiness::checklist::Guide;
use serde_json::Value;

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("it is a list")
}

fn report(folder: &Path) -> Value {
    json(folder, &["scan", "--format", "json", "--fail-on", "never"])
}

/// Questions for people and rules about the shop.
const SOME: &str = "fallback-secret,security-md-missing,restore-untested,load-test-passed,oncall-missing,\
                    dockerfile-missing,dockerfile-user-missing,broken-import,ci-workflow-missing,ci-tests-not-run";

#[test]
fn the_checklist_names_rules_that_exist() {
    let known: BTreeSet<&str> = readiness::catalogue().ids().collect();
    let groups = Guide::embedded().sections.iter().flat_map(|section| &section.groups);
    let unknown: Vec<_> = groups.flat_map(|group| &group.rules).filter(|rule| !known.contains(rule.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_question_of_the_catalogue_has_its_place_in_the_checklist() {
    let groups = || Guide::embedded().sections.iter().flat_map(|section| &section.groups);
    let named: BTreeSet<&str> = groups().flat_map(|group| &group.rules).map(String::as_str).collect();
    let entries = readiness::catalogue().entries();
    let mandatory = entries.iter().filter(|entry| entry.meta.mandatory).map(|entry| entry.meta.id.as_str());
    let missing: Vec<&str> = mandatory.filter(|rule| !named.contains(rule)).collect();
    assert!(missing.is_empty(), "a gate insists on {missing:?}");
}

#[test]
fn boxes_are_ticked_by_verdicts_and_nothing_else() {
    let shop = shop();
    write(
        shop.path(),
        "readiness.toml",
        "[[attest]]\nrule = \"oncall-missing\"\nby = \"Ann\"\non = 2026-03-01\nnote = \"took 12 minutes\"\n\
         [[attest]]\nrule = \"load-test-passed\"\nby = \"Bob\"\non = 2026-03-01\nholds = false\n",
    );
    let report = report(shop.path());
    let document = printed(shop.path(), &["checklist"]);
    let mut seen = 0;
    for line in document.lines().filter(|line| line.starts_with("- [")) {
        let ticked = line.starts_with("- [x]");
        // The rule stands in brackets behind the title.
        let rule = line.split("(`").nth(1).and_then(|rest| rest.split("`)").next());
        let criteria = list(&report["criteria"]).iter();
        let own: Vec<&Value> = criteria.filter(|criterion| rule == criterion["rule"].as_str()).collect();
        if own.is_empty() {
            assert!(!ticked, "only people tick this: {line}");
            continue;
        }
        seen += 1;
        let holds = own.iter().all(|criterion| match criterion["status"].as_str() {
            Some("pass") => true,
            Some("not-applicable") => criterion["parent"].is_null(),
            Some("manual") => criterion["attestation"]["holds"] == true,
            _ => false,
        });
        assert_eq!(ticked, holds, "{line}");
    }
    assert!(seen > 30, "{document}");
    assert!(document.contains("✅ confirmed: Ann, 2026-03-01, took 12 minutes"), "{document}");
    assert!(document.contains("❌ does not hold: Bob, 2026-03-01"), "{document}");
    assert!(document.contains("**CRITICAL**: `JWT_SECRET` falls back to a literal (`src/auth.js:2`), 1 more place"));
}

#[test]
fn sections_can_be_chosen() {
    let shop = shop();
    let document = printed(shop.path(), &["checklist", "--section", "rollback,env"]);
    assert!(document.contains("## Going back") && document.contains("## Environment variables"), "{document}");
    assert!(!document.contains("## Before the deployment") && !document.contains("## The day"), "{document}");
}

#[test]
fn the_checklist_of_the_scan_is_the_same() {
    let shop = shop();
    let own = printed(shop.path(), &["checklist"]);
    let scan = ["scan", "--format", "markdown", "--template", "checklist", "--fail-on", "never"];
    assert_eq!(printed(shop.path(), &scan), own);
}

#[test]
fn platforms_and_variables_are_those_of_the_repository() {
    let shop = shop();
    let before = printed(shop.path(), &["checklist"]);
    assert!(!before.contains("vercel rollback"), "{before}");
    assert!(before.contains("- [ ] `JWT_SECRET` — **SECRET**"), "{before}");
    write(shop.path(), "vercel.json", "{ \"version\": 2 }\n");
    write(shop.path(), ".env.example", "PORT=3000\nSTRIPE_KEY=\n");
    write(shop.path(), "src/port.js", "module.exports = process.env.PORT || 3000;\n");
    let after = printed(shop.path(), &["checklist"]);
    assert!(after.contains("`vercel rollback DEPLOYMENT_URL`"), "{after}");
    let optional = after.find("### Optional").expect("there is a default");
    assert!(after[optional..].contains("- [ ] `PORT`"), "{after}");
    assert!(after[..optional].contains("- [ ] `JWT_SECRET`"), "a secret is critical, default or not: {after}");
}

#[test]
fn the_decision_names_every_point_and_sets_the_exit_code() {
    let shop = shop();
    for target in ["staging", "production"] {
        let (code, _, stderr) = run(shop.path(), &["scan", "--gate", target, "--fail-on", "never"]);
        assert_eq!(code, 1, "{stderr}");
        assert!(stderr.starts_with(&format!("Go/no-go for {target}: NO-GO\n  ✓ every rule was asked\n")), "{stderr}");
        assert!(
            stderr.contains("  ✗ no CRITICAL criterion fails: 2 (deploy-method-missing, fallback-secret)"),
            "{stderr}"
        );
        assert_eq!(stderr.contains("  ✗ no HIGH criterion fails"), target == "production", "{stderr}");
        assert_eq!(stderr.contains("[load-test-passed]: not confirmed"), target == "production", "{stderr}");
    }
    let (code, _, stderr) = run(shop.path(), &["scan", "--gate", "production", "--quiet", "--fail-on", "never"]);
    assert_eq!((code, stderr.as_str()), (1, ""));
    let (code, _, stderr) = run(shop.path(), &["scan", "--gate", "nowhere"]);
    assert_eq!(code, 2, "{stderr}");
}

#[test]
fn a_part_of_the_rules_is_never_a_go() {
    let shop = shop();
    let arguments = ["scan", "--gate", "staging", "--only", "broken-import"];
    let (code, _, stderr) = run(shop.path(), &arguments);
    assert_eq!(code, 1);
    assert!(stderr.contains("✗ every rule was asked"), "{stderr}");
}

#[test]
fn the_decision_and_the_verdict_agree() {
    let library = tempfile::tempdir().expect("a temporary folder can be made");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/library");
    for entry in walkdir::WalkDir::new(&source) {
        let entry = entry.expect("fixtures can be read");
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&source).expect("it lies inside").to_string_lossy().into_owned();
            write(library.path(), &path, &std::fs::read_to_string(entry.path()).expect("fixtures are text"));
        }
    }
    let shop = shop();
    for folder in [shop.path(), library.path()] {
        let verdict = report(folder)["summary"]["verdict"].as_str().expect("it is a text").to_owned();
        let rank = ["not-assessed", "not-ready", "staging", "production", "hardened"];
        let rank = rank.iter().position(|name| *name == verdict).expect("verdicts are known");
        for (least, target) in [(2, "staging"), (3, "production")] {
            let (code, _, stderr) = run(folder, &["scan", "--gate", target, "--fail-on", "never"]);
            assert_eq!(code == 0, rank >= least, "{verdict}: {stderr}");
        }
    }
}

#[test]
fn every_number_of_an_audit_is_in_the_report() {
    let shop = shop();
    let report = report(shop.path());
    let scan = ["scan", "--format", "markdown", "--template", "audit", "--fail-on", "never"];
    let audit = printed(shop.path(), &scan);
    let hundred = |score: &Value| format!("{:.0}/100", (score.as_f64().expect("it is a number") * 10.0).round());
    assert!(audit.contains(&format!("**Overall readiness: {}**", hundred(&report["summary"]["score"]))), "{audit}");
    for category in list(&report["categories"]) {
        if !category["score"].is_null() {
            let row =
                format!("| {} | {} |", category["name"].as_str().expect("it has a name"), hundred(&category["score"]));
            assert!(audit.contains(&row), "{row}");
        }
    }
    for action in list(&report["actions"]) {
        let rule = action["rule"].as_str().expect("it has a rule");
        assert!(audit.contains(&format!("`{rule}`")), "{rule} is nowhere");
    }
    let plan = json(shop.path(), &["plan", "--format", "json"]);
    for phase in list(&plan["phases"]) {
        assert!(audit.contains(&format!("| {} |", hundred(&phase["projection"]["score"]))), "{phase}");
    }
}

#[test]
fn hostile_names_and_contents_stay_text() {
    let folder = hostile();
    for arguments in [
        &["checklist"][..],
        &["checklist", "--lang", "ru"],
        &["scan", "--format", "markdown", "--fail-on", "never"],
        &["scan", "--format", "markdown", "--template", "audit", "--fail-on", "never"],
        &["scan", "--format", "markdown", "--template", "audit", "--lang", "ru", "--fail-on", "never"],
    ] {
        expect_harmless(&printed(folder.path(), arguments));
    }
}

#[test]
fn documents_look_like_this() {
    let shop = shop();
    let folder = shop.path();
    let document = |arguments: &[&str]| printed(folder, &[arguments, &["--date", "2026-03-02"]].concat());
    golden("checklist.en.md", &document(&["checklist", "--only", SOME]));
    golden("checklist.ru.md", &document(&["checklist", "--only", SOME, "--lang", "ru"]));
    let audit = ["scan", "--format", "markdown", "--template", "audit", "--fail-on", "never", "--only", FEW];
    golden("audit.en.md", &document(&audit));
    golden("audit.ru.md", &document(&[&audit[..], &["--lang", "ru"]].concat()));
}

/// A shop with pages and an interface, of which one resource is listed.
fn pages_and_lists() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    let manifest = "{ \"name\": \"shop\", \"dependencies\": { \"express\": \"^4.21.0\", \"next\": \"^15.0.0\", \"react\": \"^19.0.0\" } }\n";
    write(root, "package.json", manifest);
    write(
        root,
        "app/page.tsx",
        "export default function Page() {\n  return <main onClick={() => alert('paid')}>Shop</main>;\n}\n",
    );
    write(
        root,
        "app/layout.tsx",
        "export default function Layout({ children }) {\n  return <html><body>{children}</body></html>;\n}\n",
    );
    write(
        root,
        "src/server.ts",
        "import express from 'express';\nconst app = express();\napp.get('/api/orders', all);\napp.get('/api/orders/:id', one);\n\
         app.get('/api/status', all);\napp.get('/api/status/:id', one);\napp.post('/api/api-keys.list', all);\napp.delete('/api/projects/:id', one);\n\
         app.post('/api/projects', one);\nfunction all(req, res) { res.json([]); }\nfunction one(req, res) { res.json({}); }\n\
         app.listen(3000);\n",
    );
    folder
}

#[test]
fn scenarios_are_answered_by_criteria_or_asked() {
    let folder = pages_and_lists();
    let report = report(folder.path());
    let scenarios = list(&report["scenarios"]);
    for scenario in scenarios.iter().filter(|scenario| scenario["rule"].is_string()) {
        let of = |one: &&Value| one["rule"] == scenario["rule"] && one["component"] == scenario["component"];
        let criterion = list(&report["criteria"]).iter().find(of).expect("every line is a criterion's");
        assert_ne!(criterion["status"], "not-applicable", "{scenario}");
    }
    let asked: Vec<String> = scenarios
        .iter()
        .filter(|scenario| scenario["ask"].is_object())
        .map(|one| format!("{} {}:{}", one["title"], one["ask"]["place"]["path"], one["ask"]["place"]["first"]))
        .map(|text| text.replace('"', ""))
        .collect();
    // What has single things below it is a list; what is only created, or has the name of one thing, is none.
    assert_eq!(asked, ["Nothing in `api-keys` yet src/server.ts:7", "Nothing in `orders` yet src/server.ts:3"]);
    let review = printed(folder.path(), &["scan", "--format", "markdown", "--fail-on", "never"]);
    let expected = "| Nothing in `orders` yet | ☐ to confirm | What do the pages show while `GET /api/orders` lists nothing, \
                    and does it say what to do next? (`src/server.ts:3`) |";
    assert!(review.contains(expected), "{review}");
    assert!(
        review.contains("| A page fails, or an address leads nowhere | ⚠️ **MEDIUM** | `next-error-pages-missing`: "),
        "{review}"
    );
    let russian = printed(folder.path(), &["scan", "--format", "markdown", "--fail-on", "never", "--lang", "ru"]);
    assert!(russian.contains("| Пусто: `orders` | ☐ "), "{russian}");
    let html = printed(folder.path(), &["scan", "--format", "html", "--fail-on", "never"]);
    assert!(html.contains("<section id=\"scenarios\"") && html.contains("server.ts:3</code>"), "the page has it");
}

#[test]
fn without_an_interface_there_are_no_scenarios() {
    let folder = pages_and_lists();
    std::fs::remove_dir_all(folder.path().join("app")).expect("it is there");
    write(folder.path(), "package.json", "{ \"name\": \"shop\", \"dependencies\": { \"express\": \"^4.21.0\" } }\n");
    assert!(report(folder.path())["scenarios"].is_null());
    assert!(!printed(folder.path(), &["scan", "--format", "markdown", "--fail-on", "never"]).contains("Scenarios"));
}

#[test]
fn every_document_says_who_answers_for_it_and_when_it_is_looked_at_again() {
    let shop = shop();
    let settings = "[report]\nreviewer = \"Ann *of* the <b>shop</b>\"\nnext-review = 2027-01-15\n";
    write(shop.path(), "readiness.toml", settings);
    let scan = ["scan", "--fail-on", "never", "--format"];
    for (arguments, reviewer) in [
        ([&scan[..], &["markdown"]].concat(), "**Reviewer:** Ann"),
        ([&scan[..], &["markdown", "--template", "audit", "--lang", "ru"]].concat(), "**Ответственный:** Ann"),
        (vec!["plan"], "**Reviewer:** Ann"),
        (vec!["plan", "--template", "sprint"], "**Reviewer:** Ann"),
        (vec!["checklist"], "**Reviewer:** Ann"),
        ([&scan[..], &["html"]].concat(), "Ann *of* the &lt;b&gt;"),
    ] {
        let document = printed(shop.path(), &arguments);
        assert!(document.contains(reviewer) && document.contains("2027-01-15"), "{arguments:?}: {document}");
        assert!(!document.contains("<b>shop"), "{arguments:?}");
    }
    let report = report(shop.path());
    assert_eq!(
        (&report["reviewer"], &report["next_review"]),
        (&"Ann *of* the <b>shop</b>".into(), &"2027-01-15".into())
    );
    for (wrong, said) in [
        ("reviewer = \"\"\"A\nB\"\"\"", "one line"),
        ("reviewer = \"\"", "must say something"),
        ("next-review = \"soon\"", "must be a date"),
        ("reviwer = \"Ann\"", "did you mean `reviewer`?"),
    ] {
        write(shop.path(), "readiness.toml", &format!("[report]\n{wrong}\n"));
        let (code, stdout, stderr) = run(shop.path(), &["scan"]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{wrong}");
        assert!(stderr.contains(said) && stderr.contains("readiness.toml:2"), "{stderr}");
    }
}
