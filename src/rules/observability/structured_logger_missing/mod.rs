//! `structured-logger-missing`: a deployable service logs through a logger that writes records.
//!
//! The order of the questions: is there a logger that writes records and is used; else a hand-written one; else one
//! that writes plain text; else a logger that is not part of the repository; else only the console.

mod applicability;
mod service;

use std::collections::BTreeSet;

use camino::Utf8Path;
use service::{Service, module_of};

use crate::{
    facts::{
        Fact,
        logging::{
            Format, LoggerSetup, Occasion, PlainSpring, Presence, Sink, Step, is_logging_package, names_module,
            presence,
        },
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{ComponentKind, File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: StructuredLoggerMissing = StructuredLoggerMissing;

pub(in crate::rules) struct StructuredLoggerMissing;

/// Lines to the console below which a front end without a logger is a LOW matter.
const FEW: usize = 10;
/// Places that a verdict names besides the first.
const NAMED: usize = 4;

impl Rule for StructuredLoggerMissing {
    fn id(&self) -> &'static str {
        "structured-logger-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if let Some(reason) = applicability::not_asked(cx) {
            return Verdict::not_applicable(reason);
        }
        let service = Service::of(cx);
        if service.files.is_empty() {
            return elsewhere(cx);
        }
        by_records(cx, &service)
            .or_else(|| by_hand(cx, &service))
            .or_else(|| by_text(cx, &service))
            .or_else(|| unclear(cx, &service))
            .unwrap_or_else(|| nothing(cx, &service))
    }
}

fn at(file: &File, span: Span) -> Place {
    Place::At(file.id, span)
}

/// Whether anything uses the logger that `file` makes.
fn is_used(cx: &Context<'_>, file: &File) -> bool {
    let own = cx.facts.of(file.id).is_some_and(|facts| {
        facts
            .logging
            .calls
            .iter()
            .any(|call| matches!(call.sink, Sink::Logger { .. }) && call.occasion != Occasion::LoggerSink)
    });
    own || is_imported(cx, file)
}

fn is_imported(cx: &Context<'_>, file: &File) -> bool {
    let package = cx.repo.component(file.component).name.as_str();
    let names = |importer: FileId, specifier: &str| {
        names_module(cx.repo.file(importer).path.as_str(), specifier, file.path.as_str())
            || (!package.is_empty() && package_name(specifier) == package)
    };
    cx.facts.files().any(|(importer, facts)| {
        importer != file.id
            && cx.repo.file(importer).role == Role::Source
            && facts.logging.imports.iter().any(|specifier| names(importer, specifier))
    })
}

/// A set-up that works without being imported: it configures a whole library, or is handed to a framework.
fn is_ambient(setup: &LoggerSetup) -> bool {
    setup.step == Step::Configure
        || matches!(setup.library.as_str(), "fastify" | "pino-http" | "express-winston" | "hono-pino")
}

/// Loggers that write records: a pass when one is used, a failure when none is.
fn by_records(cx: &Context<'_>, service: &Service<'_>) -> Option<Verdict> {
    let plain_structlog = service.setups.iter().any(|(_, it)| it.library == "structlog" && it.format == Format::Text);
    let records: Vec<&(&File, &LoggerSetup)> = service
        .setups
        .iter()
        .filter(|(_, setup)| setup.format == Format::Structured || (setup.library == "structlog" && !plain_structlog))
        .collect();
    let first = records.first()?;
    let used = |(file, setup): &&&(&File, &LoggerSetup)| is_ambient(setup) || is_used(cx, file);
    let Some((file, setup)) = records.iter().find(used).copied() else {
        return Some(dead(service, at(first.0, first.1.span)));
    };
    let library = setup.library.as_str();
    Some(passes(service, library, at(file, setup.span)))
}

fn passes(service: &Service<'_>, library: &str, place: Place) -> Verdict {
    let n = service.modules();
    let note = if n == 0 { Message::new("logger-here") } else { Message::new("logger").count("n", n) };
    let mut seen = BTreeSet::new();
    let uses: Vec<Evidence> = service
        .logged
        .iter()
        .filter(|(file, _)| seen.insert(file.id) && Some(file.id) != place.file())
        .take(NAMED)
        .map(|(file, call)| Evidence::At { place: at(file, call.span), note: Message::new("uses") })
        .collect();
    let verdict = Verdict::pass(Evidence::At { place, note: note.with("library", library) }, uses);
    verdict
        .detail(Message::new(if n == 0 { "logger-here" } else { "detail-ok" }).with("library", library).count("n", n))
}

fn dead(service: &Service<'_>, place: Place) -> Verdict {
    let n = service.printed.len();
    let message = if n == 0 { Message::new("dead-alone") } else { Message::new("dead").count("n", n) };
    Verdict::fail(with_printed(Site::new(place, message).severity(Severity::Medium), service), [])
}

/// Adds the first console calls to a site.
fn with_printed(mut site: Site, service: &Service<'_>) -> Site {
    for (file, call) in service.printed.iter().take(NAMED) {
        let label = Message::new("console-call").with("method", call.method.as_str());
        site = site.related(at(file, call.span), label);
    }
    site
}

/// A logger written over the console.
fn by_hand(cx: &Context<'_>, service: &Service<'_>) -> Option<Verdict> {
    let (file, sinks) = service
        .hand_written
        .iter()
        .find(|(file, _)| is_imported(cx, file))
        .or_else(|| service.hand_written.first().filter(|_| service.setups.is_empty()))?;
    let place = at(file, sinks[0].span);
    if !is_used(cx, file) {
        return Some(dead(service, place));
    }
    let mut sites = Vec::new();
    if let Some((config, removal)) =
        service.removal.filter(|(_, removal)| sinks.iter().any(|call| !removal.keeps.contains(&call.method)))
    {
        let message = Message::new("stripped").with("setting", removal.setting.as_str());
        sites.push(
            Site::new(place.clone(), message).related(Place::At(config, removal.span), Message::new("stripped-by")),
        );
    }
    let silent = cx.facts.of(file.id).map(|facts| facts.logging.silent.as_slice()).unwrap_or_default();
    for branch in silent {
        let message = if branch.levels.is_empty() {
            Message::new("silent-rest")
        } else {
            Message::new("silent").with("levels", branch.levels.join("`, `"))
        };
        sites.push(Site::new(at(file, branch.span), message).severity(Severity::Medium));
    }
    let json = sinks.iter().any(|call| call.json);
    if sites.is_empty() && !json {
        sites.push(Site::new(place.clone(), "hand-written").severity(Severity::Medium));
    }
    let name = file.path.file_name().unwrap_or_default().to_owned();
    Some(Verdict::fail_or(sites, || passes(service, &name, place)))
}

/// Loggers that write plain text.
fn by_text(cx: &Context<'_>, service: &Service<'_>) -> Option<Verdict> {
    let setup = |step: Step, format: Format| {
        service.setups.iter().find(move |(_, setup)| setup.step == step && setup.format == format)
    };
    if let Some((file, text)) = setup(Step::Configure, Format::Text).or_else(|| setup(Step::Make, Format::Text)) {
        let pretty = matches!(text.library.as_str(), "pino" | "fastify");
        let message = Message::new(if pretty { "pretty" } else { "text" }).with("library", text.library.as_str());
        // Nest's logger is made in every class and configured where the application is made.
        let nest = (text.library == "@nestjs/common").then(|| application(cx, service)).flatten();
        let place = nest.unwrap_or_else(|| at(file, text.span));
        return Some(Verdict::fail(Site::new(place, message).severity(Severity::Medium), []));
    }
    if setup(Step::Configure, Format::Open).is_some() {
        return Some(Verdict::unknown("file-format"));
    }
    let plain = service.logged.iter().find(|(_, call)| module_of(call).is_some_and(|module| module == "logging"));
    let obtained = setup(Step::Obtain, Format::Open).map(|(file, setup)| at(file, setup.span));
    let taken = obtained.or_else(|| plain.map(|(file, call)| at(file, call.span)))?;
    if let Some(module) = shared_set_up(cx, service) {
        return Some(Verdict::unknown(Message::new("elsewhere").with("module", module)));
    }
    let place = application(cx, service).unwrap_or_else(|| taken.clone());
    Some(Verdict::fail(Site::new(place, "plain").related(taken, "plain-use"), []))
}

/// A module about logging of a package that is not in the repository: `from company_utils.logging import flask`.
fn shared_set_up<'c>(cx: &'c Context<'_>, service: &Service<'_>) -> Option<&'c str> {
    let imports = service.files.iter().filter_map(|file| cx.facts.of(file.id)).flat_map(|facts| &facts.logging.imports);
    imports.map(String::as_str).find(|module| {
        let mut parts = module.split('.');
        let package = parts.next().unwrap_or_default();
        let own = || !cx.repo.files_below(Utf8Path::new(package)).is_empty();
        !package.is_empty()
            && package != "logging"
            && parts.any(|part| matches!(part, "logging" | "log" | "logs" | "logger"))
            && !is_logging_package(package)
            && !own()
    })
}

