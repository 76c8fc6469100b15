//! Whether git would ignore a path that is not there.

use std::{path::Path, sync::Arc};

use camino::Utf8Path;
use ignore::gitignore::Gitignore;

use super::{Repo, ignore_files::patterns};
use crate::model::{FileId, Table};

impl Repo {
    /// Whether a `.gitignore` above `path` keeps it out of git: a build writes it, so its absence says nothing.
    /// `path` is relative to the root and has no `..`.
    pub fn ignores(&self, path: &Utf8Path) -> bool {
        path.ancestors().skip(1).any(|folder| self.ignored_by(folder, path))
    }

    fn ignored_by(&self, folder: &Utf8Path, path: &Utf8Path) -> bool {
        let Some(file) = self.by_path(&folder.join(".gitignore")) else { return false };
        let known = self.once(Ignoring::default);
        let read = |&file: &FileId| patterns(Path::new(""), &self.read(file).ok()?).map(Arc::new);
        let Some(patterns) = known.0.get(file.id, read) else { return false };
        let inside = path.strip_prefix(folder).unwrap_or(path);
        patterns.matched_path_or_any_parents(inside.as_std_path(), false).is_ignore()
    }
}

/// The patterns of each `.gitignore`.
#[derive(Default)]
struct Ignoring(Table<FileId, Option<Arc<Gitignore>>>);
