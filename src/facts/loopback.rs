//! Addresses that lead back to the machine that uses them, and what code does with such an address.

mod words;
use words::{ADDRESS, BESIDE, CLIENTS, LOOKING, MEANT, PLATFORM, READ_BY_PEOPLE, REQUESTERS};

use crate::{
    code::{Flags, Guard, Kind, NodeRef, Role},
    facts::access::words,
};

/// An address on this machine that code uses as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loopback {
    pub how: How,
    /// The variable, setting or name that it stands for; empty when it has none.
    pub name: String,
}

/// How an address comes to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// When the variable is not set.
    Fallback,
    /// When the setting of a schema or a settings class is not set.
    Setting,
    /// When something else has no value.
    Otherwise,
    /// When the request has no `Host` header.
    Header,
    /// Always.
    Fixed,
    /// As the value of a module's own setting, until something that loads the module writes it anew.
    Module,
    /// Always, in a description that somebody reads.
    Described,
    /// In production, one deployment of a hosting platform.
    Deployment,
}

/// Whether a text is an address on this machine that names a port, a path or a protocol that implies one.
pub fn is_loopback_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let known = !scheme.is_empty()
        && scheme.len() < 24
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-:.".contains(&byte));
    if !known || text.chars().any(|char| char.is_whitespace() || "<>$*".contains(char)) {
        return false;
    }
    let end = rest.find(['/', '?', '#', ',', ';']).unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next().unwrap_or_default();
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']').unwrap_or((v6, "")),
        None => authority.split_once(':').map_or((authority, ""), |(host, port)| (host, port)),
    };
    let port = port.trim_start_matches(':');
    let web = matches!(scheme, "http" | "https" | "ws" | "wss");
    // Without a port and a path it is the base that relative addresses are parsed with.
    let bare = web && port.is_empty() && rest[end..].trim_start_matches('/').is_empty();
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "host.docker.internal" | "0.0.0.0")
        && !bare
        && !BESIDE.contains(&port)
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && scheme != "file"
}

/// Whether the branch for production names an address that a hosting platform gave to one deployment.
fn is_deployment(node: NodeRef<'_>) -> bool {
    let Some(rest) = node.name().strip_prefix("https://") else { return false };
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    let platforms =
        [".vercel.app", ".netlify.app", ".onrender.com", ".up.railway.app", ".fly.dev", ".herokuapp.com", ".run.app"];
    platforms.iter().any(|platform| host.ends_with(platform))
        && !node.parent().is_some_and(|parent| parent.is(Kind::Array))
        && node.environment_guard() == Guard::ProductionOnly
}

fn is_loopback_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, ""));
    matches!(host, "localhost" | "127.0.0.1") && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the string `node` is as an address on this machine: `None` for any other string, and wherever it is only
/// looked at, shown, or used outside production.
pub fn loopback(node: NodeRef<'_>) -> Option<Loopback> {
    if !node.is(Kind::String) {
        return None;
    }
    if is_deployment(node) {
        return Some(Loopback { how: How::Deployment, name: String::new() });
    }
    let url = is_loopback_url(node.name());
    let host = is_loopback_host(node.name());
    let in_template = node.parent().filter(|parent| parent.is(Kind::Template));
    if let Some(template) = in_template {
        // `http://localhost:${port}` is the program itself.
        let first = template.children_in(Role::Item).next() == Some(node);
        let open =
            node.name().rsplit('/').next().is_some_and(|end| end.contains("localhost") || end.contains("127.0.0.1"));
        if !first || open || !url {
            return None;
        }
    } else if !url && !host {
        return None;
    }
    if node.environment_guard() == Guard::DevelopmentOnly || in_local_branch(node) {
        return None;
    }
    let mut used = use_of(in_template.unwrap_or(node))?;
    if matches!(used.how, How::Fixed | How::Module) {
        match choice(node) {
            Some(Choice::InsteadOf(other)) => used = other,
            Some(Choice::Unknown) => return None,
            // A default is used by something that has another value, too.
            None if says(&used.name, "default") || says(&used.name, "fallback") => used.how = How::Otherwise,
            None => {}
        }
    }
    if MEANT.iter().any(|word| says(&used.name, word)) || in_local_settings(node) {
        return None;
    }
    if url { Some(used) } else { used_host(used) }
}

