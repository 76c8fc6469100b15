//! What the rules about attributes of session cookies share: whose cookie counts, and what its attribute says.

use crate::{
    code::{Constant, Kind, NodeRef, Role},
    facts::{
        Visit, Watch,
        cookies::{Attribute, Cookie, Value},
        switches::{self, Demand},
        tier::{self, Tier},
    },
    model::{Arg, Message, Observation, Tone, Verdict},
    rule::{Context, Out},
    rules::observed,
};

/// Files that can set a cookie or the settings of a framework's session.
pub(super) fn watch() -> Watch {
    Watch::nodes(&[Kind::Call, Kind::Assignment, Kind::String]).keywords(&[
        "ookie",
        "COOKIE",
        "SessionMiddleware",
        "express-session",
    ])
}

/// Notes what `node` says of `attribute`.
pub(super) fn observe(attribute: Attribute, setting: &str, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    if tier::of_path(&file.file.path) == Tier::Development {
        return;
    }
    match node.kind() {
        Kind::Call => cookie(attribute, file, node, out),
        Kind::Assignment => assigned(attribute, setting, file, node, out),
        _ if node.name() == "django.contrib.sessions.middleware.SessionMiddleware" => {
            out.note(file.place(node), Message::new("django").with("name", setting));
        }
        _ => {}
    }
}

fn cookie(attribute: Attribute, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    let Some(cookie) = Cookie::of(call).filter(Cookie::is_session) else { return };
    let title = cookie.title();
    let say = |key: &'static str| Message::new(key).with("name", title.as_str());
    let place = file.place(call);
    let bad = |out: &mut Out<'_>, message: Message| {
        out.bad(place.clone(), message).key.clone_from(&title);
    };
    match cookie.attribute(attribute) {
        Value::Missing if cookie.has_by_default(attribute) => {
            out.good(place.clone(), say("default"));
        }
        Value::Missing => bad(out, say("missing")),
        Value::Constant(node, value) => match verdict(attribute, &value, &cookie) {
            Some(true) => {
                out.good(file.place(node), say("on"));
            }
            Some(false) => bad(out, say("off")),
            None => {}
        },
        Value::Decided(node) => {
            let text = node.text();
            // What is decided at run time counts when the expression says that it is about the environment.
            let lower = text.to_ascii_lowercase();
            if ["prod", "env", "secure", "https", "ssl", "dev", "settings", "config"]
                .iter()
                .any(|sign| lower.contains(sign))
            {
                let switch = attribute == Attribute::Secure && note_switch(node, &title, file, out);
                if !switch {
                    out.good(file.place(node), say("decided").with("value", short(text)));
                }
            }
        }
        Value::Open => {}
    }
}

/// Whether a constant switches the attribute on; `None` when another rule has to say it.
fn verdict(attribute: Attribute, value: &Constant, cookie: &Cookie<'_>) -> Option<bool> {
    match attribute {
        Attribute::HttpOnly | Attribute::Secure => Some(value.is_truthy()),
        Attribute::SameSite => match value {
            Constant::String(mode) if mode.eq_ignore_ascii_case("none") => {
                // Browsers refuse it without `secure`; with it, the cross-site use is meant.
                match cookie.attribute(Attribute::Secure) {
                    Value::Missing => Some(false),
                    Value::Constant(_, secure) if !secure.is_truthy() => Some(false),
                    _ => None,
                }
            }
            value => Some(value.is_truthy()),
        },
    }
}

fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 60 { line } else { line.chars().take(59).chain(['…']).collect() }
}

