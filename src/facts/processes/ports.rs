//! The port that a call makes a server listen on.

use super::{PortShape, PortSign};
use crate::{
    code::{Kind, NodeRef},
    facts::Visit,
};

/// `app.listen(3000)`, `server.listen({ port })`, `serve({ fetch, port: 8787 })`.
pub(super) fn of_server(call: NodeRef<'_>) -> PortSign {
    let options = call.positional().map(NodeRef::resolved).find(|argument| argument.is(Kind::Object));
    let given = match options {
        Some(options) => options.property("port"),
        None => call.argument(0),
    };
    PortSign { span: call.span(), port: given.map_or(PortShape::Other, shape) }
}

/// Servers of Python that a program starts itself, with the port that they take when it says nothing.
pub(super) fn of_python(file: &Visit<'_>, call: NodeRef<'_>) -> Option<PortSign> {
    let default = match call.callee_api().as_deref()? {
        "uvicorn.run" => 8000,
        "waitress.serve" | "aiohttp.web.run_app" => 8080,
        path if path.ends_with("app.run") && file.text.contains("Flask(") => 5000,
        _ => return None,
    };
    if call.has_spread() {
        return Some(PortSign { span: call.span(), port: PortShape::Other });
    }
    Some(PortSign { span: call.span(), port: call.keyword("port").map_or(PortShape::Number(default), shape) })
}

fn shape(given: NodeRef<'_>) -> PortShape {
    for node in [given, given.resolved()] {
        if let Some(port) = number(node) {
            return PortShape::Number(port);
        }
        if let Some(read) = node.env_read() {
            return PortShape::Variable { name: read.name, default: read.default.and_then(number) };
        }
    }
    let text = given.resolved().text();
    if text.len() < 120 && text.to_ascii_lowercase().contains("port") { PortShape::Named } else { PortShape::Other }
}

fn number(node: NodeRef<'_>) -> Option<u16> {
    let value = node.constant()?;
    if let Some(text) = value.as_str() {
        return text.parse().ok();
    }
    let number = value.as_number()?;
    (1.0..=65535.0).contains(&number).then(|| format!("{number:.0}").parse().ok())?
}
