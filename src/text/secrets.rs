//! Finds secrets in text: token formats of known vendors, private keys, credentials in URLs, and literals that are
//! given to secret-named identifiers.
//!
//! Every search starts at a literal keyword and reads a bounded distance from it, so the cost is linear in the text.

mod assignment;
mod checks;
mod cover;
mod entropy;
mod generic;
mod jwt;
mod marked;
mod names;
mod pem;
mod placeholder;
mod providers;
mod scanner;
mod setting;
mod shape;
mod url;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use camino::Utf8Path;

use self::assignment::{Assignment, Form};
use self::setting::{Setting, Syntax};
use self::shape::Shape;
use crate::model::{Confidence, Span};

/// What a match is worth to whoever finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Looks like a secret in use.
    Live,
    /// Words used as a secret: not leaked by being here, but guessable.
    Weak,
    /// Stands in for a secret that somebody must fill in.
    Placeholder,
    /// Opens a test environment only.
    TestKey,
    /// Meant to be published: publishable keys, anonymous keys, ingest keys.
    PublicKey,
    /// From documentation, a tutorial, or expired for years.
    Example,
}

/// One secret, or something made like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretMatch {
    /// Stable id of the format, such as `aws-access-key`; `generic` when only the name tells.
    pub provider: &'static str,
    /// Exactly the secret value.
    pub span: Span,
    pub confidence: Confidence,
    pub kind: Kind,
    /// The identifier it is assigned to.
    pub key_name: Option<Span>,
}

/// Literals of which every text with a secret has at least one.
pub const KEYWORDS: &[&str] = &ALL_KEYWORDS;

const FIXED: &[&str] = &[
    "eyJ",
    "-----BEGIN ",
    "://",
    "Bearer ",
    "Basic ",
    "session_id",
    "sessionid",
    "sessionId",
    "SESSIONID",
    "connect.sid",
];

const COUNT: usize = {
    let mut count = FIXED.len() + marked::MARKS.len() + names::KEYWORDS.len() + FIELD_LABELS.len();
    let mut group = 0;
    while group < providers::GROUPS.len() {
        count += providers::GROUPS[group].len();
        group += 1;
    }
    count
};

/// Labels of password fields in other languages; they matter only where a script types into the field.
const FIELD_LABELS: &[&str] = &["ароль", "АРОЛЬ", "asswort", "ontraseña", "Senha", "senha", "ot de passe"];

/// The order is: fixed, marks, names, labels, then the shapes group by group.
const ALL_KEYWORDS: [&str; COUNT] = {
    let lists = [FIXED, marked::MARKS, names::KEYWORDS, FIELD_LABELS];
    let mut all = [""; COUNT];
    let mut next = 0;
    let mut list = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            all[next] = lists[list][at];
            next += 1;
            at += 1;
        }
        list += 1;
    }
    let mut group = 0;
    while group < providers::GROUPS.len() {
        let mut at = 0;
        while at < providers::GROUPS[group].len() {
            all[next] = providers::GROUPS[group][at].prefix;
            next += 1;
            at += 1;
        }
        group += 1;
    }
    all
};

static AUTOMATON: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(KEYWORDS).expect("a few hundred short literals fit an automaton"));

/// What a keyword of the automaton starts.
enum Trigger {
    Fixed(&'static str),
    Mark(&'static str),
    Name,
    Label,
    Shape(&'static Shape),
}

fn trigger(pattern: usize) -> Trigger {
    let mut rest = pattern;
    if rest < FIXED.len() {
        return Trigger::Fixed(FIXED[rest]);
    }
    rest -= FIXED.len();
    if rest < marked::MARKS.len() {
        return Trigger::Mark(marked::MARKS[rest]);
    }
    rest -= marked::MARKS.len();
    if rest < names::KEYWORDS.len() {
        return Trigger::Name;
    }
    rest -= names::KEYWORDS.len();
    if rest < FIELD_LABELS.len() {
        return Trigger::Label;
    }
    rest -= FIELD_LABELS.len();
    let shape = providers::GROUPS.iter().flat_map(|group| group.iter()).nth(rest);
    Trigger::Shape(shape.expect("keywords are laid out in the order of the groups"))
}

/// Every keyword in the text with what it starts, in order of its end.
fn keyword_hits(text: &str) -> impl Iterator<Item = (Trigger, Range<usize>)> {
    AUTOMATON.find_overlapping_iter(text).map(|hit| (trigger(hit.pattern().as_usize()), hit.range()))
}

/// All secrets of a file, in order and without overlaps. The path tells how values are written and whether they
/// are meant to be real.
pub fn find(text: &str, path: &Utf8Path) -> Vec<SecretMatch> {
    scanner::scan(text, setting::setting(path), setting::syntax(path))
}

/// Whether an identifier promises a secret: `STRIPE_SECRET_KEY` does, `tokenUrl` and `publicKey` do not.
pub fn names_secret(name: &str) -> bool {
    names::classify(name).is_some()
}

/// What a literal is worth that is given to `name`, for callers that know both from a syntax tree. `None` when the
/// name promises no secret and the value has no vendor's format, or when the value only points at a secret.
pub fn assess(name: &str, value: &str) -> Option<(Kind, Confidence)> {
    let text = format!("{name}={value}");
    let value = name.len() + 1..text.len();
    let formats = scanner::scan(&text[value.clone()], Setting::Real, Syntax::Code);
    if let Some(found) = formats.first() {
        return Some((found.kind, found.confidence));
    }
    let given = Assignment { name: 0..name.len(), value, form: Form::Quoted };
    let judged = generic::judge(&text, &given, Setting::Real, Syntax::Lines)?;
    let published = names::is_published(name) && judged.kind == Kind::Live;
    Some((if published { Kind::PublicKey } else { judged.kind }, judged.confidence))
}

/// The text inside a base64 value that encodes text, as the `data` of a Kubernetes secret does.
pub fn decoded(value: &str) -> Option<String> {
    generic::encoded_text(value)
}

/// What [`super::mask::mask`] hides: more than [`find`] reports, in order and without overlaps.
pub(super) fn spans_to_mask(text: &str) -> Vec<Range<usize>> {
    cover::spans_to_mask(text)
}
