//! `datastore-credentials-mismatch`: clients send the credentials that their datastore asks for.

use crate::{
    doc::Node,
    facts::{
        compose::{self, ComposeService},
        credentials::{
            Given, Setting,
            datastores::{self, Datastore},
            has_userinfo, host_of, services,
            stage::{self, Stage},
        },
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: DatastoreCredentialsMismatch = DatastoreCredentialsMismatch;

pub(in crate::rules) struct DatastoreCredentialsMismatch;

impl Rule for DatastoreCredentialsMismatch {
    fn id(&self) -> &'static str {
        "datastore-credentials-mismatch"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = compose::services(cx.repo);
        let stages = stage::of_each(cx.repo, &all);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for client in &all {
            if matches!(stages[&client.file.id], Stage::Test | Stage::Example) {
                continue;
            }
            for setting in services::variables(client) {
                let Some(server) = server_of(client, &setting, &all) else { continue };
                match compare(client, &setting, server) {
                    Compared::Differ(place, message) => {
                        let message = message.with("name", setting.name.as_str()).with("service", server.name);
                        let site =
                            Site::new(setting.place(), message).severity(Severity::High).confidence(Confidence::Likely);
                        sites.push(site.key(&setting.name).related(place, "server"));
                    }
                    Compared::Agree => {
                        let note =
                            Message::new("agree").with("name", setting.name.as_str()).with("service", server.name);
                        fine.push(Evidence::At { place: setting.place(), note });
                    }
                    Compared::Unclear => {}
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

/// The datastore of the same file that a URL names as its host.
fn server_of<'a, 'r>(
    client: &ComposeService<'r>,
    setting: &Setting<'r>,
    all: &'a [ComposeService<'r>],
) -> Option<&'a ComposeService<'r>> {
    let host = host_of(&setting.text)?;
    all.iter().find(|other| other.file.id == client.file.id && other.name == host && other.name != client.name)
}

enum Compared {
    Differ(Place, Message),
    Agree,
    Unclear,
}

fn compare(client: &ComposeService<'_>, setting: &Setting<'_>, server: &ComposeService<'_>) -> Compared {
    let datastore = server.image.and_then(Node::as_str).and_then(datastores::of_image);
    match datastore {
        Some(Datastore::Redis) => redis(client, setting, server),
        Some(Datastore::Postgres) => account(setting, server, "POSTGRES_USER", "POSTGRES_PASSWORD"),
        Some(Datastore::MySql) => account(setting, server, "MYSQL_USER", "MYSQL_PASSWORD"),
        Some(Datastore::MongoDb) => {
            account(setting, server, "MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD")
        }
        Some(Datastore::RabbitMq) => account(setting, server, "RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS"),
        _ => Compared::Unclear,
    }
}

/// A server that asks for a password and a URL that has none, where nothing else hands the password over.
fn redis(client: &ComposeService<'_>, setting: &Setting<'_>, server: &ComposeService<'_>) -> Compared {
    let asks = services::option(server, "--requirepass").filter(|(value, _)| !value.is_empty());
    let Some((_, span)) = asks else { return Compared::Unclear };
    if has_userinfo(&setting.text) {
        return Compared::Agree;
    }
    let elsewhere = client.node.get("env_file").is_some()
        || services::variables(client).iter().any(|one| {
            let name = one.name.to_ascii_uppercase();
            (name.contains("REDIS") || name.contains("CACHE") || name.contains("QUEUE")) && name.contains("PASS")
        });
    // A query may hold it, and a variable may be the whole address.
    let open = elsewhere
        || setting.text.contains("password=")
        || setting.text.contains('@')
        || setting.given() == Given::Reference;
    if open {
        Compared::Unclear
    } else {
        Compared::Differ(Place::At(server.file.id, span), Message::new("no-password"))
    }
}

/// User and password of the URL against the server's variables, as far as both are written.
fn account(setting: &Setting<'_>, server: &ComposeService<'_>, user: &str, password: &str) -> Compared {
    let Some((own_user, own_password)) = userinfo(&setting.text) else { return Compared::Unclear };
    let mut agreed = false;
    for (own, name, key) in [(own_user, user, Message::new("user")), (own_password, password, Message::new("password"))]
    {
        let Some(theirs) = services::variable(server, name) else { continue };
        if own == theirs.text {
            agreed = true;
        } else if is_plain(own) && is_plain(&theirs.text) {
            return Compared::Differ(theirs.place(), key);
        }
    }
    if agreed { Compared::Agree } else { Compared::Unclear }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(['$', '%'])
}

/// User and password of `scheme://user:password@host`.
fn userinfo(text: &str) -> Option<(&str, &str)> {
    if !has_userinfo(text) || text.contains(":-") {
        return None;
    }
    let (_, rest) = text.split_once("://")?;
    rest[..rest.rfind('@')?].split_once(':')
}
