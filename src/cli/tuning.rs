//! The options of a rule, for whoever wants to tune it.

use readiness::model::{Lang, RuleMeta, RuleOption};

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
        page.hanging(&format!("  {name}"), widest(meta) + 4, &described(option, lang));
    }
}

fn widest(meta: &RuleMeta) -> usize {
    meta.options.keys().map(String::len).max().unwrap_or(0)
}

fn described(option: &RuleOption, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{}: {}, default {}.", option.en, option.expected(), option.default),
        Lang::Ru => {
            let range = match (option.min, option.max) {
                (Some(min), Some(max)) => format!("от {min} до {max}, "),
                _ => String::new(),
            };
            format!("{}: {range}по умолчанию {}.", option.ru, option.default)
        }
    }
}
