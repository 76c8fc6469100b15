//! What a route is for, as far as its path tells, where that decides whether everybody may call it.

use super::{GuardDoes, Public, Route};

/// Parts of paths with which one logs in, registers, or gets back in.
const LOG_IN: &[&str] = &[
    "login",
    "signin",
    "logon",
    "register",
    "signup",
    "registration",
    "forgotpassword",
    "resetpassword",
    "passwordreset",
    "forgot",
    "refreshtoken",
    "refreshtokens",
    "verifyemail",
    "confirmemail",
    "emailverification",
    "magiclink",
    "logout",
    "signout",
    "sso",
    "saml",
    "oauth",
    "oauth2",
    "requestpasswordreset",
    "activate",
    "createaccount",
    "authenticate",
    "sendverificationemail",
    "resendverification",
    "passwordrecovery",
    "recoverpassword",
    "authorize",
    "token",
    "verifyotp",
    "otp",
];

/// Why a route may be open to everybody.
pub(super) fn public(route: &Route) -> Option<Public> {
    if route.public.is_some() {
        return route.public;
    }
    if is_fallback(route) {
        return Some(Public::Static);
    }
    of_path(&route.path).or_else(|| {
        let hook = route.path.to_ascii_lowercase().contains("hook") && route.guard(GuardDoes::Verifies).is_some();
        hook.then_some(Public::Webhook)
    })
}

/// The page of an application in the browser, for every path that nothing else answers.
fn is_fallback(route: &Route) -> bool {
    route.method == "GET" && matches!(route.path.as_str(), "/*" | "/{*splat}" | "/*splat" | "/(.*)" | "/{*path}")
}

pub(super) fn of_path(path: &str) -> Option<Public> {
    let plain = path.to_ascii_lowercase();
    let parts: Vec<String> = plain
        .split('/')
        .filter(|part| !part.is_empty() && !part.starts_with([':', '{', '<', '*', '(', '$']))
        .map(|part| part.chars().filter(|letter| !matches!(letter, '-' | '_')).collect())
        .collect();
    let last = parts.last().map_or("", String::as_str);
    let any = |names: &[&str]| parts.iter().any(|part| names.contains(&part.as_str()));
    if matches!(
        last,
        "health"
            | "healthz"
            | "healthcheck"
            | "ready"
            | "readyz"
            | "readiness"
            | "live"
            | "livez"
            | "liveness"
            | "ping"
            | "heartbeat"
            | "alive"
            | "up"
            | "startup"
    ) || any(&["health", "healthz", "healthcheck"])
    {
        return Some(Public::Health);
    }
    if any(LOG_IN)
        || parts.first().is_some_and(|first| first == "reset")
        || (any(&["password"]) && last.contains("reset"))
        // Everything below one path is a library's: `/api/auth/[...nextauth]`.
        || plain.contains("/auth/[...")
        || (any(&["auth"])
            && matches!(
                last,
                "refresh"
                    | "callback"
                    | "token"
                    | "verify"
                    | "confirm"
                    | "google"
                    | "github"
                    | "facebook"
                    | "reset"
                    | "password"
                    | "auth"
                    | "new"
            ))
        || (last == "callback" || plain.ends_with("/callback"))
    {
        return Some(Public::Authentication);
    }
    if matches!(
        last,
        "docs"
            | "swagger"
            | "openapi"
            | "openapi.json"
            | "openapi.yaml"
            | "apidocs"
            | "redoc"
            | "swagger.json"
            | "doc"
            | "docs.json"
            | "graphiql"
            | "playground"
            | "scalar"
            | "docsjson"
            | "swaggerui"
    ) {
        return Some(Public::Docs);
    }
    if matches!(last, "favicon.ico" | "robots.txt" | "sitemap.xml" | "manifest.json" | "static" | "assets" | "public")
        || any(&["static", "assets", ".wellknown"])
    {
        return Some(Public::Static);
    }
    None
}
