//! In which environment a configuration file is used, as its name, its folder and its content tell.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::{datastores, services};
use crate::{
    doc::Node,
    facts::{
        compose::{self, ComposeService},
        tier,
    },
    model::FileId,
    repo::{File, FileKind, Repo},
};

/// Where a configuration file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Said to be for production, or for staging, which holds data of the same kind.
    Production,
    /// Nothing says for whom; whoever deploys takes it as it is.
    Unsaid,
    Development,
    Test,
    /// To be copied and filled in.
    Example,
}

impl Stage {
    /// Whether what the file says can hold in production.
    pub fn is_deployed(self) -> bool {
        matches!(self, Self::Production | Self::Unsaid)
    }
}

const PRODUCTION: &[&str] = &["prod", "production", "staging", "stage", "live", "preprod", "release"];
const DEVELOPMENT: &[&str] = &[
    "dev",
    "develop",
    "development",
    "local",
    "localhost",
    "localdev",
    "override",
    "debug",
    "devcontainer",
    "devcontainers",
    "sandbox",
    "playground",
    "devtools",
    "devenv",
    "minikube",
    "kind",
    "k3d",
    "tilt",
    "skaffold",
];
const TEST: &[&str] = &[
    "test",
    "tests",
    "testing",
    "e2e",
    "ci",
    "cypress",
    "playwright",
    "integration",
    "testutil",
    "perf",
    "bench",
    "benchmark",
];
const EXAMPLE: &[&str] =
    &["example", "examples", "sample", "samples", "template", "tpl", "tmpl", "dist", "demo", "demos"];

/// The environment that a path names. The file's own name counts before its folders.
pub fn of_path(path: &Utf8Path) -> Stage {
    let mut parts = path.as_str().rsplit('/');
    let own = parts.next().and_then(of_words);
    own.or_else(|| parts.find_map(of_words)).unwrap_or(Stage::Unsaid)
}

fn of_words(name: &str) -> Option<Stage> {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['.', '-', '_', ' ']).collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    [(Stage::Example, EXAMPLE), (Stage::Test, TEST), (Stage::Production, PRODUCTION), (Stage::Development, DEVELOPMENT)]
        .into_iter()
        .find_map(|(stage, list)| any(list).then_some(stage))
}

