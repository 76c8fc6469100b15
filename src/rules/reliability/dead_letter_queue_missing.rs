//! `dead-letter-queue-missing`: a job that failed for good is kept where somebody deals with it.

use crate::{
    facts::{
        Fact,
        processes::{Worker, of_component},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: DeadLetterQueueMissing = DeadLetterQueueMissing;

pub(in crate::rules) struct DeadLetterQueueMissing;

/// How code names such a queue.
const NAMES: [&str; 8] =
    ["deadletter", "dead-letter", "dead_letter", "dead letter", "dlq", "failed-jobs", "failedjobs", "failed_jobs"];

impl Rule for DeadLetterQueueMissing {
    fn id(&self) -> &'static str {
        "dead-letter-queue-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&[
            "deadLetter",
            "DeadLetter",
            "deadletter",
            "dead-letter",
            "dead_letter",
            "DEAD_LETTER",
            "Dead letter",
            "dead letter",
            "dlq",
            "DLQ",
            "Dlq",
            "failed-jobs",
            "failedJobs",
            "failed_jobs",
        ])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Processes]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        let lower = file.text.to_ascii_lowercase();
        if let Some((at, name)) = NAMES.iter().filter_map(|name| Some((lower.find(name)?, *name))).min() {
            out.note(Place::At(file.file.id, Span::new(at, at + name.len())), "named");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.component.kind.is_deployable() {
            return Verdict::not_applicable("no-workers");
        }
        let signs: Vec<_> = of_component(cx.repo, cx.facts, cx.component).collect();
        let workers: Vec<(FileId, &Worker)> = signs
            .iter()
            .flat_map(|(file, signs)| signs.workers.iter().map(|worker| (*file, worker)))
            .filter(|(_, worker)| matches!(worker.library, "BullMQ" | "Bull"))
            .collect();
        let Some((file, worker)) = workers.first() else { return Verdict::not_applicable("no-workers") };
        if let Some(named) = cx.seen.first() {
            return Verdict::pass_at(named.place.clone(), "named");
        }
        let listeners = || signs.iter().flat_map(|(file, signs)| signs.failed.iter().map(|failed| (*file, failed)));
        if let Some((file, failed)) = listeners().find(|(_, failed)| failed.moves) {
            return Verdict::pass_at(Place::At(file, failed.span), "moves");
        }
        let drops = workers.iter().find(|(_, worker)| worker.drops_failed).map(|(file, worker)| (*file, worker.span));
        let drops = drops.or_else(|| {
            let queues = signs.iter().flat_map(|(file, signs)| signs.queues.iter().map(|queue| (*file, queue)));
            queues.into_iter().find(|(_, queue)| queue.drops_failed).map(|(file, queue)| (file, queue.span))
        });
        if let Some((file, span)) = drops {
            return Verdict::fail(Site::new(Place::At(file, span), "dropped").severity(Severity::High), []);
        }
        let takes = Place::At(*file, worker.span);
        let site = match listeners().next() {
            Some((file, failed)) => Site::new(Place::At(file, failed.span), "only-noted").related(takes, "takes"),
            None => Site::new(takes, Message::new("missing").with("library", worker.library)),
        };
        Verdict::fail(site.confidence(Confidence::Likely), [])
    }
}
