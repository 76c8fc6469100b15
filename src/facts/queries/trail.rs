//! From a handler to the queries that answer it, with the values of its request followed through calls.

use super::{Comparison, Pass, Query, QueryFacts, Source, plain};
use crate::{
    code::Language,
    facts::{
        Facts,
        modules::{FunctionId, Modules, Parameter, Shape},
        routes::RouteKind,
    },
    model::{FileId, Span},
    repo::Repo,
};

/// Calls between a handler and its query.
const DEPTH: usize = 3;
/// Queries of one handler.
const MOST: usize = 60;
/// Functions that one handler leads to, each as often as it is reached.
const REACHED: usize = 400;

/// A query as its handler sees it.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Where the query is.
    pub file: FileId,
    pub query: &'a Query,
    /// In the handler's file: the query, or the call that leads to it.
    pub at: Span,
    /// The column, the comparison, and where the value comes from in the handler.
    pub filters: Vec<(&'a str, Comparison, Source)>,
    /// The calls between.
    pub depth: usize,
    /// The functions between, the one that makes the query included.
    pub between: Vec<FunctionId>,
    /// A function between the handler and the query finds out the caller by itself.
    pub knows_caller: bool,
    pub privileged: Option<bool>,
    /// The name of the function called by the handler; empty for its own query.
    pub through: &'a str,
}

/// A function as its handler reaches it.
#[derive(Debug, Clone)]
pub struct Reached<'a> {
    pub function: FunctionId,
    /// In the handler's file: the call that leads to it; nothing for the handler itself.
    pub at: Option<Span>,
    kind: RouteKind,
    python: bool,
    modules: Modules<'a>,
    given: Option<Given>,
}

impl Reached<'_> {
    /// What a value of this function is to the handler.
    pub fn source(&self, source: &Source) -> Source {
        resolve(self.modules, self.kind, self.python, self.function, source, self.given.as_ref())
    }

    /// Whether a value of this function is an object of the request with all its fields.
    pub fn is_whole(&self, source: &Source) -> bool {
        let listed = match (source, &self.given) {
            (Source::Parameter { index, .. }, Some(given)) => given.listed.contains(index),
            _ => false,
        };
        !listed && matches!(self.source(source), Source::Request(_))
    }
}

/// What is known of a function's parameters, by position.
#[derive(Debug, Clone, Default)]
struct Given {
    arguments: Vec<(Option<String>, Source)>,
    /// The positions of objects whose fields the program itself listed.
    listed: Vec<usize>,
}

/// The queries that `handler`, which answers a route of that kind, makes itself or through functions of the repository.
pub fn asked_by<'a>(repo: &'a Repo, facts: &'a Facts, handler: FunctionId, kind: RouteKind) -> Vec<Asked<'a>> {
    let python = repo.file(handler.file).language == Some(Language::Python);
    let modules = facts.modules(repo);
    let mut trail = Trail { modules, facts, kind, python, found: Vec::new(), reached: Vec::new(), path: vec![handler] };
    trail.walk(handler, None, None, false, None, "");
    trail.found
}

/// The functions that `handler`, which answers a route of that kind, leads to, itself first.
pub fn reached_by<'a>(repo: &'a Repo, facts: &'a Facts, handler: FunctionId, kind: RouteKind) -> Vec<Reached<'a>> {
    let python = repo.file(handler.file).language == Some(Language::Python);
    let modules = facts.modules(repo);
    let mut trail = Trail { modules, facts, kind, python, found: Vec::new(), reached: Vec::new(), path: vec![handler] };
    trail.walk(handler, None, None, false, None, "");
    trail.reached
}

struct Trail<'a> {
    modules: Modules<'a>,
    facts: &'a Facts,
    kind: RouteKind,
    python: bool,
    found: Vec<Asked<'a>>,
    reached: Vec<Reached<'a>>,
    path: Vec<FunctionId>,
}

