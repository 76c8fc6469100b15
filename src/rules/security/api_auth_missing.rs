//! `api-auth-missing`: routes that change or show what is not everybody's ask who calls.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    facts::{
        Fact,
        access::words,
        modules::{Modules, Target},
        routes::{
            GuardDoes, Public, Route, RouteKind,
            standing::{self, Area},
        },
        side::{Side, side_of},
    },
    model::{Confidence, Evidence, FileId, Message, Severity, Site, Verdict},
    repo::{ComponentKind, Repo, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ApiAuthMissing = ApiAuthMissing;

pub(in crate::rules) struct ApiAuthMissing;

/// Guards that a pass names.
const SHOWN: usize = 5;
/// Routes that could not be followed, for each route that was, above which nothing is said to hold.
const UNCLEAR_SHARE: usize = 5;

impl Rule for ApiAuthMissing {
    fn id(&self) -> &'static str {
        "api-auth-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Tables, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let tally = Tally::of(cx);
        if tally.total == 0 {
            // A service whose framework is not understood has routes all the same.
            let serves = cx.repo.components().iter().any(|component| component.kind == ComponentKind::HttpService);
            return if serves { Verdict::unknown("unseen") } else { Verdict::not_applicable("no-routes") };
        }
        if !tally.open.is_empty() && !knows_callers(cx) {
            return nobody_known(cx, &tally);
        }
        let detail = Message::new("detail")
            .count("guarded", tally.guarded.len())
            .count("n", tally.guarded.len() + tally.open.len())
            .count("public", tally.public);
        let (total, ok) = (tally.guarded.len() + tally.open.len(), tally.guarded.len());
        if !tally.open.is_empty() {
            let sites = tally.open.iter().map(|route| site(cx, route)).collect();
            return Verdict::fail_or(sites, || Verdict::not_applicable("no-routes"))
                .also_fine(guards(&tally.guarded))
                .detail(detail)
                .sites(total, ok);
        }
        if tally.unclear > 0 && tally.unclear * UNCLEAR_SHARE > tally.guarded.len() {
            return Verdict::unknown(Message::new("unclear").count("n", tally.unclear).count("total", tally.total));
        }
        // What could not be read to its end is public by the part of its path that could.
        if tally.guarded.is_empty() && tally.half_read * UNCLEAR_SHARE > tally.total {
            return Verdict::unknown(Message::new("unclear").count("n", tally.half_read).count("total", tally.total));
        }
        Verdict::pass_or(guards(&tally.guarded), || Verdict::not_applicable("all-public"))
            .detail(detail)
            .sites(total, ok)
    }
}

/// The routes of the repository by what stands in front of them.
#[derive(Default)]
struct Tally<'a> {
    total: usize,
    guarded: Vec<&'a Route>,
    open: Vec<&'a Route>,
    /// Open, and meant to be.
    public: usize,
    unclear: usize,
    /// Public, as far as their paths could be read.
    half_read: usize,
}

enum Standing {
    Guarded,
    Public,
    Unclear,
    /// Another rule speaks of it.
    Other,
    /// Open, and it changes something.
    Changes,
    /// Open, and it shows something.
    Shows,
}

