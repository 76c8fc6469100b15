//! `jwt-no-expiry`: every token that is signed ends.

use crate::{
    code::{Constant, Kind, NodeRef, Role},
    facts::{
        Fact, Visit, Watch, access,
        tier::{self, Tier},
        tokens::{self, Expiry, Signing},
    },
    model::{Confidence, Message, Severity, Verdict},
    rule::{Context, Out, Rule},
    rules::observed,
};

pub(in crate::rules) static RULE: JwtNoExpiry = JwtNoExpiry;

pub(in crate::rules) struct JwtNoExpiry;

const DAY: f64 = 86_400.0;

impl Rule for JwtNoExpiry {
    fn id(&self) -> &'static str {
        "jwt-no-expiry"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["jwt", "jose", "jsonwebtoken"])
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(signing) = tokens::signing(call) else { return };
        if lasts_by_intent(call) || tier::of_path(&file.file.path) == Tier::Development {
            return;
        }
        match signing.expiry {
            Expiry::Open => {}
            Expiry::Set(value) => lifetime(file, call, value, out),
            Expiry::Payload => payload(file, &signing, out),
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        // A token that nothing can take back should not live longer.
        let longest = cx.number("longest-days");
        let seen = observed::decided(&observed::on_server(cx), |_, days| days > longest);
        observed::judged(&seen.iter().collect::<Vec<_>>(), || Verdict::not_applicable("no-tokens"))
    }
}

/// Links out of mails, feeds and tokens of machines last by intent; whether they can be taken back is seen elsewhere.
fn lasts_by_intent(call: NodeRef<'_>) -> bool {
    const LASTING: [&str; 14] = [
        "unsubscribe",
        "machine",
        "service",
        "feed",
        "calendar",
        "webhook",
        "apikey",
        "license",
        "licence",
        "anon",
        "internal",
        "collaboration",
        "embed",
        "share",
    ];
    let names = call.ancestors().filter(|node| node.is(Kind::Function)).filter_map(NodeRef::function_name);
    let given = call.argument(0).map_or("", NodeRef::text);
    names
        .chain([given])
        .flat_map(access::words)
        .any(|word| LASTING.contains(&word.as_str()) || word == "unsubscription")
}

fn lifetime(file: &Visit<'_>, call: NodeRef<'_>, value: NodeRef<'_>, out: &mut Out<'_>) {
    let refresh = call
        .ancestors()
        .filter(|node| node.is(Kind::Function))
        .filter_map(NodeRef::function_name)
        .chain([call.text()])
        .any(|name| name.to_ascii_lowercase().contains("refresh"));
    let days = value.constant().and_then(|value| days(&value));
    let measured = days.filter(|_| !refresh).map(|days| (days, observed::measured("longest-days", days)));
    if let Some((days, key)) = &measured {
        let long = out.bad(file.place(value), Message::new("long").with("days", format!("{days:.0}")));
        (long.severity, long.key) = (Some(Severity::Medium), key.clone());
    }
    let text: String = value.text().chars().take(60).collect();
    let set = out.good(file.place(value), Message::new("set").with("value", text));
    set.key = measured.map(|(_, key)| key).unwrap_or_default();
}

/// The days of a lifetime as the libraries read it: seconds as a number, a span with its unit as text.
fn days(value: &Constant) -> Option<f64> {
    if let Some(seconds) = value.as_number() {
        // What is added to the clock is a moment and no span.
        return (seconds < 20.0 * 365.0 * DAY).then_some(seconds / DAY);
    }
    let text = value.as_str()?.trim().to_ascii_lowercase();
    let digits = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
    let count: f64 = text[..digits].parse().ok()?;
    Some(match text[digits..].trim() {
        "d" | "day" | "days" => count,
        "w" | "week" | "weeks" => count * 7.0,
        "y" | "yr" | "year" | "years" => count * 365.0,
        _ => return None,
    })
}

fn payload(file: &Visit<'_>, signing: &Signing<'_>, out: &mut Out<'_>) {
    let Some(payload) = signing.payload else { return };
    let resolved = payload.resolved();
    if let Some(exp) = resolved.property("exp").filter(|_| resolved.is(Kind::Object)) {
        return lifetime(file, signing.call, exp, out);
    }
    // A moment in the payload is what the application itself checks.
    if resolved.is(Kind::Object) && resolved.children().any(|child| is_moment(child.name())) {
        return;
    }
    let complete = resolved.is(Kind::Object) && !resolved.has_spread() && !is_added_to(payload);
    if complete {
        if is_sent_at_once(signing.call) {
            out.bad(file.place(signing.call), Message::new("outgoing")).severity = Some(Severity::Medium);
        } else {
            out.bad(file.place(signing.call), Message::new("missing"));
        }
        return;
    }
    // The payload is put together elsewhere: anything in this file that speaks of an expiry may be about it.
    if let Some(exp) = signing.call.tree().nodes().find(|node| names_expiry(*node)) {
        out.good(file.place(exp), Message::new("in-payload"));
    } else if is_parameter_or_copy(payload) {
        out.bad(file.place(signing.call), Message::new("missing")).confidence = Confidence::Likely;
    }
}

/// Whether the function makes the headers of a request with the token: it is shown to another service at once, and made
/// anew for the next request.
fn is_sent_at_once(call: NodeRef<'_>) -> bool {
    let Some(function) = call.enclosing_function() else { return false };
    let text = function.text();
    let answers = ["res.", "reply.", "response", "setHeader(", "cookie"].iter().any(|word| text.contains(word));
    !answers
        && function.descendants().take(400).any(|node| {
            node.is(Kind::String) && node.name() == "Authorization"
                || node.is(Kind::Property) && node.name() == "Authorization"
        })
}

fn is_moment(key: &str) -> bool {
    access::words(key).iter().any(|word| {
        matches!(word.as_str(), "expires" | "expiry" | "expiration" | "created" | "timestamp" | "issued" | "iat" | "ts")
    })
}

/// Whether something is written into the payload after it was made.
fn is_added_to(payload: NodeRef<'_>) -> bool {
    let Some(binding) = payload.binding_id() else { return false };
    payload.tree().references(binding).take(100).any(|reference| {
        reference.role() == Role::Object
            && reference.parent().is_some_and(|access| access.role() == Role::Target || access.role() == Role::Callee)
    })
}

fn names_expiry(node: NodeRef<'_>) -> bool {
    match node.kind() {
        Kind::Property | Kind::Member | Kind::String => {
            matches!(node.name(), "exp" | "expiresIn" | "expires_delta" | "expires_at" | "expires")
        }
        _ => false,
    }
}

/// A parameter, or an object spread from one: what the callers give is a set of claims.
fn is_parameter_or_copy(payload: NodeRef<'_>) -> bool {
    let resolved = payload.resolved();
    if !resolved.is(Kind::Object) {
        // The claims of another type are set elsewhere; a plain name is followed to its literal at most.
        return false;
    }
    resolved
        .children()
        .filter(|child| child.is(Kind::Spread))
        .all(|spread| spread.child(Role::Value).is_some_and(|value| value.is(Kind::Identifier)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_read_as_the_libraries_do() {
        let text = |text: &str| days(&Constant::String(text.to_owned()));
        assert_eq!(text("7d"), Some(7.0));
        assert_eq!(text("1 year"), Some(365.0));
        assert_eq!(text("15m"), None);
        assert_eq!(days(&Constant::Number(86_400.0)), Some(1.0));
    }
}
