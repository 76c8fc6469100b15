//! What a log call writes that should stay out of a log: secrets, keys, whole objects, data about people.

use super::meaning::{is_count, is_error_body};
use crate::{
    code::{BindingKind, Kind, NodeRef, Role},
    model::Span,
};

/// Expressions looked at in one call.
const STEPS: usize = 120;
/// Uses of a name looked at to learn whether it is an object.
const USES: usize = 60;

/// Something that a log call gives away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    pub what: Exposed,
    pub span: Span,
    /// The expression, as written.
    pub text: String,
    /// The key under which it is logged, or its own last name, without the marks between words.
    pub key: String,
    /// Logged because it was refused: it is expired, or was never valid.
    pub refused: bool,
}

/// The kinds of what is given away, from the most specific to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exposed {
    ApiKey,
    /// A token, a password, a cookie, a secret.
    Secret,
    /// A whole request body, set of headers, environment, session or user.
    Object,
    /// A name, an address or a number of a person.
    Person,
}

/// Everything that the arguments of `call` give away, each expression once.
pub(super) fn exposed(call: NodeRef<'_>) -> Vec<Exposure> {
    let mut found: Vec<Exposure> = Vec::new();
    // The expression, the key it is logged under, and whether it is written as text.
    let mut open: Vec<(NodeRef<'_>, Option<&str>, bool)> =
        call.children_in(Role::Argument).map(|argument| (argument, None, false)).collect();
    open.reverse();
    for _ in 0..STEPS {
        let Some((node, key, as_text)) = open.pop() else { break };
        match node.kind() {
            Kind::Identifier | Kind::Member | Kind::Index => {
                found.extend(value(node, key, as_text).filter(|new| !found.iter().any(|old| old.text == new.text)));
            }
            _ => {
                let from = open.len();
                inner(node, key, as_text, &mut open);
                open[from..].reverse();
            }
        }
    }
    found
}

/// The expressions whose values end up in the log when `node` is logged.
fn inner<'t>(
    node: NodeRef<'t>,
    key: Option<&'t str>,
    as_text: bool,
    open: &mut Vec<(NodeRef<'t>, Option<&'t str>, bool)>,
) {
    let mut push = |child: Option<NodeRef<'t>>, key, as_text| open.extend(child.map(|child| (child, key, as_text)));
    match node.kind() {
        Kind::Template => {
            for item in node.children_in(Role::Item).filter(|item| !item.is(Kind::String)) {
                push(Some(item), None, true);
            }
        }
        Kind::Binary if matches!(node.name(), "+" | "%") => {
            push(node.child(Role::Left), None, true);
            push(node.child(Role::Right), None, true);
        }
        Kind::Object => {
            for item in node.children() {
                match item.kind() {
                    Kind::Property => push(item.child(Role::Value), Some(item.name()), as_text),
                    Kind::Spread => push(item.child(Role::Value), None, as_text),
                    _ => {}
                }
            }
        }
        Kind::Property => push(node.child(Role::Value), Some(node.name()), as_text),
        Kind::Array => {
            for item in node.children_in(Role::Item) {
                push(Some(item), None, as_text);
            }
        }
        Kind::Logical if node.name() == "&&" => push(node.child(Role::Right), key, as_text),
        Kind::Logical => {
            push(node.child(Role::Left), key, as_text);
            push(node.child(Role::Right), key, as_text);
        }
        Kind::Conditional => {
            push(node.child(Role::Consequent), key, as_text);
            push(node.child(Role::Alternate), key, as_text);
        }
        Kind::Call => match node.callee_name() {
            Some("stringify" | "dumps" | "inspect" | "repr" | "dict" | "vars") => push(node.argument(0), key, false),
            Some("String" | "str") => push(node.argument(0), key, true),
            Some("toString" | "toJSON" | "toLowerCase" | "trim" | "lower" | "strip" | "dict()" | "model_dump") => {
                push(node.receiver(), key, false);
            }
            Some("format") if node.receiver().is_some_and(|text| text.is(Kind::String)) => {
                for argument in node.children_in(Role::Argument) {
                    push(Some(argument), None, true);
                }
            }
            _ => {}
        },
        _ => {}
    }
}