/// A bare host counts only where it stands in for the host of a datastore or of a request.
fn used_host(used: Loopback) -> Option<Loopback> {
    const STORES: [&str; 18] = [
        "REDIS",
        "DB",
        "DATABASE",
        "POSTGRES",
        "PG",
        "MYSQL",
        "MARIADB",
        "MONGO",
        "MONGODB",
        "RABBITMQ",
        "AMQP",
        "KAFKA",
        "ELASTIC",
        "ELASTICSEARCH",
        "SMTP",
        "MQTT",
        "NATS",
        "CLICKHOUSE",
    ];
    let stands_in = match used.how {
        How::Header => true,
        How::Fallback => {
            let (mut words, last) = (used.name.split('_'), used.name.rsplit('_').next());
            words.any(|word| STORES.contains(&word))
                && matches!(last, Some("HOST" | "HOSTNAME" | "SERVER" | "HOSTS" | "BROKERS"))
        }
        _ => false,
    };
    stands_in.then_some(used)
}

/// Whether a name has a word, whichever way its words are joined.
fn says(name: &str, word: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let at_word = |at: usize| {
        let before = name[..at].chars().next_back();
        let first = name[at..].chars().next().unwrap_or_default();
        before.is_none_or(|char| {
            !char.is_ascii_alphanumeric() || (char.is_ascii_lowercase() && first.is_ascii_uppercase())
        })
    };
    lower.match_indices(word).any(|(at, _)| at_word(at))
}

/// Whether the object around an address is named as the settings of development or of tests: `developmentConfig`,
/// `{ test: { … } }`.
fn in_local_settings(node: NodeRef<'_>) -> bool {
    const LOCAL: [&str; 8] = ["dev", "develop", "development", "local", "test", "tests", "testing", "mock"];
    // `class Development(Config)`.
    if let Some(class) = node.enclosing_class()
        && words(class.name()).iter().any(|word| LOCAL.contains(&word.as_str()))
    {
        return true;
    }
    let objects = node.ancestors().take(12).filter(|above| above.is(Kind::Object)).filter_map(NodeRef::parent);
    objects
        .filter_map(|holder| match holder.kind() {
            Kind::Property => Some(holder.name()),
            Kind::Assignment => holder.child(Role::Target).map(NodeRef::name),
            _ => None,
        })
        .any(|name| words(name).iter().any(|word| LOCAL.contains(&word.as_str())))
}

/// Whether a condition that is not understood as one about the environment speaks of working locally.
fn in_local_branch(node: NodeRef<'_>) -> bool {
    let mut below = node;
    for above in node.ancestors().take(60) {
        let branch = matches!(above.kind(), Kind::If | Kind::Conditional) && below.role() != Role::Condition;
        if let Some(condition) = above.child(Role::Condition).filter(|_| branch)
            && condition.environment_condition() == Guard::None
        {
            let text = condition.text().to_ascii_lowercase();
            let local = [
                "local",
                "dev",
                "debug",
                "test",
                "mock",
                "storybook",
                "127.0.0.1",
                "emulator",
                "desktop",
                "electron",
                "tauri",
                "prod",
            ];
            if local.iter().any(|word| text.contains(word))
                || PLATFORM.iter().any(|word| condition.text().contains(word))
            {
                return true;
            }
        }
        below = above;
    }
    false
}

/// Follows the value outwards to where it is used.
fn use_of(node: NodeRef<'_>) -> Option<Loopback> {
    let mut stands_in: Option<Loopback> = None;
    let mut below = node;
    for above in node.ancestors().take(24) {
        match above.kind() {
            Kind::Logical if matches!(above.name(), "||" | "??") && below.role() == Role::Right => {
                let left = above.child(Role::Left)?;
                stands_in = stands_in.or_else(|| Some(instead_of(left)));
            }
            Kind::Conditional if below.role() == Role::Alternate => {
                stands_in = stands_in.or_else(|| Some(instead_of_condition(above)));
            }
            // What another condition chooses is not known to be used in production.
            Kind::Conditional if below.role() == Role::Consequent && stands_in.is_none() => return None,
            Kind::Binary if above.name() != "+" => return None,
            Kind::Throw
            | Kind::Decorator
            | Kind::Case
            | Kind::JsxElement
            | Kind::Index
            | Kind::If
            | Kind::Loop
            | Kind::Switch => {
                return None;
            }
            Kind::JsxAttribute => return stands_in.filter(|_| !READ_BY_PEOPLE.contains(&above.name())),
            Kind::Array if !is_only_local(above, below) => {
                return None;
            }
            Kind::Call => match through_call(above, below, stands_in.as_ref()) {
                Step::On(found) => stands_in = stands_in.or(found),
                Step::Stop(found) => return found,
            },
            Kind::Property => match through_property(above, below, stands_in.as_ref()) {
                Step::On(found) => stands_in = stands_in.or(found),
                Step::Stop(found) => return found,
            },
            Kind::Parameter => return None,
            Kind::Assignment => return assigned(above, below, stands_in),
            Kind::Return => return stands_in.or_else(|| returned(above)),
            Kind::Function if above.has(Flags::ARROW) => return stands_in,
            Kind::Function | Kind::Class | Kind::Module | Kind::Block => return stands_in,
            _ => {}
        }
        below = above;
    }
    stands_in
}

