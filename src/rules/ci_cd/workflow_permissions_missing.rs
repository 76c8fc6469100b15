//! `workflow-permissions-missing`: every workflow says what its token may do.

use crate::{
    facts::{
        Fact,
        pipelines::{Pipeline, State, System},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::Repo,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WorkflowPermissionsMissing = WorkflowPermissionsMissing;

pub(in crate::rules) struct WorkflowPermissionsMissing;

impl Rule for WorkflowPermissionsMissing {
    fn id(&self) -> &'static str {
        "workflow-permissions-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let workflows = cx.facts.pipelines(cx.repo).iter().filter(|pipeline| pipeline.system == System::Github);
        for pipeline in workflows.filter(|pipeline| pipeline.state == State::Live) {
            match judge(cx.repo, pipeline) {
                Ok(evidence) => fine.push(evidence),
                Err(site) => sites.push(*site),
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-workflows")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-workflows")).also_fine(fine).sites(total, ok)
    }
}

fn judge(repo: &Repo, pipeline: &Pipeline) -> Result<Evidence, Box<Site>> {
    let jobs = pipeline.jobs.iter().filter_map(|job| job.permissions.as_ref());
    if let Some(all) = pipeline.permissions.iter().chain(jobs.clone()).find(|permissions| permissions.all) {
        return Err(Box::new(Site::new(pipeline.place(all.span), "write-all")));
    }
    if let Some(permissions) = &pipeline.permissions {
        return Ok(Evidence::At { place: pipeline.place(permissions.span), note: Message::new("whole") });
    }
    let open: Vec<&str> =
        pipeline.jobs.iter().filter(|job| job.permissions.is_none()).map(|job| job.id.as_str()).collect();
    let first = jobs.clone().next();
    if let Some(first) = first.filter(|_| open.is_empty()) {
        return Ok(Evidence::At { place: pipeline.place(first.span), note: Message::new("jobs") });
    }
    let place = jobs_key(repo, pipeline);
    if first.is_some() {
        let message = Message::new("some-jobs").with("jobs", open.join(", "));
        return Err(Box::new(Site::new(place, message)));
    }
    if pipeline.is_only_called() {
        return Err(Box::new(Site::new(place, "called").severity(Severity::Low)));
    }
    Err(Box::new(Site::new(place, "missing")))
}

/// Where a reader would add the block.
fn jobs_key(repo: &Repo, pipeline: &Pipeline) -> Place {
    let key = repo.doc(pipeline.file).and_then(|doc| doc.root()?.entry("jobs")).map(|entry| entry.key_span);
    pipeline.place(key.or(pipeline.triggers_at).unwrap_or_default())
}
