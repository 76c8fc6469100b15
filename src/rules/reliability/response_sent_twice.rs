//! `response-sent-twice`: a handler answers a request once.

use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    model::{Confidence, Message, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: ResponseSentTwice = ResponseSentTwice;

pub(in crate::rules) struct ResponseSentTwice;

/// Methods that end a response.
const ANSWERS: [&str; 9] = ["json", "jsonp", "send", "sendFile", "sendStatus", "redirect", "render", "end", "download"];

/// Statements of a function that are looked at; nobody writes longer handlers.
const STEPS: usize = 4000;

impl Rule for ResponseSentTwice {
    fn id(&self) -> &'static str {
        "response-sent-twice"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Function]).keywords(&["res", "Res"])
    }

    fn node(&self, file: &Visit<'_>, function: NodeRef<'_>, out: &mut Out<'_>) {
        if !file.file.language.is_some_and(crate::code::Language::is_script) {
            return;
        }
        let Some(body) = function.child(Role::Body).filter(|body| body.is(Kind::Block)) else { return };
        let own = |node: &NodeRef<'_>| node.enclosing_function().map(NodeRef::id) == Some(function.id());
        let answers = function.descendants().take(STEPS).filter(|node| is_answer(*node) && own(node)).count();
        if answers == 0 {
            return;
        }
        out.note(file.place(function), "searched");
        if answers < 2 && !function.text().contains("next(") || function.text().contains("headersSent") {
            return;
        }
        let mut found = Vec::new();
        sequence(body, &mut found);
        for twice in found {
            let say = |key: &'static str| {
                let callee = twice.second.child(Role::Callee).map_or("", NodeRef::text);
                let callee = callee.split_whitespace().collect::<String>();
                Message::new(key).with("call", if callee.len() > 60 { "res.json".to_owned() } else { callee })
            };
            let message = match twice.how {
                How::Again => say("again"),
                How::GoesOn => say("goes-on"),
                How::Fails => say("fails"),
            };
            out.bad(file.place(twice.first), message).confidence = Confidence::Likely;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let handlers = cx.seen.iter().filter(|seen| seen.tone == Tone::Note).count();
        if handlers == 0 {
            return Verdict::not_applicable("no-handlers");
        }
        let sites: Vec<_> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        let bad = sites.len();
        let verdict = Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", handlers), []));
        verdict.sites(handlers, handlers.saturating_sub(bad))
    }
}

/// An answer after which the handler goes on to something that must not follow.
struct Twice<'t> {
    first: NodeRef<'t>,
    second: NodeRef<'t>,
    how: How,
}

enum How {
    /// Another answer.
    Again,
    /// A refusal, and then what stands behind the guard.
    GoesOn,
    /// What is awaited after the answer may fail, and then the `catch` answers.
    Fails,
}

/// What a statement leaves behind on a way through it that reaches the next one.
#[derive(Clone, Copy, Default)]
struct Flow<'t> {
    sent: Option<NodeRef<'t>>,
    ends: bool,
}

fn statements(block: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    block.children().filter(|child| child.role() == Role::Item && !child.is(Kind::Comment))
}

fn sequence<'t>(block: NodeRef<'t>, found: &mut Vec<Twice<'t>>) -> Flow<'t> {
    let mut sent: Option<NodeRef<'t>> = None;
    for statement in statements(block) {
        if let Some(first) = sent {
            if let Some(second) = must_answer(statement) {
                if !is_plain_end(second) {
                    found.push(Twice { first, second, how: How::Again });
                }
                sent = None;
            } else if let Some(next) = goes_on(statement).filter(|_| refuses(first)) {
                found.push(Twice { first, second: next, how: How::GoesOn });
                sent = None;
            } else if may_leave(statement) {
                // What leaves here may be the same case that was answered before.
                sent = None;
            }
        }
        let flow = flow(statement, found);
        if flow.ends {
            return Flow { sent: None, ends: true };
        }
        sent = flow.sent.or(sent);
    }
    Flow { sent, ends: false }
}

fn flow<'t>(statement: NodeRef<'t>, found: &mut Vec<Twice<'t>>) -> Flow<'t> {
    match statement.kind() {
        Kind::Return | Kind::Throw | Kind::Jump => Flow { sent: None, ends: true },
        Kind::Call if is_answer(statement) => Flow { sent: Some(statement), ends: false },
        Kind::Call => Flow { sent: None, ends: statement.always_leaves() },
        Kind::Await => statement.child(Role::Value).map_or_else(Flow::default, |value| flow(value, found)),
        Kind::Block => sequence(statement, found),
        Kind::If => {
            let consequent = statement.child(Role::Consequent).map_or_else(Flow::default, |arm| flow(arm, found));
            let alternate = statement.child(Role::Alternate).map_or_else(Flow::default, |arm| flow(arm, found));
            let sent = [consequent, alternate].into_iter().find_map(|arm| arm.sent.filter(|_| !arm.ends));
            Flow { sent, ends: consequent.ends && alternate.ends }
        }
        Kind::Try => tried(statement, found),
        Kind::Loop => {
            if let Some(body) = statement.child(Role::Body).filter(|body| body.is(Kind::Block)) {
                sequence(body, found);
            }
            Flow::default()
        }
        Kind::Switch => {
            for case in statement.children_in(Role::Item) {
                sequence(case, found);
            }
            Flow::default()
        }
        _ => Flow::default(),
    }
}

