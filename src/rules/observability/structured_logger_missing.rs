//! `structured-logger-missing`: a deployable service logs through a logger that writes records.
//!
//! The order of the questions: is there a logger that writes records and is used; else a hand-written one; else one
//! that writes plain text; else a logger that is not part of the repository; else only the console.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        logging::{
            ConsoleRemoval, Format, Guard, LogCall, LoggerSetup, Occasion, PlainSpring, Presence, Sink, Step,
            is_logging_package, names_module, presence,
        },
        side::{Side, side_of},
    },
    model::{ComponentId, Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: StructuredLoggerMissing = StructuredLoggerMissing;

pub(in crate::rules) struct StructuredLoggerMissing;

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

/// The log calls and loggers of the code that runs on the server.
struct Service<'a> {
    /// Files in a language whose code is read.
    files: Vec<&'a File>,
    setups: Vec<(&'a File, &'a LoggerSetup)>,
    /// Hand-written loggers: the file, its first call and all of its calls.
    hand_written: Vec<(&'a File, Vec<&'a LogCall>)>,
    /// Calls of loggers.
    logged: Vec<(&'a File, &'a LogCall)>,
    /// Calls of the console and of `print` in the course of work.
    printed: Vec<(&'a File, &'a LogCall)>,
    removal: Option<(FileId, &'a ConsoleRemoval)>,
}

impl<'a> Service<'a> {
    fn of(cx: &Context<'a>) -> Self {
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
        let shared = |file: &&&File| {
            file.role == Role::Source && file.language.is_some() && packages.contains(&file.component)
        };
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
    fn modules(&self) -> usize {
        self.logged.iter().map(|(file, _)| file.id).collect::<BTreeSet<_>>().len()
    }

    fn is_python(&self) -> bool {
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

fn module_of(call: &LogCall) -> Option<&str> {
    match &call.sink {
        Sink::Logger { module } if !module.is_empty() => Some(module),
        _ => None,
    }
}

fn at(file: &File, span: Span) -> Place {
    Place::At(file.id, span)
}

/// Whether anything uses the logger that `file` makes.
fn is_used(cx: &Context<'_>, file: &File) -> bool {
    let own = cx.facts.of(file.id).is_some_and(|facts| {
        facts.logging.calls.iter().any(|call| matches!(call.sink, Sink::Logger { .. }) && call.occasion != Occasion::LoggerSink)
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
    setup.step == Step::Configure || matches!(setup.library.as_str(), "fastify" | "pino-http" | "express-winston" | "hono-pino")
}

/// Loggers that write records: a pass when one is used, a failure when none is.
fn by_records(cx: &Context<'_>, service: &Service<'_>) -> Option<Verdict> {
    let plain_structlog = service.setups.iter().any(|(_, it)| it.library == "structlog" && it.format == Format::Text);
    let records: Vec<&(&File, &LoggerSetup)> = service
        .setups
        .iter()
        .filter(|(_, setup)| {
            setup.format == Format::Structured || (setup.library == "structlog" && !plain_structlog)
        })
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
    verdict.detail(Message::new(if n == 0 { "logger-here" } else { "detail-ok" }).with("library", library).count("n", n))
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
    if let Some((config, removal)) = service.removal.filter(|(_, removal)| {
        sinks.iter().any(|call| !removal.keeps.contains(&call.method))
    }) {
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
    let place = application(cx, service).unwrap_or_else(|| taken.clone());
    Some(Verdict::fail(Site::new(place, "plain").related(taken, "plain-use"), []))
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
    Verdict::fail(with_printed(Site::new(applicability::manifest(cx), message), service), [])
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

/// Of whom the rule is asked, and how they are called.
mod applicability {
    use super::{Context, Message, Place};
    use crate::repo::{ComponentKind, Role};

    /// Frameworks of web applications that answer requests on a server.
    const SERVERS: &[&str] = &[
        "Next.js", "Nuxt", "SvelteKit", "Remix", "React Router", "TanStack Start", "SolidStart", "Qwik", "NestJS", "Express",
        "Fastify", "Koa", "Hono", "hapi", "Nitro", "h3", "Elysia", "tRPC", "Apollo Server", "GraphQL Yoga", "Django",
        "FastAPI", "Flask",
    ];

    /// Platforms that start code for each request and keep what it prints with the request.
    const SERVERLESS: &[&str] = &[
        "Vercel", "Netlify", "Cloudflare Workers", "Serverless Framework", "AWS SAM", "AWS Lambda", "Firebase",
        "AWS Amplify",
    ];

    /// Why the rule is not asked of this component.
    pub(super) fn not_asked(cx: &Context<'_>) -> Option<Message> {
        let key = match cx.component.kind {
            ComponentKind::Cli => "tool",
            ComponentKind::Library | ComponentKind::Package => "library",
            ComponentKind::ClientApp => "static",
            ComponentKind::WebApp if !has_server_side(cx) => "static",
            kind if kind.is_deployable() => {
                return serverless(cx).map(|platform| about(cx, "serverless").with("platform", platform));
            }
            _ => "not-deployed",
        };
        Some(about(cx, key))
    }

    fn has_server_side(cx: &Context<'_>) -> bool {
        SERVERS.iter().any(|framework| cx.component.profile.has_framework(framework)) && !is_exported(cx)
    }

    /// Settings by which a framework that could run on a server only writes files.
    const EXPORTS: &[(&str, &[&str])] = &[
        ("next.config.", &["output: 'export'", "output: \"export\""]),
        ("nuxt.config.", &["ssr: false"]),
        ("react-router.config.", &["ssr: false"]),
        ("svelte.config.", &["adapter-static"]),
    ];

    fn is_exported(cx: &Context<'_>) -> bool {
        cx.files(Role::Config).any(|file| {
            EXPORTS.iter().filter(|(name, _)| file.path.file_name().is_some_and(|own| own.starts_with(name))).any(
                |(_, settings)| {
                    cx.repo.read(file.id).is_ok_and(|text| settings.iter().any(|setting| text.contains(setting)))
                },
            )
        })
    }

    /// The serverless platform that is the only place where this component is deployed.
    fn serverless(cx: &Context<'_>) -> Option<&'static str> {
        let targets = &cx.component.profile.deploy_targets;
        let elsewhere = targets.iter().any(|target| !SERVERLESS.contains(&target.name));
        targets.first().map(|target| target.name).filter(|_| !elsewhere)
    }

    /// A message that names the component.
    pub(super) fn about(cx: &Context<'_>, key: &'static str) -> Message {
        Message::new(key).with("name", cx.component.name.as_str()).with("kind", cx.component.kind.name())
    }

    /// Where the missing library would be declared.
    pub(super) fn manifest(cx: &Context<'_>) -> Place {
        let Some(manifest) = cx.component.manifests(cx.repo).next() else {
            return Place::Missing(cx.component.path.clone());
        };
        match &manifest.name {
            Some(name) => manifest.place(name.span),
            None => Place::File(manifest.file),
        }
    }
}
