//! `workflow-invalid`: the platform accepts every workflow, and everything it refers to exists.

use camino::Utf8Path;

use crate::{
    doc::Node,
    facts::{
        Fact,
        commands::steps,
        compose::normalised,
        pipelines::{Follower, Job, Pipeline, State, Step, System, read_uses},
    },
    model::{Confidence, Evidence, Message, Severity, Site, Span, Verdict},
    repo::Repo,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: WorkflowInvalid = WorkflowInvalid;

pub(in crate::rules) struct WorkflowInvalid;

impl Rule for WorkflowInvalid {
    fn id(&self) -> &'static str {
        "workflow-invalid"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands, Fact::Pipelines]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let workflows: Vec<&Pipeline> =
            cx.facts.pipelines(cx.repo).iter().filter(|pipeline| pipeline.system == System::Github).collect();
        let live = workflows.iter().any(|pipeline| pipeline.state == State::Live);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for pipeline in &workflows {
            let before = sites.len();
            match pipeline.state {
                // Where it is the only one, `ci-workflow-missing` says so.
                State::CommentedOut if live => {
                    sites.push(Site::new(pipeline.place(Span::new(0, 1)), "commented").severity(Severity::Low));
                }
                State::Live => judge(cx.repo, pipeline, &mut sites),
                _ => continue,
            }
            if sites.len() == before {
                let note = Message::new("valid").count("n", pipeline.jobs.len());
                fine.push(Evidence::At { place: pipeline.place(pipeline.triggers_at.unwrap_or_default()), note });
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-workflows")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-workflows")).also_fine(fine).sites(total, ok)
    }
}

fn judge(repo: &Repo, pipeline: &Pipeline, sites: &mut Vec<Site>) {
    let text = repo.read(pipeline.file).unwrap_or_else(|_| "".into());
    let root = repo.doc(pipeline.file).and_then(|doc| doc.root());
    for job in &pipeline.jobs {
        let node = root.and_then(|root| root.get("jobs")?.get(&job.id));
        shape(pipeline, job, node, sites);
        runner(pipeline, job, sites);
        let moved = changes_tree(job, &text);
        for step in job.steps.iter().filter(|step| step.off.is_none()) {
            retired(pipeline, step, sites);
            if !moved {
                references(repo, pipeline, step, sites);
            }
        }
        if let Some(call) =
            job.calls.as_ref().filter(|call| call.workflow.text.starts_with("./") && call.file.is_none())
        {
            let message = Message::new("no-file").with("path", call.workflow.text.as_str());
            sites.push(Site::new(pipeline.place(call.workflow.span), message));
        }
    }
}

/// What the platform's schema demands.
fn shape(pipeline: &Pipeline, job: &Job, node: Option<&Node>, sites: &mut Vec<Site>) {
    let merged = node.is_some_and(|node| node.get("<<").is_some());
    if job.runner.is_none() && job.calls.is_none() && !merged {
        sites.push(Site::new(pipeline.place(job.key_span), Message::new("no-runner").with("job", job.label())));
    }
    for need in job.needs.iter().filter(|need| pipeline.job(&need.text).is_none() && !need.text.contains("${{")) {
        sites.push(Site::new(pipeline.place(need.span), Message::new("no-need").with("job", need.text.as_str())));
    }
    for step in &job.steps {
        match (step.uses.is_some(), step.run.is_some()) {
            (true, true) => sites.push(Site::new(pipeline.place(step.span), "both")),
            (false, false) if !has_own_form(node, step) => {
                sites.push(Site::new(pipeline.place(step.span), "neither"));
            }
            _ => {}
        }
    }
}

/// Whether a step is of another form than `run` and `uses`: one that waits for steps in the background, stops them, or
/// whatever the platform has learnt since.
fn has_own_form(job: Option<&Node>, step: &Step) -> bool {
    const OF_EVERY_STEP: [&str; 10] = [
        "id",
        "if",
        "name",
        "env",
        "with",
        "shell",
        "working-directory",
        "continue-on-error",
        "timeout-minutes",
        "background",
    ];
    let steps = job.map(steps).unwrap_or_default();
    let Some(node) = steps.into_iter().find(|node| node.span == step.span) else { return false };
    node.entries().iter().any(|entry| !OF_EVERY_STEP.contains(&entry.key.as_str()))
}

/// Machines that the platform has switched off; jobs for them wait until they are cancelled.
const RETIRED_RUNNERS: &[&str] = &[
    "ubuntu-16.04",
    "ubuntu-18.04",
    "ubuntu-20.04",
    "macos-10.15",
    "macos-11",
    "macos-12",
    "windows-2016",
    "windows-2019",
];

