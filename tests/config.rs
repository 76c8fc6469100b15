//! `readiness.toml`: what it may say, and how its mistakes are shown.

use std::{fs, path::Path};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    config::{Config, ConfigError, DeployMethod, FailOn, Found, Layer, Names, Selector, find, load, parse},
    model::{Confidence, Lang, RuleMeta, Scope, Severity, Texts},
};

const NAMES: Names<'static> = Names {
    rules: &["console-usage", "cors-wildcard-origin", "hardcoded-secret", "schema-push"],
    categories: &["security", "observability", "ci-cd"],
    options: &[],
};

fn read(text: &str) -> Layer {
    match parse(text, "readiness.toml", "", NAMES) {
        Ok(layer) => layer,
        Err(error) => panic!("{error}"),
    }
}

/// The whole report on a wrong file.
fn report(text: &str) -> String {
    parse(text, "readiness.toml", "", NAMES).expect_err("the file is wrong").report(false)
}

/// `message|line:column|help` of every problem.
fn problems(text: &str) -> Vec<String> {
    let Err(ConfigError::Invalid { problems, .. }) = parse(text, "readiness.toml", "", NAMES) else {
        panic!("the file is wrong");
    };
    let place = |offset: usize| {
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        (line, before.chars().rev().take_while(|&char| char != '\n').count() + 1)
    };
    problems
        .iter()
        .map(|problem| {
            let (line, column) = place(problem.span.start);
            format!("{}|{line}:{column}|{}", problem.message, problem.help.as_deref().unwrap_or_default())
        })
        .collect()
}

fn meta(id: &str, category: &str, severity: Severity) -> RuleMeta {
    RuleMeta {
        id: id.to_owned(),
        category: category.to_owned(),
        severity,
        scope: Scope::Repository,
        confidence: Confidence::Certain,
        parents: Vec::new(),
        effort: 10,
        phase: 1,
        mandatory: false,
        creates: Vec::new(),
        cwe: Vec::new(),
        references: Vec::new(),
        options: std::collections::BTreeMap::new(),
        en: Texts::default(),
        ru: Texts::default(),
    }
}

#[test]
fn every_key_is_read() {
    let layer = read(
        r#"
        [scan]
        fail-on = "high"
        min-score = 6.5
        lang = "ru"
        only = ["security", "console-usage", "critical"]
        skip = "ci-cd"
        exclude = ["legacy/**", "*.gen.ts"]
        max-file-size = "2 MB"

        [deploy]
        method = "vercel"

        [rules.console-usage]
        severity = "low"

        [rules.schema-push]
        enabled = false
        reason = "the schema lives elsewhere"

        [[suppress]]
        rule = "hardcoded-secret"
        paths = ["tests/**"]
        reason = "made up for tests"
        until = 2026-12-31

        [[suppress]]
        rule = "cors-wildcard-origin"
        reason = "a public read-only API"
        until = "2027-01-31"
        "#,
    );
    assert_eq!(layer.fail_on, Some(FailOn::At(Severity::High)));
    assert_eq!(layer.min_score, Some(6.5));
    assert_eq!(layer.lang, Some(Lang::Ru));
    assert_eq!(
        layer.only,
        Some(vec![
            Selector::Category("security".into()),
            Selector::Rule("console-usage".into()),
            Selector::Severity(Severity::Critical)
        ])
    );
    assert_eq!(layer.skip, Some(vec![Selector::Category("ci-cd".into())]));
    let exclude = layer.exclude.as_ref().unwrap();
    assert!(exclude.matches("legacy/a/b.ts") && exclude.matches("src/api.gen.ts") && !exclude.matches("src/api.ts"));
    assert_eq!(layer.max_file_size, Some(2_000_000));
    assert_eq!(layer.deploy_method, Some(DeployMethod::Vercel));
    assert_eq!(layer.rules["console-usage"].severity, Some(Severity::Low));
    assert!(!layer.rules["schema-push"].is_enabled());
    assert_eq!(layer.rules["schema-push"].reason.as_deref(), Some("the schema lives elsewhere"));
    let [first, second] = layer.waivers.as_slice() else { panic!("two entries") };
    assert!(first.paths.matches("tests/a.ts") && !first.paths.matches("src/a.ts"));
    assert_eq!((first.path.as_str(), first.line), ("readiness.toml", 21));
    assert_eq!(first.until.unwrap().to_string(), "2026-12-31");
    assert!(second.paths.is_empty());
    assert_eq!(second.until.unwrap().to_string(), "2027-01-31");
}

