//! Routes of scripts: Express, Fastify, Hono, Koa, `NestJS` and servers of web sockets.
//!
//! A router is known by the call that makes it, or by the parameter through which it is handed on. Every call that
//! could register something is kept with what it is called on; the join finds the routers and walks them from the
//! servers outwards.

mod emit;
mod fastify;
mod graph;
mod nest;
mod registrations;
mod signs;
mod values;
mod walk;

pub(in crate::facts) use signs::RouterExtractor;

use super::Route;
use crate::{
    facts::{Facts, modules::Shape},
    model::Span,
    repo::Repo,
};

/// What one script says about routers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RouterSigns {
    /// In source order of their beginnings.
    pub calls: Vec<RouterCall>,
    pub given: Vec<Given>,
    /// Routers that functions return, by the place of the `return`.
    pub returned: Vec<(Span, Shape)>,
    /// Fields of classes with what they are assigned in methods: the class, the field, the value.
    pub kept: Vec<(Span, String, Object)>,
    /// Constructors that are given options, by the call.
    pub made: Vec<(Span, Shape)>,
    /// Lists of objects that are handed to a function: its name, which argument, the list.
    pub lists: Vec<(Shape, usize, Vec<Shape>)>,
    /// What decorators of the repository are made of.
    pub marks: Vec<Mark>,
}

/// A call inside a decorator's function that says what it applies: `UseGuards(…)`, `SetMetadata(…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub span: Span,
    pub name: String,
    pub arguments: Vec<Shape>,
}

/// What a method is called on.
#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    Shape(Shape),
    /// A parameter of a function, or what is under a key of it.
    Parameter {
        function: Span,
        index: usize,
        key: Option<String>,
    },
}

/// A call that could register something: `router.get('/x', auth, handler)`.
#[derive(Debug, Clone, PartialEq)]
pub struct RouterCall {
    /// The whole call with the chain before it.
    pub span: Span,
    /// From the verb on: what a reader looks for.
    pub place: Span,
    pub verb: String,
    /// What the chain begins with.
    pub object: Object,
    /// The path of `route('/x')` earlier in the chain.
    pub chain: Option<Vec<Shape>>,
    /// The pieces of the first argument.
    pub path: Vec<Shape>,
    pub arguments: Vec<Shape>,
    pub looped: Option<Looped>,
}

/// A loop around a registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Looped {
    /// What is taken out of each item, and its name; an empty key for the item itself.
    pub keys: Vec<(String, String)>,
    pub over: Object,
}

/// A call that hands a router on.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    pub span: Span,
    pub callee: Shape,
    pub index: usize,
    pub key: Option<String>,
    pub object: Object,
}

/// The routes of every script.
pub(super) fn routes(repo: &Repo, facts: &Facts) -> Vec<Route> {
    let modules = facts.modules(repo);
    let graph = graph::Graph::read(facts, modules);
    walk::routes(repo, &graph)
}
