//! Calls that sign, verify or merely read JSON Web Tokens.

use crate::code::{Constant, Kind, NodeRef, Role};

/// How a call reads a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading<'t> {
    /// It checks the signature.
    Verifies,
    /// It could check the signature, and is told not to at this node.
    SwitchedOff(NodeRef<'t>),
    /// It never checks the signature.
    Decodes,
}

/// How `call` reads a token, if it does.
pub fn reading(call: NodeRef<'_>) -> Option<Reading<'_>> {
    let api = call.callee_api()?;
    match api.as_str() {
        "jsonwebtoken.verify" => {
            Some(switched_off_algorithm(call.argument(2)).map_or(Reading::Verifies, Reading::SwitchedOff))
        }
        "jose.jwtVerify"
        | "jose.jwtDecrypt"
        | "express-jwt"
        | "express-jwt.expressjwt"
        | "koa-jwt"
        | "@hono/jwt.verify"
        | "hono/jwt.verify"
        | "hono/jwt.jwt"
        | "hono/jwk.jwk"
        | "next-auth/jwt.getToken"
        | "passport-jwt.Strategy"
        | "express-oauth2-jwt-bearer.auth" => Some(Reading::Verifies),
        "jsonwebtoken.decode"
        | "jwt-decode"
        | "jwt-decode.jwtDecode"
        | "jwt-decode.jwt_decode"
        | "jose.decodeJwt"
        | "hono/jwt.decode"
        | "jose.jwt.get_unverified_claims" => Some(Reading::Decodes),
        "jwt.decode" | "jose.jwt.decode" => Some(python(call)),
        _ => {
            let method = call.callee_name()?;
            let receiver = call.receiver()?.name().to_ascii_lowercase();
            let by_service = matches!(method, "verify" | "verifyAsync") && receiver.contains("jwt");
            (by_service || matches!(method, "jwtVerify")).then_some(Reading::Verifies)
        }
    }
}

/// `PyJWT` and python-jose verify unless they are told not to.
fn python(call: NodeRef<'_>) -> Reading<'_> {
    let is_false = |node: &NodeRef<'_>| node.constant() == Some(Constant::Boolean(false));
    let option = call
        .keyword("options")
        .map(NodeRef::resolved)
        .filter(|options| options.is(Kind::Object))
        .and_then(|options| options.property("verify_signature"))
        .filter(is_false);
    let old = call.keyword("verify").filter(is_false);
    let off = option.or(old).or_else(|| none_algorithm(call.keyword("algorithms")?));
    off.map_or(Reading::Verifies, Reading::SwitchedOff)
}

fn switched_off_algorithm(options: Option<NodeRef<'_>>) -> Option<NodeRef<'_>> {
    none_algorithm(options?.resolved().property("algorithms")?)
}

/// The element of a list of algorithms that permits tokens without a signature.
fn none_algorithm(list: NodeRef<'_>) -> Option<NodeRef<'_>> {
    list.resolved()
        .children()
        .find(|item| item.constant_str().is_some_and(|algorithm| algorithm.eq_ignore_ascii_case("none")))
}

/// A call that makes a token, with what it puts in and what it is told.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'t> {
    pub call: NodeRef<'t>,
    pub payload: Option<NodeRef<'t>>,
    pub expiry: Expiry<'t>,
}

/// When a token ends, as far as the call says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expiry<'t> {
    /// Set by this expression.
    Set(NodeRef<'t>),
    /// Not set here; the payload may hold it.
    Payload,
    /// Options that could not be followed.
    Open,
}

/// The token that `call` makes, if it makes one.
pub fn signing(call: NodeRef<'_>) -> Option<Signing<'_>> {
    match call.callee_api()?.as_str() {
        "jsonwebtoken.sign" => Some(Signing { call, payload: call.argument(0), expiry: script_expiry(call) }),
        "jwt.encode" | "jose.jwt.encode" => Some(Signing {
            call,
            payload: call.argument(0).or_else(|| call.keyword("payload")),
            expiry: Expiry::Payload,
        }),
        "jose.SignJWT" if call.has(crate::code::Flags::NEW) => chain(call),
        _ => None,
    }
}

fn script_expiry(call: NodeRef<'_>) -> Expiry<'_> {
    if call.has_spread() {
        return Expiry::Open;
    }
    let Some(given) = call.argument(2) else { return Expiry::Payload };
    if is_written_into(given) {
        return Expiry::Open;
    }
    let options = given.resolved();
    match options.kind() {
        Kind::Object => match options.property("expiresIn") {
            Some(value) => Expiry::Set(value),
            None if options.has_spread() => Expiry::Open,
            None => Expiry::Payload,
        },
        // The callback form.
        Kind::Function => Expiry::Payload,
        _ => Expiry::Open,
    }
}

/// `options.expiresIn = …` after the declaration.
fn is_written_into(options: NodeRef<'_>) -> bool {
    let Some(binding) = options.binding_id() else { return false };
    options
        .tree()
        .references(binding)
        .take(100)
        .filter_map(NodeRef::parent)
        .any(|access| matches!(access.kind(), Kind::Member | Kind::Index) && access.role() == Role::Target)
}

/// `new SignJWT(payload).setIssuedAt().setExpirationTime('1h').sign(key)`
fn chain(call: NodeRef<'_>) -> Option<Signing<'_>> {
    let mut node = call;
    let mut expiry = Expiry::Payload;
    // A builder has a dozen methods.
    for _ in 0..24 {
        let Some(member) = node.parent().filter(|parent| parent.is(Kind::Member) && node.role() == Role::Object) else {
            break;
        };
        let Some(next) = member.parent().filter(|parent| parent.is(Kind::Call) && member.role() == Role::Callee) else {
            break;
        };
        match member.name() {
            "setExpirationTime" => expiry = Expiry::Set(next.argument(0).unwrap_or(next)),
            "sign" => return Some(Signing { call, payload: call.argument(0), expiry }),
            _ => {}
        }
        node = next;
    }
    None
}
