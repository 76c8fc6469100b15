//! What a regular expression lets through when it is applied to an origin.

use super::{grant::Laxness, library::Anchoring};

/// The verdict on a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matches {
    Everything,
    Too(Laxness),
    /// Nothing but what its author meant, as far as one can see.
    Meant,
}

/// Domains below which anybody can have a name.
const SHARED: &[&str] = &[
    "vercel.app",
    "netlify.app",
    "pages.dev",
    "workers.dev",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "onrender.com",
    "railway.app",
    "fly.dev",
    "web.app",
    "firebaseapp.com",
    "ngrok.io",
    "ngrok-free.app",
    "ngrok.app",
    "loca.lt",
    "surge.sh",
    "azurewebsites.net",
    "cloudfront.net",
    "amazonaws.com",
    "lovable.app",
    "replit.app",
    "repl.co",
];

/// Whether anybody can have a name that ends in `suffix`, a text that begins with a dot.
pub(super) fn is_shared_suffix(suffix: &str) -> bool {
    suffix.strip_prefix('.').is_some_and(|domain| SHARED.contains(&domain))
}

/// Judges `pattern` as a library or a call applies it.
pub(super) fn judge(pattern: &str, anchoring: Anchoring) -> Matches {
    let bare = pattern.trim_start_matches('^').trim_end_matches('$').replace("\\/", "/");
    if is_everything(&bare) {
        return Matches::Everything;
    }
    let start = pattern.starts_with('^') || anchoring != Anchoring::Search;
    let end = pattern.ends_with('$') || anchoring == Anchoring::Full;
    let alternatives = pattern.contains('|') && !pattern.contains('(');
    if alternatives {
        // `^a|b$` anchors one side of each; splitting it is not worth the doubt.
        return Matches::Meant;
    }
    let body = bare.replace('\\', "");
    if !end && !ends_closed(&body) {
        return Matches::Too(Laxness::OpenEnd);
    }
    if !start && !starts_closed(&body) {
        return Matches::Too(Laxness::OpenStart);
    }
    let after_any = ["https?://", "http://", "https://", "://"]
        .iter()
        .find_map(|scheme| body.split_once(scheme).map(|(_, rest)| rest))
        .unwrap_or(&body);
    let rest = after_any.trim_start_matches(['(', '?', ':']);
    let open = [".*", ".+"].iter().find_map(|any| rest.strip_prefix(any));
    match open {
        Some(rest) if is_shared_suffix(rest.trim_start_matches(')')) => Matches::Too(Laxness::SharedHost),
        Some(rest) if rest.starts_with(|char: char| char.is_ascii_alphanumeric()) => Matches::Too(Laxness::Suffix),
        _ => Matches::Meant,
    }
}

fn is_everything(bare: &str) -> bool {
    let rest = ["https?://", "http(s)?://", "https://", "http://", "(http|https)://", "(https?)://"]
        .iter()
        .find_map(|scheme| bare.strip_prefix(scheme))
        .unwrap_or(bare);
    let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest);
    matches!(rest, ".*" | ".+" | "*" | ".*?" | "[^/]+" | "[^/]*" | "\\S+" | "[\\s\\S]*") || bare.is_empty()
}

/// A port or a slash can follow a host; letters cannot be added behind these.
fn ends_closed(body: &str) -> bool {
    [":d+", ":d*", ":", "/", ":d{4}", ":d{4,5}"].iter().any(|end| body.ends_with(end))
        || body.chars().rev().take_while(char::is_ascii_digit).count() > 1
}

fn starts_closed(body: &str) -> bool {
    body.starts_with('.') || body.starts_with("//") || body.starts_with("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_judged_as_they_are_applied() {
        use Anchoring::{Full, Prefix, Search};
        use Laxness::{OpenEnd, OpenStart, SharedHost, Suffix};
        for (pattern, anchoring, expected) in [
            (".*", Search, Matches::Everything),
            ("^https?:\\/\\/.*$", Search, Matches::Everything),
            ("^https:\\/\\/app\\.acme\\.io$", Search, Matches::Meant),
            ("^https:\\/\\/app\\.acme\\.io", Search, Matches::Too(OpenEnd)),
            ("acme\\.io$", Search, Matches::Too(OpenStart)),
            ("\\.acme\\.io$", Search, Matches::Meant),
            ("https://.*\\.acme\\.io", Full, Matches::Meant),
            ("https://.*acme\\.io", Full, Matches::Too(Suffix)),
            ("https://.*\\.vercel\\.app", Full, Matches::Too(SharedHost)),
            ("https://shop-.*\\.vercel\\.app", Full, Matches::Meant),
            ("^http:\\/\\/localhost:\\d+$", Search, Matches::Meant),
            ("^http:\\/\\/localhost:\\d+", Search, Matches::Meant),
            ("https://app\\.acme\\.io", Prefix, Matches::Too(OpenEnd)),
        ] {
            assert_eq!(judge(pattern, anchoring), expected, "{pattern}");
        }
    }
}
