//! `monitoring-stack-missing`: what the repository runs to watch its services watches all of them.
//!
//! Most monitoring is somebody's account and leaves no trace in a repository, so its absence is never said.

use std::collections::BTreeSet;

use crate::{
    doc::Node,
    facts::{
        Fact,
        compose::{Project, Service, ServiceKind, Stage, projects},
        images::{self, Image},
        monitoring::{self, Settings},
        processes::{self, telemetry},
        routes::RouteKind,
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    repo::{Component, FileKind},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: MonitoringStackMissing = MonitoringStackMissing;

pub(in crate::rules) struct MonitoringStackMissing;

/// Agents that run inside the program and report to an account.
const AGENTS: &[&str] = &[
    "dd-trace",
    "ddtrace",
    "newrelic",
    "elastic-apm*",
    "applicationinsights",
    "azure-monitor-opentelemetry*",
    "@azure/monitor-opentelemetry",
    "@appsignal/*",
    "@google-cloud/opentelemetry*",
    "opentelemetry-exporter*",
    "@opentelemetry/exporter*",
    "@vercel/otel",
];

/// Kinds by which a cluster is told what to scrape.
const MONITORS: [&str; 4] = ["ServiceMonitor", "PodMonitor", "PodMonitoring", "VMServiceScrape"];

impl Rule for MonitoringStackMissing {
    fn id(&self) -> &'static str {
        "monitoring-stack-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let served: Vec<&Component> =
            cx.repo.components().iter().filter(|component| processes::is_served(cx.repo, component)).collect();
        if served.is_empty() {
            return Verdict::not_applicable("no-service");
        }
        let scraped = monitoring::prometheus(cx.repo);
        let sites = unscraped(cx, &scraped);
        let fine = stack(cx, &scraped, &served);
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::unknown("not-here"))).also_fine(fine)
    }
}

/// What watches, as far as the repository tells.
fn stack(cx: &Context<'_>, scraped: &[Settings<'_>], served: &[&Component]) -> Vec<Evidence> {
    let at = |place: Place, what: &str| Evidence::At { place, note: Message::new("stack").with("what", what) };
    // A configuration that nothing here runs may be for whoever tries it out.
    let run = monitoring::runs(cx.repo, "prometheus").is_some();
    let mut found: Vec<Evidence> = scraped
        .iter()
        .filter(|_| run)
        .filter_map(|settings| Some(at(settings.place_of("scrape_configs")?, "Prometheus")))
        .collect();
    found.extend(monitoring::cloud_alert(cx.repo).map(|place| at(place, "cloud")));
    let manifests = cx.repo.files().iter().filter(|file| {
        matches!(file.kind, FileKind::Kubernetes | FileKind::HelmTemplate) && file.role.is_operational()
    });
    found.extend(manifests.filter_map(|file| {
        let doc = cx.repo.doc(file.id)?;
        let kinds = doc.documents.iter().filter_map(|root| root.get("kind")?.as_str());
        let kind = kinds.into_iter().find(|kind| MONITORS.contains(kind))?;
        Some(at(Place::File(file.id), kind))
    }));
    let agents = served.iter().filter_map(|component| telemetry::declared(cx.repo, component, AGENTS));
    found.extend(agents.map(|(name, place)| at(place, name)));
    found.truncate(5);
    found
}

/// Services of a project with a Prometheus that serve metrics and that none of its jobs names.
fn unscraped(cx: &Context<'_>, scraped: &[Settings<'_>]) -> Vec<Site> {
    let [settings] = scraped else { return Vec::new() };
    let Some(list) = settings.root.entry("scrape_configs") else { return Vec::new() };
    if is_discovered(settings.root) {
        return Vec::new();
    }
    let hosts = hosts(&list.value);
    let images = images::images(cx.repo, cx.facts.commands(cx.repo));
    let projects = projects(cx.repo, cx.facts);
    let with_prometheus = projects.iter().filter(|project| {
        let runs = |service: &Service<'_>| service.kind == ServiceKind::Monitoring("Prometheus");
        project.complete && project.stage != Stage::Test && project.services.iter().any(runs)
    });
    let mut seen = BTreeSet::new();
    let mut sites = Vec::new();
    for project in with_prometheus {
        for service in project.applications() {
            let Some(place) = metrics_of(cx, service, &images) else { continue };
            let place_of_key = Place::At(settings.file.id, list.key_span);
            if !is_scraped(project, service, &hosts) && seen.insert(service.name.to_owned()) {
                let message = Message::new("unscraped").with("service", service.name);
                let site = Site::new(place_of_key, message).confidence(Confidence::Likely).key(service.name);
                sites.push(site.related(place, "metrics"));
            }
        }
    }
    sites
}

/// Somebody else tells Prometheus what to scrape.
fn is_discovered(root: &Node) -> bool {
    let keys = ["scrape_config_files", "remote_read"];
    keys.iter().any(|key| root.get(key).is_some())
        || root
            .walk()
            .any(|(path, _)| path.last_key().is_some_and(|key| key.ends_with("_sd_configs") || key == "http_sd_config"))
}

/// The hosts of every target, without ports.
fn hosts(jobs: &Node) -> BTreeSet<&str> {
    let targets = jobs.walk().filter(|(path, _)| path.to_string().contains("targets"));
    targets.filter_map(|(_, node)| node.as_str()).map(|target| target.split(':').next().unwrap_or(target)).collect()
}

fn is_scraped(project: &Project<'_>, service: &Service<'_>, hosts: &BTreeSet<&str>) -> bool {
    let own = ["container_name", "hostname"].iter().filter_map(|key| service.text_at(&[key])).map(|(text, _)| text);
    let outside = hosts.iter().any(|host| {
        // The machine itself, a proxy in front or a variable may stand for any service.
        host.contains(['$', '{', '.'])
            || *host == "localhost"
            || *host == "127.0.0.1"
            || project.service(host).is_some_and(|other| matches!(other.kind, ServiceKind::Proxy(_)))
    });
    outside || hosts.contains(service.name) || own.into_iter().any(|name| hosts.contains(name.as_str()))
}

/// Where the component that a service is built from serves its metrics.
fn metrics_of(cx: &Context<'_>, service: &Service<'_>, images: &[Image<'_>]) -> Option<Place> {
    let image = images.iter().find(|image| {
        image
            .built_by
            .iter()
            .any(|by| by.name == service.name && service.keys.iter().any(|(file, _)| file.id == by.file.id))
    })?;
    let routes = cx.facts.routes(cx.repo).iter();
    let mut own = routes.filter(|route| route.component == image.component.id && route.kind == RouteKind::Http);
    own.find(|route| matches!(route.path.as_str(), "/metrics" | "/api/metrics" | "/actuator/prometheus"))
        .map(|route| route.place.clone())
}
