//! Whether git would ignore a path that is not there.

use camino::Utf8Path;
use ignore::gitignore::GitignoreBuilder;

use super::Repo;

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
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            // A line that is no pattern ignores nothing, as in git.
            let _ = builder.add_line(None, line);
        }
        let Ok(patterns) = builder.build() else { return false };
        let inside = path.strip_prefix(folder).unwrap_or(path);
        patterns.matched_path_or_any_parents(inside.as_std_path(), false).is_ignore()
    }
}
