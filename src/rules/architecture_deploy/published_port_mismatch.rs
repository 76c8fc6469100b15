//! `published-port-mismatch`: the port that is published is the one on which the program listens.
//!
//! What a program listens on is followed from its start command through the environment into the code; a step that
//! cannot be followed makes the answer unknown.

use crate::{
    doc::Node,
    facts::{
        Fact,
        compose::{Service, ServiceKind, Stage, projects},
        images::{Image, images, is_development},
        kubernetes::cluster::{Cluster, Part, cluster},
        listening::{self, Heard, Value},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: PublishedPortMismatch = PublishedPortMismatch;

pub(in crate::rules) struct PublishedPortMismatch;

impl Rule for PublishedPortMismatch {
    fn id(&self) -> &'static str {
        "published-port-mismatch"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Processes, Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let images = images(cx.repo, cx.facts.commands(cx.repo));
        let mut found = Found::default();
        for project in projects(cx.repo, cx.facts).iter().filter(|project| project.stage.is_served()) {
            for service in project.services.iter().filter(|service| project.stage_of(service).is_served()) {
                of_service(cx, &images, service, project.stage, &mut found);
            }
        }
        let cluster = cluster(cx.repo);
        for part in cluster.containers() {
            of_part(cx, &images, &cluster, &part, &mut found);
        }
        for image in &images {
            exposed(cx, image, &mut found);
            fly(cx, image, &mut found);
        }
        found.sites.sort_by(|a, b| a.place.cmp(&b.place));
        found.sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (found.sites.len() + found.fine.len(), found.fine.len());
        if found.sites.is_empty() {
            let open = found.open;
            let otherwise = || if open { Verdict::unknown("open") } else { Verdict::not_applicable("no-ports") };
            return Verdict::pass_or(found.fine, otherwise).sites(total, ok);
        }
        Verdict::fail_or(found.sites, || Verdict::not_applicable("no-ports")).also_fine(found.fine).sites(total, ok)
    }
}

#[derive(Default)]
struct Found {
    sites: Vec<Site>,
    fine: Vec<Evidence>,
    open: bool,
}

/// A port that somebody is told, with what says so.
struct Told {
    port: u16,
    place: Place,
    key: &'static str,
    severity: Option<Severity>,
}

impl Found {
    fn compare(&mut self, told: Told, heard: &Heard) {
        let Heard::At(listens) = heard else {
            self.open = true;
            return;
        };
        let shown = |port: u16| port.to_string();
        if listens.iter().any(|(port, _)| *port == told.port) {
            let note = Message::new("fine").with("port", shown(told.port));
            self.fine.push(Evidence::At { place: told.place, note });
            return;
        }
        let mut ports: Vec<u16> = listens.iter().map(|(port, _)| *port).collect();
        ports.sort_unstable();
        ports.dedup();
        let listed: Vec<String> = ports.into_iter().map(shown).collect();
        let message = Message::new(told.key).with("port", shown(told.port)).with("listens", listed.join(", "));
        let mut site = Site::new(told.place, message).confidence(Confidence::Likely).key(shown(told.port));
        site.severity = told.severity;
        if let Some((_, place)) = listens.first() {
            site = site.related(place.clone(), "listens");
        }
        self.sites.push(site);
    }
}

fn of_service(cx: &Context<'_>, images: &[Image<'_>], service: &Service<'_>, stage: Stage, found: &mut Found) {
    let ports: Vec<_> = service.ports().into_iter().filter(|port| !port.udp).collect();
    if ports.is_empty() {
        return;
    }
    let built = service.build.as_ref().and_then(|build| {
        images.iter().find(|image| {
            image.file.path == build.dockerfile
                && build.target.as_ref().is_none_or(|target| {
                    image.stage.name.as_ref().is_some_and(|name| name.text.eq_ignore_ascii_case(target))
                })
        })
    });
    let heard = match built {
        Some(image) => {
            listening::of_service(cx.repo, cx.facts, image, service).map_or(Heard::Unknown, |start| start.ports())
        }
        None => of_store(service),
    };
    let mild = (stage == Stage::Unclear).then_some(Severity::Medium);
    for port in &ports {
        let Some(target) = port.target else { continue };
        let told = Told { port: target, place: port.place.clone(), key: "published", severity: mild };
        found.compare(told, &heard);
    }
}

/// Stores that listen on one port, unless a number in their settings says otherwise.
fn of_store(service: &Service<'_>) -> Heard {
    const SINGLE: [&str; 6] = ["PostgreSQL", "MySQL", "MariaDB", "Redis", "MongoDB", "Memcached"];
    let ServiceKind::Datastore(product) = service.kind else { return Heard::Unknown };
    let image = service.image().unwrap_or_default();
    let [port] = crate::facts::compose::default_ports(&image) else { return Heard::Unknown };
    let told = !service.command().is_empty()
        || service.environment().iter().any(|variable| variable.name.to_ascii_uppercase().contains("PORT"))
        || !service.env_files().is_empty()
        || service.mounts().iter().any(|mount| mount.target.contains("conf"));
    if told || !SINGLE.contains(&product) || image.contains("stack") {
        return Heard::Unknown;
    }
    Heard::At(vec![(*port, service.place())])
}

