//! `hsts-missing`: browsers are told to come back over HTTPS only.

use crate::{
    code::NodeRef,
    facts::{Fact, Visit, Watch, response_headers::Header},
    model::{Evidence, Message, Site, Verdict},
    repo::Component,
    rule::{Context, Out, Rule},
    rules::headers,
};

pub(in crate::rules) static RULE: HstsMissing = HstsMissing;

pub(in crate::rules) struct HstsMissing;

impl Rule for HstsMissing {
    fn id(&self) -> &'static str {
        "hsts-missing"
    }

    fn watch(&self) -> Watch {
        headers::watch()
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Switches]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        headers::observe_text(file, out);
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        headers::observe(file, node, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let servers = headers::servers(cx.repo);
        if servers.is_empty() {
            return Verdict::not_applicable("no-server");
        }
        let mut set = Vec::new();
        for server in servers {
            let here = headers::about(cx, server, Header::StrictTransportSecurity, false);
            if here.is_empty()
                && let Some((_, variable)) = headers::optional(cx, server, Header::StrictTransportSecurity)
            {
                // Whether TLS ends before the application is for those who install it to say.
                return Verdict::unknown(Message::new("optional").with("variable", variable));
            }
            if here.is_empty() {
                return by_platform(cx, server);
            }
            set.extend(here);
        }
        Verdict::pass_or(headers::evidence(&set), || Verdict::unknown("elsewhere"))
    }
}

fn by_platform(cx: &Context<'_>, server: &Component) -> Verdict {
    // A Compose file alone starts what the application needs, not the application.
    let all = &cx.repo.profile().deploy_targets;
    let builds = all.iter().any(|target| target.name.starts_with("Docker") && target.name != "Docker Compose");
    let targets: Vec<_> = all.iter().filter(|target| builds || target.name != "Docker Compose").collect();
    let vercel = targets.iter().find(|target| target.name == "Vercel");
    // The application may run elsewhere as well.
    let place = vercel.filter(|_| targets.len() == 1).and_then(|vercel| vercel.evidence.first());
    let place = place.map(|place| Evidence::At { place: place.clone(), note: Message::new("vercel") });
    Verdict::pass_or(place.into_iter().collect(), || missing(cx, server))
}

fn missing(cx: &Context<'_>, server: &Component) -> Verdict {
    if let Some(off) = headers::about(cx, server, Header::StrictTransportSecurity, true).first() {
        return Verdict::fail(Site::new(off.place.clone(), Message::new("switched-off")), []);
    }
    match headers::beside(cx, server) {
        Some(place) if !headers::is_fronted(cx.repo) => Verdict::fail(Site::new(place, Message::new("not-beside")), []),
        // Whatever ends TLS can add it, and here nothing says what that is.
        _ => Verdict::unknown("elsewhere"),
    }
}
