//! Questions that many rules ask of the lowered tree.

use crate::code::{
    BindingKind,
    tree::{Flags, Kind, NodeRef, Role},
};

impl<'t> NodeRef<'t> {
    /// The dotted path of an expression with imports resolved: `cors.default` for `import cors from 'cors'; cors`,
    /// `fastapi.FastAPI` for `from fastapi import FastAPI as App; App`, `process.env.X`, `console.log`.
    ///
    /// A name that this file declares itself (not by import) starts its path with `self:`, so that a local
    /// `console` is not taken for the global one. `None` for anything that is not a chain of names.
    pub fn path(self) -> Option<String> {
        match self.kind() {
            Kind::Identifier => Some(match self.binding().map(|binding| &binding.kind) {
                Some(BindingKind::Import { module, imported }) if imported == "*" => module.clone(),
                // `from . import x` is `.x`.
                Some(BindingKind::Import { module, imported }) if module.ends_with('.') => {
                    format!("{module}{imported}")
                }
                Some(BindingKind::Import { module, imported }) => format!("{module}.{imported}"),
                // A type does not exist at run time: the value of its name is another one.
                Some(BindingKind::Type) => self.name().to_owned(),
                Some(_) => format!("self:{}", self.name()),
                None => self.name().to_owned(),
            }),
            Kind::Member => Some(format!("{}.{}", self.child(Role::Object)?.path()?, self.name())),
            Kind::Index => {
                let key = self.child(Role::Index)?;
                let object = self.child(Role::Object)?.path()?;
                key.is(Kind::String).then(|| format!("{object}.{}", key.name()))
            }
            _ => None,
        }
    }

    /// The path of what this call calls; see [`NodeRef::path`].
    pub fn callee_path(self) -> Option<String> {
        self.child(Role::Callee)?.path()
    }

    /// The last name of what this call calls: `log` of `console.log(…)`, `foo` of `foo(…)`, of any receiver.
    pub fn callee_name(self) -> Option<&'t str> {
        let callee = self.child(Role::Callee)?;
        matches!(callee.kind(), Kind::Identifier | Kind::Member).then(|| callee.name())
    }

    /// The call's positional arguments.
    pub fn positional(self) -> impl Iterator<Item = Self> {
        self.children_in(Role::Argument).filter(|argument| !argument.has(Flags::KEYWORD))
    }

    /// The positional argument at `index`, from 0.
    pub fn argument(self, index: usize) -> Option<Self> {
        self.positional().nth(index)
    }

    /// The value of the keyword argument `name`.
    pub fn keyword(self, name: &str) -> Option<Self> {
        self.children_in(Role::Argument)
            .find(|argument| argument.has(Flags::KEYWORD) && argument.name() == name)?
            .child(Role::Value)
    }

    /// The value of the property `name` of this object literal; the last one wins, as when the program runs.
    pub fn property(self, name: &str) -> Option<Self> {
        self.children()
            .filter(|child| child.is(Kind::Property) && !child.has(Flags::COMPUTED) && child.name() == name)
            .last()?
            .child(Role::Value)
    }

    /// The innermost function around this node.
    pub fn enclosing_function(self) -> Option<Self> {
        self.ancestors().find(|node| node.is(Kind::Function))
    }

    /// The innermost ancestor of `kind` that is in the same function.
    pub fn enclosing_in_function(self, kind: Kind) -> Option<Self> {
        self.ancestors().take_while(|node| !node.is(Kind::Function)).find(|node| node.is(kind))
    }
}
