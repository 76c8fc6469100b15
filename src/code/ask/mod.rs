//! Questions that many rules ask of the lowered tree: paths, arguments, constants, the environment, what is around.

mod constant;
mod environment;
mod guard;

pub use constant::Constant;
pub use environment::{EnvRead, env_reads};
pub use guard::Guard;

use crate::code::{
    BindingKind,
    tree::{Flags, Kind, NodeRef, Role},
};

/// Array methods that call a function once for each element.
const ITERATION: &[&str] =
    &["map", "forEach", "filter", "flatMap", "reduce", "reduceRight", "some", "every", "find", "findIndex"];

impl<'t> NodeRef<'t> {
    /// The dotted path of an expression with imports resolved: `cors.default` for `import cors from 'cors'; cors`,
    /// `fastapi.FastAPI` for `from fastapi import FastAPI as App; App`, `express` for `require('express')`,
    /// `process.env.X`, `console.log`, `this.users`.
    ///
    /// A name that this file declares itself (not by import) starts its path with `self:`, so that a local
    /// `console` is not taken for the global one. `None` for anything that is not a chain of names.
    pub fn path(self) -> Option<String> {
        let mut names = Vec::new();
        let mut node = self;
        let mut path = loop {
            match node.kind() {
                Kind::Member => names.push(node.name()),
                Kind::Index => names.push(node.child(Role::Index).filter(|key| key.is(Kind::String))?.name()),
                Kind::Identifier => break identifier_path(node),
                Kind::Call => break node.loaded_module()?.to_owned(),
                _ => return None,
            }
            node = node.child(Role::Object)?;
        };
        for name in names.iter().rev() {
            path.push('.');
            path.push_str(name);
        }
        Some(path)
    }

    /// As [`NodeRef::path`], in the form that does not depend on how a module is loaded: the default import of a
    /// module and `require` of it are the module, and `node:` is left out. `express.Router` whichever way Express
    /// came in.
    pub fn api_path(self) -> Option<String> {
        let mut path = self.path()?;
        if path.starts_with("node:") {
            path.drain(..5);
        }
        let has_default = self.root_binding().is_some_and(
            |kind| matches!(kind, BindingKind::Import { imported, .. } if imported == "default" || imported.starts_with("default.")),
        );
        Some(if has_default { path.replacen(".default", "", 1) } else { path })
    }

