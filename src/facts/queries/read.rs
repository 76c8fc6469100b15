//! Recognises the queries of each library by how they are called.

mod python;
use python::{is_part_of, python};

use super::{
    Library, Operation,
    filters::Conditions,
    flow::{Flow, Link},
    source::is_client,
};

use crate::code::{Kind, NodeRef, Role};

/// A query as it stands in the tree.
pub(super) struct Read<'t> {
    pub library: Library,
    pub table: String,
    /// The node that names the table.
    pub subject: Option<NodeRef<'t>>,
    pub operation: Operation,
    pub conditions: Conditions,
    pub bounded: bool,
    pub leaves: bool,
}

/// The query that begins with this call.
pub(super) fn query(call: NodeRef<'_>, python: bool) -> Option<Read<'_>> {
    if python {
        return self::python(call);
    }
    let name = call.callee_name()?;
    match name {
        "from" => supabase(call).or_else(|| drizzle_select(call)),
        "update" | "delete" | "insert" => drizzle_write(call).or_else(|| prisma(call, name)),
        "getMany" | "getRawMany" | "getOne" => None,
        _ => prisma(call, name)
            .or_else(|| drizzle_query(call, name))
            .or_else(|| knex(call))
            .or_else(|| typeorm(call, name))
            .or_else(|| sequelize(call, name))
            .or_else(|| mongoose(call, name)),
    }
}

/// Methods that bound a builder, or that it ends with one row by.
const BOUNDS: &[&str] = &[
    "limit",
    "range",
    "single",
    "maybeSingle",
    "take",
    "first",
    "get",
    "one",
    "one_or_none",
    "scalar_one",
    "slice",
    "scalar_one_or_none",
    "fetchmany",
    "paginate",
    "offset",
    "skip",
    "cursor",
    "stream",
    "stream_scalars",
    "executeTakeFirst",
    "scalar",
    "yield_per",
    "findOne",
    "csv",
    "page",
    "$dynamic",
];

fn supabase(call: NodeRef<'_>) -> Option<Read<'_>> {
    let table = call.argument(0)?.constant_str()?;
    let receiver = call.receiver()?;
    // `from('months as m')` and `from('months', 'm')` are a query builder's.
    if table.contains(' ') || call.argument(1).is_some() {
        return None;
    }
    if receiver.name() == "storage"
        || receiver.is(Kind::Call)
            && receiver.callee_name() != Some("schema")
            && receiver.callee_name().is_some_and(|name| name == "select")
    {
        return None;
    }
    let flow = Flow::of(call);
    // What the REST interface behind Supabase does not do.
    let builds = ["groupBy", "where", "having", "innerJoin", "leftJoin", "with", "withCTE", "whereRaw"];
    if flow.has(&builds) {
        return None;
    }
    let first =
        flow.links.iter().find(|link| matches!(link.name, "select" | "insert" | "update" | "upsert" | "delete"))?;
    let head = first.call.positional().any(|argument| argument.property("head").is_some());
    let single = flow.has(&["single", "maybeSingle"]);
    let text = first.call.argument(0).map(NodeRef::text).unwrap_or_default();
    let operation = match first.name {
        "insert" | "upsert" => Operation::Insert,
        "update" => Operation::Update,
        "delete" => Operation::Delete,
        _ if head || text.contains("count()") => Operation::Aggregate,
        _ if single => Operation::FindOne,
        _ => Operation::FindMany,
    };
    let mut conditions = Conditions::default();
    conditions.of_links(&flow);
    Some(Read {
        library: Library::Supabase,
        table,
        subject: None,
        operation,
        conditions,
        bounded: flow.has(BOUNDS),
        leaves: flow.leaves,
    })
}

fn knex(call: NodeRef<'_>) -> Option<Read<'_>> {
    let callee = call.child(Role::Callee)?;
    if !matches!(callee.name(), "knex" | "trx") || !matches!(callee.kind(), Kind::Identifier | Kind::Member) {
        return None;
    }
    let table = call.argument(0)?.constant_str()?;
    let flow = Flow::of(call);
    let operation = if flow.has(&["insert"]) {
        Operation::Insert
    } else if flow.has(&["update"]) {
        Operation::Update
    } else if flow.has(&["del", "delete"]) {
        Operation::Delete
    } else if flow.has(&["count", "sum", "max", "min", "avg", "countDistinct"]) {
        Operation::Aggregate
    } else if flow.has(&["first"]) {
        Operation::FindOne
    } else {
        Operation::FindMany
    };
    let mut conditions = Conditions::default();
    conditions.of_links(&flow);
    Some(Read {
        library: Library::Knex,
        table,
        subject: None,
        operation,
        conditions,
        bounded: flow.has(BOUNDS),
        leaves: flow.leaves,
    })
}

fn is_name(node: NodeRef<'_>) -> bool {
    matches!(node.kind(), Kind::Identifier | Kind::Member)
}

fn drizzle_select(call: NodeRef<'_>) -> Option<Read<'_>> {
    let select = call.receiver().filter(|receiver| receiver.is(Kind::Call))?;
    let table = call.argument(0).filter(|table| is_name(*table))?;
    if !matches!(select.callee_name(), Some("select" | "selectDistinct" | "selectDistinctOn")) {
        return None;
    }
    // The rows of another query, which has its own bounds.
    if table.resolved().is(Kind::Call) && matches!(table.resolved().callee_name(), Some("as")) {
        return None;
    }
    let inner =
        is_part_of(call, &["exists", "inArray", "notExists", "notInArray", "with", "union", "unionAll", "$with"]);
    let flow = Flow::of(call);
    if lists_by_text(select, &flow) {
        return Some(knex_select(table, &flow));
    }
    let fields = select.positional().last().map(NodeRef::text).unwrap_or_default();
    let aggregate =
        ["count(", "sum(", "avg(", "max(", "min(", "countDistinct(", "count:"].iter().any(|word| fields.contains(word));
    let operation =
        if aggregate || flow.has(&["groupBy", "as"]) || inner { Operation::Aggregate } else { Operation::FindMany };
    let mut conditions = Conditions::default();
    for link in flow.links.iter().filter(|link| matches!(link.name, "where" | "innerJoin")) {
        if let Some(condition) = link.call.positional().last() {
            conditions.of_calls(condition);
        }
    }
    Some(Read {
        library: Library::Drizzle,
        table: table.name().to_owned(),
        subject: Some(table),
        operation,
        conditions,
        bounded: flow.has(BOUNDS),
        leaves: flow.leaves,
    })
}

/// Columns and conditions that are given as texts and plain objects, as Knex takes them and Drizzle does not:
/// `db.select(['id']).from(tables.parts).where({ id })`.
fn lists_by_text(select: NodeRef<'_>, flow: &Flow<'_>) -> bool {
    let first = select.positional().next();
    let columns = first.is_some_and(|first| matches!(first.kind(), Kind::String | Kind::Array));
    let plain = |link: &Link<'_>| {
        let first = link.call.argument(0);
        first.is_some_and(|first| matches!(first.kind(), Kind::Object | Kind::String))
    };
    columns || flow.links.iter().filter(|link| matches!(link.name, "where" | "andWhere")).any(plain)
}

fn knex_select<'t>(table: NodeRef<'t>, flow: &Flow<'t>) -> Read<'t> {
    let mut conditions = Conditions::default();
    conditions.of_links(flow);
    let operation = if flow.has(&["first"]) {
        Operation::FindOne
    } else if flow.has(&["count", "sum", "max", "min", "avg", "countDistinct", "groupBy"]) {
        Operation::Aggregate
    } else {
        Operation::FindMany
    };
    Read {
        library: Library::Knex,
        table: table.name().to_owned(),
        subject: None,
        operation,
        conditions,
        bounded: flow.has(BOUNDS),
        leaves: flow.leaves,
    }
}

fn drizzle_write(call: NodeRef<'_>) -> Option<Read<'_>> {
    let receiver = call.receiver().filter(|receiver| is_client(*receiver))?;
    let table = call.argument(0).filter(|table| is_name(*table))?;
    if receiver.name().to_ascii_lowercase().contains("prisma") {
        return None;
    }
    let flow = Flow::of(call);
    let operation = match call.callee_name()? {
        "insert" if flow.has(&["values"]) => Operation::Insert,
        "update" if flow.has(&["set"]) => Operation::Update,
        "delete" if flow.has(&["where"]) => Operation::Delete,
        _ => return None,
    };
    let mut conditions = Conditions::default();
    for link in flow.links.iter().filter(|link| link.name == "where") {
        if let Some(condition) = link.call.argument(0) {
            conditions.of_calls(condition);
        }
    }
    Some(Read {
        library: Library::Drizzle,
        table: table.name().to_owned(),
        subject: Some(table),
        operation,
        conditions,
        bounded: true,
        leaves: flow.leaves,
    })
}

/// `db.query.posts.findMany({ where, limit })`.
fn drizzle_query<'t>(call: NodeRef<'t>, name: &str) -> Option<Read<'t>> {
    let operation = match name {
        "findMany" => Operation::FindMany,
        "findFirst" => Operation::FindOne,
        _ => return None,
    };
    let table = call.receiver().filter(|table| table.is(Kind::Member))?;
    let holder = table.child(Role::Object)?;
    if holder.name() != "query" {
        return None;
    }
    let mut conditions = Conditions::default();
    let options = call.argument(0).map(NodeRef::resolved);
    let mut bounded = operation == Operation::FindOne;
    if let Some(options) = options {
        if options.is(Kind::Object) && !options.has_spread() {
            bounded |= options.property("limit").is_some();
            match options.property("where") {
                Some(condition) if condition.is(Kind::Object) => conditions.of_object(condition),
                Some(condition) => conditions.of_calls(condition),
                None => {}
            }
        } else {
            conditions.open = true;
        }
    }
    Some(Read {
        library: Library::Drizzle,
        table: table.name().to_owned(),
        subject: Some(table),
        operation,
        conditions,
        bounded,
        leaves: false,
    })
}

fn prisma<'t>(call: NodeRef<'t>, name: &str) -> Option<Read<'t>> {
    let operation = match name {
        "findMany" => Operation::FindMany,
        "findUnique" | "findFirst" | "findUniqueOrThrow" | "findFirstOrThrow" => Operation::FindOne,
        "create" | "createMany" | "upsert" => Operation::Insert,
        "update" | "updateMany" => Operation::Update,
        "delete" | "deleteMany" => Operation::Delete,
        "count" | "aggregate" | "groupBy" => Operation::Aggregate,
        _ => return None,
    };
    let model = call.receiver().filter(|model| model.is(Kind::Member))?;
    let client = model.child(Role::Object)?;
    if client.name() == "query" || !is_client(client) {
        return None;
    }
    let strict = client.name().to_ascii_lowercase().contains("prisma") || name.starts_with("find");
    if !strict
        && call.argument(0).is_some_and(|options| {
            options.is(Kind::Object) && options.property("where").is_none() && options.property("data").is_none()
        })
    {
        return None;
    }
    let mut conditions = Conditions::default();
    let mut bounded = operation != Operation::FindMany;
    match call.argument(0).map(NodeRef::resolved) {
        Some(options) if options.is(Kind::Object) => {
            conditions.open = options.has_spread();
            bounded |= ["take", "cursor", "distinct"].iter().any(|key| options.property(key).is_some());
            if let Some(condition) = options.property("where") {
                conditions.of_object(condition);
            }
        }
        Some(_) => conditions.open = true,
        None => {}
    }
    let leaves = operation == Operation::FindMany && conditions.open;
    Some(Read {
        library: Library::Prisma,
        table: model.name().to_owned(),
        subject: None,
        operation,
        conditions,
        bounded,
        leaves,
    })
}

