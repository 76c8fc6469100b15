//! What a file is, by its path, and by its first bytes where the path does not decide.

use camino::Utf8Path;

use super::head::Head;
use crate::code::Language;

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
        return unnamed(head);
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

fn by_name(name: &str) -> Option<FileKind> {
    Some(match name {
        ".gitignore" => FileKind::Gitignore,
        ".dockerignore" => FileKind::Dockerignore,
        "package.json" => FileKind::PackageJson,
        "pnpm-workspace.yaml"
        | "pnpm-workspace.yml"
        | "lerna.json"
        | "turbo.json"
        | "nx.json"
        | "rush.json"
        | "go.work"
        | "settings.gradle"
        | "settings.gradle.kts" => FileKind::Workspace,
        "package-lock.json"
        | "npm-shrinkwrap.json"
        | "yarn.lock"
        | "pnpm-lock.yaml"
        | "bun.lock"
        | "bun.lockb"
        | "deno.lock"
        | "poetry.lock"
        | "uv.lock"
        | "pipfile.lock"
        | "pdm.lock"
        | "pixi.lock"
        | "conda-lock.yml"
        | "requirements.lock"
        | "go.sum"
        | "go.work.sum"
        | "cargo.lock"
        | "composer.lock"
        | "gemfile.lock"
        | "mix.lock"
        | "pubspec.lock"
        | "gradle.lockfile"
        | "packages.lock.json"
        | "podfile.lock"
        | "package.resolved"
        | "flake.lock"
        | ".terraform.lock.hcl" => FileKind::Lockfile,
        "pyproject.toml" => FileKind::Pyproject,
        "pipfile" => FileKind::Pipfile,
        "setup.cfg" => FileKind::SetupCfg,
        "go.mod" => FileKind::GoMod,
        "cargo.toml" => FileKind::CargoToml,
        "pom.xml" => FileKind::Pom,
        "build.gradle" | "build.gradle.kts" => FileKind::Gradle,
        "composer.json" => FileKind::ComposerJson,
        "gemfile" => FileKind::Gemfile,
        "makefile" | "gnumakefile" | "taskfile.yml" | "taskfile.yaml" | "justfile" | ".justfile" => {
            FileKind::TaskRunner
        }
        "kustomization.yaml" | "kustomization.yml" => FileKind::Kustomize,
        "chart.yaml" | "chart.yml" => FileKind::HelmChart,
        "action.yml" | "action.yaml" => FileKind::Action,
        ".gitlab-ci.yml" | ".gitlab-ci.yaml" => FileKind::GitlabCi,
        ".travis.yml"
        | ".travis.yaml"
        | "bitbucket-pipelines.yml"
        | "appveyor.yml"
        | ".appveyor.yml"
        | ".drone.yml"
        | ".drone.yaml"
        | ".drone.star"
        | ".drone.jsonnet"
        | ".woodpecker.yml"
        | ".woodpecker.yaml"
        | ".cirrus.yml"
        | "wercker.yml"
        | "codemagic.yaml"
        | "bitrise.yml"
        | "cloudbuild.yaml"
        | "cloudbuild.yml"
        | "cloudbuild.json" => FileKind::OtherCi,
        "vercel.json"
        | "now.json"
        | "netlify.toml"
        | "railway.toml"
        | "railway.json"
        | "fly.toml"
        | "render.yaml"
        | "render.yml"
        | "procfile"
        | "serverless.yml"
        | "serverless.yaml"
        | "serverless.json"
        | "serverless.ts"
        | "serverless.js"
        | "wrangler.toml"
        | "wrangler.json"
        | "wrangler.jsonc"
        | ".replit"
        | "replit.nix"
        | "nixpacks.toml"
        | "ecosystem.config.js"
        | "ecosystem.config.cjs"
        | "ecosystem.config.mjs"
        | "ecosystem.config.ts"
        | "ecosystem.config.json"
        | "amplify.yml"
        | "firebase.json"
        | ".firebaserc"
        | "samconfig.toml"
        | "dockerrun.aws.json"
        | "captain-definition"
        | "skaffold.yaml"
        | "skaffold.yml"
        | "tiltfile"
        | "devcontainer.json"
        | ".devcontainer.json"
        | "heroku.yml"
        | "apprunner.yaml"
        | "appspec.yml"
        | "appspec.yaml"
        | "koyeb.yaml"
        | "pulumi.yaml"
        | "pulumi.yml"
        | "cdk.json"
        | "fastly.toml"
        | "dokku-scale" => FileKind::Platform,
        "mvnw" | "gradlew" => FileKind::Shell,
        "rakefile" | "config.ru" | "guardfile" | "podfile" | "fastfile" | "brewfile" => FileKind::OtherCode,
        "license" | "licence" | "copying" | "notice" | "authors" | "codeowners" | "version" => FileKind::Text,
        _ => return None,
    })
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

const EXAMPLE_WORDS: &[&str] =
    &["example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "skeleton", "schema"];

/// Endings that make a file with `env` in its name a program, a document or an encrypted file.
const NOT_ENV: &[&str] = &[
    "ts", "mts", "cts", "js", "mjs", "cjs", "tsx", "jsx", "py", "pyi", "rb", "php", "go", "rs", "java", "kt", "cs",
    "sh", "bash", "md", "mdx", "txt", "html", "json", "yml", "yaml", "toml", "xml", "enc", "gpg", "age", "asc",
    "vault", "sops", "png", "svg", "map", "lock", "vue", "svelte", "j2", "erb",
];

/// Words after `env.` that mark a list of variables, so that `env.validation` stays what it is.
const ENV_WORDS: &[&str] =
    &["local", "dev", "development", "prod", "production", "staging", "stage", "test", "testing", "ci", "docker"];

fn env(name: &str) -> Option<FileKind> {
    if matches!(name, ".env" | ".flaskenv") {
        return Some(FileKind::Env);
    }
    let mut parts: Vec<&str> = name.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
    let dotted: Vec<&str> = name.split('.').collect();
    if dotted.last().is_some_and(|last| NOT_ENV.contains(last)) {
        return None;
    }
    let position =
        dotted.iter().position(|part| *part == "env" || part.starts_with("env-") || part.starts_with("env_"))?;
    let hidden = name.starts_with('.');
    let example = parts.iter().any(|part| EXAMPLE_WORDS.contains(part));
    let is_env = match position {
        1 if hidden => true,
        // `env.example`, `env.production.example`.
        0 => {
            dotted.len() > 1 && dotted[1..].iter().all(|part| EXAMPLE_WORDS.contains(part) || ENV_WORDS.contains(part))
        }
        // `prod.env`, `example.env`, `prod.env.sample`.
        position => {
            parts.clear();
            dotted[position + 1..].iter().all(|part| EXAMPLE_WORDS.contains(part) || ENV_WORDS.contains(part))
        }
    };
    is_env.then_some(if example { FileKind::EnvExample } else { FileKind::Env })
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
            "versions" => parent.contains("alembic"),
            name => name.starts_with("migrations_") || name.starts_with("migrations-"),
        }
    })
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
    name.ends_with(".yml") || name.ends_with(".yaml")
}

