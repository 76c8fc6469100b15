//! What the names in an expression say that it holds: a password, a session, a token.

use super::access::words;
use crate::code::{Kind, NodeRef, Role};

/// Whether a name is that of a password as a person typed it, rather than of something about one.
pub fn is_password(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map(String::as_str).unwrap_or_default();
    let of_another = ["hashed", "encrypted", "hash", "master", "salted", "app", "smtp", "db", "database", "redis"];
    matches!(last, "password" | "passwd" | "pwd" | "passphrase" | "password1" | "password2")
        && !words.iter().any(|word| of_another.contains(&word.as_str()))
}

/// Whether who knows the value of this name can act as somebody: a session, an access token.
pub fn is_session(name: &str) -> bool {
    const SESSION: [&str; 16] = [
        "session",
        "sessionid",
        "sess",
        "sid",
        "token",
        "jwt",
        "auth",
        "refresh",
        "access",
        "accesstoken",
        "refreshtoken",
        "authtoken",
        "authorization",
        "bearer",
        "remember",
        "idtoken",
    ];
    const OTHER: [&str; 30] = [
        "csrf",
        "xsrf",
        "theme",
        "locale",
        "state",
        "nonce",
        "verifier",
        "pkce",
        "redirect",
        "callback",
        "return",
        "flash",
        "hint",
        "expires",
        "expiry",
        "expiration",
        "exp",
        "has",
        "is",
        "flag",
        "consent",
        "type",
        "method",
        "provider",
        "mode",
        "status",
        "recording",
        "cache",
        "count",
        "url",
    ];
    let words = words(name);
    words.iter().any(|word| SESSION.contains(&word.as_str()))
        && !words.iter().any(|word| OTHER.contains(&word.as_str()))
}

/// The name by which a reader knows a value: of a variable, a member, or what a conversion is applied to.
pub fn subject(node: NodeRef<'_>) -> Option<&str> {
    let node = unconverted(node);
    match node.kind() {
        Kind::Identifier | Kind::Member | Kind::String => Some(node.name()),
        Kind::Index => node.child(Role::Index).filter(|key| key.is(Kind::String)).map(NodeRef::name),
        _ => None,
    }
}

/// What conversions of text and bytes are applied to.
fn unconverted(node: NodeRef<'_>) -> NodeRef<'_> {
    let converts = ["toString", "encode", "trim", "strip", "toLowerCase", "normalize", "get_secret_value"];
    let mut node = node;
    // Conversions of conversions end soon.
    for _ in 0..6 {
        let inner = match node.kind() {
            Kind::Await => node.child(Role::Value),
            Kind::Call if node.callee_name().is_some_and(|name| converts.contains(&name)) => node.receiver(),
            Kind::Call if matches!(node.callee_name(), Some("String" | "str" | "bytes" | "from" | "get")) => {
                node.argument(0)
            }
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}

/// Whether a value is made of something whose name passes `test`: itself, or a part of a template or concatenation.
pub fn is_made_of(node: NodeRef<'_>, test: fn(&str) -> bool) -> bool {
    let node = unconverted(node);
    match node.kind() {
        Kind::Template => node.children_in(Role::Item).any(|piece| !piece.is(Kind::String) && is_subject(piece, test)),
        Kind::Binary if node.name() == "+" => {
            [Role::Left, Role::Right].into_iter().filter_map(|role| node.child(role)).any(|side| is_subject(side, test))
        }
        _ => is_subject(node, test),
    }
}

fn is_subject(node: NodeRef<'_>, test: fn(&str) -> bool) -> bool {
    !node.is(Kind::String) && subject(node).is_some_and(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_passwords_and_sessions() {
        for (name, expected) in
            [("password", true), ("newPassword", true), ("password_hash", false), ("dbPassword", false)]
        {
            assert_eq!(is_password(name), expected, "{name}");
        }
        for (name, expected) in [("sessionId", true), ("access_token", true), ("csrf_token", false), ("author", false)]
        {
            assert_eq!(is_session(name), expected, "{name}");
        }
    }
}
