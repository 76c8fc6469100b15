//! Decides whether a literal that is given to a secret-named identifier is a secret.

use super::assignment::{Assignment, Form};
use super::entropy::{is_hex, is_uuid, looks_random, shannon};
use super::names::{self, Class};
use super::placeholder::{is_password_hash, is_placeholder, is_reference};
use super::providers::NAMED;
use super::setting::{Setting, Syntax};
use super::shape::{Shape, contains_ignoring_case};
use super::{Kind, checks};
use crate::model::Confidence;

/// The provider of secrets that only their name tells.
pub(super) const GENERIC: &str = "generic";

/// A verdict on one value.
pub(super) struct Judged {
    pub provider: &'static str,
    pub kind: Kind,
    pub confidence: Confidence,
}

/// Judges one assignment; `None` means that the value is no secret of any kind.
pub(super) fn judge(text: &str, assignment: &Assignment, setting: Setting, syntax: Syntax) -> Option<Judged> {
    let class = names::classify(&text[assignment.name.clone()])?;
    judge_value(text, assignment, class, setting, syntax)
}

/// Judges a value whose name is known to promise `class`.
pub(super) fn judge_value(
    text: &str,
    assignment: &Assignment,
    class: Class,
    setting: Setting,
    syntax: Syntax,
) -> Option<Judged> {
    let name = &text[assignment.name.clone()];
    let value = &text[assignment.value.clone()];
    if matches!(setting, Setting::Generated | Setting::Locale) || !is_literal(name, value) {
        return None;
    }
    // A web token that the reader of web tokens refused is cut short or made up.
    let broken_token = value.starts_with("eyJ") && value.contains('.') && value.len() < 100;
    if broken_token || is_placeholder(value) {
        return placeholder(class, assignment.form, value);
    }
    if let Some(provider) = named(name, value) {
        let confidence = if setting == Setting::Real { Confidence::Certain } else { Confidence::Likely };
        return Some(Judged { provider, kind: real_kind(text, assignment, class, setting), confidence });
    }
    if let Some(inner) = encoded_text(value).filter(|_| assignment.form != Form::Argument) {
        return judge_encoded(class, &inner, setting);
    }
    if is_random(class, value, assignment.form, syntax) {
        let kind = real_kind(text, assignment, class, setting);
        let unsure = class == Class::Salt
            || (assignment.form == Form::Argument && !in_lookup(text, assignment))
            || (assignment.form == Form::Bare && syntax == Syntax::Code && !in_address(text, assignment));
        let confidence = if unsure { Confidence::Guess } else { Confidence::Likely };
        return Some(Judged { provider: GENERIC, kind, confidence });
    }
    weak(class, assignment.form, value, syntax)
}

/// Whether the value can be a secret at all: neither an expression, a pointer, a path, a URL, prose nor a label.
pub(super) fn is_literal(name: &str, value: &str) -> bool {
    !(value.len() < 4
        || value.chars().any(char::is_whitespace)
        || is_reference(value)
        || is_password_hash(value)
        || (value.contains('{') && value.contains('}'))
        || value.contains("://")
        || is_path(value)
        || is_pattern(value)
        || is_markup(value)
        || !value.is_ascii()
        || value.eq_ignore_ascii_case(name)
        || value.bytes().all(|byte| byte.is_ascii_digit() || b".,-+:/ ".contains(&byte)) && value.len() < 6)
}

/// Paths and file names, and dotted names of packages and keys.
fn is_path(value: &str) -> bool {
    const EXTENSIONS: &[&str] = &[
        ".pem", ".key", ".json", ".txt", ".crt", ".cer", ".p12", ".pfx", ".jks", ".yml", ".yaml", ".env", ".ts", ".js",
        ".py", ".com", ".io", ".go", ".html", ".pub", ".org", ".net",
    ];
    value.starts_with(['/', '~']) && !looks_random(value)
        || value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with("\\\\")
        || EXTENSIONS.iter().any(|extension| value.ends_with(extension))
        || value.split(['/', '.', ':']).filter(|part| part.len() > 2).count() >= 2
            && !value.split(['/', '.', ':']).any(looks_random)
            && !looks_random(value)
}

