//! `csrf-protection-missing`: what a visitor's browser sends on behalf of another site is not taken for the visitor's wish.

use std::collections::BTreeSet;

use crate::{
    code::NodeRef,
    facts::{
        Fact, Visit, Watch,
        cross_site::{self, SameSite, Sign},
        routes::{GuardDoes, Public, Route, RouteKind, standing::Area},
        side::{Side, side_of},
        tier::{self, Tier},
        variables::declarations,
    },
    model::{Confidence, Evidence, Message, Observation, Severity, Site, Tone, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: CsrfProtectionMissing = CsrfProtectionMissing;

pub(in crate::rules) struct CsrfProtectionMissing;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for CsrfProtectionMissing {
    fn id(&self) -> &'static str {
        "csrf-protection-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(cross_site::KINDS).keywords(cross_site::KEYWORDS)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Side, Fact::Cors]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if tier::of_path(&file.file.path) == Tier::Development {
            return;
        }
        let Some(sign) = cross_site::sign(node) else { return };
        let place = file.place(node);
        match sign {
            Sign::Sets(name, same_site) => note(out.note(place, cookie("cookie", &name, same_site)), "sets"),
            Sign::Session(name, same_site) => note(out.note(place, cookie("session", &name, same_site)), "session"),
            Sign::Reads(name) => note(out.note(place, Message::new("read").with("name", name)), "reads"),
            Sign::Guards(name) => note(out.good(place, Message::new("guard").with("name", name)), "guards"),
            Sign::OptIn { guard, variable } => {
                let message = Message::new("opt-in").with("name", guard).with("variable", variable.as_str());
                out.bad(place, message).key = variable;
            }
            Sign::Off("django") => note(out.bad(place, "django-off"), "off"),
            Sign::Off("rest") => note(out.bad(place, "rest-off"), "off"),
            Sign::Off("exempt") => note(out.bad(place, "exempt"), "off"),
            Sign::Off(_) => note(out.bad(place, "flask-off"), "off"),
            Sign::Speaks => note(out.note(place, "speaks"), "speaks"),
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !matches!(cx.component.kind, ComponentKind::HttpService | ComponentKind::WebApp) {
            return Verdict::not_applicable("no-service");
        }
        let seen = Seen::of(cx);
        let sites = seen.switched_off(cx);
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::unknown("unclear"));
        }
        let weak: Vec<&Observation> = seen.cookies().filter(|cookie| kind(cookie) == SameSite::Sent || kind(cookie) == SameSite::Unset).collect();
        let kept: Vec<&Observation> = seen.cookies().filter(|cookie| kind(cookie) == SameSite::Kept).collect();
        let guards: Vec<&Observation> = seen.of_key("guards").collect();
        if seen.cookies().next().is_none() && seen.of_key("reads").next().is_none() && guards.is_empty() {
            let header = cx.facts.files().any(|(file, facts)| cx.covers(file) && facts.cors.identity.header);
            return Verdict::not_applicable(if header { "bearer" } else { "no-cookies" });
        }
        let routes: Vec<&Route> = cx.facts.routes(cx.repo).iter().filter(|route| is_asked(cx, route)).collect();
        if !guards.is_empty() {
            return Verdict::pass_or(evidence(&guards), || Verdict::unknown("unclear"));
        }
        if routes.iter().any(|route| route.guard(GuardDoes::Csrf).is_some()) || seen.of_key("speaks").next().is_some() && !weak.is_empty() {
            return Verdict::unknown("unclear");
        }
        if weak.is_empty() {
            return Verdict::pass_or(evidence(&kept), || Verdict::unknown("unclear"));
        }
        // A cookie that the server never asks about proves nothing to it.
        let library = weak.iter().any(|cookie| cookie.message.args.iter().any(|(_, arg)| is_flask(arg)));
        if seen.of_key("reads").next().is_none() && !library {
            return Verdict::unknown("unread");
        }
        seen.unprotected(&routes, weak[0])
    }
}

fn is_flask(arg: &crate::model::Arg) -> bool {
    matches!(arg, crate::model::Arg::Text(text) if text.starts_with("flask"))
}

fn note(observation: &mut Observation, key: &str) {
    observation.key = key.to_owned();
}

/// The message for a cookie; its key says whether requests of other sites carry it.
fn cookie(kind: &str, name: &str, same_site: SameSite) -> Message {
    let key = match (kind, same_site) {
        (_, SameSite::Kept) => "kept",
        (_, SameSite::Sent) => "sent",
        (_, SameSite::Unset) => "unset",
        (_, SameSite::Open) => "open",
    };
    Message::new(key).with("name", name)
}

