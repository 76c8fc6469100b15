//! What a route does and what it is for, as far as that says whether a guard is missed there.

use super::{Route, RouteKind};
use crate::{
    facts::{
        access::SignKind,
        modules::{CallSite, Modules},
    },
    model::{FileId, Place, Span},
    repo::Repo,
};

/// The kind of caller that a route's path speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// For those who run the service: `/admin`, `/internal`.
    Administration,
    /// Numbers for machines: `/metrics`, `/actuator`.
    Management,
    /// What other services call: `/webhooks/stripe`.
    Hook,
    /// For trying things out: `/test`, `/debug`.
    Trial,
    /// What visitors send without an account: contact forms, telemetry, error reports.
    Intake,
    /// Interfaces that decide behind one path: GraphQL, remote procedures.
    Dispatch,
    Ordinary,
}

/// The fixed segments of a path in lower case, without the marks between words.
pub fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty() && !is_parameter(part))
        .map(|part| part.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_ascii_lowercase())
        .collect()
}

fn is_parameter(part: &str) -> bool {
    part.starts_with([':', '{', '<', '*', '[', '(', '$'])
}

/// What a path speaks of up to its first parameter: the things that a route is about.
pub fn resource(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).take_while(|part| !is_parameter(part)).collect()
}

impl Route {
    /// Whether a request may change something, as its method says.
    pub fn changes(&self) -> bool {
        match self.kind {
            RouteKind::ServerAction => !is_reading(&self.path),
            _ => matches!(self.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE" | "ALL"),
        }
    }

    /// Whether the path itself holds what only somebody who was told can know: `/unsubscribe/:token`.
    pub fn is_told(&self) -> bool {
        self.path.split('/').filter(|part| is_parameter(part)).any(|part| {
            let name = part.to_ascii_lowercase();
            ["token", "sign", "code", "key", "secret", "hash", "uuid", "share"].iter().any(|word| name.contains(word))
        })
    }

    pub fn area(&self) -> Area {
        let parts = segments(&self.path);
        let any = |names: &[&str]| parts.iter().any(|part| names.contains(&part.as_str()));
        let last = parts.last().map_or("", String::as_str);
        if self.kind != RouteKind::Http {
            return Area::Ordinary;
        }
        if any(&["admin", "administration", "superadmin", "backoffice", "internal", "sysadmin"]) {
            return Area::Administration;
        }
        if parts.iter().any(|part| part.contains("webhook")) || any(&["hook", "hooks", "ipn", "bounces", "bot"]) {
            return Area::Hook;
        }
        if matches!(last, "metrics" | "prometheus" | "ratelimitinfo") || any(&["actuator", "pprof", "bullboard"]) {
            return Area::Management;
        }
        if any(&["graphql", "trpc", "rpc", "mcp", "inngest", "uploadthing", "socketio", "jsonrpc", "sse", "openid"]) {
            return Area::Dispatch;
        }
        if any(&["test", "tests", "debug", "playground", "demo", "sandbox", "e2e", "sentryexampleapi", "testing"]) {
            return Area::Trial;
        }
        if any(INTAKE)
            || parts
                .iter()
                .any(|part| part.starts_with("public") || part.contains("newsletter") || part.ends_with("preview"))
        {
            return Area::Intake;
        }
        Area::Ordinary
    }
}

const INTAKE: &[&str] = &[
    "contact",
    "contactus",
    "contactform",
    "waitlist",
    "feedback",
    "track",
    "tracking",
    "collect",
    "telemetry",
    "webvitals",
    "vitals",
    "beacon",
    "pageview",
    "pageviews",
    "cspreport",
    "csp",
    "subscribe",
    "unsubscribe",
    "emailsignup",
    "earlyaccess",
    "share",
    "shared",
    "shares",
    "embed",
    "checkout",
    "cart",
    "guest",
    "csrftoken",
    "csrf",
    "consent",
    "locale",
    "language",
    "theme",
    "view",
    "views",
    "og",
    "opengraph",
    "play",
    "tunnel",
    "monitoring",
    "clienterrors",
    "clienterror",
    "log",
    "logs",
    "lead",
    "leads",
    "inquiry",
    "enquiry",
    "visit",
    "visits",
    "click",
    "clicks",
    "impression",
    "impressions",
    "usage",
    "search",
    "autocomplete",
    "suggest",
    "preview",
    "draft",
    "exitpreview",
    "calculate",
    "estimate",
    "quote",
    "validate",
    "check",
    "checkemail",
    "checkusername",
    "exists",
    "availability",
    "status",
    "version",
    "config",
    "translate",
    "convert",
    "callback",
    "analytics",
    "captcha",
    "recaptcha",
    "turnstile",
    "verify",
    "assign",
    "survey",
    "rsvp",
    "oembed",
    "proxy",
];

/// Whether the name of a server action says that it only reads.
fn is_reading(name: &str) -> bool {
    ["get", "fetch", "list", "find", "search", "load", "read", "is", "has", "count", "query", "check"].iter().any(
        |verb| {
            name.strip_prefix(verb)
                .is_some_and(|rest| rest.starts_with(|next: char| next.is_uppercase() || next == '_'))
        },
    )
}

/// The handler's file and span, when it is known.
pub fn handler_of(route: &Route) -> Option<(FileId, Span)> {
    match route.handler {
        Some(Place::At(file, span)) => Some((file, span)),
        _ => None,
    }
}

/// The calls inside the handler.
pub fn calls_of<'a>(modules: Modules<'a>, route: &Route) -> Vec<&'a CallSite> {
    handler_of(route).and_then(|(file, span)| Some(modules.file(file)?.calls_in(span).collect())).unwrap_or_default()
}

