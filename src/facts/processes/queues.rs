//! Which queues are filled and which are emptied, by name.

use super::{Queue, Worker};
use crate::{
    facts::{Facts, environment::Fallback},
    model::{FileId, Place, Span},
    repo::{Repo, Role},
};

/// A worker with the name of the queue that it empties.
#[derive(Debug, Clone)]
pub struct Consumer<'f> {
    pub file: FileId,
    pub worker: &'f Worker,
    /// Nothing when the code does not tell.
    pub name: Option<String>,
    /// The variable that decides, when the name is only its default.
    pub variable: Option<String>,
}

/// A queue with a constant name that is filled.
#[derive(Debug, Clone)]
pub struct Producer<'f> {
    pub file: FileId,
    pub queue: &'f Queue,
    pub name: &'f str,
}

impl Consumer<'_> {
    pub fn place(&self) -> Place {
        Place::At(self.file, self.worker.span)
    }
}

impl Producer<'_> {
    pub fn place(&self) -> Place {
        Place::At(self.file, self.queue.span)
    }
}

/// Every worker of `BullMQ` and Bull in source files. Needs [`crate::facts::Fact::Environment`].
pub fn consumers<'f>(repo: &Repo, facts: &'f Facts) -> Vec<Consumer<'f>> {
    let workers = facts
        .files()
        .filter(|(file, _)| repo.file(*file).role == Role::Source)
        .flat_map(|(file, facts)| facts.processes.workers.iter().map(move |worker| (file, worker)))
        .filter(|(_, worker)| matches!(worker.library, "BullMQ" | "Bull"));
    workers
        .map(|(file, worker)| {
            let variable = worker.written.rsplit('.').next().unwrap_or_default();
            let variable = Some(variable).filter(|name| worker.queue.is_none() && is_variable(name));
            let default = variable.and_then(|name| default_of(repo, facts, file, name));
            Consumer {
                file,
                worker,
                name: worker.queue.clone().or_else(|| default.clone()),
                variable: variable.filter(|_| default.is_some()).map(str::to_owned),
            }
        })
        .collect()
}

/// Every queue of `BullMQ` and Bull with a constant name in source files.
pub fn producers<'f>(repo: &Repo, facts: &'f Facts) -> Vec<Producer<'f>> {
    facts
        .files()
        .filter(|(file, _)| repo.file(*file).role == Role::Source)
        .flat_map(|(file, facts)| facts.processes.queues.iter().map(move |queue| (file, queue)))
        .filter_map(|(file, queue)| Some(Producer { file, queue, name: queue.name.as_deref()? }))
        .collect()
}

fn is_variable(name: &str) -> bool {
    name.len() > 2 && name.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

/// The default of a variable as the component of `from` reads it.
fn default_of(repo: &Repo, facts: &Facts, from: FileId, name: &str) -> Option<String> {
    let component = repo.file(from).component;
    facts.files().filter(|(file, _)| repo.file(*file).component == component).find_map(|(file, facts)| {
        let read = facts
            .environment
            .iter()
            .find(|read| read.name == name && matches!(read.fallback, Fallback::Literal { .. }))?;
        let Fallback::Literal { span, .. } = read.fallback else { return None };
        literal(repo, file, span)
    })
}

fn literal(repo: &Repo, file: FileId, span: Span) -> Option<String> {
    let text = repo.read(file).ok()?;
    let text = text.get(span.range())?.trim_matches(['\'', '"', '`']);
    let plain = text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | ':' | '.'));
    (plain && !text.is_empty()).then(|| text.to_owned())
}
