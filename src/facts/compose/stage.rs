//! Where a project runs: in production, on a developer's machine, in tests.

use camino::Utf8Path;

use super::{MountKind, Project, Service, ServiceKind, Start, discover::variant_of};
use crate::{
    doc::Node,
    facts::{commands, images::image_name, tier},
    model::{FileId, Place},
    repo::{File, FileKind, Repo},
};

/// Where a project runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Production,
    Staging,
    Development,
    Test,
    /// The repository does not tell.
    Unclear,
}

impl Stage {
    /// The name used in reports; empty when it is unclear.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
            Self::Test => "test",
            Self::Unclear => "",
        }
    }

    /// Whether other people than developers depend on it, or may.
    pub fn is_served(self) -> bool {
        matches!(self, Self::Production | Self::Staging | Self::Unclear)
    }
}

/// What a stage was decided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// `file name`, `folder`, `command`, `environment`, `header`, `mounted sources`, `datastores only`, `image`, or empty.
    pub what: &'static str,
    pub place: Option<Place>,
}

impl Sign {
    pub(super) fn nothing() -> Self {
        Self { what: "", place: None }
    }
}

/// The stage that a file's, folder's, script's or profile's name speaks of.
pub(super) fn of_words(name: &str) -> Option<Stage> {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(['.', '-', '_', ':', '/', ' ']);
    words.find_map(|word| {
        Some(match word {
            "prod" | "production" | "live" | "deploy" | "deployment" | "deployments" | "selfhost" | "selfhosted"
            | "onpremise" | "swarm" | "stack" => Stage::Production,
            "staging" | "stage" | "preprod" | "uat" | "qa" | "preview" => Stage::Staging,
            "dev" | "develop" | "development" | "local" | "debug" | "watch" | "devcontainer" | "hotreload" => {
                Stage::Development
            }
            "test" | "tests" | "testing" | "ci" | "e2e" | "playwright" | "cypress" | "benchmark" | "integration" => {
                Stage::Test
            }
            _ => return None,
        })
    })
}

/// Where `project` runs, and what shows it. A name speaks loudest, then what starts it, then what is in it.
pub(super) fn decide(repo: &Repo, project: &Project<'_>, starts: &[Start]) -> (Stage, Sign) {
    let at = |file: &File| Some(Place::File(file.id));
    for file in project.files.iter().rev() {
        if let Some(stage) = of_words(&variant_of(file)) {
            return (stage, Sign { what: "file name", place: at(file) });
        }
    }
    if let [file] = project.files[..]
        && is_build_twin(repo, file)
    {
        return (Stage::Development, Sign { what: "file name", place: at(file) });
    }
    let started = started(project, starts);
    if let Some(found) = started.iter().find(|(stage, _)| *stage == Stage::Production) {
        return found.clone();
    }
    let first = project.files.first().copied();
    if let Some((stage, file)) = first.and_then(|file| Some((of_folder(file.folder())?, file))) {
        return (stage, Sign { what: "folder", place: at(file) });
    }
    by_header(repo, project)
        .or_else(|| by_environment(project))
        .or_else(|| by_sources(project))
        .or_else(|| started.into_iter().next())
        .or_else(|| by_override(project))
        .or_else(|| by_services(repo, project))
        .unwrap_or((Stage::Unclear, Sign::nothing()))
}

/// Whether `file` is called after building and builds what another one of its folder runs by a published image:
/// `docker-compose.build.yml` beside `docker-compose.yml`. Hosts are given the other one.
pub fn is_build_twin(repo: &Repo, file: &File) -> bool {
    let named = variant_of(file).split(['.', '-', '_']).any(|word| matches!(word, "build" | "build-local" | "source"));
    let services = |file: &File| repo.doc(file.id)?.root()?.get("services").map(Node::entries);
    let Some(own) = services(file).filter(|_| named) else { return false };
    let others = repo.of_kind(FileKind::Compose);
    let mut beside = others.filter(|other| other.id != file.id && other.folder() == file.folder());
    beside.any(|other| {
        services(other).unwrap_or_default().iter().any(|run| {
            let published = run.value.get("image").is_some() && run.value.get("build").is_none();
            published && own.iter().any(|built| built.key == run.key && built.value.get("build").is_some())
        })
    })
}

/// What shows that the services of `project` are set up for whoever develops them, whoever starts them: a variable that
/// says so, sources of the working copy, a command that watches them.
pub fn made_for_development(project: &Project<'_>) -> Option<Sign> {
    let by_environment = by_environment(project).filter(|(stage, _)| *stage == Stage::Development);
    by_environment.or_else(|| by_sources(project)).map(|(_, sign)| sign)
}

/// What the comment at the head of the first file says.
fn by_header(repo: &Repo, project: &Project<'_>) -> Option<(Stage, Sign)> {
    let file = project.files.first()?;
    let text = repo.read(file.id).ok()?;
    let sign = Sign { what: "header", place: Some(Place::File(file.id)) };
    tier::disclaims_production(&text).then_some((Stage::Development, sign))
}

fn of_folder(folder: &Utf8Path) -> Option<Stage> {
    let mut parts: Vec<&str> = folder.as_str().split('/').collect();
    parts.reverse();
    parts.iter().find_map(|part| of_words(part.trim_start_matches('.')))
}

