//! `NestJS`: controllers and gateways, their decorators, and what the application puts in front of all of them.

use super::{
    Mark,
    walk::{Names, Walk, joined},
};
use crate::{
    facts::{
        access::{self, could_guard},
        modules::{Class, Definition, Function, FunctionId, Name, Shape},
        routes::{Guard, GuardDoes, Public, Route, RouteKind, Unresolved},
    },
    model::{ComponentId, FileId, Place, Span},
};

const METHODS: &[&str] = &["Get", "Post", "Put", "Patch", "Delete", "Options", "Head", "All", "Sse", "Search"];
/// Words with which a decorator says that a route is for everybody.
const PUBLIC: &[&str] = &[
    "public",
    "ispublic",
    "skipauth",
    "noauth",
    "allowanonymous",
    "anonymous",
    "unprotected",
    "publicroute",
    "allowunauthorized",
    "skipauthguard",
    "skipauthentication",
    "noauthentication",
    "unauthenticated",
    "allowunauthenticated",
    "publicapi",
    "openroute",
    "publicendpoint",
    "skipjwt",
    "withoutauth",
    "noauthrequired",
    "authnotrequired",
];
/// Decorators looked through for what they apply.
const HOPS: usize = 4;

/// What stands in front of every controller of an application.
#[derive(Debug, Clone, Default)]
struct Application {
    prefix: String,
    /// `v` and the default version, where versions are part of the path.
    versions: Option<(String, Option<Vec<String>>)>,
    guards: Vec<Guard>,
    validates: Option<Place>,
    middleware: Vec<Middleware>,
}

/// `consumer.apply(AuthMiddleware).forRoutes(…)`.
#[derive(Debug, Clone)]
struct Middleware {
    guards: Vec<Guard>,
    routes: Vec<Target>,
}

#[derive(Debug, Clone)]
enum Target {
    /// A path, and a method when one is named.
    Path(String, Option<String>),
    Controller(FileId, Span),
}

/// What decorators say.
#[derive(Debug, Clone, Default)]
struct Said {
    guards: Vec<Guard>,
    /// Names of the decorators that set metadata, which guards look up.
    marks: Vec<String>,
    public: bool,
}

pub(super) fn routes(walk: &Walk<'_>) -> Vec<Route> {
    let mut applications: Vec<(ComponentId, Application)> = Vec::new();
    let mut found = Vec::new();
    for (file, module) in walk.modules().files() {
        for class in &module.classes {
            let controller = nest(&class.decorators, &["Controller"]);
            let gateway = nest(&class.decorators, &["WebSocketGateway"]);
            if controller.is_none() && gateway.is_none() {
                continue;
            }
            let component = walk.repo.component_of(file).id;
            if !applications.iter().any(|(known, _)| *known == component) {
                applications.push((component, application(walk, component)));
            }
            let Some((_, application)) = applications.iter().find(|(known, _)| *known == component) else { continue };
            let reader = Reader { walk, application, file, class, component };
            match controller {
                Some(decorator) => found.extend(reader.controller(decorator)),
                None => found.extend(reader.gateway()),
            }
        }
    }
    found
}

/// The decorator among `decorators` that is one of Nest's `names`.
fn nest<'d>(decorators: &'d [Shape], names: &[&str]) -> Option<&'d Shape> {
    decorators.iter().find(|decorator| {
        decorator.named().is_some_and(|name| {
            name.module().is_some_and(|module| module.starts_with("@nestjs/")) && names.contains(&name.last())
        })
    })
}

fn arguments(decorator: &Shape) -> &[Shape] {
    match decorator {
        Shape::Call(call) => &call.arguments,
        _ => &[],
    }
}

