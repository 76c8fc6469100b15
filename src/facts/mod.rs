//! What many rules ask of a repository, extracted once per file and joined once per repository.
//!
//! Rules hold policy; facts hold the knowledge of languages and frameworks. One file per fact.

pub mod access;
pub mod answers;
pub mod asynchrony;
pub mod backups;
pub mod body_limits;
pub mod commands;
pub mod committed;
pub mod compose;
pub mod cookies;
pub mod cors;
pub mod coverage;
pub mod credentials;
pub mod cron;
pub mod cross_site;
pub mod dead;
pub mod deployment;
mod directives;
pub mod documents;
pub mod environment;
pub mod images;
pub mod inference;
pub mod infrastructure;
pub mod intake;
pub mod kubernetes;
pub mod limits;
pub mod listening;
pub mod logging;
pub mod loopback;
pub mod migrations;
pub mod modules;
pub mod monitoring;
pub mod naming;
pub mod next;
pub mod outbound;
pub mod packages;
pub mod pipelines;
pub mod pools;
pub mod probes;
pub mod processes;
pub mod queries;
pub mod request_flow;
pub mod response_headers;
pub mod rollout;
pub mod routes;
pub mod runtimes;
pub mod schema;
pub mod services;
pub mod side;
pub mod spring;
pub mod stores;
pub mod switches;
pub mod tables;
pub mod testing;
pub mod tier;
pub mod tokens;
pub mod tooling;
pub mod truncated;
pub mod tsconfig;
pub mod variables;
mod visit;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

pub use visit::{Visit, Watch};

use commands::CommandUse;
use pipelines::Pipeline;

use crate::{
    code::NodeRef,
    model::{FileId, Memo, Span},
    repo::Repo,
};

/// A fact that rules can need. Each has one extractor in [`extractors`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// Comments that speak to this tool.
    Directives,
    /// Reads of environment variables.
    Environment,
    /// Definitions, synchronisations and migrations of a schema in code.
    Schema,
    /// Shell commands; read from documents, so no extractor visits files for them.
    Commands,
    /// Pipelines; read from documents and commands.
    Pipelines,
    /// Who may call this service from another site.
    Cors,
    /// Log calls, and how loggers are set up.
    Logging,
    /// What files say about the side on which they run.
    Side,
    /// What each file imports, exports, defines and calls.
    Modules,
    /// Tables that models in code define.
    Tables,
    /// What answers requests, and what stands in front of it. Needs [`Fact::Modules`] and [`Fact::Access`].
    Routes,
    /// Signs of guards: refusals, reads of identity, checks of roles and signatures.
    Access,
    /// What failed requests are answered with. Across files it needs [`Fact::Modules`].
    Answers,
    /// Requests sent to others.
    Outbound,
    /// Limiters that stop limiting, and log-ins of libraries.
    Limits,
    /// Queries of the database, with where their values come from. Joins need [`Fact::Modules`].
    Queries,
    /// Servers, workers, queues and handlers of signals.
    Processes,
    /// What answers about health say.
    Health,
    /// Which functions are asynchronous, and what in them nobody catches. Joins need [`Fact::Modules`].
    Asynchrony,
    /// What handlers take from requests. Across files it needs [`Fact::Modules`] and [`Fact::Access`].
    Intake,
    /// Coverage thresholds in configuration files that are scripts.
    Coverage,
    /// Settings that are off by default, and the code that runs only while they are on.
    Switches,
}

/// Collects one fact from each file that it watches.
pub trait Extractor: Sync {
    fn fact(&self) -> Fact;

    fn watch(&self) -> Watch;

    /// Visits the text of a watched file, before its nodes.
    fn text(&self, _file: &Visit<'_>, _facts: &mut FileFacts) {}

    /// Visits one node of a watched kind.
    fn node(&self, _file: &Visit<'_>, _node: NodeRef<'_>, _facts: &mut FileFacts) {}
}

/// Every extractor, in the order of [`Fact`].
pub fn extractors() -> &'static [&'static dyn Extractor] {
    &[
        &directives::Directives,
        &environment::Environment,
        &schema::Schema,
        &cors::Cors,
        &logging::LogCalls,
        &side::Sides,
        &modules::ModuleExtractor,
        &tables::Models,
        &routes::files::FileRouteExtractor,
        &routes::script::RouterExtractor,
        &access::AccessExtractor,
        &answers::AnswerExtractor,
        &outbound::OutboundExtractor,
        &limits::LimitExtractor,
        &queries::QueryExtractor,
        &processes::ProcessExtractor,
        &processes::HealthExtractor,
        &asynchrony::AsyncExtractor,
        &intake::IntakeExtractor,
        &coverage::CoverageExtractor,
        &switches::Switches,
    ]
}

