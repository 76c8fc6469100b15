//! `env-shared-database`: no environment works on another's data.

use crate::{
    facts::{
        Fact,
        credentials::{
            host_of,
            staged::{self, Staged},
        },
        tier::Tier,
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: EnvSharedDatabase = EnvSharedDatabase;

pub(in crate::rules) struct EnvSharedDatabase;

/// Schemes of databases that keep records.
const SCHEMES: [&str; 9] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "sqlserver",
    "cockroachdb",
    "prisma+postgres",
];

/// Evidence that a verdict names.
const SHOWN: usize = 10;

impl Rule for EnvSharedDatabase {
    fn id(&self) -> &'static str {
        "env-shared-database"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Commands]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = staged::values(cx.repo, cx.facts);
        let addresses: Vec<Staged<'_>> = all.into_iter().filter(|value| database(value).is_some()).collect();
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let mut told: Vec<String> = Vec::new();
        for value in &addresses {
            let Some(own) = database(value) else { continue };
            let same = staged::shared(value, &addresses, |other| database(other).as_ref() == Some(&own));
            let differs = || staged::shared(value, &addresses, |other| other.name == value.name);
            let message = |key: &'static str, other: &Staged<'_>| {
                Message::new(key).with("name", value.name.as_str()).with("file", other.file.path.as_str())
            };
            if let Some(other) = same {
                if !told.contains(&own) {
                    let severity = if value.tier == Tier::Production { Severity::High } else { Severity::Medium };
                    let site = Site::new(value.place.clone(), message("same", other)).severity(severity);
                    sites.push(site.key(&value.name).related(other.place.clone(), "other"));
                    told.push(own);
                }
            } else if let Some(other) = differs() {
                fine.push(Evidence::At { place: value.place.clone(), note: message("differs", other) });
            }
        }
        fine.truncate(SHOWN);
        Verdict::fail_or(sites, || Verdict::pass_or(fine.clone(), || Verdict::not_applicable("none"))).also_fine(fine)
    }
}

/// Host and database that a value names, where every machine understands the host the same way: `localhost` and the
/// name of a neighbour are another database in each environment.
fn database(value: &Staged<'_>) -> Option<String> {
    let text = value.text.trim_start_matches("jdbc:");
    let (scheme, _) = text.split_once("://")?;
    let host = host_of(text)?.to_ascii_lowercase();
    let real = host.contains('.') && host.starts_with(|char: char| char.is_ascii_alphanumeric());
    if !real || is_local(&host) || is_placeholder(text) {
        return None;
    }
    let supabase = value.name.to_ascii_uppercase().ends_with("SUPABASE_URL") && host.ends_with(".supabase.co");
    if supabase {
        return Some(host);
    }
    let path = text.split_once("://")?.1.split_once('/').map_or("", |(_, path)| path);
    let name = path.split(['?', '#']).next().unwrap_or_default();
    SCHEMES.contains(&scheme).then(|| format!("{host}/{name}"))
}

fn is_local(host: &str) -> bool {
    host.starts_with("127.") || host == "0.0.0.0" || host.ends_with(".internal") && host.starts_with("host.docker")
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["example.", "your-", "your_", "yourhost", "placeholder", "changeme", "xxxx", "<", "..."]
        .iter()
        .any(|sign| lower.contains(sign))
}
