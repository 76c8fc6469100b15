//! `k8s-security-context-missing`: containers run with the fewest rights.

use crate::{
    doc::Node,
    facts::kubernetes::cluster::{Cluster, Part, cluster},
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: K8sSecurityContextMissing = K8sSecurityContextMissing;

pub(in crate::rules) struct K8sSecurityContextMissing;

impl Rule for K8sSecurityContextMissing {
    fn id(&self) -> &'static str {
        "k8s-security-context-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let cluster = cluster(cx.repo);
        let (mut sites, mut fine, mut open) = (Vec::new(), Vec::new(), None);
        let restricted = cluster.of_kind(&["Namespace"]).into_iter().find(|namespace| {
            let enforced = namespace.root.at(&["metadata", "labels", "pod-security.kubernetes.io/enforce"]);
            enforced.and_then(Node::as_str) == Some("restricted")
        });
        for part in cluster.containers() {
            match judge(&cluster, &part) {
                Judged::Bad(site) => sites.push(site),
                Judged::Good(evidence) => fine.push(evidence),
                Judged::Open(message) => open = Some(message),
            }
        }
        if let Some(namespace) = restricted.filter(|_| !sites.is_empty()) {
            return Verdict::pass(Evidence::At { place: namespace.head(), note: "policy".into() }, fine);
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

enum Judged {
    Bad(Site),
    Good(Evidence),
    Open(Message),
}

fn judge(cluster: &Cluster<'_>, part: &Part<'_>) -> Judged {
    let object = part.workload.object;
    let about = |key: &'static str| Message::new(key).with("name", part.name).with("workload", object.name);
    let own = part.node.entry("securityContext");
    let pod = part.workload.pod.entry("securityContext");
    let said = |key: &str| [own, pod].into_iter().flatten().find_map(|context| context.value.get(key));
    let non_root = said("runAsNonRoot").and_then(Node::as_bool) == Some(true)
        || said("runAsUser").is_some_and(|user| user.text().is_some_and(|user| user != "0"));
    let no_gain = said("allowPrivilegeEscalation").and_then(Node::as_bool) == Some(false);
    let read_only = said("readOnlyRootFilesystem").and_then(Node::as_bool) == Some(true);
    if let Some(place) = cluster.patched(&part.workload, "securityContext").filter(|_| !non_root) {
        return Judged::Good(Evidence::At { place, note: about("patched") });
    }
    if non_root && no_gain && read_only {
        let place = own.or(pod).map_or_else(|| part.place(), |context| object.place(context.key_span));
        return Judged::Good(Evidence::At { place, note: about("fine") });
    }
    if object.may_give("securityContext") && own.is_none_or(|context| context.value.entries().is_empty()) {
        return Judged::Open(about("open"));
    }
    let missing = [
        (non_root, "`runAsNonRoot`"),
        (no_gain, "`allowPrivilegeEscalation: false`"),
        (read_only, "`readOnlyRootFilesystem`"),
    ];
    let what = missing.iter().filter(|(set, _)| !set).map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    if non_root {
        return Judged::Bad(Site::new(part.place(), about("mild").with("what", what)).severity(Severity::Low));
    }
    Judged::Bad(Site::new(part.place(), about("missing").with("what", what)))
}
