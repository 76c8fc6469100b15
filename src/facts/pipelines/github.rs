//! Workflows of GitHub Actions, with the composite actions and workflows of the repository that they use.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Act, Call, Does, Environment, Follower, How, Job, Permissions, Pipeline, State, Step, Swallowed, System, Target,
    Tolerance, Trigger, actions, condition, deploys, follow,
};
use crate::{
    code::shell::Command,
    doc::{Entry, Node},
    facts::{commands, compose::normalised},
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo, Stated},
};

/// How deep actions and workflows of the repository may call each other.
const MAX_CALLS: usize = 4;
/// How many values of a matrix are looked at.
const MAX_VALUES: usize = 60;

/// Every workflow that the forge would read: those of the repository's root.
pub(super) fn pipelines(repo: &Repo, follower: &Follower<'_>) -> Vec<Pipeline> {
    let files = repo.files().iter().filter(|file| file.kind == FileKind::Workflow && is_read(file));
    let mut found: Vec<Pipeline> = files.map(|file| pipeline(repo, file, follower, 0)).collect();
    for pipeline in &mut found {
        condition::narrow(pipeline);
    }
    found
}

/// A forge runs the workflows of the repository's root, and no template among them.
fn is_read(file: &File) -> bool {
    file.path.components().count() == 3 && matches!(file.path.extension(), Some("yml" | "yaml"))
}

/// What holds for every step of a job unless it says otherwise.
struct Around<'r> {
    repo: &'r Repo,
    follower: &'r Follower<'r>,
    file: FileId,
    text: &'r str,
    folder: Option<Utf8PathBuf>,
    /// Names around a deployment, the nearest first.
    names: Vec<String>,
    /// `env` of the workflow and the job, for folders that are given through it.
    env: Vec<(String, String)>,
    /// What the keys of the job's matrix may be.
    matrix: Vec<(String, String)>,
    depth: usize,
}

fn pipeline(repo: &Repo, file: &File, follower: &Follower<'_>, depth: usize) -> Pipeline {
    let mut pipeline = Pipeline {
        file: file.id,
        system: System::Github,
        name: None,
        triggers: Vec::new(),
        triggers_at: None,
        permissions: None,
        jobs: Vec::new(),
        state: State::Empty,
        cut: None,
    };
    let doc = repo.doc(file.id);
    let Some(root) = doc.and_then(|doc| doc.root()).filter(|root| root.is_map()) else {
        let damaged = doc.is_none_or(|doc| !doc.is_complete());
        pipeline.state = if damaged { State::Damaged } else { State::CommentedOut };
        return pipeline;
    };
    pipeline.name = root.get("name").and_then(Node::text).map(str::to_owned);
    // YAML 1.1 readers take a bare `on` for a boolean, so some files quote it.
    if let Some(on) = root.entry("on").or_else(|| root.entry("true")) {
        pipeline.triggers = triggers(on);
        pipeline.triggers_at = Some(on.key_span);
    }
    pipeline.permissions = root.entry("permissions").map(permissions);
    let text = repo.read(file.id).unwrap_or_else(|_| "".into());
    let stem = file.path.file_stem().unwrap_or_default();
    let names = vec![pipeline.name.clone().unwrap_or_default(), stem.to_owned()];
    let around = Around {
        repo,
        follower,
        file: file.id,
        text: &text,
        folder: default_folder(root, &env_of(root), Some(&Utf8PathBuf::new())),
        names,
        env: env_of(root),
        matrix: Vec::new(),
        depth,
    };
    let jobs = root.get("jobs").map(Node::entries).unwrap_or_default();
    pipeline.jobs = jobs.iter().filter(|job| job.value.is_map()).map(|entry| job(entry, &around)).collect();
    if !pipeline.jobs.is_empty() {
        pipeline.state = if doc.is_some_and(|doc| !doc.is_complete()) { State::Damaged } else { State::Live };
    }
    pipeline
}

