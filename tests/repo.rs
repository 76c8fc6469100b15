//! The index over small repositories in temporary folders, and, when `READINESS_CORPUS` names a folder of
//! repositories, an inventory of each of them for people to read.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use camino::{Utf8Path, Utf8PathBuf};
use readiness::{
    model::Place,
    repo::{ComponentKind, FileKind, GitState, ReadError, Repo, Role, SkipReason, Technology, WalkOptions},
};

struct Folder {
    temporary: tempfile::TempDir,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self { temporary: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.temporary.path()).unwrap()
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, bytes).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "git {arguments:?}");
    }

    fn open(&self) -> Repo {
        self.open_with(&WalkOptions::default())
    }

    fn open_with(&self, options: &WalkOptions) -> Repo {
        Repo::open(self.path(), options).unwrap()
    }
}

fn paths(repo: &Repo) -> Vec<&str> {
    repo.files().iter().map(|file| file.path.as_str()).collect()
}

fn skipped(repo: &Repo) -> Vec<(&str, SkipReason)> {
    repo.skipped().iter().map(|skipped| (skipped.path.as_str(), skipped.reason)).collect()
}

fn names(list: &[Technology]) -> Vec<&str> {
    list.iter().map(|technology| technology.name).collect()
}

#[test]
fn inventory_of_a_corpus() {
    let Ok(corpus) = std::env::var("READINESS_CORPUS") else {
        println!("skipped: READINESS_CORPUS names no folder");
        return;
    };
    let mut roots: Vec<Utf8PathBuf> =
        Utf8Path::new(&corpus).read_dir_utf8().unwrap().map(|entry| entry.unwrap().into_path()).collect();
    roots.sort();
    for root in roots.iter().filter(|root| root.is_dir()) {
        print_inventory(&Repo::open(root, &WalkOptions::default()).unwrap());
    }
}

fn print_inventory(repo: &Repo) {
    println!(
        "\n=== {} ({} files) git {:?} head {:?}",
        repo.name(),
        repo.files().len(),
        repo.git().state(),
        repo.git().head()
    );
    let untracked = repo.files().iter().filter(|file| file.tracked == Some(false)).count();
    println!("untracked {untracked}, skipped {:?}", skipped(repo));
    for component in repo.components() {
        let reasons: Vec<_> = component.reasons.iter().map(|reason| &reason.what).collect();
        let files = repo.files_of(component.id).count();
        println!(
            "component {} {:?} {} files={files} because {reasons:?}",
            component.path,
            component.name,
            component.kind.name()
        );
        let profile = &component.profile;
        println!(
            "    {:?}\n    frameworks {:?} orms {:?} data {:?} deploy {:?} managers {:?}",
            profile.languages.iter().map(|(name, share)| (*name, share.files)).collect::<Vec<_>>(),
            names(&profile.frameworks),
            names(&profile.orms),
            names(&profile.datastores),
            names(&profile.deploy_targets),
            names(&profile.package_managers)
        );
    }
    let mut roles: BTreeMap<(Role, FileKind), Vec<&str>> = BTreeMap::new();
    for file in repo.files() {
        roles.entry((file.role, file.kind)).or_default().push(file.path.as_str());
    }
    let shown = if std::env::var("READINESS_ALL").is_ok() { usize::MAX } else { 12 };
    for ((role, kind), files) in roles {
        println!(
            "  {role:?}/{kind:?} {}: {}",
            files.len(),
            files.iter().take(shown).copied().collect::<Vec<_>>().join(" ")
        );
    }
}
