//! The routes of the repository as the report lists them.

use super::{plan::Plan, resolve::Resolver};
use crate::{
    facts::{
        Fact, Facts,
        routes::{Access, GuardDoes, Route, RouteKind},
    },
    model::Place,
    repo::Repo,
    report::{self, Endpoint, Guard, Lines},
    text::mask::mask,
};

/// What the route fact rests on.
const NEEDED: [Fact; 3] = [Fact::Modules, Fact::Access, Fact::Routes];

/// Every route that is no page, where some rule asked for routes; nothing is collected for this list alone.
pub(super) fn endpoints(plan: &Plan<'_>, repo: &Repo, facts: &Facts, resolver: &Resolver<'_>) -> Vec<Endpoint> {
    let needed = plan.needed();
    if !NEEDED.iter().all(|fact| needed.contains(fact)) {
        return Vec::new();
    }
    let routes = facts.routes(repo).iter().filter(|route| route.kind != RouteKind::Page);
    routes.map(|route| endpoint(route, repo, resolver)).collect()
}

fn endpoint(route: &Route, repo: &Repo, resolver: &Resolver<'_>) -> Endpoint {
    // A webhook's path can hold the key that opens it.
    let masked = |text: &str| mask(text).into_owned();
    let public = route.public.map(crate::facts::routes::Public::name);
    let unresolved = route.unresolved.map(crate::facts::routes::Unresolved::name);
    Endpoint {
        method: route.method.clone(),
        route: masked(&route.path),
        kind: route.kind.name().to_owned(),
        framework: route.framework.to_owned(),
        component: repo.component(route.component).path.to_string(),
        place: lines(&route.place, repo, resolver),
        handler: route.handler.as_ref().map(|place| lines(place, repo, resolver)),
        access: match route.access() {
            Access::Guarded => report::Access::Guarded,
            Access::Public => report::Access::Public,
            Access::Open => report::Access::Open,
            Access::Unresolved => report::Access::Unresolved,
        },
        reason: match route.access() {
            Access::Public => public,
            Access::Unresolved => unresolved,
            Access::Guarded | Access::Open => None,
        }
        .map(str::to_owned),
        guards: route
            .guards
            .iter()
            .map(|guard| Guard { does: guard.does.name().to_owned(), name: masked(&guard.name) })
            .collect(),
        rate_limited: route.guard(GuardDoes::RateLimits).is_some(),
        validated: route.guard(GuardDoes::Validates).is_some(),
        findings: Vec::new(),
    }
}

fn lines(place: &Place, repo: &Repo, resolver: &Resolver<'_>) -> Lines {
    match place {
        Place::At(file, span) => {
            let line = |offset| resolver.position(*file, offset).map(|position| position.line);
            let path = repo.file(*file).path.to_string();
            Lines { path, first: line(span.start), last: line(span.end) }
        }
        Place::File(file) => Lines { path: repo.file(*file).path.to_string(), first: None, last: None },
        Place::Missing(path) => Lines { path: path.to_string(), first: None, last: None },
    }
}
