//! On what occasion a line is written: in the course of work, or where printing is the right thing to do.

use super::library::is_logger_name;
use crate::{
    code::{BindingKind, Kind, NodeRef, Role},
    facts::Visit,
};

/// The occasion of a log call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// In the course of work.
    Ordinary,
    /// Inside a hand-written logger: a module, a class or an object that wraps the console.
    LoggerSink,
    /// In a function that wraps the console (`function logError(error) { console.error(error) }`).
    Wrapper,
    /// In a program whose output people read: a command-line tool, a management command.
    CommandLine,
    /// In `if __name__ == "__main__":` and its kin.
    MainBlock,
    /// In a component that shows or reports what broke in the user interface.
    ErrorBoundary,
    /// The environment is wrong, and the program ends right after saying so.
    EnvironmentCheck,
    /// Once at the start: `listening on …`.
    StartupBanner,
}

/// How far around a call is looked.
const REACH: usize = 40;

pub(super) fn occasion(file: &Visit<'_>, call: NodeRef<'_>, in_catch: bool) -> Occasion {
    let path = file.file.path.as_str();
    if is_logger_sink(path, call) {
        Occasion::LoggerSink
    } else if is_wrapped(call) {
        Occasion::Wrapper
    } else if call.ancestors().any(is_main_block) {
        Occasion::MainBlock
    } else if is_command_line(file, call) {
        Occasion::CommandLine
    } else if is_error_boundary(path, call) {
        Occasion::ErrorBoundary
    } else if is_environment_check(path, call) {
        Occasion::EnvironmentCheck
    } else if is_banner(call, in_catch) {
        Occasion::StartupBanner
    } else {
        Occasion::Ordinary
    }
}

fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

/// A file or folder that holds a logger: `lib/logger.ts`, `core/logging.py`, `logging/index.ts`.
fn is_logger_file(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let stem = parts.next().map(file_stem).unwrap_or_default();
    let holds = |name: &str| {
        let name = name.to_ascii_lowercase();
        let name = name.trim_start_matches(['_', '-']);
        matches!(name, "log" | "logging" | "logger" | "loggers") || name.ends_with("logger")
    };
    holds(stem) || (matches!(stem, "index" | "__init__") && parts.next().is_some_and(holds))
}

/// Whether `call` is where a hand-written logger writes.
pub(super) fn is_logger_sink(path: &str, call: NodeRef<'_>) -> bool {
    if is_logger_file(path) {
        return true;
    }
    let mut in_function = false;
    call.ancestors().take(REACH).any(|node| match node.kind() {
        // `ConsoleEmailSender`: the console is what it is for.
        Kind::Class => {
            is_logger_name(node.name()) || node.name().ends_with("LogTransport") || node.name().starts_with("Console")
        }
        Kind::Function => {
            in_function = true;
            false
        }
        // `const logger = { info: (...args) => console.log(...args) }`
        Kind::Assignment => in_function && assigns_object_logger(node),
        _ => false,
    })
}

/// Whether `call` stands in a function that is called after logging and passes on what it was given.
fn is_wrapped(call: NodeRef<'_>) -> bool {
    call.ancestors()
        .filter(|node| node.is(Kind::Function))
        .take(2)
        .any(|function| is_wrapper_name(function_name(function)) && passes_on(call, function))
}

/// A function's own name, or the name that it is given.
fn function_name(function: NodeRef<'_>) -> &str {
    if !function.name().is_empty() {
        return function.name();
    }
    let Some(parent) = function.parent() else { return "" };
    match parent.kind() {
        Kind::Assignment => parent.child(Role::Target).map(NodeRef::name).unwrap_or_default(),
        Kind::Property => parent.name(),
        _ => "",
    }
}

fn assigns_object_logger(assignment: NodeRef<'_>) -> bool {
    let named = assignment.child(Role::Target).is_some_and(|target| is_logger_name(target.name()));
    named && assignment.child(Role::Value).is_some_and(|value| matches!(value.kind(), Kind::Object | Kind::Call))
}

/// `log`, `logError`, `log_message`, `writeLog`, `debugLog`, `createLogger`.
fn is_wrapper_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let bare = lower.trim_start_matches(['_', '$', '#']);
    let after_log = bare.strip_prefix("log").map(|rest| rest.trim_start_matches('_'));
    after_log.is_some_and(|rest| {
        matches!(
            rest,
            "" | "ger" | "info" | "error" | "warn" | "warning" | "debug" | "message" | "event" | "line" | "msg" | "it"
        )
    }) || matches!(bare, "writelog" | "write_log" | "debuglog" | "debug_log" | "createlogger" | "makelogger")
        || matches!(bare, "getlogger" | "consolelog" | "safelog" | "devlog" | "printlog")
}

