//! Who wrote a line, and when, as far as the history of the checked out branch tells.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use camino::{Utf8Path, Utf8PathBuf};
use gix::{ObjectId, Repository};

use super::{
    git,
    renames::{Blob, renames},
};

/// Commits that are looked at; older lines have no known author.
const MOST_COMMITS: usize = 5_000;

/// How much of a repository's objects is kept in memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Files that one commit takes away; where it is more, nothing is taken for renamed.
const MOST_GONE: usize = 5_000;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// A line to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Relative to the scanned folder.
    pub path: String,
    /// The line; how far it is indented does not matter.
    pub text: String,
}

/// The commit that brought a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduced {
    pub author: String,
    /// The day of the commit, in days after 1970-01-01.
    pub day: i64,
}

/// For each line the commit that brought it to its file, along the first parents from the checked out commit; a file
/// that a commit renamed is followed to its old path. `None`
/// where the history does not tell: no repository, a line that is not committed, a clone that ends before.
pub fn introduced(root: &Utf8Path, lines: &[Written]) -> Vec<Option<Introduced>> {
    let walked = catch_unwind(AssertUnwindSafe(|| walk(root, lines)));
    walked.ok().flatten().unwrap_or_else(|| vec![None; lines.len()])
}

/// What is known of one line so far.
struct Trace<'l> {
    line: &'l Written,
    /// What the file is called so far back, relative to the work tree.
    path: Utf8PathBuf,
    /// The oldest commit so far that has it.
    since: Option<ObjectId>,
    /// The content of the file there.
    blob: Option<ObjectId>,
    settled: bool,
}

fn walk(root: &Utf8Path, lines: &[Written]) -> Option<Vec<Option<Introduced>>> {
    let work_tree = git::work_tree(root)?;
    let mut repository = git::open(work_tree).ok()?;
    repository.object_cache_size_if_unset(CACHE_BYTES);
    let prefix = root.strip_prefix(work_tree).unwrap_or(Utf8Path::new(""));
    let mut traces: Vec<Trace<'_>> = lines.iter().map(|line| Trace::new(line, prefix.join(&line.path))).collect();
    let mut after = None;
    let mut next = Some(repository.head_id().ok()?.detach());
    let mut reached_the_beginning = false;
    for _ in 0..MOST_COMMITS {
        let Some(id) = next else {
            reached_the_beginning = true;
            break;
        };
        if traces.iter().all(|trace| trace.settled) {
            break;
        }
        // A shallow clone names parents that it does not have.
        let Ok(commit) = repository.find_commit(id) else { break };
        let tree = commit.tree().ok()?;
        if let Some(after) = after.replace(tree.id) {
            follow(&mut traces, &repository, &tree, after);
        }
        for trace in traces.iter_mut().filter(|trace| !trace.settled) {
            trace.look(&repository, &tree, id);
        }
        next = commit.parent_ids().next().map(gix::Id::detach);
    }
    let told = traces.iter().map(|trace| {
        let id = trace.since.filter(|_| trace.settled || reached_the_beginning)?;
        let commit = repository.find_commit(id).ok()?;
        let author = commit.author().ok()?.name.to_string();
        Some(Introduced { author, day: commit.time().ok()?.seconds.div_euclid(SECONDS_OF_A_DAY) })
    });
    Some(told.collect())
}

/// Gives the files that came with the commit of the tree `after` the names that they had in `tree`, the one before.
fn follow(traces: &mut [Trace<'_>], repository: &Repository, tree: &gix::Tree<'_>, after: ObjectId) {
    let mut new: Vec<Blob> = Vec::new();
    for trace in traces.iter().filter(|trace| !trace.settled) {
        let came = trace.blob.filter(|_| at(tree, &trace.path).is_none());
        if let Some(id) = came.filter(|_| !new.iter().any(|blob| trace.path == blob.path)) {
            new.push(Blob { path: trace.path.to_string(), id });
        }
    }
    if new.is_empty() {
        return;
    }
    let mut gone = Vec::new();
    if removed(repository, (tree.id, Some(after)), "", &mut gone).is_none() {
        return;
    }
    let read = |blob: &Blob| repository.find_blob(blob.id).ok().map(|blob| blob.data.clone());
    let found: BTreeMap<String, Utf8PathBuf> = renames((&gone, &read), (&new, &read))
        .into_iter()
        .map(|(index, old)| (new[index].path.clone(), Utf8PathBuf::from(&gone[old].path)))
        .collect();
    for trace in traces.iter_mut().filter(|trace| !trace.settled) {
        if let Some(old) = found.get(trace.path.as_str()) {
            trace.path.clone_from(old);
        }
    }
}

/// Collects the files of the tree `before` that `after` does not have; `None` when they are too many, or a tree cannot
/// be read.
fn removed(
    repository: &Repository,
    (before, after): (ObjectId, Option<ObjectId>),
    folder: &str,
    gone: &mut Vec<Blob>,
) -> Option<()> {
    if Some(before) == after {
        return Some(());
    }
    let kept = match after {
        Some(after) => entries(&repository.find_tree(after).ok()?)?,
        None => BTreeMap::new(),
    };
    for (name, (id, mode)) in entries(&repository.find_tree(before).ok()?)? {
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let now = kept.get(&name);
        if mode.is_tree() {
            let now = now.filter(|(_, mode)| mode.is_tree()).map(|(id, _)| *id);
            removed(repository, (id, now), &path, gone)?;
        } else if mode.is_blob() && now.is_none() {
            gone.push(Blob { path, id });
            if gone.len() > MOST_GONE {
                return None;
            }
        }
    }
    Some(())
}

/// The entries of one tree by their names; a name that is no text is left out.
fn entries(tree: &gix::Tree<'_>) -> Option<BTreeMap<String, (ObjectId, gix::objs::tree::EntryMode)>> {
    let mut all = BTreeMap::new();
    for entry in tree.iter() {
        let entry = entry.ok()?;
        if let Ok(name) = std::str::from_utf8(entry.filename()) {
            all.insert(name.to_owned(), (entry.object_id(), entry.mode()));
        }
    }
    Some(all)
}

fn at(tree: &gix::Tree<'_>, path: &Utf8Path) -> Option<ObjectId> {
    tree.lookup_entry_by_path(path.as_std_path()).ok().flatten().map(|entry| entry.object_id())
}

impl<'l> Trace<'l> {
    fn new(line: &'l Written, path: Utf8PathBuf) -> Self {
        Self { line, path, since: None, blob: None, settled: false }
    }

    /// Notes whether the line is there in a commit.
    fn look(&mut self, repository: &Repository, tree: &gix::Tree<'_>, id: ObjectId) {
        let blob = at(tree, &self.path);
        let same = self.since.is_some() && blob == self.blob;
        if same || blob.is_some_and(|blob| self.holds(repository, blob)) {
            (self.since, self.blob) = (Some(id), blob);
        } else {
            self.settled = true;
        }
    }

    fn holds(&self, repository: &Repository, blob: ObjectId) -> bool {
        let Ok(blob) = repository.find_blob(blob) else { return false };
        let wanted = self.line.text.trim();
        String::from_utf8_lossy(&blob.data).lines().any(|line| line.trim() == wanted)
    }
}
