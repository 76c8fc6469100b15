//! Files of one project laid over each other, with `extends` and `include`, as `docker compose config` does.
//!
//! What several files say of one key stays side by side in order, the last one strongest; [`super::Service`] knows
//! which keys add up and which replace each other.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    file::inside,
    project::{Declared, Missing, Unresolved},
    service::Setting,
};
use crate::{
    doc::{Entry, Node},
    model::{FileId, Place, Span},
    repo::{File, Repo},
};

/// How deep files may include each other, and services extend each other.
const MAX_DEPTH: usize = 8;
/// How many files one project may have.
const MAX_FILES: usize = 64;

/// What the files of a project say together.
#[derive(Default)]
pub(super) struct Merged<'r> {
    pub(super) services: Vec<MergedService<'r>>,
    pub(super) networks: Vec<Declared<'r>>,
    pub(super) volumes: Vec<Declared<'r>>,
    pub(super) secrets: Vec<Declared<'r>>,
    pub(super) configs: Vec<Declared<'r>>,
    pub(super) unresolved: Vec<Unresolved>,
    included: BTreeSet<FileId>,
}

pub(super) struct MergedService<'r> {
    pub(super) name: &'r str,
    /// The service's key in each file that names it.
    pub(super) keys: Vec<(&'r File, Span)>,
    pub(super) settings: Vec<Setting<'r>>,
}

/// A file with the folder that its paths are seen from.
struct Layer<'r> {
    file: &'r File,
    folder: Utf8PathBuf,
    root: &'r Node,
}

