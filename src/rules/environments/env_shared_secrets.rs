//! `env-shared-secrets`: every environment has secrets of its own.

use std::collections::BTreeSet;

use crate::{
    facts::{
        Fact,
        credentials::{
            has_userinfo, names_credential,
            staged::{self, Staged},
            worth,
        },
        pipelines::Job,
        tier::{self, Tier},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    rule::{Context, Rule},
    text::secrets::Kind,
};

pub(in crate::rules) static RULE: EnvSharedSecrets = EnvSharedSecrets;

pub(in crate::rules) struct EnvSharedSecrets;

/// Values shorter than this are nobody's own secret: another rule says that they are weak.
const SHORTEST: usize = 10;

/// Evidence that a verdict names.
const SHOWN: usize = 10;

impl Rule for EnvSharedSecrets {
    fn id(&self) -> &'static str {
        "env-shared-secrets"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = staged::values(cx.repo, cx.facts);
        let secrets: Vec<Staged<'_>> = all.into_iter().filter(is_secret).collect();
        let mut found = Found::default();
        in_files(&secrets, &mut found);
        for pipeline in cx.facts.pipelines(cx.repo) {
            for job in &pipeline.jobs {
                in_job(cx, pipeline.file, job, &mut found);
            }
        }
        found.fine.truncate(SHOWN);
        Verdict::fail_or(found.sites, || Verdict::pass_or(found.fine.clone(), || Verdict::not_applicable("none")))
            .also_fine(found.fine)
    }
}

#[derive(Default)]
struct Found {
    sites: Vec<Site>,
    fine: Vec<Evidence>,
}

/// Written as it is used; the address of a database is another rule's.
fn is_secret(value: &Staged<'_>) -> bool {
    let kind = worth(&value.name, &value.text).map(|(kind, _)| kind);
    matches!(kind, Some(Kind::Live | Kind::Weak)) && value.text.len() >= SHORTEST && !has_userinfo(&value.text)
}

fn in_files(secrets: &[Staged<'_>], found: &mut Found) {
    let mut seen = BTreeSet::new();
    for value in secrets {
        let other = staged::shared(value, secrets, |other| other.name == value.name && other.text == value.text);
        if let Some(other) = other {
            if seen.insert((value.name.as_str(), value.text.as_str())) {
                let message =
                    Message::new("same").with("name", value.name.as_str()).with("file", other.file.path.as_str());
                let severity = if value.tier == Tier::Production { Severity::High } else { Severity::Medium };
                let site = Site::new(value.place.clone(), message).severity(severity).key(&value.name);
                found.sites.push(site.related(other.place.clone(), "other"));
            }
        } else if let Some(other) = staged::shared(value, secrets, |other| other.name == value.name) {
            let note = Message::new("differs").with("name", value.name.as_str()).with("file", other.file.path.as_str());
            found.fine.push(Evidence::At { place: value.place.clone(), note });
        }
    }
}

/// A job for one environment that is handed another's secret by its name.
fn in_job(cx: &Context<'_>, file: FileId, job: &Job, found: &mut Found) {
    let Some(tier) = tier_of(job) else { return };
    // A job for tests or builds has no environment; one that names its environment has.
    if tier == Tier::Production || (tier == Tier::Development && job.environment.is_none()) {
        return;
    }
    let Ok(text) = cx.repo.read(file) else { return };
    let Some(own) = text.get(job.span.range()) else { return };
    for (at, name) in names(own).into_iter().filter(|(_, name)| names_credential(name) || name.ends_with("_URL")) {
        let place = Place::At(file, Span::new(job.span.start as usize + at, job.span.start as usize + at + name.len()));
        let message = |key: &'static str| Message::new(key).with("name", name).with("job", job.id.as_str());
        match tier::of_name(name) {
            Tier::Production => {
                let site = Site::new(place, message("borrowed")).severity(Severity::High);
                found.sites.push(site.confidence(Confidence::Likely).key(name));
            }
            named if named == tier => found.fine.push(Evidence::At { place, note: message("own") }),
            _ => {}
        }
    }
}

/// The environment of a job, where its key `environment` or else its id names exactly one.
fn tier_of(job: &Job) -> Option<Tier> {
    if job.has_matrix {
        return None;
    }
    let named = job.environment.as_ref().map_or(job.id.as_str(), |environment| environment.name.as_str());
    let words = named.split(|char: char| !char.is_ascii_alphanumeric()).map(tier::of_name);
    let mut tiers: Vec<Tier> = words.filter(|tier| *tier != Tier::Unnamed).collect();
    tiers.dedup();
    match tiers[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// The names behind `secrets.`, with the place of each.
fn names(text: &str) -> Vec<(usize, &str)> {
    let found = text.match_indices("secrets.").filter_map(|(at, word)| {
        let start = at + word.len();
        let length = text[start..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        (length > 0).then(|| (start, &text[start..start + length]))
    });
    found.collect()
}
