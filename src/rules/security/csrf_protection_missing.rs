//! `csrf-protection-missing`: what a visitor's browser sends on behalf of another site is not taken for the visitor's wish.

use std::collections::BTreeSet;

use crate::{
    code::NodeRef,
    facts::{
        Fact, Visit, Watch,
        cross_site::{self, SameSite, Sign},
        routes::{
            GuardDoes, Public, Route, RouteKind,
            standing::{Area, handler_of},
        },
        side::{Side, side_of},
        switches,
        tier::{self, Tier},
        variables::{By, declarations},
    },
    model::{Arg, Confidence, Evidence, FileId, Message, Observation, Place, Severity, Site, Tone, Verdict},
    repo::{Component, ComponentKind},
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
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Side, Fact::Cors, Fact::Switches]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(sign) = cross_site::sign(node) else { return };
        if tier::of_path(&file.file.path) == Tier::Development {
            return;
        }
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
            Sign::Manual => note(out.note(place, "by-hand"), "manual"),
            Sign::Speaks => note(out.note(place, "speaks"), "speaks"),
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let servers: Vec<&Component> = cx
            .repo
            .components()
            .iter()
            .filter(|component| matches!(component.kind, ComponentKind::HttpService | ComponentKind::WebApp))
            .collect();
        let (mut sites, mut fine, mut unknown, mut nothing) = (Vec::new(), Vec::new(), None, None);
        for server in &servers {
            match answer(cx, server, &servers) {
                Answer::Bad(bad) => sites.extend(bad),
                Answer::Good(good) => fine.extend(good),
                Answer::Unknown(reason) => unknown = Some(reason),
                // That callers send a header says more than that there are no cookies.
                Answer::Nothing(reason) => nothing = nothing.filter(|known| *known == "bearer").or(Some(reason)),
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::unknown("unclear"));
        }
        if let Some(reason) = unknown {
            return Verdict::unknown(reason);
        }
        fine.truncate(SHOWN);
        Verdict::pass_or(fine, || Verdict::not_applicable(nothing.unwrap_or("no-service")))
    }
}

