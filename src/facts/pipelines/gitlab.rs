//! Pipelines of GitLab CI, with local includes and templates of jobs.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Act, Cut, Does, Environment, Event, Follower, How, Job, Moment, Pipeline, State, Step, Swallowed, System, Target,
    Tolerance, deploys, follow,
};
use crate::{
    doc::{Entry, Node},
    facts::compose::normalised,
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo, Stated},
};

/// Keys of the top level that are no jobs.
const KEYWORDS: &[&str] = &[
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
];

/// How many templates a job may extend, one behind the other.
const MAX_EXTENDS: usize = 8;
/// How many jobs are looked at: without `needs`, each waits for all of the stages before its own.
const MAX_JOBS: usize = 1000;
/// How many files an include may lead to.
const MAX_INCLUDES: usize = 30;

/// The pipeline of the repository's root with what it includes; other files are read only when they are included.
pub(super) fn pipelines(repo: &Repo, follower: &Follower<'_>) -> Vec<Pipeline> {
    let roots = [".gitlab-ci.yml", ".gitlab-ci.yaml"];
    let Some(root) = roots.iter().find_map(|name| repo.by_path(Utf8Path::new(name))) else {
        return Vec::new();
    };
    let mut files = vec![root];
    let mut opaque = false;
    let mut next = 0;
    while next < files.len() && files.len() < MAX_INCLUDES {
        let (found, foreign) = includes(repo, files[next]);
        opaque |= foreign;
        for file in found {
            if !files.iter().any(|known| known.id == file.id) {
                files.push(file);
            }
        }
        next += 1;
    }
    let mut found: Vec<Pipeline> = files.iter().map(|file| pipeline(repo, file, &files, follower)).collect();
    opaque |= found.iter().any(|pipeline| pipeline.cut.is_some());
    if opaque && let Some(first) = found.first_mut() {
        // What other repositories add is not known, and neither is what was not looked at.
        first.jobs.push(foreign_job(first.triggers_at));
    }
    found
}

/// Stands for the jobs that an include from elsewhere brings.
fn foreign_job(at: Option<Span>) -> Job {
    let span = at.unwrap_or_default();
    let stated = Stated { text: "include".to_owned(), span };
    let call = super::Call { workflow: stated, jobs: None, file: None, inherits_secrets: None };
    Job { calls: Some(call), ..empty_job("include", span) }
}

fn empty_job(id: &str, span: Span) -> Job {
    Job {
        id: id.to_owned(),
        key_span: span,
        name: None,
        span,
        needs: Vec::new(),
        needs_at: None,
        condition: None,
        environment: None,
        permissions: None,
        runner: None,
        container: None,
        timeout: None,
        tolerated: None,
        manual: None,
        off: None,
        calls: None,
        steps: Vec::new(),
        moments: Vec::new(),
        has_matrix: false,
    }
}

/// The files of this repository that one includes, and whether it includes others.
fn includes<'r>(repo: &'r Repo, file: &File) -> (Vec<&'r File>, bool) {
    let Some(include) = repo.doc(file.id).and_then(|doc| doc.root()?.get("include")) else {
        return (Vec::new(), false);
    };
    let items: Vec<&Node> = if include.is_list() { include.items().iter().collect() } else { vec![include] };
    let (mut found, mut foreign) = (Vec::new(), false);
    for item in items {
        let path = item.text().or_else(|| item.get("local")?.text());
        match path.filter(|path| !path.contains("://")) {
            Some(path) => {
                let path = path.trim_start_matches('/');
                if path.contains('*') {
                    found.extend(repo.find(path));
                } else {
                    found.extend(repo.by_path(&normalised(Utf8Path::new(path))));
                }
            }
            None => foreign = true,
        }
    }
    found.retain(|file| file.kind != FileKind::Binary);
    (found, foreign)
}

