//! What `ownership-check-missing`, `client-controlled-tenant-id` and `unscoped-list-query` have in common: handlers
//! that ask who calls and then never use the answer, with the queries that they make.
//!
//! A handler that uses the caller's identity for anything may compare it somewhere; nothing is said about it.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        access::{SignKind, words},
        modules::{FunctionId, Modules, Shape},
        queries::{Asked, Comparison, Library, Operation, Source, asked_by, names_owner, plain},
        routes::{GuardDoes, Public, Route, RouteKind, standing},
        tables::{Table, Tables},
    },
    model::{ComponentId, Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::Context,
};

/// What the rules need.
pub(in crate::rules) const NEEDS: &[Fact] =
    &[Fact::Queries, Fact::Modules, Fact::Routes, Fact::Access, Fact::Tables, Fact::Environment];

/// Queries by the caller's identity that a verdict shows.
const SHOWN: usize = 10;

/// Which of the three questions is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Question {
    /// A record by an id that the client chose.
    Record,
    /// Rows of an owner that the client named.
    NamedOwner,
    /// A list of everybody's rows.
    Everything,
}

/// A handler with the queries that answer it.
struct Served<'a> {
    route: &'a Route,
    handler: FunctionId,
    asked: Vec<Asked<'a>>,
}

/// The verdict over every handler of what is asked.
pub(in crate::rules) fn judged(cx: &Context<'_>, question: Question) -> Verdict {
    let served = served(cx);
    if served.iter().all(|served| served.asked.is_empty()) {
        return Verdict::not_applicable("no-routes");
    }
    let judge = Judge { tables: cx.facts.tables(cx.repo), shared: shared(cx, &served), owned: owned(cx) };
    let mut fine: Vec<(Place, Message)> = served.iter().flat_map(|served| &served.asked).filter_map(scoped).collect();
    fine.sort_by(|a, b| a.0.cmp(&b.0));
    fine.dedup_by(|a, b| a.0 == b.0);
    let (shown, open) = (fine.len(), judge.open(&served));
    let fine = fine.into_iter().take(SHOWN).map(|(place, note)| Evidence::At { place, note });
    let fine: Vec<Evidence> = fine.collect();
    let personal = personal(cx, &served);
    let mut sites = Vec::new();
    for Served { route, handler, asked } in &served {
        let known = personal.contains(&route.component) || knows_caller(cx, route, *handler);
        if !known || !is_blind(cx, route, *handler) {
            continue;
        }
        let mut places = BTreeSet::new();
        let unchecked = |asked: &&Asked<'_>| !is_checked_between(cx, route, asked) && !is_loaded_before(cx, asked);
        for asked in asked.iter().filter(unchecked) {
            if judge.wrong(route, asked) == Some(question) && places.insert(asked.at) {
                sites.push(site(*handler, asked, question));
            }
        }
    }
    if open == 0 && shown == 0 && sites.is_empty() {
        return Verdict::not_applicable("no-owned");
    }
    let unclear = || Verdict::unknown(Message::new("unclear").count("n", open));
    if sites.is_empty() {
        // Where most queries leave it open, the few that do not prove nothing.
        return if shown >= open { Verdict::pass_or(fine, unclear) } else { unclear() };
    }
    let detail = Message::new("detail").count("n", sites.len());
    Verdict::fail_or(sites, unclear).also_fine(fine).detail(detail)
}

fn served<'a>(cx: &'a Context<'_>) -> Vec<Served<'a>> {
    handlers(cx)
        .into_iter()
        .map(|(route, handler)| Served { route, handler, asked: asked_by(cx.repo, cx.facts, handler, route.kind) })
        .collect()
}

/// The handlers of the repository's own routes, each once.
pub(in crate::rules) fn handlers<'a>(cx: &'a Context<'_>) -> Vec<(&'a Route, FunctionId)> {
    let modules = cx.facts.modules(cx.repo);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for route in cx.facts.routes(cx.repo).iter().filter(|route| cx.covers(route.file)) {
        let Some(Place::At(file, span)) = route.handler else { continue };
        let handler = modules.function_at(file, span).or_else(|| modules.function_around(file, span));
        let handler = handler.filter(|_| cx.repo.file(file).role == Role::Source);
        if let Some(handler) = handler.filter(|handler| seen.insert(*handler)) {
            found.push((route, handler));
        }
    }
    found
}

