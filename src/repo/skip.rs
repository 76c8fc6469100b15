//! What is in the folder and is not examined, and why.

use std::{fs, path::Path};

use camino::Utf8PathBuf;

use crate::model::Lang;

/// Something that is in the folder and was not examined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Relative to the root; characters that are not UTF-8 are replaced.
    pub path: Utf8PathBuf,
    pub reason: SkipReason,
}

/// Why something was not examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Larger than [`super::WalkOptions::max_file_bytes`]; the file is listed and not read.
    TooLarge,
    /// A folder at [`super::WalkOptions::max_depth`].
    TooDeep,
    /// The walk ended here, at [`super::WalkOptions::max_files`].
    TooMany,
    /// A folder of a package manager, a cache or a build tool that is not ignored by git.
    ToolFolder,
    /// A symbolic link to a folder.
    LinkedFolder,
    /// A symbolic link that leads out of the root.
    LinkOutside,
    /// A symbolic link to nothing, or in a circle.
    BrokenLink,
    /// A pipe, a socket or a device.
    SpecialFile,
    /// The path is not UTF-8.
    PathEncoding,
    /// The text is neither UTF-8 nor marked UTF-16; the file is listed and not read.
    Encoding,
    /// No permission, or an error of the file system.
    Unreadable,
}

impl SkipReason {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::TooMany => "too-many-files",
            Self::ToolFolder => "tool-folder",
            Self::LinkedFolder => "linked-folder",
            Self::LinkOutside => "link-outside",
            Self::BrokenLink => "broken-link",
            Self::SpecialFile => "special-file",
            Self::PathEncoding => "path-encoding",
            Self::Encoding => "encoding",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether a reader of the report should hear of every single one: something of the repository stayed unseen.
    pub fn matters(self) -> bool {
        !matches!(self, Self::ToolFolder | Self::LinkedFolder)
    }

    /// One sentence without a full stop.
    pub fn text(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::TooLarge, Lang::En) => "larger than the limit, so it was not read",
            (Self::TooLarge, Lang::Ru) => "больше предела, поэтому файл не прочитан",
            (Self::TooDeep, Lang::En) => "nested deeper than the limit, so the folder was not entered",
            (Self::TooDeep, Lang::Ru) => "вложена глубже предела, поэтому папка не просмотрена",
            (Self::TooMany, Lang::En) => "the limit of files was reached here; the rest was not looked at",
            (Self::TooMany, Lang::Ru) => "здесь достигнут предел числа файлов, остальное не просмотрено",
            (Self::ToolFolder, Lang::En) => "a folder of a tool or a cache",
            (Self::ToolFolder, Lang::Ru) => "папка инструмента или кэш",
            (Self::LinkedFolder, Lang::En) => "a link to a folder is not followed",
            (Self::LinkedFolder, Lang::Ru) => "ссылка на папку не раскрывается",
            (Self::LinkOutside, Lang::En) => "a link that leads out of the repository is not followed",
            (Self::LinkOutside, Lang::Ru) => "ссылка ведёт за пределы репозитория и не раскрывается",
            (Self::BrokenLink, Lang::En) => "a link to nothing, or in a circle",
            (Self::BrokenLink, Lang::Ru) => "ссылка в никуда или по кругу",
            (Self::SpecialFile, Lang::En) => "a pipe, a socket or a device is never opened",
            (Self::SpecialFile, Lang::Ru) => "каналы, сокеты и устройства не открываются",
            (Self::PathEncoding, Lang::En) => "its name is not UTF-8",
            (Self::PathEncoding, Lang::Ru) => "имя не в UTF-8",
            (Self::Encoding, Lang::En) => "neither UTF-8 nor marked UTF-16, so it was not read",
            (Self::Encoding, Lang::Ru) => "не UTF-8 и не помеченный UTF-16, поэтому файл не прочитан",
            (Self::Unreadable, Lang::En) => "it could not be read",
            (Self::Unreadable, Lang::Ru) => "прочитать не удалось",
        }
    }
}

/// Folders that a tool fills and nobody reviews. `dist` and `build` are none: what is committed there is examined as
/// generated.
pub(super) fn is_tool_folder(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let holds = |file: &str| fs::symlink_metadata(path.join(file)).is_ok();
    match name {
        "node_modules"
        | "bower_components"
        | "jspm_packages"
        | ".next"
        | ".nuxt"
        | ".output"
        | ".svelte-kit"
        | ".turbo"
        | ".nx"
        | ".angular"
        | ".parcel-cache"
        | ".cache"
        | ".serverless"
        | ".pnpm-store"
        | ".venv"
        | "__pycache__"
        | "__pypackages__"
        | ".pytest_cache"
        | ".mypy_cache"
        | ".ruff_cache"
        | ".tox"
        | ".nox"
        | ".eggs"
        | ".ipynb_checkpoints"
        | ".hypothesis"
        | ".nyc_output"
        | ".terraform"
        | ".terragrunt-cache"
        | ".gradle"
        | ".vs"
        | "Pods"
        | "DerivedData"
        | ".dart_tool"
        | ".bundle"
        | ".docusaurus"
        | ".expo"
        | ".aws-sam"
        | "cdk.out"
        | ".stack-work"
        | "dist-newstyle"
        | "elm-stuff"
        | ".vercel_build_output"
        | ".wrangler"
        | ".vite"
        | ".yarn-cache"
        | "site-packages"
        | ".pixi"
        | ".direnv"
        | ".eslintcache" => true,
        "venv" | "env" | "virtualenv" => holds("pyvenv.cfg"),
        "cache" | "unplugged" => path.parent().and_then(Path::file_name).is_some_and(|parent| parent == ".yarn"),
        "bundle" => path.parent().and_then(Path::file_name).is_some_and(|parent| parent == "vendor"),
        // Cargo and other tools mark their output.
        "target" | "build" | "out" => holds("CACHEDIR.TAG"),
        _ => false,
    }
}
