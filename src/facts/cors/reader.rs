//! Reads expressions of a source file: what a name stands for, and what is the origin of the request.

use std::cell::Cell;

use super::grant::Setting;
use crate::code::{BindingId, BindingKind, Flags, Kind, NodeRef, Role};

/// Expressions are followed this deep.
pub(super) const MAX_DEPTH: u8 = 24;
/// Expressions that are looked at for one node.
pub(super) const MAX_STEPS: u32 = 2000;
/// What following a call into its function costs.
const FUNCTION_STEPS: u32 = 20;
/// Nodes of one function or class that are looked through.
pub(super) const MAX_NODES: usize = 4000;
/// Expressions that are looked at for one file.
pub(super) const MAX_FILE_STEPS: u32 = 50_000;
/// Ways through one expression that are kept.
pub(super) const MAX_WAYS: usize = 32;

/// Follows expressions within one file.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    /// Names that hold the origin of the request.
    origins: Vec<BindingId>,
    steps: &'a Cell<u32>,
}

/// Parts of a parsed origin that still name who is asking.
const DERIVED: &[&str] = &["hostname", "host", "href", "origin", "netloc", "length"];

/// What a name stands for.
pub(super) enum Meaning<'t> {
    /// Its one value.
    Value(NodeRef<'t>),
    /// It is assigned more than once, at these nodes.
    Values(Vec<NodeRef<'t>>),
    Function(NodeRef<'t>),
    /// A parameter, with its default.
    Parameter(Option<NodeRef<'t>>),
    /// `name` of this object, by destructuring.
    Part(NodeRef<'t>, String),
    Import(String),
    Unknown,
}

impl<'a> Reader<'a> {
    /// A reader that may look at as many expressions as `left`, and never at more than one site is worth.
    pub(super) fn new(steps: &'a Cell<u32>, left: u32) -> Self {
        steps.set(left.min(MAX_STEPS));
        Self { origins: Vec::new(), steps }
    }

    /// Takes what looking through a whole function costs.
    pub(super) fn charge(&self) {
        self.steps.set(self.steps.get().saturating_sub(FUNCTION_STEPS));
    }

    /// Whether the budget is gone: whatever is asked now comes out as not understood.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() == 0
    }

    /// The same reader where `parameter` of a function holds the origin of the request.
    pub(super) fn with_origin(&self, parameter: NodeRef<'_>) -> Self {
        let mut reader = self.clone();
        reader.origins.extend(binding_of(parameter));
        reader
    }

    /// Whether there is budget left for one more expression at `depth`.
    pub(super) fn spend(&self, depth: u8) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0 && depth < MAX_DEPTH
    }

    /// Whether `node` is the origin that the request names, or is made of it.
    pub(super) fn is_origin(&self, node: NodeRef<'_>, depth: u8) -> bool {
        if !self.spend(depth) {
            return false;
        }
        let next = depth + 1;
        match node.kind() {
            Kind::Identifier => {
                node.binding_id().is_some_and(|id| self.origins.contains(&id))
                    || match meaning(node) {
                        Meaning::Value(value) => self.is_origin(value, next),
                        Meaning::Values(values) => values.iter().any(|value| self.is_origin(*value, next)),
                        Meaning::Part(object, name) => {
                            (name.eq_ignore_ascii_case("origin") && is_headers(object))
                                || (DERIVED.contains(&name.as_str()) && self.is_origin(object, next))
                        }
                        _ => false,
                    }
            }
            Kind::Member => node.child(Role::Object).is_some_and(|object| {
                (node.name().eq_ignore_ascii_case("origin") && is_headers(object))
                    || (DERIVED.contains(&node.name()) && self.is_origin(object, next))
            }),
            Kind::Index => {
                let key = node.child(Role::Index).filter(|key| key.is(Kind::String));
                key.is_some_and(|key| key.name().eq_ignore_ascii_case("origin"))
                    && node.child(Role::Object).is_some_and(is_headers)
            }
            Kind::Call => self.is_origin_call(node, next),
            Kind::Logical => node.children().any(|side| self.is_origin(side, next)),
            Kind::Await | Kind::Other => only_child(node).is_some_and(|child| self.is_origin(child, next)),
            _ => false,
        }
    }

    fn is_origin_call(&self, call: NodeRef<'_>, depth: u8) -> bool {
        let name = call.callee_name().unwrap_or_default();
        let first = call.argument(0);
        if ["get", "header", "getHeader", "get_header", "getlist"].contains(&name) {
            return first.is_some_and(|first| first.is(Kind::String) && first.name().eq_ignore_ascii_case("origin"));
        }
        if ["URL", "urlparse", "urlsplit", "String", "str", "parse"].contains(&name) {
            return first.is_some_and(|first| self.is_origin(first, depth));
        }
        let lower = name.to_ascii_lowercase();
        if ["normal", "clean", "sanitiz", "canonical", "striptrailing", "hostof", "gethost"]
            .iter()
            .any(|part| lower.contains(part))
            && first.is_some_and(|first| self.is_origin(first, depth))
        {
            return true;
        }
        let kept = ["toLowerCase", "trim", "replace", "toString", "lower", "strip", "rstrip", "decode", "split"];
        kept.contains(&name)
            && call
                .child(Role::Callee)
                .and_then(|callee| callee.child(Role::Object))
                .is_some_and(|object| self.is_origin(object, depth))
    }
}

/// What an identifier stands for in its file.
pub(super) fn meaning(identifier: NodeRef<'_>) -> Meaning<'_> {
    let (Some(id), Some(binding)) = (identifier.binding_id(), identifier.binding()) else { return Meaning::Unknown };
    let tree = identifier.tree();
    let declaration = tree.at(binding.declaration);
    match &binding.kind {
        BindingKind::Import { imported, .. } => {
            let name = if matches!(imported.as_str(), "default" | "*") { identifier.name() } else { imported };
            Meaning::Import(name.to_owned())
        }
        BindingKind::Function => Meaning::Function(declaration),
        BindingKind::Parameter => {
            let parameter = std::iter::once(declaration)
                .chain(declaration.ancestors().take(4))
                .find(|node| node.is(Kind::Parameter));
            Meaning::Parameter(parameter.and_then(|parameter| parameter.child(Role::Default)))
        }
        BindingKind::Variable if binding.writes == 0 => of_declaration(declaration, binding.name.as_str()),
        BindingKind::Variable => {
            let values: Vec<_> = tree
                .references(id)
                .filter(|node| node.role() == Role::Target)
                .filter_map(NodeRef::parent)
                .filter(|parent| parent.is(Kind::Assignment))
                .filter_map(|assignment| assignment.child(Role::Value))
                .collect();
            if values.is_empty() { Meaning::Unknown } else { Meaning::Values(values) }
        }
        _ => Meaning::Unknown,
    }
}

fn of_declaration<'t>(declaration: NodeRef<'t>, name: &str) -> Meaning<'t> {
    let assignment =
        std::iter::once(declaration).chain(declaration.ancestors().take(6)).find(|node| node.is(Kind::Assignment));
    let Some((value, target)) = assignment.and_then(|node| Some((node.child(Role::Value)?, node.child(Role::Target)?)))
    else {
        return Meaning::Unknown;
    };
    if target.is(Kind::Identifier) {
        return if value.is(Kind::Function) { Meaning::Function(value) } else { Meaning::Value(value) };
    }
    let key = target.is(Kind::Object).then(|| {
        target.children_in(Role::Item).chain(target.children()).find(|property| {
            property.is(Kind::Property)
                && (property.name() == name || property.child(Role::Value).is_some_and(|local| local.name() == name))
        })
    });
    match key.flatten() {
        Some(property) => Meaning::Part(value, property.name().to_owned()),
        None => Meaning::Unknown,
    }
}

/// The binding that a parameter introduces.
fn binding_of(parameter: NodeRef<'_>) -> Option<BindingId> {
    parameter.child(Role::Target).and_then(NodeRef::binding_id).or_else(|| {
        parameter.tree().bindings().find(|(_, binding)| binding.declaration == parameter.id()).map(|(id, _)| id)
    })
}

/// Whether `call` calls the parameter `parameter`.
pub(super) fn calls_parameter(call: NodeRef<'_>, parameter: NodeRef<'_>) -> bool {
    let callee = call.child(Role::Callee).filter(|callee| callee.is(Kind::Identifier));
    callee.and_then(NodeRef::binding_id).is_some_and(|id| Some(id) == binding_of(parameter))
}

/// The headers of a request.
fn is_headers(node: NodeRef<'_>) -> bool {
    match node.kind() {
        Kind::Identifier | Kind::Member => node.name().to_ascii_lowercase().contains("header"),
        Kind::Call => node.callee_name().is_some_and(|name| name.to_ascii_lowercase().contains("header")),
        Kind::Await | Kind::Other => only_child(node).is_some_and(is_headers),
        _ => false,
    }
}

/// The one child of a node that adds nothing for us, such as a cast.
pub(super) fn only_child(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut children = node.children().filter(|child| !child.is(Kind::Type) && !child.is(Kind::Comment));
    let first = children.next()?;
    children.next().is_none().then_some(first)
}

/// The expression below casts, awaits and parentheses.
pub(super) fn bare(node: NodeRef<'_>) -> NodeRef<'_> {
    let mut node = node;
    for _ in 0..MAX_DEPTH {
        match node.kind() {
            Kind::Await | Kind::Other => match only_child(node) {
                Some(child) => node = child,
                None => return node,
            },
            _ => return node,
        }
    }
    node
}

/// The expression that a name finally stands for, as far as constants go.
pub(super) fn constant(node: NodeRef<'_>) -> NodeRef<'_> {
    let mut node = bare(node);
    for _ in 0..MAX_DEPTH {
        match node.kind() {
            Kind::Identifier => match meaning(node) {
                Meaning::Value(value) | Meaning::Function(value) => node = bare(value),
                _ => return node,
            },
            Kind::Member => match node.child(Role::Object).map(constant_object) {
                Some(Some(object)) => match object.property(node.name()) {
                    Some(value) => node = bare(value),
                    None => return node,
                },
                _ => return node,
            },
            _ => return node,
        }
    }
    node
}

/// The object literal that a name stands for, one step deep, so that mutual references end.
fn constant_object(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut node = bare(node);
    let mut path = Vec::new();
    while node.is(Kind::Member) && path.len() < 4 {
        path.push(node.name());
        node = bare(node.child(Role::Object)?);
    }
    if node.is(Kind::Identifier) {
        let Meaning::Value(value) = meaning(node) else { return None };
        node = bare(value);
    }
    for name in path.into_iter().rev() {
        node = bare(node.property(name)?);
    }
    node.is(Kind::Object).then_some(node)
}

/// A variable or setting that `node` reads, with the default that the read itself carries.
pub(super) fn setting(node: NodeRef<'_>) -> Option<(Setting, Option<NodeRef<'_>>)> {
    let make = |name: &str, environment, required| Setting {
        name: name.to_owned(),
        environment,
        required,
        listed: false,
        span: node.span(),
    };
    match node.kind() {
        Kind::Member | Kind::Index => {
            let object = node.child(Role::Object)?;
            let environment = matches!(object.kind(), Kind::Member | Kind::Identifier)
                && matches!(object.name(), "env" | "environ" | "ENV");
            let name = match node.kind() {
                Kind::Member => qualified(node),
                _ => node.child(Role::Index).filter(|key| key.is(Kind::String))?.name().to_owned(),
            };
            // `os.environ["X"]` fails when X is unset; `process.env["X"]` is undefined.
            let strict = node.is(Kind::Index) && object.name() == "environ";
            (!name.is_empty()).then(|| (make(&name, environment, strict), None))
        }
        Kind::Call => {
            let callee = node.callee_name()?;
            if callee == "getattr" {
                // `getattr(configuration, 'NAME', default)`
                let name = node.argument(1).filter(|name| name.is(Kind::String))?.name();
                return Some((make(name, false, node.argument(2).is_none()), node.argument(2)));
            }
            let first = node.argument(0).filter(|first| first.is(Kind::String))?;
            let name = first.name();
            let lower = callee.to_ascii_lowercase();
            let named = name.contains('.') || (name.contains(|c: char| c.is_ascii_uppercase()) && is_plain(name));
            let getter = ["get", "list", "str", "bool", "json", "config", "string", "optional", "required", "url"]
                .contains(&lower.as_str())
                || lower.contains("env")
                || lower.contains("getor")
                || lower.contains("require");
            if !named || !getter {
                return None;
            }
            let path = node.callee_path().unwrap_or_default();
            let required = ["getorthrow", "require", "must", "assert"].iter().any(|part| lower.contains(part));
            let environment = lower.contains("env")
                || path.contains("env")
                || path.starts_with("decouple")
                || !name.contains(|char: char| char.is_ascii_lowercase());
            let default = node
                .keyword("default")
                .or_else(|| node.argument(1).filter(|second| !second.is(Kind::Object) && !second.is(Kind::Function)));
            Some((make(name, environment, required), default))
        }
        _ => None,
    }
}

/// The last name of a member path; with the one before it when alone it says too little.
fn qualified(member: NodeRef<'_>) -> String {
    let name = member.name();
    let vague = ["origin", "origins", "allowed", "allowlist", "whitelist", "domains", "list", "value", "url", "urls"];
    match member.child(Role::Object).filter(|_| vague.contains(&name)) {
        Some(object) if object.is(Kind::Member) || object.is(Kind::Identifier) => {
            format!("{}.{name}", object.name())
        }
        _ => name.to_owned(),
    }
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

/// The text of a string literal or a constant of one.
pub(super) fn text_of(node: NodeRef<'_>) -> Option<&str> {
    let node = constant(node);
    node.is(Kind::String).then(|| node.name())
}

/// Whether a parameter or an argument is passed by keyword.
pub(super) fn is_keyword(node: NodeRef<'_>) -> bool {
    node.has(Flags::KEYWORD)
}
