//! What code says about requests that other sites make a visitor's browser send: which cookies tell who somebody is,
//! which of them such a request carries, and what refuses it.

mod django;

use django::{is_middleware, middleware};

use super::{
    cookies::{Attribute, Cookie, Value, Way},
    naming,
};
use crate::code::{Constant, Flags, Kind, NodeRef, Role};

/// Whether a cookie goes along with requests of other sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Kept back, because the code or the library says so.
    Kept,
    /// Sent along: `none`.
    Sent,
    /// Left to the browser.
    Unset,
    /// Decided elsewhere.
    Open,
}

/// One sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// A cookie that tells who somebody is, where it is set.
    Sets(String, SameSite),
    /// A session that a library keeps in a cookie.
    Session(String, SameSite),
    /// A cookie or a session that is asked who somebody is.
    Reads(String),
    /// Something that refuses forged requests.
    Guards(String),
    /// The same, and only when a variable says so.
    OptIn { guard: String, variable: String },
    /// Django's or a library's own protection, switched off.
    Off(&'static str),
    /// A library's protection that runs only where code calls it.
    Manual,
    /// Speaks of such requests; what it does is not known.
    Speaks,
}

/// Literals of which a file must hold one to give a sign.
pub const KEYWORDS: &[&str] = &[
    "csrf",
    "CSRF",
    "Csrf",
    "xsrf",
    "XSRF",
    "Xsrf",
    "csurf",
    "lusca",
    "ookie",
    "ession",
    "isAuthenticated",
    "sec-fetch-site",
    "Sec-Fetch-Site",
    "origin",
    "Origin",
    "next-auth",
    "@auth/",
    "@clerk/",
    "@supabase/",
    "better-auth",
    "lucia",
    "flask_login",
    "flask_security",
    "@auth0/",
    "@workos-inc/",
    "kinde",
    "seasurf",
    "MIDDLEWARE",
    "validate_on_submit",
];

/// Kinds of nodes that give signs.
pub const KINDS: &[Kind] = &[
    Kind::Call,
    Kind::Import,
    Kind::Member,
    Kind::Index,
    Kind::Parameter,
    Kind::Assignment,
    Kind::String,
    Kind::Function,
];

/// Libraries whose cookies are `SameSite=Lax` unless somebody changes that.
const LAX: &[&str] = &[
    "next-auth",
    "@auth/core",
    "@auth/express",
    "@auth/sveltekit",
    "@auth/nextjs",
    "@clerk/nextjs",
    "@clerk/express",
    "@clerk/fastify",
    "@clerk/backend",
    "@hono/clerk-auth",
    "@hono/auth-js",
    "@supabase/ssr",
    "@supabase/auth-helpers-nextjs",
    "better-auth",
    "iron-session",
    "lucia",
    "@kinde-oss/kinde-auth-nextjs",
    "@auth0/nextjs-auth0",
    "@workos-inc/authkit-nextjs",
];

/// Guards of packages.
const GUARDS: &[&str] = &[
    "csurf",
    "lusca.csrf",
    "csrf-csrf",
    "tiny-csrf",
    "csrf-sync",
    "@dr.pogodin/csurf",
    "koa-csrf",
    "hono/csrf.csrf",
    "@fastify/csrf-protection",
    "fastify-csrf",
    "@edge-csrf/",
    "next-csrf",
    "flask_wtf.CSRFProtect",
    "flask_wtf.csrf.CSRFProtect",
    "flask_seasurf",
    "fastapi_csrf_protect",
    "starlette_csrf",
    "asgi_csrf",
    "piccolo_api.csrf",
];

/// Where middleware, plugins, guards and dependencies are attached.
const ATTACH: &[&str] = &[
    "use",
    "register",
    "addHook",
    "Depends",
    "Security",
    "UseGuards",
    "apply",
    "add_middleware",
    "post",
    "put",
    "patch",
    "delete",
    "all",
    "route",
    "useGlobalGuards",
    "before_request",
];