fn runner(pipeline: &Pipeline, job: &Job, sites: &mut Vec<Site>) {
    if let Some(runner) = job.runner.as_ref().filter(|runner| RETIRED_RUNNERS.contains(&runner.text.as_str())) {
        let message = Message::new("retired-runner").with("runner", runner.text.as_str());
        sites.push(Site::new(pipeline.place(runner.span), message));
    }
}

/// Versions of first-party actions that the platform rejects by now.
fn retired(pipeline: &Pipeline, step: &Step, sites: &mut Vec<Site>) {
    let Some(uses) = &step.uses else { return };
    let read = read_uses(&uses.text);
    let major = read.version.trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    let last = match read.action {
        "actions/upload-artifact" | "actions/download-artifact" => 3,
        "actions/cache" => 2,
        _ => return,
    };
    if read.version.len() < 12 && major.is_some_and(|major| major <= last) {
        let message = Message::new("retired").with("action", read.action).with("version", read.version);
        sites.push(Site::new(pipeline.place(uses.span), message));
    }
}

/// Other files than this repository's may lie in the folder.
fn changes_tree(job: &Job, text: &str) -> bool {
    let checks_out = |step: &&Step| step.uses.as_ref().is_some_and(|uses| uses.text.starts_with("actions/checkout@"));
    let plain = |step: &&Step| {
        let body = text.get(step.span.range()).unwrap_or_default();
        !["repository:", "path:", "ref:"].iter().any(|key| body.contains(key))
    };
    let checkouts: Vec<&Step> = job.steps.iter().filter(checks_out).collect();
    let fetches = job.steps.iter().any(|step| {
        let body = text.get(step.span.range()).unwrap_or_default();
        ["git clone", "download-artifact", "git checkout", "git worktree", "unzip", "tar x", "tar -x", "actions/cache"]
            .iter()
            .any(|word| body.contains(word))
    });
    fetches || checkouts.is_empty() || !checkouts.iter().all(plain)
}

/// Local actions, working directories and scripts that a step names.
fn references(repo: &Repo, pipeline: &Pipeline, step: &Step, sites: &mut Vec<Site>) {
    if let Some(uses) = step.uses.as_ref().filter(|uses| uses.text.starts_with("./") && !uses.text.contains("${{")) {
        let path = normalised(Utf8Path::new(&uses.text));
        let there =
            ["action.yml", "action.yaml", "Dockerfile"].iter().any(|name| repo.by_path(&path.join(name)).is_some());
        if !there {
            let message = Message::new("no-action").with("path", uses.text.as_str());
            sites.push(Site::new(pipeline.place(uses.span), message));
        }
    }
    let folders = Follower::folders(&step.commands, step.folder.as_deref());
    for (command, folder) in step.commands.iter().zip(&folders) {
        let (Some(folder), Some(program)) = (folder, command.program()) else { continue };
        let word = match program.name {
            "bash" | "sh" | "python" | "python3" | "node" => program.arguments.first(),
            _ if program.word.text.starts_with("./") => Some(program.word),
            _ => None,
        };
        let Some(word) = word.filter(|word| is_script(&word.text)) else { continue };
        let path = normalised(&folder.join(&word.text));
        let known = repo.by_path(&path).is_some() || repo.git().tracked(&path) == Some(true);
        // A folder that is not there either is made by the run.
        let beside =
            path.parent().is_some_and(|parent| !parent.as_str().is_empty() && !repo.files_below(parent).is_empty());
        let made =
            step.commands.iter().any(|other| other.redirects.iter().any(|redirect| redirect.target.text == word.text));
        if !known && beside && !made && !command.caught && !command.context.branch {
            let message = Message::new("no-script").with("path", path.as_str());
            sites.push(Site::new(pipeline.place(word.span), message).confidence(Confidence::Likely));
        }
    }
}

/// A path in the repository that a program would run, and nothing that a build makes.
fn is_script(text: &str) -> bool {
    let made = ["dist", "build", "out", "target", "node_modules", ".next", "venv", ".venv", "bin", "coverage", "tmp"];
    let extension = text.rsplit('.').next().unwrap_or_default();
    text.contains('/')
        && !text.starts_with(['/', '~', '$'])
        && !text.contains(['$', '*', '{', '`'])
        && matches!(extension, "sh" | "bash" | "py" | "js" | "mjs" | "cjs" | "ts")
        && !text.split('/').any(|part| made.contains(&part))
}