fn triggers(on: &Entry) -> Vec<Trigger> {
    let plain = |event: &str, span: Span| Trigger {
        event: event.to_owned(),
        span,
        branches: None,
        branches_ignored: false,
        tags: None,
        types: Vec::new(),
        paths: false,
        workflows: Vec::new(),
    };
    let value = &on.value;
    if let Some(event) = value.as_str() {
        return vec![plain(event, value.span)];
    }
    if value.is_list() {
        return value.items().iter().filter_map(|item| Some(plain(item.as_str()?, item.span))).collect();
    }
    let list = |node: Option<&Node>| -> Option<Vec<String>> {
        let node = node?;
        if let Some(text) = node.text() {
            return Some(vec![text.to_owned()]);
        }
        node.is_list().then(|| node.items().iter().filter_map(Node::text).map(str::to_owned).collect())
    };
    let of = |entry: &Entry| Trigger {
        branches: list(entry.value.get("branches")),
        branches_ignored: entry.value.get("branches-ignore").is_some(),
        tags: list(entry.value.get("tags")),
        types: list(entry.value.get("types")).unwrap_or_default(),
        paths: entry.value.get("paths").is_some() || entry.value.get("paths-ignore").is_some(),
        workflows: list(entry.value.get("workflows")).unwrap_or_default(),
        ..plain(&entry.key, entry.key_span)
    };
    value.entries().iter().map(of).collect()
}

fn permissions(entry: &Entry) -> Permissions {
    let word = entry.value.text().unwrap_or_default();
    let writes = entry.value.entries().iter().any(|grant| grant.value.text() == Some("write"));
    Permissions { span: entry.span(), all: word == "write-all", writes: writes || word == "write-all" }
}

fn env_of(node: &Node) -> Vec<(String, String)> {
    let entries = node.get("env").map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned()))).collect()
}

/// `defaults.run.working-directory`, else `otherwise`.
fn default_folder(node: &Node, env: &[(String, String)], otherwise: Option<&Utf8PathBuf>) -> Option<Utf8PathBuf> {
    match node.at(&["defaults", "run", "working-directory"]).and_then(Node::text) {
        Some(text) => folder_of(text, env),
        None => otherwise.cloned(),
    }
}

/// A working directory with the variables of the workflow filled in; `None` when only the run tells.
fn folder_of(text: &str, env: &[(String, String)]) -> Option<Utf8PathBuf> {
    let mut text = text.to_owned();
    for (name, value) in env {
        for form in [format!("${{{{ env.{name} }}}}"), format!("${{{{env.{name}}}}}")] {
            text = text.replace(&form, value);
        }
    }
    let text = text.replace("${{ github.workspace }}", "");
    let known = !text.contains(['$', '~']);
    known.then(|| normalised(Utf8Path::new(text.trim_start_matches('/'))))
}

fn stated(entry: Option<&Entry>) -> Option<Stated> {
    let entry = entry?;
    Some(Stated { text: entry.value.text()?.to_owned(), span: entry.span() })
}

fn is_false(entry: &Entry) -> bool {
    let text = entry.value.text().unwrap_or_default().trim();
    let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text).trim();
    inner == "false" || inner.starts_with("false &&")
}

fn tolerance(node: &Node) -> Option<Tolerance> {
    let entry = node.entry("continue-on-error")?;
    let text = entry.value.text()?;
    (text != "false")
        .then(|| Tolerance { span: entry.span(), always: text == "true" || text.replace(' ', "") == "${{true}}" })
}

