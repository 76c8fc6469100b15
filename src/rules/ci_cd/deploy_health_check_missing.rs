//! `deploy-health-check-missing`: after a deployment the pipeline asks whether the service is up.

use crate::{
    facts::{
        Fact,
        pipelines::{Does, Job, Pipeline, Shipment, System, Target, shipments},
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DeployHealthCheckMissing = DeployHealthCheckMissing;

pub(in crate::rules) struct DeployHealthCheckMissing;

/// Tools and actions that wait for the platform's own health checks, or that deploy nothing that answers requests.
const GATED: &[&str] = &[
    "fly",
    "flyctl",
    "kamal",
    "gcloud",
    "railway",
    "render",
    "copilot",
    "eb",
    "heroku",
    "terraform",
    "tofu",
    "terragrunt",
    "pulumi",
    "cdk",
    "sam",
    "serverless",
    "sls",
    "sst",
    "argocd",
    "firebase",
    "wrangler",
    "skaffold",
    "convex",
    "zappa",
    "google-github-actions",
    "superfly",
    "beanstalk",
    "wrangler-action",
    "netlify",
    "action-hosting-deploy",
    "static-web-apps",
];

impl Rule for DeployHealthCheckMissing {
    fn id(&self) -> &'static str {
        "deploy-health-check-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine, mut gated, mut lost) = (Vec::new(), Vec::new(), 0, 0);
        let all = shipments(cx.facts.pipelines(cx.repo));
        let production = |shipment: &&Shipment<'_>| {
            matches!(shipment.act.does, Does::Deploy(_)) && shipment.target == Target::Production
        };
        for shipment in
            all.iter().filter(production).filter(|shipment| !matches!(shipment.pipeline.system, System::Other(_)))
        {
            let (pipeline, job) = (shipment.pipeline, shipment.job);
            if let Some((span, tool)) = checked(cx, pipeline, job) {
                let note = Message::new("checked").with("tool", tool);
                fine.push(Evidence::At { place: pipeline.place(span), note });
            } else if job.does(|act| act.does == Does::HealthCheck).is_some() {
                lost += 1;
            } else if waits(cx, shipment) || job.is_opaque() {
                gated += 1;
            } else {
                let message = Message::new("missing").with("job", job.label()).with("tool", shipment.act.tool.as_str());
                sites.push(Site::new(pipeline.place(shipment.act.span), message).confidence(Confidence::Likely));
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let reason = match (lost, gated) {
            (1.., _) => "cannot-fail",
            (_, 1..) => "platform",
            _ => "no-deployment",
        };
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable(reason)).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable(reason)).also_fine(fine).sites(total, ok)
    }
}

/// A probe or a test behind the deployment: in the job, or in one that needs it.
fn checked(cx: &Context<'_>, pipeline: &Pipeline, job: &Job) -> Option<(crate::model::Span, String)> {
    let own = job.acts().into_iter().find(|act| act.does == Does::HealthCheck && act.swallowed.is_none());
    let behind = pipeline
        .jobs
        .iter()
        .filter(|other| other.needs.iter().any(|need| need.text == job.id))
        .find_map(|other| other.does(|act| matches!(act.does, Does::HealthCheck | Does::Test)));
    if let Some(act) = own.or(behind) {
        return Some((act.span, act.tool));
    }
    // A step says that it checks, with a command that can.
    let text = cx.repo.read(pipeline.file).ok()?;
    let steps =
        pipeline.jobs.iter().filter(|other| other.id == job.id || other.needs.iter().any(|need| need.text == job.id));
    let probe =
        |name: &str| ["health", "smoke", "verify deployment", "wait for"].iter().any(|word| name.contains(word));
    steps.flat_map(|job| &job.steps).find_map(|step| {
        let name = step.name.as_ref()?.to_ascii_lowercase();
        let body = text.get(step.span.range())?;
        let asks = ["curl", "wget", "http", "wait-on", "rollout status"].iter().any(|word| body.contains(word));
        (probe(&name) && asks && step.tolerated.is_none() && step.acts.iter().all(|act| act.swallowed.is_none()))
            .then(|| (step.span, name.clone()))
    })
}

/// The deployment itself ends only when what it started is healthy.
fn waits(cx: &Context<'_>, shipment: &Shipment<'_>) -> bool {
    let tool = shipment.act.tool.as_str();
    let text = cx.repo.read(shipment.pipeline.file).unwrap_or_else(|_| "".into());
    // A function answers no probe.
    if text.get(shipment.act.span.range()).is_some_and(|command| command.contains("lambda")) || tool.contains("netlify")
    {
        return true;
    }
    if GATED.iter().any(|known| tool == *known || tool.split('/').any(|part| part == *known) || tool.contains("azure"))
    {
        return true;
    }
    let called = shipment.act.at.as_ref().and_then(Place::file).filter(|file| *file != shipment.pipeline.file);
    let called = called.and_then(|file| cx.repo.read(file).ok());
    let body = text.get(shipment.job.span.range()).unwrap_or_default();
    ["--wait", "--atomic", "wait-for-service-stability: true", "services-stable", "--rollback-on-failure"]
        .iter()
        .any(|word| body.contains(word) || called.as_ref().is_some_and(|text| text.contains(word)))
}
