//! Formats that programs read: each is parsed back, shown as a user meets it, and fed with hostile content.

#[expect(dead_code, reason = "no planted secrets and no git here")]
mod common;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use common::write;
use pulldown_cmark::{Event, Options, Parser, Tag};
use quick_xml::{Reader, events::Event as Xml};
use serde_json::Value;
use tempfile::TempDir;

/// Runs `arguments` in `folder`: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

/// Every format of a scan, as the program lists them: a new one is tested without being named here.
fn formats() -> Vec<String> {
    let (_, _, stderr) = run(Path::new("/"), &["--format", "?"]);
    let list = stderr.split("[possible values: ").nth(1).and_then(|rest| rest.split(']').next());
    let formats: Vec<String> =
        list.expect("the formats are listed").split(',').map(|name| name.trim().to_owned()).collect();
    assert!(formats.len() >= 10, "{stderr}");
    formats
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// One scan of `root` in every format; every report is a file in the returned folder, named after its format.
fn all_formats(root: &Path, arguments: &[&str]) -> BTreeMap<String, String> {
    let out = folder();
    let file = |format: &str| out.path().join(format);
    let formats = formats();
    let targets: Vec<String> = formats.iter().map(|format| format!("{format}={}", file(format).display())).collect();
    let mut all: Vec<&str> = vec!["--format", "agent", "--no-config", "--fail-on", "never"];
    for target in &targets {
        all.extend(["--report", target]);
    }
    all.extend(arguments);
    let (code, stdout, stderr) = run(root, &all);
    assert_eq!(code, 0, "{stderr}");
    let read = |format: String| {
        let text = fs::read_to_string(file(&format)).expect("the report was written");
        (format, text)
    };
    let reports: BTreeMap<String, String> = formats.into_iter().map(read).collect();
    assert_eq!(reports["agent"], stdout, "a file and standard output hold the same");
    reports
}

/// The defects of the example: an open one, a suppressed one, a missing file, a question, and a file that cannot be
/// read as code.
const ONLY: &str = "fallback-secret,readme-missing,secret-rotation,source-syntax-error";

fn shop() -> TempDir {
    let folder = folder();
    let root = folder.path();
    let manifest = "{ \"name\": \"shop\", \"private\": true, \"dependencies\": { \"express\": \"^4.21.0\" } }\n";
    write(root, "package.json", manifest);
    write(
        root,
        "src/auth.js",
        "const express = require(\"express\");\nconst secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n\
         express().listen(3000, () => secret);\n",
    );
    write(
        root,
        "src/session.js",
        "// readiness: ignore[fallback-secret] replaced at start-up, see bootstrap.js\n\
         exports.secret = process.env.SESSION_SECRET || \"corner-shop-session\";\n",
    );
    write(root, "src/cart.js", CONFLICT);
    folder
}

/// A finding and a diagnostic: it does not parse.
const CONFLICT: &str = "const a = {\n<<<<<<< HEAD\n  b: 1,\n=======\n  b: 2,\n>>>>>>> other\n};\n";

/// Says what it is, how it is installed and how it is started.
const README: &str = "# Shop\n\nThe shop sells corners to builders who have run out of them, by mail and over the \
    counter.\n\n## Installation\n\n    npm ci\n\n## Usage\n\nStart it with `npm start`, then open the shop in a \
    browser and order a corner.\n";

/// A report as it is shown in snapshots, which outlive versions.
fn shown(text: &str) -> String {
    text.replace(&format!("readiness {}", env!("CARGO_PKG_VERSION")), "readiness VERSION")
        .replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"VERSION\"")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The names of all elements, sorted; fails when the document is not well-formed.
fn elements(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let mut names = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Xml::Start(tag) => {
                tag.attributes().for_each(|attribute| drop(attribute.expect("attributes are well-formed")));
                names.push(tag.name().as_ref().to_owned());
                depth += 1;
            }
            Xml::Empty(tag) => {
                tag.attributes().for_each(|attribute| drop(attribute.expect("attributes are well-formed")));
                names.push(tag.name().as_ref().to_owned());
            }
            Xml::End(_) => depth -= 1,
            Xml::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element ends");
    names.sort();
    names
}

/// What Markdown makes of a text: its blocks, links and images by number, and every piece of HTML.
fn structure(markdown: &str) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        let name = match event {
            Event::Start(Tag::Heading { .. }) => "heading".to_owned(),
            Event::Start(Tag::TableRow) => "row".to_owned(),
            Event::Start(Tag::TableCell) => "cell".to_owned(),
            Event::Start(Tag::Item) => "item".to_owned(),
            Event::Start(Tag::CodeBlock(_)) => "code block".to_owned(),
            Event::Start(Tag::BlockQuote(_)) => "quotation".to_owned(),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => "link".to_owned(),
            Event::Html(html) | Event::InlineHtml(html) => format!("html {}", html.trim()),
            _ => continue,
        };
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn sarif_errors(sarif: &Value) -> Vec<String> {
    // The published pattern of a language has a bracket that only lenient readers take for itself.
    let schema = json(&include_str!("schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}\\\\]?$"));
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    validator.iter_errors(sarif).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn sarif_follows_the_official_schema() {
    let shop = shop();
    for arguments in [&["--only", ONLY][..], &[], &["--all"], &["--lang", "ru"]] {
        let sarif = json(&all_formats(shop.path(), arguments)["sarif"]);
        assert_eq!(sarif_errors(&sarif), Vec::<String>::new(), "{arguments:?}");
    }
    let empty = folder();
    assert_eq!(sarif_errors(&json(&run(empty.path(), &["--format", "sarif"]).1)), Vec::<String>::new());
    let mut wrong = json(&run(shop.path(), &["--format", "sarif"]).1);
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert_eq!(sarif_errors(&wrong).len(), 1, "the schema is looked at");
}

#[test]
fn sarif_says_what_code_scanning_needs() {
    let shop = shop();
    let sarif = json(&all_formats(shop.path(), &["--only", ONLY])["sarif"]);
    insta::assert_snapshot!(shown(&serde_json::to_string_pretty(&sarif).expect("it is JSON")));
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().expect("there are results");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("there are rules");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("it has an index")).expect("it is small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["kind"], "fail", "services take every result for a problem");
        assert!(result["suppressions"].is_array(), "all results tell whether they are suppressed");
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a place");
        assert!(shop.path().join(uri).exists(), "{uri} is there");
    }
    for rule in rules {
        for key in ["/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
            assert!(rule.pointer(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty()), "{key}: {rule}");
        }
        assert!(rule.get("helpUri").is_none(), "no address is invented");
    }
}

#[test]
fn junit_has_a_case_for_each_criterion() {
    let shop = shop();
    let reports = all_formats(shop.path(), &["--only", ONLY]);
    insta::assert_snapshot!(shown(&reports["junit"]));
    let criteria = json(&reports["json"])["criteria"].as_array().expect("there are criteria").len();
    assert_eq!(elements(&reports["junit"]).iter().filter(|name| *name == "testcase").count(), criteria);
}

#[test]
fn annotations_and_the_job_summary() {
    let shop = shop();
    let reports = all_formats(shop.path(), &["--only", ONLY]);
    insta::assert_snapshot!(shown(&reports["github"]));
    insta::assert_snapshot!(shown(&reports["github-summary"]));
}

#[test]
fn a_step_has_at_most_ten_annotations_of_a_kind() {
    let many = folder();
    for index in 0..25 {
        let code = format!("exports.a = process.env.TOKEN_SECRET || \"corner-shop-{index}\";\n");
        write(many.path(), &format!("src/{index}.js"), &code);
    }
    write(many.path(), "package.json", "{ \"name\": \"many\", \"dependencies\": { \"express\": \"4\" } }\n");
    let arguments = ["--format", "github", "--only", "fallback-secret", "--no-config"];
    let (_, stdout, _) = run(many.path(), &arguments);
    assert_eq!(stdout.lines().filter(|line| line.starts_with("::error ")).count(), 10, "{stdout}");
    assert!(
        stdout.contains("::group::Not shown as annotations, because a step shows ten of each kind (15)\n"),
        "{stdout}"
    );
    assert_eq!(stdout.lines().filter(|line| line.starts_with("- critical fallback-secret ")).count(), 15, "{stdout}");
}

#[test]
fn the_job_summary_is_written_only_where_it_is_asked_for() {
    let shop = shop();
    let summary = shop.path().join("summary.md");
    fs::write(&summary, "").expect("the file can be written");
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    command.current_dir(shop.path()).args(["--format", "github"]).env("GITHUB_STEP_SUMMARY", &summary);
    command.output().expect("the program starts");
    assert_eq!(fs::read_to_string(&summary).expect("it is there"), "");
}

#[test]
fn gitlab_entries_have_all_that_gitlab_reads() {
    let shop = shop();
    let reports = all_formats(shop.path(), &["--only", ONLY]);
    insta::assert_snapshot!(shown(&reports["gitlab"]));
    let entries = json(&reports["gitlab"]);
    let mut seen = Vec::new();
    for entry in entries.as_array().expect("it is a list") {
        let fingerprint = entry["fingerprint"].as_str().expect("it has a fingerprint");
        assert!(!seen.contains(&fingerprint), "fingerprints differ");
        seen.push(fingerprint);
        for key in ["/description", "/check_name", "/location/path", "/severity"] {
            assert!(entry.pointer(key).is_some_and(Value::is_string), "{key}: {entry}");
        }
        assert!(entry.pointer("/location/lines/begin").is_some_and(Value::is_u64), "{entry}");
        assert!(["info", "minor", "major", "critical", "blocker"].iter().any(|known| entry["severity"] == **known));
    }
}

#[test]
fn an_agent_gets_places_fixes_and_commands() {
    let shop = shop();
    let text = all_formats(shop.path(), &["--only", ONLY])["agent"].clone();
    insta::assert_snapshot!(shown(&text));
    let commands: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("verify: readiness ")).collect();
    assert!(!commands.is_empty(), "{text}");
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').collect();
        assert_eq!(run(shop.path(), &arguments).0, 1, "{command} fails as long as something is open");
    }
    write(shop.path(), "src/auth.js", "exports.secret = process.env.JWT_SECRET;\n");
    let verify = ["scan", ".", "--only", "fallback-secret", "--fail-on", "low"];
    assert_eq!(run(shop.path(), &verify).0, 0, "and holds when it is repaired");
    insta::assert_snapshot!(shown(&run(shop.path(), &["--format", "agent", "--lang", "ru", "--only", ONLY]).1));
}

