//! What both exact lowerings build their trees with: a builder that puts comments in their places by position.

use crate::{
    code::{
        lower::walk::MAX_DEPTH,
        tree::{Flags, Kind, NodeId, Role, TreeBuilder},
    },
    model::Span,
};

/// Builds a tree whose comments fall in by themselves: each becomes a child of the innermost node around it.
pub(super) struct Emit<'s> {
    builder: TreeBuilder<'s>,
    /// All comments of the file in order, and how many of them are in the tree.
    comments: Vec<Span>,
    placed: usize,
    /// Where the comments begin that were added before their turn.
    early: Vec<u32>,
    /// Where each open node ends.
    ends: Vec<u32>,
    /// Calls of [`Emit::enter`] that have not left.
    depth: usize,
    too_deep: bool,
}

impl<'s> Emit<'s> {
    pub(super) fn new(source: &'s str, comments: Vec<Span>) -> Self {
        let builder = TreeBuilder::new(source);
        Self { builder, comments, placed: 0, early: Vec::new(), ends: Vec::new(), depth: 0, too_deep: false }
    }

    /// The builder with everything that was lowered; `None` when something was nested too deep.
    pub(super) fn finish(self) -> Option<TreeBuilder<'s>> {
        (!self.too_deep).then_some(self.builder)
    }

    /// Steps one level down, unless that is too deep, in which case the whole tree is of no use.
    pub(super) fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH || self.ends.len() >= MAX_DEPTH {
            self.too_deep = true;
        }
        if self.too_deep {
            return false;
        }
        self.depth += 1;
        true
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn source(&self) -> &'s str {
        self.builder.source()
    }

    pub(super) fn text(&self, span: Span) -> &'s str {
        self.source().get(span.range()).unwrap_or_default()
    }

    /// Adds the comments that begin before `position`.
    pub(super) fn comments_before(&mut self, position: u32) {
        while let Some(comment) = self.comments.get(self.placed).filter(|comment| comment.start < position) {
            self.placed += 1;
            if !self.early.contains(&comment.start) {
                self.builder.leaf(Kind::Comment, Role::Comment, *comment);
            }
        }
    }

    /// The comment that begins at `position`.
    pub(super) fn comment_at(&self, position: u32) -> Option<Span> {
        let index = self.comments.partition_point(|comment| comment.start < position);
        self.comments.get(index).filter(|comment| comment.start == position).copied()
    }

    /// Whether a comment that begins before `position` is still to be added.
    pub(super) fn has_comments_before(&self, position: u32) -> bool {
        let due = self.comments[self.placed..].iter().take_while(|comment| comment.start < position);
        due.clone().any(|comment| !self.early.contains(&comment.start))
    }

    /// Adds the comments that begin before `position` and lie in none of `spans`.
    pub(super) fn comments_outside(&mut self, position: u32, spans: &[Span]) {
        let due = self.comments[self.placed..].iter().take_while(|comment| comment.start < position);
        let outside: Vec<Span> =
            due.filter(|comment| !spans.iter().any(|span| span.contains(**comment))).copied().collect();
        for comment in outside {
            if !self.early.contains(&comment.start) {
                self.early.push(comment.start);
                self.builder.leaf(Kind::Comment, Role::Comment, comment);
            }
        }
    }

    pub(super) fn open(&mut self, kind: Kind, span: Span, role: Role) -> NodeId {
        self.comments_before(span.start);
        self.ends.push(span.end);
        self.builder.open(kind, role, span)
    }

    pub(super) fn open_named(&mut self, kind: Kind, span: Span, role: Role, name: &str) -> NodeId {
        let id = self.open(kind, span, role);
        self.builder.set_name(id, name);
        id
    }

    pub(super) fn close(&mut self) {
        if let Some(end) = self.ends.pop() {
            self.comments_before(end);
        }
        self.builder.close();
    }

    pub(super) fn leaf(&mut self, kind: Kind, span: Span, role: Role, name: &str) -> NodeId {
        self.comments_before(span.start);
        let id = self.builder.leaf(kind, role, span);
        self.name(id, name);
        id
    }

    /// A leaf whose name is its text.
    pub(super) fn text_leaf(&mut self, kind: Kind, span: Span, role: Role) -> NodeId {
        self.leaf(kind, span, role, self.text(span))
    }

    /// A node that holds nothing but the comments within it.
    pub(super) fn hollow(&mut self, kind: Kind, span: Span, role: Role, name: &str) -> NodeId {
        let id = self.open_named(kind, span, role, name);
        self.close();
        id
    }

    pub(super) fn name(&mut self, id: NodeId, name: &str) {
        if !name.is_empty() {
            self.builder.set_name(id, name);
        }
    }

    pub(super) fn flag(&mut self, id: NodeId, flags: Flags) {
        self.builder.add_flags(id, flags);
    }

    pub(super) fn flag_if(&mut self, condition: bool, id: NodeId, flags: Flags) {
        if condition {
            self.flag(id, flags);
        }
    }

    pub(super) fn next_id(&self) -> NodeId {
        self.builder.next_id()
    }

    pub(super) fn kind_of(&self, id: NodeId) -> Option<Kind> {
        self.builder.kind_of(id)
    }

    /// The first position from `from` on that is neither blank nor in a comment.
    pub(super) fn token_from(&self, from: u32) -> u32 {
        let bytes = self.source().as_bytes();
        let mut next = self.comments.partition_point(|comment| comment.start < from);
        let mut at = from;
        loop {
            match bytes.get(at as usize) {
                _ if self.comments.get(next).is_some_and(|comment| comment.start == at) => {
                    at = self.comments[next].end;
                    next += 1;
                }
                Some(byte) if is_blank(*byte) => at += 1,
                _ => return at,
            }
        }
    }

    /// Where the last token before `until` ends.
    pub(super) fn token_until(&self, until: u32) -> u32 {
        let bytes = self.source().as_bytes();
        let mut at = until;
        let mut before = self.comments.partition_point(|comment| comment.end <= at);
        loop {
            while before > 0 && self.comments[before - 1].end > at {
                before -= 1;
            }
            match at.checked_sub(1).and_then(|last| bytes.get(last as usize)) {
                Some(byte) if is_blank(*byte) => at -= 1,
                Some(_) if before > 0 && self.comments[before - 1].end == at => {
                    before -= 1;
                    at = self.comments[before].start;
                }
                _ => return at,
            }
        }
    }

    /// The next occurrence of the one-byte token `token` from `from` on, outside comments.
    pub(super) fn find_token(&self, from: u32, token: u8) -> u32 {
        let bytes = self.source().as_bytes();
        let mut at = self.token_from(from);
        while bytes.get(at as usize).is_some_and(|byte| *byte != token) {
            at = self.token_from(at + 1);
        }
        at
    }
}

/// White space, and the backslash that continues a line.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\\'
}
