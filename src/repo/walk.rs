//! One bounded walk over the folder: what is there, and what was left out and why.

use std::{
    fs,
    io::ErrorKind,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;
use rustc_hash::FxHashMap;

use super::{
    git::Git,
    ignore_files::{Heed, IgnoreFiles},
    skip::{SkipReason, Skipped, is_tool_folder},
};
use crate::model::{BASELINE_FILE, PathGlobs};

/// The file in which a team names what is no part of the audit, in the syntax of `.gitignore`.
pub const IGNORE_FILE: &str = ".readinessignore";

/// The limits of a walk.
#[derive(Debug, Clone)]
pub struct WalkOptions {
    /// Larger files are listed but never read.
    pub max_file_bytes: u64,
    /// Folders nested deeper are not entered.
    pub max_depth: usize,
    /// The walk ends after as many files.
    pub max_files: usize,
    /// Paths that the user does not want to be looked at.
    pub exclude: PathGlobs,
    /// A baseline by another name than its own, relative to the root. What a baseline quotes of the code must not answer
    /// what an audit asks.
    pub baseline: Option<String>,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self {
            max_file_bytes: 1 << 20,
            max_depth: 64,
            max_files: 500_000,
            exclude: PathGlobs::default(),
            baseline: None,
        }
    }
}

/// A file that the walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: Utf8PathBuf,
    pub(super) size: u64,
    /// For a symbolic link: the file it leads to, relative to the root.
    pub(super) link: Option<Utf8PathBuf>,
}

/// What the walk found, sorted by path.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) files: Vec<Found>,
    pub(super) skipped: Vec<Skipped>,
}

/// Walks below `root`, which is absolute and canonical.
///
/// What git ignores is left out, except for what it tracks all the same. Only ignore files of the repository itself
/// are read, never the user's, so the result does not depend on the machine.
pub(super) fn walk(root: &Utf8Path, git: &Git, options: &WalkOptions) -> Walked {
    let mut walk = Walk { root, options, out: Walked::default() };
    let tool_folders = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&tool_folders);
    let ignore_files = Arc::new(Mutex::new(ignore_files(root, git, Heed::TeamAndGit)));
    let asked = Arc::clone(&ignore_files);
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).max_depth(Some(options.max_depth));
    // The order makes the cut at `max_files` the same on every machine.
    builder.sort_by_file_name(Ord::cmp).filter_entry(move |entry| {
        let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if entry.depth() == 0 {
            return true;
        }
        // `.git` is a file in a linked work tree.
        if is_version_control(entry.path()) || lock(&asked).ignored(entry.path(), folder) {
            return false;
        }
        let tool = folder && is_tool_folder(entry.path());
        if tool {
            lock(&noted).push(entry.path().to_owned());
        }
        !tool
    });
    for entry in builder.build() {
        if walk.out.files.len() >= options.max_files {
            let path = entry.map_or_else(|_| root.as_std_path().to_owned(), ignore::DirEntry::into_path);
            walk.skip(&path, SkipReason::TooMany);
            break;
        }
        match entry {
            Ok(entry) => walk.entry(&entry),
            Err(error) => walk.error(&error),
        }
    }
    for folder in lock(&tool_folders).iter() {
        walk.skip(folder, SkipReason::ToolFolder);
    }
    walk.unread(&mut lock(&ignore_files));
    walk.out.files.sort_by(|one, two| one.path.as_str().cmp(two.path.as_str()));
    if walk.out.files.len() < options.max_files {
        walk.add_tracked(git);
    }
    let is_baseline =
        |path: &Utf8Path| path.file_name() == Some(BASELINE_FILE) || options.baseline.as_deref() == Some(path.as_str());
    walk.out.files.retain(|file| !options.exclude.matches(file.path.as_str()) && !is_baseline(&file.path));
    walk.out.skipped.retain(|skipped| !options.exclude.matches(skipped.path.as_str()));
    walk.out.files.sort_by(|one, two| one.path.as_str().cmp(two.path.as_str()));
    walk.out.skipped.sort();
    walk.out.skipped.dedup();
    walk.out
}

