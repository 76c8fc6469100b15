//! `backup-not-compressed`: dumps are written compressed.

use crate::{
    code::shell::Operator,
    facts::{
        Fact,
        backups::{self, Backup, How},
        commands::CommandUse,
    },
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: BackupNotCompressed = BackupNotCompressed;

pub(in crate::rules) struct BackupNotCompressed;

impl Rule for BackupNotCompressed {
    fn id(&self) -> &'static str {
        "backup-not-compressed"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let commands = cx.facts.commands(cx.repo);
        let found = backups::backups(cx.repo, commands);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for backup in &found {
            let How::Command(at) = backup.how else { continue };
            if !["pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump", "mongodump"].contains(&backup.tool.as_str()) {
                continue;
            }
            if is_compressed(cx, backup, &commands[at], commands) {
                fine.push(Evidence::At { place: backup.place.clone(), note: Message::new("compressed") });
            } else {
                let message = Message::new("plain").with("tool", backup.tool.as_str());
                sites.push(Site::new(backup.place.clone(), message).key(backup.name.as_str()));
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-dumps")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-dumps")).also_fine(fine).sites(total, ok)
    }
}

const COMPRESSORS: [&str; 14] =
    ["gzip", "pigz", "zstd", "bzip2", "pbzip2", "xz", "lz4", "brotli", "7z", "zip", "tar", "gpg", "restic", "borg"];

/// By the tool's own format, by what the dump is piped into, or by a later command of the same script.
fn is_compressed(cx: &Context<'_>, backup: &Backup, used: &CommandUse, commands: &[CommandUse]) -> bool {
    let words: Vec<&str> = used.command.words.iter().map(|word| word.text.as_str()).collect();
    let own = words.iter().enumerate().any(|(at, word)| {
        let next = words.get(at + 1).copied().unwrap_or_default();
        matches!(
            *word,
            "-Fc"
                | "-Fd"
                | "--gzip"
                | "--compress"
                | "--format=custom"
                | "--format=c"
                | "--format=directory"
                | "--format=d"
                | "-Fcustom"
                | "-Ft"
        ) || word.starts_with("-Z")
            || word.starts_with("--compress=")
            || (matches!(*word, "-F" | "--format") && matches!(next, "c" | "d" | "custom" | "directory"))
            || (word.starts_with("-F") && word.len() == 3 && "cd".contains(&word[2..]))
    });
    let piped = used.command.after == Some(Operator::Pipe);
    // Options in a variable or an array may say it.
    let open = words
        .iter()
        .any(|word| word.contains("[@]") || (word.starts_with('$') && word.to_ascii_uppercase().contains("OPT")));
    let inside = cx.repo.read(used.file).ok().is_some_and(|text| {
        text.get(used.command.span.range()).is_some_and(|part| COMPRESSORS.iter().any(|tool| part.contains(tool)))
    });
    let later = commands.iter().any(|other| {
        other.file == backup.file
            && other.command.span.start > used.command.span.start
            && other.command.program().is_some_and(|program| COMPRESSORS.contains(&program.name))
    });
    own || piped || open || inside || later
}
