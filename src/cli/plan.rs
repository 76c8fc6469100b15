//! `readiness plan`: an audit as phases of work.

use std::fs;

use readiness::{
    plan::{
        Calendar, Links, plan,
        write::{Form, Options, json, write},
    },
    report::Report,
};

use camino::Utf8Path;

use super::{
    Outcome,
    args::{PlanArgs, PlanFormat, PlanTemplate},
    document,
    exit::{Exit, Failure},
    output::{print, reason},
};

pub(super) fn run(args: &PlanArgs) -> Outcome {
    // A wrong file is said before the work begins.
    let older = args.older.iter().map(|path| document::older(path)).collect::<Result<Vec<Report>, Failure>>()?;
    let links = args.link_map.as_deref().map(links).transpose()?;
    let report = document::audit(&args.document)?.report;
    let mut plan = plan(&report, &older, Calendar { start: args.start, hours_per_day: args.hours_per_day });
    if let Some(links) = &links {
        // The report knows the team's rules that were asked.
        let unknown =
            links.rules().find(|rule| report.rule(rule).is_none() && readiness::catalogue().get(rule).is_none());
        if let (Some(rule), Some(path)) = (unknown, &args.link_map) {
            return Err(Failure::usage(format!("`{path}` links `{rule}`, and there is no such rule"))
                .help("`readiness rules` lists them all"));
        }
        plan.link(links);
    }
    let options = Options { date: super::variables::dated(args.document.date)?.map(|date| date.to_string()) };
    let mut bytes = Vec::new();
    let written = match (args.format, args.template) {
        (PlanFormat::Json, _) => json(&plan, &mut bytes),
        (PlanFormat::Issues, _) => write(&plan, Form::Issues, &options, &mut bytes),
        (PlanFormat::Markdown, PlanTemplate::Plan) => write(&plan, Form::Phases, &options, &mut bytes),
        (PlanFormat::Markdown, PlanTemplate::Sprint) => write(&plan, Form::Sprint, &options, &mut bytes),
    };
    written.map_err(|error| Failure::unusable(format!("cannot write the plan: {}", reason(&error))))?;
    print(&bytes)?;
    Ok(Exit::Holds)
}

/// No file of links is larger.
const MAX_BYTES: u64 = 16 << 20;

fn links(path: &Utf8Path) -> Result<Links, Failure> {
    let cannot = |why: &str| Failure::usage(format!("cannot use `{path}` as a file of links: {why}"));
    let metadata = fs::metadata(path).map_err(|error| cannot(&reason(&error)))?;
    if !metadata.is_file() {
        return Err(cannot("it is no file"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(cannot("it is too large"));
    }
    let text = fs::read_to_string(path).map_err(|error| cannot(&reason(&error)))?;
    Links::parse(&text)
        .map_err(|error: String| cannot(&error).help("it has `[rules]` by id and `[findings]` by fingerprint"))
}
