//! Kustomize: which manifests a kustomization takes, and what its overlays change in them.

use camino::Utf8PathBuf;

use crate::{
    code::docker::image_name,
    doc::{self, Doc, Format, Node},
    facts::compose::normalised,
    model::Place,
    repo::{File, FileKind, Repo},
};

/// One `kustomization.yaml`.
#[derive(Debug)]
pub struct Kustomization<'r> {
    pub file: &'r File,
    root: &'r Node,
    /// Files and folders it takes in, from the repository's root.
    pub resources: Vec<Utf8PathBuf>,
    /// Files that hold changes and no objects of their own.
    pub patch_files: Vec<Utf8PathBuf>,
}

/// A change to objects of other files.
#[derive(Debug)]
pub struct Patch {
    pub place: Place,
    /// The kind and name it is for, as far as it says.
    pub kind: Option<String>,
    pub name: Option<String>,
    pub doc: Doc,
}

/// Every kustomization that is not a test's or an example's.
pub fn kustomizations(repo: &Repo) -> Vec<Kustomization<'_>> {
    repo.files()
        .iter()
        .filter(|file| file.kind == FileKind::Kustomize && file.role.is_operational())
        .filter_map(|file| {
            let root = repo.doc(file.id)?.root()?;
            let list = |keys: &[&str]| -> Vec<Utf8PathBuf> {
                let nodes = keys.iter().filter_map(|key| root.get(key)).flat_map(Node::items);
                let paths = nodes.filter_map(|node| node.as_str().or_else(|| node.get("path")?.as_str()));
                paths
                    .filter(|path| !path.contains("://") && !path.contains('\n'))
                    .map(|path| normalised(&file.folder().join(path)))
                    .collect()
            };
            Some(Kustomization {
                file,
                root,
                resources: list(&["resources", "bases", "components"]),
                patch_files: list(&["patches", "patchesStrategicMerge", "patchesJson6902"]),
            })
        })
        .collect()
}

impl Kustomization<'_> {
    /// Whether it takes `file` in, directly or through other kustomizations.
    pub fn takes(&self, all: &[Kustomization<'_>], file: &File) -> bool {
        self.reaches(all, file, 0)
    }

    fn reaches(&self, all: &[Kustomization<'_>], file: &File, depth: usize) -> bool {
        depth < 8
            && self.resources.iter().any(|path| {
                *path == file.path
                    || all.iter().any(|other| {
                        other.file.folder() == path
                            && other.file.id != self.file.id
                            && other.reaches(all, file, depth + 1)
                    })
            })
    }

    /// The changes it makes.
    pub fn patches(&self, repo: &Repo) -> Vec<Patch> {
        let mut found = Vec::new();
        for entry in
            ["patches", "patchesStrategicMerge", "patchesJson6902"].iter().filter_map(|key| self.root.entry(key))
        {
            for node in entry.value.items() {
                let place = Place::At(self.file.id, node.span);
                let target = |key: &str| Some(node.get("target")?.get(key)?.as_str()?.to_owned());
                let inline = node
                    .get("patch")
                    .and_then(Node::as_str)
                    .or_else(|| node.as_str().filter(|text| text.contains('\n')));
                let path = node.get("path").and_then(Node::as_str).or_else(|| node.as_str());
                let (place, text) = match (inline, path) {
                    (Some(text), _) => (place, text.to_owned()),
                    (None, Some(path)) => {
                        let Some(file) = repo.by_path(&normalised(&self.file.folder().join(path))) else { continue };
                        let Ok(text) = repo.read(file.id) else { continue };
                        (Place::File(file.id), text.to_string())
                    }
                    (None, None) => continue,
                };
                let doc = doc::parse(Format::Yaml, &text);
                let said = |path: &[&str]| Some(doc.root()?.at(path)?.as_str()?.to_owned());
                let kind = target("kind").or_else(|| said(&["kind"]));
                let name = target("name").or_else(|| said(&["metadata", "name"]));
                found.push(Patch { place, kind, name, doc });
            }
        }
        found
    }
}

/// The image that a manifest's reference becomes through the `images` of a kustomization that takes it in.
pub fn image_of(repo: &Repo, file: &File, reference: &str) -> String {
    let all = kustomizations(repo);
    let name = image_name(reference).repository;
    let set = all.iter().filter(|one| one.takes(&all, file)).find_map(|one| {
        let images = one.root.get("images").map(Node::items).unwrap_or_default();
        let entry = images.iter().find(|entry| entry.get("name").and_then(Node::as_str) == Some(name))?;
        let new = entry.get("newName").and_then(Node::as_str).unwrap_or(name);
        let digest = entry.get("digest").and_then(Node::text).map(|digest| format!("{new}@{digest}"));
        digest.or_else(|| Some(format!("{new}:{}", entry.get("newTag")?.text()?)))
    });
    set.unwrap_or_else(|| reference.to_owned())
}
