//! `ci-lint-typecheck-not-run`: the pipeline lints the code or checks its types on every change.

use crate::{
    facts::{
        Fact,
        pipelines::{Act, Does, Moment, Pipeline, System, opaque},
    },
    model::{Evidence, Message, Place, Site, Verdict},
    repo::{FileKind, Repo, Role},
    rule::{Context, Rule},
    rules::ci_cd::ci_tests_not_run::run_elsewhere,
};

pub(in crate::rules) static RULE: CiLintTypecheckNotRun = CiLintTypecheckNotRun;

pub(in crate::rules) struct CiLintTypecheckNotRun;

/// How many places a pass quotes.
const QUOTED: usize = 5;

impl Rule for CiLintTypecheckNotRun {
    fn id(&self) -> &'static str {
        "ci-lint-typecheck-not-run"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let pipelines = cx.facts.pipelines(cx.repo);
        let code = |kind: FileKind| {
            cx.repo.files().iter().any(|file| file.kind == kind && matches!(file.role, Role::Source | Role::Script))
        };
        if pipelines.iter().all(|pipeline| pipeline.jobs.is_empty()) {
            return Verdict::not_applicable("no-pipelines");
        }
        let (scripted, compiled) = (code(FileKind::Code), code(FileKind::OtherCode));
        if !scripted && !compiled {
            return Verdict::not_applicable("no-code");
        }
        let found: Vec<(&Pipeline, Act)> = pipelines.iter().flat_map(on_changes).collect();
        let checks = |act: &Act| {
            matches!(act.does, Does::Lint | Does::TypeCheck)
                || act.does == Does::Build && act.tool == "next"
                || !scripted && matches!(act.does, Does::Build | Does::Test) && !act.by_name
        };
        let mut evidence: Vec<Evidence> = found
            .iter()
            .filter(|(_, act)| checks(act))
            .take(QUOTED)
            .map(|(pipeline, act)| {
                let note = Message::new("runs").with("tool", act.tool.as_str());
                Evidence::At { place: pipeline.place(act.span), note }
            })
            .collect();
        evidence.extend(hosted(cx.repo));
        Verdict::pass_or(evidence, || match opaque(pipelines) {
            Some((_, name)) => Verdict::unknown(Message::new("opaque").with("name", name)),
            None => {
                // Whoever runs the tests runs the linter, and what is here does neither.
                let tests = found.iter().any(|(_, act)| act.does == Does::Test);
                match run_elsewhere(cx).filter(|_| !tests) {
                    Some((system, path)) => {
                        Verdict::unknown(Message::new("elsewhere").with("system", system).with("path", path))
                    }
                    None => Verdict::fail(Site::new(anchor(pipelines), "missing"), []),
                }
            }
        })
    }
}

fn on_changes(pipeline: &Pipeline) -> Vec<(&Pipeline, Act)> {
    let github = pipeline.system == System::Github;
    let jobs = pipeline.jobs.iter().filter(|job| job.off.is_none() && !pipeline.is_only_called());
    jobs.filter(|job| !github || job.moments.iter().any(Moment::is_change))
        .flat_map(|job| job.acts().into_iter().map(move |act| (pipeline, act)))
        .collect()
}

/// Hooks that a service runs on every pull request: the file says so with a key of its own.
fn hosted(repo: &Repo) -> Option<Evidence> {
    let file = repo.by_path(camino::Utf8Path::new(".pre-commit-config.yaml"))?;
    let entry = repo.doc(file.id)?.root()?.entry("ci")?;
    Some(Evidence::At { place: Place::At(file.id, entry.key_span), note: Message::new("hosted") })
}

fn anchor(pipelines: &[Pipeline]) -> Place {
    let running = pipelines.iter().find(|pipeline| pipeline.runs_on_changes());
    running.or_else(|| pipelines.first()).map_or_else(
        || Place::Missing(".github/workflows".into()),
        |pipeline| pipeline.place(pipeline.triggers_at.unwrap_or_default()),
    )
}
