//! The pages of the handbook that follow from the catalogue: one for each rule, and the ways to find it.

mod index;
mod page;
mod words;

use crate::{
    model::{Categories, Lang, RuleMeta, SuppressionProblem},
    rule::{Entry, Notice, notice::FOLDER, notices},
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

/// What a page is about.
struct Topic<'a> {
    meta: &'a RuleMeta,
    cases: &'a str,
    /// The file of a rule that the team wrote.
    origin: Option<&'a str>,
    /// What it says of a suppression; `None` for a rule.
    problem: Option<SuppressionProblem>,
}

impl<'a> Topic<'a> {
    fn rule(entry: &'a Entry) -> Self {
        Self { meta: &entry.meta, cases: &entry.cases, origin: entry.origin.as_deref(), problem: None }
    }

    fn notice(notice: &'a Notice) -> Self {
        Self { meta: &notice.meta, cases: notice.cases, origin: None, problem: Some(notice.problem) }
    }

    /// The folder of its page below `rules/`.
    fn folder(&self) -> &'a str {
        if self.problem.is_some() { FOLDER } else { &self.meta.category }
    }
}

/// The pages of `rules` and of what is said about suppressions, and the indices that lead to them.
pub fn pages(rules: &[&Entry], lang: Lang) -> Vec<Page> {
    let words = words::of(lang);
    let mut pages = vec![index::all(rules, lang, words)];
    for (category, own) in by_category(rules) {
        let metas: Vec<&RuleMeta> = own.iter().map(|entry| &entry.meta).collect();
        pages.push(index::category(&category.id, category.name(lang), &metas, lang, words));
        pages.extend(own.iter().map(|entry| page::page(&Topic::rule(entry), lang, words)));
    }
    let metas: Vec<&RuleMeta> = notices().iter().map(|notice| &notice.meta).collect();
    pages.push(index::category(FOLDER, words.suppressions, &metas, lang, words));
    pages.extend(notices().iter().map(|notice| page::page(&Topic::notice(notice), lang, words)));
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
