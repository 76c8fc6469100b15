//! `default-admin-account`: no seed, migration or start-up code creates an administrator with a known password.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact,
        credentials::accounts,
        modules::{ModuleFacts, Target},
    },
    model::{Confidence, FileId, Message, Observation, Place, Severity, Site, Tone, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: DefaultAdminAccount = DefaultAdminAccount;

pub(in crate::rules) struct DefaultAdminAccount;

impl Rule for DefaultAdminAccount {
    fn id(&self) -> &'static str {
        "default-admin-account"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Modules]
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
        let kept = |seen: &&Observation| seen.tone == Tone::Bad && !is_refused_in_production(cx, &seen.place);
        let mut sites: Vec<Site> = cx.seen.iter().filter(kept).map(site_of).collect();
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

/// Whether the values stand in a file of a seed, and every script that imports it ends in production:
/// `if (process.env.NODE_ENV === "production" && !allowed) process.exit(1)`.
fn is_refused_in_production(cx: &Context<'_>, place: &Place) -> bool {
    let Some(file) = place.file().filter(|file| cx.repo.file(*file).path.as_str().contains("seed")) else {
        return false;
    };
    let modules = cx.facts.modules(cx.repo);
    let imports = |other: FileId, module: &ModuleFacts| {
        module.imports.iter().any(|import| modules.target(other, &import.module) == Target::File(file))
    };
    let ends = |other: FileId| {
        cx.repo.read(other).is_ok_and(|text| {
            let names = text.contains("NODE_ENV") && text.contains("production");
            names && ["process.exit(", "throw new"].iter().any(|end| text.contains(end))
        })
    };
    let mut importers = modules.files().filter(|(other, module)| imports(*other, module)).peekable();
    importers.peek().is_some() && importers.all(|(other, _)| ends(other))
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
