//! `deploy-without-tests`: nothing is deployed that the tests of the same run did not pass.

use crate::{
    facts::{
        Fact,
        pipelines::{Does, Event, Job, Pipeline, Shipment, System, Target, has_tests, shipments},
    },
    model::{Confidence, Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DeployWithoutTests = DeployWithoutTests;

pub(in crate::rules) struct DeployWithoutTests;

impl Rule for DeployWithoutTests {
    fn id(&self) -> &'static str {
        "deploy-without-tests"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let pipelines = cx.facts.pipelines(cx.repo);
        if !has_tests(cx.repo, cx.facts.commands(cx.repo)) {
            return Verdict::not_applicable("no-tests");
        }
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let all = shipments(pipelines);
        for shipment in all.iter().filter(|shipment| counts(shipment)) {
            match tested(pipelines, shipment) {
                Tested::Yes(evidence) => fine.push(evidence),
                Tested::No => sites.push(site(pipelines, shipment)),
                Tested::Unknown => {}
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-deployment")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-deployment")).also_fine(fine).sites(total, ok)
    }
}

/// Starts by itself when a branch moves; what a person or a tag starts ships a version that was tested before.
fn counts(shipment: &Shipment<'_>) -> bool {
    let by_push = |job: &Job| job.moments.iter().any(|moment| matches!(moment.event, Event::Push | Event::WorkflowRun));
    !matches!(shipment.pipeline.system, System::Other(_))
        && by_push(shipment.job)
        && shipment.job.manual.is_none()
        && shipment.target != Target::Staging
}

enum Tested {
    Yes(Evidence),
    No,
    Unknown,
}

fn tested(pipelines: &[Pipeline], shipment: &Shipment<'_>) -> Tested {
    let (pipeline, job) = (shipment.pipeline, shipment.job);
    for earlier in pipeline.before(job) {
        if let Some(test) = earlier.does(|act| act.does == Does::Test) {
            let note = Message::new("tested").with("job", job.label()).with("tests", earlier.label());
            let place = if earlier.id == job.id { test.span } else { job.needs_at.unwrap_or(job.key_span) };
            return Tested::Yes(Evidence::At { place: pipeline.place(place), note });
        }
        if earlier.is_opaque() {
            return Tested::Unknown;
        }
    }
    for trigger in pipeline.triggers.iter().filter(|trigger| trigger.event == "workflow_run") {
        for name in &trigger.workflows {
            let waited = pipelines.iter().find(|other| other.name.as_deref() == Some(name));
            match waited {
                Some(other) if other.jobs.iter().any(|job| job.does(|act| act.does == Does::Test).is_some()) => {
                    let note = Message::new("waits").with("job", job.label()).with("workflow", name.as_str());
                    return Tested::Yes(Evidence::At { place: pipeline.place(trigger.span), note });
                }
                Some(_) => {}
                None => return Tested::Unknown,
            }
        }
    }
    Tested::No
}

fn site(pipelines: &[Pipeline], shipment: &Shipment<'_>) -> Site {
    let (pipeline, job) = (shipment.pipeline, shipment.job);
    let publishes = shipment.act.does == Does::Publish;
    let elsewhere = pipelines.iter().find_map(|other| {
        let tests =
            other.jobs.iter().find(|job| job.off.is_none() && job.does(|act| act.does == Does::Test).is_some())?;
        Some((other, tests))
    });
    let message = match (&elsewhere, publishes) {
        (Some((other, _)), _) if other.file == pipeline.file => Message::new("not-needed"),
        (Some(_), _) => Message::new("elsewhere"),
        (None, false) => Message::new("nowhere"),
        (None, true) => Message::new("nowhere-published"),
    };
    let place = job.needs_at.unwrap_or(job.key_span);
    let tests = elsewhere.as_ref().map(|(_, tests)| tests.label()).unwrap_or_default();
    let message = message.with("job", job.label()).with("tests", tests).with("tool", shipment.act.tool.as_str());
    let mut site = Site::new(pipeline.place(place), message).related(pipeline.place(shipment.act.span), "ships");
    if let Some((other, tests)) = &elsewhere {
        site = site.related(other.place(tests.key_span), "tests");
        // A protected branch may demand those tests before it moves; the repository does not tell.
        if other.file != pipeline.file {
            site = site.confidence(Confidence::Likely);
        }
    }
    match (publishes, &elsewhere) {
        (false, _) => site,
        // What is published waits for its users to take it; the tests of the change ran beside it.
        (true, Some((other, _))) if other.file != pipeline.file => site.severity(Severity::Low),
        (true, _) => site.severity(Severity::Medium),
    }
}
