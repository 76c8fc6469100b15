//! `metrics-coverage-missing`: what is defined as a metric is measured, and requests are among it.

use crate::{
    code::{BindingKind, Kind, NodeRef, Role},
    facts::{
        Fact,
        processes::{self, telemetry},
    },
    model::{Confidence, Evidence, FileId, Message, Severity, Site, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: MetricsCoverageMissing = MetricsCoverageMissing;

pub(in crate::rules) struct MetricsCoverageMissing;

/// Packages that measure requests by themselves.
const AUTOMATIC: &[&str] = &[
    "express-prom-bundle",
    "express-prometheus-middleware",
    "prometheus-api-metrics",
    "fastify-metrics",
    "@willsoto/nestjs-prometheus",
    "swagger-stats",
    "@hono/prometheus",
    "koa-prometheus",
    "@promster/*",
    "prometheus-fastapi-instrumentator",
    "starlette-exporter",
    "starlette-prometheus",
    "django-prometheus",
    "prometheus-flask-exporter",
    "opentelemetry-instrumentation*",
    "@opentelemetry/auto-instrumentations-node",
    "@opentelemetry/instrumentation-http",
    "@vercel/otel",
    "dd-trace",
    "ddtrace",
    "newrelic",
];

/// Evidence that a verdict names.
const SHOWN: usize = 5;

impl Rule for MetricsCoverageMissing {
    fn id(&self) -> &'static str {
        "metrics-coverage-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["prom-client", "prometheus_client"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(api) = call.callee_api() else { return };
        let Some(kind) = api.strip_prefix("prom-client.").or_else(|| api.strip_prefix("prometheus_client.")) else {
            return;
        };
        if !matches!(kind, "Counter" | "Gauge" | "Histogram" | "Summary") {
            return;
        }
        let options = call.argument(0);
        let name =
            options.filter(|options| options.is(Kind::Object)).map_or(options, |options| options.property("name"));
        let name = name.and_then(NodeRef::constant_str).unwrap_or_default();
        let message = Message::new("defined").with("name", name);
        let requests = matches!(kind, "Histogram" | "Summary") && measures_requests(call.text());
        if requests {
            out.good(file.place(call), message.clone());
        }
        // A gauge may be filled by a function of its own.
        let filled = options.is_some_and(|options| options.text().contains("collect"));
        if let Some(variable) = unused_here(call).filter(|_| !filled) {
            let noted = out.note(file.place(call), message);
            variable.clone_into(&mut noted.key);
        } else if !requests {
            out.note(file.place(call), message);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.seen.is_empty() || !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-metrics");
        }
        let mut sites = Vec::new();
        for seen in cx.seen.iter().filter(|seen| seen.tone == Tone::Note && !seen.key.is_empty()) {
            let Some(file) = seen.place.file() else { continue };
            if !used_elsewhere(cx, file, &seen.key) {
                let mut message = seen.message.clone();
                message.key = "unused".into();
                sites.push(Site::new(seen.place.clone(), message).confidence(Confidence::Likely));
            }
        }
        let mut fine: Vec<Evidence> = cx
            .seen
            .iter()
            .filter(|seen| seen.tone == Tone::Good)
            .map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
            .collect();
        if let Some((name, place)) = telemetry::declared(cx.repo, cx.component, AUTOMATIC) {
            fine.push(Evidence::At { place, note: Message::new("automatic").with("name", name) });
        }
        // A worker listens for those who ask whether it is well.
        let signs: Vec<_> = processes::of_component(cx.repo, cx.facts, cx.component).collect();
        let listens = signs.iter().any(|(_, signs)| !signs.listens.is_empty())
            && signs.iter().all(|(_, signs)| signs.workers.is_empty());
        if fine.is_empty() && listens {
            let place = cx.seen[0].place.clone();
            sites.push(Site::new(place, "no-requests").severity(Severity::Low).confidence(Confidence::Likely));
        }
        fine.truncate(SHOWN);
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-metrics")))
            .also_fine(fine)
    }
}

/// Whether a histogram is one of the requests that the service answers.
fn measures_requests(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["http", "request", "route", "api_", "response"].iter().any(|word| lower.contains(word))
}

/// The variable that holds an instrument, when its own file does nothing with it but to give it to others.
fn unused_here(call: NodeRef<'_>) -> Option<&str> {
    let declaration = call.parent().filter(|parent| parent.is(Kind::Assignment) && call.role() == Role::Value)?;
    let target = declaration.child(Role::Target).filter(|target| target.is(Kind::Identifier))?;
    let binding = target.binding_id()?;
    let known = call.tree().binding(binding);
    if known.kind != BindingKind::Variable || !known.top_level {
        return None;
    }
    let uses = call.tree().references(binding).filter(|reference| reference.span() != target.span()).any(|reference| {
        let exported = reference.ancestors().take(2).any(|above| above.is(Kind::Export));
        !exported
    });
    (!uses).then(|| target.name())
}

/// Whether another file takes the instrument, by its name or with all of its file.
fn used_elsewhere(cx: &Context<'_>, file: FileId, variable: &str) -> bool {
    let modules = cx.facts.modules(cx.repo);
    let stem = cx.repo.file(file).path.file_stem().unwrap_or_default();
    let imported = modules.files().filter(|(other, _)| *other != file).any(|(_, module)| {
        module.imports.iter().any(|import| {
            import.imported == variable
                || import.local == variable
                || matches!(import.imported.as_str(), "*" | "default" | "") && import.module.ends_with(stem)
                || import.imported == stem
        })
    });
    // A file that is handed on as a whole may be used under any name.
    imported || stem == "index" || stem == "__init__"
}
