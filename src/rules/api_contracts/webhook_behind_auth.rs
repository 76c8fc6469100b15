//! `webhook-behind-auth`: what other services call is not behind the guard for users.

use crate::{
    facts::{
        Fact,
        routes::{
            GuardDoes, Route, RouteKind,
            standing::{self, Area},
        },
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WebhookBehindAuth = WebhookBehindAuth;

pub(in crate::rules) struct WebhookBehindAuth;

impl Rule for WebhookBehindAuth {
    fn id(&self) -> &'static str {
        "webhook-behind-auth"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.routes(cx.repo);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for route in all.iter().filter(|route| receives(cx, all, route)) {
            let say = |key: &'static str| Message::new(key).with("route", format!("{} {}", route.method, route.path));
            match user_guard(route) {
                Some(guard) => {
                    let message = say("behind").with("name", &guard.name);
                    let site = Site::new(guard.place.clone(), message).confidence(Confidence::Likely).key(&route.path);
                    sites.push(site.related(route.place.clone(), say("here")));
                }
                None if route.resolved => fine.push(Evidence::At { place: route.place.clone(), note: say("open") }),
                None => {}
            }
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-hooks"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-hooks")).also_fine(fine)
    }
}

/// A route that takes a provider's deliveries or sends a browser back from one: the path ends so, and its own
/// signature is looked at where it is a webhook.
fn receives(cx: &Context<'_>, all: &[Route], route: &Route) -> bool {
    let kind = cx.repo.component(route.component).kind;
    if route.method != "POST" || route.kind != RouteKind::Http {
        return false;
    }
    let parts = standing::segments(&route.path);
    let last = parts.last().map_or("", String::as_str);
    let hook = matches!(last, "webhook" | "ipn" | "stripe" | "github") && route.area() == Area::Hook;
    // Asked of few routes only: it looks at all the others.
    let managed = || {
        all.iter().any(|other| {
            other.component == route.component
                && matches!(other.method.as_str(), "GET" | "PUT" | "PATCH" | "DELETE")
                && other.path.starts_with(&route.path)
                && other.area() == Area::Hook
        })
    };
    cx.repo.file(route.file).role == Role::Source
        // Nest's guards are for all routes and spare those that are marked, each in its own way.
        && route.framework != "nest"
        && hook
        && !matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::ClientApp)
        && !managed()
}

/// The guard for users that stands before a route outside its handler.
fn user_guard(route: &Route) -> Option<&crate::facts::routes::Guard> {
    let handler = match route.handler {
        Some(Place::At(file, span)) => Some((file, span)),
        _ => None,
    };
    let outside = |place: &Place| match (place, handler) {
        (Place::At(file, span), Some((other, around))) => *file != other || !around.contains(*span),
        _ => true,
    };
    // A shared secret that the provider sends along is not a user's.
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["secret", "key", "hook", "sign", "internal", "basic", "ip", "cron", "service"]
            .iter()
            .any(|word| name.contains(word))
    };
    // A webhook that verifies its sender and asks for a user as well can satisfy nobody.
    let verifies = route.guard(GuardDoes::Verifies).is_some();
    route.guards.iter().find(|guard| {
        let name = guard.name.to_ascii_lowercase();
        guard.does == GuardDoes::Authenticates
            && outside(&guard.place)
            && !secret(&guard.name)
            && (verifies
                || ["jwt", "session", "user", "login", "authenticate", "requireauth"]
                    .iter()
                    .any(|word| name.contains(word)))
    })
}