enum Choice {
    InsteadOf(Loopback),
    Unknown,
}

/// What a condition around the use of the address makes of it: what it stands in for, or nothing at all.
fn choice(node: NodeRef<'_>) -> Option<Choice> {
    let mut below = node;
    for above in node.ancestors().take(24) {
        match (above.kind(), below.role()) {
            (Kind::Function, _) => return None,
            (Kind::Conditional, Role::Alternate) => return Some(Choice::InsteadOf(instead_of_condition(above))),
            (Kind::Conditional, Role::Consequent) => return Some(Choice::Unknown),
            (Kind::Logical, Role::Right) if matches!(above.name(), "||" | "??") => {
                return Some(
                    above.child(Role::Left).map_or(Choice::Unknown, |left| Choice::InsteadOf(instead_of(left))),
                );
            }
            _ => {}
        }
        below = above;
    }
    None
}

enum Step {
    On(Option<Loopback>),
    Stop(Option<Loopback>),
}

fn used(how: How, name: impl Into<String>) -> Loopback {
    Loopback { how, name: name.into() }
}

fn instead_of(left: NodeRef<'_>) -> Loopback {
    if let Some(read) = left.env_read() {
        return used(How::Fallback, read.name);
    }
    if is_host_header(left) {
        return used(How::Header, "");
    }
    let inner = left.descendants().take(60).find_map(NodeRef::env_read);
    match inner {
        Some(read) => used(How::Fallback, read.name),
        None => used(How::Otherwise, left.name()),
    }
}

fn is_host_header(node: NodeRef<'_>) -> bool {
    let asked = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "host" | "x-forwarded-host");
    match node.kind() {
        Kind::Call => {
            matches!(node.callee_name(), Some("get" | "header"))
                && node.receiver().is_some_and(holds_headers)
                && node.argument(0).and_then(NodeRef::constant_str).is_some_and(|text| asked(&text))
        }
        Kind::Member => {
            node.name() == "host" && node.child(Role::Object).is_some_and(|object| object.name() == "headers")
        }
        Kind::Index => node.child(Role::Index).and_then(NodeRef::constant_str).is_some_and(|text| asked(&text)),
        _ => false,
    }
}

/// The headers of a request, or the request itself.
fn holds_headers(receiver: NodeRef<'_>) -> bool {
    let receiver = if receiver.is(Kind::Call) { receiver.child(Role::Callee).unwrap_or(receiver) } else { receiver };
    let name = receiver.name().to_ascii_lowercase();
    name.ends_with("headers") || matches!(name.as_str(), "req" | "request" | "c" | "ctx" | "header")
}

fn instead_of_condition(conditional: NodeRef<'_>) -> Loopback {
    let Some(condition) = conditional.child(Role::Condition) else { return used(How::Otherwise, "") };
    match std::iter::once(condition).chain(condition.descendants().take(60)).find_map(NodeRef::env_read) {
        Some(read) if condition.environment_condition() == Guard::None => used(How::Fallback, read.name),
        _ => used(How::Otherwise, ""),
    }
}

/// Whether every member of a list is an address on this machine, and `item` is the first of them: a list with other
/// addresses serves production with those.
fn is_only_local(array: NodeRef<'_>, item: NodeRef<'_>) -> bool {
    let mut items = array.children_in(Role::Item);
    items.next() == Some(item)
        && array.children_in(Role::Item).all(|other| {
            let text = other.constant_str().unwrap_or_default();
            other == item
                || is_loopback_url(&text)
                || text.starts_with("http://localhost")
                || text.starts_with("http://127.0.0.1")
        })
        && !is_extended(array)
}