/// The sign that `node` gives.
pub fn sign(node: NodeRef<'_>) -> Option<Sign> {
    match node.kind() {
        Kind::Import if !node.has(Flags::TYPE_ONLY) => library(node.name()),
        Kind::Call => call(node),
        Kind::Member => member(node),
        Kind::Index => index(node),
        Kind::Parameter => parameter(node),
        Kind::Assignment => assignment(node),
        Kind::Function => function(node),
        Kind::String => string(node),
        _ => None,
    }
}

fn library(module: &str) -> Option<Sign> {
    let root = LAX.iter().find(|name| module.strip_prefix(**name).is_some_and(begins_anew));
    if let Some(root) = root {
        return Some(Sign::Session((*root).to_owned(), SameSite::Kept));
    }
    let flask = ["flask_login", "flask_security"].into_iter().find(|name| module == *name)?;
    Some(Sign::Session(flask.to_owned(), SameSite::Unset))
}

fn begins_anew(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['/', '.'])
}

fn call(node: NodeRef<'_>) -> Option<Sign> {
    if let Some(module) = node.loaded_module().filter(|_| node.callee_name() == Some("require")) {
        return library(module);
    }
    if let Some(guard) = guard(node) {
        return Some(match variable_around(node) {
            Some(variable) => Sign::OptIn { guard, variable },
            None => Sign::Guards(guard),
        });
    }
    if let Some(cookie) = Cookie::of(node) {
        return set(&cookie);
    }
    // A form of Flask-WTF checks its own token, and says nothing of routes without one.
    if node.callee_name() == Some("validate_on_submit") {
        return Some(Sign::Speaks);
    }
    registered(node).or_else(|| read_by_call(node))
}

/// A cookie or a session that code sets.
fn set(cookie: &Cookie<'_>) -> Option<Sign> {
    if !cookie.is_session() {
        return None;
    }
    let title = cookie.title();
    let same_site = match cookie.attribute(Attribute::SameSite) {
        Value::Missing if cookie.has_by_default(Attribute::SameSite) => SameSite::Kept,
        Value::Missing => SameSite::Unset,
        Value::Constant(_, value) => of_constant(&value),
        Value::Decided(_) | Value::Open => SameSite::Open,
    };
    match cookie.way {
        Way::ExpressSession | Way::CookieSession => Some(Sign::Session("session".to_owned(), same_site)),
        _ if only_refreshes(&title) => None,
        _ => Some(Sign::Sets(title, same_site)),
    }
}

/// What is good only for a new token does nothing in somebody's name.
fn only_refreshes(title: &str) -> bool {
    title.to_ascii_lowercase().contains("refresh")
}

fn of_constant(value: &Constant) -> SameSite {
    match value {
        Constant::String(mode) if mode.eq_ignore_ascii_case("none") => SameSite::Sent,
        Constant::String(_) => SameSite::Kept,
        value if value.as_bool() == Some(true) => SameSite::Kept,
        _ => SameSite::Unset,
    }
}

/// Sessions of plugins: `app.register(fastifySession, { … })`, `app.use(session({ … }, app))`, `SessionMiddleware`.
fn registered(node: NodeRef<'_>) -> Option<Sign> {
    let named = |name: &str, same_site| Some(Sign::Session(name.to_owned(), same_site));
    if node.callee_api().as_deref() == Some("koa-session") {
        return named("koa-session", written(node, SameSite::Unset));
    }
    let first = node.argument(0).and_then(NodeRef::api_path).unwrap_or_default();
    match node.callee_name()? {
        "register" if first.starts_with("@fastify/session") || first.starts_with("@fastify/secure-session") => {
            named("@fastify/session", written(node, SameSite::Unset))
        }
        "add_middleware" | "Middleware" if first == "starlette.middleware.sessions.SessionMiddleware" => {
            named("SessionMiddleware", written(node, SameSite::Kept))
        }
        _ => None,
    }
}

