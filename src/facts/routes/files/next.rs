//! Next.js: route handlers, pages and API pages by where they lie, server actions, and what the middleware does for
//! which path.

use camino::Utf8PathBuf;

use super::{
    GuardDoes, RouteKind, Unresolved,
    draft::{Attached, Draft, What, spelled},
    fastapi::span_of,
    matcher,
    mounts::Sources,
    script_signs::{PathMatch, PathRule, PathTest},
};
use crate::{
    facts::modules::{Definition, ExportSource, FunctionId, Shape},
    model::{FileId, Place, Span},
    repo::Role,
};

/// Wrappers around a handler.
const DEPTH: usize = 6;
/// Re-exports from a route file to its handler.
const HOPS: usize = 20;
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const EXTENSIONS: &[&str] = &["ts", "tsx", "js", "jsx", "mjs", "mts"];

/// One application of Next.js.
struct App {
    folder: Utf8PathBuf,
    base: String,
    middleware: Option<Middleware>,
}

/// `middleware.ts`, with the paths for which it runs.
struct Middleware {
    file: FileId,
    /// None: every path. A matcher that cannot be read is an empty list.
    matchers: Option<Vec<String>>,
    readable: bool,
    rules: Vec<(FileId, PathRule)>,
    /// What it does as a whole.
    whole: Option<Attached>,
    /// A wrapper that refuses everybody who is not known, whatever the path.
    blocks: bool,
}

/// What a file is by where it lies.
enum Lies {
    Handler(String),
    Page(String),
    Api(String),
    OldPage(String),
}

/// The routes, pages and server actions of every Next.js application.
pub(super) fn routes(sources: Sources<'_>) -> Vec<Draft> {
    let apps = apps(sources);
    let mut drafts = Vec::new();
    for file in sources.repo.files().iter().filter(|file| file.role == Role::Source) {
        let Some(name) = file.path.file_name() else { continue };
        let Some((_, extension)) = name.rsplit_once('.') else { continue };
        if !EXTENSIONS.contains(&extension) || sources.facts.of(file.id).is_none() {
            continue;
        }
        let app = apps.iter().filter(|app| file.path.starts_with(&app.folder) || app.folder.as_str().is_empty());
        let Some(app) = app.max_by_key(|app| app.folder.as_str().len()) else { continue };
        let one = OfFile { sources, app, file: file.id };
        one.actions(&mut drafts);
        let Ok(rest) = file.path.strip_prefix(&app.folder) else { continue };
        match lies(rest.as_str()) {
            Some(Lies::Handler(path)) => one.handlers(&path, &mut drafts),
            Some(Lies::Api(path)) => one.api(&path, &mut drafts),
            Some(Lies::Page(path)) => one.page(&path, rest.as_str(), &mut drafts),
            Some(Lies::OldPage(path)) => one.old_page(&path, &mut drafts),
            None => {}
        }
    }
    drafts
}

fn apps(sources: Sources<'_>) -> Vec<App> {
    let repo = sources.repo;
    let mut folders: Vec<Utf8PathBuf> = repo
        .manifests()
        .iter()
        .filter(|manifest| manifest.dependency("next").is_some())
        .map(|manifest| manifest.folder.clone())
        .collect();
    folders.sort();
    folders.dedup();
    folders
        .into_iter()
        .map(|folder| {
            let base = base_path(sources, &folder);
            let middleware = middleware(sources, &folder);
            App { folder, base, middleware }
        })
        .collect()
}

fn base_path(sources: Sources<'_>, folder: &Utf8PathBuf) -> String {
    let configs = ["js", "mjs", "ts", "cjs"].map(|extension| folder.join(format!("next.config.{extension}")));
    let found = configs.iter().filter_map(|path| sources.repo.by_path(path)).find_map(|file| {
        let values = &sources.modules.file(file.id)?.values;
        values.iter().find_map(|value| Some(value.shape.get("basePath")?.as_text()?.to_owned()))
    });
    found.unwrap_or_default()
}

