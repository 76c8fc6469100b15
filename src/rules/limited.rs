//! What the rules share that ask whether a kind of route is limited: what limits it, what may, and how that is said.

use crate::{
    facts::{
        limits::{self, Mention},
        modules::{FunctionId, Modules},
        routes::{GuardDoes, Route},
    },
    model::{Evidence, Message, Place, Site, Verdict},
    rule::Context,
};

/// Places that a pass names.
const SHOWN: usize = 5;

/// The words of code that counts what somebody may still use: credits, quotas, plans.
const QUOTAS: &[&str] = &[
    "credit",
    "quota",
    "ratelimit",
    "rate_limit",
    "usagelimit",
    "usage_limit",
    "tokenlimit",
    "token_limit",
    "planlimit",
    "plan_limit",
];

/// What is known of limits in a component.
pub(super) struct Limits<'c, 'a> {
    cx: &'c Context<'a>,
    used: Vec<Mention>,
    proxies: Vec<Evidence>,
    sites: Vec<Site>,
    fine: Vec<Evidence>,
    left: usize,
}

impl<'c, 'a> Limits<'c, 'a> {
    /// Needs the facts of routes, modules, access and limits.
    pub(super) fn of(cx: &'c Context<'a>) -> Self {
        let used = limits::mentions(cx.repo, cx.facts)
            .into_iter()
            .filter(|mention| cx.covers(mention.file) && limits::is_used(cx.repo, cx.facts, *mention))
            .collect();
        let proxies = limits::at_proxy(cx.repo)
            .into_iter()
            .take(SHOWN)
            .map(|place| Evidence::At { place, note: Message::new("at-proxy") })
            .collect();
        Self { cx, used, proxies, sites: Vec::new(), fine: Vec::new(), left: 0 }
    }

    /// Counts `route`; `site` is told when nothing limits it.
    pub(super) fn ask(&mut self, route: &Route, handler: FunctionId, site: impl FnOnce() -> Site) {
        if let Some(guard) = route.guard(GuardDoes::RateLimits) {
            let note = Message::new("limited").with("path", route.path.as_str()).with("name", guard.name.as_str());
            self.fine.push(Evidence::At { place: guard.place.clone(), note });
        } else if let Some(place) = self.counts(handler) {
            let note = Message::new("quota").with("path", route.path.as_str());
            self.fine.push(Evidence::At { place, note });
        } else if !self.used.is_empty() && (!route.resolved || route.guard(GuardDoes::Unknown).is_some()) {
            self.left += 1;
        } else {
            self.sites.push(site());
        }
    }

    /// Where the handler, or what it calls, counts what its caller may still use.
    fn counts(&self, handler: FunctionId) -> Option<Place> {
        let modules: Modules<'_> = self.cx.facts.modules(self.cx.repo);
        modules.reach(handler, 1, |id| {
            let text = self.cx.repo.read(id.file).ok()?;
            let inside = text.get(modules.function(id).span.range())?.to_lowercase();
            QUOTAS.iter().any(|word| inside.contains(word)).then(|| modules.place(id))
        })
    }

    /// The verdict over everything that was asked; `none` when nothing was.
    pub(super) fn verdict(mut self, none: impl FnOnce() -> Verdict) -> Verdict {
        self.sites.sort_by(|a, b| a.place.cmp(&b.place));
        self.sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (self.sites.len() + self.fine.len() + self.left, self.fine.len());
        if total == 0 {
            return none();
        }
        if !self.sites.is_empty() && !self.proxies.is_empty() {
            return Verdict::pass_or(self.proxies, || Verdict::unknown("unclear"));
        }
        let shown: Vec<Evidence> = self.fine.into_iter().take(SHOWN).collect();
        if self.sites.is_empty() {
            return Verdict::pass_or(shown, || Verdict::unknown("unclear")).sites(total, ok);
        }
        Verdict::fail_or(self.sites, || Verdict::unknown("unclear")).also_fine(shown).sites(total, ok)
    }
}

/// Whether the handler learns who calls, or may do so as far as it could be followed; else everybody may call it.
pub(super) fn knows_caller(route: &Route) -> bool {
    let open = !route.resolved || route.guard(GuardDoes::Unknown).is_some();
    open || route.authenticates().is_some() || route.guard(GuardDoes::Identifies).is_some()
}

/// The function that answers `route`, when it is known.
pub(super) fn handler_of(modules: Modules<'_>, route: &Route) -> Option<FunctionId> {
    match route.handler {
        Some(Place::At(file, span)) => modules.function_at(file, span),
        _ => None,
    }
}
