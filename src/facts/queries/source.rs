//! Where a value comes from: a constant, the caller's identity, the request, or a parameter.

use super::Source;
use crate::code::{BindingKind, Flags, Kind, NodeRef, Role};
use crate::text::remembered::{Answers, remembered};

/// Steps from a name to where it comes from.
const HOPS: usize = 8;

/// Names of what holds the identity of the caller.
const IDENTITIES: [&str; 25] = [
    "apiauth",
    "apiuser",
    "apikeyowner",
    "currentuser",
    "authuser",
    "sessionuser",
    "loggedinuser",
    "user",
    "session",
    "principal",
    "viewer",
    "auth",
    "me",
    "claims",
    "jwt",
    "jwtpayload",
    "identity",
    "actor",
    "requser",
    "authenticateduser",
    "activeuser",
    "authcontext",
    "userctx",
    "authsession",
    "account",
];

/// What a framework gives a request; any other name on it was put there by the program.
const GIVEN: [&str; 46] = [
    "params",
    "query",
    "body",
    "headers",
    "header",
    "url",
    "method",
    "ip",
    "ips",
    "path",
    "originalUrl",
    "hostname",
    "protocol",
    "cookies",
    "json",
    "text",
    "formData",
    "nextUrl",
    "searchParams",
    "log",
    "server",
    "raw",
    "socket",
    "file",
    "files",
    "get",
    "geo",
    "id",
    "app",
    "route",
    "valid",
    "param",
    "queries",
    "path_params",
    "query_params",
    "args",
    "form",
    "data",
    "GET",
    "POST",
    "META",
    "FILES",
    "state",
    "on",
    "signal",
    "req",
];

/// Where the value of `node` comes from.
pub fn source(node: NodeRef<'_>) -> Source {
    of(node, HOPS)
}

fn of(node: NodeRef<'_>, hops: usize) -> Source {
    if hops == 0 {
        return Source::Other;
    }
    match node.kind() {
        Kind::String | Kind::Number | Kind::Boolean | Kind::Null => Source::Constant,
        Kind::Unary if node.name() != "delete" => inner(node, Role::Value, hops),
        Kind::Await | Kind::Spread => inner(node, Role::Value, hops),
        Kind::Identifier => identifier(node, hops),
        Kind::Member => member(node, hops),
        Kind::Index => inner(node, Role::Object, hops),
        Kind::Call => call(node, hops),
        Kind::Logical | Kind::Conditional | Kind::Template | Kind::Array | Kind::Binary => {
            let parts = node.children().filter(|child| !matches!(child.role(), Role::Condition | Role::Comment));
            strongest(parts.map(|part| of(part, hops - 1)))
        }
        Kind::Object => {
            let values = node.children_in(Role::Item).filter_map(|item| item.child(Role::Value));
            let parts: Vec<Source> = values.map(|value| of(value, hops - 1)).collect();
            // An object that holds several things is none of them.
            if parts.contains(&Source::Other) && !parts.contains(&Source::Session) {
                return Source::Other;
            }
            strongest(parts.into_iter())
        }
        Kind::Other => strongest(node.children().map(|child| of(child, hops - 1))),
        _ => Source::Other,
    }
}

fn inner(node: NodeRef<'_>, role: Role, hops: usize) -> Source {
    node.child(role).map_or(Source::Other, |value| of(value, hops - 1))
}

/// Of several values the one that matters most: who the caller is, then what the caller chose.
fn strongest(sources: impl Iterator<Item = Source>) -> Source {
    sources.max_by_key(rank).unwrap_or(Source::Other)
}

fn rank(source: &Source) -> u8 {
    match source {
        Source::Session => 4,
        Source::Request(_) => 3,
        Source::Parameter { .. } => 2,
        Source::Other => 1,
        Source::Constant => 0,
    }
}

