//! What one Python file makes and registers: applications, routers, blueprints, decorated handlers, mounts.
//!
//! Kept with the variable that each thing hangs on, for the chain of names alone does not tell two routers apart.

use crate::{
    code::{BindingKind, Flags, Kind, NodeRef, Role},
    facts::modules::{CallShape, Name, Shape},
    model::Span,
};

/// Calls that make something on which routes hang, by how their names end.
const MAKERS: &[&str] = &["FastAPI", "Router", "Flask", "Quart", "Blueprint", "Api", "API", "Namespace", "Starlette"];
/// Methods that register something, as a call or a decorator.
const METHODS: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "trace",
    "route",
    "api_route",
    "websocket",
    "websocket_route",
    "api_operation",
    "expose",
    "middleware",
    "before_request",
    "before_app_request",
    "doc",
];
/// Calls that register something.
const CALLS: &[&str] = &[
    "include_router",
    "mount",
    "add_middleware",
    "add_api_route",
    "add_api_websocket_route",
    "add_route",
    "add_websocket_route",
    "register_blueprint",
    "add_url_rule",
    "before_request",
    "before_app_request",
    "add_namespace",
    "add_router",
    "register",
    "register_view",
    "init_app",
];
/// Class decorators that tie a class's methods to a router.
const TIES: &[&str] = &["controller", "cbv"];

/// What routes hang on, as the file that speaks of it names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// A variable of this file; the beginning of the function that it belongs to, or of the class for `self.x`.
    Own(String, Option<u32>),
    /// A parameter of a function.
    Given(String),
}

/// What a registration speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Variable(Variable),
    /// Imported, or a member of something imported.
    Named(Name),
    /// What a function makes.
    Called(Name),
}

/// One call or decorator that makes or registers something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    pub span: Span,
    /// The method or the class that is called.
    pub method: String,
    /// What the method is called on.
    pub on: Option<Holder>,
    /// Its first argument, when that is something to hang on: the router of `include_router`.
    pub child: Option<Holder>,
    /// What it is assigned to.
    pub target: Option<Variable>,
    /// The function or class that it decorates.
    pub decorated: Option<Span>,
    pub call: CallShape,
    /// The pieces of a path that is put together: `f"{prefix}/users"`.
    pub pieces: Vec<Shape>,
}

/// What `node`, a call or a decorator, registers.
pub(super) fn registration(node: NodeRef<'_>) -> Option<Registration> {
    match node.kind() {
        Kind::Decorator => bare_decorator(node),
        Kind::Call => {
            let decorated = node.parent().filter(|parent| parent.is(Kind::Decorator)).and_then(NodeRef::parent);
            match decorated {
                Some(decorated) => decorator(node, decorated),
                None => call(node),
            }
        }
        _ => None,
    }
}

/// `@bp.before_request`, without a call.
fn bare_decorator(node: NodeRef<'_>) -> Option<Registration> {
    let value = node.child(Role::Value).filter(|value| value.is(Kind::Member))?;
    let method = value.name();
    if !METHODS.contains(&method) {
        return None;
    }
    let callee = Box::new(Shape::of(value));
    Some(Registration {
        span: node.span(),
        method: method.to_owned(),
        on: holder(value.child(Role::Object)?),
        child: None,
        target: None,
        decorated: Some(node.parent()?.span()),
        call: CallShape { span: value.span(), callee, arguments: Vec::new(), constructs: false },
        pieces: Vec::new(),
    })
}

fn decorator(call: NodeRef<'_>, decorated: NodeRef<'_>) -> Option<Registration> {
    let method = call.callee_name()?;
    let tied = TIES.contains(&method) && decorated.is(Kind::Class);
    if !METHODS.contains(&method) && !tied {
        return None;
    }
    Some(Registration { decorated: Some(decorated.span()), ..made(call, method)? })
}

fn call(node: NodeRef<'_>) -> Option<Registration> {
    let name = node.callee_name()?;
    let makes = MAKERS.iter().any(|maker| name.ends_with(maker));
    let target = node
        .parent()
        .filter(|parent| parent.is(Kind::Assignment))
        .and_then(|parent| parent.child(Role::Target))
        .and_then(|target| variable(target));
    let of_super = name == "__init__" && node.receiver().and_then(NodeRef::callee_name) == Some("super");
    let registers = CALLS.contains(&name) || name.ends_with("_resource") || of_super;
    let made_here = makes && target.is_some();
    if !registers && !made_here {
        return None;
    }
    Some(Registration { target, ..made(node, name)? })
}

