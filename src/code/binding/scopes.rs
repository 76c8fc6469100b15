//! Scopes and the names declared in them, for both families of languages.

use rustc_hash::FxHashMap;

use super::{Binding, BindingId, BindingKind};
use crate::{
    code::tree::{Flags, Kind, NodeId, NodeRef, Role, Tree},
    model::Span,
};

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    /// A function, a lambda, a namespace: what `var` and Python's assignments declare into.
    Function,
    /// Braces of a language with block scopes.
    Block,
    Class,
    Comprehension,
}

/// Index of a scope; 0 is the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScopeId(usize);

impl ScopeId {
    pub(super) const MODULE: Self = Self(0);

    pub(super) fn index(self) -> usize {
        self.0
    }
}

#[derive(Debug)]
struct Scope<'t> {
    kind: ScopeKind,
    parent: Option<ScopeId>,
    names: FxHashMap<&'t str, BindingId>,
}

/// The scopes of one file while it is resolved.
pub(super) struct Scopes<'t> {
    all: Vec<Scope<'t>>,
    /// For each node, the scope that it stands in and the one that its children stand in by default.
    around: Vec<ScopeId>,
    within: Vec<ScopeId>,
    bindings: Vec<Binding>,
    resolved: FxHashMap<NodeId, BindingId>,
}

impl<'t> Scopes<'t> {
    /// Walks the nodes once. `opens` says which scope a node opens for its children; `place` gives the scope of a
    /// node from that of its parent, for the children that stand outside the scope their parent opens.
    pub(super) fn new(
        tree: &'t Tree<'t>,
        opens: fn(NodeRef<'t>) -> Option<ScopeKind>,
        place: fn(&Self, NodeRef<'t>, NodeRef<'t>) -> ScopeId,
    ) -> Self {
        let module = Scope { kind: ScopeKind::Module, parent: None, names: FxHashMap::default() };
        let mut scopes = Self {
            all: vec![module],
            around: Vec::with_capacity(tree.len()),
            within: Vec::with_capacity(tree.len()),
            bindings: Vec::new(),
            resolved: FxHashMap::default(),
        };
        for node in tree.nodes() {
            let around = node.parent().map_or(ScopeId::MODULE, |parent| place(&scopes, parent, node));
            scopes.around.push(around);
            let within = match opens(node) {
                Some(kind) => {
                    scopes.all.push(Scope { kind, parent: Some(around), names: FxHashMap::default() });
                    ScopeId(scopes.all.len() - 1)
                }
                None => around,
            };
            scopes.within.push(within);
        }
        scopes
    }

    /// The scope that `node` stands in.
    pub(super) fn around(&self, node: NodeRef<'_>) -> ScopeId {
        self.around[node.id().0 as usize]
    }

    /// The scope that `node` opens, or the one it stands in.
    pub(super) fn within(&self, node: NodeRef<'_>) -> ScopeId {
        self.within[node.id().0 as usize]
    }

    pub(super) fn kind(&self, scope: ScopeId) -> ScopeKind {
        self.all[scope.0].kind
    }

    pub(super) fn parent(&self, scope: ScopeId) -> Option<ScopeId> {
        self.all[scope.0].parent
    }

    /// The innermost scope from `scope` outwards that is one of `kinds`; the module when there is none.
    pub(super) fn nearest(&self, scope: ScopeId, kinds: &[ScopeKind]) -> ScopeId {
        let mut at = scope;
        while !kinds.contains(&self.kind(at)) {
            let Some(parent) = self.parent(at) else { break };
            at = parent;
        }
        at
    }

    /// What `name` means from `scope` outwards. A class is seen from its own body only when `skip_classes` is set.
    pub(super) fn lookup(&self, scope: ScopeId, name: &str, skip_classes: bool) -> Option<BindingId> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let hidden = skip_classes && id != scope && self.kind(id) == ScopeKind::Class;
            if !hidden && let Some(binding) = self.all[id.0].names.get(name) {
                return Some(*binding);
            }
            at = self.parent(id);
        }
        None
    }

    /// Declares `name` in `scope`. `node` carries the name, `declaration` declares it; `has_value` says that the
    /// declaration gives a value, which makes a second declaration a write.
    pub(super) fn declare(
        &mut self,
        scope: ScopeId,
        name: &'t str,
        kind: BindingKind,
        node: NodeRef<'t>,
        declaration: NodeRef<'t>,
        has_value: bool,
    ) {
        let id = match self.all[scope.0].names.get(name) {
            None => {
                let index = self.bindings.len();
                let id = BindingId(Span::new(index, index).start);
                let (name_owned, top_level) = (name.to_owned(), scope == ScopeId::MODULE);
                let declaration = declaration.id();
                self.bindings.push(Binding { name: name_owned, kind, declaration, writes: 0, top_level });
                self.all[scope.0].names.insert(name, id);
                id
            }
            Some(id) => {
                let id = *id;
                let binding = &mut self.bindings[id.0 as usize];
                if binding.kind == BindingKind::Type && kind != BindingKind::Type {
                    binding.kind = kind;
                    binding.declaration = declaration.id();
                } else if has_value && kind != BindingKind::Type && !same_import(&binding.kind, &kind) {
                    binding.writes += 1;
                }
                id
            }
        };
        self.resolved.insert(node.id(), id);
    }

    pub(super) fn is_resolved(&self, node: NodeRef<'_>) -> bool {
        self.resolved.contains_key(&node.id())
    }

    pub(super) fn resolve(&mut self, node: NodeRef<'_>, binding: BindingId) {
        self.resolved.insert(node.id(), binding);
    }

    /// Counts a write to whatever `node` was resolved to.
    pub(super) fn written(&mut self, node: NodeRef<'_>) {
        if let Some(id) = self.resolved.get(&node.id()) {
            self.bindings[id.0 as usize].writes += 1;
        }
    }

    pub(super) fn finish(self) -> (Vec<Binding>, FxHashMap<NodeId, BindingId>) {
        (self.bindings, self.resolved)
    }
}

