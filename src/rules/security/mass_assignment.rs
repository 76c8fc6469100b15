//! `mass-assignment`: a row is written from fields that the code names, not from whatever a request holds.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        modules::FunctionId,
        queries::{Operation, Reached, Source, Written, plain, reached_by},
        routes::{GuardDoes, Route, RouteKind},
        tables::{Table, Tables},
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
    rules::record_access::{handlers, may_validate},
};

pub(in crate::rules) static RULE: MassAssignment = MassAssignment;

pub(in crate::rules) struct MassAssignment;

/// Columns that a user must not set: what a row costs, who owns it, what its user may do.
const PRIVILEGED: [&str; 26] = [
    "role",
    "roles",
    "isadmin",
    "admin",
    "issuperuser",
    "isstaff",
    "permissions",
    "status",
    "verified",
    "isverified",
    "emailverified",
    "balance",
    "credits",
    "price",
    "amount",
    "total",
    "plan",
    "tier",
    "ispaid",
    "paid",
    "password",
    "passwordhash",
    "approved",
    "isapproved",
    "banned",
    "quota",
];

impl Rule for MassAssignment {
    fn id(&self) -> &'static str {
        "mass-assignment"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Queries, Fact::Modules, Fact::Routes, Fact::Access, Fact::Tables]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let tables = cx.facts.tables(cx.repo);
        let (mut sites, mut seen) = (Vec::new(), BTreeSet::new());
        let handlers = handlers(cx);
        for (route, handler) in &handlers {
            if !takes_what_comes(cx, route, *handler) {
                continue;
            }
            for reached in reached_by(cx.repo, cx.facts, *handler, route.kind) {
                for written in whole(cx, &reached) {
                    let place = Place::At(reached.function.file, written.given);
                    if let Some(site) = site(tables, written, &place).filter(|_| seen.insert(place.clone())) {
                        sites.push(site.related(route.place.clone(), "route"));
                    }
                }
            }
        }
        let detail = Message::new("detail").count("n", sites.len());
        let writes = cx.facts.files().filter(|(file, _)| cx.repo.file(*file).role == Role::Source).any(|(_, facts)| {
            let writes = |operation| matches!(operation, Operation::Insert | Operation::Update);
            facts.queries.queries.iter().any(|query| writes(query.operation))
        });
        let otherwise = || {
            if !handlers.is_empty() && poured(cx, tables) {
                return Verdict::unknown("poured");
            }
            if handlers.is_empty() || !writes {
                return Verdict::not_applicable("no-writes");
            }
            Verdict::pass(cx.searched("searched", cx.files(Role::Source).count()), [])
        };
        if sites.is_empty() { otherwise() } else { Verdict::fail_or(sites, otherwise).detail(detail) }
    }
}

/// Whether records are filled with every key that somebody gives, where it could not be told who that is.
fn poured(cx: &Context<'_>, tables: &Tables) -> bool {
    let sources = cx.facts.files().filter(|(file, _)| cx.repo.file(*file).role == Role::Source);
    sources.into_iter().any(|(_, facts)| {
        let written = facts.queries.written.iter();
        !facts.queries.poured.is_empty()
            || written.into_iter().any(|written| {
                let of_request = matches!(written.source, Source::Request(_));
                written.looked_at && of_request && table_of(tables, &written.table).is_some()
            })
    })
}

/// Whether nothing in front of the handler is known to drop fields, or to let only administrators through.
fn takes_what_comes(cx: &Context<'_>, route: &Route, handler: FunctionId) -> bool {
    let decides = |does| matches!(does, GuardDoes::Validates | GuardDoes::Authorizes | GuardDoes::Unknown);
    let own = cx.facts.modules(cx.repo).function(handler);
    // A parameter with a decorator has a class whose fields a validation pipe may know.
    let declared = own.parameters.iter().any(|parameter| !parameter.decorators.is_empty());
    let kind = matches!(route.kind, RouteKind::Http | RouteKind::ServerAction);
    let admin = route.path.to_ascii_lowercase().contains("admin");
    kind && !declared
        && !admin
        && !may_validate(cx, route, handler)
        && !route.guards.iter().any(|guard| decides(guard.does))
}

/// What a function writes as the client sent it.
fn whole<'a>(cx: &'a Context<'_>, reached: &'a Reached<'_>) -> impl Iterator<Item = &'a Written> {
    let span = cx.facts.modules(cx.repo).function(reached.function).span;
    let written = cx.facts.of(reached.function.file).map(|facts| facts.queries.written.as_slice()).unwrap_or_default();
    written
        .iter()
        .filter(move |written| written.span.start >= span.start && written.span.end <= span.end)
        .filter(|written| !written.looked_at && reached.is_whole(&written.source))
}

/// The table that code calls `name`.
fn table_of<'t>(tables: &'t Tables, name: &str) -> Option<&'t Table> {
    let same = |other: &str| plain(other) == plain(name);
    tables.tables.iter().find(|table| table.symbol.as_deref().is_some_and(same) || same(&table.name))
}

fn site(tables: &Tables, written: &Written, place: &Place) -> Option<Site> {
    let table = table_of(tables, &written.table);
    // `Store.create(body)` may be anything.
    let model = written.table.starts_with(char::is_uppercase);
    if model && table.is_none() {
        return None;
    }
    let privileged: Vec<&str> = table
        .iter()
        .flat_map(|table| &table.columns)
        .filter(|column| column.names_owner() || PRIVILEGED.contains(&plain(&column.name).as_str()))
        .map(|column| column.property.as_str())
        .take(4)
        .collect();
    let say = |key: &'static str| Message::new(key).with("table", written.table.as_str());
    let site = if let Some(table) = table.filter(|table| table.complete && privileged.is_empty()) {
        Site::new(place.clone(), Message::new("harmless").with("table", table.name.as_str())).severity(Severity::Medium)
    } else if privileged.is_empty() {
        Site::new(place.clone(), say("whole"))
    } else {
        let message = say("privileged").with("columns", privileged.join("`, `"));
        Site::new(place.clone(), message).severity(Severity::Critical)
    };
    Some(site.confidence(Confidence::Likely))
}