fn of_part(cx: &Context<'_>, images: &[Image<'_>], cluster: &Cluster<'_>, part: &Part<'_>, found: &mut Found) {
    let object = part.workload.object;
    let image = images
        .iter()
        .find(|image| image.containers.iter().any(|one| one.file.id == object.file.id && one.name == part.name));
    let Some(image) = image.filter(|_| part.node.get("command").is_none() && part.node.get("args").is_none()) else {
        return;
    };
    let start = listening::of_image(cx.repo, cx.facts, image, |name| of_container(part.node, object.file.id, name));
    let heard = start.map_or(Heard::Unknown, |start| start.ports());
    let ports = part.node.get("ports").map(Node::items).unwrap_or_default();
    for service in cluster.of_kind(&["Service"]) {
        if !part.workload.is_chosen_by(service.root.at(&["spec", "selector"]))
            || service.root.at(&["spec", "selector"]).is_none()
        {
            continue;
        }
        for one in service.root.at(&["spec", "ports"]).map(Node::items).unwrap_or_default() {
            let Some(node) = one.get("targetPort").or_else(|| one.get("port")) else { continue };
            let Some(text) = node.text() else { continue };
            let named = ports.iter().find(|port| port.get("name").and_then(Node::text) == Some(text));
            let number = named.and_then(|port| port.get("containerPort")?.text()).unwrap_or(text);
            let Ok(port) = number.parse() else { continue };
            let told = Told { port, place: service.place(node.span), key: "service", severity: None };
            found.compare(told, &heard);
        }
    }
}

/// A variable of a container in the cluster.
fn of_container(container: &Node, file: crate::model::FileId, name: &str) -> Value {
    let listed = container.get("env").map(Node::items).unwrap_or_default();
    let variable = listed.iter().find(|one| one.get("name").and_then(Node::text) == Some(name));
    match variable.map(|one| one.get("value")) {
        Some(Some(value)) => value
            .text()
            .filter(|text| !text.contains('$'))
            .map_or(Value::Unknown, |text| Value::Set(text.to_owned(), Place::At(file, value.span))),
        Some(None) => Value::Unknown,
        None if container.get("envFrom").is_some() => Value::Unknown,
        None => Value::Unset,
    }
}

/// `EXPOSE` publishes nothing, but people and some platforms go by it.
fn exposed(cx: &Context<'_>, image: &Image<'_>, found: &mut Found) {
    let chain = image.dockerfile.stage_chain(image.stage);
    let exposes: Vec<_> = chain.iter().flat_map(|stage| stage.all("EXPOSE")).collect();
    let numbers: Vec<u16> = exposes
        .iter()
        .flat_map(|expose| &expose.arguments)
        .filter_map(|word| word.text.split('/').next()?.parse().ok())
        .collect();
    let (Some(first), Some(number)) = (exposes.first(), numbers.first()) else { return };
    let heard =
        listening::of_image(cx.repo, cx.facts, image, |_| Value::Unset).map_or(Heard::Unknown, |start| start.ports());
    let met = matches!(&heard, Heard::At(listens) if listens.iter().any(|(port, _)| numbers.contains(port)));
    let port = match &heard {
        Heard::At(listens) if met => {
            listens.iter().map(|(port, _)| *port).find(|port| numbers.contains(port)).unwrap_or(*number)
        }
        _ => *number,
    };
    // Compose files that set another port make the image's own default a matter of taste.
    let set = image.built_by.iter().any(|service| service.node.get("environment").is_some());
    if !met && set {
        return;
    }
    let place = image.place(first.span);
    found.compare(Told { port, place, key: "exposed", severity: Some(Severity::Low) }, &heard);
}

/// Fly.io's proxy asks the port that its file names.
fn fly(cx: &Context<'_>, image: &Image<'_>, found: &mut Found) {
    let files = cx.repo.files_of(image.component.id).filter(|file| {
        file.kind == FileKind::Platform
            && file.name() == "fly.toml"
            && file.role.is_operational()
            && !is_development(file)
    });
    for file in files {
        let Some(root) = cx.repo.doc(file.id).and_then(|doc| doc.root()) else { continue };
        let services = root.get("services").map(Node::items).unwrap_or_default();
        let variables = |name: &str| {
            let value = root.at(&["env", name]);
            value
                .and_then(|value| Some(Value::Set(value.text()?.to_owned(), Place::At(file.id, value.span))))
                .unwrap_or(Value::Unset)
        };
        if root.get("processes").is_some() {
            continue;
        }
        let heard =
            listening::of_image(cx.repo, cx.facts, image, variables).map_or(Heard::Unknown, |start| start.ports());
        for service in root.get("http_service").into_iter().chain(services) {
            let Some(node) = service.get("internal_port") else { continue };
            let Some(port) = node.text().and_then(|text| text.parse().ok()) else { continue };
            found.compare(Told { port, place: Place::At(file.id, node.span), key: "platform", severity: None }, &heard);
        }
    }
}
