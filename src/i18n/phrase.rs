//! A text in both languages side by side, for documents that are too large for one table of words.

use super::Plural;
use crate::model::Lang;

/// A text, twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    en: &'static str,
    ru: &'static str,
}

impl Phrase {
    pub(super) const fn new(en: &'static str, ru: &'static str) -> Self {
        Self { en, ru }
    }

    pub fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ru => self.ru,
        }
    }

    /// With every `{name}` replaced.
    pub fn with(self, lang: Lang, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.of(lang);
        // One pass, so that a value is never taken for a placeholder.
        while let Some((before, tail)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = tail.split_once('}') else {
                rest = tail;
                continue;
            };
            out.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
            rest = after;
        }
        out + rest
    }
}

/// A noun that is counted, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noun {
    en: Plural,
    ru: Plural,
}

impl Noun {
    pub(super) const fn new(en: [&'static str; 2], ru: [&'static str; 3]) -> Self {
        Self { en: Plural::en(en[0], en[1]), ru: Plural::ru(ru[0], ru[1], ru[2]) }
    }

    /// `n` with the form that goes with it.
    pub fn count(self, lang: Lang, n: usize) -> String {
        format!("{n} {}", self.form(lang, n))
    }

    /// The form that goes with `n`.
    pub fn form(self, lang: Lang, n: usize) -> &'static str {
        match lang {
            Lang::En => self.en.of(lang, n),
            Lang::Ru => self.ru.of(lang, n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_no_placeholders() {
        let phrase = Phrase::new("{a} of {b}", "{b}: {a}");
        assert_eq!(phrase.with(Lang::En, &[("a", "{b}"), ("b", "2")]), "{b} of 2");
        assert_eq!(phrase.with(Lang::Ru, &[("a", "1"), ("b", "2")]), "2: 1");
    }

    #[test]
    fn nouns_take_their_form() {
        let task = Noun::new(["task", "tasks"], ["задача", "задачи", "задач"]);
        let russian = [1, 2, 5, 11, 21, 112].map(|n| task.count(Lang::Ru, n));
        assert_eq!(russian, ["1 задача", "2 задачи", "5 задач", "11 задач", "21 задача", "112 задач"]);
        assert_eq!(task.count(Lang::En, 2), "2 tasks");
    }
}
