//! Versions that images, pipelines and platforms provide.

use std::collections::BTreeSet;

use super::{
    Runtime,
    range::{Interval, version},
};
use crate::{
    code::docker::{self, Base},
    doc::Node,
    facts::{
        commands::steps,
        images::{Image, from_span},
    },
    model::{ComponentId, Place},
    repo::{File, FileKind, Repo},
};

/// A version that something provides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provided {
    pub runtime: Runtime,
    pub version: Interval,
    /// As written.
    pub text: String,
    pub place: Place,
    pub by: By,
    pub component: ComponentId,
}

/// What provides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Image,
    Pipeline,
    Platform,
}

/// Every version that is provided, in order of place.
pub fn provided(repo: &Repo, images: &[Image<'_>]) -> Vec<Provided> {
    let mut found = Vec::new();
    for image in images {
        of_image(image, &mut found);
    }
    for file in repo.files().iter().filter(|file| file.role.is_operational()) {
        match file.kind {
            FileKind::Workflow => of_workflow(repo, file, &mut found),
            _ if file.name() == "runtime.txt" => found.extend(runtime_txt(repo, file)),
            _ => {}
        }
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found.dedup_by(|a, b| a.place == b.place && a.runtime == b.runtime);
    found
}

fn of_image(image: &Image<'_>, found: &mut Vec<Provided>) {
    for stage in image.dockerfile.contributing(image.stage).into_iter().chain([image.stage]) {
        let Base::Image(name) = &stage.resolved else { continue };
        let Some((runtime, text)) = of_reference(name) else { continue };
        let Some(version) = version(&text) else { continue };
        let place = image.place(from_span(stage));
        found.push(Provided { runtime, version, text, place, by: By::Image, component: image.component.id });
    }
}

/// The runtime that an image is made for, with its version: `node:20-alpine`, `maven:3.9-eclipse-temurin-21`.
fn of_reference(reference: &str) -> Option<(Runtime, String)> {
    let name = docker::image_name(reference);
    let tag = name.tag.unwrap_or_default();
    let repository = name.repository;
    let last = repository.rsplit('/').next().unwrap_or(repository);
    let host = repository.split('/').next().unwrap_or_default();
    let official =
        !repository.contains('/') || repository.starts_with("docker.io/library/") || host == "public.ecr.aws";
    let first = || tag.split('-').next().unwrap_or_default().to_owned();
    let behind = |mark: &str| {
        let rest = tag.split(mark).nth(1)?.trim_start_matches(['-', ':']);
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        (end > 0).then(|| rest[..end].trim_end_matches('.').to_owned())
    };
    let known = official || host == "bitnami";
    match last {
        "node" if known => Some((Runtime::Node, first())),
        "python" if known => Some((Runtime::Python, first())),
        "golang" if known => Some((Runtime::Go, first())),
        "ruby" if known => Some((Runtime::Ruby, first())),
        "php" if known => Some((Runtime::Php, first())),
        "rust" if known => Some((Runtime::Rust, first())),
        "eclipse-temurin" | "openjdk" | "amazoncorretto" | "ibm-semeru-runtimes" | "zulu-openjdk" if known => {
            Some((Runtime::Java, first()))
        }
        "maven" | "gradle" if official => ["temurin-", "corretto-", "openjdk-", "jdk"]
            .iter()
            .find_map(|mark| behind(mark))
            .map(|it| (Runtime::Java, it)),
        "uv" if repository.starts_with("ghcr.io/astral-sh/") => behind("python").map(|it| (Runtime::Python, it)),
        "uvicorn-gunicorn-fastapi" | "uvicorn-gunicorn" | "meinheld-gunicorn-flask" => {
            behind("python").map(|it| (Runtime::Python, it))
        }
        _ => distroless(last),
    }
}

/// `gcr.io/distroless/nodejs22-debian12`, `java21-debian12`.
fn distroless(last: &str) -> Option<(Runtime, String)> {
    let head = last.split('-').next()?;
    let of = |prefix: &str, runtime| {
        let digits = head.strip_prefix(prefix)?;
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| (runtime, digits.to_owned()))
    };
    of("nodejs", Runtime::Node).or_else(|| of("java", Runtime::Java))
}

/// Actions that install a runtime, the input that names its version, and the one that names a file.
const ACTIONS: [(&str, Runtime, &str); 7] = [
    ("actions/setup-node", Runtime::Node, "node-version"),
    ("actions/setup-python", Runtime::Python, "python-version"),
    ("actions/setup-go", Runtime::Go, "go-version"),
    ("actions/setup-java", Runtime::Java, "java-version"),
    ("ruby/setup-ruby", Runtime::Ruby, "ruby-version"),
    ("shivammathur/setup-php", Runtime::Php, "php-version"),
    ("actions-rust-lang/setup-rust-toolchain", Runtime::Rust, "toolchain"),
];

fn of_workflow(repo: &Repo, file: &File, found: &mut Vec<Provided>) {
    let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { return };
    for job in root.get("jobs").map(Node::entries).unwrap_or_default() {
        for step in steps(&job.value) {
            let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
            let action = uses.split('@').next().unwrap_or_default();
            let Some((_, runtime, input)) = ACTIONS.iter().find(|(known, ..)| *known == action) else { continue };
            let Some(given) = step.at(&["with", input]) else { continue };
            let written = given.text().unwrap_or_default();
            let text = variable(written).map_or(Some(written), |name| {
                [&job.value, root].into_iter().find_map(|level| level.at(&["env", name]).and_then(Node::text))
            });
            let Some(text) = text.filter(|text| !text.contains(['$', '\n'])) else { continue };
            let Some(version) = version(text) else { continue };
            found.push(Provided {
                runtime: *runtime,
                version,
                text: text.to_owned(),
                place: Place::At(file.id, given.span),
                by: By::Pipeline,
                component: file.component,
            });
        }
    }
}

/// The runtimes that pipelines try in several versions, by a matrix.
pub fn varied(repo: &Repo) -> BTreeSet<Runtime> {
    let mut found = BTreeSet::new();
    for file in repo.files().iter().filter(|file| file.kind == FileKind::Workflow && file.role.is_operational()) {
        let nodes = repo.doc(file.id).into_iter().flat_map(|doc| doc.documents.iter().flat_map(Node::walk));
        for (path, node) in nodes {
            let known = ACTIONS.iter().find(|(.., input)| path.last_key() == Some(input));
            if let Some((_, runtime, _)) = known.filter(|_| node.text().is_some_and(|text| text.contains("matrix."))) {
                found.insert(*runtime);
            }
        }
    }
    found
}

/// The variable of `${{ env.NODE_VERSION }}`.
fn variable(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${{")?.strip_suffix("}}")?.trim();
    inner.strip_prefix("env.")
}

/// `python-3.11.4`, as Heroku and its kin read it.
fn runtime_txt(repo: &Repo, file: &File) -> Option<Provided> {
    let text = repo.read(file.id).ok()?;
    let said = text.trim().strip_prefix("python-")?;
    Some(Provided {
        runtime: Runtime::Python,
        version: version(said)?,
        text: said.to_owned(),
        place: Place::At(file.id, crate::model::Span::new(0, text.trim_end().len())),
        by: By::Platform,
        component: file.component,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_tell_their_runtime() {
        let read = |reference: &str| of_reference(reference).map(|(runtime, text)| (runtime.name(), text));
        assert_eq!(read("node:20.11-alpine3.19"), Some(("Node.js", "20.11".to_owned())));
        assert_eq!(read("maven:3.9.6-eclipse-temurin-21"), Some(("Java", "21".to_owned())));
        assert_eq!(read("gradle:8.5-jdk17-alpine"), Some(("Java", "17".to_owned())));
        assert_eq!(read("ghcr.io/astral-sh/uv:python3.12-bookworm-slim"), Some(("Python", "3.12".to_owned())));
        assert_eq!(read("gcr.io/distroless/nodejs22-debian12"), Some(("Node.js", "22".to_owned())));
        assert_eq!(read("acme/node:7"), None);
    }
}
