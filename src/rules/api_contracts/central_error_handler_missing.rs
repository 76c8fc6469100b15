//! `central-error-handler-missing`: what no handler caught is logged and answered in one place.

use crate::{
    facts::{
        Fact,
        modules::{Function, ModuleFacts, Root},
    },
    model::{Confidence, FileId, Place, Severity, Site, Span, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CentralErrorHandlerMissing = CentralErrorHandlerMissing;

pub(in crate::rules) struct CentralErrorHandlerMissing;

/// Fewer registrations are a probe, or the beginning of something.
const FEW: usize = 3;

/// Packages that are such a handler.
const HANDLERS: &[&str] = &[
    "errorhandler",
    "express-error-handler",
    "strong-error-handler",
    "http-problem-details-middleware",
    "express-http-problem-details",
    "api-error-handler",
    "express-async-handler-error",
];

impl Rule for CentralErrorHandlerMissing {
    fn id(&self) -> &'static str {
        "central-error-handler-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let own: Vec<(FileId, &ModuleFacts)> = sources(cx).filter(|(file, _)| cx.covers(*file)).collect();
        // The server with the most to say is the one that people mean.
        let express = own
            .iter()
            .filter_map(|(file, module)| Some((registrations(module), Place::At(*file, made(module, "express")?))))
            .filter(|(count, _)| *count >= FEW)
            .max_by_key(|(count, _)| *count)
            .map(|(_, place)| place);
        let fastify = own.iter().find_map(|(file, module)| made(module, "fastify").map(|span| Place::At(*file, span)));
        let listens = own.iter().any(|(_, module)| module.calls.iter().any(|call| call.callee.last() == "listen"));
        // Nest stands on Express and brings a handler of its own.
        let nest = own.iter().any(|(_, module)| module.imports.iter().any(|import| import.module == "@nestjs/core"));
        if !listens || nest || express.is_none() && fastify.is_none() {
            return Verdict::not_applicable("no-server");
        }
        if let Some(place) = express {
            return of_express(cx, &own, place);
        }
        let set = own.iter().find_map(|(file, module)| {
            let call = module.calls.iter().find(|call| call.callee.last() == "setErrorHandler")?;
            Some(Place::At(*file, call.span))
        });
        match (set, fastify) {
            (Some(place), _) => Verdict::pass_at(place, "handler"),
            (None, Some(place)) => {
                Verdict::fail(Site::new(place, "fastify").severity(Severity::Low).confidence(Confidence::Likely), [])
            }
            (None, None) => Verdict::not_applicable("no-server"),
        }
    }
}

fn of_express(cx: &Context<'_>, own: &[(FileId, &ModuleFacts)], place: Place) -> Verdict {
    let handler = |(file, module): (FileId, &ModuleFacts)| {
        let function = module.functions.iter().find(|function| handles_errors(function));
        let package = module.imports.iter().find(|import| HANDLERS.contains(&import.module.as_str()));
        let span = function.map(|function| function.span).or_else(|| package.map(|import| import.span))?;
        Some(Place::At(file, span))
    };
    if let Some(found) = own.iter().copied().find_map(handler) {
        return Verdict::pass_at(found, "handler");
    }
    // A package of the workspace may bring it.
    if sources(cx).filter(|(file, _)| !cx.covers(*file)).any(|found| handler(found).is_some()) {
        return Verdict::unknown("elsewhere");
    }
    // The server's own file answers for what its routes throw.
    let answers = place.file().and_then(|file| cx.repo.read(file).ok()).is_some_and(|text| {
        text.match_indices("catch (").any(|(at, _)| {
            let body: String = text[at..].chars().take(200).collect();
            body.contains("status(500)")
        })
    });
    if answers {
        let site = Site::new(place, "caught").severity(Severity::Low).confidence(Confidence::Likely);
        return Verdict::fail(site, []);
    }
    Verdict::fail(Site::new(place, "express").confidence(Confidence::Likely), [])
}

fn sources<'c>(cx: &Context<'c>) -> impl Iterator<Item = (FileId, &'c ModuleFacts)> {
    let repo = cx.repo;
    let files = cx.facts.files().map(|(file, facts)| (file, &facts.modules));
    files.filter(move |(file, _)| repo.file(*file).role == Role::Source)
}

/// Where a server of `package` is made: `express()`, `Fastify({ … })`.
fn made(module: &ModuleFacts, package: &str) -> Option<Span> {
    let makes = module.calls.iter().find(|call| {
        call.callee.members.is_empty()
            && matches!(&call.callee.root, Root::Import { module, imported } if module == package && matches!(imported.as_str(), "default" | "*" | "fastify"))
    });
    makes.map(|call| call.span)
}

/// How many routes and middlewares a file registers.
fn registrations(module: &ModuleFacts) -> usize {
    module.calls.iter().filter(|call| matches!(call.callee.last(), "use" | "get" | "post" | "put" | "patch")).count()
}

/// Express tells a handler of errors by its four parameters.
fn handles_errors(function: &Function) -> bool {
    let first = function.parameters.first().map_or("", |parameter| parameter.name.as_str()).trim_start_matches('_');
    let plain = first.to_ascii_lowercase();
    function.parameters.len() == 4
        && (matches!(plain.as_str(), "e" | "ex") || ["err", "exception"].iter().any(|word| plain.contains(word)))
}
