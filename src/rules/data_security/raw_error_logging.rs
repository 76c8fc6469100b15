//! `raw-error-logging`: an error is logged so that its reason arrives and its request's secrets do not.

use crate::{
    code::{BindingKind, Kind, Language, NodeRef, Role},
    facts::{
        Fact,
        logging::{LogCall, Sink, log_call},
        modules::{Definition, Modules, Name, Shape},
        outbound::{self, Client},
    },
    model::{Confidence, FileId, Message, Observation, Place, Site, Tone, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule, Visit, Watch, site_of},
    rules::observed,
};

pub(in crate::rules) static RULE: RawErrorLogging = RawErrorLogging;

pub(in crate::rules) struct RawErrorLogging;

/// Children of loggers that are followed to their parent.
const HOPS: usize = 3;

impl Rule for RawErrorLogging {
    fn id(&self) -> &'static str {
        "raw-error-logging"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["error", "warn", "fatal"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Modules, Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        if !file.file.language.is_some_and(Language::is_script) {
            return;
        }
        let Some(found) =
            log_call(file, call).filter(|found| matches!(found.method.as_str(), "error" | "warn" | "fatal"))
        else {
            return;
        };
        if let Some(error) = of_request(call) {
            let message = Message::new("request").with("name", error.name());
            let noted = out.bad(file.place(call), message);
            noted.confidence = Confidence::Likely;
            if matches!(found.sink, Sink::Logger { .. }) {
                noted.key.push_str("logger");
            }
        } else if let Some(module) = logger_module(file, call, &found) {
            let key = if behind_text(call).is_some() { "lost" } else { "kept" };
            let error = behind_text(call).or_else(|| in_record(call)).map_or("", NodeRef::name);
            if !error.is_empty() {
                let noted = out.note(file.place(call), Message::new(key).with("name", error));
                noted.key = module;
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if cx.component.kind == ComponentKind::Cli {
            return Verdict::not_applicable("no-logs");
        }
        let seen = observed::on_server(cx);
        let formatted = writes_message_only(cx);
        let mut sites: Vec<Site> = seen
            .iter()
            .filter(|seen| seen.tone == Tone::Bad && !(formatted && seen.key == "logger"))
            .map(|seen| site_of(seen))
            .collect();
        let mut fine = Vec::new();
        for note in seen.iter().filter(|seen| seen.tone == Tone::Note) {
            if !writes_with_pino(cx, note) {
                continue;
            }
            if note.message.key == "lost" {
                sites.push(Site::new(note.place.clone(), note.message.clone()).confidence(Confidence::Likely));
            } else {
                fine.push(crate::model::Evidence::At { place: note.place.clone(), note: note.message.clone() });
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        fine.truncate(5);
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-logs")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

/// Whether the loggers of winston here write the message and the stack and nothing else of an error:
/// `format.printf(({ message, stack }) => …)`.
fn writes_message_only(cx: &Context<'_>) -> bool {
    let mut makers = cx
        .facts
        .files()
        .filter(|(_, facts)| facts.logging.setups.iter().any(|setup| setup.library == "winston"))
        .filter_map(|(file, _)| cx.repo.read(file).ok())
        .peekable();
    let plain = |text: &str| {
        let writes_all = ["json(", "JSON.stringify", "prettyPrint(", "simple(", "logstash(", "inspect("];
        text.contains("printf(") && !writes_all.iter().any(|word| text.contains(word))
    };
    makers.peek().is_some() && makers.all(|text| plain(&text))
}

/// The caught error of a request of axios, when it is logged as it is: it holds the request with its headers.
fn of_request(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let catch = call.enclosing_catch()?;
    let whole = |node: NodeRef<'_>| -> bool {
        node.is(Kind::Identifier) && node.binding().is_some_and(|binding| binding.kind == BindingKind::Caught)
    };
    let error = call.positional().find_map(|argument| {
        if whole(argument) {
            return Some(argument);
        }
        let object = Some(argument).filter(|argument| argument.is(Kind::Object))?;
        object.children_in(Role::Item).filter_map(|item| item.child(Role::Value)).find(|value| whole(*value))
    })?;
    let body = catch.parent()?.child(Role::Body)?;
    let asks = body.descendants().take(2000).filter(|node| node.is(Kind::Call)).any(|node| {
        outbound::request(node, true).is_some_and(|request| request.client == Client::Axios && !request.makes_client)
    });
    asks.then_some(error)
}

/// An error behind a text without a placeholder: `logger.error('failed', error)`.
fn behind_text(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let text = call.argument(0).filter(|text| matches!(text.kind(), Kind::String | Kind::Template))?;
    let error = call.argument(1).filter(|error| is_error(*error))?;
    (!text.text().contains('%')).then_some(error)
}

/// `logger.error({ err }, 'failed')`, `logger.error(error, 'failed')`.
fn in_record(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let first = call.argument(0)?;
    if is_error(first) {
        return Some(first);
    }
    let items = Some(first).filter(|first| first.is(Kind::Object))?.children_in(Role::Item);
    items.filter_map(|item| item.child(Role::Value)).find(|value| is_error(*value))
}

/// A name that holds an error: of a `catch`, or of a callback that is called so.
fn is_error(node: NodeRef<'_>) -> bool {
    let Some(binding) = node.binding().filter(|_| node.is(Kind::Identifier)) else { return false };
    match binding.kind {
        BindingKind::Caught => true,
        BindingKind::Parameter => matches!(node.name(), "err" | "error" | "e" | "reason"),
        _ => false,
    }
}

/// Where the logger comes from: its module, or `fastify` for the logger of a request.
fn logger_module(file: &Visit<'_>, call: NodeRef<'_>, found: &LogCall) -> Option<String> {
    let Sink::Logger { module } = &found.sink else { return None };
    if !module.is_empty() {
        return Some(module.clone());
    }
    let receiver = call.receiver()?;
    let root = receiver.child(Role::Object).filter(|_| receiver.is(Kind::Member) && receiver.name() == "log")?;
    let fastify = matches!(root.name(), "request" | "req" | "fastify" | "app" | "server" | "reply" | "instance");
    (fastify && file.repo.dependency(file.file.component, "fastify").is_some()).then(|| "fastify".to_owned())
}

/// Whether the logger of a note is one of pino itself, and no wrapper with parameters of its own.
fn writes_with_pino(cx: &Context<'_>, note: &Observation) -> bool {
    let Place::At(file, span) = note.place else { return false };
    if note.key == "fastify" {
        return true;
    }
    let modules = cx.facts.modules(cx.repo);
    let call = modules.file(file).and_then(|module| module.calls_in(span).find(|call| call.span == span));
    let Some(call) = call else { return false };
    let mut logger = call.callee.clone();
    logger.members.pop();
    is_pino(modules, file, &logger, HOPS)
}

fn is_pino(modules: Modules<'_>, file: FileId, logger: &Name, hops: usize) -> bool {
    let (file, shape) = match modules.definition(file, logger) {
        Definition::Value { file, value } => (file, &value.shape),
        Definition::Shape { file, shape } => (file, shape),
        _ => return false,
    };
    let Shape::Call(call) = shape else { return false };
    let Some(maker) = call.callee.named() else { return false };
    if matches!(maker.api_path().as_str(), "pino" | "pino.pino" | "pino.default") {
        return true;
    }
    // `logger.child({ … })`
    let mut parent = maker.clone();
    let child = parent.members.pop().is_some_and(|last| last == "child");
    child && hops > 0 && is_pino(modules, file, &parent, hops - 1)
}
