//! Scopes of TypeScript and JavaScript: blocks, hoisting, `require` and dynamic imports.

use rustc_hash::FxHashMap;

use super::{
    Binding, BindingId, BindingKind,
    scopes::{
        ScopeId, ScopeKind, Scopes, bound_names, declare_caught, declare_parameter, gives_value, is_reexported,
        is_statement,
    },
};
use crate::code::tree::{Flags, Kind, NodeId, NodeRef, Role, Tree};

pub(super) fn resolve<'t>(tree: &'t Tree<'t>) -> (Vec<Binding>, FxHashMap<NodeId, BindingId>) {
    let mut scopes = Scopes::new(tree, opens, place);
    for node in tree.nodes() {
        declare(&mut scopes, node);
    }
    for node in tree.nodes() {
        refer(&mut scopes, node);
    }
    for node in tree.nodes() {
        count_writes(&mut scopes, node);
    }
    scopes.finish()
}

fn opens(node: NodeRef<'_>) -> Option<ScopeKind> {
    match node.kind() {
        Kind::Function => Some(ScopeKind::Function),
        Kind::Class => Some(ScopeKind::Class),
        Kind::Loop | Kind::Catch | Kind::Switch => Some(ScopeKind::Block),
        // A namespace is a function when it runs.
        Kind::Block if !node.name().is_empty() || node.has(Flags::STATIC) => Some(ScopeKind::Function),
        Kind::Block => {
            let shares_scope = node.role() == Role::Body
                && node.parent().is_some_and(|parent| matches!(parent.kind(), Kind::Function | Kind::Catch));
            (!shares_scope).then_some(ScopeKind::Block)
        }
        _ => None,
    }
}

fn place<'t>(scopes: &Scopes<'t>, parent: NodeRef<'t>, node: NodeRef<'t>) -> ScopeId {
    match node.role() {
        Role::Decorator | Role::Key if matches!(parent.kind(), Kind::Function | Kind::Class) => scopes.around(parent),
        Role::Condition if parent.is(Kind::Switch) => scopes.around(parent),
        _ => scopes.within(parent),
    }
}

const HOISTS_TO: &[ScopeKind] = &[ScopeKind::Function, ScopeKind::Module];

fn declare<'t>(scopes: &mut Scopes<'t>, node: NodeRef<'t>) {
    match node.kind() {
        Kind::ImportName => declare_import(scopes, node),
        Kind::Assignment | Kind::Loop => declare_variable(scopes, node),
        Kind::Function if !node.name().is_empty() && !node.has(Flags::METHOD) => {
            let scope = if is_statement(node) { scopes.around(node) } else { scopes.within(node) };
            scopes.declare(scope, node.name(), BindingKind::Function, node, node, true);
        }
        Kind::Class if !node.name().is_empty() => {
            let scope = if is_statement(node) { scopes.around(node) } else { scopes.within(node) };
            scopes.declare(scope, node.name(), BindingKind::Class, node, node, true);
        }
        Kind::Parameter => declare_parameter(scopes, node),
        Kind::Catch => declare_caught(scopes, scopes.within(node), node),
        // What `declare` promises exists elsewhere: its name is not this file's.
        Kind::Type if is_statement(node) && !node.name().is_empty() && !node.has(Flags::TYPE_ONLY) => {
            scopes.declare(scopes.around(node), node.name(), BindingKind::Type, node, node, false);
        }
        Kind::Block if !node.name().is_empty() => {
            let name = node.name().split('.').next().unwrap_or_default();
            scopes.declare(scopes.around(node), name, BindingKind::Variable, node, node, false);
        }
        _ => {}
    }
}

fn declare_import<'t>(scopes: &mut Scopes<'t>, node: NodeRef<'t>) {
    let Some(import) = node.parent().filter(|parent| parent.is(Kind::Import)) else { return };
    let Some(local) = node.child(Role::Target) else { return };
    let kind = BindingKind::Import { module: import.name().to_owned(), imported: node.name().to_owned() };
    scopes.declare(scopes.around(node), local.name(), kind, local, node, true);
}

