//! Files of the repository that Compose services see, and what they leave to variables.

use camino::Utf8Path;

use crate::{
    doc::Node,
    facts::compose::{ComposeService, normalised},
    model::Span,
    repo::{File, Repo},
};

/// A file of the repository in a container.
#[derive(Debug, Clone, PartialEq)]
pub struct Mounted<'r> {
    pub file: &'r File,
    /// Its path in the container.
    pub target: String,
}

/// Most files of a mounted folder that are looked at.
const FILES: usize = 200;

/// The files that a service's `volumes` and `configs` bring in from the repository.
pub fn files<'r>(repo: &'r Repo, service: &ComposeService<'_>) -> Vec<Mounted<'r>> {
    let mut found = Vec::new();
    for volume in service.node.get("volumes").map(Node::items).unwrap_or_default() {
        let (source, target) = if let Some(text) = volume.text() {
            let mut parts = text.split(':');
            (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned())
        } else {
            let part = |key| volume.get(key).and_then(Node::text).unwrap_or_default().to_owned();
            (part("source"), part("target"))
        };
        add(repo, service, &source, &target, &mut found);
    }
    for config in service.node.get("configs").map(Node::items).unwrap_or_default() {
        let name = config.text().or_else(|| config.get("source")?.text()).unwrap_or_default();
        let target = config.get("target").and_then(Node::text).unwrap_or(name);
        let root = repo.doc(service.file.id).and_then(|doc| doc.root());
        if let Some(path) = root.and_then(|root| root.at(&["configs", name, "file"])).and_then(Node::text) {
            add(repo, service, path, target, &mut found);
        }
    }
    found
}

fn add<'r>(repo: &'r Repo, service: &ComposeService<'_>, source: &str, target: &str, found: &mut Vec<Mounted<'r>>) {
    if !source.starts_with('.') && !source.contains('/') || source.starts_with('/') || target.is_empty() {
        return;
    }
    let path = normalised(&service.file.folder().join(source));
    if let Some(file) = repo.by_path(&path) {
        found.push(Mounted { file, target: target.to_owned() });
        return;
    }
    if path.as_str().is_empty() {
        return;
    }
    for file in repo.files_below(&path).iter().take(FILES) {
        let below = file.path.strip_prefix(&path).unwrap_or(Utf8Path::new(""));
        found.push(Mounted { file, target: format!("{}/{below}", target.trim_end_matches('/')) });
    }
}

/// The variables in small programs' own syntax that nobody replaces: `${NAME}` in capitals, outside comments.
pub fn variables(text: &str) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start().starts_with(['#', ';']) || line.trim_start().starts_with("//");
        if !comment {
            for (at, _) in line.match_indices("${") {
                let name: &str = line[at + 2..].split('}').next().unwrap_or_default();
                let name = name.split(':').next().unwrap_or_default();
                let capitals = name.len() > 1
                    && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
                    && name.starts_with(|first: char| first.is_ascii_uppercase());
                // An escaped dollar is none, and text behind a comment sign is none.
                let escaped = line[..at].ends_with('$') || line[..at].contains(" #");
                if capitals && !escaped && line[at..].contains('}') {
                    found.push((name.to_owned(), Span::new(start + at, start + at + name.len() + 3)));
                }
            }
        }
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_in_capitals_are_found() {
        let text = "a: ${HOST}\n# ${NO}\nb: ${host} $${X} c ${PORT:-1}\n";
        let names: Vec<String> = variables(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["HOST", "PORT"]);
    }
}
