//! `readiness plan`: an audit as phases of work.

use readiness::{
    plan::{
        Calendar, plan,
        write::{Form, Options, json, write},
    },
    report::Report,
};

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
    let report = document::audit(&args.document)?.report;
    let plan = plan(&report, &older, Calendar { start: args.start, hours_per_day: args.hours_per_day });
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
