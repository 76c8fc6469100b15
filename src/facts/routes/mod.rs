//! Every HTTP route of the repository: method, full path, handler, what stands in front of it, and what it does with
//! the request.
//!
//! Each framework has one file that says what a source file registers ([`crate::facts::FileFacts`]); the join mounts routers across
//! files and resolves what guards them.

pub mod files;
mod purpose;
pub mod script;
pub mod standing;

use crate::{
    facts::{Facts, access::Weakness},
    model::{ComponentId, FileId, Place},
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
    /// Where it lets through what it should stop.
    pub weak: Vec<Weakness>,
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

impl RouteKind {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Page => "page",
            Self::ServerAction => "server-action",
            Self::Procedure => "procedure",
            Self::WebSocket => "web-socket",
        }
    }
}

impl GuardDoes {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authenticates => "authenticates",
            Self::Authorizes => "authorizes",
            Self::Verifies => "verifies",
            Self::Identifies => "identifies",
            Self::RateLimits => "rate-limits",
            Self::Validates => "validates",
            Self::Csrf => "csrf",
            Self::Unknown => "unknown",
        }
    }
}

impl Public {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Authentication => "authentication",
            Self::Webhook => "webhook",
            Self::Static => "static",
            Self::Declared => "declared",
            Self::Docs => "docs",
        }
    }
}

impl Unresolved {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mount => "mount",
            Self::Path => "path",
            Self::Middleware => "middleware",
            Self::Handler => "handler",
        }
    }
}

/// Who may call a route, as far as the repository tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Something checks the caller.
    Guarded,
    Public,
    /// Everything about it is known, and nothing checks the caller.
    Open,
    Unresolved,
}

impl Access {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guarded => "guarded",
            Self::Public => "public",
            Self::Open => "open",
            Self::Unresolved => "unresolved",
        }
    }
}

impl Route {
    /// Whether what guards the route may lie in base classes, forms and settings, as Django's views have it, of which
    /// only a part can be read. Of what was reported about such routes in unknown repositories more was wrong than right.
    pub fn has_inherited_guards(&self) -> bool {
        self.framework.starts_with("django")
    }

    pub fn access(&self) -> Access {
        if self.authenticates().is_some() {
            Access::Guarded
        } else if self.public.is_some() {
            Access::Public
        } else if self.resolved {
            Access::Open
        } else {
            Access::Unresolved
        }
    }

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

/// Every route of the repository, in order of file and position.
pub(super) fn routes(repo: &Repo, facts: &Facts) -> Vec<Route> {
    let mut routes = script::routes(repo, facts);
    routes.extend(files::routes(repo, facts));
    for route in &mut routes {
        route.public = purpose::public(route);
    }
    routes.sort_by(|a, b| (a.file, &a.place, &a.path, &a.method).cmp(&(b.file, &b.place, &b.path, &b.method)));
    routes
}
