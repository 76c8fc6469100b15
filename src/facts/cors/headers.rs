//! `Access-Control-Allow-Origin` set by hand: by a call, by an assignment, in an object of headers.

use super::{
    CorsSite, Credentials, Reach,
    grant::{Grant, Stage},
    library::Library,
    options::{names_reads_only, truth_of},
    origin::grants,
    path::path_to,
    reader::{Reader, bare, constant, text_of},
};
use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    facts::Visit,
};

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";
pub(super) const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
pub(super) const ALLOW_METHODS: &str = "access-control-allow-methods";

const SETTERS: &[&str] = &[
    "setHeader",
    "header",
    "set",
    "append",
    "set_header",
    "send_header",
    "add",
    "add_header",
    "setdefault",
    "appendHeader",
    "setResponseHeader",
    "putHeader",
];

/// Nodes that are searched for the headers beside one.
const MAX_NEAR: usize = 3000;

/// `res.setHeader("Access-Control-Allow-Origin", …)`.
pub(super) fn of_call(reader: &Reader<'_>, file: &Visit<'_>, call: NodeRef<'_>) -> Option<CorsSite> {
    if !SETTERS.contains(&call.callee_name()?) {
        return None;
    }
    // Some frameworks pass the context or the event first.
    let arguments: Vec<_> = call.positional().take(3).collect();
    let at = arguments.iter().position(|argument| is_name(*argument, ALLOW_ORIGIN))?;
    let value = *arguments.get(at + 1)?;
    let near = call.enclosing_function().unwrap_or(call.tree().root());
    Some(build(reader, file, call, value, near))
}

/// `response.headers["Access-Control-Allow-Origin"] = …`.
pub(super) fn of_assignment(reader: &Reader<'_>, file: &Visit<'_>, assignment: NodeRef<'_>) -> Option<CorsSite> {
    let target = assignment.child(Role::Target).filter(|target| target.is(Kind::Index))?;
    if !target.child(Role::Index).is_some_and(|key| is_name(key, ALLOW_ORIGIN)) || target.text().contains("axios") {
        return None;
    }
    let value = assignment.child(Role::Value)?;
    let near = assignment.enclosing_function().unwrap_or(assignment.tree().root());
    Some(build(reader, file, assignment, value, near))
}

/// `{ "Access-Control-Allow-Origin": … }` and `{ key: "Access-Control-Allow-Origin", value: … }`.
pub(super) fn of_property(reader: &Reader<'_>, file: &Visit<'_>, property: NodeRef<'_>) -> Option<CorsSite> {
    let object = property.parent().filter(|parent| parent.is(Kind::Object) && !parent.has(Flags::PATTERN))?;
    let key = property.child(Role::Key).and_then(text_of).unwrap_or(property.name());
    if key.eq_ignore_ascii_case(ALLOW_ORIGIN) {
        if is_request(object) {
            return None;
        }
        let value = property.child(Role::Value)?;
        let mut site = build(reader, file, property, value, object);
        match table(object) {
            // Whoever answers with it says so, and each parameter keeps it back by default.
            Table::OnDemand => site.grants.iter_mut().for_each(|grant| grant.when.unclear = true),
            Table::Shared if site.reach == Reach::Whole && is_named_for_headers(file) => site.reach = Reach::Route,
            _ => {}
        }
        // A function that only builds headers is as wide as whoever calls it.
        if site.credentials == Credentials::No {
            let function = object.enclosing_function();
            site.credentials = function.map_or(Credentials::No, |near| header_near(near, ALLOW_CREDENTIALS));
        }
        return Some(site);
    }
    let names = property.name() == "key" && property.child(Role::Value).is_some_and(|name| is_name(name, ALLOW_ORIGIN));
    if !names {
        return None;
    }
    let value = object.property("value")?;
    let list = object.parent().filter(|parent| parent.is(Kind::Array)).unwrap_or(object);
    let mut site = build(reader, file, object, value, list);
    site.library = Library::HeaderRule;
    site.grants = rule_grants(reader, object, value);
    site.reach = match site.reach {
        Reach::Static => Reach::Static,
        _ => sources(list).map_or(Reach::Whole, |path| reach_of_path(&path)),
    };
    Some(site)
}

