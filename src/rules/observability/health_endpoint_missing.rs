//! `health-endpoint-missing`: a service answers whether it is well.

use crate::{
    facts::{
        Fact, kubernetes,
        processes::{self, asked, of_component},
        routes::{Route, RouteKind, standing},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: HealthEndpointMissing = HealthEndpointMissing;

pub(in crate::rules) struct HealthEndpointMissing;

/// What a route about health is called in languages whose routes are not read.
const WORDS: [&str; 7] = ["health", "heartbeat", "/ready", "/live", "/ping", "/status", "/up\""];

impl Rule for HealthEndpointMissing {
    fn id(&self) -> &'static str {
        "health-endpoint-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&WORDS)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Processes]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if let Some(at) = WORDS.iter().find_map(|word| file.text.find(word)) {
            out.note(Place::At(file.file.id, Span::new(at, at + 6)), "mentioned-here");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-service");
        }
        let health = asked(cx.repo, cx.facts, cx.component.id);
        let found: Vec<Evidence> = health
            .iter()
            .map(|(route, _)| Evidence::At {
                place: route.place.clone(),
                note: Message::new("route").with("path", route.path.as_str()),
            })
            .collect();
        Verdict::pass_or(found, || otherwise(cx))
    }
}

/// Packages that answer about health by themselves.
const SUPPLIED: &[&str] = &[
    "org.springframework.boot:spring-boot-starter-actuator",
    "io.quarkus:quarkus-smallrye-health",
    "@nestjs/terminus",
    "@godaddy/terminus",
    "django-health-check",
    "django-watchman",
    "lightship",
    "express-healthcheck",
    "fastify-healthcheck",
    "fastify-custom-healthcheck",
    "@fastify/under-pressure",
    "py-healthcheck",
    "fastapi-health",
];

fn otherwise(cx: &Context<'_>) -> Verdict {
    let supplied = SUPPLIED.iter().find_map(|name| Some((*name, cx.repo.dependency(cx.component.id, name)?)));
    if let Some((name, (manifest, dependency))) = supplied {
        return Verdict::pass_at(manifest.place(dependency.span), Message::new("supplied").with("name", name));
    }
    let routes: Vec<_> = cx
        .facts
        .routes(cx.repo)
        .iter()
        .filter(|route| route.component == cx.component.id && route.kind == RouteKind::Http)
        .filter(|route| !matches!(route.method.as_str(), "OPTIONS" | "HEAD"))
        .collect();
    if let Some((place, path)) = in_routes_folder(cx) {
        return Verdict::pass_at(place, Message::new("route").with("path", path));
    }
    if let Some(root) = routes.iter().find(|route| tells_it_runs(cx, route)) {
        return Verdict::pass_at(root.place.clone(), Message::new("route").with("path", root.path.as_str()));
    }
    if let Some(mention) = cx.seen.first() {
        let file = mention.place.file().map_or(String::new(), |file| cx.repo.file(file).path.to_string());
        return Verdict::unknown(Message::new("mentioned").with("file", file));
    }
    let Some(first) = routes.first() else { return Verdict::not_applicable("no-routes") };
    // What asks about the service's health already asks one of its routes, whatever that is called.
    if let Some(asks) = cx
        .repo
        .of_kind(FileKind::Dockerfile)
        .filter(|file| file.role.is_operational())
        .find(|file| cx.repo.dockerfile(file.id).is_some_and(|dockerfile| dockerfile.last("HEALTHCHECK").is_some()))
    {
        return Verdict::unknown(Message::new("probed").with("file", asks.path.as_str()));
    }
    let listens = of_component(cx.repo, cx.facts, cx.component)
        .find_map(|(file, signs)| Some(Place::At(file, signs.listens.first()?.span)));
    let container = runs_in_container(cx);
    let site =
        Site::new(listens.unwrap_or_else(|| first.place.clone()), Message::new("missing").count("n", routes.len()));
    // Nobody asks a function whether it is well.
    let site = if container { site } else { site.severity(Severity::Low) };
    Verdict::fail(site.confidence(Confidence::Likely), [])
}

/// Whether a route at the root of the service answers anybody that it runs, and does nothing else: `{ status: "up" }`,
/// `API is running`.
fn tells_it_runs(cx: &Context<'_>, route: &Route) -> bool {
    const SAYS: &[&str] = &["running", "is up", "alive", "healthy", "it works", "\"ok\"", "'ok'"];
    const KEYS: &[&str] = &["status:'", "status:\"", "status:`", "status\":\"", "status':'", "ok:true", "ok\":true"];
    let root = matches!(route.path.trim_end_matches('/'), "" | "/api" | "/v1" | "/api/v1");
    if !root || route.method != "GET" || !standing::only_answers(cx.facts.modules(cx.repo), route) {
        return false;
    }
    let Some((file, span)) = standing::handler_of(route) else { return false };
    let Ok(text) = cx.repo.read(file) else { return false };
    let Some(body) = text.get(span.start as usize..span.end as usize) else { return false };
    let body = body.to_ascii_lowercase();
    let plain: String = body.split_whitespace().collect();
    SAYS.iter().any(|says| body.contains(says)) || KEYS.iter().any(|key| plain.contains(key))
}

/// The module of Remix's and React Router's folder of routes that answers about health: `routes/api+/health.ts`.
fn in_routes_folder(cx: &Context<'_>) -> Option<(Place, String)> {
    const NAMES: &[&str] = &[
        "health",
        "healthz",
        "healthcheck",
        "healthchecks",
        "readyz",
        "livez",
        "ready",
        "readiness",
        "liveness",
        "ping",
    ];
    let modules = cx.facts.modules(cx.repo);
    modules.files().filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source).find_map(
        |(file, module)| {
            let path = cx.repo.file(file).path.as_str();
            let (_, below) = path.split_once("/routes/").or_else(|| path.split_once("app/routes."))?;
            let stem = below.rsplit_once('.')?.0;
            let parts: Vec<&str> = stem.split(['/', '.', '+']).filter(|part| !part.is_empty()).collect();
            let named = parts.iter().any(|part| NAMES.contains(&part.trim_start_matches('_')));
            let loader = module.exports.iter().find(|export| export.name == "loader")?;
            named.then(|| (Place::At(file, loader.span), format!("/{}", parts.join("/"))))
        },
    )
}

/// Whether something asks containers with this component in them how they are.
fn runs_in_container(cx: &Context<'_>) -> bool {
    if !kubernetes::containers(cx.repo).is_empty() {
        return true;
    }
    let folder = &cx.component.path;
    let listens = of_component(cx.repo, cx.facts, cx.component).any(|(_, signs)| !signs.listens.is_empty());
    let mut files = cx.repo.of_kind(FileKind::Dockerfile).chain(cx.repo.of_kind(FileKind::Compose));
    // An image that names neither the folder of a package nor lies in it holds another part of the workspace.
    files.any(|file| {
        folder.as_str().is_empty()
            || listens
            || file.path.starts_with(folder)
            || cx.repo.read(file.id).is_ok_and(|text| text.contains(folder.file_name().unwrap_or_default()))
    })
}
