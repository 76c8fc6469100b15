//! `compose-depends-on-no-condition`: a service starts when what it needs is ready, not when it merely runs.

use crate::{
    facts::{
        Fact,
        compose::{Condition, ServiceKind, projects},
    },
    model::{Message, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::compose::{Places, Weight, runs, weight},
};

pub(in crate::rules) static RULE: ComposeDependsOnNoCondition = ComposeDependsOnNoCondition;

pub(in crate::rules) struct ComposeDependsOnNoCondition;

impl Rule for ComposeDependsOnNoCondition {
    fn id(&self) -> &'static str {
        "compose-depends-on-no-condition"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let projects = projects(cx.repo, cx.facts);
        let mut places = Places::default();
        for project in projects.iter().filter(|project| weight(cx.repo, &projects, project) != Weight::None) {
            let applications = project.applications().filter(|service| runs(project, service));
            for service in applications.filter(|service| !waits_itself(&service.command())) {
                for dependency in service.dependencies() {
                    let Some(target) = project.service(dependency.name) else { continue };
                    let checked = target.healthcheck();
                    let message = |key: &'static str| {
                        Message::new(key).with("service", service.name).with("other", dependency.name)
                    };
                    let key = format!("{} {}", service.name, dependency.name);
                    match dependency.condition {
                        Condition::Healthy => places.fine(dependency.place, message("healthy")),
                        Condition::Completed => places.fine(dependency.place, message("completed")),
                        Condition::Started => {
                            let store = matches!(target.kind, ServiceKind::Datastore(_));
                            let site = match checked {
                                Some(check) => Site::new(dependency.place, message("started"))
                                    .related(check, Message::new("check").with("other", dependency.name)),
                                None if store => Site::new(dependency.place, message("unchecked")),
                                None => continue,
                            };
                            places.bad(site.key(key), Severity::Low);
                        }
                    }
                }
            }
        }
        places.verdict(|| Verdict::not_applicable("nothing-waits"))
    }
}

/// The command waits for its stores before it starts.
fn waits_itself(command: &str) -> bool {
    ["wait-for", "wait_for", "dockerize", "wait4x", "pg_isready", "waitforit"].iter().any(|word| command.contains(word))
}