/// How an object of headers is used, when it has a name at the top of its file.
#[derive(PartialEq, Eq)]
enum Table {
    /// Only where a parameter asks for it: `...(cors && corsHeaders)`.
    OnDemand,
    /// By whoever imports or names it.
    Shared,
    /// It has no name: it goes where it stands.
    None,
}

fn table(object: NodeRef<'_>) -> Table {
    let held = object.ancestors().take(3).take_while(|above| matches!(above.kind(), Kind::Call | Kind::Assignment));
    let Some(name) = held.filter(|above| above.is(Kind::Assignment)).find_map(|above| above.child(Role::Target)) else {
        return Table::None;
    };
    let Some(id) = name.binding_id().filter(|id| name.tree().binding(*id).top_level) else { return Table::None };
    let mut uses = name.tree().references(id).filter(|reference| reference.role() != Role::Target).peekable();
    let asked = |used: NodeRef<'_>| {
        let choice = used.parent().filter(|parent| parent.is(Kind::Logical) && parent.name() == "&&");
        choice
            .and_then(|choice| choice.child(Role::Left))
            .is_some_and(|asks| asks.binding().is_some_and(|binding| binding.kind == BindingKind::Parameter))
    };
    if uses.peek().is_some() && uses.all(asked) { Table::OnDemand } else { Table::Shared }
}

/// A file that holds headers for others to use, not one that runs before every request.
fn is_named_for_headers(file: &Visit<'_>) -> bool {
    file.file.path.file_stem() == Some("cors")
}

fn rule_grants(reader: &Reader<'_>, object: NodeRef<'_>, value: NodeRef<'_>) -> Vec<Grant> {
    grants(reader, value, Library::HeaderRule, &super::script::guards(reader, object))
}

fn build(reader: &Reader<'_>, file: &Visit<'_>, node: NodeRef<'_>, value: NodeRef<'_>, near: NodeRef<'_>) -> CorsSite {
    let stop = node.enclosing_function().unwrap_or(node.tree().root());
    let conditions = path_to(reader, node, stop, 0);
    let mut grants = grants(reader, value, Library::Header, &conditions);
    if is_development_server(file, node) {
        for grant in &mut grants {
            grant.when.stage = Some(Stage::Development);
        }
    }
    if grants.is_empty() {
        grants = super::origin::fixed_grants(node.span(), &super::Audience::Nobody, &[Vec::new()]);
    }
    let (reach, reading) = reach_of(file, node, near);
    let reads_only =
        reading || header_value(near, ALLOW_METHODS).is_some_and(|value| names_reads_only(constant(value)));
    CorsSite {
        span: node.span(),
        library: Library::Header,
        grants,
        credentials: header_near(near, ALLOW_CREDENTIALS),
        reach,
        reads_only,
        options: None,
        class: class_around(node),
    }
}

/// The class whose methods set a header: frameworks are told about middleware by its name.
fn class_around(node: NodeRef<'_>) -> Option<String> {
    let class = node.ancestors().find(|outer| outer.is(Kind::Class))?;
    Some(class.name().to_owned()).filter(|name| !name.is_empty())
}

fn is_name(node: NodeRef<'_>, header: &str) -> bool {
    text_of(node).is_some_and(|text| text.eq_ignore_ascii_case(header))
}

