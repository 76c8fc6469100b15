//! `container-privileged`: no container has its host's rights.

use camino::Utf8Path;

use crate::{
    doc::Node,
    facts::{
        Fact,
        compose::{MountKind, Project, Service, ServiceKind, projects},
        images::image_name,
        kubernetes,
    },
    model::{Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::compose::{Places, runs},
};

pub(in crate::rules) static RULE: ContainerPrivileged = ContainerPrivileged;

pub(in crate::rules) struct ContainerPrivileged;

impl Rule for ContainerPrivileged {
    fn id(&self) -> &'static str {
        "container-privileged"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut places = Places::default();
        for project in projects(cx.repo, cx.facts).iter().filter(|project| project.stage.is_served()) {
            for service in project.services.iter().filter(|service| runs(project, service)) {
                of_service(project, service, &mut places);
            }
        }
        for container in kubernetes::containers(cx.repo).iter().filter(|container| !is_for_development(container)) {
            of_container(container, &mut places);
        }
        places.verdict(|| Verdict::not_applicable("no-containers"))
    }
}

/// What a setting gives away, and what it is worth when an ordinary service has it.
struct Power {
    place: Place,
    what: String,
    severity: Severity,
}

fn power(place: Place, what: impl Into<String>, severity: Severity) -> Power {
    Power { place, what: what.into(), severity }
}

fn of_service(project: &Project<'_>, service: &Service<'_>, places: &mut Places) {
    let powers = powers(service);
    if powers.is_empty() {
        let files = Message::new("ordinary").with("name", service.name).with("file", project.title());
        return places.fine(service.place(), files);
    }
    let image = service.image().unwrap_or_default();
    for found in powers {
        let (key, severity) =
            if is_agent(service.kind, &image) { ("agent", Severity::Medium) } else { ("power", found.severity) };
        let message = Message::new(key).with("name", service.name).with("what", found.what.as_str());
        places.bad(Site::new(found.place, message).key(format!("{} {}", service.name, found.what)), severity);
    }
}

fn powers(service: &Service<'_>) -> Vec<Power> {
    let mut found = Vec::new();
    if let Some((_, place)) = service.at(&["privileged"]).filter(|(node, _)| node.as_bool() == Some(true)) {
        found.push(power(place, "privileged: true", Severity::High));
    }
    for (key, severity) in
        [("pid", Severity::High), ("network_mode", Severity::Medium), ("userns_mode", Severity::Medium)]
    {
        if let Some((_, place)) = service.text_at(&[key]).filter(|(text, _)| text == "host") {
            found.push(power(place, format!("{key}: host"), severity));
        }
    }
    for (name, place) in service.named("cap_add") {
        let name = name.trim_start_matches("CAP_");
        if is_wide(name) {
            found.push(power(place, format!("cap_add: {name}"), Severity::High));
        }
    }
    for mount in service.mounts().into_iter().filter(|mount| mount.kind == MountKind::Bind) {
        let source = mount.source.trim_end_matches('/');
        if source.ends_with("docker.sock") || source.ends_with("containerd.sock") {
            found.push(power(mount.place, source, Severity::High));
        } else if source.is_empty() && mount.source == "/" && !mount.read_only {
            found.push(power(mount.place, "/", Severity::High));
        }
    }
    found
}

/// Capabilities that amount to the host's root.
fn is_wide(name: &str) -> bool {
    matches!(name, "ALL" | "SYS_ADMIN" | "SYS_MODULE")
}

/// Programs that watch or manage their host, and cannot do without some of it.
fn is_agent(kind: ServiceKind, image: &str) -> bool {
    const AGENTS: [&str; 16] = [
        "agent",
        "autoheal",
        "watchtower",
        "traefik",
        "nginx-proxy",
        "docker-gen",
        "acme-companion",
        "portainer",
        "dozzle",
        "socket-proxy",
        "fluent-bit",
        "vector",
        "telegraf",
        "alloy",
        "diun",
        "ofelia",
    ];
    let name = image_name(image);
    matches!(kind, ServiceKind::Monitoring(_)) || AGENTS.iter().any(|agent| name.contains(agent))
}

/// A manifest for a cluster on a developer's machine, by the folders it lies in.
fn is_for_development(container: &kubernetes::Container<'_>) -> bool {
    let mut parts = container.file.folder().as_str().split('/');
    parts.any(|part| matches!(part, "dev" | "development" | "local" | "kind" | "minikube" | "test" | "tests"))
}

fn of_container(container: &kubernetes::Container<'_>, places: &mut Places) {
    let file = container.file.id;
    let is_true = |node: &Node| node.as_bool() == Some(true);
    let mut found = Vec::new();
    let mut entry = |node: &Node, path: &[&str], what: &str, severity: Severity| {
        if let Some(entry) = node.entry_at(path).filter(|entry| is_true(&entry.value)) {
            found.push(power(Place::At(file, entry.key_span), what, severity));
        }
    };
    entry(container.node, &["securityContext", "privileged"], "privileged: true", Severity::High);
    entry(container.pod, &["hostPID"], "hostPID: true", Severity::High);
    entry(container.pod, &["hostNetwork"], "hostNetwork: true", Severity::Medium);
    for name in container.node.select(&["securityContext", "capabilities", "add", "*"]) {
        if let Some(text) = name.as_str().filter(|text| is_wide(text.trim_start_matches("CAP_"))) {
            found.push(power(Place::At(file, name.span), format!("capabilities: {text}"), Severity::High));
        }
    }
    for path in container.pod.select(&["volumes", "*", "hostPath", "path"]) {
        if let Some(text) = path.as_str().filter(|text| *text == "/" || Utf8Path::new(text).extension() == Some("sock"))
        {
            found.push(power(Place::At(file, path.span), format!("hostPath: {text}"), Severity::High));
        }
    }
    if found.is_empty() {
        let note = Message::new("ordinary").with("name", container.name).with("file", container.file.path.as_str());
        return places.fine(Place::At(file, container.node.span), note);
    }
    for found in found {
        let agent = is_agent(crate::facts::compose::kind_of_image(container.image), container.image);
        let (key, severity) = if agent { ("agent", Severity::Medium) } else { ("power", found.severity) };
        let message = Message::new(key).with("name", container.name).with("what", found.what.as_str());
        places.bad(Site::new(found.place, message).key(format!("{} {}", container.name, found.what)), severity);
    }
}
