//! `allowed-origins-not-required`: the program does not start in production without the origins that it needs.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        cors::{Audience, Credentials, Fixed, JoinedSite, OriginSetting, Refusal, Source, Weakness},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::cors::sites,
};

pub(in crate::rules) static RULE: AllowedOriginsNotRequired = AllowedOriginsNotRequired;

pub(in crate::rules) struct AllowedOriginsNotRequired;

impl Rule for AllowedOriginsNotRequired {
    fn id(&self) -> &'static str {
        "allowed-origins-not-required"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Cors]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let sites = sites(cx);
        if sites.is_empty() {
            return Verdict::not_applicable("no-cors");
        }
        let (mut bad, mut good, mut unknown, mut others) = (Vec::new(), Vec::new(), 0, 0);
        let mut told = BTreeSet::new();
        let open = open_without(&sites);
        for site in &sites {
            // The rule that speaks of an open site asks for the same repair.
            if site.weakness().is_some_and(|weak| weak.way.grant.when.in_production()) {
                others += 1;
                continue;
            }
            let sources = site.sources.iter().filter(|source| !open.iter().any(|name| same(name, &source.name)));
            let answers: Vec<Answer> = sources.map(|source| answer(site, source)).collect();
            unknown += answers.iter().filter(|answer| matches!(answer, Answer::Unknown)).count();
            let mut found: Option<Site> = None;
            for answer in answers {
                match answer {
                    Answer::Bad(one) if told.insert(one.place.clone()) => {
                        found = Some(match found {
                            Some(first) => first.related(one.place, "also"),
                            None => one,
                        });
                    }
                    Answer::Good(evidence) => good.push(evidence),
                    _ => {}
                }
            }
            bad.extend(found);
        }
        if !bad.is_empty() {
            return Verdict::fail_or(bad, || Verdict::not_applicable("no-cors")).also_fine(good);
        }
        Verdict::pass_or(good, || match (unknown, others) {
            (1.., _) => Verdict::unknown("unclear"),
            (_, 1..) => Verdict::not_applicable("other-rule"),
            _ => Verdict::not_applicable("fixed"),
        })
    }
}

/// The variables without which some site lets everybody in; `cors-allow-all-fallback` speaks of them.
fn open_without(sites: &[JoinedSite<'_>]) -> Vec<String> {
    let weak = sites.iter().filter_map(|site| Some(site.weakness()?.weakness));
    weak.filter_map(|weakness| match weakness {
        Weakness::FallsOpen { variable } => variable,
        _ => None,
    })
    .collect()
}

enum Answer {
    Bad(Site),
    Good(Evidence),
    /// Neither required nor missed.
    Indifferent,
    /// Where it gets its value is not seen.
    Unknown,
}

fn answer(site: &JoinedSite<'_>, source: &Source<'_>) -> Answer {
    let validated = source.declared.filter(|(_, declared)| declared.required.is_some());
    if source.declared.is_some_and(|(_, declared)| is_fixed(declared)) {
        return Answer::Indifferent;
    }
    let name = validated.map_or(source.name.as_str(), |(_, declared)| declared.name.as_str());
    let read = Place::At(source.read.0, source.read.1);
    let message = |key: &'static str| Message::new(key).with("name", name);
    let place = validated.map_or_else(|| read.clone(), |(file, declared)| Place::At(file, declared.span));
    if accepts_star(site, source) {
        return Answer::Bad(Site::new(place, message("accepts-star")).severity(Severity::High).key(name));
    }
    // A schema that fills in a default leaves the read nothing to fail on.
    if source.required_by_read && validated.is_none() {
        return Answer::Good(Evidence::At { place: read, note: message("required-by-read") });
    }
    if let Some((file, demand)) = source.demanded {
        return Answer::Good(Evidence::At { place: Place::At(file, demand.span), note: message("demanded") });
    }
    let required = validated.and_then(|(_, declared)| declared.required);
    if required == Some(true) {
        return Answer::Good(Evidence::At { place, note: message("declared") });
    }
    if validated.is_some_and(|(_, declared)| refuses_default(declared)) {
        return Answer::Good(Evidence::At { place, note: message("refuses-default") });
    }
    if !source.environment && required.is_none() {
        // A name for what another file builds; what that is made of is a source of its own.
        return if source.declared.is_some() { Answer::Indifferent } else { Answer::Unknown };
    }
    match fallback(site, name) {
        Some((Fixed::Real, here)) => Answer::Good(Evidence::At { place: here, note: message("real-default") }),
        Some((Fixed::Local, here)) => Answer::Bad(Site::new(here, message("local")).key(name)),
        Some((Fixed::Placeholder, here)) => Answer::Bad(Site::new(here, message("placeholder")).key(name)),
        // Whoever writes down an empty default means it.
        None if validated.is_some_and(|(_, declared)| is_closed_by_default(declared)) => {
            Answer::Good(Evidence::At { place, note: message("closed-default") })
        }
        // Other addresses have other uses, and without them nobody is let in; only a variable that is there for
        // CORS alone is missed silently.
        None if is_for_cors(name) => Answer::Bad(Site::new(place, message("closed")).severity(Severity::Low).key(name)),
        None => Answer::Indifferent,
    }
}

/// The default of a setting is `*`, and the validation refuses that where it matters: so it must be set.
fn refuses_default(declared: &OriginSetting) -> bool {
    declared.refuses_star != Refusal::Never
        && declared.grants.iter().any(|grant| matches!(grant.audience, Audience::Everyone | Audience::ListedStar))
}

/// The program itself always gives the setting its origins.
fn is_fixed(declared: &OriginSetting) -> bool {
    declared.required.is_none()
        && declared.grants.iter().all(|grant| matches!(grant.audience, Audience::Fixed(_)) && !grant.when.unset)
}

fn is_closed_by_default(declared: &OriginSetting) -> bool {
    declared.grants.iter().any(|grant| grant.when.unset && grant.audience == Audience::Nobody)
}

/// What the origin is in production when the variable is unset, and where that is said.
fn fallback(site: &JoinedSite<'_>, name: &str) -> Option<(Fixed, Place)> {
    let ways = site.grants.iter().chain(&site.listed).filter_map(|way| match way.grant.audience {
        Audience::Fixed(kind)
            if way.grant.when.unset
                && way.grant.when.in_production()
                && way.grant.when.variable.as_deref().is_some_and(|variable| same(variable, name)) =>
        {
            Some((kind, way.place()))
        }
        _ => None,
    });
    ways.max_by_key(|(kind, _)| *kind)
}

/// The code lets everybody in, with credentials, when the variable holds `*`, and nothing refuses that value.
fn accepts_star(site: &JoinedSite<'_>, source: &Source<'_>) -> bool {
    let refused = source.declared.is_some_and(|(_, declared)| declared.refuses_star != Refusal::Never);
    !refused
        && site.site.credentials == Credentials::Yes
        && site.grants.iter().any(|way| {
            let when = &way.grant.when;
            way.grant.audience == Audience::Reflected
                && when.star_configured
                && when.in_production()
                && when.variable.as_deref().is_some_and(|variable| same(variable, &source.name))
        })
}

fn is_for_cors(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("cors") || name.contains("origin")
}

fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
    };
    plain(one) == plain(other)
}
