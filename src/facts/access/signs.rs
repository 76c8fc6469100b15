//! Collects the signs of guards from one file.

use super::{
    About, AccessFacts, Sign, SignKind, weakness,
    words::{about, about_name, asserts, is_log_in_path, status_of_message, status_of_name},
};
use crate::{
    code::{Flags, Kind, NodeRef, Role},
    facts::{Extractor, Fact, FileFacts, Visit, Watch, modules::Shape},
    repo::Role as FileRole,
};

pub(in crate::facts) struct AccessExtractor;

/// What a request is called.
const REQUESTS: &[&str] = &[
    "req",
    "request",
    "ctx",
    "context",
    "c",
    "socket",
    "client",
    "event",
    "handshake",
    "locals",
    "state",
    "session",
    "g",
    "info",
    "_req",
    "r",
    "auth",
    "scope",
    "data",
];
/// What holds the caller on a request.
const CALLERS: &[&str] = &[
    "user",
    "currentUser",
    "current_user",
    "userId",
    "user_id",
    "account",
    "auth",
    "session",
    "jwtPayload",
    "uid",
    "viewer",
    "principal",
    "accountId",
    "decoded",
    "tokenPayload",
    "apiKey",
    "team",
];
/// Headers that say who calls.
const HEADERS: &[&str] = &[
    "authorization",
    "x-api-key",
    "x-access-token",
    "x-auth-token",
    "api-key",
    "apikey",
    "x-user-id",
    "x-token",
    "x-admin-token",
    "x-api-token",
    "x-internal-secret",
    "x-cron-secret",
    "x-internal-key",
];

impl Extractor for AccessExtractor {
    fn fact(&self) -> Fact {
        Fact::Access
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[
            Kind::Number,
            Kind::Member,
            Kind::Index,
            Kind::Call,
            Kind::Throw,
            Kind::Catch,
            Kind::If,
            Kind::Function,
            Kind::String,
            Kind::Property,
        ])
        .roles(&[FileRole::Source, FileRole::Config])
    }

    fn node(&self, _file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let access = &mut facts.access;
        match node.kind() {
            Kind::Number => access.signs.extend(number(node)),
            Kind::Member => access.signs.extend(member(node)),
            Kind::Index => access.signs.extend(index(node)),
            Kind::String => access.signs.extend(header(node)),
            Kind::Call => call(node, access),
            Kind::Property => access.signs.extend(taken(node)),
            Kind::Throw => access.signs.extend(thrown(node)),
            Kind::Catch | Kind::If | Kind::Function => access.signs.extend(weakness::weakness(node)),
            _ => {}
        }
    }
}

fn sign(node: NodeRef<'_>, kind: SignKind) -> Sign {
    let about = match kind {
        SignKind::VerifiesSignature => Some(About::Signature),
        SignKind::VerifiesToken if is_fatal(node) => Some(About::Identity),
        _ => None,
    };
    Sign { span: node.span(), kind, about }
}

/// Whether what `node` throws is not caught, or is caught and ends the request all the same.
fn is_fatal(node: NodeRef<'_>) -> bool {
    let Some(whole) = node.enclosing_try() else { return true };
    whole.children().filter(|part| part.is(Kind::Catch)).all(|catch| {
        catch.descendants().any(|inner| match inner.kind() {
            Kind::Throw => true,
            Kind::Call if inner.callee_name() == Some("next") => inner.positional().count() > 0,
            Kind::Number => matches!(inner.name(), "401" | "403"),
            _ => false,
        })
    })
}

fn refusal(node: NodeRef<'_>, status: u16) -> Option<Sign> {
    (!in_table(node)).then(|| Sign { span: node.span(), kind: SignKind::Refuses(status), about: ground(node) })
}

