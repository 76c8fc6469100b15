//! Python's way to a module.

use camino::{Utf8Path, Utf8PathBuf};

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
        return below(repo, &base.join(&rest)).unwrap_or(Target::Missing);
    }
    if let Some(found) = roots(folder).into_iter().find_map(|root| below(repo, &root.join(&rest))) {
        return found;
    }
    let first = module.split('.').next().unwrap_or(module);
    // The package is here and the module in it is not.
    let here = roots(folder).into_iter().any(|root| below(repo, &root.join(first)).is_some());
    match () {
        () if here => Target::Missing,
        () if super::super::runtime::is_python_standard(first) => Target::Builtin,
        () => Target::Package(first.to_owned()),
    }
}

/// Folders from which absolute names are looked up: each folder above the file, nearest first, and the usual source
/// folders in it.
fn roots(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut roots = Vec::new();
    for above in folder.ancestors() {
        roots.push(above.to_owned());
        roots.extend(SOURCE_FOLDERS.iter().map(|name| above.join(name)));
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
