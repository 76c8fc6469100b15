//! Where an imported module lies: a file of the repository, a package, or nowhere.
//!
//! Node's and TypeScript's rules for scripts (relative paths with extensions and index files, `paths` and `baseUrl` of
//! the nearest tsconfig with what it extends, `imports` of the nearest package, packages of the workspace), Python's
//! for Python (relative dots, and absolute names from every folder above the importing file and its `src`).

mod python;
mod script;

use std::sync::{Mutex, PoisonError};

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use crate::{
    code::Language,
    model::FileId,
    repo::{File, Repo},
};

/// Where a module lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    File(FileId),
    /// A Python package without an `__init__.py`, by its folder.
    Folder(String),
    /// A package that is not part of this repository, by the name under which it is installed and declared.
    Package(String),
    /// Comes with the runtime.
    Builtin,
    /// It should be a file of this repository and is not there: its path from the root, mostly without an extension.
    Missing(String),
    /// A file made by a build, an alias of a bundler, an asset, or a name that could be anything.
    Unknown,
}

/// What decides where modules lie, read once per repository.
#[derive(Debug)]
pub struct Resolver {
    script: script::Settings,
    /// By file: its folder's place in `known`. What a module means depends on the folder and the language alone.
    folders: Vec<usize>,
    /// What has been asked, by folder and language: the same few modules are asked for at every call of their names.
    known: Vec<Mutex<FxHashMap<String, Target>>>,
}

impl Resolver {
    pub(in crate::facts) fn new(repo: &Repo) -> Self {
        let mut numbers: FxHashMap<(&str, bool), usize> = FxHashMap::default();
        let folders = repo.files().iter().map(|file| {
            let next = numbers.len();
            *numbers.entry((file.folder().as_str(), is_python(file))).or_insert(next)
        });
        let folders = folders.collect();
        let known = std::iter::repeat_with(Mutex::default).take(numbers.len()).collect();
        Self { script: script::Settings::read(repo), folders, known }
    }

    /// Where `module`, as written in `from`, lies.
    pub fn resolve(&self, repo: &Repo, from: FileId, module: &str) -> Target {
        let folder = &self.known[self.folders[from.0 as usize]];
        let known = || folder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(target) = known().get(module) {
            return target.clone();
        }
        let target = if is_python(repo.file(from)) {
            python::resolve(repo, from, module)
        } else {
            self.script.resolve(repo, from, module)
        };
        known().insert(module.to_owned(), target.clone());
        target
    }

    /// The file that `from module import name` means when `name` is a module itself.
    pub fn submodule(&self, repo: &Repo, from: FileId, module: &str, name: &str) -> Option<FileId> {
        if !is_python(repo.file(from)) {
            return None;
        }
        let whole = if module.ends_with('.') { format!("{module}{name}") } else { format!("{module}.{name}") };
        match self.resolve(repo, from, &whole) {
            Target::File(file) => Some(file),
            _ => None,
        }
    }
}

fn is_python(file: &File) -> bool {
    file.language == Some(Language::Python)
}

/// A path from the root without `.` and `..`; nothing when it leads out of the root.
fn normal(path: &Utf8Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.as_str().split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
