//! `fallback-secret`: secrets have no default value, in code, settings, Compose and Spring's properties.

use std::collections::BTreeMap;

use crate::{
    doc::Node,
    facts::{
        Fact,
        compose::is_build_twin,
        environment::{EnvRead, Fallback, LiteralShape, Via},
    },
    model::{Confidence, Evidence, FileId, Message, Place, Severity, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: FallbackSecret = FallbackSecret;

pub(in crate::rules) struct FallbackSecret;

impl Rule for FallbackSecret {
    fn id(&self) -> &'static str {
        "fallback-secret"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Environment]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), BTreeMap::new());
        let refused = refused_names(cx);
        for (file, read) in secret_reads(cx) {
            if read.development_only && is_required_beside(cx, file, read) {
                continue;
            }
            let own = is_for_own_machine(cx, file, read);
            let read =
                &EnvRead { shown_elsewhere: read.shown_elsewhere || is_address_beside(cx, file, read), ..read.clone() };
            match judge(file, read, &refused) {
                // Without the variables the program finds no database, rather than one that anybody may enter.
                Judged::Bad(site) if own => sites.push(site.severity(Severity::Medium)),
                Judged::Bad(site) => sites.push(site),
                Judged::Fine(evidence) => {
                    fine.entry(read.name.clone()).or_insert(evidence);
                }
                Judged::Nothing => {}
            }
        }
        sites.extend(in_documents(cx));
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let fine: Vec<Evidence> = fine.into_values().collect();
        let detail = Message::new("detail").count("bad", total - ok).count("n", total);
        if total == 0 {
            return Verdict::not_applicable("no-reads");
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-reads")).detail(detail).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-reads")).also_fine(fine).detail(detail).sites(total, ok)
    }
}

fn secret_reads<'c>(cx: &'c Context<'_>) -> impl Iterator<Item = (FileId, &'c EnvRead)> {
    cx.facts
        .files()
        .filter(|(file, _)| matches!(cx.repo.file(*file).role, Role::Source | Role::Config))
        .flat_map(|(file, facts)| facts.environment.iter().map(move |read| (file, read)))
        .filter(|(_, read)| is_secret(&read.name))
}

/// Words of a name that make it a secret, and words that make it something about one.
const SECRET: [&str; 12] = [
    "secret",
    "token",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "accesskey",
    "salt",
    "masterkey",
];
const ABOUT: &[&str] = &[
    "name",
    "header",
    "issuer",
    "audience",
    "expires",
    "expiry",
    "expiration",
    "expire",
    "ttl",
    "lifetime",
    "rounds",
    "length",
    "size",
    "url",
    "uri",
    "endpoint",
    "path",
    "file",
    "cookie",
    "prefix",
    "type",
    "algorithm",
    "alg",
    "id",
    "limit",
    "max",
    "min",
    "count",
    "age",
    "region",
    "enabled",
    "minutes",
    "hours",
    "days",
    "seconds",
    "model",
    "rotation",
    "period",
    "interval",
    "mode",
    "strategy",
    "version",
    "format",
    "provider",
    "store",
    "storage",
    "driver",
    "scope",
    "claim",
    "field",
    "param",
    "reset",
    "template",
    "rate",
    "throttle",
    "env",
    "var",
    "policy",
    "hint",
    "link",
];

/// Whether a variable holds a secret, by the words of its name. The last words decide: `TOKEN_TTL` is about one.
fn is_secret(name: &str) -> bool {
    let words = words_of(name);
    if words.iter().any(|word| matches!(word.as_str(), "tokens" | "max" | "min" | "public" | "publishable" | "anon")) {
        return false;
    }
    // Where the name has become that of a secret, what follows says whether it is about one.
    let secret_at = (1..=words.len()).find(|&end| {
        let joined = words[..end].concat();
        SECRET.iter().any(|secret| joined.ends_with(secret)) || joined == "jwtkey" || joined == "sessionkey"
    });
    secret_at.is_some_and(|end| !words[end..].iter().any(|word| ABOUT.contains(&word.as_str())))
}

fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    for char in name.chars() {
        if !char.is_alphanumeric() {
            words.push(String::new());
            lower_before = false;
            continue;
        }
        if words.is_empty() || lower_before && char.is_uppercase() {
            words.push(String::new());
        }
        lower_before = char.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether the same file reads the variable without a default for the other environments:
/// `class Development(Config)` overrides what `class Config` requires.
fn is_required_beside(cx: &Context<'_>, file: FileId, read: &EnvRead) -> bool {
    let reads = cx.facts.of(file).map(|facts| facts.environment.as_slice()).unwrap_or_default();
    reads.iter().any(|other| {
        other.name == read.name && !other.development_only && matches!(other.fallback, Fallback::None | Fallback::Empty)
    })
}

/// Whether the same file reads the address of the service that the key opens: `PREVIEW_API_HOST` beside
/// `PREVIEW_API_KEY`. Then this program shows the key, and checks nothing with it.
fn is_address_beside(cx: &Context<'_>, file: FileId, read: &EnvRead) -> bool {
    let Some(service) = ["_API_KEY", "_API_TOKEN"].iter().find_map(|end| read.name.strip_suffix(end)) else {
        return false;
    };
    let reads = cx.facts.of(file).map(|facts| facts.environment.as_slice()).unwrap_or_default();
    reads.iter().filter_map(|other| other.name.strip_prefix(service)).any(|rest| {
        matches!(rest, "_API_HOST" | "_API_URL" | "_API_HOST_NAME" | "_API_BASE_URL" | "_HOST" | "_URL" | "_BASE_URL")
    })
}

/// Whether a datastore's password stands beside a host that is the program's own machine unless it is told:
/// `DB_HOST = os.environ.get("DB_HOST", "localhost")`.
fn is_for_own_machine(cx: &Context<'_>, file: FileId, read: &EnvRead) -> bool {
    if !is_datastore(&read.name) {
        return false;
    }
    let Some(store) = ["_PASSWORD", "_PASS", "_PWD"].iter().find_map(|end| read.name.strip_suffix(end)) else {
        return false;
    };
    let Ok(text) = cx.repo.read(file) else { return false };
    let hosts = [format!("{store}_HOST"), format!("{store}_HOSTNAME"), format!("{store}_SERVER")];
    let reads = cx.facts.of(file).map(|facts| facts.environment.as_slice()).unwrap_or_default();
    reads.iter().filter(|other| hosts.contains(&other.name)).any(|other| match &other.fallback {
        Fallback::Literal { span, .. } => text
            .get(span.range())
            .is_some_and(|literal| matches!(literal.trim_matches(['"', '\'', '`']), "localhost" | "127.0.0.1" | "::1")),
        _ => false,
    })
}

enum Judged {
    Bad(Site),
    Fine(Evidence),
    Nothing,
}

fn judge(file: FileId, read: &EnvRead, refused: &[String]) -> Judged {
    let place = Place::At(file, read.span);
    let say = |key: &'static str| Message::new(key).with("name", read.name.as_str());
    let good = |key| Judged::Fine(Evidence::At { place: place.clone(), note: say(key) });
    match &read.fallback {
        Fallback::None if read.via == Via::Parameter => Judged::Nothing,
        Fallback::None => good("required"),
        Fallback::Empty => good("empty"),
        // A foreign service refuses a placeholder; whatever this program signs or encrypts with one, anybody can.
        Fallback::Literal { words: LiteralShape::Placeholder, .. } if is_shown(read) || !protects_own(&read.name) => {
            Judged::Nothing
        }
        Fallback::Literal { words: LiteralShape::Opaque | LiteralShape::Placeholder, .. }
            if refused.contains(&plain(&read.name)) =>
        {
            good("rejected")
        }
        Fallback::Literal { words: LiteralShape::Opaque | LiteralShape::Placeholder, .. } => {
            Judged::Bad(site(&place, read, say))
        }
        Fallback::Random => {
            let lasting =
                ["encryption", "encrypt", "master"].iter().any(|part| read.name.to_ascii_lowercase().contains(part));
            if !lasting {
                return Judged::Nothing;
            }
            Judged::Bad(Site::new(place, say("random")).severity(Severity::High).key(&read.name))
        }
        Fallback::Literal { .. } | Fallback::Other => Judged::Nothing,
    }
}

fn site(place: &Place, read: &EnvRead, say: impl Fn(&'static str) -> Message) -> Site {
    let site = |key| Site::new(place.clone(), say(key)).key(&read.name);
    if read.development_only {
        return site("development").severity(Severity::Low);
    }
    // Whoever knows it can do nothing here: the other service refuses it, or knows it as a key of somebody else.
    if is_shown(read) {
        return site("shown").severity(Severity::Medium);
    }
    if is_datastore(&read.name) {
        return site("code").severity(Severity::High);
    }
    match read.via {
        Via::Settings | Via::Schema => site("settings"),
        Via::Parameter => site("function").severity(Severity::High).confidence(Confidence::Likely),
        Via::Code | Via::ConfigService => site("code"),
    }
}

/// Whether the program shows the value to somebody else's service, and checks nothing with it.
fn is_shown(read: &EnvRead) -> bool {
    let name = plain(&read.name);
    read.shown_elsewhere
        && !["jwt", "session", "cookie", "signing", "encrypt", "salt", "authsecret", "csrf", "hmac", "webhook"]
            .iter()
            .any(|word| name.contains(word))
}

/// Whether this program itself signs, encrypts or checks with the secret, rather than showing it to somebody else.
fn protects_own(name: &str) -> bool {
    let name = plain(name);
    let own =
        ["jwt", "session", "cookie", "secretkey", "signing", "encrypt", "salt", "authsecret", "csrf", "hmac", "master"];
    name == "secret" || own.iter().any(|word| name.contains(word))
}

/// A name whichever way its words are joined: `SECRET_KEY` and `secretKey` are one.
fn plain(name: &str) -> String {
    words_of(name).concat()
}

/// Whether a name is that of a datastore's or a broker's password: reached from inside the network as a rule.
fn is_datastore(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let kinds = [
        "POSTGRES",
        "MYSQL",
        "MARIADB",
        "MONGO",
        "REDIS",
        "RABBITMQ",
        "DB_",
        "DATABASE",
        "MINIO",
        "GRAFANA",
        "CLICKHOUSE",
        "ELASTIC",
        "OPENSEARCH",
        "NEO4J",
        "COUCHDB",
        "INFLUXDB",
        "MEMCACHED",
        "MEILI",
        "TYPESENSE",
    ];
    kinds.iter().any(|kind| name.contains(kind))
}

/// Variables that start-up refuses to run without in production, as far as a guard beside a `throw` says so.
fn refused_names(cx: &Context<'_>) -> Vec<String> {
    let mut names: Vec<String> = cx
        .facts
        .files()
        .flat_map(|(_, facts)| facts.environment.iter())
        .filter(|read| read.required_in_production)
        .map(|read| plain(&read.name))
        .chain(cx.facts.files().flat_map(|(_, facts)| &facts.refused).map(|name| plain(name)))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Defaults in Compose (`${X:-…}`) and in Spring's properties (`${X:…}`).
fn in_documents(cx: &Context<'_>) -> Vec<Site> {
    let files = cx.repo.files().iter().filter(|file| file.role.is_operational());
    files
        .filter(|file| file.kind != FileKind::Compose || !is_build_twin(cx.repo, file))
        .filter_map(|file| Some((file, defaults_in(file)?)))
        .flat_map(|(file, style)| {
            let doc = cx.repo.doc(file.id);
            let nodes = doc.into_iter().flat_map(|doc| doc.documents.iter().flat_map(Node::walk));
            let theirs = nodes.filter(|(path, node)| {
                // Grafana's administrator is `grafana-default-password`'s.
                let named = |text: &str| text.starts_with("GF_SECURITY_ADMIN_PASSWORD");
                !path.last_key().is_some_and(named) && !node.text().is_some_and(named)
            });
            theirs.filter_map(move |(_, node)| default_in(file, node, style)).collect::<Vec<_>>()
        })
        .collect()
}

#[derive(Clone, Copy)]
enum Style {
    Compose,
    Spring,
}

fn defaults_in(file: &File) -> Option<Style> {
    let name = file.path.file_name()?;
    let development = ["dev", "local", "test", "example", "ci"]
        .iter()
        .any(|part| name.split(['.', '-', '_']).any(|word| word == *part));
    if development {
        return None;
    }
    match file.kind {
        FileKind::Compose => Some(Style::Compose),
        _ if name.starts_with("application")
            && matches!(file.path.extension(), Some("yml" | "yaml" | "properties")) =>
        {
            Some(Style::Spring)
        }
        _ => None,
    }
}

/// A value that is a single reference with a default that could serve as a secret.
fn default_in(file: &File, node: &Node, style: Style) -> Option<Site> {
    let value = node.text()?;
    let open = value.find("${")?;
    let close = open + value[open..].find('}')?;
    let inner = &value[open + 2..close];
    let (name, default) = match style {
        Style::Compose => inner.split_once(":-").or_else(|| inner.split_once('-'))?,
        Style::Spring => inner.split_once(':')?,
    };
    let opaque = default.len() >= 3 && !default.contains("${") && !default.chars().all(|char| char.is_ascii_digit());
    if !is_secret(name)
        || !opaque
        || !name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-'))
    {
        return None;
    }
    let span = node.span_of(Span::new(open, close + 1));
    let site = |key| Site::new(Place::At(file.id, span), Message::new(key).with("name", name)).key(name);
    Some(if is_datastore(name) { site("datastore").severity(Severity::High) } else { site("compose") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_name_decide() {
        for (name, expected) in [
            ("JWT_SECRET", true),
            ("jwtSecret", true),
            ("PAYMENT_API_KEY", true),
            ("SECRET_KEY", true),
            ("TOKEN_TTL", false),
            ("API_KEY_HEADER", false),
            ("SALT_ROUNDS", false),
            ("MAX_TOKENS", false),
            ("CLIENT_SECRET_ID", false),
            ("DATABASE_URL", false),
            ("MONKEY", false),
            ("SALT_ROTATION", false),
            ("TOKEN_THROTTLE_RATE", false),
            ("TEMPLATE_PASSWORD_RESET", false),
            ("COOKIE_SECRET", true),
            ("SESSION_TOKEN_COOKIE_NAME", false),
        ] {
            assert_eq!(is_secret(name), expected, "{name}");
        }
    }
}
