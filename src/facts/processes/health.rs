//! Routes that tell whether a service is well, and what they look at.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Facts,
        modules::{CallSite, Definition, FunctionId, Modules, Root, Shape},
        routes::{Public, Route, RouteKind},
    },
    model::ComponentId,
    repo::Repo,
};

/// What a route is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whether the process may get traffic.
    Readiness,
    /// Whether the process should be started again.
    Liveness,
    /// Whether it is well, for whoever asks.
    Health,
}

/// The routes of `component` that tell about its health, with what each is asked for.
pub fn asked<'f>(repo: &'f Repo, facts: &'f Facts, component: ComponentId) -> Vec<(&'f Route, Asked)> {
    let routes = facts.routes(repo).iter().filter(|route| {
        route.component == component
            && route.kind == RouteKind::Http
            && route.public == Some(Public::Health)
            // What is asked of one of many things is not about the service.
            && !route.path.contains([':', '{', '[', '<', '*'])
            && matches!(route.method.as_str(), "GET" | "ALL")
    });
    routes.map(|route| (route, purpose(&route.path))).collect()
}

fn purpose(path: &str) -> Asked {
    let path = path.to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match last {
        "ready" | "readyz" | "readiness" | "startup" => Asked::Readiness,
        "live" | "livez" | "liveness" | "alive" | "ping" => Asked::Liveness,
        _ => Asked::Health,
    }
}

/// What a handler looks at before it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// The first call that asks a database.
    pub database: Option<String>,
    /// Calls that ask something else: a cache, a queue, another service.
    pub others: Vec<String>,
    /// The first call that could be any of these.
    pub unclear: Option<String>,
}

/// Calls followed from a handler.
const DEPTH: usize = 5;
const FUNCTIONS: usize = 60;

/// What the handler of `route` looks at; nothing when the handler is not known.
pub fn looks(modules: Modules<'_>, route: &Route) -> Option<Looks> {
    let place = route.handler.as_ref()?;
    let crate::model::Place::At(file, span) = place else { return None };
    let id = modules.function_at(*file, *span).or_else(|| modules.function_around(*file, *span))?;
    let mut found = Looks::default();
    for parameter in &modules.function(id).parameters {
        let shapes = [&parameter.default, &parameter.annotation];
        for name in shapes.into_iter().flatten().flat_map(names) {
            match subject(&name) {
                Some(Subject::Database) => found.database = found.database.or(Some(name)),
                Some(Subject::Other) => found.others.push(name),
                None => {}
            }
        }
    }
    let mut seen = BTreeSet::from([id]);
    follow(modules, id, DEPTH, &mut seen, &mut found);
    Some(found)
}