/// What the extractors found in one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileFacts {
    /// Comments that speak to this tool.
    pub directives: Vec<Directive>,
    pub environment: Vec<environment::EnvRead>,
    /// Where the environment as a whole is given to something that checks it.
    pub environment_checks: Vec<Span>,
    /// Where something that is named after checking takes the environment as a whole.
    pub environment_looks: Vec<Span>,
    /// Names whose default value start-up refuses.
    pub refused: Vec<String>,
    pub schema: Vec<schema::SchemaUse>,
    pub cors: cors::CorsFacts,
    /// What a configuration file of a test runner says about coverage, in source order.
    pub coverage: Vec<(Span, coverage::Sign)>,
    pub logging: logging::Logging,
    pub side: side::SideSigns,
    pub modules: modules::ModuleFacts,
    pub tables: Vec<tables::Table>,
    pub made_indexes: Vec<tables::MadeIndex>,
    pub routes: routes::files::FileSigns,
    pub access: access::AccessFacts,
    pub answers: answers::AnswerFacts,
    pub asynchrony: asynchrony::Asynchrony,
    pub outbound: outbound::Outbound,
    pub limits: limits::LimitFacts,
    pub processes: processes::ProcessSigns,
    /// Signs of what answers about health say, in source order.
    pub health: Vec<processes::HealthSign>,
    /// Scripts: what is registered on routers and servers.
    pub routers: routes::script::RouterSigns,
    pub queries: queries::QueryFacts,
    pub intake: intake::IntakeFacts,
    pub switches: switches::SwitchFacts,
}

impl FileFacts {
    /// Gives back memory that nobody will use.
    pub fn shrink(&mut self) {
        self.modules.shrink();
        self.access.signs.shrink_to_fit();
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The facts of the whole repository.
#[derive(Debug, Default)]
pub struct Facts {
    files: BTreeMap<FileId, FileFacts>,
    commands: OnceLock<Vec<CommandUse>>,
    resolver: OnceLock<modules::Resolver>,
    compose_starts: OnceLock<Vec<compose::Start>>,
    pipelines: OnceLock<Vec<Pipeline>>,
    tables: OnceLock<tables::Tables>,
    routes: OnceLock<Vec<routes::Route>>,
    links: OnceLock<processes::Links>,
    /// Other answers that rest on facts.
    memo: Memo,
}

impl Facts {
    pub fn new(files: BTreeMap<FileId, FileFacts>) -> Self {
        Self { files, ..Self::default() }
    }

    /// Every shell command that the repository runs or offers, in order of path and position.
    pub fn commands(&self, repo: &Repo) -> &[CommandUse] {
        self.commands.get_or_init(|| commands::commands(repo))
    }

    /// The files joined by their imports. Needs [`Fact::Modules`].
    pub fn modules<'a>(&'a self, repo: &'a Repo) -> modules::Modules<'a> {
        modules::Modules::new(repo, self, self.resolver.get_or_init(|| modules::Resolver::new(repo)))
    }

    /// Every command that starts a Compose project, in order of path and position.
    pub fn compose_starts(&self, repo: &Repo) -> &[compose::Start] {
        self.compose_starts.get_or_init(|| compose::starts(repo, self.commands(repo)))
    }

    /// Every pipeline of continuous integration and delivery, in order of path.
    pub fn pipelines(&self, repo: &Repo) -> &[Pipeline] {
        self.pipelines.get_or_init(|| pipelines::pipelines(repo, self.commands(repo)))
    }

    /// Files that were asked about and hold more than is looked at, in order of path.
    pub(crate) fn truncated(&self, repo: &Repo) -> Vec<truncated::Truncated> {
        truncated::truncated(repo, self.pipelines.get().map(Vec::as_slice).unwrap_or_default())
    }

    /// The tables that the repository defines, in SQL and, when [`Fact::Tables`] is needed, in code.
    pub fn tables(&self, repo: &Repo) -> &tables::Tables {
        self.tables.get_or_init(|| tables::tables(repo, self))
    }

    /// Every route that the repository answers. Needs [`Fact::Routes`], [`Fact::Modules`] and [`Fact::Access`].
    pub fn routes(&self, repo: &Repo) -> &[routes::Route] {
        self.routes.get_or_init(|| routes::routes(repo, self))
    }

    /// The imports between source files. Needs [`Fact::Modules`].
    pub fn links(&self, repo: &Repo) -> &processes::Links {
        self.links.get_or_init(|| processes::Links::new(repo, self.modules(repo)))
    }

    /// An answer that rests on facts, worked out once per scan; see [`Memo::once`].
    pub fn once<T: Send + Sync + 'static>(&self, tell: impl FnOnce() -> T) -> Arc<T> {
        self.memo.once(tell)
    }

    /// Joins the files' share of `fact`, where there is something to join; whether there is.
    pub fn join(&self, repo: &Repo, fact: Fact) -> bool {
        match fact {
            Fact::Commands => {
                self.compose_starts(repo);
            }
            Fact::Pipelines => {
                self.pipelines(repo);
            }
            Fact::Modules => {
                self.modules(repo);
            }
            Fact::Tables => {
                self.tables(repo);
            }
            Fact::Routes => {
                self.routes(repo);
            }
            Fact::Processes => {
                self.links(repo);
            }
            _ => return false,
        }
        true
    }

    /// The facts of one file.
    pub fn of(&self, file: FileId) -> Option<&FileFacts> {
        self.files.get(&file)
    }

    /// Every file that has facts, in order of path.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &FileFacts)> {
        self.files.iter().map(|(file, facts)| (*file, facts))
    }
}

/// A comment with `readiness:` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    pub span: Span,
    /// Nothing but space precedes it on its line.
    pub alone: bool,
    pub text: String,
}
