//! Finds where loggers are made and configured, and where their output is taken away again.

use super::{
    ConsoleRemoval, Format, LoggerSetup, SilentBranch, Step,
    call::is_new,
    guard::{Guard, guard},
    library::{package_format, package_of},
    log_call,
    occasion::is_logger_sink,
};
use crate::{
    code::{Kind, NodeRef, Role},
    facts::{Visit, logging::Sink},
};

/// The set-up that `call` is, if it is one.
pub(super) fn of_call(file: &Visit<'_>, call: NodeRef<'_>) -> Option<LoggerSetup> {
    let path = call.callee_path()?;
    let (library, format, step) = if file.file.language.is_some_and(|language| !language.is_script()) {
        python(&path, call)?
    } else {
        script(&path, call)?
    };
    Some(LoggerSetup { span: call.span(), library: library.to_owned(), format, step })
}

fn script(path: &str, call: NodeRef<'_>) -> Option<(&'static str, Format, Step)> {
    if let Some(found) = fastify(path, call) {
        return Some(found);
    }
    let library = package_of(path)?;
    let last = path.rsplit('.').next().unwrap_or_default();
    let made = match library {
        "pino" => matches!(last, "default" | "pino"),
        "winston" => matches!(last, "createLogger" | "Logger" | "add"),
        "bunyan" => last == "createLogger",
        "tslog" | "@aws-lambda-powertools/logger" | "signale" => last == "Logger" || last == "Signale",
        "@nestjs/common" => is_new(call) && matches!(last, "Logger" | "ConsoleLogger"),
        "log4js" => matches!(last, "getLogger" | "configure"),
        "debug" => last == "default" || last == "debug",
        "consola" => matches!(last, "createConsola" | "create" | "withTag"),
        "nestjs-pino" | "nest-winston" => matches!(last, "forRoot" | "forRootAsync" | "createLogger"),
        "@logtape/logtape" => matches!(last, "configure" | "getLogger"),
        _ => !super::library::is_level(last),
    };
    let step = if matches!(last, "configure" | "forRoot" | "forRootAsync") { Step::Configure } else { Step::Make };
    made.then(|| (library, script_format(library, call), step))
}

/// Fastify brings pino along and logs when it is asked to.
fn fastify(path: &str, call: NodeRef<'_>) -> Option<(&'static str, Format, Step)> {
    let is_fastify = matches!(path, "fastify.default" | "fastify.fastify" | "fastify.Fastify")
        || path.ends_with("platform-fastify.FastifyAdapter");
    let options = call.argument(0).filter(|_| is_fastify)?;
    let logger = options.property("logger").or_else(|| options.property("loggerInstance"))?;
    let off = matches!(logger.kind(), Kind::Boolean if logger.name() == "false") || logger.is(Kind::Null);
    (!off).then(|| ("fastify", pretty_or(Format::Structured, logger), Step::Make))
}

fn script_format(library: &str, call: NodeRef<'_>) -> Format {
    let default = package_format(library).unwrap_or(Format::Open);
    match library {
        "pino" => call.argument(0).map_or(default, |options| pretty_or(default, options)),
        "winston" | "nest-winston" => winston(call),
        "@nestjs/common" | "log4js" => {
            let says_json = mentions(call, "json: true") || mentions(call, "JsonLayout") || mentions(call, "'json'");
            if says_json { Format::Structured } else { default }
        }
        _ => default,
    }
}

/// pino turns records into sentences again when `pino-pretty` is its only transport in every environment.
fn pretty_or(default: Format, options: NodeRef<'_>) -> Format {
    let pretty = options
        .property("transport")
        .filter(|transport| transport.is(Kind::Object))
        .and_then(|transport| transport.property("target"))
        .is_some_and(|target| target.is(Kind::String) && target.name() == "pino-pretty");
    if pretty && guard(options) == Guard::None { Format::Text } else { default }
}

