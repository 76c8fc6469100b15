//! `password-hashing-weak`: passwords are kept as slow, salted hashes.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact, Visit, Watch, access, naming,
        tier::{self, Tier},
    },
    model::{Message, Severity, Verdict},
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: PasswordHashingWeak = PasswordHashingWeak;

pub(in crate::rules) struct PasswordHashingWeak;

/// The options that say from what work on a hash is slow.
const BCRYPT: &str = "bcrypt-rounds";
const PBKDF2: &str = "pbkdf2-iterations";

impl Rule for PasswordHashingWeak {
    fn id(&self) -> &'static str {
        "password-hashing-weak"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Binary, Kind::Assignment])
            .keywords(&["assword", "ASSWORD", "passwd", "crypt", "argon2", "pwd"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if tier::of_path(&file.file.path) == Tier::Development {
            return;
        }
        match node.kind() {
            Kind::Call => call(file, node, out),
            Kind::Binary => compared(file, node, out),
            _ => hashers(file, node, out),
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (rounds, iterations) = (cx.number("bcrypt-rounds"), cx.number("pbkdf2-iterations"));
        let seen = observed::decided(&observed::on_server(cx), |option, work| {
            work < if option == BCRYPT { rounds } else { iterations }
        });
        observed::judged(&seen.iter().collect::<Vec<_>>(), || Verdict::not_applicable("no-passwords"))
    }
}

fn call(file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    let Some(api) = call.callee_api() else { return chained(file, call, out) };
    if chained_hash(call).is_some() {
        return chained(file, call, out);
    }
    let place = file.place(call);
    if let Some(algorithm) = python_hash(&api, call) {
        let of_user = |value: NodeRef<'_>| is_password_value(value) && !is_setting(value);
        if call.argument(0).is_some_and(of_user) && !is_for_lookup(call) {
            out.bad(place, Message::new("fast").with("algorithm", algorithm));
        }
        return;
    }
    let derives = ["pbkdf2", "scrypt"].iter().any(|name| api.contains(name)) && is_for_lookup(call);
    match work(&api, call).filter(|_| !derives) {
        Some(work) => {
            let slow = Message::new("slow").with("call", api.trim_start_matches("self:"));
            let fast = match work {
                Work::Bcrypt(rounds) => {
                    let message = Message::new("rounds").with("rounds", format!("{rounds:.0}"));
                    Some((message, Severity::Medium, observed::measured(BCRYPT, rounds)))
                }
                Work::Pbkdf2(count) => {
                    let message = Message::new("iterations").with("count", format!("{count:.0}"));
                    Some((message, Severity::High, observed::measured(PBKDF2, count)))
                }
                Work::Other => None,
            };
            if let Some((message, severity, key)) = fast {
                let seen = out.bad(place.clone(), message);
                (seen.severity, seen.key) = (Some(severity), key.clone());
                out.good(place, slow).key = key;
            } else {
                out.good(place, slow);
            }
        }
        None => schemes(file, &api, call, out),
    }
}

enum Work {
    Bcrypt(f64),
    Pbkdf2(f64),
    /// A slow hash with parameters that nothing in the call weakens.
    Other,
}

/// What a call of a library for passwords costs.
fn work(api: &str, call: NodeRef<'_>) -> Option<Work> {
    let number = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::constant).and_then(|value| value.as_number());
    let module = api.split('.').next().unwrap_or_default();
    let method = api.rsplit('.').next().unwrap_or_default();
    match (module, method) {
        ("bcrypt" | "bcryptjs", "hash" | "hashSync") => {
            Some(number(call.argument(1)).map_or(Work::Other, Work::Bcrypt))
        }
        ("bcrypt" | "bcryptjs", "genSalt" | "genSaltSync") => {
            Some(number(call.argument(0)).map_or(Work::Other, Work::Bcrypt))
        }
        ("bcrypt", "gensalt") => {
            Some(number(call.argument(0).or_else(|| call.keyword("rounds"))).map_or(Work::Other, Work::Bcrypt))
        }
        ("bcrypt" | "bcryptjs", "compare" | "compareSync" | "checkpw" | "hashpw")
        | ("argon2", "hash" | "verify" | "PasswordHasher") => Some(Work::Other),
        ("crypto", "pbkdf2" | "pbkdf2Sync") if call.argument(0).is_some_and(is_password_value) => {
            Some(number(call.argument(2)).map_or(Work::Other, Work::Pbkdf2))
        }
        ("hashlib", "pbkdf2_hmac") if call.argument(1).is_some_and(is_password_value) => {
            Some(number(call.argument(3).or_else(|| call.keyword("iterations"))).map_or(Work::Other, Work::Pbkdf2))
        }
        ("crypto" | "hashlib", "scrypt" | "scryptSync") if call.argument(0).is_some_and(is_password_value) => {
            Some(Work::Other)
        }
        _ => is_library(api).then_some(Work::Other),
    }
}

