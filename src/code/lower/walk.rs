//! The walk over a parser's tree that every language shares: one table from a grammar's node kinds to handlers,
//! and the few operations that handlers are made of.

use rustc_hash::FxHashMap;
use tree_sitter::{Language, Node, TreeCursor};

use crate::{
    code::tree::{Flags, Kind, NodeId, Role, TreeBuilder},
    model::Span,
};

/// Nesting that is lowered; what lies deeper becomes an error node. Lowering recurses, and an unoptimised build takes
/// about a quarter of a 2 MiB stack for this many levels.
pub(super) const MAX_DEPTH: usize = 500;

/// Lowers one node of the parser's tree in the role it plays for its parent.
pub(super) type Handler = for<'s, 't> fn(&mut Walk<'s, 't>, Node<'t>, Role);

/// Rows of a handler table: node kinds and who lowers them.
pub(super) type Table = &'static [(&'static [&'static str], Handler)];

/// A grammar's node kinds, each with its handler.
pub(super) struct Grammar {
    handlers: Vec<Handler>,
}

impl Grammar {
    /// Joins a grammar with the tables of its language. A named kind without a row becomes [`Kind::Other`].
    pub(super) fn new(language: &Language, tables: &[Table]) -> Self {
        let rows: FxHashMap<&str, Handler> = tables
            .iter()
            .flat_map(|table| table.iter())
            .flat_map(|(kinds, handler)| kinds.iter().map(|kind| (*kind, *handler)))
            .collect();
        let handlers = (0..language.node_kind_count())
            .map(|index| {
                let id = u16::try_from(index).unwrap_or(u16::MAX);
                if !language.node_kind_is_named(id) {
                    return token as Handler;
                }
                language.node_kind_for_id(id).and_then(|kind| rows.get(kind)).copied().unwrap_or(other)
            })
            .collect();
        Self { handlers }
    }

    fn handler(&self, kind: u16) -> Handler {
        self.handlers.get(usize::from(kind)).copied().unwrap_or(other)
    }
}

/// A child in the parser's tree with the name of its field; the name is empty for a child without one.
#[derive(Clone, Copy)]
pub(super) struct Part<'t> {
    pub(super) node: Node<'t>,
    pub(super) field: &'t str,
}

impl<'t> Part<'t> {
    pub(super) fn kind(self) -> &'t str {
        self.node.kind()
    }

    /// Code, as opposed to punctuation, comments and errors.
    pub(super) fn is_code(self) -> bool {
        self.node.is_named() && !self.node.is_extra() && !self.node.is_error()
    }
}

/// The state of lowering one file.
pub(super) struct Walk<'s, 't> {
    builder: TreeBuilder<'s>,
    grammar: &'static Grammar,
    cursor: TreeCursor<'t>,
    depth: usize,
    cut: bool,
    /// Decorators, and comments between them, that stand before the declaration they belong to.
    pending: Vec<Node<'t>>,
    comments: CommentEnds,
    /// Where each open node ends.
    ends: Vec<u32>,
    /// Comments and missing tokens behind the end of the node that the grammar puts them into.
    hung: Vec<(Node<'t>, Role)>,
}

impl<'s, 't> Walk<'s, 't> {
    pub(super) fn new(
        builder: TreeBuilder<'s>,
        grammar: &'static Grammar,
        root: Node<'t>,
        comments: CommentEnds,
    ) -> Self {
        let (pending, ends, hung) = (Vec::new(), Vec::new(), Vec::new());
        Self { builder, grammar, cursor: root.walk(), depth: 0, cut: false, pending, comments, ends, hung }
    }

    /// The builder with everything that was lowered, and whether anything was cut.
    pub(super) fn finish(self) -> (TreeBuilder<'s>, bool) {
        (self.builder, self.cut)
    }