/// Regular expressions, format strings and selectors.
fn is_pattern(value: &str) -> bool {
    [
        "[a-", "[A-", "[0-9", "[^", "(?", "\\d", "\\w", "\\s", "\\b", ".*", ".+", "]+", "]{", "{n}", "{0", "[name=",
        "[type=", "[data-", "::", "->", "=>", "()", "&&", "||",
    ]
    .iter()
    .any(|sign| value.contains(sign))
        || value.starts_with('^')
        || value.starts_with(['#', '.', '[', '(', '<', ',', ';', ')', '}', ']', '{', '|', '&', '='])
        || value.ends_with(['(', '[', '{', ',', ':', ';'])
}

fn is_markup(value: &str) -> bool {
    value.contains("</")
        || value.contains("/>")
        || value.contains("\\u")
        || value.contains("\\x")
        || value.contains("%0")
}

fn named(name: &str, value: &str) -> Option<&'static str> {
    let words = names::words(name);
    let shape = |tail| Shape::new("", "", tail).end(value, 0) == Some(value.len());
    NAMED
        .iter()
        .find(|known| {
            known.words.iter().all(|word| words.iter().any(|own| own == word))
                && shape(known.shape)
                && shannon(value) > 2.8
        })
        .filter(|_| looks_random(value))
        .map(|known| known.provider)
}

fn is_random(class: Class, value: &str, form: Form, syntax: Syntax) -> bool {
    let least = match (class, form) {
        (Class::Password, Form::Quoted | Form::Typed) => 8,
        (Class::Password, Form::Bare) if syntax != Syntax::Code => 8,
        (Class::Secret | Class::Salt, Form::Quoted | Form::Typed) => 12,
        _ => 16,
    };
    let charset = value.bytes().all(|byte| byte.is_ascii_graphic());
    if is_uuid(value) {
        // Under the name of a token a UUID is more often an identifier.
        return matches!(class, Class::Secret | Class::Password) && form != Form::Argument;
    }
    if class == Class::Token && is_hex(value) && value.len() < 24 {
        return false;
    }
    charset && value.len() >= least && looks_random(value)
}

/// A real-looking value in a test is taken as real only beside an address outside the reserved domains: scripts
/// that log in to a running system have one, unit tests make theirs up.
fn real_kind(text: &str, assignment: &Assignment, class: Class, setting: Setting) -> Kind {
    match setting {
        Setting::Real if is_told_as_example(text, assignment.value.start) => Kind::Example,
        Setting::Real => Kind::Live,
        Setting::Test if class == Class::Password && logs_in_for_real(text, assignment) => Kind::Live,
        Setting::Test => Kind::TestKey,
        _ => Kind::Example,
    }
}

/// Whether the lines around the value are prose that calls it an example, or a block comment of documentation.
pub(super) fn is_told_as_example(text: &str, start: usize) -> bool {
    let (before, line) = before(text, start);
    let signs = ["example.com", "example.org", "example.net", "for example", "e.g.", "example:", "@example", ">>> "];
    line.trim_start().starts_with("* ") || signs.iter().any(|sign| contains_ignoring_case(before, sign))
}

/// Whether the call that has name and value as its arguments reads the environment or sets a header; in other
/// calls the pair may be anything, such as a kind of token and its prefix.
fn in_lookup(text: &str, assignment: &Assignment) -> bool {
    let (_, line) = before(text, assignment.name.start);
    ["env", "header", "secret", "config"].iter().any(|word| contains_ignoring_case(line, word))
}

/// Up to two hundred bytes in front of `start`, and the part of them that is on its line.
fn before(text: &str, start: usize) -> (&str, &str) {
    let mut from = start.saturating_sub(200);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = &text[from..start];
    (before, &before[before.rfind('\n').map_or(0, |line| line + 1)..])
}

/// Whether an unquoted value inside a string belongs to a URL, a command line or an ADO connection string.
fn in_address(text: &str, assignment: &Assignment) -> bool {
    let (_, line) = before(text, assignment.name.start);
    line.contains("://")
        || line.ends_with("--")
        || ["Server=", "Data Source=", "Host=", "host="].iter().any(|start| line.contains(start))
}

