//! Where variables are declared: in templates and files of variables, Compose, Kubernetes, workflows, Dockerfiles, the
//! files of platforms, and documents. Values are not looked at.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    code::shell,
    doc::Node,
    facts::compose,
    model::{Place, Span},
    repo::{File, FileKind, Manifest, Repo, Role},
};

/// What declares a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// A template such as `.env.example`.
    Example,
    /// A file of variables such as `.env.production`.
    EnvFile,
    Compose,
    Kubernetes,
    Workflow,
    Dockerfile,
    Platform,
    /// `NAME=value command` in the scripts of a manifest.
    Script,
    Document,
}

impl By {
    /// The name used in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Example => "example",
            Self::EnvFile => "env-file",
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::Workflow => "workflow",
            Self::Dockerfile => "dockerfile",
            Self::Platform => "platform",
            Self::Script => "script",
            Self::Document => "document",
        }
    }
}

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    pub by: By,
    pub place: Place,
}

type Found = BTreeMap<String, Vec<Declared>>;

/// Documents searched for names, and characters of one that are read.
const DOCUMENTS: usize = 400;

/// Every declaration by name, in order of path and position. Documents declare only what is in `wanted`.
pub fn declarations(repo: &Repo, wanted: &BTreeSet<&str>) -> Found {
    let mut found = Found::new();
    let mut documents = 0;
    for file in repo.files().iter().filter(|file| !matches!(file.role, Role::Vendored | Role::Generated)) {
        match file.kind {
            FileKind::EnvExample => of_env(repo, file, By::Example, &mut found),
            FileKind::Env => of_env(repo, file, By::EnvFile, &mut found),
            FileKind::Compose => of_text(repo, file, By::Compose, &mut found),
            FileKind::Kubernetes | FileKind::HelmValues | FileKind::Kustomize => of_kubernetes(repo, file, &mut found),
            FileKind::HelmTemplate => of_templates(repo, file, &mut found),
            FileKind::Workflow | FileKind::GitlabCi => {
                of_maps(repo, file, &["env", "variables"], By::Workflow, &mut found);
            }
            FileKind::Platform => {
                of_maps(repo, file, &["env", "envVars", "environment", "build"], By::Platform, &mut found);
            }
            FileKind::Dockerfile => of_dockerfile(repo, file, &mut found),
            _ if is_cloud_foundry(repo, file) => of_maps(repo, file, &["env"], By::Platform, &mut found),
            FileKind::Markdown | FileKind::Text if documents < DOCUMENTS && !wanted.is_empty() => {
                documents += 1;
                of_document(repo, file, wanted, &mut found);
            }
            _ if !wanted.is_empty()
                && matches!(file.path.extension(), Some("mdx" | "rst" | "adoc"))
                && documents < DOCUMENTS =>
            {
                documents += 1;
                of_document(repo, file, wanted, &mut found);
            }
            _ => {}
        }
    }
    for manifest in repo.manifests() {
        of_scripts(manifest, &mut found);
    }
    for service in compose::services(repo) {
        for setting in crate::facts::credentials::services::variables(&service) {
            add(&mut found, &setting.name, By::Compose, setting.place());
        }
        let passed = service.node.get("environment").map(Node::items).unwrap_or_default();
        for item in passed {
            if let Some(name) = item.text().filter(|text| !text.contains('=')) {
                add(&mut found, name, By::Compose, Place::At(service.file.id, item.span));
            }
        }
    }
    found
}

fn add(found: &mut Found, name: &str, by: By, place: Place) {
    if !is_name(name) {
        return;
    }
    let declared = Declared { by, place };
    let known = found.entry(name.to_owned()).or_default();
    if !known.contains(&declared) {
        known.push(declared);
    }
}

fn is_name(name: &str) -> bool {
    name.len() > 1
        && name.len() < 100
        && name.starts_with(|char: char| char.is_ascii_uppercase() || char == '_')
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// `NAME=`, also behind `export` and commented out: a template lists optional variables that way.
fn of_env(repo: &Repo, file: &File, by: By, found: &mut Found) {
    let Ok(text) = repo.read(file.id) else { return };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches(['#', ' ', '\t']);
        let bare = bare.strip_prefix("export ").unwrap_or(bare);
        if let Some((name, _)) = bare.split_once('=') {
            let name = name.trim();
            let at = start + (line.len() - bare.len());
            add(found, name, by, Place::At(file.id, Span::new(at, at + name.len())));
        }
        start += line.len();
    }
}

