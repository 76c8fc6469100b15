//! What an expression tells of an error: its message, the object, its stack.

use super::{Handed, Relay, Tells};
use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    facts::modules::Name,
    model::Span,
};

/// Expressions looked at for one value; real bodies are small.
const STEPS: u32 = 400;

/// Names that functions give to an error that they are handed.
const ERROR_NAMES: &[&str] = &["error", "err", "e", "ex", "exc", "exception", "cause"];

/// A part of a value that tells of an error.
pub(super) struct Leak<'t> {
    pub node: NodeRef<'t>,
    pub tells: Tells,
    /// The error is a parameter of a function that others call.
    pub helper: bool,
    pub through: Option<(Name, usize)>,
}

/// The first part of `value` that tells of an error.
pub(super) fn leak(value: NodeRef<'_>) -> Option<Leak<'_>> {
    search(value, &mut { STEPS })
}

fn search<'t>(node: NodeRef<'t>, steps: &mut u32) -> Option<Leak<'t>> {
    *steps = steps.checked_sub(1)?;
    match node.kind() {
        Kind::Identifier => of_name(node, steps),
        Kind::Member => of_member(node),
        Kind::Call => of_call(node, steps),
        Kind::Template => as_text(node.children().find_map(|part| search(part, steps))),
        Kind::Binary if matches!(node.name(), "+" | "%") => {
            as_text(node.children().find_map(|part| search(part, steps)))
        }
        Kind::Logical => {
            let left = if node.name() == "&&" { None } else { search(node.child(Role::Left)?, steps) };
            left.or_else(|| search(node.child(Role::Right)?, steps))
        }
        Kind::Conditional => of_choice(node, steps),
        Kind::Object | Kind::Array => node.children().find_map(|part| search(part, steps)),
        Kind::Property | Kind::Spread => search(node.child(Role::Value)?, steps),
        _ => None,
    }
}

fn as_text(found: Option<Leak<'_>>) -> Option<Leak<'_>> {
    found.map(|leak| Leak { tells: if leak.tells == Tells::Whole { Tells::Message } else { leak.tells }, ..leak })
}

fn of_choice<'t>(node: NodeRef<'t>, steps: &mut u32) -> Option<Leak<'t>> {
    let condition = node.child(Role::Condition)?;
    if decides_safely(condition) {
        return None;
    }
    let narrow = narrows(condition);
    let first = if narrow { None } else { search(node.child(Role::Consequent)?, steps) };
    first.or_else(|| search(node.child(Role::Alternate)?, steps))
}

fn of_name<'t>(node: NodeRef<'t>, steps: &mut u32) -> Option<Leak<'t>> {
    if let Some(source) = error(node) {
        return Some(Leak { node, tells: Tells::Whole, helper: source == Source::Helper, through: None });
    }
    if let Some(value) = node.definition() {
        return at(node, search(value, steps));
    }
    destructured(node).or_else(|| at(node, written(node, steps)))
}

/// A leak is shown where it goes out.
fn at<'t>(node: NodeRef<'t>, found: Option<Leak<'t>>) -> Option<Leak<'t>> {
    found.filter(|leak| !is_safe(leak.node)).map(|leak| Leak { node, ..leak })
}

/// `const { message, stack } = error`.
fn destructured(node: NodeRef<'_>) -> Option<Leak<'_>> {
    let binding = node.binding().filter(|binding| binding.kind == BindingKind::Variable && binding.writes == 0)?;
    let declaration = node.tree().at(binding.declaration);
    let pattern = declaration.child(Role::Target).filter(|target| target.is(Kind::Object))?;
    let source = error(declaration.child(Role::Value)?)?;
    let key = pattern.children().find(|part| {
        part.child(Role::Value).is_some_and(|value| value.is(Kind::Identifier) && value.name() == node.name())
    })?;
    let tells = told_by_member(key.name())?;
    Some(Leak { node, tells, helper: source == Source::Helper, through: None })
}

/// What a variable that is written more than once may hold.
fn written<'t>(node: NodeRef<'t>, steps: &mut u32) -> Option<Leak<'t>> {
    let id = node.binding_id()?;
    let binding = node.tree().binding(id);
    if binding.kind != BindingKind::Variable || binding.writes == 0 || binding.top_level {
        return None;
    }
    let mut found = None;
    for reference in node.tree().references(id).take(20).filter(|reference| reference.role() == Role::Target) {
        let Some(assignment) = reference.parent().filter(|parent| parent.is(Kind::Assignment)) else { continue };
        let Some(value) = assignment.child(Role::Value) else { continue };
        match search(value, steps) {
            Some(leak) => found = found.or(Some(leak)),
            // What production overwrites with a text of its own is no leak.
            None if assignment.ancestors().take(6).any(|around| around.is(Kind::If)) && found.is_some() => return None,
            None => {}
        }
    }
    found
}