/// Whether something beside the handler where the route is registered is named as a check of its input. What it does
/// to the request is not followed.
pub(in crate::rules) fn may_validate(cx: &Context<'_>, route: &Route, handler: FunctionId) -> bool {
    let Place::At(file, span) = route.place else { return false };
    let Ok(text) = cx.repo.read(file) else { return true };
    let own = cx.facts.modules(cx.repo).function(handler).span;
    let inline = handler.file == file && span.start <= own.start && own.end <= span.end;
    let end = if inline { own.start } else { span.end };
    let Some(text) = text.get(span.start as usize..end as usize) else { return true };
    let text = text.to_ascii_lowercase();
    ["valid", "schema", "celebrate", "joi", "zod", "sanitiz", "dto", "pagina"].iter().any(|word| text.contains(word))
}

/// The tables that anybody may read: a route without a guard answers with them.
fn shared(cx: &Context<'_>, served: &[Served<'_>]) -> BTreeSet<String> {
    let reads = |operation| matches!(operation, Operation::FindMany | Operation::FindOne);
    served
        .iter()
        .filter(|served| {
            let route = served.route;
            let open =
                route.guards.iter().all(|guard| matches!(guard.does, GuardDoes::RateLimits | GuardDoes::Validates));
            route.resolved && open && route.kind != RouteKind::ServerAction && !uses_identity(cx, served.handler)
        })
        .flat_map(|served| &served.asked)
        .filter(|asked| reads(asked.query.operation) && asked.depth <= 1)
        .map(|asked| plain(&asked.query.table))
        .collect()
}

/// The tables that some query asks for the rows of one owner.
fn owned(cx: &Context<'_>) -> BTreeSet<String> {
    let queries = cx.facts.files().flat_map(|(_, facts)| &facts.queries.queries);
    queries
        .filter(|query| query.filters.iter().any(|filter| names_tenant(&filter.column)))
        .map(|query| plain(&query.table))
        .collect()
}

/// The components whose guards tell one caller from another: some handler uses what they say. A secret that all
/// callers share says nothing about whose records are meant.
fn personal(cx: &Context<'_>, served: &[Served<'_>]) -> BTreeSet<ComponentId> {
    let uses = |served: &&Served<'_>| {
        served.route.guard(GuardDoes::Authenticates).is_some() && uses_identity(cx, served.handler)
    };
    served.iter().filter(uses).map(|served| served.route.component).collect()
}

/// Whether the handler asks a session who calls, or the guard of its route reads a token that was issued to the caller.
fn knows_caller(cx: &Context<'_>, route: &Route, handler: FunctionId) -> bool {
    let own = cx.facts.modules(cx.repo).function(handler).span;
    if cx.facts.of(handler.file).is_some_and(|facts| facts.queries.asks_caller(own)) {
        return true;
    }
    let Some(guard) = route.guard(GuardDoes::Authenticates) else { return false };
    let Some(Place::At(file, at)) = guard.decides.as_ref() else { return false };
    let modules = cx.facts.modules(cx.repo);
    let Some(function) = modules.function_around(*file, *at) else { return false };
    let span = modules.function(function).span;
    cx.facts.of(*file).is_some_and(|facts| {
        let inside = |at: Span| at.start >= span.start && at.end <= span.end;
        facts.access.signs.iter().any(|sign| sign.kind == SignKind::VerifiesToken && inside(sign.span))
    })
}

/// Whether a function between the handler and the query may ask for the owner.
fn is_checked_between(cx: &Context<'_>, route: &Route, asked: &Asked<'_>) -> bool {
    let modules = cx.facts.modules(cx.repo);
    asked.between.iter().any(|function| {
        decides_access(&modules.function(*function).name)
            || modules.calls(*function).any(|call| could_check(call.callee.last(), route))
    })
}

/// Whether the function that makes the query has looked the record up before, under a condition on more than its id.
fn is_loaded_before(cx: &Context<'_>, asked: &Asked<'_>) -> bool {
    let modules = cx.facts.modules(cx.repo);
    let Some(function) = modules.function_around(asked.file, asked.query.span) else { return false };
    let span = modules.function(function).span;
    let queries = cx.facts.of(asked.file).into_iter().flat_map(|facts| &facts.queries.queries);
    let before = queries.filter(|query| {
        span.start <= query.span.start && query.span.end <= asked.query.span.start && query.table == asked.query.table
    });
    let reads = |operation| matches!(operation, Operation::FindMany | Operation::FindOne);
    before.filter(|query| reads(query.operation)).any(|query| {
        let conditions = query.filters.iter().filter(|filter| filter.comparison == Comparison::Equal);
        conditions.filter(|filter| !matches!(filter.source, Source::Constant)).count() > 1
    })
}

