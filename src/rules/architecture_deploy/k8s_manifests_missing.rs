//! `k8s-manifests-missing`: what a pipeline deploys to Kubernetes is in the repository.

use camino::Utf8Path;

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        compose::normalised,
        kubernetes::cluster::cluster,
    },
    model::{Evidence, Message, Site, Verdict},
    repo::Repo,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: K8sManifestsMissing = K8sManifestsMissing;

pub(in crate::rules) struct K8sManifestsMissing;

impl Rule for K8sManifestsMissing {
    fn id(&self) -> &'static str {
        "k8s-manifests-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let cluster = cluster(cx.repo);
        let fine: Vec<Evidence> = cluster
            .workloads()
            .iter()
            .map(|workload| Evidence::At {
                place: workload.object.head(),
                note: Message::new("workload").with("kind", workload.object.kind).with("name", workload.object.name),
            })
            .collect();
        let deploys: Vec<&CommandUse> = cx.facts.commands(cx.repo).iter().filter(|used| deploys(used)).collect();
        let absent: Vec<Site> = deploys.iter().filter_map(|used| absent(cx.repo, used)).collect();
        if fine.is_empty() && !absent.is_empty() {
            return Verdict::fail_or(absent, || Verdict::not_applicable("not-target"));
        }
        Verdict::pass_or(fine, || {
            if deploys.is_empty() { Verdict::not_applicable("not-target") } else { Verdict::unknown("elsewhere") }
        })
    }
}

fn deploys(used: &CommandUse) -> bool {
    used.stage == Stage::Workflow
        && used.command.program().is_some_and(|program| {
            let words = program.arguments.iter().map(|word| word.text.as_str());
            let verbs: &[&str] = match program.name {
                "kubectl" | "oc" => &["apply", "rollout", "set"],
                "helm" => &["upgrade", "install"],
                _ => return false,
            };
            words.into_iter().any(|word| verbs.contains(&word))
        })
}

/// A deployment of local files that do not exist.
fn absent(repo: &Repo, used: &CommandUse) -> Option<Site> {
    let program = used.command.program()?;
    let path = ["-f", "-k", "--filename", "--kustomize"].iter().find_map(|option| program.option_value(option))?;
    let word = program.arguments.iter().find(|word| word.text == path)?;
    let made = word.dynamic
        || path.contains(['$', '*', '~', '{'])
        || path.contains("://")
        || path.starts_with('/')
        || path == "-";
    // A working directory would make the path another one.
    let moved = path.starts_with("..");
    let folder = normalised(Utf8Path::new(path));
    let name = folder.file_name().unwrap_or_default();
    let known = repo.files().iter().any(|file| file.path.as_str().contains(name));
    let generated =
        ["rendered", "generated", "tmp", "out", "dist", "output", "manifest.yaml", "manifests.yaml"].contains(&name);
    let missing = !made && !moved && !generated && !known && !name.is_empty();
    let text = used.text();
    let message = Message::new("absent").with("command", text.chars().take(60).collect::<String>()).with("path", path);
    missing.then(|| Site::new(used.place(), message))
}
