//! Flask and Quart: decorated functions, rules that are added, method views and the resources of its extensions, on
//! blueprints that are registered elsewhere.

use super::{
    RouteKind, Unresolved,
    draft::{Attached, Draft, function_of, joined},
    fastapi::{class_of, span_of, texts},
    mounts::{Hung, Mounts, Sources},
    registrations::Registration,
};
use crate::{
    facts::modules::{Class, FunctionId, Modules, Name, Shape},
    model::{FileId, Place, Span},
};

pub(super) const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];
/// Classes of the repository that a view extends.
const DEPTH: usize = 6;

/// The routes of every application and blueprint of Flask.
pub(super) fn routes(sources: Sources<'_>, mounts: &Mounts<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (file, made) in sources.registrations() {
        let adds = match made.method.as_str() {
            "route" | "expose" => true,
            "add_url_rule" | "register_view" => made.decorated.is_none(),
            method if METHODS.contains(&method) => made.decorated.is_some(),
            method => method.ends_with("_resource") && made.decorated.is_none(),
        };
        if !adds {
            continue;
        }
        let Some(hung) = mounts.hung(file, made).filter(|hung| hung.framework == "flask") else { continue };
        let call = Registered { sources, file, made, hung: &hung };
        call.drafts(&mut drafts);
    }
    drafts
}

struct Registered<'a, 'h> {
    sources: Sources<'a>,
    file: FileId,
    made: &'a Registration,
    hung: &'h Hung,
}

/// A method of a view with what stands before it.
struct Operation {
    method: String,
    handler: Option<FunctionId>,
    attached: Vec<Attached>,
}

impl Registered<'_, '_> {
    fn drafts(&self, drafts: &mut Vec<Draft>) {
        let operations = self.operations();
        for path in self.paths() {
            for chain in &self.hung.chains {
                let whole = joined(&chain.prefix, path.as_deref().or_else(|| self.rule_inside()).unwrap_or("{}"));
                for operation in &operations {
                    let mut attached = chain.attached.clone();
                    attached.extend(operation.attached.iter().cloned());
                    let unresolved = match () {
                        () if !chain.mounted => Some(Unresolved::Mount),
                        () if chain.computed || path.is_none() => Some(Unresolved::Path),
                        () if operation.handler.is_none() => Some(Unresolved::Handler),
                        () => None,
                    };
                    drafts.push(Draft {
                        kind: RouteKind::Http,
                        method: operation.method.clone(),
                        path: if whole.is_empty() { "/".to_owned() } else { whole.clone() },
                        framework: "flask",
                        file: self.file,
                        span: self.made.span,
                        handler: operation.handler,
                        attached,
                        unresolved,
                        public: None,
                    });
                }
            }
        }
    }

    fn paths(&self) -> Vec<Option<String>> {
        let call = &self.made.call;
        let text = |shape: &Shape| self.sources.text(self.file, Some(shape), &self.made.pieces);
        if self.made.method.ends_with("_resource") {
            let given = call.arguments.iter().skip(1).filter(|argument| !matches!(argument, Shape::Object(_)));
            return given.map(text).collect();
        }
        let first = call.arguments.first().filter(|first| !matches!(first, Shape::Object(_)));
        let routes = first.or_else(|| call.option("rule"));
        // `@ns.route('/a', '/b')`.
        let more = call.arguments.iter().skip(1).filter(|more| more.as_text().is_some() && self.of_class());
        routes.into_iter().chain(more).map(text).collect()
    }

    /// The rule that a helper is given: `@routes.route(scoped("/log-in"))`. What the helper adds is not known.
    fn rule_inside(&self) -> Option<&str> {
        let first = self.made.call.arguments.first().or_else(|| self.made.call.option("rule"))?;
        let Shape::Call(helper) = first else { return None };
        helper.arguments.first().and_then(Shape::as_text).filter(|text| text.starts_with('/'))
    }

    fn of_class(&self) -> bool {
        self.made.decorated.is_some_and(|span| self.sources.modules.function_at(self.file, span).is_none())
    }

    fn operations(&self) -> Vec<Operation> {
        let modules = self.sources.modules;
        let call = &self.made.call;
        if let Some(span) = self.made.decorated {
            if let Some(function) = modules.function_at(self.file, span) {
                let attached = decorators(modules, function, self.made.span);
                return self.for_methods(Some(function), &attached);
            }
            let classes = modules.file(self.file).map(|module| module.classes.as_slice()).unwrap_or_default();
            return match classes.iter().find(|class| class.span == span) {
                Some(class) => self.of_view(self.file, class, Vec::new()),
                None => Vec::new(),
            };
        }
        if self.made.method.ends_with("_resource") {
            return match call.arguments.first().and_then(|first| class_of(modules, self.file, first)) {
                Some((file, class)) => self.of_view(file, class, Vec::new()),
                None => self.for_methods(None, &[]),
            };
        }
        let positional = call.arguments.iter().filter(|argument| !matches!(argument, Shape::Object(_)));
        let view = call.option("view_func").or_else(|| positional.skip(1).find(|one| one.as_text().is_none()));
        match view {
            Some(view) => self.view(view, Vec::new()),
            None => self.for_methods(None, &[]),
        }
    }

