//! What runs for long: servers that listen, workers that take jobs, the signals that end them, and how one can ask
//! whether they are well.

mod ending;
mod extract;
mod health;
mod links;
mod ports;
pub mod queues;
mod resources;
mod signs;
pub mod telemetry;

pub use ending::{Ending, ending, unfinished};
pub(super) use extract::ProcessExtractor;
pub use health::{Asked, Looks, asked, looks};
pub use links::Links;
pub(super) use signs::HealthExtractor;
pub use signs::{HealthSign, HealthSignKind};

use super::modules::Shape;
use crate::{
    facts::{Facts, images},
    model::{FileId, Span},
    repo::{Component, Repo, Role},
};

/// What one file says about processes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProcessSigns {
    pub listens: Vec<Listen>,
    /// Where servers are told on which port to listen.
    pub ports: Vec<PortSign>,
    pub signals: Vec<Signal>,
    pub unfinished: Vec<Unfinished>,
    pub workers: Vec<Worker>,
    pub queues: Vec<Queue>,
    /// Listeners of failed jobs.
    pub failed: Vec<FailedListener>,
    /// Where it takes care of errors that nobody caught: `process.on('uncaughtException', …)`.
    pub last_resorts: Vec<Span>,
    /// Connections that files open when they are loaded.
    pub resources: Vec<Resource>,
    /// Jobs that are put into queues.
    pub added: Vec<Added>,
    /// What ends the process when its orderly end takes too long.
    pub deadlines: Vec<Deadline>,
    /// Where `NestJS` is told to end on signals: `app.enableShutdownHooks()`.
    pub hooks: Vec<Span>,
}

/// A server that begins to listen.
#[derive(Debug, Clone, PartialEq)]
pub struct Listen {
    pub span: Span,
    pub nest: bool,
}

/// A call that begins to listen, with the port that it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSign {
    pub span: Span,
    pub port: PortShape,
}

/// What a port is given as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortShape {
    Number(u16),
    /// A variable of the environment, with the port that stands in when it is missing.
    Variable {
        name: String,
        default: Option<u16>,
    },
    /// Something that is called a port: `config.port`.
    Named,
    Other,
}

/// A signal that a file names to handle it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub span: Span,
    /// `SIGTERM` or `SIGINT`.
    pub name: String,
    /// What handles it, when it stands beside the name.
    pub handler: Option<Shape>,
}

/// A server's `close` that nobody waits for, and the exit that follows it in the same function.
#[derive(Debug, Clone, PartialEq)]
pub struct Unfinished {
    pub span: Span,
    pub exit: Span,
}

/// Something that takes jobs from a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Worker {
    pub span: Span,
    /// The library, for people.
    pub library: &'static str,
    /// The queue's name, when it is a constant.
    pub queue: Option<String>,
    /// The expression that names it, as written.
    pub written: String,
    pub processor: Option<Shape>,
    /// The first thing that its processor waits for.
    pub work: Option<Span>,
    /// The processor speaks of a time limit.
    pub timed: bool,
    /// Its options throw failed jobs away.
    pub drops_failed: bool,
}

/// A queue that jobs are added to.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    pub span: Span,
    pub library: &'static str,
    pub name: Option<String>,
    pub drops_failed: bool,
    /// The variable that holds it.
    pub variable: String,
    /// How often its jobs are tried by default.
    pub retries: Retries,
}

/// Whether something says how often a job is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retries {
    Given,
    None,
    /// It may, in options that come from elsewhere.
    Open,
}

/// A job that is put into a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    pub span: Span,
    /// The last name of what it is added to.
    pub queue: String,
    pub retries: Retries,
}

/// A connection that is opened when its file is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub span: Span,
    /// The library, for people.
    pub library: &'static str,
    /// The methods that close it.
    pub closes: &'static [&'static str],
    /// The variable that holds it.
    pub name: String,
}

/// A timer that ends the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    pub span: Span,
}

/// A listener of a queue's or a worker's failed jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedListener {
    pub span: Span,
    /// It puts the job somewhere else.
    pub moves: bool,
}

/// Whether `component` is a process of ours that others depend on: deployable, with a part that runs on a server.
pub fn is_served(repo: &Repo, component: &Component) -> bool {
    component.kind.is_deployable() && !images::is_static_site(repo, component)
}

/// The processes' signs of the source files of `component`, in order of path.
pub fn of_component<'f>(
    repo: &'f Repo,
    facts: &'f Facts,
    component: &'f Component,
) -> impl Iterator<Item = (FileId, &'f ProcessSigns)> {
    facts
        .files()
        .filter(move |(file, _)| {
            let file = repo.file(*file);
            file.role == Role::Source && file.component == component.id
        })
        .map(|(file, facts)| (file, &facts.processes))
}
