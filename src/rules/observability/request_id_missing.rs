//! `request-id-missing`: every record of one request carries the same id.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact,
        processes::{self, of_component, telemetry},
        routes::RouteKind,
    },
    model::{Confidence, Message, Place, Site, Span, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: RequestIdMissing = RequestIdMissing;

pub(in crate::rules) struct RequestIdMissing;

/// How such an id is named, word by word.
const NAMES: [&[&str]; 7] = [
    &["request", "id"],
    &["correlation", "id"],
    &["trace", "parent"],
    &["traceparent"],
    &["trace", "id"],
    &["req", "id"],
    &["requestid"],
];

/// Headers and settings that exist for such an id only.
const HEADERS: [&str; 8] = [
    "x-request-id",
    "x-correlation-id",
    "request-id",
    "correlation-id",
    "traceparent",
    "x-trace-id",
    "x-amzn-trace-id",
    "x-cloud-trace-context",
];

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
        let mut watch = Watch::nodes(&[
            Kind::Identifier,
            Kind::Member,
            Kind::Property,
            Kind::String,
            Kind::Parameter,
            Kind::Assignment,
        ]);
        watch.text = true;
        watch
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Processes]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        // What has a tree is asked node by node.
        if file.file.language.is_some() || is_pretended(file.file.path.as_str()) {
            return;
        }
        let mut offset = 0;
        for line in file.text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            if !may_name(line) {
                continue;
            }
            let comment = ["#", "//", "*", "--", "/*"].iter().any(|mark| line.trim_start().starts_with(mark));
            let words = || line.split(|letter: char| !is_of_word(letter)).filter_map(strength);
            let Some(sure) = words().max().filter(|_| !comment) else { continue };
            let place = Place::At(file.file.id, Span::new(start, start + line.trim_end().len()));
            if sure {
                out.good(place, "named");
                return;
            }
            out.note(place, "named");
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let sure = match node.kind() {
            Kind::Assignment => is_given(node).then_some(true),
            _ => strength(node.name()),
        };
        if sure.is_none() || is_pretended(file.file.path.as_str()) || node.is_dev_only() {
            return;
        }
        match sure {
            Some(true) => {
                out.good(file.place(node), "named");
            }
            Some(false) => {
                out.note(file.place(node), "named");
            }
            None => {}
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
        // What only development installs serves a mock.
        let package = package.filter(|(_, (_, dependency))| !dependency.is_dev());
        if let Some((name, (manifest, dependency))) = package {
            return Verdict::pass_at(manifest.place(dependency.span), Message::new("traced").with("name", name));
        }
        if let Some(named) = cx.seen.iter().find(|seen| seen.tone == Tone::Good) {
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
        // A field of that name may be of a message, a job, or the answer of another service.
        if !cx.seen.is_empty() {
            return Verdict::unknown("unclear");
        }
        let place = made(cx).unwrap_or_else(|| routes[0].place.clone());
        let site = Site::new(place, Message::new("missing").with("framework", routes[0].framework));
        Verdict::fail(site.confidence(Confidence::Likely), [])
    }
}

/// Letters of a name or a header.
fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-')
}

/// Whether `text` holds a part of each kind that such a name is made of. Nearly all names and lines hold none.
fn may_name(text: &str) -> bool {
    let holds = |parts: &[&[u8]]| {
        let bytes = text.as_bytes();
        parts.iter().any(|part| bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part)))
    };
    holds(&[b"id", b"parent", b"context"]) && holds(&[b"req", b"trace", b"correlation"])
}

/// Whether `name` names such an id: surely as a header, or perhaps as a field.
fn strength(name: &str) -> Option<bool> {
    // Text with spaces is prose, and long text a list.
    if name.len() < 5 || name.len() > 40 || !may_name(name) || !name.chars().all(is_of_word) {
        return None;
    }
    let lower = name.to_ascii_lowercase().replace('_', "-");
    if HEADERS.contains(&lower.as_str()) && name.contains(['-', 'p']) && !name.contains('_') || lower == "genreqid" {
        return Some(true);
    }
    let words = words(name);
    let named = NAMES.iter().any(|phrase| words.windows(phrase.len()).any(|window| window == *phrase));
    // `changeRequestId` is of a request that somebody made in the product.
    let product = ["change", "pull", "merge", "friend", "join", "access", "feature", "payment", "withdrawal", "leave"];
    let other = words.windows(2).any(|pair| pair[1].starts_with("request") && product.contains(&pair[0].as_str()));
    (named && !other).then_some(false)
}

/// The words of a name in any style, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_small = false;
    for letter in name.chars() {
        let begins = letter.is_uppercase() && before_small;
        if (begins || !letter.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        before_small = letter.is_lowercase() || letter.is_numeric();
    }
    words
}

/// `req.id = …`, `request.state.request_id = …`, `g.request_id = …`: a request is given its id.
fn is_given(assignment: NodeRef<'_>) -> bool {
    let target = assignment.child(Role::Target).filter(|target| target.is(Kind::Member));
    target.is_some_and(|target| {
        let holder = target.child(Role::Object).map(NodeRef::name).unwrap_or_default();
        let of_request = matches!(holder, "req" | "request" | "ctx" | "g" | "state" | "locals");
        of_request && (strength(target.name()).is_some() || target.name() == "id" && holder.starts_with("req"))
    })
}

/// Mocks answer nobody.
fn is_pretended(path: &str) -> bool {
    path.to_ascii_lowercase().split(['/', '.', '-', '_']).any(|part| part.starts_with("mock") || part == "fixtures")
}

/// Where the application is made or begins to listen.
fn made(cx: &Context<'_>) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    let made = modules
        .files()
        .filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == crate::repo::Role::Source)
        .filter(|(file, _)| !is_pretended(cx.repo.file(*file).path.as_str()))
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
