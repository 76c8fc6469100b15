//! `localhost-in-container`: a container does not look for its neighbours on `localhost`.

use crate::{
    doc::Node,
    facts::{
        compose::{self, ComposeService},
        credentials::{
            Given, datastores, mounted, services,
            stage::{self, Stage},
        },
        images::image_name,
    },
    model::{Evidence, Message, Place, Severity, Site, Span, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: LocalhostInContainer = LocalhostInContainer;

pub(in crate::rules) struct LocalhostInContainer;

impl Rule for LocalhostInContainer {
    fn id(&self) -> &'static str {
        "localhost-in-container"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = compose::services(cx.repo);
        let stages = stage::of_each(cx.repo, &all);
        if all.is_empty() {
            return Verdict::not_applicable("no-services");
        }
        let (mut sites, mut fine): (Vec<Site>, Vec<Evidence>) = (Vec::new(), Vec::new());
        for service in all.iter().filter(|service| !shares_network(service)) {
            let stage = stages[&service.file.id];
            if matches!(stage, Stage::Test | Stage::Example) {
                continue;
            }
            let neighbours: Vec<&ComposeService<'_>> =
                all.iter().filter(|other| other.file.id == service.file.id && other.name != service.name).collect();
            for judged in in_variables(service, &neighbours) {
                match judged {
                    Judged::Bad(site) => sites.push(*site),
                    Judged::Fine(evidence) => fine.push(evidence),
                }
            }
            for site in in_mounted(cx, service) {
                if !sites.iter().any(|known| known.place == site.place) {
                    sites.push(site);
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

fn shares_network(service: &ComposeService<'_>) -> bool {
    service.node.get("network_mode").is_some()
}

enum Judged {
    Bad(Box<Site>),
    Fine(Evidence),
}

/// Addresses of datastores: nothing else is surely meant for the process and not for a browser.
fn in_variables(service: &ComposeService<'_>, neighbours: &[&ComposeService<'_>]) -> Vec<Judged> {
    let own = service.image.and_then(Node::as_str).and_then(datastores::of_image);
    if own.is_some() {
        return Vec::new();
    }
    services::variables(service)
        .iter()
        .filter_map(|variable| {
            let text = match variable.given() {
                Given::Literal(text) | Given::Default { text, .. } => text,
                Given::Empty | Given::Reference | Given::Mixed => variable.text.as_str(),
            };
            let (host, datastore) = datastores::address(&variable.name, text)?;
            let named = neighbours.iter().find(|other| other.name == host);
            if named.is_some() {
                let note = Message::new("named").with("name", variable.name.as_str()).with("host", host);
                return Some(Judged::Fine(Evidence::At { place: variable.place(), note }));
            }
            let neighbour = neighbours
                .iter()
                .find(|other| other.image.and_then(Node::as_str).and_then(datastores::of_image) == Some(datastore))?;
            if !matches!(host, "localhost" | "127.0.0.1") {
                return None;
            }
            let message = Message::new("datastore")
                .with("name", variable.name.as_str())
                .with("host", host)
                .with("service", neighbour.name);
            let site = Site::new(variable.place(), message).severity(Severity::High).key(&variable.name);
            Some(Judged::Bad(Box::new(site.related(neighbour.place(), "meant"))))
        })
        .collect()
}

/// Programs that run alone in their container and whose configuration names others by URL or target.
fn in_mounted(cx: &Context<'_>, service: &ComposeService<'_>) -> Vec<Site> {
    let image = service.image.and_then(Node::as_str).map(image_name).unwrap_or_default();
    let own_port = match image {
        "alertmanager" => "9093",
        "prometheus" => "9090",
        _ => return Vec::new(),
    };
    let files = mounted::files(cx.repo, service);
    let files = files
        .iter()
        .filter(|one| one.file.role.is_operational() && matches!(one.file.path.extension(), Some("yml" | "yaml")));
    files
        .flat_map(|one| {
            let doc = cx.repo.doc(one.file.id);
            let nodes = doc.into_iter().flat_map(|doc| doc.documents.iter().flat_map(Node::walk));
            nodes
                .filter_map(|(path, node)| {
                    let text = node.text()?;
                    let target = path.last_key().is_some_and(|key| {
                        matches!(key, "url" | "targets" | "api_url" | "webhook_url" | "smtp_smarthost")
                    });
                    let address = text.split("://").last().unwrap_or(text);
                    let (host, rest) = address.split_once(':')?;
                    let port: &str = rest.split('/').next().unwrap_or_default();
                    let elsewhere = matches!(host, "localhost" | "127.0.0.1")
                        && port != own_port
                        && port.bytes().all(|byte| byte.is_ascii_digit());
                    (target && elsewhere).then(|| {
                        let message = Message::new("alone")
                            .with("address", format!("{host}:{port}"))
                            .with("service", service.name);
                        let span: Span = node.span;
                        Site::new(Place::At(one.file.id, span), message).severity(Severity::Medium).key(port)
                    })
                })
                .collect::<Vec<_>>()
        })
        .collect()
}
