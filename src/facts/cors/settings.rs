//! Where settings that name origins are filled: schemas that validate the environment, configuration objects,
//! constants. And where the program refuses to start without them.

use super::{
    condition::{Atom, Atoms, Test},
    grant::{Audience, Grant, Setting, When},
    library::Library,
    naming::name_of,
    origin::grants,
    path::path_to,
    reader::{Reader, bare, constant, text_of},
};
use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    model::Span,
};

/// Whether a validation refuses `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    Never,
    /// Where the stage is production.
    InProduction,
    Always,
}

/// A setting that names origins, where it gets its value.
#[derive(Debug, Clone, PartialEq)]
pub struct OriginSetting {
    /// As written: `CORS_ORIGIN`, `corsOrigin`, `cors.origin`.
    pub name: String,
    pub span: Span,
    /// Whether the program stops without it, where the declaration says so.
    pub required: Option<bool>,
    pub refuses_star: Refusal,
    pub grants: Vec<Grant>,
}

/// A place that stops the program when a variable is unset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    pub name: String,
    pub span: Span,
}

/// The name without its writing: `CORS_ORIGIN`, `corsOrigin` and `cors.origin` are one.
pub(super) fn normalised(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

fn names_origins(name: &str) -> bool {
    let name = normalised(name).replace("original", "").replace("originat", "");
    name.contains("cors") || name.contains("origin")
}

/// Variables that name the address of a frontend, which often feeds CORS too.
fn names_site(name: &str) -> bool {
    if name.contains(|char: char| char.is_ascii_lowercase()) {
        return false;
    }
    let name = normalised(name);
    ["frontend", "client", "web", "app", "site", "public", "base", "auth"].iter().any(|part| name.contains(part))
        && ["url", "host", "domain"].iter().any(|part| name.ends_with(part) || name.ends_with(&format!("{part}s")))
}

/// A property of a schema or of a configuration object.
pub(super) fn of_property(reader: &Reader<'_>, property: NodeRef<'_>) -> Option<OriginSetting> {
    let object = property.parent().filter(|parent| parent.is(Kind::Object) && !parent.has(Flags::PATTERN))?;
    let name = property.name();
    let value = property.child(Role::Value)?;
    if name.is_empty() || name.contains('-') || property.has(Flags::KEYWORD) {
        return None;
    }
    // Variables are written in capitals; a schema of a request has properties of the same kind.
    let variable = !name.contains(|char: char| char.is_ascii_lowercase());
    if variable && (names_origins(name) || names_site(name)) {
        if let Some(chain) = Chain::of(value) {
            return Some(declared(reader, name, property, &chain));
        }
        if let Some(setting) = described(name, property, value) {
            return Some(setting);
        }
    }
    let name = if matches!(name, "origin" | "origins" | "allowed" | "list") {
        format!("{}.{name}", holder(object)?)
    } else {
        name.to_owned()
    };
    let value = bare(value);
    let plain = name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.'));
    if !plain || !names_origins(&name) || is_no_origin(value) {
        return None;
    }
    filled(reader, name, property, value)
}

fn is_no_origin(value: NodeRef<'_>) -> bool {
    matches!(value.kind(), Kind::Function | Kind::Object | Kind::Number | Kind::Boolean)
}

/// The name that holds an object: of the property or the constant around it.
fn holder(object: NodeRef<'_>) -> Option<&str> {
    let parent = object.parent()?;
    match parent.kind() {
        Kind::Property => Some(parent.name()).filter(|name| !name.is_empty()),
        Kind::Assignment => Some(parent.child(Role::Target)?.name()).filter(|name| !name.is_empty()),
        _ => None,
    }
}

/// `CORS_ORIGIN: { required: true, default: '*' }` of a home-made schema.
fn described(name: &str, property: NodeRef<'_>, value: NodeRef<'_>) -> Option<OriginSetting> {
    let object = Some(value).filter(|value| value.is(Kind::Object))?;
    let required = object.property("required").filter(|it| it.is(Kind::Boolean))?.name() == "true";
    Some(OriginSetting {
        name: name.to_owned(),
        span: property.span(),
        required: Some(required),
        refuses_star: Refusal::Never,
        grants: vec![from_environment(name, property.span())],
    })
}

fn from_environment(name: &str, span: Span) -> Grant {
    let setting = Setting { name: name.to_owned(), environment: true, required: false, listed: false, span };
    Grant::new(span, Audience::Setting(setting), When::default())
}

/// A chain of calls that validates a variable: `z.string().default('*').refine(…)`.
struct Chain<'t> {
    calls: Vec<(&'t str, NodeRef<'t>)>,
    /// A variable is required unless the chain says otherwise; Joi has it the other way round.
    required: bool,
}

