//! Walks the keywords of a text once, asks the readers behind them, and settles overlapping answers.

use std::ops::Range;

use super::entropy::{self, looks_random};
use super::generic::{self, GENERIC};
use super::names::{self, Class};
use super::placeholder::{is_placeholder, is_reference};
use super::setting::{Setting, Syntax};
use super::shape::{Proof, Set, Shape, contains_ignoring_case};
use super::{Kind, SecretMatch, Trigger, assignment, checks, jwt, keyword_hits, marked, pem, url};
use crate::model::{Confidence, Span};

/// How special a format is; where two overlap, the smaller one stands.
pub(super) type Rank = u8;
const FORMAT: Rank = 0;
const URL: Rank = 1;
const NAME: Rank = 2;

/// Matches in order, without overlaps.
pub(super) fn scan(text: &str, setting: Setting, syntax: Syntax) -> Vec<SecretMatch> {
    settle(read_all(text, setting, syntax))
}

/// Every match, overlapping ones included, in the order of their keywords.
pub(super) fn read_all(text: &str, setting: Setting, syntax: Syntax) -> Vec<(Rank, SecretMatch)> {
    let mut scanner = Scanner { text, setting, syntax, found: Vec::new(), named_until: 0, mentioned: Vec::new() };
    for (trigger, at) in keyword_hits(text) {
        scanner.visit(&trigger, at);
    }
    scanner.found
}

fn settle(mut found: Vec<(Rank, SecretMatch)>) -> Vec<SecretMatch> {
    found.sort_by_key(|(rank, found)| (found.span.start, *rank, std::cmp::Reverse(found.span.end), found.provider));
    let mut kept: Vec<(Rank, SecretMatch)> = Vec::new();
    for (rank, found) in found {
        match kept.last_mut() {
            Some((kept_rank, last)) if found.span.start < last.span.end => {
                if rank < *kept_rank {
                    (*kept_rank, *last) = (rank, found);
                }
            }
            _ => kept.push((rank, found)),
        }
    }
    kept.into_iter().map(|(_, found)| found).collect()
}

struct Scanner<'t> {
    text: &'t str,
    setting: Setting,
    syntax: Syntax,
    found: Vec<(Rank, SecretMatch)>,
    /// End of the last value that was read; names inside it are part of the value.
    named_until: usize,
    /// Words that were looked for in the whole text, and whether they are there.
    mentioned: Vec<(&'static str, bool)>,
}

