//! `request-body-limit-missing`: a service stops reading before one request fills its memory.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Visit, Watch,
        body_limits::{self, BodySize},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Tone, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: RequestBodyLimitMissing = RequestBodyLimitMissing;

pub(in crate::rules) struct RequestBodyLimitMissing;

/// Frameworks that take what comes when they are told nothing.
const WITHOUT: [&str; 4] = ["FastAPI", "Starlette", "Flask", "Hono"];

impl Rule for RequestBodyLimitMissing {
    fn id(&self) -> &'static str {
        "request-body-limit-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Property, Kind::Assignment])
            .keywords(body_limits::KEYWORDS)
            .roles(&[Role::Source, Role::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(limit) = body_limits::body_limit(node).filter(|_| !node.is_dev_only()) else { return };
        let place = Place::At(file.file.id, limit.span);
        match limit.size {
            BodySize::Bytes(bytes) if !limit.particular => sized(place, bytes, out),
            BodySize::Unlimited if !limit.particular => {
                out.bad(place, Message::new("unlimited"));
            }
            BodySize::Library => {
                out.good(place, Message::new("library"));
            }
            _ => {
                out.note(place, Message::new("limited"));
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let serves =
            matches!(cx.component.kind, ComponentKind::HttpService | ComponentKind::WebApp | ComponentKind::Root);
        if cx.seen.is_empty() || !serves {
            let open = WITHOUT.iter().any(|name| cx.component.profile.has_framework(name));
            if !serves || !open {
                return Verdict::not_applicable("no-parser");
            }
            return at_proxy(cx);
        }
        let decided = cx.seen.iter().any(|seen| seen.tone != Tone::Note);
        if !decided {
            return Verdict::unknown("setting");
        }
        // More than this for every request is no limit.
        let largest = cx.number("largest-megabytes");
        let seen = observed::decided(&cx.seen.iter().collect::<Vec<_>>(), |_, megabytes| megabytes > largest);
        Context { seen: &seen, ..*cx }.judged(|| Verdict::unknown("setting"))
    }
}

/// A limit in bytes: whether it is one, the option decides.
fn sized(place: Place, bytes: u64, out: &mut Out<'_>) {
    // Beyond four gigabytes the number does not matter any more.
    let kilobytes = u32::try_from(bytes >> 10).unwrap_or(u32::MAX);
    let key = observed::measured("largest-megabytes", f64::from(kilobytes) / 1024.0);
    let megabytes = usize::try_from(bytes >> 20).unwrap_or(usize::MAX);
    let large = out.bad(place.clone(), Message::new("large").count("n", megabytes));
    large.confidence = Confidence::Likely;
    // Some need it; a gigabyte for everybody is another matter.
    large.severity = Some(if bytes >= 100 << 20 { Severity::Medium } else { Severity::Low });
    large.key.clone_from(&key);
    out.good(place, Message::new("limited")).key = key;
}

/// A framework without a limit of its own leaves it to what stands before it.
fn at_proxy(cx: &Context<'_>) -> Verdict {
    let before: Vec<Evidence> = body_limits::nginx(cx.repo)
        .into_iter()
        .map(|(file, span)| match span {
            Some(span) => Evidence::At { place: Place::At(file, span), note: Message::new("proxy") },
            None => Evidence::At { place: Place::File(file), note: Message::new("proxy-default") },
        })
        .collect();
    Verdict::pass_or(before, || Verdict::unknown("no-limit"))
}
