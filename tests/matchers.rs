//! Rules without code: every matcher and combination of a rule file against small repositories, with the nearest
//! things that must not match, and what wrong rule files are told.

#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "other test programs prepare git repositories and planted secrets with it")]
mod common;

use camino::Utf8Path;
use readiness::{
    config::Config,
    engine,
    repo::{Repo, WalkOptions},
    report::{Evidence, Status},
    rule::{Entry, declared_rule},
};

/// A rule file around `body`, with a text for each of `messages` that names all it is given.
fn rule_text(scope: &str, messages: &str, body: &str) -> String {
    let text = |key: &str| match key {
        "not-applicable" | "searched" => format!("{key} = \"{key}\"\n"),
        "missing" => "missing = \"missing {path}\"\n".to_owned(),
        _ => format!("{key} = \"{key} {{key}}={{value}}\"\n"),
    };
    let messages: String = messages.split_whitespace().map(text).collect();
    let language = |lang: &str| {
        format!("\n[text.{lang}]\ntitle = \"t\"\nwhy = \"w\"\nfix = \"f\"\n[text.{lang}.message]\n{messages}")
    };
    format!(
        "id = \"team-rule\"\nseverity = \"medium\"\nscope = \"{scope}\"\neffort = 10\nphase = 1\n{body}\n{}{}",
        language("en"),
        language("ru")
    )
}

fn rule(scope: &str, messages: &str, body: &str) -> Entry {
    match declared_rule("security", "pack/team-rule.toml", &rule_text(scope, messages, body)) {
        Ok(entry) => entry,
        Err(error) => panic!("{error}"),
    }
}

/// What a rule says of a repository: one line for each verdict with a detail, each finding and each evidence.
fn says(entry: &Entry, files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        common::write(folder.path(), path, content);
    }
    let repo = Repo::open(Utf8Path::from_path(folder.path()).unwrap(), &WalkOptions::default()).unwrap();
    let observed = |gated| engine::observe_only(&repo, vec![entry], gated);
    assert_eq!(observed(true), observed(false), "keywords lose nothing");
    let config = Config { jobs: Some(1), ..Config::default() };
    let audit = engine::run(&repo, vec![entry], &config).unwrap();
    let mut lines = Vec::new();
    for criterion in &audit.criteria {
        let component = &criterion.component;
        match criterion.status {
            Status::NotApplicable | Status::Unknown => {
                let word = if criterion.status == Status::Unknown { "unknown: " } else { "" };
                lines.push(format!("{component} {word}{}", criterion.detail.as_deref().unwrap_or_default()));
            }
            Status::Fail | Status::Pass => {
                let findings = audit.findings.iter().filter(|finding| finding.component == *component);
                lines.extend(findings.map(|finding| {
                    let line = finding.start.map_or(0, |start| start.line);
                    format!("{}:{line} {}", finding.path, finding.message)
                }));
                lines.extend(criterion.evidence.iter().map(|evidence| match evidence {
                    Evidence::At { path, start, note, .. } => {
                        format!("{path}:{} {note}", start.map_or(0, |start| start.line))
                    }
                    Evidence::Searched { what, files, .. } => format!("{component} {what} in {files}"),
                    Evidence::Absent { what, .. } => format!("{component} absent {what}"),
                }));
            }
            Status::Manual => lines.push(format!("{component} manual")),
        }
    }
    lines
}

/// The rule with this `bad` condition: what it finds in `files`.
fn bad(condition: &str, files: &[(&str, &str)]) -> Vec<String> {
    says(&rule("repository", "bad searched not-applicable", &format!("[match.bad]\n{condition}\n")), files)
}

fn passes(condition: &str, files: &[(&str, &str)]) {
    let said = bad(condition, files);
    assert!(said.len() == 1 && said[0].starts_with(". searched in "), "{condition}: {said:?}");
}

#[test]
fn files_are_found_by_glob() {
    let files = [("src/app.ts", "a();"), ("deploy/id.pem", "x"), ("examples/other.pem", "x")];
    assert_eq!(bad("file = [\"**/*.pem\", \"*.p12\"]", &files), ["deploy/id.pem:0 bad =id.pem"]);
    assert_eq!(bad("file = \"/app.ts\"", &files), [". searched in 2"]);
}

