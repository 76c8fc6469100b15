//! What the whole list of files says about single folders.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;

use crate::repo::{FileKind, kind};

/// What the whole list of files says about folders.
#[derive(Debug, Default)]
pub(in crate::repo) struct Surroundings {
    /// Folders with a manifest of their own.
    packages: FxHashSet<Utf8PathBuf>,
    /// Folders with a manifest that installs for JavaScript and TypeScript.
    scripts: FxHashSet<Utf8PathBuf>,
    /// Folders that are parts of a URL.
    pub(super) routes: FxHashSet<Utf8PathBuf>,
    /// `build` and `out` folders that hold what a bundler writes.
    pub(super) outputs: FxHashSet<Utf8PathBuf>,
    /// Folders with at least one step of a schema's history.
    pub(super) histories: FxHashSet<Utf8PathBuf>,
    /// Folders with a `Chart.yaml`.
    charts: FxHashSet<Utf8PathBuf>,
}

impl Surroundings {
    pub(in crate::repo) fn of<'p>(paths: impl Iterator<Item = &'p Utf8Path> + Clone) -> Self {
        let mut found = Self::default();
        for path in paths.clone() {
            found.note_manifest(path);
        }
        for path in paths {
            found.note_route(path);
            found.note_output(path);
            if kind::of_path(path) == Some(FileKind::Migration)
                && let Some(folder) = kind::history(path)
            {
                found.histories.insert(folder.to_owned());
            }
        }
        found
    }

    /// Whether `folder` is the root or has a manifest of its own.
    pub(super) fn is_anchor(&self, folder: &Utf8Path) -> bool {
        folder.as_str().is_empty() || self.packages.contains(folder)
    }

    /// Whether `folder` has a manifest of its own.
    pub(super) fn is_package(&self, folder: &Utf8Path) -> bool {
        self.packages.contains(folder)
    }

    /// Whether TypeScript lies at `path` and no manifest at or above it installs what that needs. A browser runs
    /// plain JavaScript without one.
    pub(super) fn lacks_manifest(&self, path: &Utf8Path) -> bool {
        let typed = matches!(path.extension(), Some("ts" | "tsx" | "mts" | "cts"));
        typed && !path.ancestors().skip(1).any(|folder| self.scripts.contains(folder))
    }

    fn note_manifest(&mut self, path: &Utf8Path) {
        let folder = path.parent().unwrap_or_else(|| Utf8Path::new(""));
        if matches!(path.file_name(), Some("package.json" | "deno.json" | "deno.jsonc" | "bunfig.toml")) {
            self.scripts.insert(folder.to_owned());
        }
        match path.file_name().unwrap_or_default() {
            "package.json" | "pyproject.toml" | "requirements.txt" | "setup.py" | "go.mod" | "Cargo.toml"
            | "pom.xml" | "build.gradle" | "build.gradle.kts" | "composer.json" | "Gemfile" | "deno.json" => {
                self.packages.insert(folder.to_owned());
            }
            "Chart.yaml" => {
                self.charts.insert(folder.to_owned());
            }
            _ => {}
        }
    }

    /// The file names of the routers that map folders to URLs: Next.js, `SvelteKit`, and any `pages` folder.
    fn note_route(&mut self, path: &Utf8Path) {
        let extension = path.extension().unwrap_or_default();
        if !matches!(extension, "ts" | "tsx" | "js" | "jsx" | "mdx" | "vue" | "svelte" | "astro") {
            return;
        }
        let stem = path.file_name().unwrap_or_default().split('.').next().unwrap_or_default();
        let special =
            matches!(stem, "page" | "route" | "layout" | "loading" | "template" | "+page" | "+server" | "+layout");
        let mut prefix = Utf8PathBuf::new();
        let mut below: Option<bool> = None;
        for segment in path.parent().into_iter().flatten() {
            let anchored = self.is_anchor(&prefix) || prefix.file_name() == Some("src");
            prefix.push(segment);
            if below.is_some() {
                self.routes.insert(prefix.clone());
                continue;
            }
            below = match segment {
                "app" | "routes" if special => Some(true),
                "pages" if anchored => Some(true),
                _ => None,
            };
        }
    }

    fn note_output(&mut self, path: &Utf8Path) {
        let name = path.file_name().unwrap_or_default();
        let built = matches!(name, "index.html" | "asset-manifest.json")
            || path.extension() == Some("map")
            || name.ends_with(".d.ts")
            || name.ends_with(".min.js")
            || path.as_str().contains("/_next/");
        if !built {
            return;
        }
        for folder in path.ancestors().skip(1).take(4) {
            let anchored = folder.parent().is_some_and(|parent| {
                self.is_anchor(parent) || matches!(parent.file_name(), Some("public" | "static"))
            });
            if matches!(folder.file_name(), Some("build" | "out")) && anchored {
                self.outputs.insert(folder.to_owned());
            }
        }
    }

    /// The kind of a file that belongs to a chart.
    pub(in crate::repo) fn helm(&self, path: &Utf8Path, kind: FileKind) -> FileKind {
        let yaml = matches!(path.extension(), Some("yaml" | "yml" | "tpl" | "json"));
        if self.charts.is_empty() || !yaml {
            return kind;
        }
        let mut folders = path.ancestors().skip(1);
        let direct = folders.next().unwrap_or_else(|| Utf8Path::new(""));
        let name = path.file_name().unwrap_or_default();
        if name.starts_with("values") && self.charts.contains(direct) {
            return FileKind::HelmValues;
        }
        let template = path
            .ancestors()
            .skip(1)
            .any(|at| at.file_name() == Some("templates") && at.parent().is_some_and(|p| self.charts.contains(p)));
        if template { FileKind::HelmTemplate } else { kind }
    }
}
