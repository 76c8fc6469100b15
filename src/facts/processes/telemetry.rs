//! Packages with which a service reports about itself.

use crate::{
    facts::modules::{Function, Modules},
    model::{FileId, Place},
    repo::{Component, Repo, Role},
};

/// Packages that count and measure; a trailing `*` stands for any ending.
pub const METRICS: &[&str] = &[
    "prom-client",
    "express-prom-bundle",
    "fastify-metrics",
    "express-prometheus-middleware",
    "@willsoto/nestjs-prometheus",
    "swagger-stats",
    "prometheus-client",
    "prometheus-fastapi-instrumentator",
    "starlette-exporter",
    "starlette-prometheus",
    "django-prometheus",
    "prometheus-flask-exporter",
    "aioprometheus",
    "hot-shots",
    "node-statsd",
    "statsd*",
    "datadog*",
    "dd-trace",
    "ddtrace",
    "newrelic",
    "elastic-apm*",
    "applicationinsights",
    "appmetrics*",
    "@opentelemetry/sdk-metrics",
    "@opentelemetry/sdk-node",
    "@opentelemetry/exporter-metrics*",
    "@opentelemetry/exporter-prometheus",
    "opentelemetry*",
    "@vercel/otel",
    "@appsignal/*",
    "io.micrometer:micrometer-registry*",
    "io.quarkus:quarkus-micrometer*",
    "io.prometheus:*",
    "io.opentelemetry:*",
    "github.com/prometheus/client_golang",
    "go.opentelemetry.io/otel*",
    "metrics",
    "metrics-exporter-prometheus",
    "prometheus*",
    "@google-cloud/monitoring",
    "aws-embedded-metrics",
    "@aws-lambda-powertools/metrics",
    "logfire*",
    "@hono/prometheus",
    "yabeda*",
    "@promster/*",
    "scout-apm",
    "@baselime/*",
    "@axiomhq/*",
    "@effect/opentelemetry",
    "inspector-apm",
];

/// Packages that report errors to somebody.
pub const TRACKERS: &[&str] = &[
    "@sentry/*",
    "sentry-sdk",
    "@bugsnag/*",
    "bugsnag*",
    "rollbar",
    "@honeybadger-io/*",
    "honeybadger*",
    "newrelic",
    "dd-trace",
    "ddtrace",
    "datadog*",
    "elastic-apm*",
    "@appsignal/*",
    "appsignal",
    "posthog-node",
    "posthog*",
    "@posthog/*",
    "@highlight-run/*",
    "highlight-io",
    "airbrake*",
    "@airbrake/*",
    "pybrake",
    "raygun*",
    "applicationinsights",
    "@google-cloud/error-reporting",
    "google-cloud-error-reporting",
    "logrocket",
    "io.sentry:*",
    "com.bugsnag:*",
    "com.rollbar:*",
    "github.com/getsentry/sentry-go",
    "sentry*",
    "opencensus*",
    "azure-monitor*",
    "@azure/monitor*",
    "@opentelemetry/sdk-node",
    "@opentelemetry/auto-instrumentations-node",
    "opentelemetry-distro",
    "@vercel/otel",
    "logfire*",
    "@logtail/*",
    "logtail*",
    "@axiomhq/*",
    "@betterstack/*",
    "@baselime/*",
    "scout-apm",
    "github.com/bugsnag/bugsnag-go*",
    "@datadog/*",
    "trackjs",
    "@trackjs/*",
    "opentelemetry-instrumentation*",
    "@grafana/faro*",
    "co.elastic.apm:*",
    "glitchtip*",
    "exceptionless",
    "@exceptionless/*",
    "@instana/*",
    "instana",
    "dynatrace*",
];

/// Packages that follow a request through services.
pub const TRACING: &[&str] = &[
    "@opentelemetry/*",
    "opentelemetry*",
    "dd-trace",
    "ddtrace",
    "newrelic",
    "elastic-apm*",
    "@vercel/otel",
    "jaeger-client",
    "zipkin*",
    "aws-xray*",
    "io.micrometer:micrometer-tracing*",
    "io.opentelemetry*",
    "io.zipkin*",
    "org.springframework.cloud:spring-cloud-starter-sleuth",
    "logfire*",
    "go.opentelemetry.io/*",
    "applicationinsights",
    "azure-monitor*",
    "@appsignal/*",
    "@google-cloud/trace-agent",
    "@langfuse/otel",
];

