//! Which form of a noun goes with a number.

use crate::model::Lang;

/// A noun in the forms of its language: English one and many, Russian one, few and many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plural {
    pub one: &'static str,
    /// The same as `many` in English.
    pub few: &'static str,
    pub many: &'static str,
}

impl Plural {
    pub(super) const fn en(one: &'static str, many: &'static str) -> Self {
        Self { one, few: many, many }
    }

    pub(super) const fn ru(one: &'static str, few: &'static str, many: &'static str) -> Self {
        Self { one, few, many }
    }

    /// The form that goes with `n`.
    pub fn of(self, lang: Lang, n: usize) -> &'static str {
        // The English index has two values, the Russian three.
        match (lang, index(lang, n as u64)) {
            (_, 0) => self.one,
            (Lang::Ru, 1) => self.few,
            _ => self.many,
        }
    }
}

/// How many forms a noun has.
pub fn forms(lang: Lang) -> usize {
    match lang {
        Lang::En => 2,
        Lang::Ru => 3,
    }
}

/// Which of the forms goes with `n`, counted from 0.
pub(super) fn index(lang: Lang, n: u64) -> usize {
    match lang {
        Lang::En => usize::from(n != 1),
        Lang::Ru => match (n % 10, n % 100) {
            (_, 11..=14) => 2,
            (1, _) => 0,
            (2..=4, _) => 1,
            _ => 2,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_has_one_and_many() {
        assert_eq!([0, 1, 2, 11, 21].map(|n| index(Lang::En, n)), [1, 0, 1, 1, 1]);
    }

    #[test]
    fn russian_looks_at_the_last_two_digits() {
        let numbers = [0, 1, 2, 4, 5, 11, 12, 14, 20, 21, 22, 25, 101, 111, 112, 122];
        assert_eq!(numbers.map(|n| index(Lang::Ru, n)), [2, 0, 1, 1, 2, 2, 2, 2, 2, 0, 1, 2, 0, 2, 2, 1]);
    }
}
