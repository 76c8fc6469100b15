//! The catalogue is complete and consistent: every rule has texts in both languages, cases, and messages that its
//! code and its file agree on.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "common/source.rs"]
mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use camino::Utf8Path;
use readiness::{
    config::{Config, Selector},
    i18n,
    model::{Categories, Lang, Message, Texts},
    report::{Evidence, Report},
    rule::{Entry, RuleFile, cases, mistakes},
};
use source::{called_with, literals};

fn entries() -> &'static [Entry] {
    readiness::catalogue().entries()
}

/// Fails with every problem at once, each named by its rule's file.
fn expect_none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn file_of(entry: &Entry) -> String {
    format!("rules/{}/{}.toml", entry.meta.category, entry.meta.id)
}

fn each(check: impl Fn(&Entry) -> Vec<String>) {
    let named = |entry: &'static Entry| {
        let file = file_of(entry);
        check(entry).into_iter().map(move |problem| format!("{file}: {problem}"))
    };
    expect_none(&entries().iter().flat_map(named).collect::<Vec<_>>());
}

fn texts(entry: &Entry) -> [(&'static str, Lang, &Texts); 2] {
    [("en", Lang::En, &entry.meta.en), ("ru", Lang::Ru, &entry.meta.ru)]
}

/// Every text of a rule with its name.
fn all_texts(texts: &Texts) -> impl Iterator<Item = (String, &str)> {
    let fixed = [("title", &texts.title), ("why", &texts.why), ("fix", &texts.fix)];
    let fixed = fixed.into_iter().map(|(name, text)| (name.to_owned(), text.as_str()));
    fixed.chain(texts.message.iter().map(|(key, text)| (format!("message.{key}"), text.as_str())))
}

#[test]
fn ids_are_kebab_case_and_name_the_defect() {
    const FORBIDDEN: [&str; 8] = ["use-", "avoid-", "no-", "no-more-", "do-not-", "dont-", "never-", "prefer-"];
    each(|entry| {
        let id = &entry.meta.id;
        let in_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let words = id.split('-').all(|word| !word.is_empty() && word.chars().all(in_word));
        let mut problems = Vec::new();
        if !words {
            problems.push(format!("`{id}` is not lower-case words joined by hyphens"));
        }
        if let Some(prefix) = FORBIDDEN.iter().find(|prefix| id.starts_with(**prefix)) {
            problems.push(format!("an id names the defect and does not begin with `{prefix}`"));
        }
        problems
    });
}

#[test]
fn ids_are_unique() {
    let mut seen = BTreeSet::new();
    expect_none(&entries().iter().filter(|entry| !seen.insert(&entry.meta.id)).map(file_of).collect::<Vec<_>>());
}

#[test]
fn categories_exist() {
    let known: Vec<&str> = Categories::embedded().all.iter().map(|category| category.id.as_str()).collect();
    each(|entry| {
        let category = &entry.meta.category;
        let unknown = !known.contains(&category.as_str());
        unknown.then(|| format!("`{category}` is not in rules/categories.toml")).into_iter().collect()
    });
}

#[test]
fn texts_are_there_in_both_languages_and_read_well() {
    each(|entry| {
        let mut problems = Vec::new();
        for (lang, _, texts) in texts(entry) {
            for (name, text) in all_texts(texts) {
                let mut wrong = |what: &str| problems.push(format!("text.{lang}.{name} {what}: {text:?}"));
                if text.trim().is_empty() {
                    wrong("is empty");
                }
                if text.trim() != text || text.contains("  ") {
                    wrong("has stray spaces");
                }
                if text.contains("TODO") || text.contains("FIXME") {
                    wrong("is not finished");
                }
                let sentence = name == "why" || name == "fix";
                if sentence && !text.ends_with(['.', '!', '?', '`', ')', '»']) {
                    wrong("is a sentence and ends like one");
                }
                if !sentence && text.ends_with('.') && !text.ends_with("...") {
                    wrong("ends with a full stop, and is no sentence");
                }
            }
        }
        let russian = |text: &&(String, &str)| text.1.chars().any(|c| ('а'..='я').contains(&c));
        let prose = |name: &str| !name.starts_with("message.");
        problems.extend(
            all_texts(&entry.meta.ru)
                .filter(|text| prose(&text.0) && !russian(&text))
                .map(|(name, text)| format!("text.ru.{name} is not Russian: {text:?}")),
        );
        problems
    });
}

/// The placeholders of a text, and whether a plural form is chosen by each.
fn placeholders(text: &str) -> BTreeMap<String, bool> {
    let plain = text.replace("{{", "").replace("}}", "");
    let mut found = BTreeMap::new();
    for piece in plain.split('{').skip(1) {
        let inner = piece.split('}').next().unwrap_or_default();
        let (name, plural) = inner.split_once(':').map_or((inner, false), |(name, _)| (name, true));
        *found.entry(name.to_owned()).or_default() |= plural;
    }
    found
}

#[test]
fn messages_agree_in_both_languages() {
    each(|entry| {
        let (en, ru) = (&entry.meta.en.message, &entry.meta.ru.message);
        let keys: BTreeSet<&String> = en.keys().chain(ru.keys()).collect();
        let mut problems = Vec::new();
        for key in keys {
            match (en.get(key), ru.get(key)) {
                (Some(en), Some(ru)) => {
                    let [en, ru] = [en, ru].map(|text| placeholders(text).into_keys().collect::<Vec<_>>());
                    if en != ru {
                        problems.push(format!("`{key}` names {en:?} in English and {ru:?} in Russian"));
                    }
                }
                (None, _) => problems.push(format!("text.en.message has no `{key}`")),
                (_, None) => problems.push(format!("text.ru.message has no `{key}`")),
            }
        }
        problems
    });
}

#[test]
fn messages_can_be_filled_in() {
    each(|entry| {
        let mut problems = Vec::new();
        for (name, lang, texts) in texts(entry) {
            for (key, text) in &texts.message {
                let mut message = Message::new(key.clone());
                for (name, plural) in placeholders(text) {
                    message = if plural { message.count(name, 3) } else { message.with(name, "x") };
                }
                if let Err(error) = i18n::render(text, &message, lang) {
                    problems.push(format!("text.{name}.message `{key}`: {error}"));
                }
            }
        }
        problems
    });
}

#[test]
fn numbers_are_in_range() {
    // Four weeks for one finding is the most that a plan can use.
    const MOST: u32 = 4 * 5 * 8 * 60;
    each(|entry| {
        let meta = &entry.meta;
        let mut problems = Vec::new();
        if !(1..=MOST).contains(&meta.effort) {
            problems.push(format!("effort is in minutes from 1 to {MOST}, not {}", meta.effort));
        }
        if !(1..=4).contains(&meta.phase) {
            problems.push(format!("phase is from 1 to 4, not {}", meta.phase));
        }
        problems
    });
}

#[test]
fn parents_exist_and_never_lead_back() {
    let catalogue = readiness::catalogue();
    each(|entry| {
        let missing = entry.meta.parents.iter().filter(|parent| catalogue.get(parent).is_none());
        let mut problems: Vec<String> = missing.map(|parent| format!("the parent `{parent}` does not exist")).collect();
        let mut pending: Vec<&str> = entry.meta.parents.iter().map(String::as_str).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = pending.pop() {
            if id == entry.meta.id {
                problems.push("it is among its own parents' parents".to_owned());
                break;
            }
            if let Some(parent) = catalogue.get(id).filter(|_| seen.insert(id)) {
                pending.extend(parent.meta.parents.iter().map(String::as_str));
            }
        }
        problems
    });
}

#[test]
fn references_can_be_opened_safely() {
    each(|entry| {
        let wrong = |reference: &&readiness::model::Reference| {
            let host = reference.url.strip_prefix("https://").and_then(|rest| rest.split('/').next());
            reference.title.trim().is_empty() || host.is_none_or(|host| !host.contains('.') || host.contains(' '))
        };
        let references = &entry.meta.references;
        let mut problems: Vec<String> =
            references.iter().filter(wrong).map(|it| format!("`{}` needs a title and an https URL", it.url)).collect();
        let urls: BTreeSet<&str> = references.iter().map(|reference| reference.url.as_str()).collect();
        if urls.len() < references.len() {
            problems.push("a reference is given twice".to_owned());
        }
        problems
    });
}

#[test]
fn rule_files_give_reasons_and_valid_expressions() {
    each(|entry| {
        let text = fs::read_to_string(root().join(file_of(entry))).unwrap();
        let file: RuleFile = toml::from_str(&text).unwrap();
        let mut problems: Vec<String> = mistakes(&text).iter().map(ToString::to_string).collect();
        if file.severity_reason.trim().is_empty() {
            problems.push("severity-reason is empty: say why this severity and no other".to_owned());
        }
        problems
    });
}

#[test]
fn every_rule_has_cases_of_each_verdict() {
    each(|entry| {
        let cases = match cases::parse(&entry.cases) {
            Ok(cases) => cases,
            Err(error) => return vec![error.to_string()],
        };
        let has = |verdict: &str| cases.iter().any(|case| case.verdict == verdict);
        // What only a person can answer neither passes nor fails here.
        let needed: &[&str] = if has("manual") { &["manual"] } else { &["fail", "pass", "not-applicable"] };
        let mut problems: Vec<String> = needed
            .iter()
            .filter(|verdict| !has(verdict))
            .map(|verdict| format!("it has no case `{verdict}`"))
            .collect();
        let mut titles = BTreeSet::new();
        for case in &cases {
            if !titles.insert(&case.title) {
                problems.push(format!("line {}: the title `{}` is used twice", case.line, case.title));
            }
        }
        problems
    });
}

#[test]
fn every_file_below_rules_belongs_to_a_rule() {
    let known: BTreeSet<PathBuf> = entries()
        .iter()
        .flat_map(|entry| [file_of(entry), file_of(entry).replace(".toml", ".md")])
        .chain(
            [
                "rules/categories.toml",
                "rules/checklist.toml",
                "rules/plan.toml",
                "rules/precision.toml",
                "rules/rubric.toml",
                "rules/tiers.toml",
            ]
            .map(str::to_owned),
        )
        .chain(readiness::rule::notices().iter().flat_map(|notice| {
            ["toml", "md"].map(|extension| format!("rules/suppressions/{}.{extension}", notice.meta.id))
        }))
        .map(PathBuf::from)
        .collect();
    let stray = files(&root().join("rules")).into_iter().filter_map(|path| {
        let path = path.strip_prefix(root()).unwrap().to_owned();
        let readme = path.file_name().is_some_and(|name| name == "README.md");
        (!readme && !known.contains(&path)).then(|| path.display().to_string())
    });
    expect_none(&stray.collect::<Vec<_>>());
}

/// The sources that can speak for a rule: its own file or folder, and what that names of its neighbours.
fn sources(entry: &Entry, all: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let own = format!("{}/{}", entry.meta.category.replace('-', "_"), entry.meta.id.replace('-', "_"));
    let base = root().join("src/rules");
    let is_own = |path: &Path| {
        let path = path.strip_prefix(&base).unwrap().with_extension("");
        path == Path::new(&own) || path.starts_with(&own)
    };
    let mut named: BTreeSet<&PathBuf> = all.keys().filter(|path| is_own(path)).collect();
    // A neighbour may lean on another one; more than two steps do not occur.
    for _ in 0..2 {
        let text: String = named.iter().map(|path| all[*path].as_str()).collect();
        let mentioned = |path: &&PathBuf| {
            let stem = path.file_stem().unwrap().to_string_lossy();
            text.contains(&format!("::{stem}")) || text.contains(&format!("{stem}::"))
        };
        named.extend(all.keys().filter(mentioned));
    }
    named.into_iter().map(|path| all[path].clone()).collect()
}

/// Every source of a rule or a fact without its tests.
fn rule_sources() -> BTreeMap<PathBuf, String> {
    let mut all = files(&root().join("src/rules"));
    all.retain(|path| path.file_name().is_some_and(|name| name != "tests.rs"));
    all.into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (path, code)
        })
        .collect()
}

