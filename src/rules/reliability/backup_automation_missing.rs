//! `backup-automation-missing`: backups are taken on a schedule, not when somebody remembers.

use crate::{
    facts::{
        Fact,
        backups::{self, Backup, How},
        documents,
    },
    model::{Confidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: BackupAutomationMissing = BackupAutomationMissing;

pub(in crate::rules) struct BackupAutomationMissing;

impl Rule for BackupAutomationMissing {
    fn id(&self) -> &'static str {
        "backup-automation-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let commands = cx.facts.commands(cx.repo);
        let found = backups::backups(cx.repo, commands);
        let Some(first) = found.first() else { return by_hand(cx) };
        if let Some(place) = backups::schedule(cx.repo, commands, &found) {
            return Verdict::pass_at(place, "scheduled");
        }
        if let Some(place) = backups::documented_schedule(cx.repo, &found) {
            let file = place.file().map_or(String::new(), |file| cx.repo.file(file).path.to_string());
            return Verdict::unknown(Message::new("documented").with("file", file));
        }
        match found.iter().find(|backup| matches!(backup.how, How::Command(_) | How::Request(_))) {
            Some(backup) => Verdict::fail(site(backup), []),
            None => Verdict::unknown(Message::new("code").with("name", first.name.as_str())),
        }
    }
}

/// Nothing takes backups, and a document tells people to.
fn by_hand(cx: &Context<'_>) -> Verdict {
    let heading = documents::heading(cx.repo, backups::heading).filter(|_| !backups::kept(cx.repo).is_empty());
    let Some(heading) = heading else { return Verdict::not_applicable("no-backups") };
    if let Some(place) = backups::documented_schedule(cx.repo, &[]) {
        let file = place.file().map_or(String::new(), |file| cx.repo.file(file).path.to_string());
        return Verdict::unknown(Message::new("documented").with("file", file));
    }
    let message = Message::new("by-hand").with("heading", heading.text);
    let site = Site::new(heading.place, message).severity(Severity::Medium).confidence(Confidence::Likely);
    Verdict::fail(site, [])
}

fn site(backup: &Backup) -> Site {
    let message = Message::new("manual").with("name", backup.name.as_str()).with("tool", backup.tool.as_str());
    Site::new(backup.place.clone(), message).key(backup.name.as_str())
}