/// `usersRepository.find({ where, take })`.
fn typeorm<'t>(call: NodeRef<'t>, name: &str) -> Option<Read<'t>> {
    let operation = match name {
        "find" | "findBy" => Operation::FindMany,
        "findOne" | "findOneBy" | "findOneOrFail" | "findOneByOrFail" => Operation::FindOne,
        "softDelete" => Operation::Delete,
        _ => return None,
    };
    let receiver = call.receiver()?;
    let last = receiver.name().to_ascii_lowercase();
    let made = receiver.is(Kind::Call) && receiver.callee_name() == Some("getRepository");
    if !(made || last.ends_with("repository") || last.ends_with("repo")) || !imports(call, "typeorm") {
        return None;
    }
    let table = if made {
        receiver.argument(0).map(NodeRef::name).unwrap_or_default().to_owned()
    } else {
        let stem = receiver.name();
        let end = stem.len() - if last.ends_with("repository") { 10 } else { 4 };
        stem.get(..end).unwrap_or_default().to_owned()
    };
    let mut conditions = Conditions::default();
    let mut bounded = operation != Operation::FindMany;
    match call.argument(0).map(NodeRef::resolved) {
        Some(options) if options.is(Kind::Object) => {
            conditions.open = options.has_spread();
            bounded |= options.property("take").is_some();
            if name.contains("By") {
                conditions.of_object(options);
            } else if let Some(condition) = options.property("where") {
                conditions.of_object(condition);
            }
        }
        Some(_) => conditions.open = true,
        None => {}
    }
    Some(Read { library: Library::TypeOrm, table, subject: None, operation, conditions, bounded, leaves: false })
}

