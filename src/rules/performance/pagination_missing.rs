//! `pagination-missing`: queries that list the rows of a growing table have a limit.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        modules::{Definition, FunctionId, Shape},
        queries::{Comparison, Library, Operation, Query, Source, names_owner, plain},
        routes::RouteKind,
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: PaginationMissing = PaginationMissing;

pub(in crate::rules) struct PaginationMissing;

/// Bounded queries that a verdict shows.
const SHOWN: usize = 10;

impl Rule for PaginationMissing {
    fn id(&self) -> &'static str {
        "pagination-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Queries, Fact::Modules, Fact::Routes, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let listing = listing(cx);
        let (mut sites, mut fine, mut unread) = (Vec::new(), Vec::new(), 0_usize);
        for (file, query) in list_queries(cx) {
            let place = Place::At(file, query.span);
            let say = |key: &'static str| {
                Message::new(key).with("table", query.table.as_str()).with("library", query.library.name())
            };
            if query.bounded {
                fine.push(Evidence::At { place, note: say("bounded") });
                continue;
            }
            match judge(cx, file, query, &listing) {
                Judged::Whole if is_run_by_hand(cx, file, query) => {
                    sites.push(Site::new(place, say("whole")).confidence(Confidence::Guess));
                }
                Judged::Whole if !query.takes_all && is_background(cx, file) => {
                    sites.push(Site::new(place, say("job")).severity(Severity::Low));
                }
                Judged::Whole => sites.push(Site::new(place, say("whole"))),
                // Who calls may have checked how long it is.
                Judged::Window { chosen: Chosen::Caller } => {
                    sites.push(Site::new(place, say("window")).severity(Severity::Low).confidence(Confidence::Guess));
                }
                Judged::Window { chosen } => {
                    let site = Site::new(place, say("window")).confidence(Confidence::Likely);
                    sites.push(if chosen == Chosen::Client { site.severity(Severity::Low) } else { site });
                }
                Judged::Growing => sites.push(Site::new(place, say("growing"))),
                Judged::Listed => {
                    sites.push(Site::new(place, say("listed")).severity(Severity::Low).confidence(Confidence::Likely));
                }
                Judged::Unread => unread += 1,
                Judged::Natural => {}
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let detail = Message::new("detail").count("bad", sites.len()).count("n", total);
        fine.truncate(SHOWN);
        let otherwise = || {
            if unread > 0 {
                Verdict::unknown(Message::new("unread").count("n", unread))
            } else {
                Verdict::not_applicable("no-lists")
            }
        };
        if sites.is_empty() {
            return Verdict::pass_or(fine, otherwise).sites(total, ok);
        }
        Verdict::fail_or(sites, otherwise).also_fine(fine).sites(total, ok).detail(detail)
    }
}

fn list_queries<'c>(cx: &'c Context<'_>) -> impl Iterator<Item = (FileId, &'c Query)> {
    cx.facts
        .files()
        .filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source)
        .flat_map(|(file, facts)| facts.queries.queries.iter().map(move |query| (file, query)))
        .filter(move |(file, query)| query.operation == Operation::FindMany && is_model(cx, *file, query))
}

/// Whether the name is a model of the library: `Store.find()` may be anything.
fn is_model(cx: &Context<'_>, file: FileId, query: &Query) -> bool {
    if query.library != Library::Mongoose {
        return true;
    }
    let Some(subject) = &query.subject else { return false };
    let made = match cx.facts.modules(cx.repo).definition(file, subject) {
        Definition::Value { value, .. } => &value.shape,
        Definition::Shape { shape, .. } => shape,
        _ => return false,
    };
    matches!(made, Shape::Call(call) if call.callee.named().is_some_and(|name| matches!(name.last(), "model" | "models")))
}

/// Who says how long a range is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Client,
    /// A parameter of the function.
    Caller,
    Code,
}

enum Judged {
    /// Nothing but constants and ranges of time restricts it.
    Whole,
    /// Everything in a range that is computed, or that the caller chooses.
    Window {
        chosen: Chosen,
    },
    /// All rows of one owner in a table to which rows are added all the time.
    Growing,
    /// A list endpoint answers with it.
    Listed,
    /// Few rows by their nature.
    Natural,
    Unread,
}