/// The first dependency of `component` that is one of `packages`, with the place of its declaration.
pub fn declared<'r>(repo: &'r Repo, component: &Component, packages: &[&str]) -> Option<(&'r str, Place)> {
    repo.manifests_for(component.id).find_map(|manifest| {
        let known = manifest
            .dependencies
            .iter()
            .find(|dependency| !dependency.is_dev() && is_one(&dependency.name, packages))?;
        Some((known.name.as_str(), manifest.place(known.span)))
    })
}

/// As [`declared`], without packages that `skipped` names.
pub fn declared_besides<'r>(
    repo: &'r Repo,
    component: &Component,
    packages: &[&str],
    skipped: impl Fn(&str) -> bool,
) -> Option<(&'r str, Place)> {
    repo.manifests_for(component.id).find_map(|manifest| {
        let mut runtime = manifest.dependencies.iter().filter(|dependency| !dependency.is_dev());
        let known = runtime.find(|dependency| is_one(&dependency.name, packages) && !skipped(&dependency.name))?;
        Some((known.name.as_str(), manifest.place(known.span)))
    })
}

/// A package of somebody's own that is named after what it reports: `@acme/telemetry`. What it does is not known here.
pub fn own_package<'r>(repo: &'r Repo, component: &Component) -> Option<(&'r str, Place)> {
    const WORDS: [&str; 6] = ["telemetry", "metrics", "observability", "monitoring", "instrumentation", "apm"];
    repo.manifests_for(component.id).find_map(|manifest| {
        let own = manifest.dependencies.iter().filter(|dependency| !dependency.is_dev()).find(|dependency| {
            let last = dependency.name.rsplit('/').next().unwrap_or_default();
            last.split(['-', '_', '.']).any(|word| WORDS.contains(&word))
        })?;
        Some((own.name.as_str(), manifest.place(own.span)))
    })
}

/// Where the dependencies of `component` are written down: not the list that only developers install.
pub fn manifest(repo: &Repo, component: &Component) -> Option<Place> {
    let developers = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        ["dev", "test", "lint", "docs", "local"]
            .iter()
            .any(|word| name.split(['-', '_', '.']).any(|part| part == *word))
    };
    let mut files: Vec<(FileId, usize)> =
        component.manifests(repo).map(|manifest| (manifest.file, manifest.dependencies.len())).collect();
    // A tool's own list beside that of the program is the shorter one.
    files.sort_by_key(|(file, count)| (developers(repo.file(*file).path.as_str()), std::cmp::Reverse(*count)));
    files.first().map(|(file, _)| Place::File(*file))
}

/// The first manifest of the repository that declares one of `packages` for something that is not deployed on its own.
pub fn declared_beside<'r>(repo: &'r Repo, packages: &[&str]) -> Option<(&'r str, Place)> {
    repo.manifests().iter().find_map(|manifest| {
        let file = repo.file(manifest.file);
        if !file.role.is_operational() || repo.component(file.component).kind.is_deployable() {
            return None;
        }
        let known = manifest
            .dependencies
            .iter()
            .find(|dependency| !dependency.is_dev() && is_one(&dependency.name, packages))?;
        Some((known.name.as_str(), manifest.place(known.span)))
    })
}

fn is_one(name: &str, packages: &[&str]) -> bool {
    packages.iter().any(|known| match known.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *known,
    })
}

/// A function that is named to set something up and only writes a log record: its name and place.
pub fn placeholder<'f>(
    repo: &Repo,
    modules: Modules<'f>,
    component: &Component,
    subject: &str,
) -> Option<(&'f str, Place)> {
    let files = modules.files().filter(|(file, _)| {
        let file = repo.file(*file);
        file.role == Role::Source && file.component == component.id
    });
    files.into_iter().find_map(|(file, module)| {
        let empty = |function: &&Function| {
            is_setup(&function.name, subject)
                && module.calls_in(function.span).count() > 0
                && module.calls_in(function.span).all(|call| {
                    matches!(call.callee.last(), "log" | "info" | "debug" | "warn" | "warning" | "print" | "trace")
                })
        };
        module.functions.iter().find(empty).map(|function| (function.name.as_str(), at(file, function)))
    })
}

fn at(file: FileId, function: &Function) -> Place {
    Place::At(file, function.span)
}

fn is_setup(name: &str, subject: &str) -> bool {
    let name: String = name.chars().filter(|letter| *letter != '_').collect::<String>().to_ascii_lowercase();
    ["init", "setup", "start", "configure", "initialize", "enable", "register"]
        .iter()
        .any(|verb| name.strip_prefix(verb) == Some(subject))
}
