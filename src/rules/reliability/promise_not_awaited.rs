//! `promise-not-awaited`: a promise is waited for before its value is used.

use crate::{
    code::{BindingKind, Flags, Kind, Language, NodeRef, Role},
    facts::{Fact, asynchrony::function_at, modules::Definition, packages::npm_major},
    model::{Confidence, Evidence, Message, Observation, Place, Site, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: PromiseNotAwaited = PromiseNotAwaited;

pub(in crate::rules) struct PromiseNotAwaited;

/// Awaited calls that a verdict names.
const SHOWN: usize = 5;

impl Rule for PromiseNotAwaited {
    fn id(&self) -> &'static str {
        "promise-not-awaited"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules, Fact::Asynchrony]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let script = file.file.language.is_some_and(Language::is_script);
        let name = if script {
            known(file, call)
        } else {
            (call.callee_api().as_deref() == Some("asyncio.sleep")).then(|| "asyncio.sleep".to_owned())
        };
        if let Some(name) = name {
            let say = |key: &'static str| Message::new(key).with("call", name.as_str());
            match misused(call, script) {
                Some(Misuse::Condition) => _ = out.bad(file.place(call), say("condition")),
                Some(Misuse::Sent) => _ = out.bad(file.place(call), say("sent")),
                Some(Misuse::Stored) => _ = out.bad(file.place(call), say("stored")),
                Some(Misuse::Returned) => _ = out.bad(file.place(call), say("returned")),
                Some(Misuse::Dropped) => _ = out.bad(file.place(call), say("dropped")),
                None if call.has(Flags::AWAIT) => _ = out.good(file.place(call), say("awaited")),
                None => {}
            }
            return;
        }
        if call.has(Flags::AWAIT) || call.has(Flags::NEW) {
            return;
        }
        if is_condition(call) {
            out.note(file.place(call), Message::new("condition").with("call", ""));
        } else if !script && is_statement(call) {
            out.note(file.place(call), Message::new("dropped").with("call", ""));
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut sites: Vec<Site> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        sites.extend(cx.seen.iter().filter(|seen| seen.tone == Tone::Note).filter_map(|seen| own(cx, seen)));
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        let mut fine: Vec<Evidence> = cx
            .seen
            .iter()
            .filter(|seen| seen.tone == Tone::Good)
            .map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
            .collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        fine.truncate(SHOWN);
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("no-promises")))
            .also_fine(fine)
            .sites(total, ok)
    }
}

/// What is done with a promise instead of waiting for it.
#[derive(Clone, Copy)]
enum Misuse {
    Condition,
    Sent,
    Stored,
    /// From a function that promises a plain value.
    Returned,
    Dropped,
}

/// A call of an asynchronous function of the repository whose promise decides a condition, or in Python is dropped.
fn own(cx: &Context<'_>, seen: &Observation) -> Option<Site> {
    let Place::At(file, span) = seen.place else { return None };
    let modules = cx.facts.modules(cx.repo);
    let call = modules.file(file)?.calls_in(span).find(|call| call.span == span)?;
    let Definition::Function(id) = modules.definition(file, &call.callee) else { return None };
    let callee = modules.function(id);
    let function = function_at(cx.facts, id.file, callee.span)?;
    if function.generator || function.decorated || function.wrapper.is_some() {
        return None;
    }
    let name = callee.name.as_str();
    let message = if seen.message.key == "condition" {
        Message::new("condition").with("call", name)
    } else {
        Message::new("dropped").with("call", name)
    };
    let site = Site::new(seen.place.clone(), message).confidence(Confidence::Likely);
    Some(site.related(modules.place(id), "asynchronous"))
}

/// A call that is known to give a promise.
fn known(file: &Visit<'_>, call: NodeRef<'_>) -> Option<String> {
    let callee = call.child(Role::Callee)?;
    let calls_back = || call.positional().any(|argument| argument.is(Kind::Function));
    if let Some(path) = callee.api_path() {
        let hashes = matches!(
            path.as_str(),
            "bcrypt.compare" | "bcrypt.hash" | "bcryptjs.compare" | "bcryptjs.hash" | "argon2.verify" | "argon2.hash"
        );
        if hashes {
            return (!calls_back()).then_some(path);
        }
    }
    if !callee.is(Kind::Member) || calls_back() {
        return None;
    }
    let receiver = callee.child(Role::Object)?;
    let last = receiver.name();
    match callee.name() {
        "metrics" | "getMetricsAsJSON" | "getSingleMetricAsString" => {
            let registry = last.eq_ignore_ascii_case("register") || last.to_ascii_lowercase().ends_with("registry");
            let component = file.repo.component(file.file.component);
            // Before version 13 these were plain values.
            let promises = || npm_major(file.repo, component, "prom-client").is_some_and(|major| major >= 13);
            (registry && file.text.contains("prom-client") && promises()).then(|| callee.text().to_owned())
        }
        "findUnique" | "findFirst" | "findMany" | "findUniqueOrThrow" | "findFirstOrThrow" | "upsert" | "count"
            if receiver.child(Role::Object).is_some_and(|client| client.name() == "prisma") =>
        {
            Some(callee.text().to_owned())
        }
        "findOne" | "findById" | "findByPk" | "findAll" | "countDocuments" | "findOneAndUpdate"
        | "findByIdAndUpdate" | "findByIdAndDelete" | "findOrCreate"
            if is_model(file, receiver) =>
        {
            Some(callee.text().to_owned())
        }
        _ => None,
    }
}

