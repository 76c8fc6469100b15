//! `stub-in-production`: what reports success has done the work.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Fact,
        access::span_of,
        intake::{Claim, Mark},
        modules::{Function, FunctionId, Modules, Name},
        routes::{Route, RouteKind, standing::Area},
        side::{Side, side_of},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: StubInProduction = StubInProduction;

pub(in crate::rules) struct StubInProduction;

/// Parts of paths behind which a lie costs most.
const GRAVE: &[&str] =
    &["password", "payment", "subscription", "billing", "checkout", "refund", "invoice", "2fa", "mfa"];

impl Rule for StubInProduction {
    fn id(&self) -> &'static str {
        "stub-in-production"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Intake, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let (mut sites, mut handlers) = (Vec::new(), 0);
        for route in cx.facts.routes(cx.repo).iter().filter(|route| asked(cx, route)) {
            let Some(Place::At(file, span)) = route.handler else { continue };
            let Some(id) = modules.function_at(file, span) else { continue };
            handlers += 1;
            sites.extend(pretending(cx, modules, route, id));
        }
        sites.extend(waiting(cx, modules));
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        Verdict::fail_or(sites, || {
            if handlers == 0 {
                Verdict::not_applicable("no-handlers")
            } else {
                Verdict::pass(cx.searched(Message::new("searched").count("n", handlers), handlers), [])
            }
        })
    }
}

fn asked(cx: &Context<'_>, route: &Route) -> bool {
    route.component == cx.component.id
        && matches!(route.kind, RouteKind::Http | RouteKind::ServerAction)
        && route.area() != Area::Trial
        && !is_pretended(cx, route.file)
}

/// A file that is there to stand for something else: `mocks/payments.ts`.
fn is_pretended(cx: &Context<'_>, file: FileId) -> bool {
    let path = cx.repo.file(file).path.as_str().to_ascii_lowercase();
    ["mock", "demo", "fake", "sample", "example", "sandbox", "seed", "simulat", "playground", "test"]
        .iter()
        .any(|word| path.contains(word))
}

/// A handler that says that it did what it does not do.
fn pretending(cx: &Context<'_>, modules: Modules<'_>, route: &Route, id: FunctionId) -> Option<Site> {
    let span = modules.function(id).span;
    let inside = |inner: &Span| span.start <= inner.start && inner.end <= span.end;
    let intake = &cx.facts.of(id.file)?.intake;
    let claims: Vec<&Claim> =
        intake.claims.iter().filter(|claim| inside(&claim.span) && inside(&claim.response)).collect();
    let marks: Vec<&Mark> = intake.marks.iter().filter(|mark| inside(&mark.span)).collect();
    let mark = marks.first()?;
    let told = |site: Site| {
        site.confidence(Confidence::Likely).related(Place::At(id.file, mark.span), "mark").key(&route.path)
    };
    if route.changes() && !calls(modules, id).into_iter().any(|name| !is_inert(name) && !is_read(name)) {
        let claim = claims.last()?;
        let grave = GRAVE.iter().any(|word| route.path.to_ascii_lowercase().contains(word));
        let message = Message::new("pretends").with("method", route.method.as_str()).with("path", route.path.as_str());
        let site = Site::new(Place::At(id.file, claim.span), message);
        return Some(told(if grave { site.severity(Severity::Critical) } else { site }));
    }
    let invented = claims.iter().find(|claim| claim.invented)?;
    if calls(modules, id).into_iter().any(|name| !is_inert(name)) {
        return None;
    }
    let message = Message::new("invented").with("method", route.method.as_str()).with("path", route.path.as_str());
    Some(told(Site::new(Place::At(id.file, invented.span), message).severity(Severity::Medium)))
}

/// What a function calls, its decorators left out.
fn calls(modules: Modules<'_>, id: FunctionId) -> Vec<&Name> {
    let decorators: Vec<Span> = modules.function(id).decorators.iter().filter_map(span_of).collect();
    let decorates = |span: Span| decorators.iter().any(|outer| outer.start <= span.start && span.end <= outer.end);
    modules.calls(id).filter(|call| !decorates(call.span)).map(|call| &call.callee).collect()
}