fn value(node: NodeRef<'_>, key: Option<&str>, as_text: bool) -> Option<Exposure> {
    let text = node.text();
    if text.len() > 120 || text.contains('\n') {
        return None;
    }
    let name = last_name(node)?;
    if is_known_literal(node) || is_error_body(node) || holds_claims(node) {
        return None;
    }
    let words = words_of(&name);
    let what = if is_whole(node, &words, as_text) {
        Exposed::Object
    } else if is_loop_over_names(node) || tells_about(&words) {
        return None;
    } else {
        kind_of(&words, node)
            .or_else(|| key.map(words_of).filter(|key| !tells_about(key)).and_then(|key| kind_of_key(&key, node)))?
    };
    let key = key.map_or_else(|| words.concat(), |key| words_of(key).concat());
    Some(Exposure { what, span: node.span(), text: text.to_owned(), key, refused: is_refused(node) })
}

/// Whether a token is what was read from one: `token?.id`, `token.sub` beside it are claims.
fn holds_claims(node: NodeRef<'_>) -> bool {
    const CLAIMS: &[&str] = &["id", "sub", "iat", "exp", "jti", "email", "role", "userId", "user_id"];
    let Some(binding) = node.binding_id().filter(|_| node.name().to_ascii_lowercase().ends_with("token")) else {
        return false;
    };
    node.tree().references(binding).take(USES).any(|reference| {
        reference.role() == Role::Object
            && reference.parent().is_some_and(|member| member.is(Kind::Member) && CLAIMS.contains(&member.name()))
    })
}

/// Whether the branch around `node` runs only where it is one literal: `if api_key == "public":`.
fn is_known_literal(node: NodeRef<'_>) -> bool {
    let mut below = node;
    for above in node.ancestors().take(30) {
        if above.is(Kind::Function) {
            return false;
        }
        let condition = above.child(Role::Condition).filter(|condition| {
            above.is(Kind::If)
                && below.role() == Role::Consequent
                && condition.is(Kind::Binary)
                && matches!(condition.name(), "==" | "===")
        });
        let side = |role| condition.and_then(|condition| condition.child(role));
        if let (Some(left), Some(right)) = (side(Role::Left), side(Role::Right)) {
            let same = |a: NodeRef<'_>, b: NodeRef<'_>| a.text() == node.text() && b.is(Kind::String);
            if same(left, right) || same(right, left) {
                return true;
            }
        }
        below = above;
    }
    false
}

/// Whether `node` stands in a handler of the error that says that a token is expired or not signed by this program.
fn is_refused(node: NodeRef<'_>) -> bool {
    const ERRORS: &[&str] =
        &["BadSignature", "SignatureExpired", "ExpiredSignature", "InvalidToken", "InvalidSignature", "BadData"];
    let error = node.enclosing_catch().and_then(|catch| catch.child(Role::Condition));
    let refuses = |named: NodeRef<'_>| ERRORS.iter().any(|word| named.name().contains(word));
    // Beside another error the token may be a good one.
    error.is_some_and(|error| if error.is(Kind::Array) { error.children().all(refuses) } else { refuses(error) })
}

fn last_name(node: NodeRef<'_>) -> Option<String> {
    match node.kind() {
        Kind::Index => node.child(Role::Index)?.constant_str(),
        _ => Some(node.name().to_owned()),
    }
}

/// Words with which a name says something about a secret or an address, and does not hold it.
const ABOUT: [&str; 44] = [
    "has",
    "is",
    "with",
    "without",
    "no",
    "needs",
    "need",
    "require",
    "requires",
    "required",
    "show",
    "missing",
    "invalid",
    "forgot",
    "change",
    "changed",
    "update",
    "updated",
    "send",
    "sends",
    "sent",
    "should",
    "verify",
    "verified",
    "enable",
    "enabled",
    "masked",
    "mask",
    "redacted",
    "hashed",
    "obfuscated",
    "encrypted",
    "safe",
    "sanitized",
    "partial",
    "use",
    "valid",
    "expired",
    "can",
    "did",
    "was",
    "max",
    "min",
    "count",
];

fn tells_about(words: &[String]) -> bool {
    words.iter().any(|word| ABOUT.contains(&word.as_str()))
}

