//! `security-headers-missing`: responses tell browsers not to guess types and not to be framed.

use crate::{
    code::NodeRef,
    facts::{Visit, Watch, response_headers::Header},
    model::{Message, Place, Severity, Site, Verdict},
    rule::{Context, Out, Rule},
    rules::headers,
};

pub(in crate::rules) static RULE: SecurityHeadersMissing = SecurityHeadersMissing;

pub(in crate::rules) struct SecurityHeadersMissing;

impl Rule for SecurityHeadersMissing {
    fn id(&self) -> &'static str {
        "security-headers-missing"
    }

    fn watch(&self) -> Watch {
        headers::watch()
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        headers::observe_text(file, out);
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        headers::observe(file, node, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let servers = headers::servers(cx.repo);
        let Some(first) = servers.first() else { return Verdict::not_applicable("no-server") };
        let sniff = headers::about(cx, Header::NoSniff, false);
        let frames = headers::about(cx, Header::Frames, false);
        let one = |set: &str, lacks: &str, place: &Place| {
            let message = Message::new("half").with("set", set).with("lacks", lacks);
            Verdict::fail(Site::new(place.clone(), message).severity(Severity::Low), [])
        };
        match (sniff.first(), frames.first()) {
            (Some(sniff), Some(frames)) => {
                let shown = headers::evidence(&[*sniff, *frames]);
                Verdict::pass_or(shown, || Verdict::unknown("fronted"))
            }
            (Some(set), None) => one("X-Content-Type-Options", "X-Frame-Options", &set.place),
            (None, Some(set)) => one("X-Frame-Options", "X-Content-Type-Options", &set.place),
            (None, None) if headers::is_fronted(cx.repo) => Verdict::unknown("fronted"),
            (None, None) => {
                let place = Place::Missing(first.path.clone());
                let pages = servers.iter().any(|server| headers::serves_pages(cx.repo, server));
                let site = if pages {
                    Site::new(place, Message::new("missing"))
                } else {
                    Site::new(place, Message::new("missing-data")).severity(Severity::Low)
                };
                Verdict::fail(site, [])
            }
        }
    }
}
