//! Which functions are asynchronous, and what in a function can fail without being caught there.

use super::{Extractor, Fact, FileFacts, Visit, Watch};
use crate::{
    code::{Flags, Kind, Language, NodeRef, Role},
    facts::modules::{Definition, FunctionId, Modules},
    model::{FileId, Span},
};

/// What one file says about promises and coroutines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asynchrony {
    /// In source order.
    pub functions: Vec<AsyncFunction>,
    /// Scripts: what a function does that can reject or throw past it, in source order.
    pub risks: Vec<Risk>,
}

/// A function that gives a promise or a coroutine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsyncFunction {
    pub span: Span,
    /// What it is handed to in place, when that is no registration: `asyncHandler` of `asyncHandler(async () => …)`.
    pub wrapper: Option<String>,
    /// Something decorates it, so that a call may give something else.
    pub decorated: bool,
    /// A generator, which is iterated and not awaited.
    pub generator: bool,
}

/// Something that can fail and is not caught in its function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    pub span: Span,
    pub kind: RiskKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskKind {
    Awaited,
    Thrown,
    /// The result of a call is returned, which may be a promise.
    Returned,
    /// A chain of `then` that nothing catches and nobody waits for.
    Floating,
}

/// Methods that register a handler rather than wrap it.
const REGISTRATIONS: &[&str] =
    &["get", "post", "put", "patch", "delete", "head", "options", "all", "use", "param", "route"];

/// Calls that do not reject.
const QUIET: &[&str] = &["allSettled", "sleep", "delay", "wait", "setTimeout", "setImmediate", "nextTick"];

/// Tries around a place that are looked at from the inside out.
const TRIES: usize = 8;

/// Calls that are followed to find out whether a function catches everything.
const DEPTH: usize = 4;

pub(super) struct AsyncExtractor;

impl Extractor for AsyncExtractor {
    fn fact(&self) -> Fact {
        Fact::Asynchrony
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Function, Kind::Call, Kind::Await, Kind::Throw, Kind::Return])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let found = &mut facts.asynchrony;
        if node.is(Kind::Function) {
            found.functions.extend(async_function(node));
        } else if file.file.language.is_some_and(Language::is_script) {
            found.risks.extend(risk(node));
        }
    }
}

fn async_function(function: NodeRef<'_>) -> Option<AsyncFunction> {
    if !function.has(Flags::ASYNC) {
        return None;
    }
    let wrapper = function
        .parent()
        .filter(|call| call.is(Kind::Call) && function.role() == Role::Argument)
        .and_then(|call| call.child(Role::Callee))
        .filter(|callee| !(callee.is(Kind::Member) && REGISTRATIONS.contains(&callee.name())));
    let decorated = function.children_in(Role::Decorator).any(|decorator| {
        let path = decorator.child(Role::Value).map_or("", NodeRef::text);
        !matches!(path, "staticmethod" | "classmethod" | "override" | "abstractmethod")
    });
    Some(AsyncFunction {
        span: function.span(),
        wrapper: wrapper.map(|callee| callee.text().to_owned()),
        decorated,
        generator: function.has(Flags::GENERATOR)
            || function
                .descendants()
                .any(|node| node.is(Kind::Yield) && node.enclosing_function().map(NodeRef::id) == Some(function.id())),
    })
}

fn risk(node: NodeRef<'_>) -> Option<Risk> {
    let (kind, span) = match node.kind() {
        Kind::Throw => (RiskKind::Thrown, node.span()),
        Kind::Await => (RiskKind::Awaited, node.span()),
        Kind::Call if node.has(Flags::AWAIT) => (RiskKind::Awaited, node.span()),
        Kind::Call if is_floating(node) => (RiskKind::Floating, node.span()),
        Kind::Return => {
            let value = node.child(Role::Value).filter(|value| value.is(Kind::Call) && !value.has(Flags::AWAIT))?;
            let constructs = value.has(Flags::NEW) && value.callee_name() != Some("Promise");
            // Beside a `try`, what is returned is seldom another promise.
            let function = node.enclosing_function()?;
            let tries =
                function.has(Flags::ASYNC) && function.descendants().take(4000).any(|inside| inside.is(Kind::Try));
            if constructs || tries || catches(value) {
                return None;
            }
            (RiskKind::Returned, value.span())
        }
        _ => return None,
    };
    let called = kind == RiskKind::Awaited && node.is(Kind::Call);
    let harmless = called && (catches(node) || is_quiet(node));
    let in_catch = kind != RiskKind::Thrown && node.enclosing_catch().is_some();
    (!harmless && !in_catch && !is_caught(node)).then_some(Risk { span, kind })
}