fn application(walk: &Walk<'_>, component: ComponentId) -> Application {
    let mut application = Application::default();
    let here = |file: FileId| walk.repo.component_of(file).id == component;
    for (file, facts) in walk.graph.facts.files().filter(|(file, _)| here(*file)) {
        for call in &facts.routers.calls {
            match call.verb.as_str() {
                "setGlobalPrefix" if application.prefix.is_empty() => {
                    application.prefix = walk.path(file, &call.path, &Names::new()).0;
                }
                "enableVersioning" => application.versions = versions(walk, file, call.arguments.first()),
                "useGlobalGuards" => {
                    for argument in &call.arguments {
                        application.guards.extend(walk.guards(file, argument, call.place));
                    }
                }
                "useGlobalPipes" => {
                    let named = call
                        .arguments
                        .iter()
                        .filter_map(Shape::named)
                        .any(|name| name.last().contains("ValidationPipe"));
                    if named {
                        application.validates = Some(Place::At(file, call.place));
                    }
                }
                "forRoutes" => {
                    let applied = facts.routers.calls.iter().find(|other| {
                        other.verb == "apply" && other.span.start == call.span.start && other.span.end < call.span.end
                    });
                    if let Some(applied) = applied {
                        let guards = applied
                            .arguments
                            .iter()
                            .flat_map(|shape| walk.guards(file, shape, applied.place))
                            .collect();
                        let routes = call.arguments.iter().filter_map(|shape| target(walk, file, shape)).collect();
                        application.middleware.push(Middleware { guards, routes });
                    }
                }
                _ => {}
            }
        }
        for class in &facts.modules.classes {
            let Some(module) = nest(&class.decorators, &["Module"]) else { continue };
            let Some(Shape::Array(providers)) = arguments(module).first().and_then(|options| options.get("providers"))
            else {
                continue;
            };
            for provider in providers {
                let token = provider.get("provide").and_then(Shape::named).map(Name::last).unwrap_or_default();
                let class = provider
                    .get("useClass")
                    .or_else(|| provider.get("useExisting"))
                    .or_else(|| provider.get("useFactory"));
                let Some(class) = class else { continue };
                let span = access::span_of(class).unwrap_or_default();
                match token {
                    "APP_GUARD" => application.guards.extend(walk.guards(file, class, span)),
                    "APP_PIPE" => application.validates = Some(Place::At(file, span)),
                    _ => {}
                }
            }
        }
    }
    application
}

fn versions(walk: &Walk<'_>, file: FileId, options: Option<&Shape>) -> Option<(String, Option<Vec<String>>)> {
    let kind = options.and_then(|options| options.get("type")).and_then(Shape::named).map(Name::last);
    if kind.is_some_and(|kind| kind != "URI") {
        return None;
    }
    let prefix = options.and_then(|options| options.get("prefix"));
    let prefix = match prefix {
        Some(Shape::Boolean(false)) => String::new(),
        Some(prefix) => walk.text(file, prefix, &Names::new()).unwrap_or_else(|| "v".to_owned()),
        None => "v".to_owned(),
    };
    let default = options.and_then(|options| options.get("defaultVersion")).map(|version| texts(walk, file, version));
    Some((prefix, default))
}

/// A text or a list of texts.
fn texts(walk: &Walk<'_>, file: FileId, shape: &Shape) -> Vec<String> {
    let (from, seen) = walk.expression(file, shape);
    match &seen {
        Shape::Array(items) => items.iter().filter_map(|item| walk.text(from, item, &Names::new())).collect(),
        _ => walk.text(file, shape, &Names::new()).into_iter().collect(),
    }
}

fn target(walk: &Walk<'_>, file: FileId, shape: &Shape) -> Option<Target> {
    match shape {
        Shape::Text(path) => Some(Target::Path(path.clone(), None)),
        Shape::Object(_) => {
            let path = walk.text(file, shape.get("path")?, &Names::new())?;
            let method = shape.get("method").and_then(Shape::named).map(|name| name.last().to_owned());
            Some(Target::Path(path, method.filter(|method| method != "ALL")))
        }
        Shape::Name(name) => match walk.modules().definition(file, name) {
            Definition::Class { file, class } => Some(Target::Controller(file, class.span)),
            _ => None,
        },
        _ => None,
    }
}

struct Reader<'w, 'a> {
    walk: &'w Walk<'a>,
    application: &'w Application,
    file: FileId,
    class: &'w Class,
    component: ComponentId,
}

