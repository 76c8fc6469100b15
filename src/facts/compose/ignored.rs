//! Whether git ignores a path: what is ignored may well exist where the project runs.

use camino::Utf8Path;
use ignore::gitignore::GitignoreBuilder;

use crate::repo::{FileKind, Repo};

/// Whether the `.gitignore` files of the repository leave out `path`, relative to the root, or a folder above it.
pub fn is_ignored(repo: &Repo, path: &Utf8Path) -> bool {
    let files = repo.files().iter().filter(|file| file.kind == FileKind::Gitignore && path.starts_with(file.folder()));
    let mut ignored = false;
    // The nearest file speaks last.
    for file in files {
        let Ok(text) = repo.read(file.id) else { continue };
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            // A line that is no pattern ignores nothing.
            let _ = builder.add_line(None, line);
        }
        let Ok(matcher) = builder.build() else { continue };
        let inner = path.strip_prefix(file.folder()).unwrap_or(path);
        let found = matcher.matched_path_or_any_parents(inner.as_str(), false);
        if !found.is_none() {
            ignored = found.is_ignore();
        }
    }
    ignored
}
