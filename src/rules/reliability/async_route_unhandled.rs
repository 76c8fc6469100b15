//! `async-route-unhandled`: what fails in an asynchronous handler of Express 4 reaches the error handler.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Fact,
        asynchrony::{Risk, RiskKind, escapes, function_at},
        modules::{CallShape, Definition, FunctionId, Modules, Shape, Value},
        packages::npm_major,
        processes,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: AsyncRouteUnhandled = AsyncRouteUnhandled;

pub(in crate::rules) struct AsyncRouteUnhandled;

/// Packages that hand rejections on for every route.
const PATCHES: [&str; 6] = [
    "express-async-errors",
    "express-promise-router",
    "express-async-router",
    "@awaitjs/express",
    "express-async-error-handler",
    "express-async-patch",
];

/// The part of Express that hand-written patches load.
const LAYERS: [&str; 2] = ["express/lib/router/layer", "express/lib/router/layer.js"];

/// Handlers that a verdict names as fine.
const SHOWN: usize = 5;

impl Rule for AsyncRouteUnhandled {
    fn id(&self) -> &'static str {
        "async-route-unhandled"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Asynchrony, Fact::Processes]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) || cx.repo.dependency(cx.component.id, "express").is_none() {
            return Verdict::not_applicable("no-express");
        }
        let handlers = handlers(cx);
        if handlers.is_empty() {
            return Verdict::not_applicable("no-handlers");
        }
        match npm_major(cx.repo, cx.component, "express") {
            Some(major) if major >= 5 => {
                return Verdict::not_applicable(Message::new("newer").count("major", major as usize));
            }
            Some(_) => {}
            None => return Verdict::unknown("version"),
        }
        if let Some(verdict) = patched(cx) {
            return verdict;
        }
        let survives = processes::of_component(cx.repo, cx.facts, cx.component)
            .find_map(|(file, signs)| Some(Place::At(file, *signs.last_resorts.first()?)));
        let modules = cx.facts.modules(cx.repo);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let total = handlers.len();
        for (id, registered) in &handlers {
            let wrapped = registered.wrapped
                || function_at(cx.facts, id.file, modules.function(*id).span)
                    .is_some_and(|function| function.wrapper.is_some());
            if wrapped {
                fine.push(Evidence::At { place: modules.place(*id), note: Message::new("wrapped") });
            } else if let Some(risk) = escapes(cx.facts, modules, *id) {
                sites.push(site(modules, *id, risk, registered, survives.is_some()));
            } else {
                fine.push(Evidence::At { place: modules.place(*id), note: Message::new("caught") });
            }
        }
        let ok = fine.len();
        fine.truncate(SHOWN);
        let detail = Message::new("detail").count("bad", sites.len()).count("n", total);
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-handlers")))
            .also_fine(fine)
            .detail(detail)
            .sites(total, ok)
    }
}

/// How a handler is registered.
struct Registered {
    place: Place,
    /// Something is made of the handler where it is registered.
    wrapped: bool,
}

/// The asynchronous functions that Express calls for a request, with where each is registered first.
fn handlers(cx: &Context<'_>) -> BTreeMap<FunctionId, Registered> {
    let modules = cx.facts.modules(cx.repo);
    let mut handlers = BTreeMap::new();
    for (file, facts) in cx.facts.files() {
        let known = cx.repo.file(file);
        if known.role != Role::Source || !cx.covers(file) || facts.routers.calls.is_empty() {
            continue;
        }
        let loads = facts.modules.imports.iter().any(|import| import.module == "express");
        let routed: Vec<&Place> = cx
            .facts
            .routes(cx.repo)
            .iter()
            .filter(|route| route.file == file && route.framework == "Express")
            .map(|route| &route.place)
            .collect();
        for call in &facts.routers.calls {
            let place = Place::At(file, call.place);
            let answers = routed.contains(&&place);
            if !(answers || loads && registers(&call.verb)) {
                continue;
            }
            for argument in &call.arguments {
                add(cx, modules, (file, argument), &place, &mut handlers);
            }
        }
    }
    handlers
}

