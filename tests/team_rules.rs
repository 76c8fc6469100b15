//! Rules that a team wrote: in a scan, in lists and explanations, with every mistake that one can make in them.

#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "no planted secrets and no git index are needed here")]
mod common;

use std::path::Path;

use assert_cmd::Command;
use common::write;
use serde_json::Value;
use tempfile::TempDir;

/// Runs `arguments` in `folder`: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("readiness").unwrap();
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const RULE: &str = r#"id = "legacy-client-used"
category = "api-contracts"
severity = "high"

[applies]
file = "**/*.ts"

[match.bad]
call = { callee = "legacyClient.send" }

[text.en]
title = "Orders are sent by the new client"
why = "The old one is switched off in spring."
fix = "Call `orders.send` instead."

[text.en.message]
bad = "`{key}` is the old client"
searched = "nothing calls the old client"
not-applicable = "there is no TypeScript"
"#;

const CASES: &str = "# legacy-client-used

Every call of the old client is found.

## fail: the old client

```ts path=src/order.ts
legacyClient.send(1); // expect: bad
```

## pass: the new client

```ts path=src/order.ts
orders.send(1);
```
";

/// A repository with one team rule that fails, named in its configuration.
fn shop() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "package.json", "{ \"name\": \"shop\", \"private\": true }\n");
    write(root, "src/order.ts", "export const send = () => legacyClient.send(1);\n");
    write(root, "team/legacy-client-used.toml", RULE);
    write(root, "team/legacy-client-used.md", CASES);
    write(root, "readiness.toml", "[scan]\nrules = [\"team\"]\n");
    folder
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let all = [&["scan", ".", "--format", "json"], arguments].concat();
    let (_, stdout, stderr) = run(folder, &all);
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"))
}

#[test]
fn a_team_rule_is_a_rule_like_any_other() {
    let shop = shop();
    let named = report(shop.path(), &["--only", "legacy-client-used"]);
    assert_eq!(named["findings"][0]["path"], "src/order.ts");
    assert_eq!(named["findings"][0]["message"], "`legacyClient.send` is the old client");
    assert_eq!(named["rules"][0]["team"], true);
    assert_eq!(named["summary"]["team_criteria"], 1);
    let flagged = report(shop.path(), &["--no-config", "--rules", "team", "--only", "legacy-client-used"]);
    assert_eq!(flagged["findings"], named["findings"]);
    let twice = report(shop.path(), &["--rules", "team", "--only", "legacy-client-used"]);
    assert_eq!(twice["findings"], named["findings"], "a folder that is named twice is read once");
}

#[test]
fn it_counts_in_the_score_by_the_same_formula() {
    let shop = shop();
    let with = report(shop.path(), &[]);
    let without = report(shop.path(), &["--no-config"]);
    let failing = |report: &Value| report["summary"]["counts"]["high"].as_u64().unwrap();
    assert_eq!(failing(&with), failing(&without) + 1);
    assert!(with["summary"]["score"].as_f64() < without["summary"]["score"].as_f64());
}

#[test]
fn it_changes_no_other_rule() {
    let shop = shop();
    let others = |arguments: &[&str]| {
        let report = report(shop.path(), arguments);
        let criteria = report["criteria"].as_array().unwrap().clone();
        criteria.into_iter().filter(|one| one["rule"] != "legacy-client-used").collect::<Vec<_>>()
    };
    assert_eq!(others(&[]), others(&["--no-config"]));
}

#[test]
fn settings_and_suppressions_know_it() {
    let shop = shop();
    let settings = "[scan]\nrules = \"team\"\n[rules.legacy-client-used]\nseverity = \"low\"\n";
    write(shop.path(), "readiness.toml", settings);
    let mild = report(shop.path(), &["--only", "legacy-client-used"]);
    assert_eq!(mild["findings"][0]["severity"], "low");
    let code = "// readiness: ignore[legacy-client-used] the old shop closes in spring\nlegacyClient.send(1);\n";
    write(shop.path(), "src/order.ts", code);
    let accepted = report(shop.path(), &["--only", "legacy-client-used"]);
    assert_eq!(accepted["findings"][0]["suppressed"]["by"], "inline");
}

