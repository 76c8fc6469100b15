//! Which identifiers name a secret: `STRIPE_SECRET_KEY` does, `tokenUrl`, `password_field` and `publicKey` do not.

/// What kind of secret a name promises; a password is short and typed, a token long and generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Password,
    Secret,
    Token,
    Salt,
}

/// Literals of which at least one is in every name that [`classify`] accepts.
pub(super) const KEYWORDS: &[&str] = &[
    "password",
    "Password",
    "PASSWORD",
    "passwd",
    "Passwd",
    "PASSWD",
    "passphrase",
    "Passphrase",
    "PASSPHRASE",
    "pwd",
    "Pwd",
    "PWD",
    "_pass",
    "_PASS",
    "Pass",
    "pass:",
    "pass\"",
    "pass'",
    "pass=",
    "pass =",
    "passcode",
    "secret",
    "Secret",
    "SECRET",
    "token",
    "Token",
    "TOKEN",
    "redential",
    "REDENTIAL",
    "salt",
    "Salt",
    "SALT",
    "api_key",
    "API_KEY",
    "piKey",
    "api-key",
    "Api-Key",
    "API-KEY",
    "apikey",
    "Apikey",
    "APIKEY",
    "PIKey",
    "api.key",
    "access_key",
    "ACCESS_KEY",
    "ccessKey",
    "access-key",
    "access.key",
    "accesskey",
    "private_key",
    "PRIVATE_KEY",
    "rivateKey",
    "private-key",
    "private.key",
    "encryption_key",
    "ENCRYPTION_KEY",
    "ncryptionKey",
    "encryption-key",
    "encryption.key",
    "signing_key",
    "SIGNING_KEY",
    "igningKey",
    "signing-key",
    "master_key",
    "MASTER_KEY",
    "asterKey",
    "master-key",
    "auth_key",
    "AUTH_KEY",
    "uthKey",
    "auth-key",
    "account_key",
    "ACCOUNT_KEY",
    "ccountKey",
    "app_key",
    "APP_KEY",
    "appKey",
    "AppKey",
    "app-key",
    "jwt_key",
    "JWT_KEY",
    "jwtKey",
    "JwtKey",
    "service_key",
    "SERVICE_KEY",
    "erviceKey",
    "role_key",
    "ROLE_KEY",
    "roleKey",
    "RoleKey",
    "admin_key",
    "ADMIN_KEY",
    "dminKey",
    "webhook_key",
    "WEBHOOK_KEY",
    "session_key",
    "SESSION_KEY",
    "essionKey",
    "hmac_key",
    "HMAC_KEY",
    "hmacKey",
    "HmacKey",
    "crypt_key",
    "CRYPT_KEY",
    "ryptKey",
    "license_key",
    "LICENSE_KEY",
    "LICENCE_KEY",
    "icenseKey",
    "_auth",
    "_AUTH",
];

/// Words after which `key` is a secret.
const KEY_QUALIFIERS: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "app",
    "auth",
    "crypt",
    "crypto",
    "encrypt",
    "encryption",
    "hmac",
    "jwt",
    "license",
    "licence",
    "master",
    "private",
    "role",
    "secret",
    "service",
    "session",
    "signing",
    "webhook",
];

/// Words behind the noun that do not change its meaning: environments, versions, parts of a pair.
const TRAILERS: &[&str] = &[
    "base",
    "default",
    "dev",
    "development",
    "fallback",
    "live",
    "local",
    "main",
    "new",
    "old",
    "primary",
    "prod",
    "production",
    "secondary",
    "staging",
    "val",
    "value",
    "v",
    "raw",
    "plain",
    "plaintext",
    "str",
    "string",
    "literal",
    "b64",
    "base64",
    "hex",
    "env",
    "legacy",
    "current",
    "previous",
];

/// Words anywhere in a name that make it something else: a public value, a page cursor, a count, a decoy.
const DISQUALIFIERS: &[&str] = &[
    "anon",
    "cancel",
    "cancellation",
    "continuation",
    "csrf",
    "cursor",
    "decrypted",
    "design",
    "dummy",
    "encrypted",
    "error",
    "errors",
    "example",
    "expired",
    "fake",
    "forgot",
    "hash",
    "hashed",
    "i18n",
    "idempotency",
    "invalid",
    "label",
    "lexer",
    "mask",
    "masked",
    "max",
    "message",
    "messages",
    "min",
    "mock",
    "next",
    "no",
    "page",
    "pagination",
    "placeholder",
    "publishable",
    "public",
    "redacted",
    "sample",
    "sync",
    "translation",
    "validation",
    "wrong",
    "xsrf",
    "title",
    "hint",
    "error",
    "regex",
    "pattern",
    "schema",
    "type",
    "types",
    "sentinel",
];

