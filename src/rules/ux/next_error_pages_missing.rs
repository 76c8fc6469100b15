//! `next-error-pages-missing`: a Next.js application has pages of its own for errors and for what is not found.

use camino::Utf8PathBuf;

use crate::{
    facts::next::{self, Router},
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::{File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: NextErrorPagesMissing = NextErrorPagesMissing;

pub(in crate::rules) struct NextErrorPagesMissing;

impl Rule for NextErrorPagesMissing {
    fn id(&self) -> &'static str {
        "next-error-pages-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if let Some(folder) = next::folder(cx.repo, cx.component, Router::App) {
            let below = cx.repo.files_below(&folder);
            if below.iter().any(|file| file.role == Role::Source && next::script_stem(file) == Some("page")) {
                return app(below, &folder);
            }
        }
        match next::folder(cx.repo, cx.component, Router::Pages) {
            Some(folder) if has_pages(cx, &folder) => pages(cx, &folder),
            _ => Verdict::not_applicable("no-next"),
        }
    }
}

fn named<'f>(files: &'f [File], stems: &[&str]) -> Option<&'f File> {
    files.iter().find(|file| next::script_stem(file).is_some_and(|stem| stems.contains(&stem)))
}

fn app(below: &[File], folder: &Utf8PathBuf) -> Verdict {
    let (error, global, lost) =
        (named(below, &["error"]), named(below, &["global-error"]), named(below, &["not-found", "global-not-found"]));
    let absent =
        |name: &str, key: &'static str| Site::new(Place::Missing(folder.join(name)), Message::new(key)).key(key);
    let mut sites = Vec::new();
    match (error, global) {
        (None, None) => sites.push(absent("error.tsx", "error")),
        (None, Some(_)) => sites.push(absent("error.tsx", "error-low").severity(Severity::Low)),
        (Some(_), None) => sites.push(absent("global-error.tsx", "global-error").severity(Severity::Low)),
        (Some(_), Some(_)) => {}
    }
    if lost.is_none() {
        sites.push(absent("not-found.tsx", "not-found").severity(Severity::Low));
    }
    verdict(sites, [error, global, lost])
}

fn verdict<'f>(sites: Vec<Site>, found: impl IntoIterator<Item = Option<&'f File>>) -> Verdict {
    let fine: Vec<Evidence> = found
        .into_iter()
        .flatten()
        .map(|file| Evidence::At { place: Place::File(file.id), note: Message::new("there") })
        .collect();
    let (total, ok) = (sites.len() + fine.len(), fine.len());
    Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-next")))
        .also_fine(fine)
        .sites(total, ok)
}

/// Pages that people see, not only handlers below `api`.
fn has_pages(cx: &Context<'_>, folder: &Utf8PathBuf) -> bool {
    cx.repo.files_below(folder).iter().any(|file| {
        let special = next::script_stem(file).is_none_or(|stem| stem.starts_with('_'));
        file.role == Role::Source && !special && !file.path.starts_with(folder.join("api"))
    })
}

fn pages(cx: &Context<'_>, folder: &Utf8PathBuf) -> Verdict {
    let below = cx.repo.files_below(folder);
    let here: Vec<&File> = below.iter().filter(|file| file.folder() == folder.as_path()).collect();
    let find = |stems: &[&str]| {
        here.iter().copied().find(|file| next::script_stem(file).is_some_and(|stem| stems.contains(&stem)))
    };
    let (error, lost) = (find(&["500", "_error"]), find(&["404", "_error"]));
    let mut sites = Vec::new();
    if error.is_none() {
        sites.push(Site::new(Place::Missing(folder.join("500.tsx")), "old-error").severity(Severity::Low).key("500"));
    }
    if lost.is_none() {
        sites.push(
            Site::new(Place::Missing(folder.join("404.tsx")), "old-not-found").severity(Severity::Low).key("404"),
        );
    }
    verdict(sites, [error, lost])
}