/// The value of another header that is set near the one in question.
fn header_value<'t>(near: NodeRef<'t>, header: &str) -> Option<NodeRef<'t>> {
    near.descendants().take(MAX_NEAR).find_map(|node| match node.kind() {
        Kind::Property if node.name().eq_ignore_ascii_case(header) => node.child(Role::Value),
        Kind::Property => {
            node.child(Role::Key).filter(|key| is_name(*key, header)).and_then(|_| node.child(Role::Value))
        }
        Kind::Object => {
            let named = node.property("key").is_some_and(|name| is_name(name, header));
            if named { node.property("value") } else { None }
        }
        Kind::Call if SETTERS.contains(&node.callee_name().unwrap_or_default()) => {
            let arguments: Vec<_> = node.positional().take(3).collect();
            let at = arguments.iter().position(|argument| is_name(*argument, header))?;
            arguments.get(at + 1).copied()
        }
        Kind::Assignment => {
            let target = node.child(Role::Target).filter(|target| target.is(Kind::Index))?;
            target.child(Role::Index).filter(|key| is_name(*key, header))?;
            node.child(Role::Value)
        }
        _ => None,
    })
}

fn header_near(near: NodeRef<'_>, header: &str) -> Credentials {
    header_value(near, header).map_or(Credentials::No, truth_of)
}

/// Whether the same headers let shared caches keep the answer: it is the same for everybody.
fn is_cached_by_anyone(near: NodeRef<'_>) -> bool {
    !near.is(Kind::Module)
        && header_value(near, "cache-control")
            .is_some_and(|value| ["public", "immutable"].iter().any(|word| value.text().contains(word)))
}

/// What a header set by hand covers: static files, the route whose handler sets it, or what the file is for.
fn reach_of(file: &Visit<'_>, node: NodeRef<'_>, near: NodeRef<'_>) -> (Reach, bool) {
    let option = node.ancestors().take(12).any(|outer| {
        // The option of `express.static` and `koa-send`.
        outer.name() == "setHeaders" && matches!(outer.kind(), Kind::Property | Kind::Function)
    });
    if option || is_cached_by_anyone(near) {
        return (Reach::Static, false);
    }
    let route = node.ancestors().filter(|outer| outer.is(Kind::Call)).find_map(|call| {
        let verb = call.callee_name().filter(|name| VERBS.contains(name))?;
        let path = call.argument(0).and_then(text_of).filter(|path| path.starts_with('/'))?;
        Some((verb, path))
    });
    match route {
        Some((verb, path)) => {
            let reach = match reach_of_path(path) {
                Reach::Static => Reach::Static,
                _ if verb == "use" => Reach::Path(path.to_owned()),
                _ => Reach::Route,
            };
            (reach, matches!(verb, "get" | "head"))
        }
        // A constant is sent where somebody asks for it, whatever its file is called.
        None if is_shared_constant(node) => (Reach::Route, false),
        None => (reach_of_file(file), false),
    }
}

/// `export const CORS_HEADERS = new Headers({ … })`, in no function and in no object of a framework.
fn is_shared_constant(node: NodeRef<'_>) -> bool {
    let held = node.ancestors().find(|outer| outer.is(Kind::Assignment));
    let named = held.and_then(|held| held.child(Role::Target)).is_some_and(|target| {
        let plain = target.name().to_ascii_lowercase();
        target.is(Kind::Identifier) && plain.contains("header")
    });
    named && node.enclosing_function().is_none()
}

const VERBS: &[&str] = &["get", "head", "post", "put", "patch", "delete", "all", "use"];

/// Headers of an outgoing request, where the name is a mistake but opens nothing.
fn is_request(object: NodeRef<'_>) -> bool {
    let outgoing = |node: NodeRef<'_>| {
        node.ancestors().take(8).take_while(|outer| !outer.is(Kind::Function)).any(|outer| match outer.kind() {
            Kind::Call => sends(outer),
            Kind::Object => {
                let has = |name| outer.property(name).is_some();
                has("headers")
                    && !has("status")
                    && !has("statusCode")
                    && (has("method") || has("mode") || has("baseURL") || has("url"))
            }
            _ => false,
        })
    };
    if outgoing(object) {
        return true;
    }
    let held = object.parent().filter(|parent| parent.is(Kind::Assignment)).and_then(|it| it.child(Role::Target));
    let Some(id) = held.and_then(NodeRef::binding_id) else { return false };
    object.tree().references(id).any(outgoing)
}

