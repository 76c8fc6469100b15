//! The pages of the handbook that follow from the catalogue: one for each rule, and the ways to find it.

mod index;
mod page;
mod words;

use crate::{
    model::{Categories, Lang},
    rule::Entry,
};

/// Stands in the first line of every page, so that nothing written by hand is ever taken for one.
pub const GENERATED: &str = "<!-- Written by `readiness docs` from the rules. -->";

/// The heading of `SUMMARY.md` below which everything is generated.
pub const PART: &str = "# Rules";

/// A page of the handbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Below the folder of the handbook.
    pub path: String,
    pub text: String,
}

/// The pages of `rules`, and the indices that lead to them.
pub fn pages(rules: &[&Entry], lang: Lang) -> Vec<Page> {
    let words = words::of(lang);
    let mut pages = vec![index::all(rules, lang, words)];
    for (category, own) in by_category(rules) {
        pages.push(index::category(category, &own, lang, words));
        pages.extend(own.iter().map(|entry| page::page(entry, lang, words)));
    }
    pages
}

/// The part of `SUMMARY.md` that lists the pages of `rules`, from [`PART`] on.
pub fn summary(rules: &[&Entry], lang: Lang) -> String {
    index::summary(rules, lang, words::of(lang))
}

/// The rules of each category that has any, in the order of every report.
fn by_category<'r>(rules: &[&'r Entry]) -> Vec<(&'static crate::model::CategoryMeta, Vec<&'r Entry>)> {
    let own = |id: &str| rules.iter().copied().filter(|entry| entry.meta.category == id).collect::<Vec<_>>();
    let all = Categories::embedded().all.iter().map(|category| (category, own(&category.id)));
    all.filter(|(_, own)| !own.is_empty()).collect()
}
