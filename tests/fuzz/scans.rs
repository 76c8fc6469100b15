//! Any change of a repository can be audited.

use std::{fs, sync::LazyLock};

use camino::Utf8Path;
use proptest::{collection::vec, prelude::*};
use readiness::{config::Config, report::Report};

use super::mutation::{self, Mutation, cases, files, mutate, mutations};

/// A change of the files of a repository.
#[derive(Debug, Clone)]
enum Change {
    Mutate(prop::sample::Index, Vec<Mutation>),
    Delete(prop::sample::Index),
    /// What one file holds stands in another one as well.
    Overwrite(prop::sample::Index, prop::sample::Index),
    /// A file stands in another one's folder, too.
    Copy(prop::sample::Index, prop::sample::Index),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<prop::sample::Index>;
    let one = prop_oneof![
        8 => (index(), mutations()).prop_map(|(file, changes)| Change::Mutate(file, changes)),
        1 => index().prop_map(Change::Delete),
        2 => (index(), index()).prop_map(|(from, to)| Change::Overwrite(from, to)),
        1 => (index(), index()).prop_map(|(from, to)| Change::Copy(from, to)),
    ];
    vec(one, 1..30)
}

type Files = Vec<(String, Vec<u8>)>;

static FIXTURES: LazyLock<Vec<Files>> =
    LazyLock::new(|| mutation::FIXTURES.iter().map(|name| files(&format!("fixtures/{name}"))).collect());

fn apply(files: &mut Files, change: &Change) {
    if files.is_empty() {
        return;
    }
    match change {
        Change::Mutate(file, changes) => {
            let at = file.index(files.len());
            files[at].1 = mutate(&files[at].1, changes);
        }
        Change::Delete(file) => {
            files.remove(file.index(files.len()));
        }
        Change::Overwrite(from, to) => {
            let bytes = from.get(files).1.clone();
            let to = to.index(files.len());
            files[to].1 = bytes;
        }
        Change::Copy(from, to) => {
            let (path, bytes) = from.get(files).clone();
            let folder = to.get(files).0.rsplit_once('/').map_or("extra", |(folder, _)| folder).to_owned();
            let name = path.rsplit('/').next().unwrap_or_default();
            files.push((format!("{folder}/{name}"), bytes));
        }
    }
}

fn scanned(files: &Files) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (path, bytes) in files {
        let full = folder.path().join(path);
        // A copy can name a folder where a file is; then it is left out.
        if fs::create_dir_all(full.parent().expect("a file has a folder")).is_ok() {
            let _ = fs::write(full, bytes);
        }
    }
    let root = Utf8Path::from_path(folder.path()).expect("the temporary folder is UTF-8");
    readiness::scan(root, &Config { all: true, jobs: Some(1), ..Config::default() }).expect("it can be audited")
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn any_repository_is_audited(fixture in any::<prop::sample::Index>(), changes in changes()) {
        let mut files = fixture.get::<Files>(FIXTURES.as_slice()).clone();
        for change in &changes {
            apply(&mut files, change);
        }
        let report = scanned(&files);
        let panics: Vec<_> = report.diagnostics.iter().filter(|one| one.kind == "rule-panicked").collect();
        prop_assert!(panics.is_empty(), "{panics:#?}");
        prop_assert!(report.summary.score.is_none_or(|score| (0.0..=10.0).contains(&score)));
    }
}