impl<'t> Chain<'t> {
    fn of(value: NodeRef<'t>) -> Option<Self> {
        let mut calls = Vec::new();
        let mut node = bare(value);
        while node.is(Kind::Call) && calls.len() < 24 {
            calls.push((node.callee_name()?, node));
            let callee = node.child(Role::Callee)?;
            match callee.kind() {
                Kind::Member => {
                    let mut object = callee.child(Role::Object)?;
                    // `z.coerce.string()`
                    while object.is(Kind::Member) {
                        object = object.child(Role::Object)?;
                    }
                    node = object;
                }
                _ => node = callee,
            }
        }
        let module = match node.binding().map(|binding| &binding.kind) {
            Some(BindingKind::Import { module, .. }) => module.as_str(),
            _ => node.name(),
        };
        let validator =
            ["zod", "joi", "yup", "valibot", "envalid", "@t3-oss", "superstruct", "@sinclair/typebox", "arktype"]
                .iter()
                .any(|name| module.to_ascii_lowercase().contains(name));
        let known = validator || matches!(node.name(), "z" | "Joi" | "joi" | "yup");
        let optional_by_default = module.to_ascii_lowercase().contains("joi") || module.contains("yup");
        (known && !calls.is_empty()).then_some(Self { calls, required: !optional_by_default })
    }
}

fn declared(reader: &Reader<'_>, name: &str, property: NodeRef<'_>, chain: &Chain<'_>) -> OriginSetting {
    let unset = unset(name);
    let mut required = chain.required;
    let mut refuses_star = Refusal::Never;
    let mut found = vec![from_environment(name, property.span())];
    for (method, call) in &chain.calls {
        let mut default = None;
        match *method {
            "default" | "catch" | "prefault" => default = call.argument(0),
            "optional" | "nullish" | "nullable" | "allow" => required = false,
            "required" => required = true,
            "refine" | "superRefine" | "check" | "custom" | "transform" => {
                refuses_star = refuses_star.max(refusal(*call));
            }
            // Envalid: `str({ default: '*' })`.
            _ => default = call.argument(0).filter(|it| it.is(Kind::Object)).and_then(|it| it.property("default")),
        }
        if let Some(default) = default {
            required = false;
            let default = constant(default);
            let value = if default.is(Kind::Function) { default.child(Role::Body).unwrap_or(default) } else { default };
            found.extend(grants(reader, value, Library::Header, &unset));
        }
    }
    OriginSetting {
        name: name.to_owned(),
        span: property.span(),
        required: Some(required),
        refuses_star,
        grants: found,
    }
}

fn unset(name: &str) -> Vec<Atoms> {
    vec![vec![Atom::new(Test::Filled(Some(name.to_owned())), false)]]
}

/// Whether a validating function speaks of `*`, and whether of production.
fn refusal(call: NodeRef<'_>) -> Refusal {
    let stars = call.descendants().take(400).any(|node| node.is(Kind::String) && node.name() == "*");
    match (stars, call.text().contains("prod")) {
        (false, _) => Refusal::Never,
        (true, true) => Refusal::InProduction,
        (true, false) => Refusal::Always,
    }
}

