//! `middleware-not-mounted`: controls that were written are the ones that run.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact, Visit, Watch,
        access::words,
        limits,
        modules::{Modules, Target},
        routes::{Route, Unresolved},
        side::{Side, side_of},
    },
    model::{Confidence, Evidence, FileId, Message, Observation, Place, Severity, Site, Verdict},
    repo::{ComponentKind, File, Repo, Role as FileRole},
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: MiddlewareNotMounted = MiddlewareNotMounted;

pub(in crate::rules) struct MiddlewareNotMounted;

/// Places that a pass names.
const SHOWN: usize = 5;

/// Words of names that say what is controlled.
const CONTROLS: &[&str] = &[
    "auth",
    "authenticate",
    "authenticated",
    "authentication",
    "authorize",
    "authorized",
    "authorization",
    "guard",
    "csrf",
    "xsrf",
    "limit",
    "limiter",
    "ratelimit",
    "ratelimiter",
    "throttle",
    "quota",
    "permission",
    "permissions",
    "role",
    "roles",
    "admin",
    "protect",
    "require",
    "required",
    "verify",
    "validate",
    "sanitize",
    "sanitizer",
    "origin",
    "tenant",
    "ownership",
    "security",
    "signature",
];

/// Packages whose middleware does nothing until somebody attaches it.
const PACKAGES: &[&str] = &["csurf", "csrf-csrf", "express-jwt", "helmet", "express-basic-auth"];

/// Signs that files are found by looking into a folder, so that nobody needs to name them.
const DISCOVERY: &[&str] = &[
    "readdirSync",
    "readdir(",
    "import.meta.glob",
    "require.context",
    "fastify/autoload",
    "fastify-autoload",
    "glob.sync",
    "globSync",
    "from 'glob'",
    "from \"glob\"",
    "require('glob')",
    "require(\"glob\")",
    "fast-glob",
    "importlib.import_module",
    "pkgutil.",
    "require-all",
    "requireDirectory",
];

