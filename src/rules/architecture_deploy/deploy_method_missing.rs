//! `deploy-method-missing`: the repository says how it is deployed.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        deployment::{self, DeployWay},
    },
    model::{Evidence, Message, Place, Site, Verdict},
    repo::{Component, ComponentKind},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DeployMethodMissing = DeployMethodMissing;

pub(in crate::rules) struct DeployMethodMissing;

impl Rule for DeployMethodMissing {
    fn id(&self) -> &'static str {
        "deploy-method-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let ways = deployment::ways(cx.repo, cx.facts.commands(cx.repo));
        let deployed: Vec<&Component> =
            cx.repo.components().iter().filter(|component| component.kind.is_deployable()).collect();
        if deployed.is_empty() {
            return nothing_deployed(cx);
        }
        if !ways.is_empty() {
            return found(&ways);
        }
        if let Some(method) = &cx.config.deploy_method {
            let evidence = Evidence::Searched {
                what: Message::new("declared").with("method", method.as_str()),
                files: 1,
                unread: Vec::new(),
            };
            return Verdict::pass(evidence, []);
        }
        if let Some((platform, place)) = deployment::offered(cx.repo, cx.facts.commands(cx.repo)) {
            let note = Message::new("offered").with("platform", platform);
            return Verdict::pass(Evidence::At { place, note }, []);
        }
        // Whoever runs it takes the release.
        if let Some((tool, place)) = deployment::released(cx.repo, cx.facts.pipelines(cx.repo)) {
            return Verdict::unknown(Message::new("released").with("tool", tool).with("path", place));
        }
        let services: Vec<&Component> =
            deployed.iter().filter(|component| component.kind != ComponentKind::WebApp).copied().collect();
        if let Some(service) = services.first() {
            return absent(service);
        }
        let framework = deployed[0].profile.frameworks.first().map_or("a web framework", |framework| framework.name);
        Verdict::unknown(Message::new("zero-config").with("framework", framework))
    }
}

fn nothing_deployed(cx: &Context<'_>) -> Verdict {
    let kinds: BTreeSet<&str> = cx.repo.components().iter().map(|component| component.kind.name()).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    Verdict::not_applicable(Message::new("nothing-deployed").with("kind", kinds.join(", ")))
}

fn found(ways: &[DeployWay]) -> Verdict {
    let kinds: BTreeSet<&str> = ways.iter().map(|way| way.kind).collect();
    let mut shown = BTreeSet::new();
    let evidence: Vec<Evidence> = ways
        .iter()
        .filter(|way| shown.insert(way.kind))
        .map(|way| Evidence::At { place: way.place.clone(), note: way.note.clone() })
        .collect();
    let methods = kinds.into_iter().collect::<Vec<_>>().join(", ");
    Verdict::pass_or(evidence, || Verdict::not_applicable("nothing-deployed"))
        .detail(Message::new("detail").with("methods", methods))
}

fn absent(service: &Component) -> Verdict {
    let message = Message::new("missing").with("name", service.name.as_str());
    let site = Site::new(Place::Missing(".".into()), message);
    match service.reasons.first() {
        Some(reason) => Verdict::fail(site.related(reason.place.clone(), "service"), []),
        None => Verdict::fail(site, []),
    }
}
