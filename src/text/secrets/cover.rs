//! What masking hides beyond the matches: tokens that an excerpt cuts off, values that only might be secret, and
//! base64 without its armour. Showing too little costs less here than showing a secret.

use std::ops::Range;

use super::assignment::{self, Form};
use super::entropy::{self, looks_random};
use super::generic::{self, GENERIC};
use super::names::{self, Class};
use super::placeholder::is_worded_placeholder;
use super::scanner::{self, starts_token};
use super::setting::{Setting, Syntax};
use super::shape::{Set, Shape};
use super::{Kind, SecretMatch, Trigger, keyword_hits};

/// Matches for masking: formats that are cut off or glued to other text count, and so do all kinds.
pub(super) fn spans_to_mask(text: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut run_until = 0;
    let mut runs = Runs::default();
    for (trigger, at) in keyword_hits(text) {
        match trigger {
            Trigger::Shape(shape) if at.start >= run_until => {
                if let Some(end) = partial_token(text, &mut runs, shape, at.start) {
                    run_until = end;
                    spans.push(at.start..end);
                }
            }
            Trigger::Fixed("eyJ") if at.start >= run_until => {
                let end = runs.end(text, at.start);
                if end - at.start >= 20 && looks_random(sample(&text[at.start..end])) {
                    run_until = end;
                    spans.push(at.start..end);
                }
            }
            Trigger::Name => spans.extend(named_value(text, at)),
            _ => {}
        }
    }
    let hidden = |found: &SecretMatch| {
        let worded = found.provider == GENERIC && is_worded_placeholder(&text[found.span.range()]);
        found.kind != Kind::PublicKey && !worded
    };
    let found = scanner::read_all(text, Setting::Real, Syntax::Prose);
    spans.extend(found.iter().filter(|(_, found)| hidden(found)).map(|(_, found)| found.span.range()));
    spans.extend(bare_base64(text));
    merged(spans)
}

/// A token whose end is missing, or to whose ends other text is glued.
fn partial_token(text: &str, runs: &mut Runs, shape: &Shape, start: usize) -> Option<usize> {
    if shape.kind == Kind::PublicKey {
        return None;
    }
    let distinctive = shape.prefix.len() >= 4;
    if !distinctive && !starts_token(text, start, shape.prefix) {
        return None;
    }
    if let Some(end) = shape.end(text, start).filter(|end| distinctive && shape.proven(&text[start..*end])) {
        return Some(end);
    }
    let body = start + shape.prefix.len();
    let end = runs.end(text, body);
    let tail = sample(&text[body..end]);
    let secret = tail.len() >= 8
        && (looks_random(tail) || (shape.prefix.len() >= 5 && tail.len() >= 16 && !entropy::reads_as_words(tail)));
    secret.then_some(end)
}

/// The first characters of a run; whether they are random speaks for the rest.
fn sample(run: &str) -> &str {
    &run[..run.len().min(64)]
}

/// Remembers where the current run of token characters ends, so that a long one is measured once.
#[derive(Default)]
struct Runs {
    known: Range<usize>,
}

impl Runs {
    fn end(&mut self, text: &str, start: usize) -> usize {
        if !(self.known.start <= start && start < self.known.end) {
            let part = |byte: &&u8| Set::Dotted.contains(**byte) || b"+/=$".contains(byte);
            self.known = start..start + text.as_bytes()[start..].iter().take_while(part).count();
        }
        self.known.end
    }
}

/// The value of a secret-named identifier, where it is neither a word nor an expression.
fn named_value(text: &str, keyword: Range<usize>) -> Option<Range<usize>> {
    let name = assignment::name_around(text, keyword)?;
    let class = names::classify(&text[name.clone()])?;
    [Syntax::Lines, Syntax::Prose].into_iter().find_map(|syntax| {
        let found = assignment::read(text, name.clone(), syntax)?;
        let value = &text[found.value.clone()];
        if !generic::is_literal(&text[name.clone()], value) || generic::is_type(value) || is_worded_placeholder(value) {
            return None;
        }
        let digits = value.bytes().any(|byte| byte.is_ascii_digit());
        let quoted = found.form == Form::Quoted;
        let word = found.form == Form::Bare && value.bytes().all(|byte| byte.is_ascii_lowercase());
        let secret = (value.len() >= 8 && looks_random(value))
            || (digits && class != Class::Token && found.form != Form::Argument && (quoted || !value.contains('.')))
            || (class == Class::Password && (quoted || word));
        secret.then_some(found.value)
    })
}

/// Lines of base64 without their armour, cookies, and access keys without their name.
fn bare_base64(text: &str) -> Vec<Range<usize>> {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-%".contains(&byte);
    let mut spans = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|byte| part(**byte)).count();
        if end - at >= 40 {
            // In `name=value` the value alone is hidden.
            let padding = end - text[at..end].trim_end_matches('=').len() - at;
            let start = memchr::memrchr(b'=', &bytes[at..end - padding]).map_or(at, |equals| at + equals + 1);
            if is_bare_secret(&text[start..end]) && !text[..start].ends_with("sha256:") {
                spans.push(start..end);
            }
        }
        at = end.max(at + 1);
    }
    spans
}

/// Long, of mixed case with digits, and random; digests that name their algorithm are none.
fn is_bare_secret(value: &str) -> bool {
    let cases = [u8::is_ascii_lowercase as fn(&u8) -> bool, u8::is_ascii_uppercase, u8::is_ascii_digit];
    let mixed = cases.iter().all(|case| value.as_bytes().iter().filter(|byte| case(byte)).count() >= 3);
    let digest = ["sha512-", "sha384-", "sha256-"].iter().any(|algorithm| value.starts_with(algorithm));
    value.len() >= 40 && mixed && !digest && entropy::shannon(value) > 4.2 && looks_random(value)
}

fn merged(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}