fn identifier(node: NodeRef<'_>, hops: usize) -> Source {
    let Some(binding) = node.binding() else {
        return if is_identity(node.name()) { Source::Session } else { Source::Other };
    };
    let declaration = node.tree().at(binding.declaration);
    match binding.kind {
        BindingKind::Parameter => parameter(node, declaration),
        BindingKind::Variable if declaration.is(Kind::Assignment) => {
            let Some(value) = declaration.child(Role::Value) else { return written_later(node, hops) };
            let source = of(value, hops - 1);
            match (source, declaration.child(Role::Target)) {
                // `const user = await verifyUser(req)`.
                (Source::Other, _) if is_identity(node.name()) && is_made_of_request(value) => Source::Session,
                // `const { data: { user } } = await supabase.auth.getUser()` is told by its own name, too.
                (Source::Request(_), _) if is_identity(node.name()) => Source::Session,
                (Source::Request(_), Some(target)) if target.has(Flags::PATTERN) => {
                    Source::Request(node.name().to_owned())
                }
                (found @ Source::Parameter { .. }, Some(target)) if target.has(Flags::PATTERN) => {
                    if is_identity(node.name()) { Source::Session } else { part(found, node.name()) }
                }
                // It gets its real value later.
                (Source::Constant, _) if binding.writes > 0 => Source::Other,
                (found, _) => found,
            }
        }
        BindingKind::Variable if declaration.is(Kind::Loop) => Source::Other,
        _ => Source::Other,
    }
}

/// What a variable without a first value is given in the branches that follow: `let userId; if (…) userId = …`.
fn written_later(node: NodeRef<'_>, hops: usize) -> Source {
    let Some(binding) = node.binding_id() else { return Source::Other };
    let writes = node.tree().references(binding).filter(|reference| reference.role() == Role::Target).take(8);
    let values = writes
        .filter_map(NodeRef::parent)
        .filter(|parent| parent.is(Kind::Assignment))
        .filter_map(|assignment| assignment.child(Role::Value));
    strongest(values.map(|value| of(value, hops - 1)))
}

/// A call that is given the whole request.
fn is_made_of_request(value: NodeRef<'_>) -> bool {
    let call = if value.is(Kind::Await) { value.child(Role::Value).unwrap_or(value) } else { value };
    let given = |argument: NodeRef<'_>| {
        is_request(argument)
            || argument.is(Kind::Object)
                && argument.children_in(Role::Item).filter_map(|item| item.child(Role::Value)).any(is_request)
    };
    call.is(Kind::Call) && !call.receiver().is_some_and(is_client) && call.positional().any(given)
}

fn parameter(node: NodeRef<'_>, declaration: NodeRef<'_>) -> Source {
    let name = node.name();
    if matches!(name, "self" | "cls" | "db" | "supabase" | "prisma" | "client" | "tx" | "trx") {
        return Source::Other;
    }
    let parameter = if declaration.is(Kind::Parameter) {
        declaration
    } else {
        match declaration.ancestors().find(|above| above.is(Kind::Parameter)) {
            Some(parameter) => parameter,
            None => return Source::Other,
        }
    };
    let Some(function) = parameter.parent().filter(|parent| parent.is(Kind::Function)) else { return Source::Other };
    // In Python `session` is the database's.
    let is_session = name == "session" && parameter.child(Role::Annotation).is_some();
    if is_identity(name) && !is_session {
        return Source::Session;
    }
    let index = function.children_in(Role::Parameter).position(|other| other == parameter).unwrap_or(0);
    let path = vec![name.to_owned()];
    Source::Parameter { function: function.span().start, index, name: name.to_owned(), path }
}

/// What is looked up under `name` on a value.
fn part(of: Source, name: &str) -> Source {
    match of {
        Source::Request(_) => Source::Request(name.to_owned()),
        Source::Parameter { function, index, mut path, .. } => {
            path.push(name.to_owned());
            Source::Parameter { function, index, name: name.to_owned(), path }
        }
        other => other,
    }
}

fn member(node: NodeRef<'_>, hops: usize) -> Source {
    let object = node.child(Role::Object);
    let on_request = object.is_some_and(is_request);
    // `PlanType.FREE`.
    let upper = |name: &str| name.len() > 1 && name.chars().all(|char| char.is_ascii_uppercase() || char == '_');
    let listed = |object: NodeRef<'_>| object.is(Kind::Identifier) && object.name().starts_with(char::is_uppercase);
    if upper(node.name()) && object.is_some_and(listed) {
        return Source::Constant;
    }
    // `prisma.user` is a table.
    if object.is_some_and(is_client) {
        return Source::Other;
    }
    if is_identity(node.name()) || (on_request && !GIVEN.contains(&node.name())) {
        return Source::Session;
    }
    if on_request && node.name() != "state" && node.name() != "app" {
        return Source::Request(node.name().to_owned());
    }
    part(object.map_or(Source::Other, |object| of(object, hops - 1)), node.name())
}

