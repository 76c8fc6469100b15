//! What the rules share that ask about log-ins: who checks the password, who gets there at all, and what counts tries.

use crate::{
    facts::{
        access::is_about_rate,
        limits,
        modules::{Definition, Modules, Name},
        routes::{GuardDoes, Route},
    },
    model::Place,
    repo::Repo,
};

/// Parts of a path that say that another service checks who somebody is.
pub(super) const ELSEWHERE: &[&str] =
    &["google", "apple", "facebook", "github", "twitter", "linkedin", "microsoft", "saml", "sso", "oidc"];

/// Calls of services that count tries themselves.
const HOSTED: &[&str] = &[
    "signInWithPassword",
    "signInWithOtp",
    "resetPasswordForEmail",
    "signInWithOAuth",
    "sign_in_with_password",
    "initiateAuth",
    "signInWithEmailAndPassword",
    "createUserWithEmailAndPassword",
    "exchangeCodeForSession",
];

/// Whether only who has proved an identity before gets there, such as the front end's server with its own token.
/// A guard that checks the password itself is the log-in.
///
/// Middleware before the whole application lets a log-in through, whatever else it stops.
pub(super) fn is_for_known_callers(repo: &Repo, route: &Route) -> bool {
    let in_middleware = |place: &Place| {
        let name = place.file().map(|file| repo.file(file).name()).unwrap_or_default();
        name.starts_with("middleware.") || name.starts_with("proxy.")
    };
    let guards = route.guards.iter().filter(|guard| guard.does == GuardDoes::Authenticates);
    guards.filter(|guard| !in_middleware(&guard.place)).any(|guard| {
        let name = guard.name.to_ascii_lowercase();
        !["local", "password", "login", "signin", "basic", "credential"].iter().any(|word| name.contains(word))
    })
}

/// A limiter of the repository's own: `TokenBucket.authorize(…)`.
fn is_bucket(name: &Name) -> bool {
    name.root.name() == "TokenBucket" || name.members.iter().any(|member| member == "TokenBucket")
}

/// Where a form that the handler fills counts the tries itself, as Django's forms do in their `clean`.
pub(super) fn own_count(modules: Modules<'_>, route: &Route) -> Option<(Place, String)> {
    let Some(Place::At(file, span)) = &route.handler else { return None };
    let id = modules.function_at(*file, *span).or_else(|| modules.function_around(*file, *span))?;
    let counted = modules.reach(id, 2, |id| {
        let call = modules.calls(id).find(|call| limits::counts_tries(call.callee.last()))?;
        Some((Place::At(id.file, call.span), call.callee.last().to_owned()))
    });
    if counted.is_some() {
        return counted;
    }
    modules.calls(id).find_map(|call| {
        let Definition::Class { file, class } = modules.definition(id.file, &call.callee) else { return None };
        let module = modules.file(file)?;
        let own = module.functions.iter().filter(|function| function.class == class.name);
        own.flat_map(|function| module.calls_in(function.span)).find_map(|call| {
            let counts = is_bucket(&call.callee) || is_about_rate(call.callee.last());
            counts.then(|| (Place::At(file, call.span), class.name.clone()))
        })
    })
}

/// Whether a hosted service checks the password and counts the tries, or something in the handler does.
pub(super) fn is_hosted(modules: Modules<'_>, route: &Route) -> bool {
    let Some(Place::At(file, span)) = &route.handler else { return false };
    let Some(id) = modules.function_at(*file, *span).or_else(|| modules.function_around(*file, *span)) else {
        return false;
    };
    modules
        .reach(id, 2, |id| {
            modules.calls(id).any(|call| HOSTED.contains(&call.callee.last()) || is_bucket(&call.callee)).then_some(())
        })
        .is_some()
}
