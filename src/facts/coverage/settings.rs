//! Thresholds in documents (manifests, INI files, JSON, POMs) and on command lines.

use super::{Flaw, Threshold, Tool};
use crate::{
    doc::{Entry, Node},
    facts::Facts,
    model::{Place, Span},
    repo::{File, Repo, Role},
};

const LIMITS: [&str; 4] = ["lines", "branches", "functions", "statements"];

/// Every threshold in documents and on command lines, in order of path within each of the two.
pub fn written(repo: &Repo, facts: &Facts) -> Vec<Threshold> {
    let mut found = Vec::new();
    for file in repo.files().iter().filter(|file| in_use(file)) {
        let name = file.name();
        let Some(reader) = reader(name) else { continue };
        if let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) {
            reader(file, root, &mut found);
        }
    }
    for used in facts.commands(repo) {
        for word in &used.command.words {
            found.extend(option(&word.text).map(|(tool, option, value, flaw)| Threshold {
                tool,
                option,
                place: Place::At(used.file, word.span),
                value,
                flaw,
            }));
        }
    }
    found
}

fn in_use(file: &File) -> bool {
    !matches!(file.role, Role::Example | Role::Vendored | Role::Generated | Role::Docs)
}

type Reader = fn(&File, &Node, &mut Vec<Threshold>);

fn reader(name: &str) -> Option<Reader> {
    Some(match name {
        "package.json" => package,
        "jest.config.json" => jest,
        ".nycrc" | ".nycrc.json" | ".c8rc" | ".c8rc.json" => nyc,
        "pyproject.toml" => pyproject,
        ".coveragerc" | "setup.cfg" | "tox.ini" | "pytest.ini" => ini,
        "pom.xml" => pom,
        _ => return None,
    })
}

fn number(node: &Node) -> Option<f64> {
    node.text()?.trim().trim_end_matches('%').parse().ok()
}

/// The greatest number below a node.
fn greatest(node: &Node) -> Option<f64> {
    node.walk().filter_map(|(_, it)| it.as_str().is_none().then(|| number(it)).flatten()).reduce(f64::max)
}

fn threshold(file: &File, tool: Tool, entry: &Entry, option: &str, flaw: Option<Flaw>) -> Threshold {
    let value = number(&entry.value).or_else(|| greatest(&entry.value));
    Threshold { tool, option: option.to_owned(), place: Place::At(file.id, entry.key_span), value, flaw }
}

fn package(file: &File, root: &Node, found: &mut Vec<Threshold>) {
    if let Some(settings) = root.get("jest") {
        jest(file, settings, found);
    }
    for key in ["nyc", "c8"] {
        if let Some(settings) = root.get(key) {
            nyc(file, settings, found);
        }
    }
}

fn jest(file: &File, root: &Node, found: &mut Vec<Threshold>) {
    if let Some(entry) = root.entry("coverageThreshold") {
        found.push(threshold(file, Tool::Jest, entry, "coverageThreshold", None));
    }
    if let Some(entry) = root.entry("coverageThresholds") {
        let flaw = Flaw::Unread { instead: "coverageThreshold" };
        found.push(threshold(file, Tool::Jest, entry, "coverageThresholds", Some(flaw)));
    }
}

fn nyc(file: &File, root: &Node, found: &mut Vec<Threshold>) {
    let Some(entry) = LIMITS.iter().find_map(|key| root.entry(key)) else { return };
    let checks = root.get("check-coverage").or_else(|| root.get("checkCoverage")).and_then(Node::as_bool);
    let flaw = match checks {
        Some(true) => None,
        Some(false) => Some(Flaw::Off("check-coverage")),
        // A command may still ask for it.
        None => Some(Flaw::Unread { instead: "check-coverage" }),
    };
    found.push(threshold(file, Tool::Nyc, entry, &entry.key, flaw));
}

fn pyproject(file: &File, root: &Node, found: &mut Vec<Threshold>) {
    if let Some(coverage) = root.at(&["tool", "coverage"]) {
        let levels = [coverage.at(&["report"]), coverage.at(&["run"]), Some(coverage)];
        python(file, levels, found);
    }
    let options = root.at(&["tool", "pytest", "ini_options"]).and_then(|table| table.entry("addopts"));
    found.extend(options.and_then(|entry| pytest_options(file, entry)));
}

fn ini(file: &File, root: &Node, found: &mut Vec<Threshold>) {
    let levels = if file.name() == ".coveragerc" {
        [root.get("report"), root.get("run"), Some(root)]
    } else {
        [root.get("coverage:report"), root.get("coverage:run"), None]
    };
    python(file, levels, found);
    for section in ["pytest", "tool:pytest"] {
        let options = root.get(section).and_then(|section| section.entry("addopts"));
        found.extend(options.and_then(|entry| pytest_options(file, entry)));
    }
}

/// `fail_under`, which coverage.py reads in its section about reports alone.
fn python(file: &File, [report, run, top]: [Option<&Node>; 3], found: &mut Vec<Threshold>) {
    if let Some(entry) = report.and_then(|section| section.entry("fail_under")) {
        found.push(threshold(file, Tool::CoveragePy, entry, "fail_under", None));
        return;
    }
    let misplaced = [run, top].into_iter().flatten().find_map(|section| section.entry("fail_under"));
    let flaw = Flaw::Unread { instead: "[report] fail_under" };
    found.extend(misplaced.map(|entry| threshold(file, Tool::CoveragePy, entry, "fail_under", Some(flaw))));
}