/// Where the application is made: the place for a logging configuration.
fn application(cx: &Context<'_>, service: &Service<'_>) -> Option<Place> {
    service.files.iter().find_map(|file| Some(at(file, cx.facts.of(file.id)?.logging.application?)))
}

/// A logger is called whose making is not in this repository.
fn unclear(cx: &Context<'_>, service: &Service<'_>) -> Option<Verdict> {
    let known = |module: &str| declares(cx, package_name(module)) && !is_logging_package(module);
    let foreign = service.logged.iter().filter_map(|(_, call)| module_of(call)).find(|module| known(module));
    if let Some(module) = foreign {
        return Some(Verdict::unknown(Message::new("elsewhere").with("module", module)));
    }
    let (_, call) = service.logged.first()?;
    let mostly = service.logged.len() >= service.printed.len();
    mostly.then(|| Verdict::unknown(Message::new("unclear").with("method", call.method.as_str())))
}

fn declares(cx: &Context<'_>, package: &str) -> bool {
    cx.component.manifests(cx.repo).any(|manifest| manifest.dependency(package).is_some())
}

/// `@scope/name` of `@scope/name/sub/path`.
fn package_name(module: &str) -> &str {
    let parts = if module.starts_with('@') { 2 } else { 1 };
    module.match_indices('/').nth(parts - 1).map_or(module, |(at, _)| &module[..at])
}

