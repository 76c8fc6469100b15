//! `rate-limit-auth-missing`: log-in, registration and password reset cannot be tried without end.

use crate::{
    facts::{
        Fact,
        limits::{self, LimitKind, Mention},
        modules::{FunctionId, Modules},
        routes::{GuardDoes, Route, RouteKind, standing},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::{Repo, Role},
    rule::{Context, Rule},
    rules::log_in,
};

pub(in crate::rules) static RULE: RateLimitAuthMissing = RateLimitAuthMissing;

pub(in crate::rules) struct RateLimitAuthMissing;

/// Places that a pass names.
const SHOWN: usize = 5;

/// Last parts of a path, or names of actions, that take a password or a code.
const CREDENTIALS: &[&str] = &[
    "login",
    "signin",
    "logon",
    "register",
    "signup",
    "registration",
    "forgotpassword",
    "forgot",
    "resetpassword",
    "passwordreset",
    "requestpasswordreset",
    "recoverpassword",
    "passwordrecovery",
    "otp",
    "verifyotp",
    "sendotp",
    "magiclink",
    "verify2fa",
    "verifymfa",
    "authenticate",
];

impl Rule for RateLimitAuthMissing {
    fn id(&self) -> &'static str {
        "rate-limit-auth-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Limits]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let routes: Vec<&Route> = cx
            .facts
            .routes(cx.repo)
            .iter()
            .filter(|route| {
                route.component == cx.component.id
                    && takes_credentials(route)
                    && !log_in::is_hosted(modules, route)
                    && !standing::only_answers(modules, route)
                    && !asks_for_role(modules, route)
                    && !log_in::is_for_known_callers(cx.repo, route)
                    && !sets_for_others(route)
            })
            .collect();
        let library: Vec<Place> = cx
            .facts
            .files()
            .filter(|(file, _)| cx.covers(*file) && cx.repo.file(*file).role == Role::Source)
            .flat_map(|(file, facts)| facts.limits.signs.iter().map(move |sign| (file, sign)))
            .filter(|(_, sign)| sign.kind == LimitKind::PasswordLogIn)
            .map(|(file, sign)| Place::At(file, sign.span))
            .collect();
        if routes.is_empty() && library.is_empty() {
            return Verdict::not_applicable("no-log-in");
        }
        let proxies: Vec<Evidence> = limits::at_proxy(cx.repo)
            .into_iter()
            .take(SHOWN)
            .map(|place| Evidence::At { place, note: Message::new("at-proxy") })
            .collect();
        if !proxies.is_empty() {
            return Verdict::pass_or(proxies, || Verdict::unknown("unclear"));
        }
        let used: Vec<Mention> = limits::mentions(cx.repo, cx.facts)
            .into_iter()
            .filter(|mention| limits::is_used(cx.repo, cx.facts, *mention))
            .collect();
        let unclear = |route: &Route| {
            let open = !route.resolved || route.guard(GuardDoes::Unknown).is_some();
            open && used.iter().any(|mention| cx.covers(mention.file))
        };
        let (mut sites, mut fine, mut left) = (Vec::new(), Vec::new(), 0);
        for route in &routes {
            if let Some(guard) = route.guard(GuardDoes::RateLimits) {
                let note = Message::new("limited").with("path", route.path.as_str()).with("name", guard.name.as_str());
                fine.push(Evidence::At { place: guard.place.clone(), note });
            } else if let Some((place, name)) =
                log_in::own_count(modules, route).or_else(|| log_in::counted_elsewhere(cx, modules, route))
            {
                let note = Message::new("limited").with("path", route.path.as_str()).with("name", name);
                fine.push(Evidence::At { place, note });
            } else if unclear(route) {
                left += 1;
            } else {
                let place = route.handler.clone().unwrap_or_else(|| route.place.clone());
                let told = takes_told(cx.repo, modules, route);
                let key = if told { "told" } else { "missing" };
                let message = Message::new(key).with("path", route.path.as_str());
                let sure = if route.has_inherited_guards() { Confidence::Guess } else { Confidence::Likely };
                let site = Site::new(place, message).confidence(sure).key(&route.path);
                sites.push(match (told, exchanges_code(route)) {
                    // Nobody tries his way to a code that is good once and comes with a secret of the client.
                    (true, true) => site.severity(Severity::Low).confidence(Confidence::Guess),
                    (true, false) => site.severity(Severity::Low),
                    (false, _) => site,
                });
            }
        }
        // A limiter in middleware may stand in front of the library's own routes.
        let in_middleware = used.iter().any(|mention| {
            cx.repo
                .file(mention.file)
                .path
                .file_name()
                .is_some_and(|name| name.starts_with("middleware.") || name.starts_with("proxy."))
        });
        if !in_middleware {
            sites.extend(library.into_iter().map(|place| Site::new(place, "library").confidence(Confidence::Likely)));
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (sites.len() + fine.len() + left, fine.len());
        let shown: Vec<Evidence> = fine.into_iter().take(SHOWN).collect();
        if sites.is_empty() {
            return Verdict::pass_or(shown, || Verdict::unknown("unclear")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::unknown("unclear")).also_fine(shown).sites(total, ok)
    }
}

/// Whether the handler refuses whoever has not the role for it: an owner who sets the password of somebody else.
fn asks_for_role(modules: Modules<'_>, route: &Route) -> bool {
    let Some((file, span)) = standing::handler_of(route) else { return false };
    let Some(id) = modules.function_at(file, span) else { return false };
    let known = |name: &str| name.starts_with("current_") || matches!(name, "currentUser" | "current");
    let takes_caller = modules.function(id).parameters.iter().any(|parameter| known(&parameter.name));
    takes_caller && standing::refuses(modules, route)
}

/// `admin.resetPassword` of a router for administrators: nothing is tried there, and no mail is sent.
fn sets_for_others(route: &Route) -> bool {
    let mut parts = route.path.rsplit('.').map(str::to_ascii_lowercase);
    route.kind == RouteKind::Procedure
        && parts.next().is_some_and(|last| last.contains("password") && !last.contains("forgot"))
        && parts.any(|part| part.starts_with("admin"))
}

fn takes_credentials(route: &Route) -> bool {
    let plain = |part: &str| -> String {
        part.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let parts: Vec<&str> = route
        .path
        .split(['/', '.'])
        .filter(|part| !part.is_empty() && !part.starts_with([':', '{', '[', '<', '(']))
        .collect();
    let Some(last) = parts.last().map(|part| plain(part)) else { return false };
    // An account elsewhere logs in; no password is taken here.
    if parts.iter().any(|part| log_in::ELSEWHERE.contains(&plain(part).as_str())) {
        return false;
    }
    let named = CREDENTIALS.contains(&last.as_str());
    match route.kind {
        RouteKind::Http => {
            let token = last == "token"
                && parts
                    .iter()
                    .rev()
                    .skip(1)
                    .any(|part| matches!(plain(part).as_str(), "auth" | "oauth" | "login" | "user" | "users"));
            matches!(route.method.as_str(), "POST" | "PUT" | "ALL")
                && (named || token || last == "accesstoken" && parts.contains(&"login"))
        }
        RouteKind::Procedure | RouteKind::ServerAction => {
            named
                || matches!(
                    last.as_str(),
                    "loginaction" | "signinaction" | "signupaction" | "registeraction" | "registeruser" | "loginuser"
                )
        }
        RouteKind::Page | RouteKind::WebSocket => false,
    }
}

/// Whether what is tried there is a token that nobody guesses: the one that a mail told for a reset, or the code that
/// a client of OAuth exchanges.
fn takes_told(repo: &Repo, modules: Modules<'_>, route: &Route) -> bool {
    let parts = standing::segments(&route.path);
    let last = parts.last().map_or("", String::as_str);
    if last == "token" {
        return parts.iter().any(|part| matches!(part.as_str(), "oauth" | "oauth2"));
    }
    let Some(Place::At(file, span)) = &route.handler else { return false };
    let Some(id) = modules.function_at(*file, *span) else { return false };
    let named = |id: FunctionId| {
        let span = modules.function(id).span;
        let text = repo.read(id.file).ok()?;
        let text = text.get(span.start as usize..span.end as usize)?.to_ascii_lowercase();
        (text.contains("token") && text.contains("password")).then_some(())
    };
    matches!(last, "resetpassword" | "passwordreset") && modules.reach(id, 1, named).is_some()
}

/// `/oauth/token`: a code that is good once, with a secret or a proof of the client beside it.
fn exchanges_code(route: &Route) -> bool {
    standing::segments(&route.path).last().is_some_and(|last| last == "token")
}
