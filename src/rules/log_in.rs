//! What the rules share that ask about log-ins: who checks the password, who gets there at all, and what counts tries.

use crate::{
    facts::{
        access::is_about_rate,
        limits,
        modules::{Definition, Modules, Name},
        routes::{GuardDoes, Route},
    },
    model::{FileId, Place, Span},
    repo::{File, Repo, Role},
    rule::Context,
};

/// Settings modules of one component; Django's projects have a handful.
const MAX_SETTINGS: usize = 40;

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

/// What counts the tries of a route elsewhere than in a guard of it: the handler that refuses after a count of its own,
/// a framework's settings, or the class that checks passwords and locks accounts.
pub(super) fn counted_elsewhere(cx: &Context<'_>, modules: Modules<'_>, route: &Route) -> Option<(Place, String)> {
    refuses_too_many(cx.repo, modules, route)
        .or_else(|| by_settings(cx, modules, route))
        .or_else(|| if is_log_in(route) { locks_accounts(cx, modules) } else { None })
}

/// Whether a password is checked, rather than an account made or a mail sent.
fn is_log_in(route: &Route) -> bool {
    let last = route.path.rsplit(['/', '.']).find(|part| !part.is_empty()).unwrap_or_default();
    let plain: String = last.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["login", "signin", "logon", "token", "authenticate"].iter().any(|word| plain.contains(word))
}

/// `if (recent >= 3) return response.status(400).json("Too many requests")`: rows of a table are counted.
fn refuses_too_many(repo: &Repo, modules: Modules<'_>, route: &Route) -> Option<(Place, String)> {
    let Some(Place::At(file, span)) = &route.handler else { return None };
    let id = modules.function_at(*file, *span).or_else(|| modules.function_around(*file, *span))?;
    modules.reach(id, 1, |id| {
        let counts = |name: &str| matches!(name, "count" | "aggregate" | "incr" | "increment" | "countDocuments");
        let call = modules.calls(id).find(|call| counts(call.callee.last()))?;
        let text = text_of(repo, id.file, modules.function(id).span)?;
        let refuses = ["too many", "toomany", "too_many"].iter().any(|word| text.contains(word));
        refuses.then(|| (Place::At(id.file, call.span), call.callee.last().to_owned()))
    })
}

/// In lower case.
fn text_of(repo: &Repo, file: FileId, span: Span) -> Option<String> {
    Some(repo.read(file).ok()?.get(span.start as usize..span.end as usize)?.to_ascii_lowercase())
}

/// What the settings of Django switch on: `django-axes` for log-ins, and the limits that allauth's own views have.
fn by_settings(cx: &Context<'_>, modules: Modules<'_>, route: &Route) -> Option<(Place, String)> {
    let allauth = extends_allauth(modules, route);
    if route.framework != "django" && allauth.is_none() {
        return None;
    }
    let settings: Vec<(&File, std::sync::Arc<str>)> = cx
        .files(Role::Source)
        .filter(|file| file.path.extension() == Some("py") && file.path.as_str().contains("settings"))
        .take(MAX_SETTINGS)
        .filter_map(|file| Some((file, cx.repo.read(file.id).ok()?)))
        .collect();
    let at = |word: &str| {
        settings.iter().find_map(|(file, text)| {
            let start = text.find(word)?;
            Some(Place::At(file.id, Span::new(start, start + word.len())))
        })
    };
    let backend = "axes.backends.";
    if is_log_in(route)
        && let Some(place) = at(backend)
    {
        return Some((place, "django-axes".to_owned()));
    }
    // A project may take out single limits, which are those of failed log-ins.
    let off = at("ACCOUNT_RATE_LIMITS = False").is_some() || is_log_in(route) && at("ACCOUNT_RATE_LIMITS").is_some();
    allauth.filter(|_| !off).map(|place| (place, "allauth".to_owned()))
}

/// The class of a handler, when it extends one of allauth's views, which limit by default.
fn extends_allauth(modules: Modules<'_>, route: &Route) -> Option<Place> {
    let Some(Place::At(file, span)) = &route.handler else { return None };
    let classes = &modules.file(*file)?.classes;
    let class = classes.iter().find(|class| class.span.contains(*span))?;
    let ours = class
        .bases
        .iter()
        .any(|base| base.named().and_then(Name::module).is_some_and(|module| module.starts_with("allauth.")));
    ours.then_some(Place::At(*file, class.span))
}

/// A function that checks a password and looks at failed tries or at a lock.
fn locks_accounts(cx: &Context<'_>, modules: Modules<'_>) -> Option<(Place, String)> {
    const CHECKS: &[&str] =
        &["authenticate", "authenticateuser", "login", "loginuser", "signin", "validatecredentials", "verifyuser"];
    const COUNTS: &[&str] = &["login_att", "loginatt", "failed_login", "failedlogin", "failed_att", "failedatt"];
    const LOCKS: &[&str] = &["lockedout", "locked_out", "lockout", "is_locked", "islocked", "lock_user", "lockuser"];
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    modules.files().filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source).find_map(
        |(file, module)| {
            let asked = module.functions.iter().filter(|function| CHECKS.contains(&plain(&function.name).as_str()));
            asked.into_iter().find_map(|function| {
                let text = text_of(cx.repo, file, function.span)?;
                let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
                (has(COUNTS) && has(LOCKS)).then(|| (Place::At(file, function.span), function.name.clone()))
            })
        },
    )
}
