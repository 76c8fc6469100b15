//! `request-id-missing`: every record of one request carries the same id.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::{
    facts::{
        Fact,
        processes::{self, of_component, telemetry},
        routes::RouteKind,
    },
    model::{Confidence, Message, Place, Site, Span, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: RequestIdMissing = RequestIdMissing;

pub(in crate::rules) struct RequestIdMissing;

/// How such an id is named, in lower case without separators.
const NAMES: [&str; 8] =
    ["requestid", "correlationid", "traceparent", "traceid", "reqid", "genreqid", "asynclocalstorage", "xrequest"];

static NAMED: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(NAMES)
        .expect("words are short and few, so the automaton has room for them")
});

/// Fewer routes than this are a sketch.
const ROUTES: usize = 5;

/// Packages that give each request an id.
const PACKAGES: [&str; 7] = [
    "express-request-id",
    "pino-http",
    "cls-rtracer",
    "nestjs-cls",
    "asgi-correlation-id",
    "starlette-context",
    "django-request-id",
];

impl Rule for RequestIdMissing {
    fn id(&self) -> &'static str {
        "request-id-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts()
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Processes]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        let plain: String = file.text.chars().filter(|letter| !matches!(letter, '-' | '_')).collect();
        let Some(first) = NAMED.find(&plain) else { return };
        let before = plain[..first.start()].matches('\n').count();
        let mut lines = file.text.lines().scan(0, |offset, line| {
            let start = *offset;
            *offset += line.len() + 1;
            Some((start, line))
        });
        if let Some((start, line)) = lines.nth(before) {
            let end = (start + line.len()).min(file.text.len());
            out.note(Place::At(file.file.id, Span::new(start.min(end), end)), "named");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-service");
        }
        if let Some((name, place)) = telemetry::declared(cx.repo, cx.component, telemetry::TRACING) {
            return Verdict::pass_at(place, Message::new("traced").with("name", name));
        }
        let package = PACKAGES.iter().find_map(|name| Some((*name, cx.repo.dependency(cx.component.id, name)?)));
        if let Some((name, (manifest, dependency))) = package {
            return Verdict::pass_at(manifest.place(dependency.span), Message::new("traced").with("name", name));
        }
        if let Some(named) = cx.seen.first() {
            return Verdict::pass_at(named.place.clone(), "named");
        }
        if cx.component.profile.has_framework("Fastify") {
            return Verdict::not_applicable("fastify");
        }
        let routes: Vec<_> = cx
            .facts
            .routes(cx.repo)
            .iter()
            .filter(|route| route.component == cx.component.id && route.kind == RouteKind::Http)
            .filter(|route| !matches!(route.framework, "Next.js" | "nextjs" | "next"))
            .collect();
        if routes.len() < ROUTES {
            return Verdict::not_applicable("no-service");
        }
        let place = made(cx).unwrap_or_else(|| routes[0].place.clone());
        let site = Site::new(place, Message::new("missing").with("framework", routes[0].framework));
        Verdict::fail(site.confidence(Confidence::Likely), [])
    }
}

/// Where the application is made or begins to listen.
fn made(cx: &Context<'_>) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    let made = modules
        .files()
        .filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == crate::repo::Role::Source)
        .find_map(|(file, module)| {
            let call = module.calls.iter().find(|call| {
                matches!(call.callee.api_path().as_str(), "fastapi.FastAPI" | "flask.Flask" | "express")
            })?;
            Some(Place::At(file, call.span))
        });
    made.or_else(|| {
        of_component(cx.repo, cx.facts, cx.component)
            .find_map(|(file, signs)| Some(Place::At(file, signs.listens.first()?.span)))
    })
}