/// A limit among the options that pytest always gets. Without `--cov` beside it, pytest-cov is not at work.
fn pytest_options(file: &File, entry: &Entry) -> Option<Threshold> {
    let words = words(&entry.value);
    let limit = words.iter().find_map(|word| word.strip_prefix("--cov-fail-under"))?;
    let value = limit.trim_start_matches('=').parse().ok();
    let place = Place::At(file.id, entry.key_span);
    let option = "--cov-fail-under".to_owned();
    Some(Threshold { tool: Tool::CoveragePy, option, place, value, flaw: None })
}

/// Whether the options that pytest always gets measure coverage.
pub fn always_measured(repo: &Repo) -> Option<Place> {
    repo.files().iter().filter(|file| in_use(file)).find_map(|file| {
        let root = repo.doc(file.id).filter(|_| is_pytest(file.name()))?.root()?;
        let tables = [root.at(&["tool", "pytest", "ini_options"]), root.get("pytest"), root.get("tool:pytest")];
        let entry = tables.into_iter().flatten().find_map(|table| table.entry("addopts"))?;
        let on = words(&entry.value).iter().any(|word| word == "--cov" || word.starts_with("--cov="));
        on.then_some(Place::At(file.id, entry.key_span))
    })
}

fn is_pytest(name: &str) -> bool {
    matches!(name, "pyproject.toml" | "setup.cfg" | "tox.ini" | "pytest.ini" | ".pytest.ini")
}

fn words(value: &Node) -> Vec<String> {
    let items = value.items().iter().filter_map(Node::as_str);
    value.as_str().into_iter().chain(items).flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// The Maven plugin of `JaCoCo` with limits: it stops a build only through its goal `check`.
fn pom(file: &File, root: &Node, found: &mut Vec<Threshold>) {
    for (_, plugin) in root.walk() {
        let named = plugin.get("artifactId").and_then(Node::text) == Some("jacoco-maven-plugin");
        if !named {
            continue;
        }
        let below = |key: &str| plugin.walk().find_map(|(_, node)| node.entry(key));
        let Some(limit) = below("minimum") else { continue };
        let halts = below("haltOnFailure").and_then(|entry| entry.value.text());
        let checks = plugin.walk().any(|(_, node)| node.all("goal").any(|goal| goal.text() == Some("check")));
        let flaw = if halts == Some("false") {
            Some(Flaw::Off("haltOnFailure"))
        } else if checks {
            None
        } else {
            Some(Flaw::Unread { instead: "<goal>check</goal>" })
        };
        let value = number(&limit.value).map(|part| part * 100.0);
        let place = Place::At(file.id, limit.key_span);
        found.push(Threshold { tool: Tool::Jacoco, option: "minimum".to_owned(), place, value, flaw });
    }
}

/// A limit on a command line.
fn option(word: &str) -> Option<(Tool, String, Option<f64>, Option<Flaw>)> {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let number = value.parse().ok();
    let (tool, flaw) = match name {
        "--coverageThreshold" => (Tool::Jest, None),
        "--cov-fail-under" => (Tool::CoveragePy, None),
        _ if name == "--coverage.threshold" || name.starts_with("--coverage.threshold.") => {
            (Tool::Vitest, Some(Flaw::Unread { instead: "--coverage.thresholds" }))
        }
        _ if name.starts_with("--coverage.thresholds.") => (Tool::Vitest, None),
        _ => return None,
    };
    Some((tool, name.to_owned(), number, flaw))
}

/// A pattern of files that are not measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omitted {
    pub place: Place,
    pub pattern: String,
}

/// What coverage.py is told to leave out.
pub fn omitted(repo: &Repo) -> Vec<Omitted> {
    let mut found = Vec::new();
    for file in repo.files().iter().filter(|file| in_use(file)) {
        let sections: &[&[&str]] = match file.name() {
            "pyproject.toml" => &[&["tool", "coverage", "run"], &["tool", "coverage", "report"]],
            ".coveragerc" => &[&["run"], &["report"]],
            "setup.cfg" | "tox.ini" => &[&["coverage:run"], &["coverage:report"]],
            _ => continue,
        };
        let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { continue };
        for section in sections {
            if let Some(entry) = root.at(section).and_then(|section| section.entry("omit")) {
                found.extend(patterns(file, &entry.value));
            }
        }
    }
    found
}

fn patterns(file: &File, value: &Node) -> Vec<Omitted> {
    let one = |span: Span, pattern: &str| Omitted { place: Place::At(file.id, span), pattern: pattern.to_owned() };
    if let Some(text) = value.as_str() {
        let (mut found, mut offset) = (Vec::new(), 0);
        for line in text.split_inclusive([',', '\n']) {
            let pattern = line.trim_end_matches([',', '\n']).trim();
            let start = offset + line.len() - line.trim_start().len();
            offset += line.len();
            let part = Span::new(start, start + pattern.len());
            if !pattern.is_empty() && !pattern.starts_with('#') {
                found.push(one(value.span_of(part), pattern));
            }
        }
        return found;
    }
    value.items().iter().filter_map(|item| Some(one(item.span, item.as_str()?))).collect()
}
