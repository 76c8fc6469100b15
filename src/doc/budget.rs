//! The bound on what one file may become, so that aliases cannot multiply it.

use super::{MAX_NODES, Node, Value};

/// Bytes of text that aliases may copy, all together.
const MAX_COPIED_BYTES: usize = 16 << 20;

/// What may still be built.
pub(super) struct Budget {
    nodes: usize,
    copied_bytes: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { nodes: MAX_NODES, copied_bytes: MAX_COPIED_BYTES }
    }

    /// Takes one node; false when there is none left.
    pub(super) fn take(&mut self) -> bool {
        self.take_many(1)
    }

    fn take_many(&mut self, count: usize) -> bool {
        match self.nodes.checked_sub(count) {
            Some(rest) => {
                self.nodes = rest;
                true
            }
            None => false,
        }
    }

    /// Copies a node with all that it holds, if the budget allows and the copy is at most `depth` levels deep.
    pub(super) fn copy(&mut self, node: &Node, depth: usize) -> Option<Node> {
        let size = size(node, self.nodes);
        if size.depth > depth {
            return None;
        }
        self.copied_bytes = self.copied_bytes.checked_sub(size.bytes)?;
        self.take_many(size.nodes).then(|| node.clone())
    }
}

#[derive(Default)]
struct Size {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

/// What lies below and including `node`; counting stops soon after `limit` nodes.
fn size(node: &Node, limit: usize) -> Size {
    let mut size = Size::default();
    let mut pending = vec![(node, 0)];
    while let Some((node, depth)) = pending.pop() {
        size.nodes += 1;
        size.depth = size.depth.max(depth);
        if size.nodes > limit {
            break;
        }
        match &node.value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(text) | Value::String(text) => size.bytes += text.len(),
            Value::List(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Map(entries) => {
                size.bytes += entries.iter().map(|entry| entry.key.len()).sum::<usize>();
                pending.extend(entries.iter().map(|entry| (&entry.value, depth + 1)));
            }
        }
    }
    size
}
