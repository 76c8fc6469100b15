//! Values that stand in for a secret, and values that only point at one.

use super::entropy::distinct;

/// Words that nobody puts into a secret, in lower case. Four letters at least: shorter ones occur by chance.
const SIGNS: &[&str] = &[
    "asdf",
    "cafebabe",
    "change-it",
    "change-me",
    "change-this",
    "change_in",
    "change_me",
    "change_this",
    "changeit",
    "changeme",
    "changethis",
    "deadbeef",
    "demo",
    "dummy",
    "enter-",
    "enter_",
    "example",
    "fake",
    "fixme",
    "foobar",
    "insert",
    "invalid",
    "lorem",
    "mock",
    "not-a-real",
    "not_a_real",
    "placeholder",
    "put-your",
    "qwerty",
    "redacted",
    "replace",
    "sample",
    "todo",
    "xxxx",
    // The client and the tokens of RFC 6749's examples.
    "s6bhdrkqt3",
    "2yotnfzfejr1zcsicmwpaa",
    "tgzv3jokf0xg5qx2tlkwia",
    "your",
];

/// Whether the value says of itself that it is no secret: a word of that sense, or a pattern that a hand typed.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let bracketed = |open, close| value.starts_with(open) && value.ends_with(close);
    SIGNS.iter().any(|sign| lower.contains(sign))
        || ["...", "…", "***", "•••"].iter().any(|sign| value.contains(sign))
        || has_word(&lower, "test")
        || bracketed('<', '>')
        || bracketed('[', ']')
        || bracketed('{', '}')
        || is_patterned(&lower)
}

/// `word` at the start of a word: "latest" has no "test".
fn has_word(lower: &str, word: &str) -> bool {
    lower.match_indices(word).any(|(at, _)| !lower[..at].ends_with(|char: char| char.is_ascii_alphabetic()))
}

/// A placeholder of words alone: showing it tells nothing that is secret.
pub(super) fn is_worded_placeholder(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_<>. ".contains(&byte)) && is_placeholder(value)
}

/// Repeated, sequential or periodic characters.
fn is_patterned(lower: &str) -> bool {
    let bytes = lower.as_bytes();
    let few = match bytes.len() {
        0..8 => 1,
        8..12 => 3,
        12..20 => 5,
        _ => 6,
    };
    distinct(lower) <= few
        || longest_run(bytes, |a, b| a == b) >= 6
        || longest_run(bytes, follows) >= 6
        || longest_run(bytes, |a, b| follows(b, a)) >= 6
        || interleaved(bytes)
        || periodic(bytes)
}

fn follows(first: u8, second: u8) -> bool {
    (first.is_ascii_alphanumeric() && second == first + 1 && second.is_ascii_alphanumeric())
        || (first == b'9' && (second == b'0' || second == b'a'))
}

fn longest_run(bytes: &[u8], continues: impl Fn(u8, u8) -> bool) -> usize {
    let mut longest = usize::from(!bytes.is_empty());
    let mut run = longest;
    for pair in bytes.windows(2) {
        run = if continues(pair[0], pair[1]) { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

/// `a1b2c3d4`: letters and digits each count up.
fn interleaved(bytes: &[u8]) -> bool {
    let letters: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let digits: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_digit).collect();
    longest_run(&letters, follows) >= 4 && longest_run(&digits, follows) >= 4
}

/// The value repeats a unit of at most sixteen characters.
fn periodic(bytes: &[u8]) -> bool {
    bytes.len() >= 8
        && (1..=(bytes.len() / 2).min(16)).any(|period| bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b))
}

/// Starts of values that name where the secret is kept, or hold it encrypted.
const REFERENCES: &[&str] = &[
    "!vault",
    "$ANSIBLE_VAULT",
    "@Microsoft.KeyVault",
    "AQICAH",
    "CfDJ8",
    "ENC(",
    "ENC[",
    "arn:",
    "aws-sm:",
    "awssm:",
    "encrypted:",
    "env(",
    "env:",
    "env.",
    "file:",
    "gcpsm:",
    "keyring:",
    "op://",
    "ref+",
    "secret:",
    "secrets.",
    "secrets:",
    "secretsmanager:",
    "ssm:",
    "vault:",
    "vault_",
    "{cipher}",
    "{{",
];

/// Whether the value is a template, a pointer to a secret store, or encrypted at rest.
pub(super) fn is_reference(value: &str) -> bool {
    REFERENCES.iter().any(|start| value.starts_with(start))
        || ["${", "$(", "{{", "<%", "#{", "%(", "{0}", "%s", "{}"].iter().any(|part| value.contains(part))
        || value.starts_with('?')
        || value.ends_with(":latest")
        || is_variable(value)
}

/// `$NAME`, `%NAME%`, `{name}`, `<name>`, `:name`, `@name`: replaced before use.
fn is_variable(value: &str) -> bool {
    let inner = value
        .strip_prefix('$')
        .or_else(|| value.strip_prefix(':'))
        .or_else(|| value.strip_prefix('@'))
        .or_else(|| value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')))
        .or_else(|| value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')));
    inner.is_some_and(|name| {
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        digits <= 2
            && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:".contains(&byte))
    })
}

/// A one-way hash of a password: worth protecting, but not the password.
pub(super) fn is_password_hash(value: &str) -> bool {
    [
        "$2a$", "$2b$", "$2y$", "$argon2", "$pbkdf2", "$scrypt", "$1$", "$5$", "$6$", "pbkdf2", "scrypt:", "argon2",
        "{SSHA}", "md5$", "sha1$", "sha256$", "sha256-", "sha384-", "sha512-", "sha256:", "sha512:", "bcrypt",
    ]
    .iter()
    .any(|start| value.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_made_values_are_placeholders() {
        for value in [
            "changeme",
            "your-key-here",
            "<password>",
            "xxxxxxxxxxxx",
            "sk-...",
            "abcdefghij",
            "1234567890",
            "a1b2c3d4e5",
            "abcd1234abcd1234",
            "0000000000000000",
            "TODO_set_me",
            "********",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["k3v9Qx71LmZp", "hunter2!Kq", "9f3c1a7be0245d68c7713af0"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn pointers_are_references() {
        for value in [
            "${DB_PASSWORD}",
            "$TOKEN",
            "{{ .Values.token }}",
            "secrets.API_KEY",
            "op://vault/item",
            "%TOKEN%",
            ":password",
            "ENC[AES256_GCM,data:x]",
        ] {
            assert!(is_reference(value), "{value}");
        }
        assert!(!is_reference("$k3v9Qx71LmZp"));
    }
}
