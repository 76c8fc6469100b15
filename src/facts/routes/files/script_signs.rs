//! What one TypeScript or JavaScript file says about routes that follow from where it lies: method checks, server
//! actions, chains of builders, and what a middleware decides by path.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::modules::{Name, Shape},
    model::Span,
};

/// A chain of builder calls ends longer ones; real ones have six.
const STEPS: usize = 24;

/// `protectedProcedure.input(schema).query(handler)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuilderChain {
    pub span: Span,
    pub root: Name,
    /// The calls in order, each with its first argument.
    pub steps: Vec<(String, Option<Shape>)>,
}

/// A handler answers one method: `req.method === 'POST'`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodCheck {
    pub span: Span,
    pub method: String,
}

/// A branch of a middleware that decides by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRule {
    pub span: Span,
    /// Refuses; else it lets through whoever comes.
    pub refuses: bool,
    /// What paths it is about; none for every path.
    pub tests: Vec<PathTest>,
}

/// A condition on the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTest {
    /// It must not hold.
    pub negated: bool,
    pub how: PathMatch,
    pub paths: Vec<String>,
}

/// How a path is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathMatch {
    Exact,
    Prefix,
    /// A pattern of path-to-regexp.
    Pattern,
    /// A condition on the path that cannot be read.
    Unknown,
}

/// The builder chain that `node` is the outermost call of.
pub(super) fn chain(node: NodeRef<'_>) -> Option<BuilderChain> {
    let inner = node
        .parent()
        .is_some_and(|parent| parent.is(Kind::Member) && node.role() == Role::Object && parent.role() == Role::Callee);
    if inner {
        return None;
    }
    let mut steps = Vec::new();
    let mut at = node;
    let root = loop {
        let callee = at.child(Role::Callee).filter(|callee| callee.is(Kind::Member))?;
        steps.push((callee.name().to_owned(), at.argument(0).map(Shape::of)));
        let object = callee.child(Role::Object)?;
        if !object.is(Kind::Call) || steps.len() >= STEPS {
            break Name::of(object)?;
        }
        at = object;
        if at.child(Role::Callee).is_some_and(|callee| callee.is(Kind::Identifier)) {
            // `createClient().use(…)`: the chain begins with what is called.
            break Name::of(at.child(Role::Callee)?)?;
        }
    };
    steps.reverse();
    let last = steps.last().map_or("", |(name, _)| name.as_str());
    let builds = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.contains("procedure") || name.contains("client") || name.contains("action")
    };
    let fits = match last {
        "query" | "mutation" | "subscription" | "action" | "stateAction" => {
            steps.len() > 1 || builds(root.last()) || root.last() == "t"
        }
        "use" | "input" | "schema" | "inputSchema" | "metadata" | "meta" | "output" => builds(root.last()),
        _ => false,
    };
    fits.then(|| BuilderChain { span: node.span(), root, steps })
}

/// `req.method === 'POST'`, `req.method !== 'POST'`, and the cases of `switch (req.method)`.
pub(super) fn method_check(node: NodeRef<'_>) -> Option<MethodCheck> {
    let is_method = |node: NodeRef<'_>| node.is(Kind::Member) && node.name() == "method";
    let text = match node.kind() {
        Kind::Binary if matches!(node.name(), "===" | "==" | "!==" | "!=") => {
            let (left, right) = (node.child(Role::Left)?, node.child(Role::Right)?);
            let other = if is_method(left) {
                right
            } else if is_method(right) {
                left
            } else {
                return None;
            };
            other.constant_str()?
        }
        Kind::Case => {
            let switch = node.parent().filter(|parent| parent.is(Kind::Switch))?;
            switch.child(Role::Condition).filter(|condition| is_method(*condition))?;
            node.child(Role::Condition)?.constant_str()?
        }
        _ => return None,
    };
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(&text.as_str());
    known.then(|| MethodCheck { span: node.span(), method: text })
}

