//! `insecure-random`: secrets come from a cryptographic generator.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{Fact, Visit, Watch, access},
    model::{Confidence, Message, Verdict},
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: InsecureRandom = InsecureRandom;

pub(in crate::rules) struct InsecureRandom;

impl Rule for InsecureRandom {
    fn id(&self) -> &'static str {
        "insecure-random"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["random", "secrets"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(api) = call.callee_api() else { return };
        let strong = is_strong(&api);
        if (!strong && !is_weak(&api)) || picks_a_secret(&api, call) {
            return;
        }
        let Some((name, near)) = becomes(call) else { return };
        let message = |key: &'static str| Message::new(key).with("call", api.as_str()).with("name", name);
        if strong {
            out.good(file.place(call), message("strong"));
        } else {
            let found = out.bad(file.place(call), message("weak"));
            found.key.push_str(name);
            if !near {
                found.confidence = Confidence::Likely;
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        observed::judged(&observed::on_server(cx), || Verdict::not_applicable("no-secrets"))
    }
}

/// `random.choice(api_keys)` makes nothing: it takes one of those that there are.
fn picks_a_secret(api: &str, call: NodeRef<'_>) -> bool {
    api.ends_with(".choice")
        && call.argument(0).is_some_and(|list| list.name().strip_suffix('s').is_some_and(is_secret))
}

fn is_weak(api: &str) -> bool {
    matches!(
        api,
        "Math.random"
            | "random.random"
            | "random.choice"
            | "random.choices"
            | "random.randint"
            | "random.randrange"
            | "random.getrandbits"
            | "random.sample"
            | "random.uniform"
    )
}

fn is_strong(api: &str) -> bool {
    matches!(
        api,
        "crypto.randomBytes"
            | "crypto.randomInt"
            | "crypto.getRandomValues"
            | "crypto.randomUUID"
            | "secrets.token_hex"
            | "secrets.token_urlsafe"
            | "secrets.token_bytes"
            | "secrets.choice"
            | "secrets.randbelow"
    )
}

/// The secret that a random value becomes, and whether the value is given that name itself, rather than made in a
/// function of that name.
fn becomes(call: NodeRef<'_>) -> Option<(&str, bool)> {
    for node in call.ancestors() {
        match node.kind() {
            Kind::Assignment => {
                let target = node.child(Role::Target).map_or("", NodeRef::name);
                if is_secret(target) {
                    return Some((target, true));
                }
                // How long the secret is, and not what it is.
                if access::words(target).last().is_some_and(|word| {
                    matches!(word.as_str(), "length" | "len" | "size" | "count" | "delay" | "index" | "offset")
                }) {
                    return None;
                }
            }
            Kind::Property if (is_secret(node.name()) || (node.name() == "key" && has_prefix_of_key(node))) => {
                return Some((node.name(), true));
            }
            Kind::Function => {
                if let Some(name) = node.function_name() {
                    return (is_secret(name) && makes(name)).then_some((name, false));
                }
            }
            _ => {}
        }
    }
    None
}

/// `sk_live_${…}`
fn has_prefix_of_key(property: NodeRef<'_>) -> bool {
    property
        .descendants()
        .filter(|node| node.is(Kind::String))
        .any(|piece| ["sk_", "pk_", "api_", "key_", "sk-", "ak_"].iter().any(|prefix| piece.name().starts_with(prefix)))
}

fn makes(name: &str) -> bool {
    let makes = ["generate", "create", "make", "new", "random", "gen", "build", "get", "issue"];
    access::words(name).first().is_some_and(|word| makes.contains(&word.as_str()))
}

/// Whether who guesses a value of this name gets in.
fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 20] = [
        "token",
        "secret",
        "apikey",
        "otp",
        "password",
        "passcode",
        "passwd",
        "sessionid",
        "sessiontoken",
        "invitecode",
        "invitationcode",
        "sharecode",
        "verificationcode",
        "resetcode",
        "accesscode",
        "authcode",
        "backupcode",
        "recoverycode",
        "otpcode",
        "resetkey",
    ];
    const OTHER: [&str; 16] = [
        "count",
        "color",
        "index",
        "placeholder",
        "demo",
        "example",
        "limit",
        "usage",
        "length",
        "estimate",
        "cost",
        "delay",
        "type",
        "id",
        "name",
        "ttl",
    ];
    let words = access::words(name);
    let pairs = words.windows(2).map(<[String]>::concat);
    let told = words.iter().cloned().chain(pairs).any(|word| SECRET.contains(&word.as_str()));
    let session = words.windows(2).any(|pair| pair[0] == "session" && pair[1] == "id");
    told && (session || !words.iter().any(|word| OTHER.contains(&word.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for (name, expected) in [
            ("resetToken", true),
            ("api_key", true),
            ("generateOTP", true),
            ("sessionId", true),
            ("inviteCode", true),
            ("tokenCount", false),
            ("orderNumber", false),
            ("tokens", false),
        ] {
            assert_eq!(is_secret(name), expected, "{name}");
        }
    }
}