fn tried<'t>(statement: NodeRef<'t>, found: &mut Vec<Twice<'t>>) -> Flow<'t> {
    let body = statement.child(Role::Body);
    let inside = body.map_or_else(Flow::default, |body| sequence(body, found));
    let (mut sent, mut ends) = (inside.sent, inside.ends);
    for catch in statement.children_in(Role::Item).filter(|part| part.is(Kind::Catch)) {
        let Some(handler) = catch.child(Role::Body) else { continue };
        let after = sequence(handler, found);
        sent = sent.or(after.sent);
        ends &= after.ends;
        let answered = body.and_then(answered_before_wait);
        if let (Some(first), Some(second)) = (answered, must_answer(handler)) {
            found.push(Twice { first, second, how: How::Fails });
        }
    }
    Flow { sent, ends }
}

/// An answer that is followed by something awaited in the same block.
fn answered_before_wait(body: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut items = statements(body);
    let answer = items.by_ref().find(|item| is_answer(*item))?;
    let function = answer.enclosing_function().map(NodeRef::id);
    let waits = items.any(|item| {
        let own = |node: &NodeRef<'_>| node.enclosing_function().map(NodeRef::id) == function;
        std::iter::once(item).chain(item.descendants()).any(|node| {
            node.is(Kind::Call) && node.has(Flags::AWAIT) && node.callee_name() != Some("catch") && own(&node)
        })
    });
    waits.then_some(answer)
}

/// The answer that every way through a statement sends.
fn must_answer(statement: NodeRef<'_>) -> Option<NodeRef<'_>> {
    match statement.kind() {
        Kind::Call => is_answer(statement).then_some(statement),
        Kind::Return | Kind::Await => must_answer(statement.child(Role::Value)?),
        Kind::Block => {
            for item in statements(statement) {
                if let Some(answer) = must_answer(item) {
                    return Some(answer);
                }
                if may_leave(item) {
                    return None;
                }
            }
            None
        }
        Kind::If => {
            let consequent = must_answer(statement.child(Role::Consequent)?)?;
            must_answer(statement.child(Role::Alternate)?).map(|_| consequent)
        }
        Kind::Try => must_answer(statement.child(Role::Body)?),
        _ => None,
    }
}

fn may_leave(statement: NodeRef<'_>) -> bool {
    let function = statement.enclosing_function().map(NodeRef::id);
    std::iter::once(statement).chain(statement.descendants()).take(STEPS).any(|node| {
        let leaves = matches!(node.kind(), Kind::Return | Kind::Throw | Kind::Jump)
            || node.is(Kind::Call) && node.always_leaves();
        leaves && node.enclosing_function().map(NodeRef::id) == function
    })
}

/// A call that ends the response of the request that is handled.
fn is_answer(call: NodeRef<'_>) -> bool {
    if !call.is(Kind::Call) || !call.callee_name().is_some_and(|name| ANSWERS.contains(&name)) {
        return false;
    }
    let Some(mut at) = call.receiver() else { return false };
    for _ in 0..6 {
        match at.kind() {
            Kind::Call => match at.receiver() {
                Some(receiver) => at = receiver,
                None => return false,
            },
            Kind::Identifier => return is_response(at),
            _ => return false,
        }
    }
    false
}

/// The second parameter of a handler: `(req, res)`.
fn is_response(name: NodeRef<'_>) -> bool {
    if !matches!(name.name(), "res" | "response" | "resp") {
        return false;
    }
    let Some(binding) = name.binding().filter(|binding| binding.kind == BindingKind::Parameter) else { return false };
    let declared = name.tree().at(binding.declaration);
    let parameter = std::iter::once(declared).chain(declared.ancestors()).take(4).find(|node| node.is(Kind::Parameter));
    let Some((parameter, function)) = parameter.and_then(|parameter| Some((parameter, parameter.parent()?))) else {
        return false;
    };
    function.children_in(Role::Parameter).take_while(|other| *other != parameter).any(|before| {
        let name = before.name().to_ascii_lowercase();
        name.contains("req") || name.starts_with('_') || name.is_empty()
    })
}

/// `res.end()` after the response has ended does nothing.
fn is_plain_end(answer: NodeRef<'_>) -> bool {
    answer.callee_name() == Some("end") && answer.argument(0).is_none()
}

/// `next()` as a statement.
fn goes_on(statement: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let call = if statement.is(Kind::Return) { statement.child(Role::Value)? } else { statement };
    let callee = call.child(Role::Callee).filter(|callee| call.is(Kind::Call) && callee.is(Kind::Identifier))?;
    let handed = callee.binding().is_some_and(|binding| binding.kind == BindingKind::Parameter);
    (callee.name() == "next" && handed).then_some(call)
}

/// An answer with a status of refusal: `res.status(401).json(…)`.
fn refuses(answer: NodeRef<'_>) -> bool {
    let refused = |call: NodeRef<'_>| {
        let status = call.argument(0).and_then(NodeRef::constant).and_then(|value| value.as_number());
        matches!(call.callee_name(), Some("status" | "sendStatus"))
            && status.is_some_and(|status| (400.0..500.0).contains(&status))
    };
    let mut at = Some(answer);
    for _ in 0..6 {
        match at {
            Some(call) if call.is(Kind::Call) && refused(call) => return true,
            Some(call) => at = call.receiver(),
            None => return false,
        }
    }
    false
}
