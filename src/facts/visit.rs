//! What rules and extractors ask to visit, and what they see while they visit it.

use crate::{
    code::{Kind, NodeRef, Tree},
    model::Place,
    repo::{File, Repo, Role},
};

/// What a rule or an extractor wants to visit.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Node kinds; empty means that the tree is not needed.
    pub kinds: Vec<Kind>,
    /// A file is visited when it holds one of these literals; empty means every file.
    /// A gate and no test, unless [`Watch::keywords_decide`]: what a visitor says must be the same when nothing keeps
    /// it from a file.
    pub keywords: Vec<String>,
    /// Whether the keywords are part of what the visitor looks for, and so hold also where nothing is gated.
    pub keywords_decide: bool,
    /// Roles of the files to visit; empty means source files.
    pub roles: Vec<Role>,
    /// Whether the text as a whole is visited, before its nodes.
    pub text: bool,
}

impl Watch {
    /// Visits no file at all.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Visits nodes of `kinds` in source files.
    pub fn nodes(kinds: &[Kind]) -> Self {
        Self { kinds: kinds.to_vec(), ..Self::default() }
    }

    /// Visits the text of source files.
    pub fn texts() -> Self {
        Self { text: true, ..Self::default() }
    }

    /// Only files that hold one of `keywords`.
    #[must_use]
    pub fn keywords(mut self, keywords: &[&str]) -> Self {
        self.keywords = keywords.iter().map(|&keyword| keyword.to_owned()).collect();
        self
    }

    /// Only files that hold one of `words`, because elsewhere the same nodes mean something else.
    #[must_use]
    pub fn words(mut self, words: &[&str]) -> Self {
        self.keywords_decide = true;
        self.keywords(words)
    }

    /// Only files of these roles.
    #[must_use]
    pub fn roles(mut self, roles: &[Role]) -> Self {
        self.roles = roles.to_vec();
        self
    }

    pub fn is_nothing(&self) -> bool {
        self.kinds.is_empty() && !self.text
    }

    pub fn wants_role(&self, role: Role) -> bool {
        if self.roles.is_empty() { role == Role::Source } else { self.roles.contains(&role) }
    }
}

/// A file while it is visited.
pub struct Visit<'a> {
    pub repo: &'a Repo,
    pub file: &'a File,
    pub text: &'a str,
    /// Absent for files whose language has no lowering, or when nobody asked for nodes.
    pub tree: Option<&'a Tree<'a>>,
}

impl Visit<'_> {
    /// The place of `node` in this file.
    pub fn place(&self, node: NodeRef<'_>) -> Place {
        Place::At(self.file.id, node.span())
    }
}
