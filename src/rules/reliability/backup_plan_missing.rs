//! `backup-plan-missing`: the data that this repository keeps is backed up.
//!
//! Only a database that a file of the repository starts can be said to have no backup. What a provider runs is asked
//! about, and what runs elsewhere is left open.

use crate::{
    facts::{
        Fact, backups, deployment, documents,
        stores::{self, Home, Store},
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: BackupPlanMissing = BackupPlanMissing;

pub(in crate::rules) struct BackupPlanMissing;

impl Rule for BackupPlanMissing {
    fn id(&self) -> &'static str {
        "backup-plan-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !cx.repo.components().iter().any(|component| component.kind.is_deployable()) {
            return Verdict::not_applicable("nothing-deployed");
        }
        let stores = stores::stores(cx.repo);
        let client = stores::client(cx.repo);
        if stores.is_empty() && client.is_none() {
            return Verdict::not_applicable("no-data");
        }
        Verdict::pass_or(evidence(cx), || without(cx, &stores, client.unwrap_or("a database")))
    }
}

fn evidence(cx: &Context<'_>) -> Vec<Evidence> {
    let found = backups::backups(cx.repo, cx.facts.commands(cx.repo));
    let taken = found.into_iter().map(|backup| Evidence::At {
        place: backup.place,
        note: Message::new("taken").with("tool", backup.tool).with("name", backup.name),
    });
    let written = documents::heading(cx.repo, backups::heading).map(|heading| Evidence::At {
        place: heading.place,
        note: Message::new("documented").with("heading", heading.text),
    });
    taken.chain(written).collect()
}

fn without(cx: &Context<'_>, stores: &[Store], client: &str) -> Verdict {
    let kept: Vec<&Store> = stores.iter().filter(|store| store.home == Home::Production).collect();
    if !kept.is_empty() {
        let sites = kept.into_iter().map(|store| {
            let message = Message::new("production").with("engine", store.engine).with("name", store.name.as_str());
            Site::new(store.place.clone(), message).key(store.name.as_str())
        });
        return Verdict::fail_or(sites.collect(), || Verdict::not_applicable("no-data"));
    }
    if let Some(managed) = stores::managed(cx.repo) {
        return Verdict::manual(Message::new("managed").with("provider", managed.provider));
    }
    let ways = deployment::ways(cx.repo, cx.facts.commands(cx.repo));
    if let Some(way) = ways.iter().find(|way| way.from_source) {
        return Verdict::unknown(Message::new("platform").with("platform", way.kind).with("client", client));
    }
    let beside = stores.iter().filter(|store| store.home == Home::WithApplication).map(|store| {
        let message = Message::new("beside").with("engine", store.engine).with("name", store.name.as_str());
        Site::new(store.place.clone(), message).severity(Severity::High).key(store.name.as_str())
    });
    Verdict::fail_or(beside.collect(), || Verdict::unknown(Message::new("elsewhere").with("client", client)))
}
