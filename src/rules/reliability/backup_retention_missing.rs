//! `backup-retention-missing`: old backups are removed after a time that somebody chose.

use crate::{
    facts::{
        Fact,
        backups::{self, Backup, How},
    },
    model::{Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: BackupRetentionMissing = BackupRetentionMissing;

pub(in crate::rules) struct BackupRetentionMissing;

impl Rule for BackupRetentionMissing {
    fn id(&self) -> &'static str {
        "backup-retention-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let found = backups::backups(cx.repo, cx.facts.commands(cx.repo));
        if found.is_empty() {
            return Verdict::not_applicable("no-backups");
        }
        if let Some(place) = backups::retention(cx.repo, &found) {
            return Verdict::pass_at(place, "kept");
        }
        let dumps: Vec<&Backup> =
            found.iter().filter(|backup| matches!(backup.how, How::Command(_)) && writes_file(backup)).collect();
        if dumps.is_empty() {
            return Verdict::not_applicable("elsewhere");
        }
        if let Some(sent) = dumps.iter().find_map(|backup| backups::sent_away(cx.repo, backup)) {
            return Verdict::unknown(Message::new("bucket").with("command", sent));
        }
        let sites = dumps.into_iter().map(|backup| {
            let message = Message::new("missing").with("name", backup.name.as_str());
            Site::new(backup.place.clone(), message).key(backup.name.as_str())
        });
        Verdict::fail_or(sites.collect(), || Verdict::not_applicable("elsewhere"))
    }
}

/// Whether the tool leaves a file behind each time, rather than keep a store with rules of its own.
fn writes_file(backup: &Backup) -> bool {
    ["dump", "pg_basebackup", "xtrabackup", "mariabackup", "mariadb-backup", "sqlite3"]
        .iter()
        .any(|part| backup.tool.contains(part))
}
