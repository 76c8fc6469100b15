//! Log calls and loggers: who writes log lines, through what, on what occasion, and which loggers are set up.
//!
//! A rule that wants to look into the arguments of log calls visits [`Kind::Call`] nodes and asks [`log_call`]; the
//! facts here serve rules that count, compare and conclude. On which side a file runs is a question of its own: see
//! [`super::side`].

mod call;
mod exposure;
mod guard;
mod library;
mod meaning;
mod modules;
mod occasion;
mod presence;
mod setup;
mod waiver;

pub use call::log_call;
pub use exposure::{Exposed, Exposure};
pub use guard::Guard;
pub use library::{Format, is_logging_package, package_format};
pub use modules::names_module;
pub use occasion::Occasion;
pub use presence::{PlainSpring, Presence, presence};
pub use waiver::Waiver;

use super::{Extractor, Fact, FileFacts, Visit, Watch};
use crate::{
    code::{Flags, Kind, NodeRef},
    model::Span,
    repo::Role,
};

/// What one file writes to its logs, and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Logging {
    /// In order of place.
    pub calls: Vec<LogCall>,
    pub setups: Vec<LoggerSetup>,
    /// The modules that this file imports or re-exports, as written; to find out who uses a logger.
    pub imports: Vec<String>,
    /// Settings that strip console calls from what is built.
    pub removals: Vec<ConsoleRemoval>,
    /// Branches of a hand-written logger that write nothing.
    pub silent: Vec<SilentBranch>,
    /// Where an application is made (`FastAPI()`, `NestFactory.create(…)`): the place for a logging configuration.
    pub application: Option<Span>,
    /// The last words of the paths that a logger of this file masks.
    pub redacted: Vec<String>,
    /// A filter or formatter of this file rewrites the messages of a logger, and speaks of data about people.
    pub scrubs: bool,
}

impl Logging {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One place that writes a log line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the circumstances of a call are independent of each other")]
pub struct LogCall {
    /// The call, or the method that is handed over as it is (`.catch(console.error)`).
    pub span: Span,
    pub sink: Sink,
    /// `log`, `error`, `print`, `warning`, …, as written.
    pub method: String,
    pub occasion: Occasion,
    pub guard: Guard,
    /// A linter's comment that permits the call.
    pub waiver: Option<Waiver>,
    /// In a `catch`, an `except` or the callback of `.catch(…)`.
    pub in_catch: bool,
    /// In what React runs after it has drawn, which it does in the browser alone.
    pub in_effect: bool,
    /// Beside it the user is told: `setError(…)`, `toast.error(…)`.
    pub told: bool,
    /// An argument is made into JSON text on the spot.
    pub json: bool,
    /// What its arguments give away, in order.
    pub exposes: Vec<Exposure>,
}

/// Where a log line goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sink {
    /// The global `console`, under whatever name.
    Console,
    /// Python's `print` and its kin.
    Print,
    /// A logger. `module` is what it was imported from, or the package whose function made it; empty when the file
    /// does not tell (`req.log`, `this.logger`).
    Logger { module: String },
}

/// A place that makes or configures a logger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggerSetup {
    pub span: Span,
    /// The package, `console` for a hand-written logger over the console, `logging` for Python's own.
    pub library: String,
    pub format: Format,
    pub step: Step,
}

/// What a set-up does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Makes a logger that writes by itself.
    Make,
    /// Decides how all loggers of a library write.
    Configure,
    /// Asks a library for a logger whose output is decided elsewhere (`logging.getLogger`).
    Obtain,
}

/// A build setting that removes console calls: Next's `removeConsole`, a minifier's `drop_console`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleRemoval {
    pub span: Span,
    pub setting: String,
    /// Next compiles its server code with it too; a bundler only the browser's.
    pub server_too: bool,
    /// Methods that stay.
    pub keeps: Vec<String>,
}

/// A `case` of a hand-written logger whose neighbours write and which itself does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentBranch {
    pub span: Span,
    /// The levels that end here; empty for the default branch.
    pub levels: Vec<String>,
}

/// Literals of which a file must hold one to have any of these facts.
const KEYWORDS: [&str; 24] = [
    "console",
    "print",
    "logg",
    "Logg",
    "LOGG",
    "pino",
    "winston",
    "bunyan",
    "log4js",
    "structlog",
    "consola",
    "signale",
    "tslog",
    "loglevel",
    "log.",
    "/log",
    "debug",
    "drop_console",
    "removeConsole",
    "FastAPI(",
    "Flask(",
    "Celery(",
    "LOGGING",
    "NestFactory",
];

pub(super) struct LogCalls;

impl Extractor for LogCalls {
    fn fact(&self) -> Fact {
        Fact::Logging
    }

    fn watch(&self) -> Watch {
        let kinds =
            [Kind::Call, Kind::Import, Kind::Export, Kind::Class, Kind::Assignment, Kind::Switch, Kind::Property];
        Watch::nodes(&kinds).keywords(&KEYWORDS).roles(&[Role::Source, Role::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let facts = &mut facts.logging;
        if file.file.role == Role::Config {
            facts.removals.extend(setup::console_removal(node));
            return;
        }
        match node.kind() {
            Kind::Import | Kind::Export if !node.name().is_empty() && !node.has(Flags::TYPE_ONLY) => {
                facts.imports.push(node.name().to_owned());
                facts.imports.extend(modules::logging_of(file, node));
            }
            Kind::Call => {
                facts.imports.extend(modules::required(node));
                facts.calls.extend(log_call(file, node));
                facts.calls.extend(call::handed_over(file, node));
                facts.setups.extend(setup::of_call(file, node));
                if facts.application.is_none() && setup::makes_application(node) {
                    facts.application = Some(node.span());
                }
            }
            Kind::Class => {
                facts.setups.extend(setup::of_class(node));
                facts.scrubs |= meaning::scrubs(node);
            }
            Kind::Assignment => facts.setups.extend(setup::of_assignment(file, node)),
            Kind::Switch => facts.silent.extend(setup::silent_branches(file, node)),
            Kind::Property => {
                facts.removals.extend(setup::console_removal(node));
                facts.redacted.extend(exposure::redacted(node));
            }
            _ => {}
        }
    }
}
