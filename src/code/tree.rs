//! The lowered tree: one arena of a few dozen node kinds, the same for every language.
//!
//! `docs/lowered-tree.md` lists every kind with an example in each language. A node has a kind, the role that it
//! plays for its parent, a byte range, flags, and a name whose meaning depends on the kind (see [`Kind`]). Names are
//! interned; the source text stays reachable, so a rule can quote what it judges.

use rustc_hash::FxHashMap;

pub use super::vocabulary::{Flags, Kind, Role};
use crate::{
    code::binding::{Binding, BindingId},
    model::Span,
};

/// Index of a node in its tree. Nodes are stored in source order of their beginnings, parents before children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    role: Role,
    flags: Flags,
    /// Index into the tree's names; 0 is the empty name.
    name: u32,
    span: Span,
    parent: u32,
    first_child: u32,
    next_sibling: u32,
    /// Index behind the last node below this one.
    end: u32,
}

const NIL: u32 = u32::MAX;

/// The lowered tree of one file, with its source and its bindings.
#[derive(Debug)]
pub struct Tree<'s> {
    source: &'s str,
    nodes: Vec<Node>,
    names: Vec<Box<str>>,
    bindings: Vec<Binding>,
    /// For each identifier that refers to or declares a binding of this file: which.
    resolved: FxHashMap<NodeId, BindingId>,
    /// For each binding, the nodes resolved to it, in source order.
    references: Vec<Vec<NodeId>>,
}

impl<'s> Tree<'s> {
    pub fn source(&self) -> &'s str {
        self.source
    }

    pub fn root(&self) -> NodeRef<'_> {
        self.at(NodeId(0))
    }

    pub fn at(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every node in source order, parents before children.
    pub fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len()).map(|index| self.at(NodeId(Span::new(index, index).start)))
    }

    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.0 as usize]
    }

    pub fn bindings(&self) -> impl Iterator<Item = (BindingId, &Binding)> {
        self.bindings.iter().enumerate().map(|(index, binding)| (BindingId(Span::new(index, index).start), binding))
    }

    /// Everything that refers to `binding`, its declaration included, in source order: identifiers; for a function,
    /// class or type its declaration itself; JSX tags and annotations by their first name.
    pub fn references(&self, binding: BindingId) -> impl Iterator<Item = NodeRef<'_>> {
        self.references.get(binding.0 as usize).into_iter().flatten().map(|id| self.at(*id))
    }

    /// Byte ranges that the parser could not read.
    pub fn errors(&self) -> impl Iterator<Item = Span> {
        self.nodes().filter(|node| node.kind() == Kind::Error).map(NodeRef::span)
    }

    pub(super) fn set_bindings(&mut self, bindings: Vec<Binding>, resolved: FxHashMap<NodeId, BindingId>) {
        self.references = vec![Vec::new(); bindings.len()];
        for index in 0..self.nodes.len() {
            let node = NodeId(Span::new(index, index).start);
            if let Some(binding) = resolved.get(&node) {
                self.references[binding.0 as usize].push(node);
            }
        }
        self.bindings = bindings;
        self.resolved = resolved;
    }
}

/// A node together with its tree: what rules hold in their hands.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree<'t>,
    id: NodeId,
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }
}

impl Eq for NodeRef<'_> {}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}({:?})@{}..{}", self.kind(), self.name(), self.span().start, self.span().end)
    }
}

impl<'t> NodeRef<'t> {
    pub fn id(self) -> NodeId {
        self.id
    }

    pub fn tree(self) -> &'t Tree<'t> {
        self.tree
    }

    fn node(self) -> &'t Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    pub fn kind(self) -> Kind {
        self.node().kind
    }

    pub fn is(self, kind: Kind) -> bool {
        self.node().kind == kind
    }

    /// What this node is to its parent.
    pub fn role(self) -> Role {
        self.node().role
    }

    pub fn flags(self) -> Flags {
        self.node().flags
    }

    pub fn has(self, flag: Flags) -> bool {
        self.node().flags.has(flag)
    }

    pub fn span(self) -> Span {
        self.node().span
    }

    /// The node's name; what it holds is said at each [`Kind`].
    pub fn name(self) -> &'t str {
        &self.tree.names[self.node().name as usize]
    }

    /// The source text of the node.
    pub fn text(self) -> &'t str {
        self.tree.source.get(self.span().range()).unwrap_or_default()
    }

    pub fn parent(self) -> Option<Self> {
        self.link(self.node().parent)
    }

    /// The parents, innermost first.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    pub fn children(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.link(self.node().first_child), |node| node.link(node.node().next_sibling))
    }

    /// The first child in `role`.
    pub fn child(self, role: Role) -> Option<Self> {
        self.children().find(|child| child.role() == role)
    }

    /// The children in `role`, in order.
    pub fn children_in(self, role: Role) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.role() == role)
    }

    /// Everything below this node in source order, without the node itself.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        (self.id.0 + 1..self.node().end).map(move |index| Self { tree: self.tree, id: NodeId(index) })
    }

    /// The binding that this identifier declares or refers to, when it belongs to this file.
    pub fn binding_id(self) -> Option<BindingId> {
        self.tree.resolved.get(&self.id).copied()
    }

    /// See [`NodeRef::binding_id`].
    pub fn binding(self) -> Option<&'t Binding> {
        self.binding_id().map(|id| self.tree.binding(id))
    }

    fn link(self, index: u32) -> Option<Self> {
        (index != NIL).then_some(Self { tree: self.tree, id: NodeId(index) })
    }
}

