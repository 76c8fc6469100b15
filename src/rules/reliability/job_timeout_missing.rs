//! `job-timeout-missing`: a job that hangs is given up.

use crate::{
    facts::{
        Fact,
        modules::{Definition, FunctionId, Shape},
        processes::{Worker, of_component},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Span, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: JobTimeoutMissing = JobTimeoutMissing;

pub(in crate::rules) struct JobTimeoutMissing;

/// Calls from a processor to what limits its time.
const DEPTH: usize = 2;

/// How Celery's limits are written.
const CELERY: [&str; 4] = ["time_limit", "TIME_LIMIT", "soft_time_limit", "timelimit"];

impl Rule for JobTimeoutMissing {
    fn id(&self) -> &'static str {
        "job-timeout-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&CELERY)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules, Fact::Commands]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if let Some((at, name)) = CELERY.iter().filter_map(|name| Some((file.text.find(name)?, *name))).min() {
            out.note(Place::At(file.file.id, Span::new(at, at + name.len())), "limited");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable("no-workers");
        }
        if let Some(verdict) = celery(cx) {
            return verdict;
        }
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), false);
        for (file, signs) in of_component(cx.repo, cx.facts, cx.component) {
            for worker in signs.workers.iter().filter(|worker| matches!(worker.library, "BullMQ" | "Bull")) {
                match judge(cx, file, worker) {
                    Judged::Bad(site) => sites.push(*site),
                    Judged::Fine(evidence) => fine.push(evidence),
                    Judged::Unclear => unclear = true,
                }
            }
        }
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("no-workers")).also_fine(fine);
        }
        Verdict::pass_or(fine, || {
            if unclear { Verdict::unknown("unclear") } else { Verdict::not_applicable("no-workers") }
        })
    }
}

enum Judged {
    Bad(Box<Site>),
    Fine(Evidence),
    Unclear,
}

fn judge(cx: &Context<'_>, file: FileId, worker: &Worker) -> Judged {
    let place = Place::At(file, worker.span);
    let limited = |place| Judged::Fine(Evidence::At { place, note: Message::new("limited") });
    if worker.timed {
        return limited(place);
    }
    let modules = cx.facts.modules(cx.repo);
    let processor = match &worker.processor {
        Some(Shape::Function(span)) => modules.function_at(file, *span),
        Some(Shape::Name(name)) => match modules.definition(file, name) {
            Definition::Function(id) => Some(id),
            _ => None,
        },
        _ => None,
    };
    let Some(processor) = processor else { return Judged::Unclear };
    let limit = modules.reach(processor, DEPTH, |id| limits(cx, id));
    if let Some(place) = limit {
        return limited(place);
    }
    let work = worker.work.map_or_else(|| modules.place(processor), |work| Place::At(file, work));
    let site = Site::new(work, Message::new("missing").with("library", worker.library));
    Judged::Bad(Box::new(site.related(place, "takes").confidence(Confidence::Likely)))
}

/// Where a function limits the time of what it waits for.
fn limits(cx: &Context<'_>, id: FunctionId) -> Option<Place> {
    let modules = cx.facts.modules(cx.repo);
    modules.calls(id).find_map(|call| {
        let path = call.callee.api_path().to_ascii_lowercase();
        let limits =
            path.contains("timeout") || path == "promise.race" || path.contains("abort") || path.contains("deadline");
        limits.then_some(Place::At(id.file, call.span))
    })
}

/// Celery's limits are settings of the application or options of a task.
fn celery(cx: &Context<'_>) -> Option<Verdict> {
    let modules = cx.facts.modules(cx.repo);
    let made = modules.files().filter(|(file, _)| cx.covers(*file)).find_map(|(file, module)| {
        let call = module
            .calls
            .iter()
            .find(|call| matches!(call.callee.api_path().as_str(), "celery.Celery" | "celery.app.base.Celery"))?;
        (cx.repo.file(file).role == crate::repo::Role::Source).then_some(Place::At(file, call.span))
    })?;
    if let Some(limited) = cx.seen.first() {
        return Some(Verdict::pass_at(limited.place.clone(), "limited"));
    }
    let option = cx.facts.commands(cx.repo).iter().find(|used| used.text().contains("--time-limit"));
    if let Some(used) = option {
        return Some(Verdict::pass_at(used.place(), "limited"));
    }
    Some(Verdict::fail(Site::new(made, "celery").confidence(Confidence::Likely), []))
}
