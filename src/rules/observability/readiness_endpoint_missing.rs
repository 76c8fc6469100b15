//! `readiness-endpoint-missing`: whether a service may get traffic is asked apart from whether it lives.

use crate::{
    facts::{
        Fact, kubernetes,
        processes::{self, Asked, asked, looks},
    },
    model::{Message, Severity, Site, Verdict},
    repo::ComponentKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ReadinessEndpointMissing = ReadinessEndpointMissing;

pub(in crate::rules) struct ReadinessEndpointMissing;

impl Rule for ReadinessEndpointMissing {
    fn id(&self) -> &'static str {
        "readiness-endpoint-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-route");
        }
        let routes = asked(cx.repo, cx.facts, cx.component.id);
        if let Some((route, _)) = routes.iter().find(|(_, asked)| *asked == Asked::Readiness) {
            return Verdict::pass_at(route.place.clone(), Message::new("ready").with("path", route.path.as_str()));
        }
        let general = routes.iter().find(|(_, asked)| *asked == Asked::Health).or(routes.first());
        let Some((route, _)) = general else { return Verdict::not_applicable("no-route") };
        let modules = cx.facts.modules(cx.repo);
        let apart = routes.iter().any(|(_, asked)| *asked == Asked::Liveness);
        let deep = routes.iter().find_map(|(route, _)| Some((route, looks(modules, route)?.database?)));
        let probed = kubernetes::containers(cx.repo).into_iter().find_map(|container| container.probe());
        let message = |key: &'static str| Message::new(key).with("path", route.path.as_str());
        match (probed, deep) {
            (Some(_), Some((route, name))) if apart => {
                Verdict::pass_at(route.place.clone(), message("serves").with("name", name))
            }
            (Some(probe), _) => {
                Verdict::fail(Site::new(route.place.clone(), message("cluster")).related(probe, "probe"), [])
            }
            (None, Some((route, name))) => Verdict::pass_at(route.place.clone(), message("serves").with("name", name)),
            // Pages that are rendered from what other services answer are ready as soon as they answer.
            (None, None) if cx.component.kind == ComponentKind::WebApp && keeps_nothing(cx) => {
                Verdict::not_applicable("no-store")
            }
            // Nobody sends requests to what takes its work from a queue.
            (None, None) if is_worker(cx) => Verdict::not_applicable("worker"),
            (None, None) => {
                Verdict::fail(Site::new(route.place.clone(), message("single")).severity(Severity::Low), [])
            }
        }
    }
}

/// Whether the component works off a queue, and answers nothing but questions about itself.
fn is_worker(cx: &Context<'_>) -> bool {
    let named = cx.component.kind == ComponentKind::Worker
        || cx.component.path.file_name().is_some_and(|name| matches!(name, "worker" | "workers"));
    let itself = |path: &str| {
        path.split('/').any(|part| {
            matches!(part, "metrics" | "ready" | "live") || part.starts_with("health") || part.starts_with("ping")
        })
    };
    let mut own = cx.facts.routes(cx.repo).iter().filter(|route| route.component == cx.component.id);
    named && own.all(|route| itself(&route.path))
}

/// Whether the component has no datastore of its own.
fn keeps_nothing(cx: &Context<'_>) -> bool {
    let profile = &cx.component.profile;
    profile.datastores.is_empty() && profile.orms.is_empty()
}
