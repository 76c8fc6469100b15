//! `swallowed-exception`: an error that is caught is told to somebody.

use crate::{
    code::{Flags, Kind, Language, NodeRef, Role},
    facts::{Fact, outbound},
    model::{Confidence, Message, Severity, Tone, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule, Visit, Watch, site_of},
    rules::observed,
};

pub(in crate::rules) static RULE: SwallowedException = SwallowedException;

pub(in crate::rules) struct SwallowedException;

/// Nodes of a `try` that are looked at.
const STEPS: usize = 2000;

impl Rule for SwallowedException {
    fn id(&self) -> &'static str {
        "swallowed-exception"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Catch]).keywords(&["catch", "except"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, catch: NodeRef<'_>, out: &mut Out<'_>) {
        out.note(file.place(catch), "searched");
        let script = file.file.language.is_some_and(Language::is_script);
        let Some(around) = catch.parent().filter(|parent| parent.is(Kind::Try)) else { return };
        if !script && !is_broad(catch) || is_told(file, catch) || is_apart(file, catch) {
            return;
        }
        let Some(instead) = instead(catch) else { return };
        // Behind a `try` that returns stands what to do when it does not.
        let falls_through =
            matches!(instead, Instead::Nothing) && !catch.descendants().any(|node| node.is(Kind::Return));
        let Some(work) = work(around, script, falls_through) else { return };
        let (key, severity) = match (work, instead) {
            (Work::Changes, Instead::Nothing) => ("changes", Some(Severity::High)),
            (Work::Changes, Instead::Value) => ("changes-value", Some(Severity::High)),
            (Work::Asks, Instead::Nothing) => ("asks", None),
            (Work::Works, Instead::Nothing) => ("works", None),
            // Nothing found is what many a caller expects of somebody who cannot be asked.
            (Work::Asks | Work::Works, Instead::Value) => return,
        };
        let found = out.bad(file.place(catch), Message::new(key));
        found.severity = severity;
        found.confidence = Confidence::Likely;
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let seen = observed::on_server(cx);
        let catches = seen.iter().filter(|seen| seen.tone == Tone::Note).count();
        let apart = matches!(cx.component.kind, ComponentKind::Cli | ComponentKind::ClientApp);
        if catches == 0 || apart {
            return Verdict::not_applicable("no-catches");
        }
        let sites: Vec<_> = seen.iter().filter(|seen| seen.tone == Tone::Bad).map(|seen| site_of(seen)).collect();
        let bad = sites.len();
        let detail = Message::new("detail").count("bad", bad).count("n", catches);
        Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", catches), []))
            .detail(detail)
            .sites(catches, catches.saturating_sub(bad))
    }
}

/// What stands in for the error.
#[derive(Clone, Copy)]
enum Instead {
    Nothing,
    /// A value that also stands for a good result: an empty list, nothing found.
    Value,
}

/// What may have failed.
#[derive(Clone, Copy)]
enum Work {
    /// Something is stored, sent or removed.
    Changes,
    /// Another service or a store is asked.
    Asks,
    /// Something else that is waited for.
    Works,
}

/// `except:`, `except Exception:`.
fn is_broad(catch: NodeRef<'_>) -> bool {
    catch.child(Role::Condition).is_none_or(|caught| matches!(caught.name(), "Exception" | "BaseException"))
}

/// A comment in the `catch` or before it says why.
fn is_told(file: &Visit<'_>, catch: NodeRef<'_>) -> bool {
    let span = catch.span();
    if catch.descendants().take(STEPS).any(|node| node.is(Kind::Comment)) {
        return true;
    }
    // A comment at the end of the line, or on the line below it, may lie outside of the node.
    let rest = file.text.get(span.end as usize..).unwrap_or_default();
    let start = file.text.get(..span.start as usize).unwrap_or_default();
    let text = file.text.get(span.range()).unwrap_or_default();
    let comments = |text: &str| text.contains("//") || text.contains("/*") || text.contains('#');
    // The last line of what is tried, right above the `except`.
    let above = start.lines().rev().nth(1).unwrap_or_default().trim_start();
    above.starts_with('#')
        || above.starts_with("//")
        || comments(rest.lines().next().unwrap_or_default())
        || comments(start.lines().next_back().unwrap_or_default())
        || text.lines().any(|line| line.contains(" #") || line.trim_start().starts_with('#'))
}

/// Functions whose name says that failing is one of their answers, or that nothing hangs on it.
fn is_apart(file: &Visit<'_>, catch: NodeRef<'_>) -> bool {
    const TRIES: [&str; 26] = [
        "try",
        "safe",
        "maybe",
        "parse",
        "decode",
        "is",
        "has",
        "can",
        "exists",
        "detect",
        "probe",
        "check",
        "validate",
        "verify",
        "cleanup",
        "clean",
        "close",
        "dispose",
        "shutdown",
        "disconnect",
        "stop",
        "destroy",
        "teardown",
        "ping",
        "health",
        "optional",
    ];
    let named = catch.ancestors().filter(|node| node.is(Kind::Function)).filter_map(NodeRef::function_name);
    let path = file.file.path.as_str();
    named.flat_map(crate::facts::access::words).any(|word| TRIES.contains(&word.as_str()))
        || ["migrat", "seed", "health", "script"].iter().any(|part| path.contains(part))
}

