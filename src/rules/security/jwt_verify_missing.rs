//! `jwt-verify-missing`: a token from a request is verified before it is believed.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::{
        Fact, Visit, Watch, access,
        tier::{self, Tier},
        tokens::{self, Reading},
    },
    model::{Confidence, Message, Verdict},
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: JwtVerifyMissing = JwtVerifyMissing;

pub(in crate::rules) struct JwtVerifyMissing;

impl Rule for JwtVerifyMissing {
    fn id(&self) -> &'static str {
        "jwt-verify-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["jwt", "jose", "JWT", "Jwt", "jsonwebtoken", "jwk"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        if tier::of_path(&file.file.path) == Tier::Development {
            return;
        }
        let Some(reading) = tokens::reading(call) else { return };
        let name = call.child(Role::Callee).map_or("", NodeRef::text);
        let say = |key: &'static str| Message::new(key).with("call", name);
        match reading {
            Reading::Verifies => {
                out.good(file.place(call), say("verifies"));
            }
            Reading::SwitchedOff(option) if is_believed(call) => {
                out.bad(file.place(option), say("switched-off"));
            }
            Reading::Decodes if is_believed(call) => {
                out.bad(file.place(call), say("decodes")).confidence = Confidence::Likely;
            }
            Reading::SwitchedOff(_) | Reading::Decodes => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut seen = observed::on_server(cx);
        // They verify in front of the handler, which then may unpack what was verified.
        if cx.repo.declared(&["passport-jwt", "@nestjs/passport", "express-jwt", "koa-jwt"]).is_some() {
            seen.retain(|seen| seen.message.key != "decodes");
        }
        observed::judged(&seen, || Verdict::not_applicable("no-tokens"))
    }
}

/// Whether the token comes from a request and nothing in the file verifies it before or after.
fn is_believed(call: NodeRef<'_>) -> bool {
    let token = call.argument(0).map_or("", NodeRef::text).to_ascii_lowercase();
    // The provider's answer over TLS needs no signature (OpenID Connect Core, 3.1.3.7).
    if token.contains("id_token") || token.contains("idtoken") {
        return false;
    }
    let functions: Vec<NodeRef<'_>> = call.ancestors().filter(|node| node.is(Kind::Function)).collect();
    if functions.iter().any(|function| is_about_the_token(function.function_name().unwrap_or_default())) {
        return false;
    }
    let verified =
        call.tree().nodes().any(|node| node.is(Kind::Call) && tokens::reading(node) == Some(Reading::Verifies));
    let callers = functions.iter().flat_map(|function| function.local_calls()).filter_map(NodeRef::enclosing_function);
    !verified && functions.iter().copied().chain(callers).any(reads_credentials)
}

/// Looks at when a token ends or who made it, which decides nothing about the caller.
fn is_about_the_token(name: &str) -> bool {
    let about = [
        "expired",
        "expires",
        "expiry",
        "expiration",
        "exp",
        "ttl",
        "issuer",
        "kid",
        "logout",
        "revoke",
        "signout",
        "remaining",
        "log",
    ];
    access::words(name).iter().any(|word| about.contains(&word.as_str()))
}

/// Whether a function takes the credentials of a request: its headers, its cookies, a dependency that reads them.
fn reads_credentials(function: NodeRef<'_>) -> bool {
    function.descendants().any(|node| match node.kind() {
        // What a provider answers has headers, too.
        Kind::Member => {
            let of_answer =
                node.child(Role::Object).is_some_and(|object| matches!(object.name(), "response" | "res" | "resp"));
            matches!(node.name(), "headers" | "cookies" | "authorization") && !of_answer
        }
        Kind::String => node.name().eq_ignore_ascii_case("authorization"),
        Kind::Call => matches!(node.callee_api().as_deref(), Some("next/headers.cookies" | "next/headers.headers")),
        Kind::Identifier => matches!(node.name(), "oauth2_scheme" | "HTTPAuthorizationCredentials" | "bearer_scheme"),
        _ => false,
    })
}
