//! Secrets in the cluster's configuration: `env` values, `Secret` and `ConfigMap` objects, Kustomize's generators and
//! the values of charts; and where they come from the cluster instead.

use super::{
    Setting,
    stage::{self, Stage},
};
use crate::{
    doc::{Entry, Node, Step},
    model::{Confidence, Place},
    repo::{File, FileKind, Repo},
    text::secrets::{self, Kind},
};

/// What holds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// `env` of a container.
    Env,
    Secret,
    ConfigMap,
    /// `secretGenerator` of a kustomization.
    Generator,
    /// The values of a chart.
    Values,
}

/// A secret that a file of the cluster's configuration holds itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Held<'r> {
    pub setting: Setting<'r>,
    pub holder: Holder,
    pub stage: Stage,
    pub kind: Kind,
    pub confidence: Confidence,
}

/// Where secrets come from a store of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub place: Place,
    /// `secretKeyRef`, or the kind of the object.
    pub by: String,
}

/// What the files of the cluster's configuration say about secrets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Secrets<'r> {
    pub held: Vec<Held<'r>>,
    pub taken: Vec<Taken>,
}

/// Kinds of objects that stand for a secret which is kept elsewhere or encrypted.
const STORED: [&str; 7] = [
    "SealedSecret",
    "ExternalSecret",
    "ClusterExternalSecret",
    "SecretProviderClass",
    "VaultStaticSecret",
    "VaultDynamicSecret",
    "OnePasswordItem",
];

/// Reads every manifest, kustomization and values file of the product, in order of path.
pub fn secrets(repo: &Repo) -> Secrets<'_> {
    let mut found = Secrets::default();
    for file in repo.files().iter().filter(|file| file.role.is_operational()) {
        let Some(doc) = repo.doc(file.id) else { continue };
        let mut reader = Reader { file, stage: stage::of_path(&file.path), found: &mut found };
        for root in &doc.documents {
            match file.kind {
                FileKind::Kubernetes => reader.manifest(root),
                FileKind::Kustomize => reader.generators(root),
                FileKind::HelmValues => reader.values(root),
                _ => {}
            }
        }
    }
    found
}

struct Reader<'r, 'f> {
    file: &'r File,
    stage: Stage,
    found: &'f mut Secrets<'r>,
}

impl<'r> Reader<'r, '_> {
    fn manifest(&mut self, root: &'r Node) {
        let Some(kind) = root.get("kind").and_then(Node::as_str) else { return };
        if STORED.contains(&kind) || root.get("sops").is_some() {
            self.found.taken.push(Taken { place: Place::At(self.file.id, root.span), by: kind.to_owned() });
            return;
        }
        match kind {
            "Secret" => self.secret(root),
            "ConfigMap" => {
                for entry in root.get("data").map(Node::entries).unwrap_or_default() {
                    self.named(entry, Holder::ConfigMap);
                }
            }
            "List" => {
                for item in root.get("items").map(Node::items).unwrap_or_default() {
                    self.manifest(item);
                }
            }
            _ => self.containers(root),
        }
    }

    fn secret(&mut self, root: &'r Node) {
        for entry in root.get("stringData").map(Node::entries).unwrap_or_default() {
            self.named(entry, Holder::Secret);
        }
        for entry in root.get("data").map(Node::entries).unwrap_or_default() {
            let Some(inner) = entry.value.text().and_then(secrets::decoded) else { continue };
            self.hold(&entry.key, &inner, entry, Holder::Secret);
        }
    }

    fn containers(&mut self, root: &'r Node) {
        for (path, node) in root.walk() {
            match path.last_key() {
                Some("env") if node.is_list() => node.items().iter().for_each(|item| self.variable(item)),
                Some("secretKeyRef" | "secretRef") if node.is_map() => {
                    let by = path.last_key().unwrap_or_default().to_owned();
                    self.found.taken.push(Taken { place: Place::At(self.file.id, node.span), by });
                }
                _ => {}
            }
        }
    }

    fn variable(&mut self, item: &'r Node) {
        let (Some(name), Some(value)) = (item.get("name").and_then(Node::as_str), item.entry("value")) else { return };
        if let Some(text) = value.value.text() {
            self.hold(name, text, value, Holder::Env);
        }
    }

    fn generators(&mut self, root: &'r Node) {
        for generator in root.get("secretGenerator").map(Node::items).unwrap_or_default() {
            for literal in generator.get("literals").map(Node::items).unwrap_or_default() {
                let Some((name, text)) = literal.text().and_then(|text| text.split_once('=')) else { continue };
                let text = text.trim_matches(['"', '\'']);
                let Some((kind, confidence)) = worth(name, text) else { continue };
                let setting =
                    Setting { file: self.file, name: name.to_owned(), text: text.to_owned(), span: literal.span };
                self.found.held.push(Held { setting, holder: Holder::Generator, stage: self.stage, kind, confidence });
            }
        }
    }

    fn values(&mut self, root: &'r Node) {
        for (path, node) in root.walk() {
            // `secretKeys`, `existingSecret` and their kin hold names of keys and objects.
            let names = path.steps.iter().any(|step| match step {
                Step::Key(key) => ["keys", "existing", "ref", "name"]
                    .iter()
                    .any(|word| key.to_ascii_lowercase().ends_with(word) || key.starts_with(word)),
                Step::Index(_) => false,
            });
            if names {
                continue;
            }
            for entry in node.entries().iter().filter(|entry| super::is_password(&entry.key)) {
                self.named(entry, Holder::Values);
            }
            for item in node.items() {
                if item.get("name").is_some() {
                    self.value_of_list(item);
                }
            }
        }
    }

    fn value_of_list(&mut self, item: &'r Node) {
        let (Some(name), Some(value)) = (item.get("name").and_then(Node::as_str), item.entry("value")) else { return };
        if let Some(text) = value.value.text() {
            self.hold(name, text, value, Holder::Values);
        }
    }

    fn named(&mut self, entry: &'r Entry, holder: Holder) {
        if let Some(text) = entry.value.text() {
            self.hold(&entry.key, text, entry, holder);
        }
    }

    fn hold(&mut self, name: &str, text: &str, entry: &'r Entry, holder: Holder) {
        let Some((kind, confidence)) = worth(name, text) else { return };
        let setting = Setting { file: self.file, name: name.to_owned(), text: text.to_owned(), span: entry.span() };
        self.found.held.push(Held { setting, holder, stage: self.stage, kind, confidence });
    }
}

/// As [`super::worth`], without what a template fills in: `$(NAME)`, `{{ … }}`, `<…>`, and without whole files.
fn worth(name: &str, text: &str) -> Option<(Kind, Confidence)> {
    let text = text.trim();
    if text.contains(['<', '{', '$', '\n']) && !text.contains("$$") {
        return None;
    }
    super::worth(name, text)
}
