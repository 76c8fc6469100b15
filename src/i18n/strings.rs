//! Every word of the interface, twice: a missing translation does not compile.

use crate::model::Lang;

/// The words of one language.
pub struct Strings {}

/// The words of `lang`.
pub fn strings(lang: Lang) -> &'static Strings {
    match lang {
        Lang::En => &Strings {},
        Lang::Ru => &Strings {},
    }
}
