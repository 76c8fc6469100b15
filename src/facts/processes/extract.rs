//! Reads servers, workers, queues and signal handlers from source files.

use super::{FailedListener, Listen, ProcessSigns, Queue, Signal, Unfinished, Worker, ports, resources};
use crate::{
    code::{Flags, Kind, NodeRef, Role as NodeRole},
    facts::{Extractor, Fact, FileFacts, Visit, Watch, modules::Shape},
};

pub(in crate::facts) struct ProcessExtractor;

impl Extractor for ProcessExtractor {
    fn fact(&self) -> Fact {
        Fact::Processes
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::String]).keywords(&[
            ".listen(",
            "serve(",
            "SIGTERM",
            "SIGINT",
            "Worker",
            "Queue",
            ".process(",
            "failed",
            "uncaughtException",
            "unhandledRejection",
            "enableShutdownHooks",
            "PgBoss",
            "Agenda",
            "kafkajs",
            "amqplib",
            "setTimeout",
            "queue",
            "QUEUE",
            "bull",
            "pg",
            "postgres",
            "mysql2",
            "redis",
            "knex",
            "sequelize",
            "typeorm",
            "mongodb",
            "Prisma",
            "uvicorn",
            "Flask(",
            "waitress",
            "run_app(",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let signs = &mut facts.processes;
        match node.kind() {
            Kind::String => of_string(node, signs),
            Kind::Call => of_call(file, node, signs),
            _ => {}
        }
    }
}

fn of_string(string: NodeRef<'_>, signs: &mut ProcessSigns) {
    match string.name() {
        "uncaughtException" | "unhandledRejection" if is_first_of_listener(string) => {
            signs.last_resorts.push(string.span());
        }
        "SIGTERM" | "SIGINT" => signs.signals.extend(signal(string)),
        _ => {}
    }
}

fn listener_call(string: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let call = string.parent().filter(|parent| parent.is(Kind::Call) && string.role() == NodeRole::Argument)?;
    let path = call.callee_path()?;
    let listens = matches!(
        path.as_str(),
        "process.on"
            | "process.once"
            | "process.addListener"
            | "process.prependListener"
            | "process.prependOnceListener"
    ) || path.ends_with("process.on")
        || path.ends_with("process.once");
    listens.then_some(call)
}

fn is_first_of_listener(string: NodeRef<'_>) -> bool {
    listener_call(string).is_some() || string.parent().is_some_and(|parent| parent.is(Kind::Array))
}

/// A signal that is named to be handled, not to be sent or compared.
fn signal(string: NodeRef<'_>) -> Option<Signal> {
    let parent = string.parent()?;
    let handler = match parent.kind() {
        Kind::Call => {
            let name = parent.callee_name().unwrap_or_default();
            if matches!(name, "kill" | "shutdown" | "log" | "info" | "emit" | "stop" | "handleShutdown") {
                return None;
            }
            listener_call(string).and_then(|call| call.argument(1)).map(Shape::of)
        }
        Kind::Binary | Kind::Case | Kind::Switch | Kind::Property | Kind::Logical | Kind::Template => return None,
        _ => None,
    };
    Some(Signal { span: string.span(), name: string.name().to_owned(), handler })
}

fn of_call(file: &Visit<'_>, call: NodeRef<'_>, signs: &mut ProcessSigns) {
    signs.resources.extend(resources::resource(call));
    if call.has(Flags::NEW) {
        constructed(call, signs);
        return;
    }
    let Some(name) = call.callee_name() else { return };
    match name {
        "listen" | "serve" if is_server(file, call, name) && !call.is_dev_only() => {
            signs.listens.push(Listen { span: call.span(), nest: file.text.contains("NestFactory") });
            signs.ports.push(ports::of_server(call));
        }
        "run" | "serve" | "run_app" if !call.is_dev_only() => signs.ports.extend(ports::of_python(file, call)),
        "close" => signs.unfinished.extend(unfinished(call)),
        "enableShutdownHooks" => signs.hooks.push(call.span()),
        "on" | "once" if call.argument(0).and_then(NodeRef::constant_str).as_deref() == Some("failed") => {
            let text = call.argument(1).map(NodeRef::resolved).map_or("", NodeRef::text).to_ascii_lowercase();
            let moves = [".add(", "dlq", "dead", ".retry("].iter().any(|sign| text.contains(sign));
            signs.failed.push(FailedListener { span: call.span(), moves });
        }
        "process" => signs.workers.extend(bull_worker(call)),
        "add" => signs.added.extend(resources::added(call)),
        "setTimeout" => signs.deadlines.extend(resources::deadline(call)),
        _ => {}
    }
}

/// What makes a server in the libraries for JavaScript.
const SERVERS: &[&str] = &[
    "express",
    "fastify",
    "fastify.fastify",
    "Fastify",
    "http.createServer",
    "https.createServer",
    "http2.createServer",
    "http2.createSecureServer",
    "http.Server",
    "koa",
    "polka",
    "restify.createServer",
    "@koa/router",
    "hono.Hono",
    "elysia.Elysia",
];