fn pipeline(repo: &Repo, file: &File, all: &[&File], follower: &Follower<'_>) -> Pipeline {
    let mut pipeline = Pipeline {
        file: file.id,
        system: System::Gitlab,
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
        pipeline.state = if doc.is_none_or(|doc| !doc.is_complete()) { State::Damaged } else { State::CommentedOut };
        return pipeline;
    };
    let templates: Vec<&Node> = all.iter().filter_map(|file| repo.doc(file.id)?.root()).collect();
    let stages: Vec<&str> =
        templates.iter().filter_map(|root| root.get("stages")).flat_map(Node::items).filter_map(Node::text).collect();
    pipeline.triggers_at = root.entry("include").map(|entry| entry.key_span);
    let is_job = |entry: &&Entry| {
        let runs = |node: &Node| ["script", "trigger", "extends", "run"].iter().any(|key| node.get(key).is_some());
        entry.value.is_map()
            && !entry.key.starts_with('.')
            && !KEYWORDS.contains(&entry.key.as_str())
            && runs(&entry.value)
    };
    let shared = root.get("before_script").or_else(|| root.at(&["default", "before_script"]));
    let mut ordered: Vec<(usize, Job)> = Vec::new();
    if root.entries().iter().filter(is_job).nth(MAX_JOBS).is_some() {
        pipeline.cut = Some(Cut { what: "jobs", most: MAX_JOBS });
    }
    for entry in root.entries().iter().filter(is_job).take(MAX_JOBS) {
        let layers = layers(&entry.value, &templates);
        let stage = find(&layers, "stage").and_then(Node::text).unwrap_or("test");
        let place = stages.iter().position(|known| *known == stage).unwrap_or(usize::MAX);
        ordered.push((place, job(file.id, entry, &layers, shared, stage, follower)));
    }
    // Without `needs`, a job waits for every job of the stages before its own.
    let order: Vec<(usize, String)> = ordered.iter().map(|(stage, job)| (*stage, job.id.clone())).collect();
    for (stage, job) in &mut ordered {
        if job.needs_at.is_none() {
            let before = order.iter().filter(|(other, _)| other < stage);
            job.needs = before.map(|(_, id)| Stated { text: id.clone(), span: job.key_span }).collect();
        }
    }
    pipeline.jobs = ordered.into_iter().map(|(_, job)| job).collect();
    pipeline.state = if pipeline.jobs.is_empty() && root.get("include").is_none() { State::Empty } else { State::Live };
    pipeline
}

/// A job and the templates that it extends, nearest first.
fn layers<'n>(node: &'n Node, templates: &[&'n Node]) -> Vec<&'n Node> {
    let mut found = vec![node];
    let mut next = 0;
    while next < found.len() && found.len() < MAX_EXTENDS {
        if let Some(extends) = found[next].get("extends") {
            let names: Vec<&str> = match extends.text() {
                Some(name) => vec![name],
                None => extends.items().iter().filter_map(Node::text).collect(),
            };
            // Of several templates the last one wins.
            for name in names.into_iter().rev() {
                found.extend(templates.iter().find_map(|root| root.get(name)));
            }
        }
        next += 1;
    }
    found
}

fn find<'n>(layers: &[&'n Node], key: &str) -> Option<&'n Node> {
    layers.iter().find_map(|node| node.get(key))
}

fn find_entry<'n>(layers: &[&'n Node], key: &str) -> Option<&'n Entry> {
    layers.iter().find_map(|node| node.entry(key))
}

fn job(
    file: FileId,
    entry: &Entry,
    layers: &[&Node],
    shared: Option<&Node>,
    stage: &str,
    follower: &Follower<'_>,
) -> Job {
    let environment = find_entry(layers, "environment").map(|entry| Environment {
        name: entry.value.text().or_else(|| entry.value.get("name")?.text()).unwrap_or_default().to_owned(),
        span: entry.span(),
    });
    let rules = find(layers, "rules").map(Node::items).unwrap_or_default();
    let manual = find_entry(layers, "when")
        .filter(|entry| entry.value.text() == Some("manual"))
        .or_else(|| {
            // Every rule that starts the job waits for a person.
            let starts: Vec<&Node> =
                rules.iter().filter(|rule| rule.get("when").and_then(Node::text) != Some("never")).collect();
            let manual = |rule: &&Node| rule.get("when").and_then(Node::text) == Some("manual");
            if starts.is_empty() || !starts.iter().all(manual) {
                return None;
            }
            starts[0].entry("when")
        })
        .map(Entry::span);
    let tolerated = find_entry(layers, "allow_failure")
        .filter(|entry| entry.value.as_bool() == Some(true))
        .map(|entry| Tolerance { span: entry.span(), always: true });
    let mut names: Vec<&str> = environment.iter().map(|environment| environment.name.as_str()).collect();
    names.extend([entry.key.as_str(), stage]);
    let folder = Some(Utf8PathBuf::new());
    let before = find(layers, "before_script").or(shared);
    let mut commands = Vec::new();
    for script in [before, find(layers, "script")].into_iter().flatten() {
        for line in lines(script) {
            let Some(text) = line.as_str() else { continue };
            commands.extend(follow::commands_of(text, |part| line.span_of(part)));
        }
    }
    let mut acts = follower.step(file, &commands, folder.as_deref());
    for act in &mut acts {
        act.does = deploys::settle(act.does, &names);
        if let Some(tolerance) = &tolerated {
            act.swallowed = Some(Swallowed { how: How::Tolerated, place: Place::At(file, tolerance.span) });
        }
    }
    if acts.is_empty() && environment.is_some() && !commands.is_empty() {
        let target = names.iter().find_map(|name| deploys::named(name)).unwrap_or(Target::Unknown);
        let span = commands.last().map_or(entry.key_span, |command| command.span);
        let at = Some(Place::At(file, span));
        acts.push(Act {
            does: Does::Deploy(target),
            tool: entry.key.clone(),
            span,
            at,
            swallowed: None,
            by_name: true,
        });
    }
    let step = Step {
        span: find(layers, "script").map_or(entry.value.span, |script| script.span),
        id: None,
        name: None,
        uses: None,
        run: find(layers, "script").map(|script| script.span),
        condition: None,
        tolerated: None,
        off: None,
        folder,
        commands,
        acts,
        outcome_asked: false,
    };
    let needs_entry = find_entry(layers, "needs").or_else(|| find_entry(layers, "dependencies"));
    let needs = needs_entry.map(|entry| entry.value.items()).unwrap_or_default();
    let never = !rules.is_empty() && rules.iter().all(|rule| rule.get("when").and_then(Node::text) == Some("never"));
    Job {
        needs: needs
            .iter()
            .filter_map(|need| {
                Some(Stated { text: need.text().or_else(|| need.get("job")?.text())?.to_owned(), span: need.span })
            })
            .collect(),
        needs_at: find_entry(layers, "needs").map(Entry::span),
        environment,
        container: find(layers, "image")
            .and_then(|image| image.text().or_else(|| image.get("name")?.text()))
            .map(str::to_owned),
        timeout: find_entry(layers, "timeout").map(Entry::span),
        tolerated,
        manual,
        off: never.then_some(entry.key_span),
        steps: vec![step],
        moments: moments(layers, rules),
        span: entry.span(),
        ..empty_job(&entry.key, entry.key_span)
    }
}