/// Lays `files` over each other, the first at the bottom; paths in them are seen from the first one's folder.
pub(super) fn merge<'r>(repo: &'r Repo, files: &[&'r File]) -> Merged<'r> {
    let mut merged = Merged::default();
    let folder = files.first().map(|file| file.folder().to_owned()).unwrap_or_default();
    merged.add(repo, files, &folder, MAX_DEPTH);
    merged
}

impl<'r> Merged<'r> {
    fn add(&mut self, repo: &'r Repo, files: &[&'r File], folder: &Utf8Path, depth: usize) {
        for file in files {
            if self.included.len() >= MAX_FILES || !self.included.insert(file.id) {
                continue;
            }
            let Some(root) = root_of(repo, file) else { continue };
            let layer = Layer { file, folder: folder.to_owned(), root };
            self.include(repo, &layer, depth);
            self.lay(repo, &layer);
        }
    }

    fn include(&mut self, repo: &'r Repo, layer: &Layer<'r>, depth: usize) {
        let list = layer.root.get("include").map(Node::items).unwrap_or_default();
        for item in list {
            let paths = match item.get("path") {
                Some(path) if path.is_list() => path.items().iter().collect(),
                Some(path) => vec![path],
                None => vec![item],
            };
            let mut files = Vec::new();
            for node in paths {
                let Some(path) = node.as_str() else { continue };
                match inside(&layer.folder, path).map(|path| repo.by_path(&path)) {
                    Some(Some(file)) => files.push(file),
                    Some(None) if !path.contains('$') => self.miss(Missing::Include, path, layer.file, node),
                    _ => {}
                }
            }
            let Some(first) = files.first() else { continue };
            let own = item.get("project_directory").and_then(Node::as_str);
            let folder = own.and_then(|own| inside(&layer.folder, own)).unwrap_or_else(|| first.folder().to_owned());
            if depth > 0 {
                self.add(repo, &files, &folder, depth - 1);
            }
        }
    }

    fn miss(&mut self, missing: Missing, name: &str, file: &File, node: &Node) {
        let place = Place::At(file.id, node.via.unwrap_or(node.span));
        self.unresolved.push(Unresolved { missing, name: name.to_owned(), place });
    }

    fn lay(&mut self, repo: &'r Repo, layer: &Layer<'r>) {
        for entry in layer.root.get("services").map(Node::entries).unwrap_or_default() {
            if !entry.value.is_map() || entry.key.starts_with("x-") {
                continue;
            }
            let mut settings = Vec::new();
            self.extend(repo, layer, entry, MAX_DEPTH, &mut settings);
            let at = self.services.iter().position(|service| service.name == entry.key).unwrap_or_else(|| {
                self.services.push(MergedService { name: &entry.key, keys: Vec::new(), settings: Vec::new() });
                self.services.len() - 1
            });
            let service = &mut self.services[at];
            service.keys.push((layer.file, entry.key_span));
            for (tag, setting) in settings {
                push(&mut service.settings, tag, setting);
            }
        }
        for (key, declared) in [
            ("networks", &mut self.networks),
            ("volumes", &mut self.volumes),
            ("secrets", &mut self.secrets),
            ("configs", &mut self.configs),
        ] {
            let entries = layer.root.get(key).map(Node::entries).unwrap_or_default();
            declared.extend(entries.iter().map(|entry| Declared {
                name: &entry.key,
                file: layer.file,
                key: entry.key_span,
                node: &entry.value,
                folder: layer.folder.clone(),
            }));
        }
    }

    /// The settings that a service inherits by `extends`, and then its own.
    fn extend(
        &mut self,
        repo: &'r Repo,
        layer: &Layer<'r>,
        entry: &'r Entry,
        depth: usize,
        out: &mut Vec<(Tag, Setting<'r>)>,
    ) {
        if let Some(extends) = entry.value.get("extends") {
            self.inherit(repo, layer, extends, depth, out);
        }
        let text = repo.read(layer.file.id).ok();
        for own in entry.value.entries().iter().filter(|own| own.key != "extends") {
            let between = text.as_deref().and_then(|text| {
                text.get(own.key_span.end as usize..(own.value.span.start.max(own.key_span.end)) as usize)
            });
            let between = between.filter(|between| between.len() < 40).unwrap_or_default();
            let setting = Setting {
                name: &own.key,
                file: layer.file,
                key: own.key_span,
                node: &own.value,
                folder: layer.folder.clone(),
                inherited: depth < MAX_DEPTH,
            };
            let tag = match between {
                tag if tag.contains("!reset") => Tag::Reset,
                tag if tag.contains("!override") => Tag::Override,
                _ => Tag::None,
            };
            out.push((tag, setting));
        }
    }

    fn inherit(
        &mut self,
        repo: &'r Repo,
        layer: &Layer<'r>,
        extends: &'r Node,
        depth: usize,
        out: &mut Vec<(Tag, Setting<'r>)>,
    ) {
        let named = extends.get("service").unwrap_or(extends);
        let Some(name) = named.as_str().filter(|_| depth > 0) else { return };
        let other = match extends.get("file") {
            None => Some(Layer { file: layer.file, folder: layer.folder.clone(), root: layer.root }),
            Some(node) => {
                let Some(path) = node.as_str().filter(|path| !path.contains('$')) else { return };
                let Some(inner) = inside(&layer.folder, path) else { return };
                let found = repo.by_path(&inner).and_then(|file| Some((file, root_of(repo, file)?)));
                if found.is_none() {
                    self.miss(Missing::ExtendsFile, path, layer.file, node);
                }
                found.map(|(file, root)| Layer { file, folder: file.folder().to_owned(), root })
            }
        };
        let Some(other) = other else { return };
        let Some(entry) = other.root.get("services").and_then(|services| services.entry(name)) else {
            return self.miss(Missing::ExtendsService, name, layer.file, named);
        };
        let mut inherited = Vec::new();
        self.extend(repo, &other, entry, depth - 1, &mut inherited);
        // What it waits for may not be part of this project.
        out.extend(inherited.into_iter().filter(|(_, setting)| !matches!(setting.name, "depends_on" | "links")));
    }
}

/// What a key's tag does to all that was said before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    None,
    Reset,
    Override,
}

fn push<'r>(settings: &mut Vec<Setting<'r>>, tag: Tag, setting: Setting<'r>) {
    if tag != Tag::None {
        settings.retain(|known| known.name != setting.name);
    }
    if tag != Tag::Reset {
        settings.push(setting);
    }
}

fn root_of<'r>(repo: &'r Repo, file: &File) -> Option<&'r Node> {
    repo.doc(file.id).and_then(|doc| doc.root())
}
