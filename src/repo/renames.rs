//! Files that were renamed: which of those that are gone a new one continues, as git decides it.
//!
//! Same content goes first, then what is similar: the bytes of the lines that both have are at least half of the
//! larger one. Each file that is gone is continued by one file at most; another copy of it is new.

use std::{collections::BTreeMap, hash::Hasher};

use gix::ObjectId;
use rustc_hash::FxHasher;

/// A file at its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blob {
    pub(super) path: String,
    pub(super) id: ObjectId,
}

/// What reads the content of a file; `None` for one that cannot be read.
pub(super) type Reader<'r> = &'r dyn Fn(&Blob) -> Option<Vec<u8>>;

/// The similarity that makes a rename, and that of same content.
const LEAST: u64 = 30_000;
const SAME: u64 = 60_000;

/// More files on one side, more pairs of them, or more bytes in one file are not compared: what they are called now
/// counts as new.
const MOST_FILES: usize = 5_000;
const MOST_PAIRS: usize = 1_000_000;
const MOST_BYTES: usize = 1024 * 1024;

/// For the index of a file of `new` the index of the one of `gone` that it continues.
pub(super) fn renames(gone: (&[Blob], Reader<'_>), new: (&[Blob], Reader<'_>)) -> BTreeMap<usize, usize> {
    let mut found = Found { of: BTreeMap::new(), gone: vec![false; gone.0.len()] };
    found.same(gone.0, new.0);
    found.similar(gone, new);
    found.of
}

struct Found {
    of: BTreeMap<usize, usize>,
    /// Which files that are gone are continued.
    gone: Vec<bool>,
}

impl Found {
    fn pair(&mut self, new: usize, gone: usize) {
        if !self.gone[gone] && !self.of.contains_key(&new) {
            self.gone[gone] = true;
            self.of.insert(new, gone);
        }
    }

    /// Pairs of same content, those that kept their file name first.
    fn same(&mut self, gone: &[Blob], new: &[Blob]) {
        let mut by_id: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
        for (index, blob) in gone.iter().enumerate().filter(|(_, blob)| !blob.id.is_empty_blob()) {
            by_id.entry(blob.id).or_default().push(index);
        }
        for named in [true, false] {
            for (index, blob) in
                new.iter().enumerate().filter(|(index, _)| !self.of.contains_key(index)).collect::<Vec<_>>()
            {
                let candidates = by_id.get(&blob.id).map(Vec::as_slice).unwrap_or_default();
                let fits = |&&old: &&usize| !self.gone[old] && (!named || name(&gone[old].path) == name(&blob.path));
                if let Some(&old) = candidates.iter().find(fits) {
                    self.pair(index, old);
                }
            }
        }
    }

