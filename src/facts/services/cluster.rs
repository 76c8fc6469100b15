//! The workloads of Kubernetes manifests, joined with the Services that lead to them.

use super::{Described, at};
use crate::{
    doc::Node,
    facts::{compose::datastore_of, kubernetes},
    model::Place,
    repo::{FileKind, Repo},
};

pub(super) fn described(repo: &Repo) -> Vec<Described> {
    let open = open_selectors(repo);
    let mut found = Vec::new();
    for container in kubernetes::containers(repo) {
        let root = repo
            .doc(container.file.id)
            .and_then(|doc| doc.documents.iter().find(|root| root.span.contains(container.node.span)));
        let labels = root.and_then(|root| {
            root.at(&["spec", "template", "metadata", "labels"]).or_else(|| root.at(&["metadata", "labels"]))
        });
        let place = container
            .node
            .entry("name")
            .map_or_else(|| at(container.file.id, container.node), |name| Place::At(container.file.id, name.span()));
        let mut one = Described::new(container.name, "Kubernetes", place);
        one.image = Some(container.image.to_owned());
        one.datastore = datastore_of(container.image);
        one.health = container.probe();
        let public = labels.is_some_and(|labels| open.iter().any(|selector| selects(selector, labels)));
        for port in container.node.get("ports").map(Node::items).unwrap_or_default() {
            if let Some(number) = port.get("containerPort").and_then(Node::text) {
                one.port(number, public || port.get("hostPort").is_some());
            }
        }
        found.push(one);
    }
    found
}

/// What the Services select that are open to the outside: by their type, or through an Ingress.
fn open_selectors(repo: &Repo) -> Vec<&Node> {
    let files = repo.files().iter().filter(|file| file.kind == FileKind::Kubernetes && file.role.is_operational());
    let documents: Vec<&Node> = files.filter_map(|file| repo.doc(file.id)).flat_map(|doc| &doc.documents).collect();
    let of_kind = |kind: &'static str| {
        documents.iter().copied().filter(move |root| root.get("kind").and_then(Node::as_str) == Some(kind))
    };
    let mut routed: Vec<&str> = Vec::new();
    for ingress in of_kind("Ingress") {
        let rules = ingress.select(&["spec", "rules", "*", "http", "paths", "*", "backend", "service", "name"]);
        let default = ingress.at(&["spec", "defaultBackend", "service", "name"]);
        routed.extend(rules.into_iter().chain(default).filter_map(Node::as_str));
    }
    of_kind("Service")
        .filter(|service| {
            let kind = service.at(&["spec", "type"]).and_then(Node::as_str);
            let name = service.at(&["metadata", "name"]).and_then(Node::as_str);
            matches!(kind, Some("LoadBalancer" | "NodePort")) || name.is_some_and(|name| routed.contains(&name))
        })
        .filter_map(|service| service.at(&["spec", "selector"]))
        .collect()
}

fn selects(selector: &Node, labels: &Node) -> bool {
    let entries = selector.entries();
    !entries.is_empty() && entries.iter().all(|entry| labels.get(&entry.key).and_then(Node::text) == entry.value.text())
}
