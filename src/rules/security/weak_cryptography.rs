//! `weak-cryptography`: what is encrypted stays secret, and nobody changes it unnoticed.

use crate::{
    code::{Flags, Kind, NodeRef, Role},
    facts::{Fact, Visit, Watch, naming},
    model::{Confidence, Message, Severity, Verdict},
    repo::ComponentKind,
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: WeakCryptography = WeakCryptography;

pub(in crate::rules) struct WeakCryptography;

/// What is wrong with one use, or what is right.
enum Found<'t> {
    Good(&'static str, NodeRef<'t>),
    Bad(&'static str, NodeRef<'t>, Severity),
}

impl Rule for WeakCryptography {
    fn id(&self) -> &'static str {
        "weak-cryptography"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["crypto", "Crypto", "hashlib", "AES", "cipher", "Fernet", "ARC4"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let tool = file.repo.component_of(file.file.id).kind == ComponentKind::Cli;
        if tool || call.is_dev_only() || speaks_old_protocol(file) {
            return;
        }
        for found in uses(call, file.text) {
            match found {
                Found::Good(key, node) => {
                    out.good(file.place(node), Message::new(key).with("what", short(node.text())));
                }
                Found::Bad(key, node, severity) => {
                    let seen = out.bad(file.place(node), Message::new(key).with("what", short(node.text())));
                    seen.severity = Some(severity);
                    seen.confidence = Confidence::Likely;
                }
            }
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        observed::judged(&observed::on_server(cx), || Verdict::not_applicable("no-cryptography"))
    }
}

/// Protocols that demand such algorithms of everybody who speaks them.
fn speaks_old_protocol(file: &Visit<'_>) -> bool {
    let path = file.file.path.as_str().to_ascii_lowercase();
    ["ntlm", "mschap", "radius", "smb", "kerberos"].iter().any(|name| path.contains(name))
}

fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 60 { line } else { line.chars().take(59).chain(['…']).collect() }
}

fn uses<'t>(call: NodeRef<'t>, text: &str) -> Vec<Found<'t>> {
    let api = call.callee_api().unwrap_or_default();
    let api = api.trim_start_matches("node:");
    let name = call.callee_name().unwrap_or_default();
    match (api, name) {
        ("crypto.createCipher" | "crypto.createDecipher", _) => vec![Found::Bad("no-iv", call, Severity::High)],
        ("crypto.createCipheriv", _) => cipher(call, text),
        ("crypto.scryptSync" | "crypto.scrypt" | "crypto.pbkdf2Sync" | "crypto.pbkdf2", _) => salt(call),
        ("crypto.createHash", _) => hash(call),
        _ if api.starts_with("crypto-js.") || api.starts_with("CryptoJS.") => crypto_js(call, api),
        _ if api.starts_with("hashlib.") => python_hash(call, name),
        _ => python(call, api, name),
    }
}

/// `createCipheriv(algorithm, key, iv)`
fn cipher<'t>(call: NodeRef<'t>, text: &str) -> Vec<Found<'t>> {
    let mut found = Vec::new();
    let algorithm = call.argument(0).and_then(NodeRef::constant_str).map(|name| name.to_ascii_lowercase());
    if let (Some(name), Some(node)) = (&algorithm, call.argument(0)) {
        if is_broken(name) {
            found.push(Found::Bad("algorithm", node, Severity::High));
        } else if name.contains("cbc") && !text.contains("createHmac") && !text.contains("timingSafeEqual") {
            found.push(Found::Bad("unauthenticated", node, Severity::Medium));
        }
    }
    if let Some(vector) = call.argument(2).filter(|vector| is_fixed(*vector)) {
        found.push(Found::Bad("fixed-iv", vector, Severity::High));
    }
    if let Some(key) = call.argument(1).filter(|key| is_cut(*key)) {
        found.push(Found::Bad("cut-key", key, Severity::Medium));
    }
    if found.is_empty() && algorithm.is_some() {
        found.push(Found::Good("sound", call));
    }
    found
}

fn is_broken(name: &str) -> bool {
    name.contains("ecb")
        || name.starts_with("des")
        || name.starts_with("rc4")
        || name.starts_with("bf")
        || name.starts_with("rc2")
}

/// The same bytes each time: a literal, zeros, `Buffer.from("…")`.
fn is_fixed(node: NodeRef<'_>) -> bool {
    let value = node.resolved();
    if value.constant_str().is_some_and(|text| !text.is_empty()) || value.is(Kind::String) && value.has(Flags::BYTES) {
        return true;
    }
    value.is(Kind::Call)
        && match value.callee_name() {
            Some("alloc") => value.positional().count() == 1,
            Some("from" | "bytes" | "encode" | "parse") => {
                value.argument(0).or_else(|| value.receiver()).is_some_and(|inner| inner.constant_str().is_some())
            }
            _ => false,
        }
}

/// A key that was cut or filled up to its length: `secret.slice(0, 32)`, `secret.padEnd(32)`.
fn is_cut(node: NodeRef<'_>) -> bool {
    let value = node.resolved();
    let nodes = std::iter::once(value).chain(value.descendants().take(30));
    nodes.filter(|inner| inner.is(Kind::Call)).any(|inner| {
        let text = inner.receiver().map(NodeRef::resolved);
        let made = text.is_some_and(|text| {
            let text = text.text();
            ["digest", "scrypt", "pbkdf2", "randomBytes", "hkdf", "createHash", "sha256"]
                .iter()
                .any(|word| text.contains(word))
        });
        match inner.callee_name() {
            Some("padEnd" | "padStart" | "ljust" | "rjust") => true,
            Some("slice" | "substring" | "substr" | "subarray") => {
                !made
                    && inner
                        .argument(1)
                        .and_then(NodeRef::constant)
                        .is_some_and(|end| end.as_number().is_some_and(|end| [16.0, 24.0, 32.0].contains(&end)))
            }
            _ => false,
        }
    })
}