/// Whether the handler is known and only answers: it calls nothing but what makes the answer.
pub fn only_answers(modules: Modules<'_>, route: &Route) -> bool {
    handler_of(route).is_some() && calls_of(modules, route).iter().all(|call| makes_answer(call))
}

fn makes_answer(call: &CallSite) -> bool {
    let first = call.callee.root.name().to_ascii_lowercase();
    let holders = [
        "console",
        "logger",
        "log",
        "math",
        "date",
        "json",
        "object",
        "string",
        "number",
        "res",
        "reply",
        "response",
        "nextresponse",
        "c",
        "ctx",
        "process",
        "logging",
        "datetime",
        "jsonify",
        "jsonresponse",
        "httpresponse",
        "array",
        "headers",
        "time",
        "url",
        "plaintextresponse",
        "htmlresponse",
        "redirectresponse",
        "fileresponse",
        "redirect",
        "notfound",
        "router",
        "path",
    ];
    holders.contains(&first.as_str())
        || matches!(
            call.callee.last(),
            "json"
                | "send"
                | "status"
                | "sendStatus"
                | "text"
                | "html"
                | "end"
                | "type"
                | "render"
                | "toISOString"
                | "jsonify"
                | "isoformat"
        )
}

/// Whether the handler calls something that is named like a change.
pub fn writes(modules: Modules<'_>, route: &Route) -> bool {
    const VERBS: &[&str] = &["create", "update", "delete", "upsert", "save", "insert", "remove", "destroy"];
    calls_of(modules, route).iter().any(|call| {
        let name = call.callee.last().to_ascii_lowercase();
        VERBS.iter().any(|verb| name.starts_with(verb)) && !name.starts_with("createclient")
    })
}

/// Whether the handler calls something that is named as if it asked who calls.
pub fn may_ask(modules: Modules<'_>, route: &Route) -> bool {
    calls_of(modules, route).iter().any(|call| {
        std::iter::once(call.callee.root.name()).chain(call.callee.members.iter().map(String::as_str)).any(|name| {
            let name = name
                .to_ascii_lowercase()
                .replace("authors", "")
                .replace("author", if name.to_ascii_lowercase().contains("authoriz") { "auth" } else { "" });
            [
                "auth",
                "permission",
                "verif",
                "session",
                "current_user",
                "currentuser",
                "guard",
                "require",
                "token",
                "signature",
            ]
            .iter()
            .any(|word| name.contains(word))
        })
    })
}

/// Whether the handler itself refuses somebody, whoever that is.
pub fn refuses(modules: Modules<'_>, route: &Route) -> bool {
    let Some((file, span)) = handler_of(route) else { return false };
    let Some(access) = modules.access(file) else { return false };
    access.signs.iter().any(|sign| {
        span.contains(sign.span)
            && matches!(
                sign.kind,
                SignKind::Refuses(401 | 403)
                    | SignKind::VerifiesSignature
                    | SignKind::VerifiesToken
                    | SignKind::Asserts
            )
    })
}

/// Whether the handler is given what only somebody who was told can know: a token, an invitation, the key of a licence.
pub fn takes_proof(repo: &Repo, route: &Route) -> bool {
    let Some((file, span)) = handler_of(route) else { return false };
    let Ok(text) = repo.read(file) else { return false };
    let Some(text) = text.get(span.start as usize..span.end as usize) else { return false };
    let licence = segments(&route.path).iter().any(|part| part.contains("licen"));
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|name| {
        let plain = name.replace('_', "").to_ascii_lowercase();
        plain.ends_with("token")
            || (plain.starts_with("invit") && ["uid", "code", "key"].iter().any(|end| plain.ends_with(end)))
            || matches!(plain.as_str(), "licensekey" | "licencekey" | "activationcode" | "accesscode")
            || (licence && plain == "key")
    })
}

/// Whether the handler reads who the caller is.
pub fn reads_identity(modules: Modules<'_>, route: &Route) -> bool {
    let Some((file, span)) = handler_of(route) else { return false };
    let Some(access) = modules.access(file) else { return false };
    access
        .signs
        .iter()
        .any(|sign| span.contains(sign.span) && matches!(sign.kind, SignKind::ReadsIdentity | SignKind::ChecksRole))
}