impl<'a> Tally<'a> {
    fn of(cx: &Context<'a>) -> Self {
        let modules = cx.facts.modules(cx.repo);
        let routes: Vec<&Route> = cx.facts.routes(cx.repo).iter().filter(|route| counts(cx, route)).collect();
        let reached = imported_by_clients(cx);
        let judged: Vec<(&Route, Standing)> =
            routes.iter().map(|&route| (route, standing(cx.repo, modules, route, &reached))).collect();
        let of = |wanted: fn(&Standing) -> bool| -> BTreeSet<Vec<&str>> {
            let found = judged.iter().filter(|(_, standing)| wanted(standing));
            found.map(|(route, _)| standing::resource(&route.path)).collect()
        };
        let changed = of(|standing| matches!(standing, Standing::Changes));
        let kept = of(|standing| matches!(standing, Standing::Guarded));
        let mut tally = Self { total: routes.len(), ..Self::default() };
        for (route, standing) in &judged {
            match standing {
                Standing::Guarded => tally.guarded.push(route),
                Standing::Public => {
                    tally.public += 1;
                    tally.half_read += usize::from(!route.resolved);
                }
                Standing::Unclear => tally.unclear += 1,
                Standing::Other => {}
                Standing::Changes => tally.open.push(route),
                Standing::Shows => {
                    let resource = standing::resource(&route.path);
                    // What only some may change and everybody may read is meant that way.
                    let with_changes =
                        changed.contains(&resource) && !kept.contains(&resource) && !is_catalogue(&route.path);
                    if with_changes || is_private(&route.path) {
                        tally.open.push(route);
                    } else {
                        tally.public += 1;
                    }
                }
            }
        }
        tally
    }
}

/// Whether a route is a service's own: not a page, not a library's, not a tool's on somebody's own machine.
fn counts(cx: &Context<'_>, route: &Route) -> bool {
    let kind = cx.repo.component(route.component).kind;
    cx.repo.file(route.file).role == Role::Source
        && matches!(route.kind, RouteKind::Http | RouteKind::ServerAction | RouteKind::Procedure)
        && !matches!(route.method.as_str(), "OPTIONS" | "HEAD")
        && !matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::ClientApp)
}

fn standing(repo: &Repo, modules: Modules<'_>, route: &Route, reached: &BTreeSet<FileId>) -> Standing {
    if route.authenticates().is_some() {
        return Standing::Guarded;
    }
    if route.public.is_some() || admits(route) || route.is_told() {
        return Standing::Public;
    }
    match route.area() {
        Area::Intake => return Standing::Public,
        Area::Dispatch => return Standing::Unclear,
        Area::Administration | Area::Management | Area::Hook | Area::Trial => return Standing::Other,
        Area::Ordinary => {}
    }
    if is_called_back(repo, route) {
        return Standing::Other;
    }
    if !route.resolved {
        return Standing::Unclear;
    }
    if standing::only_answers(modules, route) || route.path == "/" {
        return Standing::Public;
    }
    let hesitant = route.guard(GuardDoes::Unknown).is_some() || route.guard(GuardDoes::Identifies).is_some();
    // A view of Django answers every method; which of them changes something its name does not tell.
    let any_method = route.method == "ALL" && route.framework.to_ascii_lowercase().contains("django");
    if hesitant
        || any_method
        || route.path.is_empty()
        || standing::may_ask(modules, route)
        || standing::takes_proof(repo, route)
        || standing::refuses(modules, route)
        || standing::reads_identity(modules, route)
        || standing::asks_behind(modules, route)
        || standing::refused_behind(modules, route)
        || route.is_telling()
    {
        return Standing::Unclear;
    }
    // Whoever may come is counted, and no row is written: what visitors without an account are offered.
    if route.guard(GuardDoes::RateLimits).is_some() && !standing::writes(modules, route) {
        return Standing::Unclear;
    }
    // An action that no code of the browser imports is not offered to it.
    if route.kind == RouteKind::ServerAction && !reached.contains(&route.file) {
        return Standing::Unclear;
    }
    // Queries with a body are sent by POST.
    let asks_only = route.method == "POST" && standing::only_reads(modules, route);
    let changes = route.changes() && !asks_only && (route.method != "ALL" || standing::writes(modules, route));
    if changes { Standing::Changes } else { Standing::Shows }
}

/// Whether the file says that another service calls what is in it back.
fn is_called_back(repo: &Repo, route: &Route) -> bool {
    let stem = repo.file(route.file).path.file_stem().unwrap_or_default().to_ascii_lowercase();
    route.method == "POST"
        && words(&stem).iter().any(|word| matches!(word.as_str(), "callback" | "callbacks" | "webhook"))
}

