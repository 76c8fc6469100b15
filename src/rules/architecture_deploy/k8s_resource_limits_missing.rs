//! `k8s-resource-limits-missing`: containers request resources and are limited in memory.

use crate::{
    facts::kubernetes::cluster::{Cluster, Part, cluster},
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: K8sResourceLimitsMissing = K8sResourceLimitsMissing;

pub(in crate::rules) struct K8sResourceLimitsMissing;

impl Rule for K8sResourceLimitsMissing {
    fn id(&self) -> &'static str {
        "k8s-resource-limits-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let cluster = cluster(cx.repo);
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), None);
        for part in cluster.containers() {
            match judge(&cluster, &part) {
                Judged::Bad(site) => sites.push(site),
                Judged::Good(evidence) => fine.push(evidence),
                Judged::Open(message) => open = Some(message),
            }
        }
        let ranges = cluster.of_kind(&["LimitRange"]);
        if let Some(range) = ranges.first().filter(|_| !sites.is_empty()) {
            return Verdict::pass(Evidence::At { place: range.head(), note: "range".into() }, fine);
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("no-workloads"))
                .also_fine(fine)
                .sites(total, ok);
        }
        match open {
            Some(message) => Verdict::unknown(message),
            None => Verdict::pass_or(fine, || Verdict::not_applicable("no-workloads")).sites(total, ok),
        }
    }
}

enum Judged {
    Bad(Site),
    Good(Evidence),
    Open(Message),
}

fn judge(cluster: &Cluster<'_>, part: &Part<'_>) -> Judged {
    let object = part.workload.object;
    let about = |key: &'static str| Message::new(key).with("name", part.name).with("workload", object.name);
    let entry = part.node.entry("resources");
    let limit = part.node.at(&["resources", "limits", "memory"]).is_some();
    let requests = part.node.at(&["resources", "requests"]).is_some_and(|node| !node.entries().is_empty());
    let place = entry.map_or_else(|| part.place(), |entry| object.place(entry.key_span));
    if let Some(place) = cluster.patched(&part.workload, "resources").filter(|_| !limit) {
        return Judged::Good(Evidence::At { place, note: about("patched") });
    }
    // A limit without a request is the request.
    if limit {
        return Judged::Good(Evidence::At { place, note: about("fine") });
    }
    let limited = part.node.at(&["resources", "limits"]).is_some_and(|node| !node.entries().is_empty());
    if object.may_give("resources") && !requests && !limited {
        return Judged::Open(about("open"));
    }
    let mild = |key| Judged::Bad(Site::new(place.clone(), key).severity(Severity::Medium));
    match (requests, limited) {
        (true, _) => mild(about("limit")),
        (false, true) => mild(about("requests")),
        (false, false) => Judged::Bad(Site::new(part.place(), about("none"))),
    }
}