impl Reader<'_, '_> {
    fn methods(&self) -> Vec<(FunctionId, &Function)> {
        let functions =
            self.walk.modules().file(self.file).map(|module| module.functions.as_slice()).unwrap_or_default();
        functions
            .iter()
            .enumerate()
            .filter(|(_, function)| function.class == self.class.name && self.class.span.contains(function.span))
            .map(|(index, function)| (FunctionId { file: self.file, index }, function))
            .collect()
    }

    fn controller(&self, decorator: &Shape) -> Vec<Route> {
        let first = arguments(decorator).first();
        let options = first.filter(|first| matches!(first, Shape::Object(_)));
        let paths = match options {
            Some(options) => options.get("path").map(|path| texts(self.walk, self.file, path)),
            None => first.map(|path| texts(self.walk, self.file, path)),
        };
        let paths = paths.filter(|paths| !paths.is_empty()).unwrap_or_else(|| vec![String::new()]);
        let version =
            options.and_then(|options| options.get("version")).cloned().or_else(|| version(&self.class.decorators));
        let on_class = said(self.walk, self.file, &self.class.decorators);
        let mut routes = Vec::new();
        for (id, function) in self.methods() {
            let Some(verb) = nest(&function.decorators, METHODS) else { continue };
            let Some(name) = verb.named().map(Name::last) else { continue };
            let own = arguments(verb).first().map(|path| match path {
                Shape::Object(_) => path.get("path").map(|path| texts(self.walk, self.file, path)).unwrap_or_default(),
                path => texts(self.walk, self.file, path),
            });
            let whole = own.as_ref().is_none_or(|own| !own.is_empty());
            let own = own.filter(|own| !own.is_empty()).unwrap_or_else(|| vec![String::new()]);
            let method = if name == "Sse" { "GET".to_owned() } else { name.to_ascii_uppercase() };
            let chosen = self::version(&function.decorators).or_else(|| version.clone());
            for path in &paths {
                for own in &own {
                    for prefix in self.prefixes(chosen.as_ref()) {
                        let bare = joined(&format!("/{}", path.trim_matches('/')), own);
                        let mut route = self.route(id, function, &on_class, &method, &joined(&prefix, &bare), &bare);
                        route.place = Place::At(self.file, access::span_of(verb).unwrap_or(function.span));
                        if !whole {
                            route.resolved = false;
                            route.unresolved = route.unresolved.or(Some(Unresolved::Path));
                        }
                        routes.push(route);
                    }
                }
            }
        }
        routes
    }

    /// What stands before the controller's path: the global prefix and each version.
    fn prefixes(&self, version: Option<&Shape>) -> Vec<String> {
        let prefix = self.application.prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        let Some((letter, default)) = &self.application.versions else { return vec![prefix] };
        let versions = match version {
            Some(version) => texts(self.walk, self.file, version),
            None => default.clone().unwrap_or_default(),
        };
        if versions.is_empty() {
            return vec![prefix];
        }
        versions.iter().map(|version| joined(&prefix, &format!("{letter}{version}"))).collect()
    }

    fn route(
        &self,
        id: FunctionId,
        function: &Function,
        on_class: &Said,
        method: &str,
        path: &str,
        bare: &str,
    ) -> Route {
        let own = said(self.walk, self.file, &function.decorators);
        let public = own.public || (on_class.public && own.guards.is_empty());
        let marks: Vec<String> = on_class.marks.iter().chain(&own.marks).cloned().collect();
        let mut guards: Vec<Guard> = Vec::new();
        for middleware in &self.application.middleware {
            if middleware.routes.iter().any(|target| self.covers(target, method, bare)) {
                guards.extend(middleware.guards.iter().cloned());
            }
        }
        let every = self.application.guards.iter().filter(|guard| !public || !decides(guard.does));
        guards.extend(every.cloned());
        guards.extend(on_class.guards.iter().chain(&own.guards).cloned());
        guards.retain(|guard| {
            guard.does != GuardDoes::Authorizes || self.is_asked(guard, &guards_of_name(guard), &marks)
        });
        guards.extend(self.validated(function));
        guards.extend(access::inside(self.walk.modules(), id));
        let unknown = guards.iter().any(|guard| guard.does == GuardDoes::Unknown);
        Route {
            kind: RouteKind::Http,
            method: method.to_owned(),
            path: path.to_owned(),
            framework: "nest",
            component: self.component,
            place: Place::At(self.file, function.span),
            file: self.file,
            handler: Some(self.walk.modules().place(id)),
            guards,
            resolved: !unknown,
            unresolved: unknown.then_some(Unresolved::Middleware),
            public: public.then_some(Public::Declared),
        }
    }

