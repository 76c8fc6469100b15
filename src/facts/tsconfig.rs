//! What a `tsconfig.json` sets in the end: its own options, and those of what it extends.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    doc::{Entry, Node},
    facts::compose::normalised,
    model::FileId,
    repo::{Component, File, Repo},
};

/// Longer chains do not occur; a circle ends here.
const HOPS: usize = 8;

/// Where a compiler option comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting<'r> {
    /// The file that sets it, with the entry.
    Set(FileId, &'r Entry),
    /// Nothing sets it.
    Unset,
    /// It may be set by something that is not in the repository: the name of that.
    Elsewhere(String),
}

/// The configuration with which a component's sources are compiled: its `tsconfig.json`, or the first of those that
/// it only refers to.
pub fn of_component<'r>(repo: &'r Repo, component: &Component) -> Option<&'r File> {
    let main = repo.by_path(&component.folder().join("tsconfig.json"))?;
    let root = root(repo, main.id)?;
    let only_refers = root.get("references").is_some_and(|list| !list.items().is_empty())
        && root.get("files").is_some_and(|files| files.items().is_empty())
        && root.entry("include").is_none();
    if !only_refers {
        return Some(main);
    }
    let referred = root.get("references")?.items().iter().find_map(|item| {
        let path = main.folder().join(item.get("path")?.as_str()?);
        located(repo, &normalised(&path))
    });
    Some(referred.unwrap_or(main))
}

/// What sets `option` for `file`.
pub fn setting<'r>(repo: &'r Repo, file: FileId, option: &str) -> Setting<'r> {
    search(repo, file, option, HOPS)
}

fn search<'r>(repo: &'r Repo, file: FileId, option: &str, hops: usize) -> Setting<'r> {
    let Some(root) = root(repo, file) else { return Setting::Elsewhere(repo.file(file).path.to_string()) };
    if let Some(entry) = root.get("compilerOptions").and_then(|options| options.entry(option)) {
        return Setting::Set(file, entry);
    }
    let Some(extended) = root.get("extends") else { return Setting::Unset };
    let mut bases: Vec<&str> = extended.items().iter().filter_map(Node::as_str).collect();
    bases.extend(extended.as_str());
    // The last one wins.
    for base in bases.into_iter().rev() {
        let Some(next) = base_file(repo, repo.file(file), base).filter(|_| hops > 0) else {
            return Setting::Elsewhere(base.to_owned());
        };
        match search(repo, next.id, option, hops - 1) {
            Setting::Unset => {}
            found => return found,
        }
    }
    Setting::Unset
}

fn root(repo: &Repo, file: FileId) -> Option<&Node> {
    repo.doc(file)?.root()
}

fn base_file<'r>(repo: &'r Repo, from: &File, base: &str) -> Option<&'r File> {
    if base.starts_with('.') {
        return located(repo, &normalised(&from.folder().join(base)));
    }
    let manifest = repo
        .manifests()
        .iter()
        .filter_map(|manifest| Some((manifest, manifest.name.as_ref()?.text.as_str())))
        .find(|(_, name)| base == *name || base.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')));
    let (manifest, name) = manifest?;
    located(repo, &manifest.folder.join(base[name.len()..].trim_start_matches('/')))
}

/// The file at `path`, which may lack its extension or be a folder.
fn located<'r>(repo: &'r Repo, path: &Utf8Path) -> Option<&'r File> {
    let candidates = [path.to_owned(), Utf8PathBuf::from(format!("{path}.json")), path.join("tsconfig.json")];
    candidates.iter().find_map(|candidate| repo.by_path(candidate))
}