fn sequelize<'t>(call: NodeRef<'t>, name: &str) -> Option<Read<'t>> {
    let operation = match name {
        "findAll" => Operation::FindMany,
        "findByPk" => Operation::FindOne,
        _ => return None,
    };
    let model = call.receiver().filter(|model| is_name(*model) && model.name().starts_with(char::is_uppercase))?;
    let mut conditions = Conditions::default();
    let mut bounded = operation != Operation::FindMany;
    match call.argument(0).map(NodeRef::resolved) {
        _ if operation == Operation::FindOne => conditions.by_key(call.argument(0)),
        Some(options) if options.is(Kind::Object) => {
            conditions.open = options.has_spread();
            bounded |= options.property("limit").is_some() || options.property("group").is_some();
            if let Some(condition) = options.property("where") {
                conditions.of_object(condition);
            }
        }
        Some(_) => conditions.open = true,
        None => {}
    }
    Some(Read {
        library: Library::Sequelize,
        table: model.name().to_owned(),
        subject: Some(model),
        operation,
        conditions,
        bounded,
        leaves: false,
    })
}

fn mongoose<'t>(call: NodeRef<'t>, name: &str) -> Option<Read<'t>> {
    let operation = match name {
        "find" => Operation::FindMany,
        "findOne" | "findById" => Operation::FindOne,
        "findByIdAndUpdate" | "findOneAndUpdate" | "updateOne" | "updateMany" => Operation::Update,
        "findByIdAndDelete" | "findOneAndDelete" | "deleteOne" | "deleteMany" | "findByIdAndRemove" => {
            Operation::Delete
        }
        _ => return None,
    };
    let model =
        call.receiver().filter(|model| model.is(Kind::Identifier) && model.name().starts_with(char::is_uppercase))?;
    let flow = Flow::of(call);
    let mut conditions = Conditions::default();
    if name.contains("ById") {
        conditions.by_key(call.argument(0));
    } else if let Some(condition) = call.argument(0) {
        conditions.of_object(condition);
    }
    let paged = call.argument(2).is_some();
    Some(Read {
        library: Library::Mongoose,
        table: model.name().to_owned(),
        subject: Some(model),
        operation: if flow.has(&["countDocuments", "count"]) { Operation::Aggregate } else { operation },
        conditions,
        bounded: operation != Operation::FindMany || paged || flow.has(BOUNDS),
        leaves: flow.leaves,
    })
}

/// Whether the file imports a package that has `part` in its name.
fn imports(node: NodeRef<'_>, part: &str) -> bool {
    node.tree().bindings().any(|(_, binding)| {
        matches!(&binding.kind, crate::code::BindingKind::Import { module, .. } if module.contains(part))
    })
}