impl Rule for MiddlewareNotMounted {
    fn id(&self) -> &'static str {
        "middleware-not-mounted"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Module])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, module: NodeRef<'_>, out: &mut Out<'_>) {
        let script = file.file.language.is_some_and(crate::code::Language::is_script);
        for (id, binding) in module.tree().bindings() {
            if !binding.top_level || binding.writes > 0 {
                continue;
            }
            let declaration = module.tree().at(binding.declaration);
            let Some(what) = control(&binding.name, declaration, script) else { continue };
            let uses: Vec<NodeRef<'_>> = module
                .tree()
                .references(id)
                .filter(|node| *node != declaration && !declaration.span().contains(node.span()))
                .collect();
            let used = uses.iter().any(|node| !is_export(*node)) || is_named_in_text(file.text, &binding.name);
            let default = declaration.parent().is_some_and(is_default) || uses.iter().any(|node| is_default(*node));
            let place = name_place(file, declaration);
            let message = Message::new(if used { "used" } else { what }).with("name", binding.name.as_str());
            let seen = if used { out.good(place, message) } else { out.note(place, message) };
            seen.key.clone_from(&binding.name);
            if default {
                seen.key.push_str(" default");
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let asked: Vec<&Observation> = cx.seen.iter().filter(|seen| is_asked(cx, seen)).collect();
        let named = named_elsewhere(cx.repo, &asked);
        let imported = imported(modules);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let siblings: Vec<(Option<FileId>, String)> = asked
            .iter()
            .filter(|seen| seen.message.key == "used")
            .map(|seen| (seen.place.file(), name_of(seen)))
            .collect();
        for seen in asked {
            let Some(file) = seen.place.file() else { continue };
            let used = seen.message.key == "used"
                || named.contains(&(file, name_of(seen)))
                || seen.key.ends_with(" default") && imported.contains(&file)
                || is_found_by_place(cx.repo.file(file));
            if used {
                fine.push(seen);
            } else if !is_variant(seen, &siblings) && !is_variant_elsewhere(seen, &named, file) {
                sites.push(site(seen));
            }
        }
        sites.extend(routers(cx, &imported));
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let evidence: Vec<Evidence> = fine
            .into_iter()
            .take(SHOWN)
            .map(|seen| {
                let note = Message::new("used").with("name", name_of(seen));
                Evidence::At { place: seen.place.clone(), note }
            })
            .collect();
        if sites.is_empty() {
            return Verdict::pass_or(evidence, || Verdict::not_applicable("no-controls")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-controls")).also_fine(evidence).sites(total, ok)
    }
}

/// Whether another control of the file with nearly the same name is used: `require_roles` beside `require_role`.
fn is_variant(seen: &Observation, siblings: &[(Option<FileId>, String)]) -> bool {
    let name = name_of(seen);
    siblings.iter().any(|(file, other)| *file == seen.place.file() && are_alike(&name, other))
}

fn is_variant_elsewhere(seen: &Observation, named: &BTreeSet<(FileId, String)>, file: FileId) -> bool {
    let name = name_of(seen);
    named.iter().any(|(own, other)| *own == file && are_alike(&name, other))
}

fn are_alike(one: &str, other: &str) -> bool {
    let rest = one.strip_prefix(other).or_else(|| other.strip_prefix(one));
    rest.is_some_and(|rest| matches!(rest, "s" | "es" | "_async" | "Async" | "_sync" | "Sync" | "V2" | "_v2"))
}

fn name_of(seen: &Observation) -> String {
    seen.key.trim_end_matches(" default").to_owned()
}

fn site(seen: &Observation) -> Site {
    let site = Site::new(seen.place.clone(), seen.message.clone()).confidence(Confidence::Likely).key(name_of(seen));
    if seen.message.key == "cleaner" { site.severity(Severity::Medium) } else { site }
}

/// Only what could stand before a request is meant.
fn is_asked(cx: &Context<'_>, seen: &Observation) -> bool {
    let Some(file) = seen.place.file().map(|file| cx.repo.file(file)) else { return false };
    let served = matches!(cx.repo.component_of(file.id).kind, ComponentKind::HttpService | ComponentKind::WebApp);
    served && side_of(cx.repo, cx.facts, file).side != Side::Client
}

/// What a top-level name controls, as the key of a message; `None` when it is no control.
fn control(name: &str, declaration: NodeRef<'_>, script: bool) -> Option<&'static str> {
    let parts = words(name);
    let about = |list: &[&str]| parts.iter().any(|part| list.contains(&part.as_str()));
    // What only notes something for those behind it stops nobody by design.
    if about(&["context", "logger", "logging", "log"]) {
        return None;
    }
    let value = match declaration.kind() {
        Kind::Function | Kind::Class => declaration,
        Kind::Assignment => declaration.child(Role::Value)?,
        _ => return None,
    };
    match value.kind() {
        Kind::Function if script && parts.first().is_some_and(|first| first == "sanitize") => Some("cleaner"),
        Kind::Function if script && about(CONTROLS) && is_middleware(value, about(&["middleware"])) => Some("control"),
        Kind::Function if !script && about(&["require", "required"]) && is_python_guard(value) => Some("control"),
        Kind::Call if script => {
            let api = value.callee_api()?;
            let known = |list: &[&str]| {
                list.iter().any(|package| {
                    api.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(']))
                })
            };
            (known(limits::PACKAGES) || known(PACKAGES)).then_some("control")
        }
        Kind::Class if about(CONTROLS) && about(&["guard", "middleware"]) => {
            let method = |names: &[&str]| {
                value.children_in(Role::Item).any(|item| item.is(Kind::Function) && names.contains(&item.name()))
            };
            method(&["canActivate", "use", "dispatch", "__call__", "process_request", "process_view"])
                .then_some("control")
        }
        _ => None,
    }
}

/// `(req, res, next)`, `(ctx, next)`; anything with parameters when its name says that it is middleware.
fn is_middleware(function: NodeRef<'_>, named: bool) -> bool {
    let names: Vec<&str> = function.children_in(Role::Parameter).map(parameter_name).collect();
    let last = names.last().copied().unwrap_or_default();
    let next = matches!(last, "next" | "_next" | "done") && (names.len() == 2 || names.len() == 3);
    next || (named && !names.is_empty())
}

fn parameter_name(parameter: NodeRef<'_>) -> &str {
    match parameter.name() {
        "" => parameter.child(Role::Target).map_or("", NodeRef::name),
        name => name,
    }
}

/// A decorator, or a dependency that sees the request.
fn is_python_guard(function: NodeRef<'_>) -> bool {
    let inner = function.descendants().any(|node| node.is(Kind::Function));
    let depends = function.children_in(Role::Parameter).any(|parameter| {
        parameter
            .child(Role::Default)
            .is_some_and(|default| matches!(default.callee_name(), Some("Depends" | "Security")))
    });
    inner || depends
}

/// Whether a mention only gives the name to others.
fn is_export(node: NodeRef<'_>) -> bool {
    if is_default(node) {
        return true;
    }
    let mut node = node;
    for _ in 0..4 {
        let Some(parent) = node.parent() else { return false };
        match parent.kind() {
            Kind::Export => return true,
            Kind::Property | Kind::Object => node = parent,
            Kind::Assignment => {
                let target = parent.child(Role::Target).map_or("", NodeRef::text);
                return node.role() == Role::Value
                    && (target.starts_with("module.exports") || target.starts_with("exports."))
                    || target == "__all__";
            }
            _ => return false,
        }
    }
    false
}

/// `export default name`, `module.exports = name`: importers call it what they like.
fn is_default(node: NodeRef<'_>) -> bool {
    use crate::code::Flags;
    if node.is(Kind::Export) {
        return node.has(Flags::DEFAULT);
    }
    node.parent().is_some_and(|parent| match parent.kind() {
        Kind::Export => parent.has(Flags::DEFAULT),
        Kind::Assignment => {
            node.role() == Role::Value
                && parent.child(Role::Target).is_some_and(|target| target.text() == "module.exports")
        }
        _ => false,
    })
}

/// The first line of a declaration, which is what a reader looks for.
fn name_place(file: &Visit<'_>, declaration: NodeRef<'_>) -> Place {
    let outer = declaration.parent().filter(|parent| parent.is(Kind::Export)).unwrap_or(declaration);
    Place::At(file.file.id, outer.span())
}

/// Files that a framework finds by where they lie.
fn is_found_by_place(file: &File) -> bool {
    let path = file.path.as_str();
    let stem = file.path.file_stem().unwrap_or_default();
    ["server/middleware/", "/policies/", "src/hooks", "/api/middlewares/"].iter().any(|part| path.contains(part))
        || matches!(stem, "hooks.server" | "_middleware")
        || stem.ends_with(".config")
}

/// Which of the names are written in other files of the product than their own.
fn named_elsewhere(repo: &Repo, asked: &[&Observation]) -> BTreeSet<(FileId, String)> {
    let mut by_name: BTreeMap<String, Vec<FileId>> = BTreeMap::new();
    for seen in asked.iter().filter(|seen| seen.message.key != "used") {
        by_name.entry(name_of(seen)).or_default().extend(seen.place.file());
    }
    let mut found = BTreeSet::new();
    if by_name.is_empty() {
        return found;
    }
    // Most files hold none of the names, and need not be taken apart into words.
    let names = AhoCorasick::new(by_name.keys()).ok();
    for file in repo.files().iter().filter(|file| mentions_count(file)) {
        let Ok(text) = repo.read(file.id) else { continue };
        if names.as_ref().is_some_and(|names| !names.is_match(&*text)) {
            continue;
        }
        for word in words_used(&text) {
            if let Some(own) = by_name.get(word) {
                found.extend(own.iter().filter(|own| **own != file.id).map(|own| (*own, word.to_owned())));
            }
        }
    }
    found
}

fn mentions_count(file: &File) -> bool {
    let code = file.language.is_some()
        || matches!(file.path.extension(), Some("vue" | "svelte" | "json" | "yml" | "yaml" | "toml"));
    code && !matches!(file.role, FileRole::Test | FileRole::Docs | FileRole::Vendored)
}

/// Whether a string gives the dotted path of `name` to a framework that looks it up:
/// `config.add_tween("shop.config.require_https")`.
fn is_named_in_text(text: &str, name: &str) -> bool {
    ['"', '\''].iter().any(|quote| text.contains(&format!(".{name}{quote}")))
}

/// The names in a text, without those that it only passes on to others.
fn words_used(text: &str) -> impl Iterator<Item = &str> {
    let mut passing = false;
    text.lines()
        .filter(move |line| {
            let line = line.trim_start();
            let begins = line.starts_with("export {") || line.starts_with("export *");
            let skip = passing || begins;
            passing = (passing || begins) && !line.contains('}') && !line.starts_with("export *");
            !skip
        })
        .flat_map(|line| line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '$')))
        .filter(|word| !word.is_empty())
}

/// Every file that another one imports.
fn imported(modules: Modules<'_>) -> BTreeSet<FileId> {
    modules
        .files()
        .flat_map(|(file, facts)| facts.imports.iter().map(move |import| (file, import)))
        .filter_map(|(file, import)| match modules.target(file, &import.module) {
            Target::File(target) if target != file => Some(target),
            _ => None,
        })
        .collect()
}

/// Routers that no server takes in: their files are imported by nobody.
fn routers(cx: &Context<'_>, imported: &BTreeSet<FileId>) -> Vec<Site> {
    let lost: Vec<&Route> = cx
        .facts
        .routes(cx.repo)
        .iter()
        .filter(|route| {
            route.unresolved == Some(Unresolved::Mount)
                && !imported.contains(&route.file)
                && matches!(route.framework, "express" | "fastify" | "koa" | "hono")
                && cx.repo.component(route.component).kind == ComponentKind::HttpService
                && cx.repo.file(route.file).role == FileRole::Source
        })
        .collect();
    if lost.is_empty() || discovers(cx.repo) {
        return Vec::new();
    }
    let mut by_file: BTreeMap<FileId, Vec<&Route>> = BTreeMap::new();
    for route in lost {
        by_file.entry(route.file).or_default().push(route);
    }
    by_file
        .into_values()
        .map(|routes| {
            let first = routes[0];
            let message = Message::new("router")
                .with("route", format!("{} {}", first.method, first.path))
                .count("n", routes.len());
            // What nobody reaches does no harm; somebody may rely on it.
            Site::new(first.place.clone(), message)
                .severity(Severity::Medium)
                .confidence(Confidence::Likely)
                .key(&first.path)
        })
        .collect()
}

/// Whether code of the product looks for files in a folder.
fn discovers(repo: &Repo) -> bool {
    repo.files()
        .iter()
        .filter(|file| file.language.is_some() && matches!(file.role, FileRole::Source | FileRole::Config))
        .any(|file| repo.read(file.id).is_ok_and(|text| DISCOVERY.iter().any(|word| text.contains(word))))
}