fn of_member(node: NodeRef<'_>) -> Option<Leak<'_>> {
    let object = node.child(Role::Object)?;
    let source = error(object)?;
    let tells = told_by_member(node.name())?;
    Some(Leak { node, tells, helper: source == Source::Helper, through: None })
}

fn told_by_member(name: &str) -> Option<Tells> {
    match name {
        "message" | "sqlMessage" | "args" => Some(Tells::Message),
        "stack" | "__traceback__" => Some(Tells::Stack),
        _ => None,
    }
}

fn of_call<'t>(node: NodeRef<'t>, steps: &mut u32) -> Option<Leak<'t>> {
    let name = node.callee_name()?;
    let api = node.callee_api().unwrap_or_default();
    if matches!(api.as_str(), "traceback.format_exc" | "traceback.format_exception" | "traceback.print_exc") {
        return Some(Leak { node, tells: Tells::Stack, helper: false, through: None });
    }
    if matches!(api.as_str(), "String" | "str" | "repr" | "util.inspect" | "json.dumps" | "JSON.stringify") {
        let inner = node.argument(0)?;
        // An error as such is an empty object in JSON.
        if api == "JSON.stringify" && inner.is(Kind::Identifier) {
            return None;
        }
        return as_text(search(inner, steps)).map(|leak| Leak { node, ..leak });
    }
    // `getattr(error, "message", str(error))`: only errors of the program's own have that attribute, all others come out
    // as their text.
    if api == "getattr" {
        return as_text(search(node.argument(2)?, steps)).map(|leak| Leak { node, ..leak });
    }
    if api.starts_with("serialize-error.") {
        let inner = search(node.argument(0)?, steps)?;
        return Some(Leak { node, tells: Tells::Stack, ..inner });
    }
    let receiver = node.receiver();
    if let Some(receiver) = receiver {
        let passes = matches!(
            name,
            "toString"
                | "slice"
                | "substring"
                | "substr"
                | "trim"
                | "replace"
                | "replaceAll"
                | "toLowerCase"
                | "strip"
                | "concat"
        );
        if passes {
            return as_text(search(receiver, steps)).map(|leak| Leak { node, ..leak });
        }
        if name == "format" && receiver.is(Kind::String) {
            return as_text(node.positional().find_map(|argument| search(argument, steps)));
        }
        if matches!(name, "filter" | "join") {
            return search(receiver, steps);
        }
    }
    // A function of the repository may make a text of it.
    let callee = node.child(Role::Callee).filter(|callee| callee.is(Kind::Identifier)).and_then(Name::of)?;
    let (index, source) =
        node.positional().enumerate().find_map(|(index, argument)| error(argument).map(|source| (index, source)))?;
    let helper = source == Source::Helper;
    Some(Leak { node, tells: Tells::Message, helper, through: Some((callee, index)) })
}

/// How an error comes to a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Caught,
    /// Given by whoever calls.
    Helper,
}

fn error(node: NodeRef<'_>) -> Option<Source> {
    if !node.is(Kind::Identifier) {
        return None;
    }
    let binding = node.binding()?;
    let declaration = node.tree().at(binding.declaration);
    match binding.kind {
        BindingKind::Caught => is_broad(declaration).then_some(Source::Caught),
        BindingKind::Parameter => of_parameter(node.name(), declaration),
        BindingKind::Variable => is_answer_of_store(node, declaration).then_some(Source::Caught),
        _ => None,
    }
}

