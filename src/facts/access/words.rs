//! What names and messages say about access: identity, roles, signatures, limits.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::remembered::{Answers, remembered};

/// What a name or a condition speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// Who the caller is.
    Identity,
    /// What the caller may do.
    Role,
    /// A signature over the request, or a shared secret.
    Signature,
    Csrf,
    Rate,
    /// A password, a code or a token that this very request exchanges.
    Credentials,
}

const CSRF: &[&str] = &["csrf", "xsrf"];
const RATE: &[&str] = &["ratelimit", "ratelimiter", "limiter", "throttle", "throttler", "throttled", "quota", "quotas"];
const SIGNATURE: &[&str] = &["signature", "signatures", "hmac", "digest", "webhook", "svix", "signed"];
const CREDENTIALS: &[&str] = &["password", "passwords", "credentials", "passwd", "otp", "totp", "hash", "bcrypt"];
const ROLE: &[&str] = &[
    "role",
    "roles",
    "admin",
    "superadmin",
    "permission",
    "permissions",
    "scope",
    "scopes",
    "superuser",
    "staff",
    "owner",
    "owns",
    "ownership",
    "rights",
    "ability",
    "privilege",
    "privileges",
    "can",
    "acl",
    "policy",
    "moderator",
    "authorize",
    "authorized",
    "member",
    "membership",
];
const IDENTITY: &[&str] = &[
    "user",
    "auth",
    "authed",
    "authenticated",
    "authenticate",
    "authentication",
    "authorization",
    "unauthorized",
    "token",
    "tokens",
    "jwt",
    "session",
    "identity",
    "principal",
    "bearer",
    "login",
    "logged",
    "signin",
    "signedin",
    "me",
    "uid",
    "userid",
    "apikey",
    "account",
    "caller",
    "viewer",
    "decoded",
    "payload",
    "clerk",
    "passport",
    "oauth",
    "oidc",
    "sso",
    "keycloak",
    "guard",
    "protect",
    "protected",
    "logon",
];

/// The words of a name in lower case: `requireApiKey` and `require_api_key` are `require`, `api`, `key`.
pub fn words(name: &str) -> Vec<String> {
    let mut split = Split::default();
    split.read(name);
    split.ends.iter().enumerate().map(|(index, _)| split.run(index, 1).to_owned()).collect()
}

/// A name taken apart, in memory that is used again for the next.
#[derive(Default)]
struct Split {
    /// The words in lower case, one after another.
    letters: String,
    ends: Vec<usize>,
}

impl Split {
    fn read(&mut self, name: &str) {
        self.letters.clear();
        self.ends.clear();
        let mut previous_lower = false;
        for letter in name.chars() {
            if !letter.is_alphanumeric() {
                self.end_word();
                previous_lower = false;
                continue;
            }
            if letter.is_uppercase() && previous_lower {
                self.end_word();
            }
            if letter.is_ascii() {
                self.letters.push(letter.to_ascii_lowercase());
            } else {
                self.letters.extend(letter.to_lowercase());
            }
            previous_lower = letter.is_lowercase() || letter.is_numeric();
        }
        self.end_word();
    }

    fn end_word(&mut self) {
        if self.letters.len() > self.ends.last().copied().unwrap_or(0) {
            self.ends.push(self.letters.len());
        }
    }

    /// `count` words from the one at `index`, joined.
    fn run(&self, index: usize, count: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.letters[start..self.ends[index + count - 1]]
    }
}

/// What words speak of, each with its rank: the most particular subject first.
static SUBJECTS: LazyLock<FxHashMap<&str, (usize, About)>> = LazyLock::new(|| {
    let order = [
        (CSRF, About::Csrf),
        (RATE, About::Rate),
        (SIGNATURE, About::Signature),
        (CREDENTIALS, About::Credentials),
        (ROLE, About::Role),
        (IDENTITY, About::Identity),
    ];
    let mut subjects = FxHashMap::default();
    for (rank, (list, about)) in order.into_iter().enumerate() {
        for word in list {
            subjects.entry(*word).or_insert((rank, about));
        }
    }
    subjects
});

/// What `names` speak of; the most particular subject wins.
pub(super) fn about<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<About> {
    let mut split = Split::default();
    let mut best: Option<(usize, About)> = None;
    for name in names {
        split.read(name);
        // Pairs are words of their own: `api` `key`, `rate` `limit`, `user` `id`.
        for (index, count) in (0..split.ends.len()).flat_map(|index| [(index, 1), (index, 2)]) {
            if index + count > split.ends.len() {
                continue;
            }
            if let Some(found) = SUBJECTS.get(split.run(index, count))
                && best.is_none_or(|best| found.0 < best.0)
            {
                best = Some(*found);
            }
        }
    }
    best.map(|(_, about)| about)
}