/// Whether an argument of `call` reads a parameter of `function`.
fn passes_on(call: NodeRef<'_>, function: NodeRef<'_>) -> bool {
    call.children_in(Role::Argument)
        .flat_map(|argument| std::iter::once(argument).chain(argument.descendants()))
        .take(200)
        .filter(|node| node.is(Kind::Identifier))
        .filter_map(NodeRef::binding)
        .any(|binding| {
            binding.kind == BindingKind::Parameter
                && function.span().contains(call.tree().at(binding.declaration).span())
        })
}

/// `if __name__ == "__main__":`, `if (require.main === module)`, `if (import.meta.main)`.
fn is_main_block(node: NodeRef<'_>) -> bool {
    node.is(Kind::If)
        && node.child(Role::Condition).is_some_and(|condition| {
            let text = condition.text();
            text.len() < 200
                && ((text.contains("__name__") && text.contains("__main__"))
                    || (text.contains("require.main") && text.contains("module"))
                    || text.contains("import.meta.main")
                    || (text.contains("import.meta.url") && text.contains("argv")))
        })
}

/// Packages whose use makes a file a command-line program.
const COMMAND_LINES: &[&str] = &[
    "commander",
    "yargs",
    "cac",
    "meow",
    "ink",
    "inquirer",
    "@inquirer/prompts",
    "prompts",
    "@clack/prompts",
    "@oclif/core",
    "citty",
    "sade",
    "minimist",
    "arg",
    "argparse",
    "optparse",
    "click",
    "typer",
    "fire",
    "docopt",
    "cyclopts",
];

/// Packages whose use makes a file a part of a long-running service, whatever else it imports.
const SERVICES: &[&str] = &[
    "express",
    "fastify",
    "koa",
    "hono",
    "@nestjs/core",
    "next",
    "http",
    "node:http",
    "bullmq",
    "fastapi",
    "flask",
    "django",
    "starlette",
    "aiohttp",
    "sanic",
    "tornado",
    "uvicorn",
    "aiogram",
    "telegram",
    "telebot",
    "discord",
    "celery",
    "litestar",
    "quart",
    "discord.js",
    "telegraf",
    "grammy",
];

fn is_command_line(file: &Visit<'_>, call: NodeRef<'_>) -> bool {
    let path = file.file.path.as_str();
    if path.contains("/management/commands/") || path.starts_with("management/commands/") {
        return true;
    }
    let of_library = imports_one_of(call, COMMAND_LINES);
    let commands = |function: NodeRef<'_>| is_command(function, of_library);
    if call.ancestors().filter(|node| node.is(Kind::Function)).any(commands) {
        return true;
    }
    // What only commands call is a part of them.
    let serves_commands = |function: NodeRef<'_>| {
        let mut calls = function.local_calls().take(REACH).peekable();
        let within = |call: NodeRef<'_>| call.ancestors().filter(|node| node.is(Kind::Function)).any(commands);
        calls.peek().is_some() && calls.all(within)
    };
    if of_library && call.ancestors().filter(|node| node.is(Kind::Function)).any(serves_commands) {
        return true;
    }
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let among_commands = folders.split('/').any(|folder| matches!(folder, "cli" | "bin"));
    if among_commands && of_library {
        return true;
    }
    let serves = imports_one_of(call, SERVICES);
    if serves {
        return false;
    }
    among_commands || matches!(file_stem(path), "cli" | "__main__") || file.text.starts_with("#!") || of_library
}

/// A function that a decorator makes a command: `@click.command()`, `@app.cli.command("seed")`, `@cli.command`.
///
/// Where a library for commands is imported, a decorator of the repository's own may make one: `@shop_command()`.
fn is_command(function: NodeRef<'_>, of_library: bool) -> bool {
    function.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value)).any(|value| {
        let callee = if value.is(Kind::Call) { value.child(Role::Callee) } else { Some(value) };
        callee.is_some_and(|callee| {
            matches!(callee.name(), "command" | "group" | "Command" | "SubCommand")
                || of_library && callee.name().ends_with("_command")
        })
    })
}

fn imports_one_of(node: NodeRef<'_>, packages: &[&str]) -> bool {
    node.tree().bindings().any(|(_, binding)| match &binding.kind {
        BindingKind::Import { module, .. } => packages.iter().any(|package| {
            module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        }),
        _ => false,
    })
}

fn is_error_boundary(path: &str, call: NodeRef<'_>) -> bool {
    let stem = file_stem(path).to_ascii_lowercase().replace(['-', '_'], "");
    let next_page = matches!(stem.as_str(), "error" | "globalerror")
        && path.split('/').any(|part| part == "app")
        && path.ends_with('x');
    next_page
        || stem.contains("errorboundary")
        || call.ancestors().any(|node| {
            node.is(Kind::Function) && matches!(node.name(), "componentDidCatch" | "getDerivedStateFromError")
        })
}

