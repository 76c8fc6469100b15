//! `compose-inline-password`: passwords are not written in Compose files and in Spring's settings.
//!
//! Defaults of variables are `fallback-secret`'s, placeholders `test-secret-in-production`'s, and the well-known
//! accounts of products `vendor-default-credentials`'.

use crate::{
    facts::credentials::{
        Given,
        handed::{self, Handed, To, speaks_of_datastore},
        services::Exposure,
        stage::Stage,
        vendors,
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    repo::FileKind,
    rule::{Context, Rule},
    text::secrets::Kind,
};

pub(in crate::rules) static RULE: ComposeInlinePassword = ComposeInlinePassword;

pub(in crate::rules) struct ComposeInlinePassword;

impl Rule for ComposeInlinePassword {
    fn id(&self) -> &'static str {
        "compose-inline-password"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let handed: Vec<Handed<'_>> =
            handed::in_compose(cx.repo).into_iter().chain(handed::in_spring(cx.repo)).collect();
        if handed.is_empty() {
            return Verdict::not_applicable("no-secrets");
        }
        let vendors = vendors::places(cx.repo);
        let judged = handed.iter().filter(|one| !vendors.contains(&one.setting.place()));
        let sites: Vec<Site> = judged.filter_map(judge).collect();
        let fine: Vec<Evidence> = evidence(cx, &handed);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let detail = Message::new("detail").count("bad", sites.len()).count("n", total);
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("not-production"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-secrets"))
            .also_fine(fine)
            .detail(detail)
            .sites(total, ok)
    }
}

fn evidence(cx: &Context<'_>, handed: &[Handed<'_>]) -> Vec<Evidence> {
    let referenced = handed.iter().filter(|one| one.stage.is_deployed() && one.setting.given() == Given::Reference);
    let note = |one: &Handed<'_>| Message::new("reference").with("name", one.setting.name.as_str());
    let referenced = referenced.map(|one| Evidence::At { place: one.setting.place(), note: note(one) });
    let files = handed::from_files(cx.repo).into_iter();
    referenced.chain(files.map(|place| Evidence::At { place, note: Message::new("file") })).collect()
}

fn judge(one: &Handed<'_>) -> Option<Site> {
    if !is_written(one) {
        return None;
    }
    let (kind, confidence) = one.setting.worth()?;
    let (key, severity) = match kind {
        // In Spring's settings `hardcoded-secret` reports it.
        Kind::Live if one.setting.file.kind != FileKind::Compose => return None,
        Kind::Live if one.stage.is_deployed() => ("live", Severity::High),
        Kind::Live => ("live", Severity::Medium),
        // A datastore takes a placeholder for its password like any other text.
        Kind::Placeholder if one.to != To::Program => weigh(one)?,
        Kind::Weak => weigh(one)?,
        Kind::Placeholder | Kind::TestKey | Kind::PublicKey | Kind::Example => return None,
    };
    if matches!(one.stage, Stage::Test | Stage::Example) {
        return None;
    }
    let message = Message::new(key).with("name", shown(&one.setting.name));
    Some(Site::new(one.setting.place(), message).severity(severity).confidence(confidence).key(&one.setting.name))
}

/// A literal, or a URL with a password that is the default of a variable: `fallback-secret` judges by the variable's
/// name, and `DATABASE_URL` names no secret.
fn is_written(one: &Handed<'_>) -> bool {
    match one.setting.given() {
        Given::Literal(_) => true,
        Given::Default { text, .. } => crate::facts::credentials::has_userinfo(text),
        _ => false,
    }
}

/// What a guessable password is worth by who can use it.
fn weigh(one: &Handed<'_>) -> Option<(&'static str, Severity)> {
    let deployed = one.stage.is_deployed();
    Some(match &one.to {
        To::Datastore(Exposure::Everywhere(_)) if deployed => ("published", Severity::High),
        To::Datastore(Exposure::Everywhere(_)) => ("development", Severity::Low),
        _ if !deployed => return None,
        To::Client(Exposure::Everywhere(_)) => ("client", Severity::High),
        To::Datastore(_) | To::Client(_) => ("internal", Severity::Medium),
        To::Program if speaks_of_datastore(&one.setting.name) => ("program", Severity::Medium),
        To::Program => ("program", Severity::High),
    })
}

fn shown(name: &str) -> &str {
    if name == "requirepass_password" { "requirepass" } else { name }
}