    /// A guard of permissions that looks for metadata lets everything through that carries none.
    fn is_asked(&self, guard: &Guard, words: &[String], marks: &[String]) -> bool {
        let Some(Place::At(file, span)) = &guard.decides else { return true };
        let Some(function) = self.walk.modules().function_around(*file, *span) else { return true };
        let looks_up = self.walk.modules().calls(function).any(|call| {
            matches!(call.callee.last(), "getAllAndOverride" | "getAllAndMerge") || is_lookup(&call.callee)
        });
        if !looks_up {
            return true;
        }
        marks.iter().any(|mark| {
            let plain = mark.to_ascii_lowercase();
            words.iter().any(|word| plain.contains(word.as_str())) || could_guard(mark)
        })
    }

    /// A body or a query with a class behind it, where a pipe checks them.
    fn validated(&self, function: &Function) -> Option<Guard> {
        let parameter = function.parameters.iter().find(|parameter| {
            nest(&parameter.decorators, &["Body", "Query", "Param"]).is_some_and(|decorator| {
                let pipes = arguments(decorator)
                    .iter()
                    .any(|pipe| pipe.named().is_some_and(|name| name.last().contains("Pipe")));
                pipes || (self.application.validates.is_some() && parameter.annotation.is_some())
            })
        })?;
        let place = self.application.validates.clone().unwrap_or(Place::At(self.file, function.span));
        Some(Guard {
            does: GuardDoes::Validates,
            name: parameter.name.clone(),
            place: Place::At(self.file, function.span),
            decides: Some(place),
            weak: Vec::new(),
        })
    }

    fn covers(&self, target: &Target, method: &str, bare: &str) -> bool {
        match target {
            Target::Controller(file, span) => *file == self.file && *span == self.class.span,
            Target::Path(path, only) => {
                if only.as_deref().is_some_and(|only| only != method) {
                    return false;
                }
                let plain = format!("/{}", path.trim_matches('/'));
                match plain.split_once(['*', '(', '{']) {
                    Some((start, _)) => bare.starts_with(start.trim_end_matches('/')),
                    None => same_path(&plain, bare),
                }
            }
        }
    }

    /// Messages of a gateway.
    fn gateway(&self) -> Vec<Route> {
        let on_class = said(self.walk, self.file, &self.class.decorators);
        let connects: Vec<Guard> = self
            .methods()
            .into_iter()
            .filter(|(_, function)| matches!(function.name.as_str(), "handleConnection" | "afterInit"))
            .flat_map(|(id, _)| access::guards_of_function(self.walk.modules(), id))
            .collect();
        let mut routes = Vec::new();
        for (id, function) in self.methods() {
            let Some(decorator) = nest(&function.decorators, &["SubscribeMessage"]) else { continue };
            let message = arguments(decorator).first().and_then(|text| self.walk.text(self.file, text, &Names::new()));
            let path = message.unwrap_or_else(|| function.name.clone());
            let mut route = self.route(id, function, &on_class, "", &path, &path);
            route.kind = RouteKind::WebSocket;
            route.place = Place::At(self.file, access::span_of(decorator).unwrap_or(function.span));
            route.guards.splice(0..0, connects.iter().cloned());
            routes.push(route);
        }
        routes
    }
}

fn decides(does: GuardDoes) -> bool {
    matches!(does, GuardDoes::Authenticates | GuardDoes::Authorizes | GuardDoes::Unknown | GuardDoes::Identifies)
}

