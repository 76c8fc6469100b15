//! `default-admin-account`: no seed, migration or start-up code creates an administrator with a known password.

use crate::{
    code::{Kind, NodeRef},
    facts::credentials::accounts,
    model::{Confidence, Message, Place, Severity, Site, Tone, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: DefaultAdminAccount = DefaultAdminAccount;

pub(in crate::rules) struct DefaultAdminAccount;

impl Rule for DefaultAdminAccount {
    fn id(&self) -> &'static str {
        "default-admin-account"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Object, Kind::Call])
            .keywords(&["dmin", "ADMIN", "uperuser", "SUPERUSER", "root", "ROOT"])
            .roles(&[Role::Source, Role::Script, Role::Migration])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(account) = accounts::in_code(file.file, node) else { return };
        let place = file.place(account.shown);
        if !account.is_literal {
            out.good(place, "outside");
            return;
        }
        if node.is_dev_only() {
            return;
        }
        let (message, severity) = weigh(file.file);
        let observation = out.bad(place, message);
        observation.severity = Some(severity);
        observation.confidence = Confidence::Likely;
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut sites: Vec<Site> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        for file in cx.repo.files().iter().filter(|file| is_sql(file)) {
            let Ok(text) = cx.repo.read(file.id) else { continue };
            for span in accounts::in_sql(&text) {
                let (message, severity) = weigh(file);
                let site = Site::new(Place::At(file.id, span), message).severity(severity);
                sites.push(site.confidence(Confidence::Likely));
            }
        }
        Verdict::fail_or(sites, || cx.judged(|| Verdict::not_applicable("none")))
    }
}

/// SQL that the product runs. A file that is called a seed fills a database for development.
fn is_sql(file: &File) -> bool {
    let sql = matches!(file.kind, FileKind::Sql | FileKind::Migration) && file.path.extension() == Some("sql");
    sql && matches!(file.role, Role::Source | Role::Migration | Role::Config)
}

fn weigh(file: &File) -> (Message, Severity) {
    match file.role {
        Role::Migration => (Message::new("migration"), Severity::High),
        Role::Script => (Message::new("script"), Severity::Medium),
        _ => (Message::new("source"), Severity::High),
    }
}
