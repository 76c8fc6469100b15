//! JSON Web Tokens: decoded, because only their content tells a service key from a public or an example one.

use serde_json::{Map, Value};

use super::{Kind, checks, shape::Set};

/// What a token says of itself.
pub(super) struct Jwt {
    pub end: usize,
    pub kind: Kind,
    pub provider: &'static str,
    /// Signed for a purpose that never ends well when it leaks: certain instead of likely.
    pub certain: bool,
}

/// Longest part that is decoded; session tokens with many claims stay far below it.
const LONGEST_PART: usize = 16 * 1024;

/// Second when 2024 began: a token that had expired by then harms nobody.
const LONG_AGO: f64 = 1_704_067_200.0;

/// Reads the token at `start`, where the text has `eyJ`.
pub(super) fn read(text: &str, start: usize) -> Option<Jwt> {
    let (header_end, header) = object(text, start)?;
    let (payload_end, payload) = object(text, after_dot(text, header_end)?)?;
    let signature = after_dot(text, payload_end)?;
    let end = signature + run(text, signature);
    header.get("alg").or_else(|| header.get("typ"))?;
    let role = payload.get("role").and_then(Value::as_str).unwrap_or_default();
    let supabase = payload.contains_key("ref") || says(&payload, "iss", &["supabase"]);
    let kind = if is_example(&header, &payload, &text[signature..end]) {
        Kind::Example
    } else if role == "anon" {
        Kind::PublicKey
    } else {
        Kind::Live
    };
    let certain = role == "service_role";
    let provider = match role {
        "service_role" if supabase => "supabase-service-key",
        "anon" if supabase => "supabase-anon-key",
        _ => "jwt",
    };
    Some(Jwt { end, kind, provider, certain })
}

fn run(text: &str, start: usize) -> usize {
    text.as_bytes()[start..].iter().take(LONGEST_PART).take_while(|byte| Set::Url.contains(**byte)).count()
}

fn after_dot(text: &str, at: usize) -> Option<usize> {
    (text.as_bytes().get(at) == Some(&b'.')).then_some(at + 1)
}

fn object(text: &str, start: usize) -> Option<(usize, Map<String, Value>)> {
    let end = start + run(text, start);
    match serde_json::from_slice(&checks::decode_base64(&text[start..end])?).ok()? {
        Value::Object(object) => Some((end, object)),
        _ => None,
    }
}

fn says(object: &Map<String, Value>, key: &str, parts: &[&str]) -> bool {
    let value = object.get(key).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    parts.iter().any(|part| value.contains(part))
}

/// The tokens of tutorials, of local development stacks and of unit tests, and those without a signature.
fn is_example(header: &Map<String, Value>, payload: &Map<String, Value>, signature: &str) -> bool {
    let expired = payload.get("exp").and_then(Value::as_f64).is_some_and(|exp| exp < LONG_AGO);
    let bare = payload
        .keys()
        .all(|key| ["iat", "sub", "name", "admin", "foo", "id", "userId", "role"].contains(&key.as_str()))
        && !payload.contains_key("exp")
        && payload.get("role").and_then(Value::as_str) != Some("service_role");
    let claims = ["iss", "aud", "exp", "iat", "nbf", "jti", "ref", "scope", "scopes", "email", "role"];
    expired
        || bare
        || !claims.iter().any(|claim| payload.contains_key(*claim))
        || signature.len() < 40
        || super::placeholder::is_placeholder(signature)
        || says(header, "alg", &["none"])
        || says(payload, "iss", &["demo", "example", "test", "local"])
        || says(payload, "sub", &["1234567890", "test", "example"])
        || says(payload, "name", &["john doe", "jane doe", "test"])
        || says(payload, "email", &["@example.", "@test."])
}