#[test]
fn every_report_says_what_comes_from_the_team() {
    let shop = shop();
    let only = ["scan", ".", "--only", "legacy-client-used", "--lang", "ru"];
    let shown = |format: &str| run(shop.path(), &[&only[..], &["--format", format]].concat()).1;
    assert!(shown("terminal").contains("1 по правилам команды"));
    assert!(shown("terminal").contains("is the old client"), "texts in one language speak for both");
    assert!(shown("markdown").contains("1 по правилам команды"));
    assert!(shown("html").contains("по правилам команды"));
    assert!(shown("sarif").contains("\"team\""));
}

#[test]
fn lists_and_explanations_know_it() {
    let shop = shop();
    let (code, stdout, _) = run(shop.path(), &["rules"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("(team/legacy-client-used.toml)") && stdout.contains("(1 of the team)"), "{stdout}");
    let (_, stdout, _) = run(shop.path(), &["rules", "--format", "json"]);
    let rules: Value = serde_json::from_str(&stdout).unwrap();
    let own = rules.as_array().unwrap().iter().find(|rule| rule["id"] == "legacy-client-used").unwrap();
    assert_eq!(own["origin"], "team/legacy-client-used.toml");
    let (code, stdout, stderr) = run(shop.path(), &["explain", "legacy-client-used"]);
    assert_eq!(code, 0, "{stderr}");
    for expected in
        ["A rule of the team: team/legacy-client-used.toml", "Every call of the old client", "> legacyClient"]
    {
        assert!(stdout.contains(expected), "{expected}: {stdout}");
    }
    let (code, _, stderr) = run(shop.path(), &["explain", "legacy-client-use"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `legacy-client-used`?"), "{stderr}");
}

/// A file that differs from the good one in one part, and what its author must be told.
const MISTAKES: &[(&str, &str, &[&str])] = &[
    ("severity = \"high\"", "severty = \"high\"", &[":3:1", "unknown key `severty`", "did you mean `severity`?"]),
    ("severity = \"high\"", "", &["`severity` is missing in this rule", "is the weight in the score"]),
    ("\"high\"", "\"hihg\"", &[":3:12", "`hihg` is no value of `severity`", "did you mean `high`?"]),
    ("\"high\"", "2", &[":3:12", "`severity` must be a text", "this is a number"]),
    ("\"api-contracts\"", "\"api-contract\"", &[":2:12", "is no value of `category`", "did you mean `api-contracts`?"]),
    ("category = \"api-contracts\"\n", "", &["the category of this rule is missing", "folder of that name"]),
    ("id = \"legacy-client-used\"", "id = \"Legacy_Client\"", &[":1:6", "is no id for a rule", "lower-case words"]),
    ("id = \"legacy-client-used\"", "id = \"legacy-client\"", &[":1:6", "the file is named", "rename the file to"]),
    ("id = \"legacy-client-used\"\n", "", &["`id` is missing in this rule"]),
    ("severity = \"high\"", "severity = \"high\"\nphase = 5", &[":4:9", "`phase` must be from 1 to 4"]),
    ("severity = \"high\"", "severity = \"high\"\neffort = \"long\"", &[":4:10", "must be a whole number"]),
    ("severity = \"high\"", "severity = \"high\"\nscope = \"file\"", &[":4:9", "one of `repository`, `component`"]),
    (
        "severity = \"high\"",
        "severity = \"high\"\nparents = [\"dockerfile-mising\"]",
        &[":4:12", "there is no rule `dockerfile-mising`", "did you mean `dockerfile-missing`?"],
    ),
    ("severity = \"high\"", "severity = \"high\"\ntitle = \"x\"", &["`title` is a text: put it below `[text.en]`"]),
    ("[match.bad]\ncall", "[match]\ncall", &["put it below `[match.bad]` or `[match.good]`"]),
    ("[match.bad]", "[match.baad]", &["unknown key `baad` in `match`", "did you mean `bad`?"]),
    ("call = {", "cal = {", &[":9:1", "there is no matcher `cal`", "did you mean `call`?"]),
    ("call = {", "regex = {", &["there is no matcher `regex`", "matchers: `file`, `doc`, `docker`"]),
    ("callee = ", "calee = ", &["unknown key `calee` in `match.bad.call`", "did you mean `callee`?"]),
    ("\"legacyClient.send\" }", "[] }", &["looks for nothing", "name at least one word"]),
    ("\"legacyClient.send\" }", "\"a\", argument = { equals = \"1\" } }", &["which argument is meant", "index = 0"]),
    ("\"legacyClient.send\" }", "\"a\" }\nfile = \"b\"", &[":10:1", "exactly one", "any = ["]),
    ("call = { callee = \"legacyClient.send\" }", "any = []", &["combines nothing", "at least one matcher"]),
    ("call = { callee = \"legacyClient.send\" }", "any = { file = \"a\" }", &["must be a list of matchers"]),
    ("call = { callee = \"legacyClient.send\" }", "", &["`match.bad` looks for nothing", "add one of `file`"]),
    (
        "call = { callee = \"legacyClient.send\" }",
        "text = { keywords = \"a\", pattern = '(a' }",
        &[":9:36", "`match.bad.text.pattern` is not a regular expression", "unclosed group"],
    ),
    (
        "call = { callee = \"legacyClient.send\" }",
        "text = { keywords = \"a\", pattern = 'a(?!b)' }",
        &["look-around", "use `unless = '...'`"],
    ),
    (
        "call = { callee = \"legacyClient.send\" }",
        "text = { keywords = \"a\", pattern = '(\\w{1,200}){1,200}' }",
        &["too much room", "repeat less"],
    ),
    (
        "call = { callee = \"legacyClient.send\" }",
        "doc = { files = \"*.json\", path = \"a.b\", equals = true }",
        &["must be a text", "this is `true` or `false`", "put it in quotes"],
    ),
    (
        "call = { callee = \"legacyClient.send\" }",
        "component = \"service\"",
        &["is no value of `match.bad.component`", "`http-service`"],
    ),
    ("\"**/*.ts\"", "\"src/[a\"", &[":6:8", "is not a path pattern", "`**` crosses folders"]),
    ("\"**/*.ts\"", "\"../other/*.ts\"", &["leads out of the repository"]),
    ("bad = \"`{key}`", "bad = \"`{name}`", &["no value for `name`", "a match gives `path`, `key` and `value`"]),
    ("searched = \"nothing calls the old client\"\n", "", &["[text.en.message] needs `searched`"]),
    ("[text.en.message]", "[text.en.message]\ngood = \"x\"", &["has `good`, which the [match] never says"]),
    ("[text.en]", "[text.de]", &["unknown key `de` in `text`", "known keys: `en`, `ru`"]),
    ("why = \"The old one is switched off in spring.\"", "why = \"\"", &["`text.en.why` is empty"]),
    ("[applies]", "[applies", &["this is not TOML", ":5:"]),
    ("severity = \"high\"", "severity = \"high\"\nseverity = \"low\"", &["this is not TOML", "duplicate key"]),
];

#[test]
fn every_mistake_in_a_rule_file_has_its_place_and_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    for (right, wrong, told) in MISTAKES {
        assert!(RULE.contains(right), "{right}");
        write(folder.path(), "team/legacy-client-used.toml", &RULE.replacen(right, wrong, 1));
        let (code, stdout, stderr) = run(folder.path(), &["scan", ".", "--rules", "team"]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{wrong}: {stderr}");
        assert!(stderr.contains("team/legacy-client-used.toml:"), "{stderr}");
        for expected in *told {
            assert!(stderr.contains(expected), "{wrong}: {expected}\n{stderr}");
        }
    }
}

#[test]
fn all_mistakes_of_all_files_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let misspelt = RULE.replacen("callee", "calee", 1);
    write(folder.path(), "team/legacy-client-used.toml", &misspelt);
    let (_, _, stderr) = run(folder.path(), &["scan", ".", "--rules", "team"]);
    assert!(
        stderr.contains("did you mean `callee`?") && !stderr.contains("is missing"),
        "one mistake, one message: {stderr}"
    );
    let twice = RULE.replace("\"high\"", "\"hihg\"").replace("calee", "callee").replace("fix = ", "fx = ");
    write(folder.path(), "team/legacy-client-used.toml", &twice);
    write(folder.path(), "team/other-thing.toml", "id = \"other-thing\"\n");
    let (code, _, stderr) = run(folder.path(), &["scan", ".", "--rules", "team"]);
    assert_eq!(code, 2);
    for expected in ["`hihg`", "unknown key `fx`", "`fix` is missing", "other-thing.toml", "`match` is missing"] {
        assert!(stderr.contains(expected), "{expected}: {stderr}");
    }
}

#[test]
fn ids_belong_to_one_rule() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = RULE.replace("legacy-client-used", "fallback-secret");
    write(folder.path(), "team/fallback-secret.toml", &built_in);
    write(folder.path(), "team/legacy-client-used.toml", RULE);
    write(folder.path(), "more/legacy-client-used.toml", RULE);
    let (code, _, stderr) = run(folder.path(), &["scan", ".", "--rules", "team", "--rules", "more"]);
    assert_eq!(code, 2);
    for expected in ["`fallback-secret` is a rule that is built in", "[rules.fallback-secret]", "has this id already"] {
        assert!(stderr.contains(expected), "{expected}: {stderr}");
    }
}

#[test]
fn folders_come_with_the_files_that_are_extended() {
    let shop = shop();
    let root = shop.path();
    write(root, "readiness.toml", "extends = \"config/base.toml\"\n");
    write(root, "config/base.toml", "[scan]\nrules = \"../team\"\n");
    let named = report(root, &["--only", "legacy-client-used"]);
    assert_eq!(named["findings"][0]["path"], "src/order.ts");
    write(root, "config/base.toml", "[scan]\nrules = \"nowhere\"\n");
    let (code, _, stderr) = run(root, &["scan", "."]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("config/base.toml:2:9") && stderr.contains("no folder `nowhere`"), "{stderr}");
}

#[test]
fn folders_that_are_none_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "repo/.git/HEAD", "ref: refs/heads/main\n");
    write(root, "repo/empty/README.md", "# Nothing\n");
    write(root, "outside/legacy-client-used.toml", RULE);
    let repo = root.join("repo");
    let refused = |arguments: &[&str], told: &[&str]| {
        let (code, _, stderr) = run(&repo, &[&["scan", "."], arguments].concat());
        assert_eq!(code, 2, "{stderr}");
        for expected in told {
            assert!(stderr.contains(expected), "{expected}: {stderr}");
        }
    };
    refused(&["--rules", "nowhere"], &["cannot read the rules in `nowhere`", "readiness new-rule"]);
    refused(&["--rules", "empty"], &["there is no rule in `empty`"]);
    refused(&["--rules", "empty/README.md"], &["are a file, not a folder"]);
    write(root, "repo/readiness.toml", "[scan]\nrules = [\"nowhere\"]\n");
    refused(&[], &["readiness.toml:2:10", "there is no folder `nowhere`"]);
    write(root, "repo/readiness.toml", "[scan]\nrules = [\"../outside\"]\n");
    refused(&[], &["readiness.toml:2:10", "leads out of the repository", "--rules DIR"]);
    write(root, "repo/readiness.toml", "[scan]\nrules = 3\n");
    refused(&[], &["readiness.toml:2:9", "`rules` must be a list of texts"]);
}

