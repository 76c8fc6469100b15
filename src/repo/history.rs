//! Who wrote a line, and when, as far as the history of the checked out branch tells.

use std::panic::{AssertUnwindSafe, catch_unwind};

use camino::Utf8Path;
use gix::{ObjectId, Repository};

use super::git;

/// Commits that are looked at; older lines have no known author.
const MOST_COMMITS: usize = 5_000;

/// How much of a repository's objects is kept in memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

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

/// For each line the commit that brought it to its file, along the first parents from the checked out commit. `None`
/// where the history does not tell: no repository, a line that is not committed, a clone that ends before.
pub fn introduced(root: &Utf8Path, lines: &[Written]) -> Vec<Option<Introduced>> {
    let walked = catch_unwind(AssertUnwindSafe(|| walk(root, lines)));
    walked.ok().flatten().unwrap_or_else(|| vec![None; lines.len()])
}

/// What is known of one line so far.
struct Trace<'l> {
    line: &'l Written,
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
    let mut traces: Vec<Trace<'_>> =
        lines.iter().map(|line| Trace { line, since: None, blob: None, settled: false }).collect();
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
        for trace in traces.iter_mut().filter(|trace| !trace.settled) {
            trace.look(&repository, &tree, prefix, id);
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

impl Trace<'_> {
    /// Notes whether the line is there in a commit.
    fn look(&mut self, repository: &Repository, tree: &gix::Tree<'_>, prefix: &Utf8Path, id: ObjectId) {
        let path = prefix.join(&self.line.path);
        let entry = tree.lookup_entry_by_path(path.as_std_path()).ok().flatten();
        let blob = entry.map(|entry| entry.object_id());
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
