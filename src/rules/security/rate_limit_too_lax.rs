//! `rate-limit-too-lax`: a limiter stops somebody who tries passwords, spends tokens or fills the disk.

use crate::{
    facts::{
        Fact,
        access::words,
        limits::Rate,
        routes::{GuardDoes, Public, Route},
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RateLimitTooLax = RateLimitTooLax;

pub(in crate::rules) struct RateLimitTooLax;

/// Places that a pass names.
const SHOWN: usize = 5;

/// What a limiter stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    LogIn,
    Model,
    Upload,
    Anything,
}

impl Purpose {
    /// Requests in an hour above which the limit does not do what it is there for.
    fn bound(self) -> u64 {
        match self {
            // 75 tries in a quarter of an hour.
            Self::LogIn => 300,
            Self::Model | Self::Upload => 600,
            // Ten in each second, all the time.
            Self::Anything => 36_000,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::LogIn => "log-in",
            Self::Model => "model",
            Self::Upload => "upload",
            Self::Anything => "anything",
        }
    }
}

impl Rule for RateLimitTooLax {
    fn id(&self) -> &'static str {
        "rate-limit-too-lax"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Limits, Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let routes: Vec<&Route> =
            cx.facts.routes(cx.repo).iter().filter(|route| route.component == cx.component.id).collect();
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for file in cx.files(Role::Source) {
            let rates = cx.facts.of(file.id).map(|facts| facts.limits.rates.as_slice()).unwrap_or_default();
            for rate in rates {
                let purpose = purpose(rate, &routes);
                let place = Place::At(file.id, rate.span);
                let hour = usize::try_from(rate.per_hour()).unwrap_or(usize::MAX);
                if rate.per_hour() > purpose.bound() {
                    let message = match purpose {
                        Purpose::LogIn => Message::new("log-in"),
                        Purpose::Model => Message::new("model"),
                        Purpose::Upload => Message::new("upload"),
                        Purpose::Anything => Message::new("anything"),
                    };
                    sites.push(
                        Site::new(place, message.count("n", hour)).confidence(Confidence::Likely).key(purpose.key()),
                    );
                } else {
                    fine.push(Evidence::At { place, note: Message::new("fine").count("n", hour) });
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let shown: Vec<Evidence> = fine.into_iter().take(SHOWN).collect();
        if sites.is_empty() {
            return Verdict::pass_or(shown, || Verdict::not_applicable("no-numbers")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-numbers")).also_fine(shown).sites(total, ok)
    }
}

/// What a limiter stands before, as its name, its path, and the routes behind it say.
fn purpose(rate: &Rate, routes: &[&Route]) -> Purpose {
    let behind: Vec<&&Route> = routes
        .iter()
        .filter(|route| {
            route.guards.iter().any(|guard| {
                guard.does == GuardDoes::RateLimits
                    && !rate.name.is_empty()
                    && guard.name.rsplit('.').next() == Some(&rate.name)
            })
        })
        .collect();
    let named: Vec<String> = std::iter::once(&rate.name).chain(&rate.about).flat_map(|name| words(name)).collect();
    let has = |list: &[&str]| named.iter().any(|word| list.contains(&word.as_str()));
    let passwords = [
        "login",
        "signin",
        "password",
        "otp",
        "register",
        "signup",
        "authentication",
        "credentials",
        "2fa",
        "mfa",
        "auth",
    ];
    let only = |test: &dyn Fn(&Route) -> bool| !behind.is_empty() && behind.iter().all(|route| test(route));
    let logs_in = |route: &Route| route.public == Some(Public::Authentication) && route.changes();
    if only(&logs_in) || has(&passwords) && (behind.is_empty() || behind.iter().any(|route| logs_in(route))) {
        // Who is logged in already only renews.
        return if has(&["refresh", "session", "me"]) { Purpose::Anything } else { Purpose::LogIn };
    }
    if has(&["ai", "chat", "llm", "completion", "completions", "gpt", "prompt"]) {
        return Purpose::Model;
    }
    if has(&["upload", "uploads"]) { Purpose::Upload } else { Purpose::Anything }
}