/// The environment of each Compose file that has a service.
pub fn of_each(repo: &Repo, all: &[ComposeService<'_>]) -> BTreeMap<FileId, Stage> {
    let mut files: BTreeMap<FileId, (&File, Vec<&ComposeService<'_>>)> = BTreeMap::new();
    for service in all {
        files.entry(service.file.id).or_insert_with(|| (service.file, Vec::new())).1.push(service);
    }
    files.into_iter().map(|(id, (file, own))| (id, of_compose(repo, file, &own))).collect()
}

/// The environment of a Compose file: its path, else what its services say of themselves.
fn of_compose(repo: &Repo, file: &File, own: &[&ComposeService<'_>]) -> Stage {
    let by_path = of_path(&file.path);
    if by_path == Stage::Unsaid && compose::is_build_twin(repo, file) {
        return Stage::Development;
    }
    if by_path != Stage::Unsaid {
        return by_path;
    }
    if repo.read(file.id).is_ok_and(|text| tier::disclaims_production(&text)) {
        return Stage::Development;
    }
    if own.iter().any(|service| declares(service, PRODUCTION)) {
        return Stage::Production;
    }
    let only_stores = !own.is_empty() && own.iter().all(|service| is_support(service));
    let for_development =
        own.iter().any(|service| is_for_development(service)) || only_stores || has_production_twin(repo, file);
    if for_development { Stage::Development } else { Stage::Unsaid }
}

/// A datastore or a tool beside one: a file of nothing else serves an application that runs elsewhere.
fn is_support(service: &ComposeService<'_>) -> bool {
    let image = service.image.and_then(Node::as_str).unwrap_or_default();
    service.build.is_none() && service.node.get("build").is_none() && datastores::is_support_image(image)
}

/// Variables by which programs know their environment.
const SWITCHES: &[&str] = &[
    "NODE_ENV",
    "APP_ENV",
    "ENV",
    "ENVIRONMENT",
    "APP_ENVIRONMENT",
    "FLASK_ENV",
    "RAILS_ENV",
    "DJANGO_ENV",
    "GO_ENV",
    "SPRING_PROFILES_ACTIVE",
    "ASPNETCORE_ENVIRONMENT",
    "FASTAPI_ENV",
    "RACK_ENV",
    "MIX_ENV",
    "DEPLOY_ENV",
    "STAGE",
];

fn declares(service: &ComposeService<'_>, words: &[&str]) -> bool {
    services::variables(service).iter().any(|variable| {
        let text = match variable.given() {
            super::Given::Literal(text) | super::Given::Default { text, .. } => text.to_ascii_lowercase(),
            _ => return false,
        };
        SWITCHES.contains(&variable.name.as_str()) && words.contains(&text.as_str())
    })
}

fn is_for_development(service: &ComposeService<'_>) -> bool {
    let container = service.node.get("container_name").and_then(Node::as_str).unwrap_or_default();
    let target = service.node.at(&["build", "target"]).and_then(Node::as_str).unwrap_or_default();
    let image = service.image.and_then(Node::as_str).unwrap_or_default();
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let named =
        [container, service.name, target, tag].into_iter().any(|name| of_words(name) == Some(Stage::Development));
    let words: Vec<&str> = services::command_words(service).into_iter().map(|(word, _)| word).collect();
    let watches = words.iter().any(|word| {
        let word = word.trim_matches(['"', '\'', ';', '&']);
        let word = word.rsplit(':').next().unwrap_or(word);
        matches!(word, "--reload" | "nodemon" | "runserver" | "dev" | "start:dev" | "--watch" | "ts-node-dev" | "air")
    });
    named || declares(service, &["dev", "development", "local", "test"]) || watches || mounts_sources(service)
}

/// The working folder itself is mounted over what the image holds.
fn mounts_sources(service: &ComposeService<'_>) -> bool {
    let volumes = service.node.get("volumes").map(Node::items).unwrap_or_default();
    service.node.get("build").is_some()
        && volumes.iter().any(|volume| {
            let source = volume.text().and_then(|text| text.split(':').next()).or_else(|| volume.get("source")?.text());
            matches!(source, Some("." | "./" | ".." | "./src" | "./app" | "./backend" | "$PWD" | "${PWD}"))
        })
}

/// A Compose file for production beside this one that stands on its own, so that this one is not it.
fn has_production_twin(repo: &Repo, file: &File) -> bool {
    repo.of_kind(FileKind::Compose).any(|other| {
        let named = other.id != file.id && other.folder() == file.folder();
        let root = repo.doc(other.id).and_then(|doc| doc.root());
        let production = named && other.file_stage() == Stage::Production;
        let stands_alone = || {
            root.and_then(|root| root.get("services")).is_some_and(|services| {
                let entries = services.entries();
                !entries.is_empty()
                    && entries
                        .iter()
                        .all(|entry| entry.value.get("image").is_some() || entry.value.get("build").is_some())
            })
        };
        production && stands_alone()
    })
}

trait Staged {
    fn file_stage(&self) -> Stage;
}

impl Staged for File {
    fn file_stage(&self) -> Stage {
        of_path(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_environments() {
        for (path, expected) in [
            ("docker-compose.yml", Stage::Unsaid),
            ("docker-compose.prod.yml", Stage::Production),
            ("docker-compose.dev.yml", Stage::Development),
            ("docker-compose-local.yml", Stage::Development),
            ("compose.override.yml", Stage::Development),
            ("e2e/compose.yml", Stage::Test),
            ("dev/production/compose.yml", Stage::Production),
            ("deploy/values.example.yaml", Stage::Example),
            ("src/device/compose.yml", Stage::Unsaid),
        ] {
            assert_eq!(of_path(Utf8Path::new(path)), expected, "{path}");
        }
    }
}