/// The commands of a script: its lines, nested lists opened.
fn lines(script: &Node) -> Vec<&Node> {
    if !script.is_list() {
        return vec![script];
    }
    script
        .items()
        .iter()
        .flat_map(|item| if item.is_list() { item.items().iter().collect() } else { vec![item] })
        .collect()
}

/// When a job can run: what its rules, `only` and `except` name, read for branches, tags and merge requests.
fn moments(layers: &[&Node], rules: &[Node]) -> Vec<Moment> {
    let moment = |event, name: &str, branch: Option<&str>| Moment {
        event,
        name: name.to_owned(),
        branch: branch.map(str::to_owned),
    };
    let mut found = Vec::new();
    for rule in rules.iter().filter(|rule| rule.get("when").and_then(Node::text) != Some("never")) {
        let Some(condition) = rule.get("if").and_then(Node::text) else { continue };
        found.extend(of_rule(condition));
    }
    if let Some(only) = find(layers, "only") {
        let refs = only.get("refs").unwrap_or(only);
        let names: Vec<&str> = refs.text().into_iter().chain(refs.items().iter().filter_map(Node::text)).collect();
        for name in names {
            found.push(match name {
                "tags" => moment(Event::Tag, "push", None),
                "merge_requests" => moment(Event::PullRequest, "pull_request", None),
                "branches" | "pushes" => moment(Event::Push, "push", None),
                "schedules" => moment(Event::Schedule, "schedule", None),
                "web" | "api" | "triggers" => moment(Event::Manual, "workflow_dispatch", None),
                branch => moment(Event::Push, "push", Some(branch)),
            });
        }
    }
    if found.is_empty() {
        found.push(moment(Event::Push, "push", None));
    }
    found
}

fn of_rule(condition: &str) -> Vec<Moment> {
    let moment = |event, name: &str, branch: Option<&str>| Moment {
        event,
        name: name.to_owned(),
        branch: branch.map(str::to_owned),
    };
    if condition.contains("$CI_COMMIT_TAG") && !condition.contains("$CI_COMMIT_TAG == null") {
        return vec![moment(Event::Tag, "push", None)];
    }
    if condition.contains("merge_request") {
        return vec![moment(Event::PullRequest, "pull_request", None)];
    }
    if condition.contains("schedule") {
        return vec![moment(Event::Schedule, "schedule", None)];
    }
    if condition.contains("$CI_DEFAULT_BRANCH") {
        return vec![moment(Event::Push, "push", Some("main"))];
    }
    let branch = ["$CI_COMMIT_BRANCH", "$CI_COMMIT_REF_NAME"].iter().any(|name| condition.contains(name));
    let quoted = condition.split(['"', '\'', '/']).nth(1);
    vec![moment(Event::Push, "push", quoted.filter(|_| branch))]
}
