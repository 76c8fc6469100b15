//! `compose-restart-policy-missing`: services of a Compose deployment come back after a crash and a reboot.

use crate::{
    facts::{
        Fact,
        compose::{Condition, Project, Service, ServiceKind, Stage, projects},
    },
    model::{Message, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::compose::{Places, Weight, runs, weight},
};

pub(in crate::rules) static RULE: ComposeRestartPolicyMissing = ComposeRestartPolicyMissing;

pub(in crate::rules) struct ComposeRestartPolicyMissing;

impl Rule for ComposeRestartPolicyMissing {
    fn id(&self) -> &'static str {
        "compose-restart-policy-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let projects = projects(cx.repo, cx.facts);
        let mut places = Places::default();
        for project in projects.iter().filter(|project| weight(cx.repo, &projects, project) == Weight::Full) {
            if is_swarm(project) {
                continue;
            }
            let (key, severity) = match project.stage {
                Stage::Unclear => ("missing-unclear", Severity::Low),
                _ => ("missing", Severity::Medium),
            };
            let own = |service: &&Service<'_>| runs(project, service) && !service.stands_for_another();
            for service in project.services.iter().filter(own) {
                if is_job(project, service) || (service.image().is_none() && !service.is_built()) {
                    continue;
                }
                if let Some((policy, place)) = service.restart() {
                    let note = Message::new("policy").with("service", service.name).with("policy", policy);
                    places.fine(place, note);
                } else {
                    let message = Message::new(key).with("service", service.name);
                    places.bad(Site::new(service.place(), message).key(service.name), severity);
                }
            }
        }
        places.verdict(|| Verdict::not_applicable("nothing-runs"))
    }
}

/// Does one thing and ends: by its name or policy, because others wait for its end, or because it is started by hand
/// through a profile.
fn is_job(project: &Project<'_>, service: &Service<'_>) -> bool {
    let awaited = project.services.iter().any(|other| {
        other.dependencies().iter().any(|wait| wait.name == service.name && wait.condition == Condition::Completed)
    });
    let by_hand = matches!(service.kind, ServiceKind::Admin(_));
    by_hand || service.is_one_shot() || awaited || !service.profiles().is_empty()
}

/// A swarm restarts whatever it deploys unless it is told otherwise.
fn is_swarm(project: &Project<'_>) -> bool {
    let named =
        project.files.iter().any(|file| ["stack", "swarm"].iter().any(|word| file.path.as_str().contains(word)));
    named || project.services.iter().any(|service| service.at(&["deploy", "placement"]).is_some())
}