fn job(entry: &Entry, around: &Around<'_>) -> Job {
    let node = &entry.value;
    let name = node.get("name").and_then(Node::text).map(str::to_owned);
    let environment = node.entry("environment").map(environment);
    let mut env = around.env.clone();
    env.extend(env_of(node));
    let mut names = Vec::new();
    names.extend(environment.as_ref().map(|environment| environment.name.clone()));
    names.push(entry.key.clone());
    names.extend(name.clone());
    names.extend(around.names.iter().cloned());
    let inner = Around {
        folder: default_folder(node, &env, around.folder.as_ref()),
        names,
        env,
        matrix: matrix(node),
        repo: around.repo,
        follower: around.follower,
        file: around.file,
        text: around.text,
        depth: around.depth,
    };
    let steps: Vec<Step> = commands::steps(node).into_iter().map(|node| step(node, &inner)).collect();
    let mut job = Job {
        id: entry.key.clone(),
        key_span: entry.key_span,
        name,
        span: entry.span(),
        needs: needs(node),
        needs_at: node.entry("needs").map(Entry::span),
        condition: stated(node.entry("if")),
        environment,
        permissions: node.entry("permissions").map(permissions),
        runner: node.get("runs-on").map(|runner| Stated {
            text: runner.text().or_else(|| runner.items().first()?.text()).unwrap_or_default().to_owned(),
            span: runner.span,
        }),
        container: node
            .get("container")
            .and_then(|it| it.text().or_else(|| it.get("image")?.text()))
            .map(str::to_owned),
        timeout: node.entry("timeout-minutes").map(Entry::span),
        tolerated: tolerance(node),
        manual: None,
        off: node.entry("if").filter(|entry| is_false(entry)).map(Entry::span),
        calls: call(node, around),
        steps,
        moments: Vec::new(),
        has_matrix: node.at(&["strategy", "matrix"]).is_some(),
    };
    settle_throwaway(&mut job);
    job
}

/// Every value that the matrix of a job gives a key, also by `include`.
fn matrix(job: &Node) -> Vec<(String, String)> {
    let entries = job.at(&["strategy", "matrix"]).map(Node::entries).unwrap_or_default();
    let value = |entry: &Entry| Some((entry.key.clone(), entry.value.text()?.to_owned()));
    let listed = |entry: &Entry| -> Vec<(String, String)> {
        let items = entry.value.items().iter();
        if entry.key == "include" {
            return items.flat_map(Node::entries).filter_map(value).collect();
        }
        items.filter_map(|item| Some((entry.key.clone(), item.text()?.to_owned()))).collect()
    };
    entries.iter().flat_map(listed).take(MAX_VALUES).collect()
}

/// The commands that a `run` stands for, once for each value of the matrix that it names: `run: ${{ matrix.command }}`.
fn by_matrix(run: &Node, around: &Around<'_>) -> Vec<Command> {
    let Some(text) = run.as_str().filter(|text| text.contains("matrix.")) else { return Vec::new() };
    let forms = |key: &str| [format!("${{{{ matrix.{key} }}}}"), format!("${{{{matrix.{key}}}}}")];
    around
        .matrix
        .iter()
        .filter_map(|(key, value)| {
            let form = forms(key).into_iter().find(|form| text.contains(form))?;
            Some(follow::commands_of(&text.replace(&form, value), |_| run.span))
        })
        .flatten()
        .collect()
}

/// What is deployed into a cluster that the job made for itself goes nowhere.
fn settle_throwaway(job: &mut Job) {
    let makes = |step: &Step| {
        let uses = step.uses.as_ref().is_some_and(|uses| {
            ["kind-action", "minikube", "k3d", "setup-k3s", "chart-testing"].iter().any(|part| uses.text.contains(part))
        });
        let runs = step
            .commands
            .iter()
            .filter_map(crate::code::shell::Command::program)
            .any(|program| matches!(program.name, "kind" | "minikube" | "k3d" | "localstack" | "tflocal"));
        uses || runs
    };
    if job.steps.iter().any(makes) {
        for act in job.steps.iter_mut().flat_map(|step| &mut step.acts) {
            if matches!(act.does, Does::Deploy(_)) {
                act.does = Does::Deploy(Target::Throwaway);
            }
        }
    }
}