/// A constant, or a field of a settings class.
pub(super) fn of_assignment(reader: &Reader<'_>, assignment: NodeRef<'_>) -> Option<OriginSetting> {
    let target = assignment.child(Role::Target).filter(|target| target.is(Kind::Identifier))?;
    let name = target.name();
    if assignment.enclosing_function().is_some() {
        return None;
    }
    let class = assignment.ancestors().take(3).find(|outer| outer.is(Kind::Class));
    if let Some(class) = class {
        let environment = class.children_in(Role::Base).any(|base| base.text().contains("Settings"));
        let settings = environment || ["Config", "Settings"].iter().any(|word| class.name().contains(word));
        if !settings || !(names_origins(name) || names_site(name)) {
            return None;
        }
        return field(reader, name, assignment, environment);
    }
    let value = bare(assignment.child(Role::Value)?);
    if !names_origins(name) || is_no_origin(value) {
        return None;
    }
    filled(reader, name.to_owned(), assignment, value)
}

/// A setting that the program itself fills with `value`.
fn filled(reader: &Reader<'_>, name: String, node: NodeRef<'_>, value: NodeRef<'_>) -> Option<OriginSetting> {
    let grants = grants(reader, value, Library::Header, &[Vec::new()]);
    let told = grants.iter().any(|grant| grant.audience != Audience::Unclear);
    told.then(|| OriginSetting { name, span: node.span(), required: None, refuses_star: Refusal::Never, grants })
}

/// `export const { CORS_ORIGIN } = process.env`.
pub(super) fn destructured(assignment: NodeRef<'_>) -> Vec<OriginSetting> {
    let environment = assignment.child(Role::Value).is_some_and(|value| matches!(value.name(), "env" | "environ"));
    let pattern = assignment.child(Role::Target).filter(|target| target.is(Kind::Object) && environment);
    let Some(pattern) = pattern else { return Vec::new() };
    let names = pattern.children().filter(|child| child.is(Kind::Property));
    names
        .filter(|property| names_origins(property.name()) || names_site(property.name()))
        .map(|property| OriginSetting {
            name: property.name().to_owned(),
            span: property.span(),
            required: None,
            refuses_star: Refusal::Never,
            grants: vec![from_environment(property.name(), property.span())],
        })
        .collect()
}

/// A field of a settings class: its default, and for pydantic the variable of its name.
fn field(reader: &Reader<'_>, name: &str, assignment: NodeRef<'_>, environment: bool) -> Option<OriginSetting> {
    let value = assignment.child(Role::Value).map(bare);
    let default = value.and_then(|value| match value.callee_name() {
        Some("Field" | "field") => {
            value.keyword("default").or_else(|| value.keyword("default_factory")).or_else(|| value.argument(0))
        }
        _ => Some(value),
    });
    let default = default.filter(|default| default.text() != "...").map(|default| {
        let lambda = default.is(Kind::Function);
        if lambda { default.child(Role::Body).unwrap_or(default) } else { default }
    });
    if !environment {
        return filled(reader, name.to_owned(), assignment, default?);
    }
    let mut found = vec![from_environment(name, assignment.span())];
    if let Some(default) = default {
        found.extend(grants(reader, default, Library::Header, &unset(name)));
    }
    Some(OriginSetting {
        name: name.to_owned(),
        span: assignment.span(),
        required: Some(default.is_none()),
        refuses_star: Refusal::Never,
        grants: found,
    })
}

/// Marks the settings that a `throw` behind a comparison with `*` protects. Settings stand before their validators.
pub(super) fn refuse(reader: &Reader<'_>, throw: NodeRef<'_>, settings: &mut [OriginSetting]) {
    let Some(function) = throw.enclosing_function() else { return };
    let compares = throw
        .ancestors()
        .take_while(|outer| *outer != function)
        .filter(|outer| outer.is(Kind::If))
        .filter_map(|outer| outer.child(Role::Condition))
        .any(|condition| {
            condition.descendants().take(200).chain([condition]).any(|node| node.is(Kind::String) && node.name() == "*")
        });
    if !compares {
        return;
    }
    let production = path_to(reader, throw, function, 0)
        .iter()
        .flatten()
        .any(|atom| (atom.test == Test::Production && atom.holds) || (atom.test == Test::Development && !atom.holds));
    let refusal = if production { Refusal::InProduction } else { Refusal::Always };
    let text: &str = function.text();
    for setting in settings.iter_mut().filter(|setting| text.contains(setting.name.as_str())) {
        setting.refuses_star = setting.refuses_star.max(refusal);
    }
}

