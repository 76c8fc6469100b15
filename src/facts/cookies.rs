//! Calls that set cookies, and what they say of each attribute.

use super::naming;
use crate::code::{BindingKind, Constant, Flags, Kind, NodeRef, Role};

/// How a cookie is set; it decides what an absent attribute means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Express, Fastify, Next.js, Hono: nothing is set unless it is named.
    Plain,
    /// `koa`'s `ctx.cookies.set`: `httpOnly` by default.
    Koa,
    /// `express-session`: `httpOnly` by default.
    ExpressSession,
    /// `cookie-session`: `httpOnly` by default, `secure` follows the connection.
    CookieSession,
    /// `set_cookie` of Starlette and `FastAPI`: `SameSite=Lax` by default.
    Starlette,
    /// `set_cookie` of Flask and Django.
    Python,
}

/// A cookie's attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    HttpOnly,
    Secure,
    SameSite,
}

/// What is known of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    Constant(NodeRef<'t>, Constant),
    /// Decided when the program runs.
    Decided(NodeRef<'t>),
    Missing,
    /// The options could not be followed.
    Open,
}

/// A cookie that a call sets.
#[derive(Debug, Clone, Copy)]
pub struct Cookie<'t> {
    pub call: NodeRef<'t>,
    pub way: Way,
    name: Option<NodeRef<'t>>,
    value: Option<NodeRef<'t>>,
    options: Options<'t>,
}

#[derive(Debug, Clone, Copy)]
enum Options<'t> {
    Given(NodeRef<'t>),
    Keywords,
    None,
}

/// How deep objects are spread into one another.
const DEPTH: usize = 4;

impl<'t> Cookie<'t> {
    /// The cookie that `call` sets, if it sets one.
    pub fn of(call: NodeRef<'t>) -> Option<Self> {
        Self::session(call).or_else(|| Self::script(call)).or_else(|| Self::python(call))
    }

    /// Session middleware.
    fn session(call: NodeRef<'t>) -> Option<Self> {
        let way = match call.callee_api()?.as_str() {
            "express-session" => Way::ExpressSession,
            "cookie-session" => Way::CookieSession,
            _ => return None,
        };
        let given = call.argument(0)?.resolved();
        let options = match way {
            Way::ExpressSession if given.is(Kind::Object) => match given.property("cookie") {
                Some(cookie) => Options::Given(cookie),
                None if given.has_spread() => return None,
                None => Options::None,
            },
            Way::ExpressSession => return None,
            _ => Options::Given(given),
        };
        Some(Self { call, way, name: None, value: None, options })
    }

