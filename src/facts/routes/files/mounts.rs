//! Python's applications, routers and blueprints, and what is mounted on what.

use std::collections::BTreeMap;

use super::{
    draft::{Attached, joined, text_of},
    registrations::{Holder, Registration, Variable},
};
use crate::{
    facts::{
        Facts,
        modules::{Class, Definition, Modules, Name, Root, Shape},
    },
    model::{ComponentId, FileId, Place},
    repo::Repo,
};

/// Routers mounted on routers; real chains have four.
const DEPTH: usize = 10;
/// Places at which one router is mounted; a loop over tenants mounts one more often.
const PLACES: usize = 12;

/// What the joins of all frameworks read.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub repo: &'a Repo,
    pub facts: &'a Facts,
    pub modules: Modules<'a>,
}

/// A router by the variable that it is made in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub file: FileId,
    pub variable: Variable,
}

/// Something on which routes hang.
#[derive(Debug, Clone)]
pub(super) struct Hub<'a> {
    pub framework: &'static str,
    /// An application: nothing needs to mount it.
    pub root: bool,
    /// Nothing when it is computed.
    pub prefix: Option<String>,
    pub attached: Vec<Attached>,
    pub made: &'a Registration,
    pub file: FileId,
}

#[derive(Debug, Clone)]
struct Mount {
    parent: Option<Key>,
    component: ComponentId,
    prefix: Option<String>,
    /// The mount's prefix stands instead of the router's own.
    overrides: bool,
    attached: Vec<Attached>,
}

/// One way from an application to a router.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    pub prefix: String,
    pub computed: bool,
    pub mounted: bool,
    pub attached: Vec<Attached>,
    /// The application that it begins at, when that is known.
    pub top: Option<Key>,
}

/// What a registration hangs on.
pub(super) struct Hung {
    pub framework: &'static str,
    pub chains: Vec<Chain>,
}

/// The prefix that a mount gives.
#[derive(PartialEq)]
enum Prefix {
    None,
    Computed,
    Text(String),
}

/// Every hub of the repository and how they are mounted.
pub(super) struct Mounts<'a> {
    sources: Sources<'a>,
    pub hubs: BTreeMap<Key, Hub<'a>>,
    mounted: BTreeMap<Key, Vec<Mount>>,
}

impl<'a> Sources<'a> {
    /// Every file with registrations, in order of path.
    pub(super) fn registrations(self) -> impl Iterator<Item = (FileId, &'a Registration)> {
        self.facts.files().flat_map(|(file, facts)| facts.routes.registrations.iter().map(move |one| (file, one)))
    }

    pub(super) fn component(self, file: FileId) -> ComponentId {
        self.repo.file(file).component
    }

    /// The text of an argument, also when it is put together from constants.
    pub(super) fn text(self, file: FileId, shape: Option<&Shape>, pieces: &[Shape]) -> Option<String> {
        match shape {
            Some(Shape::Other) if !pieces.is_empty() => {
                pieces.iter().map(|piece| text_of(self.modules, file, piece)).collect()
            }
            Some(shape) => text_of(self.modules, file, shape),
            None => None,
        }
    }
}

impl<'a> Mounts<'a> {
    pub(super) fn read(sources: Sources<'a>) -> Self {
        let mut mounts = Self { sources, hubs: BTreeMap::new(), mounted: BTreeMap::new() };
        for (file, made) in sources.registrations() {
            let Some(variable) = made.target.clone() else { continue };
            let Some(framework) = framework_of(sources.modules, file, &made.call.callee, DEPTH) else { continue };
            let hub = mounts.hub(framework, file, made);
            let key = Key { file, variable };
            mounts.hubs.insert(key, hub);
        }
        mounts.interfaces();
        for (file, made) in sources.registrations() {
            mounts.register(file, made);
        }
        mounts
    }

