//! The lowered tree: one arena of a few dozen node kinds, the same for every language.
//!
//! `docs/lowered-tree.md` lists every kind with an example in each language. A node has a kind, the role that it
//! plays for its parent, a byte range, flags, and a name whose meaning depends on the kind (see [`Kind`]). Names are
//! interned; the source text stays reachable, so a rule can quote what it judges.

use rustc_hash::FxHashMap;

use crate::{
    code::binding::{Binding, BindingId},
    model::Span,
};

/// What a node is. The comment says what its name holds, if anything, and which roles its children play. Wherever a
/// comment or an error stands, it is a child in role `Comment` or `Item`, whatever the list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// The file. Children: statements ([`Role::Item`]).
    Module,
    /// An import; name: the module specifier. Children: [`Kind::ImportName`] as `Item`, attributes (`with { … }`) as
    /// `Value`. `require('x')` and `import('x')` stay calls; the binding they initialise is an import all the same.
    Import,
    /// One imported name; name: the imported name (`default`, `*` for the whole module). Child: the local identifier
    /// as `Target`, unless there is none. Below a re-export, one name that is passed on.
    ImportName,
    /// An export; name: the module specifier of a re-export. Children as `Item`: the exported declaration or
    /// expression; for `{ a as b }` a [`Kind::Property`] named `b` with the value `a`; for a re-export
    /// [`Kind::ImportName`]. Flags: `DEFAULT`, `TYPE_ONLY`.
    Export,
    /// Any function, method, arrow or lambda; name: its own name. Children: `Decorator`, `Key` (of a computed name),
    /// `Parameter`, `Annotation` (return type), `Body`: a block, or the expression of an arrow. Flags: `ASYNC`,
    /// `GENERATOR`, `ARROW`, `METHOD`, `STATIC`, `GETTER`, `SETTER`, `PRIVATE`, `COMPUTED`.
    Function,
    /// Name: the class's name. Children: `Decorator`, `Base` (what is extended; implemented interfaces as
    /// [`Kind::Type`]; Python's keyword arguments), members as `Item`.
    Class,
    /// Child: the expression as `Value`.
    Decorator,
    /// Name: the parameter's name when it has one. Children: `Decorator`, `Target` (an identifier, a pattern, or a
    /// spread of either), `Annotation`, `Default`. Flags: `OPTIONAL`, `KEYWORD` (only by name), `FIELD` and `PRIVATE`
    /// for a constructor's parameter that declares a field.
    Parameter,
    /// A declaration with or without a value, or an assignment; name: the operator (`=`, `+=`, `:=`), empty without a
    /// value. Children: `Decorator`, `Target`, `Annotation`, `Value`. Flags `CONST`, `LET`, `VAR` mark declarations; a
    /// class field has `FIELD`, with `Key` instead of `Target` when its name is computed.
    Assignment,
    /// Children: `Callee`, type arguments as `Annotation`, `Argument`s in order. Flags: `NEW`, `AWAIT`, `OPTIONAL`,
    /// `TAGGED`. A keyword argument is a [`Kind::Property`] with flag `KEYWORD`.
    Call,
    /// `object.name`; name: the property. Child: `Object`. Flags: `OPTIONAL`, `PRIVATE`.
    Member,
    /// `object[index]`. Children: `Object`, `Index`. Flag: `OPTIONAL`.
    Index,
    /// A reference or a declared name; name: the identifier. `this`, `super`, `undefined` and, where it is called or
    /// looked into, `import` are identifiers too.
    Identifier,
    /// A string literal, also a template or f-string without holes; name: its value with escapes resolved. Flag:
    /// `BYTES`.
    String,
    /// A template or f-string; children: the literal pieces as `String` and the expressions, in order, as `Item`.
    Template,
    /// Name: the literal as written.
    Number,
    /// Name: `true` or `false`.
    Boolean,
    /// `null`, `None`.
    Null,
    /// A regular expression literal; name: the pattern.
    Regex,
    /// An object, a dict, or a destructuring pattern (flag `PATTERN`). Children as `Item`: [`Kind::Property`],
    /// [`Kind::Spread`]. A dict comprehension (flag `COMPREHENSION`) holds a loop instead.
    Object,
    /// A key with its value; name: the key when it is constant. Children: `Key` (only when computed), `Value`,
    /// `Default` (in patterns). Flags: `SHORTHAND`, `COMPUTED`, `KEYWORD`. In an array pattern an element with a
    /// default is a property without a name.
    Property,
    /// An array, list, tuple, set or array pattern (flags `PATTERN`, `TUPLE`, `SET`). Children: `Item`; a hole is an
    /// [`Kind::Other`] named `hole`. A comprehension (flag `COMPREHENSION`; `GENERATOR` for a generator expression)
    /// holds a loop instead.
    Array,
    /// `...x`, `*x`, `**x` (flag `KEYWORD`). Child: `Value`.
    Spread,
    /// Arithmetic or comparison; name: the operator. Children: `Left`, `Right`. Python's chain `a < b < c` nests to
    /// the left.
    Binary,
    /// Name: `&&`, `||`, `??`; Python's `and` and `or` are `&&` and `||`. Children: `Left`, `Right`.
    Logical,
    /// Name: the operator (`!`, also for `not`; `-`, `typeof`, `delete`, also for `del`; `++`). Child: `Value`.
    Unary,
    /// `test ? a : b`, `a if test else b`. Children: `Condition`, `Consequent`, `Alternate`, in source order.
    Conditional,
    /// An `await` whose operand is not a call (a call carries the flag). Child: `Value`.
    Await,
    /// Child: `Value`. Flag: `DELEGATE`.
    Yield,
    /// Children: `Condition`, `Consequent`, `Alternate` (an `else if` or `elif` is an `If` there).
    If,
    /// `switch` and `match`. Children: `Condition`, [`Kind::Case`] as `Item`.
    Switch,
    /// Children: `Condition` (none for the default), `Guard`, statements as `Item`.
    Case,
    /// Any loop, and the `for` of a comprehension; name: `for`, `for-in`, `for-of` (also Python's `for`), `while`,
    /// `do`. Children: `Target`, `Iterated`, `Init`, `Condition`, `Update`, `Body`, `Alternate` (Python's `else`).
    /// Flags: `AWAIT`, `COMPREHENSION`, and `CONST`, `LET`, `VAR` when it declares its target.
    Loop,
    /// Children: `Body`, [`Kind::Catch`] as `Item`, `Alternate` (Python's `else`), `Finally`.
    Try,
    /// Name: the bound name. Children: `Condition` (the caught types), `Parameter` (the identifier or pattern),
    /// `Body`.
    Catch,
    /// Child: `Value`.
    Return,
    /// `throw`, `raise`. Child: `Value`; the cause of `raise … from …` is an `Item`.
    Throw,
    /// `break`, `continue`; name: which.
    Jump,
    /// A sequence of statements as `Item`. Python's `with` is a block with flag `WITH` (and `AWAIT`) and its managers
    /// as `Value`, each followed by what it is bound to as `Target`. A static block has `STATIC`; a namespace is a
    /// block with a name.
    Block,
    /// Name: the tag as written (`div`, `Foo.Bar`; empty for a fragment). Children: `Attribute` ([`Kind::JsxAttribute`]
    /// or [`Kind::Spread`]), content as `Item`, text as [`Kind::String`].
    JsxElement,
    /// Name: the attribute. Child: `Value`, none for a bare one.
    JsxAttribute,
    /// A type annotation or declaration of a language whose types do not run: its text is kept, nothing below it but
    /// comments. Python annotations do run, and are lowered as expressions in role `Annotation`. Name: the declared
    /// name, if it declares one; else the type's own when it has one (`Promise` of `Promise<User>`). Flag: `TYPE_ONLY`
    /// for `declare …`.
    Type,
    /// Name: empty; the text is in the source.
    Comment,
    /// What the parser could not read, or what is nested too deep. Children: what can be read all the same.
    Error,
    /// A construct without a kind of its own; name: the grammar's name for it. Its children are kept.
    Other,
}

