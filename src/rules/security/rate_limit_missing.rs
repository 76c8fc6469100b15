//! `rate-limit-missing`: something limits how often a service may be asked.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        limits::{self, Mention},
        routes::{GuardDoes, Public, Route, RouteKind},
        switches,
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, FileKind, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RateLimitMissing = RateLimitMissing;

pub(in crate::rules) struct RateLimitMissing;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for RateLimitMissing {
    fn id(&self) -> &'static str {
        "rate-limit-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Switches]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let serves =
            matches!(cx.component.kind, ComponentKind::HttpService | ComponentKind::WebApp | ComponentKind::Root);
        let routes: Vec<&Route> = cx.facts.routes(cx.repo).iter().filter(|route| asked(cx, route)).collect();
        let Some(first) = routes.first().filter(|_| serves) else {
            return Verdict::not_applicable("no-routes");
        };
        if let Some(generator) = documentation(cx) {
            return Verdict::not_applicable(Message::new("documentation").with("name", generator));
        }
        let (applied, optional) = applied(cx, &routes);
        if let Some(variable) = optional.filter(|_| applied.is_empty()) {
            return Verdict::unknown(Message::new("optional").with("variable", variable));
        }
        if !applied.is_empty() {
            let limited = routes.iter().filter(|route| route.guard(GuardDoes::RateLimits).is_some()).count();
            let detail = Message::new("detail").count("ok", limited).count("n", routes.len());
            return Verdict::pass_or(applied, || Verdict::unknown("unclear")).detail(detail);
        }
        let proxies = limits::at_proxy(cx.repo).into_iter().take(SHOWN);
        let proxies: Vec<Evidence> =
            proxies.map(|place| Evidence::At { place, note: Message::new("at-proxy") }).collect();
        if !proxies.is_empty() {
            return Verdict::pass_or(proxies, || Verdict::unknown("unclear"));
        }
        let (used, unused): (Vec<Mention>, Vec<Mention>) = limits::mentions(cx.repo, cx.facts)
            .into_iter()
            .filter(|mention| mention.function.is_some() || cx.covers(mention.file))
            .partition(|mention| limits::is_used(cx.repo, cx.facts, *mention));
        if used.iter().any(|mention| cx.covers(mention.file)) {
            return Verdict::unknown("unclear");
        }
        let dead = unused.iter().filter(|mention| cx.covers(mention.file)).find_map(|mention| mention.function);
        if let Some(dead) = dead {
            let place = cx.facts.modules(cx.repo).place(dead);
            return Verdict::fail(Site::new(place, "never-applied").confidence(Confidence::Likely), []);
        }
        if unused.iter().any(|mention| cx.covers(mention.file)) {
            return Verdict::unknown("unclear");
        }
        let place = mounting(cx).unwrap_or_else(|| first.handler.clone().unwrap_or_else(|| first.place.clone()));
        let said = |key: &'static str| Message::new(key).count("n", routes.len());
        // What everybody may read can be asked for too often, and that is all.
        let reads = routes.iter().all(|route| route.method == "GET" && route.authenticates().is_none());
        let site = match () {
            () if reads => Site::new(place, said("reads")).severity(Severity::Medium),
            () if has_allow_list(cx.repo) => Site::new(place, said("allow-list")).severity(Severity::Medium),
            () => Site::new(place, said("missing")),
        };
        Verdict::fail(site.confidence(Confidence::Likely), [])
    }
}

/// The program that makes a site of documentation out of this component, whose routes search its own pages.
fn documentation(cx: &Context<'_>) -> Option<&'static str> {
    ["fumadocs-core", "nextra", "@docusaurus/core", "vitepress", "vocs", "@astrojs/starlight", "mintlify"]
        .into_iter()
        .find(|name| cx.repo.dependency(cx.component.id, name).is_some())
}

/// Whether the entrance to the cluster lets only named networks in.
fn has_allow_list(repo: &Repo) -> bool {
    let ingresses = repo.files().iter().filter(|file| {
        matches!(file.kind, FileKind::Kubernetes | FileKind::HelmTemplate | FileKind::HelmValues)
            && file.role.is_operational()
    });
    ingresses.filter_map(|file| repo.read(file.id).ok()).any(|text| {
        text.lines().any(|line| {
            let line = line.trim_start();
            !line.starts_with('#')
                && ["whitelist-source-range:", "allowlist-source-range:"].iter().any(|name| line.contains(name))
        })
    })
}

fn asked(cx: &Context<'_>, route: &Route) -> bool {
    route.component == cx.component.id
        && !matches!(route.kind, RouteKind::Page)
        && !matches!(route.method.as_str(), "OPTIONS" | "HEAD")
        && !matches!(route.public, Some(Public::Health | Public::Static | Public::Docs))
}

/// Where a limiter is applied; and what switches one on that does not run by default.
fn applied(cx: &Context<'_>, routes: &[&Route]) -> (Vec<Evidence>, Option<String>) {
    let guards = routes.iter().filter_map(|route| route.guard(GuardDoes::RateLimits));
    let mut seen = BTreeSet::new();
    let (mut applied, mut optional) = (Vec::new(), None);
    for guard in guards.filter(|guard| seen.insert(guard.place.clone())) {
        match switches::gate_of(cx.repo, cx.facts, &guard.place) {
            Some(variable) => optional = optional.or(Some(variable)),
            None if applied.len() < SHOWN => applied.push(Evidence::At {
                place: guard.place.clone(),
                note: Message::new("applied").with("name", guard.name.as_str()),
            }),
            None => {}
        }
    }
    (applied, optional)
}

/// Where a limiter would be mounted: the first plugin or middleware beside most routes' registration.
fn mounting(cx: &Context<'_>) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    let servers = modules.files().filter(|(file, module)| {
        let server = module.imports.iter().any(|import| {
            matches!(
                import.module.as_str(),
                "express" | "fastify" | "koa" | "hono" | "fastapi" | "flask" | "@nestjs/core"
            )
        });
        server && cx.covers(*file) && cx.repo.file(*file).role == crate::repo::Role::Source
    });
    let of_file = |module: &crate::facts::modules::ModuleFacts| -> Vec<crate::model::Span> {
        let calls = module.calls.iter().filter(|call| {
            call.callee.members.len() == 1
                && matches!(call.callee.last(), "register" | "use" | "add_middleware" | "useGlobalPipes" | "enableCors")
        });
        calls.map(|call| call.span).collect()
    };
    let (file, spans) = servers.map(|(file, module)| (file, of_file(module))).max_by_key(|(_, spans)| spans.len())?;
    spans.first().map(|span| Place::At(file, *span))
}
