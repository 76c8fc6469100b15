//! What a service writes, and the loggers that it could write to.

use std::collections::BTreeSet;

use crate::{
    facts::{
        logging::{ConsoleRemoval, Guard, LogCall, LoggerSetup, Occasion, Sink},
        side::{Side, side_of},
    },
    model::{ComponentId, FileId},
    repo::{File, Role},
    rule::Context,
};

/// The log calls and loggers of the code that runs on the server.
pub(super) struct Service<'a> {
    /// Files in a language whose code is read.
    pub(super) files: Vec<&'a File>,
    pub(super) setups: Vec<(&'a File, &'a LoggerSetup)>,
    /// Hand-written loggers: the file, its first call and all of its calls.
    pub(super) hand_written: Vec<(&'a File, Vec<&'a LogCall>)>,
    /// Calls of loggers.
    pub(super) logged: Vec<(&'a File, &'a LogCall)>,
    /// Calls of the console and of `print` in the course of work.
    pub(super) printed: Vec<(&'a File, &'a LogCall)>,
    pub(super) removal: Option<(FileId, &'a ConsoleRemoval)>,
}

impl<'a> Service<'a> {
    pub(super) fn of(cx: &Context<'a>) -> Self {
        let mut service = Self {
            files: cx
                .repo
                .files()
                .iter()
                .filter(|file| file.role == Role::Source && cx.covers(file.id))
                .filter(|file| file.language.is_some() && side_of(cx.repo, cx.facts, file).side != Side::Client)
                .collect(),
            setups: Vec::new(),
            hand_written: Vec::new(),
            logged: Vec::new(),
            printed: Vec::new(),
            removal: cx
                .facts
                .files()
                .filter(|(file, _)| cx.covers(*file))
                .flat_map(|(file, facts)| facts.logging.removals.iter().map(move |removal| (file, removal)))
                .find(|(_, removal)| removal.server_too),
        };
        for file in service.files.clone() {
            service.add(cx, file);
        }
        service.add_shared_packages(cx);
        service
    }

    fn add(&mut self, cx: &Context<'a>, file: &'a File) {
        let Some(facts) = cx.facts.of(file.id) else { return };
        self.add_loggers(cx, file);
        for call in &facts.logging.calls {
            if is_logger_call(call) {
                self.logged.push((file, call));
            }
            let prints = matches!(call.sink, Sink::Console | Sink::Print);
            if prints && call.occasion == Occasion::Ordinary && call.guard == Guard::None {
                self.printed.push((file, call));
            }
        }
    }

    fn add_loggers(&mut self, cx: &Context<'a>, file: &'a File) {
        let Some(facts) = cx.facts.of(file.id) else { return };
        let logging = &facts.logging;
        // `debug` writes nothing until somebody asks for it, so it keeps no log.
        self.setups.extend(logging.setups.iter().filter(|setup| setup.library != "debug").map(|setup| (file, setup)));
        let sinks: Vec<&LogCall> = logging
            .calls
            .iter()
            .filter(|call| call.occasion == Occasion::LoggerSink && call.sink == Sink::Console)
            .collect();
        if !sinks.is_empty() && logging.setups.is_empty() {
            self.hand_written.push((file, sinks));
        }
    }

    /// The loggers and the log calls of the repository's own packages that are built into this service.
    fn add_shared_packages(&mut self, cx: &Context<'a>) {
        let packages = shared_packages(cx);
        let shared =
            |file: &&&File| file.role == Role::Source && file.language.is_some() && packages.contains(&file.component);
        for file in cx.repo.files().iter().filter(|file| shared(&file)) {
            let Some(facts) = cx.facts.of(file.id) else { continue };
            if side_of(cx.repo, cx.facts, file).side == Side::Client {
                continue;
            }
            self.add_loggers(cx, file);
            let calls = facts.logging.calls.iter().filter(|call| is_logger_call(call));
            self.logged.extend(calls.map(|call| (file, call)));
        }
    }

    /// How many modules log through a logger.
    pub(super) fn modules(&self) -> usize {
        self.logged.iter().map(|(file, _)| file.id).collect::<BTreeSet<_>>().len()
    }

    pub(super) fn is_python(&self) -> bool {
        let python = |file: &&&File| file.language.is_some_and(|language| !language.is_script());
        self.files.iter().filter(python).count() * 2 > self.files.len()
    }
}

/// A call of a logger. `debug` writes nothing until somebody asks for it, so it keeps no log.
fn is_logger_call(call: &LogCall) -> bool {
    matches!(&call.sink, Sink::Logger { module } if module != "debug")
}

/// The components of this repository whose packages the component uses, and those that these use.
fn shared_packages(cx: &Context<'_>) -> BTreeSet<ComponentId> {
    let mut found = BTreeSet::new();
    let mut open = vec![cx.component];
    while let Some(component) = open.pop() {
        for other in cx.repo.components() {
            let uses = || component.manifests(cx.repo).any(|manifest| manifest.dependency(&other.name).is_some());
            if other.id != cx.component.id && !found.contains(&other.id) && uses() {
                found.insert(other.id);
                open.push(other);
            }
        }
    }
    found
}

/// What the called logger comes from, when the file tells.
pub(super) fn module_of(call: &LogCall) -> Option<&str> {
    match &call.sink {
        Sink::Logger { module } if !module.is_empty() => Some(module),
        _ => None,
    }
}
