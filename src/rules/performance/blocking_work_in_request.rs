//! `blocking-work-in-request`: no request holds up all others while it is answered.

use std::collections::BTreeMap;

use crate::{
    code::{Flags, Kind, Language, NodeRef, Role},
    facts::{
        Fact,
        asynchrony::function_at,
        modules::FunctionId,
        processes,
        routes::{Route, RouteKind},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Span, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: BlockingWorkInRequest = BlockingWorkInRequest;

pub(in crate::rules) struct BlockingWorkInRequest;

/// Calls between a handler and what blocks.
const DEPTH: usize = 2;

impl Rule for BlockingWorkInRequest {
    fn id(&self) -> &'static str {
        "blocking-work-in-request"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&[
            "Sync",
            "requests",
            "sleep",
            "urlopen",
            "subprocess",
            "system",
            "bcrypt",
            "pwd",
            "crypt_context",
        ])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Asynchrony]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let script = file.file.language.is_some_and(Language::is_script);
        let found = if script { script_call(call) } else { python_call(call) };
        let Some((weight, name)) = found else { return };
        let key = match weight {
            Weight::Long => "long",
            Weight::Computed => "computed",
            Weight::Short => "short",
        };
        let coroutine = !script && call.enclosing_function().is_some_and(|function| function.has(Flags::ASYNC));
        let message = Message::new(key).with("call", name);
        if coroutine && !in_main(call) {
            let found = out.bad(file.place(call), message);
            found.confidence = Confidence::Likely;
        } else {
            out.note(file.place(call), message);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-requests");
        }
        let mut sites: BTreeMap<Place, Site> = BTreeMap::new();
        for seen in cx.seen.iter().filter(|seen| seen.tone == Tone::Bad) {
            sites.insert(seen.place.clone(), weighed(Site::new(seen.place.clone(), seen.message.clone())));
        }
        let handlers = handlers(cx);
        for (id, route) in &handlers {
            for site in blocked(cx, *id, route) {
                sites.entry(site.place.clone()).or_insert(site);
            }
        }
        let asynchronous = handlers.len()
            + cx.facts
                .files()
                .filter(|(file, _)| cx.covers(*file) && is_python(cx, *file))
                .map(|(_, facts)| facts.asynchrony.functions.len())
                .sum::<usize>();
        if asynchronous == 0 {
            return Verdict::not_applicable("no-requests");
        }
        let message = Message::new("searched").count("n", asynchronous);
        Verdict::fail_or(sites.into_values().collect(), || Verdict::pass(cx.searched(message, asynchronous), []))
    }
}

enum Weight {
    /// As long as somebody else likes.
    Long,
    /// Tens of milliseconds of computing.
    Computed,
    /// A file that is read or written.
    Short,
}

fn script_call(call: NodeRef<'_>) -> Option<(Weight, String)> {
    let name = call.callee_name().filter(|name| name.ends_with("Sync"))?;
    let api = call.callee_api()?;
    let module = api.split('.').next().unwrap_or_default();
    let weight = match (module, name) {
        ("child_process" | "cross-spawn" | "execa", _) => Weight::Long,
        ("bcrypt" | "bcryptjs", "hashSync" | "compareSync")
        | ("crypto", "pbkdf2Sync" | "scryptSync" | "generateKeyPairSync")
        | ("zlib", _) => Weight::Computed,
        (
            "fs" | "fs-extra" | "graceful-fs",
            "readFileSync" | "writeFileSync" | "appendFileSync" | "readdirSync" | "copyFileSync" | "cpSync" | "rmSync"
            | "copySync" | "removeSync" | "readJsonSync" | "readJSONSync" | "writeJsonSync" | "outputFileSync",
        ) if !is_kept(call) => Weight::Short,
        _ => return None,
    };
    Some((weight, format!("{module}.{name}")))
}

/// What is read once: under a condition that asks for the value of an earlier time.
fn is_kept(call: NodeRef<'_>) -> bool {
    call.ancestors().take_while(|node| !node.is(Kind::Function)).any(|node| {
        let asks = node.is(Kind::If)
            && node.child(Role::Condition).is_some_and(|condition| {
                std::iter::once(condition).chain(condition.descendants()).any(|name| {
                    name.is(Kind::Identifier)
                        && name.binding().is_some_and(|binding| binding.top_level && binding.writes > 0)
                })
            });
        asks || node.is(Kind::Assignment) && matches!(node.name(), "??=" | "||=")
    })
}

