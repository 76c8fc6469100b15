//! `pool-pre-ping-missing`: a pool notices connections that the database has closed.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::{
        Visit,
        pools::{self, Library},
    },
    model::{Confidence, Message, Place, Verdict},
    rule::{Context, Out, Rule, Watch},
    rules::performance::db_pool_not_configured::is_environment_of_alembic,
};

pub(in crate::rules) static RULE: PoolPrePingMissing = PoolPrePingMissing;

pub(in crate::rules) struct PoolPrePingMissing;

impl Rule for PoolPrePingMissing {
    fn id(&self) -> &'static str {
        "pool-pre-ping-missing"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&pools::KEYWORDS)
    }

    fn node(&self, file: &Visit<'_>, call: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(pool) = pools::pool(call) else { return };
        let place = Place::At(file.file.id, call.span());
        let migrations = file.file.path.components().any(|part| matches!(part.as_str(), "alembic" | "migrations"))
            || is_environment_of_alembic(file);
        if pool.embedded || pool.delegated || call.is_dev_only() || migrations || pools::is_brief(call) {
            return;
        }
        match pool.library {
            Library::SqlAlchemy if pool.pings => drop(out.good(place, "pings")),
            Library::SqlAlchemy if pool.open => drop(out.note(place, "open")),
            Library::SqlAlchemy => out.bad(place, "engine").confidence = Confidence::Likely,
            Library::Pg if listens(call) => drop(out.good(place, "listens")),
            Library::Pg => out.bad(place, Message::new("pg")).confidence = Confidence::Likely,
            _ => {}
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| if cx.seen.is_empty() { Verdict::not_applicable("no-pool") } else { Verdict::unknown("unclear") })
    }
}

/// Whether the file listens for errors of idle connections: `pool.on('error', …)`. A pool that is handed on may get
/// its listener elsewhere.
fn listens(call: NodeRef<'_>) -> bool {
    let exported = call.ancestors().take(4).any(|node| node.is(Kind::Return));
    let in_file = call.tree().nodes().any(|node| {
        node.is(Kind::Call)
            && matches!(node.callee_name(), Some("on" | "addListener" | "once"))
            && node.child(NodeRole::Argument).is_some_and(|event| event.is(Kind::String) && event.name() == "error")
    });
    // Prisma's adapter listens to the pool that it is given.
    exported || in_file || call.tree().source().contains("PrismaPg")
}
