//! Pipelines of continuous integration and delivery: when they run, what each job does, and what of it cannot fail.
//!
//! Commands are followed through package scripts, Make targets and shell scripts of the repository, actions and
//! called workflows through their files.

mod actions;
mod condition;
mod deploys;
mod follow;
mod github;
mod gitlab;
mod others;
mod purpose;
mod questions;
mod swallow;
mod tools;

#[cfg(test)]
mod tests;

use camino::Utf8PathBuf;

use super::commands::{CommandUse, steps};
use crate::{
    code::shell::Command,
    doc::Node,
    model::{FileId, Place, Span},
    repo::{FileKind, Repo, Stated},
};

pub use actions::{Pin, Uses, read as read_uses};
pub use condition::{Event, Moment};
pub use follow::{Follower, ScriptUse, Target as ScriptTarget};
pub use questions::{Shipment, has_tests, is_release_branch, opaque, shipments};

/// One file that a forge or a build server runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub file: FileId,
    pub system: System,
    pub name: Option<String>,
    pub triggers: Vec<Trigger>,
    /// The key that lists the triggers.
    pub triggers_at: Option<Span>,
    pub permissions: Option<Permissions>,
    pub jobs: Vec<Job>,
    pub state: State,
    /// There is more in it than is looked at.
    pub cut: Option<Cut>,
}

/// What a pipeline has more of than is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// In the plural.
    pub what: &'static str,
    pub most: usize,
}

/// Who runs a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Github,
    Gitlab,
    /// Read less closely: the commands are known, conditions and the order of jobs are not.
    Other(&'static str),
}

impl System {
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub Actions",
            Self::Gitlab => "GitLab CI",
            Self::Other(name) => name,
        }
    }
}

/// Whether there is anything in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Live,
    /// Nothing but comments.
    CommentedOut,
    /// There are keys, but no jobs.
    Empty,
    /// The file could not be read to its end.
    Damaged,
}

/// An event that starts a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// As the forge calls it: `push`, `pull_request`.
    pub event: String,
    pub span: Span,
    /// Branch patterns; `None` when every branch counts.
    pub branches: Option<Vec<String>>,
    pub branches_ignored: bool,
    /// Tag patterns.
    pub tags: Option<Vec<String>>,
    /// Activity types: `closed`, `published`.
    pub types: Vec<String>,
    /// Paths narrow it.
    pub paths: bool,
    /// The workflows that a `workflow_run` waits for.
    pub workflows: Vec<String>,
}

/// What a `permissions` key grants to the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    pub span: Span,
    /// `write-all`.
    pub all: bool,
    /// Grants at least one write.
    pub writes: bool,
}

/// The environment that a job deploys to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Empty when it is only known at run time.
    pub name: String,
    pub span: Span,
}

/// A failure that the pipeline is told to overlook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerance {
    pub span: Span,
    /// False for one that depends on the matrix or an input.
    pub always: bool,
}

/// A job of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: String,
    pub key_span: Span,
    pub name: Option<String>,
    pub span: Span,
    pub needs: Vec<Stated>,
    pub needs_at: Option<Span>,
    pub condition: Option<Stated>,
    pub environment: Option<Environment>,
    pub permissions: Option<Permissions>,
    /// The label of the machine; empty when it is not a word.
    pub runner: Option<Stated>,
    /// The image that the job runs in.
    pub container: Option<String>,
    pub timeout: Option<Span>,
    pub tolerated: Option<Tolerance>,
    /// Waits for a person by a key of its own (`when: manual`).
    pub manual: Option<Span>,
    /// `if: false`, or a key that says the like.
    pub off: Option<Span>,
    /// The workflow that it calls instead of having steps.
    pub calls: Option<Call>,
    pub steps: Vec<Step>,
    /// When it can run, as far as triggers and conditions tell.
    pub moments: Vec<Moment>,
    pub has_matrix: bool,
}

/// A call of a reusable workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub workflow: Stated,
    /// Its jobs, when it is one of this repository.
    pub jobs: Option<Vec<Job>>,
    pub file: Option<FileId>,
    /// `secrets: inherit`.
    pub inherits_secrets: Option<Span>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub span: Span,
    pub id: Option<String>,
    pub name: Option<String>,
    pub uses: Option<Stated>,
    /// The value of `run`.
    pub run: Option<Span>,
    pub condition: Option<Stated>,
    pub tolerated: Option<Tolerance>,
    pub off: Option<Span>,
    /// Where its commands start, from the root; `None` when that is only known at run time.
    pub folder: Option<Utf8PathBuf>,
    pub commands: Vec<Command>,
    pub acts: Vec<Act>,
    /// A later step asks how it ended.
    pub outcome_asked: bool,
}

/// What a step does that matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    pub does: Does,
    /// The program or action that does it.
    pub tool: String,
    /// The command or `uses` of the step.
    pub span: Span,
    /// Where it really stands, when scripts were followed.
    pub at: Option<Place>,
    pub swallowed: Option<Swallowed>,
    /// Taken from a name rather than from what runs.
    pub by_name: bool,
}

/// What something in a pipeline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Does {
    Test,
    Lint,
    TypeCheck,
    Build,
    /// Looks for vulnerabilities or secrets.
    Scan,
    Publish,
    Deploy(Target),
    Migrate,
    HealthCheck,
}

/// Where something is deployed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    Production,
    Staging,
    Preview,
    /// Documentation, a demo or a component's showcase.
    Docs,
    /// A cluster or host that lives as long as the job.
    Throwaway,
    Unknown,
}