fn by_extension(extension: &str) -> Option<FileKind> {
    if Language::of_extension(extension).is_some() {
        return Some(FileKind::Code);
    }
    Some(match extension {
        "go" | "java" | "rb" | "php" | "rs" | "kt" | "kts" | "cs" | "fs" | "vb" | "scala" | "sc" | "ex" | "exs"
        | "erl" | "hrl" | "swift" | "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "m" | "mm" | "dart" | "lua"
        | "pl" | "pm" | "r" | "jl" | "clj" | "cljs" | "cljc" | "edn" | "groovy" | "gradle" | "hs" | "ml" | "mli"
        | "nim" | "zig" | "v" | "cr" | "elm" | "purs" | "sol" | "move" | "vue" | "svelte" | "astro" | "erb"
        | "haml" | "ejs" | "hbs" | "pug" | "jade" | "twig" | "liquid" | "j2" | "jinja" | "jinja2" | "proto"
        | "thrift" | "graphql" | "gql" | "coffee" | "ps1" | "psm1" | "bat" | "cmd" | "awk" | "nix" | "rego" | "cue"
        | "jsonnet" | "libsonnet" | "ipynb" | "asm" | "s" | "f90" | "pas" | "cob" | "razor" | "cshtml" | "jsp"
        | "tcl" | "vala" | "bicep" | "hx" | "wat" | "glsl" | "wgsl" | "cu" | "star" | "bzl" => FileKind::OtherCode,
        "tf" | "tfvars" | "tofu" => FileKind::Terraform,
        "prisma" => FileKind::Prisma,
        "sql" | "psql" | "pgsql" => FileKind::Sql,
        "sh" | "bash" | "zsh" | "fish" | "ksh" => FileKind::Shell,
        "md" | "mdx" | "markdown" | "mdc" => FileKind::Markdown,
        "html" | "htm" | "xhtml" => FileKind::Html,
        "css" | "scss" | "sass" | "less" | "styl" | "pcss" => FileKind::Css,
        "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "avif" | "ico" | "bmp" | "tif" | "tiff" | "heic" | "icns" => {
            FileKind::Image
        }
        "yml" | "yaml" | "json" | "jsonc" | "json5" | "toml" | "xml" | "ini" | "cfg" | "conf" | "properties"
        | "csv" | "tsv" | "ndjson" | "jsonl" | "geojson" | "webmanifest" | "hcl" | "plist" | "po" | "pot" | "xlf"
        | "resx" | "snap" | "csproj" | "fsproj" | "vbproj" | "sln" | "props" | "targets" | "lock" | "map" | "avsc"
        | "har" | "code-workspace" | "config" | "service" | "timer" | "socket" | "cff" => FileKind::Data,
        "txt" | "rst" | "adoc" | "asciidoc" | "tex" | "log" | "diff" | "patch" | "org" | "pem" | "crt" | "cer"
        | "key" | "pub" | "feature" => FileKind::Text,
        "pdf" | "zip" | "gz" | "tgz" | "bz2" | "xz" | "zst" | "7z" | "rar" | "tar" | "jar" | "war" | "ear"
        | "class" | "so" | "dylib" | "dll" | "exe" | "bin" | "dat" | "db" | "sqlite" | "sqlite3" | "wasm" | "pyc"
        | "pyo" | "o" | "a" | "lib" | "woff" | "woff2" | "ttf" | "otf" | "eot" | "mp3" | "mp4" | "mov" | "avi"
        | "webm" | "wav" | "ogg" | "flac" | "psd" | "ai" | "sketch" | "fig" | "xls" | "xlsx" | "doc" | "docx"
        | "ppt" | "pptx" | "parquet" | "onnx" | "pt" | "pth" | "h5" | "pkl" | "npy" | "npz" | "mmdb" | "jks"
        | "p12" | "pfx" | "keystore" | "node" | "gguf" | "safetensors" => FileKind::Binary,
        _ => return None,
    })
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
mod tests {
    use super::*;
    use FileKind as K;

