//! Questions that several rules ask of all pipelines together.

use super::{Act, Does, Event, Job, Pipeline, Target};
use crate::{
    facts::commands::{CommandUse, Stage},
    model::Place,
    repo::{FileKind, Repo, Role},
};

/// A job that brings something to users.
pub struct Shipment<'p> {
    pub pipeline: &'p Pipeline,
    pub job: &'p Job,
    pub act: Act,
    pub target: Target,
}

/// Every job that deploys, or publishes, outside previews, documents and throw-away clusters; one per job, a
/// deployment before a publication, production before staging. Workflows that are only called count where they are
/// called.
pub fn shipments(pipelines: &[Pipeline]) -> Vec<Shipment<'_>> {
    let mut found = Vec::new();
    for pipeline in pipelines.iter().filter(|pipeline| !pipeline.is_only_called()) {
        for job in pipeline.jobs.iter().filter(|job| job.off.is_none()) {
            let rank = |shipment: &Shipment<'_>| (shipment.act.does == Does::Publish, shipment.target);
            let candidates = job.acts().into_iter().filter_map(|act| {
                let target = target_of(pipeline, job, &act)?;
                Some(Shipment { pipeline, job, act, target })
            });
            found.extend(candidates.min_by_key(rank));
        }
    }
    found
}

/// Where an act ships to; `None` for what reaches no user of the service.
fn target_of(pipeline: &Pipeline, job: &Job, act: &Act) -> Option<Target> {
    let labels = || [Some(job.id.as_str()), job.name.as_deref(), pipeline.name.as_deref()].into_iter().flatten();
    let named = || labels().find_map(super::deploys::named);
    let target = match act.does {
        Does::Publish => named().unwrap_or(Target::Unknown),
        // A called workflow serves several environments; the caller says which.
        Does::Deploy(target) if job.calls.is_some() && target != Target::Docs => named().unwrap_or(target),
        Does::Deploy(Target::Unknown) => by_moments(job).unwrap_or(Target::Unknown),
        Does::Deploy(target) => target,
        _ => return None,
    };
    (!matches!(target, Target::Docs | Target::Preview | Target::Throwaway)).then_some(target)
}

/// The target that the branches of a job suggest.
fn by_moments(job: &Job) -> Option<Target> {
    let pushes: Vec<&str> = job
        .moments
        .iter()
        .filter(|moment| moment.event == Event::Push)
        .filter_map(|moment| moment.branch.as_deref())
        .collect();
    let only_requests = !job.moments.is_empty() && job.moments.iter().all(|moment| moment.event == Event::PullRequest);
    if only_requests {
        return Some(Target::Preview);
    }
    if pushes.iter().any(|branch| is_release_branch(branch)) {
        return Some(Target::Production);
    }
    let staging = |branch: &&str| ["staging", "stage", "develop", "dev", "development", "qa", "test"].contains(branch);
    (!pushes.is_empty() && pushes.iter().all(staging)).then_some(Target::Staging)
}

/// A branch that production is deployed from by custom.
pub fn is_release_branch(branch: &str) -> bool {
    matches!(branch, "main" | "master" | "production" | "prod" | "release" | "live" | "stable")
        || branch.starts_with("release/")
}

/// Whether there is anything to test: files with tests, or a script that runs some.
pub fn has_tests(repo: &Repo, commands: &[CommandUse]) -> bool {
    let file = repo
        .files()
        .iter()
        .any(|file| file.role == Role::Test && matches!(file.kind, FileKind::Code | FileKind::OtherCode));
    file || commands.iter().any(|used| {
        used.stage == Stage::PackageScript
            && (used.name == "test" || used.name.starts_with("test:"))
            && !used.only_prints()
    })
}

/// The first call whose content is not in this repository, so that what it does cannot be told.
pub fn opaque(pipelines: &[Pipeline]) -> Option<(Place, &str)> {
    pipelines.iter().find_map(|pipeline| {
        let job = pipeline
            .live_jobs()
            .chain(pipeline.jobs.iter().filter(|_| !matches!(pipeline.system, super::System::Github)))
            .find(|job| job.is_opaque())?;
        let call = job.calls.as_ref()?;
        Some((pipeline.place(call.workflow.span), call.workflow.text.as_str()))
    })
}
