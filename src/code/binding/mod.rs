//! Bindings: which declaration an identifier belongs to, within one file.
//!
//! A rule asks "is this `cors` the one imported from the package `cors`?" instead of comparing text. Resolution runs
//! in three passes over the nodes, without recursion: which scope each node is in, what each scope declares, what
//! each name refers to. Declaring before resolving is all that hoisting needs.

mod python;
mod scopes;
mod script;

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
    /// `const { imported } = await import('module')`, `from module import imported`. `imported` is `default`, `*` (the
    /// whole module) or a name; `require('m').a.b` imports `a.b`.
    Import {
        module: String,
        imported: String,
    },
    /// Declared with a value or without one; also a namespace, an enum, the target of a loop or a `with`.
    Variable,
    Function,
    Class,
    Parameter,
    /// The name of a `catch`.
    Caught,
    /// An interface, a type alias or an overload signature. A value of the same name takes its place.
    Type,
}

/// A name declared in this file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub name: String,
    pub kind: BindingKind,
    /// The node that declares it: the import name, assignment, loop, function, class, parameter, catch or type.
    pub declaration: NodeId,
    /// How often it is assigned after its declaration. A binding with 0 is as good as a constant.
    pub writes: u32,
    /// Declared at the top level of the file.
    pub top_level: bool,
}

/// Resolves declarations and references by scope, and stores the result in the tree.
pub(super) fn resolve(tree: &mut Tree<'_>, language: Language) {
    let (bindings, resolved) = if language.is_script() { script::resolve(tree) } else { python::resolve(tree) };
    tree.set_bindings(bindings, resolved);
}
