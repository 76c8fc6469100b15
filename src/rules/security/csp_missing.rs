//! `csp-missing`: pages come with a policy of which scripts may run.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact, Visit, Watch,
        response_headers::{self, Header, OpenPolicy},
    },
    model::{Confidence, Message, Place, Severity, Site, Tone, Verdict},
    repo::Component,
    rule::{Context, Out, Rule, site_of},
    rules::headers,
};

pub(in crate::rules) static RULE: CspMissing = CspMissing;

pub(in crate::rules) struct CspMissing;

impl Rule for CspMissing {
    fn id(&self) -> &'static str {
        "csp-missing"
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
        let inside = || node.parent().is_some_and(|parent| parent.is(Kind::Template));
        let open = match node.kind() {
            Kind::Property => response_headers::open_directive(node),
            Kind::String | Kind::Template if !inside() => response_headers::open_policy(node.text())
                .map(|open| OpenPolicy { span: open.span.shifted(node.span().start), ..open }),
            _ => None,
        };
        if let Some(open) = open {
            out.bad(
                Place::At(file.file.id, open.span),
                Message::new("open").with("allows", open.allows.join("`, `")),
            )
            .severity = Some(Severity::Low);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let pages: Vec<&Component> = headers::servers(cx.repo)
            .into_iter()
            .filter(|component| headers::serves_pages(cx.repo, component))
            .collect();
        if pages.is_empty() {
            return Verdict::not_applicable("no-pages");
        }
        let open: Vec<Site> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        if !open.is_empty() {
            return Verdict::fail_or(open, || Verdict::not_applicable("no-pages"));
        }
        let mut set = Vec::new();
        for page in pages {
            let here = headers::about(cx, page, Header::ContentSecurityPolicy, false);
            if here.is_empty() {
                return missing(cx, page);
            }
            set.extend(here);
        }
        Verdict::pass_or(headers::evidence(&set), || Verdict::not_applicable("no-pages"))
    }
}

fn missing(cx: &Context<'_>, page: &Component) -> Verdict {
    if let Some(off) = headers::about(cx, page, Header::ContentSecurityPolicy, true).first() {
        return Verdict::fail(Site::new(off.place.clone(), Message::new("switched-off")), []);
    }
    if let Some((place, variable)) = headers::optional(cx, page, Header::ContentSecurityPolicy) {
        let site = Site::new(place, Message::new("optional").with("variable", variable));
        return Verdict::fail(site.confidence(Confidence::Likely), []);
    }
    match headers::beside(cx, page) {
        Some(place) => Verdict::fail(Site::new(place, Message::new("not-beside")), []),
        None if headers::is_fronted(cx.repo) => Verdict::unknown("fronted"),
        None => Verdict::fail(Site::new(Place::Missing(page.path.clone()), Message::new("missing")), []),
    }
}
