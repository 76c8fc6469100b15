//! Whether git would ignore a path that is not there.

use std::path::Path;

use camino::Utf8Path;

use super::{Repo, ignore_files::patterns};

impl Repo {
    /// Whether a `.gitignore` above `path` keeps it out of git: a build writes it, so its absence says nothing.
    /// `path` is relative to the root and has no `..`.
    pub fn ignores(&self, path: &Utf8Path) -> bool {
        path.ancestors().skip(1).any(|folder| self.ignored_by(folder, path))
    }

    fn ignored_by(&self, folder: &Utf8Path, path: &Utf8Path) -> bool {
        let Some(text) = self.by_path(&folder.join(".gitignore")).and_then(|file| self.read(file.id).ok()) else {
            return false;
        };
        let Some(patterns) = patterns(Path::new(""), &text) else { return false };
        let inside = path.strip_prefix(folder).unwrap_or(path);
        patterns.matched_path_or_any_parents(inside.as_std_path(), false).is_ignore()
    }
}
