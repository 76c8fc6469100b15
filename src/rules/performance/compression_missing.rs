//! `compression-missing`: text is sent compressed, by the service or by what stands before it.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::{Fact, Visit, Watch, body_limits},
    model::{Confidence, Evidence, FileId, Message, Place, Site, Span, Tone, Verdict},
    repo::{ComponentKind, FileKind, Role},
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: CompressionMissing = CompressionMissing;

pub(in crate::rules) struct CompressionMissing;

/// Packages and modules that compress answers.
const PACKAGES: &[&str] = &[
    "compression",
    "shrink-ray-current",
    "http-compression",
    "@fastify/compress",
    "fastify-compress",
    "koa-compress",
    "hono/compress",
    "express-static-gzip",
    "starlette.middleware.gzip",
    "fastapi.middleware.gzip",
    "brotli_asgi",
    "starlette_compress",
    "flask_compress",
];

/// Words of a proxy that compresses.
const AT_PROXY: &[&str] = &[
    "gzip on",
    "gzip  on",
    "brotli on",
    "encode gzip",
    "encode zstd",
    "encode br",
    "middlewares.compress",
    ".compress=true",
];

impl Rule for CompressionMissing {
    fn id(&self) -> &'static str {
        "compression-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Property, Kind::String])
            .keywords(&["compress", "GZipMiddleware"])
            .roles(&[Role::Source, Role::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let name = file.file.path.file_name().unwrap_or_default();
        if node.is(Kind::String) {
            if node.name().ends_with("GZipMiddleware") {
                out.good(file.place(node), Message::new("middleware"));
            }
        } else if name.starts_with("next.config.") && node.name() == "compress" {
            let off =
                node.child(NodeRole::Value).is_some_and(|value| value.is(Kind::Boolean) && value.name() == "false");
            if off {
                out.bad(file.place(node), Message::new("next-off")).confidence = Confidence::Likely;
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !matches!(cx.component.kind, ComponentKind::HttpService | ComponentKind::WebApp) {
            return Verdict::not_applicable("no-server");
        }
        let proxy = at_proxy(cx);
        if let Some(place) = &proxy {
            return Verdict::pass_at(place.clone(), "at-proxy");
        }
        let good: Vec<Evidence> = packages(cx)
            .chain(cx.seen.iter().filter(|seen| seen.tone == Tone::Good).map(|seen| seen.place.clone()))
            .map(|place| Evidence::At { place, note: Message::new("middleware") })
            .take(3)
            .collect();
        if cx.seen.iter().any(|seen| seen.tone == Tone::Bad) {
            return cx.judged(|| Verdict::unknown("unclear"));
        }
        if !good.is_empty() {
            return Verdict::pass_or(good, || Verdict::unknown("unclear"));
        }
        if cx.component.profile.has_framework("Next.js") {
            let config = cx
                .files(Role::Config)
                .find(|file| file.path.file_name().is_some_and(|name| name.starts_with("next.config.")));
            return match config {
                Some(config) => Verdict::pass_at(Place::File(config.id), "next"),
                None => Verdict::unknown("unclear"),
            };
        }
        match proxies(cx).first() {
            Some((file, span)) => {
                Verdict::fail(Site::new(Place::At(*file, *span), "nginx").confidence(Confidence::Likely), [])
            }
            None => Verdict::unknown("unclear"),
        }
    }
}

fn packages<'c>(cx: &'c Context<'_>) -> impl Iterator<Item = Place> + 'c {
    cx.facts.files().filter(|(file, _)| cx.covers(*file)).flat_map(|(file, facts)| {
        let imports = facts.modules.imports.iter().filter(|import| PACKAGES.contains(&import.module.as_str()));
        imports.map(move |import| Place::At(file, import.span))
    })
}

/// A line of a proxy's configuration that says that it compresses.
fn at_proxy(cx: &Context<'_>) -> Option<Place> {
    let mut files = cx.repo.files().iter().filter(|file| {
        let path = file.path.as_str();
        let known = file.kind == FileKind::Compose
            || ["nginx", "Caddyfile", "traefik", "haproxy"].iter().any(|name| path.contains(name))
            || matches!(file.path.extension(), Some("conf" | "template"));
        known && file.language.is_none() && file.role.is_operational()
    });
    files.find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let at = AT_PROXY.iter().find_map(|word| {
            let at = text.find(word)?;
            let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
            (!text[line..at].contains('#')).then_some(Span::new(at, at + word.len()))
        })?;
        Some(Place::At(file.id, at))
    })
}

/// Where nginx hands requests on.
fn proxies(cx: &Context<'_>) -> Vec<(FileId, Span)> {
    let files = body_limits::nginx(cx.repo).into_iter();
    files
        .filter_map(|(file, _)| {
            let text = cx.repo.read(file).ok()?;
            let at = text.find("proxy_pass")?;
            Some((file, Span::new(at, at + "proxy_pass".len())))
        })
        .collect()
}
