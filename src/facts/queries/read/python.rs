//! Queries of SQLAlchemy, Flask and Django.

use super::super::{Library, Operation, filters::Conditions, flow::Flow};
use super::{BOUNDS, Read, imports, is_name};
use crate::code::{Kind, NodeRef, Role};

pub(super) fn python(call: NodeRef<'_>) -> Option<Read<'_>> {
    let name = call.callee_name()?;
    let receiver = call.receiver();
    match name {
        "select" | "update" | "delete" => {
            let path = call.callee_path()?;
            let ours = ["sqlalchemy", "sqlmodel"].iter().any(|library| path.starts_with(library));
            if ours { statement(call, name) } else { None }
        }
        "query"
            if receiver.is_some_and(|receiver| {
                matches!(receiver.name(), "db" | "session" | "_session" | "db_session" | "sess" | "s")
            }) =>
        {
            statement(call, "select")
        }
        "get" | "filter" | "filter_by" | "all" | "create" | "exclude" | "first" | "count" => {
            let manager = receiver.filter(|receiver| receiver.is(Kind::Member))?;
            let model = manager
                .child(Role::Object)
                .filter(|model| is_name(*model) && model.name().starts_with(char::is_uppercase))?;
            match manager.name() {
                "objects" => Some(django(call, model, name)),
                "query" if name != "create" && imports(call, "sqlalchemy") || name == "filter_by" => {
                    Some(flask(call, model, name))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// SQLAlchemy's `select(Model)`, `session.query(Model)`.
fn statement<'t>(call: NodeRef<'t>, name: &str) -> Option<Read<'t>> {
    let first = call.argument(0)?;
    let aggregate = is_aggregate(first.text()) || call.positional().any(|argument| is_aggregate(argument.text()));
    let subject = if first.is(Kind::Member) && first.name().starts_with(char::is_lowercase) {
        first.child(Role::Object)?
    } else {
        first
    };
    if !is_name(subject) {
        return None;
    }
    let inner = is_part_of(call, &["in_", "exists", "select_from", "where", "filter", "not_in", "notin_"]);
    let flow = Flow::of(call);
    let mut conditions = Conditions::default();
    for link in flow.links.iter().filter(|link| matches!(link.name, "where" | "filter" | "filter_by")) {
        conditions.of_expressions(link.call);
    }
    // The rows of another statement decide, under whatever conditions it has.
    conditions.open |=
        flow.links.iter().filter(|link| matches!(link.name, "join" | "outerjoin")).any(|link| {
            link.call.positional().next().is_some_and(|joined| is_subquery(joined) || is_other_rows(joined))
        }) || call.positional().any(|part| part.descendants().take(20).any(is_subquery));
    let last = |names: &[&str]| flow.has(names);
    let operation = match name {
        "update" => Operation::Update,
        "delete" => Operation::Delete,
        _ if last(&["delete"]) => Operation::Delete,
        _ if last(&["update"]) => Operation::Update,
        _ if aggregate
            || inner
            || last(&["count", "exists", "subquery", "cte", "group_by", "scalar_subquery", "correlate"]) =>
        {
            Operation::Aggregate
        }
        _ if last(&["first", "one", "one_or_none", "scalar_one", "scalar_one_or_none", "scalar", "get"]) => {
            Operation::FindOne
        }
        _ => Operation::FindMany,
    };
    // A statement of which nobody sees what becomes of it.
    let taken = last(&["all", "scalars", "fetchall", "execute", "exec", "partitions", "unique", "mappings"]);
    Some(Read {
        library: Library::SqlAlchemy,
        table: subject.name().to_owned(),
        subject: Some(subject),
        operation,
        conditions,
        bounded: operation != Operation::FindMany || flow.has(BOUNDS),
        leaves: operation == Operation::FindMany && !taken,
    })
}

/// A name for `select(…).subquery()`, for a common table expression, or for either under another name.
fn is_subquery(node: NodeRef<'_>) -> bool {
    node.is(Kind::Identifier)
        && node.definition().is_some_and(|made| {
            made.is(Kind::Call) && matches!(made.callee_name(), Some("subquery" | "cte" | "alias" | "lateral"))
        })
}

/// Whether a join is with what a variable holds, and with no model: `query.join(owned, Project.id == owned.c.id)`.
fn is_other_rows(joined: NodeRef<'_>) -> bool {
    joined.is(Kind::Identifier) && joined.name().starts_with(|first: char| first.is_lowercase() || first == '_')
}

/// Whether the query is an argument of one of these calls: a part of another query.
pub(super) fn is_part_of(query: NodeRef<'_>, calls: &[&str]) -> bool {
    let mut child = query;
    for above in query.ancestors().take(12) {
        let given = above.is(Kind::Call) && child.role() == Role::Argument;
        if given && above.callee_name().is_some_and(|name| calls.contains(&name)) {
            return true;
        }
        child = above;
    }
    false
}

fn is_aggregate(text: &str) -> bool {
    ["func.", "count(", "sum(", "distinct("].iter().any(|word| text.contains(word))
}

/// Flask-SQLAlchemy's `Model.query`.
fn flask<'t>(call: NodeRef<'t>, model: NodeRef<'t>, name: &str) -> Read<'t> {
    let flow = Flow::of(call);
    let mut conditions = Conditions::default();
    match name {
        "get" => conditions.by_key(call.argument(0)),
        "filter" | "filter_by" => conditions.of_expressions(call),
        _ => {}
    }
    for link in flow.links.iter().filter(|link| matches!(link.name, "filter" | "filter_by")) {
        conditions.of_expressions(link.call);
    }
    let one = matches!(name, "get" | "first")
        || flow.has(&["first", "one", "one_or_none", "get", "first_or_404", "get_or_404", "scalar"]);
    let operation = if flow.has(&["delete"]) {
        Operation::Delete
    } else if flow.has(&["update"]) {
        Operation::Update
    } else if name == "count" || flow.has(&["count", "exists"]) {
        Operation::Aggregate
    } else if one {
        Operation::FindOne
    } else {
        Operation::FindMany
    };
    let taken = name == "all" || flow.has(&["all"]);
    Read {
        library: Library::SqlAlchemy,
        table: model.name().to_owned(),
        subject: Some(model),
        operation,
        conditions,
        bounded: operation != Operation::FindMany || flow.has(BOUNDS),
        leaves: operation == Operation::FindMany && !taken,
    }
}

/// Django's query sets are lazy: only what gives one record at once is told apart.
fn django<'t>(call: NodeRef<'t>, model: NodeRef<'t>, name: &str) -> Read<'t> {
    let flow = Flow::of(call);
    let mut conditions = Conditions::default();
    if matches!(name, "get" | "filter") {
        conditions.of_expressions(call);
    }
    let operation = match name {
        "create" => Operation::Insert,
        "get" | "first" => Operation::FindOne,
        _ if flow.has(&["update"]) => Operation::Update,
        _ if flow.has(&["delete"]) => Operation::Delete,
        _ if flow.has(&["first", "get", "last"]) => Operation::FindOne,
        "count" => Operation::Aggregate,
        _ if flow.has(&["count", "exists", "aggregate"]) => Operation::Aggregate,
        _ => Operation::FindMany,
    };
    Read {
        library: Library::Django,
        table: model.name().to_owned(),
        subject: Some(model),
        operation,
        conditions,
        bounded: operation != Operation::FindMany,
        leaves: operation == Operation::FindMany,
    }
}