    #[test]
    fn decides_by_path() {
        for (path, kind) in [
            ("Dockerfile", K::Dockerfile),
            ("Dockerfile.prod", K::Dockerfile),
            ("docker/api.Dockerfile", K::Dockerfile),
            ("Containerfile", K::Dockerfile),
            ("Dockerfile.dockerignore", K::Dockerignore),
            ("docs/dockerfile.md", K::Markdown),
            ("docker-compose.yml", K::Compose),
            ("docker-compose.staging.yaml", K::Compose),
            ("compose.yaml", K::Compose),
            ("compose.override.yml", K::Compose),
            ("src/compose.ts", K::Code),
            (".github/workflows/ci.yml", K::Workflow),
            (".github/dependabot.yml", K::Data),
            (".github/actions/setup/action.yml", K::Action),
            (".gitlab-ci.yml", K::GitlabCi),
            (".circleci/config.yml", K::OtherCi),
            ("Jenkinsfile", K::OtherCi),
            ("azure-pipelines.yml", K::OtherCi),
            ("buildspec.yml", K::OtherCi),
            ("cloudbuild.yaml", K::OtherCi),
            ("charts/api/Chart.yaml", K::HelmChart),
            ("deploy/base/kustomization.yaml", K::Kustomize),
            ("infra/main.tf", K::Terraform),
            (".env", K::Env),
            (".env.local", K::Env),
            (".env.vercel", K::Env),
            (".env.docker", K::Env),
            ("deploy/prod.env", K::Env),
            (".env.test", K::Env),
            (".env.example", K::EnvExample),
            (".env.local.example", K::EnvExample),
            (".env.example.local", K::EnvExample),
            (".env.sample", K::EnvExample),
            (".env.dist", K::EnvExample),
            (".env-example", K::EnvExample),
            ("env.example", K::EnvExample),
            ("env.production.example", K::EnvExample),
            ("example.env", K::EnvExample),
            ("prod.env.sample", K::EnvExample),
            ("src/env.ts", K::Code),
            ("src/vite-env.d.ts", K::Code),
            ("src/env.validation.ts", K::Code),
            ("alembic/env.py", K::Code),
            (".gitignore", K::Gitignore),
            ("apps/web/package.json", K::PackageJson),
            ("pnpm-lock.yaml", K::Lockfile),
            ("uv.lock", K::Lockfile),
            ("requirements.txt", K::Requirements),
            ("requirements-dev.txt", K::Requirements),
            ("dev-requirements.txt", K::Requirements),
            ("requirements/base.txt", K::Requirements),
            ("docs/requirements.md", K::Markdown),
            ("setup.py", K::Code),
            ("build.gradle.kts", K::Gradle),
            ("Makefile", K::TaskRunner),
            ("justfile", K::TaskRunner),
            ("vercel.json", K::Platform),
            ("fly.staging.toml", K::Platform),
            ("ecosystem.config.cjs", K::Platform),
            (".do/app.yaml", K::Platform),
            (".devcontainer/devcontainer.json", K::Platform),
            ("prisma/migrations/20240101_init/migration.sql", K::Migration),
            ("prisma/migrations/migration_lock.toml", K::Data),
            ("alembic/versions/ab12cd_add_users.py", K::Migration),
            ("shop/migrations/0001_initial.py", K::Migration),
            ("shop/migrations/__init__.py", K::Code),
            ("src/migrations/1700000000000-AddUsers.ts", K::Migration),
            ("src/migrations/runner.ts", K::Code),
            ("db/migrate/20240101000000_create_users.rb", K::Migration),
            ("src/main/resources/db/migration/V1__init.sql", K::Migration),
            ("drizzle/0000_init.sql", K::Migration),
            ("supabase/migrations/20240101_init.sql", K::Migration),
            ("prisma/schema.prisma", K::Prisma),
            ("db/schema.sql", K::Sql),
            ("bin/start.sh", K::Shell),
            ("README.md", K::Markdown),
            ("src/App.tsx", K::Code),
            ("main.go", K::OtherCode),
            ("src/App.vue", K::OtherCode),
            ("logo.png", K::Image),
            ("tsconfig.json", K::Data),
            ("LICENSE", K::Text),
            ("data.sqlite", K::Binary),
        ] {
            assert_eq!(of_path(Utf8Path::new(path)), Some(kind), "{path}");
        }
        assert_eq!(of_path(Utf8Path::new("bin/deploy")), None);
    }