impl Kind {
    pub const COUNT: usize = Self::Other as usize + 1;

    /// Every kind, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Module,
        Self::Import,
        Self::ImportName,
        Self::Export,
        Self::Function,
        Self::Class,
        Self::Decorator,
        Self::Parameter,
        Self::Assignment,
        Self::Call,
        Self::Member,
        Self::Index,
        Self::Identifier,
        Self::String,
        Self::Template,
        Self::Number,
        Self::Boolean,
        Self::Null,
        Self::Regex,
        Self::Object,
        Self::Property,
        Self::Array,
        Self::Spread,
        Self::Binary,
        Self::Logical,
        Self::Unary,
        Self::Conditional,
        Self::Await,
        Self::Yield,
        Self::If,
        Self::Switch,
        Self::Case,
        Self::Loop,
        Self::Try,
        Self::Catch,
        Self::Return,
        Self::Throw,
        Self::Jump,
        Self::Block,
        Self::JsxElement,
        Self::JsxAttribute,
        Self::Type,
        Self::Comment,
        Self::Error,
        Self::Other,
    ];
}

/// What a child is to its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// A statement, element, piece or member in order.
    Item,
    Target,
    Value,
    Default,
    Annotation,
    Callee,
    Argument,
    Object,
    Index,
    Key,
    Left,
    Right,
    Condition,
    Consequent,
    Alternate,
    Iterated,
    Init,
    Update,
    Body,
    Finally,
    Parameter,
    Base,
    Decorator,
    Attribute,
    /// The `if` of a `case`.
    Guard,
    /// A comment, wherever it stands: the other roles hold code only.
    Comment,
}

