//! How rules find their way in a tree: paths, patterns of paths, and a walk.

use std::fmt;

use super::{Entry, Node};

/// One step from a node to a node in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'d> {
    Key(&'d str),
    Index(usize),
}

/// The way from the root of a document to a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path<'d> {
    pub steps: Vec<Step<'d>>,
}

impl<'d> Path<'d> {
    /// The last key on the way, list indices skipped.
    pub fn last_key(&self) -> Option<&'d str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(*key),
            Step::Index(_) => None,
        })
    }

    /// Whether the path is `pattern`, in which `*` stands for any one key or index.
    pub fn is(&self, pattern: &[&str]) -> bool {
        self.steps.len() == pattern.len() && self.ends_with(pattern)
    }

    /// Whether the path ends like `pattern`, in which `*` stands for any one key or index.
    pub fn ends_with(&self, pattern: &[&str]) -> bool {
        self.steps.len() >= pattern.len()
            && self.steps[self.steps.len() - pattern.len()..].iter().zip(pattern).all(|(step, want)| step.matches(want))
    }
}

impl Step<'_> {
    fn matches(self, pattern: &str) -> bool {
        pattern == "*"
            || match self {
                Self::Key(key) => key == pattern,
                Self::Index(index) => pattern.parse() == Ok(index),
            }
    }
}

/// Joined by dots: `services.web.ports.0`.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            if position > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::Index(index) => write!(f, "{index}")?,
            }
        }
        Ok(())
    }
}

impl Node {
    /// The node at `path`; list indices are numbers.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| node.child(step))
    }

    /// The entry at `path`, for a rule that shows the key with the value.
    pub fn entry_at(&self, path: &[&str]) -> Option<&Entry> {
        let (last, parents) = path.split_last()?;
        self.at(parents)?.entry(last)
    }

    /// Every value of `key` in order: duplicates, and repeated XML elements.
    pub fn all<'d>(&'d self, key: &str) -> impl Iterator<Item = &'d Self> {
        self.entries().iter().filter(move |entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Every node that `pattern` reaches, in order; `*` stands for any key or index, and repeated keys are all
    /// followed.
    pub fn select(&self, pattern: &[&str]) -> Vec<&Self> {
        pattern.iter().fold(vec![self], |nodes, step| {
            nodes
                .into_iter()
                .flat_map(|node| node.children().filter(|(at, _)| at.matches(step)).map(|(_, n)| n))
                .collect()
        })
    }

    /// Every node below and including this one, depth first, parents before children.
    pub fn walk(&self) -> Walk<'_> {
        Walk { pending: vec![(0, None, self)], path: Path::default() }
    }

    /// What this list or map holds, in order.
    pub fn children(&self) -> impl Iterator<Item = (Step<'_>, &Self)> {
        let items = self.items().iter().enumerate().map(|(index, item)| (Step::Index(index), item));
        let entries = self.entries().iter().map(|entry| (Step::Key(&entry.key), &entry.value));
        items.chain(entries)
    }

    fn child(&self, step: &str) -> Option<&Self> {
        if self.is_list() { self.items().get(step.parse::<usize>().ok()?) } else { self.get(step) }
    }
}

/// See [`Node::walk`]. Ends, because a tree is bounded in depth and size when it is built.
pub struct Walk<'d> {
    /// Nodes to visit, the next one last, with the length of their parent's path and their step from it.
    pending: Vec<(usize, Option<Step<'d>>, &'d Node)>,
    path: Path<'d>,
}

impl<'d> Iterator for Walk<'d> {
    type Item = (Path<'d>, &'d Node);

    fn next(&mut self) -> Option<Self::Item> {
        let (parent, step, node) = self.pending.pop()?;
        self.path.steps.truncate(parent);
        self.path.steps.extend(step);
        let depth = self.path.steps.len();
        let first = self.pending.len();
        self.pending.extend(node.children().map(|(step, child)| (depth, Some(step), child)));
        self.pending[first..].reverse();
        Some((self.path.clone(), node))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, parse};

    const COMPOSE: &str = "services:\n  web:\n    ports: [a, b]\n  db: {ports: [c]}\n";

    #[test]
    fn finds_by_path_and_pattern() {
        let doc = parse(Format::Yaml, COMPOSE);
        let root = doc.root().unwrap();
        assert_eq!(root.at(&["services", "web", "ports", "1"]).unwrap().as_str(), Some("b"));
        assert!(root.at(&["services", "web", "ports", "2"]).is_none());
        assert_eq!(root.entry_at(&["services", "db"]).unwrap().key, "db");
        let ports: Vec<_> = root.select(&["services", "*", "ports", "*"]).iter().filter_map(|n| n.as_str()).collect();
        assert_eq!(ports, ["a", "b", "c"]);
    }

    #[test]
    fn walks_in_order_with_paths() {
        let doc = parse(Format::Yaml, COMPOSE);
        let paths: Vec<_> = doc.root().unwrap().walk().map(|(path, _)| path.to_string()).collect();
        let expected = [
            "",
            "services",
            "services.web",
            "services.web.ports",
            "services.web.ports.0",
            "services.web.ports.1",
            "services.db",
            "services.db.ports",
            "services.db.ports.0",
        ];
        assert_eq!(paths, expected);
        let (path, _) = doc.root().unwrap().walk().last().unwrap();
        assert!(path.is(&["services", "*", "ports", "0"]) && path.ends_with(&["ports", "*"]));
        assert_eq!(path.last_key(), Some("ports"));
    }
}
