//! `webhook-signature-missing`: what other services call verifies that it is they who call.

use crate::{
    facts::{
        Fact,
        modules::{FunctionId, Modules},
        routes::{
            GuardDoes, Route, RouteKind,
            standing::{self, Area},
        },
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WebhookSignatureMissing = WebhookSignatureMissing;

pub(in crate::rules) struct WebhookSignatureMissing;

/// Calls followed from the handler in search of a check.
const DEPTH: usize = 2;

impl Rule for WebhookSignatureMissing {
    fn id(&self) -> &'static str {
        "webhook-signature-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let all = cx.facts.routes(cx.repo);
        let hooks: Vec<&Route> = all.iter().filter(|route| receives(cx, all, route)).collect();
        if hooks.is_empty() {
            return Verdict::not_applicable("no-hooks");
        }
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), 0_usize);
        for route in hooks {
            let say = |key: &'static str| Message::new(key).with("route", format!("{} {}", route.method, route.path));
            if let Some(guard) = route.guard(GuardDoes::Verifies) {
                fine.push(Evidence::At {
                    place: guard.decides.as_ref().unwrap_or(&guard.place).clone(),
                    note: say("verified"),
                });
            } else if route.authenticates().is_some() {
                // `webhook-behind-auth` speaks of guards that no foreign service can pass.
                unclear += 1;
            } else if !route.resolved || hesitates(modules, route) {
                unclear += 1;
            } else if !standing::only_answers(modules, route) {
                let sure = if route.has_inherited_guards() { Confidence::Guess } else { Confidence::Likely };
                sites.push(Site::new(route.place.clone(), say("open")).confidence(sure).key(&route.path));
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("no-hooks")).also_fine(fine).sites(total, ok);
        }
        if unclear > 0 {
            return Verdict::unknown(Message::new("unclear").count("n", unclear));
        }
        Verdict::pass_or(fine, || Verdict::not_applicable("no-hooks")).sites(total, ok)
    }
}

/// Whether a route takes what another service sends, rather than managing whom this one calls.
fn receives(cx: &Context<'_>, all: &[Route], route: &Route) -> bool {
    let kind = cx.repo.component(route.component).kind;
    let own = cx.repo.file(route.file).role == Role::Source
        && route.kind == RouteKind::Http
        && route.area() == Area::Hook
        && matches!(route.method.as_str(), "POST" | "ALL")
        && !matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::ClientApp);
    let resource = standing::resource(&route.path);
    // Webhooks that are listed, changed and removed are those that this service sends.
    let managed = || {
        all.iter().any(|other| {
            matches!(other.method.as_str(), "PUT" | "PATCH" | "DELETE")
                && other.area() == Area::Hook
                && other.component == route.component
                && (standing::resource(&other.path) == resource || other.path.starts_with(&route.path))
        })
    };
    let parts = standing::segments(&route.path);
    let tried = parts.iter().any(|part| {
        matches!(
            part.as_str(),
            "test" | "admin" | "trigger" | "deliveries" | "retry" | "process" | "register" | "setup"
        )
    });
    own && !tried && !managed()
}

/// Whether something in or behind the handler might check who calls, in a way that is not understood.
fn hesitates(modules: Modules<'_>, route: &Route) -> bool {
    if route.guard(GuardDoes::Unknown).is_some()
        || standing::refuses(modules, route)
        || standing::reads_identity(modules, route)
    {
        return true;
    }
    let Some(Place::At(file, span)) = route.handler else { return true };
    let Some(start) = modules.function_at(file, span) else { return true };
    checks(modules, start) || modules.reach(start, DEPTH, |id| checks(modules, id).then_some(())).is_some()
}

fn checks(modules: Modules<'_>, id: FunctionId) -> bool {
    modules.calls(id).any(|call| {
        let name = call.callee.last().to_ascii_lowercase();
        [
            "verif",
            "signature",
            "hmac",
            "constructevent",
            "construct_event",
            "unwrap",
            "timingsafe",
            "compare_digest",
            "secret",
            "validatetoken",
            "authenticate",
            "isvalid",
            "is_valid",
        ]
        .iter()
        .any(|word| name.contains(word))
    })
}
