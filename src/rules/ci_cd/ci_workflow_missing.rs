//! `ci-workflow-missing`: every change is checked by continuous integration. A file that does nothing is no check.

use crate::{
    doc::{Entry, Node},
    facts::commands::steps,
    model::{Evidence, Message, Place, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CiWorkflowMissing = CiWorkflowMissing;

pub(in crate::rules) struct CiWorkflowMissing;

impl Rule for CiWorkflowMissing {
    fn id(&self) -> &'static str {
        "ci-workflow-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let code = |file: &&File| matches!(file.kind, FileKind::Code | FileKind::OtherCode | FileKind::Shell);
        if cx.repo.files().iter().filter(code).all(|file| matches!(file.role, Role::Vendored | Role::Generated)) {
            return Verdict::not_applicable("not-code");
        }
        let (mut running, mut releases, mut idle) = (Vec::new(), Vec::new(), Vec::new());
        for file in cx.repo.files() {
            match pipeline(cx, file) {
                Some(Pipeline::Runs(evidence)) => running.push(evidence),
                Some(Pipeline::ReleaseOnly(evidence)) => releases.push(evidence),
                Some(Pipeline::Idle(site)) => idle.push(site),
                None => {}
            }
        }
        running.extend(releases);
        Verdict::pass_or(running, || {
            Verdict::fail_or(idle, || {
                Verdict::fail(Site::new(Place::Missing(".github/workflows".into()), "missing"), [])
            })
        })
    }
}

enum Pipeline {
    Runs(Evidence),
    ReleaseOnly(Evidence),
    Idle(Site),
}

fn pipeline(cx: &Context<'_>, file: &File) -> Option<Pipeline> {
    // A forge runs the workflows of the repository's root and no others.
    let at_root = file.path.components().count() == 3;
    match file.kind {
        FileKind::Workflow if at_root => Some(workflow(cx, file)),
        FileKind::GitlabCi | FileKind::OtherCi if file.role.is_operational() => Some(other(cx, file)),
        _ => None,
    }
}

fn workflow(cx: &Context<'_>, file: &File) -> Pipeline {
    let whole = Place::At(file.id, Span::new(0, 1));
    let Some(root) = cx.repo.doc(file.id).and_then(|doc| doc.root()).filter(|root| root.is_map()) else {
        return Pipeline::Idle(Site::new(whole, "commented"));
    };
    if root.get("jobs").is_none_or(|jobs| jobs.entries().is_empty()) {
        return Pipeline::Idle(Site::new(whole, "empty"));
    }
    let Some(on) = triggers_entry(root) else { return Pipeline::Idle(Site::new(whole, "empty")) };
    let triggers = names(&on.value);
    let place = Place::At(file.id, on.key_span);
    let message = |key| Message::new(key).with("triggers", triggers.join(", "));
    if !root.get("jobs").is_some_and(checks) {
        return Pipeline::Idle(Site::new(place, message("unrelated")));
    }
    let changes = ["pull_request", "pull_request_target", "merge_group"];
    let on_branches = on.value.get("push").is_none_or(|push| !tags_only(push)) && triggers.contains(&"push");
    if on_branches || triggers.iter().any(|name| changes.contains(name)) {
        return Pipeline::Runs(Evidence::At { place, note: message("runs") });
    }
    let released = ["push", "release", "workflow_dispatch", "workflow_call", "repository_dispatch"];
    if triggers.iter().any(|name| released.contains(name)) {
        return Pipeline::ReleaseOnly(Evidence::At { place, note: message("release-only") });
    }
    Pipeline::Idle(Site::new(place, message("never")))
}

/// Whether some job builds, lints, tests or examines the code. One that signs agreements or sorts issues does not.
fn checks(jobs: &Node) -> bool {
    const PROGRAMS: [&str; 44] = [
        "npm",
        "npx",
        "yarn",
        "pnpm",
        "bun",
        "deno",
        "node",
        "tsc",
        "eslint",
        "biome",
        "jest",
        "vitest",
        "playwright",
        "cypress",
        "turbo",
        "nx",
        "python",
        "pip",
        "uv",
        "poetry",
        "pytest",
        "ruff",
        "mypy",
        "flake8",
        "black",
        "tox",
        "nox",
        "pre-commit",
        "make",
        "just",
        "task",
        "docker",
        "go",
        "cargo",
        "mvn",
        "mvnw",
        "gradle",
        "gradlew",
        "dotnet",
        "composer",
        "bundle",
        "rake",
        "terraform",
        "bash",
    ];
    const ACTIONS: [&str; 21] = [
        "lint",
        "test",
        "build",
        "codeql",
        "check",
        "pre-commit",
        "scan",
        "review",
        "sonar",
        "trivy",
        "playwright",
        "cypress",
        "ruff",
        "golangci",
        "setup-",
        "snyk",
        "semgrep",
        "zizmor",
        "typos",
        "audit",
        "gradle",
    ];
    jobs.entries().iter().any(|job| {
        let steps = steps(&job.value);
        job.value.get("uses").is_some()
            || steps.iter().any(|step| {
                let run = step.get("run").and_then(Node::as_str).unwrap_or_default();
                let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default().to_ascii_lowercase();
                let words = run.split(|letter: char| letter.is_whitespace() || "/;&|()\"'".contains(letter));
                words.into_iter().any(|word| PROGRAMS.contains(&word) || word.ends_with(".sh"))
                    || ACTIONS.iter().any(|action| uses.contains(action)) && !uses.contains("labeler")
                    || uses.starts_with("./")
            })
    })
}

/// YAML 1.1 readers take a bare `on` for a boolean, so some files quote it; ours keeps the key as written.
fn triggers_entry(root: &Node) -> Option<&Entry> {
    root.entry("on").or_else(|| root.entry("true"))
}

fn names(on: &Node) -> Vec<&str> {
    match on.as_str() {
        Some(name) => vec![name],
        None if on.is_list() => on.items().iter().filter_map(Node::as_str).collect(),
        None => on.entries().iter().map(|entry| entry.key.as_str()).collect(),
    }
}

fn tags_only(push: &Node) -> bool {
    push.get("tags").is_some() && push.get("branches").is_none() && push.get("branches-ignore").is_none()
}

fn other(cx: &Context<'_>, file: &File) -> Pipeline {
    let first = first_content(cx, file);
    let place = Place::At(file.id, first.unwrap_or_default());
    if first.is_none() {
        return Pipeline::Idle(Site::new(Place::At(file.id, Span::new(0, 1)), "commented"));
    }
    Pipeline::Runs(Evidence::At { place, note: Message::new("other").with("system", system(file)) })
}

/// The first line that is no comment.
fn first_content(cx: &Context<'_>, file: &File) -> Option<Span> {
    let text = cx.repo.read(file.id).ok()?;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') && !content.starts_with("//") && content != "---" {
            return Some(Span::new(offset, offset + line.trim_end().len()));
        }
        offset += line.len();
    }
    None
}

fn system(file: &File) -> &'static str {
    let path = file.path.as_str().to_ascii_lowercase();
    [
        ("gitlab", "GitLab CI"),
        ("circleci", "CircleCI"),
        ("azure-pipelines", "Azure Pipelines"),
        ("jenkinsfile", "Jenkins"),
        ("bitbucket", "Bitbucket Pipelines"),
        ("travis", "Travis CI"),
        ("buildspec", "AWS CodeBuild"),
        ("buildkite", "Buildkite"),
        ("drone", "Drone"),
        ("woodpecker", "Woodpecker"),
        ("appveyor", "AppVeyor"),
        ("cloudbuild", "Cloud Build"),
        ("teamcity", "TeamCity"),
        ("cirrus", "Cirrus CI"),
        ("semaphore", "Semaphore"),
    ]
    .into_iter()
    .find(|(part, _)| path.contains(part))
    .map_or("CI", |(_, name)| name)
}
