//! Every shell command that the repository runs or offers: package scripts, shell scripts, image builds and starts,
//! Compose commands, workflow steps, Make targets, Procfiles.

use crate::{
    code::shell::{self, Command, Word},
    doc::Node,
    model::{FileId, Place, Span},
    repo::{File, FileKind, Repo, Role},
};

/// A command with where and when it runs. Spans are the file's.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandUse {
    pub file: FileId,
    pub role: Role,
    pub command: Command,
    pub stage: Stage,
    /// The script, job, service, target or instruction that holds it.
    pub name: String,
    /// The whole line or script that it is part of, in the file.
    pub whole: Span,
}

/// When a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// A script of `package.json`, run by a person or by another command.
    PackageScript,
    /// A line of a shell script.
    ShellScript,
    /// While an image is built.
    ImageBuild,
    /// When a container starts.
    ContainerStart,
    /// A step of a workflow.
    Workflow,
    /// A recipe of a Makefile.
    Make,
    /// A process of a Procfile, or a platform's start command.
    PlatformStart,
}

impl CommandUse {
    pub fn place(&self) -> Place {
        Place::At(self.file, self.command.span)
    }

    /// The command's words, as a reader would type them.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.command.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    /// It only prints or ends: a part of a stub that says what to run instead.
    pub fn only_prints(&self) -> bool {
        shell::is_only_echo(std::slice::from_ref(&self.command))
            || self.command.program().is_some_and(|program| matches!(program.name, "exit" | "true" | ":"))
    }
}

/// All commands, in order of path and position. Test data, examples, generated and vendored files are left out.
pub fn commands(repo: &Repo) -> Vec<CommandUse> {
    let mut found = Vec::new();
    for file in repo.files().iter().filter(|file| file.role.is_operational()) {
        match file.kind {
            FileKind::PackageJson => package_scripts(repo, file, &mut found),
            FileKind::Shell => shell_script(repo, file, &mut found),
            FileKind::Dockerfile => dockerfile(repo, file, &mut found),
            FileKind::Compose => compose(repo, file, &mut found),
            FileKind::Workflow => workflow(repo, file, &mut found),
            FileKind::GitlabCi => gitlab(repo, file, &mut found),
            FileKind::TaskRunner => makefile(repo, file, &mut found),
            FileKind::Platform => platform(repo, file, &mut found),
            _ => {}
        }
    }
    found
}

fn push(found: &mut Vec<CommandUse>, file: &File, stage: Stage, name: &str, whole: Span, commands: Vec<Command>) {
    found.extend(commands.into_iter().map(|command| CommandUse {
        file: file.id,
        role: file.role,
        command,
        stage,
        name: name.to_owned(),
        whole,
    }));
}

/// The commands of a string in a document, their spans moved to where they stand in the file.
fn in_node(found: &mut Vec<CommandUse>, file: &File, stage: Stage, name: &str, node: &Node) {
    let Some(text) = node.as_str() else { return };
    let commands = shell::commands_in(text, |part| node.span_of(part));
    push(found, file, stage, name, node.span, commands);
}

fn package_scripts(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Some(scripts) = repo.doc(file.id).and_then(|doc| doc.root()).and_then(|root| root.get("scripts")) else {
        return;
    };
    for entry in scripts.entries() {
        in_node(found, file, Stage::PackageScript, &entry.key, &entry.value);
    }
}

fn shell_script(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Ok(text) = repo.read(file.id) else { return };
    let name = file.path.file_name().unwrap_or_default();
    push(found, file, Stage::ShellScript, name, Span::new(0, text.len()), shell::commands(&text));
}

fn dockerfile(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Some(dockerfile) = repo.dockerfile(file.id) else { return };
    for instruction in dockerfile.stages.iter().flat_map(|stage| &stage.instructions) {
        let stage = match instruction.keyword.as_str() {
            "RUN" => Stage::ImageBuild,
            "CMD" | "ENTRYPOINT" => Stage::ContainerStart,
            _ => continue,
        };
        push(found, file, stage, &instruction.keyword, instruction.span, instruction.commands());
    }
}