/// Libraries and frameworks whose hashes of passwords are slow unless they are configured otherwise.
fn is_library(api: &str) -> bool {
    const CALLS: [&str; 14] = [
        "@node-rs/bcrypt.hash",
        "@node-rs/bcrypt.verify",
        "@node-rs/argon2.hash",
        "@node-rs/argon2.verify",
        "Bun.password.hash",
        "Bun.password.verify",
        "werkzeug.security.generate_password_hash",
        "werkzeug.security.check_password_hash",
        "django.contrib.auth.hashers.make_password",
        "django.contrib.auth.hashers.check_password",
        "django.contrib.auth.authenticate",
        "pwdlib.PasswordHash",
        "pwdlib.PasswordHash.recommended",
        "flask_bcrypt.Bcrypt",
    ];
    CALLS.contains(&api)
}

/// `CryptContext(schemes=[…])` of passlib.
fn schemes(file: &Visit<'_>, api: &str, call: NodeRef<'_>, out: &mut Out<'_>) {
    if api != "passlib.context.CryptContext" {
        return;
    }
    let schemes = call.keyword("schemes").map(NodeRef::resolved);
    // What comes after the first is only read, until its owner logs in again.
    let Some(first) = schemes.and_then(|list| list.children().next()) else { return };
    let Some(name) = first.constant_str() else { return };
    let weak = [
        "plaintext",
        "md5_crypt",
        "hex_md5",
        "hex_sha1",
        "hex_sha256",
        "des_crypt",
        "ldap_md5",
        "ldap_sha1",
        "lmhash",
        "nthash",
    ];
    if weak.contains(&name.as_str()) {
        out.bad(file.place(first), Message::new("fast").with("algorithm", name));
    } else {
        out.good(file.place(first), Message::new("slow").with("call", name));
    }
}

/// `PASSWORD_HASHERS` of Django: the first makes new hashes.
fn hashers(file: &Visit<'_>, assignment: NodeRef<'_>, out: &mut Out<'_>) {
    let named = assignment.child(Role::Target).is_some_and(|target| target.name() == "PASSWORD_HASHERS");
    let first = assignment.child(Role::Value).and_then(|list| list.children().find(|item| item.is(Kind::String)));
    let Some(first) = first.filter(|_| named && !assignment.ancestors().any(|node| node.is(Kind::If))) else { return };
    let class = first.name().rsplit('.').next().unwrap_or_default();
    if class.contains("MD5") || class.contains("SHA1PasswordHasher") && !class.starts_with("PBKDF2") {
        out.bad(file.place(first), Message::new("fast").with("algorithm", class));
    } else {
        out.good(file.place(first), Message::new("slow").with("call", class));
    }
}

fn is_password_value(node: NodeRef<'_>) -> bool {
    naming::is_made_of(node, naming::is_password)
}

/// `config.password` is the program's own, which its configuration holds in plain text anyway.
fn is_setting(node: NodeRef<'_>) -> bool {
    node.path().is_some_and(|path| {
        path.split('.').any(|part| matches!(part, "cfg" | "conf" | "config" | "settings" | "options"))
    })
}