/// Functions whose work is a wait.
fn waiting(cx: &Context<'_>, modules: Modules<'_>) -> Vec<Site> {
    let mut functions: BTreeMap<FunctionId, Vec<Span>> = BTreeMap::new();
    for file in cx.files(Role::Source) {
        let Some(facts) = cx.facts.of(file.id).filter(|_| !is_pretended(cx, file.id)) else { continue };
        for wait in facts.intake.marks.iter().filter_map(|mark| mark.wait) {
            if let Some(id) = named_around(modules, file.id, wait) {
                functions.entry(id).or_default().push(wait);
            }
        }
    }
    let meant = |id: &FunctionId| {
        let name = modules.function(*id).name.to_ascii_lowercase();
        ["simul", "mock", "fake", "demo", "delay", "sleep"].iter().any(|word| name.contains(word))
    };
    functions
        .into_iter()
        .filter(|(id, _)| !meant(id))
        .map(|(id, waits)| {
            let client = side_of(cx.repo, cx.facts, cx.repo.file(id.file)).side == Side::Client;
            let name = modules.function(id).name.as_str();
            let message = Message::new(if client { "waits-client" } else { "waits" }).with("name", name);
            let site = Site::new(modules.place(id), message).confidence(Confidence::Likely).key(name);
            let site = waits.iter().fold(site, |site, wait| site.related(Place::At(id.file, *wait), "wait"));
            if client { site.severity(Severity::Medium) } else { site }
        })
        .collect()
}

/// The innermost function around `span` that has a name, else the outermost.
fn named_around(modules: Modules<'_>, file: FileId, span: Span) -> Option<FunctionId> {
    let functions = &modules.file(file)?.functions;
    let around = |function: &Function| function.span.start <= span.start && span.end <= function.span.end;
    let named = functions.iter().rposition(|function| around(function) && !function.name.is_empty());
    let index = named.or_else(|| functions.iter().position(around))?;
    Some(FunctionId { file, index })
}

/// Objects whose methods change nothing but themselves, or write a log.
const INERT_OBJECTS: &[&str] = &[
    "console",
    "logger",
    "log",
    "logging",
    "JSON",
    "Math",
    "Date",
    "Object",
    "Array",
    "Number",
    "String",
    "NextResponse",
    "Response",
    "z",
    "crypto",
    "random",
    "uuid",
    "datetime",
];
/// Calls that answer, look at their arguments, or make a value of them.
const INERT_CALLS: &[&str] = &[
    "json",
    "send",
    "status",
    "code",
    "end",
    "header",
    "type",
    "safeParse",
    "parse",
    "parseAsync",
    "safeParseAsync",
    "auth",
    "currentUser",
    "toString",
    "toISOString",
    "now",
    "slice",
    "substring",
    "substr",
    "split",
    "trim",
    "map",
    "filter",
    "push",
    "includes",
    "join",
    "replace",
    "test",
    "match",
    "flatten",
    "format",
    "toLowerCase",
    "toUpperCase",
    "padStart",
    "startsWith",
    "endsWith",
    "keys",
    "values",
    "entries",
    "String",
    "Number",
    "Boolean",
    "isNaN",
    "parseInt",
    "parseFloat",
    "Error",
    "Date",
    "Promise",
    "resolve",
    "setTimeout",
    "clearTimeout",
    "sleep",
    "next",
    "text",
    "formData",
    "uuid",
    "uuidv4",
    "v4",
    "nanoid",
    "randomUUID",
    "jsonify",
    "isoformat",
    "utcnow",
    "some",
    "every",
    "forEach",
    "reduce",
    "sort",
    "concat",
    "param",
    "Response",
    "JSONResponse",
    "HTTPException",
    "print",
    "str",
    "int",
    "len",
    "dict",
    "list",
    "charAt",
    "toFixed",
    "headers",
    "cookies",
    "redirect",
    "Router",
    "Set",
    "Map",
    "URL",
    "catch",
    "then",
    "wait",
    "delay",
];

/// A call that changes nothing anywhere: it answers, looks at its arguments, or writes a log.
fn is_inert(name: &Name) -> bool {
    let last = name.last();
    let root = name.root.name();
    if INERT_OBJECTS.contains(&root) || INERT_CALLS.contains(&last) {
        return true;
    }
    let after = |prefix: &str| {
        last.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_uppercase() || letter == '_'))
    };
    ["is", "has", "to", "format", "parse", "validate", "check", "verify", "require", "ensure", "assert", "get", "safe"]
        .iter()
        .any(|prefix| after(prefix))
        && !after("getOr")
        || ["Error", "Exception", "Response"].iter().any(|end| last.ends_with(end))
}

/// A call that only reads from somewhere.
fn is_read(name: &Name) -> bool {
    matches!(
        name.last(),
        "from"
            | "select"
            | "eq"
            | "single"
            | "maybeSingle"
            | "findUnique"
            | "findFirst"
            | "findMany"
            | "findOne"
            | "findById"
            | "where"
            | "limit"
            | "order"
            | "createClient"
            | "createServerClient"
            | "first"
            | "query"
    )
}