    /// Pairs of similar content, the most similar first.
    fn similar(&mut self, gone: (&[Blob], Reader<'_>), new: (&[Blob], Reader<'_>)) {
        let left: Vec<usize> = (0..gone.0.len()).filter(|&index| !self.gone[index]).collect();
        let open: Vec<usize> = (0..new.0.len()).filter(|index| !self.of.contains_key(index)).collect();
        let most = left.len().max(open.len());
        if most > MOST_FILES || left.len().saturating_mul(open.len()) > MOST_PAIRS || left.is_empty() {
            return;
        }
        let lines = |indices: &[usize], (blobs, read): (&[Blob], Reader<'_>)| -> Vec<(usize, Lines)> {
            let read = indices.iter().filter_map(|&index| Some((index, Lines::of(&read(&blobs[index])?)?)));
            read.collect()
        };
        let new_lines = lines(&open, new);
        if new_lines.is_empty() {
            return;
        }
        let gone_lines = lines(&left, gone);
        let mut pairs = Vec::new();
        for (index, text) in &new_lines {
            for (old, before) in &gone_lines {
                let score = before.similarity(text);
                if score >= LEAST {
                    let other_name = name(&gone.0[*old].path) != name(&new.0[*index].path);
                    pairs.push((SAME - score, other_name, *index, *old));
                }
            }
        }
        pairs.sort_unstable();
        for (_, _, index, old) in pairs {
            self.pair(index, old);
        }
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The lines of a text, without their order.
struct Lines {
    /// A hash of each line, sorted, and how many bytes it has.
    all: Vec<(u64, u32)>,
    bytes: u64,
}

impl Lines {
    /// `None` for what is empty or too large.
    fn of(content: &[u8]) -> Option<Self> {
        if content.is_empty() || content.len() > MOST_BYTES {
            return None;
        }
        let mut all: Vec<(u64, u32)> = content.split_inclusive(|&byte| byte == b'\n').map(line).collect();
        all.sort_unstable();
        let bytes = all.iter().map(|(_, bytes)| u64::from(*bytes)).sum();
        Some(Self { all, bytes })
    }

    /// From 0 to [`SAME`].
    fn similarity(&self, other: &Self) -> u64 {
        let (small, large) = (self.bytes.min(other.bytes), self.bytes.max(other.bytes));
        if small * SAME < large * LEAST {
            return 0;
        }
        let (mut one, mut two) = (self.all.iter().peekable(), other.all.iter().peekable());
        let mut common = 0;
        while let (Some(a), Some(b)) = (one.peek(), two.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => drop(one.next()),
                std::cmp::Ordering::Greater => drop(two.next()),
                std::cmp::Ordering::Equal => {
                    common += u64::from(a.1);
                    one.next();
                    two.next();
                }
            }
        }
        common * SAME / large
    }
}

/// Hash and length of a line; how it ends does not matter.
fn line(line: &[u8]) -> (u64, u32) {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let mut hasher = FxHasher::default();
    hasher.write(text);
    // The end counts, so that empty lines weigh something.
    (hasher.finish(), u32::try_from(text.len() + 1).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs(files: &[(&str, &str)]) -> Vec<Blob> {
        let id = |text: &str| gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, text.as_bytes());
        files.iter().map(|(path, text)| Blob { path: (*path).to_owned(), id: id(text).unwrap() }).collect()
    }

    /// The new paths with the old ones that they continue.
    fn between(gone: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<(String, String)> {
        fn reader<'f>(files: &'f [(&str, &str)]) -> impl Fn(&Blob) -> Option<Vec<u8>> + 'f {
            |blob| files.iter().find(|(path, _)| *path == blob.path).map(|(_, text)| text.as_bytes().to_vec())
        }
        let (before, now) = (blobs(gone), blobs(new));
        let found = renames((&before, &reader(gone)), (&now, &reader(new)));
        found.into_iter().map(|(new, old)| (now[new].path.clone(), before[old].path.clone())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(new, old)| ((*new).to_owned(), (*old).to_owned())).collect()
    }

    #[test]
    fn same_content_goes_first_and_keeps_its_name() {
        let gone = [("a/x.js", "one\n"), ("a/y.js", "one\n"), ("a/z.js", "two\n")];
        let new = [("b/y.js", "one\n"), ("b/w.js", "one\n"), ("c/x.js", "two\n"), ("c/more.js", "two\n")];
        assert_eq!(between(&gone, &new), pairs(&[("b/y.js", "a/y.js"), ("b/w.js", "a/x.js"), ("c/x.js", "a/z.js")]));
    }

    #[test]
    fn half_of_the_larger_one_is_enough() {
        let gone = [("a.js", "1111\n2222\n3333\n4444\n")];
        assert_eq!(between(&gone, &[("b.js", "1111\n2222\nxxxx\nyyyy\n")]), pairs(&[("b.js", "a.js")]));
        assert_eq!(between(&gone, &[("b.js", "4444\r\n3333\r\n")]), pairs(&[("b.js", "a.js")]));
        assert_eq!(between(&gone, &[("b.js", "1111\n2222\nxxxx\nyyyyy\n")]), []);
        assert_eq!(between(&gone, &[("b.js", "1111\n2222\n3333\n4444\nvvvv\nwwww\nxxxx\nyyyy\nzzzz\n")]), []);
        assert_eq!(between(&gone, &[("b.js", "")]), []);
        assert_eq!(between(&[("a.js", "")], &[("b.js", "")]), [], "nothing continues nothing");
    }

    #[test]
    fn the_most_similar_one_is_continued_once() {
        let gone = [("a.js", "1\n2\n3\n4\n"), ("b.js", "1\n2\n3\n9\n")];
        let new = [("c.js", "1\n2\n3\n5\n"), ("d.js", "1\n2\n3\n9\n8\n")];
        assert_eq!(between(&gone, &new), pairs(&[("c.js", "a.js"), ("d.js", "b.js")]));
        let copies = [("c.js", "1\n2\n3\n5\n"), ("e.js", "1\n2\n3\n6\n")];
        assert_eq!(between(&gone[..1], &copies), pairs(&[("c.js", "a.js")]));
    }
}