/// Files that code of the browser imports.
fn imported_by_clients(cx: &Context<'_>) -> BTreeSet<FileId> {
    let modules = cx.facts.modules(cx.repo);
    modules
        .files()
        .filter(|(file, _)| side_of(cx.repo, cx.facts, cx.repo.file(*file)).side == Side::Client)
        .flat_map(|(file, module)| module.imports.iter().map(move |import| modules.target(file, &import.module)))
        .filter_map(|target| match target {
            Target::File(file) => Some(file),
            _ => None,
        })
        .collect()
}

/// Whether a route lets somebody in or makes an account: nobody is known before it.
fn admits(route: &Route) -> bool {
    let parts = standing::segments(&route.path);
    let last = parts.last().map_or("", String::as_str);
    let account = route.method == "POST"
        && matches!(last, "users" | "user" | "accounts" | "account" | "session" | "sessions" | "logins");
    let name = route.path.to_ascii_lowercase();
    let action = route.kind == RouteKind::ServerAction
        && [
            "sign",
            "login",
            "logout",
            "register",
            "password",
            "verif",
            "subscri",
            "contact",
            "auth",
            "createuser",
            "locale",
            "cookie",
            "theme",
            "valid",
            "exist",
            "email",
            "token",
            "pin",
            "public",
        ]
        .iter()
        .any(|word| name.contains(word));
    let first_run = parts.iter().any(|part| {
        part.starts_with("setup")
            || matches!(part.as_str(), "auth" | "password" | "onboarding" | "install" | "bootstrap" | "oidc")
    });
    account || action || first_run
}

/// Whether a path that is only read speaks of what belongs to somebody.
fn is_private(path: &str) -> bool {
    const PRIVATE: &[&str] = &[
        "users",
        "customers",
        "orders",
        "payments",
        "invoices",
        "transactions",
        "employees",
        "patients",
        "responses",
        "submissions",
        "credentials",
        "apikeys",
        "auditlogs",
        "export",
        "cron",
        "conversations",
        "inbox",
    ];
    !is_catalogue(path) && standing::segments(path).iter().any(|part| PRIVATE.contains(&part.as_str()))
}

/// Whether a path speaks of what is usually for everybody to read.
fn is_catalogue(path: &str) -> bool {
    const CATALOGUE: &[&str] = &[
        "products",
        "product",
        "categories",
        "category",
        "images",
        "image",
        "posts",
        "post",
        "articles",
        "article",
        "tags",
        "pages",
        "blogs",
        "blog",
        "menu",
        "menus",
        "merchants",
        "reviews",
        "comments",
        "books",
        "movies",
        "recipes",
        "news",
        "slugs",
        "brands",
        "cities",
        "countries",
        "courses",
        "events",
        "jobs",
        "faq",
        "faqs",
        "plans",
        "services",
        "banners",
        "videos",
        "examples",
        "media",
        "avatar",
        "avatars",
        "explore",
        "files",
        "profiles",
    ];
    standing::segments(path).iter().any(|part| CATALOGUE.contains(&part.as_str()))
}

/// Whether anything in the repository tells one caller from another.
fn knows_callers(cx: &Context<'_>) -> bool {
    const LIBRARIES: &[&str] = &[
        "passport",
        "jsonwebtoken",
        "jose",
        "next-auth",
        "@auth/core",
        "better-auth",
        "lucia",
        "@clerk/nextjs",
        "@clerk/express",
        "@clerk/backend",
        "express-session",
        "express-jwt",
        "@fastify/jwt",
        "@fastify/session",
        "@nestjs/jwt",
        "@nestjs/passport",
        "firebase-admin",
        "@supabase/ssr",
        "@supabase/auth-helpers-nextjs",
        "iron-session",
        "@auth0/nextjs-auth0",
        "bcrypt",
        "bcryptjs",
        "argon2",
        "pyjwt",
        "python-jose",
        "passlib",
        "flask-login",
        "flask-jwt-extended",
        "authlib",
        "fastapi-users",
        "djangorestframework-simplejwt",
        "django-allauth",
        "express-oauth2-jwt-bearer",
        "express-basic-auth",
        "@workos-inc/node",
        "supertokens-node",
    ];
    let routes = cx.facts.routes(cx.repo).iter().filter(|route| cx.repo.file(route.file).role == Role::Source);
    let by_route = routes.into_iter().any(|route| {
        route.authenticates().is_some()
            || route.guard(GuardDoes::Identifies).is_some()
            || (route.public == Some(Public::Authentication) && route.kind != RouteKind::Page)
    });
    let used = cx.repo.manifests().iter().any(|manifest| {
        let kind = cx.repo.component(cx.repo.file(manifest.file).component).kind;
        !matches!(kind, ComponentKind::Library | ComponentKind::Cli)
            && LIBRARIES.iter().any(|package| manifest.dependency(package).is_some())
    });
    by_route || used
}

