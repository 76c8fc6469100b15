//! `cors-wildcard-origin`: not every site may call a service that is not public.

use crate::{
    facts::{
        Fact,
        cors::{JoinedSite, Library, Reach, Weak, Weakness},
    },
    model::{Confidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::cors::{Say, conclude, reason},
};

pub(in crate::rules) static RULE: CorsWildcardOrigin = CorsWildcardOrigin;

pub(in crate::rules) struct CorsWildcardOrigin;

impl Rule for CorsWildcardOrigin {
    fn id(&self) -> &'static str {
        "cors-wildcard-origin"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Cors]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        conclude(cx, say)
    }
}

fn say(site: &JoinedSite<'_>, weak: Option<&Weak<'_>>) -> Say {
    match weak {
        Some(weak) if weak.weakness == Weakness::Open => open(site, weak),
        Some(_) => Say::Other,
        None => reason(site).map_or(Say::Unclear, Say::Good),
    }
}

/// Everybody is let in, without credentials: how bad that is depends on what is behind it.
fn open(site: &JoinedSite<'_>, weak: &Weak<'_>) -> Say {
    // A page of another site cannot add the header, and browsers send no cookies along; so an answer that needs
    // the header stays with its owner.
    let by_header = site.identity.header && !site.identity.cookie;
    if *site.reach == Reach::Static {
        return Say::Good(Message::new("fine-static"));
    }
    // Whoever opens one path by hand has chosen it, and a cookie does not go along.
    let chosen = matches!(site.reach, Reach::Path(_) | Reach::Route) && site.identity.header;
    if chosen || by_header && site.library.is_header() {
        return Say::Good(Message::new("fine-header"));
    }
    // One answer that is only read, without cookies: that is what `*` is for.
    if *site.reach == Reach::Route && site.site.reads_only && site.library.is_header() {
        return Say::Good(Message::new("fine-read"));
    }
    let place = if weak.way.by_setting { weak.way.place() } else { site.place() };
    let found = |key| Site::new(place.clone(), Message::new(key).with("library", site.library.name()));
    if site.site.reads_only {
        return Say::Bad(found("reads-only").severity(Severity::Low));
    }
    if by_header {
        return Say::Bad(found("by-header").severity(Severity::Low));
    }
    Say::Bad(match site.reach {
        Reach::Path(path) => {
            let message = Message::new("path").with("path", path.as_str());
            Site::new(place, message).severity(Severity::Low)
        }
        // What answers a single route without cookies is mostly meant for every site.
        Reach::Route if site.library.is_header() => {
            found("route").severity(Severity::Low).confidence(Confidence::Guess)
        }
        Reach::Route => found("route").severity(Severity::Medium),
        _ if matches!(site.library, Library::Header | Library::HeaderRule) => found("header"),
        // Some of what is behind it may know its callers by a cookie.
        _ if site.identity.header => found("open").severity(Severity::Medium),
        _ => found("open"),
    })
}
