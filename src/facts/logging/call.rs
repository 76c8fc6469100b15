//! Recognises a log call: by what its callee is bound to, then by what its receiver is called.

use super::{
    LogCall, Sink, exposure,
    guard::guard,
    library::{is_level, is_logger_name, package_of},
    occasion::occasion,
    waiver::waiver,
};
use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    facts::Visit,
};

/// Methods of the console that write something.
const CONSOLE_METHODS: [&str; 12] =
    ["log", "error", "warn", "info", "debug", "trace", "table", "dir", "dirxml", "group", "groupCollapsed", "assert"];

/// Functions that print.
const PRINTS: [&str; 6] =
    ["print", "builtins.print", "rich.print", "pprint.pprint", "pprint.pp", "pprint.pprint.pprint"];

/// How many names a value is followed through (`const c = console; const { log } = c`).
const ALIASES: usize = 4;

/// The log call that `call` is, if it is one.
pub fn log_call(file: &Visit<'_>, call: NodeRef<'_>) -> Option<LogCall> {
    let callee = call.child(Role::Callee)?;
    let python = is_python(file);
    let (sink, method) = if python { python_sink(call, callee)? } else { script_sink(callee)? };
    Some(describe(file, call, sink, method))
}

/// A console method that is handed to `call` to be called later: `.catch(console.error)`.
pub(super) fn handed_over(file: &Visit<'_>, call: NodeRef<'_>) -> Vec<LogCall> {
    if is_python(file) {
        return Vec::new();
    }
    call.positional()
        .filter(|argument| argument.is(Kind::Member))
        .filter_map(|argument| console_method(&origin(argument, ALIASES)?).map(|method| (argument, method)))
        .map(|(argument, method)| {
            let mut found = describe(file, argument, Sink::Console, method);
            found.in_catch |= call.callee_name() == Some("catch");
            found
        })
        .collect()
}

fn is_python(file: &Visit<'_>) -> bool {
    file.file.language.is_some_and(|language| !language.is_script())
}

fn describe(file: &Visit<'_>, node: NodeRef<'_>, sink: Sink, method: String) -> LogCall {
    let in_catch = in_catch(node);
    LogCall {
        span: node.span(),
        sink,
        method,
        occasion: occasion(file, node, in_catch),
        guard: guard(node),
        waiver: waiver(file.text, node.span().start as usize, is_python(file)),
        in_catch,
        in_effect: node
            .ancestors()
            .any(|outer| outer.is(Kind::Call) && matches!(outer.callee_name(), Some("useEffect" | "useLayoutEffect"))),
        told: told_beside(node),
        json: node.children_in(Role::Argument).any(makes_json),
        exposes: exposure::exposed(node),
    }
}

fn makes_json(argument: NodeRef<'_>) -> bool {
    argument.is(Kind::Call)
        && argument.callee_path().is_some_and(|path| path == "JSON.stringify" || path.ends_with("json.dumps"))
}

/// Whether a statement of the same block shows the user what the line says.
fn told_beside(node: NodeRef<'_>) -> bool {
    // That a service did not answer concerns others, too; that a clipboard was closed concerns nobody else.
    if let Some(catch) = node.enclosing_catch() {
        let tried = catch.parent().and_then(|around| around.child(Role::Body)).map(NodeRef::text).unwrap_or_default();
        if !["clipboard", "navigator.share", "new URL("].iter().any(|local| tried.contains(local))
            || tried.contains("fetch(")
        {
            return false;
        }
    }
    let Some(block) = node.ancestors().take(4).find(|above| above.is(Kind::Block)) else { return false };
    block.children_in(Role::Item).take(12).any(|statement| {
        let call =
            if statement.is(Kind::Await) { statement.child(Role::Value).unwrap_or(statement) } else { statement };
        let name = call.callee_name().filter(|_| call.is(Kind::Call)).unwrap_or_default();
        let first = call.callee_path().unwrap_or_default().to_ascii_lowercase();
        let shows =
            first.split(['.', ':']).any(|part| matches!(part, "toast" | "sonner" | "notification" | "snackbar"));
        shows
            || name.starts_with("set") && name.ends_with("Error")
            || matches!(name, "enqueueSnackbar" | "showError" | "showToast" | "addToast" | "notifyError")
    })
}

fn in_catch(node: NodeRef<'_>) -> bool {
    node.ancestors().any(|parent| match parent.kind() {
        Kind::Catch => true,
        Kind::Function if parent.role() == Role::Argument => {
            parent.parent().is_some_and(|call| call.callee_name() == Some("catch"))
        }
        _ => false,
    })
}

/// Where a value comes from, as a dotted path, followed through constants and destructuring.
pub(super) fn origin(node: NodeRef<'_>, depth: usize) -> Option<String> {
    match node.kind() {
        Kind::Identifier => aliased(node, depth).or_else(|| node.path()),
        Kind::Member => Some(format!("{}.{}", origin(node.child(Role::Object)?, depth)?, node.name())),
        // `console.log.bind(console)`
        Kind::Call if node.callee_name() == Some("bind") => {
            origin(node.child(Role::Callee)?.child(Role::Object)?, depth)
        }
        _ => node.path(),
    }
}