    /// Lowers `node` by its handler.
    pub(super) fn visit(&mut self, node: Node<'t>, role: Role) {
        if is_empty_error(node) {
            self.place(node, role);
            return;
        }
        if !self.can_nest() {
            if node.is_named() {
                self.cut(node, role);
            }
            return;
        }
        self.depth += 1;
        let handler = if node.is_error() { error } else { self.grammar.handler(node.kind_id()) };
        handler(self, node, role);
        self.depth -= 1;
    }

    /// Whether a node may be opened here, or the nesting has reached its limit.
    pub(super) fn can_nest(&self) -> bool {
        self.depth < MAX_DEPTH && self.builder.depth() < MAX_DEPTH
    }

    /// Leaves `node` out because it is nested too deep.
    pub(super) fn cut(&mut self, node: Node<'t>, role: Role) {
        self.cut_range(node, node, role);
    }

    /// Leaves out everything from `first` to `last`.
    pub(super) fn cut_range(&mut self, first: Node<'t>, last: Node<'t>, role: Role) {
        self.cut = true;
        self.builder.leaf(Kind::Error, role, Span::new(first.start_byte(), last.end_byte()));
    }

    pub(super) fn next_id(&self) -> NodeId {
        self.builder.next_id()
    }

    pub(super) fn kind_of(&self, id: NodeId) -> Option<Kind> {
        self.builder.kind_of(id)
    }

    /// As [`Walk::visit`]; the id is that of the node that `node` became, when it became one of `kind`.
    pub(super) fn visit_as(&mut self, kind: Kind, node: Node<'t>, role: Role) -> Option<NodeId> {
        let id = self.builder.next_id();
        self.visit(node, role);
        (self.builder.kind_of(id) == Some(kind)).then_some(id)
    }

    /// Lowers every child in `role`.
    pub(super) fn visit_all(&mut self, node: Node<'t>, role: Role) {
        for part in self.parts(node) {
            self.visit(part.node, role);
        }
    }

    /// Lowers a child that its parent's handler has no place for: comments and errors above all.
    pub(super) fn rest(&mut self, part: Part<'t>) {
        self.visit(part.node, Role::Item);
    }

    /// The children in source order, punctuation included.
    pub(super) fn parts(&mut self, node: Node<'t>) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                parts.push(Part { node: self.cursor.node(), field: self.cursor.field_name().unwrap_or_default() });
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        parts
    }

    /// Opens a node over `node`, lowers its children, each field in the role named for it, and closes it. Children
    /// outside `fields` become items.
    pub(super) fn compose(&mut self, kind: Kind, node: Node<'t>, role: Role, fields: &[(&str, Role)]) -> NodeId {
        let id = self.open(kind, node, role);
        for part in self.parts(node) {
            match fields.iter().find(|(field, _)| *field == part.field) {
                Some((_, role)) => self.visit(part.node, *role),
                None => self.rest(part),
            }
        }
        self.close();
        id
    }

    /// Opens a node over `node`, lowers all its children in `inner`, and closes it.
    pub(super) fn wrap(&mut self, kind: Kind, node: Node<'t>, role: Role, inner: Role) -> NodeId {
        let id = self.open(kind, node, role);
        self.visit_all(node, inner);
        self.close();
        id
    }

    pub(super) fn open(&mut self, kind: Kind, node: Node<'t>, role: Role) -> NodeId {
        self.open_at(kind, span(node), role)
    }

    pub(super) fn open_at(&mut self, kind: Kind, span: Span, role: Role) -> NodeId {
        let span = self.comments.trimmed(span, self.builder.source());
        self.ends.push(span.end);
        self.builder.open(kind, role, span)
    }

    /// Opens a declaration with the decorators that stand before it.
    pub(super) fn open_declaration(&mut self, kind: Kind, node: Node<'t>, role: Role) -> NodeId {
        let pending = std::mem::take(&mut self.pending);
        let start = pending.first().map_or(node.start_byte(), |first| first.start_byte().min(node.start_byte()));
        let id = self.open_at(kind, Span::new(start, node.end_byte()), role);
        for before in pending {
            self.visit(before, Role::Decorator);
        }
        id
    }

