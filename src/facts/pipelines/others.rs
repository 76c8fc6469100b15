//! Pipelines of other systems, read for the commands they run.

use super::{Act, Call, Follower, Job, Pipeline, State, Step, System, deploys, follow};
use crate::{
    code::shell::Command,
    doc::{Entry, Node},
    model::Span,
    repo::{File, Repo, Stated},
};

/// Keys that hold commands in one system or another.
const COMMANDS: &[&str] =
    &["run", "command", "script", "bash", "sh", "pwsh", "powershell", "commands", "cmd", "inline", "args", "deploy"];

pub(super) fn pipeline(repo: &Repo, file: &File, follower: &Follower<'_>) -> Pipeline {
    let text = repo.read(file.id).unwrap_or_else(|_| "".into());
    let doc = repo.doc(file.id);
    let root = doc.and_then(|doc| doc.root());
    let mut commands: Vec<(String, Vec<Command>)> = Vec::new();
    let mut opaque = None;
    match root {
        Some(root) if root.is_map() || root.is_list() => {
            walk(root, "", 0, &mut commands);
            opaque = root
                .entry("orbs")
                .or_else(|| root.entry("include"))
                .or_else(|| root.entry("resources"))
                .map(Entry::span);
        }
        _ => commands.push((String::new(), script_of(&text))),
    }
    let mut acts = Vec::new();
    for (name, commands) in &commands {
        let found = follower.step(file.id, commands, Some(camino::Utf8Path::new("")));
        acts.extend(found.into_iter().map(|act| Act { does: deploys::settle(act.does, &[name]), ..act }));
    }
    let all: Vec<Command> = commands.into_iter().flat_map(|(_, commands)| commands).collect();
    let span = first_content(&text);
    let state = if span.is_none() { State::CommentedOut } else { State::Live };
    let mut jobs = Vec::new();
    if let Some(span) = span {
        let calls = opaque.map(|span| Call {
            workflow: Stated { text: "shared configuration".to_owned(), span },
            jobs: None,
            file: None,
            inherits_secrets: None,
        });
        jobs.push(job(span, all, acts, calls));
    }
    Pipeline {
        file: file.id,
        system: System::Other(system(file)),
        name: None,
        triggers: Vec::new(),
        triggers_at: span,
        permissions: None,
        jobs,
        state,
        cut: None,
    }
}

fn job(span: Span, commands: Vec<Command>, acts: Vec<Act>, calls: Option<Call>) -> Job {
    let step = Step {
        span,
        id: None,
        name: None,
        uses: None,
        run: None,
        condition: None,
        tolerated: None,
        off: None,
        folder: None,
        commands,
        acts,
        outcome_asked: false,
    };
    Job {
        id: "pipeline".to_owned(),
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
        calls,
        steps: vec![step],
        moments: Vec::new(),
        has_matrix: false,
    }
}

/// The commands below a node, each with the name of the job around them.
fn walk(node: &Node, name: &str, depth: usize, found: &mut Vec<(String, Vec<Command>)>) {
    if depth > 40 {
        return;
    }
    for entry in node.entries() {
        if COMMANDS.contains(&entry.key.as_str()) {
            let items: Vec<&Node> =
                if entry.value.is_list() { entry.value.items().iter().collect() } else { vec![&entry.value] };
            for item in items {
                if let Some(text) = item.as_str() {
                    found.push((name.to_owned(), follow::commands_of(text, |part| item.span_of(part))));
                }
            }
        }
        let inner = if matches!(entry.key.as_str(), "jobs" | "stages" | "steps" | "phases" | "pipelines") {
            name
        } else {
            &entry.key
        };
        walk(&entry.value, inner, depth + 1, found);
    }
    for item in node.items() {
        walk(item, name, depth + 1, found);
    }
}

/// The shell steps of a Jenkinsfile or another script: what stands in quotes behind `sh`, `bat` or `powershell`.
fn script_of(text: &str) -> Vec<Command> {
    let mut found = Vec::new();
    for keyword in ["sh ", "sh(", "bat ", "bat(", "powershell "] {
        for (at, _) in text.match_indices(keyword) {
            let bounded =
                text[..at].chars().next_back().is_none_or(|char| !char.is_alphanumeric() && char != '.' && char != '-');
            let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            if !bounded || text[line..at].trim_start().starts_with("//") {
                continue;
            }
            let from = at + keyword.len();
            let Some((start, end)) = quoted(text, from) else { continue };
            let base = Span::new(start, end);
            found.extend(follow::commands_of(&text[start..end], |part| part.shifted(base.start)));
        }
    }
    found.sort_by_key(|command| command.span);
    found
}

/// The first string behind `from` on the same line, single, double or triple quoted.
fn quoted(text: &str, from: usize) -> Option<(usize, usize)> {
    let line = text[from..].find('\n').map_or(text.len(), |at| from + at);
    let open = text[from..line].find(['\'', '"']).map(|at| from + at)?;
    let quote = &text[open..=open];
    let triple = quote.repeat(3);
    let mark = if text[open..].starts_with(&triple) { triple.as_str() } else { quote };
    let start = open + mark.len();
    let end = text[start..].find(mark).map(|at| start + at)?;
    Some((start, end))
}

/// The first line that is no comment.
fn first_content(text: &str) -> Option<Span> {
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

/// The system that reads a file of this name.
pub(super) fn system(file: &File) -> &'static str {
    let path = file.path.as_str().to_ascii_lowercase();
    [
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