/// What the options of a call say of `sameSite`, however deep; else `otherwise`.
fn written(call: NodeRef<'_>, otherwise: SameSite) -> SameSite {
    let options = call.children_in(Role::Argument).flat_map(|argument| {
        let argument = argument.resolved();
        std::iter::once(argument).chain(argument.descendants())
    });
    let mut open = false;
    for node in options.take(400) {
        if node.is(Kind::Property) && matches!(node.name(), "sameSite" | "same_site") {
            let value = node.child(Role::Value).and_then(NodeRef::constant);
            return value.map_or(SameSite::Open, |value| of_constant(&value));
        }
        open |= node.is(Kind::Spread);
    }
    if open { SameSite::Open } else { otherwise }
}

/// The name of what refuses forged requests, when `node` calls or attaches it.
fn guard(node: NodeRef<'_>) -> Option<String> {
    // Flask-WTF's check, called by hand.
    if node.callee_name() == Some("protect") && node.receiver().is_some_and(|of| speaks(of.name())) {
        return Some("csrf.protect".to_owned());
    }
    if let Some(api) = node.callee_api()
        && GUARDS
            .iter()
            .any(|guard| api.strip_prefix(guard).is_some_and(|rest| guard.ends_with('/') || begins_anew(rest)))
    {
        return Some(short(&api));
    }
    if let Some(name) = node.callee_name().filter(|name| checks_token(name)) {
        return Some(name.to_owned());
    }
    if !node.callee_name().is_some_and(|name| ATTACH.contains(&name)) {
        return None;
    }
    node.positional().find_map(|argument| {
        let attached = argument.api_path().filter(|path| GUARDS.iter().any(|guard| path.starts_with(guard)));
        let own = || {
            Some(argument.name())
                .filter(|name| matches!(argument.kind(), Kind::Identifier | Kind::Member) && speaks(name))
        };
        attached.map(|path| short(&path)).or_else(|| own().map(str::to_owned))
    })
}

fn short(path: &str) -> String {
    path.split(".default").next().unwrap_or(path).to_owned()
}

fn speaks(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("csrf") || name.contains("xsrf") || name.contains("csurf")
}

/// `verifyCsrfToken`, `csrfProtection`, `requireCSRF`.
fn checks_token(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    speaks(name)
        && !["exempt", "ensure_csrf_cookie", "generate", "get", "create", "set", "attach", "request", "fetch"]
            .iter()
            .any(|word| lower.contains(word) && !lower.contains("verify") && !lower.contains("middleware"))
        && ["verif", "check", "protect", "valid", "guard", "require", "ensure", "assert", "middleware"]
            .iter()
            .any(|word| lower.contains(word))
}

/// The variable that must be set for `node` to run at all: `if (process.env.ENABLE_CSRF === '1')`.
fn variable_around(node: NodeRef<'_>) -> Option<String> {
    let mut child = node;
    for parent in node.ancestors().take(40) {
        if parent.is(Kind::Function) {
            return None;
        }
        let condition = match parent.kind() {
            Kind::If | Kind::Conditional if child.role() == Role::Consequent => parent.child(Role::Condition),
            Kind::Logical if parent.name() == "&&" && child.role() == Role::Right => parent.child(Role::Left),
            _ => None,
        };
        if let Some(variable) = condition.and_then(|condition| demanded(condition, 4)) {
            return Some(variable);
        }
        child = parent;
    }
    None
}

/// The variable without which a condition never holds.
fn demanded(condition: NodeRef<'_>, depth: u8) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let read = |node: NodeRef<'_>| {
        let read = node.resolved().env_read().filter(|read| read.default.is_none())?;
        let upper = read.name.to_ascii_uppercase();
        let stage = ["NODE_ENV", "APP_ENV", "ENVIRONMENT", "STAGE", "PROD"].iter().any(|word| upper.contains(word));
        (!stage && speaks(&upper)).then_some(read.name)
    };
    match condition.kind() {
        Kind::Logical if condition.name() == "&&" => [Role::Left, Role::Right]
            .into_iter()
            .filter_map(|role| condition.child(role))
            .find_map(|side| demanded(side, depth)),
        Kind::Binary if matches!(condition.name(), "===" | "==") => {
            let (left, right) = (condition.child(Role::Left)?, condition.child(Role::Right)?);
            let on = |node: NodeRef<'_>| {
                node.constant_str().is_some_and(|text| matches!(text.as_str(), "1" | "true" | "on" | "yes" | "enabled"))
            };
            read(left).filter(|_| on(right)).or_else(|| read(right).filter(|_| on(left)))
        }
        _ => read(condition),
    }
}