    pub(super) fn close(&mut self) {
        self.ends.pop();
        self.builder.close();
        for (node, role) in std::mem::take(&mut self.hung) {
            self.place(node, role);
        }
    }

    /// Adds a comment or a missing token, unless it lies behind the end of the innermost node: then it waits for one
    /// that holds it.
    fn place(&mut self, node: Node<'t>, role: Role) {
        // A carriage return belongs to the end of the line.
        let text = self.text(node).trim_end_matches('\r');
        let range = Span::new(node.start_byte(), node.start_byte() + text.len());
        if self.ends.last().is_some_and(|end| range.end > *end) {
            self.hung.push((node, role));
        } else {
            let kind = if is_empty_error(node) { Kind::Error } else { Kind::Comment };
            self.builder.leaf(kind, role, range);
        }
    }

    pub(super) fn leaf(&mut self, kind: Kind, node: Node<'t>, role: Role) -> NodeId {
        self.builder.leaf(kind, role, span(node))
    }

    /// A leaf whose name is its text.
    pub(super) fn named_leaf(&mut self, kind: Kind, node: Node<'t>, role: Role) -> NodeId {
        let id = self.leaf(kind, node, role);
        let text = self.text(node);
        self.name(id, text);
        id
    }

    pub(super) fn leaf_at(&mut self, kind: Kind, span: Span, role: Role, name: &str) -> NodeId {
        let id = self.builder.leaf(kind, role, span);
        self.name(id, name);
        id
    }

    pub(super) fn name(&mut self, id: NodeId, name: &str) {
        self.builder.set_name(id, name);
    }

    pub(super) fn flag(&mut self, id: NodeId, flags: Flags) {
        self.builder.add_flags(id, flags);
    }

    pub(super) fn flag_if(&mut self, condition: bool, id: NodeId, flags: Flags) {
        if condition {
            self.flag(id, flags);
        }
    }

    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        self.slice(node.start_byte(), node.end_byte())
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'s str {
        self.builder.source().get(start..end).unwrap_or_default()
    }

    /// Keeps `node` for the next declaration; see [`Walk::open_declaration`].
    pub(super) fn defer(&mut self, node: Node<'t>) {
        self.pending.push(node);
    }

