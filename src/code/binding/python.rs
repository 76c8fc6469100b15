//! Scopes of Python: functions, classes, comprehensions, `global` and `nonlocal`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Binding, BindingId, BindingKind,
    scopes::{ScopeId, ScopeKind, Scopes, bound_names, declare_caught, declare_parameter, gives_value},
};
use crate::code::tree::{Flags, Kind, NodeId, NodeRef, Role, Tree};

pub(super) fn resolve<'t>(tree: &'t Tree<'t>) -> (Vec<Binding>, FxHashMap<NodeId, BindingId>) {
    let mut resolver = Resolver { scopes: Scopes::new(tree, opens, place), elsewhere: FxHashSet::default() };
    for node in tree.nodes() {
        resolver.mark_elsewhere(node);
    }
    let mut postponed = Vec::new();
    for node in tree.nodes() {
        resolver.declare(node, &mut postponed);
    }
    for (name, declaration, is_global) in postponed {
        resolver.write_elsewhere(name, declaration, is_global);
    }
    for node in tree.nodes() {
        resolver.refer(node);
    }
    resolver.scopes.finish()
}

fn opens(node: NodeRef<'_>) -> Option<ScopeKind> {
    match node.kind() {
        Kind::Function => Some(ScopeKind::Function),
        Kind::Class => Some(ScopeKind::Class),
        Kind::Array | Kind::Object if node.has(Flags::COMPREHENSION) => Some(ScopeKind::Comprehension),
        _ => None,
    }
}

fn place<'t>(scopes: &Scopes<'t>, parent: NodeRef<'t>, node: NodeRef<'t>) -> ScopeId {
    let outer = match (parent.kind(), node.role()) {
        (Kind::Function, Role::Decorator | Role::Annotation) | (Kind::Class, Role::Decorator | Role::Base) => {
            Some(parent)
        }
        // Defaults and annotations are evaluated where the function is defined.
        (Kind::Parameter, Role::Default | Role::Annotation) => parent.parent(),
        // So is what the first loop of a comprehension runs over.
        (Kind::Loop, Role::Iterated) => {
            parent.parent().filter(|around| parent.role() == Role::Item && around.has(Flags::COMPREHENSION))
        }
        _ => None,
    };
    outer.map_or_else(|| scopes.within(parent), |outer| scopes.around(outer))
}

struct Resolver<'t> {
    scopes: Scopes<'t>,
    /// Names that a scope's `global` (true) and `nonlocal` (false) statements send elsewhere.
    elsewhere: FxHashSet<(usize, &'t str, bool)>,
}

/// A name that is bound in a scope where `global` or `nonlocal` sends it elsewhere: the name, what binds it, whether
/// it was `global`.
type Postponed<'t> = (NodeRef<'t>, NodeRef<'t>, bool);

impl<'t> Resolver<'t> {
    fn mark_elsewhere(&mut self, node: NodeRef<'t>) {
        let is_global = match (node.kind(), node.name()) {
            (Kind::Other, "global_statement") => true,
            (Kind::Other, "nonlocal_statement") => false,
            _ => return,
        };
        let scope = self.scopes.around(node);
        for name in node.children().filter(|child| child.is(Kind::Identifier)) {
            self.elsewhere.insert((scope.index(), name.name(), is_global));
        }
    }

    fn declare(&mut self, node: NodeRef<'t>, postponed: &mut Vec<Postponed<'t>>) {
        match node.kind() {
            Kind::ImportName => self.declare_import(node),
            Kind::Assignment | Kind::Loop => {
                for name in node.child(Role::Target).into_iter().flat_map(bound_names) {
                    self.bind(name, node, postponed);
                }
            }
            Kind::Block if node.has(Flags::WITH) => {
                for name in node.children_in(Role::Target).flat_map(bound_names) {
                    self.bind(name, node, postponed);
                }
            }
            Kind::Case => {
                for name in node.children_in(Role::Condition).flat_map(captures) {
                    self.bind(name, node, postponed);
                }
            }
            Kind::Function if !node.name().is_empty() => {
                self.scopes.declare(self.scopes.around(node), node.name(), BindingKind::Function, node, node, true);
            }
            Kind::Class if !node.name().is_empty() => {
                self.scopes.declare(self.scopes.around(node), node.name(), BindingKind::Class, node, node, true);
            }
            Kind::Parameter => declare_parameter(&mut self.scopes, node),
            Kind::Catch => {
                let scope = self.scopes.around(node);
                declare_caught(&mut self.scopes, scope, node);
            }
            _ => {}
        }
    }

