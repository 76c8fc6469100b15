//! Credentials in configuration: what Compose files, manifests and settings hand to programs, and what it is worth.
//!
//! What a value is worth is decided by [`crate::text::secrets`]; this fact knows where values stand, who gets them,
//! and in which environment.

pub mod access;
pub mod accounts;
pub mod datastores;
pub mod handed;
pub mod kubernetes;
pub mod mounted;
pub mod services;
pub mod stage;
pub mod staged;
pub mod vendors;

use crate::{
    model::{Confidence, Place, Span},
    repo::File,
    text::secrets::{self, Kind},
};

/// A name with the text that a configuration file gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting<'r> {
    pub file: &'r File,
    pub name: String,
    pub text: String,
    /// From the name to the end of the text.
    pub span: Span,
}

impl Setting<'_> {
    pub fn place(&self) -> Place {
        Place::At(self.file.id, self.span)
    }

    pub fn given(&self) -> Given<'_> {
        given(&self.text)
    }

    /// What its literal, or the default of its variable, is worth as a secret.
    pub fn worth(&self) -> Option<(Kind, Confidence)> {
        match self.given() {
            Given::Literal(text) | Given::Default { text, .. } => worth(&self.name, text),
            Given::Empty | Given::Reference | Given::Mixed => None,
        }
    }

    /// Whether its name promises a secret, or its text is a URL that holds a password or the place of one.
    pub fn is_secret(&self) -> bool {
        names_credential(&self.name) || has_userinfo(&self.text)
    }
}

/// How a text comes to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given<'t> {
    Empty,
    /// Written as it is.
    Literal(&'t str),
    /// One variable with a default: `${X:-text}`.
    Default {
        variable: &'t str,
        text: &'t str,
    },
    /// Variables without a default: `${X}`, `${X:?message}`, `$X`; or `NAME` alone, passed on from the outside.
    Reference,
    /// Text with variables in it, some with a default.
    Mixed,
}

/// How the text of a Compose value comes to its value.
pub fn given(text: &str) -> Given<'_> {
    let text = text.trim();
    if text.is_empty() {
        return Given::Empty;
    }
    if !text.replace("$$", "").contains('$') {
        return Given::Literal(text);
    }
    let Some(inner) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
        return if text.contains(":-") { Given::Mixed } else { Given::Reference };
    };
    let name = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let (variable, operator) = inner.split_at(name);
    match operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-')) {
        Some("") => Given::Empty,
        Some(default) if !default.contains("${") => Given::Default { variable, text: default },
        Some(_) => Given::Mixed,
        None if operator.contains("${") => Given::Mixed,
        None => Given::Reference,
    }
}

/// What `text` is worth as the secret `name`. Configuration also takes passwords for one that are too short to be
/// taken for one in code.
pub fn worth(name: &str, text: &str) -> Option<(Kind, Confidence)> {
    if is_switch(text) || speaks_about(name) {
        return None;
    }
    if let Some(found) = secrets::assess(name, text) {
        return Some(found);
    }
    let short = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_password(name) && short).then_some((Kind::Weak, Confidence::Likely))
}

/// Whether a variable's name promises a secret, also in the spellings of configuration files.
pub fn names_credential(name: &str) -> bool {
    !speaks_about(name) && (secrets::names_secret(name) || is_password(name))
}

/// Whether a name is that of a password rather than of a key or a token.
pub fn is_password(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    !speaks_about(name)
        && ["password", "passwd", "_pass", ".pass", "dbpass", "_pwd"].iter().any(|end| lower.ends_with(end))
}

/// Names of switches, paths and files that only speak of a secret.
fn speaks_about(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['_', '-', '.']).collect();
    lower.ends_with("_file")
        || lower.ends_with("_path")
        || words.iter().any(|word| {
            matches!(
                *word,
                "allow"
                    | "random"
                    | "enable"
                    | "enabled"
                    | "disable"
                    | "require"
                    | "required"
                    | "skip"
                    | "use"
                    | "reset"
                    | "forgot"
                    | "length"
                    | "expiry"
                    | "expiration"
                    | "ttl"
                    | "policy"
                    | "storage"
                    | "min"
                    | "max"
                    | "rate"
            )
        })
}

fn is_switch(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    matches!(lower.as_str(), "" | "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1" | "null" | "none" | "~")
}

/// Whether a URL in the text has a user part with a password: `scheme://user:password@host`.
pub fn has_userinfo(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let end = rest.rfind('@').unwrap_or(0);
    rest[..end].contains(':') && !rest[..end].contains('/')
}

/// The host of a URL, also behind `jdbc:`; without user part and port.
pub fn host_of(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_literals_defaults_or_references() {
        for (text, expected) in [
            ("", Given::Empty),
            ("secret", Given::Literal("secret")),
            ("pa$$word", Given::Literal("pa$$word")),
            ("${DB_PASSWORD}", Given::Reference),
            ("$DB_PASSWORD", Given::Reference),
            ("${DB_PASSWORD:?set it}", Given::Reference),
            ("${DB_PASSWORD:-}", Given::Empty),
            ("${DB_PASSWORD:-app}", Given::Default { variable: "DB_PASSWORD", text: "app" }),
            ("${A:-${B:-c}}", Given::Mixed),
            ("postgres://${U}:${P}@db/app", Given::Reference),
            ("postgres://${U:-app}:${P:-app}@db/app", Given::Mixed),
        ] {
            assert_eq!(given(text), expected, "{text}");
        }
    }

    #[test]
    fn short_passwords_count_and_switches_do_not() {
        for (name, text, expected) in [
            ("POSTGRES_PASSWORD", "app", true),
            ("MYSQL_ROOT_PASSWORD", "1234", true),
            ("POSTGRES_PASSWORD", "postgres", true),
            ("DATABASE_URL", "postgresql://shop:shop@db:5432/shop", true),
            ("DATABASE_URL", "postgresql://db:5432/shop", false),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes", false),
            ("MYSQL_RANDOM_ROOT_PASSWORD", "yes", false),
            ("POSTGRES_PASSWORD_FILE", "/run/secrets/db", false),
            ("SECRETKEY_PATH", "/root/.keys", false),
            ("POSTGRES_DB", "shop", false),
        ] {
            assert_eq!(worth(name, text).is_some(), expected, "{name}");
        }
    }

    #[test]
    fn hosts_are_read_from_urls() {
        assert_eq!(host_of("jdbc:postgresql://db:5432/app"), Some("db"));
        assert_eq!(host_of("redis://:x@cache:6379/0"), Some("cache"));
        assert_eq!(host_of("no url"), None);
        assert!(has_userinfo("amqp://a:b@mq") && !has_userinfo("http://mq:15672/a@b"));
    }
}