impl<'a> Trail<'a> {
    fn walk(
        &mut self,
        id: FunctionId,
        given: Option<&Given>,
        at: Option<Span>,
        knows_caller: bool,
        privileged: Option<bool>,
        through: &'a str,
    ) {
        let Some(file) = self.facts.of(id.file).map(|facts| &facts.queries) else { return };
        if self.reached.len() >= REACHED {
            return;
        }
        let (modules, kind, python) = (self.modules, self.kind, self.python);
        self.reached.push(Reached { function: id, at, kind, python, modules, given: given.cloned() });
        let span = self.modules.function(id).span;
        let depth = self.path.len() - 1;
        let knows_caller = knows_caller || (given.is_some() && uses_identity(file, span));
        for query in within(&file.queries, span, |query| query.span) {
            if self.found.len() >= MOST {
                return;
            }
            let filters = query
                .filters
                .iter()
                .map(|filter| (filter.column.as_str(), filter.comparison, self.resolve(id, &filter.source, given)));
            self.found.push(Asked {
                file: id.file,
                query,
                at: at.unwrap_or(query.span),
                filters: filters.collect(),
                depth,
                between: self.path[1..].to_vec(),
                knows_caller,
                privileged: query.privileged.or(privileged),
                through,
            });
        }
        if depth >= DEPTH {
            return;
        }
        for (call, callee) in self.modules.callees(id) {
            if self.path.contains(&callee) {
                continue;
            }
            let pass: Option<&Pass> = file.passes.iter().find(|pass| pass.span == call.span);
            let mut handed = pass.map(|pass| self.hand(id, pass, given)).unwrap_or_default();
            // A method's own object comes first in Python.
            let own = self
                .modules
                .function(callee)
                .parameters
                .first()
                .is_some_and(|first| matches!(first.name.as_str(), "self" | "cls"));
            if own {
                handed.arguments.insert(0, (None, Source::Other));
            }
            self.path.push(callee);
            let through = if through.is_empty() { call.callee.last() } else { through };
            let privileged = pass.and_then(|pass| pass.privileged).or(privileged);
            self.walk(callee, Some(&handed), Some(at.unwrap_or(call.span)), knows_caller, privileged, through);
            self.path.pop();
        }
    }

    /// What a call of function `id` gives to the function that it calls.
    fn hand(&self, id: FunctionId, pass: &Pass, given: Option<&Given>) -> Given {
        let arguments =
            pass.arguments.iter().map(|(name, source)| (name.clone(), self.resolve(id, source, given))).collect();
        let again = pass.arguments.iter().enumerate().filter(|(_, (_, source))| match (source, given) {
            (Source::Parameter { index, .. }, Some(given)) => given.listed.contains(index),
            _ => false,
        });
        let listed = pass.listed.iter().copied().chain(again.map(|(index, _)| index)).collect();
        Given { arguments, listed }
    }

    fn resolve(&self, id: FunctionId, source: &Source, given: Option<&Given>) -> Source {
        resolve(self.modules, self.kind, self.python, id, source, given)
    }
}

/// What a value of function `id` is to the handler.
fn resolve(
    modules: Modules<'_>,
    kind: RouteKind,
    python: bool,
    id: FunctionId,
    source: &Source,
    given: Option<&Given>,
) -> Source {
    let Source::Parameter { function, index, name, path } = source else { return source.clone() };
    let own = modules.function(id);
    if *function != own.span.start {
        return Source::Other;
    }
    let Some(given) = given else { return handed(kind, python, own.parameters.get(*index), name, path) };
    let parameter = own.parameters.get(*index).map(|parameter| parameter.name.as_str());
    let named = given.arguments.iter().find(|(keyword, _)| keyword.is_some() && keyword.as_deref() == parameter);
    let placed = given.arguments.get(*index).filter(|(keyword, _)| keyword.is_none());
    match named.or(placed).map(|(_, source)| source) {
        // A part of an object that holds both is named by that part.
        Some(Source::Request(_)) => Source::Request(name.clone()),
        Some(found) => found.clone(),
        None => Source::Other,
    }
}

