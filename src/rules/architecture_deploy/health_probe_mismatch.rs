//! `health-probe-mismatch`: what probes ask is what the service answers, without a log-in.
//!
//! A probe is compared with the routes of the component that it asks. That a path is not served is said only when the
//! routes are known, and never of a path that the code names anywhere else.

use crate::{
    facts::{
        Fact,
        kubernetes::cluster::cluster,
        probes::{Probe, probes},
        routes::{Guard, GuardDoes, Public, Route, RouteKind, Unresolved},
        spring,
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{Component, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: HealthProbeMismatch = HealthProbeMismatch;

pub(in crate::rules) struct HealthProbeMismatch;

impl Rule for HealthProbeMismatch {
    fn id(&self) -> &'static str {
        "health-probe-mismatch"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let cluster = cluster(cx.repo);
        let probes = probes(cx.repo, cx.facts.commands(cx.repo), &cluster);
        if probes.is_empty() {
            return Verdict::not_applicable("no-probes");
        }
        let (mut sites, mut fine): (Vec<Site>, Vec<Evidence>) = (Vec::new(), Vec::new());
        for probe in &probes {
            match judge(cx, probe) {
                Judged::Bad(site) => join(&mut sites, *site, probe),
                Judged::Fine(evidence) => fine.push(evidence),
                Judged::Open => {}
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("open")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::unknown("open")).also_fine(fine).sites(total, ok)
    }
}

/// Several probes that one guard refuses are one finding.
fn join(sites: &mut Vec<Site>, site: Site, probe: &Probe) {
    match sites.iter_mut().find(|known| known.place == site.place) {
        Some(known) => known.related.push((probe.place.clone(), Message::new("probe"))),
        None => sites.push(site),
    }
}

enum Judged {
    Bad(Box<Site>),
    Fine(Evidence),
    Open,
}

impl Judged {
    fn bad(site: Site) -> Self {
        Self::Bad(Box::new(site))
    }
}

fn judge(cx: &Context<'_>, probe: &Probe) -> Judged {
    let (Some(component), Some(path)) = (probe.component, &probe.path) else { return Judged::Open };
    if probe.aside {
        return Judged::Open;
    }
    let component = cx.repo.component(component);
    if spring::declares(cx.repo, component.id, "spring-boot-starter-web")
        || spring::declares(cx.repo, component.id, "spring-boot-starter-webflux")
    {
        return of_spring(cx, probe, component, path);
    }
    let routes: Vec<&Route> = cx
        .facts
        .routes(cx.repo)
        .iter()
        .filter(|route| route.component == component.id && is_asked(route))
        .filter(|route| cx.repo.file(route.file).role == Role::Source)
        .collect();
    if routes.is_empty() {
        // Where routes are read, a name alone may be that of a caller.
        return match named_in_code(cx, component, path) {
            Some(place) if place.file().is_some_and(|file| cx.repo.file(file).kind == FileKind::OtherCode) => {
                fine(probe, "named", place)
            }
            _ => Judged::Open,
        };
    }
    // A route that is written out comes before one with parameters.
    let served = routes
        .iter()
        .filter(|route| answers(&route.path, path))
        .min_by_key(|route| (route.path.contains([':', '{', '[', '<', '*']), route.path.len()));
    match served {
        Some(route) => of_route(probe, path, route, &routes),
        None => not_served(cx, probe, path, component, &routes),
    }
}

fn is_asked(route: &Route) -> bool {
    match route.kind {
        RouteKind::Http => matches!(route.method.as_str(), "GET" | "ALL" | "HEAD" | ""),
        RouteKind::Page => true,
        _ => false,
    }
}

fn fine(probe: &Probe, key: &'static str, at: Place) -> Judged {
    let note = Message::new(key).with("by", probe.by).with("path", probe.path.as_deref().unwrap_or_default());
    Judged::Fine(Evidence::At { place: at, note })
}

fn of_route(probe: &Probe, path: &str, route: &Route, routes: &[&Route]) -> Judged {
    // A limiter asks who somebody is in order to count, and refuses for another reason.
    let limits = |guard: &&Guard| {
        guard.name.to_ascii_lowercase().contains("limit")
            || route.guards.iter().any(|other| other.place == guard.place && other.does == GuardDoes::RateLimits)
    };
    let refuses = route.guards.iter().find(|guard| {
        matches!(guard.does, GuardDoes::Authenticates | GuardDoes::Authorizes)
            && guard.weak.is_empty()
            && !limits(guard)
    });
    if let Some(guard) = refuses.filter(|_| route.resolved && route.public != Some(Public::Declared)) {
        let message = Message::new("guarded").with("by", probe.by).with("path", path).with("guard", &guard.name);
        let site = Site::new(guard.place.clone(), message).confidence(Confidence::Likely).key(path);
        return Judged::bad(site.related(probe.place.clone(), "probe").related(route.place.clone(), "route"));
    }
    let health = routes.iter().find(|route| is_health(route) && route.authenticates().is_none());
    if let Some(health) = health.filter(|_| path == "/") {
        let message = Message::new("root").with("by", probe.by).with("other", &health.path);
        let site = Site::new(probe.place.clone(), message).severity(Severity::Medium).key("/");
        return Judged::bad(site.related(health.place.clone(), "route"));
    }
    fine(probe, "served", route.place.clone())
}

fn is_health(route: &Route) -> bool {
    route.kind == RouteKind::Http
        && route.public == Some(Public::Health)
        && route.resolved
        && !route.path.contains([':', '{', '[', '<', '*'])
}

/// With fewer routes than this, what answers the path may well be something that is not read.
const FEW: usize = 3;

fn not_served(cx: &Context<'_>, probe: &Probe, path: &str, component: &Component, routes: &[&Route]) -> Judged {
    let lost = |route: &&&Route| matches!(route.unresolved, Some(Unresolved::Mount | Unresolved::Path));
    let catches =
        |route: &&&Route| route.path.contains('*') || route.path.contains("[...") || route.path.contains("[[");
    if routes.iter().filter(lost).count() > 0 || routes.iter().any(|route| catches(&route)) {
        return Judged::Open;
    }
    // A prefix was forgotten or written twice: the health route itself shows it.
    let elsewhere = routes
        .iter()
        .find(|route| is_health(route) && path != "/" && (is_tail(&route.path, path) || is_tail(path, &route.path)));
    if let Some(route) = elsewhere.filter(|_| !is_rewritten(cx, component)) {
        let message =
            Message::new("elsewhere").with("by", probe.by).with("path", path).with("other", route.path.as_str());
        let site = Site::new(probe.place.clone(), message).confidence(Confidence::Likely).key(path);
        return Judged::bad(site.related(route.place.clone(), "route"));
    }
    let few = routes.len() < FEW;
    if few || path == "/" || is_rewritten(cx, component) || named_in_code(cx, component, path).is_some() {
        return Judged::Open;
    }
    let message = Message::new("not-served").with("by", probe.by).with("path", path).count("n", routes.len());
    Judged::bad(Site::new(probe.place.clone(), message).confidence(Confidence::Likely).key(path))
}

/// Whether `whole` ends with the segments of `part` and has more before them.
fn is_tail(whole: &str, part: &str) -> bool {
    let (whole, part) = (whole.trim_end_matches('/'), part.trim_end_matches('/'));
    whole.len() > part.len() && part.len() > 1 && whole.ends_with(part)
}

/// Something between the probe and the routes may change paths: a base path, rewrites, a prefix by the environment.
fn is_rewritten(cx: &Context<'_>, component: &Component) -> bool {
    const SIGNS: [&str; 8] = [
        "basePath",
        "rewrites(",
        "rewrites:",
        "root_path",
        "FORCE_SCRIPT_NAME",
        "createProxyMiddleware",
        "APPLICATION_ROOT",
        "--root-path",
    ];
    cx.repo.files_of(component.id).filter(|file| file.role.is_operational()).any(|file| {
        let code = matches!(file.kind, FileKind::Code | FileKind::Shell | FileKind::Dockerfile | FileKind::Data);
        code && cx.repo.read(file.id).is_ok_and(|text| SIGNS.iter().any(|sign| text.contains(sign)))
    })
}

/// Where the code of a component names the end of `path` in a literal: something may answer it that is no route to us.
fn named_in_code(cx: &Context<'_>, component: &Component, path: &str) -> Option<Place> {
    let last = path.trim_end_matches('/').rsplit('/').next().filter(|last| !last.is_empty())?;
    let files = cx
        .repo
        .files_of(component.id)
        .filter(|file| file.role == Role::Source && matches!(file.kind, FileKind::Code | FileKind::OtherCode));
    files.filter_map(|file| Some((file, cx.repo.read(file.id).ok()?))).find_map(|(file, text)| {
        let at = text.match_indices(last).map(|(at, _)| at).find(|&at| {
            let before = text[..at].chars().next_back();
            let after = text[at + last.len()..].chars().next();
            matches!(before, Some('/' | '"' | '\'' | '`'))
                && matches!(after, Some('/' | '"' | '\'' | '`' | ')' | '?' | '$'))
        })?;
        Some(Place::At(file.id, Span::new(at, at + last.len())))
    })
}

/// Whether a route answers a path, segment by segment; parameters in the spelling of any framework.
fn answers(route: &str, path: &str) -> bool {
    let mut asked = path.split('/').filter(|part| !part.is_empty()).peekable();
    for part in route.split('/').filter(|part| !part.is_empty()) {
        if part.starts_with('*') || part.contains("...") || part.contains("path:") || part.ends_with('*') {
            return true;
        }
        let optional = part.ends_with('?');
        let Some(segment) = asked.peek() else {
            if optional {
                continue;
            }
            return false;
        };
        let parameter = part.starts_with([':', '{', '[', '<', '$']) || part.contains('(');
        if !parameter && !part.eq_ignore_ascii_case(segment) {
            return false;
        }
        asked.next();
    }
    asked.next().is_none()
}

/// Spring Boot: the actuator's own paths, and the filter chain before all of them.
fn of_spring(cx: &Context<'_>, probe: &Probe, component: &Component, path: &str) -> Judged {
    let moved = ["management.endpoints.web.base-path", "server.servlet.context-path", "spring.webflux.base-path"];
    let moved = moved.iter().any(|name| spring::setting(cx.repo, component, name).is_some());
    let actuator = path == "/actuator" || path.starts_with("/actuator/");
    if moved {
        return Judged::Open;
    }
    if actuator && !spring::declares(cx.repo, component.id, "spring-boot-starter-actuator") {
        let message = Message::new("no-actuator").with("by", probe.by).with("path", path);
        return Judged::bad(Site::new(probe.place.clone(), message).key(path));
    }
    let secured = spring::declares(cx.repo, component.id, "spring-boot-starter-security")
        || spring::declares(cx.repo, component.id, "spring-security-config");
    let chain = spring::chain(cx.repo, component.id);
    match chain {
        Some(chain) if !chain.lets_in(path) => {
            let guard = "anyRequest().authenticated()";
            let message = Message::new("guarded").with("by", probe.by).with("path", path).with("guard", guard);
            Judged::bad(Site::new(chain.place(), message).key(path).related(probe.place.clone(), "probe"))
        }
        Some(chain) => fine(probe, "let-in", chain.place()),
        None if secured => Judged::Open,
        None if actuator => fine(probe, "actuator", probe.place.clone()),
        None => named_in_code(cx, component, path).map_or(Judged::Open, |place| fine(probe, "named", place)),
    }
}
