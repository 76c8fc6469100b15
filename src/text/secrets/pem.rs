//! Private keys in PEM armour, on their own lines or escaped into one string.

use super::{Kind, checks};
use crate::model::Confidence;

/// A private key's body; the armour lines stay readable.
pub(super) struct Pem {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    pub confidence: Confidence,
}

/// Longest body that is read: a 16384-bit RSA key has 13 kB.
const LONGEST_BODY: usize = 20 * 1024;

/// Reads the block at `start`, where the text has `-----BEGIN `. Certificates and public keys are none.
pub(super) fn read(text: &str, start: usize) -> Option<Pem> {
    let label_start = start + "-----BEGIN ".len();
    let label_length = text.as_bytes()[label_start..]
        .iter()
        .take(48)
        .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b' ')
        .count();
    let label = &text[label_start..label_start + label_length];
    let body_start = label_start + label_length + 5;
    if !(label.ends_with("PRIVATE KEY") || label.ends_with("PRIVATE KEY BLOCK"))
        || !text[label_start + label_length..].starts_with("-----")
    {
        return None;
    }
    let limit = floor_boundary(text, (body_start + LONGEST_BODY).min(text.len()));
    let body = &text[body_start..limit];
    let body = &body[..body.find("-----").unwrap_or_else(|| truncated_end(body))];
    let lead = lead(body);
    let body = trim_end(&body[lead..]);
    let digits = digits_of(body);
    if digits.len() < 16 {
        return None;
    }
    let start = body_start + lead;
    let (kind, confidence) = judge(label, body, &digits);
    Some(Pem { start, end: start + body.len(), kind, confidence })
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where a body without an end line stops being one.
fn truncated_end(body: &str) -> usize {
    body.find(|char: char| !(char.is_ascii_alphanumeric() || "+/=\\\r\n \t".contains(char))).unwrap_or(body.len())
}

/// White space, quotes and operators that join the lines of an armoured block in source code.
fn is_joint(char: char) -> bool {
    char.is_whitespace() || "\"'`+,>|".contains(char)
}

/// Length of white space, joints and escaped line breaks at the start.
fn lead(body: &str) -> usize {
    let mut rest = body;
    while let Some(shorter) = rest
        .strip_prefix("\\n")
        .or_else(|| rest.strip_prefix("\\r"))
        .or_else(|| rest.strip_prefix('\\'))
        .or_else(|| rest.strip_prefix(is_joint))
    {
        rest = shorter;
    }
    body.len() - rest.len()
}

/// Drops joints and escaped line breaks from the end; a `+` there is base64 unless it stands apart.
fn trim_end(body: &str) -> &str {
    let joint = |char: char| char != '+' && is_joint(char);
    let mut rest = body.trim_end_matches(joint);
    if let Some(shorter) = rest.strip_suffix('+').filter(|shorter| shorter.ends_with(is_joint)) {
        rest = shorter.trim_end_matches(joint);
    }
    while let Some(shorter) = rest.strip_suffix("\\n").or_else(|| rest.strip_suffix("\\r")) {
        rest = shorter.trim_end_matches(joint);
    }
    rest
}

/// The base64 digits of the body without headers, joints and escapes.
fn digits_of(body: &str) -> String {
    body.replace("\\n", "\n")
        .replace("\\r", "\n")
        .lines()
        .filter(|line| !line.contains(':'))
        .flat_map(str::chars)
        .filter(|char| char.is_ascii_alphanumeric() || "+/=".contains(*char))
        .collect()
}

fn judge(label: &str, body: &str, digits: &str) -> (Kind, Confidence) {
    if ["...", "…", "***", "<", "${", "{{"].iter().any(|sign| body.contains(sign)) || digits.len() < 60 {
        return (Kind::Placeholder, Confidence::Likely);
    }
    if label.starts_with("PGP") {
        return (Kind::Live, Confidence::Certain);
    }
    let whole = &digits[..digits.len() - digits.len() % 4];
    let bytes = checks::decode_base64(whole.trim_end_matches('=')).unwrap_or_default();
    let encrypted = label.contains("ENCRYPTED") || body.contains("ENCRYPTED");
    if super::entropy::distinct(digits) < 20 || super::placeholder::is_placeholder(&digits[..60]) {
        (Kind::Placeholder, Confidence::Likely)
    } else if encrypted {
        (Kind::Live, Confidence::Likely)
    } else if bytes.first() == Some(&0x30) || bytes.starts_with(b"openssh-key-v1") {
        (Kind::Live, Confidence::Certain)
    } else {
        (Kind::Placeholder, Confidence::Likely)
    }
}