/// A query that the caller's identity restricts.
fn scoped(asked: &Asked<'_>) -> Option<(Place, Message)> {
    if asked.query.operation == Operation::Insert {
        return None;
    }
    let session = asked.filters.iter().find(|(column, comparison, source)| {
        *comparison == Comparison::Equal && *source == Source::Session && names_owner(column)
    })?;
    let note = Message::new("scoped").with("table", asked.query.table.as_str()).with("column", session.0);
    Some((Place::At(asked.file, asked.query.span), note))
}

fn uses_identity(cx: &Context<'_>, handler: FunctionId) -> bool {
    let span = cx.facts.modules(cx.repo).function(handler).span;
    cx.facts.of(handler.file).is_none_or(|facts| facts.queries.uses_identity(span))
}

/// Whether the handler serves known callers only, and which of them calls makes no difference to what it does.
fn is_blind(cx: &Context<'_>, route: &Route, handler: FunctionId) -> bool {
    let kind = matches!(route.kind, RouteKind::Http | RouteKind::ServerAction | RouteKind::Procedure);
    let open = !matches!(route.public, None | Some(Public::Static));
    let decides = |does| matches!(does, GuardDoes::Authorizes | GuardDoes::Verifies | GuardDoes::Unknown);
    let guarded = route.guard(GuardDoes::Authenticates).is_some()
        && !route.guards.iter().any(|guard| decides(guard.does) || decides_access(&guard.name));
    let path = route.path.to_ascii_lowercase();
    let apart = ["admin", "internal", "cron", "webhook", "public", "system"].iter().any(|word| path.contains(word));
    if !kind || !guarded || !route.resolved || open || apart || uses_identity(cx, handler) {
        return false;
    }
    let modules = cx.facts.modules(cx.repo);
    // A service that shows a shared key has no rows of its own.
    if standing::asks_for_shared_key(cx.repo, cx.facts, modules, handler) {
        return false;
    }
    let span = modules.function(handler).span;
    let inside = |at: Span| at.start >= span.start && at.end <= span.end;
    let roles = cx.facts.of(handler.file).is_none_or(|facts| {
        facts.access.signs.iter().any(|sign| sign.kind == SignKind::ChecksRole && inside(sign.span))
    });
    !roles
        && !has_other_dependencies(modules, handler)
        && !modules.calls(handler).any(|call| could_check(call.callee.last(), route))
}

/// Whether a dependency other than the caller and the database is put into the handler: it may be the record, already
/// looked up for the caller.
fn has_other_dependencies(modules: Modules<'_>, handler: FunctionId) -> bool {
    let depends = |shape: &Shape| match shape {
        Shape::Call(call) => {
            let own = call.callee.named().is_some_and(|name| matches!(name.last(), "Depends" | "Security"));
            let inner = call
                .arguments
                .iter()
                .any(|argument| argument.named().is_some_and(|name| matches!(name.last(), "Depends" | "Security")));
            own || inner
        }
        _ => false,
    };
    let known = |name: &str| {
        let plain = plain(name);
        ["user", "db", "session", "conn", "auth", "token", "settings", "log", "cache", "redis", "principal", "me"]
            .iter()
            .any(|word| plain.contains(word))
    };
    modules.function(handler).parameters.iter().any(|parameter| {
        let injected = parameter.default.iter().chain(&parameter.annotation).any(depends);
        injected && (!known(&parameter.name) || plain(&parameter.name).ends_with("id"))
    })
}

/// Whether a function may compare the record with its caller, by its name. The guard that asks who calls is known.
fn could_check(name: &str, route: &Route) -> bool {
    let guard = route.guards.iter().any(|guard| guard.does == GuardDoes::Authenticates && guard.name.contains(name));
    let asks = ["verify", "check", "ensure", "require", "guard", "assert", "with", "load", "lookup"];
    decides_access(name) || !guard && words(name).first().is_some_and(|first| asks.contains(&first.as_str()))
}