#[test]
fn every_message_of_a_rule_file_is_used_by_its_code() {
    let all = rule_sources();
    let facts: Vec<String> =
        files(&root().join("src/facts")).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    each(|entry| {
        let sources = sources(entry, &all);
        if sources.is_empty() {
            // Decided by its [match], which is compared with the messages when it is loaded.
            return Vec::new();
        }
        let mut said: BTreeSet<String> = sources.iter().flat_map(|source| literals(source)).collect();
        said.extend(facts.iter().flat_map(|source| called_with(source, "Message::new(", 0)));
        // `format!("lax-{}", …)` says every key that begins so.
        let prefixes: Vec<&str> = said.iter().filter_map(|text| text.split_once('{')).map(|(start, _)| start).collect();
        let built = |key: &str| prefixes.iter().any(|prefix| prefix.ends_with('-') && key.starts_with(prefix));
        let unused = entry.meta.en.message.keys().filter(|key| !said.contains(*key) && !built(key));
        unused.map(|key| format!("no code says the message `{key}`")).collect()
    });
}

#[test]
fn every_message_that_code_names_is_in_its_rule_file() {
    /// Functions that take a message, and which of their arguments it is.
    const SPEAKERS: [(&str, usize); 13] = [
        ("Message::new(", 0),
        ("Site::new(", 1),
        ("Verdict::not_applicable(", 0),
        ("Verdict::unknown(", 0),
        ("Verdict::not_examined(", 0),
        ("Verdict::manual(", 0),
        ("Verdict::pass_at(", 1),
        (".detail(", 0),
        (".searched(", 0),
        (".related(", 1),
        ("out.good(", 1),
        ("out.bad(", 1),
        ("out.note(", 1),
    ];
    let all = rule_sources();
    each(|entry| {
        let own = format!("{}.rs", entry.meta.id.replace('-', "_"));
        let Some((_, source)) = all.iter().find(|(path, _)| path.ends_with(&own)) else { return Vec::new() };
        let said: BTreeSet<String> =
            SPEAKERS.iter().flat_map(|(speaker, argument)| called_with(source, speaker, *argument)).collect();
        let missing = said.iter().filter(|key| !key.is_empty() && !key.starts_with("engine."));
        missing
            .filter(|key| !entry.meta.en.message.contains_key(*key))
            .map(|key| format!("its code says `{key}`, and there is no such message"))
            .collect()
    });
}

