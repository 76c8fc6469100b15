//! `incident-severity-undefined`: the incident plan says how bad is bad, and how soon somebody answers.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    facts::documents::{self, Document, Topic},
    model::{Confidence, Evidence, Message, Place, Site, Span, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: IncidentSeverityUndefined = IncidentSeverityUndefined;

pub(in crate::rules) struct IncidentSeverityUndefined;

/// Shorter passages only mention incidents.
const PLAN: usize = 100;

/// Names of levels. Words alone (critical, high) are levels where they stand beside a time.
static LEVEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(P[0-5]|SEV[- ]?[0-5]|S[1-5]|severity[- ]?[0-5]|level[- ]?[0-5]|tier[- ]?[0-5]|critical|major|minor|high|medium|low|критичн\w*|высок\w*|средн\w*|низк\w*)\b")
        .expect("the pattern does not change")
});

/// A time within which somebody answers.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(\b\d+\s*-?\s*(m|min|mins|minutes?|h|hrs?|hours?|business days?|days?|d)\b|\bimmediate(ly)?\b|24/7|\d+\s*(мин\w*|час\w*|дн\w*|день)|немедленно)")
        .expect("the pattern does not change")
});

impl Rule for IncidentSeverityUndefined {
    fn id(&self) -> &'static str {
        "incident-severity-undefined"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let documents = documents::documents(cx.repo);
        let about_plan = |topic| {
            let covered = documents::about(&documents, topic).into_iter();
            covered.filter(|one| documents::is_own_plan(cx.repo, one)).collect::<Vec<_>>()
        };
        let mut covered = about_plan(Topic::Incidents);
        covered.extend(documents::about(&documents, Topic::Runbook));
        let levels: Vec<Evidence> = covered
            .iter()
            .filter_map(|one| {
                Some(Evidence::At { place: levels(cx, &documents, &one.place)?, note: Message::new("levels") })
            })
            .collect();
        Verdict::pass_or(levels, || match about_plan(Topic::Incidents).into_iter().find(|one| one.words >= PLAN) {
            Some(plan) => {
                let message = Message::new("missing").with("name", plan.name);
                Verdict::fail(Site::new(plan.place, message).confidence(Confidence::Likely), [])
            }
            None => Verdict::not_applicable("no-plan"),
        })
    }
}

/// The first of two lines or more that each give a level a time, or the first of two levels by number, in a document
/// or a section.
fn levels(cx: &Context<'_>, documents: &[Document], place: &Place) -> Option<Place> {
    let file = place.file()?;
    let text = cx.repo.read(file).ok()?;
    let (start, end) = match place {
        Place::At(_, heading) => {
            let document = documents.iter().find(|document| document.file == file)?;
            (heading.start as usize, document.end_of(*heading).map_or(text.len(), |end| end as usize))
        }
        _ => (0, text.len()),
    };
    let (mut timed, mut numbered) = (Vec::new(), Vec::new());
    let mut offset = start;
    for line in text.get(start..end)?.split_inclusive('\n') {
        for found in LEVEL.find_iter(line) {
            let span = Span::new(offset + found.start(), offset + found.end());
            let level = found.as_str().to_lowercase();
            if TIME.is_match(line) {
                timed.push((level.clone(), span));
            }
            if level.ends_with(|last: char| last.is_ascii_digit()) {
                numbered.push((level, span));
            }
        }
        offset += line.len();
    }
    [timed, numbered].into_iter().find_map(|found| {
        let (first, span) = found.first()?;
        found.iter().any(|(level, _)| level != first).then_some(Place::At(file, *span))
    })
}
