//! What the rules about security headers share: where headers are set, and whom the question is put to.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Visit, Watch, infrastructure,
        response_headers::{self, Header, HeaderSet},
        switches,
        tier::{self, Tier},
    },
    model::{Arg, ComponentId, Evidence, Message, Observation, Place},
    repo::{Component, ComponentKind, Ecosystem, Repo, Role},
    rule::{Context, Out},
};

/// Frameworks that answer with what the repository tells them to, headers included.
const SERVERS: [&str; 16] = [
    "Next.js",
    "Nuxt",
    "SvelteKit",
    "Remix",
    "React Router",
    "NestJS",
    "Express",
    "Fastify",
    "Koa",
    "Hono",
    "FastAPI",
    "Flask",
    "Django",
    "Starlette",
    "hapi",
    "AdonisJS",
];

pub(super) fn watch() -> Watch {
    let mut watch = Watch::nodes(&[Kind::String, Kind::Property, Kind::Call, Kind::Assignment, Kind::Template])
        .keywords(response_headers::KEYWORDS)
        .roles(&[Role::Source, Role::Config]);
    watch.text = true;
    watch
}

/// Notes the headers that `node` sets.
pub(super) fn observe(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    note(file, response_headers::set_by(node), out);
}

/// Notes the headers that a file without code sets.
pub(super) fn observe_text(file: &Visit<'_>, out: &mut Out<'_>) {
    note(file, response_headers::set_in_text(file.file, file.text), out);
}

fn note(file: &Visit<'_>, found: Vec<HeaderSet>, out: &mut Out<'_>) {
    if tier::of_path(&file.file.path) == Tier::Development || publishes_documents(file) {
        return;
    }
    for set in found {
        let key = if set.off { "off" } else { "set" };
        let message = Message::new(key).with("by", set.by).with("header", set.header.name());
        let message = message.with("setting", set.setting);
        out.note(Place::At(file.file.id, set.span), message).key.push_str(set.header.name());
    }
}

/// Whether a file for Netlify is about a site of documentation, whose headers say nothing about the application.
fn publishes_documents(file: &Visit<'_>) -> bool {
    const MAKERS: [&str; 7] = ["mkdocs", "docusaurus", "vitepress", "sphinx", "hugo", "mdbook", "antora"];
    file.file.name() == "netlify.toml"
        && file.text.lines().map(str::trim_start).any(|line| {
            let folder = line.starts_with("publish") && line.split(['"', '\'', '/']).any(|part| part == "docs");
            folder || line.starts_with("command") && MAKERS.iter().any(|maker| line.contains(maker))
        })
}

/// Where `header` of what `server` answers is set, or switched off: in its own files, or in those of no server.
pub(super) fn about<'c>(cx: &Context<'c>, server: &Component, header: Header, off: bool) -> Vec<&'c Observation> {
    let key = if off { "off" } else { "set" };
    of_server(cx, server)
        .filter(|seen| seen.key == header.name() && seen.message.key == key && !is_of_one_answer(cx.repo, seen))
        .filter(|seen| off || switch(cx, seen).is_none())
        .collect()
}

/// Where `header` is set only while a setting is on that is off by default, with what switches it on.
pub(super) fn optional(cx: &Context<'_>, server: &Component, header: Header) -> Option<(Place, String)> {
    of_server(cx, server)
        .filter(|seen| seen.key == header.name() && seen.message.key == "set")
        .find_map(|seen| Some((seen.place.clone(), switch(cx, seen)?)))
}

fn switch(cx: &Context<'_>, seen: &Observation) -> Option<String> {
    let setting = seen.message.args.iter().find_map(|(name, value)| match value {
        Arg::Text(text) if name == "setting" && !text.is_empty() => Some(text.as_str()),
        _ => None,
    });
    let decided = setting.and_then(|name| switches::off_by_default(cx.repo, cx.facts, name));
    decided.or_else(|| switches::gate_of(cx.repo, cx.facts, &seen.place))
}

