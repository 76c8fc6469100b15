//! A route as its framework's join hands it over: where it hangs and what stands before it, not yet what that does.

use super::{GuardDoes, Public, RouteKind, Unresolved};
use crate::{
    facts::modules::{Definition, FunctionId, Modules, Name, Shape},
    model::{FileId, Place, Span},
};

/// A route before its guards are judged.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub kind: RouteKind,
    pub method: String,
    pub path: String,
    pub framework: &'static str,
    pub file: FileId,
    pub span: Span,
    pub handler: Option<FunctionId>,
    /// In the order in which they run.
    pub attached: Vec<Attached>,
    pub unresolved: Option<Unresolved>,
    pub public: Option<Public>,
}

/// Something that runs before the handler.
#[derive(Debug, Clone)]
pub(super) struct Attached {
    /// As a reader names it.
    pub name: String,
    /// Where it is attached.
    pub place: Place,
    pub what: What,
}

/// What is attached.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// Decided by the framework itself.
    Known(GuardDoes),
    /// A function of the repository.
    Function(FunctionId),
    /// An expression in a file, as far as its names tell.
    Shape(FileId, Shape),
}

impl Attached {
    /// What `shape` of `file` names.
    pub(super) fn of(file: FileId, shape: &Shape, place: Place) -> Self {
        Self { name: spelled(shape), place, what: What::Shape(file, shape.clone()) }
    }

    pub(super) fn known(does: GuardDoes, name: impl Into<String>, place: Place) -> Self {
        Self { name: name.into(), place, what: What::Known(does) }
    }
}

/// The function of the repository that `shape` is, or that an object of its class is called by.
pub(super) fn function_of(modules: Modules<'_>, file: FileId, shape: &Shape) -> Option<FunctionId> {
    match shape {
        Shape::Function(span) => modules.function_at(file, *span),
        Shape::Name(name) => function_named(modules, file, name),
        // What a call of a factory makes is judged by the factory, an object by how it is called.
        Shape::Call(call) => {
            let name = call.callee.named()?;
            match modules.definition(file, name) {
                Definition::Function(function) => Some(function),
                Definition::Class { file, class } => ["__call__", "dispatch", "use", "canActivate"]
                    .iter()
                    .find_map(|method| modules.method_of(file, class, method)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn function_named(modules: Modules<'_>, file: FileId, name: &Name) -> Option<FunctionId> {
    match modules.definition(file, name) {
        Definition::Function(function) => Some(function),
        Definition::Value { file, value } => match &value.shape {
            Shape::Call(call) => match modules.definition(file, call.callee.named()?) {
                Definition::Class { file, class } => {
                    ["__call__"].iter().find_map(|method| modules.method_of(file, class, method))
                }
                _ => None,
            },
            _ => None,
        },
        Definition::Class { file, class } => ["dispatch", "__call__", "process_request", "process_view", "__init__"]
            .iter()
            .find_map(|method| modules.method_of(file, class, method)),
        _ => None,
    }
}

/// How a reader names an expression.
pub(super) fn spelled(shape: &Shape) -> String {
    match shape {
        Shape::Name(name) => match name.members.as_slice() {
            [] => name.root.name().to_owned(),
            [.., last] if name.root.name() == "*" || name.members.len() > 2 => last.clone(),
            members => format!("{}.{}", name.root.name(), members.join(".")),
        },
        Shape::Call(call) => {
            let inner = call.arguments.first().and_then(Shape::named).map(|name| name.last().to_owned());
            format!("{}({})", spelled(&call.callee), inner.unwrap_or_default())
        }
        Shape::Text(text) => text.clone(),
        _ => String::new(),
    }
}

/// The text that `shape` stands for, through constants and settings of other files.
pub(super) fn text_of(modules: Modules<'_>, file: FileId, shape: &Shape) -> Option<String> {
    match shape {
        Shape::Text(text) => Some(text.clone()),
        Shape::Name(name) => match modules.definition(file, name) {
            Definition::Value { value, .. } => value.shape.as_text().map(str::to_owned),
            Definition::Shape { shape, .. } => shape.as_text().map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

/// Joins two parts of a path with one slash between them.
pub(super) fn joined(prefix: &str, rest: &str) -> String {
    let prefix = prefix.trim_end_matches('/');
    match rest {
        "" => prefix.to_owned(),
        rest if rest.starts_with('/') => format!("{prefix}{rest}"),
        rest => format!("{prefix}/{rest}"),
    }
}