    /// Binds `name` in the scope of `declaration`, or postpones it when its scope says that it belongs elsewhere.
    fn bind(&mut self, name: NodeRef<'t>, declaration: NodeRef<'t>, postponed: &mut Vec<Postponed<'t>>) {
        let mut scope = self.scopes.around(declaration);
        if declaration.is(Kind::Assignment) && declaration.name() == ":=" {
            scope = self.scopes.nearest(scope, &[ScopeKind::Function, ScopeKind::Class, ScopeKind::Module]);
        }
        for is_global in [true, false] {
            if self.elsewhere.contains(&(scope.index(), name.name(), is_global)) {
                postponed.push((name, declaration, is_global));
                return;
            }
        }
        let has_value = !declaration.is(Kind::Assignment) || gives_value(declaration);
        self.scopes.declare(scope, name.name(), BindingKind::Variable, name, declaration, has_value);
    }

    fn write_elsewhere(&mut self, name: NodeRef<'t>, declaration: NodeRef<'t>, is_global: bool) {
        let from = if is_global {
            Some(ScopeId::MODULE)
        } else {
            self.scopes.parent(self.scopes.nearest(self.scopes.around(name), &[ScopeKind::Function]))
        };
        match from.and_then(|scope| self.scopes.lookup(scope, name.name(), true)) {
            Some(binding) => {
                self.scopes.resolve(name, binding);
                self.scopes.written(name);
            }
            None if is_global => {
                self.scopes.declare(ScopeId::MODULE, name.name(), BindingKind::Variable, name, declaration, true);
            }
            None => {}
        }
    }

    /// `import a.b` binds `a`, and means the module `a`; `import a.b as c` means `a.b`.
    fn declare_import(&mut self, node: NodeRef<'t>) {
        let (Some(import), Some(local)) = (node.parent(), node.child(Role::Target)) else { return };
        let is_path = node.name() == "*" && local.span().start == node.span().start;
        let module = if is_path { local.name() } else { import.name() };
        let kind = BindingKind::Import { module: module.to_owned(), imported: node.name().to_owned() };
        self.scopes.declare(self.scopes.around(node), local.name(), kind, local, node, true);
    }

    fn refer(&mut self, node: NodeRef<'t>) {
        if node.is(Kind::Identifier) && !self.scopes.is_resolved(node) {
            let scope = self.scopes.around(node);
            let is_global = self.elsewhere.contains(&(scope.index(), node.name(), true));
            let from = if is_global { ScopeId::MODULE } else { scope };
            if let Some(binding) = self.scopes.lookup(from, node.name(), true) {
                self.scopes.resolve(node, binding);
            }
        }
        if node.is(Kind::Unary)
            && node.name() == "delete"
            && let Some(deleted) = node.child(Role::Value).filter(|value| value.is(Kind::Identifier))
        {
            // The operand comes after its operator, so it is not resolved yet.
            self.refer(deleted);
            self.scopes.written(deleted);
        }
    }
}

/// The names that a pattern of `match` binds.
fn captures(pattern: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let mut names = Vec::new();
    let mut stack = vec![pattern];
    while let Some(node) = stack.pop() {
        match node.kind() {
            Kind::Identifier if node.name() != "_" => names.push(node),
            Kind::Spread | Kind::Property | Kind::Assignment => stack.extend(node.child(Role::Value)),
            Kind::Array | Kind::Object => stack.extend(node.children_in(Role::Item)),
            Kind::Other if node.name() == "class_pattern" => stack.extend(node.children().skip(1)),
            Kind::Other => stack.extend(node.children()),
            _ => {}
        }
    }
    names.sort_unstable_by_key(|name| name.id());
    names
}