/// `req.cookies.token`, `req.session.userId`.
fn member(node: NodeRef<'_>) -> Option<Sign> {
    let object = node.child(Role::Object)?;
    if is_cookies(object) && node.parent().is_none_or(|parent| !(parent.is(Kind::Call) && node.role() == Role::Callee))
    {
        return read_of(node.name());
    }
    if is_session(object) && names_person(node.name()) && node.role() != Role::Target {
        return Some(Sign::Reads(format!("session.{}", node.name())));
    }
    None
}

/// `req.cookies['token']`, `session["user_id"]`.
fn index(node: NodeRef<'_>) -> Option<Sign> {
    let (object, key) = (node.child(Role::Object)?, node.child(Role::Index)?);
    if is_cookies(object) {
        return named_by(key);
    }
    let flask = object.is(Kind::Identifier) && object.api_path().as_deref() == Some("flask.session");
    if (flask || is_session(object)) && key.is(Kind::String) && names_person(key.name()) && node.role() != Role::Target
    {
        if flask {
            return Some(Sign::Session("flask.session".to_owned(), SameSite::Unset));
        }
        return Some(Sign::Reads(format!("session.{}", key.name())));
    }
    None
}

fn named_by(key: NodeRef<'_>) -> Option<Sign> {
    let name = key.constant_str().or_else(|| naming::subject(key).map(str::to_owned))?;
    read_of(&name)
}

fn read_of(name: &str) -> Option<Sign> {
    (naming::is_session(name) && !only_refreshes(name)).then(|| Sign::Reads(name.to_owned()))
}

/// `req.cookies`, `request.cookies`, `cookies()`, `await cookies()`.
fn is_cookies(node: NodeRef<'_>) -> bool {
    let node = if node.is(Kind::Identifier) { node.resolved() } else { node };
    match node.kind() {
        Kind::Member => {
            let holder = node.child(Role::Object).map(NodeRef::name).unwrap_or_default();
            matches!(node.name(), "cookies" | "signedCookies" | "COOKIES")
                && matches!(holder, "req" | "request" | "ctx" | "context" | "nextRequest" | "event")
        }
        Kind::Call => node.callee_api().as_deref() == Some("next/headers.cookies"),
        Kind::Await => node.child(Role::Value).is_some_and(is_cookies),
        _ => false,
    }
}

/// `req.session`
fn is_session(node: NodeRef<'_>) -> bool {
    let holder = node.child(Role::Object).map(NodeRef::name).unwrap_or_default();
    node.is(Kind::Member) && node.name() == "session" && matches!(holder, "req" | "request" | "ctx")
}

fn names_person(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "user"
            | "userid"
            | "uid"
            | "account"
            | "accountid"
            | "loggedin"
            | "isloggedin"
            | "isauthenticated"
            | "username"
            | "passport"
            | "useremail"
            | "currentuser"
            | "adminid"
            | "isadmin"
            | "authenticated"
    )
}

/// `cookies().get("token")`, `getCookie(c, "token")`, `req.isAuthenticated()`, `passport.session()`.
fn read_by_call(node: NodeRef<'_>) -> Option<Sign> {
    let name = node.callee_name()?;
    match name {
        "get" if node.receiver().is_some_and(is_cookies) => named_by(node.argument(0)?),
        "getCookie" | "getSignedCookie" if node.callee_api()?.starts_with("hono/cookie") => {
            let key = node.positional().find(|argument| argument.constant_str().is_some())?;
            named_by(key)
        }
        "isAuthenticated" if node.receiver().is_some_and(|on| matches!(on.name(), "req" | "request" | "ctx")) => {
            Some(Sign::Reads("isAuthenticated()".to_owned()))
        }
        "session" if node.receiver().is_some_and(|on| on.name() == "passport") => {
            Some(Sign::Reads("passport.session()".to_owned()))
        }
        "get" if node.receiver().and_then(NodeRef::api_path).as_deref() == Some("flask.session") => {
            let key = node.argument(0)?.constant_str()?;
            names_person(&key).then(|| Sign::Session("flask.session".to_owned(), SameSite::Unset))
        }
        _ => None,
    }
}