    fn hub(&self, framework: &'static str, file: FileId, made: &'a Registration) -> Hub<'a> {
        let modules = self.sources.modules;
        let call = &made.call;
        let root = ["FastAPI", "Flask", "Quart", "Starlette", "NinjaAPI", "NinjaExtraAPI"]
            .iter()
            .any(|name| made.method.ends_with(name));
        let keys: &[&str] = match framework {
            "flask" => &["url_prefix", "prefix", "path"],
            _ => &["prefix"],
        };
        let given = keys.iter().find_map(|key| call.option(key));
        let prefix = match given {
            None => Some(String::new()),
            Some(given) => self.sources.text(file, Some(given), &made.pieces),
        };
        let mut attached = self.dependencies(file, call.option("dependencies"));
        attached.extend(middleware(file, call.option("middleware")));
        let auth = call.option("auth").filter(|_| framework == "django-ninja");
        attached.extend(auth.and_then(|auth| attached_by(file, auth)));
        let class = match call.callee.named().map(|name| modules.definition(file, name)) {
            Some(Definition::Class { file, class }) => Some((file, class)),
            _ => None,
        };
        let mut hub = Hub { framework, root, prefix, attached, made, file };
        if let Some((file, class)) = class {
            self.inherit(&mut hub, file, class, given.is_none());
        }
        hub
    }

    /// What a router class of the repository gives to `super().__init__(…)`.
    fn inherit(&self, hub: &mut Hub<'a>, file: FileId, class: &'a Class, prefix: bool) {
        let Some(facts) = self.sources.facts.of(file) else { return };
        let inner = facts.routes.registrations.iter().find(|one| {
            one.method == "__init__" && class.span.start <= one.span.start && one.span.end <= class.span.end
        });
        let Some(inner) = inner else { return };
        hub.attached.extend(self.dependencies(file, inner.call.option("dependencies")));
        let text = inner.call.option("prefix").or_else(|| inner.call.option("url_prefix")).and_then(Shape::as_text);
        if let (true, Some(text)) = (prefix, text) {
            hub.prefix = Some(text.to_owned());
        }
    }

    /// `dependencies=[Depends(a), Depends(b)]`; also a list that is named.
    fn dependencies(&self, file: FileId, list: Option<&'a Shape>) -> Vec<Attached> {
        super::fastapi::dependency_list(self.sources.modules, file, list)
    }

    /// `Api(app)` of Flask's extensions hangs on what it is made with.
    fn interfaces(&mut self) {
        let mut found = Vec::new();
        for (key, hub) in self.hubs.iter().filter(|(_, hub)| hub.framework == "flask" && !hub.root) {
            if !hub.made.method.ends_with("Api") {
                continue;
            }
            let parent = hub.made.child.as_ref().and_then(|child| self.key(hub.file, child));
            let component = self.sources.component(hub.file);
            let prefix = Some(String::new());
            found.push((key.clone(), Mount { parent, component, prefix, overrides: false, attached: Vec::new() }));
        }
        for (key, mount) in found {
            self.mounted.entry(key).or_default().push(mount);
        }
    }

    fn register(&mut self, file: FileId, made: &'a Registration) {
        let component = self.sources.component(file);
        let call = &made.call;
        match made.method.as_str() {
            "include_router" | "register_blueprint" | "add_router" | "add_namespace" | "mount" | "init_app" => {
                let parent = made.on.as_ref().and_then(|on| self.key(file, on));
                let Some(on) = &made.on else { return };
                if made.method == "init_app" {
                    return;
                }
                let foreign = parent.is_none() && !may_be_application(on);
                let children = self.children(file, made);
                for child in children {
                    if foreign || parent.as_ref() == Some(&child) {
                        continue;
                    }
                    let prefix = self.mount_prefix(file, made);
                    let overrides = match made.method.as_str() {
                        "register_blueprint" | "add_namespace" => prefix != Prefix::None,
                        _ => false,
                    };
                    let mut attached = self.dependencies(file, call.option("dependencies"));
                    attached.extend(call.option("auth").and_then(|auth| attached_by(file, auth)));
                    let prefix = match prefix {
                        Prefix::None => Some(String::new()),
                        Prefix::Computed => None,
                        Prefix::Text(text) => Some(text),
                    };
                    let mount = Mount { parent: parent.clone(), component, prefix, overrides, attached };
                    self.mounted.entry(child).or_default().push(mount);
                }
            }
            "add_middleware" | "before_request" | "before_app_request" | "middleware" => {
                let attached = match (&made.decorated, call.arguments.first()) {
                    (Some(function), _) => attached_by(file, &Shape::Function(*function)),
                    (None, Some(first)) => attached_by(file, first),
                    (None, None) => None,
                };
                let Some(attached) = attached else { return };
                let key = made.on.as_ref().and_then(|on| self.key(file, on));
                if let Some(key) = key.filter(|_| made.method != "before_app_request") {
                    if let Some(hub) = self.hubs.get_mut(&key) {
                        hub.attached.push(attached);
                    }
                } else {
                    let sources = self.sources;
                    let roots =
                        self.hubs.values_mut().filter(|hub| hub.root && sources.component(hub.file) == component);
                    roots.for_each(|hub| hub.attached.push(attached.clone()));
                }
            }
            _ => {}
        }
    }

    /// The prefix that a mount gives.
    fn mount_prefix(&self, file: FileId, made: &Registration) -> Prefix {
        let call = &made.call;
        let given = match made.method.as_str() {
            "include_router" => call.option("prefix"),
            "register_blueprint" => call.option("url_prefix"),
            "add_namespace" => {
                call.option("path").or_else(|| call.arguments.get(1).filter(|one| one.as_text().is_some()))
            }
            _ => call
                .arguments
                .first()
                .filter(|first| !matches!(first, Shape::Object(_)))
                .or_else(|| call.option("path")),
        };
        match given {
            None => Prefix::None,
            Some(given) => self.sources.text(file, Some(given), &made.pieces).map_or(Prefix::Computed, Prefix::Text),
        }
    }

    /// What is mounted: one router, or each of a list of them.
    fn children(&self, file: FileId, made: &Registration) -> Vec<Key> {
        if let Some(key) = made.child.as_ref().and_then(|child| self.key(file, child)) {
            return vec![key];
        }
        // `add_router("/x", "app.api.router")` of django-ninja.
        if made.method == "add_router" {
            let dotted = made.call.arguments.get(1).and_then(Shape::as_text).and_then(|text| text.rsplit_once('.'));
            if let Some((module, name)) = dotted {
                let root = Root::Import { module: module.to_owned(), imported: name.to_owned() };
                let name = Name { span: made.span, root, members: Vec::new() };
                return self.key(file, &Holder::Named(name)).into_iter().collect();
            }
        }
        Vec::new()
    }

    /// The hub that a file speaks of.
    pub(super) fn key(&self, file: FileId, holder: &Holder) -> Option<Key> {
        let modules = self.sources.modules;
        match holder {
            Holder::Variable(variable @ Variable::Own(name, within)) => {
                let key = Key { file, variable: variable.clone() };
                if self.hubs.contains_key(&key) {
                    return Some(key);
                }
                if within.is_some() {
                    return None;
                }
                let value = modules.file(file)?.values.iter().find(|value| value.name == *name)?;
                self.made_by(file, &value.shape, DEPTH)
            }
            Holder::Variable(Variable::Given(_)) => None,
            Holder::Named(name) => self.named(file, name, DEPTH),
            Holder::Called(name) => self.called(file, name, DEPTH),
        }
    }

    fn named(&self, file: FileId, name: &Name, depth: usize) -> Option<Key> {
        match self.sources.modules.definition(file, name) {
            Definition::Value { file, value } => {
                let key = Key { file, variable: Variable::Own(value.name.clone(), None) };
                if self.hubs.contains_key(&key) { Some(key) } else { self.made_by(file, &value.shape, depth) }
            }
            Definition::File(file) => {
                let named = |name: &str| Key { file, variable: Variable::Own(name.to_owned(), None) };
                ["router", "api", "app", "bp", "blueprint"]
                    .iter()
                    .map(|name| named(name))
                    .find(|key| self.hubs.contains_key(key))
            }
            _ => None,
        }
    }

    /// What a variable is that no maker made: what a function makes, or another name of a hub.
    fn made_by(&self, file: FileId, shape: &Shape, depth: usize) -> Option<Key> {
        match shape {
            _ if depth == 0 => None,
            Shape::Name(name) => self.named(file, name, depth - 1),
            Shape::Call(call) => self.called(file, call.callee.named()?, depth - 1),
            _ => None,
        }
    }

    fn called(&self, file: FileId, name: &Name, _depth: usize) -> Option<Key> {
        let Definition::Function(function) = self.sources.modules.definition(file, name) else { return None };
        let start = self.sources.modules.function(function).span.start;
        let mut made = self.hubs.keys().filter(|key| {
            key.file == function.file && matches!(&key.variable, Variable::Own(_, Some(within)) if *within == start)
        });
        made.next().cloned()
    }

    /// Where a route is registered: on a hub, or on a parameter that is most likely the application.
    pub(super) fn hung(&self, file: FileId, made: &Registration) -> Option<Hung> {
        let on = made.on.as_ref()?;
        if let Some(key) = self.key(file, on) {
            let framework = self.hubs.get(&key)?.framework;
            return Some(Hung { framework, chains: self.chains(&key) });
        }
        if !may_be_application(on) {
            return None;
        }
        let imports = &self.sources.modules.file(file)?.imports;
        let framework = imports.iter().find_map(|import| framework_of_module(&import.module))?;
        let chain = match on {
            Holder::Variable(Variable::Given(_)) => self.application(self.sources.component(file), DEPTH),
            _ => Chain::default(),
        };
        Some(Hung { framework, chains: vec![chain] })
    }

    /// Every way from an application to `key`, each with its prefix and what runs on it.
    pub(super) fn chains(&self, key: &Key) -> Vec<Chain> {
        self.ways(key, DEPTH, None)
    }

    /// `instead` replaces the hub's own prefix.
    fn ways(&self, key: &Key, depth: usize, instead: Option<&str>) -> Vec<Chain> {
        let Some(hub) = self.hubs.get(key).filter(|_| depth > 0) else { return vec![Chain::default()] };
        let own = match instead {
            Some(prefix) => Some(prefix.to_owned()),
            None => hub.prefix.clone(),
        };
        let mut ways = Vec::new();
        for mount in self.mounted.get(key).map(Vec::as_slice).unwrap_or_default() {
            let above = match &mount.parent {
                Some(parent) => self.ways(parent, depth - 1, None),
                None => vec![self.application(mount.component, depth)],
            };
            for chain in above {
                if ways.len() >= PLACES {
                    return ways;
                }
                let computed = chain.computed || mount.prefix.is_none() || (own.is_none() && !mount.overrides);
                let given = mount.prefix.as_deref().unwrap_or("{}");
                let mut prefix = joined(&chain.prefix, given);
                if !mount.overrides {
                    prefix = joined(&prefix, own.as_deref().unwrap_or("{}"));
                }
                let mut attached = chain.attached;
                attached.extend(mount.attached.iter().cloned());
                attached.extend(hub.attached.iter().cloned());
                ways.push(Chain { prefix, computed, mounted: chain.mounted, attached, top: chain.top });
            }
        }
        if ways.is_empty() {
            ways.push(Chain {
                prefix: own.clone().unwrap_or_else(|| "{}".to_owned()),
                computed: own.is_none(),
                mounted: hub.root,
                attached: hub.attached.clone(),
                top: Some(key.clone()),
            });
        }
        ways
    }

    /// The only application of a component, when a router is mounted on something that no name leads to.
    fn application(&self, component: ComponentId, depth: usize) -> Chain {
        let mut roots = self.hubs.iter().filter(|(key, hub)| {
            hub.root && self.sources.component(hub.file) == component && !self.mounted.contains_key(*key)
        });
        match (roots.next(), roots.next()) {
            (Some((key, _)), None) => self.ways(key, depth - 1, None).into_iter().next().unwrap_or_default(),
            _ => Chain { mounted: true, ..Chain::default() },
        }
    }
}