/// `SESSION_COOKIE_SECURE = …` of Django and Flask, in a module, a class or `app.config[…]`.
fn assigned(attribute: Attribute, setting: &str, file: &Visit<'_>, assignment: NodeRef<'_>, out: &mut Out<'_>) {
    let (Some(target), Some(value)) = (assignment.child(Role::Target), assignment.child(Role::Value)) else { return };
    let named = match target.kind() {
        Kind::Identifier => target.name() == setting,
        Kind::Index => target.child(Role::Index).is_some_and(|key| key.is(Kind::String) && key.name() == setting),
        _ => false,
    };
    let for_development = assignment
        .enclosing_class()
        .is_some_and(|class| ["Dev", "Test", "Local"].iter().any(|word| class.name().contains(word)));
    if !named || for_development || is_in_condition(assignment) {
        return;
    }
    let say = |key: &'static str| Message::new(key).with("name", setting);
    let place = file.place(assignment);
    match value.constant() {
        Some(Constant::String(mode)) if attribute == Attribute::SameSite && mode.eq_ignore_ascii_case("none") => {}
        Some(constant) if constant.is_truthy() => {
            out.good(place, say("setting-on"));
        }
        Some(_) => out.bad(place, say("setting-off")).key.push_str(setting),
        None if attribute == Attribute::Secure && note_switch(value, setting, file, out) => {}
        None => {
            out.good(place, say("decided").with("value", short(value.text())));
        }
    }
}

/// Notes a value that a setting decides, which may be off by default.
fn note_switch(value: NodeRef<'_>, name: &str, file: &Visit<'_>, out: &mut Out<'_>) -> bool {
    let (setting, variables) = match switches::demand(value) {
        Some(Demand::Off(variables)) => (String::new(), variables),
        Some(Demand::Named(setting)) => (setting, Vec::new()),
        _ => return false,
    };
    let message = Message::new("decided").with("name", name).with("value", short(value.text()));
    let message = message.with("setting", setting).with("variables", variables.join(" "));
    SWITCH.clone_into(&mut out.good(file.place(value), message).key);
    true
}

/// The key of what a setting decides.
const SWITCH: &str = "switch";

/// What would switch an attribute on, when it is off by default.
fn off_by_default(cx: &Context<'_>, seen: &Observation) -> Option<String> {
    let text = |wanted: &str| {
        seen.message.args.iter().find_map(|(name, value)| match value {
            Arg::Text(text) if name == wanted && !text.is_empty() => Some(text.as_str()),
            _ => None,
        })
    };
    match text("setting") {
        Some(setting) => switches::off_by_default(cx.repo, cx.facts, setting),
        None => switches::not_given(cx.repo, &text("variables")?.split(' ').map(str::to_owned).collect::<Vec<_>>()),
    }
}

/// A setting under a condition is the value for some environment only; the others are seen elsewhere.
fn is_in_condition(node: NodeRef<'_>) -> bool {
    node.child(Role::Value).and_then(NodeRef::constant).is_some_and(|value| !value.is_truthy())
        && node.ancestors().any(|parent| parent.is(Kind::If))
}

/// The answer, and what Django's sessions are without the setting.
pub(super) fn conclude(attribute: Attribute, cx: &Context<'_>) -> Verdict {
    let seen = observed::on_server(cx);
    let (notes, mut judged): (Vec<&Observation>, Vec<&Observation>) =
        seen.into_iter().partition(|seen| seen.tone == Tone::Note);
    let off = judged.iter().filter(|seen| seen.key == SWITCH).find_map(|seen| off_by_default(cx, seen));
    if let Some(variable) = off.filter(|_| judged.iter().all(|seen| seen.tone != Tone::Bad)) {
        return Verdict::unknown(Message::new("optional").with("variable", variable));
    }
    let set = judged.iter().any(|seen| seen.message.key.starts_with("setting") || seen.message.key == "decided");
    let by_default: Vec<Observation> = notes
        .into_iter()
        .filter(|_| !set)
        .take(1)
        .map(|note| {
            let tone = if attribute == Attribute::Secure { Tone::Bad } else { Tone::Good };
            Observation { tone, ..note.clone() }
        })
        .collect();
    judged.extend(&by_default);
    observed::judged(&judged, || Verdict::not_applicable("no-cookies"))
}
