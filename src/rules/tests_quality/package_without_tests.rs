//! `package-without-tests`: every service and package of the repository has tests.

use crate::{
    facts::{Fact, testing},
    model::{Evidence, FileId, Message, Place, Site, Verdict},
    repo::{Component, ComponentKind, File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: PackageWithoutTests = PackageWithoutTests;

pub(in crate::rules) struct PackageWithoutTests;

/// Parts with fewer files that hold functions are asked by nobody.
const ENOUGH: usize = 6;

impl Rule for PackageWithoutTests {
    fn id(&self) -> &'static str {
        "package-without-tests"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let parts: Vec<&Component> = cx.repo.components().iter().filter(|component| !component.is_root()).collect();
        if parts.is_empty() {
            return Verdict::not_applicable("alone");
        }
        let touched = testing::touching(cx.repo, cx.facts.modules(cx.repo));
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for part in parts.into_iter().filter(|part| is_asked(part)) {
            let working: Vec<&File> = cx.repo.files_of(part.id).filter(|file| works(cx, part, file)).collect();
            if working.len() < ENOUGH {
                continue;
            }
            let place = Place::File(entry(cx, part, &working));
            match touched.get(&part.id) {
                Some(tests) => {
                    let note = Message::new("tested").count("tests", tests.len()).with("name", part.name.as_str());
                    fine.push(Evidence::At { place, note });
                }
                None if shown_elsewhere(cx, part) => {}
                None => {
                    let message = Message::new("bad").with("name", part.name.as_str()).count("n", working.len());
                    sites.push(Site::new(place, message).key(part.path.as_str()));
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("few")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

fn is_asked(part: &Component) -> bool {
    use ComponentKind::{Cli, ClientApp, HttpService, Library, Package, WebApp, Worker};
    let tried_out = ["playground", "demo", "example", "storybook", "sandbox", "docs"]
        .iter()
        .any(|it| part.path.as_str().contains(it));
    !tried_out && matches!(part.kind, HttpService | Worker | WebApp | ClientApp | Cli | Library | Package)
}

/// A source file that does something: types, constants and settings need no test.
/// Markup alone is icons and letters where it is shared, and pages only where it runs.
fn works(cx: &Context<'_>, part: &Component, file: &File) -> bool {
    let shared = matches!(part.kind, ComponentKind::Library | ComponentKind::Package);
    let drawn = matches!(file.path.extension(), Some("tsx" | "jsx"));
    !(shared && drawn)
        && file.role == Role::Source
        && file.language.is_some()
        && cx.facts.of(file.id).is_some_and(|facts| !facts.modules.functions.is_empty())
}

/// Tests that import nothing of a part and are for it all the same: a folder of its name below a folder of tests, or
/// tests in a browser, which drive whatever pages the repository has.
fn shown_elsewhere(cx: &Context<'_>, part: &Component) -> bool {
    let name = part.path.file_name().unwrap_or_default();
    let drawn = |file: &File| matches!(file.path.extension(), Some("tsx" | "jsx" | "vue" | "svelte"));
    let pages = matches!(part.kind, ComponentKind::WebApp | ComponentKind::ClientApp)
        || cx.repo.files_of(part.id).any(|file| file.role == Role::Source && drawn(file));
    cx.repo.files().iter().filter(|file| testing::is_test(file)).any(|file| {
        let path = file.path.as_str();
        let stem = file.name().split('.').next().unwrap_or_default();
        let browser = pages && ["e2e", "playwright", "cypress", "end-to-end"].iter().any(|word| path.contains(word));
        browser || path.split('/').any(|folder| folder == name) || stem.contains(name)
    })
}

/// The file that a reader would open first.
fn entry(cx: &Context<'_>, part: &Component, working: &[&File]) -> FileId {
    let main = |file: &&&File| {
        let stem = file.name().split('.').next().unwrap_or_default();
        matches!(stem, "index" | "main" | "server" | "app" | "worker" | "__main__" | "__init__")
    };
    let first = working.iter().filter(main).min_by_key(|file| file.path.components().count());
    let manifest = || part.manifests(cx.repo).next().map(|manifest| manifest.file);
    first.map(|file| file.id).or_else(manifest).unwrap_or(working[0].id)
}
