//! `circuit-breaker-missing`: a service that is down is not asked by every request.

use crate::{
    facts::{
        Fact,
        outbound::{Address, Runs},
        processes::{self, telemetry},
        routes::RouteKind,
    },
    model::{Confidence, FileId, Message, Place, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: CircuitBreakerMissing = CircuitBreakerMissing;

pub(in crate::rules) struct CircuitBreakerMissing;

/// Packages that break circuits.
const BREAKERS: &[&str] = &[
    "opossum",
    "cockatiel",
    "brakes",
    "levee",
    "mollitia",
    "nestjs-resilience",
    "@fastify/circuit-breaker",
    "pybreaker",
    "circuitbreaker",
    "aiobreaker",
    "aiocircuitbreaker",
    "purgatory-circuitbreaker",
    "hyx",
];

/// How one's own is written.
const WRITTEN: [&str; 6] =
    ["CircuitBreaker", "circuitBreaker", "circuit_breaker", "circuit-breaker", "circuitbreaker", "CIRCUIT_BREAKER"];

impl Rule for CircuitBreakerMissing {
    fn id(&self) -> &'static str {
        "circuit-breaker-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&WRITTEN)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Outbound, Fact::Modules, Fact::Side, Fact::Routes, Fact::Access]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if let Some((at, name)) = WRITTEN.iter().filter_map(|name| Some((file.text.find(name)?, *name))).min() {
            out.note(Place::At(file.file.id, Span::new(at, at + name.len())), "written");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-requests");
        }
        let asked = asked(cx);
        let Some((place, host)) = asked.first() else { return Verdict::not_applicable("no-requests") };
        if let Some(written) = cx.seen.first() {
            return Verdict::pass_at(written.place.clone(), "written");
        }
        if let Some((name, place)) = telemetry::declared(cx.repo, cx.component, BREAKERS) {
            return Verdict::pass_at(place, Message::new("package").with("name", name));
        }
        let mut site = Site::new(place.clone(), Message::new("missing").with("host", host.as_str()));
        for (other, host) in asked.iter().skip(1).take(3) {
            site = site.related(other.clone(), Message::new("also").with("host", host.as_str()));
        }
        Verdict::fail(site.confidence(Confidence::Guess), [])
    }
}

/// Calls between a handler and the request that it waits for.
const DEPTH: usize = 2;

/// Requests to other hosts that handlers of this component wait for, each host once.
fn asked(cx: &Context<'_>) -> Vec<(Place, String)> {
    let modules = cx.facts.modules(cx.repo);
    let mut found: Vec<(Place, String)> = Vec::new();
    let mut runs = None;
    for route in cx.facts.routes(cx.repo) {
        let Some(Place::At(file, span)) = route.handler else { continue };
        if route.kind == RouteKind::Page || !cx.covers(route.file) || cx.repo.file(file).role != Role::Source {
            continue;
        }
        let Some(handler) = modules.function_at(file, span) else { continue };
        let _: Option<()> = modules.reach(handler, DEPTH, |id| {
            let inside = modules.function(id).span;
            for (span, host) in hosts(cx, id.file, inside) {
                let runs = runs.get_or_insert_with(|| Runs::new(cx.repo, cx.facts));
                if runs.on_server(id.file) != Some(false) && !found.iter().any(|(_, known)| *known == host) {
                    found.push((Place::At(id.file, span), host));
                }
            }
            None
        });
    }
    found.sort();
    found
}

fn hosts<'c>(cx: &'c Context<'_>, file: FileId, inside: Span) -> impl Iterator<Item = (Span, String)> + 'c {
    let requests = cx.facts.of(file).map(|facts| facts.outbound.requests.as_slice()).unwrap_or_default();
    requests.iter().filter(move |request| !request.makes_client && inside.contains(request.span)).filter_map(
        |request| match &request.address {
            Address::Host(host) => Some((request.span, host.clone())),
            Address::Configured(name) if name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_') => {
                Some((request.span, name.clone()))
            }
            _ => None,
        },
    )
}