/// `promise.catch(…)`, `promise.then(done, failed)`, also before a `finally`.
fn catches(call: NodeRef<'_>) -> bool {
    match call.callee_name() {
        Some("catch") => true,
        Some("then") => call.argument(1).is_some() || call.receiver().is_some_and(catches),
        Some("finally") => call.receiver().is_some_and(catches),
        _ => false,
    }
}

fn is_quiet(call: NodeRef<'_>) -> bool {
    let name = call.callee_name().unwrap_or_default();
    let timer = name == "Promise" && call.has(Flags::NEW) && !call.text().contains("reject");
    timer || QUIET.contains(&name)
}

/// `work().then(…)` as a statement.
fn is_floating(call: NodeRef<'_>) -> bool {
    call.callee_name() == Some("then")
        && call.role() == Role::Item
        && call.parent().is_some_and(|parent| parent.is(Kind::Block))
        && !catches(call)
}

/// Whether a `try` around `node` keeps what it throws.
fn is_caught(node: NodeRef<'_>) -> bool {
    let mut at = node;
    for _ in 0..TRIES {
        let Some(around) = at.enclosing_try() else { return false };
        let throws_on = around.children().filter(|part| part.is(Kind::Catch)).any(|catch| {
            let function = around.enclosing_function().map(NodeRef::id);
            catch.descendants().any(|inside| {
                inside.is(Kind::Throw)
                    && inside.enclosing_function().map(NodeRef::id) == function
                    && !is_caught_again(inside, catch)
            })
        });
        if !throws_on {
            return true;
        }
        at = around;
    }
    false
}

/// A `try` inside the `catch` that keeps what is thrown there.
fn is_caught_again(thrown: NodeRef<'_>, catch: NodeRef<'_>) -> bool {
    thrown.enclosing_try().is_some_and(|inner| catch.span().contains(inner.span()))
}

/// The asynchronous function that is exactly at `span`. Needs [`Fact::Asynchrony`].
pub fn function_at(facts: &super::Facts, file: FileId, span: Span) -> Option<&AsyncFunction> {
    facts.of(file)?.asynchrony.functions.iter().find(|function| function.span == span)
}

/// What can fail in a function itself and leave it, first in source order: calls of functions of the repository that
/// catch everything themselves are left out. Needs [`Fact::Asynchrony`] and [`Fact::Modules`].
pub fn escapes<'f>(facts: &'f super::Facts, modules: Modules<'_>, id: FunctionId) -> Option<&'f Risk> {
    first_risk(facts, modules, id, DEPTH, &|kind| kind != RiskKind::Returned)
}

fn first_risk<'f>(
    facts: &'f super::Facts,
    modules: Modules<'_>,
    id: FunctionId,
    depth: usize,
    counts: &dyn Fn(RiskKind) -> bool,
) -> Option<&'f Risk> {
    let span = modules.function(id).span;
    let risks = facts.of(id.file)?.asynchrony.risks.iter().filter(|risk| span.contains(risk.span));
    risks.filter(|risk| counts(risk.kind)).find(|risk| {
        modules.function_around(id.file, risk.span) == Some(id)
            && !(matches!(risk.kind, RiskKind::Awaited | RiskKind::Returned)
                && depth > 0
                && is_quiet_call(facts, modules, id, risk.span, depth - 1))
    })
}

/// Whether a call leads to a function of the repository out of which nothing comes but its result.
fn is_quiet_call(facts: &super::Facts, modules: Modules<'_>, id: FunctionId, call: Span, depth: usize) -> bool {
    let called = modules.file(id.file).and_then(|file| file.calls_in(call).find(|site| site.span == call));
    let Some(called) = called else { return false };
    match modules.definition(id.file, &called.callee) {
        Definition::Function(callee) => {
            callee == id
                || facts.of(callee.file).is_some_and(|facts| !facts.asynchrony.functions.is_empty())
                    && first_risk(facts, modules, callee, depth, &|kind| kind != RiskKind::Floating).is_none()
        }
        _ => false,
    }
}