fn judge(cx: &Context<'_>, file: FileId, query: &Query, listing: &BTreeSet<(FileId, Span)>) -> Judged {
    if query.open {
        return Judged::Unread;
    }
    let unique = |column: &str| {
        matches!(
            plain(column).as_str(),
            "id" | "uuid"
                | "slug"
                | "email"
                | "token"
                | "key"
                | "hash"
                | "code"
                | "username"
                | "externalid"
                | "_id"
                | "pk"
                | "name"
                | "path"
                | "url"
        )
    };
    let natural = query.filters.iter().any(|filter| {
        filter.comparison == Comparison::OneOf || (filter.comparison == Comparison::Equal && unique(&filter.column))
    });
    if natural || is_small(&query.table) || is_export(cx, file, query) {
        return Judged::Natural;
    }
    let unread = query.filters.iter().any(|filter| filter.column.is_empty());
    // Rows that wait for something to happen to them are few as long as it does.
    let waiting = query.filters.iter().any(|filter| {
        let column = plain(&filter.column);
        filter.comparison == Comparison::Other
            && filter.source != Source::Constant
            && (column.contains("expire")
                || column.contains("scheduled")
                || column.contains("nextrun")
                || column.contains("lastrun")
                || column.contains("due"))
    });
    // Accounts that are locked after wrong passwords are few among all.
    let locked = query.filters.iter().any(|filter| plain(&filter.column).starts_with("locked"));
    if waiting || locked {
        return Judged::Natural;
    }
    let restricts = |filter: &&crate::facts::queries::Filter| {
        filter.comparison == Comparison::Equal && filter.source != Source::Constant
    };
    let equals: Vec<_> = query.filters.iter().filter(restricts).collect();
    if equals.is_empty() && !unread {
        let ranges: Vec<_> = query
            .filters
            .iter()
            .filter(|filter| filter.comparison == Comparison::Other && filter.source != Source::Constant)
            .collect();
        let by = |wanted: fn(&Source) -> bool| ranges.iter().any(|range| wanted(&range.source));
        let chosen = match () {
            () if by(|source| matches!(source, Source::Request(_))) => Chosen::Client,
            () if by(|source| matches!(source, Source::Parameter { .. })) => Chosen::Caller,
            () => Chosen::Code,
        };
        return if ranges.is_empty() { Judged::Whole } else { Judged::Window { chosen } };
    }
    if equals.iter().all(|filter| names_owner(&filter.column) || is_kind(&filter.column))
        && is_growing(&query.table)
        && !unread
    {
        return Judged::Growing;
    }
    if listing.contains(&(file, query.span)) && !is_capped(cx, file, query) { Judged::Listed } else { Judged::Natural }
}

/// Whether only scripts call the function around a query.
fn is_run_by_hand(cx: &Context<'_>, file: FileId, query: &Query) -> bool {
    let modules = cx.facts.modules(cx.repo);
    modules.function_around(file, query.span).is_some_and(|id| modules.is_run_by_hand(id))
}

/// Whether a file holds work that a queue or a clock starts, where few columns of each row are no burden.
fn is_background(cx: &Context<'_>, file: FileId) -> bool {
    let path = cx.repo.file(file).path.as_str().to_ascii_lowercase();
    path.split(['/', '.', '-', '_']).any(|part| {
        matches!(
            part,
            "worker" | "workers" | "job" | "jobs" | "queue" | "queues" | "cron" | "crons" | "scheduler" | "schedulers"
        )
    })
}

/// Whether the same file counts the rows of the table before it adds one, and refuses above a constant:
/// `if (count >= MAX_LINKS_PER_GROUP)`.
fn is_capped(cx: &Context<'_>, file: FileId, query: &Query) -> bool {
    let counts = cx.facts.of(file).is_some_and(|facts| {
        let queries = &facts.queries.queries;
        queries.iter().any(|other| other.operation == Operation::Aggregate && other.table == query.table)
    });
    counts
        && cx.repo.read(file).is_ok_and(|text| {
            text.lines().any(|line| line.contains("MAX_") && (line.contains(">=") || line.contains("> MAX_")))
        })
}

/// Columns that sort rows into a few large kinds.
fn is_kind(column: &str) -> bool {
    let column = plain(column);
    ["type", "status", "kind", "provider", "isactive", "active", "published", "deleted", "experimentid", "state"]
        .iter()
        .any(|word| column.ends_with(word))
}

/// Queries that answer a GET request for a list.
fn listing(cx: &Context<'_>) -> BTreeSet<(FileId, Span)> {
    let modules = cx.facts.modules(cx.repo);
    let mut found = BTreeSet::new();
    for route in cx.facts.routes(cx.repo) {
        let last = route.path.rsplit('/').next().unwrap_or_default();
        let one = last.contains([':', '{', '[', '<', '*', '$']);
        // What a schedule calls works rows off, and answers with how many there were.
        let scheduled = route.path.split('/').any(|part| matches!(part, "cron" | "crons" | "cronjobs"))
            || route.guards.iter().any(|guard| guard.name.to_ascii_lowercase().contains("cron"));
        if route.kind != RouteKind::Http || route.method != "GET" || one || scheduled {
            continue;
        }
        let Some(Place::At(file, span)) = route.handler else { continue };
        let Some(handler) = modules.function_at(file, span).or_else(|| modules.function_around(file, span)) else {
            continue;
        };
        collect(cx, handler, &mut found);
        for (call, callee) in modules.callees(handler) {
            let name = call.callee.last();
            let lists = ["list", "getAll", "findAll", "fetchAll", "get_all", "find_all"]
                .iter()
                .any(|start| name.starts_with(start));
            if lists || (name.starts_with("get") && name.ends_with('s')) {
                collect(cx, callee, &mut found);
            }
        }
    }
    found
}

