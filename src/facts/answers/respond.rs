//! What sends a response: the forms of each framework, with what is sent and under which status.

use super::{Answer, leak};
use crate::code::{Flags, Kind, NodeRef, Role};

/// A response.
pub(in crate::facts) struct Response<'t> {
    pub node: NodeRef<'t>,
    pub bodies: Vec<NodeRef<'t>>,
    /// The status, when it is written out.
    pub status: Option<u16>,
}

/// What the framework calls the object that answers.
const RESPONSES: &[&str] = &["res", "response", "reply", "resp", "rep", "_res"];
const CONTEXTS: &[&str] = &["c", "ctx", "context"];

/// The response that `node` sends.
pub(in crate::facts) fn response(node: NodeRef<'_>) -> Option<Response<'_>> {
    match node.kind() {
        Kind::Call => script_call(node).or_else(|| python_call(node)),
        Kind::Return => python_return(node),
        Kind::Assignment => koa(node),
        _ => None,
    }
}

fn script_call(call: NodeRef<'_>) -> Option<Response<'_>> {
    let name = call.callee_name()?;
    if call.has(Flags::NEW) {
        return constructed(call, name);
    }
    if matches!(name, "json" | "send" | "end" | "jsonp" | "render" | "error") {
        let receiver = call.receiver()?;
        let bodies: Vec<_> = call.argument(usize::from(name == "render")).into_iter().collect();
        if matches!(receiver.name(), "NextResponse" | "Response") && name == "json" {
            return Some(Response { node: call, bodies, status: init_status(call.argument(1)) });
        }
        let (root, status) = root_of(receiver)?;
        if RESPONSES.contains(&root.name()) && name != "error" {
            return Some(Response { node: call, bodies, status });
        }
        if CONTEXTS.contains(&root.name()) && name == "json" {
            let status = call.argument(1).map_or(status, |argument| literal_status(argument));
            return Some(Response { node: call, bodies, status });
        }
    }
    let api = call.callee_api()?;
    let remix = matches!(name, "json")
        && (api.starts_with("@remix-run/") || api.starts_with("@sveltejs/kit") || api.starts_with("react-router"));
    remix.then(|| Response {
        node: call,
        bodies: call.argument(0).into_iter().collect(),
        status: init_status(call.argument(1)),
    })
}

/// The first name of a chain such as `res.status(500)`, and the status that the chain sets.
fn root_of(receiver: NodeRef<'_>) -> Option<(NodeRef<'_>, Option<u16>)> {
    let (mut node, mut status) = (receiver, None);
    for _ in 0..6 {
        match node.kind() {
            Kind::Identifier => return Some((node, status)),
            Kind::Call => {
                if matches!(node.callee_name(), Some("status" | "code")) {
                    status = node.argument(0).and_then(literal_status);
                }
                node = node.receiver()?;
            }
            Kind::Member => node = node.child(Role::Object)?,
            _ => return None,
        }
    }
    None
}

fn constructed<'t>(call: NodeRef<'t>, name: &str) -> Option<Response<'t>> {
    let body = |index: usize| call.argument(index).into_iter().collect::<Vec<_>>();
    match name {
        "Response" | "NextResponse" => {
            Some(Response { node: call, bodies: body(0), status: init_status(call.argument(1)) })
        }
        "InternalServerErrorException" => Some(Response { node: call, bodies: body(0), status: Some(500) }),
        "ServiceUnavailableException" | "BadGatewayException" => {
            Some(Response { node: call, bodies: body(0), status: Some(502) })
        }
        "HttpException" => {
            let nest = call.callee_api().is_some_and(|path| path.starts_with("@nestjs/common"));
            let status = call.argument(1).and_then(literal_status);
            (nest && status.is_some()).then(|| Response { node: call, bodies: body(0), status })
        }
        "HTTPException" => {
            let hono = call.callee_api().is_some_and(|path| path.starts_with("hono/"));
            hono.then(|| Response { node: call, bodies: body(1), status: call.argument(0).and_then(literal_status) })
        }
        "TRPCError" => {
            let options = call.argument(0).filter(|options| options.is(Kind::Object))?;
            let broken = options.property("code").is_some_and(|code| code.name() == "INTERNAL_SERVER_ERROR");
            let message = options.property("message").filter(|_| broken)?;
            Some(Response { node: call, bodies: vec![message], status: Some(500) })
        }
        _ => None,
    }
}

