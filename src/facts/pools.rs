//! Connection pools to a database that code makes, and how they are limited.

use crate::code::{Constant, Kind, NodeRef, Role};

/// One place that makes a pool.
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    pub library: Library,
    /// Limits of the pool are given: its size or its patience.
    pub limited: bool,
    /// A connection is tested before it is used.
    pub pings: bool,
    /// The pool is somebody else's: an external pooler, an adapter, or no pool at all.
    pub delegated: bool,
    /// Options come from elsewhere, so what is missing here may be given there.
    pub open: bool,
    /// A file of SQLite, or memory.
    pub embedded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Library {
    SqlAlchemy,
    Pg,
    PostgresJs,
    Mysql2,
    Prisma,
}

impl Library {
    pub fn name(self) -> &'static str {
        match self {
            Self::SqlAlchemy => "SQLAlchemy",
            Self::Pg => "pg",
            Self::PostgresJs => "postgres.js",
            Self::Mysql2 => "mysql2",
            Self::Prisma => "Prisma",
        }
    }
}

/// Words that a file has when it makes a pool.
pub const KEYWORDS: [&str; 7] =
    ["create_engine", "create_async_engine", "Pool(", "PrismaClient(", "postgres(", "createPool", "SQLModel"];

/// Whether an engine serves one function and ends with it: `with engine.begin() as connection` after `engine =
/// create_engine(url)`, and nothing hands it on.
pub fn is_brief(call: NodeRef<'_>) -> bool {
    if call.enclosing_function().is_none() {
        return false;
    }
    let connects = |node: NodeRef<'_>| {
        node.role() == Role::Object
            && node.parent().is_some_and(|member| {
                matches!(member.name(), "begin" | "connect" | "dispose" | "raw_connection" | "execution_options")
            })
    };
    if connects(call) {
        return true;
    }
    let target = call.parent().filter(|parent| parent.is(Kind::Assignment)).and_then(|it| it.child(Role::Target));
    let Some((target, binding)) = target.and_then(|target| Some((target, target.binding_id()?))) else { return false };
    let top_level = call.tree().binding(binding).top_level;
    let mut uses = call.tree().references(binding).filter(|reference| *reference != target).peekable();
    !top_level && uses.peek().is_some() && uses.all(connects)
}

/// The pool that `call` makes.
pub fn pool(call: NodeRef<'_>) -> Option<Pool> {
    let path = call.callee_api()?;
    let library = match path.as_str() {
        "pg.Pool" => Library::Pg,
        "postgres" => Library::PostgresJs,
        "mysql2.createPool" | "mysql2/promise.createPool" => Library::Mysql2,
        _ if path.starts_with("@prisma/client") && path.ends_with(".PrismaClient") => Library::Prisma,
        _ if path.ends_with(".PrismaClient") && path.contains("prisma") => Library::Prisma,
        _ => {
            let python = path.starts_with("sqlalchemy") || path.starts_with("sqlmodel");
            let named = path.ends_with(".create_engine") || path.ends_with(".create_async_engine");
            if !(python && named) {
                return None;
            }
            return Some(sqlalchemy(call));
        }
    };
    Some(script(call, library))
}

fn sqlalchemy(call: NodeRef<'_>) -> Pool {
    let given = |names: &[&str]| names.iter().any(|name| call.keyword(name).is_some());
    let url = call.argument(0).or_else(|| call.keyword("url"));
    let class = call.keyword("poolclass").map(|class| class.text().to_owned()).unwrap_or_default();
    Pool {
        library: Library::SqlAlchemy,
        limited: given(&["pool_size", "max_overflow", "pool_timeout"]),
        pings: call.keyword("pool_pre_ping").is_some_and(|value| value.name() != "false"),
        delegated: class.ends_with("NullPool")
            || class.ends_with("StaticPool")
            || given(&["creator", "async_creator", "pool"]),
        open: call.has_spread(),
        embedded: url.is_some_and(is_sqlite),
    }
}

/// Whether a URL is one of SQLite, as far as the file tells.
fn is_sqlite(url: NodeRef<'_>) -> bool {
    let constant = matches!(url.constant(), Some(Constant::String(text)) if text.starts_with("sqlite"));
    let template = url.resolved();
    constant || template.is(Kind::Template) && template.text().contains("sqlite")
}

fn script(call: NodeRef<'_>, library: Library) -> Pool {
    let arguments: Vec<NodeRef<'_>> = call.positional().map(NodeRef::resolved).collect();
    let objects: Vec<NodeRef<'_>> = arguments.iter().copied().filter(|argument| argument.is(Kind::Object)).collect();
    let given =
        |names: &[&str]| names.iter().any(|name| objects.iter().any(|options| options.property(name).is_some()));
    let url_limits = arguments.iter().any(|argument| {
        let text = argument.text();
        text.contains("connection_limit") || text.contains("pool_timeout") || text.contains("pgbouncer")
    });
    let limits: &[&str] = match library {
        Library::Pg => &["max", "connectionTimeoutMillis", "idleTimeoutMillis"],
        Library::Mysql2 => &["connectionLimit", "queueLimit", "maxIdle"],
        _ => &["max", "idle_timeout", "connect_timeout"],
    };
    let url_first = |argument: &NodeRef<'_>| {
        matches!(
            argument.kind(),
            Kind::String | Kind::Template | Kind::Member | Kind::Identifier | Kind::Call | Kind::Logical | Kind::Other
        )
    };
    let unread = match library {
        // The first argument may be a URL.
        Library::PostgresJs => arguments.iter().skip(1).any(|argument| !argument.is(Kind::Object)),
        Library::Mysql2 | Library::Pg => {
            arguments.iter().any(|argument| !argument.is(Kind::Object) && url_first(argument))
        }
        _ => arguments.iter().any(|argument| !argument.is(Kind::Object)),
    };
    Pool {
        library,
        limited: given(limits) || url_limits,
        pings: given(&["keepAlive"]),
        delegated: given(&["adapter", "accelerateUrl"]),
        open: unread || objects.iter().any(|options| options.has_spread()),
        embedded: false,
    }
}
