//! `sql-definer-function-exposed`: a function that runs with its owner's rights is not open to everybody.

use crate::{
    facts::{
        Fact,
        tables::{self, RoutineState},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SqlDefinerFunctionExposed = SqlDefinerFunctionExposed;

pub(in crate::rules) struct SqlDefinerFunctionExposed;

impl Rule for SqlDefinerFunctionExposed {
    fn id(&self) -> &'static str {
        "sql-definer-function-exposed"
    }

    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        let exposures = tables::exposures(cx.repo);
        if exposures.is_empty() {
            return Verdict::not_applicable("not-exposed");
        }
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for exposure in &exposures {
            let functions = exposure.histories(all).flat_map(|history| history.schema.functions.values());
            for state in functions.filter(|state| exposure.covers(state.function.name.schema.as_deref())) {
                match judge(state) {
                    Some(Judged::Bad(site)) => sites.push(site),
                    Some(Judged::Fine(evidence)) => fine.push(evidence),
                    None => {}
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

enum Judged {
    Bad(Site),
    Fine(Evidence),
}

fn judge(state: &RoutineState) -> Option<Judged> {
    let function = &state.function;
    // A trigger function cannot be called from outside.
    let definer = function.definer.filter(|_| !function.returns_trigger)?;
    let place = Place::At(state.file, definer);
    let say = |key: &'static str| Message::new(key).with("function", function.name.name.as_str());
    let fine = |key| Some(Judged::Fine(Evidence::At { place: place.clone(), note: say(key) }));
    if state.revoked {
        return fine("revoked");
    }
    let site = |key| Site::new(place.clone(), say(key)).key(function.name.name.clone());
    if let Some(span) = function.executes_argument {
        let site = site("executes").related(Place::At(state.file, span), say("here"));
        return Some(Judged::Bad(if function.asks_caller { site.confidence(Confidence::Likely) } else { site }));
    }
    if function.asks_caller {
        return fine("asks");
    }
    if function.search_path {
        return fine("search-path");
    }
    let severity = if function.writes { Severity::High } else { Severity::Medium };
    let key = if function.writes { "writes" } else { "reads" };
    Some(Judged::Bad(site(key).severity(severity).confidence(Confidence::Likely)))
}
