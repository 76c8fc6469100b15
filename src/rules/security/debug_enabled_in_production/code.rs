//! What switches a mode for development on in code.

use crate::{
    code::{Constant, Flags, Kind, Language, NodeRef, Role},
    facts::tier::{self, Tier},
    model::{Confidence, Message, Severity},
    rule::{Out, Visit},
};

/// Texts that a settings module reads as "yes".
const YES: [&str; 5] = ["true", "1", "yes", "on", "y"];

pub(super) fn observe(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    if tier::of_path(&file.file.path) == Tier::Development || node.is_dev_only() {
        return;
    }
    if file.file.language.is_some_and(Language::is_script) {
        in_script(file, node, out);
    } else {
        in_python(file, node, out);
    }
}

fn in_script(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    match node.kind() {
        // The package says of itself that it is for development only.
        Kind::Call if node.callee_api().as_deref() == Some("errorhandler") => {
            out.bad(file.place(node), Message::new("code").with("setting", "errorhandler()"));
        }
        Kind::Property if node.name() == "debug" && is_true(node) && is_of_next_auth(node) => {
            out.bad(file.place(node), Message::new("code").with("setting", "debug: true"));
        }
        Kind::Property if node.name() == "productionBrowserSourceMaps" && is_true(node) => {
            // Maps for an error tracker are taken away again after the upload.
            let text = file.text.to_ascii_lowercase();
            if !["sentry", "datadog", "bugsnag"].iter().any(|tracker| text.contains(tracker)) {
                out.bad(file.place(node), "maps").severity = Some(Severity::Low);
            }
        }
        _ => {}
    }
}

fn is_true(property: NodeRef<'_>) -> bool {
    property.child(Role::Value).is_some_and(|value| value.is(Kind::Boolean) && value.name() == "true")
}

fn is_of_next_auth(property: NodeRef<'_>) -> bool {
    let Some(object) = property.parent() else { return false };
    let Some(above) = object.parent() else { return false };
    match above.kind() {
        Kind::Call => above.callee_api().is_some_and(|api| api == "next-auth" || api.starts_with("next-auth.")),
        Kind::Assignment => {
            let named = above.child(Role::Annotation).is_some_and(|kind| {
                let text = kind.text();
                text.contains("AuthOptions") || text.contains("NextAuthConfig")
            });
            named || above.child(Role::Target).is_some_and(|target| target.name() == "authOptions")
        }
        _ => false,
    }
}

fn in_python(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    match node.kind() {
        Kind::Call => in_call(file, node, out),
        Kind::Assignment => in_assignment(file, node, out),
        _ => {}
    }
}

fn in_call(file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
    let on = |name: &str| call.keyword(name).is_some_and(|value| value.is(Kind::Boolean) && value.name() == "true");
    let Some(api) = call.callee_api() else { return };
    let setting = |text: &'static str| Message::new("code").with("setting", text);
    match api.as_str() {
        "fastapi.FastAPI" if on("debug") => {
            out.bad(file.place(call), setting("FastAPI(debug=True)"));
        }
        "starlette.applications.Starlette" if on("debug") => {
            out.bad(file.place(call), setting("Starlette(debug=True)"));
        }
        "sqlalchemy.create_engine" | "sqlalchemy.ext.asyncio.create_async_engine" if on("echo") => {
            out.bad(file.place(call), "echo").severity = Some(Severity::Low);
        }
        _ if api.ends_with(".run") && on("debug") && is_flask(file, call) => {
            out.note(file.place(call), "started");
        }
        _ => {}
    }
}

fn is_flask(file: &Visit<'_>, call: NodeRef<'_>) -> bool {
    let Some(app) = call.receiver() else { return false };
    let made = app.resolved();
    if made.is(Kind::Call) {
        return made.callee_api().is_some_and(|api| api == "flask.Flask" || api.ends_with("create_app"));
    }
    matches!(app.name(), "app" | "application") && file.text.contains("lask")
}

