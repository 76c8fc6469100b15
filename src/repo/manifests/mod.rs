//! What packages say of themselves: names, dependencies, scripts, entry points, each with its place.

mod npm;
mod others;
mod python;

use camino::{Utf8Path, Utf8PathBuf};

use super::{FileKind, Repo};
use crate::model::{FileId, Place, Span};

/// Whose package manager reads a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    Npm,
    Python,
    Go,
    Cargo,
    /// Maven and Gradle; names are `group:artifact`.
    Jvm,
    Composer,
    Ruby,
}

/// A word of a manifest with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    pub text: String,
    pub span: Span,
}

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyGroup {
    Runtime,
    /// Only for developing, building or testing.
    Dev,
    /// Brought along by whoever uses this package.
    Peer,
    Optional,
}

/// A declared dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// As the registry knows it; Python names are lower case with `-`, extras dropped.
    pub name: String,
    /// The requirement as written: `^18.2.0`, `>=2,<3`, `workspace:*`.
    pub version: Option<String>,
    pub group: DependencyGroup,
    pub span: Span,
}

impl Dependency {
    pub fn is_dev(&self) -> bool {
        self.group == DependencyGroup::Dev
    }
}

/// A command with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub name: String,
    pub command: String,
    /// The command, without its name.
    pub span: Span,
}

/// A manifest, read as far as anybody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub file: FileId,
    /// The folder it lies in, relative to the root; empty for the root itself.
    pub folder: Utf8PathBuf,
    pub ecosystem: Ecosystem,
    pub name: Option<Stated>,
    pub version: Option<Stated>,
    /// Says that it is never published.
    pub private: bool,
    pub dependencies: Vec<Dependency>,
    /// npm scripts, Poetry and Composer scripts; commands that a Python package installs are in `bins`.
    pub scripts: Vec<Script>,
    /// Patterns of folders whose packages belong to this one.
    pub workspaces: Vec<Stated>,
    /// Commands that the package installs; the text is the file or entry point.
    pub bins: Vec<Stated>,
    /// What users of the package import: `main`, `module`, `types`, `exports`.
    pub entries: Vec<Stated>,
    /// Required runtimes: `node`, `npm`, `python`, `go`, `php`, `rust`.
    pub engines: Vec<(String, Stated)>,
    /// `pnpm@9.1.0`.
    pub package_manager: Option<Stated>,
    /// The place that says how the package is built for publishing.
    pub build_system: Option<Span>,
    /// Tools configured inside the manifest: `tool.ruff`, `jest`, `eslintConfig`.
    pub tools: Vec<Stated>,
    /// Other requirement files that this one includes, relative to the root.
    pub includes: Vec<Utf8PathBuf>,
    /// A part of the manifest could not be read.
    pub damaged: bool,
}

impl Manifest {
    fn new(file: FileId, folder: &Utf8Path, ecosystem: Ecosystem) -> Self {
        Self {
            file,
            folder: folder.to_owned(),
            ecosystem,
            name: None,
            version: None,
            private: false,
            dependencies: Vec::new(),
            scripts: Vec::new(),
            workspaces: Vec::new(),
            bins: Vec::new(),
            entries: Vec::new(),
            engines: Vec::new(),
            package_manager: None,
            build_system: None,
            tools: Vec::new(),
            includes: Vec::new(),
            damaged: false,
        }
    }

    /// The dependency `name`, in whichever group; runtime before the others.
    pub fn dependency(&self, name: &str) -> Option<&Dependency> {
        self.dependencies.iter().filter(|dependency| dependency.name == name).min_by_key(|found| found.group)
    }

    pub fn script(&self, name: &str) -> Option<&Script> {
        self.scripts.iter().find(|script| script.name == name)
    }

    pub fn has_tool(&self, name: &str) -> bool {
        self.tools.iter().any(|tool| tool.text == name)
    }

    /// A place in this manifest.
    pub fn place(&self, span: Span) -> Place {
        Place::At(self.file, span)
    }

    /// Only something like `{"type": "module"}`: it steers a tool and describes no package.
    pub(super) fn is_stub(&self) -> bool {
        self.ecosystem == Ecosystem::Npm
            && self.dependencies.is_empty()
            && self.scripts.is_empty()
            && self.workspaces.is_empty()
            && self.bins.is_empty()
            && (self.name.is_none() || self.version.is_none())
    }
}

/// Reads every manifest, in order of path. Links are left out: their target is in the list itself.
pub(super) fn read_all(repo: &Repo) -> Vec<Manifest> {
    repo.files().iter().filter(|file| file.link.is_none()).filter_map(|file| read(repo, file)).collect()
}

fn read(repo: &Repo, file: &super::File) -> Option<Manifest> {
    let id = file.id;
    let folder = file.path.parent().unwrap_or_else(|| Utf8Path::new(""));
    let new = |ecosystem| Manifest::new(id, folder, ecosystem);
    let text = || repo.read(id).ok();
    Some(match file.kind {
        FileKind::PackageJson => npm::package(new(Ecosystem::Npm), repo.doc(id)?),
        FileKind::Workspace => npm::workspace(new(Ecosystem::Npm), file.path.file_name()?, repo.doc(id)?)?,
        FileKind::Pyproject => python::pyproject(new(Ecosystem::Python), repo.doc(id)?),
        FileKind::Pipfile => python::pipfile(new(Ecosystem::Python), repo.doc(id)?),
        FileKind::SetupCfg => python::setup_cfg(new(Ecosystem::Python), repo.doc(id)?)?,
        FileKind::Requirements => python::requirements(new(Ecosystem::Python), &file.path, &text()?),
        FileKind::Code if file.path.file_name() == Some("setup.py") => {
            python::setup_py(new(Ecosystem::Python), &text()?)?
        }
        FileKind::GoMod => others::go_mod(new(Ecosystem::Go), &text()?)?,
        FileKind::CargoToml => others::cargo(new(Ecosystem::Cargo), repo.doc(id)?),
        FileKind::Pom => others::pom(new(Ecosystem::Jvm), repo.doc(id)?),
        FileKind::Gradle => others::gradle(new(Ecosystem::Jvm), &text()?),
        FileKind::ComposerJson => others::composer(new(Ecosystem::Composer), repo.doc(id)?),
        FileKind::Gemfile => others::gemfile(new(Ecosystem::Ruby), &text()?),
        _ => return None,
    })
}