/// Why a failure does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Swallowed {
    pub how: How,
    pub place: Place,
}

/// What swallows a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// `continue-on-error`, `allow_failure`.
    Tolerated,
    /// `|| true` and its kin, `|| echo`.
    Or,
    /// `; exit 0`.
    ExitZero,
    /// `set +e`.
    NoErrExit,
    /// `-` before a Make recipe, an option of the tool itself.
    Option,
}

impl How {
    /// As a reader would type it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Tolerated => "continue-on-error",
            Self::Or => "||",
            Self::ExitZero => "exit 0",
            Self::NoErrExit => "set +e",
            Self::Option => "exit-code",
        }
    }
}

impl Pipeline {
    pub fn place(&self, span: Span) -> Place {
        Place::At(self.file, span)
    }

    pub fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// Jobs that can run.
    pub fn live_jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.off.is_none() && !job.moments.is_empty())
    }

    /// Whether it runs on changes before or after they are merged.
    pub fn runs_on_changes(&self) -> bool {
        match self.system {
            System::Github => self.live_jobs().flat_map(|job| &job.moments).any(Moment::is_change),
            _ => self.state == State::Live,
        }
    }

    /// Whether it is only there to be called by another workflow.
    pub fn is_only_called(&self) -> bool {
        !self.triggers.is_empty() && self.triggers.iter().all(|trigger| trigger.event == "workflow_call")
    }

    /// The job and every job that must have succeeded before it.
    pub fn before<'p>(&'p self, job: &'p Job) -> Vec<&'p Job> {
        let mut found: Vec<&Job> = Vec::new();
        let mut open: Vec<&Job> = vec![job];
        while let Some(next) = open.pop() {
            if found.iter().any(|known| known.id == next.id) {
                continue;
            }
            found.push(next);
            open.extend(next.needs.iter().filter_map(|need| self.job(&need.text)));
        }
        found
    }
}

impl Job {
    /// What it does, with the steps it has and, for a call, the jobs behind it; what cannot run is left out. The
    /// spans of a called job's acts are the call's.
    pub fn acts(&self) -> Vec<Act> {
        let mut acts: Vec<Act> =
            self.steps.iter().filter(|step| step.off.is_none()).flat_map(|step| step.acts.iter().cloned()).collect();
        if let Some(call) = &self.calls {
            for job in call.jobs.iter().flatten().filter(|job| job.off.is_none()) {
                acts.extend(job.acts().into_iter().map(|mut act| {
                    act.at.get_or_insert(Place::At(call.file.unwrap_or(FileId(0)), act.span));
                    act.span = call.workflow.span;
                    act
                }));
            }
        }
        acts
    }

    pub fn does(&self, wanted: impl Fn(&Act) -> bool) -> Option<Act> {
        self.acts().into_iter().find(|act| wanted(act))
    }

    /// Its environment, or that of a job behind its call.
    pub fn environment_of(&self) -> Option<&Environment> {
        self.environment.as_ref().or_else(|| {
            let jobs = self.calls.as_ref()?.jobs.as_ref()?;
            jobs.iter().find_map(Job::environment_of)
        })
    }

    /// It calls a workflow that is not in this repository, so what it does is not known.
    pub fn is_opaque(&self) -> bool {
        self.calls.as_ref().is_some_and(|call| call.jobs.as_ref().is_none_or(|jobs| jobs.iter().any(Self::is_opaque)))
    }

    /// When `act` can happen: the job's moments, narrowed by the condition of its step.
    pub fn moments_of(&self, act: &Act) -> Vec<&Moment> {
        let step = self.steps.iter().find(|step| step.acts.iter().any(|own| own.span == act.span));
        let condition = step.and_then(|step| step.condition.as_ref()).map(|stated| stated.text.as_str());
        self.moments.iter().filter(|moment| condition::allows(condition, moment)).collect()
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        &self.id
    }
}

/// Where a call of `program` with these words deploys to; `None` when it does not deploy.
pub fn deploys_to(program: &str, words: &[&str]) -> Option<Target> {
    deploys::by_program(program, words)
}

/// Whether everything that the actions of a workflow's job deploy lives as long as the tests that run against it.
pub fn is_throwaway(job: &Node) -> bool {
    let deploys: Vec<Does> = steps(job)
        .into_iter()
        .filter_map(|step| Some(actions::does(&actions::read(step.get("uses")?.as_str()?), step.get("with"))))
        .flatten()
        .filter(|does| matches!(does, Does::Deploy(_)))
        .collect();
    let throwaway = Does::Deploy(Target::Throwaway);
    deploys.contains(&throwaway)
        && deploys.iter().all(|does| *does == throwaway || *does == Does::Deploy(Target::Unknown))
}

/// Every pipeline, in order of path.
pub fn pipelines(repo: &Repo, commands: &[CommandUse]) -> Vec<Pipeline> {
    let follower = Follower::new(repo, commands);
    let mut found = github::pipelines(repo, &follower);
    found.extend(gitlab::pipelines(repo, &follower));
    let other = |file: &&crate::repo::File| file.kind == FileKind::OtherCi && file.role.is_operational();
    found.extend(repo.files().iter().filter(other).map(|file| others::pipeline(repo, file, &follower)));
    for pipeline in &mut found {
        pipeline.cut = pipeline.cut.or_else(|| follower.cut(pipeline.file));
    }
    found.sort_by_key(|pipeline| pipeline.file);
    found
}
