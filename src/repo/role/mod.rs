//! What a file plays in the repository: shipped source, test, script, and so on.
//!
//! A folder's name is weak evidence: `test/` holds tests, but below a file-system router it is a URL, and `src/tools/`
//! is as often part of a product. So weak names count only where they are anchored: directly below the root or
//! below a folder with a manifest of its own, and never when they are a route.

mod folder;
mod name;
mod surroundings;

use camino::Utf8Path;
use folder::by_folders;
use name::by_name;
pub(super) use surroundings::Surroundings;

use super::FileKind;

/// What a file plays in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What ships and runs.
    Source,
    Test,
    /// Run by people or pipelines: seeds, one-off tools, shell scripts.
    Script,
    Config,
    Docs,
    Example,
    /// Written by a program.
    Generated,
    /// Written elsewhere and copied in.
    Vendored,
    Migration,
    /// A component's showcase.
    Story,
}

impl Role {
    pub const ALL: &[Self] = &[
        Self::Source,
        Self::Test,
        Self::Script,
        Self::Config,
        Self::Docs,
        Self::Example,
        Self::Generated,
        Self::Vendored,
        Self::Migration,
        Self::Story,
    ];

    /// Whether the file takes part in building, configuring or running the product: no test, example, document or
    /// copy of somebody else's work.
    pub fn is_operational(self) -> bool {
        matches!(self, Self::Source | Self::Script | Self::Config | Self::Migration)
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Test => "test",
            Self::Script => "script",
            Self::Config => "config",
            Self::Docs => "docs",
            Self::Example => "example",
            Self::Generated => "generated",
            Self::Vendored => "vendored",
            Self::Migration => "migration",
            Self::Story => "story",
        }
    }
}

/// What the file's own beginning says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signals {
    pub(super) generated: bool,
    pub(super) minified: bool,
}

/// The role of a file.
pub(super) fn of(path: &Utf8Path, kind: FileKind, signals: Signals, around: &Surroundings) -> Role {
    let folder = by_folders(path, kind, around);
    let name = by_name(path, kind, around);
    let strongest = [Role::Vendored, Role::Generated, Role::Test, Role::Story, Role::Example];
    if let Some(role) = strongest.into_iter().find(|role| folder == Some(*role) || name == Some(*role)) {
        return role;
    }
    // A scaffold says that a program wrote it, and is edited from then on.
    if signals.generated && kind != FileKind::Migration && name != Some(Role::Config) {
        return Role::Generated;
    }
    if signals.minified {
        let served =
            path.ancestors().any(|at| matches!(at.file_name(), Some("public" | "static" | "assets" | "wwwroot")));
        return if served { Role::Vendored } else { Role::Generated };
    }
    if kind == FileKind::Migration {
        return Role::Migration;
    }
    // A configuration file is one wherever it lies: a Dockerfile below `scripts/` still builds an image.
    if let Some(role) = by_kind(kind) {
        return role;
    }
    match folder {
        // Agents and editors keep commands beside their instructions.
        Some(Role::Docs) if kind == FileKind::Shell => Role::Script,
        folder => folder.or(name).unwrap_or_else(|| otherwise(path, kind)),
    }
}

/// The role that the folders above `path` give to anything in them; `None` for shipped code.
pub(super) fn of_folder(path: &Utf8Path, around: &Surroundings) -> Option<Role> {
    by_folders(path, FileKind::Data, around)
}

/// The role of a file whose kind decides it.
fn by_kind(kind: FileKind) -> Option<Role> {
    Some(match kind {
        FileKind::Dockerfile
        | FileKind::Dockerignore
        | FileKind::Compose
        | FileKind::Workflow
        | FileKind::Action
        | FileKind::GitlabCi
        | FileKind::OtherCi
        | FileKind::Kubernetes
        | FileKind::HelmChart
        | FileKind::HelmTemplate
        | FileKind::HelmValues
        | FileKind::Kustomize
        | FileKind::Terraform
        | FileKind::Env
        | FileKind::EnvExample
        | FileKind::Gitignore
        | FileKind::PackageJson
        | FileKind::Workspace
        | FileKind::Pyproject
        | FileKind::Requirements
        | FileKind::Pipfile
        | FileKind::SetupCfg
        | FileKind::GoMod
        | FileKind::CargoToml
        | FileKind::Pom
        | FileKind::Gradle
        | FileKind::ComposerJson
        | FileKind::Gemfile
        | FileKind::TaskRunner
        | FileKind::Platform => Role::Config,
        FileKind::Migration => Role::Migration,
        FileKind::Lockfile => Role::Generated,
        _ => return None,
    })
}

/// The role of a file in an ordinary folder with an ordinary name.
fn otherwise(path: &Utf8Path, kind: FileKind) -> Role {
    let name = path.file_name().unwrap_or_default();
    let served =
        || path.ancestors().any(|at| matches!(at.file_name(), Some("public" | "static" | "assets" | "wwwroot")));
    let hidden = || path.as_str().split('/').any(|part| part.starts_with('.'));
    match kind {
        // What a container starts with is part of the product.
        FileKind::Shell => {
            let stem = name.split('.').next().unwrap_or_default();
            let starts = stem == "start" || stem.starts_with("start-") || stem.starts_with("start_");
            if starts || stem.contains("entrypoint") { Role::Source } else { Role::Script }
        }
        FileKind::Text | FileKind::Data if served() => Role::Source,
        FileKind::Text if hidden() => Role::Config,
        FileKind::Text if matches!(path.extension(), Some("pem" | "crt" | "cer" | "key" | "pub" | "asc")) => {
            Role::Config
        }
        FileKind::Text | FileKind::Markdown => Role::Docs,
        FileKind::Data => match path.extension() {
            Some("json" | "csv" | "tsv" | "ndjson" | "jsonl" | "geojson" | "po" | "pot" | "xlf" | "resx" | "plist") => {
                let at_root = path.parent().is_none_or(|parent| parent.as_str().is_empty());
                if at_root || hidden() || name.starts_with("tsconfig") { Role::Config } else { Role::Source }
            }
            _ => Role::Config,
        },
        _ => Role::Source,
    }
}

#[cfg(test)]
mod tests;
