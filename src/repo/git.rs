//! What git tracks and which commit is checked out, read from the repository's own files by a library.
//!
//! No process is started and no configuration outside the repository is read: a repository's `.git/config` can name
//! commands (`core.fsmonitor`, filters), and the answer must not depend on the machine.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use camino::{Utf8Path, Utf8PathBuf};

/// Larger index files are not read; git's own for a million files is about a tenth.
const MAX_INDEX_BYTES: u64 = 1 << 30;

/// What is known of git for the scanned folder.
#[derive(Debug, Default)]
pub struct Git {
    state: GitState,
    /// Tracked files below the scanned folder, relative to it, sorted.
    tracked: Vec<Utf8PathBuf>,
    /// Folders that a sparse index holds as a whole.
    sparse: Vec<Utf8PathBuf>,
    submodules: Vec<Utf8PathBuf>,
    head: Option<String>,
    /// The scanned folder, relative to the work tree.
    prefix: Utf8PathBuf,
    /// The folder that holds `.git`.
    work_tree: Option<PathBuf>,
}

/// Whether the index could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum GitState {
    Available,
    /// Not a git repository.
    #[default]
    Missing,
    /// A repository whose index cannot be read, with the reason: what is tracked is unknown.
    Unreadable(String),
}

impl Git {
    pub fn state(&self) -> &GitState {
        &self.state
    }

    /// Whether git tracks the file at `path`, relative to the scanned folder; `None` when that is unknown.
    pub fn tracked(&self, path: &Utf8Path) -> Option<bool> {
        (self.state == GitState::Available).then(|| {
            self.tracked.binary_search_by(|entry| entry.as_str().cmp(path.as_str())).is_ok()
                || self.sparse.iter().any(|folder| path.starts_with(folder))
        })
    }

    /// Whether git tracks anything below `folder`.
    pub fn tracks_below(&self, folder: &Utf8Path) -> Option<bool> {
        (self.state == GitState::Available).then(|| {
            let prefix = format!("{folder}/");
            let from = self.tracked.partition_point(|entry| entry.as_str() < prefix.as_str());
            self.tracked.get(from).is_some_and(|entry| entry.as_str().starts_with(&prefix))
        })
    }

    /// Every tracked file below the scanned folder, sorted; empty when the index could not be read.
    pub fn tracked_files(&self) -> &[Utf8PathBuf] {
        &self.tracked
    }

    /// Where other repositories are mounted: as the index says, and as `.gitmodules` says, which an archive keeps.
    pub fn submodules(&self) -> &[Utf8PathBuf] {
        &self.submodules
    }

    /// Adds what `.gitmodules`, which lies in the scanned folder, names.
    pub(super) fn add_submodules(&mut self, gitmodules: &str) {
        let paths =
            gitmodules.lines().filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('='));
        for path in paths.map(|path| Utf8PathBuf::from(path.trim().trim_matches('"').trim_end_matches('/'))) {
            if !path.as_str().is_empty() && !self.submodules.contains(&path) {
                self.submodules.push(path);
            }
        }
    }

    /// The commit that is checked out, in hexadecimal.
    pub fn head(&self) -> Option<&str> {
        self.head.as_deref()
    }

    /// The scanned folder, relative to the work tree; empty when they are the same.
    pub fn prefix(&self) -> &Utf8Path {
        &self.prefix
    }

    pub(super) fn is_repository(&self) -> bool {
        self.work_tree.is_some()
    }

    /// Looks for a repository at `root`, which is absolute and canonical, and above it.
    pub(super) fn open(root: &Utf8Path) -> Self {
        let Some(work_tree) = work_tree(root) else { return Self::default() };
        let prefix = root.strip_prefix(work_tree).map(Utf8Path::to_owned).unwrap_or_default();
        let mut git = Self { prefix, work_tree: Some(work_tree.to_owned()), ..Self::default() };
        // The library is careful, but a damaged index is hostile input, and a scan must survive it.
        git.state = match catch_unwind(AssertUnwindSafe(|| read(work_tree, &git.prefix))) {
            Ok(Ok(found)) => {
                (git.tracked, git.sparse, git.submodules, git.head) =
                    (found.tracked, found.sparse, found.submodules, found.head);
                GitState::Available
            }
            Ok(Err(reason)) => GitState::Unreadable(reason),
            Err(_) => GitState::Unreadable("the index is damaged".to_owned()),
        };
        git
    }
}

