//! `tests-sparse`: there are enough tests to notice when something breaks.

use std::collections::BTreeMap;

use crate::{
    facts::{Fact, modules::Target, routes::RouteKind, testing},
    model::{ComponentId, Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{Component, ComponentKind, File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: TestsSparse = TestsSparse;

pub(in crate::rules) struct TestsSparse;

/// Cases for a thousand lines below which tests exist in name only.
const FLOOR: usize = 2;

/// Smaller parts are tested by trying them.
const ENOUGH_LINES: usize = 1_000;

/// Pages that one test in a browser cannot stand for.
const MANY_PAGES: usize = 10;

/// More cases in one file try several flows.
const FEW_CASES: usize = 5;

impl Rule for TestsSparse {
    fn id(&self) -> &'static str {
        "tests-sparse"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Access, Fact::Routes]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let touching = testing::touching(cx.repo, cx.facts.modules(cx.repo));
        let cases = cases(cx);
        let shared = shared(cx);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for part in cx.repo.components().iter().filter(|part| is_asked(part)) {
            let own: Vec<FileId> = touching.get(&part.id).into_iter().flatten().copied().collect();
            let sources: Vec<&File> = cx.repo.files_of(part.id).filter(|file| is_source(file)).collect();
            let inner: usize = sources.iter().map(|file| testing::inner_cases(cx.repo, file)).sum();
            let count = |files: &[FileId]| files.iter().filter_map(|file| cases.get(file)).sum::<usize>();
            // Without any test of its own it is another criterion's.
            if count(&own) + inner == 0 {
                continue;
            }
            let mut files: Vec<FileId> = own.into_iter().chain(shared.iter().copied()).collect();
            files.sort_unstable();
            files.dedup();
            files.retain(|file| cases.get(file).is_some_and(|n| *n > 0));
            let n = count(&files) + inner;
            if fits_easily(&sources, n) {
                continue;
            }
            let lines: usize = sources.iter().map(|file| testing::lines(cx.repo, file)).sum();
            if lines < ENOUGH_LINES {
                continue;
            }
            let name = if part.is_root() { part.name.as_str() } else { part.path.as_str() };
            let message =
                |key: &'static str| Message::new(key).with("name", name).count("cases", n).count("lines", lines);
            let place = files.first().map_or_else(|| Place::File(sources[0].id), |file| Place::File(*file));
            if n * 1000 >= FLOOR * lines {
                fine.push(Evidence::At { place, note: message("enough") });
                continue;
            }
            let bare = n * 10_000 < FLOOR * lines && answers(cx, part.id);
            let site = Site::new(place, message(if bare { "bare" } else { "sparse" }));
            let site = if bare { site.severity(Severity::High) } else { site };
            sites.push(site.confidence(Confidence::Likely).key(part.path.as_str()));
        }
        if sites.is_empty() {
            sites.extend(one_flow(cx, &cases));
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        Verdict::fail_or(sites, || {
            let files = cases.len();
            let all: usize = cases.values().sum();
            if all == 0 {
                return Verdict::not_applicable("none");
            }
            let what = Message::new("counted").count("n", all);
            Verdict::pass(cx.searched(what, files), fine.clone())
        })
        .also_fine(fine)
        .sites(total, ok)
    }
}

fn is_asked(part: &Component) -> bool {
    use ComponentKind::{Cli, ClientApp, HttpService, Library, Package, WebApp, Worker};
    let tried_out = ["playground", "demo", "example", "storybook", "sandbox", "docs"]
        .iter()
        .any(|it| part.path.as_str().contains(it));
    let kind = matches!(part.kind, HttpService | Worker | WebApp | ClientApp | Cli | Library | Package);
    !tried_out && (kind || part.is_root())
}

/// Code that somebody wrote to run: declarations of types, tables of data and styles need no test.
fn is_source(file: &File) -> bool {
    let name = file.name();
    let data = [".d.ts", ".config.", ".stories.", ".gen.", ".generated."].iter().any(|part| name.contains(part));
    let words = file.path.components().any(|part| matches!(part.as_str(), "locales" | "i18n" | "lang" | "messages"));
    file.role == Role::Source && matches!(file.kind, FileKind::Code | FileKind::OtherCode) && !data && !words
}

/// Test cases by file, those that help tests without any of their own included.
fn cases(cx: &Context<'_>) -> BTreeMap<FileId, usize> {
    let files = cx.repo.files().iter().filter(|file| testing::is_test(file) || is_feature(file));
    files.map(|file| (file.id, testing::cases(cx.repo, file))).collect()
}

fn is_feature(file: &File) -> bool {
    file.role == Role::Test && file.path.extension() == Some("feature")
}

/// Tests that count for every part: those that lie in no part of their own, and those that import nothing of the
/// repository, because they ask the running product.
fn shared(cx: &Context<'_>) -> Vec<FileId> {
    let modules = cx.facts.modules(cx.repo);
    let sources = |file: FileId| {
        let imports = modules.file(file).map(|facts| facts.imports.as_slice()).unwrap_or_default();
        imports.iter().any(|import| {
            matches!(modules.target(file, &import.module), Target::File(target)
                if cx.repo.file(target).role == Role::Source)
        })
    };
    let tests = cx.repo.files().iter().filter(|file| testing::is_test(file) || is_feature(file));
    tests
        .filter(|file| cx.repo.component(file.component).is_root() || file.language.is_some() && !sources(file.id))
        .map(|file| file.id)
        .collect()
}

/// The only test in a browser of an application with many pages.
fn one_flow(cx: &Context<'_>, cases: &BTreeMap<FileId, usize>) -> Option<Site> {
    let mut pages: BTreeMap<ComponentId, usize> = BTreeMap::new();
    for route in cx.facts.routes(cx.repo).iter().filter(|route| route.kind == RouteKind::Page) {
        *pages.entry(route.component).or_default() += 1;
    }
    let (_, n) = pages.into_iter().max_by_key(|(_, n)| *n).filter(|(_, n)| *n >= MANY_PAGES)?;
    let mut driving = cases.iter().filter(|(_, n)| **n > 0).filter(|(file, _)| {
        let file = cx.repo.file(**file);
        // Flows of Cypress are often written in commands of their own.
        let of_cypress = file.name().contains(".cy.") || file.path.components().any(|part| part.as_str() == "cypress");
        cx.repo.read(file.id).is_ok_and(|text| {
            ["page.goto(", "cy.visit(", "driver.get("].iter().any(|it| text.contains(it))
                || of_cypress && text.contains("cy.")
        })
    });
    let (file, asked) = driving.next()?;
    if driving.next().is_some() || *asked > FEW_CASES {
        return None;
    }
    let message = Message::new("one-flow").count("cases", *asked).count("pages", n);
    Some(Site::new(Place::File(*file), message).confidence(Confidence::Likely).key("one-flow"))
}

/// Whether so many cases are enough even if every line were as short as lines get, so that nothing need be read.
fn fits_easily(sources: &[&File], cases: usize) -> bool {
    const SHORTEST: u64 = 4;
    let bytes: u64 = sources.iter().map(|file| file.size).sum();
    let lines = usize::try_from(bytes / SHORTEST).unwrap_or(usize::MAX);
    lines < ENOUGH_LINES || cases.saturating_mul(1000) >= lines.saturating_mul(FLOOR)
}

fn answers(cx: &Context<'_>, part: ComponentId) -> bool {
    cx.facts.routes(cx.repo).iter().any(|route| route.component == part)
}