fn logs_in_for_real(text: &str, assignment: &Assignment) -> bool {
    const VISITS: [&[u8]; 4] = [b".goto(", b".visit(", b"driver.get(", b"page."];
    let value = &text[assignment.value.clone()];
    let from = assignment.name.start.saturating_sub(600);
    let near = &text.as_bytes()[from..(assignment.value.end + 300).min(text.len())];
    let driven = assignment.form == Form::Typed || VISITS.iter().any(|call| memchr::memmem::find(near, call).is_some());
    // Nobody types a digest.
    driven && !is_hex(value) && has_real_account(text, assignment)
}

/// Whether an e-mail address outside the domains that tests make up stands near the value.
fn has_real_account(text: &str, assignment: &Assignment) -> bool {
    const RESERVED: &[&str] = &[
        "example",
        "test",
        "localhost",
        "local",
        "mail",
        "email",
        "domain",
        "acme",
        "foo",
        "bar",
        "invalid",
        "fake",
        "company",
        "demo",
        "sample",
        "user",
    ];
    let bytes = text.as_bytes();
    let from = assignment.name.start.saturating_sub(600);
    let to = (assignment.value.end + 300).min(bytes.len());
    memchr::memchr_iter(b'@', &bytes[from..to]).any(|offset| {
        let at = from + offset;
        let domain =
            bytes[at + 1..to].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte)).count();
        let Some(domain) = text.get(at + 1..at + 1 + domain) else { return false };
        let user = at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric());
        let real = domain.split('.').count() >= 2
            && domain
                .rsplit('.')
                .next()
                .is_some_and(|top| (2..=6).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_lowercase()))
            && !names::words(domain).iter().any(|word| RESERVED.contains(&word.as_str()));
        user && real
    })
}

fn placeholder(class: Class, form: Form, value: &str) -> Option<Judged> {
    let tells = matches!(class, Class::Password | Class::Secret) || value.len() >= 8;
    (tells && form != Form::Argument).then_some(Judged {
        provider: GENERIC,
        kind: Kind::Placeholder,
        confidence: Confidence::Likely,
    })
}

/// Words given to a password or secret: guessable instead of leaked, and only where a literal is certain.
fn weak(class: Class, form: Form, value: &str, syntax: Syntax) -> Option<Judged> {
    let config = matches!(syntax, Syntax::Lines | Syntax::Shell);
    let mixed = value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let judged = |confidence| Some(Judged { provider: GENERIC, kind: Kind::Weak, confidence });
    match (class, form) {
        _ if is_type(value) => None,
        (Class::Password | Class::Secret, Form::Quoted | Form::Bare) if config => judged(Confidence::Likely),
        (Class::Password, Form::Quoted | Form::Typed) if mixed => judged(Confidence::Likely),
        (Class::Secret, Form::Quoted) if mixed || value.contains(['-', '_']) && value.len() >= 12 => {
            judged(Confidence::Guess)
        }
        _ => None,
    }
}

/// Words that say what a value is instead of being one.
pub(super) fn is_type(value: &str) -> bool {
    const TYPES: &[&str] = &[
        "any",
        "bool",
        "boolean",
        "bytes",
        "char",
        "disabled",
        "enabled",
        "false",
        "inherit",
        "none",
        "null",
        "optional",
        "required",
        "str",
        "string",
        "text",
        "true",
        "undefined",
        "unknown",
        "varchar",
    ];
    let word = value.trim_end_matches(['?', ';', ',', '|']).to_ascii_lowercase();
    TYPES.contains(&word.as_str())
}

/// The text inside a base64 value that encodes text, as Kubernetes secrets do.
pub(super) fn encoded_text(value: &str) -> Option<String> {
    if value.len() < 8
        || !value.len().is_multiple_of(4)
        || !value.bytes().all(|byte| super::shape::Set::Base64.contains(byte))
    {
        return None;
    }
    let decoded = String::from_utf8(checks::decode_base64(value)?).ok()?;
    let text = decoded.trim_end();
    (text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| text.to_owned())
}

fn judge_encoded(class: Class, inner: &str, setting: Setting) -> Option<Judged> {
    let kind = if is_reference(inner) {
        return None;
    } else if is_placeholder(inner) {
        Kind::Placeholder
    } else if inner.len() >= 8 && looks_random(inner) && setting == Setting::Real {
        Kind::Live
    } else {
        Kind::Weak
    };
    (class != Class::Salt).then_some(Judged { provider: GENERIC, kind, confidence: Confidence::Likely })
}
