//! `error-tracking-missing`: errors in production reach somebody.

use crate::{
    facts::{
        Fact,
        processes::{self, telemetry},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Span, Tone, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: ErrorTrackingMissing = ErrorTrackingMissing;

pub(in crate::rules) struct ErrorTrackingMissing;

/// Trackers as settings and addresses name them.
const NAMES: [&str; 8] =
    ["sentry", "honeybadger", "bugsnag", "rollbar", "airbrake", "newrelic", "glitchtip", "appsignal"];

impl Rule for ErrorTrackingMissing {
    fn id(&self) -> &'static str {
        "error-tracking-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts()
            .words(&[
                "sentry",
                "Sentry",
                "honeybadger",
                "bugsnag",
                "Bugsnag",
                "rollbar",
                "airbrake",
                "newrelic",
                "glitchtip",
                "appsignal",
            ])
            .roles(&[Role::Source, Role::Config])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if file.file.kind != FileKind::Code {
            return;
        }
        if let Some(span) = switched_off(file) {
            out.bad(Place::At(file.file.id, span), "switched-off");
            return;
        }
        let lower = file.text.to_ascii_lowercase();
        let first = NAMES.iter().filter_map(|name| Some((named_at(&lower, name)?, *name))).min();
        if let Some((at, name)) = first {
            let place = Place::At(file.file.id, Span::new(at, at + name.len()));
            out.note(place, Message::new("named").with("name", name));
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-service");
        }
        if let Some(off) = cx.seen.iter().find(|seen| seen.tone == Tone::Bad) {
            // What runs on the server may be set up in a file of its own.
            let server = telemetry::declared(cx.repo, cx.component, telemetry::TRACKERS).and_then(|(name, _)| {
                let place = imported(cx, name, off.place.file())?;
                Some(Evidence::At { place, note: Message::new("used").with("name", name) })
            });
            return Verdict::fail(site_of(off), []).also_fine(server);
        }
        // PostHog counts visits unless somebody hands it errors.
        let counts_only = |name: &str| name.contains("posthog") && !hands_errors(cx);
        let declared = telemetry::declared_besides(cx.repo, cx.component, telemetry::TRACKERS, counts_only);
        if let Some((name, place)) = declared {
            return match imported(cx, name, None) {
                Some(place) => Verdict::pass_at(place, Message::new("used").with("name", name)),
                // Agents are loaded from outside, and some languages are not read.
                None if cx.seen.is_empty() && is_sdk(name) && is_read(cx) => {
                    Verdict::fail(Site::new(place, Message::new("unused").with("name", name)), [])
                }
                None => Verdict::pass_at(place, Message::new("declared").with("name", name)),
            };
        }
        if let Some(named) = cx.seen.first() {
            let name = named.message.clone();
            let site = Site::new(named.place.clone(), name).confidence(Confidence::Likely);
            // A wrapper from another package of the repository may be what is named.
            return match telemetry::declared_beside(cx.repo, telemetry::TRACKERS) {
                Some((name, _)) => Verdict::unknown(Message::new("beside").with("name", name)),
                None => Verdict::fail(site, []),
            };
        }
        if let Some((name, _)) = telemetry::declared_beside(cx.repo, telemetry::TRACKERS) {
            return Verdict::unknown(Message::new("beside").with("name", name));
        }
        if let Some((name, _)) = telemetry::own_package(cx.repo, cx.component) {
            return Verdict::unknown(Message::new("own-package").with("name", name));
        }
        match telemetry::manifest(cx.repo, cx.component) {
            Some(place) => Verdict::fail(Site::new(place, "missing").confidence(Confidence::Likely), []),
            None => Verdict::not_applicable("no-service"),
        }
    }
}

/// Where Next's configuration wraps itself for Sentry in a comment only: without the wrapper the browser's part is
/// never loaded.
fn switched_off(file: &Visit<'_>) -> Option<Span> {
    if !file.file.path.file_name().is_some_and(|name| name.starts_with("next.config.")) {
        return None;
    }
    let starts = |at: usize| file.text[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut calls = file.text.match_indices("withSentryConfig(").map(|(at, found)| (at, found.len())).peekable();
    let &(at, length) = calls.peek()?;
    let commented = calls.all(|(at, _)| file.text[starts(at)..at].trim_start().starts_with("//"));
    commented.then(|| Span::new(at, at + length))
}

/// Where a tracker is named as a word of its own, not inside another as in `scrollbar`.
fn named_at(text: &str, name: &str) -> Option<usize> {
    text.match_indices(name)
        .map(|(at, _)| at)
        .find(|at| !text[..*at].chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric()))
}

/// Where a file of the component, but for `besides`, imports a package of the same family: `@sentry/node` for
/// `@sentry/nextjs`.
fn imported(cx: &Context<'_>, package: &str, besides: Option<FileId>) -> Option<Place> {
    let module = package.replace('-', "_");
    let family = match package.split_once('/') {
        Some((scope, _)) if scope.starts_with('@') => scope.to_owned(),
        _ if package == "sentry-sdk" => "sentry_sdk".to_owned(),
        _ => module,
    };
    let modules = cx.facts.modules(cx.repo);
    modules.files().filter(|(file, _)| cx.covers(*file) && Some(*file) != besides).find_map(|(file, found)| {
        let import = found.imports.iter().find(|import| {
            let name = import.module.replace('-', "_");
            name.starts_with(&family.replace('-', "_"))
        })?;
        Some(Place::At(file, import.span))
    })
}

/// Whether something calls what takes an error: `posthog.captureException(error)`.
fn hands_errors(cx: &Context<'_>) -> bool {
    let modules = cx.facts.modules(cx.repo);
    modules.files().filter(|(file, _)| cx.covers(*file)).any(|(_, module)| {
        module.calls.iter().any(|call| {
            matches!(
                call.callee.last(),
                "captureException" | "capture_exception" | "setupExpressErrorHandler" | "onRequestError"
            )
        })
    })
}

/// A package that does nothing until the program calls it.
fn is_sdk(name: &str) -> bool {
    name.starts_with("@sentry/") || matches!(name, "sentry-sdk" | "rollbar" | "@bugsnag/js" | "@honeybadger-io/js")
}

fn is_read(cx: &Context<'_>) -> bool {
    let languages = &cx.component.profile.languages;
    ["JavaScript", "TypeScript", "Python"].iter().any(|language| languages.contains_key(language))
}
