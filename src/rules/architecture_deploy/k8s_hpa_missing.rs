//! `k8s-hpa-missing`: stateless services scale with their load.

use crate::{
    doc::Node,
    facts::kubernetes::cluster::cluster,
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: K8sHpaMissing = K8sHpaMissing;

pub(in crate::rules) struct K8sHpaMissing;

impl Rule for K8sHpaMissing {
    fn id(&self) -> &'static str {
        "k8s-hpa-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let cluster = cluster(cx.repo);
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), None);
        let scalers = cluster.of_kind(&["HorizontalPodAutoscaler", "ScaledObject"]);
        let services = cluster.of_kind(&["Service"]);
        for workload in cluster.workloads() {
            let serves = services.iter().any(|service| {
                let selector = service.root.at(&["spec", "selector"]).filter(|selector| !selector.entries().is_empty());
                selector.is_some() && workload.is_chosen_by(selector)
            });
            if !serves
                || workload.object.kind == "StatefulSet"
                || workload.object.kind == "DaemonSet"
                || workload.is_single()
                || workload.is_product()
            {
                continue;
            }
            let about = |key: &'static str| Message::new(key).with("name", workload.object.name);
            let scaler = scalers.iter().find(|scaler| {
                scaler.root.at(&["spec", "scaleTargetRef", "name"]).and_then(Node::text) == Some(workload.object.name)
            });
            match scaler {
                Some(scaler) => {
                    let note = about("fine").with("kind", scaler.kind).with("scaler", scaler.name);
                    fine.push(Evidence::At { place: scaler.head(), note });
                }
                None if cluster.offers("HorizontalPodAutoscaler") || cluster.offers("ScaledObject") => {
                    open = Some(about("open"));
                }
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