/// What wrappers and frameworks call the request and its parts.
const REQUEST: [&str; 26] = [
    "req",
    "request",
    "params",
    "query",
    "body",
    "headers",
    "input",
    "rawinput",
    "searchparams",
    "data",
    "payload",
    "dto",
    "args",
    "props",
    "url",
    "nexturl",
    "form",
    "formdata",
    "json",
    "parsed",
    "parsedinput",
    "validated",
    "parsedbody",
    "parsedparams",
    "pathparams",
    "queryparams",
];

/// Decorators of a parameter that the client fills.
const FILLED: [&str; 12] = [
    "Param",
    "Params",
    "Query",
    "QueryParam",
    "Body",
    "BodyParam",
    "Headers",
    "Header",
    "Args",
    "Arg",
    "PathParam",
    "UploadedFile",
];

/// What a parameter of the handler itself holds.
fn handed(kind: RouteKind, python: bool, parameter: Option<&Parameter>, name: &str, path: &[String]) -> Source {
    let Some(parameter) = parameter else { return Source::Other };
    let chosen = || Source::Request(name.to_owned());
    if python {
        return if is_injected(parameter) { Source::Other } else { chosen() };
    }
    if let Some(decorator) = parameter.decorators.first() {
        return match decorator.named() {
            Some(name) if FILLED.contains(&name.last()) => chosen(),
            Some(name) if is_identity_name(name.last()) => Source::Session,
            _ => Source::Other,
        };
    }
    // Whatever a server action is given, the client sends. Elsewhere a wrapper may add what it has looked up:
    // `withTeam(({ team, params }) => …)`.
    let request = path.iter().any(|name| REQUEST.contains(&plain(name).as_str()));
    // `.action(async ({ parsedInput, ctx }) => …)`: the context is what the client's middleware has looked up.
    let context = path.first().is_some_and(|first| matches!(first.as_str(), "ctx" | "context"));
    if request || (kind == RouteKind::ServerAction && !context) { chosen() } else { Source::Other }
}

/// Whether a Python parameter is filled by a dependency and not by the client.
fn is_injected(parameter: &Parameter) -> bool {
    let dependency = |shape: &Shape| {
        shape.named().is_some_and(|name| {
            matches!(name.last(), "Depends" | "Security" | "Inject" | "Provide" | "FromDishka")
                || ["Dep", "Dependency", "Context", "Session"].iter().any(|end| name.last().ends_with(end))
                || name.last().starts_with("Current")
        })
    };
    let annotated = |shape: &Shape| match shape {
        Shape::Call(call) => call.arguments.iter().any(dependency),
        _ => false,
    };
    parameter.default.iter().any(dependency)
        || parameter.annotation.iter().any(|shape| dependency(shape) || annotated(shape))
}

/// Whether a decorator named so gives who calls: `@CurrentUser()`, `@GetUser('id')`.
fn is_identity_name(name: &str) -> bool {
    let plain = plain(name);
    ["user", "session", "auth", "account", "tenant", "organization", "workspace", "jwt", "claims"]
        .iter()
        .any(|word| plain.contains(word))
}

/// Whether the identity of the caller is used inside `span`.
pub(super) fn uses_identity(file: &QueryFacts, span: Span) -> bool {
    file.identity.iter().any(|used| used.start >= span.start && used.end <= span.end)
}

/// The items inside `span`.
fn within<'a, T>(items: &'a [T], span: Span, of: impl Fn(&T) -> Span + 'a) -> impl Iterator<Item = &'a T> {
    items.iter().filter(move |item| of(item).start >= span.start && of(item).end <= span.end)
}

impl QueryFacts {
    /// Whether the identity of the caller is used for more than asking whether there is one, inside `span`.
    pub fn uses_identity(&self, span: Span) -> bool {
        uses_identity(self, span)
    }

    /// Whether something inside `span` asks who calls.
    pub fn asks_caller(&self, span: Span) -> bool {
        self.asks_caller.iter().any(|asked| asked.start >= span.start && asked.end <= span.end)
    }

    /// The queries inside `span`.
    pub fn queries_in(&self, span: Span) -> impl Iterator<Item = &Query> {
        within(&self.queries, span, |query| query.span)
    }
}