/// A model of Mongoose or Sequelize: a capitalised name that comes from elsewhere or from a library's maker.
fn is_model(file: &Visit<'_>, receiver: NodeRef<'_>) -> bool {
    let capital =
        receiver.is(Kind::Identifier) && receiver.name().starts_with(|first: char| first.is_ascii_uppercase());
    let component = file.file.component;
    capital
        && ["mongoose", "sequelize", "sequelize-typescript"]
            .iter()
            .any(|package| file.repo.dependency(component, package).is_some())
}

fn misused(call: NodeRef<'_>, script: bool) -> Option<Misuse> {
    if call.has(Flags::AWAIT) {
        return None;
    }
    if !script {
        return is_statement(call).then_some(Misuse::Dropped);
    }
    if let Some(misuse) = directly(call) {
        return Some(misuse);
    }
    if is_returned_as_value(call) {
        return Some(Misuse::Returned);
    }
    let stored = call.role() == Role::Value
        && call.callee_name() == Some("hash")
        && call
            .parent()
            .is_some_and(|parent| parent.is(Kind::Property) && parent.name().to_ascii_lowercase().contains("password"));
    if stored {
        return Some(Misuse::Stored);
    }
    let declaration = call.parent().filter(|parent| parent.is(Kind::Assignment) && call.role() == Role::Value)?;
    let target = declaration.child(Role::Target).filter(|target| target.is(Kind::Identifier))?;
    let binding = target.binding_id()?;
    let uses: Vec<NodeRef<'_>> =
        call.tree().references(binding).filter(|reference| reference.span().start > call.span().end).take(50).collect();
    if uses.iter().any(|name| is_returned_as_value(*name)) {
        return Some(Misuse::Returned);
    }
    let waited = uses.iter().any(|name| {
        name.parent().is_some_and(|parent| {
            matches!(parent.kind(), Kind::Await | Kind::Return | Kind::Array | Kind::Member)
                || parent.is(Kind::Call) && parent.has(Flags::AWAIT)
        })
    });
    let reused = call.tree().binding(binding).writes > 0;
    if waited || reused { None } else { uses.into_iter().find_map(directly) }
}

/// `return promise` in a function whose type says that it gives a plain value.
fn is_returned_as_value(node: NodeRef<'_>) -> bool {
    if !node.parent().is_some_and(|parent| parent.is(Kind::Return)) {
        return false;
    }
    let Some(function) = node.enclosing_function().filter(|function| !function.has(Flags::ASYNC)) else { return false };
    function.child(Role::Annotation).is_some_and(|annotation| {
        let plain = annotation.text().trim_start_matches([':', ' ']).trim();
        matches!(plain, "string" | "boolean" | "number")
    })
}

/// What is done with a promise where it stands.
fn directly(node: NodeRef<'_>) -> Option<Misuse> {
    if is_condition(node) {
        return Some(Misuse::Condition);
    }
    // `res.json({ users: User.findAll() })`
    let mut at = node;
    for _ in 0..4 {
        let parent = at.parent()?;
        match (parent.kind(), at.role()) {
            (Kind::Property, Role::Value) | (Kind::Object, Role::Item) => at = parent,
            (Kind::Call, Role::Argument) => return answers(parent).then_some(Misuse::Sent),
            _ => return None,
        }
    }
    None
}

/// A call that sends what it is given: `res.json(…)`, `Response.json(…)`.
fn answers(call: NodeRef<'_>) -> bool {
    if !matches!(call.callee_name(), Some("json" | "send" | "end")) {
        return false;
    }
    let mut at = call.receiver();
    for _ in 0..6 {
        match at {
            Some(node) if node.is(Kind::Call) => at = node.receiver(),
            Some(node) => {
                let handed = node.binding().is_some_and(|binding| binding.kind == BindingKind::Parameter);
                return node.is(Kind::Identifier)
                    && (handed && matches!(node.name(), "res" | "response" | "reply" | "c")
                        || matches!(node.name(), "NextResponse" | "Response"));
            }
            None => return false,
        }
    }
    false
}

/// Whether it is asked whether a value is true.
fn is_condition(node: NodeRef<'_>) -> bool {
    let mut at = node;
    for _ in 0..6 {
        let Some(parent) = at.parent() else { return false };
        match (parent.kind(), at.role()) {
            (Kind::If | Kind::Conditional, Role::Condition) => return true,
            (Kind::Unary, Role::Value) if parent.name() == "!" => return true,
            (Kind::Logical, Role::Left) if parent.name() == "&&" => return true,
            (Kind::Logical, Role::Left | Role::Right) if parent.name() != "??" => at = parent,
            _ => return false,
        }
    }
    false
}

/// A call whose result nobody takes.
fn is_statement(call: NodeRef<'_>) -> bool {
    call.role() == Role::Item && call.parent().is_some_and(|parent| matches!(parent.kind(), Kind::Block | Kind::Module))
}