fn made(call: NodeRef<'_>, method: &str) -> Option<Registration> {
    let Shape::Call(shape) = Shape::of(call) else { return None };
    let first = call.argument(0).or_else(|| call.keyword("router")).or_else(|| call.keyword("blueprint"));
    // `mount(path, app)` and `add_router(prefix, router)`.
    let child = first.and_then(holder).or_else(|| call.argument(1).and_then(holder));
    let path = first.filter(|first| computed(*first));
    let prefix = ["prefix", "url_prefix", "path", "rule"]
        .iter()
        .find_map(|key| call.keyword(key))
        .filter(|value| computed(*value));
    Some(Registration {
        span: call.span(),
        method: method.to_owned(),
        on: call.receiver().and_then(holder),
        child,
        target: None,
        decorated: None,
        call: shape,
        pieces: path.or(prefix).map(pieces).unwrap_or_default(),
    })
}

fn computed(node: NodeRef<'_>) -> bool {
    matches!(node.kind(), Kind::Template | Kind::Binary) && node.constant_str().is_none()
}

/// The parts of a string that is put together, in order.
fn pieces(node: NodeRef<'_>) -> Vec<Shape> {
    let parts: Vec<NodeRef<'_>> = match node.kind() {
        Kind::Template => node.children_in(Role::Item).collect(),
        Kind::Binary if node.name() == "+" => {
            node.child(Role::Left).into_iter().chain(node.child(Role::Right)).collect()
        }
        _ => Vec::new(),
    };
    parts.into_iter().map(Shape::of).collect()
}

/// What `node` lets routes hang on, when it is a name or makes something.
pub(super) fn holder(node: NodeRef<'_>) -> Option<Holder> {
    match node.kind() {
        Kind::Identifier | Kind::Member => match variable(node) {
            Some(variable) => Some(Holder::Variable(variable)),
            None => Name::of(node).map(Holder::Named),
        },
        Kind::Call => Name::of(node.child(Role::Callee)?).map(Holder::Called),
        _ => None,
    }
}

fn variable(node: NodeRef<'_>) -> Option<Variable> {
    if node.is(Kind::Member) {
        let object = node.child(Role::Object).filter(|object| matches!(object.name(), "self" | "cls"))?;
        let class = object.enclosing_class()?;
        return Some(Variable::Own(format!("self.{}", node.name()), Some(class.span().start)));
    }
    let binding = node.binding().filter(|_| node.is(Kind::Identifier))?;
    match binding.kind {
        BindingKind::Variable => {
            let declared = node.tree().at(binding.declaration);
            let within = declared.enclosing_function().filter(|_| !binding.top_level).map(|around| around.span().start);
            Some(Variable::Own(binding.name.clone(), within))
        }
        BindingKind::Parameter => Some(Variable::Given(binding.name.clone())),
        _ => None,
    }
}

/// One entry of a list of URL patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pub span: Span,
    /// `path`, `re_path`, `url`; `include` for something included as a whole; empty for what is not understood.
    pub how: String,
    /// The pattern itself; nothing when it is computed.
    pub text: Option<String>,
    /// The view or what is included.
    pub view: Option<Shape>,
    pub nested: Vec<Pattern>,
    /// The variable or module whose patterns are included.
    pub included: Option<Holder>,
    /// Decorators around an included list.
    pub wrapped: Vec<Shape>,
}

/// Lists of URL patterns are nested by hand; real ones have three levels.
const NESTING: usize = 8;

/// The patterns that `urlpatterns = […]`, `+=`, `.extend(…)` and lists of other names add, with the list's name.
pub(super) fn patterns(node: NodeRef<'_>) -> Option<(String, Vec<Pattern>)> {
    let (name, value) = match node.kind() {
        Kind::Assignment if !node.has(Flags::FIELD) => {
            (node.child(Role::Target).filter(|target| target.is(Kind::Identifier))?.name(), node.child(Role::Value)?)
        }
        Kind::Call if matches!(node.callee_name(), Some("extend" | "append")) => {
            (node.receiver().filter(|receiver| receiver.is(Kind::Identifier))?.name(), node.argument(0)?)
        }
        _ => return None,
    };
    let found = list(value, NESTING);
    let speaks = found.iter().any(|pattern| pattern.how != "include" && !pattern.how.is_empty());
    (name == "urlpatterns" || speaks).then(|| (name.to_owned(), found))
}

