//! What a component is for, with the places that say so.

use camino::Utf8Path;

use super::{
    ComponentKind, Dependency, Ecosystem, File, FileKind, Manifest, Reason, Repo, Role, Stated,
    technologies::{self, Known, Use},
};
use crate::model::{Place, Span};

/// How many files of a folder without a manifest are searched for what they import.
const MAX_SEARCHED: usize = 300;

/// What a component in `folder` with its `own` manifests is for; nothing is guessed without a reason.
pub(super) fn of(repo: &Repo, folder: &Utf8Path, own: &[&Manifest], others: bool) -> (ComponentKind, Vec<Reason>) {
    let asked = Asked { repo, folder, own, imported: imported(repo, folder, own) };
    asked
        .by_technology()
        .or_else(|| asked.by_manifest())
        .or_else(|| asked.as_a_root(others))
        .or_else(|| asked.as_infrastructure())
        .unwrap_or((ComponentKind::Unknown, Vec::new()))
}

/// Whether anything below `folder` is code that ships.
pub(super) fn has_code(repo: &Repo, folder: &Utf8Path) -> bool {
    repo.files_below(folder).iter().any(is_shipped_code)
}

pub(super) fn is_shipped_code(file: &File) -> bool {
    matches!(file.kind, FileKind::Code | FileKind::OtherCode) && file.role == Role::Source
}

struct Asked<'a> {
    repo: &'a Repo,
    folder: &'a Utf8Path,
    own: &'a [&'a Manifest],
    /// What the code of a folder without a manifest imports.
    imported: Vec<(&'static Known, Reason)>,
}

type Answer = Option<(ComponentKind, Vec<Reason>)>;