const ACCESS: [&str; 34] = [
    "own",
    "owns",
    "owner",
    "owned",
    "ownership",
    "access",
    "accessible",
    "permission",
    "permissions",
    "permitted",
    "authorize",
    "authorized",
    "authorization",
    "authorise",
    "member",
    "members",
    "membership",
    "ability",
    "policy",
    "tenant",
    "scope",
    "scoped",
    "allowed",
    "admin",
    "rls",
    "role",
    "roles",
    "grant",
    "belongs",
    "entitled",
    "rbac",
    "acl",
    "can",
    "private",
];

/// Whether a name speaks of who may do what.
fn decides_access(name: &str) -> bool {
    // The service role of Supabase is a key of the program, and no caller's role.
    let parts = words(&name.replace("ServiceRole", "").replace("service_role", ""));
    parts.iter().any(|part| ACCESS.contains(&part.as_str()))
}

/// What is known of the repository's records.
struct Judge<'a> {
    tables: &'a Tables,
    /// Anybody may read them.
    shared: BTreeSet<String>,
    /// Other queries ask for the rows of one owner.
    owned: BTreeSet<String>,
}

impl Judge<'_> {
    /// How many queries of handlers for known callers take rows that have an owner without naming the caller.
    fn open(&self, served: &[Served<'_>]) -> usize {
        let guarded = served.iter().filter(|served| served.route.guard(GuardDoes::Authenticates).is_some());
        let places: BTreeSet<(FileId, Span)> = guarded
            .flat_map(|served| &served.asked)
            .filter(|asked| !matches!(asked.query.operation, Operation::Insert | Operation::Aggregate))
            .filter(|asked| scoped(asked).is_none() && self.has_owner(asked))
            .map(|asked| (asked.file, asked.query.span))
            .collect();
        places.len()
    }

    /// Whether the column of a new row names a row that belongs to somebody.
    fn has_owned_parent(&self, table: Option<&Table>, column: &str) -> bool {
        let column = plain(column);
        let stem = column.trim_end_matches("id");
        let by_key = table.into_iter().flat_map(|table| &table.foreign_keys).any(|key| {
            key.columns.iter().any(|own| plain(own) == column) && self.named(&key.target).any(|it| self.is_owned(it, 1))
        });
        let by_name = || self.named(&format!("{stem}s")).chain(self.named(stem)).any(|it| self.is_owned(it, 1));
        !stem.is_empty() && !is_published(stem) && (by_key || by_name())
    }

    fn named<'t>(&'t self, name: &str) -> impl Iterator<Item = &'t Table> {
        let name = plain(name);
        self.tables.tables.iter().filter(move |table| {
            plain(&table.name) == name || table.symbol.as_deref().is_some_and(|symbol| plain(symbol) == name)
        })
    }

    fn has_owner(&self, asked: &Asked<'_>) -> bool {
        self.owned.contains(&plain(&asked.query.table))
            || asked.query.table_of(self.tables).is_some_and(|table| self.is_owned(table, 2))
    }

    /// What is wrong with a query of a handler that does not use its caller's identity.
    fn wrong(&self, route: &Route, asked: &Asked<'_>) -> Option<Question> {
        let query = asked.query;
        // Row-level security sees the caller where the code does not.
        let client = query.library != Library::Supabase || asked.privileged == Some(true);
        if query.open || asked.knows_caller || !client || query.library == Library::Django {
            return None;
        }
        let table = query.table_of(self.tables);
        let owned = self.owned.contains(&plain(&query.table));
        if table.is_none() && !owned {
            return None;
        }
        let secured =
            query.library != Library::Supabase && table.is_some_and(|table| table.row_security.enabled.is_some());
        let session = |(_, _, source): &(&str, Comparison, Source)| *source == Source::Session;
        if secured || asked.filters.iter().any(|filter| session(filter) || is_secret(filter.0)) {
            return None;
        }
        let reads = matches!(query.operation, Operation::FindMany | Operation::FindOne);
        if query.operation == Operation::Aggregate {
            return None;
        }
        let chosen: Vec<&str> = asked
            .filters
            .iter()
            .filter(|(_, comparison, source)| *comparison == Comparison::Equal && matches!(source, Source::Request(_)))
            .map(|(column, _, _)| *column)
            .collect();
        if chosen.iter().any(|column| names_tenant(column)) {
            return Some(Question::NamedOwner);
        }
        if query.operation == Operation::Insert {
            return chosen.iter().any(|column| self.has_owned_parent(table, column)).then_some(Question::Record);
        }
        if reads && (self.shared.contains(&plain(&query.table)) || is_published(&query.table)) {
            return None;
        }
        // An owner from elsewhere: a record that was loaded before. Or a condition that nobody can read.
        let elsewhere = |(column, _, source): &(&str, Comparison, Source)| {
            column.is_empty() || names_tenant(column) && *source != Source::Constant
        };
        if asked.filters.iter().any(elsewhere) {
            return None;
        }
        let by_id = chosen.iter().any(|column| plain(column).ends_with("id"));
        let known = asked.filters.iter().all(|(_, _, source)| matches!(source, Source::Request(_) | Source::Constant));
        // Conditions of a statement in Python are often added one by one, each only when it is asked for.
        let fixed = query.operation != Operation::FindMany || query.library != Library::SqlAlchemy;
        if by_id && fixed && known && (owned || table.is_some_and(|table| self.is_owned(table, 2))) {
            return Some(Question::Record);
        }
        let direct = table.is_some_and(|table| table.owner_columns().any(|column| names_tenant(&column.name)));
        let constant = asked.filters.iter().all(|(_, _, source)| *source == Source::Constant);
        let lists = query.operation == Operation::FindMany && route.method == "GET" && asked.depth <= 1;
        (lists && constant && direct).then_some(Question::Everything)
    }

    /// Whether a row belongs to somebody: by a column, or by the row that it is a part of.
    fn is_owned(&self, table: &Table, hops: usize) -> bool {
        let parents = || {
            table.foreign_keys.iter().filter_map(|key| {
                let named = |other: &&Table| {
                    other.name.eq_ignore_ascii_case(&key.target) || other.symbol.as_deref() == Some(key.target.as_str())
                };
                self.tables.tables.iter().find(named)
            })
        };
        table.owner_columns().any(|column| names_tenant(&column.name))
            || hops > 0 && parents().any(|parent| self.is_owned(parent, hops - 1))
    }
}

