//! `signature-compare-not-timing-safe`: signatures and secrets are compared in constant time.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact,
        side::{Side, side_of},
    },
    model::{Severity, Tone, Verdict},
    repo::Repo,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: SignatureCompareNotTimingSafe = SignatureCompareNotTimingSafe;

pub(in crate::rules) struct SignatureCompareNotTimingSafe;

impl Rule for SignatureCompareNotTimingSafe {
    fn id(&self) -> &'static str {
        "signature-compare-not-timing-safe"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn watch(&self) -> Watch {
        let words = ["ignature", "mac", "digest", "SECRET", "secret", "TOKEN", "API_KEY", "timingSafeEqual"];
        Watch::nodes(&[Kind::Binary, Kind::Call]).keywords(&words)
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if node.is(Kind::Call) {
            if matches!(node.callee_name(), Some("timingSafeEqual" | "compare_digest" | "constant_time_compare")) {
                out.good(file.place(node), "constant");
            }
            return;
        }
        if !matches!(node.name(), "==" | "===" | "!=" | "!==") {
            return;
        }
        let (Some(left), Some(right)) = (node.child(Role::Left), node.child(Role::Right)) else { return };
        if is_fixed(left) || is_fixed(right) {
            return;
        }
        if is_hmac(left) || is_hmac(right) || are_signatures(left, right) {
            out.bad(file.place(node), "signature");
        } else if is_secret_setting(left) && is_given(right) || is_secret_setting(right) && is_given(left) {
            out.bad(file.place(node), "secret").severity = Some(Severity::Low);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let server =
            |seen: &&crate::model::Observation| seen.place.file().is_none_or(|file| is_server(cx.repo, cx, file));
        let (bad, good): (Vec<_>, Vec<_>) = cx.seen.iter().filter(server).partition(|seen| seen.tone == Tone::Bad);
        let sites: Vec<_> = bad.into_iter().map(crate::rule::site_of).collect();
        let fine: Vec<_> = good
            .into_iter()
            .map(|seen| crate::model::Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
            .collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

fn is_server(repo: &Repo, cx: &Context<'_>, file: crate::model::FileId) -> bool {
    side_of(repo, cx.facts, repo.file(file)).side != Side::Client
}

/// A literal, or nothing: what is asked is whether something is there, or of which kind it is.
fn is_fixed(node: NodeRef<'_>) -> bool {
    matches!(node.kind(), Kind::String | Kind::Number | Kind::Boolean | Kind::Null | Kind::Regex)
        || matches!(node.name(), "undefined" | "length" | "None")
        || node.is(Kind::Unary)
        || node.constant_str().is_some()
}

/// `createHmac(…).update(…).digest('hex')`, `hmac.new(…).hexdigest()`, also by a name.
fn is_hmac(node: NodeRef<'_>) -> bool {
    let made = node.resolved();
    if !made.is(Kind::Call)
        || !matches!(made.callee_name(), Some("digest" | "hexdigest" | "toString" | "decode" | "b64encode"))
            && !made.text().contains("igest(")
    {
        return false;
    }
    made.descendants().take(120).any(|inner| {
        inner.is(Kind::Call)
            && (inner.callee_name() == Some("createHmac")
                || inner.callee_path().is_some_and(|path| path.ends_with("hmac.new")))
    })
}

/// Two names of which one is the signature that came and the other the one that was computed.
fn are_signatures(left: NodeRef<'_>, right: NodeRef<'_>) -> bool {
    let named = |node: NodeRef<'_>| {
        matches!(node.kind(), Kind::Identifier | Kind::Member).then(|| node.name().to_ascii_lowercase())
    };
    let (Some(left), Some(right)) = (named(left), named(right)) else { return false };
    let computed = |name: &str| {
        ["expected", "computed", "calculated", "generated"].iter().any(|word| name.starts_with(word))
            && ["signature", "hmac", "sig", "digest", "mac"].iter().any(|word| name.ends_with(word))
    };
    computed(&left) || computed(&right)
}

/// A secret read from the environment or from settings, alone or behind `Bearer `.
fn is_secret_setting(node: NodeRef<'_>) -> bool {
    let inner = if node.is(Kind::Template) {
        let mut holes = node.children_in(Role::Item).filter(|piece| !piece.is(Kind::String));
        match (holes.next(), holes.next()) {
            (Some(hole), None) => hole,
            _ => return false,
        }
    } else {
        node
    };
    let seen = inner.resolved();
    if let Some(read) = seen.env_read() {
        return seen.env_read().is_some() && is_secret_name(&read.name);
    }
    let holder = seen.child(Role::Object).map(|object| object.name().to_ascii_lowercase());
    seen.is(Kind::Member)
        && holder.is_some_and(|holder| matches!(holder.as_str(), "env" | "config" | "settings"))
        && seen.name().chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
        && is_secret_name(seen.name())
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["SECRET", "API_KEY", "APIKEY", "TOKEN", "PASSWORD", "AUTH_KEY"].iter().any(|word| name.ends_with(word))
        && !name.starts_with("NEXT_PUBLIC")
        && !name.starts_with("VITE_")
}

/// Something that came with a request: a header, a query parameter, or a name of one.
fn is_given(node: NodeRef<'_>) -> bool {
    let seen = node.resolved();
    let name = node.name().to_ascii_lowercase();
    let named =
        ["token", "auth", "key", "secret", "header", "provided", "password"].iter().any(|word| name.contains(word));
    let from_request = std::iter::once(seen).chain(seen.descendants().take(12)).any(|inner| {
        matches!(
            inner.name(),
            "headers" | "header" | "query" | "searchParams" | "body" | "req" | "request" | "args" | "cookies"
        )
    });
    matches!(seen.kind(), Kind::Identifier | Kind::Member | Kind::Call | Kind::Index | Kind::Logical)
        && seen.env_read().is_none()
        && (named || from_request)
}