fn list(node: NodeRef<'_>, depth: usize) -> Vec<Pattern> {
    if depth == 0 {
        return Vec::new();
    }
    match node.kind() {
        Kind::Array => node.children_in(Role::Item).flat_map(|item| list(item, depth - 1)).collect(),
        Kind::Binary if node.name() == "+" => {
            let (left, right) = (node.child(Role::Left), node.child(Role::Right));
            left.into_iter().chain(right).flat_map(|part| list(part, depth)).collect()
        }
        Kind::Spread => node.child(Role::Value).map(|value| list(value, depth - 1)).unwrap_or_default(),
        Kind::Call => match node.callee_name() {
            Some("path" | "re_path" | "url") => vec![pattern(node, depth)],
            Some("i18n_patterns" | "format_suffix_patterns" | "patterns" | "list") => {
                node.positional().flat_map(|item| list(item, depth - 1)).collect()
            }
            _ => Vec::new(),
        },
        Kind::Conditional => {
            let both = [node.child(Role::Consequent), node.child(Role::Alternate)];
            both.into_iter().flatten().flat_map(|part| list(part, depth - 1)).collect()
        }
        Kind::Identifier | Kind::Member => match included(node) {
            Some(included) => vec![Pattern {
                span: node.span(),
                how: "include".to_owned(),
                text: Some(String::new()),
                view: None,
                nested: Vec::new(),
                included: Some(included),
                wrapped: Vec::new(),
            }],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// `router.urls`, `api.urls`, or the name of another list.
fn included(node: NodeRef<'_>) -> Option<Holder> {
    if node.is(Kind::Member) && node.name() == "urls" {
        return holder(node.child(Role::Object)?);
    }
    holder(node)
}

fn pattern(call: NodeRef<'_>, depth: usize) -> Pattern {
    let text = call.argument(0).or_else(|| call.keyword("route")).and_then(|text| {
        // `_("users/")` is translated; its own language is as good a path as any.
        let inner = if text.is(Kind::Call) { text.argument(0)? } else { text };
        pattern_text(inner, 4)
    });
    let view = call.argument(1).or_else(|| call.keyword("view"));
    let mut pattern = Pattern {
        span: call.span(),
        how: call.callee_name().unwrap_or_default().to_owned(),
        text,
        view: None,
        nested: Vec::new(),
        included: None,
        wrapped: Vec::new(),
    };
    let Some(view) = view else { return pattern };
    match view.kind() {
        Kind::Call if view.callee_name() == Some("include") => include(view, &mut pattern, depth),
        Kind::Call if view.callee_name() == Some("decorator_include") => {
            pattern.wrapped = view.argument(0).map(Shape::of).into_iter().collect();
            if let Some(what) = view.argument(1) {
                included_in(what, &mut pattern, depth);
            }
        }
        Kind::Member if view.name() == "urls" => pattern.included = included(view),
        _ => pattern.view = Some(Shape::of(view)),
    }
    pattern
}

/// The text of a pattern. A part that is empty unless a deployment says otherwise counts as empty.
fn pattern_text(node: NodeRef<'_>, depth: usize) -> Option<String> {
    if let Some(text) = node.constant_str() {
        return Some(text);
    }
    match node.kind() {
        _ if depth == 0 => None,
        Kind::Identifier => {
            let declared = node.tree().at(node.binding()?.declaration);
            let first = declared.child(Role::Value).filter(|_| declared.is(Kind::Assignment))?;
            first.constant_str().filter(String::is_empty)
        }
        Kind::Template => node.children_in(Role::Item).map(|piece| pattern_text(piece, depth - 1)).collect(),
        Kind::Binary if node.name() == "+" => {
            let (left, right) = (node.child(Role::Left)?, node.child(Role::Right)?);
            Some(pattern_text(left, depth - 1)? + &pattern_text(right, depth - 1)?)
        }
        _ => None,
    }
}

fn include(call: NodeRef<'_>, pattern: &mut Pattern, depth: usize) {
    let Some(what) = call.argument(0).or_else(|| call.keyword("arg")) else { return };
    included_in(what, pattern, depth);
}

fn included_in(what: NodeRef<'_>, pattern: &mut Pattern, depth: usize) {
    // `(patterns, "namespace")`.
    let what = if what.is(Kind::Array) && what.has(Flags::TUPLE) {
        match what.children_in(Role::Item).next() {
            Some(first) => first,
            None => return,
        }
    } else {
        what
    };
    match what.kind() {
        Kind::Array => pattern.nested = list(what, depth - 1),
        Kind::Identifier | Kind::Member => pattern.included = included(what),
        _ => pattern.view = what.constant_str().map(Shape::Text),
    }
}
