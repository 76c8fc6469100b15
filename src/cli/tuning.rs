//! The options of a rule, for whoever wants to tune it.

use readiness::model::{Lang, RuleMeta};

use super::page::Page;

/// Adds the section about options; a rule without options has none.
pub(super) fn section(page: &mut Page, meta: &RuleMeta, lang: Lang) {
    if meta.options.is_empty() {
        return;
    }
    page.heading(match lang {
        Lang::En => "How to tune it",
        Lang::Ru => "Как настроить",
    });
    page.line(&format!("  [rules.{}.options]", meta.id));
    for (name, option) in &meta.options {
        page.hanging(&format!("  {name}"), widest(meta) + 4, &option.described(lang));
    }
}

fn widest(meta: &RuleMeta) -> usize {
    meta.options.keys().map(String::len).max().unwrap_or(0)
}