fn collect(cx: &Context<'_>, function: FunctionId, found: &mut BTreeSet<(FileId, Span)>) {
    let span = cx.facts.modules(cx.repo).function(function).span;
    let Some(facts) = cx.facts.of(function.file) else { return };
    // A handler that asks for many things puts one answer together; only what it lists alone is a list.
    let lists: Vec<&Query> =
        facts.queries.queries_in(span).filter(|query| query.operation == Operation::FindMany).collect();
    if lists.len() == 1 {
        found.insert((function.file, lists[0].span));
    }
}

/// Files and functions that are meant to give everything.
fn is_export(cx: &Context<'_>, file: FileId, query: &Query) -> bool {
    let modules = cx.facts.modules(cx.repo);
    let function = modules.function_around(file, query.span).map(|id| modules.function(id).name.to_ascii_lowercase());
    let path = cx.repo.file(file).path.as_str().to_ascii_lowercase();
    is_command(&path)
        || ["export", "sitemap", "seed", "migrat", "backfill", "dump", "rss", "fixture"]
            .iter()
            .any(|word| path.contains(word) || function.as_ref().is_some_and(|name| name.contains(word)))
}

/// Commands that somebody runs by hand, in Python's folders and files for them.
pub(super) fn is_command(path: &str) -> bool {
    path.ends_with(".py") && path.split(['/', '.']).any(|part| matches!(part, "cli" | "commands" | "management"))
}

/// The words of a table's name, singular and in lower case.
fn words(table: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for char in table.chars() {
        if !char.is_alphanumeric() || (char.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = char.is_lowercase() || char.is_numeric();
        if let (true, Some(word)) = (char.is_alphanumeric(), words.last_mut()) {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty() && !matches!(word.as_str(), "table" | "model" | "schema" | "entity" | "tbl"));
    words
        .into_iter()
        .map(|word| match word.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None => word.strip_suffix('s').filter(|stem| !stem.ends_with('s')).map_or(word.clone(), str::to_owned),
        })
        .collect()
}

const SMALL: &[&str] = &[
    "setting",
    "config",
    "configuration",
    "role",
    "permission",
    "plan",
    "category",
    "tag",
    "language",
    "locale",
    "country",
    "currency",
    "feature",
    "flag",
    "type",
    "statuse",
    "status",
    "template",
    "provider",
    "integration",
    "connection",
    "tier",
    "price",
    "domain",
    "webhook",
    "apikey",
    "key",
    "channel",
    "stage",
    "pipeline",
    "group",
    "column",
    "label",
    "theme",
    "module",
    "menu",
    "section",
    "policy",
    "rule",
    "schedule",
    "preference",
    "option",
    "variant",
    "environment",
    "region",
    "zone",
    "credential",
    "secret",
    "monitor",
    "model",
    "dashboard",
    "widget",
    "holiday",
    "department",
    "position",
    "unit",
    "level",
    "badge",
    "banner",
    "faq",
    "shipping",
    "tax",
    "vendor",
    "migration",
    "index",
    "catalog",
    "skill",
    "city",
    "state",
    "timezone",
    "extension",
    "plugin",
    "brand",
    "prompttemplate",
    "subscription",
    "discount",
    "coupon",
    "admin",
    "network",
    "cron",
    "service",
    "page",
    "slide",
    "header",
    "dictionary",
    "enum",
    "lookup",
    "reference",
    "proxy",
    "server",
    "host",
    "node",
    "worker",
    "source",
    "kind",
    "package",
    "platform",
    "property",
];

/// Tables that people fill by hand, a few rows at a time.
fn is_small(table: &str) -> bool {
    words(table).last().is_none_or(|last| SMALL.contains(&last.as_str()))
}

const GROWING: &[&str] = &[
    "message",
    "log",
    "event",
    "metric",
    "record",
    "usage",
    "token",
    "transaction",
    "payment",
    "invoice",
    "order",
    "entry",
    "entity",
    "chunk",
    "item",
    "comment",
    "post",
    "article",
    "document",
    "activity",
    "audit",
    "history",
    "visit",
    "view",
    "click",
    "conversation",
    "chat",
    "assignment",
    "execution",
    "run",
    "job",
    "task",
    "reading",
    "measurement",
    "sample",
    "snapshot",
    "vote",
    "like",
    "feedback",
    "review",
    "response",
    "submission",
    "answer",
    "contact",
    "lead",
    "ticket",
    "file",
    "image",
    "photo",
    "upload",
    "attachment",
    "request",
    "result",
    "expense",
    "note",
    "bookmark",
    "link",
    "prompt",
    "generation",
    "version",
    "revision",
    "todo",
    "embedding",
    "memory",
    "trace",
    "span",
    "score",
];

/// Tables to which the use of the service adds rows.
fn is_growing(table: &str) -> bool {
    // A model's entity lost that word above, and `knowledge_graph_entities` is one that grows.
    let words = words(table);
    let held = |word: &String| {
        matches!(word.as_str(), "access" | "api" | "refresh" | "personal" | "push" | "device" | "invite")
    };
    let token = words.last().is_some_and(|last| last == "token") && words.iter().any(held);
    !token && words.last().is_some_and(|last| GROWING.contains(&last.as_str())) || plain(table).ends_with("entities")
}