/// What a constant was made from.
fn aliased(name: NodeRef<'_>, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let binding = name.binding()?;
    if binding.kind != BindingKind::Variable || binding.writes > 0 {
        return None;
    }
    let declaration = name.tree().at(binding.declaration);
    let value = declaration.child(Role::Value)?;
    let target = declaration.child(Role::Target)?;
    match target.kind() {
        Kind::Identifier => match value.kind() {
            Kind::Identifier | Kind::Member | Kind::Call => origin(value, depth),
            _ => None,
        },
        Kind::Object => {
            let property = target.children().find(|child| {
                child.is(Kind::Property)
                    && child.child(Role::Value).is_some_and(|value| value.binding_id() == name.binding_id())
            })?;
            Some(format!("{}.{}", origin(value, depth)?, property.name()))
        }
        _ => None,
    }
}

/// The method when `path` is one of the global console.
fn console_method(path: &str) -> Option<String> {
    let path = ["window.", "globalThis.", "global.", "self."]
        .iter()
        .fold(path, |path, global| path.strip_prefix(global).unwrap_or(path));
    let method = ["console.default.", "node:console.default.", "node:console.", "console."]
        .iter()
        .find_map(|console| path.strip_prefix(console))?;
    CONSOLE_METHODS.contains(&method).then(|| method.to_owned())
}

fn script_sink(callee: NodeRef<'_>) -> Option<(Sink, String)> {
    if let Some(method) = origin(callee, ALIASES).and_then(|path| console_method(&path)) {
        return Some((Sink::Console, method));
    }
    if callee.is(Kind::Identifier) {
        // `const log = debug('app:db')`
        let made_by = maker(callee)?;
        return (package_of(&made_by) == Some("debug")).then(|| (logger("debug"), "debug".to_owned()));
    }
    logger_method(callee)
}

fn python_sink(call: NodeRef<'_>, callee: NodeRef<'_>) -> Option<(Sink, String)> {
    let path = origin(callee, ALIASES);
    if path.as_deref().is_some_and(|path| PRINTS.contains(&path)) {
        let elsewhere = call.keyword("file").is_some_and(|target| {
            !target.path().is_some_and(|path| matches!(path.as_str(), "sys.stdout" | "sys.stderr"))
        });
        return (!elsewhere).then(|| (Sink::Print, "print".to_owned()));
    }
    logger_method(callee)
}

fn logger(module: &str) -> Sink {
    Sink::Logger { module: module.to_owned() }
}

/// `receiver.level(…)` on something that is a logger.
fn logger_method(callee: NodeRef<'_>) -> Option<(Sink, String)> {
    if !callee.is(Kind::Member) || !is_level(callee.name()) {
        return None;
    }
    let receiver = callee.child(Role::Object)?;
    let module = logger_module(receiver)?;
    Some((logger(&module), callee.name().to_owned()))
}

/// What the logger `receiver` comes from; `None` when it is none.
fn logger_module(receiver: NodeRef<'_>) -> Option<String> {
    let named = is_logger_name(receiver.name());
    match receiver.kind() {
        Kind::Identifier => match receiver.binding().map(|binding| &binding.kind) {
            Some(BindingKind::Import { module, imported }) => {
                let known = package_of(module).is_some_and(|package| package != "@nestjs/common");
                (known || named || is_logger_name(imported)).then(|| module.clone())
            }
            Some(_) => match maker(receiver) {
                Some(path) if package_of(&path).is_some() => package_of(&path).map(str::to_owned),
                Some(path) => (named || makes_loggers(&path)).then(|| imported_maker(receiver).unwrap_or_default()),
                None => named.then(String::new),
            },
            None => (named || receiver.name() == "logging").then(String::new),
        },
        Kind::Member | Kind::Index => named.then(|| root_module(receiver).unwrap_or_default()),
        Kind::Call => {
            let path = receiver.callee_path()?;
            match package_of(&path) {
                Some(package) => Some(package.to_owned()),
                None => makes_loggers(&path).then(String::new),
            }
        }
        _ => None,
    }
}

/// The path of the function that made the value of this constant.
fn maker(name: NodeRef<'_>) -> Option<String> {
    maker_call(name)?.callee_path()
}

fn maker_call(name: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let binding = name.binding()?;
    if binding.kind != BindingKind::Variable {
        return None;
    }
    let value = name.tree().at(binding.declaration).child(Role::Value)?;
    value.is(Kind::Call).then_some(value)
}

/// The module from which the function that made this logger was imported.
fn imported_maker(name: NodeRef<'_>) -> Option<String> {
    root_module(maker_call(name)?.child(Role::Callee)?)
}

/// The module from which the first name of a chain was imported.
fn root_module(chain: NodeRef<'_>) -> Option<String> {
    let mut node = chain;
    while let Some(object) = node.child(Role::Object) {
        node = object;
    }
    match node.binding().map(|binding| &binding.kind) {
        Some(BindingKind::Import { module, .. }) => Some(module.clone()),
        _ => None,
    }
}

/// `getLogger`, `createLogger`, `useLogger`, `logger.child`.
fn makes_loggers(path: &str) -> bool {
    let mut names = path.rsplit('.');
    let last = names.next().unwrap_or_default();
    let lower = last.to_ascii_lowercase();
    lower.ends_with("logger") || (matches!(last, "child" | "bind" | "with") && names.next().is_some_and(is_logger_name))
}

/// Whether `call` is made with `new`.
pub(super) fn is_new(call: NodeRef<'_>) -> bool {
    call.has(Flags::NEW)
}
