//! Dockerfiles that a template left behind: nothing names them, and they cannot be built.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::{
    model::FileId,
    repo::{File, FileKind, Repo},
};

/// Whether `file` is a variant beside the usual name that copies a lock file which is nowhere around it, and that no
/// script, pipeline or definition names.
pub fn is(repo: &Repo, file: &File) -> bool {
    repo.once(|| LeftOver(all(repo))).0.contains(&file.id)
}

struct LeftOver(BTreeSet<FileId>);

fn all(repo: &Repo) -> BTreeSet<FileId> {
    let variants = repo.of_kind(FileKind::Dockerfile).filter(|file| !file.name().eq_ignore_ascii_case("Dockerfile"));
    variants.filter(|file| copies_absent_lock(repo, file) && !is_named(repo, file.name())).map(|file| file.id).collect()
}

/// Names of lock files; without the one it copies, a build stops.
const LOCKS: [&str; 11] = [
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lockb",
    "bun.lock",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "Gemfile.lock",
    "composer.lock",
    "Cargo.lock",
];

fn copies_absent_lock(repo: &Repo, file: &File) -> bool {
    let Some(dockerfile) = repo.dockerfile(file.id) else { return false };
    let copies = dockerfile.stages.iter().flat_map(|stage| stage.all("COPY"));
    let words = copies.filter(|copy| copy.flag("from").is_none()).flat_map(|copy| {
        let sources = copy.arguments.len().saturating_sub(1);
        &copy.arguments[..sources]
    });
    let mut locks = words.filter_map(|word| Utf8Path::new(&word.text).file_name()).filter(|name| LOCKS.contains(name));
    locks.any(|lock| !file.path.ancestors().skip(1).any(|folder| repo.by_path(&folder.join(lock)).is_some()))
}

/// Whether something that builds names the file; a document alone builds nothing.
fn is_named(repo: &Repo, name: &str) -> bool {
    const BUILDERS: [FileKind; 12] = [
        FileKind::Compose,
        FileKind::Workflow,
        FileKind::Action,
        FileKind::GitlabCi,
        FileKind::OtherCi,
        FileKind::Shell,
        FileKind::PackageJson,
        FileKind::TaskRunner,
        FileKind::Platform,
        FileKind::Terraform,
        FileKind::Data,
        FileKind::OtherCode,
    ];
    let files = repo.files().iter().filter(|file| BUILDERS.contains(&file.kind));
    let small = |file: &&File| file.size < MAX_BYTES;
    files.filter(small).any(|file| repo.read(file.id).is_ok_and(|text| text.contains(name)))
}

/// Longer files are data.
const MAX_BYTES: u64 = 200_000;