/// The URL path of a file, and what it is.
fn lies(rest: &str) -> Option<Lies> {
    let rest = rest.strip_prefix("src/").unwrap_or(rest);
    let (stem, _) = rest.rsplit_once('.')?;
    if let Some(below) = stem.strip_prefix("app/") {
        let (folders, name) = below.rsplit_once('/').unwrap_or(("", below));
        let mut path = String::new();
        for segment in folders.split('/').filter(|segment| !segment.is_empty()) {
            let intercepts = ["(.)", "(..)", "(...)"].iter().any(|mark| segment.starts_with(mark));
            if intercepts || segment.starts_with('_') {
                return None;
            }
            if (segment.starts_with('(') && segment.ends_with(')')) || segment.starts_with('@') {
                continue;
            }
            path.push('/');
            path.push_str(segment);
        }
        let path = if path.is_empty() { "/".to_owned() } else { path };
        return match name {
            "route" => Some(Lies::Handler(path)),
            "page" => Some(Lies::Page(path)),
            _ => None,
        };
    }
    let below = stem.strip_prefix("pages/")?;
    let below = below.strip_suffix(".page").unwrap_or(below);
    let path = match below {
        "index" => "/".to_owned(),
        below => format!("/{}", below.strip_suffix("/index").unwrap_or(below)),
    };
    if path == "/api" || path.starts_with("/api/") {
        return Some(Lies::Api(path));
    }
    let name = below.rsplit('/').next().unwrap_or(below);
    if name.starts_with('_') || matches!(name, "404" | "500") || name.contains('.') {
        return None;
    }
    Some(Lies::OldPage(path))
}

/// One file of an application.
struct OfFile<'a, 'b> {
    sources: Sources<'a>,
    app: &'b App,
    file: FileId,
}

impl OfFile<'_, '_> {
    fn handlers(&self, path: &str, drafts: &mut Vec<Draft>) {
        let Some(module) = self.sources.modules.file(self.file) else { return };
        for export in &module.exports {
            if METHODS.contains(&export.name.as_str()) {
                let (handler, attached) = self.exported(&export.name);
                self.push(RouteKind::Http, &export.name, path, export.span, handler, attached, drafts);
            }
        }
    }

    /// A page of the old API: one handler for all methods, unless it asks for the method.
    fn api(&self, path: &str, drafts: &mut Vec<Draft>) {
        let Some(module) = self.sources.modules.file(self.file) else { return };
        let Some(export) = module.exports.iter().find(|export| export.name == "default") else { return };
        let (handler, attached) = self.exported("default");
        let checks = &self.sources.facts.of(self.file).expect("the file has exports").routes.methods;
        let mut methods: Vec<&str> = Vec::new();
        for check in checks {
            if check.method != "OPTIONS" && !methods.contains(&check.method.as_str()) {
                methods.push(&check.method);
            }
        }
        if methods.is_empty() {
            methods.push("ALL");
        }
        for method in methods {
            self.push(RouteKind::Http, method, path, export.span, handler, attached.clone(), drafts);
        }
    }

