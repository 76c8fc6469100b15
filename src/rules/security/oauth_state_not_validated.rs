//! `oauth-state-not-validated`: whoever comes back from another service is the one who was sent there.

use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    facts::{
        Fact, Visit, Watch,
        modules::{FunctionId, Modules},
        routes::{Route, standing::handler_of},
    },
    model::{Confidence, FileId, Message, Observation, Place, Site, Span, Verdict},
    repo::{ComponentKind, Repo},
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: OauthStateNotValidated = OauthStateNotValidated;

pub(in crate::rules) struct OauthStateNotValidated;

/// Calls between the handler and the exchange.
const DEPTH: usize = 3;

/// What only a function holds that gives a code to the service it came from.
const EXCHANGES: &[&str] = &[
    "authorization_code",
    "AUTHORIZATION_CODE",
    "getToken(",
    "get_token(",
    "fetch_token(",
    "exchangeCode",
    "exchange_code",
];

impl Rule for OauthStateNotValidated {
    fn id(&self) -> &'static str {
        "oauth-state-not-validated"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Function]).keywords(&["code"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn node(&self, file: &Visit<'_>, function: NodeRef<'_>, out: &mut Out<'_>) {
        if takes_code(function) {
            let key = match state(function) {
                State::Absent => "absent",
                State::Ignored => "ignored",
                State::Used => "used",
            };
            out.note(file.place(function), Message::new("callback")).key.push_str(key);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), 0);
        for route in cx.facts.routes(cx.repo).iter().filter(|route| is_asked(cx, route)) {
            let Some((file, span)) = handler_of(route).or_else(|| only_callback(cx, route.file)) else { continue };
            let Some(seen) = callback(cx, file, span) else { continue };
            // Where a page sends the code on, that page may have compared the state.
            if route.method == "POST" && seen.key != "used" {
                continue;
            }
            let Some(id) = modules.function_at(file, span).or_else(|| modules.function_around(file, span)) else {
                continue;
            };
            if !mentions(cx.repo, modules, id, |text| EXCHANGES.iter().any(|word| text.contains(word))) {
                continue;
            }
            let bound =
                mentions(cx.repo, modules, id, |text| text.contains("ode_verifier") || text.contains("odeVerifier"));
            match seen.key.as_str() {
                _ if bound => fine.push(route.place.clone()),
                "used" => fine.push(seen.place.clone()),
                "ignored" => sites.push(site(route, "ignored")),
                _ if mentions(cx.repo, modules, id, speaks_of_state) || guards_speak(cx.repo, route) => unclear += 1,
                _ => sites.push(site(route, "absent")),
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        if sites.is_empty() && fine.is_empty() && unclear == 0 {
            return Verdict::not_applicable("no-callback");
        }
        let (total, ok) = (sites.len() + fine.len() + unclear, fine.len());
        let evidence: Vec<_> = fine
            .into_iter()
            .take(5)
            .map(|place| crate::model::Evidence::At { place, note: Message::new("used") })
            .collect();
        if sites.is_empty() {
            return Verdict::pass_or(evidence, || Verdict::unknown("unclear")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::unknown("unclear")).also_fine(evidence).sites(total, ok)
    }
}

fn is_asked(cx: &Context<'_>, route: &Route) -> bool {
    let callback = route.method == "POST" && route.path.contains("callback");
    (callback || matches!(route.method.as_str(), "GET" | "ALL" | ""))
        && matches!(cx.repo.component(route.component).kind, ComponentKind::HttpService | ComponentKind::WebApp)
        && cx.covers(route.file)
}

/// What was seen of the handler, or of a function inside it.
fn callback<'c>(cx: &Context<'c>, file: FileId, handler: Span) -> Option<&'c Observation> {
    cx.seen.iter().find(|seen| match seen.place {
        Place::At(at, span) => at == file && handler.contains(span),
        _ => false,
    })
}

/// The one function of a file that takes a code, for handlers that are wrapped.
fn only_callback(cx: &Context<'_>, file: FileId) -> Option<(FileId, Span)> {
    let mut found = cx.seen.iter().filter_map(|seen| match seen.place {
        Place::At(at, span) if at == file => Some(span),
        _ => None,
    });
    let first = found.next()?;
    found.all(|span| first.contains(span)).then_some((file, first))
}

fn site(route: &Route, key: &'static str) -> Site {
    let place = route.handler.clone().unwrap_or_else(|| route.place.clone());
    Site::new(place, Message::new(key).with("path", route.path.as_str()))
        .confidence(Confidence::Likely)
        .key(&route.path)
}

/// Whether the text of the handler, or of what it calls, passes `test`.
fn mentions(repo: &Repo, modules: Modules<'_>, id: FunctionId, test: impl Fn(&str) -> bool) -> bool {
    modules
        .reach(id, DEPTH, |id| {
            let text = repo.read(id.file).ok()?;
            let body = text.get(modules.function(id).span.range())?;
            test(body).then_some(())
        })
        .is_some()
}

/// Whether one of the route's guards speaks of a state; what that guard does is not known here.
fn guards_speak(repo: &Repo, route: &Route) -> bool {
    let spoken = |place: &Place| {
        let Place::At(file, span) = place else { return false };
        repo.read(*file).is_ok_and(|text| text.get(span.range()).is_some_and(speaks_of_state))
    };
    route.guards.iter().any(|guard| speaks_of_state(&guard.name) || guard.decides.as_ref().is_some_and(spoken))
}

fn speaks_of_state(text: &str) -> bool {
    let lower = text.to_ascii_lowercase().replace("statement", "").replace("usestate", "").replace("stateless", "");
    lower.contains("state") || lower.contains("nonce")
}

/// Whether a function takes the code that a service sends people back with: out of the query, or as a parameter.
fn takes_code(function: NodeRef<'_>) -> bool {
    let parameter = function.children_in(Role::Parameter).any(|parameter| {
        parameter.name() == "code"
            && (parameter.child(Role::Decorator).is_some_and(|decorator| decorator.text().contains("Query"))
                || function.child(Role::Decorator).is_some())
    });
    parameter || function.descendants().any(is_code)
}

fn is_code(node: NodeRef<'_>) -> bool {
    taken(node, "code")
}

/// Whether `node` takes the parameter `name` out of the query.
fn taken(node: NodeRef<'_>, name: &str) -> bool {
    match node.kind() {
        Kind::Member => node.name() == name && node.child(Role::Object).is_some_and(is_query),
        Kind::Index => {
            node.child(Role::Index).is_some_and(|key| key.is(Kind::String) && key.name() == name)
                && node.child(Role::Object).is_some_and(is_query)
        }
        Kind::Call => {
            matches!(node.callee_name(), Some("get" | "query"))
                && node.argument(0).is_some_and(|key| key.is(Kind::String) && key.name() == name)
                && (node.receiver().is_some_and(is_query)
                    || node.callee_name() == Some("query") && node.receiver().is_some_and(|on| on.name() == "req"))
        }
        Kind::Property => {
            node.name() == name
                && node.parent().filter(|pattern| pattern.has(Flags::PATTERN)).and_then(NodeRef::parent).is_some_and(
                    |declaration| {
                        declaration.is(Kind::Assignment) && declaration.child(Role::Value).is_some_and(is_query)
                    },
                )
        }
        _ => false,
    }
}

/// `req.query`, `url.searchParams`, `request.GET`, `request.args`, and a name for one of them.
fn is_query(node: NodeRef<'_>) -> bool {
    let mut node = if node.is(Kind::Identifier) { node.resolved() } else { node };
    for _ in 0..4 {
        match node.kind() {
            Kind::Await => match node.child(Role::Value) {
                Some(value) => node = value,
                None => return false,
            },
            Kind::Call => match node.argument(0) {
                // `querySchema.parse(req.query)`, `new URLSearchParams(url.search)`
                Some(first) => node = first,
                None => return false,
            },
            _ => break,
        }
    }
    match node.kind() {
        Kind::Member => {
            matches!(node.name(), "query" | "searchParams" | "GET" | "args" | "query_params" | "search" | "body")
        }
        Kind::Identifier => matches!(node.name(), "searchParams" | "query" | "queryParams"),
        _ => false,
    }
}

enum State {
    Absent,
    /// Read, and at most asked whether it is there.
    Ignored,
    Used,
}

/// What a callback does with the state that comes back beside the code.
fn state(function: NodeRef<'_>) -> State {
    let mut read = false;
    for node in function.descendants() {
        if taken(node, "state") {
            read = true;
            if !is_ignored(node) {
                return State::Used;
            }
        }
    }
    let parameter = function.children_in(Role::Parameter).any(|parameter| parameter.name() == "state");
    if read {
        State::Ignored
    } else if parameter || function.descendants().any(|node| node.is(Kind::String) && node.name() == "state") {
        State::Used
    } else {
        State::Absent
    }
}

/// Whether the value read at `node` is never compared, looked up or handed on.
fn is_ignored(node: NodeRef<'_>) -> bool {
    let declared = match node.kind() {
        Kind::Property => node.child(Role::Value).filter(|value| value.is(Kind::Identifier)),
        _ => node
            .parent()
            .filter(|parent| parent.is(Kind::Assignment))
            .and_then(|parent| parent.child(Role::Target))
            .filter(|target| target.is(Kind::Identifier)),
    };
    let Some(declared) = declared else { return only_tested(node) };
    let (Some(id), Some(binding)) = (declared.binding_id(), declared.binding()) else { return false };
    binding.kind == BindingKind::Variable
        && declared.tree().references(id).filter(|other| *other != declared).all(only_tested)
}

/// `if (!code || !state)`: asked whether it is there, or written to a log.
fn only_tested(node: NodeRef<'_>) -> bool {
    let mut child = node;
    for parent in node.ancestors().take(6) {
        match parent.kind() {
            Kind::Unary if parent.name() == "!" => return true,
            Kind::If | Kind::Conditional => return child.role() == Role::Condition,
            Kind::Call => {
                let receiver = parent.receiver().map(NodeRef::name).unwrap_or_default();
                return matches!(receiver, "console" | "logger" | "log");
            }
            Kind::Logical | Kind::Property | Kind::Object | Kind::Member => child = parent,
            _ => return false,
        }
    }
    false
}
