//! `compose-prod-profile-missing`: what is deployed with Compose is not what a developer starts.

use crate::{
    facts::{
        Fact,
        compose::{Project, Service, Sign, Stage, made_for_development, projects},
        deployment::is_deploy_name,
        tier::{self, Tier},
    },
    model::{Confidence, Evidence, Message, Place, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ComposeProdProfileMissing = ComposeProdProfileMissing;

pub(in crate::rules) struct ComposeProdProfileMissing;

impl Rule for ComposeProdProfileMissing {
    fn id(&self) -> &'static str {
        "compose-prod-profile-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = projects(cx.repo, cx.facts);
        let deployed: Vec<(&Project<'_>, Place)> = all.iter().filter_map(|it| Some((it, deployed(it)?))).collect();
        let (mut sites, mut fine) = (named_for_development(cx, &all), Vec::new());
        for (project, place) in deployed {
            let files = project.title();
            match made_for_development(project) {
                Some(Sign { place: Some(sign), what }) if project.sign.what == "command" => {
                    let message = Message::new(of_sign(what)).with("files", files.as_str());
                    let site = Site::new(place, message).confidence(Confidence::Likely).key(files);
                    sites.push(site.related(sign, "sign"));
                }
                _ => fine.push(Evidence::At { place, note: Message::new("production").with("files", files) }),
            }
        }
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("not-deployed")))
            .also_fine(fine)
    }
}

/// Scripts and jobs that deploy a project whose own name says that it is for development.
fn named_for_development(cx: &Context<'_>, all: &[Project<'_>]) -> Vec<Site> {
    let deploying = cx.facts.compose_starts(cx.repo).iter().filter(|start| {
        let names_stage = matches!(tier::of_name(&start.name), Tier::Development | Tier::Staging);
        start.stage.is_some() && start.subcommand == "up" && is_deploy_name(&start.name) && !names_stage
    });
    deploying
        .filter_map(|start| {
            let project = all.iter().find(|project| {
                let files = project.files.iter().map(|file| file.id);
                files.eq(start.files.iter().copied()) && project.applications().next().is_some()
            })?;
            let named = project.stage == Stage::Development && project.sign.what == "file name";
            let sign = project.sign.place.clone().filter(|_| named)?;
            let message = Message::new("named").with("files", project.title());
            let site = Site::new(start.place.clone(), message).confidence(Confidence::Likely).key(project.title());
            Some(site.related(sign, "sign"))
        })
        .collect()
}

/// What shows that a project is started for production: a name, a folder, a variable, or the command that starts it.
fn deployed(project: &Project<'_>) -> Option<Place> {
    let whole = project.complete && project.applications().next().is_some();
    let served = project.stage == Stage::Production && whole;
    let by_profile = || {
        let runs = |service: &&Service<'_>| project.stage_of(service) == Stage::Production;
        project.services.iter().find(runs).filter(|service| !service.profiles().is_empty()).map(Service::place)
    };
    if served { project.sign.place.clone().or_else(by_profile) } else { whole.then(by_profile).flatten() }
}

fn of_sign(what: &str) -> &'static str {
    match what {
        "environment" => "environment",
        _ => "sources",
    }
}
