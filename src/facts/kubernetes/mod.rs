//! The containers of Kubernetes manifests.

pub mod cluster;
pub mod helm;
pub mod kustomize;

use crate::{
    doc::Node,
    facts::images::image_name,
    model::Place,
    repo::{File, FileKind, Repo},
};

/// A container of a workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Container<'r> {
    pub file: &'r File,
    pub name: &'r str,
    pub image: &'r str,
    pub node: &'r Node,
    /// The pod's specification.
    pub pod: &'r Node,
}

impl Container<'_> {
    /// Whether the container or its image has one of `names`.
    pub fn is_named_like(&self, names: &[String]) -> bool {
        let image = image_name(self.image).to_ascii_lowercase();
        names.iter().any(|name| image == *name || self.name.eq_ignore_ascii_case(name))
    }

    /// The first probe.
    pub fn probe(&self) -> Option<Place> {
        ["livenessProbe", "readinessProbe", "startupProbe"]
            .into_iter()
            .find_map(|probe| self.node.entry(probe))
            .map(|entry| Place::At(self.file.id, entry.key_span))
    }

    /// Where it is made to run as somebody other than root.
    pub fn unprivileged(&self) -> Option<Place> {
        [self.node, self.pod].into_iter().find_map(|level| {
            let context = level.get("securityContext")?;
            let non_root = context.entry("runAsNonRoot").filter(|entry| entry.value.as_bool() == Some(true));
            let user = context.entry("runAsUser").filter(|entry| entry.value.text() != Some("0"));
            non_root.or(user).map(|entry| Place::At(self.file.id, entry.span()))
        })
    }
}

/// The containers of every workload, those included that run before the others start.
pub fn every_container(repo: &Repo) -> Vec<Container<'_>> {
    let mut all = containers(repo);
    let before: Vec<_> = all
        .iter()
        .filter(|container| {
            container
                .pod
                .get("containers")
                .and_then(|list| list.items().first())
                .is_some_and(|first| std::ptr::eq(first, container.node))
        })
        .flat_map(|container| listed(container.file, container.pod, "initContainers"))
        .collect();
    all.extend(before);
    all
}

/// Every container of every workload manifest that is not a test's or an example's.
pub fn containers(repo: &Repo) -> Vec<Container<'_>> {
    repo.files()
        .iter()
        .filter(|file| file.kind == FileKind::Kubernetes && file.role.is_operational())
        .filter_map(|file| Some((file, repo.doc(file.id)?)))
        .flat_map(|(file, doc)| doc.documents.iter().flat_map(move |root| of_workload(file, root)))
        .collect()
}

fn of_workload<'r>(file: &'r File, root: &'r Node) -> Vec<Container<'r>> {
    let pod = match root.get("kind").and_then(Node::as_str) {
        Some("Pod") => root.get("spec"),
        Some("CronJob") => root.at(&["spec", "jobTemplate", "spec", "template", "spec"]),
        Some("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "Rollout") => {
            root.at(&["spec", "template", "spec"])
        }
        _ => None,
    };
    pod.map(|pod| listed(file, pod, "containers")).unwrap_or_default()
}

fn listed<'r>(file: &'r File, pod: &'r Node, key: &str) -> Vec<Container<'r>> {
    let containers = pod.get(key).map(Node::items).unwrap_or_default();
    containers
        .iter()
        .filter_map(|node| {
            Some(Container {
                file,
                name: node.get("name").and_then(Node::as_str).unwrap_or_default(),
                image: node.get("image").and_then(Node::as_str)?,
                node,
                pod,
            })
        })
        .collect()
}