/// Whether the body that `node` is begins with `'use server'`.
pub(super) fn serves(node: NodeRef<'_>) -> bool {
    let body = if node.is(Kind::Function) { node.child(Role::Body) } else { Some(node) };
    let Some(body) = body else { return false };
    body.children_in(Role::Item)
        .take_while(|item| {
            item.is(Kind::String) || item.is(Kind::Comment) || item.children().any(|inner| inner.is(Kind::String))
        })
        .take(4)
        .any(|item| {
            item.name() == "use server"
                || item.children().any(|inner| inner.is(Kind::String) && inner.name() == "use server")
        })
}

/// What a branch of a middleware decides, with the paths that it is about.
pub(super) fn path_rule(node: NodeRef<'_>) -> Option<PathRule> {
    let condition = node.child(Role::Condition)?;
    let body = node.child(Role::Consequent)?;
    let refuses = refuses(body);
    if !refuses && !lets_through(body) {
        return None;
    }
    let tests = tests(condition);
    let mut tests = tests;
    // What stands in a branch about paths is about those paths.
    for above in node.ancestors().take_while(|above| !above.is(Kind::Function)) {
        let inside = above.is(Kind::If)
            && above
                .child(Role::Consequent)
                .is_some_and(|body| body.span().start <= node.span().start && node.span().end <= body.span().end);
        if let Some(outer) = above.child(Role::Condition).filter(|_| inside) {
            tests.extend(self::tests(outer));
        }
    }
    // Someone known who comes to a page for others is sent away: no guard.
    if refuses && sends_known_away(condition) {
        return None;
    }
    if !refuses && tests.is_empty() {
        return None;
    }
    Some(PathRule { span: node.span(), refuses, tests })
}

/// `if (session && …)`: the condition holds for those who are known.
fn sends_known_away(condition: NodeRef<'_>) -> bool {
    let identity = |node: NodeRef<'_>| {
        let name = node.name().to_ascii_lowercase();
        matches!(node.kind(), Kind::Identifier | Kind::Member)
            && ["user", "session", "token", "auth", "loggedin", "signedin"].iter().any(|word| name.contains(word))
            && !name.contains("page")
            && !name.contains("route")
            && !name.contains("path")
    };
    match condition.kind() {
        Kind::Logical if condition.name() == "&&" => {
            [condition.child(Role::Left), condition.child(Role::Right)].into_iter().flatten().any(sends_known_away)
        }
        _ => identity(condition),
    }
}

fn refuses(body: NodeRef<'_>) -> bool {
    std::iter::once(body).chain(body.descendants()).any(|node| match node.kind() {
        Kind::Call => match node.callee_name() {
            Some("protect" | "redirectToSignIn" | "unauthorized" | "forbidden") => true,
            Some("redirect" | "rewrite") => {
                let text = node.text().to_ascii_lowercase();
                ["login", "signin", "sign-in", "log-in", "auth", "sso", "unauthorized", "401", "403"]
                    .iter()
                    .any(|word| text.contains(word))
                    || node.argument(0).is_some_and(|target| leads_to_log_in(target))
            }
            _ => false,
        },
        Kind::Property if node.name() == "status" => {
            node.child(Role::Value).is_some_and(|value| value.is(Kind::Number) && matches!(value.name(), "401" | "403"))
        }
        _ => false,
    })
}

/// A target that is made before: `const url = new URL('/login', request.url)`, `url.pathname = '/login'`.
fn leads_to_log_in(target: NodeRef<'_>) -> bool {
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["login", "signin", "sign-in", "log-in"].iter().any(|word| text.contains(word))
    };
    if speaks(target.resolved().text()) {
        return true;
    }
    let Some(binding) = target.binding_id() else { return false };
    target.tree().references(binding).any(|reference| {
        let member = reference.parent().filter(|parent| parent.is(Kind::Member) && parent.name() == "pathname");
        let assigned = member.and_then(NodeRef::parent).filter(|parent| parent.is(Kind::Assignment));
        assigned.and_then(|assigned| assigned.child(Role::Value)).is_some_and(|value| speaks(value.text()))
    })
}