/// Columns whose value nobody guesses, so that knowing it is the permission, and names made for showing.
fn is_secret(column: &str) -> bool {
    let column = plain(column);
    ["token", "secret", "hash", "code", "key", "email", "slug", "state", "nonce"]
        .iter()
        .any(|word| column.contains(word))
}

/// Tables whose rows one user writes for all others to read.
fn is_published(table: &str) -> bool {
    let table = plain(table);
    [
        "post", "article", "comment", "review", "product", "profile", "course", "lesson", "recipe", "event", "video",
        "blog", "listing", "question", "answer", "category", "tag", "template", "user", "users", "author", "news",
    ]
    .iter()
    .any(|word| table == *word || table.strip_suffix('s') == Some(*word) || table.ends_with(word) && *word != "user")
}

fn names_tenant(column: &str) -> bool {
    matches!(
        plain(column).as_str(),
        "userid"
            | "ownerid"
            | "orgid"
            | "organizationid"
            | "organisationid"
            | "tenantid"
            | "teamid"
            | "workspaceid"
            | "accountid"
    )
}

fn site(handler: FunctionId, asked: &Asked<'_>, question: Question) -> Site {
    let writes = matches!(asked.query.operation, Operation::Update | Operation::Delete);
    let chosen = |(_, comparison, source): &&(&str, Comparison, Source)| {
        *comparison == Comparison::Equal && matches!(source, Source::Request(_))
    };
    let say = |key: &'static str| {
        let mut columns = asked.filters.iter().filter(chosen).map(|(column, _, _)| *column);
        let column = match question {
            Question::NamedOwner => columns.find(|column| names_tenant(column)),
            _ => columns.find(|column| plain(column).ends_with("id")),
        };
        Message::new(key).with("table", asked.query.table.as_str()).with("column", column.unwrap_or_default())
    };
    let message = match question {
        Question::Everything => say("found"),
        _ if asked.query.operation == Operation::Insert => say("adds"),
        _ if writes => say("writes"),
        _ => say("reads"),
    };
    // Whether all users are meant to see a list, the repository does not say.
    let confidence = if question == Question::Everything { Confidence::Guess } else { Confidence::Likely };
    let site = Site::new(Place::At(handler.file, asked.at), message).confidence(confidence);
    if writes || asked.query.operation == Operation::Insert || question == Question::Everything {
        site
    } else {
        site.severity(Severity::High)
    }
}
