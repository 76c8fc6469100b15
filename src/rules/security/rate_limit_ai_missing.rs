//! `rate-limit-ai-missing`: what costs money by the token is limited per caller.

use crate::{
    facts::{
        Fact, inference,
        modules::{FunctionId, Modules},
        routes::{GuardDoes, Public, Route, RouteKind, standing::Area},
    },
    model::{Confidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::limited::{Limits, handler_of, knows_caller},
};

pub(in crate::rules) static RULE: RateLimitAiMissing = RateLimitAiMissing;

pub(in crate::rules) struct RateLimitAiMissing;

impl Rule for RateLimitAiMissing {
    fn id(&self) -> &'static str {
        "rate-limit-ai-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Limits]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let mut limits = Limits::of(cx);
        for route in cx.facts.routes(cx.repo).iter().filter(|route| asked(cx, route)) {
            let Some(handler) = handler_of(modules, route) else { continue };
            let Some((file, span)) = inference::called_by(cx.repo, modules, handler) else { continue };
            if pays_itself(cx, modules, handler) {
                continue;
            }
            limits.ask(route, handler, || {
                let known = knows_caller(route);
                let message =
                    Message::new(if known { "missing" } else { "missing-open" }).with("path", route.path.as_str());
                let site = Site::new(modules.place(handler), message)
                    .confidence(Confidence::Likely)
                    .key(&route.path)
                    .related(Place::At(file, span), "provider");
                // A check of health asks something short that no caller chooses.
                let probe = route.public == Some(Public::Health);
                if known || probe { site.severity(Severity::Medium) } else { site }
            });
        }
        limits.verdict(|| Verdict::not_applicable("no-provider"))
    }
}

fn asked(cx: &Context<'_>, route: &Route) -> bool {
    route.component == cx.component.id
        && matches!(route.kind, RouteKind::Http | RouteKind::ServerAction | RouteKind::Procedure)
        // Who signs its requests is a service, with limits of its own.
        && route.guard(GuardDoes::Verifies).is_none()
        && !(route.area() == Area::Administration && route.authenticates().is_some())
}

/// What holds a caller's own key.
const HOLDERS: &[&str] = &["profile.", "user.", "body.", "customModel.", "settings.user"];

/// Whether the caller brings the key that pays: `new OpenAI({ apiKey: profile.openai_api_key })`.
fn pays_itself(cx: &Context<'_>, modules: Modules<'_>, handler: FunctionId) -> bool {
    let Ok(text) = cx.repo.read(handler.file) else { return false };
    let inside = text.get(modules.function(handler).span.range()).unwrap_or_default();
    let is_key = |rest: &str| {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        name.contains("api_key") || name.contains("apikey")
    };
    HOLDERS.iter().any(|holder| inside.match_indices(holder).any(|(at, _)| is_key(&inside[at + holder.len()..])))
}
