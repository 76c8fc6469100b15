//! What a route does and what it is for, as far as that says whether a guard is missed there.

mod change;

pub use change::may_change;

use super::{Route, RouteKind};
use crate::{
    facts::{
        Facts,
        access::{SignKind, words},
        modules::{CallSite, FunctionId, Modules, Root, Shape, Value},
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

    /// Whether the path says that visitors tell what they do or see: `/record_click`, `/report`.
    pub fn is_telling(&self) -> bool {
        segments(&self.path).last().is_some_and(|last| {
            let told = last.strip_prefix("record").or_else(|| last.strip_prefix("track"));
            last == "report"
                || told.is_some_and(|rest| {
                    ["click", "view", "reaction", "event", "visit", "impression"].iter().any(|word| rest.contains(word))
                })
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

/// Whether a function lets in only who shows a secret that all callers share: it compares what came with a variable
/// of the environment, refuses, and asks for no session. Needs [`crate::facts::Fact::Environment`] and
/// [`crate::facts::Fact::Access`].
pub fn asks_for_shared_key(repo: &Repo, facts: &Facts, modules: Modules<'_>, id: FunctionId) -> bool {
    let whole = modules.function(id).span;
    let Some(own) = facts.of(id.file) else { return false };
    let refuses = own
        .access
        .signs
        .iter()
        .any(|sign| whole.contains(sign.span) && matches!(sign.kind, SignKind::Refuses(401 | 403)));
    if !refuses || modules.calls(id).any(|call| asks(call.callee.last())) {
        return false;
    }
    let Ok(text) = repo.read(id.file) else { return false };
    own.environment.iter().filter(|read| whole.contains(read.span)).any(|read| {
        let name = read.name.to_ascii_lowercase();
        let secret = ["key", "secret", "token"].iter().any(|word| name.ends_with(word));
        let (start, end) = (read.span.start as usize, read.span.end as usize);
        let before = text.get(..start).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let after = text.get(end..).unwrap_or_default().split('\n').next().unwrap_or_default();
        let compared = |part: &str| ["==", "!=", "ompare", "Equal"].iter().any(|sign| part.contains(sign));
        secret && (compared(before) || compared(after))
    })
}

/// The calls inside the handler.
pub fn calls_of<'a>(modules: Modules<'a>, route: &Route) -> Vec<&'a CallSite> {
    handler_of(route).and_then(|(file, span)| Some(modules.file(file)?.calls_in(span).collect())).unwrap_or_default()
}

/// Whether the handler is known and only answers: it calls nothing but what makes the answer.
pub fn only_answers(modules: Modules<'_>, route: &Route) -> bool {
    let Some((file, span)) = handler_of(route) else { return false };
    let function = modules.function_at(file, span);
    // `@app.get("/admin")` registers the handler; the handler does not call it.
    let decorates = |call: &CallSite| {
        function.is_some_and(|id| {
            let decorators = &modules.function(id).decorators;
            decorators.iter().any(|decorator| matches!(decorator, Shape::Call(made) if made.span.contains(call.span)))
        })
    };
    calls_of(modules, route).iter().all(|call| makes_answer(call) || decorates(call))
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
        "permanentredirect",
        "httpresponseredirect",
        "httpresponsepermanentredirect",
        // Where a redirect leads.
        "reverse",
        "reverse_lazy",
        "url_for",
        "notfound",
        "abort",
        "router",
        "path",
        // The caller's own cookies.
        "cookies",
        "cookiestore",
        "nextcookies",
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
                | "render_template"
                | "revalidatePath"
                | "revalidateTag"
        )
}

/// Calls followed from a handler.
const DEPTH: usize = 2;

/// Whether the handler is known and everything that it calls makes the answer or only reads, as names say it, or as
/// the functions of the repository behind them do.
pub fn only_reads(modules: Modules<'_>, route: &Route) -> bool {
    handler_of(route)
        .and_then(|(file, span)| modules.function_at(file, span))
        .is_some_and(|id| reads(modules, id, DEPTH))
}

fn reads(modules: Modules<'_>, id: FunctionId, depth: usize) -> bool {
    let callees = modules.callees(id);
    let decorators = &modules.function(id).decorators;
    let decorates = |call: &CallSite| {
        decorators.iter().any(|decorator| matches!(decorator, Shape::Call(made) if made.span.contains(call.span)))
    };
    // Which function of a table is called, no name tells.
    !has_table(modules, id.file)
        && modules.calls(id).filter(|call| !decorates(call)).all(|call| {
            let behind = || callees.iter().find(|(at, _)| at.span == call.span).map(|(_, callee)| *callee);
            // A function that calls nothing changes what it has at hand, as far as names tell.
            let follows = |callee| modules.calls(callee).next().is_some() && reads(modules, callee, depth - 1);
            makes_answer(call) || is_read(call.callee.last()) || depth > 0 && behind().is_some_and(follows)
        })
}

/// Whether a file keeps handlers in a table by the requests that they answer: `{ "POST /": async (req, res) => … }`.
fn has_table(modules: Modules<'_>, file: FileId) -> bool {
    values(modules, file).iter().any(is_table)
}

fn is_table(value: &Value) -> bool {
    let Shape::Object(parts) = &value.shape else { return false };
    parts.iter().filter(|(key, part)| matches!(part, Shape::Function(_)) && is_request(key)).count() > 1
}

/// `GET /users`, `POST`.
fn is_request(key: &str) -> bool {
    let method = key.split([' ', ':']).next().unwrap_or_default();
    matches!(method.to_ascii_uppercase().as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE")
}

/// Whether something is named like a read, or like work on a value that is there already.
fn is_read(name: &str) -> bool {
    const READS: &[&str] = &[
        "get",
        "find",
        "fetch",
        "list",
        "load",
        "read",
        "search",
        "lookup",
        "is",
        "has",
        "count",
        "select",
        "parse",
        "format",
        "normalize",
        "map",
        "filter",
        "reduce",
        "some",
        "every",
        "sort",
        "sorted",
        "slice",
        "split",
        "join",
        "trim",
        "strip",
        "replace",
        "includes",
        "startswith",
        "endswith",
        "keys",
        "values",
        "items",
        "entries",
        "to",
        "from",
        "len",
        "str",
        "int",
        "push",
        "append",
        "concat",
        "flat",
        "for",
        "log",
        "loads",
        "dumps",
        "debug",
        "info",
        "warn",
        "warning",
        "error",
        "decode",
        "encode",
        "stringify",
        "match",
        "test",
        "starts",
        "ends",
    ];
    // A bare `fetch` sends; what is constructed is a value.
    name != "fetch"
        && (name.starts_with(char::is_uppercase)
            || words(name).first().is_some_and(|first| READS.contains(&first.as_str())))
}

/// Whether a function that the handler calls asks for the session, or passes on what the caller proved.
pub fn asks_behind(modules: Modules<'_>, route: &Route) -> bool {
    let handler = handler_of(route).and_then(|(file, span)| modules.function_at(file, span));
    handler
        .and_then(|id| {
            modules.reach(id, DEPTH, |id| modules.calls(id).any(|call| asks(call.callee.last())).then_some(()))
        })
        .is_some()
}

fn asks(name: &str) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    matches!(name, "auth" | "getSession" | "getAuth" | "getIronSession")
        || ["serversession", "currentuser", "authheader", "authsession", "authuser", "requireuser", "requireauth"]
            .iter()
            .any(|word| plain.contains(word))
}

/// Whether the handler gives the request to something that refuses some callers itself: an object of its file made
/// with functions that do, or a table of handlers some of which do.
pub fn refused_behind(modules: Modules<'_>, route: &Route) -> bool {
    let Some((file, span)) = handler_of(route) else { return false };
    let Some(id) = modules.function_at(file, span) else { return false };
    let refuses = |file: FileId, span: Span| {
        modules.access(file).is_some_and(|access| {
            access.signs.iter().any(|sign| {
                span.contains(sign.span) && matches!(sign.kind, SignKind::Refuses(401 | 403) | SignKind::Asserts)
            })
        })
    };
    let made = |call: &CallSite| {
        let Root::Instance(class) = &call.callee.root else { return false };
        let same = |value: &&Value| match &value.shape {
            Shape::Call(made) => made.callee.named().is_some_and(|name| name.span == class.span),
            _ => false,
        };
        values(modules, file).iter().filter(same).any(|value| refuses(file, value.span))
    };
    // What is forbidden to everybody says nothing about who asks.
    let asking = |callee: &FunctionId| {
        let own = modules.file(callee.file);
        values(modules, callee.file)
            .iter()
            .filter(|value| is_table(value))
            .any(|table| own.is_some_and(|module| module.calls_in(table.span).any(|call| asks(call.callee.last()))))
    };
    modules.calls(id).any(made) || modules.callees(id).iter().any(|(_, callee)| callee.file != file && asking(callee))
}

fn values(modules: Modules<'_>, file: FileId) -> &[Value] {
    modules.file(file).map(|module| module.values.as_slice()).unwrap_or_default()
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
                // Django takes a signed value apart: `signing.loads(token)`.
                "signing",
                "unsign",
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