fn needs(node: &Node) -> Vec<Stated> {
    let Some(needs) = node.get("needs") else { return Vec::new() };
    let one = |node: &Node| Some(Stated { text: node.text()?.to_owned(), span: node.span });
    if needs.is_list() { needs.items().iter().filter_map(one).collect() } else { one(needs).into_iter().collect() }
}

fn environment(entry: &Entry) -> Environment {
    let name = entry.value.text().or_else(|| entry.value.get("name")?.text()).unwrap_or_default();
    let name = if name.contains("${{") { literals(name) } else { name.to_owned() };
    Environment { name, span: entry.span() }
}

/// The quoted words of an expression: what it may become.
fn literals(expression: &str) -> String {
    expression.split('\'').skip(1).step_by(2).collect::<Vec<_>>().join(" ")
}

/// The workflow that a job calls; one of the repository is read, to a bounded depth.
fn call(node: &Node, around: &Around<'_>) -> Option<Call> {
    let workflow = stated(node.entry("uses"))?;
    let span = node.get("uses").map_or(workflow.span, |uses| uses.span);
    let inherits = node.entry("secrets").filter(|entry| entry.value.text() == Some("inherit")).map(Entry::span);
    let local = workflow.text.strip_prefix("./").map(|path| normalised(Utf8Path::new(path)));
    let file = local.and_then(|path| around.repo.by_path(&path)).filter(|file| file.kind == FileKind::Workflow);
    let jobs = file
        .filter(|_| around.depth < MAX_CALLS)
        .map(|file| pipeline(around.repo, file, around.follower, around.depth + 1).jobs);
    Some(Call {
        workflow: Stated { text: workflow.text, span },
        jobs,
        file: file.map(|file| file.id),
        inherits_secrets: inherits,
    })
}

fn step(node: &Node, around: &Around<'_>) -> Step {
    let name = node.get("name").and_then(Node::text).map(str::to_owned);
    let id = node.get("id").and_then(Node::text).map(str::to_owned);
    let mut env = around.env.clone();
    env.extend(env_of(node));
    let folder = match node.get("working-directory").and_then(Node::text) {
        Some(text) => folder_of(text, &env),
        None => around.folder.clone(),
    };
    let run = node.get("run");
    let shell = node.get("shell").and_then(Node::text).unwrap_or("bash");
    let readable = ["bash", "sh", "pwsh", "powershell", "cmd"].iter().any(|known| shell.starts_with(known));
    let commands = run
        .filter(|_| readable)
        .and_then(|run| Some(follow::commands_of(run.as_str()?, |part| run.span_of(part))))
        .unwrap_or_default();
    let uses =
        node.get("uses").and_then(|uses| Some(Stated { text: uses.as_str()?.trim().to_owned(), span: uses.span }));
    let tolerated = tolerance(node);
    let off = node.entry("if").filter(|entry| is_false(entry)).map(Entry::span);
    let mut acts = around.follower.step(around.file, &commands, folder.as_deref());
    let chosen = run.filter(|_| readable).map(|run| by_matrix(run, around)).unwrap_or_default();
    acts.extend(around.follower.step(around.file, &chosen, folder.as_deref()));
    if let Some(uses) = &uses {
        acts.extend(by_action(uses, node, around));
    }
    if acts.is_empty() && !commands.is_empty() {
        acts.extend(by_name(name.as_deref(), &commands, around.file));
    }
    let mut names: Vec<&str> = name.iter().map(String::as_str).collect();
    names.extend(around.names.iter().map(String::as_str));
    for act in &mut acts {
        act.does = deploys::settle(act.does, &names);
        if let Some(tolerance) = tolerated.as_ref().filter(|tolerance| tolerance.always) {
            let place = Place::At(around.file, tolerance.span);
            // The key counts for the step as a whole, so it is the one to repair first.
            act.swallowed = Some(Swallowed { how: How::Tolerated, place });
        }
    }
    let outcome_asked = id.as_ref().is_some_and(|id| around.text.contains(&format!("steps.{id}.outcome")));
    Step {
        span: node.span,
        id,
        name,
        uses,
        run: run.map(|run| run.span),
        condition: stated(node.entry("if")),
        tolerated,
        off,
        folder,
        commands,
        acts,
        outcome_asked,
    }
}