/// The folder at `root` or above it that holds `.git`.
pub(super) fn work_tree(root: &Utf8Path) -> Option<&Path> {
    root.as_std_path().ancestors().find(|folder| is_work_tree(folder))
}

/// Opens a repository without any configuration but its own.
pub(super) fn open(work_tree: &Path) -> Result<gix::Repository, String> {
    refuse_special_files(&git_folder(work_tree)?)?;
    let repository = gix::open::Options::isolated()
        .open(work_tree)
        .map_err(|error| format!("the repository cannot be opened: {error}"))?
        .to_thread_local();
    refuse_special_files(repository.common_dir())?;
    Ok(repository)
}

/// A `.git` file, or a `.git` folder with a `HEAD`; an empty `.git` folder is none, as for git itself.
fn is_work_tree(folder: &Path) -> bool {
    let git = folder.join(".git");
    match fs::symlink_metadata(&git) {
        Ok(metadata) if metadata.is_file() => true,
        Ok(_) => git.join("HEAD").exists(),
        Err(_) => false,
    }
}

struct Found {
    tracked: Vec<Utf8PathBuf>,
    sparse: Vec<Utf8PathBuf>,
    submodules: Vec<Utf8PathBuf>,
    head: Option<String>,
}

fn read(work_tree: &Path, prefix: &Utf8Path) -> Result<Found, String> {
    let repository = open(work_tree)?;
    let head = repository.head().ok().and_then(|head| head.id().map(|id| id.detach().to_string()));
    let mut found = Found { tracked: Vec::new(), sparse: Vec::new(), submodules: Vec::new(), head };
    let index = match repository.try_index() {
        Ok(Some(index)) => index,
        // A repository without a commit and without an index tracks nothing yet.
        Ok(None) if found.head.is_none() => return Ok(found),
        Ok(None) => return Err("there is no index".to_owned()),
        Err(error) => return Err(format!("the index cannot be read: {error}")),
    };
    for entry in index.entries() {
        let Ok(path) = std::str::from_utf8(entry.path(&index)) else { continue };
        let Ok(path) = Utf8Path::new(path).strip_prefix(prefix) else { continue };
        let path = Utf8PathBuf::from(path.as_str().trim_end_matches('/'));
        match entry.mode {
            mode if mode.is_sparse() => found.sparse.push(path),
            mode if mode.is_submodule() => found.submodules.push(path),
            _ => found.tracked.push(path),
        }
    }
    // A conflict has one entry per side.
    found.tracked.sort_unstable_by(|one, two| one.as_str().cmp(two.as_str()));
    found.tracked.dedup();
    Ok(found)
}

/// The folder that `.git` is or names.
fn git_folder(work_tree: &Path) -> Result<PathBuf, String> {
    const MAX_BYTES: u64 = 1 << 16;
    let git = work_tree.join(".git");
    let metadata = fs::metadata(&git).map_err(|error| format!("`.git` cannot be read: {}", error.kind()))?;
    if metadata.is_dir() {
        return Ok(git);
    }
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err("`.git` is neither a folder nor a link to one".to_owned());
    }
    let text = fs::read_to_string(&git).map_err(|error| format!("`.git` cannot be read: {}", error.kind()))?;
    let target = text.strip_prefix("gitdir:").ok_or("`.git` names no folder")?.trim();
    Ok(work_tree.join(target))
}

/// Opening a pipe blocks for ever, and an index without end fills the memory; neither is git's.
fn refuse_special_files(folder: &Path) -> Result<(), String> {
    for name in ["HEAD", "config", "config.worktree", "index", "packed-refs", "commondir", "gitdir", "shallow"] {
        let Ok(metadata) = fs::metadata(folder.join(name)) else { continue };
        if !metadata.is_file() || metadata.len() > MAX_INDEX_BYTES {
            return Err(format!("`{name}` is no ordinary file, or too large"));
        }
    }
    Ok(())
}
