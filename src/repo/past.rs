//! An earlier commit, and what has changed since: committed, staged, unstaged and untracked alike.
//!
//! Objects are read by a library; no process is started. See [`super::Git`] for the reasons.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use camino::{Utf8Path, Utf8PathBuf};
use gix::{ObjectId, Repository};

use super::{
    git,
    renames::{Blob, renames},
};
use crate::{
    model::nearest,
    text::{LineChange, line_changes},
};

/// Larger files are not compared line by line.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// How much of a repository's objects is kept in memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Why a revision cannot be compared with. Usually the fault of whoever named it, or of a clone that is too shallow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevisionError {
    #[error("`--since` needs a git repository, and the folder is in none")]
    NoRepository,
    #[error("the git repository cannot be read: {0}")]
    Unreadable(String),
    #[error("`{0}` is not one revision")]
    Malformed(String),
    #[error("the git repository has no revision `{revision}`")]
    Unknown { revision: String, nearest: Option<String>, shallow: bool },
    #[error("`{0}` is no commit")]
    NoCommit(String),
    #[error("there is no commit yet")]
    NoHead,
    #[error("`{revision}` and the checked out commit have no ancestor in common")]
    NoBase { revision: String, shallow: bool },
}

impl RevisionError {
    /// What to do.
    pub fn help(&self) -> String {
        const DEEPEN: &str = "this clone is shallow: fetch more of the history \
             (`fetch-depth: 0` for the checkout action, `GIT_DEPTH: 0` on GitLab, or `git fetch --deepen=100`)";
        match self {
            Self::NoRepository => "name a folder with a `.git`, or leave `--since` out".to_owned(),
            Self::Unreadable(_) => "see whether `git status` works there".to_owned(),
            Self::Malformed(_) => {
                "name a branch, a tag or a commit, like `origin/main`: what changed since HEAD left it counts"
                    .to_owned()
            }
            Self::Unknown { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::Unknown { shallow: true, .. } | Self::NoBase { shallow: true, .. } => DEEPEN.to_owned(),
            Self::Unknown { .. } => "`git branch --all` and `git tag` list what there is".to_owned(),
            Self::NoCommit(_) => "name a branch, a tag or a commit".to_owned(),
            Self::NoHead => "commit first, or leave `--since` out".to_owned(),
            Self::NoBase { .. } => "name a revision that the checked out commit comes from".to_owned(),
        }
    }
}

/// The commit with which the working tree is compared when the user says `revision`: the one where HEAD left it, so
/// that what others have done on a branch since is not taken for a change. `main...` says the same.
///
/// # Errors
///
/// See [`RevisionError`].
pub fn resolve(root: &Utf8Path, revision: &str) -> Result<String, RevisionError> {
    let resolved = catch_unwind(AssertUnwindSafe(|| base(root, revision)));
    resolved.unwrap_or_else(|_| Err(RevisionError::Unreadable("it is damaged".to_owned())))
}

fn base(root: &Utf8Path, revision: &str) -> Result<String, RevisionError> {
    let name = revision.strip_suffix("...HEAD").or_else(|| revision.strip_suffix("...")).unwrap_or(revision);
    if name.is_empty() || name.contains("..") {
        return Err(RevisionError::Malformed(revision.to_owned()));
    }
    let work_tree = git::work_tree(root).ok_or(RevisionError::NoRepository)?;
    let mut repository = git::open(work_tree).map_err(RevisionError::Unreadable)?;
    repository.object_cache_size_if_unset(CACHE_BYTES);
    let shallow = repository.is_shallow().unwrap_or(false);
    let Ok(id) = repository.rev_parse_single(name) else {
        let nearest = similar(&repository, name);
        return Err(RevisionError::Unknown { revision: name.to_owned(), nearest, shallow });
    };
    let no_commit = || RevisionError::NoCommit(name.to_owned());
    let commit = id.object().map_err(|_| no_commit())?.peel_to_commit().map_err(|_| no_commit())?;
    let head = repository.head_id().map_err(|_| RevisionError::NoHead)?;
    match repository.merge_base(commit.id, head.detach()) {
        Ok(Some(base)) => Ok(base.to_string()),
        _ => Err(RevisionError::NoBase { revision: name.to_owned(), shallow }),
    }
}

/// The branch or tag that was probably meant.
fn similar(repository: &Repository, name: &str) -> Option<String> {
    let references = repository.references().ok()?;
    let names: BTreeSet<String> =
        references.all().ok()?.filter_map(Result::ok).map(|one| one.name().shorten().to_string()).collect();
    let of_a_remote = names.iter().find(|known| known.ends_with(&format!("/{name}")));
    of_a_remote.cloned().or_else(|| nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
}

/// How a path differs from what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Not at all; a file that was only renamed counts here.
    None,
    /// It is new, gone, or cannot be compared.
    Whole,
    /// These lines; of a file that was renamed too, against what it was called before.
    Lines(Vec<LineChange>),
}

/// A commit to compare the files of the scanned folder with.
pub struct Past {
    repository: Repository,
    tree: ObjectId,
    root: Utf8PathBuf,
    /// The scanned folder, relative to the work tree.
    prefix: Utf8PathBuf,
    work_tree: PathBuf,
    /// The files that are there now, relative to the scanned folder.
    files: Vec<String>,
    /// For a path below the scanned folder what the file was before it was renamed; worked out when it is needed.
    renamed: Option<BTreeMap<String, Blob>>,
    seen: BTreeMap<String, Change>,
}

impl Past {
    /// Opens the repository that holds `root` at `commit`, in hexadecimal. `files` are those that are there now,
    /// relative to `root`.
    ///
    /// # Errors
    ///
    /// When there is no such commit; says why.
    pub fn open(root: &Utf8Path, commit: &str, files: Vec<String>) -> Result<Self, String> {
        let absolute = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
        let root = absolute.as_path();
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let work_tree = git::work_tree(root).ok_or("the folder is in no git repository")?;
            let mut repository = git::open(work_tree)?;
            repository.object_cache_size_if_unset(CACHE_BYTES);
            let id = ObjectId::from_hex(commit.as_bytes()).map_err(|_| format!("`{commit}` is no commit"))?;
            let found = repository.find_commit(id).map_err(|_| format!("there is no commit `{commit}`"))?;
            let tree = found.tree_id().map_err(|_| format!("the commit `{commit}` cannot be read"))?.detach();
            drop(found);
            let prefix = root.strip_prefix(work_tree).map(Utf8Path::to_owned).unwrap_or_default();
            let (root, work_tree) = (root.to_owned(), work_tree.to_owned());
            Ok(Self { repository, tree, root, prefix, work_tree, files, renamed: None, seen: BTreeMap::new() })
        }));
        opened.unwrap_or_else(|_| Err("the git repository is damaged".to_owned()))
    }

    /// How `path`, relative to the scanned folder, differs from what it was. What cannot be read counts as changed:
    /// better to show an old finding than to hide a new one.
    pub fn change(&mut self, path: &str) -> &Change {
        let known = self.seen.contains_key(path);
        if !known {
            let compared = catch_unwind(AssertUnwindSafe(|| self.compare(Utf8Path::new(path))));
            let change = compared.unwrap_or(Err(Unreadable)).unwrap_or(Change::Whole);
            self.seen.insert(path.to_owned(), change);
        }
        &self.seen[path]
    }

    fn compare(&mut self, path: &Utf8Path) -> Result<Change, Unreadable> {
        if path == "." || path.as_str().is_empty() {
            return Ok(Change::None);
        }
        let full = self.root.join(path);
        let before = self.lookup(path)?;
        let Ok(metadata) = fs::metadata(&full) else {
            // Something that should be there and is not: it has been removed, or what needs it is new.
            return Ok(if before.is_none() && self.had_parent(path)? { Change::None } else { Change::Whole });
        };
        if !metadata.is_file() {
            return Ok(if before.is_some() { Change::None } else { Change::Whole });
        }
        let before = match before {
            Some(before) => before,
            None => match self.renamed()?.get(path.as_str()) {
                Some(blob) => blob.id,
                None => return Ok(Change::Whole),
            },
        };
        let now = fs::read(&full).map_err(|_| Unreadable)?;
        if before == self.id_of(&now)? {
            return Ok(Change::None);
        }
        let before = self.repository.find_blob(before).map_err(|_| Unreadable)?;
        if now.len().max(before.data.len()) > MAX_BYTES {
            return Ok(Change::Whole);
        }
        let (before, now) = (String::from_utf8_lossy(&before.data), String::from_utf8_lossy(&now));
        Ok(Change::Lines(line_changes(&before, &now)))
    }

    /// Whether the folder of a file that is not there was there without it, under this name or another one.
    fn had_parent(&mut self, path: &Utf8Path) -> Result<bool, Unreadable> {
        let Some(parent) = path.parent().filter(|parent| !parent.as_str().is_empty()) else { return Ok(true) };
        if self.lookup(parent)?.is_some() {
            return Ok(true);
        }
        let name = path.file_name().unwrap_or_default();
        let mut olds = BTreeSet::new();
        for (new, old) in self.renamed()? {
            if Utf8Path::new(new).parent() == Some(parent) {
                olds.extend(Utf8Path::new(&old.path).parent().map(|folder| folder.join(name)));
            }
        }
        // Its files came from one folder: then that one was renamed.
        let mut olds = olds.into_iter();
        match (olds.next(), olds.next()) {
            (Some(old), None) => Ok(self.lookup_from_top(&old)?.is_none()),
            _ => Ok(false),
        }
    }

    fn id_of(&self, content: &[u8]) -> Result<ObjectId, Unreadable> {
        let kind = self.repository.object_hash();
        gix::objs::compute_hash(kind, gix::objs::Kind::Blob, content).map_err(|_| Unreadable)
    }

    /// What `path` was, if it was there.
    fn lookup(&self, path: &Utf8Path) -> Result<Option<ObjectId>, Unreadable> {
        self.lookup_from_top(&self.prefix.join(path))
    }

    /// The same for a path relative to the work tree.
    fn lookup_from_top(&self, path: &Utf8Path) -> Result<Option<ObjectId>, Unreadable> {
        let entry = self.tree()?.lookup_entry_by_path(path.as_std_path()).map_err(|_| Unreadable)?;
        Ok(entry.map(|entry| entry.object_id()))
    }

    fn tree(&self) -> Result<gix::Tree<'_>, Unreadable> {
        self.repository.find_tree(self.tree).map_err(|_| Unreadable)
    }

    /// The files that were renamed, with what they were; old paths are relative to the work tree.
    fn renamed(&mut self) -> Result<&BTreeMap<String, Blob>, Unreadable> {
        if self.renamed.is_none() {
            self.renamed = Some(self.find_renamed()?);
        }
        self.renamed.as_ref().ok_or(Unreadable)
    }

    fn find_renamed(&self) -> Result<BTreeMap<String, Blob>, Unreadable> {
        let files = self.tree()?.traverse().breadthfirst.files().map_err(|_| Unreadable)?;
        let gone: Vec<Blob> = files
            .into_iter()
            .filter(|file| file.mode.is_blob())
            .filter_map(|file| {
                let path = std::str::from_utf8(&file.filepath).ok()?;
                let is_gone = fs::symlink_metadata(self.work_tree.join(path)).is_err();
                is_gone.then(|| Blob { path: path.to_owned(), id: file.oid })
            })
            .collect();
        if gone.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut new = Vec::new();
        for path in &self.files {
            if self.lookup(Utf8Path::new(path))?.is_some() {
                continue;
            }
            if let Some(content) = self.now(path) {
                new.push(Blob { path: path.clone(), id: self.id_of(&content)? });
            }
        }
        let before = |blob: &Blob| self.repository.find_blob(blob.id).ok().map(|blob| blob.data.clone());
        let found = renames((&gone, &before), (&new, &|blob: &Blob| self.now(&blob.path)));
        Ok(found.into_iter().map(|(index, old)| (new[index].path.clone(), gone[old].clone())).collect())
    }

    /// The content of an ordinary file that is not too large.
    fn now(&self, path: &str) -> Option<Vec<u8>> {
        let full = self.root.join(path);
        let metadata = fs::symlink_metadata(&full).ok()?;
        let fits = metadata.is_file() && usize::try_from(metadata.len()).is_ok_and(|bytes| bytes <= MAX_BYTES);
        fits.then(|| fs::read(&full).ok()).flatten()
    }
}

/// An object or a file that cannot be read.
struct Unreadable;