impl Scanner<'_> {
    fn visit(&mut self, trigger: &Trigger, at: Range<usize>) {
        match *trigger {
            Trigger::Fixed("eyJ") => self.jwt(at.start),
            Trigger::Fixed("-----BEGIN ") => self.pem(at.start),
            Trigger::Fixed("://") => self.url(at.start),
            Trigger::Fixed("Basic ") => self.basic(at.end),
            Trigger::Fixed("Bearer ") => self.bearer(at.end),
            Trigger::Fixed(_) => self.session(at),
            Trigger::Mark(mark) => self.marked(mark, at.start),
            Trigger::Name => self.name(at),
            Trigger::Label => self.label(at),
            Trigger::Shape(shape) => self.shape(shape, at.start),
        }
    }

    /// Whether the file has the word, in any case. Asked once per word, so that many hits stay linear.
    fn mentions(&mut self, word: &'static str) -> bool {
        if let Some((_, known)) = self.mentioned.iter().find(|(known, _)| *known == word) {
            return *known;
        }
        let mentioned = contains_ignoring_case(self.text, word);
        self.mentioned.push((word, mentioned));
        mentioned
    }

    fn push(&mut self, rank: Rank, provider: &'static str, range: Range<usize>, kind: Kind, confidence: Confidence) {
        let key_name = name_before(self.text, range.start).map(|name| Span::new(name.start, name.end));
        let span = Span::new(range.start, range.end);
        self.found.push((rank, SecretMatch { provider, span, confidence, kind, key_name }));
    }

    fn shape(&mut self, shape: &Shape, start: usize) {
        let Some(end) = shape.end(self.text, start).filter(|_| starts_token(self.text, start, shape.prefix)) else {
            return;
        };
        let token = &self.text[start..end];
        let proven = self.is_proven(shape, token);
        if (!proven && shape.proof != Proof::Crc) || (self.setting == Setting::Generated && shape.proof == Proof::Form)
        {
            return;
        }
        // Connection strings name the key in front of the value; the value alone is the secret.
        let start = if shape.prefix.ends_with('=') { start + shape.prefix.len() } else { start };
        let body = &token[shape.prefix.len()..];
        let kind = self.shape_kind(shape, body, proven, start);
        let confidence = match self.setting {
            Setting::Real if shape.provider == "aws-access-key" && !self.has_secret_beside(start) => Confidence::Likely,
            Setting::Real => Confidence::Certain,
            _ if proven && matches!(shape.proof, Proof::Crc | Proof::Holds(_)) => Confidence::Certain,
            _ => Confidence::Likely,
        };
        let provider = self.rename(shape.provider, start);
        self.push(FORMAT, provider, start..end, kind, confidence);
    }

    fn is_proven(&mut self, shape: &Shape, token: &str) -> bool {
        match shape.proof {
            Proof::Named(vendor) => self.mentions(vendor),
            _ => shape.proven(token),
        }
    }

    fn shape_kind(&mut self, shape: &Shape, body: &str, proven: bool, start: usize) -> Kind {
        if body.ends_with("EXAMPLE") || body.ends_with("EXAMPLEKEY") {
            Kind::Example
        } else if is_placeholder(body) || entropy::reads_as_words(body) || entropy::distinct(body) < 8 {
            Kind::Placeholder
        } else if shape.kind != Kind::Live {
            shape.kind
        } else if !proven {
            // The vendor's checksum is wrong: nobody can use it.
            Kind::Example
        } else if shape.provider == "google-api-key" && self.is_browser_key(start) {
            Kind::PublicKey
        } else {
            Kind::Live
        }
    }

    /// Keys of Firebase and of maps identify a project to Google and are sent to every browser.
    fn is_browser_key(&mut self, start: usize) -> bool {
        let name = name_before(self.text, start).map_or("", |name| &self.text[name]);
        names::is_published(name)
            || [
                "firebase",
                "authdomain",
                "google-services",
                "maps.googleapis",
                "messagingsenderid",
                "mobilesdk_app_id",
                "com.google.android",
            ]
            .into_iter()
            .any(|sign| self.mentions(sign))
            || contains_ignoring_case(name, "firebase")
            || contains_ignoring_case(name, "map")
    }

    /// The id of an AWS key is half of a pair; alone it opens nothing.
    fn has_secret_beside(&self, start: usize) -> bool {
        let bytes = self.text.as_bytes();
        let near = &bytes[start.saturating_sub(400)..(start + 400).min(bytes.len())];
        near.windows(6).any(|word| word.eq_ignore_ascii_case(b"secret"))
    }

    /// Clerk uses the prefix of Stripe.
    fn rename(&self, provider: &'static str, start: usize) -> &'static str {
        let clerk = provider == "stripe-secret-key"
            && name_before(self.text, start).is_some_and(|name| contains_ignoring_case(&self.text[name], "clerk"));
        if clerk { "clerk-secret-key" } else { provider }
    }

    fn marked(&mut self, mark: &str, start: usize) {
        let Some((provider, start, end)) = marked::read(self.text, mark, start) else { return };
        let token = &self.text[start..end];
        if self.setting == Setting::Generated {
            return;
        }
        let kind = if is_placeholder(token) || entropy::reads_as_words(token) { Kind::Placeholder } else { Kind::Live };
        self.push(FORMAT, provider, start..end, kind, Confidence::Likely);
    }

    fn jwt(&mut self, start: usize) {
        if !starts_run(self.text, start, Set::Url) {
            return;
        }
        let Some(jwt) = jwt::read(self.text, start) else { return };
        let kind = match jwt.kind {
            Kind::Live if self.setting != Setting::Real && !jwt.certain => Kind::Example,
            Kind::Live if generic::is_told_as_example(self.text, start) => Kind::Example,
            kind => kind,
        };
        let confidence = if jwt.certain || jwt.kind != Kind::Live { Confidence::Certain } else { Confidence::Likely };
        self.push(FORMAT, jwt.provider, start..jwt.end, kind, confidence);
    }

    fn pem(&mut self, start: usize) {
        let Some(pem) = pem::read(self.text, start) else { return };
        let kind = match (pem.kind, self.setting) {
            (Kind::Live, _) if generic::is_told_as_example(self.text, start) => Kind::Example,
            (Kind::Live, Setting::Test) => Kind::TestKey,
            (Kind::Live, Setting::Docs | Setting::Example | Setting::Locale | Setting::Generated) => Kind::Example,
            (kind, _) => kind,
        };
        let name = name_before(self.text, start).map(|name| Span::new(name.start, name.end));
        let span = Span::new(pem.start, pem.end);
        let found = SecretMatch { provider: "private-key", span, confidence: pem.confidence, kind, key_name: name };
        self.found.push((FORMAT, found));
    }

    fn url(&mut self, colon: usize) {
        if let Some(found) = url::read(self.text, colon, self.setting) {
            let name = self.text[..found.start]
                .rfind("://")
                .and_then(|colon| name_before(self.text, scheme_start(self.text, colon)));
            let key_name = name.map(|name| Span::new(name.start, name.end));
            let span = Span::new(found.start, found.end);
            let secret = SecretMatch {
                provider: found.provider,
                span,
                confidence: found.confidence,
                kind: found.kind,
                key_name,
            };
            self.found.push((URL, secret));
        }
    }

    /// `Authorization: Basic …`: base64 of a user and a password.
    fn basic(&mut self, start: usize) {
        let end = start + run(self.text, start, Set::Base64, 512);
        let Some(decoded) =
            checks::decode_base64(&self.text[start..end]).and_then(|bytes| String::from_utf8(bytes).ok())
        else {
            return;
        };
        let Some((user, password)) = decoded.split_once(':') else { return };
        if user.is_empty() || password.is_empty() || !decoded.bytes().all(|byte| byte.is_ascii_graphic()) {
            return;
        }
        let kind = if is_placeholder(password) || is_placeholder(user) {
            Kind::Placeholder
        } else if !looks_random(password) {
            Kind::Weak
        } else if self.setting == Setting::Real {
            Kind::Live
        } else {
            Kind::Example
        };
        self.push(FORMAT, "basic-auth", start..end, kind, Confidence::Likely);
    }

    fn bearer(&mut self, start: usize) {
        let end = start + run(self.text, start, Set::Dotted, 2048).max(run(self.text, start, Set::Base64, 2048));
        let token = &self.text[start..end];
        if token.len() < 20 || is_reference(token) || self.setting == Setting::Generated || !looks_random(token) {
            return;
        }
        let kind = match self.setting {
            _ if is_placeholder(token) => Kind::Placeholder,
            Setting::Real => Kind::Live,
            _ => Kind::Example,
        };
        self.push(NAME, GENERIC, start..end, kind, Confidence::Likely);
    }

    /// Cookies in the saved state of a browser log somebody in.
    fn session(&mut self, keyword: Range<usize>) {
        if !(self.mentions("httponly") && self.mentions("samesite")) || self.setting == Setting::Generated {
            return;
        }
        let Some(name) = assignment::name_around(self.text, keyword) else { return };
        let Some(found) = assignment::read(self.text, name.clone(), self.syntax) else { return };
        let value = &self.text[found.value.clone()];
        if value.len() >= 16
            && looks_random(value)
            && generic::is_literal(&self.text[name.clone()], value)
            && !is_placeholder(value)
        {
            let span = Span::new(found.value.start, found.value.end);
            let key_name = Some(Span::new(name.start, name.end));
            let kind = if self.setting == Setting::Real { Kind::Live } else { Kind::TestKey };
            let secret =
                SecretMatch { provider: "session-cookie", span, confidence: Confidence::Likely, kind, key_name };
            self.found.push((NAME, secret));
        }
    }

    fn name(&mut self, keyword: Range<usize>) {
        if keyword.start < self.named_until {
            return;
        }
        let Some(name) = assignment::name_around(self.text, keyword.clone()) else { return };
        let Some(found) = assignment::read(self.text, name.clone(), self.syntax) else {
            self.named_until = name.end;
            self.typed(keyword, &name);
            return;
        };
        self.named_until = name.end;
        let Some(judged) = generic::judge(self.text, &found, self.setting, self.syntax) else { return };
        self.named_until = found.value.end;
        let published = names::is_published(&self.text[name.clone()]);
        let kind = if published && judged.kind == Kind::Live { Kind::PublicKey } else { judged.kind };
        let span = Span::new(found.value.start, found.value.end);
        let key_name = Some(Span::new(name.start, name.end));
        let secret = SecretMatch { provider: judged.provider, span, confidence: judged.confidence, kind, key_name };
        self.found.push((NAME, secret));
    }

    /// `passwordInput.fill("…")`: the name is that of a field, and a script types the value.
    fn typed(&mut self, keyword: Range<usize>, name: &Range<usize>) {
        if names::mentions_password(&self.text[name.clone()]) {
            self.label(keyword);
        }
    }

    /// The label of a password field, in front of what a script types into it.
    fn label(&mut self, keyword: Range<usize>) {
        let Some(found) = assignment::typed(self.text, keyword) else { return };
        let class = Class::Password;
        if let Some(judged) = generic::judge_value(self.text, &found, class, self.setting, self.syntax) {
            let span = Span::new(found.value.start, found.value.end);
            let secret = SecretMatch {
                provider: judged.provider,
                span,
                confidence: judged.confidence,
                kind: judged.kind,
                key_name: None,
            };
            self.found.push((NAME, secret));
        }
    }
}

