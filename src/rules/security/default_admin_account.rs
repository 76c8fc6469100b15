//! `default-admin-account`: no seed, migration or start-up code creates an administrator with a known password.

use camino::Utf8PathBuf;

use crate::{
    code::{Kind, NodeRef},
    facts::credentials::accounts,
    model::{Confidence, Message, Observation, Place, Severity, Site, Tone, Verdict},
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
        let dropped = cx.seen.iter().any(|seen| seen.tone == Tone::Bad);
        Verdict::fail_or(sites, || {
            if dropped { Verdict::not_applicable("none") } else { cx.judged(|| Verdict::not_applicable("none")) }
        })
    }
}

/// Whether the values stand in the folder of a seed whose script ends in production:
/// `if (process.env.NODE_ENV === "production" && !allowed) process.exit(1)`.
fn is_refused_in_production(cx: &Context<'_>, place: &Place) -> bool {
    let Some(folder) = place.file().and_then(|file| cx.repo.file(file).path.parent()) else { return false };
    let scripts = ["ts", "js", "mjs", "mts"].into_iter().flat_map(|extension| {
        [Utf8PathBuf::from(format!("{folder}.{extension}")), folder.join(format!("index.{extension}"))]
    });
    let named = folder.file_name().is_some_and(|name| name.contains("seed"));
    let ends = |text: &str| {
        let names = text.contains("NODE_ENV") && text.contains("production");
        names && ["process.exit(", "throw new"].iter().any(|end| text.contains(end))
    };
    named
        && scripts
            .filter_map(|path| cx.repo.by_path(&path))
            .any(|file| cx.repo.read(file.id).is_ok_and(|text| ends(&text)))
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
