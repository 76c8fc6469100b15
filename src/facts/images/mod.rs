//! Container images: each Dockerfile of a service, joined with what runs it.

pub mod context;
pub mod left_over;
pub mod reference;
pub mod start;

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    commands::{CommandUse, Stage as CommandStage},
    compose::{self, ComposeService, normalised},
    kubernetes::{self, Container},
    tier::{self, Tier},
};
use crate::{
    code::docker::{Dockerfile, Instruction, Stage},
    model::{ComponentId, Place, Span},
    repo::{Component, ComponentKind, File, FileKind, Repo},
};

/// A stage of a Dockerfile that runs as a long-lived service.
pub struct Image<'r> {
    pub file: &'r File,
    pub dockerfile: &'r Dockerfile,
    /// The stage that runs: one that Compose or a command builds by name, else the final one.
    pub stage: &'r Stage,
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

    /// The last instruction of this keyword that takes effect, inherited ones included.
    pub fn last(&self, keyword: &str) -> Option<&'r Instruction> {
        self.dockerfile.last_in(self.stage, keyword)
    }

    /// Where a reader would add an instruction: the start command, else the `FROM` of the stage.
    pub fn anchor(&self) -> Place {
        let starts = |one: &&Instruction| matches!(one.keyword.as_str(), "CMD" | "ENTRYPOINT");
        let own = self.stage.instructions.iter().rev().find(starts).map(|one| one.span);
        self.place(own.unwrap_or_else(|| from_span(self.stage)))
    }
}

/// The `FROM` of a stage.
pub fn from_span(stage: &Stage) -> Span {
    stage.instructions.first().map_or(stage.span, |from| from.span)
}

/// The images of services, in order of path. Images that only build, test or develop are left out.
pub fn images<'r>(repo: &'r Repo, commands: &[CommandUse]) -> Vec<Image<'r>> {
    let services = compose::services(repo);
    let containers = kubernetes::containers(repo);
    let files: Vec<&File> = dockerfiles(repo).collect();
    let mut images = Vec::new();
    for file in &files {
        let Some(dockerfile) = repo.dockerfile(file.id) else { continue };
        let component = packed(repo, file);
        if !is_service(file, dockerfile, component) {
            continue;
        }
        if is_for_developers(repo, file, &services) {
            continue;
        }
        for stage in running_stages(repo, file, dockerfile, &services, commands) {
            images.push(Image {
                file,
                dockerfile,
                stage,
                component,
                built_by: services.iter().filter(|service| builds(repo, service, file)).cloned().collect(),
                run_by: services.iter().filter(|service| runs(repo, service, component)).cloned().collect(),
                containers: containers
                    .iter()
                    .filter(|container| files.len() == 1 || container.is_named_like(&names(repo, component)))
                    .cloned()
                    .collect(),
            });
        }
    }
    images
}

/// Whether only Compose files for development and tests build it, while there is one for production or its own folder
/// is for development, too.
fn is_for_developers(repo: &Repo, file: &File, services: &[ComposeService<'_>]) -> bool {
    let tier = |service: &ComposeService<'_>| tier::of_name(service.file.name());
    let mut own = services.iter().filter(|service| builds(repo, service, file)).peekable();
    if own.peek().is_none() {
        return false;
    }
    if is_development(file) && own.clone().all(|service| tier::of_path(&service.file.path) == Tier::Development) {
        return true;
    }
    own.all(|service| tier(service) == Tier::Development)
        && services.iter().any(|service| tier(service) == Tier::Production && !builds(repo, service, file))
        && !services.iter().any(|service| {
            tier(service) == Tier::Production
                && service
                    .image
                    .and_then(|image| image.as_str())
                    .is_some_and(|image| names(repo, packed(repo, file)).iter().any(|name| image_name(image) == name))
        })
}

/// The stages of a Dockerfile that are built by name to be run, else its final stage.
fn running_stages<'r>(
    repo: &Repo,
    file: &File,
    dockerfile: &'r Dockerfile,
    services: &[ComposeService<'_>],
    commands: &[CommandUse],
) -> Vec<&'r Stage> {
    let by_compose = services
        .iter()
        .filter(|service| builds(repo, service, file))
        .filter_map(|service| service.build.as_ref().and_then(|build| build.target.clone()));
    let by_command = commands.iter().filter_map(|used| {
        let program = used.command.program().filter(|program| program.name == "docker")?;
        let named = program.option_value("-f").or_else(|| program.option_value("--file")).unwrap_or("Dockerfile");
        let same = normalised(Utf8Path::new(named)) == file.path;
        same.then(|| program.option_value("--target").map(str::to_owned))?
    });
    let mut stages: Vec<&Stage> = Vec::new();
    for target in by_compose.chain(by_command) {
        let helper = target.split(['-', '_', '.']).any(|part| HELPERS.contains(&part.to_ascii_lowercase().as_str()));
        let Some(stage) = dockerfile.stage_by_name(&target).filter(|_| !helper) else { continue };
        let starts = dockerfile.last_in(stage, "CMD").or_else(|| dockerfile.last_in(stage, "ENTRYPOINT"));
        if starts.is_some() && !stages.iter().any(|known| known.index == stage.index) {
            stages.push(stage);
        }
    }
    if stages.is_empty() {
        stages.extend(shipped_stage(dockerfile));
    }
    stages.sort_by_key(|stage| stage.index);
    stages
}

