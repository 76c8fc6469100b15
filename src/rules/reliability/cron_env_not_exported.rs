//! `cron-env-not-exported`: what cron runs gets its variables, in a shell that understands the line.

use crate::{
    code::shell::{self, Command},
    facts::cron::{Job, jobs},
    model::{Confidence, Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, FileKind},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: CronEnvNotExported = CronEnvNotExported;

pub(in crate::rules) struct CronEnvNotExported;

impl Rule for CronEnvNotExported {
    fn id(&self) -> &'static str {
        "cron-env-not-exported"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let jobs = jobs(cx.repo);
        if jobs.is_empty() {
            return Verdict::not_applicable("no-jobs");
        }
        let (mut sites, mut fine): (Vec<Site>, Vec<Evidence>) = (Vec::new(), Vec::new());
        for job in &jobs {
            let own = in_line(cx, job);
            let found = if own.is_empty() { script_of(cx, job).into_iter().collect() } else { own };
            if found.is_empty() {
                fine.push(Evidence::At { place: job.place(), note: Message::new("fine") });
            }
            sites.extend(found);
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place && a.message == b.message);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-jobs")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-jobs")).also_fine(fine).sites(total, ok)
    }
}

/// Tools that start only what understands `source`.
const WRAPPERS: [&str; 3] = ["bash -c", "bash -lc", "zsh -c"];

fn in_line(cx: &Context<'_>, job: &Job) -> Vec<Site> {
    let commands = shell::commands(&job.command);
    let mut sites = Vec::new();
    let bash = job.bash || WRAPPERS.iter().any(|wrapper| job.command.contains(wrapper));
    let plain = commands.iter().any(|command| word(command, 0) == "source" && !command.context.opened);
    if plain && !bash && !is_busybox(cx, job) {
        let site = Site::new(job.place(), "source").confidence(Confidence::Likely).key("source");
        sites.push(site);
    } else if let Some(file) = unexported(&commands, &job.command) {
        let message = Message::new("unexported").with("file", file);
        sites.push(Site::new(job.place(), message).confidence(Confidence::Likely).key("unexported"));
    }
    let first = commands.iter().find(|command| !command.words.is_empty() && !command.context.opened);
    let relative =
        first.map(|command| word(command, 0)).filter(|name| name.starts_with("./") || name.starts_with("../"));
    if let Some(name) = relative {
        let message = Message::new("relative").with("name", name);
        sites.push(Site::new(job.place(), message).severity(Severity::Medium).key("relative"));
    }
    sites
}

fn word(command: &Command, index: usize) -> &str {
    command.words.get(index).map_or("", |word| word.text.as_str())
}

/// Alpine's shell knows `source`.
fn is_busybox(cx: &Context<'_>, job: &Job) -> bool {
    let file = cx.repo.file(job.file);
    let beside = |other: &&File| other.kind == FileKind::Dockerfile && other.component == file.component;
    cx.repo.files().iter().filter(beside).any(|other| cx.repo.read(other.id).is_ok_and(|text| text.contains("alpine")))
        || job.command.contains("apk ")
}

/// The file of variables that is read without `export`, when a program follows that is to get them.
fn unexported(commands: &[Command], text: &str) -> Option<String> {
    let exports =
        ["set -a", "set -o allexport", "allexport", "export ", "env $("].iter().any(|sign| text.contains(sign));
    if exports {
        return None;
    }
    let at = commands.iter().position(|command| matches!(word(command, 0), "." | "source"))?;
    let file = word(&commands[at], 1);
    let name = file.rsplit('/').next().unwrap_or_default();
    let variables =
        name.starts_with(".env") || camino::Utf8Path::new(name).extension() == Some("env") || name == "environment";
    if !variables {
        return None;
    }
    // Where the line itself uses the variables, the shell fills them in.
    let later = &commands[at + 1..];
    let uses =
        later.iter().any(|command| command.words.iter().any(|word| word.dynamic) || !command.assignments.is_empty());
    let starts = later.iter().any(|command| is_program(word(command, 0)));
    (starts && !uses).then(|| file.to_owned())
}

/// Something that runs as a process of its own and reads its own environment.
fn is_program(name: &str) -> bool {
    const PROGRAMS: [&str; 16] = [
        "python", "python3", "node", "npm", "npx", "pnpm", "yarn", "php", "ruby", "bundle", "java", "uv", "poetry",
        "bun", "deno", "tsx",
    ];
    let last = name.rsplit('/').next().unwrap_or_default();
    PROGRAMS.contains(&last) || (name.contains('/') && !name.starts_with('-')) || last.ends_with(".sh")
}

/// A script of the repository that the job runs, when it reads a file of variables and does not export them.
fn script_of(cx: &Context<'_>, job: &Job) -> Option<Site> {
    let commands = shell::commands(&job.command);
    let names = commands.iter().flat_map(|command| &command.words).filter_map(|word| {
        let name = word.text.rsplit('/').next()?;
        name.ends_with(".sh").then_some(name)
    });
    names
        .filter_map(|name| {
            let mut files = cx.repo.files().iter().filter(|file| file.name() == name && file.role.is_operational());
            let only = files.next()?;
            files.next().is_none().then_some(only)
        })
        .find_map(|file| in_script(cx, file, job))
}

fn in_script(cx: &Context<'_>, file: &File, job: &Job) -> Option<Site> {
    let text = cx.repo.read(file.id).ok()?;
    let commands: Vec<Command> = shell::commands(&text).into_iter().filter(|one| !one.context.function).collect();
    let name = unexported(&commands, &text)?;
    let started = commands.iter().find(|command| matches!(word(command, 0), "." | "source"))?;
    // Tools that take the variables as arguments or from a file of their own need no export.
    let programs = ["python", "python3", "node", "npm", "npx", "php", "ruby", "java"];
    let starts =
        commands.iter().any(|command| programs.contains(&word(command, 0).rsplit('/').next().unwrap_or_default()));
    if !starts {
        return None;
    }
    let message = Message::new("unexported").with("file", name);
    let place = Place::At(file.id, Span::new(started.span.range().start, started.span.range().end));
    Some(Site::new(place, message).confidence(Confidence::Likely).key("unexported").related(job.place(), "job"))
}