fn sends(call: NodeRef<'_>) -> bool {
    let path = call.callee_path().unwrap_or_default();
    let name = call.callee_name().unwrap_or_default();
    let client =
        ["axios", "ky", "got", "superagent", "requests", "httpx", "aiohttp", "undici", "http.request", "https.request"]
            .iter()
            .any(|client| path.split('.').next() == Some(client) || path.starts_with(client));
    let fetches = matches!(name, "fetch" | "$fetch" | "useFetch" | "ofetch" | "Request" | "createProxyMiddleware");
    let verb = matches!(name, "get" | "post" | "put" | "patch" | "delete" | "request" | "create")
        && ["client", "api", "http", "session", "axios"].iter().any(|word| path.to_ascii_lowercase().contains(word));
    client || fetches || verb
}

/// A development server of a bundler.
fn is_development_server(file: &Visit<'_>, node: NodeRef<'_>) -> bool {
    let name = file.file.path.file_name().unwrap_or_default();
    let bundler = ["vite.config", "webpack", "vue.config", "rspack", "rsbuild", "craco", "metro.config", "vitest"]
        .iter()
        .any(|start| name.starts_with(start));
    bundler
        || node
            .ancestors()
            .any(|outer| outer.is(Kind::Property) && matches!(outer.name(), "devServer" | "webpackDevServer"))
}

/// The path under which a list of headers is sent: the `source` beside it, or beside its uses.
fn sources(list: NodeRef<'_>) -> Option<String> {
    let beside = |node: NodeRef<'_>| {
        let object =
            node.ancestors().take(4).find(|outer| outer.is(Kind::Object) && outer.property("source").is_some())?;
        text_of(bare(object.property("source")?)).map(ToOwned::to_owned)
    };
    if let Some(path) = beside(list) {
        return Some(path);
    }
    let target = list.parent().filter(|parent| parent.is(Kind::Assignment)).and_then(|it| it.child(Role::Target))?;
    list.tree().references(target.binding_id()?).find_map(beside)
}

/// What a path pattern of a header rule covers.
pub(super) fn reach_of_path(path: &str) -> Reach {
    let lower = path.to_ascii_lowercase();
    let file = lower.rsplit('/').next().unwrap_or_default();
    let extensions = [
        ".js",
        ".css",
        ".woff",
        ".woff2",
        ".ttf",
        ".otf",
        ".svg",
        ".png",
        ".jpg",
        ".webp",
        ".ico",
        ".xml",
        ".txt",
        ".webmanifest",
        ".wasm",
        ".map",
        "manifest.json",
        ".mp3",
        ".mp4",
        ".pdf",
    ];
    let folders = [
        "/fonts",
        "/static",
        "/_next/static",
        "/assets",
        "/images",
        "/img",
        "/.well-known",
        "/media",
        "/public",
        "/openapi",
        "/swagger",
        "/api-docs",
    ];
    if extensions.iter().any(|extension| file.contains(extension))
        || folders.iter().any(|folder| lower.starts_with(folder))
    {
        return Reach::Static;
    }
    if matches!(lower.as_str(), "*" | "/*" | "/(.*)" | "/:path*" | "(.*)" | "**" | "/**" | "**/*" | "/:path(.*)") {
        return Reach::Whole;
    }
    Reach::Path(path.to_owned())
}

/// Middleware speaks for the whole service, anything else for what it answers.
fn reach_of_file(file: &Visit<'_>) -> Reach {
    let stem = file.file.path.file_stem().unwrap_or_default();
    let whole = ["middleware", "proxy", "server", "app", "main", "index", "cors"];
    if whole.contains(&stem) { Reach::Whole } else { Reach::Route }
}
