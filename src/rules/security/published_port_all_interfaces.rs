//! `published-port-all-interfaces`: stores and consoles are not published on every interface of their host.

use camino::Utf8Path;

use crate::{
    facts::{
        Fact,
        compose::{Exposure, Port, Project, Service, ServiceKind, Stage, projects},
        images::image_name,
    },
    model::{Message, Severity, Site, Verdict},
    repo::Repo,
    rule::{Context, Rule},
    rules::compose::Places,
};

pub(in crate::rules) static RULE: PublishedPortAllInterfaces = PublishedPortAllInterfaces;

pub(in crate::rules) struct PublishedPortAllInterfaces;

impl Rule for PublishedPortAllInterfaces {
    fn id(&self) -> &'static str {
        "published-port-all-interfaces"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut places = Places::default();
        for project in projects(cx.repo, cx.facts) {
            for service in &project.services {
                let stage = project.stage_of(service);
                if let Some(inner) = inner(cx.repo, service).filter(|_| stage != Stage::Test) {
                    judge(&project, service, inner, &mut places);
                }
            }
        }
        places.verdict(|| Verdict::not_applicable("nothing-inner"))
    }
}

/// What of a service is for its neighbours only.
#[derive(Clone, Copy)]
enum Inner {
    Store(&'static str),
    Console(&'static str),
    /// One port of a service whose others are public.
    AdminPort(u16),
}

/// Ports on which identity servers let anybody administer them, by image.
const ADMIN_PORTS: [(&str, u16); 4] = [("hydra", 4445), ("kratos", 4434), ("keto", 4467), ("minio", 9001)];

fn inner(repo: &Repo, service: &Service<'_>) -> Option<Inner> {
    let image = service.image().unwrap_or_default();
    let name = image_name(&image);
    // The repository's own product is what people came for.
    let own = repo.components().iter().any(|component| component.name == name) || repo.name() == name;
    if let Some((_, port)) = ADMIN_PORTS.iter().find(|(known, _)| *known == name) {
        return Some(Inner::AdminPort(*port));
    }
    match service.kind {
        _ if own => None,
        ServiceKind::Datastore(product) => Some(Inner::Store(product)),
        ServiceKind::Monitoring(product) | ServiceKind::Admin(product) => Some(Inner::Console(product)),
        _ => None,
    }
}

fn judge(project: &Project<'_>, service: &Service<'_>, inner: Inner, places: &mut Places) {
    let ports: Vec<Port> = service.ports();
    let concerned: Vec<&Port> = ports
        .iter()
        .filter(|port| match inner {
            Inner::AdminPort(number) => port.target == Some(number),
            _ => true,
        })
        .collect();
    if concerned.is_empty() && !matches!(inner, Inner::AdminPort(_)) {
        places.fine(service.place(), Message::new("unpublished").with("service", service.name));
    }
    for port in concerned {
        match port.exposure {
            Exposure::AllInterfaces => {
                let (message, severity) = weigh(project, service, inner, port);
                places.bad(
                    Site::new(port.place.clone(), message).key(format!("{} {}", service.name, port.text)),
                    severity,
                );
            }
            Exposure::Loopback => {
                places.fine(port.place.clone(), Message::new("loopback").with("port", port.text.as_str()));
            }
            // A deliberate address, or one that the repository does not tell.
            Exposure::Address(_) | Exposure::Variable => {}
        }
    }
}

fn weigh(project: &Project<'_>, service: &Service<'_>, inner: Inner, port: &Port) -> (Message, Severity) {
    let message = |key: &'static str, product: &str| {
        Message::new(key).with("service", service.name).with("product", product).with("port", port.text.as_str())
    };
    let stage = project.stage_of(service);
    let developed = stage == Stage::Development;
    match inner {
        Inner::Store(product) if developed => (message("store-development", product), Severity::Low),
        Inner::Store(product) if stage == Stage::Production && is_open(service, product) => {
            (message("store-open", product), Severity::Critical)
        }
        Inner::Store(product) => (message("store", product), Severity::High),
        Inner::Console(product) if developed => (message("console-development", product), Severity::Low),
        Inner::Console(product) => (message("console", product), Severity::Medium),
        Inner::AdminPort(_) if developed => (message("admin-development", service.name), Severity::Low),
        Inner::AdminPort(_) => (message("admin", service.name), Severity::Medium),
    }
}

/// A store that asks nobody for a password unless it is told to, and is not told to.
fn is_open(service: &Service<'_>, product: &str) -> bool {
    let command = service.command();
    match product {
        "Redis" | "Valkey" => {
            let configured =
                command.contains("requirepass") || command.contains("aclfile") || command.contains(".conf");
            let variable = service.environment().iter().any(|variable| variable.name.contains("PASSWORD"));
            !configured
                && !variable
                && service.mounts().iter().all(|mount| Utf8Path::new(&mount.target).extension() != Some("conf"))
        }
        "Memcached" => !command.contains("-S") && !command.contains("-Y"),
        _ => false,
    }
}
