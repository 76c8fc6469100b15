//! Signs of what the answer about somebody's health says: that something is wrong, and the status that goes with it.

use crate::{
    code::{Flags, Kind, NodeRef, Role as NodeRole},
    facts::{Extractor, Fact, FileFacts, Visit, Watch},
    model::Span,
};

/// A sign with the innermost `catch` it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthSign {
    pub span: Span,
    pub kind: HealthSignKind,
    pub catch: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthSignKind {
    /// A value that says that something is wrong: `'unhealthy'`, `database: false`.
    Unhealthy,
    /// A status from 400, or an error that becomes one.
    ErrorStatus,
    /// A status that is computed: it may be any.
    OpenStatus,
    /// The answer itself.
    Answer,
}

pub(in crate::facts) struct HealthExtractor;

impl Extractor for HealthExtractor {
    fn fact(&self) -> Fact {
        Fact::Health
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[
            Kind::String,
            Kind::Boolean,
            Kind::Number,
            Kind::Throw,
            Kind::Member,
            Kind::Identifier,
            Kind::Call,
            Kind::Property,
            Kind::Return,
        ])
        .words(&[
            "health",
            "Health",
            "heartbeat",
            "/ready",
            "/live",
            "/ping",
            "/status",
            "degraded",
            "'error'",
            "\"error\"",
            "'down'",
            "\"down\"",
            "unavailable",
            "disconnected",
            "'fail",
            "\"fail",
            "offline",
            "unreachable",
        ])
    }

    fn node(&self, _file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        if let Some(kind) = kind_of(node) {
            let catch = node.enclosing_catch().map(NodeRef::span);
            facts.health.push(HealthSign { span: node.span(), kind, catch });
        }
    }
}

/// Words that say that something is wrong.
const WRONG: &[&str] = &[
    "unhealthy",
    "degraded",
    "down",
    "error",
    "unavailable",
    "disconnected",
    "failed",
    "fail",
    "not_ready",
    "not ready",
    "unreachable",
    "offline",
    "critical",
    "not connected",
];

fn kind_of(node: NodeRef<'_>) -> Option<HealthSignKind> {
    match node.kind() {
        Kind::String if is_value(node) && WRONG.contains(&node.name().to_ascii_lowercase().as_str()) => {
            Some(HealthSignKind::Unhealthy)
        }
        Kind::Boolean if node.name() == "false" && says_health(node) => Some(HealthSignKind::Unhealthy),
        Kind::Number
            if node.name().parse::<u16>().is_ok_and(|status| (400..600).contains(&status)) && is_status(node) =>
        {
            Some(HealthSignKind::ErrorStatus)
        }
        Kind::Throw => Some(HealthSignKind::ErrorStatus),
        Kind::Member | Kind::Identifier if is_error_name(node.name()) => Some(HealthSignKind::ErrorStatus),
        Kind::Property if matches!(node.name(), "status" | "status_code" | "statusCode") => open_status(node),
        Kind::Call => match node.callee_name()? {
            "status" | "code" | "sendStatus" | "writeHead" => {
                let computed = node.argument(0).is_some_and(|status| !only_fine(status) && status.constant().is_none());
                computed.then_some(HealthSignKind::OpenStatus)
            }
            "json" | "send" | "jsonify" | "JSONResponse" | "JsonResponse" | "Response" => Some(HealthSignKind::Answer),
            name if is_error_name(name) => Some(HealthSignKind::ErrorStatus),
            _ => None,
        },
        Kind::Return => Some(HealthSignKind::Answer),
        _ => None,
    }
}

/// `{ status: code }` beside a body, where the code is neither a text nor always fine.
fn open_status(property: NodeRef<'_>) -> Option<HealthSignKind> {
    let value = property.child(NodeRole::Value)?;
    let object = property.parent()?;
    let options = object.role() == NodeRole::Argument
        && object.parent().is_some_and(|call| call.argument(0).map(NodeRef::id) != Some(object.id()))
        || property.has(Flags::KEYWORD);
    (options && value.constant().is_none() && !only_fine(value)).then_some(HealthSignKind::OpenStatus)
}

/// Whether a status is fine whichever way it is computed: `failed ? 200 : 200`.
fn only_fine(status: NodeRef<'_>) -> bool {
    let status = status.resolved();
    if status.is(Kind::Conditional) {
        let arms = [NodeRole::Consequent, NodeRole::Alternate].map(|role| status.child(role));
        return arms.into_iter().all(|arm| arm.is_some_and(only_fine));
    }
    status.constant().and_then(|value| value.as_number()).is_some_and(|status| (200.0..400.0).contains(&status))
}

/// A value that is stored or answered, not one that is compared.
fn is_value(node: NodeRef<'_>) -> bool {
    matches!(node.role(), NodeRole::Value | NodeRole::Consequent | NodeRole::Alternate)
        && !node.parent().is_some_and(|parent| matches!(parent.kind(), Kind::Case | Kind::Throw | Kind::Unary))
}

/// `false` under a name that says whether something is well.
fn says_health(node: NodeRef<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    let name = match parent.kind() {
        Kind::Property => parent.name().to_ascii_lowercase(),
        Kind::Assignment => parent.child(NodeRole::Target).map_or("", NodeRef::text).to_ascii_lowercase(),
        _ => return false,
    };
    let last = name.rsplit(['.', '_']).next().unwrap_or_default();
    ["ok", "healthy", "database", "db", "redis", "connected", "alive"]
        .iter()
        .any(|word| last == *word || name.ends_with("healthy"))
}

/// A number where a status stands, not a time or a size.
fn is_status(node: NodeRef<'_>) -> bool {
    matches!(
        node.role(),
        NodeRole::Argument
            | NodeRole::Value
            | NodeRole::Consequent
            | NodeRole::Alternate
            | NodeRole::Item
            | NodeRole::Right
    )
}

fn is_error_name(name: &str) -> bool {
    name.contains("SERVICE_UNAVAILABLE")
        || name.contains("INTERNAL_SERVER_ERROR")
        || name.contains("ServiceUnavailable")
        || name.contains("HTTP_503")
        || name == "HTTPException"
        || name == "abort"
}
