//! `vendored-dependencies-committed`: installed packages are not in the repository.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    facts::committed::{self, NoIndex},
    model::{Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: VendoredDependenciesCommitted = VendoredDependenciesCommitted;

pub(in crate::rules) struct VendoredDependenciesCommitted;

/// Fewer are a stub that somebody wrote: a package that a test resolves, a patch.
const ENOUGH: usize = 3;

impl Rule for VendoredDependenciesCommitted {
    fn id(&self) -> &'static str {
        "vendored-dependencies-committed"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let groups = match committed::groups(cx.repo, installed) {
            Ok(groups) => groups,
            Err(NoIndex::Missing) => return Verdict::not_applicable("no-git"),
            Err(NoIndex::Unreadable) => return Verdict::unknown("unreadable"),
        };
        let many = groups.into_iter().filter(|(_, (n, _))| *n >= ENOUGH);
        let sites = many.map(|((folder, ()), (n, first))| {
            let message = Message::new("bad").count("n", n).with("folder", folder.as_str());
            Site::new(committed::place(cx.repo, &first), message).key(folder.as_str())
        });
        let tracked = cx.repo.git().tracked_files().len();
        Verdict::fail_or(sites.collect(), || Verdict::pass(cx.searched("searched", tracked), []))
    }
}

/// The folder that a package manager fills.
fn installed(path: &Utf8Path) -> Option<(Utf8PathBuf, ())> {
    const NAMES: [&str; 4] = ["node_modules", "bower_components", "site-packages", "jspm_packages"];
    let folder = committed::up_to(path, |part| NAMES.contains(&part)).or_else(|| bundle(path))?;
    Some((folder, ()))
}

/// `vendor/bundle`, where Bundler installs.
fn bundle(path: &Utf8Path) -> Option<Utf8PathBuf> {
    let at = path.as_str().find("vendor/bundle/ruby/")?;
    Some(Utf8PathBuf::from(&path.as_str()[..at + "vendor/bundle".len()]))
}