fn lets_through(body: NodeRef<'_>) -> bool {
    let statement = if body.is(Kind::Block) { body.children_in(Role::Item).last() } else { Some(body) };
    statement.is_some_and(|statement| {
        statement.is(Kind::Return)
            && statement.child(Role::Value).is_none_or(|value| {
                let made = value.resolved();
                made.is(Kind::Call)
                    && matches!(
                        made.callee_name(),
                        Some("next" | "intlMiddleware" | "handleI18nRouting" | "updateSession")
                    )
                    || value.name() == "undefined"
                    || value.is(Kind::Null)
                    || (value.is(Kind::Identifier) && value.name().to_ascii_lowercase().contains("response"))
            })
    })
}

/// The conditions on the path in `condition`.
fn tests(condition: NodeRef<'_>) -> Vec<PathTest> {
    let mut found = Vec::new();
    collect(condition, false, 6, &mut found);
    found
}

fn collect(node: NodeRef<'_>, negated: bool, depth: usize, found: &mut Vec<PathTest>) {
    if depth == 0 {
        return;
    }
    match node.kind() {
        Kind::Unary if node.name() == "!" => {
            if let Some(value) = node.child(Role::Value) {
                collect(value, !negated, depth, found);
            }
        }
        Kind::Logical => {
            for side in [node.child(Role::Left), node.child(Role::Right)].into_iter().flatten() {
                collect(side, negated, depth - 1, found);
            }
        }
        Kind::Binary if matches!(node.name(), "===" | "==" | "!==" | "!=") => {
            let (Some(left), Some(right)) = (node.child(Role::Left), node.child(Role::Right)) else { return };
            let text = right.constant_str().or_else(|| left.constant_str());
            if let Some(text) = text.filter(|text| text.starts_with('/')) {
                let negated = negated != node.name().starts_with('!');
                found.push(PathTest { negated, how: PathMatch::Exact, paths: vec![text] });
            }
        }
        Kind::Call => found.extend(call_test(node, negated)),
        Kind::Identifier => {
            if let Some(made) = node.definition() {
                collect(made, negated, depth - 1, found);
            }
        }
        _ => {}
    }
}

fn call_test(call: NodeRef<'_>, negated: bool) -> Option<PathTest> {
    let tested = |how, paths| Some(PathTest { negated, how, paths });
    let method = call.callee_name()?;
    match method {
        "startsWith" => {
            let prefix = call.argument(0)?.constant_str()?;
            prefix.starts_with('/').then_some(PathTest { negated, how: PathMatch::Prefix, paths: vec![prefix] })
        }
        "some" | "includes" | "has" | "find" => {
            let list = call.receiver()?;
            let listed = list_texts(list.resolved());
            if listed.is_empty() {
                return speaks_of_path(call).then_some(PathTest { negated, how: PathMatch::Unknown, paths: listed });
            }
            let prefix = method == "some" && call.text().contains("startsWith");
            tested(if prefix { PathMatch::Prefix } else { PathMatch::Exact }, listed)
        }
        "test" => {
            let pattern = call.receiver()?.resolved();
            pattern.is(Kind::Regex).then(|| PathTest { negated, how: PathMatch::Unknown, paths: Vec::new() })
        }
        _ => {
            let callee = call.child(Role::Callee)?.definition()?;
            if callee.is(Kind::Call) && callee.callee_name() == Some("createRouteMatcher") {
                return tested(PathMatch::Pattern, list_texts(callee.argument(0)?.resolved()));
            }
            speaks_of_path(call).then_some(PathTest { negated, how: PathMatch::Unknown, paths: Vec::new() })
        }
    }
}

fn speaks_of_path(call: NodeRef<'_>) -> bool {
    let text = call.text().to_ascii_lowercase();
    text.len() < 400 && ["path", "url", "route"].iter().any(|word| text.contains(word))
}

fn list_texts(list: NodeRef<'_>) -> Vec<String> {
    match list.kind() {
        Kind::Array => list
            .children_in(Role::Item)
            .filter_map(NodeRef::constant_str)
            .filter(|text| text.starts_with('/'))
            .collect(),
        Kind::Call => list.argument(0).map(|inner| list_texts(inner.resolved())).unwrap_or_default(),
        _ => list.constant_str().into_iter().filter(|text| text.starts_with('/')).collect(),
    }
}
