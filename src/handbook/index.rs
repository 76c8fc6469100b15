//! The ways to a rule's page: all categories, each category, and the summary of the book.

use std::fmt::Write as _;

use super::{GENERATED, PART, Page, by_category, words::Words};
use crate::{
    model::{Lang, RuleMeta},
    report::markdown::escape::inline,
    rule::{Entry, notice::FOLDER, notices},
};

/// The page of all categories.
pub(super) fn all(rules: &[&Entry], lang: Lang, words: &Words) -> Page {
    let mut text = format!("{GENERATED}\n\n# {}\n\n{}\n\n", words.rules, words.intro);
    let _ = writeln!(text, "| {} | {} |\n|---|---:|", words.category, words.count);
    for (category, own) in by_category(rules) {
        let _ = writeln!(text, "| [{}]({}/index.md) | {} |", inline(category.name(lang)), category.id, own.len());
    }
    let _ = writeln!(text, "\n{} [{}]({FOLDER}/index.md).", words.beside, inline(words.suppressions));
    Page { path: "rules/index.md".to_owned(), text }
}

/// The page of one folder: a category, or what is said about suppressions.
pub(super) fn category(folder: &str, name: &str, own: &[&RuleMeta], lang: Lang, words: &Words) -> Page {
    let mut text = format!("{GENERATED}\n\n# {}\n\n", inline(name));
    let _ = writeln!(text, "| {} | {} | {} |\n|---|---|---|", words.rule, words.severity, words.criterion);
    for meta in own {
        let title = inline(&meta.texts(lang).title).replace('|', "\\|");
        let _ = writeln!(text, "| [{0}]({0}.md) | {1} | {title} |", meta.id, meta.severity.as_str());
    }
    Page { path: format!("rules/{folder}/index.md"), text }
}

/// The part of the summary that lists every page.
pub(super) fn summary(rules: &[&Entry], lang: Lang, words: &Words) -> String {
    let mut text = format!("{PART}\n\n- [{}](rules/index.md)\n", words.rules);
    for (category, own) in by_category(rules) {
        let _ = writeln!(text, "  - [{}](rules/{}/index.md)", inline(category.name(lang)), category.id);
        for entry in own {
            let _ = writeln!(text, "    - [{0}](rules/{1}/{0}.md)", entry.meta.id, category.id);
        }
    }
    let _ = writeln!(text, "  - [{}](rules/{FOLDER}/index.md)", inline(words.suppressions));
    for notice in notices() {
        let _ = writeln!(text, "    - [{0}](rules/{FOLDER}/{0}.md)", notice.meta.id);
    }
    text
}
