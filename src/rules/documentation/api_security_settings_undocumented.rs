//! `api-security-settings-undocumented`: the documentation of the API says how often it may be asked.

use crate::{
    code::Language,
    facts::{
        Fact, documents, limits,
        side::{Side, side_of},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ApiSecuritySettingsUndocumented = ApiSecuritySettingsUndocumented;

pub(in crate::rules) struct ApiSecuritySettingsUndocumented;

/// Shorter documents only point to the API.
const ENOUGH_WORDS: usize = 150;

const SAID: [&str; 9] = [
    "rate limit",
    "rate-limit",
    "ratelimit",
    "throttl",
    "requests per",
    "too many requests",
    "лимит запрос",
    "ограничение запрос",
    "запросов в",
];

impl Rule for ApiSecuritySettingsUndocumented {
    fn id(&self) -> &'static str {
        "api-security-settings-undocumented"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Access, Fact::Limits, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mentions = limits::mentions(cx.repo, cx.facts);
        // A package that limits is imported to be used.
        let used = mentions
            .iter()
            .filter(|mention| !is_for_browsers(cx, mention.file))
            .find(|mention| mention.function.is_none() || limits::is_used(cx.repo, cx.facts, **mention));
        let limiter = used
            .map(|mention| Place::At(mention.file, mention.span))
            .or_else(|| limits::at_proxy(cx.repo).into_iter().next());
        let Some(limiter) = limiter else { return Verdict::not_applicable("no-limit") };
        let described = described(cx);
        let Some(first) = described.first() else { return Verdict::not_applicable("no-docs") };
        let of_its_own = || {
            let limits = |title: &str| title.contains("limiter") || SAID.iter().any(|word| title.contains(word));
            documents::heading(cx.repo, limits).map(|heading| heading.place)
        };
        match described.iter().find_map(|file| said(cx, *file)).or_else(of_its_own) {
            Some(place) => Verdict::pass(Evidence::At { place, note: Message::new("said") }, []),
            None => {
                let site = Site::new(Place::File(*first), "missing").confidence(Confidence::Likely);
                Verdict::fail(site.related(limiter, "limiter"), [])
            }
        }
    }
}

/// Words beside `api` in the name of a document that describes one.
const DESCRIBES: [&str; 22] = [
    "rest",
    "http",
    "public",
    "private",
    "internal",
    "external",
    "web",
    "server",
    "backend",
    "docs",
    "doc",
    "documentation",
    "reference",
    "guide",
    "overview",
    "usage",
    "endpoints",
    "routes",
    "spec",
    "specification",
    "v1",
    "v2",
];

/// Whether code runs in a browser, where `throttle` slows down events.
fn is_for_browsers(cx: &Context<'_>, file: FileId) -> bool {
    let file = cx.repo.file(file);
    let served =
        file.path.components().any(|part| matches!(part.as_str(), "assets" | "static" | "public" | "javascripts"));
    side_of(cx.repo, cx.facts, file).side == Side::Client || served && file.language.is_some_and(Language::is_script)
}

/// Documents about the API, and its descriptions for tools.
fn described(cx: &Context<'_>) -> Vec<FileId> {
    let named = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let stem = name.split('.').next().unwrap_or_default();
        let mut words = stem.split(['-', '_', ' ']);
        let last = stem.rsplit(['-', '_', ' ']).next().unwrap_or_default();
        let is_api = |word: &str| matches!(word, "api" | "openapi" | "swagger");
        // `api-research.md` is about something else; `api-reference.md` and `orders-api.md` are what is asked for.
        is_api(last) || words.clone().any(is_api) && words.all(|word| is_api(word) || DESCRIBES.contains(&word))
    };
    let documents = documents::documents(cx.repo);
    let written = documents
        .iter()
        .filter(|document| named(document.path.as_str()) && document.words >= ENOUGH_WORDS)
        // Why something was decided is no reference.
        .filter(|document| {
            !document.path.components().any(|part| {
                matches!(part.as_str().to_ascii_lowercase().as_str(), "adr" | "adrs" | "decisions" | "rfcs" | "rfc")
            })
        })
        .map(|document| document.file);
    let formal = |file: &&File| {
        let name = file.name().to_ascii_lowercase();
        let document = (name.starts_with("openapi") || name.starts_with("swagger")) && file.kind == FileKind::Data;
        document && !matches!(file.role, Role::Vendored | Role::Example | Role::Test)
    };
    written.chain(cx.repo.files().iter().filter(formal).map(|file| file.id)).collect()
}

fn said(cx: &Context<'_>, file: FileId) -> Option<Place> {
    let text = cx.repo.read(file).ok()?;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.to_lowercase();
        // The digits of a hash or of a port are no status code.
        let status = lower.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "429");
        if status || SAID.iter().any(|word| lower.contains(word)) {
            return Some(Place::At(file, Span::new(offset, offset + line.trim_end().len())));
        }
        offset += line.len();
    }
    None
}
