//! Folders that git tracks although a tool fills them: what lies below a folder of a known name.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    model::Place,
    repo::{GitState, Repo},
};

/// Why git's index says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoIndex {
    /// Not a git repository, or one that tracks nothing yet.
    Missing,
    Unreadable,
}

/// By folder or file and kind: how many files, and the first of them.
pub type Groups<K> = BTreeMap<(Utf8PathBuf, K), (usize, Utf8PathBuf)>;

/// Tracked files grouped by what `kind` takes them for: the outermost folder (or the file itself), with how many
/// files it holds and the first of them. Test data and examples are somebody's specimen and are left out.
pub fn groups<K: Ord>(repo: &Repo, kind: impl Fn(&Utf8Path) -> Option<(Utf8PathBuf, K)>) -> Result<Groups<K>, NoIndex> {
    match repo.git().state() {
        GitState::Available if !repo.git().tracked_files().is_empty() => {}
        // A search through nothing proves nothing.
        GitState::Available | GitState::Missing => return Err(NoIndex::Missing),
        GitState::Unreadable(_) => return Err(NoIndex::Unreadable),
    }
    let mut found: Groups<K> = BTreeMap::new();
    for path in repo.git().tracked_files().iter().filter(|path| !is_specimen(path)) {
        if let Some(key) = kind(path) {
            found.entry(key).or_insert_with(|| (0, path.clone())).0 += 1;
        }
    }
    Ok(found)
}

fn is_specimen(path: &Utf8Path) -> bool {
    const NAMES: [&str; 16] = [
        "fixtures",
        "__fixtures__",
        "fixture",
        "testdata",
        "test-data",
        "test_data",
        "examples",
        "example",
        "samples",
        "test",
        "tests",
        "__tests__",
        "mocks",
        "__mocks__",
        "docs",
        "templates",
    ];
    path.parent().is_some_and(|folder| folder.as_str().split('/').any(|part| NAMES.contains(&part)))
}

/// The path up to and including its outermost folder for which `named` holds.
pub fn up_to(path: &Utf8Path, named: impl Fn(&str) -> bool) -> Option<Utf8PathBuf> {
    let mut folder = Utf8PathBuf::new();
    for part in path.parent()?.as_str().split('/') {
        folder.push(part);
        if named(part) {
            return Some(folder);
        }
    }
    None
}

/// Where a reader looks: the tracked file when it is indexed, else the place that should keep it out.
pub fn place(repo: &Repo, first: &Utf8Path) -> Place {
    let indexed = repo.by_path(first).or_else(|| repo.by_path(Utf8Path::new(".gitignore")));
    indexed.map_or_else(|| Place::Missing(".gitignore".into()), |file| Place::File(file.id))
}
