//! `db-ssl-not-enforced`: connections to databases are encrypted and their server is checked.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::{
        compose,
        credentials::{Given, host_of, services, stage},
    },
    model::{Confidence, Message, Severity, Site, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: DbSslNotEnforced = DbSslNotEnforced;

pub(in crate::rules) struct DbSslNotEnforced;

impl Rule for DbSslNotEnforced {
    fn id(&self) -> &'static str {
        "db-ssl-not-enforced"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Property, Kind::String]).keywords(&["rejectUnauthorized", "sslmode", "useSSL"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(judged) = (if node.is(Kind::String) { by_url(node) } else { by_option(file, node) }) else { return };
        let place = file.place(node);
        match judged {
            Judged::Checked => {
                out.good(place, "checked");
            }
            Judged::Unchecked if !node.is_dev_only() => {
                let observation = out.bad(place, "unchecked");
                observation.severity = Some(Severity::High);
                observation.confidence = Confidence::Likely;
            }
            Judged::Off if !node.is_dev_only() => {
                let observation = out.bad(place, "off");
                observation.confidence = Confidence::Likely;
            }
            Judged::Unchecked | Judged::Off => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut sites: Vec<Site> = cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(site_of).collect();
        sites.extend(in_compose(cx));
        Verdict::fail_or(sites, || cx.judged(|| Verdict::not_applicable("none")))
    }
}

enum Judged {
    Checked,
    /// Encrypted to whoever answers.
    Unchecked,
    Off,
}

/// `ssl: { rejectUnauthorized: false }` in the options of a database, `sslmode: 'disable'`.
fn by_option(file: &Visit<'_>, node: NodeRef<'_>) -> Option<Judged> {
    let value = node.child(NodeRole::Value)?;
    match node.name() {
        "rejectUnauthorized" => {
            let option = node.ancestors().take(8).find(|above| above.is(Kind::Property))?;
            let database = option.name() == "ssl" || option.name() == "tls" && names_any(file.text, &["redis"]);
            if !database || !names_any(file.text, DATABASES) || !value.is(Kind::Boolean) {
                return None;
            }
            Some(if value.name() == "true" { Judged::Checked } else { Judged::Unchecked })
        }
        "sslmode" => match value.constant_str()?.as_str() {
            "disable" | "allow" => Some(Judged::Off),
            "require" | "verify-ca" | "verify-full" => Some(Judged::Checked),
            _ => None,
        },
        _ => None,
    }
}

const DATABASES: &[&str] = &[
    "postgres",
    "sequelize",
    "typeorm",
    "mysql",
    "knex",
    "drizzle",
    "prisma",
    "mongo",
    "redis",
    "database",
    "\"pg\"",
    "'pg'",
];

fn names_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// A URL of a database elsewhere.
fn by_url(node: NodeRef<'_>) -> Option<Judged> {
    let text = node.name();
    let scheme = text.split("://").next().filter(|_| text.contains("://"))?;
    let database = ["postgres", "mysql", "jdbc:", "mariadb", "cockroach"].iter().any(|start| scheme.starts_with(start));
    (database && is_remote(host_of(text)?)).then(|| mode_of(text)).flatten()
}

fn mode_of(text: &str) -> Option<Judged> {
    let lower = text.to_ascii_lowercase();
    if ["sslmode=disable", "sslmode=allow", "usessl=false", "ssl=false", "sslmode=disabled"]
        .iter()
        .any(|off| lower.contains(off))
    {
        return Some(Judged::Off);
    }
    ["sslmode=require", "sslmode=verify", "ssl=true"].iter().any(|on| lower.contains(on)).then_some(Judged::Checked)
}

/// A host that is reached over a network that others share: it has a domain, and not one that stays inside.
fn is_remote(host: &str) -> bool {
    let inside = [".local", ".internal", ".svc", ".localhost", ".lan"].iter().any(|end| host.ends_with(end))
        || host.contains(".svc.");
    let address = host.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    host.contains('.') && !inside && !address && !host.contains("example") && !host.contains(['$', '{', '<'])
}

/// Variables of deployed Compose services that switch encryption off for a database elsewhere.
fn in_compose(cx: &Context<'_>) -> Vec<Site> {
    let all = compose::services(cx.repo);
    let stages = stage::of_each(cx.repo, &all);
    all.iter()
        .filter(|service| stages[&service.file.id].is_deployed())
        .flat_map(|service| services::variables(service))
        .filter_map(|setting| {
            let text = match setting.given() {
                Given::Literal(text) | Given::Default { text, .. } => text,
                _ => setting.text.as_str(),
            };
            let off = matches!(mode_of(text), Some(Judged::Off)) && is_remote(host_of(text)?);
            off.then(|| {
                Site::new(setting.place(), Message::new("off")).confidence(Confidence::Likely).key(&setting.name)
            })
        })
        .collect()
}