/// Whether something is added to the list that a name stands for.
fn is_extended(array: NodeRef<'_>) -> bool {
    let target =
        array.parent().filter(|parent| parent.is(Kind::Assignment)).and_then(|parent| parent.child(Role::Target));
    let Some(binding) = target.and_then(NodeRef::binding_id) else { return false };
    array.tree().references(binding).take(60).any(|reference| {
        reference.parent().is_some_and(|parent| match parent.kind() {
            Kind::Member => matches!(
                parent.name(),
                "push" | "append" | "extend" | "concat" | "add" | "includes" | "some" | "unshift"
            ),
            Kind::Spread | Kind::Binary | Kind::Logical => true,
            Kind::Assignment => parent.name() == "+=",
            _ => false,
        })
    })
}

fn through_call(call: NodeRef<'_>, below: NodeRef<'_>, stands_in: Option<&Loopback>) -> Step {
    let name = call.callee_name().unwrap_or_default();
    if below.role() == Role::Callee {
        // `'http://localhost'.concat(path)`, or the receiver of `(url || d).replace(…)`.
        return if stands_in.is_some() { Step::On(None) } else { Step::Stop(None) };
    }
    if stands_in.is_none()
        && let Some(read) = call.env_read()
        && read.default == Some(below)
    {
        return Step::On(Some(used(How::Fallback, read.name)));
    }
    let looked_at = LOOKING.contains(&name) || name.ends_with("Error") || name.ends_with("Exception");
    if looked_at || (name == "URL" && call.argument(0) != Some(below)) {
        return Step::Stop(None);
    }
    if name == "default" && stands_in.is_none() {
        return Step::On(setting_around(call));
    }
    let service = call.receiver().is_some_and(|receiver| {
        let last = receiver.name().to_ascii_lowercase();
        last.contains("config") || last == "env"
    });
    // A mapping of Python: what somebody entered for one thing of many, and no variable.
    if service && is_entered(call) {
        return Step::Stop(None);
    }
    if stands_in.is_none()
        && (service && matches!(name, "get" | "str" | "url") || matches!(name, "env" | "config" | "getEnv" | "get_env"))
        && call.argument(0) != Some(below)
        && let Some(variable) = call.argument(0).and_then(NodeRef::constant_str)
    {
        return Step::On(Some(used(How::Fallback, variable)));
    }
    if stands_in.is_some() {
        return Step::On(None);
    }
    if matches!(name, "URL" | "String" | "str" | "Field") {
        return Step::On(None);
    }
    let method = matches!(name, "get" | "post" | "put" | "patch" | "delete" | "request" | "head")
        && call.receiver().is_some_and(|receiver| REQUESTERS.contains(&receiver.name().to_ascii_lowercase().as_str()));
    if call.argument(0) == Some(below) && (CLIENTS.contains(&name) || method) {
        return Step::Stop(Some(used(How::Fixed, name)));
    }
    Step::Stop(None)
}

/// `self.configuration.get("url", …)`.
fn is_entered(call: NodeRef<'_>) -> bool {
    let own = call
        .receiver()
        .and_then(|receiver| receiver.child(Role::Object))
        .is_some_and(|object| object.is(Kind::Identifier) && object.name() == "self");
    let key = call.argument(0).and_then(NodeRef::constant_str).unwrap_or_default();
    own && call.callee_name() == Some("get") && !key.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'.')
}

/// The setting whose schema ends in `.default('http://localhost:3000')`.
fn setting_around(call: NodeRef<'_>) -> Option<Loopback> {
    let property = call.ancestors().take(12).find(|above| above.is(Kind::Property))?;
    Some(used(How::Setting, property.name()))
}

