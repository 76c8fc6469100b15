//! `readme-missing`: a README says what this is and how to run it.

use crate::{
    facts::documents::{self, Document, Topic},
    model::{Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ReadmeMissing = ReadmeMissing;

pub(in crate::rules) struct ReadmeMissing;

impl Rule for ReadmeMissing {
    fn id(&self) -> &'static str {
        "readme-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.repo.files().is_empty() {
            return Verdict::not_applicable("empty");
        }
        let documents = documents::documents(cx.repo);
        let top = documents.iter().filter(|document| documents::is_readme(&document.path));
        let Some(readme) = top.min_by_key(|document| (document.path.components().count(), !is_english(document)))
        else {
            return Verdict::fail(Site::new(Place::Missing("README.md".into()), "missing"), []);
        };
        // Git hosts show these three: the root, `.github` and `docs`.
        let shown = matches!(readme.path.parent().map(camino::Utf8Path::as_str), Some("" | ".github" | "docs"));
        if !shown {
            return Verdict::fail(Site::new(Place::Missing("README.md".into()), "missing"), []);
        }
        let place = Place::File(readme.file);
        let runs = documents::about(std::slice::from_ref(readme), Topic::Start);
        let code = readme.sections.iter().any(|section| !section.code.is_empty());
        let outside = documents::elsewhere(std::slice::from_ref(readme)).is_some();
        if readme.words < cx.whole("words") && !code {
            return Verdict::fail(Site::new(place, Message::new("short").count("words", readme.words)), []);
        }
        if runs.is_empty()
            && !code
            && !outside
            && let Some(told) = documents.iter().find(|other| tells_start(cx, readme, other))
        {
            return Verdict::pass_at(Place::File(told.file), Message::new("present").count("words", told.words));
        }
        if runs.is_empty() && !code && !outside {
            return Verdict::fail(Site::new(place, "no-start").severity(Severity::Low), []);
        }
        Verdict::pass_at(place, Message::new("present").count("words", readme.words))
    }
}

/// Whether another document tells how to begin: the README of a component, or one that the first README leads to.
fn tells_start(cx: &Context<'_>, readme: &Document, other: &Document) -> bool {
    let folder = other.path.parent().unwrap_or_else(|| camino::Utf8Path::new(""));
    let of_component = documents::is_readme(&other.path)
        && cx.repo.components().iter().any(|component| !component.is_root() && component.folder() == folder);
    let linked = || {
        readme.links.iter().any(|link| {
            let target = link.target.split('#').next().unwrap_or_default().trim_start_matches("./");
            !target.is_empty() && other.path == target
        })
    };
    other.file != readme.file
        && (of_component || linked())
        && !documents::about(std::slice::from_ref(other), Topic::Start).is_empty()
}

fn is_english(document: &Document) -> bool {
    document.path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("readme"))
}
