//! What a process opens once and has to close, what ends it when closing takes too long, and how often jobs are tried.

use super::{Added, Deadline, Resource, Retries};
use crate::code::{Flags, Kind, NodeRef, Role};

/// The connection that a call at the top level of a file opens.
pub(super) fn resource(call: NodeRef<'_>) -> Option<Resource> {
    if call.enclosing_function().is_some() || call.enclosing_class().is_some() {
        return None;
    }
    let api = call.callee_api()?;
    let (library, closes): (&'static str, &'static [&'static str]) = match api.as_str() {
        "pg.Pool" => ("pg", &["end"]),
        "postgres" => ("postgres.js", &["end"]),
        "mysql2.createPool" | "mysql2/promise.createPool" => ("mysql2", &["end"]),
        "ioredis" | "ioredis.Redis" => ("ioredis", &["quit", "disconnect"]),
        "redis.createClient" => ("redis", &["quit", "disconnect", "close", "destroy"]),
        "bullmq.Queue" => ("BullMQ", &["close"]),
        "knex" | "knex.knex" => ("Knex", &["destroy"]),
        "sequelize.Sequelize" | "sequelize" => ("Sequelize", &["close"]),
        "typeorm.DataSource" => ("TypeORM", &["destroy"]),
        "mongodb.MongoClient" => ("MongoDB", &["close"]),
        _ if api.ends_with(".PrismaClient") && api.contains("prisma") => ("Prisma", &["$disconnect"]),
        _ => return None,
    };
    let makes = call.has(Flags::NEW) || matches!(library, "postgres.js" | "mysql2" | "redis" | "Knex");
    makes.then(|| Resource { span: call.span(), library, closes, name: variable(call) })
}

/// The name of the variable or property that a call is the value of.
pub(super) fn variable(call: NodeRef<'_>) -> String {
    let mut at = call;
    for _ in 0..4 {
        let Some(parent) = at.parent() else { break };
        match parent.kind() {
            Kind::Assignment => return parent.child(Role::Target).map_or("", NodeRef::name).to_owned(),
            Kind::Property => return parent.name().to_owned(),
            Kind::Logical | Kind::Conditional => at = parent,
            _ => break,
        }
    }
    String::new()
}

/// `setTimeout(() => process.exit(1), 10_000)`.
pub(super) fn deadline(call: NodeRef<'_>) -> Option<Deadline> {
    let callback = call.argument(0)?;
    let body = callback.resolved();
    // Aborting one request is no end of the process.
    let ends = ["process.exit", "process.abort", "process.kill", "exit(1", "closeAllConnections"]
        .iter()
        .any(|sign| body.text().contains(sign) || callback.text().contains(sign));
    ends.then(|| Deadline { span: call.span() })
}

/// How often a queue tries its jobs unless a job says otherwise.
pub(super) fn default_retries(options: Option<NodeRef<'_>>) -> Retries {
    let Some(options) = options else { return Retries::None };
    match options.resolved() {
        object if object.is(Kind::Object) => match object.property("defaultJobOptions") {
            Some(defaults) => retries(defaults),
            None if object.has_spread() => Retries::Open,
            None => Retries::None,
        },
        _ => Retries::Open,
    }
}

fn retries(options: NodeRef<'_>) -> Retries {
    let object = options.resolved();
    if !object.is(Kind::Object) {
        return Retries::Open;
    }
    match object.property("attempts") {
        Some(_) => Retries::Given,
        None if object.has_spread() => Retries::Open,
        None => Retries::None,
    }
}

/// `queue.add('mail', data, { attempts: 3 })`.
pub(super) fn added(call: NodeRef<'_>) -> Option<Added> {
    let receiver = call.receiver()?;
    let made = receiver.resolved();
    let queue = receiver.name().to_ascii_lowercase().contains("queue")
        || made.is(Kind::Call) && matches!(made.callee_api().as_deref(), Some("bullmq.Queue" | "bull" | "bull.Queue"));
    let arguments: Vec<NodeRef<'_>> = call.positional().collect();
    if !queue || arguments.is_empty() {
        return None;
    }
    let retries = match arguments.as_slice() {
        [_, _, options] => retries(*options),
        [_, last] if last.is(Kind::Object) && last.property("attempts").is_some() => Retries::Given,
        _ => Retries::None,
    };
    Some(Added { span: call.span(), queue: receiver.name().to_owned(), retries })
}
