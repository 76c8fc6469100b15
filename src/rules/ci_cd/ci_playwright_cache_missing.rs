//! `ci-playwright-cache-missing`: the browsers of the end-to-end tests are not downloaded on every run.

use crate::{
    code::shell::Command,
    facts::{
        Fact,
        pipelines::{Job, System},
    },
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CiPlaywrightCacheMissing = CiPlaywrightCacheMissing;

pub(in crate::rules) struct CiPlaywrightCacheMissing;

impl Rule for CiPlaywrightCacheMissing {
    fn id(&self) -> &'static str {
        "ci-playwright-cache-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for pipeline in cx.facts.pipelines(cx.repo).iter().filter(|pipeline| pipeline.system == System::Github) {
            let text = cx.repo.read(pipeline.file).unwrap_or_else(|_| "".into());
            for job in pipeline.jobs.iter().filter(|job| job.off.is_none()) {
                if let Some(image) = job.container.as_ref().filter(|image| image.contains("playwright")) {
                    let note = Message::new("container").with("image", image.as_str());
                    fine.push(Evidence::At { place: pipeline.place(job.key_span), note });
                    continue;
                }
                let Some(install) = job.steps.iter().flat_map(|step| &step.commands).find(|command| installs(command))
                else {
                    continue;
                };
                match cache(job, &text) {
                    Some(span) => fine.push(Evidence::At { place: pipeline.place(span), note: Message::new("cached") }),
                    None => sites.push(Site::new(
                        pipeline.place(install.span),
                        Message::new("missing").with("job", job.label()),
                    )),
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-browsers")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-browsers")).also_fine(fine).sites(total, ok)
    }
}

fn installs(command: &Command) -> bool {
    command.runs(&["playwright", "install"])
}

/// The step that keeps the browsers between runs.
fn cache(job: &Job, text: &str) -> Option<crate::model::Span> {
    job.steps.iter().find_map(|step| {
        let uses = step.uses.as_ref()?;
        let body = text.get(step.span.range()).unwrap_or_default().to_ascii_lowercase();
        let keeps = uses.text.contains("cache") && (body.contains("ms-playwright") || body.contains("playwright"));
        keeps.then_some(uses.span)
    })
}
