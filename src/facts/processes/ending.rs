//! How a process ends when it is told to.

use std::collections::BTreeSet;

use super::{Signal, Unfinished};
use crate::{
    facts::{
        Facts,
        modules::{Definition, FunctionId, Modules, Shape},
    },
    model::{FileId, Place},
};

/// Packages that end a server orderly when a signal comes.
const LIBRARIES: &[&str] = &[
    "@godaddy/terminus",
    "async-exit-hook",
    "close-with-grace",
    "exit-hook",
    "express-graceful-shutdown",
    "fastify-graceful-shutdown",
    "grace",
    "graceful-shutdown",
    "http-graceful-shutdown",
    "http-terminator",
    "lightship",
    "lil-http-terminator",
    "node-graceful-shutdown",
    "stoppable",
    "@hono/node-server-graceful",
    "shutdown-handler",
    "nestjs-graceful-shutdown",
    "@socket.io/graceful-shutdown",
    "death",
    "signal-exit",
    "node-cleanup",
];

/// Parts of names of what brings something to an end.
const CLOSES: [&str; 13] = [
    "close",
    "shutdown",
    "stop",
    "terminate",
    "drain",
    "graceful",
    "destroy",
    "disconnect",
    "quit",
    "teardown",
    "cleanup",
    "dispose",
    "end",
];

/// Calls from a signal's handler to what closes: real handlers have two or three.
const DEPTH: usize = 4;

/// How a process ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// A library or a framework does it; the place names it.
    Library(String, Place),
    /// A handler closes something before the process exits: the handler's place and what it calls.
    Closes(Place, String),
    /// The handler's function could not be followed.
    Handled(Place),
    /// The handler exits and closes nothing.
    OnlyExits(Place),
    /// Only `SIGINT` is handled, which a terminal sends and nothing that runs containers does.
    OnlyInterrupt(Place),
    /// Nothing in these files handles a signal.
    Nothing,
}

/// How the process of these files ends.
pub fn ending(facts: &Facts, modules: Modules<'_>, files: &BTreeSet<FileId>) -> Ending {
    for file in files {
        let library = modules
            .file(*file)
            .and_then(|module| module.imports.iter().find(|import| LIBRARIES.contains(&import.module.as_str())));
        if let Some(import) = library {
            return Ending::Library(import.module.clone(), Place::At(*file, import.span));
        }
        if let Some(hook) = facts.of(*file).and_then(|facts| facts.processes.hooks.first()) {
            return Ending::Library("enableShutdownHooks".to_owned(), Place::At(*file, *hook));
        }
    }
    let named = |name: &str| -> Vec<(FileId, &Signal)> {
        let signals = files.iter().filter_map(|file| Some((*file, facts.of(*file)?)));
        let signals =
            signals.flat_map(|(file, facts)| facts.processes.signals.iter().map(move |signal| (file, signal)));
        signals.filter(|(_, signal)| signal.name == name).collect()
    };
    let terminations = named("SIGTERM");
    if terminations.is_empty() {
        return match named("SIGINT").first() {
            Some((file, signal)) => Ending::OnlyInterrupt(Place::At(*file, signal.span)),
            None => Ending::Nothing,
        };
    }
    let mut answers: Vec<Ending> =
        terminations.into_iter().map(|(file, signal)| handled(modules, file, signal)).collect();
    answers.sort_by_key(|answer| {
        u8::from(matches!(answer, Ending::OnlyExits(_))) + u8::from(!matches!(answer, Ending::Closes(..)))
    });
    answers.swap_remove(0)
}

fn handled(modules: Modules<'_>, file: FileId, signal: &Signal) -> Ending {
    let place = Place::At(file, signal.span);
    let function = signal.handler.as_ref().and_then(|handler| function_of(modules, file, handler));
    let Some(function) = function else { return Ending::Handled(place) };
    let closes = modules.reach(function, DEPTH, |id| {
        modules.calls(id).map(|call| call.callee.last()).find(|name| is_closing(name)).map(str::to_owned)
    });
    match closes {
        Some(name) => Ending::Closes(place, name),
        None if only_exits(modules, function) => Ending::OnlyExits(place),
        None => Ending::Handled(place),
    }
}

fn is_closing(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CLOSES.iter().any(|part| if *part == "end" { name == "end" } else { name.contains(part) })
}

/// A handler that calls nothing but the exit and what writes logs.
fn only_exits(modules: Modules<'_>, function: FunctionId) -> bool {
    let mut exits = false;
    let all_plain = modules.calls(function).all(|call| {
        let last = call.callee.last();
        exits |= call.callee.api_path() == "process.exit";
        matches!(last, "exit" | "log" | "info" | "warn" | "error" | "debug" | "fatal" | "trace" | "write" | "verbose")
    });
    all_plain && exits
}

fn function_of(modules: Modules<'_>, file: FileId, handler: &Shape) -> Option<FunctionId> {
    match handler {
        Shape::Function(span) => modules.function_at(file, *span),
        Shape::Name(name) => match modules.definition(file, name) {
            Definition::Function(id) => Some(id),
            _ => None,
        },
        _ => None,
    }
}

/// Closes that nobody waits for before the process exits, in these files.
pub fn unfinished<'f>(facts: &'f Facts, files: &'f BTreeSet<FileId>) -> impl Iterator<Item = (FileId, &'f Unfinished)> {
    files
        .iter()
        .filter_map(|file| Some((*file, facts.of(*file)?)))
        .flat_map(|(file, facts)| facts.processes.unfinished.iter().map(move |close| (file, close)))
}