fn python_call(call: NodeRef<'_>) -> Option<(Weight, String)> {
    if call.has(Flags::AWAIT) {
        return None;
    }
    let api = call.callee_api()?;
    let shown = api.strip_prefix("self:").unwrap_or(&api).to_owned();
    let computes = matches!(api.as_str(), "bcrypt.hashpw" | "bcrypt.checkpw")
        || matches!(call.callee_name(), Some("verify" | "hash"))
            && call.receiver().is_some_and(|receiver| matches!(receiver.name(), "pwd_context" | "crypt_context"));
    if computes {
        return Some((Weight::Computed, shown));
    }
    let blocks = match api.as_str() {
        "time.sleep"
        | "urllib.request.urlopen"
        | "os.system"
        | "subprocess.run"
        | "subprocess.call"
        | "subprocess.check_output"
        | "subprocess.check_call"
        | "subprocess.getoutput" => true,
        other => {
            let verb = other.strip_prefix("requests.").unwrap_or_default();
            matches!(verb, "get" | "post" | "put" | "patch" | "delete" | "head" | "request")
        }
    };
    blocks.then_some((Weight::Long, shown))
}

/// `if __name__ == "__main__":`, and functions that are the program's start.
fn in_main(call: NodeRef<'_>) -> bool {
    call.ancestors().any(|node| {
        node.is(Kind::If) && node.child(Role::Condition).is_some_and(|condition| condition.text().contains("__name__"))
            || node.is(Kind::Function)
                && matches!(node.function_name(), Some("main" | "lifespan" | "startup" | "on_startup"))
    })
}

fn is_python(cx: &Context<'_>, file: FileId) -> bool {
    cx.repo.file(file).language.is_some_and(|language| !language.is_script())
}

/// The functions that answer requests on the event loop, each with its first route.
fn handlers<'c>(cx: &'c Context<'_>) -> BTreeMap<FunctionId, &'c Route> {
    let modules = cx.facts.modules(cx.repo);
    let mut handlers = BTreeMap::new();
    for route in cx.facts.routes(cx.repo) {
        let Some(Place::At(file, span)) = route.handler else { continue };
        if route.kind == RouteKind::Page || !cx.covers(route.file) {
            continue;
        }
        let Some(id) = modules.function_at(file, span) else { continue };
        // Synchronous handlers of Python run in threads of their own.
        if is_python(cx, file) && function_at(cx.facts, file, span).is_none() {
            continue;
        }
        handlers.entry(id).or_insert(route);
    }
    handlers
}

/// What blocks in a handler and in the plain functions that it calls.
fn blocked(cx: &Context<'_>, handler: FunctionId, route: &Route) -> Vec<Site> {
    let modules = cx.facts.modules(cx.repo);
    let mut sites = Vec::new();
    let (mut level, mut seen) = (vec![handler], std::collections::BTreeSet::from([handler]));
    for depth in 0..=DEPTH {
        let mut next = Vec::new();
        for id in level {
            let inside = modules.function(id).span;
            // A file that is read further down is often read once.
            let noted = notes(cx, id.file, inside).filter(|(message, _)| depth == 0 || message.key != "short");
            for (message, span) in noted {
                let site = Site::new(Place::At(id.file, span), message.clone()).confidence(Confidence::Likely);
                sites.push(weighed(site.related(route.place.clone(), "route")));
            }
            let python = is_python(cx, id.file);
            let plain = |callee: &FunctionId| {
                // Coroutines of Python are findings of their own.
                !python || function_at(cx.facts, callee.file, modules.function(*callee).span).is_none()
            };
            next.extend(
                modules.callees(id).into_iter().map(|(_, callee)| callee).filter(plain).filter(|id| seen.insert(*id)),
            );
        }
        level = next;
    }
    sites
}

fn notes<'c>(cx: &'c Context<'_>, file: FileId, inside: Span) -> impl Iterator<Item = (&'c Message, Span)> {
    cx.seen.iter().filter(|seen| seen.tone == Tone::Note).filter_map(move |seen| match seen.place {
        Place::At(at, span) if at == file && inside.contains(span) => Some((&seen.message, span)),
        _ => None,
    })
}

fn weighed(site: Site) -> Site {
    match site.message.key.as_ref() {
        "short" => site.severity(Severity::Low),
        "computed" => site.severity(Severity::Medium),
        _ => site,
    }
}