impl Role {
    /// Every role, in order.
    pub const ALL: &[Self] = &[
        Self::Item,
        Self::Target,
        Self::Value,
        Self::Default,
        Self::Annotation,
        Self::Callee,
        Self::Argument,
        Self::Object,
        Self::Index,
        Self::Key,
        Self::Left,
        Self::Right,
        Self::Condition,
        Self::Consequent,
        Self::Alternate,
        Self::Iterated,
        Self::Init,
        Self::Update,
        Self::Body,
        Self::Finally,
        Self::Parameter,
        Self::Base,
        Self::Decorator,
        Self::Attribute,
        Self::Guard,
        Self::Comment,
    ];
}

/// Small facts about a node; which can occur where is said at each [`Kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u32);

impl Flags {
    pub const NONE: Self = Self(0);
    pub const NEW: Self = Self(1);
    pub const AWAIT: Self = Self(1 << 1);
    pub const OPTIONAL: Self = Self(1 << 2);
    pub const TAGGED: Self = Self(1 << 3);
    pub const CONST: Self = Self(1 << 4);
    pub const LET: Self = Self(1 << 5);
    pub const VAR: Self = Self(1 << 6);
    pub const FIELD: Self = Self(1 << 7);
    pub const ASYNC: Self = Self(1 << 8);
    pub const GENERATOR: Self = Self(1 << 9);
    pub const ARROW: Self = Self(1 << 10);
    pub const METHOD: Self = Self(1 << 11);
    pub const STATIC: Self = Self(1 << 12);
    pub const PATTERN: Self = Self(1 << 13);
    pub const TUPLE: Self = Self(1 << 14);
    pub const SET: Self = Self(1 << 15);
    pub const SHORTHAND: Self = Self(1 << 16);
    pub const COMPUTED: Self = Self(1 << 17);
    pub const KEYWORD: Self = Self(1 << 18);
    pub const DELEGATE: Self = Self(1 << 19);
    pub const COMPREHENSION: Self = Self(1 << 20);
    pub const WITH: Self = Self(1 << 21);
    pub const BYTES: Self = Self(1 << 22);
    /// `import type`, `export type`, `declare`: gone when the program runs.
    pub const TYPE_ONLY: Self = Self(1 << 23);
    pub const DEFAULT: Self = Self(1 << 24);
    pub const GETTER: Self = Self(1 << 25);
    pub const SETTER: Self = Self(1 << 26);
    pub const PRIVATE: Self = Self(1 << 27);

    /// Every flag with its name, in order.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::NEW, "NEW"),
        (Self::AWAIT, "AWAIT"),
        (Self::OPTIONAL, "OPTIONAL"),
        (Self::TAGGED, "TAGGED"),
        (Self::CONST, "CONST"),
        (Self::LET, "LET"),
        (Self::VAR, "VAR"),
        (Self::FIELD, "FIELD"),
        (Self::ASYNC, "ASYNC"),
        (Self::GENERATOR, "GENERATOR"),
        (Self::ARROW, "ARROW"),
        (Self::METHOD, "METHOD"),
        (Self::STATIC, "STATIC"),
        (Self::PATTERN, "PATTERN"),
        (Self::TUPLE, "TUPLE"),
        (Self::SET, "SET"),
        (Self::SHORTHAND, "SHORTHAND"),
        (Self::COMPUTED, "COMPUTED"),
        (Self::KEYWORD, "KEYWORD"),
        (Self::DELEGATE, "DELEGATE"),
        (Self::COMPREHENSION, "COMPREHENSION"),
        (Self::WITH, "WITH"),
        (Self::BYTES, "BYTES"),
        (Self::TYPE_ONLY, "TYPE_ONLY"),
        (Self::DEFAULT, "DEFAULT"),
        (Self::GETTER, "GETTER"),
        (Self::SETTER, "SETTER"),
        (Self::PRIVATE, "PRIVATE"),
    ];

    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl std::ops::BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

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
        let mut stack: Vec<Self> = Vec::new();
        push_children(self, &mut stack);
        std::iter::from_fn(move || {
            let next = stack.pop()?;
            push_children(next, &mut stack);
            Some(next)
        })
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

fn push_children<'t>(node: NodeRef<'t>, stack: &mut Vec<NodeRef<'t>>) {
    let from = stack.len();
    stack.extend(node.children());
    stack[from..].reverse();
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
        self.open.pop();
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
    pub fn finish(self) -> Tree<'s> {
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
