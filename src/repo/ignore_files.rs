//! What the ignore files of a repository leave out.
//!
//! They are read here and not by the walker, which opens whatever bears their name: a pipe would block it for ever, a
//! device or a sparse file would fill the memory, and a link would let it read what lies outside of the repository.

use std::{
    fs,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{
    file::open_ordinary,
    skip::SkipReason,
    walk::{IGNORE_FILE, is_version_control},
};

/// Compiled patterns take some four hundred times the room of their text, so this bounds all that are in use at once.
const MAX_BYTES: usize = 1 << 18;
/// Nobody writes a longer pattern, and its expression would be as long.
const MAX_LINE: usize = 4096;

/// The patterns of a `.gitignore` that lies in `folder`; `None` when there are too many to be compiled.
pub(super) fn patterns(folder: &Path, text: &str) -> Option<Gitignore> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines().filter(|line| line.len() <= MAX_LINE) {
        // A line that is no pattern ignores nothing, as in git.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok()
}

/// Which ignore files count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heed {
    /// [`IGNORE_FILE`] alone.
    Team,
    /// Git's as well.
    TeamAndGit,
}

/// The ignore files of the folders around the path that was asked for last.
#[derive(Debug)]
pub(super) struct IgnoreFiles {
    /// Where the chain of folders begins: at the work tree of git, or at the root itself.
    top: PathBuf,
    /// Nothing outside of this folder is read.
    bounds: PathBuf,
    heed: Heed,
    /// One for each folder from `top` down.
    chain: Vec<Rules>,
    unread: Vec<(PathBuf, SkipReason)>,
}

#[derive(Debug)]
struct Rules {
    folder: PathBuf,
    team: Option<Gitignore>,
    git: Option<Gitignore>,
    exclude: Option<Gitignore>,
    /// A repository begins here: git's files above it say nothing about what lies inside.
    repository: bool,
    bytes: usize,
}

impl IgnoreFiles {
    /// For paths below `top`, which is absolute and canonical.
    pub(super) fn new(top: &Path, heed: Heed) -> Self {
        Self { top: top.to_owned(), bounds: top.to_owned(), heed, chain: Vec::new(), unread: Vec::new() }
    }

    /// Whether `path`, whose folders are not ignored themselves, is.
    pub(super) fn ignored(&mut self, path: &Path, is_folder: bool) -> bool {
        let Some(folder) = path.parent().filter(|folder| folder.starts_with(&self.top)) else { return false };
        self.enter(folder);
        let (mut team, mut git, mut exclude) = (Match::None, Match::None, Match::None);
        let mut beyond = false;
        for rules in self.chain.iter().rev() {
            team = team.or(asked(rules.team.as_ref(), path, is_folder));
            if !beyond {
                git = git.or(asked(rules.git.as_ref(), path, is_folder));
                exclude = exclude.or(asked(rules.exclude.as_ref(), path, is_folder));
            }
            beyond |= rules.repository;
        }
        team.or(git).or(exclude).is_ignore()
    }

    /// The ignore files that could not be heeded so far.
    pub(super) fn take_unread(&mut self) -> Vec<(PathBuf, SkipReason)> {
        std::mem::take(&mut self.unread)
    }

    /// Makes the chain end in `folder`, which lies at or below the top.
    fn enter(&mut self, folder: &Path) {
        while self.chain.last().is_some_and(|rules| !folder.starts_with(&rules.folder)) {
            self.chain.pop();
        }
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|above| above.starts_with(&self.top))
            .take_while(|above| self.chain.last().is_none_or(|rules| rules.folder != **above))
            .collect();
        for folder in missing.into_iter().rev() {
            let rules = self.load(folder);
            self.chain.push(rules);
        }
    }

    fn load(&mut self, folder: &Path) -> Rules {
        let mut rules =
            Rules { folder: folder.to_owned(), team: None, git: None, exclude: None, repository: false, bytes: 0 };
        rules.team = self.read(folder, &folder.join(IGNORE_FILE), &mut rules.bytes);
        if self.heed == Heed::TeamAndGit {
            rules.repository = folder.join(".git").exists();
            rules.git = self.read(folder, &folder.join(".gitignore"), &mut rules.bytes);
            if rules.repository {
                rules.exclude = self.read(folder, &folder.join(".git/info/exclude"), &mut rules.bytes);
            }
        }
        rules
    }

    /// The patterns of `file`, which hold below `folder`; adds what was read to `bytes`.
    fn read(&mut self, folder: &Path, file: &Path, bytes: &mut usize) -> Option<Gitignore> {
        let used: usize = self.chain.iter().map(|rules| rules.bytes).sum::<usize>() + *bytes;
        match text(file, &self.bounds, MAX_BYTES.saturating_sub(used)) {
            Ok(Some(text)) => {
                *bytes += text.len();
                patterns(folder, &text)
            }
            Ok(None) => None,
            Err(reason) => {
                self.unread.push((file.to_owned(), reason));
                None
            }
        }
    }
}

fn asked(patterns: Option<&Gitignore>, path: &Path, is_folder: bool) -> Match<()> {
    patterns.map_or(Match::None, |patterns| patterns.matched(path, is_folder).map(|_| ()))
}

/// The text of a small ordinary file inside `bounds`, or of one that a link inside `bounds` names.
fn text(file: &Path, bounds: &Path, room: usize) -> Result<Option<String>, SkipReason> {
    let metadata = match fs::symlink_metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(_) => return Err(SkipReason::Unreadable),
    };
    let (real, metadata) = if metadata.is_symlink() {
        let real = fs::canonicalize(file).map_err(|_| SkipReason::BrokenLink)?;
        let inside = real.strip_prefix(bounds).map_err(|_| SkipReason::LinkOutside)?;
        if inside.components().any(|part| is_version_control(part.as_ref())) {
            return Err(SkipReason::LinkOutside);
        }
        let metadata = fs::symlink_metadata(&real).map_err(|_| SkipReason::BrokenLink)?;
        (real, metadata)
    } else {
        (file.to_owned(), metadata)
    };
    // A folder of that name is walked like any other.
    if metadata.is_dir() {
        return Ok(None);
    }
    if !metadata.is_file() {
        return Err(SkipReason::SpecialFile);
    }
    if metadata.len() > room as u64 {
        return Err(SkipReason::TooLarge);
    }
    let mut bytes = Vec::new();
    let opened = open_ordinary(&real).map_err(|_| SkipReason::Unreadable)?;
    opened.take(room as u64).read_to_end(&mut bytes).map_err(|_| SkipReason::Unreadable)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