#[test]
fn documents_are_read_whatever_their_format() {
    let condition =
        "doc = { files = [\"*.json\", \"*.yaml\", \"*.toml\"], path = \"server.*.debug\", equals = \"true\" }";
    let files = [
        ("a.json", "{\"server\": {\"web\": {\"debug\": true},\n \"api\": {\"debug\": \"true\"}}}"),
        ("b.yaml", "server:\n  web:\n    debug: true\n  api:\n    debug: false\n"),
        ("c.toml", "[server.web]\nname = \"x\"\ndebug = true\n"),
    ];
    assert_eq!(
        bad(condition, &files),
        [
            "a.json:1 bad server.web.debug=true",
            "a.json:2 bad server.api.debug=true",
            "b.yaml:3 bad server.web.debug=true",
            "c.toml:3 bad server.web.debug=true",
        ]
    );
    passes(condition, &[("a.json", "{\"server\": {\"debug\": true}, \"x\": {\"web\": {\"debug\": true}}}")]);
    passes(condition, &[("b.yaml", "server:\n  web:\n    debug: 'True'\n")]);
}

#[test]
fn values_are_tested_by_list_and_by_expression() {
    let files = [("app.yaml", "level: debug\n")];
    let condition = |test: &str| format!("doc = {{ files = \"app.yaml\", path = \"level\"{test} }}");
    for test in ["", ", in = [\"trace\", \"debug\"]", ", not-in = [\"info\"]", ", matches = \"^de\""] {
        assert_eq!(bad(&condition(test), &files), ["app.yaml:1 bad level=debug"], "{test}");
    }
    for test in [", in = [\"info\"]", ", not-in = [\"debug\"]", ", matches = \"^bug\"", ", equals = \"debu\""] {
        passes(&condition(test), &files);
    }
    // All tests of one value must hold.
    passes(&condition(", equals = \"debug\", matches = \"x\""), &files);
}

#[test]
fn a_document_that_cannot_be_read_is_no_pass() {
    let condition = "doc = { files = \"app.json\", path = \"debug\", equals = \"true\" }";
    let said = bad(condition, &[("app.json", "{\"debug\": ")]);
    assert!(said.len() == 1 && said[0].starts_with(". unknown: 1 file"), "{said:?}");
    // What was found stands all the same.
    assert_eq!(bad(condition, &[("app.json", "{\"debug\": true, \"x\": ")]), ["app.json:1 bad debug=true"]);
}

#[test]
fn docker_instructions_are_found_in_a_stage() {
    let image = "FROM node:22 AS build\nADD https://example.org/tool /tool\nUSER root\n\nFROM build\nUSER app\n";
    let files = [("Dockerfile", image)];
    let add = "docker = { instruction = \"add\", matches = \"^https?://\" }";
    assert_eq!(bad(add, &files), ["Dockerfile:2 bad ADD=https://example.org/tool /tool"]);
    passes(add, &[("Dockerfile", "FROM node:22\nADD tool.tar /tool\nCOPY https://example.org /x\n")]);
    let separate = [("Dockerfile", "FROM a AS build\nUSER root\nFROM b\nCOPY --from=build /x /x\n")];
    let root = "docker = { stage = \"final\", instruction = \"USER\", in = [\"root\", \"0\"] }";
    // The final stage inherits what it is built from, and nothing from a stage it only copies from.
    assert_eq!(bad(root, &files), ["Dockerfile:3 bad USER=root"]);
    passes(root, &separate);
    assert_eq!(bad("docker = { instruction = \"USER\" }", &separate), ["Dockerfile:2 bad USER=root"]);
    assert_eq!(bad(root, &[("src/a.ts", "a();")]), [". not-applicable"]);
}

