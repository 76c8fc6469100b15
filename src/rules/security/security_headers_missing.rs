//! `security-headers-missing`: responses tell browsers not to guess types and not to be framed.

use crate::{
    code::NodeRef,
    facts::{Fact, Visit, Watch, response_headers::Header},
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Out, Rule},
    rules::headers,
};

pub(in crate::rules) static RULE: SecurityHeadersMissing = SecurityHeadersMissing;

pub(in crate::rules) struct SecurityHeadersMissing;

/// Packages that set these headers in ways of their own.
const OTHERS: &[&str] =
    &["secure", "next-safe", "@next-safe/middleware", "nosecone", "@nosecone/next", "secweb", "csp-header"];

impl Rule for SecurityHeadersMissing {
    fn id(&self) -> &'static str {
        "security-headers-missing"
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
            let sniff = headers::about(cx, server, Header::NoSniff, false);
            let frames = headers::about(cx, server, Header::Frames, false);
            match (sniff.first(), frames.first()) {
                (Some(sniff), Some(frames)) => set.extend([*sniff, *frames]),
                (Some(set), None) => return half(&set.place, "X-Content-Type-Options", "X-Frame-Options"),
                (None, Some(set)) => return half(&set.place, "X-Frame-Options", "X-Content-Type-Options"),
                (None, None) if headers::optional(cx, server, Header::NoSniff).is_some() => {
                    return Verdict::unknown("optional");
                }
                (None, None) if headers::optional(cx, server, Header::Frames).is_some() => {
                    return Verdict::unknown("optional");
                }
                // Packages whose use is not read here.
                (None, None) if headers::is_fronted(cx.repo) || cx.repo.declared(OTHERS).is_some() => {
                    return Verdict::unknown("fronted");
                }
                (None, None) if headers::serves_pages(cx.repo, server) => {
                    let place = Place::Missing(server.path.clone());
                    let site = Site::new(place, Message::new("missing")).confidence(Confidence::Likely);
                    return Verdict::fail(site, []);
                }
                // Data that no browser shows by itself needs them least.
                (None, None) => {}
            }
        }
        Verdict::pass_or(headers::evidence(&set), || Verdict::unknown("only-data"))
    }
}

fn half(place: &Place, set: &str, lacks: &str) -> Verdict {
    let message = Message::new("half").with("set", set).with("lacks", lacks);
    Verdict::fail(Site::new(place.clone(), message).severity(Severity::Low).confidence(Confidence::Likely), [])
}
