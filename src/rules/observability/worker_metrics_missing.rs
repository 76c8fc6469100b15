//! `worker-metrics-missing`: somebody can see how long queues are and how many jobs fail.

use crate::{
    facts::{
        Fact, monitoring,
        processes::{of_component, telemetry},
    },
    model::{Confidence, Message, Place, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: WorkerMetricsMissing = WorkerMetricsMissing;

pub(in crate::rules) struct WorkerMetricsMissing;

/// Packages that show or measure queues.
const SHOWS: &[&str] = &[
    "@bull-board/api",
    "@bull-board/express",
    "@bull-board/fastify",
    "@bull-board/nestjs",
    "@bull-board/hono",
    "@bull-board/koa",
    "bull-board",
    "bull-arena",
    "bullmq-otel",
    "bull-monitor",
    "@bull-monitor/express",
    "bullmq-exporter",
    "bull-prom",
    "@taskforcesh/bullmq-pro",
    "flower",
    "celery-exporter",
    "celery-prometheus-exporter",
    "opentelemetry-instrumentation-celery",
];

/// Images that do.
const IMAGES: [&str; 7] =
    ["flower", "celery-exporter", "bull-exporter", "bullmq-exporter", "bull-board", "arena", "bull-prometheus"];

/// What asks a queue for its numbers.
const ASKS: [&str; 9] = [
    "getJobCounts",
    "getWaitingCount",
    "getFailedCount",
    "getActiveCount",
    "getMetrics(",
    "exportPrometheusMetrics",
    "task_failure",
    "task_postrun",
    "worker_send_task_events",
];

impl Rule for WorkerMetricsMissing {
    fn id(&self) -> &'static str {
        "worker-metrics-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&ASKS)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if let Some((at, name)) = ASKS.iter().filter_map(|name| Some((file.text.find(name)?, *name))).min() {
            out.note(Place::At(file.file.id, Span::new(at, at + name.len())), "counted");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable("no-workers");
        }
        let Some((library, place)) = worker(cx) else { return Verdict::not_applicable("no-workers") };
        if let Some(counted) = cx.seen.first() {
            return Verdict::pass_at(counted.place.clone(), "counted");
        }
        let shows = telemetry::declared(cx.repo, cx.component, SHOWS).or_else(|| cx.repo.declared(SHOWS));
        if let Some((name, place)) = shows {
            return Verdict::pass_at(place, Message::new("package").with("name", name));
        }
        if let Some((name, place)) = IMAGES.iter().find_map(|image| Some((*image, monitoring::runs(cx.repo, image)?))) {
            return Verdict::pass_at(place, Message::new("package").with("name", name));
        }
        let site = Site::new(place, Message::new("missing").with("library", library));
        Verdict::fail(site.confidence(Confidence::Likely), [])
    }
}

/// The first worker of the component, with its library.
fn worker(cx: &Context<'_>) -> Option<(&'static str, Place)> {
    let taken = of_component(cx.repo, cx.facts, cx.component).find_map(|(file, signs)| {
        let worker = signs.workers.iter().find(|worker| matches!(worker.library, "BullMQ" | "Bull"))?;
        Some((worker.library, Place::At(file, worker.span)))
    });
    taken.or_else(|| {
        let modules = cx.facts.modules(cx.repo);
        modules.files().filter(|(file, _)| cx.covers(*file)).find_map(|(file, module)| {
            let mut calls = module.calls.iter();
            let call = calls
                .find(|call| matches!(call.callee.api_path().as_str(), "celery.Celery" | "celery.app.base.Celery"))?;
            (cx.repo.file(file).role == Role::Source).then_some(("Celery", Place::At(file, call.span)))
        })
    })
}
