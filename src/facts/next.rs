//! The application folder of Next.js: which files answer for which path, and which special files lie there.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    model::{FileId, Place, Span},
    repo::{Component, File, Repo, Role},
};

const EXTENSIONS: [&str; 4] = ["ts", "tsx", "js", "jsx"];

/// A `page` or `route` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFile {
    pub file: FileId,
    /// `page` or `route`.
    pub stem: String,
    /// The segments of its path, without route groups: `api`, `users`, `[id]`.
    pub segments: Vec<String>,
}

impl AppFile {
    pub fn is_route(&self) -> bool {
        self.stem == "route"
    }
}

/// Where files lie in an application of Next.js.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Router {
    App,
    Pages,
}

/// The folder of a component that Next.js takes routes from: `app`, `src/app`, `pages`, `src/pages`, when there are
/// files of the right kind in it.
pub fn folder(repo: &Repo, component: &Component, router: Router) -> Option<Utf8PathBuf> {
    if !is_next(component) {
        return None;
    }
    let names = match router {
        Router::App => ["app", "src/app"],
        Router::Pages => ["pages", "src/pages"],
    };
    names.into_iter().map(|name| component.folder().join(name)).find(|folder| {
        repo.files_below(folder).iter().any(|file| {
            let Some(stem) = script_stem(file) else { return false };
            match router {
                Router::App => matches!(stem, "page" | "route" | "layout"),
                Router::Pages => file.path.extension().is_some_and(|it| it.ends_with('x') || it == "js"),
            }
        })
    })
}

/// Whether the component is made with Next.js.
pub fn is_next(component: &Component) -> bool {
    component.profile.has_framework("Next.js")
}

/// The name before the extension, for scripts that Next.js looks at.
pub fn script_stem(file: &File) -> Option<&str> {
    let (stem, extension) = file.name().rsplit_once('.')?;
    EXTENSIONS.contains(&extension).then_some(stem)
}

/// The pages and routes of a component, in order of path. Parallel and intercepting routes are left out: their
/// paths are no paths of their own.
pub fn app_files(repo: &Repo, component: &Component) -> Vec<AppFile> {
    let Some(folder) = folder(repo, component, Router::App) else { return Vec::new() };
    let below = repo.files_below(&folder).iter().filter(|file| file.role != Role::Story && file.link.is_none());
    below.filter_map(|file| app_file(&folder, file)).collect()
}

fn app_file(folder: &Utf8Path, file: &File) -> Option<AppFile> {
    let stem = script_stem(file).filter(|stem| matches!(*stem, "page" | "route"))?;
    let inside = file.folder().strip_prefix(folder).ok()?;
    let mut segments = Vec::new();
    for segment in inside.as_str().split('/').filter(|segment| !segment.is_empty()) {
        let group = segment.starts_with('(') && segment.ends_with(')');
        // `@slot`, `(.)photo`, `_private`
        if segment.starts_with(['@', '_']) || (segment.starts_with('(') && !group) {
            return None;
        }
        if !group {
            segments.push(segment.to_owned());
        }
    }
    Some(AppFile { file: file.id, stem: stem.to_owned(), segments })
}

/// The kind (`one`, `rest`, `optional`) and the name of a dynamic segment.
pub fn dynamic(segment: &str) -> Option<(&'static str, &str)> {
    if let Some(name) = segment.strip_prefix("[[...").and_then(|rest| rest.strip_suffix("]]")) {
        return Some(("optional", name));
    }
    if let Some(name) = segment.strip_prefix("[...").and_then(|rest| rest.strip_suffix(']')) {
        return Some(("rest", name));
    }
    Some(("one", segment.strip_prefix('[')?.strip_suffix(']')?))
}

/// Where a component's `next.config` lets the build ignore type errors.
pub fn ignores_type_errors(repo: &Repo, component: &Component) -> Option<Place> {
    let configs = repo.files_of(component.id).filter(|file| file.name().starts_with("next.config."));
    configs.filter(|file| file.folder() == component.folder()).find_map(|file| {
        let text = repo.read(file.id).ok()?;
        let start = setting(&text, "ignoreBuildErrors", "true")?;
        Some(Place::At(file.id, start))
    })
}

/// Where `name: value` stands in a script, outside of comments at the beginning of a line.
fn setting(text: &str, name: &str, value: &str) -> Option<Span> {
    text.match_indices(name).find_map(|(start, _)| {
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let commented = text[line..start].contains("//") || text[line..start].trim_start().starts_with('*');
        let rest = text[start + name.len()..].trim_start_matches(['\'', '"', ' ']).strip_prefix(':')?.trim_start();
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let set = rest.strip_prefix(value).is_some_and(ends);
        (set && !commented).then(|| Span::new(start, text.len() - rest.len() + value.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::{dynamic, setting};

    #[test]
    fn segments_are_read() {
        assert_eq!(dynamic("[id]"), Some(("one", "id")));
        assert_eq!(dynamic("[...path]"), Some(("rest", "path")));
        assert_eq!(dynamic("[[...path]]"), Some(("optional", "path")));
        assert_eq!(dynamic("users"), None);
    }

    #[test]
    fn settings_are_found_outside_comments() {
        assert!(setting("typescript: { ignoreBuildErrors: true }", "ignoreBuildErrors", "true").is_some());
        assert!(setting("// ignoreBuildErrors: true", "ignoreBuildErrors", "true").is_none());
        assert!(setting("ignoreBuildErrors: false", "ignoreBuildErrors", "true").is_none());
    }
}