/// `if (!process.env.ALLOWED_ORIGINS) throw …`.
pub(super) fn demanded_by_throw(reader: &Reader<'_>, throw: NodeRef<'_>) -> Vec<Demand> {
    demands(reader, throw)
}

/// `if (!origins.length) process.exit(1)`, and lists of variables that are checked in a loop.
pub(super) fn demanded_by_call(reader: &Reader<'_>, call: NodeRef<'_>) -> Vec<Demand> {
    let exits = call.callee_path().is_some_and(|path| matches!(path.as_str(), "process.exit" | "sys.exit" | "exit"));
    if exits {
        return demands(reader, call);
    }
    let checks = call.callee_name().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        ["invariant", "assert", "requireenv", "required", "ensure", "mustget"].iter().any(|word| name.contains(word))
    });
    if !checks {
        return Vec::new();
    }
    let named = call.positional().filter_map(|argument| {
        let name = name_of(argument).or_else(|| text_of(argument).map(ToOwned::to_owned))?;
        let ours = names_origins(&name) || names_site(&name);
        ours.then(|| Demand { name, span: call.span() })
    });
    named.take(4).collect()
}

/// Whether a statement runs when the program starts, rather than when somebody asks it something.
fn is_at_start(node: NodeRef<'_>) -> bool {
    let words = [
        "valid",
        "check",
        "assert",
        "env",
        "config",
        "bootstrap",
        "main",
        "setup",
        "init",
        "start",
        "load",
        "require",
        "origin",
        "cors",
        "parse",
        "create",
        "build",
    ];
    node.ancestors().filter(|outer| outer.is(Kind::Function)).all(|function| {
        let held = function.parent().filter(|parent| parent.is(Kind::Assignment)).and_then(|it| it.child(Role::Target));
        let name = held.map_or(function.name(), NodeRef::name).to_ascii_lowercase();
        // A function without a name is part of what stands around it, unless a request is handed to it.
        let handler = function
            .children_in(Role::Parameter)
            .any(|parameter| matches!(parameter.name(), "req" | "request" | "ctx" | "context" | "c" | "event"));
        !handler && (name.is_empty() || words.iter().any(|word| name.contains(word)))
    })
}

fn demands(reader: &Reader<'_>, stop: NodeRef<'_>) -> Vec<Demand> {
    if !is_at_start(stop) {
        return Vec::new();
    }
    let within = stop.enclosing_function().unwrap_or(stop.tree().root());
    let mut found = Vec::new();
    for atom in path_to(reader, stop, within, 0).into_iter().flatten() {
        if let (Test::Filled(Some(name)), false) = (atom.test, atom.holds) {
            if !names_origins(&name) && !names_site(&name) {
                continue;
            }
            let demand = Demand { name, span: stop.span() };
            if !found.contains(&demand) {
                found.push(demand);
            }
        }
    }
    // `for (const name of required) if (!process.env[name]) throw …`: what the list names is demanded.
    let tests_each = stop
        .ancestors()
        .take(8)
        .any(|outer| matches!(outer.kind(), Kind::If | Kind::Loop) && outer.text().contains("env["));
    if found.is_empty() && tests_each {
        let root = stop.tree().root();
        let listed = root
            .descendants()
            .filter(|node| node.is(Kind::String) && node.parent().is_some_and(|list| list.is(Kind::Array)));
        found.extend(
            listed
                .filter(|node| names_origins(node.name()) || names_site(node.name()))
                .map(|node| Demand { name: node.name().to_owned(), span: node.span() }),
        );
    }
    found
}