    #[test]
    fn content_decides_where_the_path_does_not() {
        for (path, text, kind) in [
            ("k8s/api.yaml", "# note\napiVersion: apps/v1\nkind: Deployment\n", K::Kubernetes),
            ("deploy/stack.yml", "version: '3'\nservices:\n  # web\n  web:\n    image: a\n", K::Compose),
            ("ci/base.yml", "services:\n  - postgres:16\nimage: node\n", K::Data),
            ("config/services.yaml", "services:\n  App\\Foo:\n    autowire: true\n", K::Data),
            ("app.yaml", "runtime: python312\n", K::Platform),
            ("app.json", "{\"expo\": {\"name\": \"x\"}}", K::Data),
            ("app.json", "{\"name\": \"x\", \"addons\": []}", K::Platform),
            ("bin/deploy", "#!/usr/bin/env bash\nset -e\n", K::Shell),
            ("bin/job", "#!/usr/bin/env -S python3 -u\n", K::Code),
            ("notes", "hello\n", K::Text),
        ] {
            let path = Utf8Path::new(path);
            assert_eq!(refine(path, of_path(path), &Head::of(text.as_bytes())), kind, "{path}: {text}");
        }
        assert_eq!(refine(Utf8Path::new("blob"), None, &Head::of(b"a\0b")), K::Binary);
    }
}
