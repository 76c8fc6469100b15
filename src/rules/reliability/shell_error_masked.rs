//! `shell-error-masked`: operational scripts notice that their essential step failed.

use crate::{
    code::shell::Operator,
    facts::{
        Fact, backups,
        commands::{CommandUse, Stage},
        migrations::{self, SchemaCommand},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, FileKind},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ShellErrorMasked = ShellErrorMasked;

pub(in crate::rules) struct ShellErrorMasked;

impl Rule for ShellErrorMasked {
    fn id(&self) -> &'static str {
        "shell-error-masked"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for used in cx.facts.commands(cx.repo).iter().filter(|used| used.role.is_operational()) {
            match judge(cx, used) {
                Some(Answer::Masked(site)) => sites.push(site),
                Some(Answer::Noticed(evidence)) => fine.push(evidence),
                None => {}
            }
        }
        let scripts = cx.repo.files().iter().filter(|file| file.kind == FileKind::Shell && file.role.is_operational());
        sites.extend(scripts.flat_map(|file| counters(cx, file)));
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-step")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-step")).also_fine(fine).sites(total, ok)
    }
}

enum Answer {
    Masked(Site),
    Noticed(Evidence),
}

fn judge(cx: &Context<'_>, used: &CommandUse) -> Option<Answer> {
    let dump = backups::dumper(used);
    let migration = matches!(migrations::schema_command(used), Some(SchemaCommand::Migrate(_)));
    let essential = dump.is_some() || migration || backups::restores(used);
    if essential && is_swallowed(cx, used) {
        let message = Message::new("swallowed").with("command", program(used));
        return Some(Answer::Masked(Site::new(used.place(), message)));
    }
    if dump.is_some() && used.command.after == Some(Operator::Pipe) {
        if sees_pipes(cx, used) {
            return Some(Answer::Noticed(Evidence::At { place: used.place(), note: Message::new("pipefail") }));
        }
        let message = Message::new("piped").with("command", dump.unwrap_or_default());
        return Some(Answer::Masked(Site::new(used.place(), message)));
    }
    goes_on(cx, used).then(|| {
        let site = Site::new(used.place(), "psql").confidence(Confidence::Likely);
        Answer::Masked(if is_essential_name(cx, used) { site } else { site.severity(Severity::Medium) })
    })
}

fn program(used: &CommandUse) -> String {
    used.command.program().map(|program| program.name.to_owned()).unwrap_or_default()
}

/// `|| true` and its kind directly behind the command.
fn is_swallowed(cx: &Context<'_>, used: &CommandUse) -> bool {
    if used.command.after != Some(Operator::Or) {
        return false;
    }
    let Ok(text) = cx.repo.read(used.file) else { return false };
    let end = usize::try_from(used.command.span.end).unwrap_or(usize::MAX);
    let rest = text.get(end..).unwrap_or_default().trim_start_matches(['"', '\'', ' ']);
    let Some(catch) = rest.strip_prefix("||") else { return false };
    let catch = catch.split([';', '\n', '&', ')', '"']).next().unwrap_or_default().trim();
    catch == "true" || catch == ":" || (catch.starts_with("echo ") && !rest.contains("exit"))
}

/// Whether a failure inside a pipe is seen where this command runs.
fn sees_pipes(cx: &Context<'_>, used: &CommandUse) -> bool {
    let Ok(text) = cx.repo.read(used.file) else { return true };
    let part = match used.stage {
        Stage::ShellScript | Stage::Workflow => text.as_ref(),
        _ => text.get(used.whole.range()).unwrap_or_default(),
    };
    // `shell: bash` of a workflow switches pipefail on.
    part.contains("pipefail")
        || part.contains("PIPESTATUS")
        || (used.stage == Stage::Workflow && part.contains("shell: bash"))
}

/// `psql` that reads a script and goes on after an error in it.
fn goes_on(cx: &Context<'_>, used: &CommandUse) -> bool {
    let Some(program) = used.command.program() else { return false };
    let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
    let runs = program.name == "psql"
        || words.contains(&"psql") && matches!(program.name, "docker" | "docker-compose" | "kubectl");
    let file = words.iter().any(|word| matches!(*word, "-f" | "--file") || word.starts_with("--file="));
    let fed = used.command.redirects.iter().any(|redirect| redirect.operator == "<");
    let quiet = words.iter().any(|word| matches!(*word, "-c" | "--command" | "-1" | "--single-transaction"));
    let stage = matches!(used.stage, Stage::ShellScript | Stage::Workflow | Stage::Make);
    // Searches the whole file, so it is asked last.
    let stops = || cx.repo.read(used.file).is_ok_and(|text| text.contains("ON_ERROR_STOP"));
    runs && (file || fed) && !quiet && stage && is_essential_name(cx, used) && !stops()
}

/// Whether the script or job is one on which data or a release depends.
fn is_essential_name(cx: &Context<'_>, used: &CommandUse) -> bool {
    is_essential(cx.repo.file(used.file)) || essential_word(&used.name)
}

fn is_essential(file: &File) -> bool {
    essential_word(file.name())
}

fn essential_word(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["backup", "restore", "deploy", "migrat", "rollback", "release"].iter().any(|word| name.contains(word))
}

/// `((n++))` under `set -e`: the expression is false while `n` is 0, and the script ends there.
fn counters(cx: &Context<'_>, file: &File) -> Vec<Site> {
    let Ok(text) = cx.repo.read(file.id) else { return Vec::new() };
    let strict = text.lines().take(60).any(|line| {
        let options = line.trim().strip_prefix("set -").unwrap_or_default();
        options.starts_with("o errexit")
            || options.split(' ').next().is_some_and(|word| word.contains('e') && !word.starts_with('o'))
    });
    let mut sites = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let plain = line.trim();
        let name = plain.strip_prefix("((").and_then(|rest| rest.strip_suffix("++))")).map(str::trim);
        if let Some(name) = name.filter(|name| strict && starts_at_zero(&text, name)) {
            let start = offset + (line.len() - line.trim_start().len());
            let message = Message::new("counter").with("name", name);
            let site = Site::new(Place::At(file.id, Span::new(start, start + plain.len())), message);
            let site = site.confidence(Confidence::Likely).key(format!("{name} {}", sites.len()));
            sites.push(if is_essential(file) { site } else { site.severity(Severity::Medium) });
        }
        offset += line.len();
    }
    sites
}

fn starts_at_zero(text: &str, name: &str) -> bool {
    !name.is_empty()
        && text.lines().any(|line| {
            let line = line.trim().trim_start_matches("local ").trim_start_matches("declare -i ");
            line.strip_prefix(name)
                .is_some_and(|rest| rest == "=0" || rest.starts_with("=0 ") || rest.starts_with("=0;"))
        })
}
