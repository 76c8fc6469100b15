//! `job-retry-not-configured`: a job that fails once is tried again.

use crate::{
    facts::{
        Fact,
        processes::{Added, Queue, Retries, of_component},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: JobRetryNotConfigured = JobRetryNotConfigured;

pub(in crate::rules) struct JobRetryNotConfigured;

/// How Celery's retries are written.
const CELERY: [&str; 6] =
    ["autoretry_for", "max_retries", "retry_backoff", "retry_kwargs", ".retry(", "task_default_retry"];

impl Rule for JobRetryNotConfigured {
    fn id(&self) -> &'static str {
        "job-retry-not-configured"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&CELERY)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes, Fact::Modules]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if file.file.path.extension() != Some("py") {
            return;
        }
        if let Some((at, name)) = CELERY.iter().filter_map(|name| Some((file.text.find(name)?, *name))).min() {
            out.note(Place::At(file.file.id, Span::new(at, at + name.len())), "tried");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable("no-jobs");
        }
        if let Some(verdict) = celery(cx) {
            return verdict;
        }
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), false);
        let added = added(cx);
        for (file, signs) in of_component(cx.repo, cx.facts, cx.component) {
            for queue in &signs.queues {
                match judge(file, queue, &added) {
                    Judged::Bad(site) => sites.push(*site),
                    Judged::Fine(evidence) => fine.push(evidence),
                    Judged::Unclear => unclear = true,
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let otherwise = || if unclear { Verdict::unknown("unclear") } else { Verdict::not_applicable("no-jobs") };
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), otherwise)).also_fine(fine).sites(total, ok)
    }
}

enum Judged {
    Bad(Box<Site>),
    Fine(Evidence),
    Unclear,
}

/// Every job that source files put into queues.
fn added<'c>(cx: &'c Context<'_>) -> Vec<(FileId, &'c Added)> {
    cx.facts
        .files()
        .filter(|(file, _)| cx.repo.file(*file).role == Role::Source)
        .flat_map(|(file, facts)| facts.processes.added.iter().map(move |added| (file, added)))
        .collect()
}

fn judge(file: FileId, queue: &Queue, added: &[(FileId, &Added)]) -> Judged {
    let place = Place::At(file, queue.span);
    match queue.retries {
        Retries::Given => return Judged::Fine(Evidence::At { place, note: Message::new("default") }),
        Retries::Open => return Judged::Unclear,
        Retries::None => {}
    }
    let own: Vec<&(FileId, &Added)> = added
        .iter()
        .filter(|(_, added)| {
            !queue.variable.is_empty() && added.queue.trim_start_matches('#') == queue.variable.trim_start_matches('#')
        })
        .collect();
    if let Some((at, once)) = own.iter().find(|(_, added)| added.retries == Retries::None) {
        let site = Site::new(place, Message::new("once").with("library", queue.library));
        return Judged::Bad(Box::new(site.related(Place::At(*at, once.span), "added").confidence(Confidence::Likely)));
    }
    match own.iter().find(|(_, added)| added.retries == Retries::Given) {
        Some((at, tried)) => {
            Judged::Fine(Evidence::At { place: Place::At(*at, tried.span), note: Message::new("tried") })
        }
        None => Judged::Unclear,
    }
}

/// Celery tries a task once unless the task or its caller says otherwise.
fn celery(cx: &Context<'_>) -> Option<Verdict> {
    let modules = cx.facts.modules(cx.repo);
    let made = modules.files().filter(|(file, _)| cx.covers(*file)).find_map(|(file, module)| {
        let mut calls = module.calls.iter();
        let call =
            calls.find(|call| matches!(call.callee.api_path().as_str(), "celery.Celery" | "celery.app.base.Celery"))?;
        (cx.repo.file(file).role == Role::Source).then_some(Place::At(file, call.span))
    })?;
    if let Some(tried) = cx.seen.first() {
        return Some(Verdict::pass_at(tried.place.clone(), "tried"));
    }
    Some(Verdict::fail(Site::new(made, "celery").confidence(Confidence::Likely), []))
}
