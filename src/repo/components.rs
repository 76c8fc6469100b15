//! The parts of the repository that are built or deployed on their own.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Ecosystem, File, FileKind, Manifest, Profile, Repo, Role, purpose,
    role::{self, Surroundings},
};
use crate::model::{ComponentId, FileId, Place};

/// What a component is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentKind {
    /// A repository that only holds other components together.
    Root,
    HttpService,
    /// Takes jobs, messages or schedules, and answers no requests.
    Worker,
    WebApp,
    /// Runs on the device of its user: a mobile or desktop application.
    ClientApp,
    Cli,
    /// Published for others.
    Library,
    /// Shared within this repository.
    Package,
    Infrastructure,
    /// Nothing tells.
    Unknown,
}

impl ComponentKind {
    /// Whether it runs on somebody's servers.
    pub fn is_deployable(self) -> bool {
        matches!(self, Self::HttpService | Self::Worker | Self::WebApp)
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::HttpService => "http-service",
            Self::Worker => "worker",
            Self::WebApp => "web-app",
            Self::ClientApp => "client-app",
            Self::Cli => "cli",
            Self::Library => "library",
            Self::Package => "package",
            Self::Infrastructure => "infrastructure",
            Self::Unknown => "unknown",
        }
    }
}

/// Why a component is taken for what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What was seen: `express`, `bin`, `Dockerfile`.
    pub what: String,
    pub place: Place,
}

/// A part that is built or deployed on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub id: ComponentId,
    /// Relative to the root; `.` for the repository itself.
    pub path: Utf8PathBuf,
    /// Its manifest's name, else its folder's.
    pub name: String,
    pub kind: ComponentKind,
    /// Why it is of this kind; empty when nothing tells.
    pub reasons: Vec<Reason>,
    /// Indices into [`Repo::manifests`].
    pub(super) manifests: Vec<usize>,
    /// What it is made with, without the components inside it.
    pub profile: Profile,
}

impl Component {
    pub fn is_root(&self) -> bool {
        self.id == ComponentId::ROOT
    }

    /// The folder, empty for the root: what paths start with.
    pub fn folder(&self) -> &Utf8Path {
        if self.is_root() { Utf8Path::new("") } else { &self.path }
    }

    /// The component's own manifests.
    pub fn manifests<'r>(&'r self, repo: &'r Repo) -> impl Iterator<Item = &'r Manifest> {
        self.manifests.iter().map(|at| &repo.manifests()[*at])
    }
}

/// Finds the components, the repository itself first.
pub(super) fn find(repo: &Repo, around: &Surroundings) -> Vec<Component> {
    let mut folders: Vec<Utf8PathBuf> = repo
        .manifests()
        .iter()
        .filter(|manifest| makes_component(repo, manifest, around))
        .map(|manifest| {
            // A folder of requirement files belongs to the project around it.
            let folder = &manifest.folder;
            let list = folder.file_name() == Some("requirements");
            folder.parent().filter(|_| list).unwrap_or(folder).to_owned()
        })
        .chain(service_folders(repo, around))
        .filter(|folder| !folder.as_str().is_empty())
        .collect();
    folders.sort_by(|one, two| one.as_str().cmp(two.as_str()));
    folders.dedup();
    let owners: Vec<Option<usize>> = repo
        .manifests()
        .iter()
        .map(|manifest| {
            let role = role::of_folder(&repo.file(manifest.file).path, around);
            // A test's or an example's manifest says nothing about the component around it.
            (!manifest.is_stub() && role.is_none_or(|role| role == Role::Config))
                .then(|| owner(&folders, &manifest.folder))
        })
        .collect();
    let mut components = vec![bare(0, Utf8PathBuf::from("."), repo.name())];
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_owned();
        components.push(bare(components.len(), folder, &name));
    }
    for (at, owner) in owners.into_iter().enumerate() {
        if let Some(owner) = owner {
            components[owner].manifests.push(at);
        }
    }
    let coded = with_code(repo, &components);
    for at in 0..components.len() {
        let own: Vec<&Manifest> = components[at].manifests.iter().map(|at| &repo.manifests()[*at]).collect();
        let folder = components[at].folder().to_owned();
        // A manifest deeper inside has a name of its own.
        if let Some(name) = own.iter().filter(|m| m.folder == folder).find_map(|m| m.name.as_ref()) {
            components[at].name.clone_from(&name.text);
        }
        let shell = at == 0 && components.len() > 1 && !coded[0] && coded.contains(&true);
        (components[at].kind, components[at].reasons) = if shell {
            // One manifest for all, and all the code in the folders: the root itself runs nothing.
            (ComponentKind::Root, Vec::new())
        } else {
            purpose::of(repo, &folder, &own, components.len() > 1)
        };
    }
    components
}

