//! `restore-procedure-missing`: the repository says how a backup is brought back.

use crate::{
    facts::{
        Fact,
        backups::{self, How},
        documents,
    },
    model::{Evidence, Message, Place, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: RestoreProcedureMissing = RestoreProcedureMissing;

pub(in crate::rules) struct RestoreProcedureMissing;

impl Rule for RestoreProcedureMissing {
    fn id(&self) -> &'static str {
        "restore-procedure-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let found = backups::backups(cx.repo, cx.facts.commands(cx.repo));
        if found.is_empty() {
            return Verdict::not_applicable("no-backups");
        }
        Verdict::pass_or(evidence(cx), || {
            let own = found.iter().find(|backup| !matches!(backup.how, How::Setting | How::Cluster | How::Request(_)));
            let Some(backup) = own else { return Verdict::not_applicable("managed") };
            let message = Message::new("missing").with("name", backup.name.as_str()).with("tool", backup.tool.as_str());
            Verdict::fail(Site::new(backup.place.clone(), message).key(backup.name.as_str()), [])
        })
    }
}

fn evidence(cx: &Context<'_>) -> Vec<Evidence> {
    let commands =
        cx.facts.commands(cx.repo).iter().filter(|used| used.role.is_operational() && backups::restores(used));
    let mut found: Vec<Evidence> = commands
        .map(|used| Evidence::At {
            place: used.place(),
            note: Message::new("command").with("name", used.name.as_str()),
        })
        .collect();
    let scripts = cx.repo.files().iter().filter(|file| {
        let shell = file.kind == FileKind::Shell;
        let program = shell || matches!(file.kind, FileKind::Code | FileKind::OtherCode);
        let data = ["backup", "db", "database", "dump", "postgres", "mysql", "mongo", "volume", "data"];
        let path = file.path.as_str().to_ascii_lowercase();
        let about = shell || path.split(|char: char| !char.is_ascii_alphanumeric()).any(|part| data.contains(&part));
        let starts = || cx.repo.read(file.id).is_ok_and(|text| backups::names_restorer(&text));
        program && file.role.is_operational() && backups::says_restore(file.name()) && (about || starts())
    });
    if found.is_empty() {
        found.extend(scripts.map(|file| Evidence::At {
            place: Place::File(file.id),
            note: Message::new("command").with("name", file.name()),
        }));
    }
    found.extend(documents::heading(cx.repo, backups::restore_heading).map(|heading| Evidence::At {
        place: heading.place,
        note: Message::new("documented").with("heading", heading.text),
    }));
    found
}
