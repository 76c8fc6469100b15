//! `compose-resource-limits-missing`: no service of a Compose deployment can take all memory of its host.

use crate::{
    facts::{
        Fact,
        compose::{Service, projects},
    },
    model::{Message, Severity, Site, Verdict},
    rule::{Context, Rule},
    rules::compose::{Places, Weight, runs, weight},
};

pub(in crate::rules) static RULE: ComposeResourceLimitsMissing = ComposeResourceLimitsMissing;

pub(in crate::rules) struct ComposeResourceLimitsMissing;

impl Rule for ComposeResourceLimitsMissing {
    fn id(&self) -> &'static str {
        "compose-resource-limits-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let projects = projects(cx.repo, cx.facts);
        if projects.is_empty() {
            return Verdict::not_applicable("no-compose");
        }
        let mut places = Places::default();
        for project in &projects {
            let (key, severity) = match weight(cx.repo, &projects, project) {
                Weight::Full => ("missing", Severity::Medium),
                Weight::Low => ("missing-development", Severity::Low),
                Weight::None => continue,
            };
            let long_running =
                project.services.iter().filter(|service| runs(project, service) && !service.is_one_shot());
            for service in long_running.filter(|service| !is_fragment(service) && !service.stands_for_another()) {
                if let Some((place, message)) = limited(service) {
                    places.fine(place, message);
                } else {
                    let message = Message::new(key).with("service", service.name);
                    places.bad(Site::new(service.place(), message).key(service.name), severity);
                }
            }
        }
        places.verdict(|| Verdict::not_applicable("development-only"))
    }
}

/// A service that another file completes.
fn is_fragment(service: &Service<'_>) -> bool {
    service.image().is_none() && !service.is_built()
}

fn limited(service: &Service<'_>) -> Option<(crate::model::Place, Message)> {
    if let Some(limit) = service.memory_limit() {
        let note = Message::new("limited").with("service", service.name).with("limit", limit.value);
        return Some((limit.place, note));
    }
    // A cache that evicts keeps itself within its bound.
    let command = service.last("command").filter(|_| service.command().contains("--maxmemory "))?;
    Some((command.place(), Message::new("bounded").with("service", service.name)))
}