/// The ignore files that have a say; above the root only the rest of its own repository has.
fn ignore_files(root: &Utf8Path, git: &Git, heed: Heed) -> IgnoreFiles {
    IgnoreFiles::new(git.work_tree().unwrap_or_else(|| root.as_std_path()), heed)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Walk<'w> {
    root: &'w Utf8Path,
    options: &'w WalkOptions,
    out: Walked,
}

impl Walk<'_> {
    fn entry(&mut self, entry: &ignore::DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        if kind.is_dir() {
            if entry.depth() >= self.options.max_depth {
                self.skip(entry.path(), SkipReason::TooDeep);
            }
            return;
        }
        match entry.metadata() {
            Ok(metadata) => self.file(entry.path(), &metadata),
            Err(_) => self.skip(entry.path(), SkipReason::Unreadable),
        }
    }

    fn error(&mut self, error: &ignore::Error) {
        // A pattern that cannot be read is the author's business; a folder that cannot be is ours to tell.
        if error.io_error().is_some()
            && let Some(path) = path_of(error)
        {
            self.skip(&path, SkipReason::Unreadable);
        }
    }

    /// Adds a file by its own metadata, links not followed.
    fn file(&mut self, path: &Path, metadata: &fs::Metadata) {
        let Some(relative) = self.relative(path) else {
            return self.skip(path, SkipReason::PathEncoding);
        };
        if metadata.is_symlink() {
            return self.link(path, relative);
        }
        if !metadata.is_file() {
            return self.skip(path, SkipReason::SpecialFile);
        }
        self.out.files.push(Found { path: relative, size: metadata.len(), link: None });
    }

    fn link(&mut self, path: &Path, relative: Utf8PathBuf) {
        let Ok(target) = fs::canonicalize(path) else {
            return self.skip(path, SkipReason::BrokenLink);
        };
        let Ok(inside) = target.strip_prefix(self.root) else {
            return self.skip(path, SkipReason::LinkOutside);
        };
        let (Some(inside), Ok(metadata)) = (utf8(inside), fs::symlink_metadata(&target)) else {
            return self.skip(path, SkipReason::BrokenLink);
        };
        if metadata.is_dir() {
            self.skip(path, SkipReason::LinkedFolder);
        } else if !metadata.is_file() {
            self.skip(path, SkipReason::SpecialFile);
        } else if inside.components().any(|part| is_version_control(Path::new(part.as_str()))) {
            self.skip(path, SkipReason::LinkOutside);
        } else {
            self.out.files.push(Found { path: relative, size: metadata.len(), link: Some(inside) });
        }
    }

    /// Adds what git tracks although an ignore file hides it from the walk.
    fn add_tracked(&mut self, git: &Git) {
        let walked = std::mem::take(&mut self.out.files);
        let known = |path: &Utf8Path| walked.binary_search_by(|file| file.path.as_str().cmp(path.as_str())).is_ok();
        let missing: Vec<_> = git.tracked_files().iter().filter(|path| !known(path)).collect();
        let room = self.options.max_files.saturating_sub(walked.len());
        let mut folders = Folders::new(self.root, git);
        for path in missing.into_iter().take(room) {
            match folders.state(path.parent().unwrap_or_else(|| Utf8Path::new(""))) {
                Folder::Ordinary => {}
                Folder::Tool(folder) => {
                    let folder = self.root.join(folder);
                    self.skip(folder.as_std_path(), SkipReason::ToolFolder);
                    continue;
                }
                Folder::Absent => continue,
            }
            let full = self.root.join(path);
            if folders.ignore_files.ignored(full.as_std_path(), false) {
                continue;
            }
            // A file that is tracked and gone is nothing to examine.
            if let Ok(metadata) = fs::symlink_metadata(&full)
                && !metadata.is_dir()
            {
                self.file(full.as_std_path(), &metadata);
            }
        }
        self.unread(&mut folders.ignore_files);
        self.out.files.extend(walked);
    }

    /// An ignore file that could not be heeded may have left something out.
    fn unread(&mut self, ignore_files: &mut IgnoreFiles) {
        for (path, reason) in ignore_files.take_unread() {
            // Reports hold no absolute path, so one above the root is told from there.
            let above = path.parent().and_then(|folder| self.root.as_std_path().strip_prefix(folder).ok());
            match above.map(|down| down.components().count()).filter(|levels| *levels > 0) {
                Some(levels) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let path = Utf8PathBuf::from("../".repeat(levels) + &name);
                    self.out.skipped.push(Skipped { path, reason });
                }
                None => self.skip(&path, reason),
            }
        }
    }

    fn relative(&self, path: &Path) -> Option<Utf8PathBuf> {
        utf8(path.strip_prefix(self.root).ok()?)
    }

    fn skip(&mut self, path: &Path, reason: SkipReason) {
        let relative = path.strip_prefix(self.root).unwrap_or(path);
        let path = self.relative(path).unwrap_or_else(|| Utf8PathBuf::from(relative.to_string_lossy().into_owned()));
        self.out.skipped.push(Skipped { path, reason });
    }
}