/// The names that are injected by a parameter: `get_db` of `Depends(get_db)`.
fn names(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Name(name) => vec![name.last().to_owned()],
        Shape::Call(call) => call.arguments.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

fn follow(modules: Modules<'_>, id: FunctionId, depth: usize, seen: &mut BTreeSet<FunctionId>, found: &mut Looks) {
    for call in modules.calls(id) {
        let name = shown(call);
        match modules.definition(id.file, &call.callee) {
            Definition::Function(callee) => {
                if depth == 0 || seen.len() >= FUNCTIONS {
                    found.unclear.get_or_insert(name);
                } else if seen.insert(callee) {
                    let before = found.clone();
                    follow(modules, callee, depth - 1, seen, found);
                    // A function that is named for a database and could not be followed to one still asks it.
                    if found.database.is_none()
                        && found.unclear != before.unclear
                        && subject(call.callee.last()) == Some(Subject::Database)
                    {
                        found.database = Some(name);
                    }
                }
            }
            _ => match judged(call) {
                Judged::Database => {
                    found.database.get_or_insert(name);
                }
                Judged::Other => found.others.push(name),
                Judged::Plain => {}
                Judged::Unclear => {
                    found.unclear.get_or_insert(name);
                }
            },
        }
    }
}

fn shown(call: &CallSite) -> String {
    let mut name = call.callee.root.name().to_owned();
    for member in &call.callee.members {
        name.push('.');
        name.push_str(member);
    }
    name
}

enum Judged {
    Database,
    Other,
    Plain,
    Unclear,
}

/// Methods that only databases have.
const QUERIES: &[&str] = &[
    "query",
    "execute",
    "$queryRaw",
    "$queryRawUnsafe",
    "$executeRaw",
    "$executeRawUnsafe",
    "raw",
    "authenticate",
    "scalar",
    "findFirst",
    "findMany",
    "findOne",
    "findUnique",
    "countDocuments",
    "estimatedDocumentCount",
    "runCommand",
    "exec_driver_sql",
    "ensure_connection",
    "pingCheck",
    "cursor",
    "fetchone",
    "fetchval",
    "fetch_one",
    "fetchrow",
    "queryRaw",
    "command",
    "selectFrom",
    "isInitialized",
    "admin",
    "$connect",
];

/// Functions of a language or a framework that ask nobody.
const PLAIN: &[&str] = &[
    "json",
    "send",
    "status",
    "sendStatus",
    "end",
    "code",
    "header",
    "headers",
    "set",
    "setHeader",
    "type",
    "jsonify",
    "JSONResponse",
    "Response",
    "HttpResponse",
    "JsonResponse",
    "PlainTextResponse",
    "toISOString",
    "now",
    "utcnow",
    "isoformat",
    "uptime",
    "time",
    "info",
    "debug",
    "warn",
    "warning",
    "error",
    "log",
    "reduce",
    "map",
    "filter",
    "values",
    "keys",
    "entries",
    "push",
    "toFixed",
    "memoryUsage",
    "cpuUsage",
    "round",
    "next",
    "import",
    "then",
    "catch",
    "finally",
    "text",
    "write",
    "writeHead",
    "every",
    "some",
    "includes",
    "join",
    "toString",
    "str",
    "int",
    "float",
    "len",
    "dict",
    "list",
    "timezone",
    "strftime",
    "total_seconds",
    "append",
    "format",
    "get",
    "openapi",
    "success",
    "ok",
    "parse",
    "stringify",
    "forEach",
    "exception",
    "getattr",
    "isinstance",
    "hrtime",
    "perf_counter",
    "timestamp",
    "min",
    "max",
    "sum",
    "render",
    "find",
    "all",
    "allSettled",
    "loadavg",
    "totalmem",
    "freemem",
    "cpus",
    "hostname",
    "platform",
    "getTime",
    "replace",
    "split",
    "trim",
    "slice",
    "startsWith",
];

const PLAIN_MODULES: &[&str] = &[
    "os",
    "node:os",
    "process",
    "node:process",
    "datetime",
    "time",
    "platform",
    "psutil",
    "logging",
    "next/server",
    "fastapi",
    "flask",
    "starlette",
    "django.http",
    "express",
    "hono",
    "perf_hooks",
    "node:perf_hooks",
    "fs",
    "node:fs",
    "path",
    "node:path",
    "rest_framework.response",
    "date-fns",
    "dayjs",
    "moment",
    "http-status-codes",
    "zod",
    "structlog",
    "sys",
    "json",
    "socket",
    "uuid",
    "fastapi.responses",
    "starlette.responses",
    "@asteasolutions/zod-to-openapi",
    "importlib.metadata",
    "loguru",
    "asyncio",
];

const PLAIN_GLOBALS: &[&str] = &[
    "Date",
    "JSON",
    "Object",
    "Math",
    "Number",
    "String",
    "Array",
    "Boolean",
    "process",
    "console",
    "Response",
    "Promise",
    "parseInt",
    "parseFloat",
    "Buffer",
    "Error",
    "Map",
    "Set",
    "performance",
    "NextResponse",
    "setTimeout",
    "clearTimeout",
    "encodeURIComponent",
    "Symbol",
    "BigInt",
    "AbortSignal",
    "AbortController",
    "URL",
    "range",
    "sorted",
    "bool",
    "print",
    "any",
    "type",
    "hasattr",
    "tuple",
    "set",
    "Headers",
    "Deno",
    "Bun",
    "require",
    "TextEncoder",
    "super",
    "property",
];

fn judged(call: &CallSite) -> Judged {
    let last = call.callee.last();
    let path = shown(call);
    if call.callee.module().is_some_and(|module| PLAIN_MODULES.contains(&module)) {
        return Judged::Plain;
    }
    if let Root::Global(name) = &call.callee.root
        && PLAIN_GLOBALS.contains(&name.as_str())
    {
        return Judged::Plain;
    }
    if matches!(last, "fetch" | "request" | "urlopen") {
        return Judged::Other;
    }
    let module = call.callee.module().unwrap_or_default();
    match subject(&path).or_else(|| subject(module)) {
        Some(Subject::Database) => return Judged::Database,
        Some(Subject::Other) => return Judged::Other,
        None => {}
    }
    if QUERIES.contains(&last) {
        return Judged::Database;
    }
    if PLAIN.contains(&last) || path.to_ascii_lowercase().contains("log") {
        return Judged::Plain;
    }
    Judged::Unclear
}

#[derive(Debug, PartialEq, Eq)]
enum Subject {
    Database,
    Other,
}

/// What a name speaks of.
fn subject(name: &str) -> Option<Subject> {
    let words = words(name);
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if any(&[
        "db",
        "dbs",
        "database",
        "databases",
        "prisma",
        "mongoose",
        "sequelize",
        "knex",
        "pool",
        "supabase",
        "engine",
        "drizzle",
        "typeorm",
        "mongo",
        "mongodb",
        "pg",
        "postgres",
        "postgresql",
        "mysql",
        "sqlite",
        "sql",
        "sqlalchemy",
        "orm",
        "datasource",
        "repository",
        "session",
        "firestore",
        "dynamodb",
        "kysely",
    ]) {
        return Some(Subject::Database);
    }
    let other = any(&[
        "redis",
        "cache",
        "queue",
        "queues",
        "kafka",
        "rabbit",
        "rabbitmq",
        "amqp",
        "axios",
        "httpx",
        "elasticsearch",
        "opensearch",
        "s3",
        "storage",
        "dlq",
        "worker",
        "celery",
        "broker",
        "qdrant",
        "jobs",
        "openai",
        "minio",
        "nats",
        "ping",
    ]);
    other.then_some(Subject::Other)
}

fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() || (lower && letter.is_ascii_uppercase()) {
            words.push(String::new());
        }
        lower = letter.is_ascii_lowercase();
        if letter.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_ask() {
        assert_eq!(subject("checkDbConnection"), Some(Subject::Database));
        assert_eq!(subject("prisma.$queryRaw"), Some(Subject::Database));
        assert_eq!(subject("jobQueue.getDeadLetterQueue"), Some(Subject::Other));
        assert_eq!(subject("feedback"), None);
    }
}