#[test]
fn a_rule_that_finds_everything_leaves_room_for_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let greedy = RULE.replace(
        "call = { callee = \"legacyClient.send\" }",
        "text = { keywords = [\"a\"], pattern = '[a-z]', files = [\"**\"] }",
    );
    write(folder.path(), "team/legacy-client-used.toml", &greedy);
    for file in 0..30 {
        write(folder.path(), &format!("src/{file}.ts"), &"const a = 1;\n".repeat(500));
    }
    let report = report(folder.path(), &["--rules", "team", "--only", "legacy-client-used"]);
    assert_eq!(report["summary"]["findings"], 2_000, "a hundred places of a file, two thousand of all files");
}

#[test]
fn a_built_in_rule_is_explained_beside_broken_ones() {
    let shop = shop();
    write(shop.path(), "team/legacy-client-used.toml", "id = 3\n");
    assert_eq!(run(shop.path(), &["explain", "fallback-secret"]).0, 0);
    assert_eq!(run(shop.path(), &["rules"]).0, 2);
}

/// The criteria of the report, without those of `rule`.
fn others(report: &Value, rule: &str) -> Vec<Value> {
    report["criteria"].as_array().unwrap().iter().filter(|one| one["rule"] != rule).cloned().collect()
}

#[test]
fn a_team_rule_that_is_left_out_is_shown_like_any_other() {
    let shop = shop();
    let root = shop.path();
    let of = |report: &Value| -> Vec<(String, String)> {
        let own = report["criteria"].as_array().unwrap().iter().filter(|one| one["rule"] == "legacy-client-used");
        own.map(|one| (one["status"].as_str().unwrap().to_owned(), one["detail"].as_str().unwrap_or("").to_owned()))
            .collect()
    };
    assert_eq!(of(&report(root, &[]))[0].0, "fail");
    write(root, "team/legacy-client-used.toml", &RULE.replace("\"high\"", "\"low\""));
    let left_out = report(root, &["--tier", "prototype"]);
    let reason = "a repository of the tier `prototype` need not answer it";
    assert_eq!(of(&left_out), [("not-applicable".to_owned(), reason.to_owned())]);
    assert!(left_out["rules"].as_array().unwrap().iter().any(|rule| rule["id"] == "legacy-client-used"));
    let count = |report: &Value| {
        let told = report["diagnostics"].as_array().unwrap().iter().find(|one| one["kind"] == "score-tier").unwrap();
        told["message"].as_str().unwrap().rsplit(' ').next().unwrap().parse::<usize>().unwrap()
    };
    let built_in = report(root, &["--tier", "prototype", "--no-config"]);
    assert_eq!(count(&left_out), count(&built_in) + 1);
    assert_eq!(others(&left_out, "legacy-client-used"), built_in["criteria"].as_array().unwrap().clone());

    let settings = "[scan]\nrules = \"team\"\n[rules.legacy-client-used]\n";
    write(root, "readiness.toml", &format!("{settings}enabled = true\n"));
    assert_eq!(of(&report(root, &["--tier", "prototype"]))[0].0, "fail", "the team asks it in every tier");
    write(root, "readiness.toml", &format!("{settings}enabled = false\nreason = \"the shop closes\"\n"));
    for tier in [&[][..], &["--tier", "prototype"]] {
        let disabled = report(root, tier);
        let told: Vec<&str> = disabled["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["rule"] == "legacy-client-used")
            .map(|one| one["message"].as_str().unwrap())
            .collect();
        assert_eq!(told, ["`legacy-client-used` is disabled: the shop closes"], "{tier:?}");
    }
}

#[test]
fn a_broken_rule_changes_no_other_verdict() {
    let shop = shop();
    let root = shop.path();
    let whole = report(root, &["--no-config"]);
    // A file with a mistake: there is no report that could differ.
    for broken in [
        "id = \"legacy-client-used\"\n[match",
        &RULE.replace("file = \"**/*.ts\"", "file = \"[\""),
        &RULE.replace("call =", "cal ="),
    ] {
        write(root, "team/legacy-client-used.toml", broken);
        let (code, stdout, stderr) = run(root, &["scan", ".", "--report", "json=out.json"]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{broken}: {stderr}");
        assert!(stderr.contains("team/legacy-client-used.toml"), "{stderr}");
        assert!(!root.join("out.json").exists());
        assert_eq!(others(&report(root, &["--no-config"]), ""), others(&whole, ""));
    }
    // Patterns that fit everything, nothing, or take very long.
    for text in [".*", "^(a|aa)+$", "(x+x+)+y", "[^\\\\s\\\\S]", "(?s).*(.*)*$"] {
        let rule =
            RULE.replace("call = { callee = \"legacyClient.send\" }", &format!("text = {{ regex = \"{text}\" }}"));
        write(root, "team/legacy-client-used.toml", &rule);
        let (code, stdout, stderr) = run(root, &["scan", ".", "--format", "json"]);
        if code == 2 {
            assert!(stderr.contains("team/legacy-client-used.toml"), "{text}: {stderr}");
            continue;
        }
        let with: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!(others(&with, "legacy-client-used"), others(&whole, ""), "{text}");
    }
}