/// No logger at all.
fn nothing(cx: &Context<'_>, service: &Service<'_>) -> Verdict {
    let n = service.printed.len();
    let key = match n {
        0 => "nothing",
        _ if service.is_python() => "print-only",
        _ => "console-only",
    };
    let message = applicability::about(cx, key).count("n", n);
    let site = with_printed(Site::new(applicability::manifest(cx), message), service);
    // A front end with a few lines loses less than a service whose every step is a line of the console.
    let little = cx.component.kind == ComponentKind::WebApp && n < FEW;
    Verdict::fail(if little { site.severity(Severity::Low) } else { site }, [])
}

/// A service in a language whose code is not read: what its manifest and configuration tell.
fn elsewhere(cx: &Context<'_>) -> Verdict {
    match presence(cx.repo, cx.component) {
        Some(Presence::Structured { name, place }) => {
            let note = if name.contains("logging.") { "configured" } else { "dependency" };
            Verdict::pass_at(place, Message::new(note).with("library", name))
        }
        Some(Presence::Spring(plain)) => Verdict::fail(spring(plain).severity(Severity::Medium), []),
        Some(Presence::Absent { manifest }) => {
            let message = applicability::about(cx, "dependency-missing");
            Verdict::fail(Site::new(manifest, message).severity(Severity::Medium).confidence(Confidence::Likely), [])
        }
        None => Verdict::not_applicable(applicability::about(cx, "language")),
    }
}

fn spring(plain: PlainSpring) -> Site {
    match plain {
        PlainSpring::Profile { profile, pattern } => {
            let site = Site::new(profile, "spring-profile");
            match pattern {
                Some(pattern) => site.related(pattern, "spring-place"),
                None => site,
            }
        }
        PlainSpring::Pattern(pattern) => Site::new(pattern, "spring-pattern"),
        PlainSpring::Default(place) => Site::new(place, "spring-default"),
    }
}
