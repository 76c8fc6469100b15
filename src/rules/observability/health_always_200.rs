//! `health-always-200`: an answer about health that says something is wrong has a status that says so too.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        modules::FunctionId,
        processes::{self, HealthSign, HealthSignKind, asked},
        routes::Route,
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: HealthAlwaysOk = HealthAlwaysOk;

pub(in crate::rules) struct HealthAlwaysOk;

impl Rule for HealthAlwaysOk {
    fn id(&self) -> &'static str {
        "health-always-200"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Health]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-route");
        }
        let (mut sites, mut fine, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (route, _) in asked(cx.repo, cx.facts, cx.component.id) {
            let Some(id) = handler(cx, route).filter(|id| seen.insert(*id)) else { continue };
            match judge(cx, route, id) {
                Some(Judged::Bad(site)) => sites.push(*site),
                Some(Judged::Fine(evidence)) => fine.push(evidence),
                None => {}
            }
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-route"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-route")).also_fine(fine)
    }
}

enum Judged {
    Bad(Box<Site>),
    Fine(Evidence),
}

fn handler(cx: &Context<'_>, route: &Route) -> Option<FunctionId> {
    let Some(Place::At(file, span)) = &route.handler else { return None };
    cx.facts.modules(cx.repo).function_at(*file, *span)
}

fn judge(cx: &Context<'_>, route: &Route, id: FunctionId) -> Option<Judged> {
    let modules = cx.facts.modules(cx.repo);
    let span = modules.function(id).span;
    let signs: Vec<&HealthSign> = cx.facts.of(id.file)?.health.iter().filter(|sign| span.contains(sign.span)).collect();
    let of = |kind: HealthSignKind| signs.iter().copied().filter(move |sign| sign.kind == kind);
    let fine = || {
        let note = Message::new("says").with("path", route.path.as_str());
        Some(Judged::Fine(Evidence::At { place: route.place.clone(), note }))
    };
    let wrong: Vec<&HealthSign> = of(HealthSignKind::Unhealthy).collect();
    let first = *wrong.first()?;
    if of(HealthSignKind::OpenStatus).next().is_some() {
        return fine();
    }
    // An error's status in a `catch` says nothing about what is found wrong without an error.
    let told = |wrong: &&HealthSign| {
        of(HealthSignKind::ErrorStatus).any(|status| status.catch.is_none_or(|catch| catch.contains(wrong.span)))
    };
    let untold = wrong.iter().find(|wrong| !told(wrong));
    let Some(untold) = untold else { return fine() };
    // Without an answer of its own, what it calls chooses the status.
    of(HealthSignKind::Answer).next()?;
    let answer = of(HealthSignKind::Answer)
        .filter(|answer| answer.catch.is_none_or(|catch| catch.contains(untold.span)))
        .rfind(|answer| answer.span.end > untold.span.start)
        .unwrap_or(first);
    let site = Site::new(Place::At(id.file, answer.span), Message::new("always").with("path", route.path.as_str()))
        .related(Place::At(id.file, untold.span), "wrong");
    Some(Judged::Bad(Box::new(site.confidence(Confidence::Likely))))
}
