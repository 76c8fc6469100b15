//! Path patterns as a configuration writes them, matched against paths relative to the scanned root.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A list of patterns; a path matches when any of them does.
///
/// `*` stays within a folder, `**` crosses folders. A pattern without a slash is looked for at any depth, and a
/// pattern that names a folder covers what lies in it.
#[derive(Debug, Clone, Default)]
pub struct PathGlobs {
    patterns: Vec<String>,
    set: GlobSet,
    /// Where the scanned root lies below the folder that the patterns are written for; empty or ends with `/`.
    prefix: String,
}

/// A pattern that cannot be read. Always the fault of whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a path pattern: {reason}")]
pub struct GlobError {
    pub pattern: String,
    pub reason: String,
}

impl PathGlobs {
    pub fn new<S: AsRef<str>>(patterns: &[S]) -> Result<Self, GlobError> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            for variant in variants(pattern.as_ref())? {
                let glob = GlobBuilder::new(&variant).literal_separator(true).build();
                set.add(glob.map_err(|error| wrong(pattern.as_ref(), &error.kind().to_string()))?);
            }
        }
        Ok(Self {
            patterns: patterns.iter().map(|pattern| pattern.as_ref().to_owned()).collect(),
            set: set.build().map_err(|error| wrong(error.glob().unwrap_or_default(), &error.kind().to_string()))?,
            prefix: String::new(),
        })
    }

    /// The patterns are written for a folder in which the scanned root is `folder` (`services/api`).
    #[must_use]
    pub fn seen_from(mut self, folder: &str) -> Self {
        self.prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self
    }

    /// Whether `path`, relative to the scanned root, matches.
    pub fn matches(&self, path: &str) -> bool {
        if self.prefix.is_empty() {
            self.set.is_match(path)
        } else {
            self.set.is_match(format!("{}{path}", self.prefix))
        }
    }

    /// The patterns as they were written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

impl PartialEq for PathGlobs {
    fn eq(&self, other: &Self) -> bool {
        (&self.patterns, &self.prefix) == (&other.patterns, &other.prefix)
    }
}

impl Eq for PathGlobs {}

/// What a pattern stands for: itself, and everything in the folder that it may name.
fn variants(pattern: &str) -> Result<Vec<String>, GlobError> {
    let plain = pattern.strip_prefix("./").unwrap_or(pattern);
    let rooted = plain.strip_prefix('/');
    let folder = rooted.unwrap_or(plain).trim_end_matches('/');
    if folder.is_empty() {
        return Err(wrong(pattern, "it is empty"));
    }
    if folder.split('/').any(|part| part == "..") {
        return Err(wrong(pattern, "it leads out of the repository"));
    }
    if pattern.contains('\\') {
        return Err(wrong(pattern, "folders are separated by `/`"));
    }
    if folder == "." {
        return Ok(vec!["**".to_owned()]);
    }
    let anywhere = if folder.contains('/') || rooted.is_some() { folder.to_owned() } else { format!("**/{folder}") };
    let inside = format!("{anywhere}/**");
    Ok(if plain.ends_with('/') { vec![inside] } else { vec![anywhere, inside] })
}

fn wrong(pattern: &str, reason: &str) -> GlobError {
    GlobError { pattern: pattern.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        PathGlobs::new(&[pattern]).unwrap().matches(path)
    }

    #[test]
    fn a_pattern_without_a_slash_is_found_at_any_depth() {
        assert!(matches("*.test.ts", "a/b/c.test.ts"));
        assert!(matches("scripts", "tools/scripts/run.ts"));
        assert!(!matches("/scripts", "tools/scripts/run.ts"));
        assert!(matches("/scripts", "scripts/run.ts"));
    }

    #[test]
    fn a_pattern_with_a_slash_begins_at_the_root() {
        assert!(matches("src/*.ts", "src/a.ts"));
        assert!(!matches("src/*.ts", "src/a/b.ts"));
        assert!(!matches("src/*.ts", "packages/src/a.ts"));
        assert!(matches("src/**/*.ts", "src/a/b.ts"));
        assert!(matches("**/legacy/**", "a/legacy/b.ts"));
    }

    #[test]
    fn a_folder_covers_what_lies_in_it() {
        assert!(matches("legacy/", "legacy/a/b.ts"));
        assert!(!matches("legacy/", "legacy"));
        assert!(matches("./src/legacy", "src/legacy/a.ts"));
        assert!(matches(".", "anything/at/all"));
    }

    #[test]
    fn patterns_may_be_written_for_a_folder_above_the_root() {
        let globs = PathGlobs::new(&["services/api/src/*.ts"]).unwrap().seen_from("services/api");
        assert!(globs.matches("src/a.ts"));
        assert!(!globs.matches("services/api/src/a.ts"));
    }

    #[test]
    fn senseless_patterns_are_refused() {
        for pattern in ["", "/", "a/../b", "a\\b", "a[", "{a"] {
            assert!(PathGlobs::new(&[pattern]).is_err(), "{pattern}");
        }
    }
}