fn compose(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Some(services) = repo.doc(file.id).and_then(|doc| doc.root()).and_then(|root| root.get("services")) else {
        return;
    };
    for service in services.entries() {
        for key in ["command", "entrypoint"] {
            let Some(node) = service.value.get(key) else { continue };
            if node.as_str().is_some() {
                in_node(found, file, Stage::ContainerStart, &service.key, node);
            } else {
                exec_form(found, file, &service.key, node);
            }
        }
    }
}

/// A list of words; the script that `sh -c` among them runs is opened.
fn exec_form(found: &mut Vec<CommandUse>, file: &File, name: &str, node: &Node) {
    let words = node.items().iter().filter_map(|item| {
        let text = item.text()?.to_owned();
        Some(Word { dynamic: text.contains('$'), text, span: item.span })
    });
    let commands = shell::commands_of_words(words.collect());
    push(found, file, Stage::ContainerStart, name, node.span, commands);
}

fn workflow(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Some(jobs) = repo.doc(file.id).and_then(|doc| doc.root()).and_then(|root| root.get("jobs")) else { return };
    for job in jobs.entries().iter().filter(|job| !is_off(&job.value)) {
        for run in steps(&job.value).into_iter().filter(|step| !is_off(step)).filter_map(|step| step.get("run")) {
            in_node(found, file, Stage::Workflow, &job.key, run);
        }
    }
}

/// How deep groups of steps are looked into.
const MAX_GROUPS: usize = 4;

/// The steps of a workflow's job or of a composite action, those of a group that runs at once (`parallel:`) among them.
pub fn steps(owner: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    gather(owner, 0, &mut found);
    found
}

fn gather<'n>(owner: &'n Node, depth: usize, found: &mut Vec<&'n Node>) {
    let list = owner.get("steps").unwrap_or(owner);
    for step in list.items() {
        match step.get("parallel").filter(|_| depth < MAX_GROUPS) {
            Some(group) => gather(group, depth + 1, found),
            None => found.push(step),
        }
    }
}

/// `if: false` switches a job or a step off.
fn is_off(node: &Node) -> bool {
    node.get("if").is_some_and(|condition| {
        condition.as_bool() == Some(false)
            || condition.as_str().is_some_and(|text| matches!(text.trim(), "false" | "${{ false }}"))
    })
}

fn gitlab(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Some(root) = repo.doc(file.id).and_then(|doc| doc.root()) else { return };
    for job in root.entries().iter().filter(|job| !job.key.starts_with('.')) {
        for key in ["before_script", "script", "after_script"] {
            let Some(script) = job.value.get(key) else { continue };
            in_node(found, file, Stage::Workflow, &job.key, script);
            for line in script.items() {
                in_node(found, file, Stage::Workflow, &job.key, line);
            }
        }
    }
}

fn makefile(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Ok(text) = repo.read(file.id) else { return };
    for recipe in shell::recipe_lines(&text) {
        let commands = shell::commands_at(&recipe.text, recipe.span.start);
        push(found, file, Stage::Make, &recipe.target, recipe.span, commands);
    }
}

/// Keys of platform files that hold a start, build or release command.
const PLATFORM_COMMANDS: [&str; 8] = [
    "startCommand",
    "buildCommand",
    "preDeployCommand",
    "releaseCommand",
    "release_command",
    "preDeploy",
    "start",
    "run",
];

fn platform(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    if file.path.file_name() == Some("Procfile") {
        return procfile(repo, file, found);
    }
    let Some(doc) = repo.doc(file.id) else { return };
    for (path, node) in doc.documents.iter().flat_map(Node::walk) {
        if let Some(key) = path.last_key().filter(|key| PLATFORM_COMMANDS.contains(key)) {
            in_node(found, file, Stage::PlatformStart, key, node);
        }
    }
}

fn procfile(repo: &Repo, file: &File, found: &mut Vec<CommandUse>) {
    let Ok(text) = repo.read(file.id) else { return };
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some((process, command)) = line.trim_end().split_once(':')
            && !line.starts_with('#')
        {
            let start = offset + process.len() + 1;
            let whole = Span::new(offset, offset + line.trim_end().len());
            let base = Span::new(start, start).start;
            push(found, file, Stage::PlatformStart, process, whole, shell::commands_at(command, base));
        }
        offset += line.len();
    }
}