fn by_action(uses: &Stated, node: &Node, around: &Around<'_>) -> Vec<Act> {
    let read = actions::read(&uses.text);
    let place = Place::At(around.file, uses.span);
    if read.pin == actions::Pin::Local {
        return composite(uses, around);
    }
    let with = node.get("with");
    let tool = if read.action.is_empty() { read.path } else { read.action };
    let swallowed = actions::never_fails(&read, uses.span, with)
        .map(|span| Swallowed { how: How::Option, place: Place::At(around.file, span) });
    actions::does(&read, with)
        .into_iter()
        .map(|does| Act {
            does,
            tool: tool.to_owned(),
            span: uses.span,
            at: Some(place.clone()),
            swallowed: swallowed.clone(),
            by_name: false,
        })
        .collect()
}

/// What the steps of an action of this repository do.
fn composite(uses: &Stated, around: &Around<'_>) -> Vec<Act> {
    let path = normalised(Utf8Path::new(uses.text.trim_start_matches("./")));
    let file = ["action.yml", "action.yaml"].iter().find_map(|name| around.repo.by_path(&path.join(name)));
    let Some(file) = file.filter(|_| around.depth < MAX_CALLS) else { return Vec::new() };
    let runs = around.repo.doc(file.id).and_then(|doc| doc.root()?.get("runs"));
    let text = around.repo.read(file.id).unwrap_or_else(|_| "".into());
    let inner = Around {
        repo: around.repo,
        follower: around.follower,
        file: file.id,
        text: &text,
        folder: Some(Utf8PathBuf::new()),
        names: around.names.clone(),
        env: around.env.clone(),
        matrix: Vec::new(),
        depth: around.depth + 1,
    };
    let steps = runs.map(commands::steps).unwrap_or_default().into_iter().map(|node| step(node, &inner));
    steps
        .filter(|step| step.off.is_none())
        .flat_map(|step| step.acts)
        .map(|act| Act { at: act.at.or(Some(Place::At(file.id, act.span))), span: uses.span, ..act })
        .collect()
}

/// What a step says that it does, when its commands do not tell.
fn by_name(name: Option<&str>, commands: &[crate::code::shell::Command], file: FileId) -> Option<Act> {
    let name = name?.to_ascii_lowercase();
    let words: Vec<&str> = name.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let first = words.first()?;
    let harmless = [
        "echo", "printf", "exit", "cat", "true", "mkdir", "cp", "mv", "sleep", "ls", "git", "export", "test", "[",
        "jq", "sed", "grep",
    ];
    let working =
        commands.iter().find(|command| command.program().is_some_and(|program| !harmless.contains(&program.name)))?;
    let summary = [
        "summary",
        "report",
        "notify",
        "notification",
        "comment",
        "url",
        "info",
        "status",
        "check",
        "message",
        "verify",
        "wait",
        "prepare",
        "key",
        "log",
    ];
    // What puts load on a service judges no change.
    let loads = words.iter().any(|word| matches!(*word, "performance" | "perf" | "load" | "stress" | "soak"));
    let does = match *first {
        "test" | "tests" | "run" if loads => return None,
        "deploy" if !words.iter().any(|word| summary.contains(word)) => {
            Does::Deploy(deploys::named(&name).unwrap_or(Target::Unknown))
        }
        "test" | "tests" => Does::Test,
        "run" if words.get(1..3).is_some_and(|next| next.iter().any(|word| matches!(*word, "test" | "tests"))) => {
            Does::Test
        }
        "lint" | "linting" => Does::Lint,
        _ => return None,
    };
    let tool = working.program().map(|program| program.name.to_owned()).unwrap_or_default();
    let place = Place::At(file, working.span);
    Some(Act { does, tool, span: working.span, at: Some(place), swallowed: None, by_name: true })
}
