//! `cors-allow-all-fallback`: where the list of allowed origins is missing or does not match, nobody is let in.

use crate::{
    facts::{
        Fact,
        cors::{JoinedSite, Laxness, Weak, Weakness},
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::cors::{Say, conclude, reason},
};

pub(in crate::rules) static RULE: CorsAllowAllFallback = CorsAllowAllFallback;

pub(in crate::rules) struct CorsAllowAllFallback;

impl Rule for CorsAllowAllFallback {
    fn id(&self) -> &'static str {
        "cors-allow-all-fallback"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Cors]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        conclude(cx, say)
    }
}

fn say(site: &JoinedSite<'_>, weak: Option<&Weak<'_>>) -> Say {
    let Some(weak) = weak else { return reason(site).map_or(Say::Unclear, Say::Good) };
    let exposed = site.carries_credentials(weak.way);
    let found = match &weak.weakness {
        Weakness::FallsOpen { variable } => {
            let message = match (variable, exposed) {
                (Some(name), true) => Message::new("unset-credentials").with("name", name.as_str()),
                (Some(name), false) => Message::new("unset").with("name", name.as_str()),
                (None, true) => Message::new("empty-credentials"),
                (None, false) => Message::new("empty"),
            };
            graded(site, weak, message, exposed)
        }
        Weakness::IgnoresItsCheck => {
            graded(site, weak, Message::new(if exposed { "else-credentials" } else { "else" }), exposed)
        }
        Weakness::Lax(laxness) => lax(site, weak, *laxness, exposed),
        Weakness::OpenOutsideProduction => Site::new(weak.way.place(), "outside-production").severity(Severity::Medium),
        Weakness::OpenDefaultOutsideProduction { variable } => {
            let name = variable.as_deref().unwrap_or_default();
            let message = Message::new("default-outside-production").with("name", name);
            Site::new(weak.way.place(), message).severity(Severity::Low)
        }
        _ => return Say::Other,
    };
    Say::Bad(beside(site, weak, found))
}

/// Critical only where a foreign page can act with a visitor's cookies.
fn graded(site: &JoinedSite<'_>, weak: &Weak<'_>, message: Message, exposed: bool) -> Site {
    let found = Site::new(weak.way.place(), message.with("library", site.library.name()));
    // An interface without cookies that anybody may ask is opened on purpose as often as not.
    let unset = matches!(weak.weakness, Weakness::FallsOpen { .. });
    match (exposed, unset) {
        (true, _) => found,
        (false, true) => found.severity(Severity::Low),
        (false, false) => found.severity(Severity::Medium),
    }
}

fn lax(site: &JoinedSite<'_>, weak: &Weak<'_>, laxness: Laxness, exposed: bool) -> Site {
    let found = graded(site, weak, laxness.message(), exposed);
    match laxness {
        // What the list holds decides whether a part of it is anybody's origin.
        Laxness::ListAsText => found.severity(Severity::Medium).confidence(Confidence::Likely),
        Laxness::SharedHost => found.severity(Severity::High).confidence(Confidence::Likely),
        _ => found,
    }
}

/// Names the site where the weakness stands somewhere else.
fn beside(site: &JoinedSite<'_>, weak: &Weak<'_>, found: Site) -> Site {
    let elsewhere = match (weak.way.place(), site.place()) {
        (Place::At(one, _), Place::At(other, _)) => one != other,
        _ => false,
    };
    if elsewhere { found.related(site.place(), "used-here") } else { found }
}