fn of_server<'c>(cx: &Context<'c>, server: &Component) -> impl Iterator<Item = &'c Observation> {
    let others: Vec<ComponentId> =
        servers(cx.repo).iter().map(|other| other.id).filter(|other| *other != server.id).collect();
    let repo = cx.repo;
    cx.seen.iter().filter(move |seen| seen.place.file().is_none_or(|file| !others.contains(&repo.file(file).component)))
}

pub(super) fn evidence(seen: &[&Observation]) -> Vec<Evidence> {
    seen.iter().take(5).map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() }).collect()
}

/// The components that answer requests of browsers or programs, by a framework that can set headers.
pub(super) fn servers(repo: &Repo) -> Vec<&Component> {
    repo.components()
        .iter()
        .filter(|component| matches!(component.kind, ComponentKind::HttpService | ComponentKind::WebApp))
        .filter(|component| SERVERS.iter().any(|name| component.profile.has_framework(name)))
        .filter(|component| !is_imported(repo, component) && !is_workspace(repo, component))
        .collect()
}

/// The root of a workspace with one manifest for all: what its frameworks serve, a folder below serves, which has no
/// manifest of its own.
pub(super) fn is_workspace(repo: &Repo, component: &Component) -> bool {
    component.path == "."
        && repo.components().iter().any(|other| {
            other.id != component.id
                && matches!(other.kind, ComponentKind::HttpService | ComponentKind::WebApp)
                && SERVERS.iter().any(|name| other.profile.has_framework(name))
                && other.manifests(repo).all(|manifest| !manifest.folder.starts_with(&other.path))
        })
}

/// A package that uses a framework's parts, and that nothing starts or builds: others import it.
fn is_imported(repo: &Repo, component: &Component) -> bool {
    let mut manifests = component.manifests(repo).filter(|manifest| manifest.ecosystem == Ecosystem::Npm).peekable();
    manifests.peek().is_some() && manifests.all(|manifest| manifest.scripts.is_empty() && !manifest.entries.is_empty())
}

/// Whether a component serves pages.
pub(super) fn serves_pages(repo: &Repo, component: &Component) -> bool {
    let renders = ["Next.js", "Nuxt", "SvelteKit", "Remix", "React Router"];
    let templates = || {
        repo.files_of(component.id).any(|file| {
            file.role == Role::Source
                && matches!(file.path.extension(), Some("html" | "ejs" | "pug" | "hbs" | "jinja2" | "njk"))
                && !file.path.as_str().contains("mail")
        })
    };
    let components = || {
        repo.files_of(component.id).any(|file| {
            file.role == Role::Source && matches!(file.path.extension(), Some("tsx" | "jsx" | "vue" | "svelte"))
        })
    };
    let framework = renders.iter().any(|name| component.profile.has_framework(name));
    framework && components() || templates()
}

/// Where the application sets other headers: the one missing belongs beside them.
pub(super) fn beside(cx: &Context<'_>, server: &Component) -> Option<Place> {
    of_server(cx, server)
        .filter(|seen| seen.message.key == "set" && !is_of_one_answer(cx.repo, seen))
        .map(|seen| &seen.place)
        .find(|place| place.file().is_some_and(|file| cx.repo.file(file).path.extension() != Some("html")))
        .cloned()
}

/// A header that a single handler of Next.js adds to what it sends: that says nothing of the other answers.
fn is_of_one_answer(repo: &Repo, seen: &Observation) -> bool {
    let Some(path) = seen.place.file().map(|file| repo.file(file).path.as_str()) else { return false };
    let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    path.starts_with("pages/api/") || path.contains("/pages/api/") || (stem == "route" && path.contains("app/"))
}

/// Whether what stands before the application is described by code that this tool does not follow.
pub(super) fn is_fronted(repo: &Repo) -> bool {
    !infrastructure::resources(repo).is_empty()
}
