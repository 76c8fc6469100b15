//! What the CORS rules share: each site is spoken of once, by the rule that its strongest weakness belongs to.

use crate::{
    facts::cors::{Audience, Grant, JoinedSite, Source, Weak, joined},
    model::{Evidence, Message, Site, Verdict},
    rule::Context,
};

/// Every CORS site that is asked about.
pub(super) fn sites<'a>(cx: &Context<'a>) -> Vec<JoinedSite<'a>> {
    joined(cx.repo, cx.facts, |file| cx.covers(file))
}

/// What a rule says of a site.
pub(super) enum Say {
    /// It fails here.
    Bad(Site),
    /// It holds here, for this reason.
    Good(Message),
    /// Another rule speaks of it.
    Other,
    /// The code does not tell.
    Unclear,
}

/// The verdict over all sites.
pub(super) fn conclude(cx: &Context<'_>, say: impl Fn(&JoinedSite<'_>, Option<&Weak<'_>>) -> Say) -> Verdict {
    let sites = sites(cx);
    let (mut bad, mut good, mut others, mut unclear) = (Vec::new(), Vec::new(), 0, 0);
    for site in &sites {
        match say(site, site.weakness().as_ref()) {
            Say::Bad(site) => bad.push(site),
            Say::Good(note) => good.push(Evidence::At { place: site.place(), note }),
            Say::Other => others += 1,
            Say::Unclear => unclear += 1,
        }
    }
    if sites.is_empty() {
        return Verdict::not_applicable("no-cors");
    }
    let total = bad.len() + good.len();
    if !bad.is_empty() {
        let ok = good.len();
        return Verdict::fail_or(bad, || Verdict::not_applicable("no-cors")).also_fine(good).sites(total, ok);
    }
    if unclear > 0 {
        return Verdict::unknown("unclear");
    }
    Verdict::pass_or(
        good,
        || {
            if others > 0 { Verdict::not_applicable("other-rule") } else { Verdict::unknown("unclear") }
        },
    )
}

/// Why a site without a weakness is fine; `None` when its code is not understood.
pub(super) fn reason(site: &JoinedSite<'_>) -> Option<Message> {
    let ways: Vec<_> = site.grants.iter().map(|way| &way.grant).filter(|grant| grant.when.in_production()).collect();
    let has = |wanted: fn(&Audience) -> bool| ways.iter().any(|grant| wanted(&grant.audience));
    let open = |grant: &&&Grant| matches!(grant.audience, Audience::Everyone | Audience::Reflected);
    if ways.iter().filter(open).any(|grant| grant.when.unclear || grant.when.variable.is_none()) {
        return None;
    }
    if !site.is_understood() {
        return None;
    }
    // A value that is handed in from somewhere unseen may be anything.
    let seen = |source: &&Source<'_>| source.environment || source.required_by_read || source.declared.is_some();
    if !site.sources.is_empty() {
        let known = site.sources.iter().all(|source| seen(&source));
        return known.then(|| Message::new("fine-setting").with("name", site.sources[0].name.as_str()));
    }
    if has(|audience| matches!(audience, Audience::Checked)) {
        return Some(Message::new("fine-checked"));
    }
    if has(|audience| matches!(audience, Audience::Fixed(_))) {
        return Some(Message::new("fine-fixed"));
    }
    let closed = ways.is_empty() || has(|audience| matches!(audience, Audience::Nobody));
    Some(Message::new(if closed { "fine-closed" } else { "fine-configured" }))
}
