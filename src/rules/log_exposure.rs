//! What the rules on log lines have in common: one call is one finding, of the rule that names the worst of it.

use crate::{
    code::Language,
    facts::{
        Facts,
        logging::{Exposed, Exposure, Guard, LogCall, Occasion, Sink},
        side::{Side, side_of},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::Context,
};

/// Calls with masked values that a verdict names.
const SHOWN: usize = 5;

/// The verdict on the log calls whose worst exposure is of kind `what`; `mild` is the severity of what is written on
/// demand only.
pub(in crate::rules) fn judged(cx: &Context<'_>, what: Exposed, mild: Severity) -> Verdict {
    let redacted = redacted(cx.facts);
    // A filter that rewrites every message takes out what belongs to people; what else it knows, nobody can tell.
    let scrubbed = what == Exposed::Person && cx.facts.files().any(|(_, facts)| facts.logging.scrubs);
    let (mut sites, mut masked, mut calls) = (Vec::new(), Vec::new(), 0);
    for (id, facts) in cx.facts.files() {
        let file = cx.repo.file(id);
        let tool = cx.repo.component(file.component).kind == ComponentKind::Cli;
        if file.role != Role::Source || tool {
            continue;
        }
        calls += facts.logging.calls.len();
        for call in &facts.logging.calls {
            let logger = matches!(call.sink, Sink::Logger { .. });
            let in_python = file.language == Some(Language::Python);
            let (hidden, open): (Vec<&Exposure>, Vec<&Exposure>) = call.exposes.iter().partition(|exposure| {
                let scrubbed = scrubbed && exposure.what == Exposed::Person && in_python;
                logger && (scrubbed || redacted.contains(&exposure.key))
            });
            let worst = open.iter().map(|exposure| exposure.what).min();
            // What a command prints, the one who ran it reads.
            let told = !logger && matches!(call.occasion, Occasion::CommandLine | Occasion::MainBlock);
            if told {
                continue;
            }
            if worst == Some(what) && call.guard == Guard::None {
                let client = call.in_effect || side_of(cx.repo, cx.facts, file).side == Side::Client;
                let names: Vec<&Exposure> = open.into_iter().filter(|exposure| exposure.what == what).collect();
                sites.push(site(id, call, &names, client, mild));
            } else if let Some(exposure) = hidden.iter().find(|exposure| exposure.what == what) {
                let note = Message::new("masked").with("name", exposure.text.as_str());
                masked.push(Evidence::At { place: Place::At(id, call.span), note });
            }
        }
    }
    if calls == 0 {
        return Verdict::not_applicable("no-logs");
    }
    masked.truncate(SHOWN);
    let detail = Message::new("detail").count("bad", sites.len()).count("n", calls);
    let failed = !sites.is_empty();
    let verdict = Verdict::fail_or(sites, || Verdict::pass(cx.searched("searched", calls), masked.clone()));
    if failed { verdict.detail(detail) } else { verdict }
}

fn site(file: FileId, call: &LogCall, exposures: &[&Exposure], client: bool, mild: Severity) -> Site {
    let names: Vec<String> = exposures.iter().take(3).map(|exposure| format!("`{}`", exposure.text)).collect();
    let say = |key: &'static str| Message::new(key).with("names", names.join(", "));
    // A call can have many lines; the reader must look at the value.
    let place = Place::At(file, exposures.first().map_or(call.span, |exposure| exposure.span));
    let site = if client {
        Site::new(place, say("client")).severity(Severity::Low)
    } else if exposures.iter().all(|exposure| exposure.refused) {
        Site::new(place, say("refused")).severity(Severity::Low)
    } else if matches!(call.method.as_str(), "debug" | "trace" | "verbose" | "silly") {
        Site::new(place, say("debug")).severity(mild)
    } else {
        Site::new(place, say("logged"))
    };
    site.confidence(Confidence::Likely)
}

/// The keys that loggers of this repository mask.
fn redacted(facts: &Facts) -> Vec<String> {
    facts.files().flat_map(|(_, facts)| facts.logging.redacted.iter().cloned()).collect()
}