#[test]
fn an_empty_file_says_nothing() {
    assert_eq!(read(""), Layer::default());
    assert_eq!(read("\u{feff}# only a comment\r\n"), Layer::default());
}

#[test]
fn a_whole_number_is_a_score_too() {
    assert_eq!(read("[scan]\nmin-score = 7").min_score, Some(7.0));
}

#[test]
fn a_problem_is_shown_with_its_line() {
    assert_eq!(
        report("# what we insist on\n[scan]\nfail_on = \"high\"\n"),
        "\
error: unknown key `fail_on` in `scan`
 --> readiness.toml:3:1
  |
3 | fail_on = \"high\"
  | ^^^^^^^
  |
  = help: did you mean `fail-on`?"
    );
}

#[test]
fn all_problems_of_a_file_are_shown_in_order() {
    assert_eq!(
        problems(
            "[scan]\nmin-score = 11\nonly = [\"securty\", \"nonsense\"]\nlang = \"de\"\n\
             [rules.console-usge]\nseverity = \"low\"\n[rules.schema-push]\nseverity = \"hgih\"\n"
        ),
        [
            "`min-score` must be a number from 0 to 10|2:13|",
            "no rule, category or severity is named `securty`|3:9|did you mean `security`?",
            "no rule, category or severity is named `nonsense`|3:20|`readiness rules` lists rules and categories",
            "`de` is no value of `lang`|4:8|",
            "there is no rule `console-usge`|5:8|did you mean `console-usage`?",
            "`hgih` is no value of `severity`|8:12|did you mean `high`?",
        ]
    );
}

#[test]
fn unknown_keys_and_sections_are_refused() {
    assert_eq!(problems("[scn]\n"), ["unknown key `scn`|1:2|did you mean `scan`?"]);
    assert_eq!(
        problems("fail-on = \"low\"\n"),
        ["unknown key `fail-on`|1:1|`fail-on` belongs in the section `[scan]`"]
    );
    assert_eq!(
        problems("[output]\n"),
        [
            "unknown key `output`|1:2|known sections: `extends`, `scan`, `deploy`, `rules`, `overrides`, `score`, `report`, `suppress`, `suppressions`, `attest`"
        ]
    );
    assert_eq!(
        problems("[deploy]\nplatform = \"x\"\n"),
        ["unknown key `platform` in `deploy`|2:1|known keys: `method`"]
    );
    assert_eq!(
        problems("[rules.schema-push]\nweight = 3\n"),
        ["unknown key `weight` in `rules.schema-push`|2:1|known keys: `severity`, `enabled`, `reason`, `options`"]
    );
}

#[test]
fn wrong_types_say_what_was_expected() {
    let text = "[scan]\nfail-on = 3\nmin-score = \"high\"\nonly = 7\nskip = [1]\nmax-file-size = true\n\
                [rules]\nschema-push = false\n";
    let found = problems(text);
    assert_eq!(
        found,
        [
            "`fail-on` must be a text|2:11|",
            "`min-score` must be a number from 0 to 10|3:13|",
            "`only` must be a list of texts|4:8|",
            "`skip` must be a text|5:9|",
            "`max-file-size` must be a number of bytes or a text like \"2 MB\"|6:17|",
            "`rules.schema-push` must be a section|8:15|",
        ]
    );
    assert!(report(text).contains("^ this is a number"), "{}", report(text));
}

#[test]
fn sections_must_be_sections() {
    assert_eq!(problems("scan = 1\n"), ["`scan` must be a section|1:8|"]);
    assert_eq!(
        problems("[suppress]\nrule = \"schema-push\"\n"),
        ["`suppress` must be a list of sections, each headed `[[suppress]]`|1:1|"]
    );
}

#[test]
fn senseless_values_are_refused() {
    assert_eq!(problems("[scan]\nmax-file-size = \"big\"\n").len(), 1);
    assert_eq!(problems("[scan]\nmax-file-size = -1\n").len(), 1);
    assert_eq!(problems("[scan]\nmin-score = nan\n").len(), 1);
    assert_eq!(problems("[scan]\nexclude = [\"a[\"]\n").len(), 1);
    assert_eq!(problems("[scan]\nexclude = [\"../x\"]\n").len(), 1);
    assert_eq!(problems("[scan]\nfail-on = \"info\"\n").len(), 1);
    assert_eq!(problems("[deploy]\nmethod = \"carrier-pigeon\"\n").len(), 1);
}

