//! `client-auth-header-missing`: calls between the repository's own services say who is calling.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact, Visit, Watch,
        modules::Definition,
        outbound,
        routes::{Route, RouteKind},
    },
    model::{ComponentId, Confidence, Evidence, FileId, Message, Observation, Place, Site, Tone, Verdict},
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: ClientAuthHeaderMissing = ClientAuthHeaderMissing;

pub(in crate::rules) struct ClientAuthHeaderMissing;

/// Words by which a call shows that it says who is calling.
const SAYS: [&str; 11] = [
    "auth",
    "credentials",
    "api-key",
    "apikey",
    "api_key",
    "cookie",
    "token",
    "secret",
    "bearer",
    "signature",
    "x-internal",
];

impl Rule for ClientAuthHeaderMissing {
    fn id(&self) -> &'static str {
        "client-auth-header-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["fetch", "axios", "requests", "httpx"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Access, Fact::Routes]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let script = file.file.language.is_some_and(crate::code::Language::is_script);
        let Some(request) = outbound::request(call, script).filter(|request| !request.makes_client) else { return };
        let plain = ["fetch", "axios", "requests.", "httpx."].iter().any(|start| request.call.starts_with(start));
        let Some(address) = call.argument(0).filter(|_| plain) else { return };
        if let Some(path) = path_behind_base(address) {
            let key = format!("{} {path}", method(call, &request.call));
            if names_caller(call) {
                out.good(file.place(call), "said").key = key;
            } else if !is_open(call) {
                out.bad(file.place(call), "bad").key = key;
            }
            return;
        }
        // A function that adds the base to the path it is given.
        let Some(function) = call.enclosing_function() else { return };
        if !says(function.text()) && function.children_in(crate::code::Role::Parameter).any(|it| is_path(it.name())) {
            "wrapper".clone_into(&mut out.note(file.place(call), "bad").key);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let guarded: Vec<&Route> = cx
            .facts
            .routes(cx.repo)
            .iter()
            .filter(|route| route.kind == RouteKind::Http && route.authenticates().is_some() && !lets_in(route))
            .collect();
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for seen in cx.seen {
            let Some(file) = seen.place.file() else { continue };
            let (route, path) = if seen.key == "wrapper" {
                let Some(found) = wrapped(cx, file, seen, &guarded) else { continue };
                found
            } else {
                let Some(route) = asked(&seen.key, cx.repo.file(file).component, &guarded) else { continue };
                (route, seen.key.clone())
            };
            if seen.tone == Tone::Good {
                fine.push(Evidence::At { place: seen.place.clone(), note: Message::new("said") });
                continue;
            }
            let message = Message::new("bad").with("path", path.as_str());
            let site = Site::new(seen.place.clone(), message).confidence(Confidence::Guess).key(path);
            sites.push(site.related(route.place.clone(), "route"));
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("none")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

/// Whether a route is there for those who are not logged in yet, whatever else it checks.
fn lets_in(route: &Route) -> bool {
    const WORDS: [&str; 12] = [
        "auth", "login", "signin", "signup", "register", "token", "tokens", "session", "sessions", "password", "users",
        "accounts",
    ];
    route.public.is_some() || route.path.split(['/', '-', '_']).any(|word| WORDS.contains(&word))
}

fn says(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    SAYS.iter().any(|word| lower.contains(word))
}

/// Whether the options of a call say who is calling: a header, a cookie, a setting of the library.
fn names_caller(call: NodeRef<'_>) -> bool {
    const SETTINGS: [&str; 4] = ["credentials", "withCredentials", "auth", "cookies"];
    let options: Vec<NodeRef<'_>> = call.positional().skip(1).map(NodeRef::resolved).collect();
    let given = |name: &str| call.keyword(name).or_else(|| options.iter().find_map(|it| it.property(name)));
    SETTINGS.iter().any(|name| given(name).is_some())
        || given("headers").is_some_and(|headers| says(headers.text()) || says(headers.resolved().text()))
}

fn is_path(name: &str) -> bool {
    matches!(name, "path" | "endpoint" | "url" | "route" | "uri" | "pathname" | "input" | "resource")
}

/// Options that come from elsewhere, so that they may say it.
fn is_open(call: NodeRef<'_>) -> bool {
    let given: Vec<NodeRef<'_>> = call.positional().skip(1).map(NodeRef::resolved).collect();
    let headers = |options: &NodeRef<'_>| {
        options.property("headers").map(NodeRef::resolved).is_some_and(|it| !it.is(Kind::Object) || it.has_spread())
    };
    let keyword =
        call.keyword("headers").map(NodeRef::resolved).is_some_and(|it| !it.is(Kind::Object) || it.has_spread());
    call.has_spread()
        || keyword
        || call.keyword("cookies").is_some()
        || given.iter().any(|options| {
            !matches!(options.kind(), Kind::Object | Kind::String | Kind::Template | Kind::Null)
                || options.has_spread()
                || headers(options)
        })
}

/// The path of `${base}/items/${id}`: what stands behind the first hole, with `:` for each further one.
fn path_behind_base(address: NodeRef<'_>) -> Option<String> {
    let address = address.resolved();
    if !address.is(Kind::Template) {
        return None;
    }
    let mut pieces = address.children();
    pieces.next().filter(|base| !base.is(Kind::String))?;
    let mut path = String::new();
    for piece in pieces {
        if piece.is(Kind::String) {
            path.push_str(piece.name());
        } else {
            path.push(':');
        }
    }
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
    (path.starts_with('/') && path.len() > 1).then_some(path)
}

fn method(call: NodeRef<'_>, name: &str) -> String {
    let options = call.argument(1).map(NodeRef::resolved);
    let stated = options.and_then(|options| options.property("method")?.constant_str());
    let verb = name.rsplit('.').next().unwrap_or_default().to_ascii_uppercase();
    let known = matches!(verb.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE");
    stated.map_or_else(|| if known { verb } else { "GET".to_owned() }, |method| method.to_ascii_uppercase())
}

/// The guarded route of another part of the repository that `POST /jobs` asks.
fn asked<'r>(request: &str, from: ComponentId, guarded: &[&'r Route]) -> Option<&'r Route> {
    let (method, path) = request.split_once(' ')?;
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    guarded.iter().copied().find(|route| {
        let there: Vec<&str> = route.path.trim_matches('/').split('/').collect();
        let hole = |part: &str| part.starts_with([':', '{', '[', '<', '$']);
        route.component != from
            && (route.method == method || route.method == "ALL")
            && parts.len() == there.len()
            && parts.iter().zip(&there).all(|(here, there)| here == there || hole(there) && hole(here))
            && parts.iter().any(|part| !hole(part) && *part != "api")
    })
}

