//! What many rules ask of a repository, extracted once per file and joined once per repository.
//!
//! Rules hold policy; facts hold the knowledge of languages and frameworks. One file per fact.

pub mod commands;
pub mod compose;
pub mod cors;
pub mod deployment;
mod directives;
pub mod environment;
pub mod images;
pub mod kubernetes;
pub mod logging;
pub mod migrations;
pub mod pools;
pub mod schema;
pub mod side;
pub mod tables;
mod visit;

use std::{collections::BTreeMap, sync::OnceLock};

pub use directives::MARKER;
pub use visit::{Visit, Watch};

use commands::CommandUse;

use crate::{
    code::NodeRef,
    model::{FileId, Span},
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
    /// Who may call this service from another site.
    Cors,
    /// Log calls, and how loggers are set up.
    Logging,
    /// What files say about the side on which they run.
    Side,
    /// Tables that models in code define.
    Tables,
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
        &tables::Models,
    ]
}

/// What the extractors found in one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileFacts {
    /// Comments that speak to this tool.
    pub directives: Vec<Directive>,
    pub environment: Vec<environment::EnvRead>,
    /// Names whose default value start-up refuses.
    pub refused: Vec<String>,
    pub schema: Vec<schema::SchemaUse>,
    pub cors: cors::CorsFacts,
    pub logging: logging::Logging,
    pub side: side::SideSigns,
    pub tables: Vec<tables::Table>,
    pub made_indexes: Vec<tables::MadeIndex>,
}

impl FileFacts {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The facts of the whole repository.
#[derive(Debug, Default)]
pub struct Facts {
    files: BTreeMap<FileId, FileFacts>,
    commands: OnceLock<Vec<CommandUse>>,
    tables: OnceLock<tables::Tables>,
}

impl Facts {
    pub fn new(files: BTreeMap<FileId, FileFacts>) -> Self {
        Self { files, commands: OnceLock::new(), tables: OnceLock::new() }
    }

    /// Every shell command that the repository runs or offers, in order of path and position.
    pub fn commands(&self, repo: &Repo) -> &[CommandUse] {
        self.commands.get_or_init(|| commands::commands(repo))
    }

    /// The tables that the repository defines, in SQL and, when [`Fact::Tables`] is needed, in code.
    pub fn tables(&self, repo: &Repo) -> &tables::Tables {
        self.tables.get_or_init(|| tables::tables(repo, self))
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
