//! Whether a value comes with a request: within its function, or handed on by those who call it.

use super::{
    Facts,
    modules::{Definition, FunctionId, Modules},
    queries::{self, Source},
};
use crate::{
    code::{Kind, NodeRef, Role},
    model::{FileId, Place},
    repo::Repo,
};

/// Parts of one expression.
const PARTS: usize = 20;
/// Names followed from an expression to what it is made of.
const HOPS: usize = 6;
/// Calls followed from a parameter back to a request.
const CALLS: usize = 3;

/// Calls that put their arguments together.
const JOINS: &[&str] = &[
    "join",
    "resolve",
    "normalize",
    "joinpath",
    "Path",
    "format",
    "concat",
    "String",
    "str",
    "toString",
    "decodeURIComponent",
];

/// What a path or a text is put together from, names followed to what they stand for.
pub fn parts(node: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let mut found = Vec::new();
    collect(node, HOPS, &mut found);
    found
}

fn collect<'t>(node: NodeRef<'t>, hops: usize, found: &mut Vec<NodeRef<'t>>) {
    if hops == 0 || found.len() >= PARTS || node.constant().is_some() {
        return;
    }
    let each = |nodes: &mut dyn Iterator<Item = NodeRef<'t>>, found: &mut Vec<NodeRef<'t>>| {
        for inner in nodes {
            collect(inner, hops - 1, found);
        }
    };
    match node.kind() {
        Kind::Template | Kind::Array => each(&mut node.children_in(Role::Item), found),
        Kind::Binary if matches!(node.name(), "+" | "/" | "%") => {
            each(&mut [Role::Left, Role::Right].into_iter().filter_map(|role| node.child(role)), found);
        }
        Kind::Call if node.callee_name().is_some_and(|name| JOINS.contains(&name)) => {
            each(&mut node.positional(), found);
            if matches!(node.callee_name(), Some("format" | "toString" | "joinpath" | "concat" | "normalize")) {
                each(&mut node.receiver().into_iter(), found);
            }
        }
        Kind::Await | Kind::Spread => each(&mut node.child(Role::Value).into_iter(), found),
        Kind::Logical => each(&mut [Role::Left, Role::Right].into_iter().filter_map(|role| node.child(role)), found),
        Kind::Conditional => {
            each(&mut [Role::Consequent, Role::Alternate].into_iter().filter_map(|role| node.child(role)), found);
        }
        Kind::Identifier => match node.definition().filter(|made| *made != node) {
            Some(made) if is_put_together(made) => collect(made, hops - 1, found),
            _ => found.push(node),
        },
        _ => found.push(node),
    }
}

fn is_put_together(node: NodeRef<'_>) -> bool {
    match node.kind() {
        Kind::Template | Kind::Array | Kind::Await | Kind::Logical | Kind::Conditional | Kind::Identifier => true,
        Kind::Binary => matches!(node.name(), "+" | "/" | "%"),
        Kind::Call => node.callee_name().is_some_and(|name| JOINS.contains(&name)),
        _ => node.constant().is_some(),
    }
}

/// A part of an expression that comes with a request, or may: then the parameter through which it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Request,
    Parameter { function: u32, index: usize },
}

/// The first part of `node` that is no constant and passes `counts`, with where it comes from.
pub fn tainted<'t>(node: NodeRef<'t>, counts: impl Fn(NodeRef<'t>) -> bool) -> Option<(NodeRef<'t>, Origin)> {
    let mut through = None;
    for part in parts(node).into_iter().filter(|part| counts(*part)) {
        match queries::source(part) {
            Source::Request(_) => return Some((part, Origin::Request)),
            Source::Parameter { function, index, .. } => {
                through = through.or(Some((part, Origin::Parameter { function, index })));
            }
            Source::Constant | Source::Session | Source::Other => {}
        }
    }
    through
}

/// The call that hands a value of its request to the parameter `index` of the function that begins at `start`. Needs
/// [`super::Fact::Modules`] and [`super::Fact::Queries`].
pub fn handed(repo: &Repo, facts: &Facts, file: FileId, start: u32, index: usize) -> Option<Place> {
    let modules = facts.modules(repo);
    let position = modules.file(file)?.functions.iter().position(|function| function.span.start == start)?;
    back(facts, modules, FunctionId { file, index: position }, index, CALLS)
}

fn back(facts: &Facts, modules: Modules<'_>, id: FunctionId, index: usize, calls: usize) -> Option<Place> {
    let calls = calls.checked_sub(1)?;
    let function = modules.function(id);
    if function.name.is_empty() {
        return None;
    }
    let own = function.parameters.first().is_some_and(|first| matches!(first.name.as_str(), "self" | "cls"));
    let placed = index.checked_sub(usize::from(own))?;
    let named = function.parameters.get(index).map(|parameter| parameter.name.as_str());
    for (file, found) in facts.files() {
        for pass in found.queries.passes.iter().filter(|pass| pass.callee.last() == function.name) {
            if !matches!(modules.definition(file, &pass.callee), Definition::Function(target) if target == id) {
                continue;
            }
            let keyword = pass.arguments.iter().find(|(name, _)| name.is_some() && name.as_deref() == named);
            let positional = pass.arguments.get(placed).filter(|(name, _)| name.is_none());
            match keyword.or(positional).map(|(_, source)| source) {
                Some(Source::Request(_)) => return Some(Place::At(file, pass.span)),
                Some(Source::Parameter { function, index, .. }) => {
                    let position = modules
                        .file(file)
                        .and_then(|facts| facts.functions.iter().position(|other| other.span.start == *function));
                    let further = position
                        .map(|position| FunctionId { file, index: position })
                        .filter(|caller| *caller != id)
                        .and_then(|caller| back(facts, modules, caller, *index, calls));
                    if further.is_some() {
                        return further;
                    }
                }
                _ => {}
            }
        }
    }
    None
}
