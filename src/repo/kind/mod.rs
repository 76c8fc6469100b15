//! What a file is, by its path, and by its first bytes where the path does not decide.

mod env;
mod extension;
mod name;

use camino::Utf8Path;
use env::env;
use extension::by_extension;
use name::by_name;

use super::head::Head;
use crate::{code::Language, doc};

/// What a file is for. What it plays in the repository (source, test, …) is its [`super::Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    Dockerfile,
    Dockerignore,
    Compose,
    /// A workflow of GitHub Actions, or of a forge that runs the same files.
    Workflow,
    /// The `action.yml` of an action.
    Action,
    GitlabCi,
    /// The pipeline of any other CI system.
    OtherCi,
    /// A YAML manifest for Kubernetes.
    Kubernetes,
    HelmChart,
    HelmTemplate,
    HelmValues,
    Kustomize,
    Terraform,
    /// Variables of an environment: `.env`, `.env.production`, `prod.env`.
    Env,
    /// A template for an [`FileKind::Env`] file: `.env.example`, `env.sample`.
    EnvExample,
    Gitignore,
    PackageJson,
    /// Says which packages belong together: `pnpm-workspace.yaml`, `lerna.json`, `turbo.json`, `nx.json`, `go.work`.
    Workspace,
    Lockfile,
    Pyproject,
    Requirements,
    Pipfile,
    /// `setup.cfg`; `setup.py` is [`FileKind::Code`].
    SetupCfg,
    GoMod,
    CargoToml,
    Pom,
    Gradle,
    ComposerJson,
    Gemfile,
    /// `Makefile`, `Taskfile.yml`, `justfile`.
    TaskRunner,
    /// The file of a hosting platform or deployment tool: `vercel.json`, `fly.toml`, `Procfile`, ….
    Platform,
    /// One step of a schema's history.
    Migration,
    Prisma,
    Sql,
    Shell,
    Markdown,
    Html,
    Css,
    /// Source code that can be lowered.
    Code,
    /// Source code in a language without a lowering.
    OtherCode,
    Image,
    /// Structured data and configuration without a kind of its own.
    Data,
    Text,
    Binary,
}

/// The kind that the path alone decides; `None` when only the content can tell.
pub(super) fn of_path(path: &Utf8Path) -> Option<FileKind> {
    let name = path.file_name()?.to_ascii_lowercase();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let folder = path.parent().map(Utf8Path::as_str);
    // Whatever a workflow is called: `chart.yml`, `app.yml`, `render.yaml`. Others run the same files.
    let workflows = [".github/workflows", ".depot/workflows", ".forgejo/workflows", ".gitea/workflows"];
    if folder.is_some_and(|folder| workflows.contains(&folder)) && is_yaml(&name) {
        return Some(FileKind::Workflow);
    }
    by_name(&name)
        .or_else(|| by_folder(path, &name))
        .or_else(|| container(&name))
        .or_else(|| env(&name))
        .or_else(|| by_pattern(path, &name, stem, extension))
        .or_else(|| by_extension(extension))
}

/// The kind with the file's first bytes known.
pub(super) fn refine(path: &Utf8Path, by_path: Option<FileKind>, head: &Head) -> FileKind {
    let Some(kind) = by_path else {
        // `.prettierrc` and its kin.
        return if doc::format_of(path).is_some() { FileKind::Data } else { unnamed(head) };
    };
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    match kind {
        FileKind::Data if is_yaml(&name) => yaml(&name, head),
        FileKind::Data if name == "app.json" && is_heroku_app(&head.text) => FileKind::Platform,
        kind => kind,
    }
}

/// Whether the content can change what the path says.
pub(super) fn is_open(path: &Utf8Path, kind: Option<FileKind>) -> bool {
    match kind {
        None => true,
        Some(FileKind::Data) => {
            let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
            is_yaml(&name) || name == "app.json"
        }
        Some(_) => false,
    }
}

/// The language to lower a file as: by extension, or by the `#!` line of a file without one.
pub(super) fn language(path: &Utf8Path, head: Option<&Head>) -> Option<Language> {
    match path.extension() {
        Some(extension) => Language::of_extension(&extension.to_ascii_lowercase()),
        None => match head?.interpreter()? {
            "node" | "bun" => Some(Language::JavaScript),
            "deno" | "tsx" | "ts-node" => Some(Language::TypeScript),
            name if name.starts_with("python") => Some(Language::Python),
            _ => None,
        },
    }
}

