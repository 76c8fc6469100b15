//! `logger-redaction-missing`: the central logger masks what must not be written.

use crate::{
    facts::{
        Fact, Visit, Watch,
        logging::{LoggerSetup, Step},
        side::{Side, side_of},
    },
    model::{Confidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: LoggerRedactionMissing = LoggerRedactionMissing;

pub(in crate::rules) struct LoggerRedactionMissing;

/// How masking is written.
const MASKS: [&str; 15] = [
    "serializers",
    "redact",
    "Redact",
    "REDACT",
    "sanitiz",
    "Sanitiz",
    "SANITIZ",
    "scrub",
    "Scrub",
    "maskSensitive",
    "mask_sensitive",
    "maskFields",
    "sensitiveFields",
    "SENSITIVE",
    "filterSensitive",
];

impl Rule for LoggerRedactionMissing {
    fn id(&self) -> &'static str {
        "logger-redaction-missing"
    }

    fn watch(&self) -> Watch {
        Watch::texts().keywords(&MASKS)
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Logging, Fact::Side]
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if let Some((at, name)) = MASKS.iter().filter_map(|name| Some((file.text.find(name)?, *name))).min() {
            let key = if name == "serializers" { "chosen" } else { "masked" };
            out.note(Place::At(file.file.id, Span::new(at, at + name.len())), Message::new(key));
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let setups = setups(cx);
        let first = setups.iter().find(|(_, setup)| writes_headers(setup)).or_else(|| setups.first());
        let Some((file, setup)) = first.copied().filter(|_| cx.component.kind.is_deployable()) else {
            return Verdict::not_applicable("no-logger");
        };
        let masking = cx.seen.iter().find(|seen| {
            let Some(file) = seen.place.file() else { return false };
            let logs = cx.facts.of(file).is_some_and(|facts| !facts.logging.setups.is_empty());
            logs || cx.repo.file(file).path.as_str().to_ascii_lowercase().contains("log")
        });
        if let Some(masking) = masking {
            return Verdict::pass_at(masking.place.clone(), masking.message.clone());
        }
        let place = Place::At(file, setup.span);
        let say = |key: &'static str| Message::new(key).with("library", setup.library.as_str());
        let site = if writes_headers(setup) {
            Site::new(place, say("headers"))
        } else {
            Site::new(place, say("open")).severity(Severity::Low)
        };
        Verdict::fail(site.confidence(Confidence::Likely), [])
    }
}

/// The loggers that the server makes with a library that can mask.
fn setups<'c>(cx: &'c Context<'_>) -> Vec<(FileId, &'c LoggerSetup)> {
    cx.facts
        .files()
        .filter(|(file, _)| {
            let file = cx.repo.file(*file);
            file.role == Role::Source && cx.covers(file.id) && side_of(cx.repo, cx.facts, file).side != Side::Client
        })
        .flat_map(|(file, facts)| facts.logging.setups.iter().map(move |setup| (file, setup)))
        .filter(|(_, setup)| {
            let central = matches!(setup.step, Step::Make | Step::Configure);
            let known = matches!(
                setup.library.as_str(),
                "pino" | "pino-http" | "nestjs-pino" | "winston" | "nest-winston" | "structlog"
            );
            central && known
        })
        .collect()
}

/// Middleware that writes every request with its headers unless told otherwise.
fn writes_headers(setup: &LoggerSetup) -> bool {
    matches!(setup.library.as_str(), "pino-http" | "nestjs-pino")
}