/// A status that is described or compared, not given: `@ApiResponse({ status: 401 })`, `response.status === 401`.
fn in_table(node: NodeRef<'_>) -> bool {
    let mut child = node;
    for above in node.ancestors() {
        match above.kind() {
            Kind::Decorator | Kind::Type | Kind::Parameter | Kind::Binary => return true,
            Kind::Function | Kind::Throw | Kind::Return => return false,
            Kind::Case | Kind::Switch | Kind::Loop | Kind::If if child.role() == Role::Condition => return true,
            Kind::Call => {
                let name = above.callee_name().unwrap_or_default();
                if matches!(
                    name,
                    "includes"
                        | "has"
                        | "literal"
                        | "ApiResponse"
                        | "expect"
                        | "toBe"
                        | "createRoute"
                        | "openapi"
                        | "log"
                        | "slice"
                        | "substring"
                        | "setTimeout"
                        | "describe"
                        | "indexOf"
                        | "route"
                        | "Set"
                        | "Map"
                ) {
                    return true;
                }
            }
            Kind::Property if above.name().parse::<u16>().is_ok() => return true,
            _ => {}
        }
        child = above;
    }
    true
}

fn number(node: NodeRef<'_>) -> Option<Sign> {
    let status = match node.name() {
        "401" | "407" | "4401" => 401,
        "403" | "4403" | "1008" | "4001" => 403,
        "429" => 429,
        "400" => 400,
        _ => return None,
    };
    // A number alone is a status where something is answered with it.
    let parent = node.parent()?;
    let given = match parent.kind() {
        Kind::Call => node.role() == Role::Argument,
        Kind::Property => {
            let key = parent.name().to_ascii_lowercase();
            key.contains("status") || key.contains("code")
        }
        Kind::Assignment => parent
            .child(Role::Target)
            .is_some_and(|target| target.is(Kind::Member) && target.name().to_ascii_lowercase().contains("status")),
        Kind::Array => parent.has(Flags::TUPLE),
        _ => false,
    };
    // A bad request says something about access only where a signature is checked.
    let sign = if given { refusal(node, status) } else { None };
    sign.filter(|sign| status != 400 || matches!(sign.about, Some(About::Signature | About::Csrf)))
}

fn member(node: NodeRef<'_>) -> Option<Sign> {
    let name = node.name();
    // Only the outermost of a chain that is no callee is a value: `StatusCodes.UNAUTHORIZED`.
    let constant = name.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
        || name.ends_with("Unauthorized")
        || name == "Forbidden";
    if let Some(status) = status_of_name(name).filter(|_| constant && node.role() != Role::Callee) {
        let given = node.parent().is_some_and(|parent| {
            matches!(parent.kind(), Kind::Call | Kind::Property | Kind::Assignment | Kind::Array | Kind::Throw)
        });
        return if given && node.role() != Role::Target { refusal(node, status) } else { None };
    }
    if is_written(node) {
        return None;
    }
    let object = node.child(Role::Object)?;
    if CALLERS.contains(&name) && is_request(object) {
        return Some(sign(node, SignKind::ReadsIdentity));
    }
    match name {
        "authorization" | "is_authenticated" | "isAuthenticated" => Some(sign(node, SignKind::ReadsIdentity)),
        "role" | "roles" | "isAdmin" | "is_admin" | "is_superuser" | "is_staff" | "permissions" | "scopes" => {
            let decides = node.ancestors().take(4).any(|above| {
                matches!(above.kind(), Kind::Binary | Kind::If | Kind::Logical | Kind::Unary | Kind::Conditional)
                    || (above.is(Kind::Call)
                        && matches!(above.callee_name(), Some("includes" | "some" | "every" | "has" | "find")))
            });
            decides.then(|| sign(node, SignKind::ChecksRole))
        }
        "query" | "url" | "body" | "params" => None,
        _ if object.name() == "cookies" && names_session(name) => Some(sign(node, SignKind::ReadsIdentity)),
        _ => None,
    }
}

/// `const { user } = context.switchToHttp().getRequest()`.
fn taken(node: NodeRef<'_>) -> Option<Sign> {
    let pattern = node.parent().filter(|pattern| pattern.has(Flags::PATTERN))?;
    if !CALLERS.contains(&node.name()) {
        return None;
    }
    let holder = pattern.parent()?;
    let value = holder.child(Role::Value).filter(|_| holder.is(Kind::Assignment))?;
    let of_request = is_request(value) || matches!(value.callee_name(), Some("getRequest" | "getSession" | "getNext"));
    of_request.then(|| sign(node, SignKind::ReadsIdentity))
}

