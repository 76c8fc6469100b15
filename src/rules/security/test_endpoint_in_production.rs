//! `test-endpoint-in-production`: routes for trying things out are not part of the service.

use crate::{
    facts::{
        Fact,
        routes::{
            Route, RouteKind,
            standing::{self, Area},
        },
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: TestEndpointInProduction = TestEndpointInProduction;

pub(in crate::rules) struct TestEndpointInProduction;

impl Rule for TestEndpointInProduction {
    fn id(&self) -> &'static str {
        "test-endpoint-in-production"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let routes: Vec<&Route> = cx
            .facts
            .routes(cx.repo)
            .iter()
            .filter(|route| {
                let kind = cx.repo.component(route.component).kind;
                route.kind == RouteKind::Http
                    && cx.repo.file(route.file).role == Role::Source
                    && !matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::ClientApp)
            })
            .collect();
        if routes.is_empty() {
            return Verdict::not_applicable("no-routes");
        }
        let sites: Vec<Site> = routes
            .iter()
            .filter(|route| {
                is_trial(route) && route.resolved && route.authenticates().is_none() && !asks_environment(cx, route)
            })
            .map(|route| {
                let message = Message::new("route").with("route", format!("{} {}", route.method, route.path));
                let site = Site::new(route.place.clone(), message).confidence(Confidence::Likely).key(&route.path);
                if standing::only_answers(modules, route) { site.severity(Severity::Low) } else { site }
            })
            .collect();
        Verdict::fail_or(sites, || {
            Verdict::pass(cx.searched(Message::new("searched").count("n", routes.len()), files(&routes)), [])
        })
    }
}

fn files(routes: &[&Route]) -> usize {
    let files: std::collections::BTreeSet<_> = routes.iter().map(|route| route.file).collect();
    files.len()
}

/// Whether the path begins with what is for trying things out; deeper in a path it is a feature (`/hooks/:id/test`).
fn is_trial(route: &Route) -> bool {
    let parts = standing::segments(&route.path);
    let first = parts.iter().find(|part| {
        let version = part.strip_prefix('v').is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit()));
        part.as_str() != "api" && !version
    });
    let named = first
        .is_some_and(|part| matches!(part.as_str(), "test" | "debug" | "testing" | "sentryexampleapi" | "debugsentry"));
    // A collection of tests has single ones.
    named && route.area() == Area::Trial && !route.path.contains("/test/:id") && !route.path.contains("/test/{")
}

/// Whether the handler looks at the environment before it does anything.
fn asks_environment(cx: &Context<'_>, route: &Route) -> bool {
    let Some(Place::At(file, _)) = route.handler else { return true };
    let Ok(text) = cx.repo.read(file) else { return true };
    ["NODE_ENV", "process.env.E2E", "E2E_", "ENABLE_", "DEBUG", "isProd", "isDev", "environment"]
        .iter()
        .any(|word| text.contains(word))
}
