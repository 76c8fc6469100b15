//! `ci-security-non-blocking`: a security check that finds something fails the pipeline.

use crate::{
    facts::{
        Fact,
        pipelines::{Act, Does, Event, How, Job, Pipeline},
    },
    model::{Confidence, Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CiSecurityNonBlocking = CiSecurityNonBlocking;

pub(in crate::rules) struct CiSecurityNonBlocking;

impl Rule for CiSecurityNonBlocking {
    fn id(&self) -> &'static str {
        "ci-security-non-blocking"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let pipelines = cx.facts.pipelines(cx.repo);
        let (mut sites, mut fine, mut reports) = (Vec::new(), Vec::new(), 0);
        for pipeline in pipelines.iter().filter(|pipeline| !pipeline.is_only_called()) {
            for job in pipeline.jobs.iter().filter(|job| job.off.is_none()) {
                for act in job.acts().into_iter().filter(|act| act.does == Does::Scan) {
                    if act.swallowed.is_none() && !tolerated(job) {
                        let note = Message::new("blocks").with("tool", act.tool.as_str());
                        fine.push(Evidence::At { place: pipeline.place(act.span), note });
                    } else if informs_only(job) || uploads(job) || blocks_elsewhere(pipelines, &act) {
                        reports += 1;
                    } else {
                        sites.extend(site(pipeline, job, &act));
                    }
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            let reason = if reports > 0 { "reports-only" } else { "no-scans" };
            return Verdict::pass_or(fine, || Verdict::not_applicable(reason)).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-scans")).also_fine(fine).sites(total, ok)
    }
}

fn tolerated(job: &Job) -> bool {
    job.tolerated.as_ref().is_some_and(|tolerance| tolerance.always)
}

fn site(pipeline: &Pipeline, job: &Job, act: &Act) -> Option<Site> {
    let message = |key: &'static str| Message::new(key).with("tool", act.tool.as_str());
    let Some(swallowed) = &act.swallowed else {
        let tolerance = job.tolerated.as_ref()?;
        return Some(
            Site::new(pipeline.place(tolerance.span), message("tolerated")).related(pipeline.place(act.span), "check"),
        );
    };
    let key = match swallowed.how {
        How::Tolerated => message("tolerated"),
        How::Or | How::ExitZero | How::NoErrExit => message("swallowed").with("how", swallowed.how.text()),
        How::Option => message("option"),
    };
    let mut site = Site::new(pipeline.place(act.span), key);
    if swallowed.place.file() == Some(pipeline.file) {
        site.place = swallowed.place.clone();
        site = site.related(pipeline.place(act.span), "check");
    } else {
        site = site.related(swallowed.place.clone(), "here");
    }
    Some(if act.by_name { site.confidence(Confidence::Likely) } else { site })
}

/// Runs on a schedule or by hand: somebody reads the result.
fn informs_only(job: &Job) -> bool {
    !job.moments.is_empty() && job.moments.iter().all(|moment| matches!(moment.event, Event::Schedule | Event::Manual))
}

/// The findings go to the forge's code scanning, which can block the change.
fn uploads(job: &Job) -> bool {
    job.steps.iter().filter_map(|step| step.uses.as_ref()).any(|uses| uses.text.contains("upload-sarif"))
}

/// The same tool blocks in another step: this one only reports.
fn blocks_elsewhere(pipelines: &[Pipeline], act: &Act) -> bool {
    let jobs =
        pipelines.iter().flat_map(|pipeline| pipeline.jobs.iter()).filter(|job| job.off.is_none() && !tolerated(job));
    jobs.flat_map(Job::acts)
        .any(|other| other.does == Does::Scan && other.tool == act.tool && other.swallowed.is_none())
}
