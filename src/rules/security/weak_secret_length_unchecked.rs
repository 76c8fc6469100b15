//! `weak-secret-length-unchecked`: a schema that requires a secret refuses a short one.

use crate::{
    code::{Flags, Kind, NodeRef, Role as NodeRole},
    model::{Message, Observation, Site, Tone, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch, site_of},
};

pub(in crate::rules) static RULE: WeakSecretLengthUnchecked = WeakSecretLengthUnchecked;

pub(in crate::rules) struct WeakSecretLengthUnchecked;

impl Rule for WeakSecretLengthUnchecked {
    fn id(&self) -> &'static str {
        "weak-secret-length-unchecked"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Property]).keywords(&["SECRET", "ENCRYPTION"]).roles(&[Role::Source, Role::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !protects_own(node.name()) || node.parent().is_none_or(|object| object.has(Flags::PATTERN)) {
            return;
        }
        let Some(said) = node.child(NodeRole::Value).and_then(chain) else { return };
        let has = |words: &[&str]| said.iter().any(|name| words.contains(name));
        // A default is `fallback-secret`'s, and what may be missing is asked for elsewhere.
        if has(&["default", "optional", "nullish", "nullable", "boolean", "enum", "number"]) {
            return;
        }
        let checks = [
            "length",
            "regex",
            "refine",
            "superRefine",
            "transform",
            "pipe",
            "check",
            "hex",
            "base64",
            "pattern",
            "custom",
        ];
        let message = |key| Message::new(key).with("name", node.name());
        if has(&checks) || minimum(node).is_some_and(|minimum| minimum >= 16.0) {
            out.good(file.place(node), message("checked"));
        } else {
            out.bad(file.place(node), message("unchecked")).key.push_str(node.name());
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let bad = |seen: &&Observation| seen.tone == Tone::Bad;
        let sites: Vec<Site> =
            cx.seen.iter().filter(bad).filter(|seen| !is_key_of_cipher(cx, &seen.key)).map(site_of).collect();
        if sites.len() == cx.seen.iter().filter(bad).count() {
            return cx.judged(|| Verdict::not_applicable("none"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none"))
    }
}

/// Whether the key goes into a cipher as it is, which takes one length and throws at every other.
fn is_key_of_cipher(cx: &Context<'_>, name: &str) -> bool {
    let derives = ["scrypt", "pbkdf2", "hkdf", "createHash", "padEnd", "padStart", "slice(", "substring("];
    name.starts_with("ENCRYPTION")
        && cx.repo.files().iter().filter(|file| file.role == Role::Source && file.language.is_some()).any(|file| {
            cx.repo.read(file.id).is_ok_and(|text| {
                let mut lines = text.lines().filter(|line| line.contains(name)).peekable();
                text.contains("createCipheriv(")
                    && lines.peek().is_some()
                    && !lines.any(|line| derives.iter().any(|word| line.contains(word)))
            })
        })
}

/// Secrets with which this program itself signs or encrypts; the length of another's key is another's.
fn protects_own(name: &str) -> bool {
    let own = [
        "JWT_SECRET",
        "JWT_ACCESS_SECRET",
        "JWT_REFRESH_SECRET",
        "ACCESS_TOKEN_SECRET",
        "REFRESH_TOKEN_SECRET",
        "SESSION_SECRET",
        "COOKIE_SECRET",
        "AUTH_SECRET",
        "NEXTAUTH_SECRET",
        "BETTER_AUTH_SECRET",
        "ENCRYPTION_KEY",
        "ENCRYPTION_SECRET",
        "APP_SECRET",
        "SECRET_KEY",
        "JWT_SECRET_KEY",
        "CSRF_SECRET",
        "HMAC_SECRET",
        "SIGNING_SECRET",
    ];
    own.contains(&name)
}

/// The methods of a chain that begins at zod's or Joi's library.
fn chain(value: NodeRef<'_>) -> Option<Vec<&str>> {
    let mut said = Vec::new();
    let mut node = value;
    for _ in 0..16 {
        if !node.is(Kind::Call) {
            break;
        }
        said.push(node.callee_name()?);
        node = node.receiver()?;
    }
    let library = node.path().unwrap_or_default();
    let of = ["zod", "zod.z", "z", "joi", "Joi", "joi.Joi"];
    let known = of.iter().any(|name| library == *name || library.ends_with(&format!(":{name}")))
        || library.starts_with("zod.")
        || library.starts_with("joi.");
    (known && said.contains(&"string")).then_some(said)
}

/// The number that the chain's `min` asks for.
fn minimum(property: NodeRef<'_>) -> Option<f64> {
    let mut node = property.child(NodeRole::Value)?;
    for _ in 0..16 {
        if node.callee_name() == Some("min") {
            return node.argument(0)?.constant()?.as_number();
        }
        node = node.receiver()?;
    }
    None
}
