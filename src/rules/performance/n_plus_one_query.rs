//! `n-plus-one-query`: no query is made once per element of a collection.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        modules::{Definition, FunctionId},
        queries::{Comparison, Iteration, Library, Operation, Query},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: NPlusOneQuery = NPlusOneQuery;

pub(in crate::rules) struct NPlusOneQuery;

/// Calls between the function that a loop calls and the query. A function that works through many steps for each
/// element is a job, and no lookup that could be made for all of them at once.
const DEPTH: usize = 0;

impl Rule for NPlusOneQuery {
    fn id(&self) -> &'static str {
        "n-plus-one-query"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Queries, Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files: Vec<&File> = cx.files(Role::Source).collect();
        let (mut sites, mut queries) = (Vec::new(), 0_usize);
        for file in &files {
            let Some(facts) = cx.facts.of(file.id).map(|facts| &facts.queries) else { continue };
            queries += facts.queries.len();
            if !is_apart(file.path.as_str()) {
                let mut loops = BTreeSet::new();
                sites.extend(facts.queries.iter().filter_map(|query| direct(file.id, query, &mut loops)));
                sites.extend(called(cx, file.id, &mut loops));
            }
        }
        if queries == 0 {
            return Verdict::not_applicable("no-queries");
        }
        let detail = Message::new("detail").count("n", sites.len());
        if sites.is_empty() {
            return Verdict::pass(cx.searched("searched", files.len()), []);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-queries")).detail(detail)
    }
}

/// What runs once, by hand or at the installation.
fn is_apart(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    super::pagination_missing::is_command(&path)
        || ["seed", "migrat", "backfill", "fixture", "import", "script"].iter().any(|word| path.contains(word))
}

fn direct(file: FileId, query: &Query, loops: &mut BTreeSet<Span>) -> Option<Site> {
    let iteration =
        query.iteration.filter(|_| query.library != Library::Mongoose && query.library != Library::Django)?;
    if !loops.insert(iteration.span) {
        return None;
    }
    // One statement for many rows already, as `updateMany({ where: { id: { in: ids } } })`.
    let many = query.filters.iter().any(|filter| filter.comparison == Comparison::OneOf);
    if many && writes(query) {
        return None;
    }
    let key = match (iteration.own_values, iteration.parallel) {
        (true, _) => "own",
        (false, true) => "parallel",
        (false, false) => "query",
    };
    let message = Message::new(key).with("library", query.library.name()).with("table", query.table.as_str());
    let site = Site::new(Place::At(file, query.span), message);
    Some(if iteration.own_values { site.severity(Severity::Low) } else { site })
}

fn writes(query: &Query) -> bool {
    matches!(query.operation, Operation::Insert | Operation::Update | Operation::Delete)
}

/// Calls in loops that lead to a query.
fn called(cx: &Context<'_>, file: FileId, loops: &mut BTreeSet<Span>) -> Vec<Site> {
    let modules = cx.facts.modules(cx.repo);
    let Some(facts) = cx.facts.of(file) else { return Vec::new() };
    let passes = facts.queries.passes.iter().filter_map(|pass| Some((pass, pass.iteration?)));
    let mut sites = Vec::new();
    for (pass, iteration) in passes {
        let Iteration { span, .. } = iteration;
        if loops.contains(&span) {
            continue;
        }
        let Definition::Function(callee) = modules.definition(file, &pass.callee) else { continue };
        let table = modules.reach(callee, DEPTH, |id: FunctionId| {
            let inside = modules.function(id).span;
            let queries = cx.facts.of(id.file)?.queries.queries_in(inside);
            let known = |query: &&Query| !matches!(query.library, Library::Mongoose | Library::Django);
            queries.filter(known).map(|query| (query.table.clone(), writes(query))).next()
        });
        if let Some((table, writes)) = table {
            loops.insert(span);
            let name = modules.function(callee).name.as_str();
            // A repository class asks for the model that it was made for.
            let named = !matches!(table.as_str(), "" | "self" | "cls" | "this" | "model");
            let key = match (writes, named) {
                (true, _) => "work",
                (false, true) => "call",
                (false, false) => "call-unnamed",
            };
            let message = Message::new(key).with("name", name).with("table", table);
            let site = Site::new(Place::At(file, pass.span), message).confidence(Confidence::Likely);
            // What begins with a write is a piece of work for each element, and often cannot be done for all at once.
            sites.push(if writes { site.severity(Severity::Low) } else { site });
        }
    }
    sites
}