#[test]
fn text_is_found_behind_its_keywords() {
    let condition = "text = { keywords = [\"md5\"], pattern = '\\b(?P<value>\\w+)\\.md5\\(', unless = 'checksum' }";
    let source = "const a = 1;\nconst b = hash.md5(a);\nconst c = hash.md5(a); // a checksum\n";
    assert_eq!(bad(condition, &[("src/a.ts", source)]), ["src/a.ts:2 bad =hash"]);
    // Another role, and a file without the keyword.
    passes(condition, &[("src/b.ts", "hash.sha256(a);"), ("tests/a.test.ts", source)]);
    let anywhere = "text = { keywords = [\"sha\"], pattern = 'md5' }";
    passes(anywhere, &[("src/a.ts", "md5(a);")]);
    let in_tests = "text = { keywords = [\"md5\"], pattern = 'md5', roles = [\"test\"] }";
    assert_eq!(bad(in_tests, &[("src/a.ts", source), ("tests/a.test.ts", "md5();")]), ["tests/a.test.ts:1 bad =md5"]);
    let in_files = "text = { keywords = [\"md5\"], pattern = 'md5', files = \"*.yml\" }";
    assert_eq!(bad(in_files, &[("src/a.ts", source), ("ci.yml", "run: md5 x\n")]), ["ci.yml:1 bad =md5"]);
}

#[test]
fn calls_are_found_in_every_language() {
    let condition = "call = { callee = \"requests.*\", without = [\"timeout\"] }";
    let python = "import requests as r\nfrom requests import get\nr.post(url)\nget(url, timeout=3)\nget(url)\n";
    assert_eq!(bad(condition, &[("a.py", python)]), ["a.py:3 bad requests.post=", "a.py:5 bad requests.get="]);
    passes(condition, &[("a.py", "import mine as requests\nrequests.get(url)\nrequests_get(url)\n")]);
    // The timeout may be in what is spread.
    passes(condition, &[("a.py", "import requests\nrequests.get(url, **options)\n")]);

    let cors = "call = { callee = \"cors\", argument = { name = \"origin\", in = [\"*\", \"true\"] } }";
    let script = "import cross from 'cors';\napp.use(cross({ origin: '*' }));\nconst options = { origin: true };\n\
                  app.use(cross(options));\napp.use(cross({ origin: allowed }));\n";
    assert_eq!(bad(cors, &[("src/a.ts", script)]), ["src/a.ts:2 bad cors=*", "src/a.ts:4 bad cors=true"]);
    passes(cors, &[("src/a.ts", "function cors(options) {}\ncors({ origin: '*' });\n")]);
}

#[test]
fn methods_are_found_on_any_receiver() {
    let condition = "call = { callee = \"*.setHeader\", argument = { index = 1, equals = \"*\" } }";
    let source = "function f(res) {\n  res.setHeader('A', '*');\n  res.setHeader('*', 'B');\n  reply().setHeader('C', '*');\n}\n";
    assert_eq!(
        bad(condition, &[("src/a.js", source)]),
        ["src/a.js:2 bad self:res.setHeader=*", "src/a.js:4 bad .setHeader=*"]
    );
}

#[test]
fn options_that_may_be_given_out_of_sight_are_left_alone() {
    let without = "call = { callee = \"fetch\", without = [\"signal\"] }";
    let source = "fetch('/a');\nfetch('/a', { method: 'GET' });\nfetch('/a', { signal });\nfetch('/a', options);\n\
                  fetch('/a', { ...options });\n";
    assert_eq!(bad(without, &[("src/a.js", source)]), ["src/a.js:1 bad fetch=", "src/a.js:2 bad fetch="]);
    let with = "call = { callee = \"fetch\", with = [\"signal\"] }";
    assert_eq!(bad(with, &[("src/a.js", source)]), ["src/a.js:3 bad fetch="]);
}

#[test]
fn dependencies_are_found_in_manifests() {
    let manifest = "{\n  \"dependencies\": {\n    \"left-pad\": \"1.0.0\"\n  },\n  \"devDependencies\": {\n    \"left-hook\": \"2\"\n  }\n}";
    let files = [("package.json", manifest), ("requirements.txt", "left==3\n")];
    let condition = |dev: &str| format!("dependency = {{ name = \"left-*\"{dev} }}");
    assert_eq!(bad(&condition(""), &files), ["package.json:3 bad left-pad=1.0.0"]);
    assert_eq!(
        bad(&condition(", dev = true"), &files),
        ["package.json:3 bad left-pad=1.0.0", "package.json:6 bad left-hook=2"]
    );
    passes("dependency = { name = \"left\" }", &[("package.json", manifest)]);
}