/// What the `catch` does, when that is nothing but to go on.
fn instead(catch: NodeRef<'_>) -> Option<Instead> {
    let body = catch.child(Role::Body)?;
    let mut items = body.children().filter(|item| item.role() == Role::Item);
    let Some(first) = items.next() else { return Some(Instead::Nothing) };
    if items.next().is_some() {
        return None;
    }
    match first.kind() {
        Kind::Jump => Some(Instead::Nothing),
        Kind::Other if matches!(first.name(), "pass_statement" | "pass") => Some(Instead::Nothing),
        Kind::Identifier if first.name() == "pass" => Some(Instead::Nothing),
        Kind::Return => match first.child(Role::Value) {
            None => Some(Instead::Nothing),
            Some(value) => {
                let empty = matches!(value.kind(), Kind::Array | Kind::Object) && value.children().next().is_none();
                (empty || value.is(Kind::Null) || value.name() == "undefined").then_some(Instead::Value)
            }
        },
        _ => None,
    }
}

/// Names of methods that change something elsewhere.
const CHANGES: [&str; 22] = [
    "create",
    "createMany",
    "insert",
    "insertMany",
    "insertOne",
    "insert_one",
    "update",
    "updateMany",
    "updateOne",
    "update_one",
    "upsert",
    "delete",
    "deleteMany",
    "deleteOne",
    "delete_one",
    "save",
    "commit",
    "publish",
    "sendMail",
    "send_message",
    "enqueue",
    "bulk_create",
];

/// What the body of a `try` does that may fail for reasons that somebody must hear of.
fn work(around: NodeRef<'_>, script: bool, falls_through: bool) -> Option<Work> {
    let body = around.child(Role::Body)?;
    let function = body.enclosing_function().map(NodeRef::id);
    let own = |node: &NodeRef<'_>| node.enclosing_function().map(NodeRef::id) == function;
    let calls: Vec<NodeRef<'_>> =
        body.descendants().take(STEPS).filter(|node| node.is(Kind::Call) && own(node)).collect();
    // What is done first is what is tried.
    let returns = body.descendants().take(STEPS).any(|node| node.is(Kind::Return) && own(&node));
    let mut waits = calls.iter().filter(|call| call.has(Flags::AWAIT)).peekable();
    let only_probes = waits.peek().is_some() && waits.all(|call| is_probe(*call));
    if calls.first().is_some_and(|call| is_probe(*call)) || only_probes || returns && falls_through {
        return None;
    }
    // `await Promise.allSettled(…)` never throws: what is lost is lost there.
    let waiting: Vec<&NodeRef<'_>> = calls.iter().filter(|call| call.has(Flags::AWAIT)).collect();
    let settles = |call: &&&NodeRef<'_>| call.callee_path().is_some_and(|path| path == "Promise.allSettled");
    let outside = |call: &NodeRef<'_>| {
        !waiting.iter().filter(settles).any(|all| **all != *call && all.span().contains(call.span()))
    };
    let mut own_waits = waiting.iter().filter(|call| outside(call)).peekable();
    if own_waits.peek().is_some() && own_waits.all(|call| settles(&call)) {
        return None;
    }
    let waited = |call: &NodeRef<'_>| !script || call.has(Flags::AWAIT);
    let changes = calls.iter().filter(|call| waited(call)).any(|call| {
        let stored = call.receiver().is_some_and(|receiver| !is_local(receiver) && !is_model(receiver));
        stored && call.callee_name().is_some_and(|name| CHANGES.contains(&name))
    });
    if changes {
        return Some(Work::Changes);
    }
    if calls.iter().any(|call| outbound::request(*call, script).is_some_and(|request| !request.makes_client)) {
        return Some(Work::Asks);
    }
    let works = if script {
        calls.iter().any(|call| call.has(Flags::AWAIT))
    } else {
        calls.iter().any(|call| !call.callee_name().is_some_and(|name| PLAIN.contains(&name)))
    };
    works.then_some(Work::Works)
}

/// `openai.chat.completions.create(…)` asks and changes nothing.
fn is_model(receiver: NodeRef<'_>) -> bool {
    matches!(receiver.name(), "completions" | "messages" | "responses" | "embeddings" | "images" | "speech")
}

/// Methods of Python's own values.
const PLAIN: [&str; 24] = [
    "replace",
    "strip",
    "split",
    "lower",
    "upper",
    "get",
    "append",
    "isinstance",
    "len",
    "str",
    "join",
    "format",
    "print",
    "sorted",
    "min",
    "max",
    "sum",
    "round",
    "getattr",
    "hasattr",
    "setattr",
    "list",
    "dict",
    "range",
];

/// A collection of the program itself, whose `update` or `create` reaches nobody.
fn is_local(receiver: NodeRef<'_>) -> bool {
    let last = receiver.name().to_ascii_lowercase();
    let made = receiver.resolved();
    matches!(made.kind(), Kind::Object | Kind::Array)
        || ["hash", "map", "dict", "set", "cache", "params", "metadata", "kwargs", "headers", "localstorage", "bar"]
            .iter()
            .any(|part| last.contains(part))
}

/// Calls that are made to find out whether they fail, or whose failure is one of two ordinary answers.
fn is_probe(call: NodeRef<'_>) -> bool {
    const PROBES: [&str; 37] = [
        "parse",
        "loads",
        "access",
        "stat",
        "lstat",
        "unlink",
        "rm",
        "rmdir",
        "remove",
        "close",
        "quit",
        "disconnect",
        "int",
        "float",
        "decode",
        "encode",
        "import_module",
        "__import__",
        "import",
        "require",
        "URL",
        "kill",
        "terminate",
        "cancel",
        "getItem",
        "setItem",
        "removeItem",
        "readText",
        "writeText",
        "requestFullscreen",
        "play",
        "exists",
        "fromisoformat",
        "strptime",
        "rename",
        "json",
        "text",
    ];
    call.callee_name().is_some_and(|name| PROBES.contains(&name)) || call.loaded_module().is_some()
}