    /// The binding of the first name in a chain of names.
    fn root_binding(self) -> Option<&'t BindingKind> {
        let mut node = self;
        while matches!(node.kind(), Kind::Member | Kind::Index) {
            node = node.child(Role::Object)?;
        }
        node.binding().map(|binding| &binding.kind)
    }

    /// The module of `require('m')` and of `await import('m')`.
    pub fn loaded_module(self) -> Option<&'t str> {
        let callee =
            self.child(Role::Callee).filter(|callee| callee.is(Kind::Identifier) && callee.binding().is_none())?;
        let loads = match callee.name() {
            "require" => !self.has(Flags::NEW),
            "import" => self.has(Flags::AWAIT),
            _ => false,
        };
        self.argument(0).filter(|argument| loads && argument.is(Kind::String)).map(NodeRef::name)
    }

    /// The path of what this call calls; see [`NodeRef::path`].
    pub fn callee_path(self) -> Option<String> {
        self.child(Role::Callee)?.path()
    }

    /// The path of what this call calls, however its module was loaded; see [`NodeRef::api_path`].
    pub fn callee_api(self) -> Option<String> {
        self.child(Role::Callee)?.api_path()
    }

    /// The last name of what this call calls: `log` of `console.log(…)`, `foo` of `foo(…)`, of any receiver.
    pub fn callee_name(self) -> Option<&'t str> {
        let callee = self.child(Role::Callee)?;
        matches!(callee.kind(), Kind::Identifier | Kind::Member).then(|| callee.name())
    }

    /// What a method is called on: `app` of `app.get(…)`.
    pub fn receiver(self) -> Option<Self> {
        self.child(Role::Callee).filter(|callee| callee.is(Kind::Member))?.child(Role::Object)
    }

    /// The call's positional arguments, `*args` and `...rest` included.
    pub fn positional(self) -> impl Iterator<Item = Self> {
        self.children_in(Role::Argument).filter(|argument| !argument.has(Flags::KEYWORD))
    }

    /// The positional argument at `index`, from 0. `None` behind a spread, which may stand for any number.
    pub fn argument(self, index: usize) -> Option<Self> {
        self.positional().take_while(|argument| !argument.is(Kind::Spread)).nth(index)
    }

    /// The value of the keyword argument `name`.
    pub fn keyword(self, name: &str) -> Option<Self> {
        self.children_in(Role::Argument)
            .find(|argument| argument.is(Kind::Property) && argument.has(Flags::KEYWORD) && argument.name() == name)?
            .child(Role::Value)
    }

    /// Whether a call passes arguments, or an object takes properties, that its text does not list: `...options`,
    /// `**kwargs`. What is missing there may be given after all.
    pub fn has_spread(self) -> bool {
        self.children().any(|child| child.is(Kind::Spread))
    }

    /// The value of the property `name` of this object literal; the last one wins, as when the program runs.
    pub fn property(self, name: &str) -> Option<Self> {
        self.children()
            .filter(|child| child.is(Kind::Property) && !child.has(Flags::COMPUTED) && child.name() == name)
            .last()?
            .child(Role::Value)
    }

    /// The expression that a name stands for: the value it was declared with, when it is never written again.
    /// A parameter, an import or a destructured name has none.
    pub fn definition(self) -> Option<Self> {
        let id = self.binding_id().filter(|_| self.is(Kind::Identifier))?;
        let binding = self.tree().binding(id);
        if binding.kind != BindingKind::Variable || binding.writes > 0 {
            return None;
        }
        let declaration = self.tree().at(binding.declaration);
        let target = declaration.child(Role::Target).filter(|_| declaration.is(Kind::Assignment))?;
        let plain =
            target.is(Kind::Identifier) && target.name() == self.name() && matches!(declaration.name(), "=" | ":=");
        declaration.child(Role::Value).filter(|_| plain)
    }

    /// The value of a name through its definitions, or the node itself: `options` of `const options = {…}`.
    #[must_use]
    pub fn resolved(self) -> Self {
        // Longer chains of constants do not occur, and a cycle must end.
        let mut node = self;
        for _ in 0..8 {
            match node.definition() {
                Some(definition) => node = definition,
                None => break,
            }
        }
        node
    }

    /// The innermost function around this node.
    pub fn enclosing_function(self) -> Option<Self> {
        self.ancestors().find(|node| node.is(Kind::Function))
    }

    /// The innermost class around this node.
    pub fn enclosing_class(self) -> Option<Self> {
        self.ancestors().find(|node| node.is(Kind::Class))
    }

    /// The innermost `catch` whose body this node is in, within the same function.
    pub fn enclosing_catch(self) -> Option<Self> {
        self.steps_in_function()
            .find(|(child, parent)| parent.is(Kind::Catch) && child.role() == Role::Body)
            .map(|step| step.1)
    }

    /// The innermost `try` that catches what this node throws, within the same function.
    pub fn enclosing_try(self) -> Option<Self> {
        self.steps_in_function()
            .find(|(child, parent)| {
                parent.is(Kind::Try) && child.role() == Role::Body && parent.children().any(|part| part.is(Kind::Catch))
            })
            .map(|step| step.1)
    }

    /// The innermost loop, comprehensions included, that runs this node again and again, within the same function.
    /// What a loop runs over is evaluated once and is not in it.
    pub fn enclosing_loop(self) -> Option<Self> {
        self.steps_in_function().find(|(child, parent)| is_repeated(*child, *parent)).map(|step| step.1)
    }

    /// As [`NodeRef::enclosing_loop`], and also a call such as `items.map(…)` whose function contains this node.
    pub fn enclosing_iteration(self) -> Option<Self> {
        let mut child = self;
        for parent in self.ancestors() {
            if is_repeated(child, parent) {
                return Some(parent);
            }
            if child.is(Kind::Function) {
                let iterates = parent.is(Kind::Call)
                    && child.role() == Role::Argument
                    && parent.callee_name().is_some_and(|name| ITERATION.contains(&name));
                return iterates.then_some(parent);
            }
            child = parent;
        }
        None
    }

    /// The innermost ancestor of `kind` that is in the same function.
    pub fn enclosing_in_function(self, kind: Kind) -> Option<Self> {
        self.ancestors().take_while(|node| !node.is(Kind::Function)).find(|node| node.is(kind))
    }

    /// Each node from this one outwards with its parent, up to the function around it.
    fn steps_in_function(self) -> impl Iterator<Item = (Self, Self)> {
        std::iter::successors(self.parent().map(|parent| (self, parent)), |(_, parent)| {
            if parent.is(Kind::Function) { None } else { parent.parent().map(|next| (*parent, next)) }
        })
    }

    /// What a function is called: its own name, or that of the variable, field or property that it is the value of,
    /// also through a wrapper as in `const list = asyncHandler(async () => …)`. A default export is `default`.
    pub fn function_name(self) -> Option<&'t str> {
        if !self.name().is_empty() {
            return Some(self.name());
        }
        let mut node = self;
        // A wrapper in a wrapper is the most that occurs.
        for _ in 0..3 {
            let parent = node.parent()?;
            match (parent.kind(), node.role()) {
                (Kind::Call, Role::Argument) if wraps(parent, node) => node = parent,
                (Kind::Assignment, Role::Value) => return target_name(parent),
                (Kind::Property, Role::Value) => return Some(parent.name()).filter(|name| !name.is_empty()),
                (Kind::Export, _) if parent.has(Flags::DEFAULT) => return Some("default"),
                _ => return None,
            }
        }
        None
    }

    /// Whether this statement never lets the next one run: every path through it returns, throws, jumps or exits.
    pub fn always_leaves(self) -> bool {
        let mut stack = vec![self];
        while let Some(node) = stack.pop() {
            match node.kind() {
                Kind::Return | Kind::Throw | Kind::Jump => {}
                Kind::Call if node.callee_api().is_some_and(|path| is_exit(&path)) => {}
                Kind::Block => match node.children().filter(|child| child.role() == Role::Item).last() {
                    Some(last) => stack.push(last),
                    None => return false,
                },
                Kind::If => match (node.child(Role::Consequent), node.child(Role::Alternate)) {
                    (Some(consequent), Some(alternate)) => stack.extend([consequent, alternate]),
                    _ => return false,
                },
                _ => return false,
            }
        }
        true
    }

    /// The calls of this function or class in its own file.
    pub fn local_calls(self) -> impl Iterator<Item = Self> {
        let name = self.binding_id().or_else(|| {
            let parent = self.parent().filter(|parent| parent.is(Kind::Assignment) && self.role() == Role::Value)?;
            parent.child(Role::Target)?.binding_id()
        });
        name.into_iter()
            .flat_map(move |id| self.tree().references(id))
            .filter(|reference| reference.role() == Role::Callee)
            .filter_map(NodeRef::parent)
    }
}