fn through_property(property: NodeRef<'_>, below: NodeRef<'_>, stands_in: Option<&Loopback>) -> Step {
    let name = property.name();
    if below.role() == Role::Default {
        let from_environment = property.parent().and_then(NodeRef::parent).is_some_and(|above| {
            above.child(Role::Value).and_then(NodeRef::path).is_some_and(|path| path.rsplit('.').next() == Some("env"))
        });
        return if from_environment { Step::Stop(Some(used(How::Fallback, name))) } else { Step::Stop(None) };
    }
    if below.role() != Role::Value || READ_BY_PEOPLE.contains(&name) {
        return Step::Stop(None);
    }
    // `Field(default="…")`, `{ env: 'X', default: '…' }`, `env('X', default='…')`.
    if matches!(name, "default" | "devDefault") {
        let call = property.parent().filter(|parent| parent.is(Kind::Call));
        if let Some(variable) = call.and_then(|call| call.argument(0)).and_then(NodeRef::constant_str)
            && !variable.contains("://")
        {
            return Step::On(Some(used(How::Fallback, variable)));
        }
        let is_field = call.is_some_and(|call| call.callee_name() == Some("Field"));
        return if is_field || stands_in.is_some() { Step::On(None) } else { Step::Stop(None) };
    }
    if stands_in.is_some() {
        return Step::On(None);
    }
    let described = property
        .parent()
        .filter(|parent| parent.is(Kind::Object))
        .is_some_and(|object| ["placeholder", "label", "type"].iter().any(|key| object.property(key).is_some()));
    if described {
        return Step::Stop(None);
    }
    let has_text = property
        .parent()
        .filter(|parent| parent.is(Kind::Object))
        .is_some_and(|object| ["description", "summary"].iter().any(|key| object.property(key).is_some()));
    let in_servers = property.ancestors().take(12).any(|above| {
        above.is(Kind::Property)
            && matches!(above.name(), "servers" | "openapi" | "swagger" | "swaggerDefinition" | "examples" | "example")
    });
    if in_servers || !ADDRESS.iter().any(|word| says(name, word)) {
        return Step::Stop(None);
    }
    Step::Stop(Some(used(if has_text { How::Described } else { How::Fixed }, name)))
}

/// The value of a variable, a constant or a field.
fn assigned(assignment: NodeRef<'_>, below: NodeRef<'_>, stands_in: Option<Loopback>) -> Option<Loopback> {
    if below.role() != Role::Value {
        return None;
    }
    let target = assignment.child(Role::Target);
    let name = target.map(NodeRef::name).unwrap_or_default();
    if stands_in.is_some() {
        return stands_in.map(|found| if found.name.is_empty() { used(found.how, name) } else { found });
    }
    if assignment.has(Flags::FIELD) {
        let class = assignment.ancestors().take(4).find(|above| above.is(Kind::Class));
        let bases: Vec<String> = class
            .into_iter()
            .flat_map(|class| class.children_in(Role::Base).collect::<Vec<_>>())
            .filter_map(NodeRef::path)
            .collect();
        if bases.iter().any(|base| base.ends_with("Settings")) {
            return Some(used(How::Setting, name));
        }
        let is_script = assignment.parent().is_some_and(|parent| !parent.is(Kind::Block)) && bases.is_empty();
        let plain = is_script && below.parent() == Some(assignment) && is_address(name) && !below.is(Kind::Call);
        return plain.then(|| used(How::Fixed, name));
    }
    if !is_address(name) {
        return None;
    }
    let again = target.filter(|target| target.is(Kind::Identifier)).is_some_and(|target| {
        target.binding_id().is_some_and(|binding| {
            target.tree().references(binding).take(80).filter(|one| one.role() == Role::Target).count() > 1
        })
    });
    // `base_url = "http://localhost:9200"` of a module of Python; constants are written in capitals.
    let of_module = target.and_then(NodeRef::binding).is_some_and(|binding| binding.top_level)
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    // A value that is written again is a default.
    Some(match (again, of_module) {
        (true, _) => used(How::Otherwise, name),
        (false, true) => used(How::Module, name),
        (false, false) => used(How::Fixed, name),
    })
}

fn is_address(name: &str) -> bool {
    ADDRESS.iter().any(|word| says(name, word) || says(name, &format!("{word}s")))
}

/// What a function named like an address gives back.
fn returned(statement: NodeRef<'_>) -> Option<Loopback> {
    let function = statement.enclosing_function()?;
    let name = function.function_name()?;
    if !["url", "origin", "endpoint"].iter().any(|word| says(name, word)) {
        return None;
    }
    if PLATFORM.iter().any(|word| function.text().contains(word)) || function.text().contains("NODE_ENV") {
        return None;
    }
    Some(used(How::Otherwise, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_this_machine() {
        for (text, expected) in [
            ("http://localhost:3000", true),
            ("http://127.0.0.1:8000/api", true),
            ("redis://localhost", true),
            ("postgres://kim:pw@localhost:5432/shop", true),
            ("http://host.docker.internal:9000", true),
            ("http://localhost", false),
            ("https://localhost/", false),
            ("http://localhost:11434", false),
            ("http://localhost.example:80", false),
            ("https://shop.example:3000", false),
            ("listening on http://localhost:3000", false),
            ("localhost:3000", false),
        ] {
            assert_eq!(is_loopback_url(text), expected, "{text}");
        }
    }

    #[test]
    fn names_say_words() {
        assert!(says("DEV_URL", "dev"));
        assert!(says("apiUrl", "url"));

        assert!(!says("curl", "url"));
    }
}
