//! `shutdown-resources-not-closed`: a process that ends closes the connections that it opened.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        processes::{self, Ending, Resource, ending, of_component},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ShutdownResourcesNotClosed = ShutdownResourcesNotClosed;

pub(in crate::rules) struct ShutdownResourcesNotClosed;

impl Rule for ShutdownResourcesNotClosed {
    fn id(&self) -> &'static str {
        "shutdown-resources-not-closed"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-process");
        }
        let links = cx.facts.links(cx.repo);
        let (mut sites, mut fine): (Vec<Site>, Vec<Evidence>) = (Vec::new(), Vec::new());
        let (mut seen, mut judged): (BTreeSet<FileId>, BTreeSet<Place>) = (BTreeSet::new(), BTreeSet::new());
        let mut unended = false;
        for (file, signs) in of_component(cx.repo, cx.facts, cx.component) {
            if signs.listens.is_empty() && signs.workers.is_empty() || seen.contains(&file) {
                continue;
            }
            let files = links.process_of(file);
            seen.extend(&files);
            let (Ending::Closes(handler, _) | Ending::Library(_, handler)) =
                ending(cx.facts, cx.facts.modules(cx.repo), &files)
            else {
                unended = true;
                continue;
            };
            for (at, resource) in resources(cx, &files) {
                let place = Place::At(at, resource.span);
                if !judged.insert(place.clone()) {
                    continue;
                }
                match closed(cx, &files, resource) {
                    Some(closing) => {
                        let note = Message::new("closed").with("library", resource.library);
                        fine.push(Evidence::At { place: closing, note });
                    }
                    None => sites.push(site(resource, place, &handler)),
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let otherwise = || Verdict::not_applicable(if unended { "no-end" } else { "no-resources" });
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), otherwise)).also_fine(fine).sites(total, ok)
    }
}

/// The connections that these files open.
fn resources<'c>(cx: &'c Context<'_>, files: &BTreeSet<FileId>) -> Vec<(FileId, &'c Resource)> {
    files
        .iter()
        .filter_map(|file| Some((*file, &cx.facts.of(*file)?.processes.resources)))
        .flat_map(|(file, resources)| resources.iter().map(move |resource| (file, resource)))
        .collect()
}

/// Parts of names of what a connection is called where it is closed.
const NAMES: [&str; 17] = [
    "pool",
    "redis",
    "queue",
    "mongoose",
    "connection",
    "client",
    "db",
    "database",
    "sql",
    "knex",
    "sequelize",
    "source",
    "cache",
    "publisher",
    "subscriber",
    "prisma",
    "conn",
];

/// Where something in these files closes such a connection.
fn closed(cx: &Context<'_>, files: &BTreeSet<FileId>, resource: &Resource) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    let name = resource.name.to_ascii_lowercase();
    files.iter().find_map(|file| {
        let call = modules.file(*file)?.calls.iter().find(|call| {
            let callee = &call.callee;
            if !resource.closes.contains(&callee.last()) {
                return false;
            }
            let before = callee.members.len().checked_sub(2).and_then(|index| callee.members.get(index));
            let receiver = before.map_or_else(|| callee.root.name(), String::as_str).to_ascii_lowercase();
            // `resources.map((r) => r.close())`
            receiver == name || receiver.len() <= 2 || NAMES.iter().any(|part| receiver.contains(part))
        })?;
        Some(Place::At(*file, call.span))
    })
}

fn site(resource: &Resource, place: Place, handler: &Place) -> Site {
    let say = |key: &'static str| Message::new(key).with("library", resource.library);
    let site = if matches!(resource.library, "redis" | "ioredis") {
        Site::new(place, say("cache")).severity(Severity::Low)
    } else {
        Site::new(place, say("open"))
    };
    site.related(handler.clone(), "ends").confidence(Confidence::Likely)
}