/// `request.headers['authorization']`, `session['user_id']`, `request.META['HTTP_AUTHORIZATION']`: by the string in it.
fn index(node: NodeRef<'_>) -> Option<Sign> {
    let key = node.child(Role::Index).filter(|key| key.is(Kind::String))?.name();
    let object = node.child(Role::Object)?;
    let session = matches!(object.name(), "session" | "cookies" | "COOKIES") && !is_written(node);
    (session && (names_session(key) || key.contains("user"))).then(|| sign(node, SignKind::ReadsIdentity))
}

/// The name of a header that says who calls, where it is looked up.
fn header(node: NodeRef<'_>) -> Option<Sign> {
    let plain = node.name().to_ascii_lowercase();
    let plain = plain.strip_prefix("http_").map_or(plain.clone(), |rest| rest.replace('_', "-"));
    if !HEADERS.contains(&plain.as_str()) {
        return None;
    }
    let parent = node.parent()?;
    let read = match parent.kind() {
        Kind::Index => !is_written(parent),
        Kind::Call => {
            matches!(
                parent.callee_name(),
                Some("get" | "header" | "Header" | "getHeader" | "Headers" | "getFirst" | "APIKeyHeader")
            ) && parent.positional().count() <= 2
        }
        _ => false,
    };
    read.then(|| sign(node, SignKind::ReadsIdentity))
}

fn names_session(name: &str) -> bool {
    let plain = name.to_ascii_lowercase();
    ["token", "session", "jwt", "auth", "sid"].iter().any(|word| plain.contains(word))
}

fn is_request(object: NodeRef<'_>) -> bool {
    match object.kind() {
        Kind::Identifier => REQUESTS.contains(&object.name()) || object.name().ends_with("Request"),
        Kind::Member => REQUESTS.contains(&object.name()),
        _ => false,
    }
}

/// The target of an assignment, or a part of it: `req.user = user`.
fn is_written(node: NodeRef<'_>) -> bool {
    node.role() == Role::Target && node.parent().is_some_and(|parent| parent.is(Kind::Assignment))
}

fn call(node: NodeRef<'_>, access: &mut AccessFacts) {
    let Some(name) = node.callee_name() else { return };
    let key = node.argument(0).filter(|key| key.is(Kind::String) && matches!(name, "decorate" | "decorateRequest"));
    if let (Some(key), Some(value)) = (key, node.argument(1)) {
        access.provided.push((key.name().to_owned(), Shape::of(value)));
    }
    access.signs.extend(refusing_call(node, name));
    access.signs.extend(called(node, name));
}

/// `unauthorized()`, `new ForbiddenException()`, `redirect('/login')`, `next(new Error('Unauthorized'))`.
fn refusing_call(node: NodeRef<'_>, name: &str) -> Option<Sign> {
    if name.contains("edirect") {
        let leads = node.descendants().take(30).any(|inner| inner.is(Kind::String) && is_log_in_path(inner.name()));
        return if leads { refusal(node, 401) } else { None };
    }
    // A code alone: `new TRPCError({ code: 'UNAUTHORIZED' })`.
    let coded = || {
        node.children_in(Role::Argument).find_map(|argument| {
            let code = match argument.kind() {
                Kind::String => Some(argument),
                Kind::Object => argument.property("code").or_else(|| argument.property("type")),
                Kind::Identifier => {
                    return status_of_name(argument.name()).filter(|_| {
                        argument.name().chars().all(|letter| letter.is_ascii_uppercase() || !letter.is_alphabetic())
                    });
                }
                _ => None,
            }?;
            let text = code.name();
            let constant = text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
            if constant && code.is(Kind::String) { status_of_name(text) } else { None }
        })
    };
    if let Some(status) = status_of_name(name).filter(|_| !name.starts_with("set") && !name.starts_with("handle")) {
        return refusal(node, status);
    }
    let made = node.has(Flags::NEW) || name.ends_with("Error") || name.ends_with("Exception") || name == "abort";
    if made {
        if let Some(status) = coded() {
            return refusal(node, status);
        }
        let message = node.argument(0).filter(|message| message.is(Kind::String));
        if let Some(status) = message.and_then(|message| status_of_message(message.name())) {
            return refusal(node, status);
        }
    }
    None
}