impl Asked<'_> {
    fn by_technology(&self) -> Answer {
        if let Some(reason) = self.browser_extension() {
            return Some((ComponentKind::ClientApp, vec![reason]));
        }
        let published = self.is_published();
        let web = if published || self.only_shares() { Vec::new() } else { self.uses(Use::Web) };
        if !web.is_empty() {
            return Some((ComponentKind::WebApp, web));
        }
        let client = self.uses(Use::Client);
        if !client.is_empty() && self.own.iter().any(|manifest| manifest.dependency("tauri").is_some()) {
            return Some((ComponentKind::ClientApp, client));
        }
        // A library of handlers or jobs declares the same packages as the service that runs them.
        let starts = self.can_start();
        let jobs = if starts { self.uses(Use::Jobs) } else { Vec::new() };
        if !jobs.is_empty() && self.is_named_worker() {
            return Some((ComponentKind::Worker, jobs));
        }
        let choices = [
            (ComponentKind::HttpService, if starts { self.uses(Use::Http) } else { Vec::new() }),
            (ComponentKind::WebApp, self.uses(Use::Dashboard)),
            (ComponentKind::WebApp, if published { Vec::new() } else { self.single_page() }),
            (ComponentKind::Worker, jobs),
            (ComponentKind::ClientApp, client),
            (ComponentKind::Infrastructure, self.uses(Use::Infrastructure)),
        ];
        choices.into_iter().find(|(_, reasons)| !reasons.is_empty())
    }

    /// The manifest of a browser's extension: what it builds runs in the browser of its user.
    fn browser_extension(&self) -> Option<Reason> {
        let names = ["manifest.json", "src/manifest.json", "public/manifest.json"];
        names.iter().find_map(|name| {
            let file = self.repo.by_path(&self.folder.join(name))?;
            let version = self.repo.doc(file.id)?.root()?.get("manifest_version")?;
            Some(Reason { what: "manifest_version".to_owned(), place: Place::At(file.id, version.span) })
        })
    }

    fn uses(&self, wanted: Use) -> Vec<Reason> {
        let declared = self.own.iter().flat_map(|manifest| {
            technologies::used(manifest)
                .filter(|(dependency, known)| known.uses.contains(&wanted) && known.counts_in(dependency.group))
                .map(|(dependency, _)| reason(manifest, dependency))
        });
        let imported = self.imported.iter().filter(|(known, _)| known.uses.contains(&wanted));
        declared.chain(imported.map(|(_, reason)| reason.clone())).collect()
    }

    /// A bundler, a library that draws, and the page that both are for.
    fn single_page(&self) -> Vec<Reason> {
        let (bundlers, mut drawn) = (self.uses(Use::Bundler), self.uses(Use::Page));
        let page = ["index.html", "public/index.html", "src/index.html"]
            .iter()
            .any(|name| self.repo.by_path(&self.folder.join(name)).is_some());
        if bundlers.is_empty() || drawn.is_empty() || !page {
            return Vec::new();
        }
        drawn.extend(bundlers);
        drawn
    }

    /// Whether there is anything to start: a crate has a binary, and a package inside a repository that others import
    /// has a way to run of its own.
    fn can_start(&self) -> bool {
        let has_file = |names: &[&str]| names.iter().any(|name| self.repo.by_path(&self.folder.join(name)).is_some());
        let packed = has_file(&["Dockerfile", "Containerfile", "Procfile"]);
        packed || self.own.is_empty() || self.own.iter().any(|manifest| self.starts(manifest, &has_file))
    }

    fn starts(&self, manifest: &Manifest, has_file: &dyn Fn(&[&str]) -> bool) -> bool {
        let nested = !self.folder.as_str().is_empty();
        let script = ["start", "serve", "dev", "start:prod", "start:dev", "worker"];
        match manifest.ecosystem {
            Ecosystem::Cargo => {
                let binary = self.folder.join("src/bin");
                !manifest.bins.is_empty() || has_file(&["src/main.rs"]) || !self.repo.files_below(&binary).is_empty()
            }
            Ecosystem::Npm if nested && !manifest.entries.is_empty() => {
                !manifest.bins.is_empty() || script.iter().any(|name| manifest.script(name).is_some())
            }
            Ecosystem::Python if nested && manifest.build_system.is_some() => {
                const ENTRIES: [&str; 7] =
                    ["main.py", "app.py", "manage.py", "asgi.py", "wsgi.py", "server.py", "__main__.py"];
                self.repo.files_below(self.folder).iter().any(|file| ENTRIES.contains(&file.name()))
            }
            _ => true,
        }
    }

    fn is_named_worker(&self) -> bool {
        let name = self.own.iter().find_map(|manifest| manifest.name.as_ref()).map_or("", |name| name.text.as_str());
        [name, self.folder.file_name().unwrap_or_default()].iter().any(|name| {
            name.split(['-', '_', '/', '.']).any(|word| {
                matches!(word, "worker" | "workers" | "consumer" | "processor" | "scheduler" | "cron" | "bot" | "jobs")
            })
        })
    }

    /// Whether others install this package rather than run it: it has something to import, and no way to start.
    fn is_published(&self) -> bool {
        self.own.iter().any(|manifest| {
            manifest.ecosystem == Ecosystem::Npm
                && !manifest.private
                && manifest.version.is_some()
                && !manifest.entries.is_empty()
                && manifest.script("start").is_none()
        })
    }

    /// Whether a package inside the repository holds parts for the applications beside it: it declares their framework,
    /// and neither a script starts or builds it, nor a configuration or a page makes it one.
    fn only_shares(&self) -> bool {
        const RUNS: [&str; 8] = ["start", "dev", "serve", "build", "preview", "develop", "export", "deploy"];
        const CONFIGURES: [&str; 9] =
            ["next.", "nuxt.", "astro.", "remix.", "svelte.", "vite.", "gatsby-", "angular.", "react-router."];
        const PAGES: [&str; 4] = ["pages", "app", "src/pages", "src/app"];
        let says_nothing = |manifest: &&Manifest| {
            let runs = |name: &str| RUNS.iter().any(|word| name.split([':', '-', '.']).any(|part| part == *word));
            manifest.ecosystem == Ecosystem::Npm
                && !manifest.scripts.is_empty()
                && !manifest.scripts.iter().any(|script| runs(&script.name))
        };
        let configured = || {
            self.repo.files_below(self.folder).iter().any(|file| {
                let here = file.folder() == self.folder;
                here && (CONFIGURES.iter().any(|start| file.name().starts_with(start))
                    || ["project.json", "Dockerfile", "angular.json", "index.html"].contains(&file.name()))
            })
        };
        let pages = || PAGES.iter().any(|folder| !self.repo.files_below(&self.folder.join(folder)).is_empty());
        !self.folder.as_str().is_empty()
            && !self.own.is_empty()
            && self.own.iter().all(says_nothing)
            && !configured()
            && !pages()
    }

    fn by_manifest(&self) -> Answer {
        let members = self.own.iter().any(|manifest| !manifest.workspaces.is_empty());
        if members {
            return None;
        }
        let bins = self.stated(|manifest| &manifest.bins);
        if !bins.is_empty() {
            return Some((ComponentKind::Cli, bins));
        }
        self.own.iter().find_map(|manifest| library(manifest))
    }

    fn stated(&self, pick: fn(&Manifest) -> &Vec<Stated>) -> Vec<Reason> {
        self.own
            .iter()
            .flat_map(|manifest| pick(manifest).iter().map(move |stated| (manifest, stated)))
            .map(|(manifest, stated)| Reason { what: stated.text.clone(), place: manifest.place(stated.span) })
            .collect()
    }

    /// The repository itself, when its parts are what is built.
    fn as_a_root(&self, others: bool) -> Answer {
        let workspaces = self.stated(|manifest| &manifest.workspaces);
        let root = self.folder.as_str().is_empty() && (others || !workspaces.is_empty());
        root.then_some((ComponentKind::Root, workspaces))
    }

    fn as_infrastructure(&self) -> Answer {
        const MAX_REASONS: usize = 5;
        let reasons: Vec<Reason> = self
            .repo
            .files_below(self.folder)
            .iter()
            .filter(|file| {
                matches!(
                    file.kind,
                    FileKind::Terraform
                        | FileKind::Kubernetes
                        | FileKind::HelmChart
                        | FileKind::Kustomize
                        | FileKind::Compose
                )
            })
            .take(MAX_REASONS)
            .map(|file| Reason { what: file.name().to_owned(), place: Place::File(file.id) })
            .collect();
        (!reasons.is_empty() && !has_code(self.repo, self.folder)).then_some((ComponentKind::Infrastructure, reasons))
    }
}

