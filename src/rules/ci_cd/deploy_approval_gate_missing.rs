//! `deploy-approval-gate-missing`: somebody or something agrees before a push goes to production.

use crate::{
    facts::{
        Fact,
        pipelines::{Does, Event, Shipment, System, Target, is_release_branch, shipments},
    },
    model::{Confidence, Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DeployApprovalGateMissing = DeployApprovalGateMissing;

pub(in crate::rules) struct DeployApprovalGateMissing;

impl Rule for DeployApprovalGateMissing {
    fn id(&self) -> &'static str {
        "deploy-approval-gate-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let all = shipments(cx.facts.pipelines(cx.repo));
        let production = |shipment: &&Shipment<'_>| {
            matches!(shipment.act.does, Does::Deploy(_)) && shipment.target == Target::Production
        };
        for shipment in all.iter().filter(production) {
            match gate(shipment) {
                Some(evidence) => fine.push(evidence),
                None if !matches!(shipment.pipeline.system, System::Other(_)) => sites.push(site(shipment)),
                None => {}
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-deployment")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-deployment")).also_fine(fine).sites(total, ok)
    }
}

/// What a person has to agree to, or start.
fn gate(shipment: &Shipment<'_>) -> Option<Evidence> {
    let (pipeline, job) = (shipment.pipeline, shipment.job);
    let at = |span, note: Message| Some(Evidence::At { place: pipeline.place(span), note });
    if let Some(manual) = job.manual {
        return at(manual, Message::new("manual").with("job", job.label()));
    }
    for earlier in pipeline.before(job) {
        if let Some(environment) = earlier.environment_of() {
            let place = if earlier.environment.is_some() { environment.span } else { earlier.key_span };
            return at(
                place,
                Message::new("environment").with("job", earlier.label()).with("name", environment.name.as_str()),
            );
        }
        if let Some(manual) = earlier.manual {
            return at(manual, Message::new("manual").with("job", earlier.label()));
        }
    }
    let by_person = |event: Event| matches!(event, Event::Manual | Event::Tag | Event::Release | Event::Call);
    if job.moments.iter().all(|moment| by_person(moment.event)) {
        return at(pipeline.triggers_at.unwrap_or(job.key_span), Message::new("by-person").with("job", job.label()));
    }
    None
}

fn site(shipment: &Shipment<'_>) -> Site {
    let (pipeline, job) = (shipment.pipeline, shipment.job);
    let branch =
        job.moments.iter().filter(|moment| moment.event == Event::Push).find_map(|moment| moment.branch.as_deref());
    let message = match branch {
        Some(branch) => Message::new("missing").with("job", job.label()).with("branch", branch),
        None => Message::new("missing-any").with("job", job.label()),
    };
    let named = matches!(shipment.act.does, Does::Deploy(Target::Production));
    let site = Site::new(pipeline.place(job.key_span), message.with("tool", shipment.act.tool.as_str()))
        .related(pipeline.place(shipment.act.span), "deploy");
    // Taken for production because of its branch alone.
    if named && branch.is_none_or(is_release_branch) && !shipment.act.by_name {
        site
    } else {
        site.confidence(Confidence::Likely)
    }
}