    fn script(call: NodeRef<'t>) -> Option<Self> {
        if call.callee_api().as_deref() == Some("hono/cookie.setCookie") {
            return Some(Self::positional(call, 1, Way::Plain));
        }
        let receiver = call.receiver()?;
        match call.callee_name()? {
            "cookie" | "setCookie" if is_response(receiver) && call.argument(1).is_some() => {
                Some(Self::positional(call, 0, Way::Plain))
            }
            "set" if is_jar(receiver) => {
                let koa = receiver.child(Role::Object).is_some_and(|object| matches!(object.name(), "ctx" | "context"));
                let way = if koa { Way::Koa } else { Way::Plain };
                match call.argument(0)? {
                    given if given.is(Kind::Object) => Some(Self {
                        call,
                        way,
                        name: given.property("name"),
                        value: given.property("value"),
                        options: Options::Given(given),
                    }),
                    _ if call.argument(1).is_some() => Some(Self::positional(call, 0, way)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn positional(call: NodeRef<'t>, from: usize, way: Way) -> Self {
        let options = call.argument(from + 2).map_or(Options::None, Options::Given);
        Self { call, way, name: call.argument(from), value: call.argument(from + 1), options }
    }

    fn python(call: NodeRef<'t>) -> Option<Self> {
        if call.callee_name()? != "set_cookie" || call.receiver().is_none() {
            return None;
        }
        let starlette = call.tree().bindings().any(|(_, binding)| match &binding.kind {
            BindingKind::Import { module, .. } => module.starts_with("fastapi") || module.starts_with("starlette"),
            _ => false,
        });
        Some(Self {
            call,
            way: if starlette { Way::Starlette } else { Way::Python },
            name: call.argument(0).or_else(|| call.keyword("key")),
            value: call.argument(1).or_else(|| call.keyword("value")),
            options: Options::Keywords,
        })
    }

    /// The name as a reader sees it.
    pub fn title(&self) -> String {
        match self.way {
            Way::ExpressSession | Way::CookieSession => "session".to_owned(),
            _ => self
                .name
                .and_then(|name| name.constant_str().or_else(|| naming::subject(name).map(str::to_owned)))
                .unwrap_or_else(|| "…".to_owned()),
        }
    }

    /// Whether who knows the cookie can act as its owner.
    pub fn is_session(&self) -> bool {
        if matches!(self.way, Way::ExpressSession | Way::CookieSession) {
            return true;
        }
        let flag = self.value.is_none_or(|value| value.constant().is_some());
        if flag || self.is_removed() {
            return false;
        }
        let title = self.title();
        let told = naming::is_session(&title);
        // `COOKIE_NAME` tells nothing, and the value does.
        let generic = || {
            self.name.is_some_and(|name| name.constant().is_none())
                && self.value.and_then(naming::subject).is_some_and(naming::is_session)
        };
        told || generic()
    }

    fn is_removed(&self) -> bool {
        ["maxAge", "max_age", "expires"].iter().any(|key| match self.lookup(key) {
            Value::Constant(_, value) => value.as_number() == Some(0.0),
            Value::Decided(node) => {
                node.is(Kind::Call)
                    && node.argument(0).and_then(NodeRef::constant).is_some_and(|at| at.as_number() == Some(0.0))
            }
            _ => false,
        })
    }

    /// What is said of `attribute`.
    pub fn attribute(&self, attribute: Attribute) -> Value<'t> {
        let python = matches!(self.way, Way::Starlette | Way::Python);
        let key = match (attribute, python) {
            (Attribute::HttpOnly, false) => "httpOnly",
            (Attribute::HttpOnly, true) => "httponly",
            (Attribute::Secure, _) => "secure",
            (Attribute::SameSite, false) => "sameSite",
            (Attribute::SameSite, true) => "samesite",
        };
        self.lookup(key)
    }

    /// Whether the way of setting it gives the attribute by itself.
    pub fn has_by_default(&self, attribute: Attribute) -> bool {
        match attribute {
            Attribute::HttpOnly => matches!(self.way, Way::Koa | Way::ExpressSession | Way::CookieSession),
            Attribute::Secure => self.way == Way::CookieSession,
            Attribute::SameSite => self.way == Way::Starlette,
        }
    }

    fn lookup(&self, key: &str) -> Value<'t> {
        match self.options {
            Options::None => Value::Missing,
            Options::Given(options) => lookup(options, key, DEPTH),
            Options::Keywords => match self.call.keyword(key) {
                Some(value) => value_of(value),
                None => match self.call.children().find(|child| child.is(Kind::Spread)) {
                    Some(spread) => spread.child(Role::Value).map_or(Value::Open, |value| lookup(value, key, DEPTH)),
                    None => Value::Missing,
                },
            },
        }
    }
}

fn value_of(node: NodeRef<'_>) -> Value<'_> {
    node.constant().map_or(Value::Decided(node), |value| Value::Constant(node, value))
}

fn lookup<'t>(options: NodeRef<'t>, key: &str, depth: usize) -> Value<'t> {
    if depth == 0 {
        return Value::Open;
    }
    if let Some(written) = written(options, key) {
        return Value::Decided(written);
    }
    let object = options.resolved();
    let object = returned(object).unwrap_or(object);
    if !object.is(Kind::Object) {
        return Value::Open;
    }
    if let Some(value) = object.property(key) {
        return value_of(value);
    }
    let spreads =
        object.children().filter(|child| child.is(Kind::Spread)).filter_map(|spread| spread.child(Role::Value));
    let mut open = object.children().any(|child| child.has(Flags::COMPUTED));
    for spread in spreads {
        match lookup(spread, key, depth - 1) {
            Value::Missing => {}
            Value::Open => open = true,
            found => return found,
        }
    }
    if open { Value::Open } else { Value::Missing }
}

/// `options.secure = …` after the declaration.
fn written<'t>(options: NodeRef<'t>, key: &str) -> Option<NodeRef<'t>> {
    let binding = options.binding_id()?;
    options
        .tree()
        .references(binding)
        .take(100)
        .filter_map(NodeRef::parent)
        .find(|access| access.is(Kind::Member) && access.role() == Role::Target && access.name() == key)
}

/// The object that a function of this file returns, when it returns one object.
fn returned(call: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let callee = call.child(Role::Callee).filter(|_| call.is(Kind::Call))?;
    let declaration = callee.tree().at(callee.binding()?.declaration);
    let function = if declaration.is(Kind::Function) { declaration } else { callee.resolved() };
    let body = function.child(Role::Body).filter(|_| function.is(Kind::Function))?;
    if body.is(Kind::Object) {
        return Some(body);
    }
    let mut returns = body.descendants().filter(|node| node.is(Kind::Return));
    let first = returns.next()?.child(Role::Value)?.resolved();
    returns.next().is_none().then_some(first)
}

/// `res`, `reply`, `res.status(200)`
fn is_response(node: NodeRef<'_>) -> bool {
    let mut node = node;
    for _ in 0..4 {
        match node.kind() {
            Kind::Identifier => return matches!(node.name(), "res" | "response" | "reply" | "rep" | "resp"),
            Kind::Member => return matches!(node.name(), "res" | "response" | "reply"),
            Kind::Call => match node.receiver() {
                Some(receiver) => node = receiver,
                None => return false,
            },
            _ => return false,
        }
    }
    false
}

/// `cookies()`, `await cookies()`, a constant of either, `response.cookies`, `ctx.cookies`.
fn is_jar(node: NodeRef<'_>) -> bool {
    let node = node.resolved();
    match node.kind() {
        Kind::Member => {
            node.name() == "cookies"
                && node.child(Role::Object).is_some_and(|object| {
                    matches!(
                        object.name(),
                        "res"
                            | "response"
                            | "ctx"
                            | "context"
                            | "event"
                            | "redirect"
                            | "nextResponse"
                            | "supabaseResponse"
                    ) || object.resolved().text().contains("NextResponse")
                })
        }
        Kind::Call => node.callee_api().as_deref() == Some("next/headers.cookies"),
        Kind::Await => node.child(Role::Value).is_some_and(is_jar),
        _ => false,
    }
}
