//! Frameworks whose routes follow from files and decorators: Next.js, tRPC, `FastAPI`, Flask and Django.

mod django;
mod django_views;
mod draft;
mod fastapi;
mod flask;
mod matcher;
mod mounts;
mod next;
mod registrations;
mod script_signs;
mod trpc;

use std::collections::BTreeMap;

use self::{
    draft::{Attached, Draft, What},
    fastapi::span_of,
    mounts::Sources,
};
use super::{Guard, GuardDoes, Public, Route, RouteKind, Unresolved};
use crate::{
    code::{Kind, Language, NodeRef},
    facts::{
        Extractor, Fact, Facts, FileFacts, Visit, Watch,
        access::{guards_of, guards_of_function, inside},
        modules::{FunctionId, Modules},
    },
    model::{FileId, Place, Span},
    repo::Repo,
};

/// What one file says about routes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileSigns {
    /// Python: what is made and registered.
    pub registrations: Vec<registrations::Registration>,
    /// Django: lists of URL patterns by the name of the list.
    pub patterns: Vec<(String, Vec<registrations::Pattern>)>,
    /// Builder chains: procedures and safe actions.
    pub chains: Vec<script_signs::BuilderChain>,
    /// Handlers that answer one method.
    pub methods: Vec<script_signs::MethodCheck>,
    /// What a middleware decides by path.
    pub rules: Vec<script_signs::PathRule>,
    /// The file begins with `'use server'`.
    pub serves_file: bool,
    /// Functions that begin with `'use server'`.
    pub served: Vec<Span>,
}

pub(in crate::facts) struct FileRouteExtractor;

impl Extractor for FileRouteExtractor {
    fn fact(&self) -> Fact {
        Fact::Routes
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[
            Kind::Module,
            Kind::Call,
            Kind::Decorator,
            Kind::Assignment,
            Kind::Function,
            Kind::If,
            Kind::Binary,
            Kind::Case,
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        if file.file.language == Some(Language::Python) {
            facts.routes.registrations.extend(registrations::registration(node));
            facts.routes.patterns.extend(registrations::patterns(node));
            return;
        }
        let signs = &mut facts.routes;
        match node.kind() {
            Kind::Module => signs.serves_file = script_signs::serves(node),
            Kind::Function if script_signs::serves(node) => signs.served.push(node.span()),
            Kind::Call => signs.chains.extend(script_signs::chain(node)),
            Kind::Binary | Kind::Case => signs.methods.extend(script_signs::method_check(node)),
            Kind::If if is_middleware(file) => signs.rules.extend(script_signs::path_rule(node)),
            _ => {}
        }
    }
}

/// Whether a file may belong to a Next.js middleware.
fn is_middleware(file: &Visit<'_>) -> bool {
    file.text.contains("next/server") || file.text.contains("clerkMiddleware")
}

/// The routes whose place or decorator says what they are.
pub(super) fn routes(repo: &Repo, facts: &Facts) -> Vec<Route> {
    let sources = Sources { repo, facts, modules: facts.modules(repo) };
    let mounts = mounts::Mounts::read(sources);
    let (mut drafts, apis) = django::routes(sources, &mounts);
    drafts.extend(flask::routes(sources, &mounts));
    drafts.extend(fastapi::routes(sources, &mounts, &apis));
    drafts.extend(next::routes(sources));
    drafts.extend(trpc::routes(sources));
    let mut judge = Judge {
        modules: sources.modules,
        functions: BTreeMap::new(),
        inside: BTreeMap::new(),
        shapes: BTreeMap::new(),
    };
    drafts.into_iter().map(|draft| judge.route(sources, draft)).collect()
}

/// What guards do, each decided once: the same few stand before every route.
struct Judge<'a> {
    modules: Modules<'a>,
    functions: BTreeMap<FunctionId, Vec<Guard>>,
    inside: BTreeMap<FunctionId, Vec<Guard>>,
    shapes: BTreeMap<(FileId, Span), Vec<Guard>>,
}

impl Judge<'_> {
    fn attached(&mut self, attached: &Attached) -> Vec<Guard> {
        let modules = self.modules;
        let found = match &attached.what {
            What::Known(does) => {
                let (name, place) = (attached.name.clone(), attached.place.clone());
                return vec![Guard { does: *does, name, place, decides: None, weak: Vec::new() }];
            }
            What::Function(function) => {
                self.functions.entry(*function).or_insert_with(|| guards_of_function(modules, *function)).clone()
            }
            What::Shape(file, shape) => match span_of(shape) {
                Some(span) => {
                    self.shapes.entry((*file, span)).or_insert_with(|| guards_of(modules, *file, shape)).clone()
                }
                None => guards_of(modules, *file, shape),
            },
        };
        let named = |guard| Guard { name: attached.name.clone(), place: attached.place.clone(), ..guard };
        found.into_iter().map(named).collect()
    }

    /// What stands before the views that a view hands the request on to, when it stands before each of them:
    /// `if request.method == "POST": return create(request)`.
    fn dispatched(&self, handler: FunctionId) -> Vec<Guard> {
        let modules = self.modules;
        let decorated = modules.callees(handler).into_iter().filter(|(_, callee)| {
            let function = modules.function(*callee);
            let takes = function.parameters.first().is_some_and(|first| first.name == "request");
            takes && function.class.is_empty() && !function.decorators.is_empty()
        });
        let each: Vec<Vec<Guard>> = decorated
            .map(|(_, callee)| {
                let decorators = &modules.function(callee).decorators;
                decorators.iter().flat_map(|decorator| guards_of(modules, callee.file, decorator)).collect()
            })
            .collect();
        let refuses = |guards: &Vec<Guard>| {
            guards.iter().any(|guard| {
                matches!(guard.does, GuardDoes::Authenticates | GuardDoes::Authorizes | GuardDoes::Verifies)
            })
        };
        if each.iter().all(refuses) { each.into_iter().next().unwrap_or_default() } else { Vec::new() }
    }

    fn route(&mut self, sources: Sources<'_>, draft: Draft) -> Route {
        let modules = self.modules;
        let mut guards: Vec<Guard> = draft.attached.iter().flat_map(|attached| self.attached(attached)).collect();
        if let Some(handler) = draft.handler {
            guards.extend(self.inside.entry(handler).or_insert_with(|| inside(modules, handler)).clone());
        }
        if draft.framework == "django" {
            guards.extend(draft.handler.map(|handler| self.dispatched(handler)).unwrap_or_default());
        }
        let held = guards
            .iter()
            .any(|guard| matches!(guard.does, GuardDoes::Authenticates | GuardDoes::Authorizes | GuardDoes::Verifies));
        let unknown = !held && guards.iter().any(|guard| guard.does == GuardDoes::Unknown);
        let unresolved = draft.unresolved.or_else(|| unknown.then_some(Unresolved::Middleware));
        Route {
            kind: draft.kind,
            method: draft.method,
            path: draft.path,
            framework: draft.framework,
            component: sources.component(draft.file),
            place: Place::At(draft.file, draft.span),
            file: draft.file,
            handler: draft.handler.map(|id| modules.place(id)),
            guards,
            resolved: unresolved.is_none(),
            unresolved,
            public: draft.public,
        }
    }
}