/// Builds a tree in source order: `open` a node, add what is below it, `close` it.
#[derive(Debug)]
pub struct TreeBuilder<'s> {
    source: &'s str,
    nodes: Vec<Node>,
    last_child: Vec<u32>,
    open: Vec<u32>,
    names: Vec<Box<str>>,
    interned: FxHashMap<Box<str>, u32>,
}

impl<'s> TreeBuilder<'s> {
    pub fn new(source: &'s str) -> Self {
        Self {
            source,
            nodes: Vec::new(),
            last_child: Vec::new(),
            open: Vec::new(),
            names: vec!["".into()],
            interned: FxHashMap::from_iter([("".into(), 0)]),
        }
    }

    /// Adds a node below the innermost open one and opens it.
    pub fn open(&mut self, kind: Kind, role: Role, span: Span) -> NodeId {
        let index = Span::new(self.nodes.len(), 0).start;
        let parent = self.open.last().copied().unwrap_or(NIL);
        self.nodes.push(Node {
            kind,
            role,
            flags: Flags::NONE,
            name: 0,
            span,
            parent,
            first_child: NIL,
            next_sibling: NIL,
            end: index + 1,
        });
        self.last_child.push(NIL);
        if parent != NIL {
            match self.last_child[parent as usize] {
                NIL => self.nodes[parent as usize].first_child = index,
                previous => self.nodes[previous as usize].next_sibling = index,
            }
            self.last_child[parent as usize] = index;
        }
        self.open.push(index);
        NodeId(index)
    }

    /// Closes the innermost open node.
    pub fn close(&mut self) {
        if let Some(closed) = self.open.pop() {
            self.nodes[closed as usize].end = Span::new(self.nodes.len(), 0).start;
        }
    }

    /// Adds a node without children.
    pub fn leaf(&mut self, kind: Kind, role: Role, span: Span) -> NodeId {
        let id = self.open(kind, role, span);
        self.close();
        id
    }

    pub fn set_name(&mut self, node: NodeId, name: &str) {
        let name = self.intern(name);
        self.nodes[node.0 as usize].name = name;
    }

    pub fn add_flags(&mut self, node: NodeId, flags: Flags) {
        self.nodes[node.0 as usize].flags |= flags;
    }

    pub fn set_kind(&mut self, node: NodeId, kind: Kind) {
        self.nodes[node.0 as usize].kind = kind;
    }

    pub fn set_role(&mut self, node: NodeId, role: Role) {
        self.nodes[node.0 as usize].role = role;
    }

    pub fn source(&self) -> &'s str {
        self.source
    }

    /// The id that the next opened node will get.
    pub fn next_id(&self) -> NodeId {
        NodeId(Span::new(self.nodes.len(), 0).start)
    }

    /// The kind of a node that was opened; `None` when there is no such node yet.
    pub fn kind_of(&self, node: NodeId) -> Option<Kind> {
        self.nodes.get(node.0 as usize).map(|node| node.kind)
    }

    /// How many nodes are open: the depth of the next node.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The finished tree, its bindings still unresolved.
    pub fn finish(mut self) -> Tree<'s> {
        while !self.open.is_empty() {
            self.close();
        }
        Tree {
            source: self.source,
            nodes: self.nodes,
            names: self.names,
            bindings: Vec::new(),
            resolved: FxHashMap::default(),
            references: Vec::new(),
        }
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(index) = self.interned.get(name) {
            return *index;
        }
        let index = Span::new(self.names.len(), 0).start;
        self.names.push(name.into());
        self.interned.insert(name.into(), index);
        index
    }
}
