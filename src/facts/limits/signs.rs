//! Signs in one file that a limiter stops limiting.

use super::{LimitKind, LimitSign};
use crate::{
    code::{Flags, Kind, NodeRef, Role},
    facts::access::is_about_rate,
};

pub(super) fn sign(path: &str, node: NodeRef<'_>) -> Option<LimitSign> {
    let found = |node: NodeRef<'_>, kind| Some(LimitSign { span: node.span(), kind });
    match node.kind() {
        Kind::Call => password_log_in(node).or_else(|| {
            let memory = is_default_store(node) && !node.is_dev_only();
            if memory { found(node, LimitKind::LibraryMemory) } else { None }
        }),
        Kind::Catch if limits(path, node) => {
            let body = node.child(Role::Body)?;
            let allow = allows(body)?;
            let tries = node.parent()?.child(Role::Body)?;
            // An error that is no failure of the limiter: a token that could not be read.
            let counts = tries.descendants().take(600).any(is_limiting_call);
            if counts && !allow.is_dev_only() { found(allow, LimitKind::AllowsOnError) } else { None }
        }
        Kind::If if limits(path, node) => {
            let misses = is_missing_store(node.child(Role::Condition)?);
            let allow = allows(node.child(Role::Consequent)?);
            if misses && allow.is_some_and(|allow| !allow.is_dev_only()) && !refuses_in_production(node) {
                found(node, LimitKind::OffWithoutStore)
            } else {
                None
            }
        }
        Kind::Conditional => of_choice(node).and_then(|kind| found(node, kind)),
        Kind::Assignment if limits(path, node) => of_store(node).and_then(|kind| found(node, kind)),
        _ => None,
    }
}

/// Whether this is inside a limiter: the function, the class or the file is named for it.
fn limits(path: &str, node: NodeRef<'_>) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split('.').next().unwrap_or(file);
    is_about_rate(stem)
        || node.ancestors().any(|around| match around.kind() {
            Kind::Function => around.function_name().is_some_and(is_about_rate),
            Kind::Class => is_about_rate(around.name()),
            _ => false,
        })
}

/// Calls that count a request.
fn is_limiting_call(node: NodeRef<'_>) -> bool {
    node.is(Kind::Call)
        && node.callee_name().is_some_and(|name| {
            matches!(
                name,
                "limit"
                    | "consume"
                    | "incr"
                    | "INCR"
                    | "multi"
                    | "pipeline"
                    | "zadd"
                    | "eval"
                    | "evalsha"
                    | "hit"
                    | "increment"
                    | "incrby"
            )
        })
}

/// The statement of a branch that lets the request go on.
fn allows(branch: NodeRef<'_>) -> Option<NodeRef<'_>> {
    std::iter::once(branch).chain(branch.descendants().take(80)).find(|node| match node.kind() {
        Kind::Return => node.child(Role::Value).is_some_and(lets_through),
        Kind::Call => {
            node.callee_name() == Some("next") && node.receiver().is_none() && node.positional().next().is_none()
        }
        _ => false,
    })
}

fn lets_through(value: NodeRef<'_>) -> bool {
    match value.kind() {
        Kind::Boolean => value.name() == "true",
        Kind::Null => true,
        Kind::Object => ["success", "allowed", "ok", "isAllowed"]
            .iter()
            .filter_map(|key| value.property(key))
            .any(|value| value.is(Kind::Boolean) && value.name() == "true"),
        Kind::Call => {
            value.callee_name() == Some("next") && value.positional().next().is_none()
                || value.callee_name() == Some("call_next")
        }
        _ => false,
    }
}

fn is_store_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // A switch that turns limits on, or a path that has none, is no missing store.
    ["redis", "upstash"].iter().any(|word| name.contains(word)) && !name.contains("enabled")
}

/// `!redis`, `redis === null`, `not redis_client`.
fn is_missing_store(condition: NodeRef<'_>) -> bool {
    let named = |node: NodeRef<'_>| {
        matches!(node.kind(), Kind::Identifier | Kind::Member) && is_store_name(node.name())
            || node.env_read().is_some_and(|read| is_store_name(&read.name))
    };
    match condition.kind() {
        Kind::Unary => condition.name() == "!" && condition.child(Role::Value).is_some_and(named),
        Kind::Binary => {
            let empty =
                condition.child(Role::Right).is_some_and(|right| right.is(Kind::Null) || right.text() == "undefined");
            empty && matches!(condition.name(), "===" | "==" | "is") && condition.child(Role::Left).is_some_and(named)
        }
        Kind::Logical => condition.children().any(is_missing_store),
        _ => false,
    }
}

/// Whether the branch, or the file at its top, stops in production when there is no store.
fn refuses_in_production(node: NodeRef<'_>) -> bool {
    let root = node.tree().root();
    root.descendants().filter(|part| part.is(Kind::Throw)).take(50).any(|throw| {
        throw.ancestors().take(6).any(|around| {
            around.is(Kind::If)
                && around.child(Role::Condition).is_some_and(|condition| {
                    let text = condition.text().to_ascii_lowercase();
                    (text.contains("production") || text.contains("isprod")) || is_missing_store(condition)
                })
        })
    })
}

