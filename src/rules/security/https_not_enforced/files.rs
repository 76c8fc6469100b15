//! Clusters, platforms, infrastructure code, and addresses in files of variables.

use super::Found;
use crate::{
    doc::Node,
    facts::{
        credentials::host_of,
        images,
        infrastructure::{Resource, Setting, resources},
        kubernetes::cluster::cluster,
        tier::{self, Tier},
    },
    model::{Confidence, Message, Place, Site},
    repo::{File, FileKind, Repo},
    rule::Context,
};

pub(super) fn judge(cx: &Context<'_>, found: &mut Found) {
    ingresses(cx.repo, found);
    for file in cx.repo.files().iter().filter(|file| file.role.is_operational()) {
        let tier = tier::of_path(&file.path);
        if file.kind == FileKind::Platform && file.name().starts_with("fly.") && tier != Tier::Development {
            fly(cx.repo, file, found);
        } else if file.kind == FileKind::Env && tier == Tier::Production {
            addresses(cx.repo, file, found);
        }
    }
    let resources = resources(cx.repo);
    let fronted = resources.iter().any(|one| one.kind.contains("cloudfront") || one.kind.contains("CloudFront"));
    let with_tls = resources.iter().any(|one| listener(one).is_some_and(|(protocol, _)| protocol == "HTTPS"));
    let internal = resources.iter().any(|one| matches!(one.setting("internal"), Setting::Is("true", _)));
    for resource in &resources {
        in_resource(resource, with_tls || !fronted && !internal, found);
    }
}

/// Ingresses whose redirect is switched off, or that a load balancer serves on both ports.
fn ingresses(repo: &Repo, found: &mut Found) {
    let cluster = cluster(repo);
    for object in cluster.of_kind(&["Ingress"]) {
        if !matches!(tier::of_path(&object.file.path), Tier::Production | Tier::Unnamed) {
            continue;
        }
        let Some(annotations) = object.root.at(&["metadata", "annotations"]) else { continue };
        let class = object.root.at(&["spec", "ingressClassName"]).and_then(Node::text).unwrap_or_default();
        let tls = object.root.at(&["spec", "tls"]).is_some_and(|tls| !tls.items().is_empty());
        let redirect = annotations.entry("nginx.ingress.kubernetes.io/ssl-redirect");
        let forced = annotations.entry("nginx.ingress.kubernetes.io/force-ssl-redirect");
        let is = |entry: Option<&crate::doc::Entry>, text: &str| entry.and_then(|one| one.value.text()) == Some(text);
        if let Some(entry) = redirect.filter(|_| tls && is(redirect, "false") && !is(forced, "true")) {
            found.sites.push(Site::new(object.place(entry.span()), "ingress").confidence(Confidence::Likely));
        } else if tls && (class.contains("nginx") || is(redirect, "true") || is(forced, "true")) {
            found.fine(object.head(), "the ingress");
        }
        let ports = annotations.entry("alb.ingress.kubernetes.io/listen-ports");
        let both = ports
            .and_then(|entry| entry.value.text())
            .is_some_and(|text| text.contains("\"HTTP\"") && text.contains("\"HTTPS\""));
        if let Some(entry) = ports.filter(|_| both) {
            let redirects = annotations.entries().iter().any(|one| one.key.ends_with("ssl-redirect"));
            if redirects {
                found.fine(object.head(), "the load balancer");
            } else {
                found.sites.push(Site::new(object.place(entry.span()), "balancer").confidence(Confidence::Likely));
            }
        }
    }
}

fn fly(repo: &Repo, file: &File, found: &mut Found) {
    let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { return };
    if images::is_development(file) {
        return;
    }
    if let Some(service) = root.entry("http_service") {
        match service.value.entry("force_https") {
            Some(entry) if entry.value.as_bool() == Some(true) => {
                found.fine(Place::At(file.id, entry.span()), "Fly.io");
            }
            Some(entry) => found.sites.push(Site::new(Place::At(file.id, entry.span()), "fly")),
            None => found.sites.push(Site::new(Place::At(file.id, service.key_span), "fly")),
        }
    }
    let services = root.get("services").map(Node::items).unwrap_or_default();
    for port in services.iter().flat_map(|service| service.get("ports").map(Node::items).unwrap_or_default()) {
        let http = port.get("handlers").map(Node::items).unwrap_or_default();
        let plain =
            http.iter().any(|one| one.text() == Some("http")) && http.iter().all(|one| one.text() != Some("tls"));
        if !plain {
            continue;
        }
        match port.entry("force_https") {
            Some(entry) if entry.value.as_bool() == Some(true) => {
                found.fine(Place::At(file.id, entry.span()), "Fly.io");
            }
            _ => found.sites.push(Site::new(Place::At(file.id, port.span), "fly")),
        }
    }
}

/// Addresses of others over plain HTTP in a file of variables for production.
fn addresses(repo: &Repo, file: &File, found: &mut Found) {
    let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { return };
    for entry in root.entries() {
        let Some(text) = entry.value.text().filter(|text| text.starts_with("http://")) else { continue };
        if host_of(text).is_some_and(is_public) {
            let message = Message::new("address").with("name", entry.key.as_str());
            found.sites.push(Site::new(Place::At(file.id, entry.span()), message).key(&entry.key));
        }
    }
}

/// A name that the whole internet resolves.
fn is_public(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && last.chars().all(char::is_alphabetic)
        && !matches!(last, "local" | "internal" | "localhost" | "lan" | "svc" | "test" | "example" | "invalid" | "home")
        && !host.contains("docker.internal")
        && !host.contains("example.")
        && !host.contains(".svc.")
}

/// Protocol and action of a listener of an application load balancer.
fn listener<'r>(resource: &'r Resource<'_>) -> Option<(&'r str, Setting<'r>)> {
    let (protocol, action) = match resource.kind.as_str() {
        "aws_lb_listener" | "aws_alb_listener" => ("protocol", "default_action.type"),
        "AWS::ElasticLoadBalancingV2::Listener" => ("Properties.Protocol", "Properties.DefaultActions.Type"),
        _ => return None,
    };
    match resource.setting(protocol) {
        Setting::Is(text, _) => Some((text, resource.setting(action))),
        _ => None,
    }
}

fn in_resource(resource: &Resource<'_>, public: bool, found: &mut Found) {
    if let Some(("HTTP", action)) = listener(resource) {
        match action {
            Setting::Is("redirect", span) => found.fine(resource.place(span), "the load balancer"),
            Setting::Is("forward", span) if public => {
                found.sites.push(Site::new(resource.place(span), "balancer").confidence(Confidence::Likely));
            }
            _ => {}
        }
    }
    let policies = resource
        .attributes
        .iter()
        .filter(|one| one.path.ends_with("viewer_protocol_policy") || one.path.ends_with(".ViewerProtocolPolicy"));
    for policy in policies {
        match policy.value.as_str() {
            "allow-all" => found.sites.push(Site::new(resource.place(policy.span), "cdn")),
            "redirect-to-https" | "https-only" => found.fine(resource.place(policy.span), "the CDN"),
            _ => {}
        }
    }
    if resource.kind.starts_with("azurerm_") {
        match resource.setting("https_only") {
            Setting::Is("false", span) => found.sites.push(Site::new(resource.place(span), "azure")),
            Setting::Is("true", span) => found.fine(resource.place(span), "Azure"),
            _ => {}
        }
    }
}
