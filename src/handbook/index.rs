//! The ways to a rule's page: all categories, each category, and the summary of the book.

use std::fmt::Write as _;

use super::{GENERATED, PART, Page, by_category, words::Words};
use crate::{
    model::{CategoryMeta, Lang},
    report::markdown::escape::inline,
    rule::Entry,
};

/// The page of all categories.
pub(super) fn all(rules: &[&Entry], lang: Lang, words: &Words) -> Page {
    let mut text = format!("{GENERATED}\n\n# {}\n\n{}\n\n", words.rules, words.intro);
    let _ = writeln!(text, "| {} | {} |\n|---|---:|", words.category, words.count);
    for (category, own) in by_category(rules) {
        let _ = writeln!(text, "| [{}]({}/index.md) | {} |", inline(category.name(lang)), category.id, own.len());
    }
    Page { path: "rules/index.md".to_owned(), text }
}

/// The page of one category.
pub(super) fn category(category: &CategoryMeta, own: &[&Entry], lang: Lang, words: &Words) -> Page {
    let mut text = format!("{GENERATED}\n\n# {}\n\n", inline(category.name(lang)));
    let _ = writeln!(text, "| {} | {} | {} |\n|---|---|---|", words.rule, words.severity, words.criterion);
    for entry in own {
        let meta = &entry.meta;
        let title = inline(&meta.texts(lang).title).replace('|', "\\|");
        let _ = writeln!(text, "| [{0}]({0}.md) | {1} | {title} |", meta.id, meta.severity.as_str());
    }
    Page { path: format!("rules/{}/index.md", category.id), text }
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
    text
}
