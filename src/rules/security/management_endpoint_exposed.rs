//! `management-endpoint-exposed`: what shows the inside of a service is not open to everybody.

use crate::{
    doc::Node,
    facts::{
        Fact,
        routes::{GuardDoes, Route, RouteKind, standing},
        spring,
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ManagementEndpointExposed = ManagementEndpointExposed;

pub(in crate::rules) struct ManagementEndpointExposed;

impl Rule for ManagementEndpointExposed {
    fn id(&self) -> &'static str {
        "management-endpoint-exposed"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for file in cx.repo.files().iter().filter(|file| file.role.is_operational()) {
            spring(cx, file, &mut sites, &mut fine);
            if file.kind == FileKind::Compose {
                traefik(cx, file, &mut sites);
            }
        }
        metrics(cx, &mut sites, &mut fine);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

fn is_development(file: &File) -> bool {
    let name = file.path.file_name().unwrap_or_default();
    name.split(['.', '-', '_'])
        .any(|word| matches!(word, "dev" | "local" | "override" | "test" | "development" | "example"))
}

/// Spring Boot's actuator: which of its endpoints are reachable, and what health shows.
fn spring(cx: &Context<'_>, file: &File, sites: &mut Vec<Site>, good: &mut Vec<Evidence>) {
    let name = file.path.file_name().unwrap_or_default();
    if !name.starts_with("application") || is_development(file) {
        return;
    }
    let Some(doc) = cx.repo.doc(file.id) else { return };
    for root in &doc.documents {
        let exposed = spring::at(root, "management.endpoints.web.exposure.include");
        if let Some(node) = exposed {
            let listed: Vec<String> = match node.text() {
                Some(text) => text.split(',').map(|one| one.trim().to_owned()).collect(),
                None => node.items().iter().filter_map(Node::text).map(str::to_owned).collect(),
            };
            let bad: Vec<&str> = listed
                .iter()
                .map(String::as_str)
                .filter(|one| {
                    matches!(
                        *one,
                        "*" | "env"
                            | "heapdump"
                            | "threaddump"
                            | "configprops"
                            | "beans"
                            | "shutdown"
                            | "loggers"
                            | "logfile"
                    )
                })
                .collect();
            let place = Place::At(file.id, node.span);
            if bad.is_empty() {
                good.push(Evidence::At { place, note: Message::new("actuator-few") });
            } else {
                let message = Message::new("actuator").with("names", bad.join(", "));
                let telling = bad.iter().any(|one| matches!(*one, "*" | "env" | "heapdump" | "shutdown"));
                let site = Site::new(place, message).key("actuator");
                sites.push(if telling { site } else { site.severity(Severity::Medium) });
            }
        }
        let details = spring::at(root, "management.endpoint.health.show-details");
        if let Some(node) = details.filter(|node| node.text().is_some_and(|text| text.eq_ignore_ascii_case("always"))) {
            let site = Site::new(Place::At(file.id, node.span), Message::new("health-details")).key("health-details");
            sites.push(site.severity(Severity::Low));
        }
    }
}

/// Traefik's dashboard and interface without a password.
fn traefik(cx: &Context<'_>, file: &File, sites: &mut Vec<Site>) {
    if is_development(file) {
        return;
    }
    let Some(doc) = cx.repo.doc(file.id) else { return };
    for (_, node) in doc.documents.iter().flat_map(Node::walk) {
        let insecure = node.text().is_some_and(|text| {
            let plain = text.trim().trim_start_matches('-').to_ascii_lowercase();
            plain == "api.insecure=true" || plain == "api.insecure"
        });
        if insecure {
            sites.push(Site::new(Place::At(file.id, node.span), Message::new("traefik")).key("traefik"));
        }
    }
}

/// Metrics of the service on a route of its own.
fn metrics(cx: &Context<'_>, sites: &mut Vec<Site>, fine: &mut Vec<Evidence>) {
    let modules = cx.facts.modules(cx.repo);
    for route in cx.facts.routes(cx.repo).iter().filter(|route| is_metrics(cx, route)) {
        let say = |key: &'static str| Message::new(key).with("path", &route.path);
        if let Some(guard) = route.authenticates() {
            let place = guard.decides.as_ref().unwrap_or(&guard.place).clone();
            fine.push(Evidence::At { place, note: say("metrics-guarded") });
            continue;
        }
        let known = route.resolved
            && route.guard(GuardDoes::Unknown).is_none()
            && route.guard(GuardDoes::Identifies).is_none()
            && !standing::refuses(modules, route)
            && !standing::reads_identity(modules, route);
        if known {
            let site = Site::new(route.place.clone(), say("metrics")).severity(Severity::Low);
            sites.push(site.confidence(Confidence::Likely).key(&route.path));
        }
    }
}

fn is_metrics(cx: &Context<'_>, route: &Route) -> bool {
    let kind = cx.repo.component(route.component).kind;
    route.kind == RouteKind::Http
        && cx.repo.file(route.file).role == Role::Source
        && matches!(route.method.as_str(), "GET" | "ALL")
        && matches!(
            route.path.trim_end_matches('/'),
            "/metrics" | "/api/metrics" | "/prometheus" | "/api/v1/metrics" | "/prometheus/metrics"
        )
        && !matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::ClientApp)
}
