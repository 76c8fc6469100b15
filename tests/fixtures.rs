//! Golden reports of small whole repositories. `UPDATE=1 cargo test --test fixtures` rewrites them.

#[expect(dead_code, reason = "no case is laid out here")]
mod common;

use std::{env, fs, path::Path};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    config::Config,
    model::Lang,
    report::{Report, html, markdown, terminal},
};

/// Columns of the golden terminal reports.
const WIDTH: usize = 100;

/// A copy of a fixture with its secrets planted and every file in git's index, without a commit.
struct Copy {
    _folder: tempfile::TempDir,
    root: Utf8PathBuf,
}

fn copy(name: &str) -> Copy {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = Utf8Path::from_path(folder.path()).expect("the temporary folder is UTF-8").join(name);
    fs::create_dir(&root).expect("the folder can be made");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let mut tracked = Vec::new();
    for entry in walkdir::WalkDir::new(&source).sort_by_file_name() {
        let entry = entry.expect("fixtures can be read");
        if entry.file_type().is_file() {
            let path =
                entry.path().strip_prefix(&source).expect("it lies in the fixture").to_string_lossy().into_owned();
            let text = fs::read_to_string(entry.path()).expect("fixtures are text");
            common::write(root.as_std_path(), &path, &common::planted::plant(&text));
            tracked.push(path);
        }
    }
    let tracked: Vec<&str> = tracked.iter().map(String::as_str).collect();
    common::track(root.as_std_path(), &tracked);
    Copy { _folder: folder, root }
}

fn scan(root: &Utf8Path, lang: Lang, jobs: usize) -> Report {
    readiness::scan(root, &Config { lang, jobs: Some(jobs), ..Config::default() }).expect("fixtures can be scanned")
}

fn terminal_text(report: &Report) -> String {
    let mut out = Vec::new();
    let options = terminal::Options { width: WIDTH, ..terminal::Options::default() };
    terminal::write(report, &options, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn markdown_text(report: &Report) -> String {
    let mut out = Vec::new();
    markdown::write(report, &markdown::Options::default(), &mut out).expect("memory can be written");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn html_text(report: &Report) -> String {
    let mut out = Vec::new();
    html::write(report, &html::Options::default(), &mut out).expect("memory can be written");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn compare(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if env::var_os("UPDATE").is_some() {
        common::write(path.parent().expect("it lies in a folder"), file, found);
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == found, "{file} has changed; UPDATE=1 rewrites it. It is now:\n{found}");
}

fn golden(name: &str) {
    let copy = copy(name);
    compare(&format!("{name}.txt"), &terminal_text(&scan(&copy.root, Lang::En, 1)));
}

#[test]
fn a_bad_service_fails_everything() {
    golden("express-bad");
}

#[test]
fn its_repaired_twin_passes() {
    golden("express-good");
    let copy = copy("express-good");
    let report = scan(&copy.root, Lang::En, 2);
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    assert!(report.summary.score.is_some_and(|score| score >= 8.9), "{:?}", report.summary.score);
}

#[test]
fn a_python_service() {
    golden("fastapi-service");
}

#[test]
fn a_workspace_with_three_components() {
    golden("pnpm-monorepo");
}

#[test]
fn a_library_is_not_asked_for_what_it_does_not_need() {
    golden("library");
}

#[test]
fn an_empty_folder_has_no_score() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = Utf8Path::from_path(folder.path()).expect("the temporary folder is UTF-8").join("empty");
    fs::create_dir(&root).expect("the folder can be made");
    let report = scan(&root, Lang::En, 1);
    assert_eq!(report.summary.score, None);
    compare("empty.txt", &terminal_text(&report));
}

#[test]
fn reviews_in_both_languages() {
    let copy = copy("express-bad");
    compare("express-bad.en.md", &markdown_text(&scan(&copy.root, Lang::En, 1)));
    compare("express-bad.ru.md", &markdown_text(&scan(&copy.root, Lang::Ru, 1)));
}

#[test]
fn one_thread_or_many_give_the_same_bytes() {
    for name in ["express-bad", "pnpm-monorepo"] {
        let copy = copy(name);
        let json = |jobs| serde_json::to_string(&scan(&copy.root, Lang::En, jobs)).expect("reports serialise");
        let first = json(1);
        assert_eq!(first, json(2), "{name}");
        assert_eq!(first, json(1), "{name}");
    }
}

#[test]
fn a_page_shows_every_finding_and_asks_for_nothing() {
    let report = scan(&copy("express-bad").root, Lang::En, 1);
    let page = html_text(&report);
    for finding in &report.findings {
        assert!(page.contains(&format!("id=\"{}\"", finding.fingerprint)), "{}", finding.rule);
    }
    for criterion in &report.criteria {
        assert!(page.contains(&format!("<code class=\"quiet\">{}</code>", criterion.rule)), "{}", criterion.rule);
    }
    for outside in ["src=\"", "url(", "@import", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn no_planted_secret_leaves_the_report() {
    let copy = copy("express-bad");
    let report = scan(&copy.root, Lang::En, 1);
    let json = serde_json::to_string(&report).expect("reports serialise");
    let all = [json, terminal_text(&report), markdown_text(&report), html_text(&report)];
    for name in ["stripe", "password", "jwt"] {
        let secret = common::planted::secret(name);
        for text in &all {
            assert!(!text.contains(&secret[..5]), "more than four characters of `{name}` are shown");
        }
    }
}
