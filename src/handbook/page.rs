//! A rule's page: what, why, how it decides, examples from its cases, how to fix it, how to tune it.

use std::fmt::Write as _;

use super::{
    GENERATED, Page, Topic,
    words::{Words, milder},
};
use crate::{
    model::{Categories, Lang, RuleMeta, SuppressionProblem},
    report::markdown::escape::{code, fence, inline},
    rule::{
        cases::{self, Case, CaseFile, Mark},
        measured,
    },
};

/// A longer file of an example is cut.
const LONGEST_FILE: usize = 40;

pub(super) fn page(topic: &Topic<'_>, lang: Lang, words: &Words) -> Page {
    let meta = topic.meta;
    let texts = meta.texts(lang);
    let mut text = format!("{GENERATED}\n\n# {}\n\n", inline(&texts.title));
    let category = match topic.problem {
        Some(_) => words.suppressions,
        None => Categories::embedded().get(&meta.category).map_or(meta.category.as_str(), |one| one.name(lang)),
    };
    let _ = writeln!(text, "`{}` · [{}](index.md) · **{}**", meta.id, inline(category), meta.severity.as_str());
    if let Some(origin) = topic.origin {
        let _ = writeln!(text, "\n{} {}.", words.team, code(origin));
    }
    section(&mut text, words.why, &inline(&texts.why));
    section(&mut text, words.how, &decision(topic, words));
    if let Some(measured) = measured(&meta.id).filter(|_| topic.origin.is_none()) {
        let kinds = inline(&measured.repositories.join(", "));
        let _ =
            writeln!(text, "\n{}", words.measured(measured.right, measured.opened, &kinds, &measured.date.to_string()));
    }
    examples(&mut text, topic.cases, words);
    section(&mut text, words.fix, &format!("{}\n\n{}", inline(&texts.fix), effort(meta, words)));
    let tuning = topic.problem.map_or_else(|| tuning(meta, words), |problem| judged(problem, words));
    section(&mut text, words.tune, &tuning);
    references(&mut text, meta, words);
    Page { path: format!("rules/{}/{}.md", topic.folder(), meta.id), text }
}

fn section(text: &mut String, heading: &str, body: &str) {
    let _ = writeln!(text, "\n## {heading}\n\n{body}");
}

fn decision(topic: &Topic<'_>, words: &Words) -> String {
    let meta = topic.meta;
    let asked = if topic.problem.is_some() { words.no_criterion } else { words.scope(meta.scope) };
    let mut known = vec![asked.to_owned(), words.confidence(meta.confidence).to_owned()];
    if !meta.parents.is_empty() {
        let parents: Vec<String> = meta.parents.iter().map(|parent| link(parent, &meta.category)).collect();
        known.push(format!("{} {}.", words.parents, parents.join(", ")));
    }
    if meta.mandatory {
        known.push(words.mandatory.to_owned());
    }
    let introduction = cases::introduction(topic.cases);
    let known = known.join(" ");
    if introduction.is_empty() { known } else { format!("{introduction}\n\n{known}") }
}

/// A link to the page of a rule from a page of `category`.
fn link(rule: &str, category: &str) -> String {
    match crate::catalogue().get(rule).map(|entry| entry.meta.category.as_str()) {
        Some(own) if own == category => format!("[{rule}]({rule}.md)"),
        Some(other) => format!("[{rule}](../{other}/{rule}.md)"),
        None => code(rule),
    }
}

fn examples(text: &mut String, cases: &str, words: &Words) {
    // A case file that cannot be read fails its tests; here its examples are left out.
    let Ok(cases) = cases::parse(cases) else { return };
    let chosen = cases::chosen(&cases);
    if chosen.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## {}", words.examples);
    for case in chosen {
        let _ = writeln!(text, "\n### {}: {}", words.verdict(&case.verdict), inline(&case.title));
        example(text, case, words);
    }
}

fn example(text: &mut String, case: &Case, words: &Words) {
    let prose = case.prose.trim();
    if !prose.is_empty() {
        let _ = writeln!(text, "\n{prose}");
    }
    for file in &case.files {
        let _ = writeln!(text, "\n{}", code(&file.path));
        example_file(text, file, words);
    }
    for path in &case.missing {
        let _ = writeln!(text, "\n{} {}.", words.missing_at, code(path));
    }
}

fn example_file(text: &mut String, file: &CaseFile, words: &Words) {
    if file.content.trim().is_empty() {
        let _ = writeln!(text, "\n{}", words.empty);
        return;
    }
    let content = cases::shown(&file.content);
    let fence = fence(&content);
    let _ = writeln!(text, "\n{fence}{}", file.language);
    for line in content.lines().take(LONGEST_FILE) {
        let _ = writeln!(text, "{line}");
    }
    if content.lines().count() > LONGEST_FILE {
        let _ = writeln!(text, "...");
    }
    let _ = writeln!(text, "{fence}");
    let bad: Vec<String> =
        file.marks.iter().filter(|mark: &&Mark| !mark.good).map(|mark| mark.line.to_string()).collect();
    if !bad.is_empty() {
        let _ = writeln!(text, "\n{} {}.", words.found_at, bad.join(", "));
    }
}

fn effort(meta: &RuleMeta, words: &Words) -> String {
    let takes = words.effort.replace("{minutes}", &meta.effort.to_string());
    if meta.creates.is_empty() {
        return takes;
    }
    let files: Vec<String> = meta.creates.iter().map(|file| code(file)).collect();
    format!("{takes} {} {}.", words.creates, files.join(", "))
}

fn tuning(meta: &RuleMeta, words: &Words) -> String {
    let id = &meta.id;
    if meta.en.message.contains_key("question") {
        return format!("{}\n\n```toml\n[[attest]]\nrule = \"{id}\"\nby = \"Ann\"\non = 2026-10-01\n```", words.attest);
    }
    format!(
        "{}\n\n```text\nreadiness: ignore[{id}] why this place is fine\n```\n\n{}\n\n```toml\n[rules.{id}]\nseverity = \"{}\"\n```{}",
        words.accept,
        words.weigh,
        milder(meta.severity).as_str(),
        options(meta, words)
    )
}

/// How a team lets its gate fail on a problem of a suppression.
fn judged(problem: SuppressionProblem, words: &Words) -> String {
    format!("{}\n\n```toml\n[suppressions]\nfail-on = [\"{}\"]\n```", words.fail_on, problem.as_str())
}

/// The options of a rule, with their defaults; empty when it has none.
fn options(meta: &RuleMeta, words: &Words) -> String {
    if meta.options.is_empty() {
        return String::new();
    }
    let mut text = format!("\n\n{}\n", words.options);
    for (name, option) in &meta.options {
        let _ = write!(text, "\n- `{name}`: {}", inline(&option.described(words.lang)));
    }
    let _ = write!(text, "\n\n```toml\n[rules.{}.options]\n", meta.id);
    for (name, option) in &meta.options {
        let _ = writeln!(text, "{name} = {}", option.default);
    }
    text + "```"
}

fn references(text: &mut String, meta: &RuleMeta, words: &Words) {
    if meta.references.is_empty() && meta.cwe.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## {}\n", words.references);
    for reference in &meta.references {
        let _ = writeln!(text, "- [{}](<{}>)", inline(&reference.title), reference.url);
    }
    for number in &meta.cwe {
        let _ = writeln!(text, "- [CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)");
    }
}
