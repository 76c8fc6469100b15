//! `k8s-probes-missing`: Kubernetes probes every container that serves.

use crate::{
    facts::kubernetes::cluster::{Cluster, Part, cluster},
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: K8sProbesMissing = K8sProbesMissing;

pub(in crate::rules) struct K8sProbesMissing;

impl Rule for K8sProbesMissing {
    fn id(&self) -> &'static str {
        "k8s-probes-missing"
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

/// Whether a service sends requests to the workload of `part`.
fn is_reached(cluster: &Cluster<'_>, part: &Part<'_>) -> bool {
    cluster.of_kind(&["Service"]).iter().any(|service| {
        let selector = service.root.at(&["spec", "selector"]).filter(|selector| !selector.entries().is_empty());
        selector.is_some() && part.workload.is_chosen_by(selector)
    })
}

fn judge(cluster: &Cluster<'_>, part: &Part<'_>) -> Judged {
    let object = part.workload.object;
    let about = |key: &'static str| Message::new(key).with("name", part.name).with("workload", object.name);
    let own = |key: &str| {
        part.node.entry(key).filter(|entry| !entry.value.is_null()).map(|entry| object.place(entry.key_span))
    };
    let given = |key: &str| own(key).or_else(|| cluster.patched(&part.workload, key));
    let (ready, live) = (given("readinessProbe"), given("livenessProbe"));
    let listed = part.node.get("ports").is_some_and(|ports| !ports.items().is_empty());
    // `containerPort` only informs: a service reaches the one container of its pods at any port.
    let alone = part.workload.pod.get("containers").is_some_and(|containers| containers.items().len() == 1);
    let serves = listed || alone && is_reached(cluster, part);
    let bad = |key: &'static str, severity: Option<Severity>| {
        let probes = ["readinessProbe", "livenessProbe"];
        if probes.iter().any(|probe| given(probe).is_none() && object.may_give(probe)) {
            return Judged::Open(about("open"));
        }
        let mut site = Site::new(part.place(), about(key));
        site.severity = severity;
        Judged::Bad(site)
    };
    match (ready, live) {
        (Some(place), Some(_)) => {
            let own = own("readinessProbe").is_some();
            Judged::Good(Evidence::At { place, note: if own { about("fine") } else { about("patched") } })
        }
        (_, Some(place)) if !serves => Judged::Good(Evidence::At { place, note: about("fine") }),
        (None, None) if !serves => bad("worker", Some(Severity::Low)),
        (None, None) => bad("both", None),
        (None, Some(_)) => bad("readiness", Some(Severity::Medium)),
        (Some(_), None) => bad("liveness", Some(Severity::Low)),
    }
}