#[test]
fn an_answer_needs_a_rule_a_person_and_a_day() {
    assert_eq!(
        problems("[[attest]]\nnote = \"x\"\n"),
        [
            "`rule` is missing in this `[[attest]]`|1:1|`rule = \"...\"` names the criterion that is answered",
            "`by` is missing in this `[[attest]]`|1:1|`by = \"...\"` says who answers, and every report shows it",
            "`on` is missing in this `[[attest]]`|1:1|`on = \"...\"` is the day of the answer, like \"2026-12-31\"",
        ]
    );
    let layer = read("[[attest]]\nrule = \"schema-push\"\nby = \"Ann\"\non = 2026-10-01\nholds = false\n");
    let attested = &layer.attested[0];
    assert_eq!((attested.by.as_str(), attested.holds, attested.until), ("Ann", false, None));
    assert_eq!(attested.on.to_string(), "2026-10-01");
}

#[test]
fn a_suppression_needs_a_rule_and_a_reason() {
    assert_eq!(
        problems("[[suppress]]\npaths = [\"a\"]\n"),
        [
            "`rule` is missing in this `[[suppress]]`|1:1|`rule = \"...\"` names the rule to suppress",
            "`reason` is missing in this `[[suppress]]`|1:1|`reason = \"...\"` says why, and every report shows it",
        ]
    );
    assert_eq!(
        problems("[[suppress]]\nrule = \"schema-push\"\nreason = \" - \"\n"),
        ["`reason` must say something|3:10|"]
    );
    assert_eq!(
        problems("[[suppress]]\nrule = \"schema-pusch\"\nreason = \"x\"\nuntil = \"soon\"\n"),
        [
            "there is no rule `schema-pusch`|2:8|did you mean `schema-push`?",
            "`until` must be a date like 2026-12-31|4:9|"
        ]
    );
}

#[test]
fn a_disabled_rule_needs_a_reason() {
    assert_eq!(
        problems("[rules.schema-push]\nenabled = false\n"),
        ["`schema-push` is disabled without a reason|2:1|add `reason = \"...\"`: every report shows it"]
    );
    assert_eq!(read("[rules.schema-push]\nenabled = true\n").rules["schema-push"].enabled, Some(true));
}

#[test]
fn what_is_not_toml_is_shown_with_its_line() {
    let shown = report("[scan]\nfail-on = high\n");
    assert!(shown.contains("this is not TOML"), "{shown}");
    assert!(shown.contains("readiness.toml:2:11"), "{shown}");
    let twice = report("[scan]\nlang = \"en\"\nlang = \"ru\"\n");
    assert!(twice.contains("duplicate key"), "{twice}");
}

#[test]
fn hostile_text_is_harmless() {
    let shown = report("[scan]\n\"\\u001b[31mred\" = 1\n");
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    let raw = report("[scan]\nfail-on = \"\u{202e}high\"\n");
    assert!(!raw.contains('\u{202e}'), "{raw:?}");
    let deep = format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(parse(&deep, "readiness.toml", "", NAMES).is_err());
    let long = format!("{} = 1", "a".repeat(100_000));
    assert!(parse(&long, "readiness.toml", "", NAMES).is_err());
}

#[test]
fn flags_win_over_the_file_and_the_file_over_defaults() {
    let file = read(
        "[scan]\nfail-on = \"high\"\nlang = \"ru\"\nskip = [\"ci-cd\"]\n[rules.schema-push]\nseverity = \"low\"\n",
    );
    let flags = Layer { fail_on: Some(FailOn::Never), skip: Some(Vec::new()), ..Layer::default() };
    let config = Config::from_layers([flags, file]);
    assert_eq!(config.fail_on, None);
    assert_eq!(config.lang, Lang::Ru);
    assert!(config.skip.is_empty());
    assert!(config.inline_ignores);
    assert_eq!(config.severity(&meta("schema-push", "security", Severity::Critical)), Severity::Low);
    assert_eq!(Config::default().fail_on, Some(Severity::Critical));
}