    pub(super) fn has_deferred(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Lowers what was deferred when no declaration came.
    pub(super) fn flush(&mut self) {
        for node in std::mem::take(&mut self.pending) {
            self.visit(node, Role::Decorator);
        }
    }

    /// Lowers the comments of `node` that lie in `range`.
    pub(super) fn comments_within(&mut self, node: Node<'t>, range: Span) {
        let mut cursor = node.walk();
        loop {
            let at = cursor.node();
            if at.kind() == "comment" && range.contains(span(at)) {
                self.leaf(Kind::Comment, at, Role::Comment);
            } else if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Leaves `node` out, except for the errors and comments inside it.
    pub(super) fn skip(&mut self, node: Node<'t>) {
        let text = self.text(node);
        if !node.has_error() && !text.contains("//") && !text.contains("/*") {
            return;
        }
        let mut cursor = node.walk();
        loop {
            let at = cursor.node();
            if is_empty_error(at) {
                self.place(at, Role::Item);
            } else if at.is_error() {
                self.leaf(Kind::Error, at, Role::Item);
            } else if at.kind() == "comment" {
                self.place(at, Role::Comment);
            } else if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }
}

/// Where the comments of a file end, each with its beginning.
///
/// The grammars of scripts let a statement without a semicolon end behind the comment that follows it on the same
/// line. It ends before the comment, and so does everything that ends with it.
#[derive(Default)]
pub(super) struct CommentEnds(FxHashMap<u32, u32>);

impl CommentEnds {
    pub(super) fn of_scripts(root: Node<'_>, source: &str) -> Self {
        let mut ends = Self::default();
        if !source.contains("//") && !source.contains("/*") {
            return ends;
        }
        let mut cursor = root.walk();
        loop {
            let at = cursor.node();
            if at.kind() == "comment" {
                let comment = span(at);
                ends.0.insert(comment.end, comment.start);
            } else if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return ends;
                }
            }
        }
    }

    /// `span` without the comments at its end.
    pub(super) fn trimmed(&self, span: Span, source: &str) -> Span {
        let mut end = span.end;
        while let Some(start) = self.0.get(&end).filter(|start| **start > span.start) {
            let before = source.get(span.start as usize..*start as usize).unwrap_or_default();
            end = span.start + Span::new(before.trim_end().len(), 0).start;
        }
        Span { start: span.start, end }
    }
}

pub(super) fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// A token that is missing, or an error without any text.
fn is_empty_error(node: Node<'_>) -> bool {
    node.is_missing() || (node.is_error() && node.byte_range().is_empty())
}

/// The first child that is code.
pub(super) fn first_code(node: Node<'_>) -> Option<Node<'_>> {
    node.named_children(&mut node.walk()).find(|child| Part { node: *child, field: "" }.is_code())
}

/// Whether `node` has the anonymous token `token` among its own children.
pub(super) fn has_token(parts: &[Part<'_>], token: &str) -> bool {
    parts.iter().any(|part| !part.node.is_named() && part.kind() == token)
}

// Handlers that more than one language uses.

/// Punctuation and keywords: nothing is lost by leaving them out.
pub(super) fn token(_: &mut Walk<'_, '_>, _: Node<'_>, _: Role) {}

/// A subtree that does not run and that no rule asks for.
pub(super) fn left_out<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    walk.skip(node);
}

/// Text that the parser could not place. It stands beside the code it interrupts, so it takes no role from it.
pub(super) fn error<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    walk.wrap(Kind::Error, node, Role::Item, Role::Item);
}

/// A construct without a kind of its own: its name and its children.
pub(super) fn other<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.wrap(Kind::Other, node, role, Role::Item);
    walk.name(id, node.kind());
}

pub(super) fn comment<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    walk.place(node, Role::Comment);
}

/// A node whose one child stands for it, such as a parenthesis: the child takes the role.
pub(super) fn transparent<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let mut taken = false;
    for part in walk.parts(node) {
        if part.is_code() {
            if taken {
                walk.skip(part.node);
            } else {
                walk.visit(part.node, role);
            }
            taken = true;
        } else {
            walk.rest(part);
        }
    }
}

/// A list whose children all play the role of the list.
pub(super) fn spliced<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.visit_all(node, role);
}

pub(super) fn arguments<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    walk.visit_all(node, Role::Argument);
}

pub(super) fn identifier<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.named_leaf(Kind::Identifier, node, role);
}

pub(super) fn number<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.named_leaf(Kind::Number, node, role);
}

pub(super) fn null<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.leaf(Kind::Null, node, role);
}

pub(super) fn boolean<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let value = matches!(walk.text(node), "true" | "True");
    let id = walk.leaf(Kind::Boolean, node, role);
    walk.name(id, if value { "true" } else { "false" });
}

pub(super) fn block<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.wrap(Kind::Block, node, role, Role::Item);
}

/// `break` and `continue`; a label stays in the source.
pub(super) fn jump<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    let id = walk.open(Kind::Jump, node, role);
    walk.name(id, if node.kind() == "break_statement" { "break" } else { "continue" });
    walk.visit_all(node, Role::Item);
    walk.close();
}

pub(super) fn decorator<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, _: Role) {
    walk.wrap(Kind::Decorator, node, Role::Decorator, Role::Value);
}

pub(super) fn spread<'t>(walk: &mut Walk<'_, 't>, node: Node<'t>, role: Role) {
    walk.wrap(Kind::Spread, node, role, Role::Value);
}
