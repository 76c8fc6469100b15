//! `deploy-rollback-missing`: an earlier version can be brought back.
//!
//! Platforms and clusters keep earlier versions themselves. The finding is for what deploys by its own means and
//! overwrites what ran before.

use crate::{
    facts::{
        Fact,
        deployment::{self, DeployWay},
        documents, rollout,
    },
    model::{Confidence, Evidence, Message, Site, Verdict},
    repo::File,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DeployRollbackMissing = DeployRollbackMissing;

pub(in crate::rules) struct DeployRollbackMissing;

impl Rule for DeployRollbackMissing {
    fn id(&self) -> &'static str {
        "deploy-rollback-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.repo.components().iter().any(|component| component.kind.is_deployable()) {
            return Verdict::not_applicable("nothing-deployed");
        }
        let ways = deployment::ways(cx.repo, cx.facts.commands(cx.repo));
        if ways.is_empty() {
            return Verdict::not_applicable("no-way");
        }
        Verdict::pass_or(evidence(cx, &ways), || without(cx, &ways))
    }
}

fn evidence(cx: &Context<'_>, ways: &[DeployWay]) -> Vec<Evidence> {
    let commands = cx.facts.commands(cx.repo);
    let mut found: Vec<Evidence> = rollout::ways_back(cx.repo, commands)
        .into_iter()
        .map(|place| Evidence::At { place, note: Message::new("back") })
        .collect();
    found.extend(ways.iter().filter(|way| rollout::keeps_versions(way)).take(1).map(|way| Evidence::At {
        place: way.place.clone(),
        note: Message::new("platform").with("platform", way.kind),
    }));
    found.extend(
        rollout::image_names(cx.repo, commands)
            .versioned
            .into_iter()
            .take(1)
            .map(|place| Evidence::At { place, note: Message::new("versioned") }),
    );
    if found.is_empty() {
        let said =
            |text: &str| ["rollback", "roll back", "rolling back", "откат"].iter().any(|word| text.contains(word));
        found.extend(documents::heading(cx.repo, said).map(|heading| Evidence::At {
            place: heading.place,
            note: Message::new("documented").with("heading", heading.text),
        }));
    }
    found
}

/// A script or a job of the repository deploys, and nothing says what it replaces.
fn without(cx: &Context<'_>, ways: &[DeployWay]) -> Verdict {
    let commands = cx.facts.commands(cx.repo);
    let own = rollout::own_actions(cx.repo, commands, ways);
    let Some(own) = rollout::first_in_file(cx.repo, own, is_own) else { return Verdict::unknown("undecided") };
    let moving = rollout::image_names(cx.repo, commands).moving;
    let message = if moving.is_empty() { Message::new("overwritten") } else { Message::new("moving") };
    let site = Site::new(own, message).confidence(Confidence::Likely);
    let site = moving.into_iter().take(3).fold(site, |site, place| site.related(place, "moving-name"));
    Verdict::fail(site, [])
}

/// Deploys by means of the repository alone, not with the client of a platform that keeps versions.
fn is_own(file: &File, text: &str) -> bool {
    let reaches = ["docker", "ssh ", "ssh-action", "rsync", "scp ", "pm2 ", "systemctl", "git pull"];
    reaches.iter().any(|word| text.contains(word)) && !rollout::deploys_to_platform(file, text)
}
