//! `rate-limit-upload-missing`: files cannot be sent without end.

use crate::{
    facts::{
        Fact,
        modules::{FunctionId, Modules},
        routes::{Route, RouteKind, standing::Area},
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::limited::{Limits, handler_of, knows_caller},
};

pub(in crate::rules) static RULE: RateLimitUploadMissing = RateLimitUploadMissing;

pub(in crate::rules) struct RateLimitUploadMissing;

impl Rule for RateLimitUploadMissing {
    fn id(&self) -> &'static str {
        "rate-limit-upload-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Limits, Fact::Intake]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let mut limits = Limits::of(cx);
        for route in cx.facts.routes(cx.repo).iter().filter(|route| asked(cx, route)) {
            let Some(handler) = handler_of(modules, route) else { continue };
            let Some(place) = taken(cx, modules, handler) else { continue };
            limits.ask(route, handler, || {
                let known = knows_caller(route);
                let message =
                    Message::new(if known { "missing" } else { "missing-open" }).with("path", route.path.as_str());
                let site = Site::new(place, message).confidence(Confidence::Likely).key(&route.path);
                if known { site.severity(Severity::Low) } else { site }
            });
        }
        limits.verdict(|| Verdict::not_applicable("no-uploads"))
    }
}

fn asked(cx: &Context<'_>, route: &Route) -> bool {
    route.component == cx.component.id
        && matches!(route.kind, RouteKind::Http | RouteKind::ServerAction)
        && route.changes()
        && !(route.area() == Area::Administration && route.authenticates().is_some())
}

/// Where the handler takes a file.
fn taken(cx: &Context<'_>, modules: Modules<'_>, handler: FunctionId) -> Option<Place> {
    let span = modules.function(handler).span;
    let uploads = &cx.facts.of(handler.file)?.intake.uploads;
    let upload = uploads.iter().find(|upload| span.start <= upload.span.start && upload.span.end <= span.end)?;
    Some(Place::At(handler.file, upload.span))
}
