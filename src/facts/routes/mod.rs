//! Every HTTP route of the repository: method, full path, handler, what stands in front of it, and what it does with
//! the request.
//!
//! Each framework has one file that says what a source file registers ([`RouteSigns`]); the join mounts routers across
//! files and resolves what guards them.

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

use self::draft::{Draft, What};
use super::{Extractor, Fact, Facts, FileFacts, Visit, Watch};
use crate::{
    code::{Kind, Language, NodeRef},
    model::{ComponentId, FileId, Place, Span},
    repo::Repo,
};

/// One route as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    pub kind: RouteKind,
    /// `GET`, …; `ALL` when every method is handled. Empty for anything but HTTP.
    pub method: String,
    /// From the root of its service: `/api/users/:id`, parameters in the framework's own spelling. For a procedure or
    /// a server action, its name.
    pub path: String,
    pub framework: &'static str,
    pub component: ComponentId,
    /// Where it is registered or declared.
    pub place: Place,
    pub file: FileId,
    /// The handler's function, where it is known.
    pub handler: Option<Place>,
    /// What runs before the handler or decides inside it, in order.
    pub guards: Vec<Guard>,
    /// The whole story is known: every router it is mounted on, every middleware, the handler. Without it nothing is
    /// said to be missing.
    pub resolved: bool,
    /// Why it is not.
    pub unresolved: Option<Unresolved>,
    pub public: Option<Public>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteKind {
    Http,
    /// A page rendered on the server.
    Page,
    /// A Next.js server action.
    ServerAction,
    /// A tRPC procedure.
    Procedure,
    WebSocket,
}

/// Something that stands between a request and what the route does.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    pub does: GuardDoes,
    /// As a reader names it: `requireAuth`, `Depends(get_current_user)`, `rateLimit`.
    pub name: String,
    /// Where it is attached to this route: router, plugin, decorator, wrapper, or the call inside the handler.
    pub place: Place,
    /// Where the deciding line is, when it was followed to it.
    pub decides: Option<Place>,
}

/// What a guard does. One function that does two things is two guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardDoes {
    /// Refuses requests without an identity.
    Authenticates,
    /// Refuses identities without a role or permission.
    Authorizes,
    /// Verifies a signature over the body or a shared secret in a header.
    Verifies,
    /// Reads the identity and lets requests without one through.
    Identifies,
    RateLimits,
    Validates,
    /// A guard against forged cross-site requests.
    Csrf,
    /// Middleware that could not be followed, and could be any of these.
    Unknown,
}

/// Why a route may be open to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Public {
    Health,
    /// Log-in, registration, password reset, token refresh, OAuth callbacks.
    Authentication,
    /// A webhook that verifies its caller.
    Webhook,
    /// Static files, assets, robots, manifests.
    Static,
    /// The code says so: `@Public()`, `publicProcedure`, `AllowAny`.
    Declared,
    /// Documentation of the interface itself.
    Docs,
}

/// Why not everything about a route is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unresolved {
    /// No place was found that mounts its router.
    Mount,
    /// The path is computed.
    Path,
    /// Middleware that comes from somewhere that could not be followed.
    Middleware,
    Handler,
}

impl Route {
    /// The first guard that does `what`.
    pub fn guard(&self, what: GuardDoes) -> Option<&Guard> {
        self.guards.iter().find(|guard| guard.does == what)
    }

    /// Refuses callers that do not say who they are.
    pub fn authenticates(&self) -> Option<&Guard> {
        self.guards
            .iter()
            .find(|guard| matches!(guard.does, GuardDoes::Authenticates | GuardDoes::Authorizes | GuardDoes::Verifies))
    }
}

/// What one file says about routes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RouteSigns {
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

pub(super) struct FileRoutes;

impl Extractor for FileRoutes {
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
pub fn file_routes(repo: &Repo, facts: &Facts) -> Vec<Route> {
    let sources = mounts::Sources { repo, facts, modules: facts.modules(repo) };
    let mounts = mounts::Mounts::read(sources);
    let (mut drafts, apis) = django::routes(sources, &mounts);
    drafts.extend(flask::routes(sources, &mounts));
    drafts.extend(fastapi::routes(sources, &mounts, &apis));
    drafts.extend(next::routes(sources));
    drafts.extend(trpc::routes(sources));
    drafts.into_iter().map(|draft| judged(sources, draft)).collect()
}

fn judged(sources: mounts::Sources<'_>, draft: Draft) -> Route {
    let mut guards = Vec::new();
    for attached in &draft.attached {
        match &attached.what {
            What::Known(does) => guards.push(Guard {
                does: *does,
                name: attached.name.clone(),
                place: attached.place.clone(),
                decides: None,
            }),
            _ => guards.push(Guard {
                does: GuardDoes::Unknown,
                name: attached.name.clone(),
                place: attached.place.clone(),
                decides: None,
            }),
        }
    }
    Route {
        kind: draft.kind,
        method: draft.method,
        path: draft.path,
        framework: draft.framework,
        component: sources.component(draft.file),
        place: Place::At(draft.file, draft.span),
        file: draft.file,
        handler: draft.handler.map(|id| sources.modules.place(id)),
        guards,
        resolved: draft.unresolved.is_none(),
        unresolved: draft.unresolved,
        public: draft.public,
    }
}