/// Prefixes of variables that a bundler puts into what it sends to browsers.
const PUBLISHED: &[&str] =
    &["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_"];

/// Whether every visitor gets the variable's value, whatever it is called.
pub(super) fn is_published(name: &str) -> bool {
    PUBLISHED.iter().any(|prefix| name.starts_with(prefix))
}

/// Words of an identifier in lower case: `awsSecretKey2` gives aws, secret, key, 2.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    let chars: Vec<char> = name.chars().take(128).collect();
    for (at, &char) in chars.iter().enumerate() {
        let ends_acronym = previous.is_ascii_uppercase()
            && char.is_ascii_uppercase()
            && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let starts = !previous.is_ascii_alphanumeric()
            || (previous.is_ascii_lowercase() && char.is_ascii_uppercase())
            || (previous.is_ascii_digit() != char.is_ascii_digit())
            || ends_acronym;
        if char.is_ascii_alphanumeric() {
            match words.last_mut() {
                Some(word) if !starts => word.push(char.to_ascii_lowercase()),
                _ => words.push(char.to_ascii_lowercase().to_string()),
            }
        }
        previous = char;
    }
    words
}

/// What the name promises, or `None` when it names no secret.
pub(super) fn classify(name: &str) -> Option<Class> {
    let name = PUBLISHED.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    let words = words(name);
    if words.iter().any(|word| DISQUALIFIERS.contains(&word.as_str())) {
        return None;
    }
    let trailing = |word: &&String| TRAILERS.contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit());
    let kept = words.len() - words.iter().rev().take_while(trailing).count();
    let mut backwards = words[..kept].iter().rev().map(String::as_str);
    let last = backwards.next()?;
    let before = backwards.next().unwrap_or_default();
    match last {
        "password" | "passwd" | "pwd" | "passphrase" | "pass" | "passcode" | "pw" => Some(Class::Password),
        "secret" | "secrets" | "credential" | "credentials" | "apikey" | "accesskey" => Some(Class::Secret),
        "key" | "keys" if KEY_QUALIFIERS.contains(&before) => Some(Class::Secret),
        // What proves that a domain or an address is one's own is published or sent to its owner.
        "token" if matches!(before, "verification" | "confirmation" | "activation") => None,
        "token" | "auth" => Some(Class::Token),
        "salt" => Some(Class::Salt),
        _ => None,
    }
}

/// Whether a field, label or selector is that of a password.
pub(super) fn mentions_password(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "password" | "passwd" | "pwd" | "passphrase"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_split_into_words() {
        assert_eq!(words("awsSecretKey2"), ["aws", "secret", "key", "2"]);
        assert_eq!(words("spring.datasource.password"), ["spring", "datasource", "password"]);
        assert_eq!(words("JWTSecret"), ["jwt", "secret"]);
    }

    #[test]
    fn names_of_secrets() {
        for name in [
            "DB_PASSWORD",
            "stripeSecretKey",
            "apiKey",
            "api-key",
            "X_API_KEY",
            "SECRET_KEY_BASE",
            "smtp_pass",
            "_authToken",
            "clientSecret",
            "refreshToken",
            "JWT_SECRET_PROD",
        ] {
            assert!(classify(name).is_some(), "{name}");
            assert!(KEYWORDS.iter().any(|keyword| format!("{name}=").contains(keyword)), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "token_url",
            "password_field",
            "secretName",
            "keyId",
            "public_key",
            "csrfToken",
            "X-CSRF-Token",
            "maxTokens",
            "tokenizer",
            "next_page_token",
            "passwordHash",
            "keyboard",
            "monkey",
            "author",
            "passwordLabel",
            "PasswordResetForm",
            "primaryKey",
            "foreign_key",
            "invalidToken",
            "siteVerificationToken",
        ] {
            assert!(classify(name).is_none(), "{name}");
        }
    }
}
