//! What an expression names or is made of, small enough to keep once the tree is gone.

use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    model::Span,
};

/// Deeper expressions are [`Shape::Other`]; the deepest that mean something are arrays of calls with options.
const DEPTH: usize = 6;
/// Longer lists and objects are cut; a router with more entries than this is a table of data.
const WIDTH: usize = 200;
/// Nodes of one expression that are kept, names followed to what they are made of included.
const NODES: usize = 2_000;
/// A chain of constants that leads to the value of a name.
const HOPS: usize = 4;
/// Links of a chain of calls; real ones have a dozen.
const CHAIN: usize = 40;

/// A chain of names: where it begins, and what is looked up on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub span: Span,
    pub root: Root,
    /// The members after the root: `verify`, `user` of `auth.verify.user`.
    pub members: Vec<String>,
}

/// Where a chain of names begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    /// Imported: the module as written, and `default`, `*` (the whole module) or a name of it.
    Import { module: String, imported: String },
    /// Declared at the top level of this file.
    Own(String),
    /// A parameter or a variable of a function, with no value that tells more.
    Inner(String),
    /// An object made by a constructor in this file: `service` of `const service = new Service(db)`.
    Instance(Box<Name>),
    /// `this` and `self`.
    This,
    /// Declared nowhere in this file.
    Global(String),
}

/// What an expression is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Name(Name),
    Call(CallShape),
    /// A function, method or class written in place, by its span.
    Function(Span),
    Class(Span),
    /// Keys with what they hold; a spread has an empty key.
    Object(Vec<(String, Shape)>),
    /// A spread is its value.
    Array(Vec<Shape>),
    /// A string constant, with constants of the file folded in.
    Text(String),
    Boolean(bool),
    Number(String),
    Other,
}

/// A call, reduced to what it calls and what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallShape {
    pub span: Span,
    pub callee: Box<Shape>,
    /// Positional arguments, then keyword arguments as an object.
    pub arguments: Vec<Shape>,
    pub constructs: bool,
}

impl Name {
    /// The chain of names that `node` is, if it is one.
    pub fn of(node: NodeRef<'_>) -> Option<Self> {
        name_of(node, HOPS)
    }

    /// The last name of the chain.
    pub fn last(&self) -> &str {
        self.members.last().map_or_else(|| self.root.name(), String::as_str)
    }

    /// The import that the chain begins with: the module as written.
    pub fn module(&self) -> Option<&str> {
        match &self.root {
            Root::Import { module, .. } => Some(module),
            _ => None,
        }
    }

    /// As [`NodeRef::api_path`]: `express.Router`, `fastapi.Depends`; own names begin with `self:`.
    pub fn api_path(&self) -> String {
        let mut path = match &self.root {
            Root::Import { module, imported } => {
                let module = module.strip_prefix("node:").unwrap_or(module);
                match imported.as_str() {
                    "*" | "default" => module.to_owned(),
                    name => format!("{module}.{name}"),
                }
            }
            Root::Global(name) => name.clone(),
            root => format!("self:{}", root.name()),
        };
        for member in &self.members {
            path.push('.');
            path.push_str(member);
        }
        path
    }
}

impl Root {
    /// The name that a reader sees first.
    pub fn name(&self) -> &str {
        match self {
            Self::Import { imported, .. } => imported,
            Self::Own(name) | Self::Inner(name) | Self::Global(name) => name,
            Self::Instance(class) => class.last(),
            Self::This => "this",
        }
    }
}

impl Shape {
    pub fn of(node: NodeRef<'_>) -> Self {
        shape(node, DEPTH, &mut { NODES })
    }