fn is_server(file: &Visit<'_>, call: NodeRef<'_>, name: &str) -> bool {
    if name == "serve" {
        return matches!(
            call.callee_api().as_deref(),
            Some("@hono/node-server.serve" | "Bun.serve" | "Deno.serve" | "bun.serve")
        );
    }
    let Some(receiver) = call.receiver() else { return false };
    let made = receiver.resolved();
    if made.is(Kind::Call) && made.callee_api().is_some_and(|api| SERVERS.contains(&api.as_str())) {
        return true;
    }
    let first = call.argument(0);
    if first.is_some_and(|first| matches!(first.kind(), Kind::Function | Kind::String)) {
        return false;
    }
    let last = receiver.text().rsplit(['.', '(']).next().unwrap_or_default().trim_end_matches(')').to_ascii_lowercase();
    let named =
        ["app", "server", "fastify", "express", "http", "api", "instance"].iter().any(|part| last.contains(part));
    let served = [
        "express",
        "fastify",
        "'http'",
        "\"http\"",
        "node:http",
        "'https'",
        "\"https\"",
        "koa",
        "NestFactory",
        "restify",
        "/app'",
        "/app\"",
        "/server'",
        "/server\"",
    ];
    named && served.iter().any(|sign| file.text.contains(sign))
}

/// A server's `close` whose end nobody waits for, with the exit that follows it in the same function.
fn unfinished(close: NodeRef<'_>) -> Option<Unfinished> {
    let statement = close.role() == NodeRole::Item && close.parent().is_some_and(|parent| parent.is(Kind::Block))
        || close.role() == NodeRole::Consequent;
    let receiver = close.receiver()?;
    let name = receiver.text().to_ascii_lowercase();
    let server = name.ends_with("server") || name == "app" || name == "fastify";
    if !statement || !server || close.has(Flags::AWAIT) {
        return None;
    }
    // A callback that exits waits for the close.
    if close.positional().any(|argument| argument.text().contains("exit")) {
        return None;
    }
    let branch = close.ancestors().find(|parent| parent.is(Kind::If)).map(NodeRef::span);
    let function = close.enclosing_function()?;
    let exit = function.descendants().find(|node| {
        node.is(Kind::Call)
            && node.span().start > close.span().end
            && node.callee_path().as_deref() == Some("process.exit")
            // The other branch of the condition around the close runs instead of it.
            && !(branch.is_some_and(|branch| branch.contains(node.span()))
                && node.enclosing_in_function(Kind::If).map(NodeRef::span) == branch)
            && node.enclosing_function().map(NodeRef::id) == Some(function.id())
    })?;
    // What is awaited in between may be the end of the close, told by an event.
    let between = &function.tree().source()[close.span().end as usize..exit.span().start as usize];
    let waits = between.contains("new Promise") || between.contains("once(") || between.contains("setTimeout");
    (!waits).then_some(Unfinished { span: close.span(), exit: exit.span() })
}

fn constructed(call: NodeRef<'_>, signs: &mut ProcessSigns) {
    let api = call.callee_api().unwrap_or_default();
    match api.as_str() {
        "bullmq.Worker" => signs.workers.push(worker(call, "BullMQ", call.argument(1), call.argument(2))),
        "bullmq.Queue" => signs.queues.push(queue(call, "BullMQ")),
        "bull" | "bull.Queue" => signs.queues.push(queue(call, "Bull")),
        "pg-boss" | "pg-boss.PgBoss" => signs.workers.push(worker(call, "pg-boss", None, None)),
        "agenda" | "agenda.Agenda" => signs.workers.push(worker(call, "Agenda", None, None)),
        _ => {}
    }
}

/// `queue.process(handler)` of Bull.
fn bull_worker(call: NodeRef<'_>) -> Option<Worker> {
    let made = call.receiver()?.resolved();
    let bull = made.is(Kind::Call) && matches!(made.callee_api().as_deref(), Some("bull" | "bull.Queue"));
    let last = call.positional().last();
    bull.then(|| {
        let mut found = worker(call, "Bull", last, made.argument(2).or_else(|| made.argument(1)));
        found.queue = made.argument(0).and_then(NodeRef::constant_str);
        found
    })
}

fn worker(
    call: NodeRef<'_>,
    library: &'static str,
    processor: Option<NodeRef<'_>>,
    options: Option<NodeRef<'_>>,
) -> Worker {
    let body = processor.map(NodeRef::resolved).filter(|body| body.is(Kind::Function));
    let work = body.and_then(|body| {
        body.descendants().find(|node| {
            node.is(Kind::Call)
                && node.has(Flags::AWAIT)
                && !node.text().to_ascii_lowercase().contains("log")
                && !matches!(node.callee_name(), Some("updateProgress" | "progress" | "log"))
        })
    });
    let text = body.map_or("", NodeRef::text).to_ascii_lowercase();
    Worker {
        span: call.span(),
        library,
        queue: call.argument(0).and_then(NodeRef::constant_str),
        written: call.argument(0).map_or("", NodeRef::text).to_owned(),
        processor: processor.map(Shape::of),
        work: work.map(NodeRef::span),
        timed: ["timeout", "promise.race", "abortsignal", "abortcontroller", "deadline"]
            .iter()
            .any(|sign| text.contains(sign)),
        drops_failed: drops(options),
    }
}

fn queue(call: NodeRef<'_>, library: &'static str) -> Queue {
    let first = call.argument(0);
    Queue {
        span: call.span(),
        library,
        name: first.and_then(NodeRef::constant_str),
        drops_failed: drops(call.argument(1)),
        variable: resources::variable(call),
        retries: resources::default_retries(call.positional().skip(1).find(|argument| !argument.is(Kind::String))),
    }
}

/// Options that throw a job away as soon as it has failed: `removeOnFail: true`.
fn drops(options: Option<NodeRef<'_>>) -> bool {
    let Some(options) = options.map(NodeRef::resolved).filter(|options| options.is(Kind::Object)) else { return false };
    let nested = options.property("defaultJobOptions").map(NodeRef::resolved);
    [Some(options), nested].into_iter().flatten().any(|options| {
        options
            .property("removeOnFail")
            .and_then(NodeRef::constant)
            .is_some_and(|value| value.as_bool() == Some(true) || value.as_number() == Some(0.0))
    })
}
