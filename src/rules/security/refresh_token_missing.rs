//! `refresh-token-missing`: who stays logged in for long does so by a token that can be taken back.

use crate::{
    code::{Constant, Kind, NodeRef},
    facts::{
        Fact, Visit, Watch,
        side::{Side, side_of},
        tokens::{self, Expiry},
    },
    model::{Confidence, Evidence, Message, Place, Site, Span, Verdict},
    repo::{ComponentKind, FileKind, Role},
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: RefreshTokenMissing = RefreshTokenMissing;

pub(in crate::rules) struct RefreshTokenMissing;

const DAY: f64 = 86_400.0;

/// Links out of mails and tokens of machines keep nobody logged in.
const OTHERS: [&str; 14] = [
    "refresh",
    "reset",
    "verif",
    "invit",
    "unsubscribe",
    "email",
    "state",
    "service",
    "machine",
    "webhook",
    "share",
    "download",
    "magic",
    "internal",
];

impl Rule for RefreshTokenMissing {
    fn id(&self) -> &'static str {
        "refresh-token-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["jwt", "jose", "jsonwebtoken"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(signing) = tokens::signing(call) else { return };
        let names = call.ancestors().filter(|node| node.is(Kind::Function)).filter_map(NodeRef::function_name);
        let text: String = names.chain([call.text()]).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        if OTHERS.iter().any(|word| text.contains(word)) {
            return;
        }
        let given = match signing.expiry {
            Expiry::Set(value) => Some(value),
            Expiry::Payload => signing.payload.map(NodeRef::resolved).and_then(|payload| payload.property("exp")),
            Expiry::Open => None,
        };
        match given.and_then(|value| Some((value, days(value)?))) {
            Some((value, days)) if days > 1.0 => {
                out.bad(file.place(value), Message::new("long").with("days", format!("{days:.0}"))).confidence =
                    Confidence::Likely;
            }
            Some((value, _)) => {
                out.good(file.place(value), "short");
            }
            None => {
                out.note(file.place(call), "not-known");
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let seen = observed::on_server(cx);
        if seen.is_empty() {
            return Verdict::not_applicable("no-tokens");
        }
        if let Some(place) = refreshed(cx) {
            return Verdict::pass(Evidence::At { place, note: Message::new("refreshed") }, []);
        }
        let sites: Vec<Site> = seen
            .iter()
            .filter(|seen| seen.message.key == "long")
            .map(|seen| Site::new(seen.place.clone(), seen.message.clone()).confidence(seen.confidence).key("long"))
            .collect();
        Verdict::fail_or(sites, || {
            let short = seen.iter().filter(|seen| seen.message.key == "short");
            let evidence = short.map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() });
            Verdict::pass_or(evidence.collect(), || Verdict::unknown("not-known"))
        })
    }
}

/// The days of a lifetime, also of one that is the default of a variable: seconds as a number, a span with its unit.
fn days(value: NodeRef<'_>) -> Option<f64> {
    if let Some(constant) = value.constant() {
        return span_of_time(&constant);
    }
    let value = value.resolved();
    if let Some(read) = value.env_read() {
        return span_of_time(&read.default?.constant()?);
    }
    // `datetime.utcnow() + timedelta(days=7)`
    let inner = std::iter::once(value)
        .chain(value.descendants())
        .find(|node| node.is(Kind::Call) && node.callee_name() == Some("timedelta"))?;
    let part = |name: &str| inner.keyword(name).and_then(|it| it.constant()?.as_number());
    let positional = inner.argument(0).and_then(|it| it.constant()?.as_number());
    let parts = [
        (part("days").or(positional), 1.0),
        (part("weeks"), 7.0),
        (part("hours"), 1.0 / 24.0),
        (part("minutes"), 1.0 / 1440.0),
    ];
    let known: Vec<f64> = parts.into_iter().filter_map(|(count, factor)| Some(count? * factor)).collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

fn span_of_time(value: &Constant) -> Option<f64> {
    if let Some(seconds) = value.as_number() {
        // What is added to the clock is a moment and no span.
        return (seconds < 20.0 * 365.0 * DAY).then_some(seconds / DAY);
    }
    let text = value.as_str()?.trim().to_ascii_lowercase();
    let digits = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
    let count: f64 = text[..digits].parse().ok()?;
    Some(match text[digits..].trim() {
        "m" | "min" | "mins" | "minute" | "minutes" => count / 1440.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => count / 24.0,
        "d" | "day" | "days" => count,
        "w" | "week" | "weeks" => count * 7.0,
        "y" | "yr" | "year" | "years" => count * 365.0,
        _ => return None,
    })
}

/// Where tokens are renewed or taken back.
fn refreshed(cx: &Context<'_>) -> Option<Place> {
    const WORDS: [&str; 21] = [
        "refresh_token",
        "refreshToken",
        "RefreshToken",
        "refresh-token",
        "REFRESH_TOKEN",
        "auth/refresh",
        "token/refresh",
        "tokenVersion",
        "token_version",
        "tokenBlacklist",
        "TokenBlacklist",
        "token_blacklist",
        "blacklistToken",
        "blacklistedToken",
        "blacklist_token",
        "revokeToken",
        "revoke_token",
        "revokedToken",
        "revoked_token",
        "invalidateToken",
        "TokenDenylist",
    ];
    let files = cx.repo.files().iter().filter(|file| {
        file.role == Role::Source && matches!(file.kind, FileKind::Code | FileKind::OtherCode | FileKind::Prisma)
    });
    files.into_iter().filter(|file| is_of_sessions(file.path.as_str())).find_map(|file| {
        let text = cx.repo.read(file.id).ok()?;
        // The columns in which libraries keep what another service gave out.
        let of_provider = ["providerAccountId", "provider_account_id", "instanceof RefreshToken"];
        let device = cx.repo.component_of(file.id).kind == ComponentKind::ClientApp;
        if device
            || of_provider.iter().any(|sign| text.contains(sign))
            || side_of(cx.repo, cx.facts, file).side == Side::Client
        {
            return None;
        }
        let (at, word) = WORDS.iter().find_map(|word| Some((whole(&text, word)?, word)))?;
        Some(Place::At(file.id, Span::new(at, at + word.len())))
    })
}

/// Whether a file can be about the sessions of users: tokens of other services are renewed where those are connected.
fn is_of_sessions(path: &str) -> bool {
    const OTHERS: [&str; 9] =
        ["provider", "integration", "connector", "social", "plugin", "calendar", "google", "slack", "sso"];
    let path = path.to_ascii_lowercase();
    !OTHERS.iter().any(|word| path.contains(word))
}

/// Where `word` begins a name or continues one in camel case or behind a sign: the name of a class is none.
fn whole(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[*at + word.len()..].chars().next();
        let ends = after.is_none_or(|letter| !letter.is_lowercase());
        let class = text[..*at].ends_with("class ") || text[..*at].ends_with("new ");
        let begins = before.is_none_or(|letter| !letter.is_alphanumeric())
            || word.starts_with(char::is_uppercase) && before.is_some_and(char::is_lowercase);
        ends && begins && !class
    })
}