/// The stages of which everything ends up in `stage`: those it inherits from, and those whose whole folder is copied.
/// What takes only an artefact of a stage leaves the rest behind.
pub fn kept_whole<'d>(dockerfile: &'d Dockerfile, stage: &'d Stage) -> Vec<&'d Stage> {
    let mut found = dockerfile.stage_chain(stage);
    let mut next = 0;
    while let Some(stage) = found.get(next).copied() {
        next += 1;
        let copied = stage.all("COPY").filter_map(|copy| copied_whole(dockerfile, copy));
        for other in copied.flat_map(|from| dockerfile.stage_chain(from)) {
            if other.index < stage.index && !found.iter().any(|known| known.index == other.index) {
                found.push(other);
            }
        }
    }
    found
}

/// The stage whose working folder, or everything, an instruction copies.
fn copied_whole<'d>(dockerfile: &'d Dockerfile, copy: &Instruction) -> Option<&'d Stage> {
    let from = dockerfile.stage_by_name(&copy.flag("from")?.value)?;
    let folder = dockerfile.last_in(from, "WORKDIR").and_then(|one| one.arguments.first()).map(|word| &word.text);
    let whole = |word: &str| {
        let plain = word.trim_end_matches(['*', '.']).trim_end_matches('/');
        // What Next.js writes to stand alone holds the environment files of the folder, too.
        plain.is_empty()
            || plain.ends_with(".next/standalone")
            || folder.is_some_and(|folder| folder.trim_end_matches('/') == plain)
    };
    let (_, sources) = copy.arguments.split_last()?;
    sources.iter().any(|word| whole(&word.text)).then_some(from)
}

/// The final stage; where that one is for tests, the last one that is not and starts something.
fn shipped_stage(dockerfile: &Dockerfile) -> Option<&Stage> {
    let last = dockerfile.final_stage()?;
    if !is_test_stage(last) {
        return Some(last);
    }
    let starts =
        |stage: &Stage| dockerfile.last_in(stage, "CMD").or_else(|| dockerfile.last_in(stage, "ENTRYPOINT")).is_some();
    let own = || dockerfile.stages.iter().rev().filter(|stage| !is_test_stage(stage) && starts(stage));
    let named = own().find(|stage| {
        let name = stage.name.as_ref().map(|name| name.text.to_ascii_lowercase()).unwrap_or_default();
        ["prod", "release", "runtime", "runner"].iter().any(|word| name.contains(word))
    });
    named.or_else(|| own().next()).or(Some(last))
}

/// Whether the name of a stage says that it tests or develops.
pub fn is_test_stage(stage: &Stage) -> bool {
    const WORDS: [&str; 10] =
        ["test", "tests", "testing", "e2e", "dev", "development", "lint", "ci", "playwright", "cypress"];
    stage.name.as_ref().is_some_and(|name| {
        name.text.split(['-', '_', '.']).any(|part| WORDS.contains(&part.to_ascii_lowercase().as_str()))
    })
}

/// Every Dockerfile that is not a test's, an example's or somebody else's, and that somebody may still build.
pub fn dockerfiles(repo: &Repo) -> impl Iterator<Item = &File> {
    repo.of_kind(FileKind::Dockerfile).filter(|file| file.role.is_operational() && !left_over::is(repo, file))
}

fn builds(repo: &Repo, service: &ComposeService<'_>, file: &File) -> bool {
    service.build.as_ref().is_some_and(|build| is_at(repo, file, &build.dockerfile))
}