/// Two imports of the same thing do not change it.
fn same_import(first: &BindingKind, second: &BindingKind) -> bool {
    matches!(first, BindingKind::Import { .. }) && first == second
}

/// The identifiers that a target binds: itself, or those inside a pattern.
pub(super) fn bound_names(target: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let mut names = Vec::new();
    let mut stack = vec![target];
    while let Some(node) = stack.pop() {
        match node.kind() {
            Kind::Identifier => names.push(node),
            Kind::Spread | Kind::Property => stack.extend(node.child(Role::Value)),
            Kind::Object | Kind::Array => {
                let from = stack.len();
                stack.extend(node.children_in(Role::Item));
                stack[from..].reverse();
            }
            _ => {}
        }
    }
    names
}

/// Whether a function or class stands where a statement does, so that its name belongs to the scope around it.
pub(super) fn is_statement(node: NodeRef<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match node.role() {
        Role::Item => matches!(parent.kind(), Kind::Module | Kind::Block | Kind::Export | Kind::Case | Kind::Other),
        Role::Consequent | Role::Alternate => parent.is(Kind::If),
        Role::Body => parent.is(Kind::Loop),
        _ => false,
    }
}

/// The names of a parameter, bound in the function's scope.
pub(super) fn declare_parameter<'t>(scopes: &mut Scopes<'t>, node: NodeRef<'t>) {
    let scope = scopes.around(node);
    for name in node.child(Role::Target).into_iter().flat_map(bound_names) {
        scopes.declare(scope, name.name(), BindingKind::Parameter, name, node, true);
    }
}

/// The name of a `catch`.
pub(super) fn declare_caught<'t>(scopes: &mut Scopes<'t>, scope: ScopeId, node: NodeRef<'t>) {
    for name in node.child(Role::Parameter).into_iter().flat_map(bound_names) {
        scopes.declare(scope, name.name(), BindingKind::Caught, name, node, true);
    }
}

/// Whether an identifier is a name in an export list of another module, which this file does not declare.
pub(super) fn is_reexported(node: NodeRef<'_>) -> bool {
    node.parent()
        .is_some_and(|name| name.is(Kind::ImportName) && name.parent().is_some_and(|parent| parent.is(Kind::Export)))
}

/// Whether the assignment declares or changes its target, as opposed to declaring it without a value.
pub(super) fn gives_value(assignment: NodeRef<'_>) -> bool {
    assignment.child(Role::Value).is_some() || assignment.is(Kind::Loop) || assignment.has(Flags::WITH)
}