/// Calls that only change the form of what they are given or called on, or read a part of it.
const FORMS: [&str; 44] = [
    "parse",
    "safeParse",
    "parseAsync",
    "safeParseAsync",
    "validate",
    "validateSync",
    "json",
    "get",
    "getAll",
    "text",
    "formData",
    "Number",
    "parseInt",
    "parseFloat",
    "String",
    "BigInt",
    "UUID",
    "int",
    "str",
    "toString",
    "trim",
    "decodeURIComponent",
    "toLowerCase",
    "toUpperCase",
    "fromEntries",
    "entries",
    "URL",
    "URLSearchParams",
    "ObjectId",
    "valid",
    "param",
    "query",
    "cast",
    "header",
    "getParam",
    "Array",
    "from",
    "split",
    "model_dump",
    "dict",
    "strip",
    "lower",
    "ObjectID",
    "queries",
];

fn call(node: NodeRef<'_>, hops: usize) -> Source {
    let name = node.callee_name().unwrap_or_default();
    if reads_identity(name) {
        return Source::Session;
    }
    if !FORMS.contains(&name) {
        return Source::Other;
    }
    let text = node.argument(0).filter(|argument| argument.is(Kind::String)).map(NodeRef::name);
    if text.is_some_and(|text| is_identity(text) && name == "get") {
        return Source::Session;
    }
    let receiver = node.receiver().map(|receiver| of(receiver, hops - 1));
    let arguments = node.positional().map(|argument| of(argument, hops - 1));
    match strongest(receiver.into_iter().chain(arguments)) {
        found @ (Source::Request(_) | Source::Parameter { .. }) => match text {
            Some(text) => part(found, text),
            None => found,
        },
        // A reading of something else: a map, a cache.
        Source::Constant if name == "get" => Source::Other,
        other => other,
    }
}

thread_local! {
    static IDENTITY: Answers<bool> = Answers::default();
    static READS_IDENTITY: Answers<bool> = Answers::default();
}

/// Whether a name is that of who calls.
pub(super) fn is_identity(name: &str) -> bool {
    remembered(&IDENTITY, name, |name| IDENTITIES.contains(&super::plain(name).as_str()))
}

/// Whether a call of that name tells who calls.
pub(super) fn reads_identity(name: &str) -> bool {
    remembered(&READS_IDENTITY, name, says_reading_of_identity)
}

fn says_reading_of_identity(name: &str) -> bool {
    let plain = super::plain(name);
    matches!(
        plain.as_str(),
        "auth" | "getuser" | "getsession" | "currentuser" | "getcurrentuser" | "getauth" | "getclaims"
    ) || plain.starts_with("getserversession")
        || [
            "session",
            "currentuser",
            "authuser",
            "authenticateduser",
            "requireauth",
            "requireuser",
            "useridfrom",
            "verifytoken",
            "authenticate",
            "getuserid",
            "getorgid",
            "gettenant",
            "getuserfrom",
            "userfromrequest",
        ]
        .iter()
        .any(|word| plain.contains(word))
            && !plain.contains("sessionlocal")
            && !plain.contains("createsession")
}

/// Whether `node` is the request itself.
pub(super) fn is_request(node: NodeRef<'_>) -> bool {
    let named = matches!(node.name(), "req" | "request" | "ctx" | "context" | "event" | "c");
    let wide = matches!(node.name(), "ctx" | "context" | "event" | "c");
    let known = node.binding().is_none_or(|binding| match &binding.kind {
        BindingKind::Parameter => true,
        // Flask and Quart give the request as a name of their module.
        BindingKind::Import { module, .. } => matches!(module.as_str(), "flask" | "quart"),
        _ => false,
    });
    // A context holds much else: a database, a log.
    named && !wide && (node.is(Kind::Member) || (node.is(Kind::Identifier) && known))
}

/// Whether `node` is what queries are made with, so that its members are tables.
pub(super) fn is_client(node: NodeRef<'_>) -> bool {
    let name = node.name().to_ascii_lowercase();
    matches!(node.kind(), Kind::Identifier | Kind::Member)
        && (name.contains("prisma")
            || matches!(name.as_str(), "db" | "tx" | "trx" | "database" | "orm" | "models" | "schema" | "tables"))
        || (node.is(Kind::Member) && node.name() == "query" && node.child(Role::Object).is_some_and(is_client))
}