fn called(node: NodeRef<'_>, name: &str) -> Option<Sign> {
    let kind = match name {
        "getServerSession"
        | "getSession"
        | "currentUser"
        | "getCurrentUser"
        | "getAuth"
        | "getToken"
        | "auth"
        | "getUserFromRequest"
        | "validateRequest"
        | "getIronSession"
        | "get_current_user"
        | "getServerAuthSession"
        | "isAuthenticated"
        | "getAuthSession"
        | "getUser" => SignKind::ReadsIdentity,
        "jwtVerify"
        | "verifyIdToken"
        | "verifySessionCookie"
        | "verifyToken"
        | "verifyJWT"
        | "verifyJwt"
        | "verifyAccessToken"
        | "authenticateRequest"
        | "verify_jwt_in_request"
        | "verify_token"
        | "decode_token"
        | "verify_id_token"
        | "introspect" => SignKind::VerifiesToken,
        "timingSafeEqual"
        | "constructEvent"
        | "constructEventAsync"
        | "compare_digest"
        | "construct_event"
        | "verifyWebhook"
        | "verifySignature"
        | "validateSignature"
        | "verify_signature"
        | "unmarshal"
        | "verifyWebhookSignature" => SignKind::VerifiesSignature,
        "safeParse" | "parseAsync" | "safeParseAsync" | "validationResult" | "validateAsync" | "plainToInstance"
        | "plainToClass" | "zValidator" | "checkSchema" | "validateOrReject" => SignKind::Validates,
        "verify" | "decode" | "parse" | "validate" | "limit" | "consume" | "can" => return by_receiver(node, name),
        "hasPermission" | "has_permission" | "hasRole" | "has_role" | "isAdmin" | "is_admin" | "hasAccess"
        | "hasAnyRole" | "canAccess" | "has_perm" | "has_perms" | "userCan" => SignKind::ChecksRole,
        "createHmac" => return Some(Sign { about: None, ..sign(node, SignKind::VerifiesSignature) }),
        "createHash" if hashes_secret_with_body(node) => {
            return Some(Sign { about: None, ..sign(node, SignKind::VerifiesSignature) });
        }
        _ if asserts(name) => SignKind::Asserts,
        _ => match about_name(name) {
            Some(About::Csrf) => SignKind::ChecksCsrf,
            Some(About::Rate) if !name.starts_with("create") => SignKind::LimitsRate,
            Some(About::Role) if name.starts_with("is") || name.starts_with("has") || name.starts_with("can") => {
                SignKind::ChecksRole
            }
            _ => return None,
        },
    };
    Some(sign(node, kind))
}

/// `createHash('sha256').update(SECRET + body)`: a signature of those who do not know of HMAC. The secret has to be
/// hashed with what came, and the handler to speak of a signature.
fn hashes_secret_with_body(node: NodeRef<'_>) -> bool {
    let Some(update) =
        node.ancestors().take(2).find(|above| above.is(Kind::Call) && above.callee_name() == Some("update"))
    else {
        return false;
    };
    let Some(given) = update.argument(0).map(NodeRef::resolved) else { return false };
    let parts = given.is(Kind::Binary) || given.is(Kind::Template);
    let secret = std::iter::once(given).chain(given.descendants().take(20)).any(|part| {
        matches!(part.kind(), Kind::Identifier | Kind::Member) && part.name().to_ascii_lowercase().contains("secret")
    });
    parts
        && secret
        && update
            .enclosing_function()
            .is_some_and(|function| function.text().to_ascii_lowercase().contains("signature"))
}