/// Whether a `catch` takes errors that this program did not write for its clients. Scripts catch everything.
fn is_broad(catch: NodeRef<'_>) -> bool {
    let Some(types) = catch.child(Role::Condition) else { return true };
    let each: Vec<_> = if types.is(Kind::Array) { types.children().collect() } else { vec![types] };
    each.into_iter().any(|kind| is_technical(kind))
}

fn is_technical(kind: NodeRef<'_>) -> bool {
    let Some(path) = kind.api_path() else { return false };
    let last = path.rsplit('.').next().unwrap_or_default();
    matches!(
        last,
        "Exception"
            | "BaseException"
            | "RuntimeError"
            | "OSError"
            | "IOError"
            | "KeyError"
            | "TypeError"
            | "AttributeError"
    ) || [
        "sqlalchemy",
        "psycopg2",
        "asyncpg",
        "pymongo",
        "redis",
        "httpx",
        "requests",
        "aiohttp",
        "openai",
        "anthropic",
        "botocore",
        "django.db",
    ]
    .iter()
    .any(|package| path.starts_with(package))
}

/// What a parameter is that holds an error.
fn of_parameter(name: &str, parameter: NodeRef<'_>) -> Option<Source> {
    let parameter = if parameter.is(Kind::Parameter) {
        parameter
    } else {
        parameter.ancestors().find(|node| node.is(Kind::Parameter))?
    };
    let function = parameter.parent().filter(|parent| parent.is(Kind::Function))?;
    let index = function.children_in(Role::Parameter).position(|each| each == parameter)?;
    let count = function.children_in(Role::Parameter).count();
    let named = ERROR_NAMES.contains(&name);
    if let Some(call) = function.parent().filter(|parent| parent.is(Kind::Call)) {
        let callee = call.callee_name().unwrap_or_default();
        if matches!(callee, "catch" | "setErrorHandler" | "onError") && index == 0 {
            return Some(Source::Caught);
        }
        if matches!(name, "err" | "error") && index == 0 {
            return Some(Source::Caught);
        }
    }
    if let Some(broad) = handler_of_exceptions(function, index) {
        return broad.then_some(Source::Caught);
    }
    if named && index == 0 && count == 4 {
        return Some(Source::Caught);
    }
    let open = parameter.child(Role::Annotation).is_none_or(|kind| {
        matches!(
            kind.text().trim_start_matches(':').trim(),
            "unknown" | "any" | "Error" | "Exception" | "BaseException"
        )
    });
    (named && open).then_some(Source::Helper)
}

/// Whether a function that a framework calls for exceptions is called for those that nobody foresaw.
fn handler_of_exceptions(function: NodeRef<'_>, index: usize) -> Option<bool> {
    for decorator in function.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value)) {
        let Some(name) = decorator.callee_name() else { continue };
        let first = decorator.argument(0);
        let broad = || first.is_some_and(|kind| is_technical(kind) || kind.text() == "500");
        match name {
            "exception_handler" if index == 1 => return Some(broad()),
            "errorhandler" | "app_errorhandler" if index == 0 => return Some(broad()),
            _ => {}
        }
    }
    let class = function.enclosing_class().filter(|_| function.name() == "catch" && index == 0)?;
    class
        .children_in(Role::Decorator)
        .filter_map(|decorator| decorator.child(Role::Value))
        .find(|decorator| decorator.callee_name() == Some("Catch"))
        .map(|decorator| decorator.argument(0).is_none_or(|kind| kind.text() == "Error"))
}

/// `const { data, error } = await client.from('orders').select()`: what a store answered.
fn is_answer_of_store(node: NodeRef<'_>, declaration: NodeRef<'_>) -> bool {
    let Some(value) = declaration.child(Role::Value).filter(|value| value.is(Kind::Call) && value.has(Flags::AWAIT))
    else {
        return false;
    };
    let Some(pattern) = declaration.child(Role::Target).filter(|target| target.is(Kind::Object)) else { return false };
    let named = pattern.children().any(|part| {
        part.name() == "error"
            && part.child(Role::Value).is_some_and(|value| value.is(Kind::Identifier) && value.name() == node.name())
    });
    named && value.descendants().any(|part| part.is(Kind::Member) && matches!(part.name(), "from" | "rpc" | "storage"))
}