/// Kinds of tokens that open nothing.
const HARMLESS: [&str; 30] = [
    "cancel",
    "cancellation",
    "page",
    "next",
    "previous",
    "continuation",
    "design",
    "lex",
    "start",
    "end",
    "eos",
    "bos",
    "pad",
    "special",
    "stop",
    "num",
    "total",
    "prompt",
    "completion",
    "input",
    "output",
    "current",
    "last",
    "first",
    "left",
    "right",
    "sync",
    "csrf",
    "unk",
    "public",
];

fn kind_of(words: &[String], node: NodeRef<'_>) -> Option<Exposed> {
    let last = words.last()?.as_str();
    let before = words.len().checked_sub(2).map_or("", |at| words[at].as_str());
    // The receipt or the id of a mail names nobody, and how many there are neither.
    let marks = ["id", "ids", "uuid", "receipt", "number", "total"];
    let person = person(last, before, words.len())
        && !words[..words.len() - 1].iter().any(|word| marks.contains(&word.as_str()))
        && !(last == "emails" && is_count(node));
    match last {
        "key" if matches!(before, "api" | "secret" | "access" | "private" | "encryption" | "signing") => {
            Some(Exposed::ApiKey)
        }
        "apikey" | "secretkey" | "accesskey" | "privatekey" => Some(Exposed::ApiKey),
        // A parser's token is a piece of text, and has a type.
        "token" if !HARMLESS.contains(&before) && !speaks_of_parsing(node) && !is_handed_out(node) => {
            Some(Exposed::Secret)
        }
        "jwt" | "authorization" | "password" | "passwd" | "passphrase" | "otp" => Some(Exposed::Secret),
        "secret"
            if matches!(
                before,
                "client" | "jwt" | "shared" | "webhook" | "signing" | "app" | "api" | "session" | "cookie" | "totp"
            ) =>
        {
            Some(Exposed::Secret)
        }
        "cookie" | "cookies" if node.is(Kind::Member) && node.text().contains("eaders") => Some(Exposed::Secret),
        "code" if matches!(before, "otp" | "verification") => Some(Exposed::Secret),
        _ if person => Some(Exposed::Person),
        _ => None,
    }
}

/// Whether `node` is the token of something that is printed and given to whoever wants it: `coupon.token`.
fn is_handed_out(node: NodeRef<'_>) -> bool {
    let holder = node.child(Role::Object).filter(|_| node.is(Kind::Member));
    holder.is_some_and(|holder| {
        let words = words_of(holder.name());
        words.last().is_some_and(|word| {
            matches!(word.as_str(), "coupon" | "coupons" | "promo" | "promotion" | "discount" | "voucher" | "affiliate")
        })
    })
}

/// The key tells what a value with a neutral name is: `{ email: address }`.
fn kind_of_key(words: &[String], node: NodeRef<'_>) -> Option<Exposed> {
    let value = node.name();
    // `{ token: tokenId }` and a constant say themselves what they are.
    let neutral = matches!(node.kind(), Kind::Identifier | Kind::Member)
        && !value.to_ascii_lowercase().ends_with("id")
        && !matches!(value, "length" | "undefined" | "id" | "type" | "name" | "status" | "size" | "count" | "address");
    neutral
        .then(|| kind_of(words, node))
        .flatten()
        .filter(|what| *what == Exposed::Person || node.is(Kind::Identifier) && value.len() > 2)
        .filter(|_| false_flags(node))
}

/// Not a name of a boolean.
fn false_flags(node: NodeRef<'_>) -> bool {
    !tells_about(&words_of(node.name()))
}

fn person(last: &str, before: &str, count: usize) -> bool {
    let service = matches!(
        before,
        "from"
            | "support"
            | "admin"
            | "noreply"
            | "sender"
            | "contact"
            | "reply"
            | "service"
            | "company"
            | "system"
            | "by"
    );
    match last {
        "email" | "emails" => !service,
        "mail" => before == "e",
        "address" => before == "email" && count <= 3,
        "phone" | "ssn" | "dob" | "passport" | "recipients" => true,
        "number" => matches!(before, "phone" | "mobile" | "passport" | "card"),
        "name" => matches!(before, "first" | "last" | "full"),
        "birth" => before == "of",
        _ => false,
    }
}