fn kind(seen: &Observation) -> SameSite {
    match seen.message.key.as_ref() {
        "kept" => SameSite::Kept,
        "sent" => SameSite::Sent,
        "unset" => SameSite::Unset,
        _ => SameSite::Open,
    }
}

/// A request that changes something in somebody's name.
fn is_asked(cx: &Context<'_>, route: &Route) -> bool {
    route.component == cx.component.id
        && route.kind == RouteKind::Http
        && route.changes()
        && !matches!(route.public, Some(Public::Authentication | Public::Webhook | Public::Health | Public::Static | Public::Docs))
        && !matches!(route.area(), Area::Hook | Area::Intake | Area::Management | Area::Trial)
}

fn evidence(seen: &[&Observation]) -> Vec<Evidence> {
    let mut places = BTreeSet::new();
    seen.iter()
        .filter(|seen| places.insert((seen.place.file(), seen.message.key.clone())))
        .take(SHOWN)
        .map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
        .collect()
}

/// What was observed of one component on the server.
struct Seen<'c> {
    all: Vec<&'c Observation>,
}

impl<'c> Seen<'c> {
    fn of(cx: &Context<'c>) -> Self {
        let server = |seen: &&Observation| {
            seen.place.file().is_none_or(|file| side_of(cx.repo, cx.facts, cx.repo.file(file)).side != Side::Client)
        };
        Self { all: cx.seen.iter().filter(server).collect() }
    }

    fn of_key(&self, key: &'static str) -> impl Iterator<Item = &'c Observation> + '_ {
        self.all.iter().copied().filter(move |seen| seen.key == key)
    }

    /// Every cookie that tells who somebody is. Flask's setting speaks for its sessions.
    fn cookies(&self) -> impl Iterator<Item = &'c Observation> + '_ {
        let setting = self.of_key("sets").find(|seen| is_setting(seen));
        self.of_key("sets").chain(self.of_key("session")).filter(move |seen| {
            let flask = seen.message.args.iter().any(|(_, arg)| is_flask(arg));
            !(setting.is_some() && flask)
        })
    }

    /// Protection that exists and is off.
    fn switched_off(&self, cx: &Context<'_>) -> Vec<Site> {
        let kept = self.cookies().any(|cookie| kind(cookie) == SameSite::Kept);
        let bad: Vec<&Observation> = self.all.iter().copied().filter(|seen| seen.tone == Tone::Bad).collect();
        let wanted: BTreeSet<&str> = bad.iter().map(|seen| seen.key.as_str()).collect();
        let given = declarations(cx.repo, &wanted);
        let is_given = |name: &str| {
            use crate::facts::variables::By;
            given.get(name).is_some_and(|all| all.iter().any(|one| !matches!(one.by, By::Document | By::Example)))
        };
        bad.into_iter()
            .filter(|seen| seen.key == "off" || !is_given(&seen.key))
            .map(|seen| {
                let site = Site::new(seen.place.clone(), seen.message.clone()).confidence(Confidence::Likely);
                // Django's and most libraries' cookies are kept back from the worst of it.
                if kept || seen.key == "off" { site.severity(Severity::Medium) } else { site }
            })
            .collect()
    }

    fn unprotected(&self, routes: &[&Route], weak: &Observation) -> Verdict {
        let open: Vec<&&Route> = routes
            .iter()
            .filter(|route| route.guards.iter().any(|guard| matches!(guard.does, GuardDoes::Authenticates | GuardDoes::Authorizes | GuardDoes::Identifies)))
            .collect();
        let Some(first) = open.first() else { return Verdict::unknown("no-routes") };
        let sent = kind(weak) == SameSite::Sent;
        let name = weak.message.args.first().map_or_else(String::new, |(_, arg)| match arg {
            crate::model::Arg::Text(text) => text.clone(),
            crate::model::Arg::Count(count) => count.to_string(),
        });
        let message = Message::new(if sent { "bad" } else { "bad-unset" })
            .with("route", format!("{} {}", first.method, first.path))
            .with("name", name)
            .count("n", open.len());
        let read = self.of_key("reads").next();
        let mut site = Site::new(first.place.clone(), message)
            .confidence(Confidence::Likely)
            .related(weak.place.clone(), weak.message.clone());
        if let Some(read) = read {
            site = site.related(read.place.clone(), read.message.clone());
        }
        // Most browsers take `Lax` for a missing attribute.
        Verdict::fail(if sent { site } else { site.severity(Severity::Medium) }, [])
    }
}

fn is_setting(seen: &Observation) -> bool {
    seen.message
        .args
        .iter()
        .any(|(_, arg)| matches!(arg, crate::model::Arg::Text(text) if text == "SESSION_COOKIE_SAMESITE"))
}
