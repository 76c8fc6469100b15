//! `backup-before-migrate`: a deployment copies the database before it changes the schema.

use crate::{
    facts::{
        Fact,
        commands::{CommandUse, Stage},
        deployment, rollout, stores,
        tier::{self, Tier},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Site, Span, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: BackupBeforeMigrate = BackupBeforeMigrate;

pub(in crate::rules) struct BackupBeforeMigrate;

impl Rule for BackupBeforeMigrate {
    fn id(&self) -> &'static str {
        "backup-before-migrate"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let commands = cx.facts.commands(cx.repo);
        let ways = deployment::ways(cx.repo, commands);
        let deploying: Vec<FileId> = ways.iter().filter(|way| rollout::is_action(way)).map(|way| way.file).collect();
        let starts = rollout::Starts::of(commands);
        let mut seen = Vec::new();
        let steps: Vec<&CommandUse> = commands
            .iter()
            .filter(|used| deploying.contains(&used.file) && is_step(cx, used))
            .filter(|used| starts.applies_migrations(used))
            .filter(|used| {
                let first = !seen.contains(&used.file);
                seen.push(used.file);
                first
            })
            .collect();
        if steps.is_empty() {
            return Verdict::not_applicable("no-step");
        }
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for step in steps {
            match copied_before(cx, step) {
                Some(place) => fine.push(Evidence::At { place, note: Message::new("copied") }),
                None => sites.push(
                    Site::new(step.place(), Message::new("uncopied").with("command", step.text()))
                        .confidence(Confidence::Likely)
                        .key(step.text()),
                ),
            }
        }
        if let Some(managed) = stores::managed(cx.repo).filter(|_| !sites.is_empty()) {
            return Verdict::unknown(Message::new("managed").with("provider", managed.provider));
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-step")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-step")).also_fine(fine).sites(total, ok)
    }
}

/// A step of a deployment that reaches data somebody needs.
fn is_step(cx: &Context<'_>, used: &CommandUse) -> bool {
    let tier = tier::of_name(&used.name);
    let test =
        ["test", "check", "lint", "e2e", "build"].iter().any(|word| used.name.to_ascii_lowercase().contains(word));
    matches!(used.stage, Stage::Workflow | Stage::ShellScript)
        && !matches!(tier, Tier::Staging | Tier::Development)
        && !matches!(tier::of_path(&cx.repo.file(used.file).path), Tier::Staging | Tier::Development)
        && !test
}

/// A line before the step, or the script's own name, that speaks of a copy.
fn copied_before(cx: &Context<'_>, step: &CommandUse) -> Option<Place> {
    let text = cx.repo.read(step.file).ok()?;
    let end = text.len().min(usize::try_from(step.command.span.start).unwrap_or(usize::MAX));
    let mut offset = 0;
    for line in text.get(..end)?.split_inclusive('\n') {
        let plain = line.trim().to_ascii_lowercase();
        let says = ["backup", "snapshot", "pg_dump", "mysqldump", "mongodump", "branches create"]
            .iter()
            .any(|word| plain.contains(word));
        if says && !plain.starts_with('#') && !plain.starts_with("echo") {
            return Some(Place::At(step.file, Span::new(offset, offset + line.trim_end().len())));
        }
        offset += line.len();
    }
    None
}
