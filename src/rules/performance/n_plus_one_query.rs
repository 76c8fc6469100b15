//! `n-plus-one-query`: no query is made once per element of a collection.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        modules::{Definition, FunctionId, Modules},
        queries::{Comparison, Iteration, Library, Operation, Query},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: NPlusOneQuery = NPlusOneQuery;

pub(in crate::rules) struct NPlusOneQuery;

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
    let key = match (iteration.own_values, iteration.parallel, writes(query)) {
        (true, ..) => "own",
        (false, true, false) => "parallel",
        (false, false, false) => "query",
        (false, _, true) => "write",
    };
    let message = Message::new(key).with("library", query.library.name()).with("table", query.table.as_str());
    let site = Site::new(Place::At(file, from_head(iteration.span, query.span)), message);
    // No one statement sets another value in each row, unless it is put together for that.
    Some(if iteration.own_values { site.severity(Severity::Low).confidence(Confidence::Guess) } else { site })
}

/// From the head of the loop to what asks in it: neither says without the other what is asked how often.
fn from_head(around: Span, asks: Span) -> Span {
    Span { start: around.start.min(asks.start), end: asks.end }
}

fn writes(query: &Query) -> bool {
    matches!(query.operation, Operation::Insert | Operation::Update | Operation::Delete)
}

/// Calls in loops of a function that asks the database itself. One that works through many steps for each element is a
/// job, and no lookup that could be made for all of them at once.
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
        let around = modules.function_around(file, pass.span);
        // A function that calls itself walks through a tree, whose nodes are no rows.
        if around.is_some_and(|around| within(&modules, callee, around)) {
            continue;
        }
        let Some(asked) = asked_by(cx, &modules, callee) else { continue };
        loops.insert(span);
        let name = modules.function(callee).name.as_str();
        let site = |key| {
            let message = Message::new(key).with("name", name).with("table", asked.table.as_str());
            Site::new(Place::At(file, from_head(span, pass.span)), message).confidence(Confidence::Likely)
        };
        // A repository class asks for the model that it was made for.
        let named = !matches!(asked.table.as_str(), "" | "self" | "cls" | "this" | "model");
        sites.push(match (asked.writes, named) {
            // A piece of work for each element, which seldom can be done for all at once.
            (true, _) => site("work").severity(Severity::Low).confidence(Confidence::Guess),
            (false, _) if around.is_some_and(|around| changes(cx, &modules, around)) => {
                site("change").severity(Severity::Low)
            }
            (false, true) => site("call"),
            (false, false) => site("call-unnamed"),
        });
    }
    sites
}

/// Whether `inner` is `outer` or a function written inside it.
fn within(modules: &Modules<'_>, outer: FunctionId, inner: FunctionId) -> bool {
    outer.file == inner.file && modules.function(outer).span.contains(modules.function(inner).span)
}

/// What a call of a function asks of the database.
struct Asked {
    table: String,
    writes: bool,
}

fn asked_by(cx: &Context<'_>, modules: &Modules<'_>, callee: FunctionId) -> Option<Asked> {
    let whole = modules.function(callee).span;
    let module = modules.file(callee.file)?;
    let queries = cx.facts.of(callee.file)?.queries.queries_in(whole);
    let known: Vec<&Query> = queries
        .filter(|query| !matches!(query.library, Library::Mongoose | Library::Django))
        .filter(|query| !module.is_deferred(whole, query.span))
        .collect();
    let first = known.first()?;
    Some(Asked { table: first.table.clone(), writes: known.iter().any(|query| writes(query)) })
}

/// Whether a function changes what is stored: what somebody puts together by hand has few elements.
fn changes(cx: &Context<'_>, modules: &Modules<'_>, function: FunctionId) -> bool {
    const VERBS: [&str; 8] = ["commit", "save", "create", "update", "delete", "insert", "remove", "archive"];
    let whole = modules.function(function).span;
    let written = cx.facts.of(function.file).is_some_and(|facts| facts.queries.queries_in(whole).any(writes));
    let verb = |name: &str| snake(name).split('_').any(|word| VERBS.contains(&word));
    written || modules.calls(function).any(|call| verb(call.callee.last()))
}

/// `createOrder` and `create_order` as `create_order`.
fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut words, char| {
        if char.is_ascii_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.push(char.to_ascii_lowercase());
        words
    })
}