fn run(text: &str, start: usize, set: Set, most: usize) -> usize {
    text.as_bytes()[start..].iter().take(most).take_while(|byte| set.contains(**byte)).count()
}

fn scheme_start(text: &str, colon: usize) -> usize {
    let scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+.-:".contains(byte);
    colon - text.as_bytes()[..colon].iter().rev().take(40).take_while(scheme).count()
}

/// Whether the character before `start` is outside `set`, or belongs to an escape such as `\n`.
fn starts_run(text: &str, start: usize, set: Set) -> bool {
    let bytes = text.as_bytes();
    let Some(before) = start.checked_sub(1).map(|at| bytes[at]) else { return true };
    let escape = matches!(before, b'n' | b'r' | b't') && start >= 2 && bytes[start - 2] == b'\\';
    !set.contains(before) || escape
}

/// Whether a token may start here. Behind `+` and `/` a bare word is a piece of base64.
pub(super) fn starts_token(text: &str, start: usize, prefix: &str) -> bool {
    let bare = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let before = start.checked_sub(1).map(|at| text.as_bytes()[at]);
    if bare && matches!(before, Some(b'+' | b'/')) {
        return false;
    }
    before == Some(b'-') && !prefix.contains('-')
        || starts_run(text, start, Set::Url)
        || prefix.contains('.') && before == Some(b'.')
}

/// The identifier that the value at `start` is given to, on the same line or the one above.
pub(super) fn name_before(text: &str, start: usize) -> Option<Range<usize>> {
    let before = &text.as_bytes()[..start];
    let joint = |byte: &&u8| byte.is_ascii_whitespace() || b"\"'`:=>(,[{|\\?".contains(byte);
    let gap = before.iter().rev().take(48).take_while(joint).count();
    let before = &before[..start - gap];
    let before = before
        .strip_suffix(b"Bearer")
        .map_or(before, |rest| &rest[..rest.len() - rest.iter().rev().take_while(joint).count()]);
    let end = before.len();
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let length = before.iter().rev().take(64).take_while(part).count();
    let joined = gap > 0 && text.as_bytes()[end..start].iter().any(|byte| b":=>(,|?".contains(byte));
    (joined && length > 0).then(|| end - length..end)
}
