//! `deploy-without-tests`: nothing is deployed that the tests of the same run did not pass.

use crate::{
    facts::{
        Fact,
        pipelines::{
            Does, Event, Job, Moment, Pipeline, Shipment, System, Target, has_tests, is_release_branch, shipments,
        },
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
        for shipment in all.iter().filter(|shipment| counts(shipment) && !follows_another(&all, shipment)) {
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

/// Whether a publication only goes on with what an earlier job of the same run has published, and what is said of that
/// job holds for it: a manifest over images that were pushed one by one.
fn follows_another(all: &[Shipment<'_>], shipment: &Shipment<'_>) -> bool {
    let publishes = |shipment: &Shipment<'_>| shipment.act.does == Does::Publish;
    let earlier = shipment.pipeline.before(shipment.job);
    publishes(shipment)
        && all.iter().any(|other| {
            publishes(other)
                && counts(other)
                && other.pipeline.file == shipment.pipeline.file
                && other.job.id != shipment.job.id
                && earlier.iter().any(|job| job.id == other.job.id)
        })
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
    if shipment.act.does == Does::Publish && is_tested_itself(pipeline, job) {
        return Tested::Unknown;
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

/// Whether tests of the same run wait for what `job` publishes, so that they try the very thing.
fn is_tested_itself(pipeline: &Pipeline, job: &Job) -> bool {
    pipeline.jobs.iter().filter(|other| other.id != job.id && has_live_tests(other)).any(|tests| {
        let mut before = pipeline.before(tests).into_iter();
        before.any(|earlier| earlier.id == job.id)
    })
}

fn has_live_tests(job: &Job) -> bool {
    job.off.is_none() && job.does(|act| act.does == Does::Test).is_some()
}

/// The tests of the repository: those of the same pipeline, else those that changes start, before what only a person
/// starts.
fn tests_of<'p>(pipelines: &'p [Pipeline], own: &Pipeline) -> Option<(&'p Pipeline, &'p Job)> {
    let all = pipelines.iter().flat_map(|pipeline| pipeline.jobs.iter().map(move |job| (pipeline, job)));
    all.filter(|(_, job)| has_live_tests(job)).min_by_key(|(pipeline, job)| {
        let changes = job.moments.iter().any(Moment::is_change);
        (pipeline.file != own.file, pipeline.system == System::Github && !changes)
    })
}

/// Whether no branch from which users are served starts `job`: those that are, are told apart by name or left out.
fn is_of_features(pipeline: &Pipeline, job: &Job) -> bool {
    let mut triggers = pipeline.triggers.iter().filter(|trigger| trigger.event == "push").peekable();
    if triggers.peek().is_some() && triggers.all(|trigger| trigger.branches_ignored && trigger.branches.is_none()) {
        return true;
    }
    let mut pushes = job.moments.iter().filter(|moment| moment.event == Event::Push).peekable();
    pushes.peek().is_some()
        && pushes.all(|moment| moment.branch.as_deref().is_some_and(|branch| !is_release_branch(branch)))
}

fn site(pipelines: &[Pipeline], shipment: &Shipment<'_>) -> Site {
    let (pipeline, job) = (shipment.pipeline, shipment.job);
    let publishes = shipment.act.does == Does::Publish;
    let elsewhere = tests_of(pipelines, pipeline);
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
    let before_merge = |tests: &Job| {
        let changes = tests.moments.iter().filter(|moment| moment.is_change());
        changes.clone().next().is_some() && !changes.into_iter().any(|moment| moment.event == Event::Push)
    };
    match (publishes, &elsewhere) {
        // They judged the change before it got to the branch, where the branch demands it.
        (false, Some((other, tests))) if other.file != pipeline.file && before_merge(tests) => {
            site.severity(Severity::Medium)
        }
        (false, _) => site,
        // An image of a feature's branch is for those who develop it.
        (true, _) if is_of_features(pipeline, job) => site.severity(Severity::Low),
        // What is published waits for its users to take it; the tests of the change ran beside it.
        (true, Some((other, _))) if other.file != pipeline.file => site.severity(Severity::Low),
        (true, _) => site.severity(Severity::Medium),
    }
}
