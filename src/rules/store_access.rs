//! What `redis-no-auth` and `datastore-no-auth` have in common: how an open datastore is judged.

use crate::{
    facts::credentials::{
        access::{Access, Store},
        services::Exposure,
        stage::Stage,
    },
    model::{Evidence, Message, Severity, Site, Verdict},
};

/// The verdict over `stores`.
pub(in crate::rules) fn judged(stores: &[Store]) -> Verdict {
    if stores.is_empty() {
        return Verdict::not_applicable("no-stores");
    }
    let sites: Vec<Site> = stores.iter().filter_map(site).collect();
    let fine: Vec<Evidence> = stores.iter().filter_map(evidence).collect();
    let (total, ok) = (sites.len() + fine.len(), fine.len());
    if sites.is_empty() {
        let open = stores.iter().any(|store| store.stage.is_deployed());
        return Verdict::pass_or(fine, || {
            if open { Verdict::unknown("elsewhere") } else { Verdict::not_applicable("not-production") }
        });
    }
    Verdict::fail_or(sites, || Verdict::not_applicable("no-stores")).also_fine(fine).sites(total, ok)
}

fn site(store: &Store) -> Option<Site> {
    let Access::Open(place, message) = &store.access else { return None };
    let severity = match (store.stage, &store.exposure) {
        (Stage::Production | Stage::Unsaid, Exposure::Everywhere(_)) => Severity::Critical,
        (Stage::Production | Stage::Unsaid, _) => Severity::Medium,
        (Stage::Development, Exposure::Everywhere(_)) => Severity::Low,
        _ => return None,
    };
    let message = message.clone().with("name", store.name.as_str()).with("datastore", store.datastore.name());
    let mut site = Site::new(place.clone(), message).severity(severity).key(&store.name);
    if let Exposure::Everywhere(port) = &store.exposure {
        site = site.related(port.clone(), Message::new("published"));
    }
    Some(site)
}

fn evidence(store: &Store) -> Option<Evidence> {
    let Access::Guarded(place) = &store.access else { return None };
    let note = Message::new("guarded").with("name", store.name.as_str());
    store.stage.is_deployed().then(|| Evidence::At { place: place.clone(), note })
}