/// winston writes JSON unless a format turns the record into a sentence.
fn winston(call: NodeRef<'_>) -> Format {
    let texts: Vec<&str> = std::iter::once(call.text()).chain(constants_in(call)).collect();
    let holds = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    if holds(&["json(", "JSON.stringify", "logstash("]) {
        Format::Structured
    } else if holds(&["simple(", "printf(", "cli(", "prettyPrint("]) {
        Format::Text
    } else {
        Format::Structured
    }
}

/// The source of the constants of this file that are named inside `node`.
fn constants_in(node: NodeRef<'_>) -> Vec<&str> {
    node.descendants()
        .take(400)
        .filter(|it| it.is(Kind::Identifier))
        .filter_map(NodeRef::binding)
        .filter(|binding| binding.top_level && binding.writes == 0)
        .map(|binding| node.tree().at(binding.declaration).text())
        .filter(|text| text.len() < 4000)
        .collect()
}

fn mentions(node: NodeRef<'_>, words: &str) -> bool {
    node.text().contains(words) || constants_in(node).iter().any(|text| text.contains(words))
}

fn python(path: &str, call: NodeRef<'_>) -> Option<(&'static str, Format, Step)> {
    let library = package_of(path)?;
    let last = path.rsplit('.').next().unwrap_or_default();
    Some(match (library, last) {
        ("logging", "getLogger") => ("logging", Format::Open, Step::Obtain),
        ("logging", "basicConfig") => ("logging", text_or_json(call), Step::Configure),
        ("logging", "dictConfig" | "fileConfig") => ("logging", dictionary_format(call), Step::Configure),
        ("logging", "Formatter") => ("logging", Format::Text, Step::Configure),
        ("loguru", "add" | "configure") => {
            let serialised = call.keyword("serialize").is_some_and(|value| value.name() == "true")
                || mentions(call, "\"serialize\": True")
                || mentions(call, "json");
            ("loguru", if serialised { Format::Structured } else { Format::Text }, Step::Configure)
        }
        ("structlog", "get_logger" | "getLogger") => ("structlog", Format::Open, Step::Obtain),
        ("structlog", "configure") => {
            let console_only = mentions(call, "ConsoleRenderer") && !mentions(call, "JSONRenderer");
            ("structlog", if console_only { Format::Text } else { Format::Structured }, Step::Configure)
        }
        ("logging" | "loguru" | "structlog", _) => return None,
        _ => (library, Format::Structured, Step::Configure),
    })
}

fn text_or_json(call: NodeRef<'_>) -> Format {
    let json = mentions(call, "json") || mentions(call, "Json") || mentions(call, "JSON");
    if json || is_logfmt(call.text()) || constants_in(call).into_iter().any(is_logfmt) {
        Format::Structured
    } else {
        Format::Text
    }
}

/// Whether a format writes each field with its key: `level={levelname} ts={asctime} message={message}`.
fn is_logfmt(text: &str) -> bool {
    ["={", "=%("].iter().any(|pair| text.matches(pair).count() >= 3)
}

/// A dictionary that is at hand tells its format; a file does not.
fn dictionary_format(call: NodeRef<'_>) -> Format {
    let Some(argument) = call.argument(0).or_else(|| call.keyword("config")) else { return Format::Open };
    let at_hand = argument.is(Kind::Object)
        || argument.binding().is_some_and(|binding| {
            argument.tree().at(binding.declaration).child(Role::Value).is_some_and(|value| value.is(Kind::Object))
        });
    match (text_or_json(call), at_hand) {
        (Format::Structured, _) => Format::Structured,
        (_, true) => Format::Text,
        (_, false) => Format::Open,
    }
}

/// A formatter that writes JSON: `class JsonFormatter(logging.Formatter)` with `json.dumps` in it.
pub(super) fn of_class(class: NodeRef<'_>) -> Option<LoggerSetup> {
    let formats = class.children_in(Role::Base).filter_map(NodeRef::path).any(|base| base.ends_with("Formatter"));
    let dumps = || {
        class.descendants().take(4000).any(|node| {
            node.is(Kind::Call)
                && node.callee_path().is_some_and(|path| path.ends_with("json.dumps") || path == "orjson.dumps")
        })
    };
    (formats && dumps()).then(|| LoggerSetup {
        span: class.span(),
        library: "logging".to_owned(),
        format: Format::Structured,
        step: Step::Configure,
    })
}