/// What is said of one server.
enum Answer {
    Bad(Vec<Site>),
    Good(Vec<Evidence>),
    Unknown(&'static str),
    Nothing(&'static str),
}

fn answer(cx: &Context<'_>, server: &Component, servers: &[&Component]) -> Answer {
    let seen = Seen::of(cx, server, servers);
    let sites = seen.switched_off(cx);
    if !sites.is_empty() {
        return Answer::Bad(sites);
    }
    let travels = |cookie: &&Observation| matches!(same_site(cookie), SameSite::Sent | SameSite::Unset);
    let weak: Vec<&Observation> = seen.cookies().filter(travels).collect();
    let kept: Vec<&Observation> = seen.cookies().filter(|cookie| same_site(cookie) == SameSite::Kept).collect();
    let guards = seen.guards();
    if let Some(site) = seen.unswitched(cx, &guards) {
        return Answer::Bad(vec![site]);
    }
    let reads = seen.of_key("reads").next().is_some();
    if seen.cookies().next().is_none() && !reads && guards.is_empty() {
        let own = |file: FileId| cx.repo.file(file).component == server.id;
        let header = cx.facts.files().any(|(file, facts)| own(file) && facts.cors.identity.header);
        return Answer::Nothing(if header { "bearer" } else { "no-cookies" });
    }
    let routes: Vec<&Route> =
        cx.facts.routes(cx.repo).iter().filter(|route| route.component == server.id && is_asked(route)).collect();
    // A check inside one handler says nothing of the others.
    let everywhere = guards.iter().any(|guard| !is_in_handler(guard, &routes));
    if everywhere || weak.is_empty() {
        let shown = evidence(&guards.into_iter().chain(kept).collect::<Vec<_>>());
        return if shown.is_empty() { Answer::Unknown("unclear") } else { Answer::Good(shown) };
    }
    let speaks = seen.of_key("speaks").next().is_some();
    if !guards.is_empty() || speaks || routes.iter().any(|route| route.guard(GuardDoes::Csrf).is_some()) {
        return Answer::Unknown("unclear");
    }
    // A cookie that the server never asks about proves nothing to it.
    if !reads && !weak.iter().any(|cookie| is_of_flask(cookie)) {
        return Answer::Unknown("unread");
    }
    seen.unprotected(&routes, weak[0])
}

fn is_in_handler(guard: &Observation, routes: &[&Route]) -> bool {
    let Place::At(file, span) = guard.place else { return false };
    routes.iter().any(|route| handler_of(route).is_some_and(|(at, handler)| at == file && handler.contains(span)))
}

fn is_of_flask(seen: &Observation) -> bool {
    named(seen).starts_with("flask")
}

/// The cookie or the library that an observation names.
fn named(seen: &Observation) -> &str {
    match seen.message.args.first() {
        Some((_, Arg::Text(text))) => text,
        _ => "",
    }
}

fn note(observation: &mut Observation, key: &str) {
    key.clone_into(&mut observation.key);
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

fn same_site(seen: &Observation) -> SameSite {
    match seen.message.key.as_ref() {
        "kept" => SameSite::Kept,
        "sent" => SameSite::Sent,
        "unset" => SameSite::Unset,
        _ => SameSite::Open,
    }
}

/// A request that changes something in somebody's name.
fn is_asked(route: &Route) -> bool {
    let open = [Public::Authentication, Public::Webhook, Public::Health, Public::Static, Public::Docs];
    route.kind == RouteKind::Http
        && route.changes()
        && !route.public.is_some_and(|public| open.contains(&public))
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

/// What was observed on one server, and in what several servers share.
struct Seen<'c> {
    all: Vec<&'c Observation>,
}

impl<'c> Seen<'c> {
    fn of(cx: &Context<'c>, server: &Component, servers: &[&Component]) -> Self {
        let counts = |seen: &&Observation| {
            let Some(file) = seen.place.file().map(|file| cx.repo.file(file)) else { return false };
            let elsewhere = file.component != server.id && servers.iter().any(|other| other.id == file.component);
            !elsewhere && side_of(cx.repo, cx.facts, file).side != Side::Client
        };
        Self { all: cx.seen.iter().filter(counts).collect() }
    }

    fn of_key(&self, key: &'static str) -> impl Iterator<Item = &'c Observation> + '_ {
        self.all.iter().copied().filter(move |seen| seen.key == key)
    }

    /// Every cookie that tells who somebody is. Flask's setting speaks for its sessions.
    fn cookies(&self) -> impl Iterator<Item = &'c Observation> + '_ {
        let setting = self.of_key("sets").any(|seen| named(seen) == "SESSION_COOKIE_SAMESITE");
        self.of_key("sets").chain(self.of_key("session")).filter(move |seen| !(setting && is_of_flask(seen)))
    }

    /// Protection that exists and is off.
    fn switched_off(&self, cx: &Context<'_>) -> Vec<Site> {
        let kept = self.cookies().any(|cookie| same_site(cookie) == SameSite::Kept);
        let bad: Vec<&Observation> = self.all.iter().copied().filter(|seen| seen.tone == Tone::Bad).collect();
        let wanted: BTreeSet<&str> = bad.iter().map(|seen| seen.key.as_str()).collect();
        let given = declarations(cx.repo, &wanted);
        let is_given = |name: &str| {
            given
                .get(name)
                .is_some_and(|all| all.iter().any(|one| !matches!(one.by, By::Document | By::Example | By::Script)))
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

    /// What refuses forged requests. A library that is told to check nothing by itself refuses none.
    fn guards(&self) -> Vec<&'c Observation> {
        let manual = self.of_key("manual").next().is_some();
        self.of_key("guards").filter(|guard| !manual || !named(guard).starts_with("flask_wtf")).collect()
    }

    /// Protection that runs only while a setting is on, which is off by default; one that always runs outweighs it.
    fn unswitched(&self, cx: &Context<'_>, guards: &[&Observation]) -> Option<Site> {
        let gates: Vec<Option<String>> =
            guards.iter().map(|guard| switches::gate_of(cx.repo, cx.facts, &guard.place)).collect();
        let variable = gates.iter().all(Option::is_some).then(|| gates.first()?.clone()).flatten()?;
        let guard = guards.first()?;
        let message = Message::new("opt-in").with("name", named(guard)).with("variable", variable);
        let site = Site::new(guard.place.clone(), message).confidence(Confidence::Likely);
        let kept = self.cookies().any(|cookie| same_site(cookie) == SameSite::Kept);
        Some(if kept { site.severity(Severity::Medium) } else { site })
    }

    fn unprotected(&self, routes: &[&Route], weak: &Observation) -> Answer {
        let asks = [GuardDoes::Authenticates, GuardDoes::Authorizes, GuardDoes::Identifies];
        let open: Vec<&&Route> =
            routes.iter().filter(|route| route.guards.iter().any(|guard| asks.contains(&guard.does))).collect();
        let Some(first) = open.first() else { return Answer::Unknown("no-routes") };
        let sent = same_site(weak) == SameSite::Sent;
        let message = Message::new(if sent { "bad" } else { "bad-unset" })
            .with("route", format!("{} {}", first.method, first.path))
            .with("name", named(weak))
            .count("n", open.len());
        let mut site = Site::new(first.place.clone(), message)
            .confidence(Confidence::Likely)
            .related(weak.place.clone(), weak.message.clone());
        if let Some(read) = self.of_key("reads").next() {
            site = site.related(read.place.clone(), read.message.clone());
        }
        // Most browsers take `Lax` for a missing attribute.
        Answer::Bad(vec![if sent { site } else { site.severity(Severity::Medium) }])
    }
}
