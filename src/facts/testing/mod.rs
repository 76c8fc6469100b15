//! Tests: which files hold them, what they reach, how many cases there are.

mod cases;

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{ExportSource, Modules, Target};
use crate::{
    model::{ComponentId, FileId},
    repo::{File, FileKind, Repo, Role},
};

/// Whether a file holds tests, or helps those that do.
pub fn is_test(file: &File) -> bool {
    file.role == Role::Test && matches!(file.kind, FileKind::Code | FileKind::OtherCode)
}

/// Test cases of one file.
pub fn cases(repo: &Repo, file: &File) -> usize {
    let extension = file.path.extension().unwrap_or_default();
    repo.read(file.id).map_or(0, |text| cases::count(extension, &text))
}

/// Tests that Rust keeps beside the code they test.
pub fn inner_cases(repo: &Repo, file: &File) -> usize {
    if file.path.extension() == Some("rs") { cases(repo, file) } else { 0 }
}

/// Lines of a source file that are neither blank nor a comment from their beginning.
pub fn lines(repo: &Repo, file: &File) -> usize {
    let is_comment = |line: &str| {
        line.starts_with("//")
            || line.starts_with('#') && !line.starts_with("#[")
            || line.starts_with('*')
            || line.starts_with("/*")
    };
    repo.read(file.id).map_or(0, |text| {
        text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !is_comment(line)).count()
    })
}

/// For each component, the test files that lie in it or import something of it, in order of path. Needs
/// [`super::Fact::Modules`].
pub fn touching(repo: &Repo, modules: Modules<'_>) -> BTreeMap<ComponentId, Vec<FileId>> {
    let named: BTreeMap<&str, ComponentId> = repo
        .components()
        .iter()
        .flat_map(|part| part.manifests(repo).filter_map(|it| Some((it.name.as_ref()?.text.as_str(), part.id))))
        .collect();
    let mut found: BTreeMap<ComponentId, Vec<FileId>> = BTreeMap::new();
    for file in repo.files().iter().filter(|file| is_test(file)) {
        let mut reached = vec![file.component];
        for import in modules.file(file.id).map(|facts| facts.imports.as_slice()).unwrap_or_default() {
            match modules.target(file.id, &import.module) {
                Target::File(target) => reached.push(repo.file(target).component),
                Target::Package(name) => reached.extend(named.get(name.as_str())),
                _ => {}
            }
        }
        reached.sort_unstable();
        reached.dedup();
        for part in reached {
            found.entry(part).or_default().push(file.id);
        }
    }
    found
}

/// Every file that a test reaches through imports, however long the way. Needs [`super::Fact::Modules`].
pub fn reached(repo: &Repo, modules: Modules<'_>) -> BTreeSet<FileId> {
    let mut seen: BTreeSet<FileId> = repo.files().iter().filter(|file| is_test(file)).map(|file| file.id).collect();
    let mut open: Vec<FileId> = seen.iter().copied().collect();
    while let Some(file) = open.pop() {
        let Some(facts) = modules.file(file) else { continue };
        let imports = facts.imports.iter().map(|import| (import.module.as_str(), import.imported.as_str()));
        let passed_on = facts.exports.iter().filter_map(|export| match &export.source {
            ExportSource::Other { module, imported } => Some((module.as_str(), imported.as_str())),
            ExportSource::Own(_) => None,
        });
        for (module, name) in imports.chain(passed_on) {
            let target = match modules.target(file, module) {
                Target::File(target) => Some(target),
                _ => None,
            };
            let inner = modules.submodule(file, module, name);
            open.extend(target.into_iter().chain(inner).filter(|target| seen.insert(*target)));
        }
    }
    seen
}