thread_local! {
    static ABOUT: Answers<Option<About>> = Answers::default();
    static ASSERTS: Answers<bool> = Answers::default();
    static STATUS: Answers<Option<u16>> = Answers::default();
}

/// What one name speaks of; see [`about`].
pub(super) fn about_name(name: &str) -> Option<About> {
    remembered(&ABOUT, name, |name| about([name]))
}

/// Whether a name speaks of limits on how often something may be asked.
pub fn is_about_rate(name: &str) -> bool {
    about_name(name) == Some(About::Rate)
}

/// Whether something named like this could decide who comes in.
pub fn could_guard(name: &str) -> bool {
    matches!(about_name(name), Some(About::Identity | About::Role | About::Signature | About::Credentials))
        || words(name).iter().any(|word| matches!(word.as_str(), "access" | "secure" | "security" | "key" | "acl"))
}

/// Whether a call of something named like this is meant to stop those who may not go on: `requireUser`,
/// `assertCanEdit`, `checkPermission`.
pub(super) fn asserts(name: &str) -> bool {
    remembered(&ASSERTS, name, says_assertion)
}

fn says_assertion(name: &str) -> bool {
    let parts = words(name);
    let Some(first) = parts.first() else { return false };
    let verb = matches!(
        first.as_str(),
        "require"
            | "ensure"
            | "assert"
            | "check"
            | "verify"
            | "enforce"
            | "authorize"
            | "authenticate"
            | "protect"
            | "validate"
            | "must"
    );
    let whole = matches!(first.as_str(), "authorize" | "authenticate" | "protect") && parts.len() == 1;
    let about = about_name(name);
    whole || (verb && parts.len() > 1 && matches!(about, Some(About::Identity | About::Role | About::Signature)))
}

/// The status that a constant, an exception or a helper named like this stands for.
pub(super) fn status_of_name(name: &str) -> Option<u16> {
    remembered(&STATUS, name, says_status)
}

fn says_status(name: &str) -> Option<u16> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if ["is", "has", "on", "should"].iter().any(|prefix| {
        plain.starts_with(prefix)
            && name.chars().nth(prefix.len()).is_some_and(|next| next.is_uppercase() || next == '_')
    }) {
        return None;
    }
    let has = |parts: &[&str]| parts.iter().any(|part| plain.contains(part));
    if has(&[
        "unauthor",
        "unauthenticated",
        "notauthenticated",
        "authenticationerror",
        "authenticationrequired",
        "authenticationfailed",
        "invalidtoken",
        "notloggedin",
        "autherror",
        "authrequired",
        "http401",
        "credentialsexception",
        "notsignedin",
        "missingtoken",
        "tokenexpired",
    ]) || plain == "unauth"
    {
        return Some(401);
    }
    if has(&[
        "forbidden",
        "accessdenied",
        "permissiondenied",
        "permissionerror",
        "notauthorized",
        "authorizationerror",
        "http403",
        "insufficientpermission",
        "notallowederror",
        "notauthorised",
        "authorizationexception",
    ]) {
        return Some(403);
    }
    if has(&["toomanyrequests", "http429", "ratelimited", "ratelimitexceeded", "ratelimiterror"]) {
        return Some(429);
    }
    None
}

/// The status that an error with this message stands for.
pub(super) fn status_of_message(message: &str) -> Option<u16> {
    if message.len() > 200 || !message.contains(' ') && message.len() > 40 {
        return None;
    }
    let plain = message.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| plain.contains(part));
    if has(&[
        "unauthori",
        "unauthenticated",
        "not authenticated",
        "authentication error",
        "authentication required",
        "authentication failed",
        "not logged in",
        "must be logged in",
        "log in first",
        "no token",
        "invalid token",
        "missing token",
        "token required",
        "auth_required",
        "you must log in",
        "you need to log in",
        "not signed in",
        "login required",
        "please log in",
        "please login",
        "no session",
    ]) {
        return Some(401);
    }
    if has(&[
        "forbidden",
        "access denied",
        "permission denied",
        "not allowed to",
        "insufficient permission",
        "not authorized",
        "do not have permission",
        "don't have permission",
        "admin only",
        "no permission",
    ]) {
        return Some(403);
    }
    if has(&["too many requests", "rate limit exceeded"]) {
        return Some(429);
    }
    None
}

/// Whether a path leads to where one logs in.
pub(super) fn is_log_in_path(path: &str) -> bool {
    if path.contains(' ') || path.len() > 120 {
        return false;
    }
    let plain = path.to_ascii_lowercase();
    plain.split(['/', '?', '#', ':', '.', '_']).any(|part| {
        matches!(
            part,
            "login"
                | "signin"
                | "sign-in"
                | "log-in"
                | "auth"
                | "unauthorized"
                | "401"
                | "403"
                | "forbidden"
                | "denied"
                | "account-login"
        )
    })
}
