//! `ci-deploy-staging-missing`: what goes to production was deployed somewhere else first.

use crate::{
    facts::{
        Fact,
        pipelines::{Does, Pipeline, System, Target, shipments},
    },
    model::{Confidence, Evidence, Message, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CiDeployStagingMissing = CiDeployStagingMissing;

pub(in crate::rules) struct CiDeployStagingMissing;

impl Rule for CiDeployStagingMissing {
    fn id(&self) -> &'static str {
        "ci-deploy-staging-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let pipelines = cx.facts.pipelines(cx.repo);
        let all = shipments(pipelines);
        let production: Vec<_> = all
            .iter()
            .filter(|shipment| matches!(shipment.act.does, Does::Deploy(_)) && shipment.target == Target::Production)
            .filter(|shipment| !matches!(shipment.pipeline.system, System::Other(_)))
            .collect();
        let mut earlier: Vec<Evidence> = pipelines.iter().flat_map(rehearsals).take(5).collect();
        earlier.extend(all.iter().filter(|shipment| shipment.target == Target::Staging).map(|shipment| {
            let note = Message::new("staged").with("job", shipment.job.label());
            Evidence::At { place: shipment.pipeline.place(shipment.act.span), note }
        }));
        if production.is_empty() && earlier.is_empty() {
            return Verdict::not_applicable("no-deployment");
        }
        Verdict::pass_or(earlier, || {
            // A platform connected to the repository deploys branches and pull requests by itself.
            let platform =
                ["vercel.json", "netlify.toml", "render.yaml", "railway.json", "railway.toml", "amplify.yml"];
            let connected =
                |file: &crate::repo::File| file.kind == FileKind::Platform && platform.contains(&file.name());
            if cx.repo.files().iter().any(connected) {
                return Verdict::unknown("platform");
            }
            let sites = production.iter().map(|shipment| {
                let message = Message::new("missing").with("job", shipment.job.label());
                Site::new(shipment.pipeline.place(shipment.job.key_span), message).confidence(Confidence::Likely)
            });
            Verdict::fail_or(sites.take(1).collect(), || Verdict::not_applicable("no-deployment"))
        })
    }
}

/// Deployments to staging and previews.
fn rehearsals(pipeline: &Pipeline) -> Vec<Evidence> {
    let jobs = pipeline.jobs.iter().filter(|job| job.off.is_none());
    jobs.flat_map(|job| {
        let acts =
            job.acts().into_iter().filter(|act| matches!(act.does, Does::Deploy(Target::Staging | Target::Preview)));
        acts.map(|act| {
            let note = Message::new("staged").with("job", job.label());
            Evidence::At { place: pipeline.place(act.span), note }
        })
        .collect::<Vec<_>>()
    })
    .collect()
}
