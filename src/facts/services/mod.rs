//! Every service that the repository describes: in Compose, Dockerfiles, Kubernetes and the files of platforms.

mod cluster;
mod platform;

use crate::{
    facts::{
        Facts,
        compose::{self, Exposure, Project, Service},
        images,
    },
    model::{FileId, Place},
    repo::Repo,
};

/// A service, by whichever file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub name: String,
    /// Who describes it: `Compose`, `Kubernetes`, `Dockerfile`, `Render`, ….
    pub by: &'static str,
    pub place: Place,
    pub image: Option<String>,
    /// The Dockerfile or the command that builds or starts it.
    pub build: Option<String>,
    pub ports: Vec<DescribedPort>,
    /// The store that it is.
    pub datastore: Option<&'static str>,
    /// Where its health is checked.
    pub health: Option<Place>,
    pub depends_on: Vec<String>,
    /// `production`, `staging`, `development`, `test`, or empty when the repository does not tell.
    pub environment: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedPort {
    /// As written: `8080:80`, `3000`.
    pub text: String,
    /// Reachable from other machines, as far as the file says.
    pub public: bool,
}

impl Described {
    fn new(name: impl Into<String>, by: &'static str, place: Place) -> Self {
        Self {
            name: name.into(),
            by,
            place,
            image: None,
            build: None,
            ports: Vec::new(),
            datastore: None,
            health: None,
            depends_on: Vec::new(),
            environment: "",
        }
    }

    fn port(&mut self, text: impl Into<String>, public: bool) {
        self.ports.push(DescribedPort { text: text.into(), public });
    }
}

/// Every service, in order of path and position. One that several projects share is given once for each of them.
pub fn described(repo: &Repo, facts: &Facts) -> Vec<Described> {
    let mut found: Vec<Described> = Vec::new();
    for project in compose::projects(repo, facts) {
        found.extend(project.services.iter().map(|service| of_compose(&project, service)));
    }
    found.extend(of_dockerfiles(repo, facts));
    found.extend(cluster::described(repo));
    found.extend(platform::described(repo));
    found.sort_by(|a, b| (&a.place, a.environment).cmp(&(&b.place, b.environment)));
    found.dedup();
    found
}

fn of_compose(project: &Project<'_>, service: &Service<'_>) -> Described {
    let mut found = Described::new(service.name, "Compose", service.place());
    found.image = service.image();
    found.build = service.build.as_ref().map(|build| build.dockerfile.to_string());
    for port in service.ports() {
        found.port(port.text.clone(), port.exposure != Exposure::Loopback);
    }
    found.datastore = service.kind.product().filter(|_| service.kind.is_datastore());
    found.health = service.healthcheck();
    found.depends_on = service.dependencies().iter().map(|other| other.name.to_owned()).collect();
    found.environment = project.stage_of(service).name();
    found
}

/// Images that no Compose service builds.
fn of_dockerfiles(repo: &Repo, facts: &Facts) -> Vec<Described> {
    let images = images::images(repo, facts.commands(repo));
    let alone = images.into_iter().filter(|image| image.built_by.is_empty());
    alone
        .map(|image| {
            let name = if image.component.is_root() { repo.name() } else { &image.component.name };
            let mut found = Described::new(name, "Dockerfile", image.place(images::from_span(image.stage)));
            found.build = Some(image.file.path.to_string());
            let exposed = image.dockerfile.stage_chain(image.stage).into_iter().flat_map(|stage| stage.all("EXPOSE"));
            for word in exposed.flat_map(|expose| &expose.arguments) {
                found.port(word.text.clone(), false);
            }
            found.health =
                image.last("HEALTHCHECK").filter(|check| !is_none(check)).map(|check| image.place(check.span));
            found
        })
        .collect()
}

fn is_none(check: &crate::code::docker::Instruction) -> bool {
    check.arguments.first().is_some_and(|word| word.text.eq_ignore_ascii_case("none"))
}

/// The place of `node` in a document.
fn at(file: FileId, node: &crate::doc::Node) -> Place {
    Place::At(file, node.span)
}
