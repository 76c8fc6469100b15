//! `public-env-secret`: no variable that a build writes into the browser's program holds a secret.

use crate::{
    facts::{
        Fact,
        variables::{self, Variable},
    },
    model::{Evidence, Message, Place, Severity, Site, Verdict},
    repo::Role,
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: PublicEnvSecret = PublicEnvSecret;

pub(in crate::rules) struct PublicEnvSecret;

/// Public variables that a pass names.
const NAMED: usize = 12;

/// Words that no public value has.
const SECRET: [&str; 6] = ["SECRET", "SERVICE_ROLE", "PRIVATE_KEY", "PASSWORD", "PASSPHRASE", "AUTH_TOKEN"];

/// Services whose keys are for servers alone.
const SERVERS_ONLY: [&str; 12] = [
    "OPENAI",
    "ANTHROPIC",
    "CLAUDE",
    "GROQ",
    "MISTRAL",
    "DEEPSEEK",
    "OPENROUTER",
    "SENDGRID",
    "RESEND",
    "MAILGUN",
    "TWILIO",
    "ELEVENLABS",
];

/// Words of values that are made to be public.
const MADE_PUBLIC: [&str; 10] =
    ["DEMO", "GUEST", "MOCK", "EXAMPLE", "PUBLISHABLE", "ANON", "SITE_KEY", "SITEKEY", "PUBLIC_KEY", "WRITE_KEY"];

impl Rule for PublicEnvSecret {
    fn id(&self) -> &'static str {
        "public-env-secret"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = variables::read(cx.repo, cx.facts);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for one in all.iter().filter(|one| is_public(&one.name)) {
            let Some(place) = first(cx, one) else { continue };
            if is_secret(one) {
                let message = Message::new("secret").with("name", one.name.as_str());
                sites.push(Site::new(place, message).severity(Severity::Critical).key(&one.name));
            } else if fine.len() < NAMED {
                fine.push(Evidence::At { place, note: Message::new("public").with("name", one.name.as_str()) });
            }
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine)
    }
}

/// Prefixes that are unmistakable; `PUBLIC_` alone may be part of any name.
fn is_public(name: &str) -> bool {
    variables::public_prefix(name).is_some_and(|prefix| prefix != "PUBLIC_")
}

fn first(cx: &Context<'_>, one: &Variable<'_>) -> Option<Place> {
    one.reads
        .iter()
        .find(|(file, read)| matches!(cx.repo.file(*file).role, Role::Source | Role::Config) && !read.development_only)
        .map(|(file, read)| Place::At(*file, read.span))
}

fn is_secret(one: &Variable<'_>) -> bool {
    let named = SECRET.iter().any(|word| one.name.contains(word));
    let key = one.name.ends_with("_KEY") || one.name.ends_with("_TOKEN");
    let service = key && SERVERS_ONLY.iter().any(|word| one.name.contains(word));
    one.is_secret() && (named || service) && !MADE_PUBLIC.iter().any(|word| one.name.contains(word))
}
