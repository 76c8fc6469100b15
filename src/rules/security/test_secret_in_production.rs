//! `test-secret-in-production`: what is deployed has no placeholders and no test keys for secrets.
//!
//! Manifests are `k8s-inline-secret`'s, tracked environment files `env-file-committed`'s.

use crate::{
    facts::credentials::{
        Given,
        handed::{self, Handed, To},
        stage::Stage,
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
    text::secrets::Kind,
};

pub(in crate::rules) static RULE: TestSecretInProduction = TestSecretInProduction;

pub(in crate::rules) struct TestSecretInProduction;

impl Rule for TestSecretInProduction {
    fn id(&self) -> &'static str {
        "test-secret-in-production"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let handed: Vec<Handed<'_>> = handed::in_compose(cx.repo)
            .into_iter()
            .chain(handed::in_spring(cx.repo))
            .filter(|one| one.stage.is_deployed() && !is_of_a_tool(cx, one))
            .collect();
        let sites: Vec<Site> = handed.iter().filter_map(judge).collect();
        let fine: Vec<Evidence> = handed
            .iter()
            .filter(|one| one.setting.given() == Given::Reference)
            .map(|one| Evidence::At {
                place: one.setting.place(),
                note: Message::new("reference").with("name", one.setting.name.as_str()),
            })
            .collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

/// Whether the file belongs to a tool of those who write the program: `tools/seed/docker-compose.yml`.
fn is_of_a_tool(cx: &Context<'_>, one: &Handed<'_>) -> bool {
    let file = one.setting.place().file().map(|file| cx.repo.file(file));
    file.is_some_and(|file| {
        file.role == Role::Test
            || file.path.parent().into_iter().flatten().any(|part| matches!(part, "tools" | "tooling" | "hack"))
    })
}

fn judge(one: &Handed<'_>) -> Option<Site> {
    // The password of a datastore is `compose-inline-password`'s.
    if !one.is_literal() || one.to != To::Program {
        return None;
    }
    let (kind, confidence) = one.setting.worth()?;
    let name = one.setting.name.as_str();
    let site =
        |key| Site::new(one.setting.place(), Message::new(key).with("name", name)).confidence(confidence).key(name);
    match kind {
        Kind::Placeholder if protects_own(name) => Some(site("own").severity(Severity::High)),
        Kind::Placeholder => Some(site("placeholder")),
        // A test key charges nobody; outside a file for production it may be meant.
        Kind::TestKey if one.stage == Stage::Production => Some(site("test-key")),
        _ => None,
    }
}

/// Whether the program itself signs, encrypts or lets in with the secret, so that a placeholder works.
fn protects_own(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['_', '-', '.'], "");
    let own = [
        "jwt",
        "session",
        "cookie",
        "secretkey",
        "appsecret",
        "authsecret",
        "signing",
        "encrypt",
        "salt",
        "hmac",
        "master",
    ];
    name.ends_with("secret") && !name.contains("client") || own.iter().any(|word| name.contains(word))
}
