//! `pagination-limit-unbounded`: how many rows a client may ask for at once is capped.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        modules::{FunctionId, Parameter, Shape},
        queries::{Operation, Query, Reached, Source, reached_by},
        routes::{GuardDoes, Route, RouteKind},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
    rules::record_access::{handlers, may_validate},
};

pub(in crate::rules) static RULE: PaginationLimitUnbounded = PaginationLimitUnbounded;

pub(in crate::rules) struct PaginationLimitUnbounded;

/// Bounded queries that a verdict shows.
const SHOWN: usize = 10;

impl Rule for PaginationLimitUnbounded {
    fn id(&self) -> &'static str {
        "pagination-limit-unbounded"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Queries, Fact::Modules, Fact::Routes, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut open = 0_usize;
        for (route, handler) in handlers(cx) {
            for reached in reached_by(cx.repo, cx.facts, handler, route.kind) {
                for query in queries(cx, &reached) {
                    let place = Place::At(reached.function.file, query.span);
                    let say = |key: &'static str| Message::new(key).with("table", query.table.as_str());
                    let Some(limit) = &query.limit else {
                        if query.bounded && query.operation == Operation::FindMany {
                            fine.push((place, say("bounded")));
                        }
                        continue;
                    };
                    let Source::Request(name) = reached.source(limit) else { continue };
                    if is_capped(cx, route, handler, &name) {
                        open += 1;
                    } else if seen.insert(place.clone()) {
                        let site = if is_for_few(route) {
                            Site::new(place, say("few").with("name", name)).severity(Severity::Low)
                        } else {
                            Site::new(place, say("unbounded").with("name", name))
                        };
                        sites.push(site.confidence(Confidence::Likely).related(route.place.clone(), "route"));
                    }
                }
            }
        }
        fine.sort_by(|a, b| a.0.cmp(&b.0));
        fine.dedup_by(|a, b| a.0 == b.0);
        let total = sites.len() + fine.len();
        let detail = Message::new("detail").count("bad", sites.len()).count("n", total);
        let fine: Vec<Evidence> =
            fine.into_iter().take(SHOWN).map(|(place, note)| Evidence::At { place, note }).collect();
        let otherwise = || if open > 0 { Verdict::unknown("unread") } else { Verdict::not_applicable("no-pages") };
        if sites.is_empty() {
            return Verdict::pass_or(fine, otherwise);
        }
        Verdict::fail_or(sites, otherwise).also_fine(fine).detail(detail)
    }
}

fn queries<'a>(cx: &'a Context<'_>, reached: &Reached<'_>) -> Vec<&'a Query> {
    let span = cx.facts.modules(cx.repo).function(reached.function).span;
    let source = cx.repo.file(reached.function.file).role == Role::Source;
    let facts = cx.facts.of(reached.function.file).filter(|_| source);
    facts.map(|facts| facts.queries.queries_in(span).collect()).unwrap_or_default()
}

/// Whether only administrators get to the route.
fn is_for_few(route: &Route) -> bool {
    route.guard(GuardDoes::Authorizes).is_some() || route.path.to_ascii_lowercase().contains("admin")
}

/// Whether something between the client and the handler may cap the number: a schema in front of it, or the
/// declaration of the parameter.
fn is_capped(cx: &Context<'_>, route: &Route, handler: FunctionId, name: &str) -> bool {
    let own = cx.facts.modules(cx.repo).function(handler);
    let inside = |place: &Place| match place {
        Place::At(file, at) => *file == handler.file && own.span.start <= at.start && at.end <= own.span.end,
        _ => false,
    };
    let python = cx.repo.file(handler.file).path.extension() == Some("py");
    let validated = route.guards.iter().any(|guard| match guard.does {
        GuardDoes::Validates => !inside(&guard.place),
        GuardDoes::Unknown => !python,
        _ => false,
    });
    let kind = !matches!(route.kind, RouteKind::Http | RouteKind::ServerAction);
    let declared = own.parameters.iter().find(|parameter| parameter.name == name);
    let decorated = own.parameters.iter().any(|parameter| !parameter.decorators.is_empty());
    validated
        || may_validate(cx, route, handler)
        || kind
        || declared.map_or(python || decorated, |parameter| !is_plain_number(parameter))
}

/// Whether a parameter takes any number, as far as its declaration says.
fn is_plain_number(parameter: &Parameter) -> bool {
    let number = parameter.annotation.as_ref().is_none_or(|annotation| match annotation {
        Shape::Name(name) => matches!(name.last(), "int" | "number" | "string"),
        Shape::Call(call) => {
            call.callee.named().is_some_and(|name| matches!(name.last(), "Optional" | "Annotated"))
                && !call.arguments.iter().any(bounds)
        }
        _ => true,
    });
    number && !parameter.default.iter().any(bounds)
}

/// `Query(50, le=100)`.
fn bounds(shape: &Shape) -> bool {
    match shape {
        Shape::Call(call) => {
            let named = call.callee.named().is_some_and(|name| matches!(name.last(), "Query" | "Field" | "Path"));
            !named || ["le", "lt", "pattern", "regex"].iter().any(|key| call.option(key).is_some())
        }
        _ => false,
    }
}