/// The framework whose class or factory `callee` is.
pub(super) fn framework_of(modules: Modules<'_>, file: FileId, callee: &Shape, depth: usize) -> Option<&'static str> {
    let name = callee.named().filter(|_| depth > 0)?;
    if let Some(found) = name.module().and_then(framework_of_module) {
        return Some(found);
    }
    match modules.definition(file, name) {
        Definition::Class { file, class } => {
            class.bases.iter().find_map(|base| framework_of(modules, file, base, depth - 1))
        }
        Definition::Value { file, value } => framework_of(modules, file, &value.shape, depth - 1),
        Definition::Shape { file, shape } => framework_of(modules, file, shape, depth - 1),
        Definition::Package | Definition::Unknown => match name.last() {
            "APIRouter" | "FastAPI" => Some("fastapi"),
            "Flask" | "Blueprint" => Some("flask"),
            "NinjaAPI" => Some("django-ninja"),
            _ => None,
        },
        Definition::Function(_) | Definition::File(_) => None,
    }
}

fn framework_of_module(module: &str) -> Option<&'static str> {
    Some(match module.split('.').next()? {
        "fastapi" | "fastapi_utils" | "fastapi_versioning" | "fastapi_pagination" => "fastapi",
        "starlette" => "starlette",
        "flask" | "quart" | "flask_restful" | "flask_restx" | "flask_restplus" | "flask_smorest" | "apiflask"
        | "flask_openapi3" => "flask",
        "ninja" | "ninja_extra" => "django-ninja",
        "rest_framework" | "rest_framework_nested" | "rest_framework_extensions" => "drf",
        _ => return None,
    })
}

/// What stands in an argument, as something that is attached: the first of a list.
fn attached_by(file: FileId, shape: &Shape) -> Option<Attached> {
    let span = match shape {
        Shape::Name(name) => name.span,
        Shape::Call(call) => call.span,
        Shape::Function(span) => *span,
        Shape::Array(items) => return attached_by(file, items.first()?),
        _ => return None,
    };
    Some(Attached::of(file, shape, Place::At(file, span)))
}

/// A parameter, or something that no file tells: most likely the application itself.
fn may_be_application(on: &Holder) -> bool {
    match on {
        Holder::Variable(_) => true,
        Holder::Named(name) => matches!(name.last(), "app" | "application" | "api" | "server"),
        Holder::Called(_) => false,
    }
}

/// `middleware=[Middleware(Class, …)]`.
fn middleware(file: FileId, list: Option<&Shape>) -> Vec<Attached> {
    let Some(Shape::Array(items)) = list else { return Vec::new() };
    let classes = items.iter().filter_map(|item| match item {
        Shape::Call(call) => call.arguments.first(),
        _ => None,
    });
    classes.filter_map(|class| attached_by(file, class)).collect()
}