#[test]
fn every_message_said_in_a_case_has_its_text_and_its_values() {
    each(|entry| {
        let Ok(cases) = cases::parse(&entry.cases) else { return Vec::new() };
        let mut problems = BTreeSet::new();
        for case in &cases {
            let folder = tempfile::tempdir().unwrap();
            common::lay_out(folder.path(), &case.files);
            for lang in [Lang::En, Lang::Ru] {
                let config = Config {
                    only: vec![Selector::Rule(entry.meta.id.clone())],
                    all: true,
                    jobs: Some(1),
                    lang,
                    ..Config::default()
                };
                let report = readiness::scan(Utf8Path::from_path(folder.path()).unwrap(), &config).unwrap();
                problems
                    .extend(said(&report).filter(|text| is_raw(text)).map(|text| format!("{lang:?} says {text:?}")));
            }
        }
        problems.into_iter().collect()
    });
}

/// A key without its text is shown as it is, and a text without its values with the error behind the key.
fn is_raw(text: &str) -> bool {
    let key = text.split(" (").next().unwrap_or_default();
    let errors = ["(no value for ", "(unbalanced brace", "plural form"];
    errors.iter().any(|error| text.contains(error))
        || (key == text && key.contains('-') && key.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
}

fn said(report: &Report) -> impl Iterator<Item = String> {
    let of_evidence = |evidence: &Evidence| match evidence {
        Evidence::At { note, .. } => note.clone(),
        Evidence::Searched { what, .. } | Evidence::Absent { what, .. } => what.clone(),
    };
    let criteria = report.criteria.iter().flat_map(move |criterion| {
        criterion.detail.clone().into_iter().chain(criterion.evidence.iter().map(of_evidence)).collect::<Vec<_>>()
    });
    let findings = report.findings.iter().flat_map(|finding| {
        let labels = finding.related.iter().map(|related| related.label.clone());
        std::iter::once(finding.message.clone()).chain(labels).collect::<Vec<_>>()
    });
    criteria.chain(findings)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    let entries = walk.into_iter().map(|entry| entry.expect("the folder can be read"));
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}
