//! `graceful-shutdown-missing`: a server that is told to end finishes its requests first.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        processes::{self, Ending, ending, of_component, unfinished},
        spring,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: GracefulShutdownMissing = GracefulShutdownMissing;

pub(in crate::rules) struct GracefulShutdownMissing;

impl Rule for GracefulShutdownMissing {
    fn id(&self) -> &'static str {
        "graceful-shutdown-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules, Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-server");
        }
        let links = cx.facts.links(cx.repo);
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), false);
        let mut seen: BTreeSet<FileId> = BTreeSet::new();
        let mut workers = false;
        for (file, signs) in of_component(cx.repo, cx.facts, cx.component) {
            let Some(listen) = signs.listens.first() else { continue };
            if seen.contains(&file) {
                continue;
            }
            let files = links.process_of(file);
            seen.extend(&files);
            // The rule about workers speaks for a process that also takes jobs.
            if files.iter().any(|file| cx.facts.of(*file).is_some_and(|facts| !facts.processes.workers.is_empty())) {
                workers = true;
                if !unfinished(cx.facts, &files).any(|_| true) {
                    continue;
                }
            }
            match judge(cx, Place::At(file, listen.span), listen.nest, &files) {
                Judged::Bad(site) => sites.push(*site),
                Judged::Fine(evidence) => fine.push(evidence),
                Judged::Unclear => unclear = true,
            }
        }
        if !sites.is_empty() || !fine.is_empty() {
            return if sites.is_empty() {
                Verdict::pass_or(fine, || Verdict::not_applicable("no-server"))
            } else {
                Verdict::fail_or(sites, || Verdict::not_applicable("no-server")).also_fine(fine)
            };
        }
        if unclear {
            return Verdict::unknown("elsewhere");
        }
        if workers {
            return Verdict::not_applicable("workers");
        }
        without_listen(cx)
    }
}

enum Judged {
    Bad(Box<Site>),
    Fine(Evidence),
    Unclear,
}

fn judge(cx: &Context<'_>, listen: Place, nest: bool, files: &BTreeSet<FileId>) -> Judged {
    let bad = |site: Site| Judged::Bad(Box::new(site));
    let fine = |place, note| Judged::Fine(Evidence::At { place, note });
    if let Some((file, close)) = unfinished(cx.facts, files).next() {
        let site = Site::new(Place::At(file, close.span), "unfinished").severity(Severity::Medium);
        return bad(site.related(Place::At(file, close.exit), "exits"));
    }
    match ending(cx.facts, cx.facts.modules(cx.repo), files) {
        Ending::Library(name, place) => fine(place, Message::new("library").with("name", name)),
        Ending::Closes(place, name) => fine(place, Message::new("closes").with("name", name)),
        Ending::Handled(place) => fine(place, Message::new("handled")),
        Ending::OnlyExits(place) => {
            bad(Site::new(place, "only-exits").severity(Severity::Medium).related(listen, "listens"))
        }
        Ending::OnlyInterrupt(place) => {
            bad(Site::new(place, "only-interrupt").severity(Severity::Medium).related(listen, "listens"))
        }
        Ending::Nothing if handles_somewhere(cx) => Judged::Unclear,
        Ending::Nothing if nest => {
            bad(Site::new(listen, "nest").severity(Severity::Medium).confidence(Confidence::Likely))
        }
        Ending::Nothing => bad(Site::new(listen, "missing").confidence(Confidence::Likely)),
    }
}

/// Whether any file of the component handles the signal, though no import leads to it.
fn handles_somewhere(cx: &Context<'_>) -> bool {
    of_component(cx.repo, cx.facts, cx.component)
        .any(|(_, signs)| !signs.hooks.is_empty() || signs.signals.iter().any(|signal| signal.name == "SIGTERM"))
}

/// Servers that finish their requests by themselves.
const OWN: [&str; 6] = ["uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "fastapi"];

fn without_listen(cx: &Context<'_>) -> Verdict {
    let modules = cx.facts.modules(cx.repo);
    let run = modules.files().filter(|(file, _)| cx.covers(*file)).find_map(|(file, module)| {
        let call = module.calls.iter().find(|call| call.callee.api_path() == "uvicorn.run")?;
        Some(Place::At(file, call.span))
    });
    if let Some(place) = run {
        return Verdict::pass_at(place, Message::new("own").with("name", "uvicorn"));
    }
    let python = cx.component.profile.languages.contains_key("Python");
    let started = cx.facts.commands(cx.repo).iter().find_map(|used| {
        let text = used.text();
        let name = OWN.iter().find(|name| text.split([' ', '/']).any(|word| word == **name))?;
        let running = matches!(
            used.stage,
            crate::facts::commands::Stage::ContainerStart | crate::facts::commands::Stage::PlatformStart
        );
        running.then(|| (used.place(), *name))
    });
    if let Some((place, name)) = started.filter(|_| python) {
        return Verdict::pass_at(place, Message::new("own").with("name", name));
    }
    if let Some(boot) = spring::boot(cx.repo, cx.component) {
        return spring_boot(cx, boot);
    }
    if cx.component.profile.has_framework("Next.js") {
        return Verdict::not_applicable("framework");
    }
    Verdict::unknown("unread")
}

/// Spring Boot waits for requests when it is told to, and since 3.4 by itself.
fn spring_boot(cx: &Context<'_>, boot: spring::Boot) -> Verdict {
    if let Some((value, place)) = spring::setting(cx.repo, cx.component, "server.shutdown") {
        return match value.as_str() {
            "graceful" => Verdict::pass_at(place, Message::new("own").with("name", "Spring Boot")),
            "immediate" => Verdict::fail(Site::new(place, "spring-immediate").severity(Severity::Medium), []),
            _ => Verdict::unknown("unread"),
        };
    }
    match boot.version {
        Some(version) if version >= (3, 4) => {
            Verdict::pass_at(boot.place, Message::new("own").with("name", "Spring Boot"))
        }
        Some((major, minor)) => {
            let message = Message::new("spring-default").with("version", format!("{major}.{minor}"));
            Verdict::fail(Site::new(boot.place, message).severity(Severity::Medium), [])
        }
        None => Verdict::unknown("unread"),
    }
}
