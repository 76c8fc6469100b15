//! `ci-gate-non-blocking`: a test, build, deployment or health check that fails stops the pipeline. Security checks
//! are `ci-security-non-blocking`'s.

use crate::{
    facts::{
        Fact,
        pipelines::{Act, Does, Event, How, Job, Pipeline, Step, Target},
    },
    model::{Confidence, Evidence, Message, Severity, Site, Verdict},
    repo::Repo,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CiGateNonBlocking = CiGateNonBlocking;

pub(in crate::rules) struct CiGateNonBlocking;

/// How many places a pass quotes.
const QUOTED: usize = 8;

impl Rule for CiGateNonBlocking {
    fn id(&self) -> &'static str {
        "ci-gate-non-blocking"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine, mut gates) = (Vec::new(), Vec::new(), 0);
        for pipeline in cx.facts.pipelines(cx.repo) {
            for job in pipeline.jobs.iter().filter(|job| job.off.is_none()) {
                for step in job.steps.iter().filter(|step| step.off.is_none()) {
                    let Some(act) = gate(job, step) else { continue };
                    gates += 1;
                    match site(cx.repo, pipeline, job, step, act) {
                        Some(site) => sites.push(site),
                        None if act.swallowed.is_none() && fine.len() < QUOTED => {
                            let note =
                                Message::new("blocks").with("what", what(act.does)).with("tool", act.tool.as_str());
                            fine.push(Evidence::At { place: pipeline.place(act.span), note });
                        }
                        None => {}
                    }
                }
            }
        }
        let ok = gates - sites.len();
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-gates")).sites(gates, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-gates")).also_fine(fine).sites(gates, ok)
    }
}

/// The act for which a step exists, one whose failure is lost before one whose failure counts.
fn gate<'s>(job: &Job, step: &'s Step) -> Option<&'s Act> {
    let deploys = job.steps.iter().flat_map(|step| &step.acts).any(|act| matches!(act.does, Does::Deploy(_)));
    let is_gate = |act: &&Act| match act.does {
        Does::Test | Does::Lint | Does::TypeCheck => true,
        Does::Build | Does::Migrate => !act.by_name,
        Does::HealthCheck => deploys,
        Does::Deploy(target) => !matches!(target, Target::Docs | Target::Preview | Target::Throwaway),
        Does::Scan | Does::Publish => false,
    };
    // A scan and a gate in one step are one defect, the scan's.
    if step.acts.iter().any(|act| act.does == Does::Scan && act.swallowed.is_some()) {
        return None;
    }
    let gates: Vec<&Act> = step.acts.iter().filter(is_gate).collect();
    let lost = gates.iter().filter(|act| act.swallowed.is_some()).min_by_key(|act| severity(act.does)).copied();
    lost.or_else(|| gates.first().copied())
}

fn site(repo: &Repo, pipeline: &Pipeline, job: &Job, step: &Step, act: &Act) -> Option<Site> {
    let swallowed = act.swallowed.as_ref()?;
    if step.outcome_asked
        || speaks_of(step, job, REPORTS)
        || informs_only(job)
        || blocks_too(job, act)
        || fixes(repo, pipeline, job, act)
    {
        return None;
    }
    let elsewhere = swallowed.place.file() != Some(pipeline.file);
    let message = match swallowed.how {
        How::Tolerated => Message::new("tolerated"),
        How::Option => Message::new("option"),
        how => Message::new("swallowed").with("how", how.text()),
    };
    // `mvn -DskipTests verify` in a step called Lint is there for the linters.
    let linting =
        act.does == Does::Build && step.name.as_ref().is_some_and(|name| name.to_ascii_lowercase().contains("lint"));
    let does = if linting { Does::Lint } else { act.does };
    let manual = !job.moments.is_empty() && job.moments.iter().all(|moment| moment.event == Event::Manual);
    let message = message.with("what", what(does)).with("tool", act.tool.as_str());
    let place = if elsewhere { pipeline.place(act.span) } else { swallowed.place.clone() };
    let mut site = Site::new(place, message);
    if elsewhere {
        site = site.related(swallowed.place.clone(), "here");
    } else if swallowed.place != pipeline.place(act.span) {
        site = site.related(pipeline.place(act.span), "gate");
    }
    let severity = if manual { Severity::Medium } else { severity(does) };
    if severity != Severity::High {
        site = site.severity(severity);
    }
    Some(if act.by_name { site.confidence(Confidence::Likely) } else { site })
}

fn severity(does: Does) -> Severity {
    match does {
        Does::Lint | Does::TypeCheck => Severity::Medium,
        _ => Severity::High,
    }
}

/// What a step does, for people; names of things, the same in every language.
fn what(does: Does) -> &'static str {
    match does {
        Does::Test => "test",
        Does::Lint => "lint",
        Does::TypeCheck => "type-check",
        Does::Build => "build",
        Does::Scan => "scan",
        Does::Publish => "publish",
        Does::Deploy(_) => "deploy",
        Does::Migrate => "migrate",
        Does::HealthCheck => "health-check",
    }
}

/// Words of steps that report, clean up, or try something out.
const REPORTS: &[&str] = &[
    "summary",
    "report",
    "reports",
    "metrics",
    "collect",
    "upload",
    "artifact",
    "comment",
    "notify",
    "clean",
    "cleanup",
    "badge",
    "experimental",
    "canary",
    "informational",
    "benchmark",
    "bench",
    "autofix",
    "fixes",
];

fn speaks_of(step: &Step, job: &Job, words: &[&str]) -> bool {
    let names = step.name.iter().map(String::as_str).chain([job.id.as_str()]).chain(job.name.as_deref());
    names.into_iter().any(|name| {
        let lower = name.to_ascii_lowercase();
        lower.split(|char: char| !char.is_alphanumeric()).any(|word| words.contains(&word))
    })
}

fn informs_only(job: &Job) -> bool {
    !job.moments.is_empty() && job.moments.iter().all(|moment| moment.event == Event::Schedule)
}

/// Another step of the job does the same and may fail.
fn blocks_too(job: &Job, act: &Act) -> bool {
    let same = |other: &&Act| other.does == act.does && other.tool == act.tool && other.swallowed.is_none();
    matches!(act.does, Does::Lint | Does::TypeCheck | Does::Build)
        && job.steps.iter().filter(|step| step.off.is_none()).flat_map(|step| &step.acts).any(|other| same(&other))
}

/// A linter that repairs what it finds is no gate.
fn fixes(repo: &Repo, pipeline: &Pipeline, job: &Job, act: &Act) -> bool {
    let Ok(text) = repo.read(pipeline.file) else { return false };
    let command = text.get(act.span.range()).unwrap_or_default();
    let commits = |job: &Job| {
        job.steps.iter().any(|step| {
            let action = step
                .uses
                .as_ref()
                .is_some_and(|uses| uses.text.contains("create-pull-request") || uses.text.contains("auto-commit"));
            action || step.commands.iter().any(|command| command.runs(&["git", "commit"]))
        })
    };
    let rewrites = ["fix", "--write", "fmt"].iter().any(|word| command.contains(word));
    act.does == Does::Lint && (rewrites || commits(job))
}
