//! `workflow-secrets-inherit`: a called workflow gets the secrets that it uses, by name.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        pipelines::{Pin, System, read_uses},
    },
    model::{Evidence, FileId, Message, Severity, Site, Verdict},
    repo::Repo,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WorkflowSecretsInherit = WorkflowSecretsInherit;

pub(in crate::rules) struct WorkflowSecretsInherit;

impl Rule for WorkflowSecretsInherit {
    fn id(&self) -> &'static str {
        "workflow-secrets-inherit"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let workflows: Vec<_> =
            cx.facts.pipelines(cx.repo).iter().filter(|pipeline| pipeline.system == System::Github).collect();
        let all: BTreeSet<String> = workflows.iter().flat_map(|pipeline| secrets(cx.repo, pipeline.file)).collect();
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for pipeline in &workflows {
            for job in pipeline.jobs.iter().filter(|job| job.off.is_none()) {
                let Some(call) = &job.calls else { continue };
                let name = call.workflow.text.as_str();
                let Some(inherits) = call.inherits_secrets else {
                    fine.push(Evidence::At {
                        place: pipeline.place(call.workflow.span),
                        note: Message::new("named").with("name", name),
                    });
                    continue;
                };
                let place = pipeline.place(inherits);
                let Some(called) = call.file else {
                    // Secrets are inherited within one organisation; what a branch names may change unseen.
                    let fixed = read_uses(name).pin != Pin::Branch;
                    let severity = if fixed { Severity::Low } else { Severity::Medium };
                    sites.push(Site::new(place, Message::new("foreign").with("name", name)).severity(severity));
                    continue;
                };
                let used = secrets(cx.repo, called);
                if used.len() < all.len() && !calls_on(call.jobs.as_deref().unwrap_or_default()) {
                    let message =
                        Message::new("some").with("name", name).count("n", used.len()).count("all", all.len());
                    sites.push(Site::new(place, message));
                } else {
                    fine.push(Evidence::At { place, note: Message::new("uses-all").with("name", name) });
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-calls")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-calls")).also_fine(fine).sites(total, ok)
    }
}

/// It hands the secrets on to a third workflow.
fn calls_on(jobs: &[crate::facts::pipelines::Job]) -> bool {
    jobs.iter().any(|job| job.calls.as_ref().is_some_and(|call| call.inherits_secrets.is_some()))
}

/// The secrets that a workflow names, without the token that every run gets.
fn secrets(repo: &Repo, file: FileId) -> BTreeSet<String> {
    let Ok(text) = repo.read(file) else { return BTreeSet::new() };
    text.match_indices("secrets.")
        .map(|(at, word)| {
            let rest = &text[at + word.len()..];
            let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
            rest[..end].to_owned()
        })
        .filter(|name| !name.is_empty() && name != "GITHUB_TOKEN")
        .collect()
}