#[test]
fn conditions_are_combined() {
    let files = [("a.txt", "x"), ("b.txt", "x")];
    let combined = |how: &str, names: [&str; 2]| {
        bad(&format!("{how} = [{{ file = \"{}\" }}, {{ file = \"{}\" }}]", names[0], names[1]), &files)
    };
    let (a, b) = ("a.txt:0 bad =a.txt", "b.txt:0 bad =b.txt");
    assert_eq!(combined("any", ["a.txt", "b.txt"]), [a, b]);
    assert_eq!(combined("any", ["a.txt", "c.txt"]), [a]);
    assert_eq!(combined("any", ["c.txt", "d.txt"]), [". searched in 2"]);
    assert_eq!(combined("all", ["a.txt", "b.txt"]), [a, b]);
    assert_eq!(combined("all", ["a.txt", "c.txt"]), [". searched in 2"]);
    // What is absent fails at the folder that was asked.
    assert_eq!(combined("none", ["c.txt", "d.txt"]), [".:0 bad ="]);
    assert_eq!(combined("none", ["a.txt", "d.txt"]), [". searched in 2"]);
    let nested = "all = [{ file = \"a.txt\" }, { none = [{ any = [{ file = \"c.txt\" }, { file = \"d.txt\" }] }] }]";
    assert_eq!(bad(nested, &files), [a]);
}

#[test]
fn what_is_missing_is_reported_where_it_should_be() {
    let body = "[applies]\nfile = \"package.json\"\n[match]\ngood = { file = \"SECURITY.md\" }\nmissing = { path = \"SECURITY.md\" }\n";
    let entry = rule("repository", "not-applicable good missing", body);
    assert_eq!(says(&entry, &[("src/a.ts", "a();")]), [". not-applicable"]);
    assert_eq!(says(&entry, &[("package.json", "{}")]), ["SECURITY.md:0 missing SECURITY.md"]);
    let files = [("package.json", "{}"), ("SECURITY.md", "Write to us.")];
    assert_eq!(says(&entry, &files), ["SECURITY.md:0 good =SECURITY.md"]);
}

#[test]
fn bad_and_good_are_weighed_together() {
    let body = "[match]\nbad = { call = { callee = \"http.get\", without = [\"timeout\"] } }\n\
                good = { call = { callee = \"http.get\", with = [\"timeout\"] } }\n";
    let entry = rule("repository", "bad good not-applicable", body);
    let both = "import http\nhttp.get(a, timeout=1)\nhttp.get(a)\n";
    assert_eq!(says(&entry, &[("a.py", both)]), ["a.py:3 bad http.get=", "a.py:2 good http.get="]);
    assert_eq!(says(&entry, &[("a.py", "import http\nhttp.get(a, timeout=1)\n")]), ["a.py:2 good http.get="]);
    assert_eq!(says(&entry, &[("a.py", "print(1)\n")]), [". not-applicable"]);
}

#[test]
fn a_rule_can_be_asked_of_every_component() {
    let body = "[applies]\ndependency = { name = \"express\" }\n[match]\ngood = { file = \"/Dockerfile\" }\nmissing = { path = \"Dockerfile\" }\n";
    let entry = rule("component", "not-applicable good missing", body);
    let express = "{\"name\": \"x\", \"scripts\": {\"start\": \"node .\"}, \"dependencies\": {\"express\": \"5\"}}";
    let files = [
        ("package.json", "{\"name\": \"root\", \"workspaces\": [\"services/*\"]}"),
        ("services/api/package.json", express),
        ("services/api/Dockerfile", "FROM node:22\n"),
        ("services/api/src/index.js", "start();"),
        ("services/mail/package.json", express),
        ("services/mail/src/index.js", "start();"),
    ];
    assert_eq!(
        says(&entry, &files),
        [
            ". not-applicable",
            "services/api/Dockerfile:0 good =Dockerfile",
            "services/mail/Dockerfile:0 missing services/mail/Dockerfile",
        ]
    );
}

#[test]
fn applicability_can_come_from_code() {
    let body = "[applies]\ncall = { callee = \"express\" }\n[match.bad]\ntext = { keywords = [\"eval\"], pattern = 'eval\\(' }\n";
    let entry = rule("repository", "not-applicable bad searched", body);
    let server = ("src/server.js", "const express = require('express');\nconst app = express();\n");
    assert_eq!(says(&entry, &[("src/a.js", "eval(x);")]), [". not-applicable"]);
    assert_eq!(says(&entry, &[server, ("src/a.js", "eval(x);")]), ["src/a.js:1 bad =eval("]);
    assert_eq!(says(&entry, &[server, ("src/a.js", "run(x);")]), [". searched in 2"]);
}