/// Whether nothing is told after all: outside production only, or of errors that are written for clients.
pub(super) fn is_safe(node: NodeRef<'_>) -> bool {
    if node.is_dev_only() || answers_signer(node) {
        return true;
    }
    let mut child = node;
    for parent in node.ancestors() {
        match parent.kind() {
            Kind::Function => return false,
            Kind::If | Kind::Conditional if matches!(child.role(), Role::Consequent | Role::Alternate) => {
                let Some(condition) = parent.child(Role::Condition) else { break };
                if decides_safely(condition) || (child.role() == Role::Consequent && narrows(condition)) {
                    return true;
                }
            }
            Kind::Logical
                if child.role() == Role::Right
                    && parent.name() == "&&"
                    && parent.child(Role::Left).is_some_and(|left| decides_safely(left) || narrows(left)) =>
            {
                return true;
            }
            Kind::Case | Kind::Switch => return true,
            Kind::Block if left_before(child, parent) => return true,
            _ => {}
        }
        child = parent;
    }
    false
}

/// Whether the function has checked a webhook's signature before it goes on: who reads its answer is the service that
/// signed, in a log of the own account.
fn answers_signer(node: NodeRef<'_>) -> bool {
    const CHECKS: &[&str] = &[
        "constructEvent",
        "constructEventAsync",
        "construct_event",
        "parseThinEvent",
        "parse_thin_event",
        "parseEventNotification",
    ];
    let outermost = node.ancestors().filter(|above| above.is(Kind::Function)).last();
    outermost.is_some_and(|function| {
        let mut calls = function.descendants().take(2000).filter(|inner| inner.is(Kind::Call));
        calls.any(|call| {
            call.span().start < node.span().start && call.callee_name().is_some_and(|name| CHECKS.contains(&name))
        })
    })
}

/// `if (!(error instanceof KnownError)) return …` before this statement.
fn left_before(statement: NodeRef<'_>, block: NodeRef<'_>) -> bool {
    block.children().take(200).take_while(|earlier| *earlier != statement).any(|earlier| {
        let condition = earlier.child(Role::Condition).filter(|_| earlier.is(Kind::If));
        condition.is_some_and(|condition| {
            condition.is(Kind::Unary)
                && condition.name() == "!"
                && condition.child(Role::Value).is_some_and(narrows)
                && earlier.child(Role::Consequent).is_some_and(NodeRef::always_leaves)
        })
    })
}