#[test]
fn a_badge_is_an_image_without_requests() {
    let shop = shop();
    let svg = all_formats(shop.path(), &[])["badge"].clone();
    elements(&svg);
    assert_eq!(svg.matches("http").count(), 1, "only the namespace: {svg}");
    assert!(svg.contains("not ready") && svg.contains("1 suppressed finding · "), "{svg}");
    insta::assert_snapshot!(run(folder().path(), &["--format", "badge"]).1);
}

#[test]
fn standard_output_takes_one_report() {
    let shop = shop();
    let only = ["--only", ONLY, "--fail-on", "never"];
    let by_format = run(shop.path(), &[&only[..], &["--format", "gitlab"]].concat());
    assert_eq!(run(shop.path(), &[&only[..], &["--report", "gitlab=-"]].concat()), by_format);
    let (code, stdout, stderr) =
        run(shop.path(), &["--format", "json", "--report", "sarif=-", "--report", "junit=out"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        "error: several reports go to standard output: `json`, `sarif`\n\
         help: print one, and give each of the others a file: --report FORMAT=FILE\n"
    );
    assert!(!shop.path().join("out").exists(), "nothing is written");
    let (code, _, stderr) = run(shop.path(), &["--report", "json=out", "--report", "sarif=./out"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("two reports go to the same file `./out`"), "{stderr}");
}

#[test]
fn every_format_says_what_is_suppressed_and_what_is_not_assessed() {
    let shop = shop();
    let reports = all_formats(shop.path(), &["--only", ONLY, "--all"]);
    let rules = json(&reports["json"])["rules"].as_array().expect("there are rules").clone();
    let question = rules.iter().find(|rule| rule["id"] == "secret-rotation").expect("it is asked");
    let title = question["title"].as_str().expect("it has a title");
    for (format, text) in &reports {
        if format == "badge" {
            assert!(text.contains("1 suppressed finding · ") && text.contains("not assessed"), "{text}");
        } else {
            assert!(text.contains("replaced at start-up"), "{format}: the reason of the suppression\n{text}");
            assert!(text.contains("secret-rotation") || text.contains(title), "{format}: the question\n{text}");
        }
        assert!(!text.contains("corner-shop-sess"), "{format}: the secret is masked\n{text}");
    }
}

/// Names of files that would act on a terminal, a log, a document or a parser. Slashes would make folders of them.
const HOSTILE: [&str; 12] = [
    "<script>planted(1)<b>",
    "a|b`c``d`",
    "::error::planted",
    "::set-output name=x::y",
    "##[error]planted",
    "100%0Aplanted%25",
    "esc\u{1b}[31mred\u{7}\u{9b}1m",
    "bidi\u{202e}nimda\u{2066}\u{200b}",
    "two\n::warning::lines\r\n# heading",
    "\"quoted\" 'x' &amp; ]]> <![CDATA[",
    "[link](1) ![i](javascript:x)",
    "{0} $(id) ${HOME} *b* _i_ ~s~",
];

/// The same files under `names`, with the same number of findings, diagnostics and suppressions.
fn repository(names: &[&str], word: &str) -> TempDir {
    let folder = folder();
    let root = folder.path();
    let name = serde_json::to_string(word).expect("it is a string");
    let manifest = format!("{{ \"name\": {name}, \"version\": {name}, \"dependencies\": {{ \"express\": \"4\" }} }}\n");
    write(root, "package.json", &manifest);
    let plain = word.replace(['\n', '\r'], " ");
    for name in names {
        let file = |kind: &str| PathBuf::from("src").join(format!("{name}{kind}.js"));
        let put = |kind: &str, content: &str| {
            let path = root.join(file(kind));
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
            fs::write(path, content).expect("the file system takes any name");
        };
        put("-open", &format!("exports.a = process.env.JWT_SECRET || \"corner-shop\"; // {plain}\n"));
        put(
            "-kept",
            &format!(
                "// readiness: ignore[fallback-secret] {plain}\n\
                 exports.b = process.env.SESSION_SECRET || \"corner-shop\";\n"
            ),
        );
        put("-cart", CONFLICT);
    }
    folder
}

#[test]
fn hostile_names_and_contents_change_nothing_in_any_format() {
    let tame: Vec<String> = (0..HOSTILE.len()).map(|index| format!("tame{index}")).collect();
    let tame: Vec<&str> = tame.iter().map(String::as_str).collect();
    let (wild, tame) = (repository(&HOSTILE, &HOSTILE.join(" ")), repository(&tame, "tame"));
    let arguments = ["--only", ONLY];
    let (wild, tame) = (all_formats(wild.path(), &arguments), all_formats(tame.path(), &arguments));
    for (format, text) in &wild {
        // JSON escapes what would act; its readers get the text as it is.
        let data = format == "json";
        let acting = |c: &char| {
            (c.is_control() && !matches!(c, '\n' | '\t'))
                || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}')
        };
        assert_eq!(text.chars().find(acting).filter(|_| !data), None, "{format}");
        if matches!(format.as_str(), "junit" | "badge") {
            assert!(!text.contains("<script>"), "{format}: {text}");
        }
        let commands = text.lines().filter(|line| line.trim_start().starts_with("::")).count();
        let expected = tame[format].lines().filter(|line| line.starts_with("::")).count();
        assert_eq!(commands, expected, "{format} has no command of a repository: {text}");
    }
    for format in ["junit", "badge"] {
        assert_eq!(elements(&wild[format]), elements(&tame[format]), "{format}");
    }
    for format in ["markdown", "github-summary"] {
        assert_eq!(structure(&wild[format]), structure(&tame[format]), "{format}: {}", wild[format]);
    }
    for format in ["agent", "github"] {
        assert_eq!(wild[format].lines().count(), tame[format].lines().count(), "{format}: {}", wild[format]);
    }
    // Where a line is a command already, nothing else in it is read as one.
    let older = wild["github"].lines().find(|line| !line.starts_with("::") && line.contains("##["));
    assert_eq!(older, None);
    let sarif = json(&wild["sarif"]);
    assert_eq!(sarif_errors(&sarif), Vec::<String>::new());
    let paths = |sarif: &Value| sarif["runs"][0]["results"].as_array().expect("there are results").len();
    assert_eq!(paths(&sarif), paths(&json(&tame["sarif"])));
    for finding in json(&wild["json"])["findings"].as_array().expect("there are findings") {
        let path = finding["path"].as_str().expect("it has a path");
        let uris: Vec<String> = sarif["runs"][0]["results"]
            .as_array()
            .expect("there are results")
            .iter()
            .map(|result| decoded(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]))
            .collect();
        assert!(finding["missing"] == true || uris.iter().any(|uri| uri == path), "{path:?} in {uris:?}");
    }
    assert_eq!(json(&wild["gitlab"]).as_array().map(Vec::len), json(&tame["gitlab"]).as_array().map(Vec::len));
}

