//! `admin-endpoint-unprotected`: what is for those who run the service is closed to everybody else.

use crate::{
    facts::{
        Fact,
        routes::{
            GuardDoes, Route, RouteKind,
            standing::{self, Area},
        },
    },
    model::{Confidence, Evidence, Message, Severity, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: AdminEndpointUnprotected = AdminEndpointUnprotected;

pub(in crate::rules) struct AdminEndpointUnprotected;

/// Guards that a pass names.
const SHOWN: usize = 5;

impl Rule for AdminEndpointUnprotected {
    fn id(&self) -> &'static str {
        "admin-endpoint-unprotected"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let routes: Vec<&Route> = cx.facts.routes(cx.repo).iter().filter(|route| counts(cx, route)).collect();
        if routes.is_empty() {
            return Verdict::not_applicable("no-routes");
        }
        // Only where roles are told apart for one of them is an identity alone too little for another.
        let roles = routes.iter().any(|route| route.guard(GuardDoes::Authorizes).is_some());
        let (mut sites, mut fine, mut unclear) = (Vec::new(), Vec::new(), 0_usize);
        for &route in &routes {
            let say = |key: &'static str| Message::new(key).with("route", label(route));
            let strong = route.guard(GuardDoes::Authorizes).or_else(|| route.guard(GuardDoes::Verifies));
            if let Some(guard) = strong {
                let note = say("guarded").with("name", &guard.name);
                fine.push(Evidence::At { place: guard.decides.as_ref().unwrap_or(&guard.place).clone(), note });
                continue;
            }
            let checks = standing::reads_identity(modules, route) || standing::refuses(modules, route);
            if let Some(guard) = route.guard(GuardDoes::Authenticates) {
                let named = guard.name.to_ascii_lowercase();
                let may_check =
                    checks || ["admin", "role", "internal", "permission"].iter().any(|word| named.contains(word));
                if roles && !may_check && route.resolved && route.guard(GuardDoes::Unknown).is_none() && route.changes()
                {
                    let site = Site::new(route.place.clone(), say("any-user").with("name", &guard.name));
                    sites.push(site.severity(Severity::High).confidence(Confidence::Likely).key(label(route)));
                } else {
                    let note = say("guarded").with("name", &guard.name);
                    fine.push(Evidence::At { place: guard.decides.as_ref().unwrap_or(&guard.place).clone(), note });
                }
                continue;
            }
            let known = route.resolved && route.guard(GuardDoes::Unknown).is_none();
            if !known || checks || route.guard(GuardDoes::Identifies).is_some() {
                unclear += 1;
            } else if !standing::only_answers(modules, route) {
                sites.push(Site::new(route.place.clone(), say("open")).key(label(route)));
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let detail = Message::new("detail").count("ok", ok).count("n", total);
        fine.truncate(SHOWN);
        if !sites.is_empty() {
            let verdict = Verdict::fail_or(sites, || Verdict::not_applicable("no-routes"));
            return verdict.also_fine(fine).detail(detail).sites(total, ok);
        }
        if unclear > 0 {
            return Verdict::unknown(Message::new("unclear").count("n", unclear));
        }
        Verdict::pass_or(fine, || Verdict::not_applicable("no-routes")).detail(detail).sites(total, ok)
    }
}

fn counts(cx: &Context<'_>, route: &Route) -> bool {
    let kind = cx.repo.component(route.component).kind;
    cx.repo.file(route.file).role == Role::Source
        && route.kind == RouteKind::Http
        && route.area() == Area::Administration
        && route.public.is_none()
        && !matches!(route.method.as_str(), "OPTIONS" | "HEAD")
        && !matches!(kind, ComponentKind::Library | ComponentKind::Cli | ComponentKind::ClientApp)
}

fn label(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}