fn speaks_of_parsing(node: NodeRef<'_>) -> bool {
    let source = node.tree().source();
    ["Tokenizer", "tokenizer", "tokenize", "Lexer", "lexer", "TokenType", "tiktoken"]
        .iter()
        .any(|word| source.contains(word))
}

/// `for name in NAMES`: what runs through a list of names is a name.
fn is_loop_over_names(node: NodeRef<'_>) -> bool {
    node.binding().is_some_and(|binding| node.tree().at(binding.declaration).is(Kind::Loop))
        && matches!(node.name(), "key" | "name" | "token")
}

/// A request's body or headers, the environment, a user or a session as a whole.
fn is_whole(node: NodeRef<'_>, words: &[String], as_text: bool) -> bool {
    if is_request_part(node) {
        return true;
    }
    if as_text {
        return false;
    }
    if let Some(made) = node.definition()
        && (is_request_part(made) || made.is(Kind::Call) && reads_body(made))
    {
        return true;
    }
    let last = words.last().map_or("", String::as_str);
    let whole = matches!(last, "user" | "session" | "credentials" | "account") && words.len() <= 2;
    whole && node.is(Kind::Identifier) && is_object(node, last)
}

/// `await request.json()`
fn reads_body(call: NodeRef<'_>) -> bool {
    matches!(call.callee_name(), Some("json" | "get_json" | "formData"))
        && call
            .receiver()
            .is_some_and(|receiver| matches!(receiver.name(), "req" | "request") && receiver.is(Kind::Identifier))
}

fn is_request_part(node: NodeRef<'_>) -> bool {
    let on_request = || {
        node.child(Role::Object).is_some_and(|object| {
            matches!(object.name(), "req" | "request") && matches!(object.kind(), Kind::Identifier | Kind::Member)
        })
    };
    match node.kind() {
        Kind::Member if matches!(node.name(), "body" | "headers" | "cookies") => on_request(),
        Kind::Member if matches!(node.name(), "env" | "environ") => {
            node.path().is_some_and(|path| matches!(path.as_str(), "process.env" | "os.environ"))
        }
        _ => false,
    }
}

/// Whether a name stands for an object that holds more than an identifier: what is looked up on it elsewhere.
fn is_object(node: NodeRef<'_>, last: &str) -> bool {
    let Some(binding) = node.binding_id() else { return false };
    let kind = &node.tree().binding(binding).kind;
    if !matches!(kind, BindingKind::Variable | BindingKind::Parameter) {
        return false;
    }
    let telling: &[&str] = match last {
        "user" | "account" => &["email", "password", "passwordHash", "password_hash", "phone", "role", "name"],
        "session" => &["user", "accessToken", "access_token", "expires", "token"],
        _ => {
            &["password", "secret", "token", "accessToken", "apiKey", "access_token", "secretAccessKey", "clientSecret"]
        }
    };
    node.tree().references(binding).take(USES).any(|reference| {
        reference.parent().is_some_and(|member| {
            member.is(Kind::Member) && telling.contains(&member.name()) && reference.role() == Role::Object
        })
    })
}

/// The last words of the paths that a logger masks: `redact: ['req.headers.authorization', '*.password']`.
pub(super) fn redacted(property: NodeRef<'_>) -> Vec<String> {
    if !matches!(property.name(), "redact" | "redactPaths" | "redactKeys" | "maskFields" | "sensitiveFields") {
        return Vec::new();
    }
    let Some(value) = property.child(Role::Value) else { return Vec::new() };
    let made = value.resolved();
    made.descendants()
        .take(200)
        .filter(|node| node.is(Kind::String))
        .filter_map(|node| node.name().rsplit(['.', '[']).next())
        .map(|word| words_of(word.trim_matches(|mark: char| !mark.is_alphanumeric())).concat())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The words of a name, in small letters.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            words.push(String::new());
            lower_before = false;
            continue;
        }
        if words.is_empty() || lower_before && letter.is_uppercase() {
            words.push(String::new());
        }
        lower_before = letter.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