/// Gives every file to the innermost component around it.
pub(super) fn assign(components: &[Component], files: &mut [File]) {
    let folders: Vec<Utf8PathBuf> = components.iter().skip(1).map(|component| component.path.clone()).collect();
    for file in files {
        let folder = file.path.parent().unwrap_or_else(|| Utf8Path::new(""));
        file.component = components[owner(&folders, folder)].id;
    }
}

/// For each component, whether code that ships lies in it and not in a component inside it.
fn with_code(repo: &Repo, components: &[Component]) -> Vec<bool> {
    let folders: Vec<Utf8PathBuf> = components.iter().skip(1).map(|component| component.path.clone()).collect();
    let mut coded = vec![false; components.len()];
    for file in repo.files().iter().filter(|file| purpose::is_shipped_code(file)) {
        coded[owner(&folders, file.folder())] = true;
    }
    coded
}

fn bare(id: usize, path: Utf8PathBuf, name: &str) -> Component {
    Component {
        id: ComponentId(crate::model::Span::new(id, 0).start),
        path,
        name: name.to_owned(),
        kind: ComponentKind::Unknown,
        reasons: Vec::new(),
        manifests: Vec::new(),
        profile: Profile::default(),
    }
}

/// The component, by index, that `folder` belongs to. `folders` are sorted and start at component 1.
fn owner(folders: &[Utf8PathBuf], folder: &Utf8Path) -> usize {
    folder
        .ancestors()
        .filter(|at| !at.as_str().is_empty())
        .find_map(|at| folders.binary_search_by(|known| known.as_str().cmp(at.as_str())).ok())
        .map_or(0, |found| found + 1)
}

fn makes_component(repo: &Repo, manifest: &Manifest, around: &Surroundings) -> bool {
    let file = repo.file(manifest.file);
    let describes_package = match file.kind {
        FileKind::Workspace => false,
        FileKind::Requirements => {
            file.name() == "requirements.txt" || manifest.folder.file_name() == Some("requirements")
        }
        FileKind::Pyproject => manifest.name.is_some() || !manifest.dependencies.is_empty(),
        FileKind::CargoToml => manifest.name.is_some(),
        FileKind::Gradle => !manifest.dependencies.is_empty() || !manifest.tools.is_empty(),
        _ => true,
    };
    describes_package && !manifest.is_stub() && role::of_folder(&file.path, around).is_none()
}

/// Folders without a manifest that are services all the same: they hold a Dockerfile and code for it, or they are one
/// of the `services/` of a repository.
fn service_folders<'r>(repo: &'r Repo, around: &'r Surroundings) -> impl Iterator<Item = Utf8PathBuf> {
    let packed = repo
        .of_kind(FileKind::Dockerfile)
        .filter(|file| matches!(file.name(), "Dockerfile" | "Containerfile"))
        .map(|file| file.folder().to_owned());
    let mut named: Vec<Utf8PathBuf> = repo
        .files()
        .iter()
        .filter(|file| file.kind == FileKind::Code && file.role == Role::Source)
        .filter_map(|file| {
            let mut parts = file.path.as_str().split('/');
            let (first, second, rest) = (parts.next()?, parts.next()?, parts.next());
            (matches!(first, "services" | "apps" | "microservices") && rest.is_some())
                .then(|| Utf8PathBuf::from(format!("{first}/{second}")))
        })
        .collect();
    named.sort();
    named.dedup();
    // `services/` is also how a single application calls its classes: only folders with an entry point count.
    let named = named.into_iter().filter(move |folder| has_entry_point(repo, folder));
    packed.chain(named).filter(move |folder| {
        !folder.as_str().is_empty()
            && role::of_folder(&folder.join("file"), around).is_none()
            && purpose::has_code(repo, folder)
    })
}