/// A relative path with `/` between its parts.
fn utf8(path: &Path) -> Option<Utf8PathBuf> {
    let parts: Option<Vec<&str>> = path
        .components()
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect();
    Some(Utf8PathBuf::from(parts?.join("/")))
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// What lies between the root and a file that only git's index names.
#[derive(Clone)]
enum Folder {
    Ordinary,
    /// At or below this folder of a tool.
    Tool(Utf8PathBuf),
    /// Not there, a link, or left out by `.readinessignore`: what is below it is not this repository's.
    Absent,
}

struct Folders<'f> {
    root: &'f Utf8Path,
    known: FxHashMap<Utf8PathBuf, Folder>,
    ignore_files: IgnoreFiles,
}

impl<'f> Folders<'f> {
    fn new(root: &'f Utf8Path, git: &Git) -> Self {
        Self { root, known: FxHashMap::default(), ignore_files: ignore_files(root, git, Heed::Team) }
    }

    fn state(&mut self, folder: &Utf8Path) -> Folder {
        if folder.as_str().is_empty() {
            return Folder::Ordinary;
        }
        if let Some(state) = self.known.get(folder) {
            return state.clone();
        }
        let state = match self.state(folder.parent().unwrap_or_else(|| Utf8Path::new(""))) {
            Folder::Ordinary => self.examine(folder),
            above => above,
        };
        self.known.insert(folder.to_owned(), state.clone());
        state
    }

    fn examine(&mut self, folder: &Utf8Path) -> Folder {
        let full = self.root.join(folder);
        if self.ignore_files.ignored(full.as_std_path(), true) {
            return Folder::Absent;
        }
        match fs::symlink_metadata(&full) {
            Ok(metadata) if metadata.is_dir() && is_tool_folder(full.as_std_path()) => Folder::Tool(folder.to_owned()),
            Ok(metadata) if metadata.is_dir() => Folder::Ordinary,
            _ => Folder::Absent,
        }
    }
}

pub(super) fn is_version_control(path: &Path) -> bool {
    matches!(path.file_name().and_then(|name| name.to_str()), Some(".git" | ".hg" | ".svn" | ".jj" | ".bzr"))
}

/// Why the folder cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The user's fault: a mistyped path.
    #[error("`{0}` does not exist")]
    Missing(Utf8PathBuf),
    /// The user's fault: a file was named.
    #[error("`{0}` is not a folder")]
    NotAFolder(Utf8PathBuf),
    /// The environment's fault: permissions, or a path that is not UTF-8.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable { path: Utf8PathBuf, reason: String },
}

/// The absolute path of the folder to scan, links resolved.
pub(super) fn canonical_root(root: &Utf8Path) -> Result<Utf8PathBuf, OpenError> {
    let unreadable = |reason: String| OpenError::Unreadable { path: root.to_owned(), reason };
    let full = root.canonicalize_utf8().map_err(|error| match error.kind() {
        ErrorKind::NotFound => OpenError::Missing(root.to_owned()),
        kind => unreadable(kind.to_string()),
    })?;
    if !full.is_dir() {
        return Err(OpenError::NotAFolder(root.to_owned()));
    }
    fs::read_dir(&full).map_err(|error| unreadable(error.kind().to_string()))?;
    Ok(full)
}
