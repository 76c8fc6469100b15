//! How callers prove who they are: by a header that a page must add itself, or by cookies that a browser adds.

use crate::code::{Kind, NodeRef, Role};

/// Which of the two a file shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity {
    /// The `Authorization` header is read.
    pub header: bool,
    /// Cookies or sessions are read or set on the server.
    pub cookie: bool,
}

const COOKIE_PACKAGES: &[&str] = &[
    "express-session",
    "cookie-session",
    "cookie-parser",
    "@fastify/cookie",
    "@fastify/session",
    "iron-session",
    "next-auth",
    "better-auth",
    "lucia",
    "koa-session",
    "hono/cookie",
    "starlette.middleware.sessions",
    "flask_login",
    "connect-redis",
];

const COOKIE_NAMES: &[&str] = &["cookies", "setCookie", "set_cookie", "clearCookie", "delete_cookie", "signedCookies"];

impl Identity {
    pub(super) fn see(&mut self, node: NodeRef<'_>) {
        match node.kind() {
            Kind::Import => self.cookie |= is_cookie_package(node.name()),
            Kind::Member => {
                self.header |= node.name() == "authorization";
                self.cookie |= COOKIE_NAMES.contains(&node.name()) || is_session(node);
            }
            Kind::String => {
                self.header |= is_key_header(node.name()) && is_read(node) || is_token_class(node.name());
                self.cookie |= node.name().eq_ignore_ascii_case("set-cookie") || is_required(node);
            }
            Kind::Call => {
                let name = node.callee_name().unwrap_or_default();
                self.header |= ["OAuth2PasswordBearer", "HTTPBearer", "APIKeyHeader", "fromAuthHeaderAsBearerToken"]
                    .contains(&name);
                self.cookie |= matches!(name, "cookies" | "APIKeyCookie" | "login_required" | "clerkMiddleware");
            }
            _ => {}
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { header: self.header || other.header, cookie: self.cookie || other.cookie }
    }
}

fn is_cookie_package(module: &str) -> bool {
    COOKIE_PACKAGES.contains(&module) || module.starts_with("@clerk/") || module.starts_with("next-auth/")
}

/// Headers that carry a token or a key.
fn is_key_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    name == "authorization" || name.ends_with("x-api-key") || name == "http-authorization"
}

/// The classes by which the settings of Django REST framework name tokens in a header.
fn is_token_class(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(module, class)| {
        module.contains("authentication") && matches!(class, "TokenAuthentication" | "JWTAuthentication")
    })
}

/// The session of a request; other things have sessions too.
fn is_session(member: NodeRef<'_>) -> bool {
    let object = member.child(Role::Object).map(NodeRef::name).unwrap_or_default();
    member.name() == "session" && matches!(object, "req" | "request" | "ctx" | "context")
}

/// `require('express-session')`.
fn is_required(node: NodeRef<'_>) -> bool {
    is_cookie_package(node.name())
        && node.parent().is_some_and(|call| call.is(Kind::Call) && call.callee_name() == Some("require"))
}

/// Read from a request, rather than set on an outgoing one.
fn is_read(node: NodeRef<'_>) -> bool {
    node.parent().is_some_and(|parent| match parent.kind() {
        Kind::Call => matches!(parent.callee_name(), Some("get" | "header" | "getHeader" | "Header")),
        Kind::Index => true,
        _ => false,
    })
}