#[test]
fn selectors_choose_rules() {
    let secret = meta("hardcoded-secret", "security", Severity::Critical);
    let console = meta("console-usage", "observability", Severity::Medium);
    let with = |text: &str| Config::from_layers([read(text)]);
    assert!(with("").runs(&secret));
    assert!(with("[scan]\nonly = [\"security\"]").runs(&secret));
    assert!(!with("[scan]\nonly = [\"security\"]").runs(&console));
    assert!(!with("[scan]\nskip = [\"critical\"]").runs(&secret));
    assert!(!with("[scan]\nonly = [\"security\"]\nskip = [\"hardcoded-secret\"]").runs(&secret));
    assert!(with("[scan]\nonly = [\"security\"]").is_partial());
    let disabled = "[rules.console-usage]\nenabled = false\nreason = \"a tool\"\n";
    assert!(!with(disabled).runs(&console));
    assert!(!with(disabled).is_partial());
    assert!(with(&format!("scan.only = [\"console-usage\"]\n{disabled}")).runs(&console));
    // The severity that the team gave counts.
    assert!(with("scan.only = [\"high\"]\n[rules.console-usage]\nseverity = \"high\"\n").runs(&console));
}

fn utf8(path: &Path) -> Utf8PathBuf {
    let path = path.canonicalize().expect("the folder exists");
    Utf8PathBuf::from_path_buf(path).expect("the folder's path is UTF-8")
}

fn path_found(root: &Utf8Path) -> Option<Utf8PathBuf> {
    find(root).map(|found| found.path)
}

#[test]
fn the_nearest_file_up_to_the_git_root_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let top = utf8(folder.path());
    fs::create_dir_all(top.join("repo/.git")).unwrap();
    fs::create_dir_all(top.join("repo/services/api")).unwrap();
    fs::write(top.join("readiness.toml"), "").unwrap();
    let api = top.join("repo/services/api");
    assert_eq!(path_found(&api), None, "above the repository nothing counts");
    fs::write(top.join("repo/readiness.toml"), "").unwrap();
    assert_eq!(path_found(&api), Some(top.join("repo/readiness.toml")));
    fs::write(api.join("readiness.toml"), "").unwrap();
    assert_eq!(path_found(&api), Some(api.join("readiness.toml")));
    fs::create_dir_all(top.join("loose/inner")).unwrap();
    assert_eq!(path_found(&top.join("loose/inner")), None, "without a repository only the root itself counts");
}

#[test]
fn patterns_are_written_for_the_folder_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let top = utf8(folder.path());
    fs::create_dir_all(top.join(".git")).unwrap();
    fs::create_dir_all(top.join("services/api")).unwrap();
    fs::write(top.join("readiness.toml"), "[scan]\nexclude = [\"services/api/gen/\"]\n").unwrap();
    let root = top.join("services/api");
    let found = find(&root).unwrap();
    let exclude = load(&found, &root, "readiness.toml", NAMES).unwrap().exclude.unwrap();
    assert!(exclude.matches("gen/a.ts") && !exclude.matches("src/a.ts"));
}

fn unreadable(found: &Found) -> String {
    load(found, Utf8Path::new("/"), "readiness.toml", NAMES).expect_err("it cannot be read").report(false)
}

#[test]
fn a_file_that_is_none_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let top = utf8(folder.path());
    let path = top.join("readiness.toml");
    let missing = unreadable(&Found::named(path.clone()));
    assert!(missing.starts_with("error: cannot read the configuration `readiness.toml`: no such file"), "{missing}");
    fs::create_dir(&path).unwrap();
    let is_folder = unreadable(&find(&top).unwrap());
    assert!(is_folder.contains("it is a folder"), "{is_folder}");
    fs::remove_dir(&path).unwrap();
    fs::write(&path, b"[scan]\nlang = \"\xff\"\n").unwrap();
    let not_text = unreadable(&Found::named(path.clone()));
    assert!(not_text.contains("line 2 is not UTF-8"), "{not_text}");
    fs::write(&path, "#".repeat(2 * 1024 * 1024)).unwrap();
    let huge = unreadable(&Found::named(path));
    assert!(huge.contains("it is larger than 1024 KiB"), "{huge}");
}

#[cfg(unix)]
#[test]
fn a_found_file_must_not_lead_out_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let top = utf8(folder.path());
    fs::create_dir_all(top.join("repo/.git")).unwrap();
    fs::write(top.join("outside.toml"), "secret = 1\n").unwrap();
    std::os::unix::fs::symlink(top.join("outside.toml"), top.join("repo/readiness.toml")).unwrap();
    let shown = unreadable(&find(&top.join("repo")).unwrap());
    assert!(shown.contains("leads out of the repository") && !shown.contains("secret"), "{shown}");
}