fn identifier_path(node: NodeRef<'_>) -> String {
    match node.binding().map(|binding| &binding.kind) {
        Some(BindingKind::Import { module, imported }) if imported == "*" => module.clone(),
        // `from . import x` is `.x`.
        Some(BindingKind::Import { module, imported }) if module.ends_with('.') => format!("{module}{imported}"),
        Some(BindingKind::Import { module, imported }) => format!("{module}.{imported}"),
        // A type does not exist at run time: the value of its name is another one.
        Some(BindingKind::Type) | None => node.name().to_owned(),
        Some(_) => format!("self:{}", node.name()),
    }
}

fn is_repeated(child: NodeRef<'_>, parent: NodeRef<'_>) -> bool {
    parent.is(Kind::Loop) && matches!(child.role(), Role::Body | Role::Condition | Role::Update)
}

/// A call by a plain name that is given one function gives it back in some other form.
fn wraps(call: NodeRef<'_>, function: NodeRef<'_>) -> bool {
    let by_name = call.child(Role::Callee).is_some_and(|callee| {
        callee.is(Kind::Identifier) || callee.path().is_some_and(|path| path.starts_with("react."))
    });
    by_name && call.positional().all(|argument| argument == function || !argument.is(Kind::Function))
}

fn target_name(assignment: NodeRef<'_>) -> Option<&str> {
    let target = assignment.child(Role::Target)?;
    matches!(target.kind(), Kind::Identifier | Kind::Member).then(|| target.name())
}

fn is_exit(path: &str) -> bool {
    matches!(path, "process.exit" | "process.abort" | "sys.exit" | "os._exit" | "exit" | "quit" | "Deno.exit")
}
