//! The handbook: its pages follow from the rules, its links lead somewhere, and its examples work.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use common::write;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use readiness::rule::cases::{self, CaseFile};

/// Runs `arguments` in `folder`: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("readiness").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The Markdown files below `folder`, by their path in it.
fn pages(folder: &Path) -> BTreeMap<String, String> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|file| file.file_type().is_file());
    files
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "md"))
        .map(|file| {
            let path = file.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            (path, fs::read_to_string(file.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_pages_are_those_of_the_rules() {
    if std::env::var_os("UPDATE").is_some() {
        let _ = fs::remove_dir_all(docs().join("rules"));
        let (code, _, stderr) = run(&docs(), &["docs", "."]);
        assert_eq!(code, 0, "{stderr}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::copy(docs().join("SUMMARY.md"), folder.path().join("SUMMARY.md")).unwrap();
    let (code, _, stderr) = run(folder.path(), &["docs", "."]);
    assert_eq!(code, 0, "{stderr}");
    let written = pages(folder.path());
    let mut committed = pages(&docs());
    committed.retain(|path, _| path == "SUMMARY.md" || path.starts_with("rules/"));
    let differ: Vec<&String> = written
        .keys()
        .chain(committed.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|path| written.get(*path) != committed.get(*path))
        .collect();
    assert!(differ.is_empty(), "UPDATE=1 cargo test --test handbook writes {} pages anew: {differ:?}", differ.len());
}

/// The headings of a page as anchors, and the targets of its links.
fn read(text: &str) -> (BTreeSet<String>, Vec<String>) {
    let (mut anchors, mut links, mut heading) = (BTreeSet::new(), Vec::new(), None::<String>);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H4 => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let words = heading.take().unwrap_or_default().to_lowercase();
                let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
                anchors.insert(kept.collect::<String>().replace(' ', "-"));
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => links.push(dest_url.to_string()),
            _ => {}
        }
    }
    (anchors, links)
}

/// `target` as `page` sees it, below the folder of the handbook.
fn resolved(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn no_link_is_dead() {
    let pages = pages(&docs());
    let read: BTreeMap<&String, (BTreeSet<String>, Vec<String>)> =
        pages.iter().map(|(path, text)| (path, read(text))).collect();
    let mut dead = Vec::new();
    for (page, (_, links)) in &read {
        for link in links {
            if link.starts_with("https://") {
                continue;
            }
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = if target.is_empty() { (*page).clone() } else { resolved(page, target) };
            let anchored = anchor.is_empty() || read.get(&path).is_some_and(|(anchors, _)| anchors.contains(anchor));
            if !docs().join(&path).is_file() || !anchored {
                dead.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn every_page_can_be_found() {
    let pages = pages(&docs());
    let (_, listed) = read(&pages["SUMMARY.md"]);
    let listed: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    let lost: Vec<&String> =
        pages.keys().filter(|path| *path != "SUMMARY.md" && !listed.contains(path.as_str())).collect();
    assert!(lost.is_empty(), "SUMMARY.md does not list {lost:?}");
}

/// The first fenced block of the guide that begins with `opening`, without its fence.
fn example(guide: &str, opening: &str) -> String {
    let end = format!("\n{}\n", opening.chars().take_while(|c| *c == '`').collect::<String>());
    let opening = format!("\n{opening}\n");
    let mut blocks = guide.split(&opening).skip(1).filter_map(|block| block.split(&end).next());
    format!("{}\n", blocks.find(|block| block.contains("legacy-client-used")).unwrap())
}

#[test]
fn the_rule_of_the_guide_works_as_it_is_written() {
    let guide = fs::read_to_string(docs().join("guide/writing-rules.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "team-rules/legacy-client-used.toml", &example(&guide, "```toml"));
    write(folder.path(), "team-rules/legacy-client-used.md", &example(&guide, "````markdown"));
    let (code, stdout, stderr) = run(folder.path(), &["test", "team-rules"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("1 rule, 3 cases"), "{stdout}");
}

#[test]
fn what_is_said_about_suppressions_is_as_its_cases_say() {
    for notice in readiness::rule::notices() {
        let id = &notice.meta.id;
        for case in cases::parse(notice.cases).unwrap() {
            let folder = tempfile::tempdir().unwrap();
            common::lay_out(folder.path(), &case.files);
            let (code, stdout, stderr) = run(folder.path(), &["--format", "json", "--date", "2026-11-22"]);
            assert_ne!(code, 2, "{id}: {}: {stderr}", case.title);
            let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
            let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == **id);
            let found: BTreeSet<(String, u64)> = findings
                .map(|one| (one["path"].as_str().unwrap().to_owned(), one["start"]["line"].as_u64().unwrap()))
                .collect();
            let marks = |file: &CaseFile| -> Vec<(String, u64)> {
                file.marks.iter().map(|mark| (file.path.clone(), mark.line as u64)).collect()
            };
            let expected: BTreeSet<(String, u64)> = case.files.iter().flat_map(marks).collect();
            assert_eq!(found, expected, "{id}: {}", case.title);
            assert_eq!(case.verdict == "fail", !expected.is_empty(), "{id}: {}", case.title);
        }
    }
}

#[test]
fn what_is_said_about_suppressions_is_explained() {
    let here = tempfile::tempdir().unwrap();
    for (id, en, ru) in [
        (
            "suppression-unused",
            "A comment that stays after its finding was repaired",
            "переживший исправленную находку",
        ),
        ("suppression-expired", "Somebody decided to live with a finding until a day", "мириться с находкой"),
        ("suppression-refused", "Its author believes that a finding is accepted", "Автор думает, что находка принята"),
    ] {
        let (code, english, stderr) = run(here.path(), &["explain", id]);
        assert_eq!(code, 0, "{stderr}");
        let fail_on = format!("fail-on = [\"{}\"]", id.trim_start_matches("suppression-"));
        for expected in [en, "How it decides", "belongs to no criterion", "fails: ", "passes: ", &fail_on] {
            assert!(english.replace("\n  ", " ").contains(expected), "{expected}: {english}");
        }
        assert!(!english.contains("readiness: ignore[suppression-"), "a suppression of it would be refused: {english}");
        let (_, russian, _) = run(here.path(), &["explain", id, "--lang", "ru"]);
        assert!(russian.replace("\n  ", " ").contains(ru), "{russian}");
    }
    let (code, _, stderr) = run(here.path(), &["explain", "suppression-unsed"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `suppression-unused`?"), "{stderr}");
}

#[test]
fn pages_of_the_team_are_written_and_foreign_ones_left_alone() {
    let guide = fs::read_to_string(docs().join("guide/writing-rules.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "team-rules/legacy-client-used.toml", &example(&guide, "```toml"));
    write(folder.path(), "team-rules/legacy-client-used.md", &example(&guide, "````markdown"));
    let (code, _, stderr) = run(folder.path(), &["docs", "book", "--rules", "team-rules", "--lang", "ru"]);
    assert_eq!(code, 0, "{stderr}");
    let page = fs::read_to_string(folder.path().join("book/rules/api-contracts/legacy-client-used.md")).unwrap();
    for expected in ["Правило команды, файл `team-rules/legacy-client-used.toml`", "Найдено в строке 1.", "## Зачем"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    write(folder.path(), "book/rules/index.md", "# Mine\n");
    let (code, _, stderr) = run(folder.path(), &["docs", "book"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("was not written by this command"), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("book/rules/index.md")).unwrap(), "# Mine\n");
    write(folder.path(), "other/SUMMARY.md", "# Summary\n");
    let (code, _, stderr) = run(folder.path(), &["docs", "other"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("has no line `# Rules`") && !folder.path().join("other/rules").exists(), "{stderr}");
}

#[test]
fn what_was_measured_names_rules_that_exist() {
    let catalogue = readiness::catalogue();
    let unknown: Vec<&String> =
        readiness::rule::all_measured().keys().filter(|id| catalogue.get(id).is_none()).collect();
    assert!(unknown.is_empty(), "rules/precision.toml: {unknown:?}");
}

#[test]
fn shells_and_man_know_the_commands() {
    let here = tempfile::tempdir().unwrap();
    for (shell, expected) in [
        ("bash", "_readiness()"),
        ("zsh", "#compdef readiness"),
        ("fish", "complete -c readiness"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let (code, stdout, stderr) = run(here.path(), &["completions", shell]);
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains(expected) && stdout.contains("new-rule") && stdout.contains("fail-on"), "{shell}");
        // The completions of these two know no values.
        assert!(
            stdout.contains("tier") && (["powershell", "elvish"].contains(&shell) || stdout.contains("regulated")),
            "{shell}"
        );
    }
    let (code, _, stderr) = run(here.path(), &["completions", "tcsh"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("possible values: bash"), "{stderr}");
    let (code, stdout, _) = run(here.path(), &["man"]);
    assert_eq!(code, 0);
    for expected in [".TH readiness 1", "READINESS TEST", "\\-\\-fail\\-on", "\\-\\-tier", "Exit codes"] {
        assert!(stdout.contains(expected), "{expected}: {stdout}");
    }
}