/// `redis ? new Ratelimit(…) : null`, `redis ? new RedisStore(…) : new MemoryStore()`.
fn of_choice(node: NodeRef<'_>) -> Option<LimitKind> {
    let (first, second) = (node.child(Role::Consequent)?, node.child(Role::Alternate)?);
    let condition = node.child(Role::Condition)?;
    let tests_store = std::iter::once(condition).chain(condition.descendants().take(20)).any(|part| {
        matches!(part.kind(), Kind::Identifier | Kind::Member) && is_store_name(part.name())
            || part.env_read().is_some_and(|read| is_store_name(&read.name))
    });
    if !tests_store || node.is_dev_only() || refuses_in_production(node) {
        return None;
    }
    match (branch(first)?, branch(second)?) {
        (Branch::Limiter | Branch::Store, Branch::Memory)
        | (Branch::Memory, Branch::Limiter | Branch::Store)
        | (Branch::Store, Branch::Nothing)
        | (Branch::Nothing, Branch::Store) => Some(LimitKind::MemoryWithoutStore),
        (Branch::Limiter, Branch::Nothing) | (Branch::Nothing, Branch::Limiter) => Some(LimitKind::OffWithoutStore),
        _ => None,
    }
}

/// What one branch of a choice makes.
enum Branch {
    Limiter,
    /// A shared store, which a limiter is given.
    Store,
    Memory,
    Nothing,
}

fn branch(node: NodeRef<'_>) -> Option<Branch> {
    if node.is(Kind::Null) || node.text() == "undefined" {
        return Some(Branch::Nothing);
    }
    match node.callee_name().filter(|_| node.is(Kind::Call))? {
        "Ratelimit" | "RateLimiterRedis" => Some(Branch::Limiter),
        "RedisStore" => Some(Branch::Store),
        "MemoryStore" | "RateLimiterMemory" | "Map" => Some(Branch::Memory),
        _ => None,
    }
}

/// A store in memory that a limiter of the repository's own counts in.
fn of_store(node: NodeRef<'_>) -> Option<LimitKind> {
    let target = node.child(Role::Target)?;
    let in_function = node.enclosing_function();
    // A local variable of a function forgets at once; a field stays.
    let lasting = in_function.is_none() || target.is(Kind::Member);
    let name = target.name().to_ascii_lowercase();
    // A cache of what the shared store refused spares it questions, and decides nothing by itself.
    let insures = ["insurance", "limiter", "ephemeral"].iter().any(|word| name.contains(word));
    let counts = !insures
        && [
            "store", "memory", "cache", "hits", "requests", "attempts", "bucket", "history", "counts", "limits", "map",
            "window",
        ]
        .iter()
        .any(|word| name.contains(word));
    let value = node.child(Role::Value).filter(|_| lasting && counts)?;
    let empty = match value.kind() {
        Kind::Call => value.callee_name().is_some_and(|made| {
            matches!(
                made,
                "Map" | "MemoryStore" | "RateLimiterMemory" | "LRUCache" | "defaultdict" | "dict" | "TTLCache"
            )
        }),
        Kind::Object => value.children().next().is_none(),
        _ => false,
    };
    if !empty || node.is_dev_only() {
        return None;
    }
    let imports = node.tree().root().children().filter(|part| part.is(Kind::Import));
    let shared = imports
        .map(|import| import.name().to_ascii_lowercase())
        .any(|module| module.contains("redis") || module == "@upstash/ratelimit");
    Some(if shared { LimitKind::MemoryWithoutStore } else { LimitKind::MemoryOnly })
}

/// A limiter of a library that is given no store, and so counts in memory.
fn is_default_store(call: NodeRef<'_>) -> bool {
    let Some(api) = call.callee_api() else { return false };
    match api.as_str() {
        "express-rate-limit" | "express-rate-limit.rateLimit" => {
            let options = call.argument(0).map(NodeRef::resolved);
            options.is_some_and(|options| {
                options.is(Kind::Object) && !options.has_spread() && options.property("store").is_none()
            })
        }
        "slowapi.Limiter" | "flask_limiter.Limiter" => {
            let named = ["storage_uri", "storage"].iter().any(|name| call.keyword(name).is_some());
            !named && !call.has_spread() && !call.tree().source().contains("RATELIMIT_STORAGE")
        }
        _ => false,
    }
}

/// `Credentials({ authorize })` of `NextAuth`.
fn password_log_in(call: NodeRef<'_>) -> Option<LimitSign> {
    let api = call.callee_api()?;
    if !api.starts_with("next-auth/providers/credentials") || call.has(Flags::NEW) {
        return None;
    }
    let options = call.argument(0)?;
    let authorize = options
        .children()
        .find(|part| part.name() == "authorize" && matches!(part.kind(), Kind::Property | Kind::Function))?;
    let limited = authorize.descendants().take(2000).any(|part| {
        is_limiting_call(part)
            || part.is(Kind::Call)
                && part.callee_name().is_some_and(|name| is_about_rate(name) || super::counts_tries(name))
    });
    let asks_password = call.descendants().take(400).any(|part| part.name() == "password");
    (!limited && asks_password).then(|| LimitSign { span: authorize.span(), kind: LimitKind::PasswordLogIn })
}