fn declare_variable<'t>(scopes: &mut Scopes<'t>, node: NodeRef<'t>) {
    let hoisted = node.has(Flags::VAR);
    if !hoisted && !node.has(Flags::CONST) && !node.has(Flags::LET) {
        return;
    }
    let Some(target) = node.child(Role::Target) else { return };
    let scope = if hoisted { scopes.nearest(scopes.around(node), HOISTS_TO) } else { scopes.within(node) };
    let module = node.child(Role::Value).and_then(imported_module);
    for name in bound_names(target) {
        let kind = match &module {
            Some((module, path)) => match imported_as(target, name, path) {
                Some(imported) => BindingKind::Import { module: (*module).to_owned(), imported },
                None => BindingKind::Variable,
            },
            None => BindingKind::Variable,
        };
        scopes.declare(scope, name.name(), kind, name, node, gives_value(node));
    }
}

/// The module that an expression loads, and the members taken of it at once: `require('m').a` is `m` and `a`.
fn imported_module(value: NodeRef<'_>) -> Option<(&str, Vec<&str>)> {
    let mut path = Vec::new();
    let mut node = value;
    while node.is(Kind::Member) {
        path.push(node.name());
        node = node.child(Role::Object)?;
    }
    path.reverse();
    Some((loaded_module(node)?, path))
}

/// The module of `require('m')` and of `await import('m')`.
fn loaded_module(call: NodeRef<'_>) -> Option<&str> {
    let callee = call.child(Role::Callee)?;
    let loads = match callee.name() {
        "require" => !call.has(Flags::NEW),
        "import" => call.has(Flags::AWAIT),
        _ => false,
    };
    let argument = call.child(Role::Argument)?;
    (callee.is(Kind::Identifier) && loads && argument.is(Kind::String)).then(|| argument.name())
}

/// What `name` is of the loaded module: the whole, or a property of a flat pattern.
fn imported_as(target: NodeRef<'_>, name: NodeRef<'_>, path: &[&str]) -> Option<String> {
    let mut path = path.to_vec();
    if name != target {
        let property =
            name.parent().filter(|property| property.is(Kind::Property) && !property.has(Flags::COMPUTED))?;
        if property.parent() != Some(target) {
            return None;
        }
        path.push(property.name());
    }
    Some(if path.is_empty() { "*".to_owned() } else { path.join(".") })
}

fn refer<'t>(scopes: &mut Scopes<'t>, node: NodeRef<'t>) {
    if scopes.is_resolved(node) {
        return;
    }
    let name = match node.kind() {
        Kind::Identifier if !is_reexported(node) && !is_field_name(node) => node.name(),
        Kind::JsxElement if is_component(node.name()) => node.name().split('.').next().unwrap_or_default(),
        Kind::Type if matches!(node.role(), Role::Annotation | Role::Base) => {
            node.name().split('.').next().unwrap_or_default()
        }
        _ => return,
    };
    if !name.is_empty()
        && let Some(binding) = scopes.lookup(scopes.around(node), name, false)
    {
        scopes.resolve(node, binding);
    }
}

fn is_field_name(node: NodeRef<'_>) -> bool {
    node.role() == Role::Target
        && node.parent().is_some_and(|field| field.is(Kind::Assignment) && field.has(Flags::FIELD))
}

/// A tag that names a value: a capital letter or a member, as JSX has it.
fn is_component(tag: &str) -> bool {
    tag.contains('.') || tag.starts_with(|first: char| first.is_uppercase() || first == '_' || first == '$')
}

fn count_writes<'t>(scopes: &mut Scopes<'t>, node: NodeRef<'t>) {
    let target = match node.kind() {
        Kind::Assignment | Kind::Loop if !declares(node) => node.child(Role::Target),
        Kind::Unary if matches!(node.name(), "++" | "--" | "delete") => node.child(Role::Value),
        _ => None,
    };
    for name in target.into_iter().flat_map(bound_names) {
        scopes.written(name);
    }
}

fn declares(node: NodeRef<'_>) -> bool {
    [Flags::CONST, Flags::LET, Flags::VAR, Flags::FIELD].into_iter().any(|flag| node.has(flag))
}
