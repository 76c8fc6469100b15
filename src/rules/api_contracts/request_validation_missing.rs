//! `request-validation-missing`: what clients send is checked before it is used.

use crate::{
    facts::{
        Fact,
        intake::{self, Checked},
        routes::{Guard, GuardDoes, Public, Route, RouteKind, standing::Area},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RequestValidationMissing = RequestValidationMissing;

pub(in crate::rules) struct RequestValidationMissing;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for RequestValidationMissing {
    fn id(&self) -> &'static str {
        "request-validation-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access, Fact::Intake]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let modules = cx.facts.modules(cx.repo);
        let (mut sites, mut fine, mut left) = (Vec::new(), Vec::new(), 0);
        for route in cx.facts.routes(cx.repo).iter().filter(|route| asked(cx, route)) {
            let handler = match route.handler {
                Some(Place::At(file, span)) => modules.function_at(file, span),
                _ => None,
            };
            let read = handler.and_then(|id| intake::checked(cx.facts, modules, id, &route.method));
            // A check in the branch for one method says nothing about the others.
            let concerns = |guard: &&Guard| match &guard.decides {
                Some(Place::At(file, span)) => intake::runs_for(cx.facts, *file, *span, &route.method),
                _ => true,
            };
            if let Some(guard) = route.guard(GuardDoes::Validates).filter(concerns) {
                if read.is_some() || route.changes() {
                    let note =
                        Message::new("checked").with("path", route.path.as_str()).with("name", guard.name.as_str());
                    fine.push(Evidence::At {
                        place: guard.decides.clone().unwrap_or_else(|| guard.place.clone()),
                        note,
                    });
                }
                continue;
            }
            // Middleware that could not be followed may be what checks.
            let open = route.guard(GuardDoes::Unknown).is_some();
            match read {
                Some(Checked::Yes(file, span)) => {
                    let note = Message::new("by-hand").with("path", route.path.as_str());
                    fine.push(Evidence::At { place: Place::At(file, span), note });
                }
                // One text under its name is a text whatever the client sends.
                Some(Checked::No(file, span)) if takes_one_text(cx, route, file, span) => {}
                Some(Checked::No(file, span)) if !open => sites.push(site(cx, route, file, span)),
                Some(_) => left += 1,
                None => {}
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (sites.len() + fine.len() + left, fine.len());
        let detail = Message::new("detail").count("ok", ok).count("n", total);
        let fine: Vec<Evidence> = fine.into_iter().take(SHOWN).collect();
        if total == 0 {
            return Verdict::not_applicable("no-bodies");
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::unknown("unclear")).detail(detail).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::unknown("unclear")).also_fine(fine).detail(detail).sites(total, ok)
    }
}

fn asked(cx: &Context<'_>, route: &Route) -> bool {
    route.component == cx.component.id
        && route.kind == RouteKind::Http
        && !matches!(route.public, Some(Public::Webhook | Public::Health | Public::Static | Public::Docs))
        // The sender of a webhook is known by its signature, and a library takes what is dispatched.
        && !matches!(route.area(), Area::Hook | Area::Dispatch | Area::Trial)
        && route.guard(GuardDoes::Verifies).is_none()
}

fn site(cx: &Context<'_>, route: &Route, file: FileId, span: Span) -> Site {
    // The fields of a form of Flask or Django are texts, whatever the client sends.
    let text = cx.repo.read(file).unwrap_or_else(|_| "".into());
    let of_form = text
        .get(span.start as usize..span.end as usize)
        .is_some_and(|read| matches!(read, "request.form" | "request.POST"));
    let single = route.handler.as_ref().is_some_and(|handler| takes_one_field(&text, handler, span));
    let staff = is_for_staff(route);
    let key = match () {
        () if of_form => "form",
        () if staff => "staff",
        () if single => "single",
        () => "unchecked",
    };
    let message = Message::new(key).with("method", route.method.as_str()).with("path", route.path.as_str());
    let site = Site::new(Place::At(file, span), message).confidence(Confidence::Likely).key(&route.path);
    // A blueprint that could not be followed to where it is registered may have a guard before all its routes.
    let may_be_guarded = !route.resolved && route.framework.to_ascii_lowercase().contains("flask");
    let weighty = route.changes() && key == "unchecked" && !may_be_guarded;
    match () {
        () if weighty => site,
        () if staff && single => site.severity(Severity::Low),
        () => site.severity(Severity::Medium),
    }
}

/// `request.form.get("scheduled_for", "")`, and nothing else of the form.
fn takes_one_text(cx: &Context<'_>, route: &Route, file: FileId, span: Span) -> bool {
    let Some(Place::At(handler, whole)) = route.handler else { return false };
    let Ok(text) = cx.repo.read(file) else { return false };
    let behind = text.get(span.end as usize..).unwrap_or_default();
    let inside = text.get(whole.range()).unwrap_or_default();
    handler == file && behind.starts_with(".get(") && inside.matches("request.form").count() == 1
}

/// Whether only those who run the service get there.
fn is_for_staff(route: &Route) -> bool {
    let guarded = route.guard(GuardDoes::Authorizes).or_else(|| route.guard(GuardDoes::Authenticates));
    guarded.is_some_and(|guard| {
        let name = guard.name.to_ascii_lowercase();
        route.area() == Area::Administration || ["admin", "staff", "internal"].iter().any(|word| name.contains(word))
    })
}

/// Whether the handler takes a single field out of the body, and nothing else, and puts it into no row:
/// `const { slug } = await req.json()`.
fn takes_one_field(text: &str, handler: &Place, read: Span) -> bool {
    let Place::At(_, whole) = handler else { return false };
    // A function that the handler calls reads for it, and what else that does is not looked at.
    if !whole.contains(read) {
        return false;
    }
    let Some(before) = text.get(whole.start as usize..read.start as usize) else { return false };
    let statement = before.rsplit([';', '\n']).next().unwrap_or_default();
    let Some(pattern) = statement.split_once('{').map(|(_, rest)| rest) else { return false };
    let fields = pattern.split_once('}').map(|(fields, _)| fields).unwrap_or_default();
    let declared = ["const ", "let ", "var "].iter().any(|word| statement.trim_start().starts_with(word));
    let one = !fields.contains(',') && !fields.contains("...") && !fields.trim().is_empty();
    let again = text.get(read.end as usize..whole.end as usize).unwrap_or_default();
    let more = [".json()", ".body"].iter().any(|read| again.contains(read));
    let written =
        [".create", ".update", ".insert", ".upsert", ".save(", "data:"].iter().any(|write| again.contains(write));
    declared && one && !more && !written
}
