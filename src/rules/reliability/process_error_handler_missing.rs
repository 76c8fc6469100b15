//! `process-error-handler-missing`: a Node process says why it dies of an error that nobody caught.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        processes::{self, of_component, telemetry},
    },
    model::{Confidence, FileId, Message, Place, Site, Span, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: ProcessErrorHandlerMissing = ProcessErrorHandlerMissing;

pub(in crate::rules) struct ProcessErrorHandlerMissing;

/// What installs such handlers besides `process.on`.
const INSTALLS: [&str; 6] = [
    "handleExceptions",
    "exceptionHandlers",
    "close-with-grace",
    "setUncaughtExceptionCaptureCallback",
    "uncaughtException",
    "unhandledRejection",
];

impl Rule for ProcessErrorHandlerMissing {
    fn id(&self) -> &'static str {
        "process-error-handler-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&INSTALLS)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if let Some((at, name)) = INSTALLS.iter().filter_map(|name| Some((file.text.find(name)?, *name))).min() {
            out.note(Place::At(file.file.id, Span::new(at, at + name.len())), "installed");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-process");
        }
        let (mut sites, mut seen): (Vec<Site>, BTreeSet<FileId>) = (Vec::new(), BTreeSet::new());
        let links = cx.facts.links(cx.repo);
        for (file, signs) in of_component(cx.repo, cx.facts, cx.component) {
            let spans =
                signs.listens.iter().map(|listen| listen.span).chain(signs.workers.iter().map(|worker| worker.span));
            let Some(start) = spans.min() else { continue };
            if !seen.contains(&file) {
                let files = links.process_of(file);
                seen.extend(&files);
                sites.push(site(cx, Place::At(file, start), &files));
            }
        }
        if sites.is_empty() {
            return Verdict::not_applicable("no-process");
        }
        let installed = of_component(cx.repo, cx.facts, cx.component)
            .find_map(|(file, signs)| Some(Place::At(file, *signs.last_resorts.first()?)))
            .or_else(|| cx.seen.first().map(|seen| seen.place.clone()));
        if let Some(place) = installed {
            return Verdict::pass_at(place, "installed");
        }
        if let Some((name, place)) = telemetry::declared(cx.repo, cx.component, telemetry::TRACKERS) {
            return Verdict::pass_at(place, Message::new("tracker").with("name", name));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-process"))
    }
}

/// Where the process looks after its end, else where it begins.
fn site(cx: &Context<'_>, start: Place, files: &BTreeSet<FileId>) -> Site {
    let ending = files.iter().find_map(|file| {
        let signal = cx.facts.of(*file)?.processes.signals.iter().find(|signal| signal.name == "SIGTERM")?;
        Some(Place::At(*file, signal.span))
    });
    match ending {
        Some(place) => Site::new(place, "beside").related(start, "starts"),
        None => Site::new(start, "missing"),
    }
    .confidence(Confidence::Likely)
}
