//! `metrics-endpoint-missing`: a service measures itself and lets somebody read it.

use crate::{
    facts::{
        Fact,
        processes::{self, telemetry},
        routes::RouteKind,
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: MetricsEndpointMissing = MetricsEndpointMissing;

pub(in crate::rules) struct MetricsEndpointMissing;

impl Rule for MetricsEndpointMissing {
    fn id(&self) -> &'static str {
        "metrics-endpoint-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Processes, Fact::Queries]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-service");
        }
        let served =
            cx.facts.routes(cx.repo).iter().find(|route| {
                route.component == cx.component.id && route.kind == RouteKind::Http && serves(&route.path)
            });
        if let Some(route) = served {
            return Verdict::pass_at(route.place.clone(), Message::new("route").with("path", route.path.as_str()));
        }
        if let Some((name, place)) = telemetry::declared(cx.repo, cx.component, telemetry::METRICS) {
            return Verdict::pass_at(place, Message::new("declared").with("name", name));
        }
        if let Some((name, place)) = telemetry::placeholder(cx.repo, cx.facts.modules(cx.repo), cx.component, "metrics")
        {
            let site = Site::new(place, Message::new("placeholder").with("name", name));
            return Verdict::fail(site, []);
        }
        // A front end that answers no requests of its own has nothing to count.
        let answers = cx
            .facts
            .routes(cx.repo)
            .iter()
            .any(|route| route.component == cx.component.id && route.kind == RouteKind::Http);
        if cx.component.kind == ComponentKind::WebApp && !answers {
            return Verdict::not_applicable("no-service");
        }
        if let Some(place) = counted(cx) {
            return Verdict::pass_at(place, Message::new("declared").with("name", "Sentry.metrics"));
        }
        if let Some((name, _)) = telemetry::own_package(cx.repo, cx.component) {
            return Verdict::unknown(Message::new("own-package").with("name", name));
        }
        if let Some((name, _)) = telemetry::declared_beside(cx.repo, telemetry::METRICS) {
            return Verdict::unknown(Message::new("beside").with("name", name));
        }
        if let Some(name) = own_counter(cx) {
            return Verdict::unknown(Message::new("own").with("name", name));
        }
        match telemetry::manifest(cx.repo, cx.component) {
            Some(place) => {
                let site = Site::new(place, "missing").confidence(Confidence::Likely);
                // A front end renders what the services behind it answer, and those are what has to be measured.
                let listens = processes::of_component(cx.repo, cx.facts, cx.component)
                    .any(|(_, signs)| !signs.listens.is_empty());
                let asks = cx.facts.files().any(|(file, facts)| cx.covers(file) && !facts.queries.queries.is_empty());
                let renders = cx.component.kind == ComponentKind::WebApp && (!listens || !asks && draws(cx));
                let site = if renders { site.severity(Severity::Low) } else { site };
                Verdict::fail(site, [])
            }
            None => Verdict::not_applicable("no-service"),
        }
    }
}

/// Whether the component is made of React, Vue or Svelte, whatever server sends it out.
fn draws(cx: &Context<'_>) -> bool {
    ["react-dom", "vue", "svelte", "solid-js"].iter().any(|name| cx.repo.dependency(cx.component.id, name).is_some())
}

/// Middleware of the component that measures each request by itself: `class MetricsMiddleware`.
fn own_counter<'c>(cx: &'c Context<'_>) -> Option<&'c str> {
    let modules = cx.facts.modules(cx.repo);
    let mut classes = modules
        .files()
        .filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source)
        .flat_map(|(_, module)| &module.classes)
        .map(|class| class.name.as_str());
    classes.find(|name| name.contains("Metric") && ["Middleware", "Interceptor"].iter().any(|end| name.ends_with(end)))
}

/// Where the program counts by Sentry's metrics.
fn counted(cx: &Context<'_>) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    modules.files().filter(|(file, _)| cx.covers(*file)).find_map(|(file, module)| {
        let call = module.calls.iter().find(|call| {
            let path = call.callee.api_path();
            (path.starts_with("@sentry/") || path.starts_with("sentry_sdk.")) && path.contains("metrics.")
        })?;
        Some(Place::At(file, call.span))
    })
}

/// Whether a path is one under which a program's metrics are read, not those of its users' things.
fn serves(path: &str) -> bool {
    let path = path.trim_matches('/').to_ascii_lowercase();
    let mut parts: Vec<&str> = path.split('/').collect();
    let read = |last: &str| matches!(last, "metrics" | "prometheus");
    let around =
        ["api", "v1", "v2", "v3", "internal", "private", "monitoring", "health", "system", "actuator", "metrics", "_"];
    parts.pop().is_some_and(read) && parts.iter().all(|part| around.contains(part))
}