/// A guarded route that a caller of the function around `seen` asks, and the first such request.
fn wrapped<'r>(
    cx: &Context<'_>,
    file: FileId,
    seen: &Observation,
    guarded: &[&'r Route],
) -> Option<(&'r Route, String)> {
    let Place::At(_, span) = seen.place else { return None };
    let modules = cx.facts.modules(cx.repo);
    let function = modules.function_around(file, span)?;
    let name = modules.function(function).name.as_str();
    if name.is_empty() {
        return None;
    }
    let mut texts: BTreeMap<FileId, std::sync::Arc<str>> = BTreeMap::new();
    for (caller, facts) in modules.files() {
        for call in facts.calls.iter().filter(|call| call.callee.last() == name) {
            let leads = match modules.definition(caller, &call.callee) {
                Definition::Function(found) => found == function,
                _ => false,
            };
            if !leads {
                continue;
            }
            if let Entry::Vacant(free) = texts.entry(caller) {
                free.insert(cx.repo.read(caller).ok()?);
            }
            let text = texts.get(&caller)?.get(call.span.range())?;
            let Some(request) = request_of(text).filter(|_| !says(text)) else { continue };
            if let Some(route) = asked(&request, cx.repo.file(file).component, guarded) {
                return Some((route, request));
            }
        }
    }
    None
}

/// Method and path of `send<T>('/jobs', { method: 'POST' })`, by its text.
fn request_of(call: &str) -> Option<String> {
    let arguments = &call[call.find('(')? + 1..];
    let quote = arguments.trim_start().chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    let inner = &arguments.trim_start()[1..];
    let literal = &inner[..inner.find(quote)?];
    let mut path = String::new();
    let mut rest = literal.split(['?', '#']).next().unwrap_or_default();
    while let Some(at) = rest.find("${") {
        path.push_str(&rest[..at]);
        path.push(':');
        rest = rest[at..].split_once('}').map_or("", |(_, behind)| behind);
    }
    path.push_str(rest);
    let method = ["POST", "PUT", "PATCH", "DELETE"]
        .iter()
        .find(|method| arguments.contains(&format!("'{method}'")) || arguments.contains(&format!("\"{method}\"")));
    let path = format!("/{}", path.trim_matches('/'));
    (path.len() > 1).then(|| format!("{} {path}", method.unwrap_or(&"GET")))
}