#[test]
fn a_syntax_error_over_a_call_is_no_pass() {
    let said = bad("call = { callee = \"requests.get\" }", &[("a.py", "import os\nx = ((requests.get(\n")]);
    assert!(said.len() == 1 && said[0].starts_with(". unknown:"), "{said:?}");
}

fn error(messages: &str, body: &str) -> String {
    match declared_rule("security", "pack/team-rule.toml", &rule_text("repository", messages, body)) {
        Ok(_) => panic!("the rule is wrong and was taken: {body}"),
        Err(error) => error.to_string(),
    }
}

/// The wrong rule files, and what their author must be told. The body begins in line 6.
#[test]
fn wrong_rule_files_are_refused_with_their_line_and_a_way_out() {
    const MESSAGES: &str = "bad searched not-applicable";
    for (body, told) in [
        ("[match.bad]\nfiel = \"a\"", &["line 7", "unknown field `fiel`", "`file`"][..]),
        ("[match.bad]\nfile = \"a\"\ndependency = { name = \"b\" }", &["line 6", "exactly one key", "`any`"]),
        ("[match.bad]\nany = []", &["line 6", "at least one matcher"]),
        ("[match.bad]\n", &["line 6", "needs one of `file`"]),
        ("[match.bad]\nfile = 3", &["line 7", "a string or a list of strings"]),
        ("[match.bad]\ndocker = { instruction = \"USER\", equal = \"x\" }", &["line 7", "unknown field `equal`"]),
        (
            "[match.bad]\ncall = { callee = \"a\", argument = { index = 0, is = \"x\" } }",
            &["line 7", "unknown field `is`"],
        ),
        (
            "[match.bad]\ntext = { keywords = [\"a\"], pattern = \"(a\" }",
            &["line 7", "`(a` is not a regular expression"],
        ),
        (
            "[match.bad]\ntext = { keywords = [\"a\"], pattern = \"a\", roles = [\"tests\"] }",
            &["line 7", "`tests`", "`test`"],
        ),
        (
            "[match.bad]\ntext = { keywords = [], pattern = \"a\" }",
            &["line 7", "name words of which a file must hold one"],
        ),
        ("[match.bad]\nfile = [\"ok\",\n  \"a[\"]", &["line 8", "`a[` is not a path pattern"]),
        (
            "[match.bad]\ncall = { callee = \"a\", argument = { equals = \"x\" } }",
            &["line 7", "add an `index` or a `name`"],
        ),
        ("[match]\nbad = { file = \"a\" }\nugly = { file = \"a\" }", &["line 8", "unknown field `ugly`"]),
        ("[match.missing]\npath = \"a\"", &["line 6", "needs `bad`, `good` or both"]),
        ("[match.good]\nfile = \"a\"", &["line 6", "add `[match.missing]`"]),
        ("[match]\nbad = { file = \"a\" }\nmissing = { path = \"a\" }", &["line 6", "add `[match.good]`"]),
        ("", &["needs a [match]"]),
    ] {
        let error = error(MESSAGES, body);
        assert!(error.starts_with("pack/team-rule.toml: "), "{error}");
        for part in told {
            assert!(error.contains(part), "{body}\nshould be told {part:?}, and is told:\n{error}");
        }
    }
}

#[test]
fn texts_and_match_must_agree() {
    let body = "[match.bad]\nfile = \"a\"";
    let missing = error("bad not-applicable", body);
    assert!(missing.contains("[text.en.message] needs `searched`"), "{missing}");
    let unused = error("bad searched not-applicable good", body);
    assert!(unused.contains("has `good`, which the [match] never says"), "{unused}");
    let text = rule_text("repository", "bad searched not-applicable", body).replace("bad {key}", "bad {name}");
    let unknown = declared_rule("security", "x.toml", &text).err().map(|error| error.to_string()).unwrap();
    assert!(unknown.contains("`bad`: no value for `name`; a match gives `path`, `key` and `value`"), "{unknown}");
}
