//! Passwords inside URLs: connection strings, registries, proxies.

use super::entropy::looks_random;
use super::placeholder::{is_placeholder, is_reference};
use super::setting::Setting;
use super::{Kind, names};
use crate::model::Confidence;

/// The password of a URL, or the key of a Sentry DSN.
pub(super) struct Credential {
    pub start: usize,
    pub end: usize,
    pub provider: &'static str,
    pub kind: Kind,
    pub confidence: Confidence,
}

/// Longest part before the `@` that is read.
const LONGEST_USERINFO: usize = 512;

/// Reads the user part of the URL whose `://` is at `colon`.
pub(super) fn read(text: &str, colon: usize, setting: Setting) -> Option<Credential> {
    let bytes = text.as_bytes();
    let scheme = scheme(text, colon);
    let start = colon + 3;
    let ends = |byte: u8| byte.is_ascii_whitespace() || b"/\"'`<>\\|".contains(&byte) || byte < 0x20;
    let length = bytes[start..].iter().take(LONGEST_USERINFO).take_while(|byte| !ends(**byte)).count();
    let at = start + memchr::memrchr(b'@', &bytes[start..start + length])?;
    let host = host(text, at + 1);
    let userinfo = &text[start..at];
    let Some((user, password)) = userinfo.split_once(':') else {
        let sentry = userinfo.len() == 32 && userinfo.bytes().all(|byte| byte.is_ascii_hexdigit());
        let kind = Kind::PublicKey;
        return sentry.then_some(Credential {
            start,
            end: at,
            provider: "sentry-dsn",
            kind,
            confidence: Confidence::Certain,
        });
    };
    if password.is_empty() || host.is_empty() || is_expression(password) || is_expression(user) || is_expression(host) {
        return None;
    }
    let (kind, confidence) = judge(scheme, user, password, host, setting);
    let provider = if is_datastore(scheme) { "connection-string" } else { "url-password" };
    Some(Credential { start: at - password.len(), end: at, provider, kind, confidence })
}

fn scheme(text: &str, colon: usize) -> &str {
    let before = &text.as_bytes()[..colon];
    let length =
        before.iter().rev().take(24).take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte)).count();
    &text[colon - length..colon]
}

/// The host, without its port.
fn host(text: &str, start: usize) -> &str {
    let length = text.as_bytes()[start..]
        .iter()
        .take(256)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-_${}<>[]*%".contains(byte))
        .count();
    &text[start..start + length]
}

fn is_datastore(scheme: &str) -> bool {
    [
        "postgres",
        "mysql",
        "mariadb",
        "mongodb",
        "redis",
        "valkey",
        "amqp",
        "mssql",
        "sqlserver",
        "oracle",
        "clickhouse",
        "cockroach",
        "neo4j",
        "bolt",
        "nats",
        "smtp",
        "ldap",
        "cassandra",
        "kafka",
        "couchdb",
        "libsql",
        "sftp",
        "ftp",
    ]
    .iter()
    .any(|known| scheme.starts_with(known))
}

/// Templates and regular expressions that only describe URLs.
fn is_expression(part: &str) -> bool {
    is_reference(part)
        || part.contains(['{', '}', '(', ')', '[', ']', '$', '*', '^', '<', '>', ',', ' ', ';', '…'])
            && !looks_random(part)
        || part.starts_with('%') && !looks_random(part)
}

fn judge(scheme: &str, user: &str, password: &str, host: &str, setting: Setting) -> (Kind, Confidence) {
    let lower = password.to_ascii_lowercase();
    let generic_word =
        ["pass", "pw", "secret", "token", "key", "credential", "admin", "root", "foo", "bar", "none", "1234"];
    let random = looks_random(password);
    if is_placeholder(password) || is_example_host(host) {
        return (if is_example_host(host) { Kind::Example } else { Kind::Placeholder }, Confidence::Certain);
    }
    if !random && (user.eq_ignore_ascii_case(password) || generic_word.iter().any(|word| lower.contains(word))) {
        return (Kind::Weak, Confidence::Likely);
    }
    let bare_user = ["user", "username", "u", "name"].contains(&user.to_ascii_lowercase().as_str());
    if is_local_host(host) || password.len() < 6 || (bare_user && !random) {
        return (Kind::Weak, Confidence::Likely);
    }
    let remote = host.contains('.');
    match setting {
        Setting::Real | Setting::Example if random && (remote || setting == Setting::Real) => {
            (Kind::Live, Confidence::Likely)
        }
        Setting::Real if remote && is_datastore(scheme) => (Kind::Live, Confidence::Likely),
        Setting::Docs | Setting::Test if random && remote && is_datastore(scheme) => (Kind::Live, Confidence::Likely),
        Setting::Real | Setting::Generated => (Kind::Weak, Confidence::Likely),
        _ => (Kind::Example, Confidence::Likely),
    }
}

/// Hosts that no one else can reach.
fn is_local_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').to_ascii_lowercase();
    ["localhost", "127.", "0.0.0.0", "::1", "host.docker.internal"].iter().any(|local| host.starts_with(local))
        || host.rsplit('.').next().is_some_and(|top| matches!(top, "local" | "localhost"))
}

/// Hosts that RFC 2606 reserves, and the words that templates put there.
fn is_example_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let words = names::words(&host);
    let reserved = [
        "example", "host", "hostname", "server", "domain", "your", "test", "invalid", "proxy", "foo", "bar", "mydb",
        "somehost",
    ];
    words.iter().any(|word| reserved.contains(&word.as_str()) && !is_service_word(&host, word))
        && !host.ends_with("amazonaws.com")
}

/// `db-server.company.com` has a real domain although a word of it is generic.
fn is_service_word(host: &str, word: &str) -> bool {
    host.matches('.').count() >= 2 && ["host", "server", "proxy", "domain", "test"].contains(&word)
}
