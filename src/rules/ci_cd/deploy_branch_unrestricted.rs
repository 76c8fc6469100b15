//! `deploy-branch-unrestricted`: only chosen branches deploy to production or publish.

use crate::{
    facts::{
        Fact,
        pipelines::{Does, Event, Moment, Shipment, System, Target, shipments},
    },
    model::{Confidence, Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DeployBranchUnrestricted = DeployBranchUnrestricted;

pub(in crate::rules) struct DeployBranchUnrestricted;

impl Rule for DeployBranchUnrestricted {
    fn id(&self) -> &'static str {
        "deploy-branch-unrestricted"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let all = shipments(cx.facts.pipelines(cx.repo));
        for shipment in all.iter().filter(|shipment| counts(shipment)) {
            let (pipeline, job) = (shipment.pipeline, shipment.job);
            let moments = job.moments_of(&shipment.act);
            if let Some(open) = moments.iter().find(|moment| is_open(moment)) {
                let key =
                    if open.event == Event::PullRequest { Message::new("requests") } else { Message::new("branches") };
                let message = key.with("job", job.label()).with("tool", shipment.act.tool.as_str());
                let place = pipeline.place(job.key_span);
                let site = Site::new(place, message).related(pipeline.place(shipment.act.span), "ships");
                sites.push(if shipment.act.by_name { site.confidence(Confidence::Likely) } else { site });
                continue;
            }
            let branches: Vec<&str> = moments.iter().filter_map(|moment| moment.branch.as_deref()).collect();
            let place = job.condition.as_ref().map_or(pipeline.triggers_at, |condition| Some(condition.span));
            let note = match branches.as_slice() {
                [] => Message::new("chosen").with("job", job.label()),
                names => Message::new("branch").with("job", job.label()).with("branches", names.join(", ")),
            };
            fine.push(Evidence::At { place: pipeline.place(place.unwrap_or(job.key_span)), note });
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-deployment")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-deployment")).also_fine(fine).sites(total, ok)
    }
}

/// Ships to users, where the conditions can be read, and without an environment whose branch policy is a setting.
fn counts(shipment: &Shipment<'_>) -> bool {
    let ships = match shipment.act.does {
        Does::Deploy(_) => shipment.target == Target::Production,
        // Whether an image is pushed is often an input of the step.
        Does::Publish => !shipment.act.tool.contains("build-push-action") && !shipment.act.tool.contains("bake-action"),
        _ => false,
    };
    let gated = shipment.job.environment_of().is_some() || shipment.job.manual.is_some();
    ships && !gated && !matches!(shipment.pipeline.system, System::Other(_)) && !shipment.job.moments.is_empty()
}

fn is_open(moment: &Moment) -> bool {
    moment.is_any_branch() || moment.event == Event::PullRequest
}
