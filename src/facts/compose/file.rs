//! The services of Compose files, each file read on its own: a service of an override file stands beside the one
//! that it overrides.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    doc::{Doc, Node},
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo},
};

/// The services of one file that are looked at: people write a hundred at most, and rules compare each with each.
pub const MAX_SERVICES: usize = 500;

/// One service of one Compose file.
#[derive(Debug, Clone, PartialEq)]
pub struct ComposeService<'r> {
    pub file: &'r File,
    pub name: &'r str,
    /// The service's key.
    pub key: Span,
    pub node: &'r Node,
    pub image: Option<&'r Node>,
    pub build: Option<Build>,
}

/// What a service builds, as paths from the repository's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    pub context: Utf8PathBuf,
    pub dockerfile: Utf8PathBuf,
    pub target: Option<String>,
}

impl ComposeService<'_> {
    pub fn place(&self) -> Place {
        Place::At(self.file.id, self.key)
    }

    /// The place of one of its keys.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        Some(Place::At(self.file.id, self.node.entry(key)?.key_span))
    }

    /// Whether a health check is configured and not switched off.
    pub fn healthcheck(&self) -> Option<Place> {
        let check = self.node.get("healthcheck")?;
        let disabled = check.get("disable").and_then(Node::as_bool) == Some(true);
        let none = check.get("test").is_some_and(|test| {
            let first = test.items().first().unwrap_or(test);
            first.as_str().is_some_and(|word| word.eq_ignore_ascii_case("none"))
        });
        (!disabled && !none).then(|| self.place_of("healthcheck")).flatten()
    }
}

/// The services of every Compose file that is not a test's or an example's, in order of path and position.
pub fn services(repo: &Repo) -> Vec<ComposeService<'_>> {
    repo.files()
        .iter()
        .filter(|file| file.kind == FileKind::Compose && file.role.is_operational())
        .flat_map(|file| services_of(repo, file))
        .collect()
}

/// Whether a file has more services than are looked at.
pub fn is_cut(doc: &Doc) -> bool {
    let services = doc.root().and_then(|root| root.get("services"));
    services
        .is_some_and(|services| services.entries().iter().filter(|entry| entry.value.is_map()).count() > MAX_SERVICES)
}

fn services_of<'r>(repo: &'r Repo, file: &'r File) -> Vec<ComposeService<'r>> {
    let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { return Vec::new() };
    let Some(services) = root.get("services") else { return Vec::new() };
    let folder = file.path.parent().unwrap_or(Utf8Path::new(""));
    services
        .entries()
        .iter()
        .filter(|entry| entry.value.is_map())
        .take(MAX_SERVICES)
        .map(|entry| ComposeService {
            file,
            name: &entry.key,
            key: entry.key_span,
            node: &entry.value,
            image: entry.value.get("image"),
            build: entry.value.get("build").and_then(|build| build_of(build, folder)),
        })
        .collect()
}

pub(super) fn build_of(build: &Node, folder: &Utf8Path) -> Option<Build> {
    let context = match build.as_str() {
        Some(context) => context,
        None => build.get("context").and_then(Node::as_str).unwrap_or("."),
    };
    if context.contains("://") || context.starts_with("git@") {
        return None;
    }
    let context = normalised(&folder.join(context));
    let dockerfile = build.get("dockerfile").and_then(Node::as_str).unwrap_or("Dockerfile");
    Some(Build {
        dockerfile: normalised(&context.join(dockerfile)),
        target: build.get("target").and_then(Node::as_str).map(str::to_owned),
        context,
    })
}

/// A path without `.` and `..` parts; parts that lead out of the root are dropped.
pub fn normalised(path: &Utf8Path) -> Utf8PathBuf {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.as_str().split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Utf8PathBuf::from(parts.join("/"))
}

/// `path` as seen from `folder`, relative to the root; `None` for what is absolute, in a home folder or outside.
pub fn inside(folder: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    if path.starts_with(['/', '~', '\\', '$']) || path.contains("://") || path.get(1..3) == Some(":\\") {
        return None;
    }
    let mut depth = folder.as_str().split('/').filter(|part| !part.is_empty()).count();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth = depth.checked_sub(1)?,
            _ => depth += 1,
        }
    }
    Some(normalised(&folder.join(path)))
}

/// The file that a path from the root names.
pub fn file_at(repo: &Repo, path: &Utf8Path) -> Option<FileId> {
    repo.by_path(path).map(|file| file.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_detours() {
        for (path, expected) in [("./a/../b", "b"), ("a/./b/", "a/b"), ("../../a", "a"), (".", "")] {
            assert_eq!(normalised(Utf8Path::new(path)), expected);
        }
    }
}