    fn page(&self, path: &str, rest: &str, drafts: &mut Vec<Draft>) {
        let (handler, mut attached) = self.exported("default");
        // Every layout above the page runs with it.
        let mut folder = rest.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut layouts = Vec::new();
        while !folder.is_empty() {
            for extension in EXTENSIONS {
                let layout = self.app.folder.join(folder).join(format!("layout.{extension}"));
                let Some(file) = self.sources.repo.by_path(&layout) else { continue };
                if let Definition::Function(function) = self.sources.modules.exported(file.id, "default", HOPS) {
                    let place = self.sources.modules.place(function);
                    layouts.push(Attached { name: "layout".to_owned(), place, what: What::Function(function) });
                }
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
        attached.splice(0..0, layouts.into_iter().rev());
        let span = handler.map_or(Span { start: 0, end: 0 }, |handler| self.sources.modules.function(handler).span);
        self.push(RouteKind::Page, "GET", path, span, handler, attached, drafts);
    }

    fn old_page(&self, path: &str, drafts: &mut Vec<Draft>) {
        let Some(module) = self.sources.modules.file(self.file) else { return };
        if module.exports.iter().all(|export| export.name != "default") {
            return;
        }
        let loads = module.exports.iter().any(|export| export.name == "getServerSideProps");
        let (handler, attached) = self.exported(if loads { "getServerSideProps" } else { "default" });
        let span = handler.map_or(Span { start: 0, end: 0 }, |handler| self.sources.modules.function(handler).span);
        self.push(RouteKind::Page, "GET", path, span, handler, attached, drafts);
    }

    fn actions(&self, drafts: &mut Vec<Draft>) {
        let modules = self.sources.modules;
        let Some(facts) = self.sources.facts.of(self.file) else { return };
        if facts.routes.serves_file {
            for export in &facts.modules.exports {
                let (handler, attached) = self.exported(&export.name);
                let chained = self.chained(&export.source);
                if let Some((handler, attached)) = chained {
                    self.push(RouteKind::ServerAction, "", &export.name, export.span, handler, attached, drafts);
                } else if handler.is_some() {
                    self.push(RouteKind::ServerAction, "", &export.name, export.span, handler, attached, drafts);
                }
            }
            return;
        }
        for span in &facts.routes.served {
            let Some(function) = modules.function_at(self.file, *span) else { continue };
            let name = modules.function(function).name.clone();
            self.push(RouteKind::ServerAction, "", &name, *span, Some(function), Vec::new(), drafts);
        }
    }

    /// `export const save = authClient.schema(…).action(handler)`.
    fn chained(&self, source: &ExportSource) -> Option<(Option<FunctionId>, Vec<Attached>)> {
        let ExportSource::Own(shape) = source else { return None };
        let modules = self.sources.modules;
        let span = match shape {
            Shape::Call(call) => call.span,
            Shape::Name(name) => match modules.definition(self.file, name) {
                Definition::Value { file, value } if file == self.file => span_of(&value.shape)?,
                _ => return None,
            },
            _ => return None,
        };
        let chains = &self.sources.facts.of(self.file)?.routes.chains;
        let chain = chains.iter().find(|chain| chain.span == span)?;
        let (handler, attached, _) = super::trpc::followed(self.sources, self.file, chain, DEPTH);
        Some((handler, attached))
    }

    /// The handler behind an export, and the wrappers around it.
    fn exported(&self, name: &str) -> (Option<FunctionId>, Vec<Attached>) {
        let mut attached = Vec::new();
        let handler = match self.sources.modules.exported(self.file, name, HOPS) {
            Definition::Function(function) => Some(function),
            Definition::Value { file, value } => self.unwrapped(file, &value.shape, DEPTH, &mut attached),
            Definition::Shape { file, shape } => self.unwrapped(file, shape, DEPTH, &mut attached),
            _ => None,
        };
        (handler, attached)
    }

    fn unwrapped(&self, file: FileId, shape: &Shape, depth: usize, attached: &mut Vec<Attached>) -> Option<FunctionId> {
        let modules = self.sources.modules;
        match shape {
            _ if depth == 0 => None,
            Shape::Function(span) => modules.function_at(file, *span),
            Shape::Name(name) => match modules.definition(file, name) {
                Definition::Function(function) => Some(function),
                Definition::Value { file, value } => self.unwrapped(file, &value.shape, depth - 1, attached),
                Definition::Shape { file, shape } => self.unwrapped(file, shape, depth - 1, attached),
                _ => None,
            },
            Shape::Call(call) => {
                attached.push(Attached {
                    name: spelled(&call.callee),
                    ..Attached::of(file, shape, Place::At(file, call.span))
                });
                let inner = call.arguments.iter().flat_map(|argument| match argument {
                    Shape::Object(entries) => entries
                        .iter()
                        .filter(|(key, _)| matches!(key.as_str(), "handler" | "action" | "fn" | "resolver"))
                        .map(|(_, value)| value)
                        .collect(),
                    other => vec![other],
                });
                let mut inner: Vec<&Shape> = inner.collect();
                // The handler stands last as a rule; what stands before it are options and checks.
                inner.reverse();
                inner.into_iter().find_map(|argument| self.unwrapped(file, argument, depth - 1, attached))
            }
            _ => None,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is one field of the route")]
    fn push(
        &self,
        kind: RouteKind,
        method: &str,
        path: &str,
        span: Span,
        handler: Option<FunctionId>,
        attached: Vec<Attached>,
        drafts: &mut Vec<Draft>,
    ) {
        let mut all = Vec::new();
        let mut unresolved = None;
        let path = if kind == RouteKind::ServerAction {
            path.to_owned()
        } else {
            if let Some(middleware) = &self.app.middleware {
                match middleware.on(path) {
                    OnPath::Blocks(attached) => all.push(attached),
                    OnPath::Nothing => {}
                    OnPath::Unknown(attached) => {
                        all.push(attached);
                        unresolved = Some(Unresolved::Middleware);
                    }
                }
            }
            match (self.app.base.as_str(), path) {
                ("", path) => path.to_owned(),
                (base, "/") => base.to_owned(),
                (base, path) => format!("{base}{path}"),
            }
        };
        all.extend(attached);
        drafts.push(Draft {
            kind,
            method: method.to_owned(),
            path,
            framework: "nextjs",
            file: self.file,
            span,
            handler,
            attached: all,
            unresolved: unresolved.or_else(|| handler.is_none().then_some(Unresolved::Handler)),
            public: None,
        });
    }
}

/// What the middleware does on one path.
enum OnPath {
    Nothing,
    Blocks(Attached),
    Unknown(Attached),
}

fn middleware(sources: Sources<'_>, folder: &Utf8PathBuf) -> Option<Middleware> {
    let modules = sources.modules;
    let names = ["middleware", "proxy", "src/middleware", "src/proxy"];
    let mut paths =
        names.iter().flat_map(|name| EXTENSIONS.iter().map(move |one| folder.join(format!("{name}.{one}"))));
    let file = paths.find_map(|path| sources.repo.by_path(&path))?.id;
    let module = modules.file(file)?;
    let config = module.values.iter().find(|value| value.name == "config").map(|value| &value.shape);
    let matcher = config.and_then(|config| config.get("matcher"));
    let (matchers, readable) = match matcher {
        None => (None, true),
        Some(Shape::Text(text)) => (Some(vec![text.clone()]), true),
        Some(Shape::Array(items)) => {
            let read: Vec<String> = items
                .iter()
                .filter_map(|item| item.as_text().or_else(|| item.get("source").and_then(Shape::as_text)))
                .map(str::to_owned)
                .collect();
            let whole = read.len() == items.len();
            (Some(read), whole)
        }
        Some(_) => (None, false),
    };
    let mut functions: Vec<FunctionId> = Vec::new();
    let mut wrapped = Vec::new();
    let of = OfFile { sources, app: &App { folder: folder.clone(), base: String::new(), middleware: None }, file };
    for name in ["default", "middleware", "proxy"] {
        let (function, attached) = of.exported(name);
        functions.extend(function);
        wrapped.extend(attached);
    }
    let mut rules: Vec<(FileId, PathRule)> = Vec::new();
    let mut seen = Vec::new();
    for function in functions.iter().copied() {
        modules.reach(function, 2, |id| {
            seen.push(id);
            None::<()>
        });
    }
    let mut spans: Vec<(FileId, Span)> = seen.iter().map(|id| (id.file, modules.function(*id).span)).collect();
    spans.dedup();
    for (at, span) in spans {
        let Some(facts) = sources.facts.of(at) else { continue };
        for rule in facts.routes.rules.iter().filter(|rule| span.start <= rule.span.start && rule.span.end <= span.end)
        {
            if !rules.iter().any(|(other, known)| *other == at && known.span == rule.span) {
                rules.push((at, rule.clone()));
            }
        }
    }
    // `export { default } from 'next-auth/middleware'` and `withAuth(…)` refuse everybody who is not known.
    let reexported = module
        .exports
        .iter()
        .any(|export| matches!(&export.source, ExportSource::Other { module, .. } if module == "next-auth/middleware"));
    let wraps = |modules: &[&str]| {
        module.imports.iter().any(|import| {
            modules.iter().any(|name| import.module == *name) && wrapped.iter().any(|one| one.name == import.local)
        })
    };
    let blocks = reexported
        || wraps(&["next-auth/middleware", "@kinde-oss/kinde-auth-nextjs/middleware", "@auth0/nextjs-auth0/edge"]);
    let whole = match (functions.first(), wrapped.into_iter().next()) {
        (Some(function), _) => Some(Attached {
            name: "middleware".to_owned(),
            place: modules.place(*function),
            what: What::Function(*function),
        }),
        (None, Some(attached)) => Some(attached),
        (None, None) => None,
    };
    Some(Middleware { file, matchers, readable, rules, whole, blocks })
}

impl Middleware {
    fn on(&self, path: &str) -> OnPath {
        let sample = matcher::sample(path);
        if let Some(matchers) = &self.matchers {
            let runs = matchers.iter().any(|pattern| matcher::matches(pattern, &sample));
            if !runs {
                return if self.readable { OnPath::Nothing } else { self.unknown() };
            }
        }
        let known = |place: Place| Attached::known(GuardDoes::Authenticates, "middleware", place);
        for (file, rule) in &self.rules {
            match applies(rule, &sample) {
                Some(true) if rule.refuses => return OnPath::Blocks(known(Place::At(*file, rule.span))),
                Some(true) => return OnPath::Nothing,
                Some(false) => {}
                None => return self.unknown(),
            }
        }
        if self.blocks {
            let place = self.whole.as_ref().map_or(Place::File(self.file), |whole| whole.place.clone());
            return OnPath::Blocks(known(place));
        }
        // Without a branch that speaks of paths, the whole tells.
        match &self.whole {
            Some(whole) if !self.rules.iter().any(|(_, rule)| rule.refuses) => OnPath::Blocks(whole.clone()),
            _ => OnPath::Nothing,
        }
    }

    fn unknown(&self) -> OnPath {
        OnPath::Unknown(Attached::known(GuardDoes::Unknown, "middleware", Place::File(self.file)))
    }
}

/// Whether a rule is about this path; nothing when that cannot be told.
fn applies(rule: &PathRule, path: &str) -> Option<bool> {
    // Several tests without negation are alternatives as a rule; negated ones must all hold.
    let (negated, plain): (Vec<&PathTest>, Vec<&PathTest>) = rule.tests.iter().partition(|test| test.negated);
    let mut unknown = false;
    for test in negated {
        match holds(test, path) {
            Some(true) => return Some(false),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown {
        return None;
    }
    if plain.is_empty() {
        return Some(true);
    }
    for test in plain {
        match holds(test, path) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(false) }
}

fn holds(test: &PathTest, path: &str) -> Option<bool> {
    match test.how {
        PathMatch::Exact => Some(test.paths.iter().any(|one| one == path)),
        PathMatch::Prefix => Some(test.paths.iter().any(|one| path.starts_with(one.as_str()))),
        PathMatch::Pattern => Some(test.paths.iter().any(|one| matcher::matches(one, path))),
        PathMatch::Unknown => None,
    }
}
