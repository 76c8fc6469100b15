//! `FastAPI`, Starlette and django-ninja: decorated functions on routers that are included in each other, with what
//! they depend on.

use std::collections::BTreeMap;

use super::{
    GuardDoes, RouteKind, Unresolved,
    draft::{Attached, Draft, function_of, joined, spelled},
    mounts::{Key, Mounts, Sources},
    registrations::Registration,
};
use crate::{
    facts::modules::{CallShape, Class, Definition, Function, FunctionId, Modules, Name, Root, Shape},
    model::{FileId, Place, Span},
};

/// Dependencies of dependencies.
const DEPTH: usize = 6;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// The routes of every router of `FastAPI`, Starlette and django-ninja.
pub(super) fn routes(sources: Sources<'_>, mounts: &Mounts<'_>, apis: &BTreeMap<Key, Vec<String>>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (file, made) in sources.registrations() {
        let Some(kind) = kind_of(made) else { continue };
        let Some(hung) = mounts.hung(file, made) else { continue };
        if !matches!(hung.framework, "fastapi" | "starlette" | "django-ninja") {
            continue;
        }
        let handler = handler(sources, file, made);
        let methods = methods_of(made);
        let path = path_of(sources, file, made);
        for chain in hung.chains {
            let starts = match chain.top.as_ref().filter(|_| hung.framework == "django-ninja") {
                Some(top) => apis.get(top).cloned().unwrap_or_else(|| vec![String::new()]),
                None => vec![String::new()],
            };
            for start in starts {
                let whole = joined(&joined(&start, &chain.prefix), path.as_deref().unwrap_or("{}"));
                let mut attached = chain.attached.clone();
                attached.extend(own_guards(sources, file, made, handler));
                let unresolved = match () {
                    () if !chain.mounted => Some(Unresolved::Mount),
                    () if chain.computed || path.is_none() => Some(Unresolved::Path),
                    () if handler.is_none() => Some(Unresolved::Handler),
                    () => None,
                };
                for method in &methods {
                    drafts.push(Draft {
                        kind,
                        method: if kind == RouteKind::WebSocket { String::new() } else { method.clone() },
                        path: if whole.is_empty() { "/".to_owned() } else { whole.clone() },
                        framework: hung.framework,
                        file,
                        span: made.span,
                        handler,
                        attached: attached.clone(),
                        unresolved,
                        public: None,
                    });
                }
            }
        }
    }
    drafts
}

fn kind_of(made: &Registration) -> Option<RouteKind> {
    match made.method.as_str() {
        "websocket" | "websocket_route" | "add_api_websocket_route" | "add_websocket_route" => {
            Some(RouteKind::WebSocket)
        }
        "api_route" | "route" | "add_api_route" | "add_route" | "api_operation" => Some(RouteKind::Http),
        method if METHODS.contains(&method) && made.decorated.is_some() => Some(RouteKind::Http),
        _ => None,
    }
}

fn methods_of(made: &Registration) -> Vec<String> {
    if METHODS.contains(&made.method.as_str()) {
        return vec![made.method.to_uppercase()];
    }
    let listed =
        made.call.option("methods").or_else(|| made.call.arguments.first().filter(|_| made.method == "api_operation"));
    let listed = listed.map(texts).unwrap_or_default();
    if listed.is_empty() { vec!["GET".to_owned()] } else { listed.iter().map(|method| method.to_uppercase()).collect() }
}

