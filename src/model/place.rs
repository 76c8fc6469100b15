//! Where something is: a byte range in a file, a whole file, or a path that should exist and does not.

use camino::Utf8PathBuf;
use serde::Serialize;

/// A half-open byte range `start..end` into one file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; files beyond 4 GiB are never read, so offsets fit.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn contains(self, inner: Self) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }

    /// The same range moved right by `offset` bytes, for text that is embedded in a larger file.
    #[must_use]
    pub fn shifted(self, offset: u32) -> Self {
        Self { start: self.start + offset, end: self.end + offset }
    }
}

/// Index of a file in `repo::Repo`; files are sorted by path, so ids order as paths do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(pub u32);

/// Index of a component in `repo::Repo`; 0 is the repository itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ComponentId(pub u32);

impl ComponentId {
    /// The outermost component: the repository.
    pub const ROOT: Self = Self(0);
}

/// A place that a reader can open, or the place where something is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A byte range in a file.
    At(FileId, Span),
    /// A file as a whole.
    File(FileId),
    /// Where a thing should be: a file or folder relative to the root, `.` for the root itself.
    Missing(Utf8PathBuf),
}

impl Place {
    pub fn file(&self) -> Option<FileId> {
        match self {
            Self::At(file, _) | Self::File(file) => Some(*file),
            Self::Missing(_) => None,
        }
    }
}
