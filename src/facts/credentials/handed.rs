//! Every secret that Compose files and Spring's settings hand to a program, with the environment of its file.

use std::collections::BTreeSet;

use super::{
    Given, Setting, datastores, names_credential,
    services::{self, Exposure},
    stage::{self, Stage},
};
use crate::{
    doc::{Node, Step},
    facts::compose::{self, ComposeService},
    model::Place,
    repo::{File, Repo},
};

/// A secret as it is handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Handed<'r> {
    pub setting: Setting<'r>,
    pub stage: Stage,
    pub to: To,
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A datastore that sets it as its own password, and who can connect to it.
    Datastore(Exposure),
    /// A program of the same file that connects to a datastore of that file.
    Client(Exposure),
    /// Any other program.
    Program,
}

impl Handed<'_> {
    /// Written as it is, without a variable of the outside.
    pub fn is_literal(&self) -> bool {
        matches!(self.setting.given(), Given::Literal(_))
    }
}

/// Every secret of Compose services, in order of place. What several services share by an alias is there once.
pub fn in_compose(repo: &Repo) -> Vec<Handed<'_>> {
    let all = compose::services(repo);
    let stages = stage::of_each(repo, &all);
    let mut seen = BTreeSet::new();
    let mut handed = Vec::new();
    for service in &all {
        let stage = stages[&service.file.id];
        for setting in given_to(service) {
            if setting.is_secret() && seen.insert((setting.file.id, setting.span)) {
                let to = receiver(service, &setting, &all);
                handed.push(Handed { setting, stage, to });
            }
        }
    }
    handed.sort_by_key(|one| one.setting.place());
    handed
}

fn given_to<'r>(service: &ComposeService<'r>) -> Vec<Setting<'r>> {
    let mut settings = services::variables(service);
    if let Some((text, span)) = services::option(service, "--requirepass").filter(|(text, _)| !text.is_empty()) {
        settings.push(Setting {
            file: service.file,
            name: "requirepass_password".to_owned(),
            text: text.to_owned(),
            span,
        });
    }
    settings
}

fn receiver(service: &ComposeService<'_>, setting: &Setting<'_>, all: &[ComposeService<'_>]) -> To {
    let image = service.image.and_then(Node::as_str).unwrap_or_default();
    if datastores::of_image(image).is_some() {
        return To::Datastore(services::exposure(service));
    }
    let in_file = || all.iter().filter(|other| other.file.id == service.file.id);
    let host = super::host_of(&setting.text);
    let by_host = host.and_then(|host| in_file().find(|other| other.name == host));
    // `DB_PASSWORD` of a program that stands beside one datastore is that datastore's.
    let word = |other: &&ComposeService<'_>| {
        other.image.and_then(Node::as_str).and_then(datastores::of_image).is_some()
            && speaks_of_datastore(&setting.name)
    };
    match by_host.or_else(|| host.is_none().then(|| in_file().find(word)).flatten()) {
        Some(server) => To::Client(services::exposure(server)),
        None => To::Program,
    }
}

/// Whether a name is that of a datastore's or a broker's setting.
pub fn speaks_of_datastore(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let kinds = [
        "POSTGRES",
        "PG",
        "MYSQL",
        "MARIADB",
        "MONGO",
        "REDIS",
        "RABBIT",
        "DB",
        "DATABASE",
        "DATASOURCE",
        "CLICKHOUSE",
        "AMQP",
        "MINIO",
        "ELASTIC",
    ];
    name.split(['_', '.', '-']).any(|word| kinds.iter().any(|kind| word.starts_with(kind)))
}

/// Every secret of Spring's `application` files, in order of place.
pub fn in_spring(repo: &Repo) -> Vec<Handed<'_>> {
    let mut handed = Vec::new();
    for file in repo.files().iter().filter(|file| file.role.is_operational() && is_spring(file)) {
        let stage = stage::of_path(&file.path);
        for root in repo.doc(file.id).map(|doc| doc.documents.as_slice()).unwrap_or_default() {
            let settings = flat(file, root);
            let profile = settings
                .iter()
                .find(|setting| setting.name.ends_with("on-profile") || setting.name == "spring.profiles");
            let stage = profile.map_or(stage, |profile| stage::of_path(camino::Utf8Path::new(&profile.text)));
            let embedded = settings.iter().any(|setting| {
                ["jdbc:h2:", "jdbc:hsqldb:", "jdbc:sqlite:"].iter().any(|start| setting.text.starts_with(start))
            });
            let secrets = settings.into_iter().filter(|setting| {
                (names_credential(&setting.name) || super::has_userinfo(&setting.text))
                    && !(embedded && setting.name.contains("datasource"))
            });
            handed.extend(secrets.map(|setting| Handed { setting, stage, to: To::Program }));
        }
    }
    handed
}

fn is_spring(file: &File) -> bool {
    let name = file.name();
    (name.starts_with("application.") || name.starts_with("application-") || name.starts_with("bootstrap."))
        && matches!(file.path.extension(), Some("yml" | "yaml" | "properties"))
        && file.path.as_str().contains("resources")
}

/// The scalars of a document under their dotted keys.
fn flat<'r>(file: &'r File, root: &'r Node) -> Vec<Setting<'r>> {
    root.walk()
        .filter_map(|(path, node)| {
            let keys: Vec<&str> = path
                .steps
                .iter()
                .filter_map(|step| match step {
                    Step::Key(key) => Some(*key),
                    Step::Index(_) => None,
                })
                .collect();
            let text = with_compose_default(node.text()?);
            Some(Setting { file, name: keys.join("."), text, span: node.span })
        })
        .collect()
}

/// Spring's `${NAME:default}` as [`super::given`] reads it: `${NAME:-default}`.
fn with_compose_default(text: &str) -> String {
    let spring = text.strip_prefix("${").and_then(|rest| rest.split_once(':')).filter(|(name, _)| !name.contains('}'));
    spring.map_or_else(|| text.to_owned(), |(name, default)| format!("${{{name}:-{default}"))
}

/// Where a service takes its secrets from files: Compose `secrets`, or a variable that ends in `_FILE`.
pub fn from_files(repo: &Repo) -> Vec<Place> {
    compose::services(repo)
        .iter()
        .flat_map(|service| {
            let by_key = service.node.entry("secrets").filter(|entry| !entry.value.items().is_empty());
            let by_name = services::variables(service).into_iter().filter(|setting| {
                setting.text.starts_with("/run/secrets/") && setting.name.to_ascii_uppercase().ends_with("_FILE")
            });
            let named: Vec<Place> = by_name.map(|setting| setting.place()).collect();
            by_key.map(|entry| Place::At(service.file.id, entry.key_span)).into_iter().chain(named).collect::<Vec<_>>()
        })
        .collect()
}