/// Django's `LOGGING = {…}`, which takes effect by its name in the settings.
pub(super) fn of_assignment(file: &Visit<'_>, assignment: NodeRef<'_>) -> Option<LoggerSetup> {
    let target = assignment.child(Role::Target)?;
    let value = assignment.child(Role::Value)?;
    if !file.file.path.as_str().contains("settings")
        || target.name() != "LOGGING"
        || !value.is(Kind::Object)
        || value.property("version").is_none()
    {
        return None;
    }
    let fields = value.text().to_ascii_lowercase().contains("json") || is_logfmt(value.text());
    Some(LoggerSetup {
        span: assignment.span(),
        library: "logging".to_owned(),
        format: if fields { Format::Structured } else { Format::Text },
        step: Step::Configure,
    })
}

/// Next's `compiler.removeConsole`, a minifier's `drop_console`, esbuild's `drop: ['console']`.
pub(super) fn console_removal(node: NodeRef<'_>) -> Option<ConsoleRemoval> {
    if !node.is(Kind::Property) {
        return None;
    }
    let value = node.child(Role::Value)?;
    let off = matches!(value.kind(), Kind::Null) || (value.is(Kind::Boolean) && value.name() == "false");
    let removes = match node.name() {
        "removeConsole" | "drop_console" => !off,
        "drop" => {
            value.is(Kind::Array) && value.children().any(|item| item.is(Kind::String) && item.name() == "console")
        }
        _ => false,
    };
    removes.then(|| ConsoleRemoval {
        span: node.span(),
        setting: node.name().to_owned(),
        server_too: node.name() == "removeConsole",
        keeps: kept_methods(value),
    })
}

/// `{ exclude: ['error'] }`
fn kept_methods(value: NodeRef<'_>) -> Vec<String> {
    value
        .descendants()
        .filter(|node| node.is(Kind::Property) && node.name() == "exclude")
        .filter_map(|exclude| exclude.child(Role::Value))
        .flat_map(|list| list.children().filter(|item| item.is(Kind::String)).map(|item| item.name().to_owned()))
        .collect()
}

/// Branches over the level in a hand-written logger that write nothing while others write.
pub(super) fn silent_branches(file: &Visit<'_>, switch: NodeRef<'_>) -> Vec<SilentBranch> {
    let cases: Vec<NodeRef<'_>> = switch.children().filter(|child| child.is(Kind::Case)).collect();
    let writes = |case: &NodeRef<'_>| {
        case.descendants().take(400).any(|node| {
            node.is(Kind::Call)
                && log_call(file, node).is_some_and(|call| call.sink == Sink::Console)
                && is_logger_sink(file.file.path.as_str(), node)
        })
    };
    if cases.iter().filter(|case| writes(case)).count() < 2 {
        return Vec::new();
    }
    cases
        .iter()
        .enumerate()
        .filter(|(index, case)| {
            let mut statements = case.children_in(Role::Item).filter(|item| !item.is(Kind::Comment));
            // An empty case falls through to the next one; the last one has nowhere to fall.
            match statements.next() {
                None => index + 1 == cases.len(),
                Some(first) => first.is(Kind::Jump) && first.name() == "break",
            }
        })
        .map(|(_, case)| SilentBranch {
            span: case.span(),
            levels: case.children_in(Role::Condition).map(|level| level.name().to_owned()).collect(),
        })
        .collect()
}

/// `FastAPI()`, `NestFactory.create(…)` and their kin.
pub(super) fn makes_application(call: NodeRef<'_>) -> bool {
    call.callee_path().is_some_and(|path| {
        matches!(
            path.as_str(),
            "@nestjs/core.NestFactory.create"
                | "fastapi.FastAPI"
                | "flask.Flask"
                | "celery.Celery"
                | "litestar.Litestar"
                | "quart.Quart"
                | "sanic.Sanic"
        )
    })
}
