//! Container images: each Dockerfile of a service, joined with what runs it.

use camino::Utf8Path;

use super::{
    compose::{self, ComposeService},
    kubernetes::{self, Container},
};
use crate::{
    code::docker::{Dockerfile, Instruction, Stage},
    model::{Place, Span},
    repo::{Component, ComponentKind, File, FileKind, Repo},
};

/// A Dockerfile that builds a long-running service.
pub struct Image<'r> {
    pub file: &'r File,
    pub dockerfile: &'r Dockerfile,
    /// The component that it packs.
    pub component: &'r Component,
    /// Compose services that build it.
    pub built_by: Vec<ComposeService<'r>>,
    /// Compose services that run the image under its published name.
    pub run_by: Vec<ComposeService<'r>>,
    /// Containers of Kubernetes manifests that run it.
    pub containers: Vec<Container<'r>>,
}

impl<'r> Image<'r> {
    pub fn place(&self, span: Span) -> Place {
        Place::At(self.file.id, span)
    }

    pub fn final_stage(&self) -> Option<&'r Stage> {
        self.dockerfile.final_stage()
    }

    /// What starts the process: the last `CMD` or `ENTRYPOINT` of the final stage and what it inherits.
    pub fn start(&self) -> Option<&'r Instruction> {
        self.dockerfile.last("CMD").or_else(|| self.dockerfile.last("ENTRYPOINT"))
    }

    /// Where a reader would add an instruction: the start command, else the final `FROM`.
    pub fn anchor(&self) -> Place {
        let own = self.final_stage().and_then(|stage| {
            let starts = |one: &&Instruction| matches!(one.keyword.as_str(), "CMD" | "ENTRYPOINT");
            stage.instructions.iter().rev().find(starts).map(|one| one.span)
        });
        match own.or_else(|| self.final_stage().map(|stage| stage.from_span())) {
            Some(span) => self.place(span),
            None => Place::File(self.file.id),
        }
    }
}

/// The images of services, in order of path. Images that only build, test or develop are left out.
pub fn images(repo: &Repo) -> Vec<Image<'_>> {
    let services = compose::services(repo);
    let containers = kubernetes::containers(repo);
    let files: Vec<&File> = dockerfiles(repo).collect();
    files
        .iter()
        .filter_map(|file| {
            let dockerfile = repo.dockerfile(file.id)?;
            let component = packed(repo, file, dockerfile, &services);
            is_service(file, dockerfile, component).then(|| Image {
                file,
                dockerfile,
                component,
                built_by: services.iter().filter(|service| builds(service, file)).cloned().collect(),
                run_by: services.iter().filter(|service| runs(repo, service, component)).cloned().collect(),
                containers: containers
                    .iter()
                    .filter(|container| files.len() == 1 || container.is_named_like(&names(repo, component)))
                    .cloned()
                    .collect(),
            })
        })
        .collect()
}

/// Every Dockerfile that is not a test's, an example's or somebody else's.
pub fn dockerfiles(repo: &Repo) -> impl Iterator<Item = &File> {
    repo.files().iter().filter(|file| file.kind == FileKind::Dockerfile && file.role.is_operational())
}

fn builds(service: &ComposeService<'_>, file: &File) -> bool {
    service.build.as_ref().is_some_and(|build| build.dockerfile == file.path)
}

/// A service without `build` runs this image when the image is named like the component or the repository, under a
/// registry or an owner: `ghcr.io/owner/shop:latest` for `shop`.
fn runs(repo: &Repo, service: &ComposeService<'_>, component: &Component) -> bool {
    let Some(image) = service.image.and_then(|image| image.as_str()) else { return false };
    service.build.is_none() && image.contains('/') && names(repo, component).iter().any(|name| image_name(image) == name)
}

/// The last part of an image reference, without tag and digest.
pub fn image_name(image: &str) -> &str {
    let path = image.split('@').next().unwrap_or(image);
    let last = path.rsplit('/').next().unwrap_or(path);
    last.split(':').next().unwrap_or(last)
}

fn names(repo: &Repo, component: &Component) -> Vec<String> {
    let plain = |name: &str| name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let mut names = vec![plain(&component.name)];
    names.extend(component.path.file_name().map(str::to_ascii_lowercase));
    if component.path == "." || component.path.as_str().is_empty() {
        names.push(plain(repo.name()));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The component that a Dockerfile packs: the one whose folder it copies or builds in, else the one it lies in.
fn packed<'r>(
    repo: &'r Repo,
    file: &'r File,
    dockerfile: &Dockerfile,
    services: &[ComposeService<'_>],
) -> &'r Component {
    let own = repo.component(file.component);
    if own.path != "." && !own.path.as_str().is_empty() {
        return own;
    }
    let contexts = services.iter().filter(|service| builds(service, file)).filter_map(|service| service.build.as_ref());
    let mut named: Vec<&str> = contexts.map(|build| build.context.as_str()).collect();
    named.extend(mentioned(dockerfile));
    let components = repo.components().iter().filter(|component| component.kind.is_deployable());
    components
        .filter(|component| component.path != ".")
        .find(|component| named.iter().any(|path| Utf8Path::new(path.trim_start_matches("./")) == component.path))
        .unwrap_or(own)
}

/// Folders that the final stages copy or work in.
fn mentioned(dockerfile: &Dockerfile) -> Vec<&str> {
    dockerfile
        .stages
        .iter()
        .flat_map(|stage| &stage.instructions)
        .filter(|one| matches!(one.keyword.as_str(), "COPY" | "WORKDIR"))
        .flat_map(|one| one.arguments.iter().map(|word| word.text.trim_end_matches('/')))
        .collect()
}

/// Whether an image runs a service: it starts something, and neither its name nor its command is that of a helper.
fn is_service(file: &File, dockerfile: &Dockerfile, component: &Component) -> bool {
    let name = file.path.file_name().unwrap_or_default().to_ascii_lowercase();
    let folder = file.path.parent().and_then(Utf8Path::file_name).unwrap_or_default().to_ascii_lowercase();
    const HELPERS: [&str; 10] = ["test", "tests", "dev", "develop", "development", "ci", "build", "builder", "lint", "e2e"];
    let helper = name.split(['.', '-', '_']).chain([folder.as_str()]).any(|part| HELPERS.contains(&part))
        || folder == ".devcontainer";
    let starts = dockerfile.last("CMD").or_else(|| dockerfile.last("ENTRYPOINT"));
    let tool = matches!(component.kind, ComponentKind::Library | ComponentKind::Cli);
    !helper && !tool && (starts.is_some() || dockerfile.last("EXPOSE").is_some() || component.kind.is_deployable())
}