fn reason(manifest: &Manifest, dependency: &Dependency) -> Reason {
    Reason { what: dependency.name.clone(), place: manifest.place(dependency.span) }
}

fn library(manifest: &Manifest) -> Answer {
    let entry = manifest.entries.first().map(|entry| (entry.text.clone(), entry.span));
    let found = match manifest.ecosystem {
        Ecosystem::Python if manifest.private => None,
        Ecosystem::Python => manifest.build_system.map(|span| ("build-system".to_owned(), span)),
        Ecosystem::Npm | Ecosystem::Cargo if manifest.private => {
            let name = manifest.name.as_ref()?;
            let reason = Reason { what: name.text.clone(), place: manifest.place(name.span) };
            // A private package at the root is an application of which nothing is known, and shared with nobody.
            return (!manifest.folder.as_str().is_empty()).then(|| (ComponentKind::Package, vec![reason]));
        }
        // `npm init` writes a `main` into everything; what can be started is no library.
        Ecosystem::Npm if manifest.script("start").is_some() => None,
        _ => entry,
    };
    let (what, span) = found?;
    Some((ComponentKind::Library, vec![Reason { what, place: manifest.place(span) }]))
}

/// What the code of a folder imports of what the manifests around it declare. Only folders without dependencies of
/// their own are searched: a service of a repository with one shared manifest.
pub(super) fn imported(repo: &Repo, folder: &Utf8Path, own: &[&Manifest]) -> Vec<(&'static Known, Reason)> {
    let declares = |manifest: &&Manifest| {
        let starts = ["start", "dev", "serve", "start:prod"].iter().any(|name| manifest.script(name).is_some());
        manifest.ecosystem != Ecosystem::Npm || !manifest.dependencies.is_empty() || !starts
    };
    // Commands are given the same framework as the service beside them, and serve nothing.
    let commands = matches!(folder.file_name(), Some("commands" | "cli" | "scripts" | "tools"));
    if own.iter().any(declares) || !own.is_empty() && commands || folder.as_str().is_empty() {
        return Vec::new();
    }
    let around: Vec<&Manifest> =
        repo.manifests().iter().filter(|manifest| folder.starts_with(&manifest.folder)).collect();
    let mut wanted: Vec<(&str, &'static Known)> = around
        .iter()
        .flat_map(|manifest| technologies::used(manifest))
        .map(|(dependency, known)| (dependency.name.as_str(), known))
        .collect();
    let mut found = Vec::new();
    let sources = repo
        .files_below(folder)
        .iter()
        .filter(|file| file.role == Role::Source && file.language.is_some() && file.link.is_none());
    for file in sources.take(MAX_SEARCHED) {
        let Ok(text) = repo.read(file.id) else { continue };
        wanted.retain(|(name, known)| {
            let Some(span) = import_of(&text, name) else { return true };
            let place = Place::At(file.id, span);
            found.push((*known, Reason { what: (*name).to_owned(), place }));
            false
        });
    }
    found
}

/// Where a module is imported: `'name'` or `'name/…'` after `from`, `import` or `require(`, or Python's `import name`.
fn import_of(text: &str, name: &str) -> Option<Span> {
    text.match_indices(name).map(|(at, _)| at).find_map(|at| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
        let quoted = before.ends_with(['\'', '"', '`']) && after.starts_with(['\'', '"', '/']);
        let script = quoted && ["from", "import", "require("].iter().any(|word| line.contains(word));
        let python = matches!(line, "from " | "import ")
            && !after.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_');
        (script || python).then(|| Span::new(at, at + name.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_imports_and_nothing_else() {
        for (text, name, found) in [
            ("import Fastify from 'fastify'\n", "fastify", true),
            ("const express = require(\"express\")\n", "express", true),
            ("import { x } from 'drizzle-orm/pg-core'\n", "drizzle-orm", true),
            ("import x from 'fastify-plugin'\n", "fastify", false),
            ("// we left 'express' behind\n", "express", false),
            ("from fastapi import FastAPI\n", "fastapi", true),
            ("import redis\n", "redis", true),
            ("import redis_lock\n", "redis", false),
            ("x = 'flask'\n", "flask", false),
        ] {
            assert_eq!(import_of(text, name).is_some(), found, "{text}");
        }
    }
}
