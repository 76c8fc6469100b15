//! Python's way to a module.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use super::{Target, normal};
use crate::{model::FileId, repo::Repo};

/// Folders that hold packages without being one.
const SOURCE_FOLDERS: &[&str] = &["src", "lib", "app", "backend", "server", "python"];

pub(super) fn resolve(repo: &Repo, from: FileId, module: &str) -> Target {
    let folder = repo.file(from).folder();
    let dots = module.chars().take_while(|&letter| letter == '.').count();
    let rest = module[dots..].replace('.', "/");
    if dots > 0 {
        let mut base = folder;
        for _ in 1..dots {
            match base.parent() {
                Some(parent) => base = parent,
                None => return Target::Unknown,
            }
        }
        let path = base.join(&rest);
        return below(repo, &path).unwrap_or_else(|| normal(&path).map_or(Target::Unknown, Target::Missing));
    }
    let first = module.split('.').next().unwrap_or(module);
    let roots = roots(repo, folder);
    if let Some(found) = roots.iter().find_map(|root| below(repo, &root.join(&rest))) {
        return found;
    }
    if super::super::runtime::is_python_standard(first) {
        return Target::Builtin;
    }
    // The package is here and the module in it is not. A folder alone may be anything: tests in `redis/` are not Redis.
    let here = roots.iter().find(|root| repo.by_path(&root.join(first).join("__init__.py")).is_some());
    match (here, packages_named(repo, first)) {
        (_, 0) => Target::Package(first.to_owned()),
        (Some(root), 1) => normal(&root.join(&rest)).map_or(Target::Unknown, Target::Missing),
        // Which one is meant, and whether any of them, depends on how the program is started.
        _ => Target::Unknown,
    }
}

/// How many folders of the repository are a package of this name.
fn packages_named(repo: &Repo, first: &str) -> usize {
    repo.once(|| Packages::of(repo)).0.get(first).copied().unwrap_or(0)
}

/// How many folders are a package, by their names.
struct Packages(FxHashMap<String, usize>);

impl Packages {
    fn of(repo: &Repo) -> Self {
        let mut packages = FxHashMap::default();
        for file in repo.files().iter().filter(|file| file.name() == "__init__.py") {
            if let Some(name) = file.folder().file_name() {
                *packages.entry(name.to_owned()).or_default() += 1;
            }
        }
        Self(packages)
    }
}

/// Folders from which absolute names are looked up: each folder above the file that is no package itself, nearest
/// first, and the usual source folders in it, unless they are packages.
fn roots(repo: &Repo, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let is_package = |folder: &Utf8Path| repo.by_path(&folder.join("__init__.py")).is_some();
    let mut roots = Vec::new();
    for above in folder.ancestors().filter(|above| !is_package(above)) {
        roots.push(above.to_owned());
        roots.extend(SOURCE_FOLDERS.iter().map(|name| above.join(name)).filter(|source| !is_package(source)));
    }
    roots
}

fn below(repo: &Repo, path: &Utf8Path) -> Option<Target> {
    let path = normal(path)?;
    if path.is_empty() {
        return None;
    }
    for candidate in [format!("{path}.py"), format!("{path}/__init__.py"), format!("{path}.pyi")] {
        if let Some(file) = repo.by_path(Utf8Path::new(&candidate)) {
            return Some(Target::File(file.id));
        }
    }
    let holds_python = repo.files_below(Utf8Path::new(&path)).iter().any(|file| file.path.extension() == Some("py"));
    holds_python.then_some(Target::Folder(path))
}
