//! What names say: the stage of a deployment, the variable behind a value, a default of `*`.

use super::{
    condition::Test,
    reader::{Reader, constant, setting, text_of},
};
use crate::code::{Kind, NodeRef, Role};

/// A name that says the stage, such as `isProduction` or `settings.DEBUG`.
pub(super) fn stage_flag(name: &str) -> Option<Test> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "isprod" | "isproduction" | "prod" | "production" | "isprodenv" | "inproduction" | "isproductionenv" => {
            Some(Test::Production)
        }
        "isdev" | "isdevelopment" | "dev" | "development" | "isdevenv" | "indevelopment" | "devmode" | "debug"
        | "isdebug" | "islocal" | "istest" | "testing" | "islocalhost" | "isdevelopmentenv" => Some(Test::Development),
        _ => None,
    }
}

/// `NODE_ENV === 'production'` and its kin.
pub(super) fn stage_named(reader: &Reader<'_>, value: NodeRef<'_>, text: &str, depth: u8) -> Option<Test> {
    if reader.is_origin(value, depth) {
        return None;
    }
    let name = constant(value);
    let source = format!("{} {}", value.text(), name.text()).to_ascii_lowercase();
    let stage = ["env", "stage", "mode", "profile", "settings_module"].iter().any(|word| source.contains(word));
    if !stage {
        return None;
    }
    match text.to_ascii_lowercase().as_str() {
        "production" | "prod" | "live" => Some(Test::Production),
        "development" | "dev" | "local" | "test" | "testing" => Some(Test::Development),
        _ => None,
    }
}

/// The name of the setting or variable that `node` is made of.
pub(super) fn name_of(node: NodeRef<'_>) -> Option<String> {
    let value = constant(node);
    if let Some(name) = environment_name(value, 0) {
        return Some(name);
    }
    match setting(value) {
        Some((setting, _)) => Some(setting.name),
        None if node.is(Kind::Identifier) => Some(node.name().to_owned()),
        None => None,
    }
}

/// The environment variable from which a value is built, through a few constants.
fn environment_name(value: NodeRef<'_>, depth: u8) -> Option<String> {
    std::iter::once(value).chain(value.descendants().take(40)).find_map(|inner| {
        if let Some((setting, _)) = setting(inner).filter(|(setting, _)| setting.environment) {
            return Some(setting.name);
        }
        let known = if inner.is(Kind::Identifier) && depth < 2 { constant(inner) } else { inner };
        if known == inner { None } else { environment_name(known, depth + 1) }
    })
}

/// Whether the expression that reads a setting falls back to `*`.
pub(super) fn is_star_by_default(value: NodeRef<'_>, depth: u8) -> bool {
    let value = constant(value);
    if depth > 8 {
        return false;
    }
    let is_star = |node: NodeRef<'_>| {
        let node = constant(node);
        text_of(node) == Some("*") || (node.is(Kind::Array) && node.children().any(|item| text_of(item) == Some("*")))
    };
    match value.kind() {
        Kind::Logical => {
            value.child(Role::Right).is_some_and(|right| is_star(right) || is_star_by_default(right, depth + 1))
        }
        Kind::Call => match setting(value) {
            Some((_, default)) => default.is_some_and(is_star),
            None => value
                .child(Role::Callee)
                .and_then(|callee| callee.child(Role::Object))
                .is_some_and(|object| is_star_by_default(object, depth + 1)),
        },
        _ => false,
    }
}