/// `ctx.body = …` of Koa.
fn koa(node: NodeRef<'_>) -> Option<Response<'_>> {
    let target = node.child(Role::Target).filter(|target| target.is(Kind::Member) && target.name() == "body")?;
    let object = target.child(Role::Object)?;
    let context = object.is(Kind::Identifier) && object.name() == "ctx";
    context.then(|| Response { node, bodies: node.child(Role::Value).into_iter().collect(), status: None })
}

fn init_status(init: Option<NodeRef<'_>>) -> Option<u16> {
    let init = init?;
    match init.kind() {
        Kind::Number => literal_status(init),
        _ => literal_status(init.resolved().property("status")?),
    }
}

/// A status that is written out: a number, or a name such as `HTTP_500_INTERNAL_SERVER_ERROR`.
fn literal_status(node: NodeRef<'_>) -> Option<u16> {
    if let Some(number) = node.constant().and_then(|value| value.as_number()) {
        return (100.0..600.0).contains(&number).then(|| number.to_string().parse().ok()).flatten();
    }
    let name = node.name().to_ascii_uppercase();
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    if name.starts_with("HTTP_") && digits.len() == 3 {
        return digits.parse().ok();
    }
    match name.as_str() {
        "INTERNAL_SERVER_ERROR" => Some(500),
        "BAD_GATEWAY" => Some(502),
        "SERVICE_UNAVAILABLE" => Some(503),
        "GATEWAY_TIMEOUT" => Some(504),
        "BAD_REQUEST" => Some(400),
        "UNAUTHORIZED" => Some(401),
        "FORBIDDEN" => Some(403),
        "NOT_FOUND" => Some(404),
        "CONFLICT" => Some(409),
        "UNPROCESSABLE_ENTITY" | "UNPROCESSABLE_CONTENT" => Some(422),
        "TOO_MANY_REQUESTS" => Some(429),
        _ => None,
    }
}

fn python_call(call: NodeRef<'_>) -> Option<Response<'_>> {
    let api = call.callee_api()?;
    let (package, name) = api.rsplit_once('.')?;
    let of = |packages: &[&str]| packages.iter().any(|prefix| package.starts_with(prefix));
    let status = || call.keyword("status_code").or_else(|| call.keyword("status")).and_then(literal_status);
    match name {
        "HTTPException" if of(&["fastapi", "starlette"]) => {
            let body = call.keyword("detail").or_else(|| call.argument(1))?;
            let status = status().or_else(|| call.argument(0).and_then(literal_status));
            Some(Response { node: call, bodies: vec![body], status })
        }
        "JSONResponse" | "ORJSONResponse" | "UJSONResponse" | "PlainTextResponse" | "HTMLResponse" | "Response"
        | "JsonResponse" | "HttpResponse"
            if of(&["fastapi", "starlette", "django", "rest_framework", "flask"]) =>
        {
            let body = call.keyword("content").or_else(|| call.keyword("data")).or_else(|| call.argument(0))?;
            Some(Response {
                node: call,
                bodies: vec![body],
                status: status().or_else(|| call.argument(1).and_then(literal_status)),
            })
        }
        "HttpResponseServerError" if of(&["django"]) => {
            Some(Response { node: call, bodies: call.argument(0).into_iter().collect(), status: Some(500) })
        }
        "abort" if of(&["flask"]) => {
            let body = call.keyword("description").or_else(|| call.keyword("message")).or_else(|| call.argument(1))?;
            Some(Response { node: call, bodies: vec![body], status: call.argument(0).and_then(literal_status) })
        }
        "jsonify" if of(&["flask"]) => {
            let beside = call.parent().filter(|parent| parent.is(Kind::Array) && parent.has(Flags::TUPLE));
            let status = beside.and_then(|tuple| tuple.children().nth(1)).and_then(literal_status);
            let named = call.children_in(Role::Argument).filter(|argument| argument.is(Kind::Property));
            let bodies = call.positional().chain(named.filter_map(|argument| argument.child(Role::Value))).collect();
            Some(Response { node: call, bodies, status })
        }
        _ => None,
    }
}

/// A handler of `FastAPI` or Flask that returns what is sent.
fn python_return(node: NodeRef<'_>) -> Option<Response<'_>> {
    let value = node.child(Role::Value)?;
    let (body, status) = match value.kind() {
        Kind::Object => (value, None),
        Kind::Array if value.has(Flags::TUPLE) => {
            let body = value.children().next().filter(|body| body.is(Kind::Object))?;
            (body, value.children().nth(1).and_then(literal_status))
        }
        _ => return None,
    };
    let function = node.enclosing_function()?;
    let handles =
        function.children_in(Role::Decorator).filter_map(|decorator| decorator.child(Role::Value)).any(|decorator| {
            matches!(
                decorator.callee_name(),
                Some("get" | "post" | "put" | "patch" | "delete" | "route" | "api_route" | "errorhandler")
            ) && decorator.receiver().is_some()
                && decorator.argument(0).is_none_or(|path| {
                    path.is(Kind::String) && path.name().starts_with('/')
                        || path.is(Kind::String) && path.name().is_empty()
                        || !path.is(Kind::String)
                })
        });
    handles.then(|| Response { node, bodies: vec![body], status })
}

/// What a function named for it makes of an error, for others to send: `createErrorResponse(error)`.
pub(super) fn described(object: NodeRef<'_>) -> Option<Answer> {
    if object.has(Flags::PATTERN) || object.ancestors().take(4).any(|around| around.is(Kind::Call)) {
        return None;
    }
    let function = object.enclosing_function()?;
    let name = function.function_name()?.to_ascii_lowercase();
    if !name.contains("error") || !["response", "respond", "reply"].iter().any(|word| name.contains(word)) {
        return None;
    }
    let told =
        object.children().filter(|part| matches!(part.name(), "error" | "message" | "detail" | "details" | "stack"));
    let found = told
        .filter_map(|part| leak::leak(part.child(Role::Value)?))
        .find(|leak| leak.helper && leak.through.is_none())?;
    let open = found.tells != super::Tells::Whole && !leak::is_safe(found.node);
    open.then(|| Answer { span: found.node.span(), tells: found.tells, status: None, through: None })
}