/// `hashlib.sha256(password.encode())`, `hashlib.new("md5", …)` is rare.
fn python_hash(api: &str, call: NodeRef<'_>) -> Option<&'static str> {
    let algorithms = [
        ("hashlib.md5", "MD5"),
        ("hashlib.sha1", "SHA-1"),
        ("hashlib.sha256", "SHA-256"),
        ("hashlib.sha512", "SHA-512"),
    ];
    let libraries = [
        ("md5", "MD5"),
        ("js-md5", "MD5"),
        ("crypto-js.MD5", "MD5"),
        ("crypto-js.SHA1", "SHA-1"),
        ("crypto-js.SHA256", "SHA-256"),
    ];
    call.argument(0)?;
    algorithms.iter().chain(&libraries).find(|(path, _)| *path == api).map(|(_, name)| *name)
}

/// The algorithm of `createHash('sha256').update(x)`, with what it hashes.
fn chained_hash(call: NodeRef<'_>) -> Option<(String, NodeRef<'_>)> {
    if call.callee_name()? != "update" {
        return None;
    }
    let made = call.receiver()?.resolved();
    if made.callee_api().as_deref() != Some("crypto.createHash") {
        return None;
    }
    Some((made.argument(0)?.constant_str()?, call.argument(0)?))
}

fn chained(file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    let Some((algorithm, hashed)) = chained_hash(call) else { return };
    let fast =
        ["md5", "sha1", "sha256", "sha512", "sha224", "sha384"].contains(&algorithm.to_ascii_lowercase().as_str());
    if fast && is_password_value(hashed) && !is_for_lookup(call) {
        out.bad(file.place(call), Message::new("fast").with("algorithm", algorithm.to_ascii_uppercase()));
    }
}

/// The hash goes to a service of leaked passwords, makes a key for something else, or is fed to a slow hash.
fn is_for_lookup(call: NodeRef<'_>) -> bool {
    let about = [
        "pwned",
        "breach",
        "breached",
        "leaked",
        "compromised",
        "hibp",
        "key",
        "cache",
        "etag",
        "encrypt",
        "decrypt",
        "derive",
        "fingerprint",
    ];
    let inside_slow = call.ancestors().take_while(|node| !node.is(Kind::Function)).any(|node| {
        node.is(Kind::Call)
            && node
                .callee_api()
                .is_some_and(|api| api.contains("bcrypt") || api.contains("argon2") || api.contains("scrypt"))
    });
    let functions: Vec<NodeRef<'_>> = call.ancestors().filter(|node| node.is(Kind::Function)).collect();
    // Services of leaked passwords are asked by the first five digits of the hash.
    let by_prefix = functions.first().is_some_and(|function| function.text().contains("[:5]"));
    let names = functions.into_iter().filter_map(NodeRef::function_name);
    inside_slow || by_prefix || names.flat_map(access::words).any(|word| about.contains(&word.as_str()))
}

/// `user.password === password`
fn compared(file: &Visit<'_>, binary: NodeRef<'_>, out: &mut Out<'_>) {
    if !matches!(binary.name(), "==" | "===" | "!=" | "!==") {
        return;
    }
    let (Some(left), Some(right)) = (binary.child(Role::Left), binary.child(Role::Right)) else { return };
    let stored = |node: NodeRef<'_>| {
        node.is(Kind::Member)
            && matches!(node.name(), "password" | "passwd")
            && node.child(Role::Object).is_some_and(|object| {
                matches!(
                    object.name(),
                    "user"
                        | "account"
                        | "admin"
                        | "customer"
                        | "foundUser"
                        | "existingUser"
                        | "dbUser"
                        | "db_user"
                        | "member"
                        | "employee"
                )
            })
    };
    let given = |node: NodeRef<'_>| {
        matches!(node.kind(), Kind::Identifier | Kind::Member | Kind::Index)
            && naming::subject(node).is_some_and(naming::is_password)
            && !naming::subject(node).is_some_and(|name| {
                access::words(name)
                    .iter()
                    .any(|word| matches!(word.as_str(), "confirm" | "confirmation" | "repeat" | "again" | "confirmed"))
            })
    };
    // The hash of what was given is compared under the same name now and then.
    let hashed = |node: NodeRef<'_>| node.resolved().is(Kind::Call) || is_rewritten(node);
    let both_stored = stored(left) && stored(right);
    if both_stored || !(stored(left) && given(right) && !hashed(right) || stored(right) && given(left) && !hashed(left))
    {
        return;
    }
    // Where passwords are hashed as well, the name is that of something else or the line is dead.
    let source = binary.tree().source();
    if !["hash", "bcrypt", "argon2", "scrypt"].iter().any(|sign| source.contains(sign)) {
        out.bad(file.place(binary), Message::new("clear"));
    }
}

fn is_rewritten(node: NodeRef<'_>) -> bool {
    node.binding().is_some_and(|binding| binding.writes > 0)
}
