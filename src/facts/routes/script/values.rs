//! What stands in the arguments of registrations: names of loops, lists, objects and pieces of paths.

use super::{
    RouterCall,
    graph::Found,
    walk::{Names, Walk},
};
use crate::{
    facts::modules::{CallShape, Definition, Root, Shape},
    model::FileId,
};

impl Walk<'_> {
    /// What the names of a loop around a registration stand for, turn by turn.
    pub(super) fn turns(&self, file: FileId, call: &RouterCall) -> Vec<Names> {
        let Some(looped) = &call.looped else { return vec![Names::new()] };
        let mut items = Vec::new();
        self.items(file, &looped.over, &mut items, 4);
        if items.is_empty() {
            return vec![Names::new()];
        }
        items
            .into_iter()
            .map(|(file, item)| {
                looped
                    .keys
                    .iter()
                    .filter_map(|(key, local)| {
                        if key.is_empty() {
                            return Some((local.clone(), (file, item.clone())));
                        }
                        Some((local.clone(), self.part(file, &item, key)?))
                    })
                    .collect()
            })
            .collect()
    }

    fn items(&self, file: FileId, over: &super::Object, items: &mut Vec<(FileId, Shape)>, depth: usize) {
        match over {
            super::Object::Shape(shape) => {
                let (file, shape) = self.expression(file, shape);
                if let Shape::Array(list) = shape {
                    items.extend(list.into_iter().map(|item| (file, item)));
                }
            }
            // Lists that are handed to a constructor: `new App([new UserRoute()])`.
            super::Object::Parameter { function, index, key: None } => {
                if depth == 0 {
                    return;
                }
                for (from, signs) in self.graph.facts.files() {
                    for given in signs.routers.given.iter().filter(|given| given.index == *index) {
                        let Some(id) = self.graph.function(from, &given.callee) else { continue };
                        let handed = matches!(given.object, super::Object::Parameter { .. });
                        if handed && id.file == file && self.modules().function(id).span == *function {
                            self.items(from, &given.object, items, depth - 1);
                        }
                    }
                }
                for (from, signs) in self.graph.facts.files() {
                    for (callee, at, list) in &signs.routers.lists {
                        let Some(id) = self.graph.function(from, callee).filter(|_| at == index) else { continue };
                        if id.file == file && self.modules().function(id).span == *function {
                            items.extend(list.iter().map(|item| (from, item.clone())));
                        }
                    }
                }
            }
            super::Object::Parameter { .. } => {}
        }
    }

    /// The expression that a name stands for, or the shape itself.
    pub(super) fn expression(&self, file: FileId, shape: &Shape) -> (FileId, Shape) {
        let Shape::Name(name) = shape else { return (file, shape.clone()) };
        match self.graph.expression(file, name) {
            Some((file, Found::Shape(shape))) => (file, shape.clone()),
            _ => (file, shape.clone()),
        }
    }

    /// What is under a key of an object, or in a field of an instance.
    fn part(&self, file: FileId, of: &Shape, key: &str) -> Option<(FileId, Shape)> {
        let (file, of) = self.expression(file, of);
        match &of {
            Shape::Object(_) => of.get(key).map(|part| (file, part.clone())),
            Shape::Call(CallShape { callee, .. }) => match self.modules().definition(file, callee.named()?) {
                Definition::Class { file, class } => match self.graph.field(file, class, key)? {
                    (file, Found::Shape(shape)) => Some((file, shape.clone())),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// An argument with the names of the loop around it filled in.
    pub(super) fn filled(&self, file: FileId, shape: &Shape, names: &Names) -> (FileId, Shape) {
        let Shape::Name(name) = shape else { return (file, shape.clone()) };
        let Root::Inner(local) = &name.root else { return (file, shape.clone()) };
        let Some((_, (from, value))) = names.iter().find(|(known, _)| known == local) else {
            return (file, shape.clone());
        };
        let mut at = (*from, value.clone());
        for member in &name.members {
            match self.part(at.0, &at.1, member) {
                Some(part) => at = part,
                None => return (file, shape.clone()),
            }
        }
        at
    }

    /// The text that an expression stands for.
    pub(super) fn text(&self, file: FileId, shape: &Shape, names: &Names) -> Option<String> {
        let (file, shape) = self.filled(file, shape, names);
        match self.expression(file, &shape).1 {
            Shape::Text(text) => Some(text),
            Shape::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A path from its pieces, and whether all of them are known.
    pub(super) fn path(&self, file: FileId, pieces: &[Shape], names: &Names) -> (String, bool) {
        let mut whole = true;
        let mut path = String::new();
        for piece in pieces {
            if let Some(text) = self.text(file, piece, names) {
                path.push_str(&text);
            } else {
                whole = false;
                path.push_str("${…}");
            }
        }
        (path, whole)
    }
}