/// Kinds that depend on the folder a file lies in.
fn by_folder(path: &Utf8Path, name: &str) -> Option<FileKind> {
    let folder = path.parent()?;
    let parent = folder.file_name().unwrap_or_default();
    let grandparent = folder.parent().and_then(Utf8Path::file_name).unwrap_or_default();
    if !is_yaml(name) {
        return match (parent, name) {
            (".teamcity", _) => Some(FileKind::OtherCi),
            ("alembic" | "migrations", "script.py.mako") => Some(FileKind::Text),
            _ => None,
        };
    }
    match (grandparent, parent) {
        (".github" | ".gitea" | ".forgejo", "workflows") => Some(FileKind::Workflow),
        (".gitlab", "ci") => Some(FileKind::GitlabCi),
        (_, ".circleci" | ".buildkite" | ".semaphore" | ".woodpecker") => Some(FileKind::OtherCi),
        (_, ".do") => Some(FileKind::Platform),
        (_, "config") if name.starts_with("deploy.") => Some(FileKind::Platform),
        ("copilot", _) if name.starts_with("manifest.") => Some(FileKind::Platform),
        _ => None,
    }
}

fn container(name: &str) -> Option<FileKind> {
    let dockerfile = ["dockerfile", "containerfile"].iter().any(|base| {
        name == *base
            || name.strip_prefix(base).is_some_and(|rest| rest.starts_with(['.', '-', '_']) && !is_prose(rest))
            || name.strip_suffix(base).is_some_and(|rest| rest.ends_with(['.', '-']))
    });
    if dockerfile {
        let ignore = name.ends_with(".dockerignore");
        return Some(if ignore { FileKind::Dockerignore } else { FileKind::Dockerfile });
    }
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    let compose = ["docker-compose", "compose", "docker_compose", "docker-stack", "podman-compose"]
        .iter()
        .any(|base| stem.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_'])))
        || [".docker-compose", "-docker-compose", ".compose", "-compose"].iter().any(|end| stem.ends_with(end));
    compose.then_some(FileKind::Compose)
}

/// An ending of `Dockerfile.…` that makes it a text about a Dockerfile, or a template's source.
fn is_prose(rest: &str) -> bool {
    [
        ".md", ".mdx", ".txt", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".py", ".go", ".rb", ".java", ".rs", ".json",
        ".yml", ".yaml", ".toml", ".png", ".svg",
    ]
    .iter()
    .any(|extension| rest.ends_with(extension))
}

fn by_pattern(path: &Utf8Path, name: &str, stem: &str, extension: &str) -> Option<FileKind> {
    let requirements = |text: &str| {
        text == "requirements"
            || text.strip_prefix("requirements").is_some_and(|rest| rest.starts_with(['-', '_', '.']))
            || text.strip_suffix("requirements").is_some_and(|rest| rest.ends_with(['-', '_', '.']))
    };
    let in_requirements = path.parent().and_then(Utf8Path::file_name) == Some("requirements");
    match extension {
        "txt" | "in" if requirements(stem) || (in_requirements && extension == "txt") => Some(FileKind::Requirements),
        "yml" | "yaml" if name.ends_with(".gitlab-ci.yml") => Some(FileKind::GitlabCi),
        "yml" | "yaml" if stem.starts_with("azure-pipelines") || stem.starts_with("buildspec") => {
            Some(FileKind::OtherCi)
        }
        "toml" if stem.starts_with("fly.") => Some(FileKind::Platform),
        "mk" => Some(FileKind::TaskRunner),
        _ if stem == "jenkinsfile" || name.starts_with("jenkinsfile") => Some(FileKind::OtherCi),
        _ if is_migration(path, extension) => Some(FileKind::Migration),
        _ => None,
    }
}

/// The outermost folder above `path` whose name says that it holds the steps of a schema's history.
pub(super) fn history(path: &Utf8Path) -> Option<&Utf8Path> {
    let mut folders: Vec<&Utf8Path> = path.ancestors().skip(1).filter(|at| !at.as_str().is_empty()).collect();
    folders.reverse();
    folders.into_iter().find(|at| {
        let name = at.file_name().unwrap_or_default().to_ascii_lowercase();
        let parent = at.parent().and_then(Utf8Path::file_name).unwrap_or_default();
        match name.as_str() {
            "migrations" | "migration" | "data-migrations" | "drizzle" => true,
            "migrate" | "changelog" => parent == "db",
            "versions" => parent.contains("alembic") || is_alembic_revision(path),
            name => name.starts_with("migrations_") || name.starts_with("migrations-"),
        }
    })
}

/// Whether a file is named as Alembic names its steps: by a revision of twelve hexadecimal digits.
fn is_alembic_revision(path: &Utf8Path) -> bool {
    let revision = |part: &str| {
        part.len() == 12
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.contains(|c: char| c.is_ascii_digit())
    };
    path.extension() == Some("py") && path.file_stem().is_some_and(|stem| stem.split(['_', '-']).any(revision))
}

fn is_migration(path: &Utf8Path, extension: &str) -> bool {
    let Some(stem) = path.file_stem() else { return false };
    let versioned = || {
        let digits = stem.bytes().filter(u8::is_ascii_digit).count();
        digits >= 3 || path.parent().and_then(Utf8Path::file_name) == Some("versions")
    };
    let flyway = || {
        extension == "sql"
            && stem.strip_prefix(['V', 'U', 'R']).is_some_and(|rest| rest.contains("__"))
            && path.as_str().contains("db/")
    };
    match extension {
        "sql" => history(path).is_some() || flyway(),
        "py" => history(path).is_some() && stem != "__init__" && stem != "env" && versioned(),
        "ts" | "js" | "mjs" | "cjs" | "rb" | "php" | "java" | "kt" | "cs" | "exs" | "go" | "xml" | "yaml" | "yml" => {
            history(path).is_some() && versioned()
        }
        _ => false,
    }
}

fn is_yaml(name: &str) -> bool {
    matches!(Utf8Path::new(name).extension(), Some("yml" | "yaml"))
}

/// A file whose name says nothing.
fn unnamed(head: &Head) -> FileKind {
    if head.binary {
        return FileKind::Binary;
    }
    match head.interpreter() {
        Some("sh" | "bash" | "zsh" | "dash" | "ksh" | "ash") => FileKind::Shell,
        Some("node" | "bun" | "deno" | "tsx" | "ts-node") => FileKind::Code,
        Some(name) if name.starts_with("python") => FileKind::Code,
        Some(_) => FileKind::OtherCode,
        None => FileKind::Text,
    }
}

fn yaml(name: &str, head: &Head) -> FileKind {
    let top_level =
        |key: &str| head.text.lines().any(|line| line.strip_prefix(key).is_some_and(|r| r.starts_with(':')));
    if top_level("apiVersion") && top_level("kind") {
        return FileKind::Kubernetes;
    }
    if is_compose(&head.text) {
        return FileKind::Compose;
    }
    let app_engine = matches!(name, "app.yaml" | "app.yml") && top_level("runtime");
    let sam = head.text.contains("AWS::Serverless") || head.text.contains("AWSTemplateFormatVersion");
    if app_engine || sam { FileKind::Platform } else { FileKind::Data }
}

/// A map below a top-level `services:` in which an entry has an image or a build: a compose file by another name.
fn is_compose(text: &str) -> bool {
    let mut lines = text.lines().skip_while(|line| line.trim_end() != "services:").skip(1);
    let mut first = true;
    lines
        .find_map(|line| {
            let content = line.trim_start();
            if content.is_empty() || content.starts_with('#') {
                return None;
            }
            let indented = content.len() < line.len();
            if !indented || (first && (content.starts_with('-') || !content.trim_end().ends_with(':'))) {
                return Some(false);
            }
            first = false;
            (content.starts_with("image:") || content.starts_with("build:")).then_some(true)
        })
        .unwrap_or(false)
}

/// The `app.json` of Heroku, not that of a mobile application.
fn is_heroku_app(text: &str) -> bool {
    !text.contains("\"expo\"")
        && ["\"buildpacks\"", "\"formation\"", "\"addons\"", "\"env\"", "\"repository\"", "\"stack\""]
            .iter()
            .any(|key| text.contains(key))
}

#[cfg(test)]
mod tests;
