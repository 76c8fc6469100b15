//! How large a body a server takes: what parsers and frameworks are told, and what they do when they are told nothing.

use crate::{
    code::{Flags, Kind, NodeRef, Role},
    model::Span,
    repo::{FileKind, Repo},
};

/// Literals of which a file must hold one to say anything about it.
pub const KEYWORDS: &[&str] = &[
    "express",
    "body-parser",
    "astify",
    "bodyparser",
    "koa-body",
    "hono/body-limit",
    "useBodyParser",
    "bodySizeLimit",
    "MAX_CONTENT_LENGTH",
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
];

/// A limit for bodies, where it is set or left to the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyLimit {
    pub span: Span,
    pub size: BodySize,
    /// It holds for one path or for whoever uses it by name, not for every request.
    pub particular: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodySize {
    Bytes(u64),
    Unlimited,
    /// Nothing is said, and the library has a limit of its own.
    Library,
    /// A setting decides.
    Open,
}

/// The limit that `node` sets or leaves to the library.
pub fn body_limit(node: NodeRef<'_>) -> Option<BodyLimit> {
    let (span, size) = match node.kind() {
        Kind::Call => of_call(node)?,
        Kind::Property if node.name() == "bodySizeLimit" => (node.span(), size(node.child(Role::Value)?)),
        Kind::Assignment => (node.span(), of_setting(node)?),
        _ => return None,
    };
    Some(BodyLimit { span, size, particular: is_particular(node) })
}

fn of_call(call: NodeRef<'_>) -> Option<(Span, BodySize)> {
    let path = call.callee_api()?;
    let (options, keys): (_, &[&str]) = match path.as_str() {
        "express.json"
        | "express.urlencoded"
        | "express.raw"
        | "express.text"
        | "body-parser.json"
        | "body-parser.urlencoded"
        | "body-parser.raw"
        | "body-parser.text"
        | "body-parser" => (call.argument(0), &["limit"]),
        "fastify" | "fastify.fastify" | "fastify.Fastify" | "@nestjs/platform-fastify.FastifyAdapter" => {
            (call.argument(0), &["bodyLimit"])
        }
        "koa-bodyparser"
        | "@koa/bodyparser"
        | "@koa/bodyparser.bodyParser"
        | "koa-bodyparser.bodyParser"
        | "koa-body"
        | "koa-body.koaBody" => (call.argument(0), &["jsonLimit"]),
        "hono/body-limit.bodyLimit" => (call.argument(0), &["maxSize"]),
        _ if call.callee_name() == Some("useBodyParser") => (call.argument(1), &["limit"]),
        _ => return None,
    };
    let Some(options) = options.map(NodeRef::resolved) else { return Some((call.span(), BodySize::Library)) };
    if !options.is(Kind::Object) {
        return Some((call.span(), BodySize::Open));
    }
    match keys.iter().find_map(|key| options.property(key)) {
        Some(value) => Some((value.span(), size(value))),
        None if options.has_spread() => Some((call.span(), BodySize::Open)),
        None => Some((call.span(), BodySize::Library)),
    }
}

/// Django's and Flask's settings.
fn of_setting(assignment: NodeRef<'_>) -> Option<BodySize> {
    let target = assignment.child(Role::Target)?;
    let name = match target.kind() {
        Kind::Identifier | Kind::Member => target.name(),
        Kind::Index => target.child(Role::Index).filter(|key| key.is(Kind::String))?.name(),
        _ => return None,
    };
    if !matches!(name, "MAX_CONTENT_LENGTH" | "DATA_UPLOAD_MAX_MEMORY_SIZE") {
        return None;
    }
    let value = assignment.child(Role::Value)?;
    Some(if value.is(Kind::Null) { BodySize::Unlimited } else { size(value) })
}

fn size(node: NodeRef<'_>) -> BodySize {
    if node.is(Kind::Identifier) && node.name() == "Infinity" {
        return BodySize::Unlimited;
    }
    let Some(value) = node.constant() else { return BodySize::Open };
    if let Some(number) = value.as_number() {
        let whole = if (0.0..1e15).contains(&number) { format!("{number:.0}").parse().ok() } else { None };
        return whole.map_or(BodySize::Unlimited, BodySize::Bytes);
    }
    value.as_str().and_then(bytes).map_or(BodySize::Open, BodySize::Bytes)
}

/// `50mb`, `100kb`, `1m`.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let count: u64 = digits.parse().ok()?;
    let rest = text[digits.len()..].trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    let unit = match rest.trim() {
        "" | "b" => 1,
        "kb" | "k" => 1 << 10,
        "mb" | "m" => 1 << 20,
        "gb" | "g" => 1 << 30,
        _ => return None,
    };
    count.checked_mul(unit)
}

/// Mounted below a path, registered on one route, or put aside under a name.
fn is_particular(node: NodeRef<'_>) -> bool {
    let mut child = node;
    for above in node.ancestors().take(8) {
        match above.kind() {
            Kind::Call if child.role() == Role::Argument => {
                let text = above.argument(0).filter(|first| *first != child);
                let everywhere =
                    text.and_then(NodeRef::constant_str).is_some_and(|path| matches!(path.as_str(), "/" | "*"));
                return text.is_some()
                    && !everywhere
                    && !above.has(Flags::NEW)
                    && above.callee_name() != Some("useBodyParser");
            }
            Kind::Assignment => {
                let call = node.is(Kind::Call) && !node.callee_api().is_some_and(|path| path.contains("astify"));
                return call && child.role() == Role::Value;
            }
            Kind::Function | Kind::Array | Kind::Conditional | Kind::If => return true,
            _ => {}
        }
        child = above;
    }
    false
}

/// A configuration of nginx in front of services, with what it says about bodies: nginx takes one megabyte when it is
/// told nothing.
pub fn nginx(repo: &Repo) -> Vec<(crate::model::FileId, Option<Span>)> {
    let files = repo.files().iter().filter(|file| {
        let path = file.path.as_str();
        file.role.is_operational()
            && file.language.is_none()
            && !matches!(file.kind, FileKind::Dockerfile | FileKind::Lockfile)
            && (path.contains("nginx") || matches!(file.path.extension(), Some("conf" | "template")))
    });
    files
        .filter_map(|file| {
            let text = repo.read(file.id).ok()?;
            if !text.contains("proxy_pass") {
                return None;
            }
            let at = text.find("client_max_body_size").map(|at| {
                let end = text[at..].find(['\n', ';']).map_or(text.len(), |end| at + end);
                Span::new(at, end)
            });
            Some((file.id, at))
        })
        .collect()
}
