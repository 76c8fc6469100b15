//! `ci-tests-not-run`: the pipeline runs the tests on every change, and a failing test fails it.

use crate::{
    facts::{
        Fact, documents,
        pipelines::{Act, Does, Job, Pipeline, System, has_tests, opaque},
    },
    model::{Evidence, Message, Place, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CiTestsNotRun = CiTestsNotRun;

pub(in crate::rules) struct CiTestsNotRun;

/// How many places a pass quotes.
const QUOTED: usize = 5;

impl Rule for CiTestsNotRun {
    fn id(&self) -> &'static str {
        "ci-tests-not-run"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let pipelines = cx.facts.pipelines(cx.repo);
        if pipelines.iter().all(|pipeline| pipeline.jobs.is_empty()) {
            return Verdict::not_applicable("no-pipelines");
        }
        if !has_tests(cx.repo, cx.facts.commands(cx.repo)) {
            return Verdict::not_applicable("no-tests");
        }
        let tests: Vec<Run<'_>> = pipelines.iter().flat_map(runs).collect();
        let fine = tests.iter().filter(|run| run.on_changes && run.act.swallowed.is_none());
        let evidence: Vec<Evidence> = fine.take(QUOTED).map(Run::evidence).collect();
        Verdict::pass_or(evidence, || {
            if tests.iter().any(|run| run.on_changes) {
                return Verdict::not_applicable("cannot-fail");
            }
            if let Some((_, name)) = opaque(pipelines) {
                return Verdict::unknown(Message::new("opaque").with("name", name));
            }
            if let Some((system, place)) = tests.is_empty().then(|| run_elsewhere(cx)).flatten() {
                return Verdict::unknown(Message::new("elsewhere").with("system", system).with("path", place));
            }
            let late = tests.iter().find_map(|run| {
                let at = run.pipeline.triggers_at?;
                let triggers: Vec<&str> = run.pipeline.triggers.iter().map(|trigger| trigger.event.as_str()).collect();
                let message =
                    Message::new("late").with("triggers", triggers.join(", ")).with("tool", run.act.tool.as_str());
                Some(Site::new(run.pipeline.place(at), message).related(run.pipeline.place(run.act.span), "run"))
            });
            Verdict::fail(late.unwrap_or_else(|| Site::new(anchor(pipelines), "missing")), [])
        })
    }
}

/// A system that a document says runs the tests, and the document.
pub(super) fn run_elsewhere(cx: &Context<'_>) -> Option<(&'static str, String)> {
    const SYSTEMS: [&str; 12] = [
        "Concourse",
        "Jenkins",
        "Buildkite",
        "TeamCity",
        "CircleCI",
        "Travis",
        "Azure Pipelines",
        "Bitbucket Pipelines",
        "GitLab CI",
        "Drone",
        "Zuul",
        "Prow",
    ];
    documents::instructions(cx.repo).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        let mut lines = text.lines().filter(|line| line.contains("test") || line.contains("тест"));
        let system = lines.find_map(|line| SYSTEMS.into_iter().find(|system| line.contains(system)))?;
        Some((system, file.path.to_string()))
    })
}

struct Run<'p> {
    pipeline: &'p Pipeline,
    job: &'p Job,
    act: Act,
    on_changes: bool,
}

impl Run<'_> {
    fn evidence(&self) -> Evidence {
        let note = Message::new("runs").with("tool", self.act.tool.as_str()).with("job", self.job.label());
        Evidence::At { place: self.pipeline.place(self.act.span), note }
    }
}

fn runs(pipeline: &Pipeline) -> Vec<Run<'_>> {
    let github = pipeline.system == System::Github;
    let jobs = pipeline.jobs.iter().filter(|job| job.off.is_none() && !pipeline.is_only_called());
    jobs.flat_map(|job| {
        let on_changes = !github || job.moments.iter().any(crate::facts::pipelines::Moment::is_change);
        let acts = job.acts().into_iter().filter(|act| act.does == Does::Test);
        acts.map(move |act| Run { pipeline, job, act, on_changes })
    })
    .collect()
}

/// Where a reader would add the step: the first pipeline that runs on changes.
fn anchor(pipelines: &[Pipeline]) -> Place {
    let running = pipelines.iter().find(|pipeline| pipeline.runs_on_changes());
    let pipeline = running.or_else(|| pipelines.first());
    pipeline.map_or_else(
        || Place::Missing(".github/workflows".into()),
        |pipeline| pipeline.place(pipeline.triggers_at.unwrap_or_default()),
    )
}