/// Whether `path` is that of `file`, or of a link to it.
fn is_at(repo: &Repo, file: &File, path: &Utf8Path) -> bool {
    path == file.path || repo.by_path(path).is_some_and(|at| at.link.as_deref() == Some(file.path.as_path()))
}

/// A service without `build` runs this image when the image is named like the component or the repository, under a
/// registry or an owner: `ghcr.io/owner/shop:latest` for `shop`.
fn runs(repo: &Repo, service: &ComposeService<'_>, component: &Component) -> bool {
    let Some(image) = service.image.and_then(|image| image.as_str()) else { return false };
    service.build.is_none()
        && image.contains('/')
        && names(repo, component).iter().any(|name| image_name(image) == name)
}

/// The last part of an image reference, without tag and digest.
pub fn image_name(image: &str) -> &str {
    let path = image.split('@').next().unwrap_or(image);
    let last = path.rsplit('/').next().unwrap_or(path);
    last.split(':').next().unwrap_or(last)
}

/// What an image of `component` may be called.
pub fn names(repo: &Repo, component: &Component) -> Vec<String> {
    let plain = |name: &str| name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let mut names = vec![plain(&component.name)];
    names.extend(component.path.file_name().map(str::to_ascii_lowercase));
    if component.path == "." || component.path.as_str().is_empty() {
        names.push(plain(repo.name()));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The component that a Dockerfile packs: the deployable one whose folder it names most, else the one it lies in.
pub fn packed<'r>(repo: &'r Repo, file: &File) -> &'r Component {
    let own = repo.component(file.component);
    let Some(dockerfile) = repo.dockerfile(file.id).filter(|_| own.is_root() || !own.kind.is_deployable()) else {
        return own;
    };
    let context = context_of(repo, file);
    let words: Vec<Utf8PathBuf> = mentioned(dockerfile).map(|path| normalised(&context.join(path))).collect();
    let named = |component: &&Component| {
        let inside = |path: &Utf8PathBuf| path == component.folder() || path.starts_with(component.folder());
        let file_names = file.path.as_str().contains(component.folder().file_name().unwrap_or("\0"));
        words.iter().filter(|path| inside(path)).count() * 2 + usize::from(file_names)
    };
    let others = repo.components().iter().filter(|component| !component.is_root() && component.kind.is_deployable());
    others
        .map(|component| (named(&component), component))
        .filter(|(score, _)| *score > 1)
        .max_by_key(|(score, _)| *score)
        .map_or_else(|| if own.kind.is_deployable() { own } else { repo.component(ComponentId::ROOT) }, |(_, it)| it)
}

/// Paths of the build context that the stages copy, install or start.
fn mentioned(dockerfile: &Dockerfile) -> impl Iterator<Item = &str> {
    dockerfile
        .stages
        .iter()
        .flat_map(|stage| &stage.instructions)
        .filter(|one| matches!(one.keyword.as_str(), "COPY" | "ADD" | "WORKDIR" | "CMD" | "ENTRYPOINT"))
        .flat_map(|one| one.arguments.iter().map(|word| word.text.trim_start_matches("/app/").trim_end_matches('/')))
}

/// Where a Dockerfile copies `folder` or a part of it, for images that hold several components.
pub fn copies(dockerfile: &Dockerfile, folder: &Utf8Path) -> Option<Span> {
    let copies = dockerfile.stages.iter().flat_map(|stage| stage.all("COPY"));
    copies
        .filter(|copy| copy.flag("from").is_none())
        .find(|copy| {
            let sources = &copy.arguments[..copy.arguments.len().saturating_sub(1)];
            sources.iter().any(|word| normalised(Utf8Path::new(&word.text)).starts_with(folder))
        })
        .map(|copy| copy.span)
}

