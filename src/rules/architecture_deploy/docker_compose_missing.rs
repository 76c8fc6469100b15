//! `docker-compose-missing`: the datastores that the code needs can be started with one command.

use crate::{
    facts::{compose, kubernetes},
    model::{Evidence, Message, Place, Site, Verdict},
    repo::Technology,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DockerComposeMissing = DockerComposeMissing;

pub(in crate::rules) struct DockerComposeMissing;

impl Rule for DockerComposeMissing {
    fn id(&self) -> &'static str {
        "docker-compose-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let clients: Vec<&Technology> = cx.repo.profile().datastores.iter().collect();
        if clients.is_empty() {
            return Verdict::not_applicable("no-clients");
        }
        let names = join(&clients);
        if clients.iter().all(|client| is_embedded(client)) {
            return Verdict::not_applicable(Message::new("embedded").with("clients", names).count("n", clients.len()));
        }
        let deployed = cx.repo.components().iter().any(|component| component.kind.is_deployable());
        if !deployed {
            return Verdict::not_applicable(Message::new("library-only").with("clients", names));
        }
        match started(cx) {
            Some(evidence) => Verdict::pass(evidence, []),
            None => absent(&clients),
        }
    }
}

/// What starts them: Compose, a development container, a local platform, or the manifests of a cluster.
fn started(cx: &Context<'_>) -> Option<Evidence> {
    let services = compose::services(cx.repo);
    let image = |service: &&compose::ComposeService<'_>| {
        service.image.and_then(crate::doc::Node::as_str).is_some_and(is_datastore)
    };
    if let Some(first) = services.iter().find(image).or_else(|| services.first()) {
        let names: Vec<&str> =
            services.iter().filter(|other| other.file.id == first.file.id).map(|it| it.name).collect();
        let note = Message::new("compose").with("services", names.join(", "));
        return Some(Evidence::At { place: first.place(), note });
    }
    let by_file = cx.repo.files().iter().filter(|file| file.role.is_operational()).find_map(|file| {
        let key = match file.path.file_name()? {
            "config.toml" if file.path.parent()?.file_name()? == "supabase" => Message::new("supabase"),
            "devcontainer.json" | ".devcontainer.json" if brings_services(cx, file.id) => Message::new("devcontainer"),
            "Tiltfile" => Message::new("tool").with("tool", "Tilt"),
            "skaffold.yaml" | "skaffold.yml" => Message::new("tool").with("tool", "Skaffold"),
            "devenv.nix" => Message::new("tool").with("tool", "devenv"),
            "Vagrantfile" => Message::new("tool").with("tool", "Vagrant"),
            _ => return None,
        };
        Some(Evidence::At { place: Place::File(file.id), note: key })
    });
    by_file.or_else(|| {
        let containers = kubernetes::containers(cx.repo);
        let datastore = containers.iter().find(|container| is_datastore(container.image))?;
        let note = Message::new("kubernetes").with("services", datastore.name);
        Some(Evidence::At { place: Place::File(datastore.file.id), note })
    })
}

fn brings_services(cx: &Context<'_>, file: crate::model::FileId) -> bool {
    cx.repo
        .doc(file)
        .and_then(|doc| doc.root())
        .is_some_and(|root| root.get("dockerComposeFile").is_some() || root.get("features").is_some())
}

const DATASTORES: [&str; 9] =
    ["postgres", "mysql", "mariadb", "mongo", "redis", "valkey", "rabbitmq", "elasticsearch", "kafka"];

fn is_datastore(image: &str) -> bool {
    DATASTORES.iter().any(|name| image.contains(name))
}

/// Stores that run inside the process that uses them.
fn is_embedded(client: &Technology) -> bool {
    matches!(client.name.to_ascii_lowercase().as_str(), "sqlite" | "duckdb" | "leveldb" | "lmdb")
}

fn join(clients: &[&Technology]) -> String {
    let names: Vec<&str> = clients.iter().map(|client| client.name).collect();
    names.join(", ")
}

fn absent(clients: &[&Technology]) -> Verdict {
    let external: Vec<&Technology> = clients.iter().filter(|client| !is_embedded(client)).copied().collect();
    let message = Message::new("missing").with("clients", join(&external)).count("n", external.len());
    let site = external.iter().fold(Site::new(Place::Missing("docker-compose.yml".into()), message), |site, client| {
        match client.evidence.first() {
            Some(place) => site.related(place.clone(), Message::new("client").with("name", client.name)),
            None => site,
        }
    });
    Verdict::fail(site, [])
}
