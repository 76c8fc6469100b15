//! `compose-missing-dependency-service`: a Compose project starts every datastore that its services are sent to.

use crate::{
    doc::Node,
    facts::{
        Fact,
        compose::{EnvVariable, Project, Service, projects},
        credentials::datastores::{self, Datastore},
        images,
    },
    model::{Confidence, Message, Severity, Site, Verdict},
    repo::Component,
    rule::{Context, Rule},
    rules::compose::{Places, runs},
};

pub(in crate::rules) static RULE: ComposeMissingDependencyService = ComposeMissingDependencyService;

pub(in crate::rules) struct ComposeMissingDependencyService;

impl Rule for ComposeMissingDependencyService {
    fn id(&self) -> &'static str {
        "compose-missing-dependency-service"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = projects(cx.repo, cx.facts);
        let images = images::images(cx.repo, cx.facts.commands(cx.repo));
        let mut places = Places::default();
        let mut open: Option<String> = None;
        for project in all.iter().filter(|project| project.complete && !project.is_part()) {
            let around = Around { project, all: &all };
            for service in project.applications().filter(|service| runs(project, service)) {
                let addressed = around.judge(service, &mut places);
                let component = images.iter().find(|image| builds(image, service)).map(|image| image.component);
                let wanting = component.and_then(|component| unaddressed(component, &all));
                if let Some(client) = wanting.filter(|_| !addressed) {
                    open.get_or_insert_with(|| client.to_owned());
                }
            }
        }
        places.verdict(|| match open {
            Some(client) => Verdict::unknown(Message::new("not-told").with("client", client)),
            None => Verdict::not_applicable("none"),
        })
    }
}

fn builds(image: &images::Image<'_>, service: &Service<'_>) -> bool {
    image
        .built_by
        .iter()
        .any(|by| by.name == service.name && service.keys.iter().any(|(file, _)| file.id == by.file.id))
}

/// A datastore that the component has a client of and that no project runs. Where its address comes from is
/// not known then: a file that is not in the repository, an image's settings, a provider.
fn unaddressed<'r>(component: &'r Component, all: &[Project<'_>]) -> Option<&'r str> {
    let runs = |products: &[&str]| {
        let mut services = all.iter().flat_map(|project| &project.services);
        services.any(|service| service.kind.product().is_some_and(|name| products.contains(&name)))
    };
    component.profile.datastores.iter().map(|client| client.name).find(|client| match *client {
        "PostgreSQL" => !runs(&["PostgreSQL", "PgBouncer", "CockroachDB"]),
        "MySQL" => !runs(&["MySQL", "MariaDB"]),
        "MongoDB" => !runs(&["MongoDB"]),
        "Redis" | "BullMQ" | "Bull" | "Bee-Queue" => !runs(&["Redis", "Valkey"]),
        "RabbitMQ" => !runs(&["RabbitMQ"]),
        _ => false,
    })
}

/// A project among the others.
struct Around<'a, 'r> {
    project: &'a Project<'r>,
    all: &'a [Project<'r>],
}

impl Around<'_, '_> {
    /// Judges every address of a datastore that `service` is given. Whether there was one.
    fn judge(&self, service: &Service<'_>, places: &mut Places) -> bool {
        let mut addressed = false;
        for variable in service.environment() {
            let Some(value) = variable.value.as_ref().filter(|value| value.is_known()) else { continue };
            let Some((host, datastore)) = datastores::address(variable.name, &value.text) else { continue };
            addressed = true;
            if self.answers(service, host) {
                let note = Message::new("runs").with("name", variable.name).with("host", host);
                places.fine(variable.place.clone(), note);
            } else if self.is_missing(service, host) {
                places.bad(site(&variable, host, datastore), Severity::Medium);
            }
        }
        addressed
    }

    /// Whether a container of the project has the name.
    fn answers(&self, service: &Service<'_>, host: &str) -> bool {
        self.project.services.iter().any(|other| {
            let named = ["container_name", "hostname"]
                .iter()
                .any(|key| other.text_at(&[key]).is_some_and(|(text, _)| text == host));
            let mut networks = other.all("networks").flat_map(|setting| setting.node.walk());
            other.name == host || named || networks.any(|(_, node)| node.as_str() == Some(host))
        }) || is_linked(service, host)
    }

    /// Nothing of the project can answer, and nothing outside it that a container could reach by this name.
    fn is_missing(&self, service: &Service<'_>, host: &str) -> bool {
        let outside = service.network_mode().is_some()
            || self.project.networks.iter().any(|network| network.node.get("external").is_some())
            || !self.project.unresolved.is_empty()
            || self.all.iter().any(|other| other.service(host).is_some());
        let plain = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        // Beside a neighbour of the kind `localhost` is another rule's mistake; without one a program of the image may
        // listen there.
        !outside && plain && host != "localhost"
    }
}

/// Whether the service has a name of its own for the host.
fn is_linked(service: &Service<'_>, host: &str) -> bool {
    ["links", "external_links", "extra_hosts"].iter().any(|key| {
        service.all(key).any(|setting| {
            let items = setting.node.items().iter().filter_map(Node::text);
            let mut names = items.flat_map(|item| item.split([':', '=']));
            names.any(|name| name == host) || setting.node.entry(host).is_some()
        })
    })
}

fn site(variable: &EnvVariable<'_>, host: &str, datastore: Datastore) -> Site {
    let default = variable.value.as_ref().is_some_and(|value| !value.uses.is_empty());
    let key = if default { "default" } else { "missing" };
    let message = Message::new(key).with("name", variable.name).with("host", host).with("datastore", datastore.name());
    Site::new(variable.place.clone(), message).confidence(Confidence::Likely).key(variable.name)
}
