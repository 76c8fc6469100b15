//! `account-lockout-missing`: somebody who tries passwords for one account is stopped.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact,
        limits::{self, Mention},
        modules::{FunctionId, Modules},
        routes::{GuardDoes, Route, RouteKind},
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
    rules::log_in,
};

pub(in crate::rules) static RULE: AccountLockoutMissing = AccountLockoutMissing;

pub(in crate::rules) struct AccountLockoutMissing;

/// Places that a pass names.
const SHOWN: usize = 5;

/// Calls followed from a handler to the check of the password.
const DEPTH: usize = 4;

/// Last parts of the paths of log-ins, and names of actions that log in.
const LOG_INS: &[&str] = &["login", "signin", "logon", "authenticate", "loginaction", "signinaction", "loginuser"];

/// What checks a password, in plain letters.
const CHECKS: &[&str] = &[
    "comparepassword",
    "checkpassword",
    "checkpasswordhash",
    "verifypassword",
    "validatepassword",
    "ispasswordmatch",
    "ispasswordvalid",
    "passwordmatches",
    "matchpassword",
    "isvalidpassword",
    "isvalidhash",
    "authenticateuser",
];

/// Words of settings, columns and keys that count tries.
const COUNTERS: [&str; 15] = [
    "failedAttempts",
    "failed_attempts",
    "failedLoginAttempts",
    "failed_login",
    "failedLogin",
    "loginAttempts",
    "login_attempts",
    "lockedUntil",
    "locked_until",
    "lockUntil",
    "lock_until",
    "lockout",
    "Lockout",
    "LOCKOUT",
    "AXES_",
];

impl Rule for AccountLockoutMissing {
    fn id(&self) -> &'static str {
        "account-lockout-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Limits]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Identifier, Kind::Member, Kind::Property, Kind::Assignment]).words(&COUNTERS)
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if COUNTERS.iter().any(|word| node.name().contains(word)) {
            out.note(file.place(node), Message::new("counter").with("name", node.name()));
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let asked: Vec<&Route> = cx
            .facts
            .routes(cx.repo)
            .iter()
            .filter(|route| {
                route.component == cx.component.id
                    && logs_in(route)
                    && !log_in::is_hosted(modules, route)
                    && !log_in::is_for_known_callers(cx.repo, route)
            })
            .collect();
        let routes: Vec<(&Route, FunctionId)> =
            asked.iter().filter_map(|route| Some((*route, checks_password(modules, route)?))).collect();
        if asked.is_empty() {
            return Verdict::not_applicable("no-log-in");
        }
        if routes.is_empty() {
            // A link by mail, or a check that could not be followed.
            return Verdict::unknown("unclear");
        }
        let (mut sites, mut fine, mut left) = (Vec::new(), Vec::new(), 0);
        let used = limits_here(cx);
        for (route, handler) in routes {
            let open = !route.resolved || route.guard(GuardDoes::Unknown).is_some();
            if let Some((place, note)) = stopped(cx, modules, route, handler) {
                fine.push(Evidence::At { place, note });
            } else if open && used || !cx.seen.is_empty() {
                left += 1;
            } else {
                let place = route.handler.clone().unwrap_or_else(|| route.place.clone());
                let message = Message::new("missing").with("path", route.path.as_str());
                sites.push(Site::new(place, message).confidence(Confidence::Likely).key(&route.path));
            }
        }
        let proxies = limits::at_proxy(cx.repo).into_iter();
        if !sites.is_empty() || left > 0 {
            fine.extend(proxies.map(|place| Evidence::At { place, note: Message::new("at-proxy") }));
            if fine.iter().any(|one| matches!(one, Evidence::At { note, .. } if note.key == "at-proxy")) {
                sites.clear();
            }
        }
        let (total, ok) = (sites.len() + fine.len() + left, fine.len());
        fine.truncate(SHOWN);
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("unclear")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::unknown("unclear")).also_fine(fine).sites(total, ok)
    }
}

/// Whether anything in the component limits requests.
fn limits_here(cx: &Context<'_>) -> bool {
    let mentions: Vec<Mention> = limits::mentions(cx.repo, cx.facts);
    mentions.into_iter().any(|mention| cx.covers(mention.file) && limits::is_used(cx.repo, cx.facts, mention))
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn logs_in(route: &Route) -> bool {
    let parts: Vec<String> = route
        .path
        .split(['/', '.'])
        .filter(|part| !part.is_empty() && !part.starts_with([':', '{', '[', '<', '(']))
        .map(plain)
        .collect();
    if parts.iter().any(|part| log_in::ELSEWHERE.contains(&part.as_str())) {
        return false;
    }
    let Some(last) = parts.last() else { return false };
    let token = matches!(last.as_str(), "token" | "accesstoken") && parts.iter().any(|part| part == "login");
    let named = LOG_INS.contains(&last.as_str()) || token;
    match route.kind {
        RouteKind::Http => named && matches!(route.method.as_str(), "POST" | "ALL"),
        RouteKind::Procedure | RouteKind::ServerAction => named,
        RouteKind::Page | RouteKind::WebSocket => false,
    }
}

/// The handler, when it or what it calls compares a password with what is stored here.
fn checks_password(modules: Modules<'_>, route: &Route) -> Option<FunctionId> {
    let Some(Place::At(file, span)) = &route.handler else { return None };
    let handler = modules.function_at(*file, *span).or_else(|| modules.function_around(*file, *span))?;
    let checks = |id: FunctionId| {
        let found = modules.calls(id).any(|call| {
            let path = call.callee.api_path();
            let known = ["bcrypt", "bcryptjs", "argon2", "@node-rs/argon2", "@node-rs/bcrypt"]
                .iter()
                .any(|package| path.strip_prefix(package).is_some_and(|rest| rest.starts_with('.')));
            let compares = matches!(call.callee.last(), "compare" | "compareSync" | "verify" | "checkpw");
            known && compares || CHECKS.contains(&plain(call.callee.last()).as_str())
        });
        found.then_some(())
    };
    modules.reach(handler, DEPTH, checks).map(|()| handler)
}

/// What stops somebody who tries many passwords, with its place.
fn stopped(cx: &Context<'_>, modules: Modules<'_>, route: &Route, handler: FunctionId) -> Option<(Place, Message)> {
    if let Some(guard) = route.guard(GuardDoes::RateLimits) {
        let note = Message::new("limited").with("path", route.path.as_str()).with("name", guard.name.as_str());
        return Some((guard.place.clone(), note));
    }
    if let Some((place, name)) =
        log_in::own_count(modules, route).or_else(|| log_in::counted_elsewhere(cx, modules, route))
    {
        let note = Message::new("limited").with("path", route.path.as_str()).with("name", name);
        return Some((place, note));
    }
    modules.reach(handler, DEPTH, |id| {
        let span = modules.function(id).span;
        let inside = cx.seen.iter().find(|seen| match &seen.place {
            Place::At(file, at) => *file == id.file && span.start <= at.start && at.end <= span.end,
            Place::File(_) | Place::Missing(_) => false,
        })?;
        Some((inside.place.clone(), inside.message.clone()))
    })
}
