//! Projects: what one `docker compose up` starts, from the files that it is given.

use std::{collections::BTreeMap, sync::Arc};

use camino::Utf8PathBuf;

use super::{
    Interpolated, Service, ServiceKind, Sign, Stage, Start, Variables, discover, interpolate, kind_of_image, merge,
    stage,
};
use crate::{
    code::docker::Base,
    doc::Node,
    facts::Facts,
    model::{Place, Span},
    repo::{File, FileKind, Repo},
};

/// Compose files that are started together.
#[derive(Debug, Clone, PartialEq)]
pub struct Project<'r> {
    /// The base first, each later one over those before it.
    pub files: Vec<&'r File>,
    pub services: Vec<Service<'r>>,
    pub networks: Vec<Declared<'r>>,
    pub volumes: Vec<Declared<'r>>,
    pub secrets: Vec<Declared<'r>>,
    pub configs: Vec<Declared<'r>>,
    /// Files and services that `include` and `extends` name and that are not there.
    pub unresolved: Vec<Unresolved>,
    pub stage: Stage,
    /// What the stage was decided by.
    pub sign: Sign,
    /// Every file of it was read to its end, so that what is not here is not there.
    pub complete: bool,
    variables: Arc<Variables>,
}

/// An entry of a top-level `networks`, `volumes`, `secrets` or `configs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared<'r> {
    pub name: &'r str,
    pub file: &'r File,
    pub key: Span,
    pub node: &'r Node,
    /// Where relative paths in it are seen from.
    pub folder: Utf8PathBuf,
}

/// A name that `include` or `extends` gives and that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    pub missing: Missing,
    pub name: String,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    Include,
    ExtendsFile,
    ExtendsService,
}

impl<'r> Project<'r> {
    /// The service of this name.
    pub fn service(&self, name: &str) -> Option<&Service<'r>> {
        self.services.iter().find(|service| service.name == name)
    }

    /// A text with the project's variables filled in.
    pub fn fill(&self, text: &str) -> Interpolated {
        interpolate(text, &self.variables)
    }

    /// Whether a service is the repository's own or a stranger's program, rather than a store or a tool beside it.
    pub fn applications(&self) -> impl Iterator<Item = &Service<'r>> {
        self.services.iter().filter(|service| service.kind == ServiceKind::Application)
    }

    /// Whether a service is started for production; a profile named for development or tests keeps it out.
    pub fn stage_of(&self, service: &Service<'r>) -> Stage {
        let profiles = service.profiles();
        let stages: Vec<Stage> = profiles.iter().filter_map(|profile| stage::of_words(profile)).collect();
        match stages.first() {
            Some(first) if stages.len() == profiles.len() => *first,
            _ if matches!(service.kind, ServiceKind::DevelopmentHelper(_)) => Stage::Development,
            _ => self.stage,
        }
    }

    /// The services that wait for `service`, by any condition.
    pub fn dependents<'p>(&'p self, service: &'p str) -> impl Iterator<Item = &'p Service<'r>> {
        self.services.iter().filter(move |other| other.dependencies().iter().any(|known| known.name == service))
    }

    /// Whether its only file has a name that says nothing of Compose: a part that a command puts together with others.
    pub fn is_part(&self) -> bool {
        matches!(self.files[..], [file] if !discover::is_named_for_compose(file))
    }

    /// The names of its files, as one would give them to `-f`.
    pub fn title(&self) -> String {
        let paths: Vec<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        paths.join(" + ")
    }
}

/// Every project, in order of its files' paths. Files of tests, examples and vendored code are left out.
pub fn projects<'r>(repo: &'r Repo, facts: &Facts) -> Vec<Project<'r>> {
    let starts = facts.compose_starts(repo);
    let sets = discover::file_sets(repo, starts);
    let mut projects: Vec<Project<'r>> = sets.into_iter().map(|files| project(repo, files, starts)).collect();
    projects.retain(|project| !project.services.is_empty());
    projects
}

fn project<'r>(repo: &'r Repo, files: Vec<&'r File>, starts: &[Start]) -> Project<'r> {
    let merged = merge::merge(repo, &files);
    let variables = Arc::new(variables(repo, &files));
    let mut services: Vec<Service<'r>> =
        merged.services.into_iter().map(|service| Service::new(service, Arc::clone(&variables))).collect();
    for service in &mut services {
        service.kind = kind(repo, service);
        // A mail catcher that is built here is called what it is.
        let named = kind_of_image(service.name);
        if service.kind == ServiceKind::Application && matches!(named, ServiceKind::DevelopmentHelper(_)) {
            service.kind = named;
        }
    }
    let complete = files.iter().all(|file| repo.doc(file.id).is_some_and(crate::doc::Doc::is_complete));
    let mut project = Project {
        complete,
        files,
        services,
        networks: merged.networks,
        volumes: merged.volumes,
        secrets: merged.secrets,
        configs: merged.configs,
        unresolved: merged.unresolved,
        stage: Stage::Unclear,
        sign: Sign::nothing(),
        variables,
    };
    (project.stage, project.sign) = stage::decide(repo, &project, starts);
    project
}

/// What the `.env` file beside the first file sets.
fn variables(repo: &Repo, files: &[&File]) -> Variables {
    let env = files.first().and_then(|file| repo.by_path(&file.folder().join(".env")));
    let root = env.filter(|file| file.kind == FileKind::Env).and_then(|file| repo.doc(file.id)?.root());
    let pairs = root.map(Node::entries).unwrap_or_default().iter();
    let values: BTreeMap<String, String> =
        pairs.filter_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned()))).collect();
    Variables::new(values)
}

/// By the image that runs, or by the one that its Dockerfile starts from.
fn kind(repo: &Repo, service: &Service<'_>) -> ServiceKind {
    let Some(build) = &service.build else {
        return service.image().map_or(ServiceKind::Application, |image| kind_of_image(&image));
    };
    let base = repo.by_path(&build.dockerfile).and_then(|file| {
        let dockerfile = repo.dockerfile(file.id)?;
        let named = build.target.as_deref().and_then(|target| dockerfile.stage_by_name(target));
        match dockerfile.root_base(named.or_else(|| dockerfile.final_stage())?) {
            Base::Image(image) => Some(kind_of_image(image)),
            _ => None,
        }
    });
    // A web server as the base serves the repository's own pages.
    base.filter(|kind| !matches!(kind, ServiceKind::Proxy(_))).unwrap_or(ServiceKind::Application)
}
