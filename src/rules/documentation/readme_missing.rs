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
        if runs.is_empty() && !code && !outside {
            return Verdict::fail(Site::new(place, "no-start").severity(Severity::Low), []);
        }
        Verdict::pass_at(place, Message::new("present").count("words", readme.words))
    }
}

fn is_english(document: &Document) -> bool {
    document.path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("readme"))
}
