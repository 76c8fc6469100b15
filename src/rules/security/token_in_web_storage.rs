//! `token-in-web-storage`: no script of a page can read the session's token.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    model::{Message, Severity, Site, Tone, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: TokenInWebStorage = TokenInWebStorage;

pub(in crate::rules) struct TokenInWebStorage;

impl Rule for TokenInWebStorage {
    fn id(&self) -> &'static str {
        "token-in-web-storage"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Assignment]).keywords(&["localStorage", "sessionStorage"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some((key, writes)) = stored(node) else { return };
        let place = file.place(node);
        if !key.as_deref().is_some_and(is_token) {
            out.note(place, "other");
            return;
        }
        let name = key.unwrap_or_default();
        if !writes {
            let message = Message::new("read").with("name", name.as_str());
            out.note(place, message).key = name;
            return;
        }
        let lasting = name.to_ascii_lowercase().contains("refresh");
        let message = Message::new(if lasting { "refresh" } else { "written" }).with("name", name.as_str());
        let observation = out.bad(place, message);
        observation.severity = Some(if lasting { Severity::High } else { Severity::Medium });
        observation.key = name;
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let in_browser = |kind| !matches!(kind, ComponentKind::ClientApp | ComponentKind::Cli | ComponentKind::Library);
        let seen: Vec<_> = cx
            .seen
            .iter()
            .filter(|seen| seen.place.file().is_some_and(|file| in_browser(cx.repo.component_of(file).kind)))
            .collect();
        if seen.is_empty() {
            return Verdict::not_applicable("none");
        }
        let mut sites: Vec<Site> =
            seen.iter().filter(|seen| seen.tone == Tone::Bad).map(|seen| site_of(seen)).collect();
        if sites.is_empty() {
            // Somebody else writes what is read here.
            sites = seen.iter().filter(|seen| !seen.key.is_empty()).map(|seen| site_of(seen)).collect();
        }
        Verdict::fail_or(sites, || {
            Verdict::pass(cx.searched(Message::new("searched").count("n", seen.len()), seen.len()), [])
        })
    }
}

/// The key of a value in the browser's storage, and whether it is written.
fn stored(node: NodeRef<'_>) -> Option<(Option<String>, bool)> {
    let is_storage = |object: NodeRef<'_>| {
        object.path().is_some_and(|path| {
            matches!(path.rsplit('.').next(), Some("localStorage" | "sessionStorage")) && !path.starts_with("self:")
        })
    };
    if node.is(Kind::Assignment) {
        let target = node.child(NodeRole::Target)?;
        is_storage(target.child(NodeRole::Object)?).then_some(())?;
        let key = match target.kind() {
            Kind::Member => Some(target.name().to_owned()),
            _ => target.child(NodeRole::Index)?.constant_str(),
        };
        return Some((key, true));
    }
    let writes = match node.callee_name()? {
        "setItem" => true,
        "getItem" => false,
        _ => return None,
    };
    is_storage(node.receiver()?).then_some(())?;
    Some((node.argument(0).and_then(NodeRef::constant_str), writes))
}

/// Whether a key names the proof of a session. Its last words decide, and other kinds of tokens do not count.
fn is_token(key: &str) -> bool {
    let mut plain = String::new();
    let mut small = false;
    for char in key.chars() {
        if char.is_ascii_alphanumeric() {
            if char.is_ascii_uppercase() && small {
                plain.push(' ');
            }
            plain.push(char.to_ascii_lowercase());
        } else {
            plain.push(' ');
        }
        small = char.is_ascii_lowercase();
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    let others = [
        "csrf",
        "xsrf",
        "fcm",
        "push",
        "device",
        "verifier",
        "invite",
        "invitation",
        "unsubscribe",
        "design",
        "count",
        "theme",
        "captcha",
        "share",
        "verification",
        "reset",
        "mapbox",
        "wallet",
        "expo",
        "apns",
        "configuration",
        "config",
    ];
    let about = ["expiry", "expires", "expiration", "at", "type", "ttl", "time", "name"];
    matches!(words.last(), Some(&("token" | "jwt" | "tokens" | "accesstoken" | "authtoken" | "refreshtoken")))
        && !words.iter().any(|word| others.contains(word) || about.contains(word))
}