fn registers(verb: &str) -> bool {
    matches!(verb, "get" | "post" | "put" | "patch" | "delete" | "all" | "use" | "param")
}

fn add(
    cx: &Context<'_>,
    modules: Modules<'_>,
    (file, argument): (FileId, &Shape),
    place: &Place,
    handlers: &mut BTreeMap<FunctionId, Registered>,
) {
    let (shape, wrapped) = match argument {
        Shape::Array(items) => {
            for item in items {
                add(cx, modules, (file, item), place, handlers);
            }
            return;
        }
        Shape::Call(call) => match handed(call) {
            Some(handed) => handed,
            None => return,
        },
        shape => (shape, false),
    };
    let Some((id, made)) = function(modules, file, shape) else { return };
    let wrapped = wrapped || made;
    // Not the functions that make a handler: those take no request.
    let takes = modules.function(id).parameters.len();
    let concerned = function_at(cx.facts, id.file, modules.function(id).span).is_some_and(|found| !found.generator)
        || cx.facts.of(id.file).is_some_and(|facts| {
            let span = modules.function(id).span;
            facts.asynchrony.risks.iter().any(|risk| {
                risk.kind == RiskKind::Floating
                    && span.contains(risk.span)
                    && modules.function_around(id.file, risk.span) == Some(id)
            })
        });
    if concerned && (1..=4).contains(&takes) {
        handlers.entry(id).or_insert_with(|| Registered { place: place.clone(), wrapped });
    }
}

/// The function that `shape` is, and whether something is made of it where it is defined.
fn function(modules: Modules<'_>, file: FileId, shape: &Shape) -> Option<(FunctionId, bool)> {
    let name = match shape {
        Shape::Function(span) => return Some((modules.function_at(file, *span)?, false)),
        Shape::Name(name) => name,
        _ => return None,
    };
    match modules.definition(file, name) {
        Definition::Function(id) => Some((id, false)),
        Definition::Value { file, value: Value { shape: Shape::Call(call), .. } }
        | Definition::Shape { file, shape: Shape::Call(call) } => match handed(call)?.0 {
            Shape::Function(span) => Some((modules.function_at(file, *span)?, true)),
            _ => None,
        },
        _ => None,
    }
}

/// What a call around a handler is given: bound it is the same handler, anything else wraps it.
fn handed(call: &CallShape) -> Option<(&Shape, bool)> {
    if let Shape::Name(name) = &*call.callee
        && name.last() == "bind"
    {
        return None;
    }
    let inner = call.arguments.iter().find(|argument| matches!(argument, Shape::Function(_) | Shape::Name(_)))?;
    Some((inner, true))
}

/// What hands rejections on for every route.
fn patched(cx: &Context<'_>) -> Option<Verdict> {
    let modules = cx.facts.modules(cx.repo);
    let files = modules.files().filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source);
    files.into_iter().find_map(|(file, module)| {
        let import = module
            .imports
            .iter()
            .find(|import| PATCHES.contains(&import.module.as_str()) || LAYERS.contains(&import.module.as_str()))?;
        let message = Message::new("patched").with("name", import.module.as_str());
        Some(Verdict::pass_at(Place::At(file, import.span), message))
    })
}

fn site(modules: Modules<'_>, id: FunctionId, risk: &Risk, registered: &Registered, survives: bool) -> Site {
    let name = modules.function(id).name.as_str();
    let name = if name.is_empty() { "async (req, res)" } else { name };
    let say = |key: &'static str| Message::new(key).with("name", name);
    let place = Place::At(id.file, risk.span);
    let message = match (risk.kind, survives) {
        (RiskKind::Thrown, false) => say("thrown"),
        (RiskKind::Thrown, true) => say("thrown-survived"),
        (RiskKind::Floating, _) => say("floating"),
        (_, false) => say("awaited"),
        (_, true) => say("awaited-survived"),
    };
    let site = Site::new(place, message).related(registered.place.clone(), "registered").confidence(Confidence::Likely);
    if survives || risk.kind == RiskKind::Floating { site.severity(Severity::Medium) } else { site }
}
