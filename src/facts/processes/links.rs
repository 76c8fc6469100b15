//! Which files run in one process, as far as their imports tell.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    facts::modules::{ImportWay, Modules, Target},
    model::FileId,
    repo::{Repo, Role},
};

/// The imports between the source files of the repository, in both directions.
#[derive(Debug, Default)]
pub struct Links {
    imports: BTreeMap<FileId, Vec<FileId>>,
    importers: BTreeMap<FileId, Vec<FileId>>,
}

impl Links {
    pub(in crate::facts) fn new(repo: &Repo, modules: Modules<'_>) -> Self {
        let mut links = Self::default();
        for (file, module) in modules.files().filter(|(file, _)| repo.file(*file).role == Role::Source) {
            for import in module.imports.iter().filter(|import| import.way != ImportWay::Types) {
                if let Target::File(target) = modules.target(file, &import.module) {
                    links.imports.entry(file).or_default().push(target);
                    links.importers.entry(target).or_default().push(file);
                }
            }
        }
        links
    }

    /// Every file of the processes that `file` runs in: what the programs load that lead to it. Programs are files
    /// that no other file imports.
    pub fn process_of(&self, file: FileId) -> BTreeSet<FileId> {
        let above = closure(&self.importers, [file]);
        let programs = above.iter().copied().filter(|file| !self.importers.contains_key(file));
        let mut whole = closure(&self.imports, programs);
        whole.extend(closure(&self.imports, [file]));
        whole
    }
}

fn closure(edges: &BTreeMap<FileId, Vec<FileId>>, start: impl IntoIterator<Item = FileId>) -> BTreeSet<FileId> {
    let mut seen: BTreeSet<FileId> = start.into_iter().collect();
    let mut open: Vec<FileId> = seen.iter().copied().collect();
    while let Some(file) = open.pop() {
        let next = edges.get(&file).map(Vec::as_slice).unwrap_or_default();
        open.extend(next.iter().copied().filter(|next| seen.insert(*next)));
    }
    seen
}
