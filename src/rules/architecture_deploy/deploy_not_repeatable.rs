//! `deploy-not-repeatable`: one step of the repository starts the application as it is deployed.

use crate::{
    facts::{
        Fact,
        compose::{self, ComposeService},
        deployment, documents, stores,
        tier::{self, Tier},
    },
    model::{Confidence, Evidence, Message, Site, Verdict},
    repo::ComponentKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DeployNotRepeatable = DeployNotRepeatable;

pub(in crate::rules) struct DeployNotRepeatable;

impl Rule for DeployNotRepeatable {
    fn id(&self) -> &'static str {
        "deploy-not-repeatable"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let ways = deployment::ways(cx.repo, cx.facts.commands(cx.repo));
        let service = cx
            .repo
            .components()
            .iter()
            .any(|component| matches!(component.kind, ComponentKind::HttpService | ComponentKind::Worker));
        if !cx.repo.components().iter().any(|component| component.kind.is_deployable()) || ways.is_empty() {
            return Verdict::not_applicable("nothing-deployed");
        }
        let starts = ways.iter().filter(|way| !matches!(way.kind, "Dockerfile" | "Docker Compose"));
        let mut found: Vec<Evidence> = starts
            .map(|way| Evidence::At { place: way.place.clone(), note: Message::new("step").with("kind", way.kind) })
            .collect();
        let services = compose::services(cx.repo);
        let (deployed, developed): (Vec<_>, Vec<_>) =
            services.iter().filter(|service| stores::is_application(service)).partition(|service| is_deployed(service));
        found.extend(deployed.iter().take(1).map(|service| Evidence::At {
            place: service.place(),
            note: Message::new("service").with("name", service.name),
        }));
        Verdict::pass_or(found, || {
            let image = ways.iter().any(|way| way.kind == "Dockerfile");
            match services.first().filter(|_| !image && service) {
                Some(first) => absent(developed.first().copied().unwrap_or(first), developed.is_empty()),
                None => undecided(cx),
            }
        })
    }
}

/// Whether the service runs the application as it is deployed, not from a developer's folder.
fn is_deployed(service: &ComposeService<'_>) -> bool {
    tier::of_path(&service.file.path) != Tier::Development && !tier::is_development_service(service.node)
}

fn absent(service: &ComposeService<'_>, stores_only: bool) -> Verdict {
    let message = if stores_only { Message::new("stores-only") } else { Message::new("development-only") };
    Verdict::fail(Site::new(service.place(), message).confidence(Confidence::Likely), [])
}

fn undecided(cx: &Context<'_>) -> Verdict {
    match documents::heading(cx.repo, |text| text.contains("deploy")) {
        Some(heading) => Verdict::unknown(Message::new("prose").with("heading", heading.text)),
        None => Verdict::unknown("image-only"),
    }
}
