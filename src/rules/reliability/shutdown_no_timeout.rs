//! `shutdown-no-timeout`: an orderly end that hangs is cut short by the process itself.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        processes::{self, Ending, ending, of_component, unfinished},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ShutdownNoTimeout = ShutdownNoTimeout;

pub(in crate::rules) struct ShutdownNoTimeout;

/// Packages that end the process after a time of their own.
const TIMED: [&str; 10] = [
    "@godaddy/terminus",
    "close-with-grace",
    "express-graceful-shutdown",
    "fastify-graceful-shutdown",
    "http-graceful-shutdown",
    "http-terminator",
    "lightship",
    "lil-http-terminator",
    "stoppable",
    "node-graceful-shutdown",
];

impl Rule for ShutdownNoTimeout {
    fn id(&self) -> &'static str {
        "shutdown-no-timeout"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-end");
        }
        let links = cx.facts.links(cx.repo);
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), false);
        let mut seen: BTreeSet<FileId> = BTreeSet::new();
        for (file, signs) in of_component(cx.repo, cx.facts, cx.component) {
            if signs.listens.is_empty() && signs.workers.is_empty() || seen.contains(&file) {
                continue;
            }
            let files = links.process_of(file);
            seen.extend(&files);
            // What exits without waiting needs no limit.
            if unfinished(cx.facts, &files).next().is_some() {
                continue;
            }
            match ending(cx.facts, cx.facts.modules(cx.repo), &files) {
                Ending::Closes(place, _) => match limit(cx, &files, &place) {
                    Some(limit) => fine.push(Evidence::At { place: limit, note: Message::new("limited") }),
                    None => sites.push(Site::new(place, "open").confidence(Confidence::Likely)),
                },
                Ending::Library(name, place) if TIMED.contains(&name.as_str()) => {
                    fine.push(Evidence::At { place, note: Message::new("library").with("name", name) });
                }
                Ending::Library(..) | Ending::Handled(_) => unclear = true,
                _ => {}
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let otherwise = || if unclear { Verdict::unknown("unclear") } else { Verdict::not_applicable("no-end") };
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), otherwise)).also_fine(fine).sites(total, ok)
    }
}

/// Parts of the names of functions that end a process.
const ENDS: [&str; 6] = ["shutdown", "graceful", "terminat", "exit", "close", "stop"];

/// What cuts a hanging end short.
fn limit(cx: &Context<'_>, files: &BTreeSet<FileId>, handler: &Place) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    let timer = files.iter().find_map(|file| {
        let deadlines = &cx.facts.of(*file)?.processes.deadlines;
        // A timer elsewhere may end the process for reasons of its own.
        let deadline = deadlines.iter().find(|deadline| {
            let name =
                modules.function_around(*file, deadline.span).map(|id| modules.function(id).name.to_ascii_lowercase());
            let ends = |name: &str| ENDS.iter().any(|part| name.contains(part));
            handler.file() == Some(*file) || name.is_some_and(|name| ends(&name))
        })?;
        Some(Place::At(*file, deadline.span))
    });
    timer.or_else(|| {
        let file = handler.file()?;
        let call = cx.facts.modules(cx.repo).file(file)?.calls.iter().find(|call| {
            let path = call.callee.api_path();
            let timer = matches!(path.as_str(), "setTimeout" | "clearTimeout");
            path == "Promise.race" || path.to_ascii_lowercase().contains("timeout") && !timer
        })?;
        Some(Place::At(file, call.span))
    })
}
