//! One file of the index: how it is classified, and how it is read.

use std::{
    fs,
    io::{self, ErrorKind, Read},
    path::Path,
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    FileKind, Role, SkipReason, WalkOptions,
    head::{HEAD_BYTES, Head},
    kind,
    role::Signals,
    walk::Found,
};
use crate::{
    code::Language,
    doc::{self, Format},
    model::{ComponentId, FileId},
    text::{DecodeError, decode},
};

/// A file of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub id: FileId,
    /// Relative to the root, with `/`.
    pub path: Utf8PathBuf,
    pub kind: FileKind,
    /// The language that the file can be lowered as, whatever its kind: a migration may be Python.
    pub language: Option<Language>,
    pub role: Role,
    pub component: ComponentId,
    /// In bytes; of a link, its target's.
    pub size: u64,
    /// Whether git tracks it; `None` when that is unknown.
    pub tracked: Option<bool>,
    /// For a symbolic link: the file it leads to, relative to the root. Reading the link reads that file.
    pub link: Option<Utf8PathBuf>,
}

impl File {
    /// Whether the file holds text, as far as its name and its beginning tell.
    pub fn is_text(&self) -> bool {
        !matches!(self.kind, FileKind::Binary) && (self.kind != FileKind::Image || self.path.extension() == Some("svg"))
    }

    /// The format of the configuration in it.
    pub fn format(&self) -> Option<Format> {
        doc::format_of(&self.path).or(match self.kind {
            FileKind::Env | FileKind::EnvExample => Some(Format::Dotenv),
            FileKind::Compose | FileKind::Kubernetes | FileKind::Workflow => Some(Format::Yaml),
            _ => None,
        })
    }

    /// The file's name without its folders.
    pub fn name(&self) -> &str {
        // Paths of the index are in normal form, so what follows the last slash is the name.
        self.path.as_str().rsplit('/').next().unwrap_or_default()
    }

    /// The folder the file lies in; empty for the root.
    pub fn folder(&self) -> &Utf8Path {
        self.path.parent().unwrap_or_else(|| Utf8Path::new(""))
    }
}

/// Why a file has no text for us.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bound of the walk, set by the user or by default.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// The file holds no text, or none in an encoding that can be told apart.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The environment's fault: the file went away while it was scanned.
    #[error("the file is gone")]
    Gone,
    /// The environment's fault: it was replaced by something that must not be opened.
    #[error("it is no longer an ordinary file")]
    NotAFile,
    /// The environment's fault: permissions or the disk.
    #[error("the file cannot be read: {0}")]
    Io(String),
}

/// Reads a file's text within the bounds of the walk.
pub(super) fn load(root: &Utf8Path, file: &File, options: &WalkOptions) -> Result<Arc<str>, ReadError> {
    let bytes = open(root, file.link.as_deref().unwrap_or(&file.path), options.max_file_bytes)?;
    Ok(decode(bytes)?.into())
}

fn open(root: &Utf8Path, path: &Utf8Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let full = root.join(path);
    // Opening a pipe blocks, so what it is must be known first; a link was resolved by the walk.
    let metadata = fs::symlink_metadata(&full).map_err(|error| failed(&error))?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile);
    }
    if metadata.len() > limit {
        return Err(ReadError::TooLarge(limit));
    }
    let bytes = first_bytes(&full, limit + 1, metadata.len()).map_err(|error| failed(&error))?;
    // It may have grown since.
    if bytes.len() as u64 > limit { Err(ReadError::TooLarge(limit)) } else { Ok(bytes) }
}

fn first_bytes(full: &Utf8Path, limit: u64, expected: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(limit)).unwrap_or_default());
    open_ordinary(full.as_std_path())?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens an ordinary file. What it is was asked before, but something else may stand in its place by now: a pipe is
/// not waited for, and a link not followed.
pub(super) fn open_ordinary(full: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;

        options.custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY).bits().cast_signed());
    }
    let file = options.open(full)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no longer an ordinary file")) }
}

fn failed(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => ReadError::Gone,
        kind => ReadError::Io(kind.to_string()),
    }
}

/// What the path and the first bytes of a file tell.
#[derive(Debug)]
pub(super) struct Examined {
    pub(super) kind: FileKind,
    pub(super) language: Option<Language>,
    pub(super) signals: Signals,
    pub(super) skipped: Option<SkipReason>,
}

/// Classifies a file, and looks at its beginning where its path does not decide everything.
pub(super) fn examine(root: &Utf8Path, found: &Found, options: &WalkOptions) -> Examined {
    let path = &found.path;
    let by_path = kind::of_path(path);
    let written = matches!(
        by_path,
        Some(
            FileKind::Code | FileKind::OtherCode | FileKind::Css | FileKind::Sql | FileKind::Html | FileKind::Migration
        )
    );
    let mut examined = Examined {
        kind: by_path.unwrap_or(FileKind::Text),
        language: kind::language(path, None),
        signals: Signals::default(),
        skipped: None,
    };
    if written || kind::is_open(path, by_path) {
        let target = root.join(found.link.as_deref().unwrap_or(path));
        match first_bytes(&target, HEAD_BYTES as u64, HEAD_BYTES as u64) {
            Ok(bytes) => {
                let head = Head::of(&bytes);
                examined.kind = kind::refine(path, by_path, &head);
                examined.language = kind::language(path, Some(&head));
                examined.signals = Signals {
                    generated: written && head.says_generated(),
                    // Nobody squeezes what is still to be compiled.
                    minified: matches!(path.extension(), Some("js" | "mjs" | "cjs" | "css")) && head.is_minified(),
                };
                if written && head.binary {
                    examined.kind = FileKind::Binary;
                }
                examined.skipped = head.foreign.then_some(SkipReason::Encoding);
            }
            Err(_) => examined.skipped = Some(SkipReason::Unreadable),
        }
    }
    if examined.kind == FileKind::Binary {
        examined.language = None;
    }
    let text = !matches!(examined.kind, FileKind::Binary | FileKind::Image);
    if !text {
        // What is named like code and holds none is told when it is so large that something must be wrong.
        examined.skipped = (written && found.size > options.max_file_bytes).then_some(SkipReason::TooLarge);
    } else if examined.skipped.is_none() && found.size > options.max_file_bytes {
        examined.skipped = Some(SkipReason::TooLarge);
    }
    examined
}