fn in_assignment(file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
    let (Some(target), Some(value)) = (node.child(Role::Target), node.child(Role::Value)) else { return };
    let literal = value.constant();
    let on = literal == Some(Constant::Boolean(true));
    if target.is(Kind::Identifier) && target.name() == "DEBUG" {
        if !is_settings(file) || node.enclosing_class().is_some() || node.enclosing_function().is_some() {
            return;
        }
        match literal {
            // Inside a condition somebody decides.
            Some(Constant::Boolean(true)) if node.enclosing_in_function(Kind::If).is_none() => {
                out.bad(file.place(node), "settings");
            }
            Some(Constant::Boolean(false)) => {
                out.note(file.place(node), "off");
            }
            Some(_) => {}
            None => by_default(file, node, value, out),
        }
    } else if on && target.is(Kind::Member) && target.name() == "debug" && made_by_flask(target) {
        out.bad(file.place(node), Message::new("code").with("setting", "app.debug = True"));
    } else if on && is_flask_config(target) {
        out.bad(file.place(node), Message::new("code").with("setting", "app.config[\"DEBUG\"] = True"));
    }
}

fn made_by_flask(member: NodeRef<'_>) -> bool {
    let made = member.child(Role::Object).map(NodeRef::resolved);
    made.filter(|made| made.is(Kind::Call)).and_then(NodeRef::callee_api).is_some_and(|api| api == "flask.Flask")
}

fn is_flask_config(target: NodeRef<'_>) -> bool {
    let key = target.child(Role::Index).filter(|key| target.is(Kind::Index) && key.is(Kind::String));
    let config = target.child(Role::Object).filter(|config| config.is(Kind::Member) && config.name() == "config");
    key.is_some_and(|key| key.name() == "DEBUG") && config.is_some_and(made_by_flask)
}

/// A module of Django's settings.
fn is_settings(file: &Visit<'_>) -> bool {
    ["INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF"].iter().any(|word| file.text.contains(word))
        || file.file.path.as_str().contains("settings") && file.text.contains("import *")
}

/// A setting that is on unless a variable says otherwise.
fn by_default(file: &Visit<'_>, node: NodeRef<'_>, value: NodeRef<'_>, out: &mut Out<'_>) {
    let calls = std::iter::once(value).chain(value.descendants().take(40)).filter(|inner| inner.is(Kind::Call));
    for call in calls {
        let Some(name) = call.argument(0).filter(|name| name.is(Kind::String)).map(NodeRef::name) else { continue };
        if !name.to_ascii_uppercase().contains("DEBUG") || name.contains(' ') {
            continue;
        }
        let default = call.keyword("default").or_else(|| call.argument(1));
        if default.and_then(NodeRef::constant).is_some_and(|default| is_yes(&default)) && !is_turned(value) {
            let found = out.bad(file.place(node), Message::new("default").with("name", name));
            name.clone_into(&mut found.key);
            found.confidence = Confidence::Likely;
        }
        return;
    }
}

fn is_yes(default: &Constant) -> bool {
    match default {
        Constant::Boolean(value) => *value,
        Constant::Number(value) => (*value - 1.0).abs() < f64::EPSILON,
        Constant::String(text) => YES.contains(&text.to_ascii_lowercase().as_str()),
        Constant::Null => false,
    }
}

/// `not …`, `… == "False"`: what is read says the opposite, or something of its own.
fn is_turned(value: NodeRef<'_>) -> bool {
    std::iter::once(value).chain(value.descendants().take(40)).any(|node| match node.kind() {
        Kind::Unary => node.name() == "!",
        Kind::Binary => {
            let right = node.child(Role::Right).and_then(NodeRef::constant);
            let yes = right.as_ref().is_none_or(is_yes);
            (node.name() == "==") != yes && !node.has(Flags::PATTERN)
        }
        _ => false,
    })
}