fn has_entry_point(repo: &Repo, folder: &Utf8Path) -> bool {
    ["", "src/"].iter().any(|inside| {
        ["index.ts", "main.ts", "server.ts", "index.js", "main.js", "server.js", "main.py", "app.py", "main.go"]
            .iter()
            .any(|name| repo.by_path(&folder.join(format!("{inside}{name}"))).is_some())
    })
}

/// Roles that only a manifest can tell: a root file that scripts alone mention is a tool, a file that the package
/// installs or exports is its source.
pub(super) fn better_roles(repo: &Repo, around: &Surroundings) -> Vec<(FileId, Role)> {
    let mut better = Vec::new();
    for manifest in repo.manifests().iter().filter(|manifest| manifest.ecosystem == Ecosystem::Npm) {
        if role::of_folder(&repo.file(manifest.file).path, around).is_some() {
            continue;
        }
        for entry in manifest.bins.iter().chain(&manifest.entries) {
            let path = manifest.folder.join(entry.text.trim_start_matches("./"));
            if let Some(file) = repo.by_path(&path).filter(|file| file.role == Role::Script) {
                better.push((file.id, Role::Source));
            }
        }
        let direct = repo.files_below(&manifest.folder).iter().filter(|file| file.folder() == manifest.folder);
        for file in direct.filter(|file| file.role == Role::Source && file.kind == FileKind::Code) {
            if is_tool(manifest, file.name()) {
                better.push((file.id, Role::Script));
            }
        }
        for path in prepared(manifest) {
            let file = repo.by_path(&manifest.folder.join(path));
            if let Some(file) = file.filter(|file| file.role == Role::Source && file.kind == FileKind::Code) {
                better.push((file.id, Role::Script));
            }
        }
    }
    better
}

/// The files that scripts run which prepare things before the program starts: `"db:setup": "npx tsx lib/db/setup.ts"`.
fn prepared(manifest: &Manifest) -> Vec<&str> {
    const RUNNERS: &[&str] = &["tsx", "ts-node", "node", "bun", "esno", "vite-node", "jiti"];
    const PREPARES: &[&str] =
        &["setup", "seed", "migrate", "generate", "sync", "import", "export", "reset", "backfill"];
    let named = |name: &str| name.split([':', '-', '_', '.']).any(|word| PREPARES.contains(&word));
    let mut found = Vec::new();
    let mut others = Vec::new();
    for script in &manifest.scripts {
        let mut runner = false;
        for word in script.command.split_whitespace() {
            runner |= RUNNERS.contains(&word);
            if matches!(word, "&&" | "||" | ";") {
                runner = false;
            }
            let file = word.trim_start_matches("./");
            if runner && [".ts", ".js", ".mts", ".mjs", ".cts", ".cjs"].iter().any(|end| file.ends_with(end)) {
                if named(&script.name) { found.push(file) } else { others.push(file) }
            }
        }
    }
    found.retain(|file| !others.contains(file));
    found
}

fn is_tool(manifest: &Manifest, name: &str) -> bool {
    let mentions = |command: &str| {
        command.split([' ', '\'', '"', '=', ';', '&']).any(|word| word.trim_start_matches("./") == name)
    };
    let mut named = manifest.scripts.iter().filter(|script| mentions(&script.command)).peekable();
    let exported = manifest.bins.iter().chain(&manifest.entries).any(|entry| mentions(&entry.text));
    let starts = |script: &super::Script| {
        let first = script.name.split([':', '-']).next().unwrap_or_default();
        matches!(
            first,
            "start" | "serve" | "dev" | "prod" | "production" | "server" | "build" | "worker" | "watch" | "bundle"
        )
    };
    named.peek().is_some() && !exported && !named.any(starts)
}