/// Where the commands of a Dockerfile build or start `component` by its folder or its package name, directly or
/// through the scripts of the root's manifest that they run.
pub fn names_in_commands(repo: &Repo, commands: &[CommandUse], file: &File, component: &Component) -> Option<Span> {
    let folder = component.folder().as_str();
    if folder.is_empty() {
        return None;
    }
    let short = component.folder().file_name().unwrap_or_default();
    let names = |used: &CommandUse| {
        let nx = used.command.words.iter().any(|word| word.text == "nx");
        used.command.words.iter().any(|word| {
            // `nx run api:build:production`
            if nx && word.text.split_once(':').is_some_and(|(project, _)| project == short) {
                return true;
            }
            let text = word.text.trim_start_matches("./").trim_end_matches('/');
            text == component.name
                || text == folder
                || text.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let root_script = |script: &str| {
        commands.iter().any(|used| {
            used.stage == CommandStage::PackageScript
                && used.name == script
                && repo.file(used.file).folder().as_str().is_empty()
                && names(used)
        })
    };
    let own = commands.iter().filter(|used| used.file == file.id);
    own.filter(|used| names(used) || used.command.package_script().is_some_and(root_script))
        .map(|used| used.whole)
        .next()
}

/// The folder that a Dockerfile's `COPY` reads from: what Compose says, else the repository's root for a Dockerfile
/// that names paths from there, else its own folder.
pub fn context_of(repo: &Repo, file: &File) -> Utf8PathBuf {
    let services = compose::services(repo);
    let build =
        services.iter().filter_map(|service| service.build.as_ref()).find(|build| is_at(repo, file, &build.dockerfile));
    if let Some(build) = build {
        return build.context.clone();
    }
    let own = file.folder();
    let resolves = |base: &Utf8Path| {
        repo.dockerfile(file.id).is_some_and(|dockerfile| {
            mentioned(dockerfile).filter(|path| path.contains('/') || path.contains('.')).any(|path| {
                let path = normalised(&base.join(path));
                repo.by_path(&path).is_some()
            })
        })
    };
    if !own.as_str().is_empty() && !resolves(own) && resolves(Utf8Path::new("")) {
        Utf8PathBuf::new()
    } else {
        own.to_owned()
    }
}

/// A front end that is built to static files: no server of its own.
pub fn is_static_site(repo: &Repo, component: &Component) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| repo.dependency(component.id, name).is_some());
    let own_server = has(&[
        "next",
        "nuxt",
        "@remix-run/node",
        "@react-router/node",
        "@sveltejs/adapter-node",
        "@angular/ssr",
        "express",
        "fastify",
        "@nestjs/core",
        "koa",
        "hono",
    ]);
    component.kind == ComponentKind::WebApp && !own_server
}

/// Words in the name or folder of a Dockerfile that builds, tests or develops rather than runs.
const HELPERS: &[&str] = &[
    "test",
    "tests",
    "dev",
    "develop",
    "development",
    "ci",
    "build",
    "builder",
    "base",
    "lint",
    "e2e",
    "playwright",
    "cypress",
    "maildev",
    "mailhog",
    "demo",
    ".devcontainer",
];

/// Whether a Dockerfile is a helper's by its name or its folder.
pub fn is_helper(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    let folder = file.folder().file_name().unwrap_or_default().to_ascii_lowercase();
    name.split(['.', '-', '_']).chain([folder.as_str()]).any(|part| HELPERS.contains(&part))
        || folder.contains("devcontainer")
}

/// Whether a file defines something for developing or showing, by a part of its path.
pub fn is_development(file: &File) -> bool {
    const PARTS: [&str; 14] = [
        "dev",
        "development",
        "devcontainer",
        "local",
        "localdev",
        "gitpod",
        "codesandbox",
        "sandbox",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "integration",
    ];
    let lower = file.path.as_str().to_ascii_lowercase();
    lower.split(['/', '.', '-', '_']).any(|part| PARTS.contains(&part))
}

/// Whether an image runs a service: it starts something, and neither its name nor its component is a helper's.
fn is_service(file: &File, dockerfile: &Dockerfile, component: &Component) -> bool {
    let starts = dockerfile.last("CMD").or_else(|| dockerfile.last("ENTRYPOINT"));
    let tool = matches!(component.kind, ComponentKind::Library | ComponentKind::Cli);
    // Something is copied out of it, somebody works in it, or it ends when the tables are changed.
    let idle = starts.is_some_and(|start| {
        let commands = start.commands();
        let [command] = commands.as_slice() else { return false };
        let first = command.words.first().map(|word| word.text.as_str()).unwrap_or_default();
        let waits = matches!(first, "sleep" | "tail" | "true" | "/bin/true" | "echo");
        let words = || command.words.iter().skip(1);
        let migrates = words().any(|word| {
            let text = word.text.rsplit('/').next().unwrap_or_default();
            text == "migrate" || text.starts_with("migrate.") || text.starts_with("migrate:")
        });
        (waits && dockerfile.last("ENTRYPOINT").is_none()) || migrates
    });
    if idle {
        return false;
    }
    !is_helper(file)
        && !tool
        && (starts.is_some() || dockerfile.last("EXPOSE").is_some() || component.kind.is_deployable())
}
