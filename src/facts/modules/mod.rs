//! What each source file imports, exports and defines, and whom its functions call: the ground on which questions
//! across files stand.
//!
//! Per file everything is by span; [`Modules`] joins the files, so that a name leads to its definition and a
//! function to the functions it calls.

mod extract;
mod join;
mod resolve;
mod runtime;
mod shape;

pub(super) use extract::ModuleExtractor;
pub use join::{Definition, FunctionId, Modules};
pub use resolve::{Resolver, Target};
pub use shape::{CallShape, Name, Root, Shape};

use crate::model::Span;

/// What one source file imports, exports, defines and calls.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModuleFacts {
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// Every function, method and arrow, in source order; one inside another comes after it.
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    /// Names declared at the top level with a value that is no function and no class.
    pub values: Vec<Value>,
    /// Every call whose callee is a chain of names, in source order.
    pub calls: Vec<CallSite>,
}

/// One imported name, or a module loaded for its effects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The import statement or call.
    pub span: Span,
    /// The module as written: `./auth`, `express`, `app.models`, `..core`.
    pub module: String,
    /// `default`, `*` (the whole module), a name, or empty when it is loaded for its effects.
    pub imported: String,
    /// The name in this file; empty when there is none.
    pub local: String,
    pub way: ImportWay,
}

/// How a module is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportWay {
    Static,
    /// `require('x')`.
    Required,
    /// `import('x')`, `importlib.import_module("x")`.
    Dynamic,
    /// Types only; gone at run time.
    Types,
    /// Its absence is handled: inside `try`, or for a type checker.
    Optional,
}

/// One exported name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    pub span: Span,
    /// `default` or the name; `*` for everything of another module.
    pub name: String,
    pub source: ExportSource,
}

/// What an export stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportSource {
    /// A name of this file, or an expression without a name.
    Own(Shape),
    /// A name of another module; `*` for all of it.
    Other { module: String, imported: String },
}

/// A function, method or arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub span: Span,
    /// See [`crate::code::NodeRef::function_name`]; empty when it has none.
    pub name: String,
    /// The class that it is a method of.
    pub class: String,
    pub parameters: Vec<Parameter>,
    pub decorators: Vec<Shape>,
    /// Declared at the top level of its file, or a method of a class that is.
    pub top_level: bool,
    /// What the function around it gives back: it runs later, and not with the call of that function.
    pub given_back: bool,
}

/// A parameter with its type and default, as far as they are names or calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    /// Python's annotation is an expression; a TypeScript type is its name.
    pub annotation: Option<Shape>,
    pub default: Option<Shape>,
    pub decorators: Vec<Shape>,
}

/// A class with what its fields are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    pub span: Span,
    pub name: String,
    pub bases: Vec<Shape>,
    pub decorators: Vec<Shape>,
    /// Fields and injected constructor parameters: the name, and the class or value that each holds.
    pub fields: Vec<(String, Shape)>,
}

/// A top-level name with what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub span: Span,
    pub name: String,
    pub shape: Shape,
}

/// A call, by its callee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSite {
    pub span: Span,
    pub callee: Name,
}

impl ModuleFacts {
    /// Gives back what the lists were given to grow: they are kept to the end of the scan.
    pub(super) fn shrink(&mut self) {
        self.imports.shrink_to_fit();
        self.exports.shrink_to_fit();
        self.functions.shrink_to_fit();
        self.classes.shrink_to_fit();
        self.values.shrink_to_fit();
        self.calls.shrink_to_fit();
    }

    /// The innermost function around `span`, that span's own function included.
    pub fn function_around(&self, span: Span) -> Option<usize> {
        // Functions are in source order, so the last one that begins before and ends after is the innermost.
        let before = self.functions.partition_point(|function| function.span.start <= span.start);
        self.functions[..before].iter().rposition(|function| function.span.end >= span.end)
    }

    /// Whether `span` lies in a function that `outer` makes and gives back: `(name) => async (job) => { … }`.
    pub fn is_deferred(&self, outer: Span, span: Span) -> bool {
        let holds = |whole: Span, part: Span| whole.start <= part.start && part.end <= whole.end;
        self.functions.iter().any(|function| {
            function.given_back && function.span != outer && holds(outer, function.span) && holds(function.span, span)
        })
    }

    /// The function that is exactly at `span`.
    pub fn function_at(&self, span: Span) -> Option<usize> {
        self.functions.iter().position(|function| function.span == span)
    }

    /// The calls inside `span`, those of inner functions included.
    pub fn calls_in(&self, span: Span) -> impl Iterator<Item = &CallSite> {
        self.calls[self.call_range(span)].iter()
    }

    /// Indices of the calls inside `span`.
    fn call_range(&self, span: Span) -> std::ops::Range<usize> {
        let from = self.calls.partition_point(|call| call.span.start < span.start);
        let inside = self.calls[from..].partition_point(|call| call.span.start < span.end);
        from..from + inside
    }
}
