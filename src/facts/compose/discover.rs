//! Which Compose files are started together.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::Start;
use crate::{
    doc::Node,
    model::FileId,
    repo::{File, FileKind, Repo},
};

/// How many projects commands may add beside those that the names of files suggest.
const MAX_STARTED: usize = 24;

/// The beginnings of a Compose file's name.
const FAMILIES: [&str; 5] = ["docker-compose", "docker_compose", "podman-compose", "docker-stack", "compose"];

/// Every Compose file that describes services and is no test's or example's.
pub(super) fn compose_files(repo: &Repo) -> impl Iterator<Item = &File> {
    repo.files().iter().filter(|file| {
        file.kind == FileKind::Compose
            && file.role.is_operational()
            && !file.folder().as_str().split('/').any(|part| matches!(part, "example" | "examples" | "samples"))
            && services_of(repo, file).is_some_and(|(services, include)| services || include)
    })
}

/// Whether a file has services, and whether it includes others.
fn services_of(repo: &Repo, file: &File) -> Option<(bool, bool)> {
    let root = repo.doc(file.id)?.root()?;
    Some((root.get("services").is_some_and(Node::is_map), root.get("include").is_some_and(Node::is_list)))
}

/// The words of a file's name beside that of its family: `prod` of `docker-compose.prod.yml`.
pub(super) fn variant_of(file: &File) -> String {
    let name = file.name().to_ascii_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    for family in FAMILIES {
        if let Some(rest) = stem.strip_prefix(family) {
            return rest.trim_start_matches(['.', '-', '_']).to_owned();
        }
        if let Some(rest) = stem.strip_suffix(family) {
            return rest.trim_end_matches(['.', '-', '_']).to_owned();
        }
    }
    stem.to_owned()
}

/// Whether Compose, or a person who sees the name, takes a file for a project of its own; others are parts that a
/// command puts together.
pub(super) fn is_named_for_compose(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    FAMILIES.iter().any(|family| name.contains(family))
}

/// Lists of files that are started together, the base first, in order of path.
pub(super) fn file_sets<'r>(repo: &'r Repo, starts: &[Start]) -> Vec<Vec<&'r File>> {
    let files: Vec<&File> = compose_files(repo).collect();
    let variants: BTreeMap<FileId, String> = files.iter().map(|file| (file.id, variant_of(file))).collect();
    let mut sets: Vec<Vec<&File>> = Vec::new();
    for start in starts.iter().filter(|start| start.files.len() > 1).take(MAX_STARTED) {
        let set: Vec<&File> = start.files.iter().map(|id| repo.file(*id)).collect();
        add(&mut sets, set);
    }
    let started_over: Vec<FileId> = sets.iter().flat_map(|set| set.iter().skip(1).map(|file| file.id)).collect();
    let base_of = |file: &File| base_of(repo, &files, &variants, file);
    for file in &files {
        if is_base(&variants[&file.id]) || started_over.contains(&file.id) {
            continue;
        }
        match base_of(file) {
            Some(base) if variants[&file.id] == "override" || is_partial(repo, file, base) => {
                add(&mut sets, vec![base, file]);
            }
            _ => add(&mut sets, vec![file]),
        }
    }
    for base in files.iter().filter(|file| is_base(&variants[&file.id])) {
        let alone = starts.iter().any(|start| start.files == [base.id]);
        let below = sets.iter().any(|set| set.first().is_some_and(|first| first.id == base.id));
        let included = files.iter().any(|other| other.id != base.id && includes(repo, other, base));
        if alone || !(below || included || started_over.contains(&base.id)) {
            add(&mut sets, vec![*base]);
        }
    }
    sets.sort_by(|a, b| a.iter().map(|file| file.id).cmp(b.iter().map(|file| file.id)));
    sets
}

fn add<'r>(sets: &mut Vec<Vec<&'r File>>, set: Vec<&'r File>) {
    let same = |known: &Vec<&File>| known.iter().map(|file| file.id).eq(set.iter().map(|file| file.id));
    if !sets.iter().any(same) {
        sets.push(set);
    }
}

/// Whether a file with these words in its name stands below others: it has none, or `base` is the last of them.
fn is_base(variant: &str) -> bool {
    variant.is_empty() || group_of(variant).is_some()
}

/// What a base and the files over it have in common: `microservices` of `microservices.base`.
fn group_of(variant: &str) -> Option<&str> {
    let group = variant.strip_suffix("base").or_else(|| variant.strip_suffix("common"))?;
    (group.is_empty() || group.ends_with(['.', '-', '_'])).then_some(group)
}

/// The file of the same folder that this one is put over: the one that is started when no other is named, or one that
/// is called a base; one that this file changes first, then one of the same family.
fn base_of<'r>(repo: &Repo, files: &[&'r File], variants: &BTreeMap<FileId, String>, file: &File) -> Option<&'r File> {
    let own = &variants[&file.id];
    let below = |other: &File| {
        let variant = &variants[&other.id];
        variant.is_empty() || group_of(variant).is_some_and(|group| own.starts_with(group))
    };
    let family = |name: &str| FAMILIES.iter().position(|family| name.starts_with(family));
    let beside = |other: &&&File| other.folder() == file.folder() && below(other);
    let mut bases: Vec<&&File> = files.iter().filter(beside).collect();
    bases.sort_by_key(|base| (!is_partial(repo, file, base), family(base.name()) != family(file.name())));
    bases.first().map(|base| **base)
}

/// Whether a file only changes services of `base`: one of them has neither image nor build here.
fn is_partial(repo: &Repo, file: &File, base: &File) -> bool {
    let services = |file: &File| repo.doc(file.id)?.root()?.get("services");
    let (Some(own), Some(below)) = (services(file), services(base)) else { return false };
    own.entries().iter().any(|entry| {
        let whole = ["image", "build", "extends"].iter().any(|key| entry.value.get(key).is_some());
        !whole && below.get(&entry.key).is_some()
    })
}

fn includes(repo: &Repo, file: &File, other: &File) -> bool {
    let list = repo.doc(file.id).and_then(|doc| doc.root()?.get("include")).map(Node::items).unwrap_or_default();
    let names = |node: &Node| {
        node.as_str().is_some_and(|path| super::normalised(&file.folder().join(Utf8Path::new(path))) == other.path)
    };
    list.iter().any(|item| {
        let path = item.get("path").unwrap_or(item);
        names(path) || path.items().iter().any(names)
    })
}