/// Names that say little without what they are called on.
fn by_receiver(node: NodeRef<'_>, name: &str) -> Option<Sign> {
    let path = node.callee_api().unwrap_or_default();
    let receiver = node.receiver().map(|receiver| receiver.path().unwrap_or_else(|| receiver.name().to_owned()));
    let holder = format!("{path} {}", receiver.unwrap_or_default()).to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| holder.contains(part));
    let kind = match name {
        "verify" if has(&["webhook", "svix", "wh.", "octokit", "signature"]) => SignKind::VerifiesSignature,
        "verify" if has(&["jwt", "jsonwebtoken", "jose", "token", "paseto"]) => SignKind::VerifiesToken,
        // Python's libraries verify when they decode; Node's `jwt.decode` does not.
        "decode" if has(&["jwt", "jose"]) && !path.starts_with("jsonwebtoken") && node.positional().count() >= 2 => {
            SignKind::VerifiesToken
        }
        "parse" | "validate" => {
            let of_request = node.positional().next().is_some_and(|value| {
                std::iter::once(value).chain(value.descendants().take(8)).any(|inner| {
                    matches!(inner.name(), "body" | "query" | "params" | "req" | "request" | "json" | "input" | "data")
                })
            });
            // `Joi.compile(schema).prefs(…).validate(object)` of a middleware that takes any schema.
            let of_schema = name == "validate"
                && node.receiver().is_some_and(|receiver| {
                    let text = receiver.text().to_ascii_lowercase();
                    text.len() < 300 && ["joi", "schema", "ajv", "yup"].iter().any(|word| text.contains(word))
                });
            if !(of_request || of_schema) || has(&["json.parse", "url.", "qs.", "path."]) {
                return None;
            }
            SignKind::Validates
        }
        "limit" | "consume" if has(&["ratelimit", "limiter", "throttle", "rate_limit"]) => SignKind::LimitsRate,
        "can" if has(&["ability", "user", "acl", "permission"]) => SignKind::ChecksRole,
        _ => return None,
    };
    Some(sign(node, kind))
}

/// `raise PermissionDenied` and other exceptions named without a call.
fn thrown(node: NodeRef<'_>) -> Option<Sign> {
    let value = node.child(Role::Value)?;
    match value.kind() {
        Kind::Identifier | Kind::Member => {
            let name = value.name();
            if name == "Http404" {
                return None;
            }
            refusal(node, status_of_name(name)?)
        }
        _ => None,
    }
}

/// What the conditions under which `node` runs speak of: those around it, else those that were left before it.
fn ground(node: NodeRef<'_>) -> Option<About> {
    let mut child = node;
    let mut passed: Option<About> = None;
    for above in node.ancestors() {
        match above.kind() {
            Kind::Function | Kind::Class | Kind::Module => break,
            Kind::If | Kind::Conditional | Kind::Loop if child.role() != Role::Condition => {
                if let Some(found) = above.child(Role::Condition).and_then(spoken) {
                    return Some(found);
                }
            }
            Kind::Logical if child.role() == Role::Right => {
                if let Some(found) = above.child(Role::Left).and_then(spoken) {
                    return Some(found);
                }
            }
            Kind::Catch => {
                let body = above.parent().and_then(|whole| whole.child(Role::Body));
                if let Some(found) = body.and_then(spoken) {
                    return Some(found);
                }
            }
            Kind::Block if passed.is_none() => {
                passed = above
                    .children()
                    .take_while(|statement| statement.span().start < child.span().start)
                    .filter(|statement| statement.is(Kind::If))
                    .filter_map(|statement| statement.child(Role::Condition))
                    .filter_map(spoken)
                    .last();
            }
            _ => {}
        }
        child = above;
    }
    passed
}

/// What the names in an expression speak of, constants of the same function seen through.
fn spoken(node: NodeRef<'_>) -> Option<About> {
    let names = std::iter::once(node).chain(node.descendants().take(60)).flat_map(|inner| match inner.kind() {
        Kind::Identifier => {
            let made = inner.definition().filter(|made| !made.is(Kind::Function));
            let source = made.and_then(|made| if made.is(Kind::Call) { made.callee_name() } else { Some(made.name()) });
            vec![inner.name(), source.unwrap_or_default()]
        }
        Kind::Member => vec![inner.name()],
        Kind::String if inner.name().len() < 30 => vec![inner.name()],
        _ => Vec::new(),
    });
    about(names.collect::<Vec<_>>())
}
