//! Code that says of itself that it does not do its work, and answers that say that the work was done.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::{
    code::{Flags, Kind, NodeRef, Role},
    facts::answers,
    model::Span,
};

/// Words of the code that say that it does not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub span: Span,
    /// The work itself is a wait: "simulate processing" before a timer. The place of the wait.
    pub wait: Option<Span>,
}

/// An answer that says that something was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub response: Span,
    /// Where it says so.
    pub span: Span,
    /// The answer is made of what the code itself calls invented: `mockUser`.
    pub invented: bool,
}

const SAYS: &[&str] = &[
    "[mock]",
    "[stub]",
    "mock implementation",
    "mocked implementation",
    "mock response",
    "mock data",
    "mocked data",
    "mock for now",
    "stub implementation",
    "stubbed",
    "placeholder implementation",
    "placeholder response",
    "placeholder for now",
    "dummy implementation",
    "dummy response",
    "fake response",
    "not implemented",
    "not yet implemented",
    "in a real app",
    "in a real implementation",
    "in a real project",
    "in a real scenario",
    "in real implementation",
    "in production, you would",
    "in production you would",
    "in production, this would",
    "in production this would",
    "todo: implement",
    "todo implement",
    "todo: send",
    "todo: save",
    "todo: store",
    "todo: persist",
    "todo: integrate",
    "todo: call",
    "todo: create",
    "todo: update",
    "todo: delete",
    "в реальном проекте",
    "в реальном приложении",
    "заглушка",
    "не реализован",
];

const SIMULATES: &[&str] =
    &["simulate", "simulating", "simulated", "simulation", "симулир", "симуляци", "имитир", "имитаци"];

static PHRASES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let phrases = SAYS.iter().chain(SIMULATES);
    AhoCorasick::new(phrases).unwrap_or_else(|error| panic!("{} phrases are not too many: {error}", SAYS.len()))
});

/// What a text says of the code around it.
#[derive(Default)]
struct Spoken {
    says: bool,
    simulates: bool,
}

/// Which of the phrases stand in `text`, which is in lower case, where a word begins.
fn spoken(text: &str) -> Spoken {
    let mut spoken = Spoken::default();
    for phrase in PHRASES.find_overlapping_iter(text) {
        if text[..phrase.start()].chars().next_back().is_none_or(|letter| !letter.is_alphanumeric()) {
            let simulates = phrase.pattern().as_usize() >= SAYS.len();
            spoken.simulates |= simulates;
            spoken.says |= !simulates;
        }
    }
    spoken
}

/// Words by which the code says that it pretends.
pub(super) fn mark(node: NodeRef<'_>) -> Option<Mark> {
    // In a log, a string speaks about the code as a comment does.
    if node.span().len() > 2_000 || !(node.is(Kind::Comment) || is_logged(node)) || node.enclosing_function().is_none()
    {
        return None;
    }
    let Spoken { says, simulates } = spoken(&node.text().to_lowercase());
    if !simulates && !says || node.is_dev_only() || is_demonstration(node) {
        return None;
    }
    let wait = if node.is(Kind::Comment) { wait_behind(node) } else { None };
    // A simulation alone may be what the product is for; with a wait it stands for work that is not done.
    (says || wait.is_some()).then(|| Mark { span: node.span(), wait: wait.filter(|_| simulates) })
}

fn is_logged(node: NodeRef<'_>) -> bool {
    let whole = if node.role() == Role::Item && node.is(Kind::String) { node.parent() } else { Some(node) };
    let call = whole.and_then(NodeRef::parent).filter(|call| call.is(Kind::Call));
    call.is_some_and(|call| matches!(call.callee_name(), Some("log" | "info" | "warn" | "debug" | "warning" | "print")))
}

/// Inside a branch for demonstrations: `if (demoMode) { … }`.
fn is_demonstration(node: NodeRef<'_>) -> bool {
    node.ancestors().take_while(|above| !above.is(Kind::Function)).filter(|above| above.is(Kind::If)).any(|above| {
        above.child(Role::Condition).is_some_and(|condition| {
            let text = condition.text().to_ascii_lowercase();
            ["demo", "mock", "stub", "fake", "dry", "test", "dev", "sandbox", "simul", "configured", "key"]
                .iter()
                .any(|word| text.contains(word))
        })
    })
}

/// A wait in one of the three statements behind a comment.
fn wait_behind(comment: NodeRef<'_>) -> Option<Span> {
    let parent = comment.parent().filter(|parent| matches!(parent.kind(), Kind::Block | Kind::Case | Kind::Module))?;
    parent
        .children()
        .filter(|statement| !statement.is(Kind::Comment) && statement.span().start >= comment.span().end)
        .take(3)
        .find_map(|statement| {
            std::iter::once(statement)
                .chain(statement.descendants().take(150))
                .find(|node| waits(*node))
                .map(NodeRef::span)
        })
}

/// `new Promise((resolve) => setTimeout(resolve, 1000))`, `sleep(2)`.
fn waits(node: NodeRef<'_>) -> bool {
    if !node.is(Kind::Call) {
        return false;
    }
    let promised = node.has(Flags::NEW)
        && node.callee_name() == Some("Promise")
        && node.descendants().take(20).any(|inner| inner.is(Kind::Call) && inner.callee_name() == Some("setTimeout"));
    promised || matches!(node.callee_name(), Some("sleep" | "delay")) && node.positional().count() == 1
}

/// An answer outside a `catch` that says that something was done.
pub(super) fn claim(node: NodeRef<'_>) -> Option<Claim> {
    if !matches!(node.kind(), Kind::Call | Kind::Return | Kind::Assignment) {
        return None;
    }
    let response = answers::response(node)?;
    let fine = response.status.is_none_or(|status| (200..300).contains(&status));
    let body = response.bodies.first().copied().filter(|_| fine && node.enclosing_catch().is_none())?;
    let object = body.resolved();
    let invented = is_invented(body)
        || object.children_in(Role::Item).any(|item| item.child(Role::Value).is_some_and(is_invented));
    let span = match object.kind() {
        Kind::Object => {
            if object.property("error").is_some() {
                return None;
            }
            said(object).unwrap_or_else(|| object.span())
        }
        Kind::Array => object.span(),
        _ => body.span(),
    };
    Some(Claim { response: node.span(), span, invented })
}

fn is_invented(node: NodeRef<'_>) -> bool {
    let name = node.name();
    node.is(Kind::Identifier)
        && ["mock", "fake", "dummy"].iter().any(|word| {
            name.to_ascii_lowercase()
                .strip_prefix(word)
                .is_some_and(|rest| !rest.is_empty() && !rest.starts_with("server") && !rest.starts_with("api"))
        })
}

/// The property that tells of success: a message, else `success: true`.
fn said(object: NodeRef<'_>) -> Option<Span> {
    let of = |key: &str| object.children_in(Role::Item).find(|item| item.is(Kind::Property) && item.name() == key);
    let message = of("message").filter(|item| item.child(Role::Value).is_some_and(|value| value.is(Kind::String)));
    let flag = of("success")
        .or_else(|| of("ok"))
        .filter(|item| item.child(Role::Value).is_some_and(|value| value.is(Kind::Boolean) && value.name() == "true"));
    message.or(flag).map(NodeRef::span)
}