pub(super) fn texts(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Array(items) => items.iter().filter_map(Shape::as_text).map(str::to_owned).collect(),
        Shape::Text(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

fn path_of(sources: Sources<'_>, file: FileId, made: &Registration) -> Option<String> {
    let first = match made.method.as_str() {
        "api_operation" => made.call.arguments.get(1),
        _ => made.call.arguments.first().filter(|first| !matches!(first, Shape::Object(_))),
    };
    sources.text(file, Some(first.or_else(|| made.call.option("path"))?), &made.pieces)
}

fn handler(sources: Sources<'_>, file: FileId, made: &Registration) -> Option<FunctionId> {
    if let Some(span) = made.decorated {
        sources.modules.function_at(file, span)
    } else {
        let given = made.call.arguments.get(1).filter(|second| !matches!(second, Shape::Object(_)));
        function_of(sources.modules, file, given.or_else(|| made.call.option("endpoint"))?)
    }
}

/// What a route declares for itself: in its decorator, for its class, in its parameters.
fn own_guards(sources: Sources<'_>, file: FileId, made: &Registration, handler: Option<FunctionId>) -> Vec<Attached> {
    let modules = sources.modules;
    let mut found = dependency_list(modules, file, made.call.option("dependencies"));
    if let Some(auth) = made.call.option("auth")
        && !matches!(auth, Shape::Other)
    {
        found.extend(one(file, auth));
    }
    let Some(handler) = handler else { return found };
    let function = modules.function(handler);
    if !function.class.is_empty() {
        found.extend(class_dependencies(modules, handler));
    }
    for decorator in &function.decorators {
        if !matches!(decorator, Shape::Call(call) if call.span == made.span) && !is_registration(decorator) {
            found.extend(one(handler.file, decorator));
        }
    }
    found.extend(parameters(modules, handler));
    found
}

/// A decorator that registers another path of the same handler.
fn is_registration(decorator: &Shape) -> bool {
    decorator.named().is_some_and(|name| {
        let last = name.last();
        !name.members.is_empty()
            && (METHODS.contains(&last) || matches!(last, "route" | "api_route" | "websocket" | "middleware"))
    })
}

fn one(file: FileId, shape: &Shape) -> Option<Attached> {
    let span = span_of(shape)?;
    Some(Attached::of(file, shape, Place::At(file, span)))
}

pub(super) fn span_of(shape: &Shape) -> Option<Span> {
    match shape {
        Shape::Name(name) => Some(name.span),
        Shape::Call(call) => Some(call.span),
        Shape::Function(span) | Shape::Class(span) => Some(*span),
        _ => None,
    }
}

/// The dependencies that methods of a class-based view share: `user: User = Depends(get_current_user)` as a field.
fn class_dependencies(modules: Modules<'_>, handler: FunctionId) -> Vec<Attached> {
    let span = modules.function(handler).span;
    let Some(module) = modules.file(handler.file) else { return Vec::new() };
    let around = module.classes.iter().rev().find(|class| class.span.start <= span.start && span.end <= class.span.end);
    let mut found = Vec::new();
    if let Some(class) = around {
        inherited(modules, handler.file, class, DEPTH, &mut found);
    }
    found
}

fn inherited(modules: Modules<'_>, file: FileId, class: &Class, depth: usize, found: &mut Vec<Attached>) {
    if depth == 0 {
        return;
    }
    for base in &class.bases {
        if let Some((file, class)) = class_of(modules, file, base) {
            inherited(modules, file, class, depth - 1, found);
        }
    }
    for (_, shape) in &class.fields {
        for (file, dependency) in dependencies_in(modules, file, shape, None, depth) {
            depend(modules, file, &dependency, &Place::At(file, dependency.span), DEPTH, found);
        }
    }
}

/// `dependencies=[Depends(a)]`, where the list may have a name.
pub(super) fn dependency_list(modules: Modules<'_>, file: FileId, list: Option<&Shape>) -> Vec<Attached> {
    let mut found = Vec::new();
    match list {
        Some(Shape::Array(items)) => {
            for item in items {
                match item {
                    Shape::Call(call) if is_depends(call) => {
                        depend(modules, file, call, &Place::At(file, call.span), DEPTH, &mut found);
                    }
                    Shape::Name(name) => match modules.definition(file, name) {
                        Definition::Value { file: other, value } => {
                            if let Shape::Call(call) = &value.shape {
                                depend(modules, other, call, &Place::At(file, name.span), DEPTH, &mut found);
                            }
                        }
                        _ => found.extend(one(file, item)),
                    },
                    other => found.extend(one(file, other)),
                }
            }
        }
        Some(Shape::Name(name)) => {
            if let Definition::Value { file, value } = modules.definition(file, name)
                && matches!(value.shape, Shape::Array(_))
            {
                return dependency_list(modules, file, Some(&value.shape));
            }
        }
        _ => {}
    }
    found
}

/// What the parameters of a function depend on, and the bodies that are validated.
pub(super) fn parameters(modules: Modules<'_>, id: FunctionId) -> Vec<Attached> {
    let mut found = Vec::new();
    from_parameters(modules, id, None, DEPTH, &mut found);
    let function = modules.function(id);
    for parameter in &function.parameters {
        let Some(annotation) = &parameter.annotation else { continue };
        if is_model(modules, id.file, annotation, DEPTH) {
            let place = Place::At(id.file, span_of(annotation).unwrap_or(function.span));
            found.push(Attached::known(GuardDoes::Validates, spelled(annotation), place));
        }
    }
    found
}

/// `at` is the place where the outermost dependency is attached.
fn from_parameters(modules: Modules<'_>, id: FunctionId, at: Option<&Place>, depth: usize, found: &mut Vec<Attached>) {
    let function: &Function = modules.function(id);
    for parameter in &function.parameters {
        let annotation = parameter.annotation.as_ref();
        let whole = parameter.default.iter().chain(annotation);
        for shape in whole {
            for (file, dependency) in dependencies_in(modules, id.file, shape, annotation, depth) {
                let here = span_of(shape).unwrap_or(dependency.span);
                let place = at.cloned().unwrap_or(Place::At(id.file, here));
                depend(modules, file, &dependency, &place, depth, found);
            }
        }
    }
}

/// The `Depends(…)` of a default or an annotation, each with the file that it is written in.
fn dependencies_in(
    modules: Modules<'_>,
    file: FileId,
    shape: &Shape,
    annotation: Option<&Shape>,
    depth: usize,
) -> Vec<(FileId, CallShape)> {
    match shape {
        _ if depth == 0 => Vec::new(),
        // `Depends()` depends on the class that the parameter is annotated with.
        Shape::Call(call) if is_depends(call) => {
            let mut call = call.clone();
            if call.arguments.is_empty() {
                call.arguments.extend(annotation.cloned());
            }
            vec![(file, call)]
        }
        Shape::Call(call) if call.callee.named().is_some_and(|name| name.last() == "Annotated") => call
            .arguments
            .iter()
            .skip(1)
            .flat_map(|argument| dependencies_in(modules, file, argument, call.arguments.first(), depth - 1))
            .chain(
                call.arguments
                    .first()
                    .into_iter()
                    .flat_map(|inner| dependencies_in(modules, file, inner, None, depth - 1)),
            )
            .collect(),
        Shape::Name(name) => match modules.definition(file, name) {
            Definition::Value { file, value } if matches!(value.shape, Shape::Call(_)) => {
                dependencies_in(modules, file, &value.shape, None, depth - 1)
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn is_depends(call: &CallShape) -> bool {
    call.callee.named().is_some_and(|name| matches!(name.last(), "Depends" | "Security" | "FromDishka"))
}

/// Adds what a `Depends(…)` names, after what that depends on itself.
fn depend(
    modules: Modules<'_>,
    file: FileId,
    call: &CallShape,
    place: &Place,
    depth: usize,
    found: &mut Vec<Attached>,
) {
    let Some(target) = call.arguments.first().filter(|_| depth > 0) else { return };
    let attached = Attached::of(file, target, place.clone());
    let name = spelled(&Shape::Call(call.clone()));
    let of_class = match target.named().map(|name| modules.definition(file, name)) {
        Some(Definition::Class { file, class }) => {
            let methods = ["__init__", "__call__"];
            methods.iter().filter_map(|method| modules.method_of(file, class, method)).collect()
        }
        _ => Vec::new(),
    };
    let mut inner = of_class;
    if let Some(function) = function_of(modules, file, target)
        && !inner.contains(&function)
    {
        inner.push(function);
    }
    for function in &inner {
        from_parameters(modules, *function, Some(place), depth - 1, found);
    }
    found.push(Attached { name, ..attached });
}

/// A pydantic model, or a schema of one of its kin.
fn is_model(modules: Modules<'_>, file: FileId, annotation: &Shape, depth: usize) -> bool {
    let Shape::Name(name) = annotation else {
        return matches!(annotation, Shape::Call(call) if call.callee.named().is_some_and(|name| matches!(name.last(), "Annotated" | "list" | "List" | "Optional"))
            && call.arguments.first().is_some_and(|first| depth > 0 && is_model(modules, file, first, depth - 1)));
    };
    if matches!(&name.root, Root::Import { module, .. } if matches!(module.as_str(), "pydantic" | "sqlmodel" | "ninja"))
    {
        return matches!(name.last(), "BaseModel" | "SQLModel" | "Schema" | "ModelSchema" | "RootModel");
    }
    match modules.definition(file, name) {
        Definition::Class { file, class } if depth > 0 => {
            class.bases.iter().any(|base| is_model(modules, file, base, depth - 1))
        }
        _ => false,
    }
}

/// The class of the repository that `shape` names.
pub(super) fn class_of<'a>(modules: Modules<'a>, file: FileId, shape: &Shape) -> Option<(FileId, &'a Class)> {
    match modules.definition(file, shape.named()?) {
        Definition::Class { file, class } => Some((file, class)),
        _ => None,
    }
}

/// A name as an import of a dotted path.
pub(super) fn dotted(path: &str, span: Span) -> Option<Name> {
    let (module, name) = path.rsplit_once('.')?;
    let root = Root::Import { module: module.to_owned(), imported: name.to_owned() };
    Some(Name { span, root, members: Vec::new() })
}