/// What the commands that start exactly these files are called.
fn started(project: &Project<'_>, starts: &[Start]) -> Vec<(Stage, Sign)> {
    let ids: Vec<FileId> = project.files.iter().map(|file| file.id).collect();
    let own = starts.iter().filter(|start| start.files == ids);
    let mut found: Vec<(Stage, Sign)> = own
        .filter(|start| matches!(start.subcommand.as_str(), "up" | "deploy" | "run" | "start" | "restart" | "pull"))
        .filter_map(|start| {
            let stage = match start.stage {
                None => of_words(&start.name).filter(|stage| *stage != Stage::Test),
                Some(commands::Stage::Workflow) => {
                    Some(of_words(&start.name).filter(|stage| *stage != Stage::Development).unwrap_or(Stage::Test))
                }
                Some(_) => of_words(&start.name),
            }?;
            Some((stage, Sign { what: "command", place: Some(start.place.clone()) }))
        })
        .collect();
    found.sort_by_key(|(stage, _)| *stage);
    found
}

/// Variables whose value names the stage.
const STAGE_VARIABLES: [&str; 14] = [
    "NODE_ENV",
    "APP_ENV",
    "ENVIRONMENT",
    "ENV",
    "RAILS_ENV",
    "RACK_ENV",
    "FLASK_ENV",
    "FASTAPI_ENV",
    "DJANGO_ENV",
    "GO_ENV",
    "GIN_MODE",
    "ASPNETCORE_ENVIRONMENT",
    "SPRING_PROFILES_ACTIVE",
    "DJANGO_SETTINGS_MODULE",
];

fn by_environment(project: &Project<'_>) -> Option<(Stage, Sign)> {
    let mut found: Vec<(Stage, Place)> = Vec::new();
    for service in project.applications() {
        for variable in service.environment() {
            let Some(value) = variable.value.as_ref().map(|value| value.text.to_ascii_lowercase()) else { continue };
            let debug = matches!(variable.name, "DEBUG" | "FLASK_DEBUG" | "DJANGO_DEBUG" | "APP_DEBUG");
            let stage = if STAGE_VARIABLES.contains(&variable.name) {
                if value == "release" { Some(Stage::Production) } else { of_words(&value) }
            } else {
                (debug && matches!(value.as_str(), "true" | "1" | "on" | "yes")).then_some(Stage::Development)
            };
            found.extend(stage.map(|stage| (stage, variable.place)));
        }
    }
    // A single developer's setting makes the whole project one.
    let (stage, place) = found.iter().find(|(stage, _)| *stage == Stage::Development).or(found.first())?.clone();
    Some((stage, Sign { what: "environment", place: Some(place) }))
}

/// Words of commands that watch the sources.
const WATCHING: [&str; 14] = [
    "--reload",
    "nodemon",
    "run dev",
    "start:dev",
    "runserver",
    "flask run",
    "yarn dev",
    "pnpm dev",
    "--watch",
    "air",
    "ts-node-dev",
    "next dev",
    "vite",
    "fastapi dev",
];

fn by_sources(project: &Project<'_>) -> Option<(Stage, Sign)> {
    project.applications().find_map(|service| {
        let watched = service.at(&["develop", "watch"]).map(|(_, place)| place);
        let command = format!(" {} ", service.command());
        let reloads = WATCHING.iter().any(|word| command.contains(&format!(" {word} ")));
        let reloads = reloads.then(|| service.last("command").or_else(|| service.last("entrypoint"))).flatten();
        let place = watched.or_else(|| reloads.map(super::Setting::place)).or_else(|| mounted_sources(service))?;
        Some((Stage::Development, Sign { what: "mounted sources", place: Some(place) }))
    })
}

/// Where a service that is built here, or runs a language's bare image, gets its sources from the working copy.
fn mounted_sources(service: &Service<'_>) -> Option<Place> {
    let context = service.build.as_ref().map(|build| build.context.clone());
    service.mounts().into_iter().find_map(|mount| {
        let path = mount.path.filter(|_| mount.kind == MountKind::Bind && !mount.read_only)?;
        let source = context.as_ref().is_some_and(|context| *context == path)
            || matches!(path.file_name(), Some("src" | "app" | "lib" | "server"))
            || path.as_str().is_empty();
        source.then_some(mount.place)
    })
}

/// The override that Compose takes by itself is made for the developer's machine.
fn by_override(project: &Project<'_>) -> Option<(Stage, Sign)> {
    let file = project.files.iter().skip(1).find(|file| variant_of(file) == "override")?;
    Some((Stage::Development, Sign { what: "file name", place: Some(Place::File(file.id)) }))
}

/// A project without a program of its own serves those who run theirs beside it; one that runs the repository's
/// published image is how others run it.
fn by_services(repo: &Repo, project: &Project<'_>) -> Option<(Stage, Sign)> {
    let helper = project.services.iter().find(|service| matches!(service.kind, ServiceKind::DevelopmentHelper(_)));
    if let Some(helper) = helper {
        return Some((Stage::Development, Sign { what: "development service", place: Some(helper.place()) }));
    }
    let stores = project.services.iter().filter(|service| service.kind.is_datastore()).count();
    let tools = project.services.iter().all(|service| {
        matches!(service.kind, ServiceKind::Datastore(_) | ServiceKind::Admin(_)) || service.is_one_shot()
    });
    if stores > 0 && tools {
        let place = project.services.first().map(Service::place);
        return Some((Stage::Development, Sign { what: "datastores only", place }));
    }
    let names: Vec<String> = repo
        .components()
        .iter()
        .map(|component| component.name.rsplit('/').next().unwrap_or(&component.name).to_ascii_lowercase())
        .chain([repo.name().rsplit('/').next().unwrap_or(repo.name()).to_ascii_lowercase()])
        .collect();
    let published = project.applications().find(|service| {
        !service.is_built()
            && service
                .image()
                .is_some_and(|image| image.contains('/') && names.iter().any(|name| image_name(&image) == name))
    })?;
    project
        .applications()
        .all(|service| !service.is_built())
        .then(|| (Stage::Production, Sign { what: "published image", place: Some(published.place()) }))
}
