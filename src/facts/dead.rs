//! Files of the product that nothing loads, as far as imports, names and the conventions of frameworks tell.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use camino::Utf8Path;

use super::{
    Facts,
    modules::{ExportSource, Modules, Target},
};
use crate::{
    code::Language,
    model::FileId,
    repo::{ComponentKind, File, FileKind, Repo, Role},
};

/// Files of a component that others must import before one that nobody imports stands out.
const IMPORTED: usize = 3;

/// Folders whose files a framework loads by where they lie.
const LOADED: &[&str] = &[
    "pages",
    "page",
    "routes",
    "route",
    "app",
    "api",
    "middleware",
    "middlewares",
    "plugins",
    "plugin",
    "migrations",
    "commands",
    "seeds",
    "seeders",
    "workers",
    "worker",
    "jobs",
    "queues",
    "functions",
    "lambdas",
    "lambda",
    "handlers",
    "cron",
    "crons",
    "tasks",
    "events",
    "listeners",
    "subscribers",
    "models",
    "entities",
    "controllers",
    "resolvers",
    "modules",
    "layouts",
    "composables",
    "stores",
    "server",
    "config",
    "configs",
    "boot",
    "hooks",
    "islands",
    "bin",
    "scripts",
    "locales",
    "extensions",
    "views",
    "screens",
    "policies",
    "services",
    "loaders",
    "providers",
    "public",
    "static",
    "assets",
    "schemas",
    "scenes",
    "edge",
    "supabase",
    "netlify",
    "extension",
];

/// Names of files that are started or loaded by themselves.
const ENTRIES: &[&str] = &[
    "main",
    "server",
    "app",
    "cli",
    "bin",
    "worker",
    "start",
    "bootstrap",
    "entry",
    "client",
    "background",
    "content",
    "preload",
    "handler",
    "lambda",
    "instrumentation",
    "middleware",
    "proxy",
    "setup",
    "layout",
    "page",
    "route",
    "routes",
    "router",
    "error",
    "loading",
    "template",
    "root",
    "config",
    "env",
    "sw",
    "polyfills",
    "sitemap",
    "robots",
    "manifest",
    "popup",
    "options",
    "renderer",
    "electron",
    "register",
    "globals",
    "global",
    "seed",
    "run",
];

/// Parts of code that load files without naming them.
const WILDCARDS: &[&str] =
    &["require.context", "import.meta.glob", "readdir", "glob(", "globSync", "globby", "autoload", "lazyImport"];

/// By file: which others import it or pass on what it exports, in any way and in any role.
#[derive(Debug, Default)]
struct Importers(BTreeMap<FileId, BTreeSet<FileId>>);

impl Importers {
    fn of(modules: Modules<'_>) -> Self {
        let mut importers: BTreeMap<FileId, BTreeSet<FileId>> = BTreeMap::new();
        for (file, module) in modules.files() {
            let passed_on = module.exports.iter().filter_map(|export| match &export.source {
                ExportSource::Other { module, .. } => Some(module.as_str()),
                ExportSource::Own(_) => None,
            });
            let names: BTreeSet<&str> =
                module.imports.iter().map(|import| import.module.as_str()).chain(passed_on).collect();
            for name in names {
                if let Target::File(target) = modules.target(file, name)
                    && target != file
                {
                    importers.entry(target).or_default().insert(file);
                }
            }
        }
        Self(importers)
    }
}

/// Whether nothing loads `file`: no entry point leads to it through imports, no framework finds it by its place, and no
/// other file speaks of it by its name. Only scripts of deployed components are judged, and only where the others are
/// imported. Needs [`super::Fact::Modules`].
pub fn is_dead(repo: &Repo, facts: &Facts, file: FileId) -> bool {
    let own = repo.file(file);
    let component = repo.component(own.component);
    let kind = matches!(
        component.kind,
        ComponentKind::HttpService | ComponentKind::WebApp | ComponentKind::ClientApp | ComponentKind::Worker
    );
    let auto =
        ["Nuxt", "Angular", "AdonisJS", "Strapi", "Vue"].iter().any(|name| component.profile.has_framework(name));
    if !kind || auto || !is_judged(own) {
        return false;
    }
    let importers: Arc<Importers> = facts.once(|| Importers::of(facts.modules(repo)));
    let imported = importers.0.keys().filter(|other| repo.file(**other).component == own.component).count();
    if imported < IMPORTED {
        return false;
    }
    let mut island = BTreeSet::from([file]);
    let mut open = vec![file];
    while let Some(at) = open.pop() {
        let other = repo.file(at);
        if !is_judged(other) || is_entry(other, &component.path) {
            return false;
        }
        let above = importers.0.get(&at).into_iter().flatten().copied();
        open.extend(above.filter(|above| island.insert(*above)));
    }
    !is_mentioned(repo, &island, own)
}

fn is_judged(file: &File) -> bool {
    file.role == Role::Source && file.language.is_some_and(Language::is_script)
}

fn is_entry(file: &File, component: &Utf8Path) -> bool {
    let name = file.name();
    let stem = name.split('.').next().unwrap_or_default();
    let plain = stem.to_ascii_lowercase();
    let below = file.folder().strip_prefix(component).unwrap_or(file.folder());
    // `index` deep inside stands for its folder.
    let index = plain == "index" && below.components().count() < 2;
    index
        || ENTRIES.iter().any(|entry| plain.split(['-', '_']).any(|part| part == *entry))
        || name.matches('.').count() > 1
        || name.starts_with(['.', '+', '_', '[', '$'])
        || below.components().any(|part| LOADED.contains(&part.as_str().to_ascii_lowercase().as_str()))
        || below.as_str().is_empty()
}

/// Whether a file outside the island speaks of one in it, or may load files that it does not name.
fn is_mentioned(repo: &Repo, island: &BTreeSet<FileId>, own: &File) -> bool {
    let names: Vec<&str> = island
        .iter()
        .filter_map(|id| {
            let file = repo.file(*id);
            let stem = file.name().split('.').next()?;
            if stem == "index" { file.folder().file_name() } else { Some(stem) }
        })
        .collect();
    let reads = |file: &&File| {
        !island.contains(&file.id)
            && !matches!(file.kind, FileKind::Markdown | FileKind::Lockfile | FileKind::Css | FileKind::Sql)
    };
    repo.files().iter().filter(reads).any(|file| {
        let Ok(text) = repo.read(file.id) else { return false };
        let wild = file.component == own.component && WILDCARDS.iter().any(|word| text.contains(word));
        wild || names.iter().any(|name| speaks_of(&text, name))
    })
}

/// Whether a text holds `name` as the last part of a path: `"./name"`, `src/name.ts`.
fn speaks_of(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        matches!(before, Some('/' | '"' | '\'' | '`'))
            && after.is_none_or(|letter| matches!(letter, '"' | '\'' | '`' | '.' | '/' | ' ' | '\n' | '?' | '*' | ')'))
    })
}
