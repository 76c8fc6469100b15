//! `worker-graceful-shutdown-missing`: a worker that is told to end finishes its job first.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        commands::Stage,
        processes::{Ending, Worker, ending, of_component},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WorkerGracefulShutdownMissing = WorkerGracefulShutdownMissing;

pub(in crate::rules) struct WorkerGracefulShutdownMissing;

impl Rule for WorkerGracefulShutdownMissing {
    fn id(&self) -> &'static str {
        "worker-graceful-shutdown-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules, Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable("no-workers");
        }
        let links = cx.facts.links(cx.repo);
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), false);
        let mut seen: BTreeSet<FileId> = BTreeSet::new();
        for (file, signs) in of_component(cx.repo, cx.facts, cx.component) {
            let Some(worker) = signs.workers.first() else { continue };
            if seen.contains(&file) {
                continue;
            }
            let files = links.process_of(file);
            seen.extend(&files);
            match judge(cx, file, worker, &files) {
                Some(Judged::Bad(site)) => sites.push(*site),
                Some(Judged::Fine(evidence)) => fine.push(evidence),
                None => unclear = true,
            }
        }
        if sites.is_empty() && fine.is_empty() {
            return if unclear { Verdict::unknown("elsewhere") } else { without_workers(cx) };
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-workers"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-workers")).also_fine(fine)
    }
}

enum Judged {
    Bad(Box<Site>),
    Fine(Evidence),
}

fn judge(cx: &Context<'_>, file: FileId, worker: &Worker, files: &BTreeSet<FileId>) -> Option<Judged> {
    let place = Place::At(file, worker.span);
    let say = |key: &'static str| Message::new(key).with("library", worker.library);
    let good = |place, note| Some(Judged::Fine(Evidence::At { place, note }));
    let bad = |site| Some(Judged::Bad(Box::new(site)));
    match ending(cx.facts, cx.facts.modules(cx.repo), files) {
        Ending::Library(name, closing) | Ending::Closes(closing, name) => {
            good(closing, Message::new("closes").with("name", name))
        }
        Ending::Handled(place) => good(place, Message::new("handled")),
        Ending::OnlyExits(handler) => bad(Site::new(handler, "only-exits").related(place, say("takes"))),
        Ending::OnlyInterrupt(handler) => {
            bad(Site::new(handler, "only-interrupt").severity(Severity::High).related(place, say("takes")))
        }
        Ending::Nothing => {
            let somewhere = of_component(cx.repo, cx.facts, cx.component)
                .any(|(_, signs)| signs.signals.iter().any(|signal| signal.name == "SIGTERM"));
            if somewhere {
                return None;
            }
            bad(Site::new(place, say("missing")).confidence(Confidence::Likely))
        }
    }
}

/// Workers that end by themselves when they are told to.
fn without_workers(cx: &Context<'_>) -> Verdict {
    if !cx.component.profile.languages.contains_key("Python") {
        return Verdict::not_applicable("no-workers");
    }
    let started = cx.facts.commands(cx.repo).iter().find_map(|used| {
        if !matches!(used.stage, Stage::ContainerStart | Stage::PlatformStart) {
            return None;
        }
        let text = used.text();
        let words: Vec<&str> = text.split([' ', '/']).collect();
        let name = ["celery", "rq", "arq", "dramatiq"].into_iter().find(|name| words.contains(name))?;
        (name != "celery" || words.contains(&"worker")).then(|| (used.place(), name))
    });
    match started {
        Some((place, name)) => Verdict::pass_at(place, Message::new("own").with("name", name)),
        None => Verdict::not_applicable("no-workers"),
    }
}