    /// A view function, `View.as_view("name")`, or one of them in a decorator.
    fn view(&self, view: &Shape, mut attached: Vec<Attached>) -> Vec<Operation> {
        let modules = self.sources.modules;
        if let Some(class) = as_view(view) {
            if let Some((file, class)) = class_of(modules, self.file, &Shape::Name(class)) {
                return self.of_view(file, class, attached);
            }
            return self.for_methods(None, &attached);
        }
        match view {
            Shape::Call(call) => {
                attached.extend(one(self.file, &call.callee));
                match call.arguments.first() {
                    Some(inner) => self.view(inner, attached),
                    None => self.for_methods(None, &attached),
                }
            }
            view => {
                let function = function_of(modules, self.file, view);
                if let Some(function) = function {
                    attached.extend(decorators(modules, function, self.made.span));
                }
                self.for_methods(function, &attached)
            }
        }
    }

    fn for_methods(&self, handler: Option<FunctionId>, attached: &[Attached]) -> Vec<Operation> {
        let methods = if METHODS.contains(&self.made.method.as_str()) {
            vec![self.made.method.to_uppercase()]
        } else {
            let listed = self.made.call.option("methods").map(texts).unwrap_or_default();
            if listed.is_empty() {
                vec!["GET".to_owned()]
            } else {
                listed.iter().map(|one| one.to_uppercase()).collect()
            }
        };
        methods.into_iter().map(|method| Operation { method, handler, attached: attached.to_vec() }).collect()
    }

    /// One operation for each method of a view class.
    fn of_view(&self, file: FileId, class: &Class, attached: Vec<Attached>) -> Vec<Operation> {
        let modules = self.sources.modules;
        let mut shared = attached;
        class_decorators(modules, file, class, DEPTH, &mut shared);
        let listed: Vec<String> = self.made.call.option("methods").map(texts).unwrap_or_default();
        let mut operations = Vec::new();
        for method in METHODS {
            let Some(handler) = method_in(modules, file, class, method, DEPTH) else { continue };
            if !listed.is_empty() && !listed.iter().any(|one| one.eq_ignore_ascii_case(method)) {
                continue;
            }
            let mut attached = shared.clone();
            attached.extend(decorators(modules, handler, self.made.span));
            operations.push(Operation { method: method.to_uppercase(), handler: Some(handler), attached });
        }
        // `View` with `dispatch_request` takes what its rule or its class lists.
        if operations.is_empty() {
            let handler = method_in(modules, file, class, "dispatch_request", DEPTH);
            return self.for_methods(handler, &shared);
        }
        operations
    }
}

/// The class of `Class.as_view(…)`.
pub(super) fn as_view(view: &Shape) -> Option<Name> {
    let Shape::Call(call) = view else { return None };
    let Shape::Name(name) = &*call.callee else { return None };
    let mut class = name.clone();
    (class.members.pop()? == "as_view").then_some(class)
}

/// A method of a class or of those of the repository that it extends.
pub(super) fn method_in(
    modules: Modules<'_>,
    file: FileId,
    class: &Class,
    name: &str,
    depth: usize,
) -> Option<FunctionId> {
    let module = modules.file(file)?;
    let own = module.functions.iter().position(|function| {
        function.name == name
            && function.class == class.name
            && class.span.start <= function.span.start
            && function.span.end <= class.span.end
    });
    if let Some(index) = own {
        return Some(FunctionId { file, index });
    }
    class.bases.iter().filter(|_| depth > 0).find_map(|base| {
        let (file, class) = class_of(modules, file, base)?;
        method_in(modules, file, class, name, depth - 1)
    })
}

/// `decorators = [login_required]` and `method_decorators` of a view class and its bases.
fn class_decorators(modules: Modules<'_>, file: FileId, class: &Class, depth: usize, found: &mut Vec<Attached>) {
    let field = class.fields.iter().find(|(name, _)| matches!(name.as_str(), "decorators" | "method_decorators"));
    match field {
        Some((_, Shape::Array(items))) => found.extend(items.iter().filter_map(|item| one(file, item))),
        Some(_) => {}
        None => {
            for base in class.bases.iter().filter(|_| depth > 0) {
                if let Some((file, class)) = class_of(modules, file, base) {
                    class_decorators(modules, file, class, depth - 1, found);
                }
            }
        }
    }
    let prepared =
        modules.file(file).into_iter().flat_map(|module| module.functions.iter().enumerate()).find(|(_, function)| {
            function.name == "prepare" && class.span.start <= function.span.start && function.span.end <= class.span.end
        });
    if let Some((index, function)) = prepared {
        let id = FunctionId { file, index };
        let place = Place::At(file, function.span);
        found.push(Attached { name: function.name.clone(), place, what: super::draft::What::Function(id) });
    }
}

/// The decorators of a handler that register no route.
fn decorators(modules: Modules<'_>, handler: FunctionId, registration: Span) -> Vec<Attached> {
    let function = modules.function(handler);
    let own = function.decorators.iter().filter(|decorator| {
        let registers = decorator.named().is_some_and(|name| {
            let last = name.last();
            (!name.members.is_empty() && (METHODS.contains(&last) || last == "route")) || last == "expose"
        });
        !registers && span_of(decorator) != Some(registration)
    });
    own.filter_map(|decorator| one(handler.file, decorator)).collect()
}

pub(super) fn one(file: FileId, shape: &Shape) -> Option<Attached> {
    Some(Attached::of(file, shape, Place::At(file, span_of(shape)?)))
}