/// One finding where there is no notion of a caller at all: the routes are not at fault one by one.
fn nobody_known(cx: &Context<'_>, tally: &Tally<'_>) -> Verdict {
    let changing: Vec<&&Route> = tally.open.iter().filter(|route| route.changes()).collect();
    let Some(first) = changing.first() else { return Verdict::not_applicable("only-reads") };
    let message = Message::new("nobody").count("n", tally.total).count("changing", changing.len());
    let stores = !cx.facts.tables(cx.repo).tables.is_empty();
    let mut site = Site::new(first.place.clone(), message).key("nobody");
    if !stores {
        site = site.severity(Severity::High).confidence(Confidence::Likely);
    }
    Verdict::fail(site, []).sites(tally.total, 0)
}

fn site(cx: &Context<'_>, route: &Route) -> Site {
    let asks_only = route.method == "POST" && standing::only_reads(cx.facts.modules(cx.repo), route);
    let say = |key: &'static str| Message::new(key).with("route", label(route));
    let site = if route.changes() && !asks_only {
        let site = Site::new(route.place.clone(), say("changes"));
        if !standing::may_change(cx.repo, cx.facts.modules(cx.repo), route) {
            site.severity(Severity::High).confidence(Confidence::Guess)
        } else if is_joined(route) {
            site.severity(Severity::Medium)
        } else {
            site
        }
    } else {
        Site::new(route.place.clone(), say("shows")).severity(Severity::High).confidence(Confidence::Likely)
    };
    let site = if route.has_inherited_guards() { site.confidence(Confidence::Guess) } else { site };
    site.key(label(route))
}

/// A form by which people without an account come to a community: what it adds is looked at before it counts.
fn is_joined(route: &Route) -> bool {
    let parts = standing::segments(&route.path);
    let last = parts.last().map_or("", String::as_str);
    route.kind == RouteKind::Http
        && route.method == "POST"
        && !route.path.contains([':', '{', '[', '<', '('])
        && matches!(last, "join" | "apply" | "application" | "applications" | "enroll" | "enrol" | "rsvp" | "signup")
}

/// A route as a reader names it.
fn label(route: &Route) -> String {
    format!("{} {}", route.method, route.path).trim().to_owned()
}

/// The guards with the number of routes that each stands before, the most used first.
fn guards(guarded: &[&Route]) -> Vec<Evidence> {
    let mut found: BTreeMap<(&str, &crate::model::Place), usize> = BTreeMap::new();
    for (route, guard) in guarded.iter().filter_map(|route| Some((route, route.authenticates()?))) {
        // What a handler decides by itself has no name but the handler's.
        let inside = route.handler.as_ref() == Some(&guard.place) || guard.name == route.method;
        let name = if inside { "" } else { guard.name.as_str() };
        *found.entry((name, guard.decides.as_ref().unwrap_or(&guard.place))).or_default() += 1;
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found
        .into_iter()
        .take(SHOWN)
        .map(|((name, place), count)| {
            let note = if name.is_empty() { Message::new("inside") } else { Message::new("guard").with("name", name) };
            Evidence::At { place: place.clone(), note: note.count("n", count).count("total", guarded.len()) }
        })
        .collect()
}