/// A key that is derived with the same salt everywhere.
fn salt(call: NodeRef<'_>) -> Vec<Found<'_>> {
    call.argument(1)
        .filter(|salt| is_fixed(*salt))
        .map(|salt| Found::Bad("fixed-salt", salt, Severity::Medium))
        .into_iter()
        .collect()
}

/// `createHash('md5').update(token)`: fine for names of things, not for what must stay secret.
fn hash(call: NodeRef<'_>) -> Vec<Found<'_>> {
    let weak = call
        .argument(0)
        .and_then(NodeRef::constant_str)
        .is_some_and(|name| matches!(name.to_ascii_lowercase().as_str(), "md5" | "sha1" | "md4"));
    let update = call
        .parent()
        .and_then(NodeRef::parent)
        .filter(|update| update.is(Kind::Call) && update.callee_name() == Some("update"));
    let secret = update.and_then(|update| update.argument(0)).is_some_and(is_secret);
    if weak && secret { vec![Found::Bad("hash", call, Severity::High)] } else { Vec::new() }
}

fn is_secret(node: NodeRef<'_>) -> bool {
    naming::subject(node).is_some_and(|name| {
        let plain = name.to_ascii_lowercase().replace('_', "");
        [
            "apikey",
            "accesstoken",
            "refreshtoken",
            "sessiontoken",
            "resettoken",
            "authtoken",
            "secretkey",
            "clientsecret",
        ]
        .iter()
        .any(|word| plain.ends_with(word))
    })
}

fn crypto_js<'t>(call: NodeRef<'t>, api: &str) -> Vec<Found<'t>> {
    let mut found = Vec::new();
    if !api.ends_with(".encrypt") {
        return found;
    }
    let broken = ["DES", "TripleDES", "RC4", "Rabbit"].iter().any(|name| api.contains(&format!(".{name}.")));
    if broken || call.argument(2).is_some_and(|options| options.resolved().text().contains("mode.ECB")) {
        found.push(Found::Bad("algorithm", call, Severity::High));
    } else if call.argument(1).is_some_and(|key| {
        let value = key.resolved();
        value.constant_str().is_some() || value.env_read().is_some()
    }) {
        found.push(Found::Bad("passphrase", call, Severity::Medium));
    }
    found
}

fn python_hash<'t>(call: NodeRef<'t>, name: &str) -> Vec<Found<'t>> {
    match name {
        "md5" | "sha1" if call.argument(0).is_some_and(is_secret) => vec![Found::Bad("hash", call, Severity::High)],
        "pbkdf2_hmac" => call
            .argument(2)
            .filter(|salt| is_fixed(*salt))
            .map(|salt| Found::Bad("fixed-salt", salt, Severity::Medium))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// `AES.new(key, AES.MODE_ECB)`, `modes.ECB()`, `algorithms.TripleDES(key)`, `Fernet(key)`
fn python<'t>(call: NodeRef<'t>, api: &str, name: &str) -> Vec<Found<'t>> {
    let cipher = api.starts_with("Crypto.Cipher.") || api.starts_with("Cryptodome.Cipher.");
    let hazmat = api.starts_with("cryptography.hazmat.");
    if cipher && name == "new" {
        let mode = call.argument(1).map_or("", NodeRef::name);
        let broken = mode == "MODE_ECB"
            || ["DES", "DES3", "ARC4", "ARC2", "Blowfish"].iter().any(|weak| api.contains(&format!(".{weak}.")));
        let fixed = call.argument(2).or_else(|| call.keyword("iv")).filter(|vector| is_fixed(*vector));
        return match (broken, fixed) {
            (true, _) => vec![Found::Bad("algorithm", call, Severity::High)],
            (_, Some(vector)) => vec![Found::Bad("fixed-iv", vector, Severity::High)],
            _ => vec![Found::Good("sound", call)],
        };
    }
    if hazmat && matches!(name, "ECB" | "TripleDES" | "ARC4" | "Blowfish" | "IDEA") {
        return vec![Found::Bad("algorithm", call, Severity::High)];
    }
    if hazmat && name == "CBC" && call.argument(0).is_some_and(is_fixed) {
        return vec![Found::Bad("fixed-iv", call, Severity::High)];
    }
    if hazmat && matches!(name, "PBKDF2HMAC" | "Scrypt") {
        return call
            .keyword("salt")
            .filter(|salt| is_fixed(*salt))
            .map(|salt| Found::Bad("fixed-salt", salt, Severity::Medium))
            .into_iter()
            .collect();
    }
    if matches!(api, "cryptography.fernet.Fernet") || hazmat && matches!(name, "AESGCM" | "ChaCha20Poly1305") {
        return match call
            .argument(0)
            .filter(|key| is_cut(*key) || call.child(Role::Callee).is_some() && is_padded(*key))
        {
            Some(key) => vec![Found::Bad("cut-key", key, Severity::Medium)],
            None => vec![Found::Good("sound", call)],
        };
    }
    Vec::new()
}

/// `secret[:32]`, `base64.urlsafe_b64encode(secret.ljust(32)[:32])`
fn is_padded(key: NodeRef<'_>) -> bool {
    let value = key.resolved();
    let text = value.text();
    let derived = ["sha256", "digest", "derive", "scrypt", "pbkdf2", "urandom"].iter().any(|word| text.contains(word));
    !derived && text.contains("[:32]")
}
