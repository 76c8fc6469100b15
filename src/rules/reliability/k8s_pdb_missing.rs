//! `k8s-pdb-missing`: replicated workloads survive the maintenance of their nodes.

use crate::{
    doc::Node,
    facts::kubernetes::cluster::{Cluster, Object, Workload, cluster},
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: K8sPdbMissing = K8sPdbMissing;

pub(in crate::rules) struct K8sPdbMissing;

impl Rule for K8sPdbMissing {
    fn id(&self) -> &'static str {
        "k8s-pdb-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let cluster = cluster(cx.repo);
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), None);
        let budgets = cluster.of_kind(&["PodDisruptionBudget"]);
        for workload in cluster.workloads() {
            let pods = lowest(&cluster, &workload);
            if workload.object.kind == "DaemonSet" || pods < 2 {
                continue;
            }
            let about = |key: &'static str| Message::new(key).with("name", workload.object.name);
            let chosen =
                |budget: &&Object<'_>| workload.is_chosen_by(budget.root.at(&["spec", "selector", "matchLabels"]));
            match budgets.iter().find(chosen) {
                Some(budget) => {
                    fine.push(Evidence::At { place: budget.head(), note: about("fine").with("budget", budget.name) });
                }
                None if cluster.offers("PodDisruptionBudget") => open = Some(about("open")),
                None => {
                    let message = about("missing").count("n", pods as usize);
                    sites.push(Site::new(workload.object.head(), message).key(workload.object.name));
                }
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

/// How many pods run at least: what the workload says, else the lowest number of its autoscaler.
fn lowest(cluster: &Cluster<'_>, workload: &Workload<'_>) -> u32 {
    let scaler = cluster.of_kind(&["HorizontalPodAutoscaler"]).into_iter().find(|scaler| {
        scaler.root.at(&["spec", "scaleTargetRef", "name"]).and_then(Node::text) == Some(workload.object.name)
    });
    let by_scaler = scaler.and_then(|scaler| scaler.root.at(&["spec", "minReplicas"])?.text()?.parse().ok());
    by_scaler.or_else(|| workload.replicas()).unwrap_or(1)
}
