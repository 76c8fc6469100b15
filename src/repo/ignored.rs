//! Whether git would ignore a path that is not there.

use std::sync::Arc;

use camino::Utf8Path;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Repo;
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
        let Some(patterns) = known.0.get(file.id, |&file| self.patterns(file)) else { return false };
        let inside = path.strip_prefix(folder).unwrap_or(path);
        patterns.matched_path_or_any_parents(inside.as_std_path(), false).is_ignore()
    }

    fn patterns(&self, file: FileId) -> Option<Arc<Gitignore>> {
        let text = self.read(file).ok()?;
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            // A line that is no pattern ignores nothing, as in git.
            let _ = builder.add_line(None, line);
        }
        builder.build().ok().map(Arc::new)
    }
}

/// The patterns of each `.gitignore`.
#[derive(Default)]
struct Ignoring(Table<FileId, Option<Arc<Gitignore>>>);
