//! A tree as indented text: for tests, for documentation and for the author of a rule who asks what a node looks like.

use std::fmt::Write;

use crate::code::{
    BindingKind,
    tree::{Flags, NodeRef, Role, Tree},
};

/// The tree, one line for each node: role (unless it is an item), kind, name in quotes, flags, and for an identifier
/// of this file what it is bound to.
///
/// ```text
/// Module
///   Assignment "=" CONST
///     target Identifier "app" -> variable
///     value Call
///       callee Identifier "express" -> import express default
/// ```
pub fn dump(tree: &Tree<'_>) -> String {
    let mut text = String::new();
    let root = tree.root();
    line(&mut text, root, 0);
    // Depth by id: parents come before children.
    let mut depths = vec![0usize; tree.len()];
    for node in root.descendants() {
        let depth = node.parent().map_or(0, |parent| depths[parent.id().0 as usize] + 1);
        depths[node.id().0 as usize] = depth;
        line(&mut text, node, depth);
    }
    text
}

#[expect(clippy::use_debug, reason = "the debug form of a kind is its name, and quotes and escapes names")]
fn line(text: &mut String, node: NodeRef<'_>, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
    if node.role() != Role::Item && node.role() != Role::Comment {
        text.push_str(&format!("{:?} ", node.role()).to_lowercase());
    }
    write!(text, "{:?}", node.kind()).expect("writing to a string succeeds");
    if !node.name().is_empty() {
        write!(text, " {:?}", node.name()).expect("writing to a string succeeds");
    }
    for (flag, name) in Flags::NAMES {
        if node.has(*flag) {
            text.push(' ');
            text.push_str(name);
        }
    }
    if let Some(binding) = node.binding() {
        text.push_str(" -> ");
        match &binding.kind {
            BindingKind::Import { module, imported } => {
                write!(text, "import {module} {imported}").expect("writing to a string succeeds");
            }
            kind => text.push_str(&format!("{kind:?}").to_lowercase()),
        }
        if binding.writes > 0 {
            write!(text, " written {}", binding.writes).expect("writing to a string succeeds");
        }
    }
    text.push('\n');
}