    /// The name that this is, or that this calls: `requireAuth` and `requireAuth()`.
    pub fn named(&self) -> Option<&Name> {
        match self {
            Self::Name(name) => Some(name),
            Self::Call(call) => call.callee.named(),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value under `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

impl CallShape {
    /// Keyword arguments of Python, or the last argument when it is an object.
    pub fn option(&self, key: &str) -> Option<&Shape> {
        self.arguments.last()?.get(key)
    }
}

fn name_of(node: NodeRef<'_>, hops: usize) -> Option<Name> {
    let mut members = Vec::new();
    let mut at = node;
    let root = loop {
        match at.kind() {
            Kind::Member => members.push(at.name().to_owned()),
            Kind::Index => members.push(at.child(Role::Index).filter(|key| key.is(Kind::String))?.name().to_owned()),
            Kind::Identifier => break root_of(at, hops, &mut members),
            Kind::Call => {
                let module = at.loaded_module()?.to_owned();
                break Root::Import { module, imported: "*".to_owned() };
            }
            _ => return None,
        }
        at = at.child(Role::Object)?;
    };
    members.reverse();
    Some(Name { span: node.span(), root, members })
}

/// Where `identifier` begins a chain. A constant that only renames another chain gives that chain's root, with its
/// members added (in reverse, as the caller collects them).
fn root_of(identifier: NodeRef<'_>, hops: usize, members: &mut Vec<String>) -> Root {
    let name = identifier.name();
    let Some(binding) = identifier.binding() else {
        return if name == "this" { Root::This } else { Root::Global(name.to_owned()) };
    };
    match &binding.kind {
        BindingKind::Import { module, imported } => {
            let (imported, rest) = match imported.split_once('.') {
                Some((first, rest)) if module != "." => (first.to_owned(), Some(rest)),
                _ => (imported.clone(), None),
            };
            members.extend(rest.into_iter().flat_map(|rest| rest.rsplit('.')).map(str::to_owned));
            Root::Import { module: module.clone(), imported }
        }
        BindingKind::Type => Root::Global(name.to_owned()),
        BindingKind::Parameter if name == "self" || name == "cls" => Root::This,
        BindingKind::Variable if hops > 0 => match identifier.definition() {
            Some(made) if made.is(Kind::Call) && constructs(made) => made
                .child(Role::Callee)
                .and_then(|callee| name_of(callee, hops - 1))
                .map_or_else(|| declared(name, binding.top_level), |class| Root::Instance(Box::new(class))),
            Some(alias) if !binding.top_level && matches!(alias.kind(), Kind::Member | Kind::Identifier) => {
                match name_of(alias, hops - 1) {
                    Some(target) => {
                        members.extend(target.members.into_iter().rev());
                        target.root
                    }
                    None => declared(name, binding.top_level),
                }
            }
            _ => declared(name, binding.top_level),
        },
        _ => declared(name, binding.top_level),
    }
}

fn declared(name: &str, top_level: bool) -> Root {
    if top_level { Root::Own(name.to_owned()) } else { Root::Inner(name.to_owned()) }
}

/// `new Service()`, or in Python a call of something that is named like a class.
pub(super) fn constructs(call: NodeRef<'_>) -> bool {
    call.has(Flags::NEW)
        || call.callee_name().is_some_and(|name| {
            let mut letters = name.trim_start_matches('_').chars();
            letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
        })
}

fn shape(node: NodeRef<'_>, depth: usize, left: &mut usize) -> Shape {
    if depth == 0 || *left == 0 {
        return Shape::Other;
    }
    *left -= 1;
    match node.kind() {
        Kind::Identifier | Kind::Member | Kind::Index => named(node, depth, left),
        Kind::Call if node.loaded_module().is_some() => Name::of(node).map_or(Shape::Other, Shape::Name),
        Kind::Call => Shape::Call(call_shape(node, depth, left)),
        Kind::Function => Shape::Function(node.span()),
        Kind::Class => Shape::Class(node.span()),
        Kind::Object => Shape::Object(entries(node, depth, left)),
        Kind::Array => {
            Shape::Array(node.children_in(Role::Item).take(WIDTH).map(|item| shape(item, depth - 1, left)).collect())
        }
        Kind::Spread | Kind::Await => {
            node.child(Role::Value).map_or(Shape::Other, |value| shape(value, depth - 1, left))
        }
        Kind::Boolean => Shape::Boolean(node.name() == "true"),
        Kind::Number => Shape::Number(node.name().to_owned()),
        _ => node.constant_str().map_or(Shape::Other, Shape::Text),
    }
}

/// A name: the text that it stands for, what a variable of a function is made of, or the name itself.
fn named(node: NodeRef<'_>, depth: usize, left: &mut usize) -> Shape {
    if let Some(text) = node.constant_str() {
        return Shape::Text(text);
    }
    let inner = node.binding().is_some_and(|binding| !binding.top_level);
    if let Some(made) = node.definition().filter(|_| inner)
        && matches!(made.kind(), Kind::Call | Kind::Object | Kind::Array | Kind::Function)
    {
        return shape(made, depth - 1, left);
    }
    Name::of(node).map_or(Shape::Other, Shape::Name)
}

fn call_shape(call: NodeRef<'_>, depth: usize, left: &mut usize) -> CallShape {
    let callee = call.child(Role::Callee).map_or(Shape::Other, |callee| shape(callee, depth - 1, left));
    let callee = if callee == Shape::Other { validator(call).map_or(callee, Shape::Name) } else { callee };
    let mut arguments: Vec<Shape> =
        call.positional().take(WIDTH).map(|argument| shape(argument, depth - 1, left)).collect();
    let keywords: Vec<(String, Shape)> = call
        .children_in(Role::Argument)
        .filter(|argument| argument.has(Flags::KEYWORD) && argument.is(Kind::Property))
        .map(|argument| (argument.name().to_owned(), property_value(argument, depth, left)))
        .collect();
    if !keywords.is_empty() {
        arguments.push(Shape::Object(keywords));
    }
    CallShape { span: call.span(), callee: Box::new(callee), arguments, constructs: constructs(call) }
}

/// What begins a chain such as `body('email').isEmail().trim()`, whose links say what is checked and not by whom.
fn validator(call: NodeRef<'_>) -> Option<Name> {
    let mut at = call;
    for _ in 0..CHAIN {
        let receiver = at.receiver().filter(|receiver| receiver.is(Kind::Call));
        let Some(next) = receiver else { break };
        at = next;
    }
    let begins = Name::of(at.child(Role::Callee)?)?;
    let known = begins.module().is_some_and(|module| module.contains("express-validator"));
    known.then_some(begins)
}

fn entries(object: NodeRef<'_>, depth: usize, left: &mut usize) -> Vec<(String, Shape)> {
    object
        .children_in(Role::Item)
        .take(WIDTH)
        .filter_map(|item| match item.kind() {
            Kind::Property => Some((item.name().to_owned(), property_value(item, depth, left))),
            Kind::Function => Some((item.name().to_owned(), Shape::Function(item.span()))),
            Kind::Spread => Some((
                String::new(),
                item.child(Role::Value).map_or(Shape::Other, |value| shape(value, depth - 1, left)),
            )),
            _ => None,
        })
        .collect()
}

fn property_value(property: NodeRef<'_>, depth: usize, left: &mut usize) -> Shape {
    property.child(Role::Value).map_or(Shape::Other, |value| shape(value, depth - 1, left))
}