/// `this.reflector.get(…)`.
fn is_lookup(callee: &Name) -> bool {
    callee.last() == "get"
        && callee
            .members
            .iter()
            .rev()
            .nth(1)
            .map_or(callee.root.name(), String::as_str)
            .to_ascii_lowercase()
            .contains("reflector")
}

/// The words of a guard's name that a decorator could share: `roles` of `RolesGuard`.
fn guards_of_name(guard: &Guard) -> Vec<String> {
    let plain = guard.name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let plain = plain.strip_suffix("guard").unwrap_or(&plain).to_owned();
    let singular = plain.strip_suffix('s').map(str::to_owned);
    std::iter::once(plain).chain(singular).filter(|word| word.len() > 3).collect()
}

/// Whether two paths differ in the names of their parameters alone.
fn same_path(one: &str, other: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        path.split('/')
            .filter(|part| !part.is_empty())
            .map(|part| if part.starts_with(':') { ":".to_owned() } else { part.to_owned() })
            .collect()
    };
    parts(one) == parts(other)
}

fn version(decorators: &[Shape]) -> Option<Shape> {
    arguments(nest(decorators, &["Version"])?).first().cloned()
}

/// What decorators say, those of the repository looked through.
fn said(walk: &Walk<'_>, file: FileId, decorators: &[Shape]) -> Said {
    let mut said = Said::default();
    for decorator in decorators {
        one(walk, file, decorator, &mut said, HOPS);
    }
    said
}

fn one(walk: &Walk<'_>, file: FileId, decorator: &Shape, said: &mut Said, hops: usize) {
    let Some(name) = decorator.named().filter(|_| hops > 0) else { return };
    let span = access::span_of(decorator).unwrap_or_default();
    let of_nest = name.module().is_some_and(|module| module.starts_with("@nestjs/"));
    if of_nest {
        apply(walk, file, name.last(), arguments(decorator), span, said, hops);
        return;
    }
    let function = match walk.modules().definition(file, name) {
        Definition::Function(id) => Some((id.file, walk.modules().function(id).span)),
        Definition::Value { file, value } => Some((file, value.span)),
        _ => None,
    };
    let Some((other, body)) = function else {
        // A decorator of a package that could be a guard.
        if is_public(name.last()) {
            said.public = true;
        }
        return;
    };
    let marks: Vec<&Mark> = walk
        .graph
        .signs(other)
        .map(|signs| signs.marks.iter().filter(|mark| body.contains(mark.span)).collect())
        .unwrap_or_default();
    if marks.is_empty() {
        return;
    }
    for mark in marks {
        if mark.name == "SetMetadata" || mark.name == "createDecorator" {
            said.marks.push(name.last().to_owned());
            said.public |= is_public(name.last());
        } else {
            apply(walk, other, &mark.name, &mark.arguments, mark.span, said, hops);
        }
    }
    // Guards are attached where the decorator is.
    for guard in &mut said.guards {
        if guard.place.file() == Some(other) && other != file {
            guard.place = Place::At(file, span);
        }
    }
}

fn apply(walk: &Walk<'_>, file: FileId, name: &str, arguments: &[Shape], span: Span, said: &mut Said, hops: usize) {
    let place = Place::At(file, span);
    let plain = |does| Guard { does, name: name.to_owned(), place: place.clone(), decides: None, weak: Vec::new() };
    match name {
        "UseGuards" => {
            for argument in arguments {
                said.guards.extend(walk.guards(file, argument, span));
            }
        }
        "UsePipes" => said.guards.push(plain(GuardDoes::Validates)),
        "Throttle" => said.guards.push(plain(GuardDoes::RateLimits)),
        "SetMetadata" => {
            let key = arguments.first().map(|key| match key {
                Shape::Text(text) => text.clone(),
                other => other.named().map(|name| name.last().to_owned()).unwrap_or_default(),
            });
            let key = key.unwrap_or_default();
            said.public |= is_public(&key);
            said.marks.push(key);
        }
        "applyDecorators" => {
            for argument in arguments {
                one(walk, file, argument, said, hops - 1);
            }
        }
        _ => {}
    }
}

fn is_public(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let plain = plain.strip_suffix("key").unwrap_or(&plain);
    PUBLIC.contains(&plain)
}
