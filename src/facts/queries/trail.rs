//! From a handler to the queries that answer it, with the values of its request followed through calls.

use super::{Comparison, Pass, Query, QueryFacts, Source};
use crate::{
    facts::{
        Facts,
        modules::{FunctionId, Modules},
    },
    model::{FileId, Span},
    repo::Repo,
};

/// Calls between a handler and its query.
const DEPTH: usize = 3;
/// Queries of one handler.
const MOST: usize = 60;

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
    /// A function between the handler and the query finds out the caller by itself.
    pub knows_caller: bool,
    pub privileged: Option<bool>,
    /// The name of the function called by the handler; empty for its own query.
    pub through: &'a str,
}

/// What is known of a function's parameters, by position.
type Given = Vec<(Option<String>, Source)>;

/// The queries that `handler` makes, itself or through functions of the repository.
pub fn asked_by<'a>(repo: &'a Repo, facts: &'a Facts, handler: FunctionId) -> Vec<Asked<'a>> {
    let mut trail = Trail { modules: facts.modules(repo), facts, found: Vec::new(), path: vec![handler] };
    trail.walk(handler, None, None, false, None, "");
    trail.found
}

struct Trail<'a> {
    modules: Modules<'a>,
    facts: &'a Facts,
    found: Vec<Asked<'a>>,
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
            let mut handed: Given = pass
                .map(|pass| {
                    pass.arguments
                        .iter()
                        .map(|(name, source)| (name.clone(), self.resolve(id, source, given)))
                        .collect()
                })
                .unwrap_or_default();
            // A method's own object comes first in Python.
            let own = self
                .modules
                .function(callee)
                .parameters
                .first()
                .is_some_and(|first| matches!(first.name.as_str(), "self" | "cls"));
            if own {
                handed.insert(0, (None, Source::Other));
            }
            self.path.push(callee);
            let through = if through.is_empty() { call.callee.last() } else { through };
            let privileged = pass.and_then(|pass| pass.privileged).or(privileged);
            self.walk(callee, Some(&handed), Some(at.unwrap_or(call.span)), knows_caller, privileged, through);
            self.path.pop();
        }
    }

    /// What a value of function `id` is to the handler.
    fn resolve(&self, id: FunctionId, source: &Source, given: Option<&Given>) -> Source {
        let Source::Parameter { function, index, name } = source else { return source.clone() };
        let own = self.modules.function(id);
        if *function != own.span.start {
            return Source::Other;
        }
        let Some(given) = given else { return Source::Request(name.clone()) };
        let parameter = own.parameters.get(*index).map(|parameter| parameter.name.as_str());
        let named = given.iter().find(|(keyword, _)| keyword.is_some() && keyword.as_deref() == parameter);
        let placed = given.get(*index).filter(|(keyword, _)| keyword.is_none());
        match named.or(placed).map(|(_, source)| source) {
            // A part of an object that holds both is named by that part.
            Some(Source::Request(_)) => Source::Request(name.clone()),
            Some(found) => found.clone(),
            None => Source::Other,
        }
    }
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

    /// The queries inside `span`.
    pub fn queries_in(&self, span: Span) -> impl Iterator<Item = &Query> {
        within(&self.queries, span, |query| query.span)
    }
}