/// `${NAME}`, `${NAME:-default}` and `$NAME` in a Compose file.
fn of_text(repo: &Repo, file: &File, by: By, found: &mut Found) {
    let Ok(text) = repo.read(file.id) else { return };
    for (at, _) in text.match_indices("${") {
        let name: &str =
            text[at + 2..].split(|char: char| !char.is_ascii_alphanumeric() && char != '_').next().unwrap_or_default();
        add(found, name, by, Place::At(file.id, Span::new(at + 2, at + 2 + name.len())));
    }
}

/// The entries of containers' `env`, and the keys of maps that hold variables.
fn of_kubernetes(repo: &Repo, file: &File, found: &mut Found) {
    let Some(doc) = repo.doc(file.id) else { return };
    for (path, node) in doc.documents.iter().flat_map(Node::walk) {
        if path.ends_with(&["*", "name"])
            && let Some(name) = node.text()
        {
            add(found, name, By::Kubernetes, Place::At(file.id, node.span));
        }
        for entry in node.entries() {
            add(found, &entry.key, By::Kubernetes, Place::At(file.id, entry.span()));
        }
    }
}

/// `- name: NAME` in templates, which no reader of YAML understands.
fn of_templates(repo: &Repo, file: &File, found: &mut Found) {
    let Ok(text) = repo.read(file.id) else { return };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim().trim_start_matches("- ");
        let name = match bare.strip_prefix("name:") {
            Some(name) => name.trim().trim_matches(['"', '\'']),
            None => bare.split(':').next().unwrap_or_default(),
        };
        add(found, name, By::Kubernetes, Place::At(file.id, Span::new(start, start + line.trim_end().len())));
        start += line.len();
    }
}

/// The keys below any of `sections`, and the `key` of their items.
fn of_maps(repo: &Repo, file: &File, sections: &[&str], by: By, found: &mut Found) {
    let Some(doc) = repo.doc(file.id) else { return };
    for (path, node) in doc.documents.iter().flat_map(Node::walk) {
        if path.last_key().is_some_and(|key| sections.contains(&key)) {
            for entry in node.entries() {
                add(found, &entry.key, by, Place::At(file.id, entry.span()));
            }
            for key in node.items().iter().filter_map(|item| item.get("key")) {
                add(found, key.text().unwrap_or_default(), by, Place::At(file.id, key.span));
            }
        }
    }
}

/// The applications of a Cloud Foundry manifest: `manifest.yml`, `manifest-staging.yml`.
fn is_cloud_foundry(repo: &Repo, file: &File) -> bool {
    let named = file.name().starts_with("manifest") && matches!(file.path.extension(), Some("yml" | "yaml"));
    let applies = || repo.doc(file.id)?.root()?.get("applications").map(|all| !all.items().is_empty());
    named && applies() == Some(true)
}

/// `NAME=value command`, also behind `env` and `cross-env`.
fn of_scripts(manifest: &Manifest, found: &mut Found) {
    for script in &manifest.scripts {
        let place = || Place::At(manifest.file, script.span);
        for command in shell::commands_at(&script.command, 0) {
            for assignment in &command.assignments {
                add(found, &assignment.name, By::Script, place());
            }
            let sets = matches!(command.words.first().map(|it| it.text.as_str()), Some("env" | "cross-env"));
            let pairs = command.words.iter().skip(1).map_while(|word| word.text.split_once('='));
            for (name, _) in pairs.take_while(|_| sets) {
                add(found, name, By::Script, place());
            }
        }
    }
}

fn of_dockerfile(repo: &Repo, file: &File, found: &mut Found) {
    let Some(dockerfile) = repo.dockerfile(file.id) else { return };
    for keyword in ["ENV", "ARG"] {
        for instruction in dockerfile.stages.iter().flat_map(|stage| stage.all(keyword)) {
            for pair in &instruction.pairs {
                add(found, &pair.name, By::Dockerfile, Place::At(file.id, instruction.span));
            }
        }
    }
}

fn of_document(repo: &Repo, file: &File, wanted: &BTreeSet<&str>, found: &mut Found) {
    let Ok(text) = repo.read(file.id) else { return };
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut start = 0;
    for word in text.split_inclusive(|char: char| !char.is_ascii_alphanumeric() && char != '_') {
        let name = word.trim_end_matches(|char: char| !char.is_ascii_alphanumeric() && char != '_');
        if wanted.contains(name) && told.insert(name) {
            add(found, name, By::Document, Place::At(file.id, Span::new(start, start + name.len())));
        }
        start += word.len();
    }
}