/// `access_token: str = Cookie(None)`
fn parameter(node: NodeRef<'_>) -> Option<Sign> {
    let default = node.child(Role::Default).filter(|default| default.is(Kind::Call))?;
    if default.callee_api().as_deref() != Some("fastapi.Cookie") {
        return None;
    }
    let alias = default.keyword("alias").and_then(NodeRef::constant_str);
    read_of(alias.as_deref().unwrap_or(node.name()))
}

/// `const { token } = req.cookies`, Django's `MIDDLEWARE`, switches of Flask's extensions.
fn assignment(node: NodeRef<'_>) -> Option<Sign> {
    let (target, value) = (node.child(Role::Target)?, node.child(Role::Value)?);
    if target.is(Kind::Object) && is_cookies(value) {
        return target.children().filter(|entry| entry.is(Kind::Property)).find_map(|entry| read_of(entry.name()));
    }
    let named = match target.kind() {
        Kind::Identifier => target.name(),
        Kind::Index => target.child(Role::Index).filter(|key| key.is(Kind::String))?.name(),
        _ => return None,
    };
    match named {
        name if is_middleware(name) => middleware(value),
        "WTF_CSRF_ENABLED" if is_off(value) && !in_development_class(node) => Some(Sign::Off("flask")),
        "WTF_CSRF_CHECK_DEFAULT" if is_off(value) && !in_development_class(node) => Some(Sign::Manual),
        "JWT_COOKIE_CSRF_PROTECT" if is_off(value) && !in_development_class(node) => Some(Sign::Off("flask-jwt")),
        "SESSION_COOKIE_SAMESITE" => {
            let kept = value.constant().map_or(SameSite::Open, |value| of_constant(&value));
            Some(Sign::Sets("SESSION_COOKIE_SAMESITE".to_owned(), kept))
        }
        _ => None,
    }
}

fn is_off(value: NodeRef<'_>) -> bool {
    value.is(Kind::Boolean) && value.name() == "false"
}

fn in_development_class(node: NodeRef<'_>) -> bool {
    node.enclosing_class().is_some_and(|class| ["Dev", "Test", "Local"].iter().any(|word| class.name().contains(word)))
        || node.ancestors().any(|parent| parent.is(Kind::If))
}

/// A view that is exempt although a session guards it, and a check that was emptied.
fn function(node: NodeRef<'_>) -> Option<Sign> {
    if node.name() == "enforce_csrf" {
        let class = node.enclosing_class()?;
        let sessions = class.children_in(Role::Base).any(|base| base.name().contains("SessionAuthentication"));
        let empty = node.child(Role::Body).is_some_and(|body| !body.descendants().any(|inner| inner.is(Kind::Call)));
        return (sessions && empty).then_some(Sign::Off("rest"));
    }
    let mut decorators = node.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value));
    let has = |name: &str| {
        node.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value)).any(|value| {
            let value = if value.is(Kind::Call) { value.child(Role::Callee).unwrap_or(value) } else { value };
            value.name() == name
        })
    };
    decorators.next()?;
    (has("csrf_exempt") && (has("login_required") || has("permission_required"))).then_some(Sign::Off("exempt"))
}

/// Headers that only a page of the same site can send, where they are named.
fn string(node: NodeRef<'_>) -> Option<Sign> {
    let lower = node.name().to_ascii_lowercase();
    let header = matches!(lower.as_str(), "sec-fetch-site" | "x-csrf-token" | "x-xsrf-token" | "csrf-token" | "origin");
    // A list of headers that may be sent is about another question.
    let read = header && node.parent().is_some_and(|parent| matches!(parent.kind(), Kind::Call | Kind::Index));
    read.then_some(Sign::Speaks)
}
