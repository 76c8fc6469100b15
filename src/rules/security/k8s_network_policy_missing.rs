//! `k8s-network-policy-missing`: policies say who may talk to the pods.

use crate::{
    facts::kubernetes::cluster::cluster,
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: K8sNetworkPolicyMissing = K8sNetworkPolicyMissing;

pub(in crate::rules) struct K8sNetworkPolicyMissing;

impl Rule for K8sNetworkPolicyMissing {
    fn id(&self) -> &'static str {
        "k8s-network-policy-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let cluster = cluster(cx.repo);
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), None);
        let policies = cluster.of_kind(&["NetworkPolicy", "CiliumNetworkPolicy", "AuthorizationPolicy"]);
        let clusterwide =
            cluster.of_kind(&["CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy", "AdminNetworkPolicy"]);
        for workload in cluster.workloads() {
            let about = |key: &'static str| Message::new(key).with("name", workload.object.name);
            let chosen = policies.iter().find(|policy| {
                let keys = ["podSelector", "endpointSelector", "selector"];
                let selector = keys.iter().find_map(|key| policy.root.at(&["spec", key]));
                workload.is_chosen_by(selector.and_then(|selector| selector.get("matchLabels")))
            });
            match chosen.or(clusterwide.first()) {
                Some(policy) => {
                    let note = about("fine").with("kind", policy.kind).with("policy", policy.name);
                    fine.push(Evidence::At { place: policy.head(), note });
                }
                None if cluster.offers("NetworkPolicy") => open = Some(about("open")),
                None => sites.push(Site::new(workload.object.head(), about("missing")).key(workload.object.name)),
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok);
        }
        match open {
            Some(message) => Verdict::unknown(message),
            None => Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok),
        }
    }
}