/// A condition that tells production from the rest, or errors for clients from others.
fn decides_safely(condition: NodeRef<'_>) -> bool {
    let text = condition.text().to_ascii_lowercase();
    [
        "node_env",
        "production",
        "isprod",
        "isdev",
        "development",
        "debug",
        "expose",
        "operational",
        "status",
        "verbose",
        "ispublic",
        "usermessage",
        "environment",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// A condition that leaves only errors of a known kind.
fn narrows(condition: NodeRef<'_>) -> bool {
    std::iter::once(condition).chain(condition.descendants().take(60)).any(|node| match node.kind() {
        Kind::Binary if node.name() == "instanceof" => {
            node.child(Role::Right).is_some_and(|kind| kind.text() != "Error" && !kind.text().ends_with("TypeError"))
        }
        Kind::Binary if matches!(node.name(), "===" | "==" | "!==" | "!=" | "<" | ">=" | "in" | "not in") => {
            let sides = [node.child(Role::Left), node.child(Role::Right)];
            let typed = sides.iter().flatten().any(|side| side.is(Kind::Unary) && side.name() == "typeof");
            let presence = sides.iter().flatten().any(|side| {
                side.is(Kind::Null)
                    || side.text() == "undefined"
                    || side.text() == "\"message\""
                    || side.text() == "'message'"
            });
            !typed && !presence && sides.iter().flatten().any(|side| mentions_error(*side))
        }
        Kind::Member => {
            !matches!(node.name(), "message" | "stack")
                && node.child(Role::Object).is_some_and(|object| error(object).is_some())
        }
        Kind::Call => {
            let name = node.callee_name().unwrap_or_default();
            let checks = name.starts_with("is")
                || matches!(name, "includes" | "startsWith" | "test" | "match" | "endswith" | "startswith");
            checks
                && name != "isError"
                && (node.positional().any(mentions_error) || node.receiver().is_some_and(mentions_error))
                && !(name == "isinstance"
                    && node.argument(1).is_some_and(|kind| matches!(kind.text(), "Exception" | "BaseException")))
        }
        _ => false,
    })
}

fn mentions_error(node: NodeRef<'_>) -> bool {
    std::iter::once(node).chain(node.descendants().take(20)).any(|part| error(part).is_some() || leak_name(part))
}

/// A variable that holds the message.
fn leak_name(node: NodeRef<'_>) -> bool {
    node.is(Kind::Identifier)
        && node.definition().is_some_and(|value| value.descendants().take(20).any(|part| error(part).is_some()))
}

/// The parameters of the function around a response that it answers with as they are.
pub(super) fn relayed(body: NodeRef<'_>, status: Option<u16>) -> Vec<Relay> {
    let Some(function) = body.enclosing_function() else { return Vec::new() };
    let whole = |node: NodeRef<'_>| -> Option<Relay> {
        let binding =
            node.binding().filter(|binding| node.is(Kind::Identifier) && binding.kind == BindingKind::Parameter)?;
        let declared = node.tree().at(binding.declaration);
        let parameter = if declared.is(Kind::Parameter) {
            declared
        } else {
            declared.ancestors().find(|node| node.is(Kind::Parameter))?
        };
        // What a pattern takes out of a parameter is not the parameter.
        parameter.child(Role::Target).filter(|target| target.is(Kind::Identifier))?;
        let index = function.children_in(Role::Parameter).position(|each| each == parameter)?;
        let spread = node.parent().is_some_and(|parent| parent.is(Kind::Spread));
        Some(Relay { function: function.span(), parameter: index, spread, status })
    };
    let parts = std::iter::once(body).chain(body.descendants().take(80));
    parts
        .filter(|node| matches!(node.role(), Role::Argument | Role::Value | Role::Item))
        .filter(|node| node.parent().is_none_or(|parent| !parent.is(Kind::Call) || *node == body))
        .filter_map(whole)
        .collect()
}

/// A function that returns what the error tells that it is given.
pub(super) fn teller(node: NodeRef<'_>) -> Option<(Span, usize, Tells)> {
    let function = node.enclosing_function()?;
    let found = leak(node.child(Role::Value)?)
        .filter(|leak| leak.helper && leak.tells != Tells::Whole && leak.through.is_none())?;
    if is_safe(found.node) {
        return None;
    }
    let index = function.children_in(Role::Parameter).position(|parameter| ERROR_NAMES.contains(&parameter.name()))?;
    Some((function.span(), index, found.tells))
}

/// An error that a call hands on.
pub(super) fn handed(call: NodeRef<'_>) -> Option<Handed> {
    let callee = call.child(Role::Callee).filter(|callee| callee.is(Kind::Identifier)).and_then(Name::of)?;
    let (argument, leak) =
        call.positional().enumerate().take(4).find_map(|(index, argument)| Some((index, leak(argument)?)))?;
    // `errorResponse("INVALID", error.message, 400)` says what is wrong with the request.
    let about_request = call
        .positional()
        .filter_map(|argument| argument.constant()?.as_number())
        .any(|number| (400.0..500.0).contains(&number));
    let known = leak.through.is_none() && !leak.helper && !is_safe(leak.node) && !about_request;
    let bare = leak.node.role() == Role::Argument && leak.tells == Tells::Whole;
    known.then(|| Handed { callee, argument, span: leak.node.span(), tells: leak.tells, bare })
}