/// The program says what is wrong with its environment and ends.
fn is_environment_check(path: &str, call: NodeRef<'_>) -> bool {
    let names_it = is_environment_name(file_stem(path))
        || call.ancestors().any(|node| node.is(Kind::Function) && is_environment_name(function_name(node)))
        || speaks_of_environment(&said(call));
    names_it && ends_program(call)
}

fn is_environment_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    matches!(lower.as_str(), "env" | "environment" | "config" | "settings")
        || ["validateenv", "checkenv", "loadenv", "validate_env", "check_env", "load_env", "requireenv", "require_env"]
            .iter()
            .any(|part| lower.contains(part))
        || lower.ends_with("-env")
        || lower.ends_with("_env")
}

fn speaks_of_environment(text: &str) -> bool {
    ["environment", "env var", "env. var", ".env", "process.env"].iter().any(|words| text.contains(words))
}

/// Whether the program ends in the same block, or in the one around it, after `call`.
fn ends_program(call: NodeRef<'_>) -> bool {
    let mut child = call;
    for parent in call.ancestors().take(REACH) {
        match parent.kind() {
            Kind::Block | Kind::Case | Kind::If | Kind::Catch => {
                let after = parent.children().skip_while(|sibling| sibling.span().start <= child.span().start);
                if after.take(8).any(ends_here) {
                    return true;
                }
            }
            // A callback that is run on the spot belongs to the statement around it.
            Kind::Function if parent.role() != Role::Argument => return false,
            _ => {}
        }
        child = parent;
    }
    false
}

fn ends_here(statement: NodeRef<'_>) -> bool {
    let node = if statement.is(Kind::Other) { statement.children().next().unwrap_or(statement) } else { statement };
    match node.kind() {
        Kind::Throw => true,
        Kind::Call => node.callee_path().is_some_and(|path| {
            matches!(path.as_str(), "process.exit" | "sys.exit" | "exit" | "quit" | "os._exit" | "Deno.exit")
                || path.ends_with("process.exit")
        }),
        _ => false,
    }
}

/// Calls that start a server and tell a callback when it runs.
const STARTERS: &[&str] = &["listen", "serve", "startServer", "bootstrap"];

/// A line that says once that the program runs.
fn is_banner(call: NodeRef<'_>, in_catch: bool) -> bool {
    if in_catch || matches!(call.callee_name(), Some("error" | "warn" | "trace")) {
        return false;
    }
    let in_callback = call.ancestors().take(REACH).any(|node| {
        node.is(Kind::Function)
            && node.role() == Role::Argument
            && node.parent().is_some_and(|it| it.callee_name().is_some_and(|name| STARTERS.contains(&name)))
    });
    if in_callback && !inside_branch(call) {
        return true;
    }
    if !announces(&said(call)) {
        return false;
    }
    let Some(function) = call.enclosing_function() else { return true };
    let name = function_name(function);
    matches!(name, "main" | "bootstrap" | "start" | "startServer" | "start_server" | "startup" | "lifespan" | "run")
        || in_listening_callback(function)
        || function.descendants().take(2000).any(|node| {
            node.is(Kind::Call) && node.callee_name().is_some_and(|name| STARTERS.contains(&name) || name == "run")
        })
}

/// `server.on('listening', () => …)`.
fn in_listening_callback(function: NodeRef<'_>) -> bool {
    function.role() == Role::Argument
        && function
            .parent()
            .and_then(|call| call.argument(0))
            .is_some_and(|event| event.is(Kind::String) && matches!(event.name(), "listening" | "ready"))
}

/// Whether the call stands in a branch, and so is not said at every start.
fn inside_branch(call: NodeRef<'_>) -> bool {
    call.enclosing_in_function(Kind::If).is_some() || call.enclosing_in_function(Kind::Catch).is_some()
}

fn announces(text: &str) -> bool {
    [
        "listening",
        "server running",
        "server is running",
        "server started",
        "server ready",
        "server is ready",
        "server starting",
        "starting server",
        "running on",
        "running at",
        "running in",
        "started on",
        "started at",
        "ready on",
        "ready at",
        "app started",
        "worker started",
        "worker is running",
        "application started",
        "application is running",
        "bot started",
        "http://localhost",
        "сервер запущен",
        "бот запущен",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// The words of a call's arguments, in lower case and cut.
fn said(call: NodeRef<'_>) -> String {
    let mut text = String::new();
    let strings = call
        .children_in(Role::Argument)
        .flat_map(|argument| std::iter::once(argument).chain(argument.descendants()))
        .take(100)
        .filter(|node| node.is(Kind::String));
    for string in strings {
        text.push_str(&string.name().to_lowercase());
        text.push(' ');
        if text.len() > 400 {
            break;
        }
    }
    text
}