/// A percent-encoded path as a reader decodes it.
fn decoded(uri: &Value) -> String {
    let uri = uri.as_str().expect("it is a string");
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next(), rest.next()].map(|digit| char::from(digit.expect("two digits follow")));
            bytes.push(u8::from_str_radix(&String::from_iter(digits), 16).expect("they are hexadecimal"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("paths are UTF-8")
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_breaks_no_format() {
    use std::os::unix::ffi::OsStrExt as _;

    let shop = shop();
    let name = std::ffi::OsStr::from_bytes(b"src/caf\xe9\xff.js");
    fs::write(shop.path().join(name), "exports.a = process.env.JWT_SECRET || \"corner-shop\";\n")
        .expect("it is written");
    let reports = all_formats(shop.path(), &["--only", ONLY]);
    assert!(reports["json"].contains("caf\u{fffd}"), "the file is named: {}", reports["json"]);
    assert_eq!(sarif_errors(&json(&reports["sarif"])), Vec::<String>::new());
    elements(&reports["junit"]);
}

#[test]
fn reports_are_the_same_on_one_thread_and_on_many() {
    let shop = shop();
    assert_eq!(all_formats(shop.path(), &["--jobs", "1"]), all_formats(shop.path(), &["--jobs", "5"]));
}

/// Writes the report of `root` as JSON to `file` in the same folder.
fn save(root: &Path, file: &Path, arguments: &[&str]) {
    let target = format!("json={}", file.display());
    let mut all = vec!["--no-config", "--fail-on", "never", "--quiet", "--report", &target];
    all.extend(arguments);
    assert_eq!(run(root, &all).0, 0);
}

/// What a comparison has that its schema does not describe.
fn comparison_errors(value: &Value) -> Vec<String> {
    let schema = json(include_str!("../schemas/compare-v1.schema.json"));
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn comparisons_follow_their_schema() {
    let (shop, other, out) = (shop(), folder(), folder());
    let reports = ["whole.json", "part.json", "other.json", "guesses.json"].map(|name| out.path().join(name));
    save(shop.path(), &reports[0], &[]);
    save(shop.path(), &reports[1], &["--only", ONLY, "--lang", "ru"]);
    save(other.path(), &reports[2], &[]);
    save(shop.path(), &reports[3], &["--all"]);
    let named = |path: &PathBuf| path.to_str().expect("it is UTF-8").to_owned();
    for old in &reports {
        for new in &reports {
            let (code, stdout, stderr) = run(out.path(), &["compare", "--format", "json", &named(old), &named(new)]);
            assert_eq!((code, stderr.as_str()), (0, ""));
            assert_eq!(comparison_errors(&json(&stdout)), Vec::<String>::new(), "{} {}", named(old), named(new));
        }
    }
    let (_, stdout, _) = run(out.path(), &["compare", "--format", "json", &named(&reports[2]), &named(&reports[0])]);
    let mut value = json(&stdout);
    value["findings"][0]["undocumented"] = Value::Null;
    assert_eq!(comparison_errors(&value).len(), 1, "an undocumented field is noticed");
}

#[test]
fn two_reports_are_compared() {
    let (shop, out) = (shop(), folder());
    let (old, new) = (out.path().join("old.json"), out.path().join("new.json"));
    save(shop.path(), &old, &["--only", ONLY]);
    // One is repaired, one comes in, one moves down its file, and one is suppressed now.
    write(shop.path(), "README.md", README);
    write(shop.path(), "src/pay.js", "exports.key = process.env.STRIPE_SECRET || \"corner-shop-pay\";\n");
    let auth = fs::read_to_string(shop.path().join("src/auth.js")).expect("it is there");
    write(shop.path(), "src/auth.js", &format!("\n\n{auth}"));
    save(shop.path(), &new, &["--only", ONLY]);
    let compare = |arguments: &[&str]| {
        let mut all = vec!["compare", "old.json", "new.json"];
        all.extend(arguments);
        let (code, stdout, stderr) = run(out.path(), &all);
        assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
        stdout
    };
    insta::assert_snapshot!(compare(&[]));
    insta::assert_snapshot!(compare(&["--format", "markdown"]));
    insta::assert_snapshot!(compare(&["--format", "markdown", "--lang", "ru"]));
    let value = json(&compare(&["--format", "json"]));
    assert_eq!(comparison_errors(&value), Vec::<String>::new());
    let states: Vec<(&str, &str)> = value["findings"]
        .as_array()
        .expect("there are findings")
        .iter()
        .map(|finding| (finding["state"].as_str().expect("a state"), finding["path"].as_str().expect("a path")))
        .collect();
    assert_eq!(
        states,
        [
            ("new", "src/pay.js"),
            ("resolved", "README.md"),
            ("unchanged", "src/auth.js"),
            ("unchanged", "src/cart.js"),
            ("suppressed", "src/session.js"),
        ]
    );
}

#[test]
fn what_is_not_asked_any_more_is_not_resolved() {
    let (shop, out) = (shop(), folder());
    save(shop.path(), &out.path().join("old.json"), &["--only", ONLY]);
    save(shop.path(), &out.path().join("new.json"), &["--only", "fallback-secret"]);
    let (_, stdout, _) = run(out.path(), &["compare", "old.json", "new.json", "--format", "json"]);
    let value = json(&stdout);
    assert_eq!(value["counts"]["resolved"], 0);
    assert_eq!(value["counts"]["no-longer-assessed"], 2);
    assert_eq!(value["cautions"][0]["kind"], "old-is-partial");
}

#[test]
fn different_rubrics_and_versions_are_said_so() {
    let (shop, out) = (shop(), folder());
    let (old, new) = (out.path().join("old.json"), out.path().join("new.json"));
    save(shop.path(), &new, &[]);
    let mut report = json(&fs::read_to_string(&new).expect("it is there"));
    report["tool"]["rubric"] = 900.into();
    report["tool"]["version"] = "0.0.1".into();
    report["repository"]["name"] = "other `|` shop <b>".into();
    fs::write(&old, report.to_string()).expect("the file can be written");
    let (code, stdout, _) = run(out.path(), &["compare", "old.json", "new.json"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("different rubrics (900 and "), "{stdout}");
    assert!(stdout.contains("different versions of the tool (0.0.1 and "), "{stdout}");
    assert!(stdout.contains("different repositories"), "{stdout}");
    let (_, markdown, _) = run(out.path(), &["compare", "old.json", "new.json", "--format", "markdown"]);
    assert!(!structure(&markdown).keys().any(|name| name == "html <b>"), "{markdown}");
}

#[test]
fn what_is_no_report_is_named_with_a_remedy() {
    let out = folder();
    write(out.path(), "text.json", "not JSON\n");
    write(out.path(), "other.json", "{\"version\": \"2.1.0\"}\n");
    write(out.path(), "later.json", "{\"schema_version\": 99}\n");
    write(out.path(), "part.json", "{\"schema_version\": 1}\n");
    fs::write(out.path().join("binary.json"), b"\xff\xfe").expect("it is written");
    fs::create_dir(out.path().join("folder")).expect("it is made");
    let mut said = String::new();
    for file in ["nothing.json", "folder", "binary.json", "text.json", "other.json", "later.json", "part.json"] {
        let (code, stdout, stderr) = run(out.path(), &["compare", file, file]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{file}: {stderr}");
        assert!(stderr.contains(&format!("`{file}`")) && stderr.contains("\nhelp: "), "{file}: {stderr}");
        said.push_str(&stderr);
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_hostile_report_changes_nothing_in_a_comparison() {
    let out = folder();
    let wild = repository(&HOSTILE, &HOSTILE.join(" "));
    save(wild.path(), &out.path().join("wild.json"), &["--only", ONLY]);
    let empty = folder();
    write(empty.path(), "package.json", "{ \"name\": \"tame\" }\n");
    save(empty.path(), &out.path().join("empty.json"), &["--only", ONLY]);
    for (old, new) in [("empty.json", "wild.json"), ("wild.json", "empty.json"), ("wild.json", "wild.json")] {
        let (_, table, _) = run(out.path(), &["compare", old, new, "--all"]);
        assert!(!table.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{table}");
        assert!(!table.lines().any(|line| line.trim_start().starts_with("::")), "{table}");
        let (_, markdown, _) = run(out.path(), &["compare", old, new, "--format", "markdown"]);
        let html: Vec<String> = structure(&markdown).into_keys().filter(|name| name.starts_with("html")).collect();
        assert!(html.iter().all(|html| html.contains("details>")), "{html:?}");
        assert!(!structure(&markdown).contains_key("link"), "{markdown}");
        json(&run(out.path(), &["compare", old, new, "--format", "json"]).1);
    }
}
