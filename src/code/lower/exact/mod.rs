//! The lowering of files without syntax errors, through parsers that are exact and an order of magnitude faster than
//! the tolerant one. What they refuse, the tolerant parser reads.

mod emit;
mod guard;
mod python;
mod script;
mod speculation;

use crate::code::{lower::Language, tree::TreeBuilder};

/// The lowered tree of `source`, its bindings still unresolved; `None` when the tolerant parser must read it.
pub(super) fn lower(language: Language, source: &str) -> Option<TreeBuilder<'_>> {
    if language.is_script() && !speculation::is_linear(source, language.is_typed()) {
        return None;
    }
    guard::with_stack(source, || match language {
        Language::Python => python::lower(source),
        _ => script::lower(language, source),
    })
}
